"""Simulate a whole grid: chunks of all cells on one executor, kept in a store if one is named, merged in order.

A cell's chunks are fixed by its model, its channels, the sampler, the seed and its number in the grid; how many there are
is a function of the chunks before (`monte_carlo.stopping`). So the result has the same bits for any number of workers, for
any executor, and after any interruption.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Any

from tqdm import tqdm

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress.errors import InvalidInputError, LinregCompressError, UnsupportedModelError
from linreg_compress.monte_carlo.cell_run import CellRun
from linreg_compress.monte_carlo.estimate import Moments
from linreg_compress.monte_carlo.executors import opened
from linreg_compress.monte_carlo.grid import SweepCell, settings
from linreg_compress.monte_carlo.samplers import find_sampler, refuse_unsupported
from linreg_compress.monte_carlo.simulate import GOAL, Chunk, Simulation, run_chunk
from linreg_compress.monte_carlo.stopping import target_refusal
from linreg_compress.monte_carlo.store import SweepStore

_AHEAD = 4  # tuning: chunks given to the executor, a worker: enough that none waits for the store
_SPREAD = 64  # tuning: chunks of one cell that may be finished before an earlier one is, a worker: bounds the memory


@takes(cells=[SweepCell])
def sweep(
    cells: Sequence[SweepCell],
    trials: int | None = None,
    *,
    standard_error: float | None = None,
    sampler: str = "data",
    seed: int = 0,
    workers: int = 1,
    executor: str | Executor = "threads",
    store: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: bool = False,
) -> list[Simulation]:
    """Simulate every cell of a grid.

    Parameters
    ----------
    cells : sequence of SweepCell
        As `sweep_grid` makes them.
    trials : int, optional
        A cell, at least 2. Give this or `standard_error`.
    standard_error : float, optional
        Run each cell until the standard error of the change of its population risk is at most this for all its channels
        (without channels: that of the population risk).
    sampler : {"data", "sufficient", "weights"}, default "data"
        Raw data, or one of the two cheaper samplers of the same law.
    seed : int
        Entropy of all streams; a cell's number in `cells` and the chunk's in the cell are their spawn key.
    workers : int, default 1
        Threads or processes, or how many the executor has.
    executor : {"threads", "processes"} or concurrent.futures.Executor
        Where chunks run. An executor that is given, such as ``client.get_executor()`` of Dask, is left open.
    store : path-like, optional
        A SQLite file that keeps every finished chunk; see `monte_carlo.store`.
    resume : bool, default False
        Continue the store if there is one.
    progress : bool, default False
        Show a bar on stderr, if that is a terminal.

    Returns
    -------
    list of Simulation
        One a cell, in their order.

    Raises
    ------
    InvalidInputError
        If an argument is illegal, or the store cannot be used; before any work where that is possible.
    UnsupportedModelError
        If the sampler cannot do a cell, or no standard error can be promised for it; before any work.
    LinregCompressError
        If a worker process died.

    Examples
    --------
    >>> from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
    >>> from linreg_compress.monte_carlo.grid import sweep_grid
    >>> cells = sweep_grid([80, 100], [50], channels=lambda model: [BlindGaussianChannel.for_model(model, 34.66)])
    >>> found = sweep(cells, standard_error=0.01, sampler="weights", workers=2)
    >>> [one.compressed[0].population_risk_change.standard_error <= 0.01 for one in found]
    [True, True]
    """
    if (trials is None) == (standard_error is None):
        raise InvalidInputError("trials", "or standard_error must be given, and not both", f"{trials} and {standard_error}")
    total = None if trials is None else valid.count("trials", trials, 2, valid.MOST_TRIALS, GOAL)
    target = None if standard_error is None else valid.positive_number("standard_error", standard_error)
    entropy, width = valid.seed("seed", seed), valid.count("workers", workers, maximum=valid.MOST_WORKERS)
    _refuse_unsupported(cells, sampler, target)
    runs = [CellRun(number, cell, sampler, entropy, total, target) for number, cell in enumerate(cells)]
    with ExitStack() as stack:
        pool = stack.enter_context(opened(executor, width))
        kept = None
        if store is not None:
            asked = settings(cells, trials=total, standard_error=target, sampler=sampler, seed=entropy)
            kept = stack.enter_context(SweepStore(store, asked, resume=resume))
        bar: tqdm[Any] = stack.enter_context(
            tqdm(unit="trial", unit_scale=True, smoothing=0.1, disable=None if progress else True, leave=False)
        )
        _run_all(runs, pool, width, kept, _Progress(bar, runs).show)
    return [run.result() for run in runs]


def _refuse_unsupported(cells: Sequence[SweepCell], sampler: str, target: float | None) -> None:
    chosen = find_sampler(sampler)
    for cell in cells:
        try:
            refuse_unsupported(chosen, cell.model, cell.channels)
            reason = None if target is None else target_refusal(cell.model)
            if reason is not None:
                raise UnsupportedModelError(reason)
        except UnsupportedModelError as error:
            raise UnsupportedModelError(f"{error} (Cell: {cell.label}.)") from error


def _run_all(
    runs: Sequence[CellRun],
    pool: Executor,
    workers: int,
    kept: SweepStore | None,
    show: Callable[[CellRun, int, bool], None],
) -> None:
    """Keep the executor busy with chunks of as few cells as possible, the first ones first."""
    flying: dict[Future[Moments], Chunk] = {}
    landed: SimpleQueue[Future[Moments]] = SimpleQueue()  # Ctrl-C may interrupt its get(), but not futures.wait() cleanly
    pieces = _pieces(runs, workers, kept, show)
    try:
        while True:
            while len(flying) < _AHEAD * workers and (piece := next(pieces)) is not None:
                future = pool.submit(run_chunk, piece)
                flying[future] = piece
                future.add_done_callback(landed.put)
            if not flying:
                return
            future = landed.get()
            piece = flying.pop(future)
            moments = future.result()
            if kept is not None:
                kept.put(piece.cell, piece.chunk, piece.size, moments.to_bytes())
            runs[piece.cell].take(piece.chunk, moments)
            show(runs[piece.cell], piece.size, False)
    except BrokenExecutor as error:
        goes_on = "Without a store nothing was kept." if kept is None else "Its store has what was finished: resume it."
        raise LinregCompressError(f"a worker process of the sweep died, perhaps for want of memory. {goes_on}") from error
    finally:
        for future in flying:
            future.cancel()


def _pieces(
    runs: Sequence[CellRun], workers: int, kept: SweepStore | None, show: Callable[[CellRun, int, bool], None]
) -> Iterator[Chunk | None]:
    """Yield chunks to run, None where there is none for now (and for ever, once all are handed out)."""
    begun: list[CellRun] = []
    waiting = iter(runs)
    while True:
        begun = [run for run in begun if not run.done]
        piece = next((found for run in begun if (found := run.next_chunk(_SPREAD * workers)) is not None), None)
        if piece is None and (run := next(waiting, None)) is not None:
            if kept is not None:
                for chunk, (trials, moments) in sorted(kept.chunks(run.number).items()):
                    run.take(chunk, Moments.from_bytes(moments))
                    show(run, trials, True)
            begun.append(run)
            continue
        yield piece


class _Progress:
    """A bar over trials. With a target their number is not known: it is judged from the cells that were begun."""

    def __init__(self, bar: "tqdm[Any]", runs: Sequence[CellRun]) -> None:
        self._bar, self._cells = bar, len(runs)
        self._planned: dict[int, int] = {}
        self._sum = self._stored = 0

    def show(self, run: CellRun, trials: int, stored: bool) -> None:
        """Count `trials` more; those from the store are no part of the rate."""
        self._sum += run.planned_trials - self._planned.get(run.number, 0)
        self._planned[run.number] = run.planned_trials
        self._bar.total = self._sum * self._cells / len(self._planned)
        if stored:
            self._stored += trials
            self._bar.n += trials
            self._bar.initial, self._bar.last_print_n = self._stored, self._bar.n
        else:
            self._bar.update(trials)
