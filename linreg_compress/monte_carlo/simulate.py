"""Run many trials: in chunks with their own random stream, on any number of threads, with the same bits out.

A chunk's stream is ``SeedSequence(seed, spawn_key=(cell, chunk))`` and chunks are merged in order, so the result depends on
the question and the seed alone.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from tqdm import tqdm

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Channel
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Estimate, Moments
from linreg_compress.monte_carlo.samplers import Trials, data_trials

Statistic = Callable[[Trials], FloatArray]

# Numbers in the largest array of a batch, two megabytes: a batch's fixed cost in Python, where only one thread can be, is
# some 0.2 ms, and must be far below its 5 ms of arithmetic for two threads to gain; beyond, the cache is left.
_BATCH_NUMBERS = 1 << 18
_CHUNK_NUMBERS = 1 << 22  # normals a chunk: a few hundredths of a second of work


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
    """

    trials: int
    empirical_risk: Estimate
    population_risk: Estimate
    generalization_error: Estimate
    compressed: tuple[SimulatedRisks, ...]
    statistics: dict[str, Estimate] = field(default_factory=dict)


def chunk_size(model: LinearModel) -> int:
    """Trials a chunk; a function of the model alone, so that it can never change a result."""
    return max(1, _CHUNK_NUMBERS // (model.samples * model.features))


def simulate(
    model: LinearModel,
    channels: Sequence[Channel],
    trials: int,
    *,
    seed: int = 0,
    cell: int = 0,
    workers: int = 1,
    statistics: Mapping[str, Statistic] | None = None,
    progress: bool = False,
) -> Simulation:
    """Estimate the risks before and after each channel from raw data.

    Parameters
    ----------
    model : LinearModel
    channels : sequence of Channel
        All see the same data.
    trials : int
        At least 2.
    seed, cell : int
        Entropy, and the number of this cell in a larger run.
    workers : int, default 1
        Threads; NumPy releases the interpreter lock in all the heavy steps. Give BLAS one thread for each
        (OPENBLAS_NUM_THREADS=1), as the command line does.
    statistics : mapping of str to function, optional
        Further quantities: each function maps `Trials` to one number a trial.
    progress : bool, default False
        Show a bar on stderr, if that is a terminal.

    Returns
    -------
    Simulation

    Examples
    --------
    >>> from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
    >>> model = LinearModel(samples=80, features=50)
    >>> found = simulate(model, [BlindGaussianChannel.for_model(model, 34.66)], trials=400)
    >>> found.compressed[0].population_risk_change.mean < 0
    True
    """
    total = valid.count("trials", trials, minimum=2)
    threads = valid.count("workers", workers)
    entropy, key = valid.count("seed", seed, minimum=0), valid.count("cell", cell, minimum=0)
    extra = dict(statistics or {})
    size = chunk_size(model)
    sizes = [min(size, total - start) for start in range(0, total, size)]

    def run(chunk: int) -> Moments:
        stream = np.random.SeedSequence(entropy, spawn_key=(key, chunk))
        rng = np.random.Generator(np.random.SFC64(stream))
        return _chunk_moments(model, channels, sizes[chunk], extra, rng)

    merged: Moments | None = None
    with tqdm(total=total, unit="trial", disable=None if progress else True, leave=False) as bar:
        for chunk, moments in enumerate(_in_order(run, len(sizes), threads)):
            merged = moments if merged is None else merged.merge(moments)
            bar.update(sizes[chunk])
    assert merged is not None
    return _simulation(merged, len(channels), list(extra))


def _in_order(run: Callable[[int], Moments], chunks: int, threads: int) -> Iterator[Moments]:
    """Yield the results of all chunks in order, computing at most a few ahead."""
    if threads == 1:
        yield from map(run, range(chunks))
        return
    waiting: deque[Future[Moments]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for chunk in range(chunks):
                waiting.append(pool.submit(run, chunk))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _chunk_moments(
    model: LinearModel,
    channels: Sequence[Channel],
    size: int,
    statistics: Mapping[str, Statistic],
    rng: np.random.Generator,
) -> Moments:
    batch = max(1, _BATCH_NUMBERS // (max(model.samples, model.features) * model.features))
    merged: Moments | None = None
    for start in range(0, size, batch):
        trials = data_trials(model, channels, min(batch, size - start), rng=rng)
        moments = Moments.of(_quantities(trials, statistics))
        merged = moments if merged is None else merged.merge(moments)
    assert merged is not None
    return merged


def _quantities(trials: Trials, statistics: Mapping[str, Statistic]) -> FloatArray:
    """Columns: three of least squares, five a channel, then the extra ones."""
    base = [trials.empirical_risk, trials.population_risk, trials.population_risk - trials.empirical_risk]
    after = (trials.compressed_empirical_risk, trials.compressed_population_risk)
    columns = [np.stack(base), *after, after[1] - after[0], after[0] - base[0], after[1] - base[1]]
    columns.extend(np.atleast_2d(function(trials)) for function in statistics.values())
    return np.concatenate(columns).T


def _simulation(moments: Moments, channels: int, names: list[str]) -> Simulation:
    estimates = moments.estimates()
    base, rest = estimates[:3], estimates[3:]
    compressed = tuple(
        SimulatedRisks(*(rest[quantity * channels + channel] for quantity in range(5))) for channel in range(channels)
    )
    statistics = dict(zip(names, rest[5 * channels :], strict=True))
    return Simulation(moments.count, base[0], base[1], base[2], compressed, statistics)
