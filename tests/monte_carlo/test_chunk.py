"""A chunk has a fixed size, and travels."""

import pickle

import pytest

from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.chunk import Chunk, chunk_size, run_chunk
from linreg_compress.monte_carlo.estimate import Moments
from linreg_compress.monte_carlo.quantities import summarize
from linreg_compress.monte_carlo.simulate import simulate
from tests.monte_carlo.bits import bits_of


@pytest.mark.parametrize("sampler", ["data", "sufficient", "weights"])
def test_chunks_travel_and_merge_to_the_same_run(sampler: str) -> None:
    model = LinearModel(100, 40)
    channel = BlindGaussianChannel.for_model(model, 20.0)
    size = chunk_size(model, sampler)
    pieces = [Chunk(model, (channel,), sampler, one, 9, 2, number) for number, one in enumerate((size, size, 7))]
    travelled = [Moments.from_bytes(run_chunk(pickle.loads(pickle.dumps(piece))).to_bytes()) for piece in pieces]
    merged = travelled[0].merge(travelled[1]).merge(travelled[2])
    whole = simulate(model, [channel], 2 * size + 7, sampler=sampler, seed=9, cell=2)
    assert bits_of(summarize(merged, 1)) == bits_of(whole)


def test_chunk_size_depends_on_the_model_alone_and_is_never_zero() -> None:
    assert chunk_size(LinearModel(10**5, 10**4)) == 1
    assert chunk_size(LinearModel(80, 50)) == (1 << 22) // 4000
    for sampler in ("sufficient", "weights"):
        assert chunk_size(LinearModel(80, 50), sampler) == chunk_size(LinearModel(80, 50, 3.0, 0.1), sampler) > 1000
        assert chunk_size(LinearModel(10**5, 10**5), sampler) >= 1
