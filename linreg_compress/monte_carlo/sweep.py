"""Simulate a whole grid, on threads, processes or a cluster, and keep what is finished in a store if one is named."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from typing import Any

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress.monte_carlo.cell_run import CellRun
from linreg_compress.monte_carlo.engine import run_cells
from linreg_compress.monte_carlo.executors import opened
from linreg_compress.monte_carlo.grid import SweepCell, settings
from linreg_compress.monte_carlo.quantities import Simulation
from linreg_compress.monte_carlo.samplers import find_sampler
from linreg_compress.monte_carlo.stopping import Goal
from linreg_compress.monte_carlo.store import SweepStore
from linreg_compress.records import frame


class Sweep(list[Simulation]):
    """The cells of a sweep, in their order."""

    def to_frame(self) -> Any:
        """Return the rows of all cells as a data frame of pandas.

        Raises
        ------
        LinregCompressError
            If pandas is not installed.
        """
        return frame([row for one in self for row in one.rows()])

    def __repr__(self) -> str:
        """Say how much there is; `to_frame` shows it."""
        return f"<Sweep of {len(self)} cells, {sum(one.trials for one in self)} trials>"


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
) -> Sweep:
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
    Sweep
        A list with one `Simulation` a cell, in their order; `to_frame` makes one table of all.

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
    >>> cells = sweep_grid(
    ...     [80, 100], [50], channels=lambda model: [BlindGaussianChannel.for_model(model, bits_per_weight=1.0)]
    ... )
    >>> found = sweep(cells, standard_error=0.01, sampler="weights", workers=2)
    >>> [one.compressed[0].population_risk_change.standard_error <= 0.01 for one in found]
    [True, True]
    """
    goal = Goal.asked(trials, standard_error)
    chosen = find_sampler(sampler).name
    entropy, width = valid.seed("seed", seed), valid.count("workers", workers, maximum=valid.MOST_WORKERS)
    runs = []
    for number, cell in enumerate(cells):
        with cell.named_in_errors():
            runs.append(CellRun(number, cell, goal, sampler=chosen, seed=entropy))
    with ExitStack() as stack:
        pool = stack.enter_context(opened(executor, width))
        kept = None
        if store is not None:
            asked = settings(cells, trials=goal.trials, standard_error=goal.standard_error, sampler=chosen, seed=entropy)
            kept = stack.enter_context(SweepStore(store, asked, resume=resume))
        run_cells(runs, pool, width, store=kept, progress=progress)
    return Sweep(run.result() for run in runs)
