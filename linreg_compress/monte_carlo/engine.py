"""The one loop over chunks: those of all cells on one executor, kept in a store if there is one, merged in order.

A cell's chunks are fixed by its model, its channels, the sampler, the seed and its number; how many there are is a function
of the chunks before (`monte_carlo.stopping`). So the result has the same bits for any number of workers, for any executor,
and after any interruption.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from queue import SimpleQueue
from typing import NoReturn

from tqdm import tqdm

from linreg_compress.errors import LinregCompressError
from linreg_compress.monte_carlo.cell_run import CellRun
from linreg_compress.monte_carlo.chunk import Chunk, run_chunk
from linreg_compress.monte_carlo.estimate import Moments
from linreg_compress.monte_carlo.quantities import Statistic
from linreg_compress.monte_carlo.store import SweepStore

_AHEAD = 4  # tuning: chunks given to the executor, a worker: enough that none waits for the store
_SPREAD = 64  # tuning: chunks of one cell that may be finished before an earlier one is, a worker: bounds the memory

Show = Callable[[CellRun, int, bool], None]


def run_cells(
    runs: Sequence[CellRun],
    pool: Executor,
    workers: int,
    *,
    statistics: Mapping[str, Statistic] | None = None,
    store: SweepStore | None = None,
    progress: bool = False,
) -> None:
    """Run all cells to their end.

    Parameters
    ----------
    runs, pool, workers
        The cells, where their chunks run, and how many run there at once.
    statistics : mapping of str to function, optional
        Further quantities of every trial.
    store : SweepStore, optional
        What it holds is taken from it, and every chunk that finishes is put into it.
    progress : bool, default False
        Show a bar on stderr, if that is a terminal.

    Raises
    ------
    LinregCompressError
        If a worker process died.
    """
    hidden = None if progress else True  # None: shown on a terminal alone
    # tuning: how smooth the bar's rate is
    bar: tqdm[NoReturn] = tqdm(unit="trial", unit_scale=True, smoothing=0.1, disable=hidden, leave=False)
    with bar:
        _run_all(runs, pool, workers, statistics, store, _Progress(bar, len(runs)).show)


def _run_all(
    runs: Sequence[CellRun],
    pool: Executor,
    workers: int,
    statistics: Mapping[str, Statistic] | None,
    store: SweepStore | None,
    show: Show,
) -> None:
    """Keep the executor busy with chunks of as few cells as possible, the first ones first."""
    flying: dict[Future[Moments], tuple[CellRun, Chunk]] = {}
    landed: SimpleQueue[Future[Moments]] = SimpleQueue()  # Ctrl-C may interrupt its get(), but not futures.wait() cleanly
    pieces = _pieces(runs, _SPREAD * workers, store, show)
    try:
        while True:
            # what has landed is taken first: an executor that runs at once would else finish several before the bar moves
            while landed.empty() and len(flying) < _AHEAD * workers and (piece := next(pieces)) is not None:
                run, chunk = piece
                future = pool.submit(run_chunk, chunk, statistics)
                flying[future] = piece
                future.add_done_callback(landed.put)
            if not flying:
                return
            future = landed.get()
            run, chunk = flying.pop(future)
            moments = future.result()
            if store is not None:
                store.put(chunk.cell, chunk.number, chunk.size, moments.to_bytes())
            run.take(chunk.number, moments)
            show(run, chunk.size, False)
    except BrokenExecutor as error:
        goes_on = (
            "Nothing was saved: run with a store to be able to resume."
            if store is None
            else "Its store has what was finished: resume it."
        )
        raise LinregCompressError(f"a worker process of the sweep died, possibly out of memory. {goes_on}") from error
    finally:
        for future in flying:
            future.cancel()


def _pieces(
    runs: Sequence[CellRun], spread: int, store: SweepStore | None, show: Show
) -> Iterator[tuple[CellRun, Chunk] | None]:
    """Yield chunks to run, None where there is none for now (and for ever, once all are handed out)."""
    begun: list[CellRun] = []
    waiting = iter(runs)
    while True:
        begun = [run for run in begun if not run.done]
        piece = next(((run, chunk) for run in begun if (chunk := run.next_chunk(spread)) is not None), None)
        if piece is None and (run := next(waiting, None)) is not None:
            if store is not None:
                for number, (trials, moments) in sorted(store.chunks(run.number).items()):
                    run.take(number, Moments.from_bytes(moments))
                    show(run, trials, True)
            begun.append(run)
            continue
        yield piece


class _Progress:
    """A bar over trials. With a target their number is not known: it is judged from the cells that were begun."""

    def __init__(self, bar: "tqdm[NoReturn]", cells: int) -> None:
        self._bar, self._cells = bar, cells
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
