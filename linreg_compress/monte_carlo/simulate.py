"""Run many trials: in chunks with their own random stream, on any number of threads, with the same bits out.

A chunk's stream is ``SeedSequence(seed, spawn_key=(cell, chunk))`` and chunks are merged in order, so the result depends on
the question and the seed alone.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import NoReturn

import numpy as np
from tqdm import tqdm

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Channel
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Estimate, Moments
from linreg_compress.monte_carlo.samplers import find_sampler, refuse_unsupported
from linreg_compress.monte_carlo.stopping import MOST_CHUNKS, plan_next, target_error, target_refusal
from linreg_compress.monte_carlo.trials import Trials

Statistic = Callable[[Trials], FloatArray]

GOAL = "To reach a precision, give the standard error instead."
_CHUNK_NUMBERS = 1 << 22  # tuning: normals a chunk: a few hundredths of a second of work
# glibc returns freed memory above some size to the system, and the next batch pays for every page again: a third of the
# weights sampler's time. Freeing one array of 16 megabytes, never touched, raises that size.
_KEPT_NUMBERS = 1 << 21  # tuning: speed alone


@dataclass(frozen=True)
class SimulatedRisks:
    """Simulated risks after a channel; the fields are those of the exact record, each an `Estimate`."""

    empirical_risk: Estimate
    population_risk: Estimate
    generalization_error: Estimate
    distortion: Estimate
    population_risk_change: Estimate


@dataclass(frozen=True)
class Simulation:
    """What a run of trials found.

    Attributes
    ----------
    trials : int
    empirical_risk, population_risk, generalization_error : Estimate
        Of least squares.
    compressed : tuple of SimulatedRisks
        One a channel.
    statistics : dict of str to Estimate
        The extra quantities asked for.
    looks : int
        How often the run looked whether it had reached its target; 0 without a target.
    reached : bool
        Whether it did.
    """

    trials: int
    empirical_risk: Estimate
    population_risk: Estimate
    generalization_error: Estimate
    compressed: tuple[SimulatedRisks, ...]
    statistics: dict[str, Estimate] = field(default_factory=dict)
    looks: int = 0
    reached: bool = True


@dataclass(frozen=True, eq=False)
class Chunk:
    """One piece of work: trials that share a random stream. It can be pickled, and run anywhere with the same bits out.

    Attributes
    ----------
    model : LinearModel
    channels : tuple of Channel
    sampler : str
    size : int
        Trials.
    seed, cell, chunk : int
        The stream is ``SeedSequence(seed, spawn_key=(cell, chunk))``.
    means_only : bool
        See `Sampler.draw`.
    """

    model: LinearModel
    channels: tuple[Channel, ...]
    sampler: str
    size: int
    seed: int
    cell: int
    chunk: int
    means_only: bool = True


def chunk_size(model: LinearModel, sampler: str = "data") -> int:
    """Trials a chunk; a function of the model and the sampler alone, so that it can never change a result."""
    return max(1, _CHUNK_NUMBERS // find_sampler(sampler).numbers_per_trial(model))


def run_chunk(chunk: Chunk, statistics: Mapping[str, Statistic] | None = None) -> Moments:
    """Run a chunk and return the moments of its quantities; `summarize` names them."""
    stream = np.random.SeedSequence(chunk.seed, spawn_key=(chunk.cell, chunk.chunk))
    rng = np.random.Generator(np.random.SFC64(stream))
    sampler = find_sampler(chunk.sampler)
    batch = sampler.batch_size(chunk.model)
    np.empty(_KEPT_NUMBERS)  # made and freed
    merged: Moments | None = None
    for start in range(0, chunk.size, batch):
        size = min(batch, chunk.size - start)
        trials = sampler.draw(chunk.model, chunk.channels, size, rng=rng, means_only=chunk.means_only)
        controls = None if trials.controls is None else trials.controls.T
        moments = Moments.of(_quantities(trials, statistics or {}), controls)
        merged = moments if merged is None else merged.merge(moments)
    assert merged is not None
    return merged


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
        (OPENBLAS_NUM_THREADS=1), as the command line does.
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

    Raises
    ------
    UnsupportedModelError
        If the sampler cannot do the model or a channel, or `standard_error` is asked for where there is no variance.

    Examples
    --------
    >>> from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
    >>> model = LinearModel(samples=80, features=50)
    >>> found = simulate(model, [BlindGaussianChannel.for_model(model, 34.66)], trials=400)
    >>> found.compressed[0].population_risk_change.mean < 0
    True
    """
    if (trials is None) == (standard_error is None):
        raise InvalidInputError("trials", "or standard_error must be given, and not both", f"{trials} and {standard_error}")
    threads = valid.count("workers", workers, maximum=valid.MOST_WORKERS)
    entropy, key = valid.seed("seed", seed), valid.count("cell", cell, minimum=0)
    extra = dict(statistics or {})
    if means_only and extra:
        raise InvalidInputError("means_only", "must be False with statistics, which need whole trials", means_only)
    whole_trials = bool(extra) if means_only is None else not means_only
    refuse_unsupported(find_sampler(sampler), model, channels)
    size, count = chunk_size(model, sampler), len(channels)
    chunk = Chunk(model, tuple(channels), sampler, size, entropy, key, 0, not whole_trials)
    if standard_error is None:
        with _bar(progress) as bar:
            moments = _extend(None, chunk, valid.count("trials", trials, 2, valid.MOST_TRIALS, GOAL), extra, threads, bar)
        return summarize(moments, count, list(extra))
    target = valid.positive_number("standard_error", standard_error)
    reason = target_refusal(model)
    if reason is not None:
        raise UnsupportedModelError(reason)
    most = MOST_CHUNKS if most_trials is None else -(-valid.count("most_trials", most_trials, 2, valid.MOST_TRIALS) // size)
    wanted, looks = plan_next(None, count, chunk=size, standard_error=target, most_chunks=most), 0
    merged: Moments | None = None
    with _bar(progress) as bar:
        while merged is None or wanted * size > merged.count:
            merged = _extend(merged, chunk, wanted * size, extra, threads, bar)
            looks += 1
            wanted = plan_next(merged, count, chunk=size, standard_error=target, most_chunks=most)
    reached = target_error(merged, count) <= target
    return replace(summarize(merged, count, list(extra)), looks=looks, reached=reached)


def _bar(progress: bool) -> "tqdm[NoReturn]":
    return tqdm(unit="trial", disable=None if progress else True, leave=False)


def _extend(
    merged: Moments | None,
    chunk: Chunk,
    total: int,
    statistics: Mapping[str, Statistic],
    threads: int,
    bar: "tqdm[NoReturn]",
) -> Moments:
    """Run the chunks after those that are merged, until there are `total` trials, and merge them in order."""
    bar.total = total
    done = merged.count if merged else 0
    starts = range(done, total, chunk.size)
    pieces = (replace(chunk, chunk=start // chunk.size, size=min(chunk.size, total - start)) for start in starts)
    for moments in _in_order(lambda piece: run_chunk(piece, statistics), pieces, threads):
        merged = merged.merge(moments) if merged else moments
        bar.update(moments.count)
    assert merged is not None
    return merged


def _in_order(run: Callable[[Chunk], Moments], chunks: Iterator[Chunk], threads: int) -> Iterator[Moments]:
    """Yield the results of all chunks in order, computing at most a few ahead."""
    if threads == 1:
        yield from map(run, chunks)
        return
    waiting: deque[Future[Moments]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for chunk in chunks:
                waiting.append(pool.submit(run, chunk))
                if len(waiting) > 2 * threads:  # tuning: bounds the memory
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _quantities(trials: Trials, statistics: Mapping[str, Statistic]) -> FloatArray:
    """Columns: three of least squares, five a channel, then the extra ones."""
    base = [trials.empirical_risk, trials.population_risk, trials.population_risk - trials.empirical_risk]
    after = (trials.compressed_empirical_risk, trials.compressed_population_risk)
    columns = [np.stack(base), *after, after[1] - after[0], after[0] - base[0], after[1] - base[1]]
    columns.extend(np.atleast_2d(function(trials)) for function in statistics.values())
    return np.concatenate(columns).T


def summarize(moments: Moments, channels: int, names: Sequence[str] = ()) -> Simulation:
    """Return the estimates of merged chunks.

    Parameters
    ----------
    moments : Moments
        Of `run_chunk`, merged in order.
    channels : int
    names : sequence of str
        Of the statistics.
    """
    estimates = moments.estimates()
    base, rest = estimates[:3], estimates[3:]
    compressed = tuple(
        SimulatedRisks(*(rest[quantity * channels + channel] for quantity in range(5))) for channel in range(channels)
    )
    statistics = dict(zip(names, rest[5 * channels :], strict=True))
    return Simulation(moments.count, base[0], base[1], base[2], compressed, statistics)
