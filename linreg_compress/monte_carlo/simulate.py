"""Simulate one model and its channels: a sweep of one cell, without a store and with the caller's own statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress.compression.channel import Channel
from linreg_compress.errors import InvalidInputError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.cell_run import CellRun
from linreg_compress.monte_carlo.engine import run_cells
from linreg_compress.monte_carlo.executors import CallingThread, opened
from linreg_compress.monte_carlo.grid import SweepCell
from linreg_compress.monte_carlo.quantities import Simulation, Statistic
from linreg_compress.monte_carlo.stopping import Goal


@takes(model=LinearModel, channels=[Channel])
def simulate(
    model: LinearModel,
    channels: Sequence[Channel],
    trials: int | None = None,
    *,
    standard_error: float | None = None,
    most_trials: int | None = None,
    sampler: str = "data",
    seed: int = 0,
    cell: int = 0,
    workers: int = 1,
    statistics: Mapping[str, Statistic] | None = None,
    means_only: bool | None = None,
    progress: bool = False,
) -> Simulation:
    """Estimate the risks before and after each channel by simulation.

    Parameters
    ----------
    model : LinearModel
        What the data are drawn from.
    channels : sequence of Channel
        All see the same data.
    trials : int, optional
        At least 2. Give this or `standard_error`.
    standard_error : float, optional
        Run until the standard error of the change of the population risk is at most this for every channel (without a
        channel: that of the population risk); `monte_carlo.stopping` has the rule.
    most_trials : int, optional
        Where to give up on `standard_error`; by default after some ten minutes of one thread. Whole chunks are run.
    sampler : {"data", "sufficient", "weights"}, default "data"
        Raw data; the sufficient statistics; or the weights alone, the cheapest. All are exact in law.
    seed, cell : int
        Entropy, and the number of this cell in a larger run.
    workers : int, default 1
        Threads; NumPy releases the interpreter lock in all the heavy steps. Give BLAS one thread for each
        (OPENBLAS_NUM_THREADS=1), as the command line does. One worker is the calling thread itself.
    statistics : mapping of str to function, optional
        Further quantities: each function maps `Trials` to one number a trial.
    means_only : bool, optional
        Whether a sampler may lower the variance by conditional expectations and control variates. By default it may,
        unless there are statistics, which need whole trials.
    progress : bool, default False
        Show a bar on stderr, if that is a terminal.

    Returns
    -------
    Simulation
        The estimates, with one `SimulatedRisks` a channel.

    Raises
    ------
    InvalidInputError
        If an argument is illegal.
    UnsupportedModelError
        If the sampler cannot do the model or a channel, or `standard_error` is asked for where there is no variance.

    Examples
    --------
    >>> from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
    >>> model = LinearModel(samples=80, features=50)
    >>> found = simulate(model, [BlindGaussianChannel.for_model(model, bits_per_weight=1.0)], trials=400)
    >>> found.compressed[0].population_risk_change.mean < 0
    True
    """
    goal = Goal.asked(trials, standard_error, most_trials)
    threads = valid.count("workers", workers, maximum=valid.MOST_WORKERS)
    entropy, key = valid.seed("seed", seed), valid.count("cell", cell, minimum=0)
    extra = dict(statistics or {})
    if means_only and extra:
        raise InvalidInputError("means_only", "must be False with statistics, which need whole trials", means_only)
    means = not extra if means_only is None else means_only
    run = CellRun(key, SweepCell(model, tuple(channels)), goal, sampler=sampler, seed=entropy, means_only=means)
    with opened(CallingThread() if threads == 1 else "threads", threads) as pool:
        run_cells([run], pool, threads, statistics=extra, progress=progress)
    return run.result(list(extra))
