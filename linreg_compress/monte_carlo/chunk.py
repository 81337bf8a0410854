"""One piece of work: trials that share a random stream, the same bits wherever and whenever they run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from linreg_compress.compression.channel import Channel
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Moments
from linreg_compress.monte_carlo.quantities import Statistic, quantities
from linreg_compress.monte_carlo.samplers import find_sampler

_CHUNK_NUMBERS = 1 << 22  # tuning: normals a chunk: a few hundredths of a second of work
# glibc returns freed memory above some size to the system, and the next batch pays for every page again: a third of the
# weights sampler's time. Freeing one array of 16 megabytes, never touched, raises that size.
_KEPT_NUMBERS = 1 << 21  # tuning: speed alone


@dataclass(frozen=True, eq=False)
class Chunk:
    """All that the numbers of a chunk depend on. Its stream is ``SeedSequence(seed, spawn_key=(cell, number))``.

    It can be pickled, and run in any thread, process or machine.
    """

    model: LinearModel
    """What the data are drawn from."""
    channels: tuple[Channel, ...]
    """All see the same trials."""
    sampler: str
    """Its name."""
    size: int
    """Trials."""
    seed: int
    """Entropy of the whole run."""
    cell: int
    """The cell's place in the run."""
    number: int
    """The chunk's place in the cell."""
    means_only: bool = True
    """See `Sampler.draw`."""


def chunk_size(model: LinearModel, sampler: str = "data") -> int:
    """Trials a chunk; a function of the model and the sampler alone, so that it can never change a result."""
    return max(1, _CHUNK_NUMBERS // find_sampler(sampler).numbers_per_trial(model))


def run_chunk(chunk: Chunk, statistics: Mapping[str, Statistic] | None = None) -> Moments:
    """Run a chunk and return the moments of its quantities; `summarize` names them."""
    stream = np.random.SeedSequence(chunk.seed, spawn_key=(chunk.cell, chunk.number))
    rng = np.random.Generator(np.random.SFC64(stream))
    sampler = find_sampler(chunk.sampler)
    batch = sampler.batch_size(chunk.model)
    np.empty(_KEPT_NUMBERS)  # made and freed
    merged: Moments | None = None
    for start in range(0, chunk.size, batch):
        size = min(batch, chunk.size - start)
        trials = sampler.draw(chunk.model, chunk.channels, size, rng=rng, means_only=chunk.means_only)
        controls = None if trials.controls is None else trials.controls.T
        moments = Moments.of(quantities(trials, statistics or {}), controls)
        merged = moments if merged is None else merged.merge(moments)
    assert merged is not None
    return merged
