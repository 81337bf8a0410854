"""What the error of a b-bit quantizer should be: tables, limits, and draws."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from linreg_compress.compression.expected_distortion import QUANTIZERS, expected_distortion
from linreg_compress.compression.scalar.entropy_constrained import entropy_constrained
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sign import sign_quantizer
from linreg_compress.compression.scalar.sources import LaplaceSource, NormalSource, StudentTSource, SymmetricSource
from linreg_compress.compression.scalar.uniform import optimal_uniform
from tests import seeds
from tests.compare import assert_close, assert_refused, assert_sample_mean
from tests.tolerances import FLOAT

SOURCES: list[SymmetricSource] = [NormalSource(), NormalSource(1.0, 9.0), LaplaceSource(), StudentTSource(7.0, 0.3)]
RATES = {"uniform": (0, 1, 2, 3, 8), "lloyd-max": (0, 1, 2, np.log2(3), 8), "sign": (1,)}
FREE = (0, 0.1, 1, 2, 5)


def draw(source: SymmetricSource, size: int) -> np.ndarray:
    return np.asarray(source.ppf(seeds.generator(4).random(size)))


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("quantizer", QUANTIZERS)
def test_more_bits_never_raise_the_error(source: SymmetricSource, quantizer: str) -> None:
    found = [expected_distortion(source, quantizer, bits) for bits in RATES.get(quantizer, FREE)]
    order = np.argsort([each.bits_per_weight for each in found])
    for field in ("mean_squared", "mean_absolute", "relative"):
        values = np.array([getattr(each, field) for each in found])[order]
        assert (np.diff(values) < 0).all()
    for each in found:
        assert_close(each.relative, each.mean_squared / source.variance, FLOAT)
        assert each.mean_absolute <= np.sqrt(each.mean_squared)
        assert each.quantizer == quantizer
        limit = expected_distortion(source, "rate-distortion", each.entropy_bits_per_weight)
        assert each.mean_squared >= limit.mean_squared * (1 - FLOAT)
        assert each.mean_absolute >= limit.mean_absolute * (1 - FLOAT)


@pytest.mark.parametrize("source", SOURCES)
def test_order_of_the_quantizers(source: SymmetricSource) -> None:
    for bits in (1, 2, 4):
        errors = [
            expected_distortion(source, name, bits).mean_squared
            for name in ("uniform", "lloyd-max", "entropy-constrained", "rate-distortion")
        ]
        assert errors[0] >= errors[1] * (1 - FLOAT) > errors[2] > errors[3]
    one = expected_distortion(source, "sign", 1)
    for name in ("uniform", "lloyd-max"):
        assert_close(expected_distortion(source, name, 1).mean_squared, one.mean_squared, 1e-9)


def test_closed_forms() -> None:
    nothing = expected_distortion(NormalSource(1.0, 9.0), "lloyd-max", 0)
    assert_close([nothing.mean_squared, nothing.mean_absolute], [9.0, 3 * np.sqrt(2 / np.pi)], FLOAT)
    sign = expected_distortion(LaplaceSource(0.0, 2.0), "sign", 1)
    assert_close([sign.mean_squared, sign.mean_absolute], [1.0, 2 / math.e], FLOAT)  # |W| ~ Exp(1): E | |W| - 1 | = 2 / e
    limit = expected_distortion(NormalSource(1.0, 9.0), "rate-distortion", 1.5)
    assert_close([limit.mean_squared, limit.relative], [9 / 8, 1 / 8], FLOAT)
    bound = expected_distortion(LaplaceSource(0.0, 2.0), "rate-distortion", 0)
    # Shannon's bound for the absolute error is the distortion-rate function of a Laplace law: b at rate 0
    assert_close([bound.mean_absolute, bound.mean_squared], [1.0, 2 * math.e / np.pi], FLOAT)
    assert (limit.kind, bound.kind, sign.kind) == ("limit", "lower bound", "exact")


@pytest.mark.monte_carlo
@pytest.mark.parametrize("source", SOURCES)
def test_errors_agree_with_draws(source: SymmetricSource) -> None:
    weights = draw(source, 100_000)
    designs = {
        "uniform": optimal_uniform(source, 8),
        "lloyd-max": lloyd_max(source, 8),
        "sign": sign_quantizer(source),
        "entropy-constrained": entropy_constrained(source, 3),
    }
    for name, quantizer in designs.items():
        should = expected_distortion(source, name, 1 if name == "sign" else 3)
        error = quantizer.compress(weights) - weights
        assert_sample_mean(np.abs(error), should.mean_absolute)
        if not isinstance(source, StudentTSource):
            assert_sample_mean(error**2, should.mean_squared)


def test_the_largest_rate_is_legal() -> None:
    found = expected_distortion(LaplaceSource(), "uniform", 16)
    assert found.bits_per_weight == 16
    assert 0 < found.relative < 1e-6


@pytest.mark.parametrize("rate", [0.5, 1.0, 3.2])
@pytest.mark.parametrize("source", [NormalSource(0.0, 4.0), LaplaceSource(), StudentTSource(5.0)])
def test_the_limit_of_the_absolute_error_is_shannons_bound(source: SymmetricSource, rate: float) -> None:
    """``R >= h - ln(2 e D)`` nats: of all laws of mean absolute value D the Laplace law has the largest entropy."""
    found = expected_distortion(source, "rate-distortion", rate)
    assert_close(source.differential_entropy - np.log(2 * math.e * found.mean_absolute), rate * np.log(2), FLOAT)


def test_a_rate_may_lose_a_rounding() -> None:
    """2^bits is a whole number of levels to 1e-9 of it."""
    bits = float(np.log2(5.0))
    assert expected_distortion(NormalSource(), "uniform", bits + 1.4e-9).relative > 0  # 5 (1 + 0.97e-9) levels
    assert_refused(lambda: expected_distortion(NormalSource(), "uniform", bits + 1.6e-9), "a whole number of levels")


def test_entropy_is_below_the_fixed_rate() -> None:
    for source in SOURCES:
        found = expected_distortion(source, "lloyd-max", 3)
        assert 2 < found.entropy_bits_per_weight < 3
        assert_close(expected_distortion(source, "entropy-constrained", 2.3).entropy_bits_per_weight, 2.3, 1e-10)


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: expected_distortion(NormalSource(), "lloyd", 2), "quantizer must be one of uniform, lloyd-max, sign"),
    (lambda: expected_distortion(NormalSource(), "sign", 2), "bits must be 1 for a sign; got 2.0"),
    (lambda: expected_distortion(NormalSource(), "uniform", 1.1), "bits must be log2 of a whole number of levels"),
    (lambda: expected_distortion(NormalSource(), "lloyd-max", 17), "at most 65536, for lloyd-max; got 17.0"),
    (lambda: expected_distortion(NormalSource(), "lloyd-max", 1e9), "at most 65536, for lloyd-max; got 1000000000.0"),
    (lambda: expected_distortion(NormalSource(), "rate-distortion", -1), "bits must be zero or positive; got -1.0"),
    (lambda: expected_distortion(NormalSource(), "uniform", np.nan), "bits must be finite; got nan"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    assert_refused(call, message)
