"""What every quantizer promises. A new one is one row of `compression/quantizers.py`; the suite runs by itself."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel
from linreg_compress.compression.quantizers import BITS, LEVELS, NamedQuantizer
from linreg_compress.compression.quantizers import QUANTIZERS as NAMED
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.sources import source_for, squared_error
from linreg_compress.compression.scalar.uniform import UniformQuantizer, limited_uniform
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.model import LinearModel
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT

Array = NDArray[np.float64]


def unlimited(model: LinearModel, bits: float) -> UniformQuantizer:
    """Mid-tread, with the step whose own noise is that of the rate at high resolution; a bit is a halved step."""
    return UniformQuantizer(float(np.sqrt(12 * source_for(model).variance) * 2.0**-bits))


@dataclass(frozen=True)
class Row:
    """A quantizer: how to make one of b bits for a model, the bits that it can have, and what it lacks."""

    make: Callable[[LinearModel, float], Any]
    bits: tuple[float, ...]
    most: float | None
    """Bits at which it leaves the weights as they are, None if it has a single rate."""
    random: bool = False
    """Whether it draws numbers; then it turns no vector into a codebook and indices."""
    whole: bool = False
    """Whether it is made from a number of levels."""


FREE = (0, 0.5, 1, 1.5, 2, 3, 5, 8)


def cells_of(row: NamedQuantizer) -> Row:
    """Cells that are designed for the law of one weight."""
    if row.designs_by == LEVELS:
        return Row(
            lambda model, bits: row.cells(source_for(model), round(2**bits)), (0, 1, 2, 3, 4, 6, 8), most=14, whole=True
        )
    if row.designs_by == BITS:
        return Row(lambda model, bits: row.cells(source_for(model), bits), FREE, most=11)
    return Row(lambda model, _: row.cells(source_for(model)), (1,), most=None)


def gaussian(kind: type[BlindGaussianChannel] | type[PerWeightGaussianChannel]) -> Row:
    return Row(lambda model, bits: kind.for_model(model, model.features * bits * np.log(2)), FREE, most=300, random=True)


QUANTIZERS: dict[str, Row] = {
    "unlimited-uniform": Row(unlimited, (1, 1.5, 2, 3, 5, 8), most=45),
    **{row.name: cells_of(row) for row in NAMED if row.design is not None and not row.feeds_forward},
    **{row.name: Row(row.channel, FREE, most=30, random=True) for row in NAMED if row.linear},
    "gaussian-per-weight": gaussian(PerWeightGaussianChannel),
    "gaussian-blind": gaussian(BlindGaussianChannel),
}
MODELS = [LinearModel(80, 50), LinearModel(4, 2, 0.3), LinearModel(30, 10, 2.0, signal_variance=0.3)]
CASES = [pytest.param(row, id=name) for name, row in QUANTIZERS.items()]
CODERS = [pytest.param(row, id=name) for name, row in QUANTIZERS.items() if not row.random]


def as_cells(quantizer: Any) -> CellQuantizer:
    """Return the cells of a scalar quantizer; of an unlimited one those that hold all but 1e-15 of the error."""
    if isinstance(quantizer, UniformQuantizer):
        return limited_uniform(quantizer.step, 400_001)
    assert isinstance(quantizer, CellQuantizer)
    return quantizer


def distortion(model: LinearModel, quantizer: Any) -> float:
    """E (What_j - W_j)^2 under the law that the quantizer is for."""
    source = source_for(model)
    if isinstance(quantizer, DitheredUniform | BlindGaussianChannel | PerWeightGaussianChannel):
        return quantizer.normalized_distortion * source.variance
    return squared_error(source, as_cells(quantizer))


def rate(model: LinearModel, quantizer: Any) -> float:
    """Nats a weight of the best code of single weights: the entropy of the cells, or the rate of a random channel."""
    if isinstance(quantizer, DitheredUniform | BlindGaussianChannel | PerWeightGaussianChannel):
        return quantizer.rate_nats / model.features
    p = source_for(model).moments(as_cells(quantizer).thresholds).probability
    return float(-np.sum(p[p > 0] * np.log(p[p > 0])))


def weights_of(model: LinearModel, *shape: int) -> Array:
    """Draw weights from the law of one weight."""
    shares = np.random.default_rng(6).random((*shape, model.features))
    return np.asarray(source_for(model).ppf(shares))


class Fixed(np.random.Generator):
    """A generator that says the same number every time, or its mirror image."""

    sign = 1.0

    def random(self, size: Any = None, *_: Any, **__: Any) -> Any:
        return np.full(size, 0.5 + self.sign * 0.2)

    def standard_normal(self, size: Any = None, *_: Any, **__: Any) -> Any:
        return np.full(size, self.sign * 0.7)


def fixed(sign: float = 1.0) -> Fixed:
    found = Fixed(np.random.PCG64(0))
    found.sign = sign
    return found


@pytest.mark.parametrize("row", CASES)
@pytest.mark.parametrize("model", MODELS)
def test_more_bits_never_raise_the_distortion(row: Row, model: LinearModel) -> None:
    found = np.array([distortion(model, row.make(model, bits)) for bits in row.bits])
    assert (np.diff(found) < 0).all()
    assert found[0] <= source_for(model).variance * (1 + FLOAT) or row.bits[0] > 0


@pytest.mark.parametrize("row", CASES)
@pytest.mark.parametrize("model", MODELS)
def test_distortion_is_never_below_the_limit_at_its_rate(row: Row, model: LinearModel) -> None:
    """The Shannon lower bound, ``exp(2 h - 2 R) / (2 pi e)``: the distortion-rate function itself for a normal law."""
    volume = np.exp(2 * source_for(model).differential_entropy) / (2 * np.pi * math.e)
    for bits in row.bits:
        quantizer = row.make(model, bits)
        assert distortion(model, quantizer) >= volume * np.exp(-2 * rate(model, quantizer)) * (1 - 1e-9)


@pytest.mark.parametrize("row", CASES)
@pytest.mark.parametrize("model", MODELS)
def test_permuting_or_flipping_signs_changes_nothing_else(row: Row, model: LinearModel) -> None:
    weights = weights_of(model, 20)
    order = np.random.default_rng(1).permutation(model.features)
    for bits in row.bits:
        quantizer = row.make(model, bits)
        plain = quantizer.compress(weights, rng=fixed())
        permuted = quantizer.compress(weights[:, order], rng=fixed())
        np.testing.assert_array_equal(permuted, plain[:, order])
        flipped = quantizer.compress(-weights, rng=fixed(-1.0))
        scale = np.abs(plain) + np.sqrt(source_for(model).variance)
        assert (np.abs(flipped + plain) <= 1e-11 * scale).all()


@pytest.mark.parametrize("row", CASES)
def test_shapes_of_batches(row: Row) -> None:
    model = MODELS[0]
    weights = weights_of(model, 3, 2)
    for bits in row.bits[:3]:
        quantizer = row.make(model, bits)
        found = quantizer.compress(weights, rng=fixed())
        assert found.shape == weights.shape
        one = quantizer.compress(weights[1, 0], rng=fixed())
        np.testing.assert_array_equal(one, found[1, 0])
        assert not np.shares_memory(found, weights)


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in QUANTIZERS.items() if 0 in row.bits])
@pytest.mark.parametrize("model", MODELS)
def test_constant_at_rate_0(row: Row, model: LinearModel) -> None:
    found = row.make(model, 0).compress(weights_of(model, 5), rng=np.random.default_rng(0))
    assert (found == 0.0).all()


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in QUANTIZERS.items() if row.most is not None])
def test_identity_in_the_limit_of_infinite_rate(row: Row) -> None:
    assert row.most is not None
    model = MODELS[0]
    weights = np.clip(weights_of(model, 5), *source_for(model).ppf([0.001, 0.999]))
    found = row.make(model, row.most).compress(weights, rng=np.random.default_rng(0))
    assert np.abs(found - weights).max() < 2e-3 * np.sqrt(source_for(model).variance)


@pytest.mark.parametrize("row", CODERS)
@pytest.mark.parametrize("model", MODELS)
def test_streams_decode_bit_for_bit(row: Row, model: LinearModel) -> None:
    weights = weights_of(model, 8).ravel()
    for bits in row.bits:
        quantizer = row.make(model, bits)
        coded = quantizer.code(weights)
        np.testing.assert_array_equal(coded.weights, quantizer.compress(weights))
        stream = coded.stream()
        assert len(stream) == -(-round(coded.huffman_bits_per_weight * weights.size) // 8)
        assert coded.decoded(stream).tobytes() == coded.weights.tobytes()
        if len(np.unique(coded.assignments)) == 1:
            assert coded.huffman_bits_per_weight == 1.0
            assert coded.entropy_bits_per_weight == 0.0
        else:
            excess = coded.huffman_bits_per_weight - coded.entropy_bits_per_weight
            assert -FLOAT <= excess < 1
        assert coded.entropy_bits_per_weight <= coded.fixed_rate_bits_per_weight + FLOAT
        assert_close(coded.weight_mse, np.mean((coded.weights - weights) ** 2), FLOAT)


@pytest.mark.parametrize("row", CODERS)
def test_every_weight_goes_to_a_level_of_its_cell(row: Row) -> None:
    """Quantizing a level again leaves it where it is: levels lie in their cells."""
    model = MODELS[2]
    weights = weights_of(model, 10)
    for bits in row.bits:
        quantizer = row.make(model, bits)
        once = quantizer.compress(weights)
        np.testing.assert_array_equal(quantizer.compress(once), once)


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in QUANTIZERS.items() if row.most is not None])
@pytest.mark.parametrize("bits", [-1.0, np.nan])
def test_impossible_bits_are_refused(row: Row, bits: float) -> None:
    if np.isnan(bits) and row.whole:
        return  # a number of levels cannot be nan
    if row.make is unlimited and bits < 0:
        return  # a step above the standard deviation is legal
    with pytest.raises(InvalidInputError, match="must be"):
        row.make(MODELS[0], bits)


@pytest.mark.parametrize("row", CASES)
def test_weights_of_infinite_variance_are_refused(row: Row) -> None:
    assert_refused(lambda: row.make(LinearModel(6, 5), 1), "samples >= features + 2", error=UnsupportedModelError)
