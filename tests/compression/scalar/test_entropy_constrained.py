"""Entropy-constrained quantizers: both conditions, the entropy wanted, the best Lagrangian over partitions of a grid."""

import math
import sys
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from linreg_compress.compression.scalar.empirical_source import EmpiricalSource
from linreg_compress.compression.scalar.entropy_constrained import (
    EntropyConstrainedQuantizer,
    _half,
    _solve,
    entropy_constrained,
)
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import (
    LaplaceSource,
    NormalSource,
    StudentTSource,
    SymmetricSource,
    squared_error,
)
from linreg_compress.errors import UnsupportedModelError
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT

Array = NDArray[np.float64]

SOURCES: list[SymmetricSource] = [
    NormalSource(),
    NormalSource(2.0, 9.0),
    LaplaceSource(),
    StudentTSource(3.0),
    StudentTSource(4.0, 0.1),
    StudentTSource(31.0, 1 / np.sqrt(31)),
    StudentTSource(500.0),
]
BITS = (1e-3, 0.1, 0.5, 1.0, 2.0, 3.5, 6.0, 8.0)
GAP = float(np.log2(2 * np.pi * math.e / 12)) / 2


def gap_bits(source: SymmetricSource, found: EntropyConstrainedQuantizer) -> float:
    """Bits above the Shannon lower bound, which is the rate-distortion function of a normal law."""
    nats = source.differential_entropy - np.log(2 * np.pi * math.e * squared_error(source, found)) / 2
    return found.entropy_bits_per_weight - float(nats / np.log(2))


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("bits", BITS)
def test_both_conditions_hold_at_the_entropy_wanted(source: SymmetricSource, bits: float) -> None:
    found = entropy_constrained(source, bits)
    assert_close(found.entropy_bits_per_weight, bits, 1e-10)
    cells = source.moments(found.thresholds)
    p = cells.probability
    assert_close(-np.sum(p * np.log2(p)), found.entropy_bits_per_weight, FLOAT)
    size = np.abs(found.levels) + source.scale
    assert (np.abs(source.mean + cells.first / p - found.levels) <= FLOAT * size).all()
    gap = np.diff(found.levels)
    balanced = (found.levels[1:] + found.levels[:-1]) / 2 - found.multiplier * np.diff(np.log(p)) / (2 * gap)
    assert (np.abs(balanced - found.thresholds) <= 2e-12 * np.maximum(size[1:], size[:-1])).all()
    assert gap_bits(source, found) > 0


def best_lagrangian(source: SymmetricSource, price: float, grid: Array) -> float:
    """Least ``error + price * entropy`` over every partition with thresholds on the grid: shortest path over its cells."""
    cells = source.moments(grid)
    sums = np.concatenate([np.zeros((2, 1)), np.cumsum(np.stack(cells[:2]), axis=1)], axis=1)
    value = np.zeros(grid.size + 2)
    for end in range(1, grid.size + 2):
        p, first = sums[0, end] - sums[0, :end], sums[1, end] - sums[1, :end]
        with np.errstate(divide="ignore", invalid="ignore"):
            cost = np.where(p > 0, -(first**2) / p - price * p * np.log(p), 0.0)
        value[end] = np.min(value[:end] + cost)
    return float(source.variance + value[-1])


@pytest.mark.parametrize("source", [NormalSource(), LaplaceSource(), StudentTSource(5.0), StudentTSource(31.0)])
@pytest.mark.parametrize("bits", [0.05, 0.3, 0.7, 1.0, 1.3, 1.7, 2.2])
def test_no_partition_of_a_grid_is_better(source: SymmetricSource, bits: float) -> None:
    """The optimum among all partitions, symmetric or not and with any number of cells, has the middle level at the mean."""
    found = entropy_constrained(source, bits)
    grid = source.companded(np.arange(1, 700) / 700)
    lagrangian = squared_error(source, found) + found.multiplier * bits * float(np.log(2))
    best = best_lagrangian(source, found.multiplier, grid)
    assert best >= lagrangian * (1 - 1e-9)
    assert best <= lagrangian * 1.003


@pytest.mark.parametrize("source", SOURCES)
def test_more_bits_lower_the_error_and_the_multiplier_is_the_slope(source: SymmetricSource) -> None:
    bits = np.array([0.0, *BITS])
    found = [entropy_constrained(source, each) for each in bits]
    errors = [squared_error(source, each) for each in found]
    assert (np.diff(errors) < 0).all()
    assert (np.diff([each.multiplier for each in found]) < 0).all()
    step = 1e-4
    for each in (0.5, 1.0, 2.0, 4.0):
        ends = [squared_error(source, entropy_constrained(source, each + side * step)) for side in (-1, 1)]
        slope = (ends[0] - ends[1]) / (2 * step * np.log(2))
        assert_close(entropy_constrained(source, each).multiplier, slope, 1e-6)


def test_normal_gap_vanishes_at_low_rate_and_is_the_space_filling_loss_at_high_rate() -> None:
    """Gish and Pierce 1968 above; Marco and Neuhoff 2006 below."""
    gaps = [gap_bits(NormalSource(), entropy_constrained(NormalSource(), bits)) for bits in (1e-3, 0.1, 0.5, 1.0, 2.0, 8.0)]
    assert (np.diff(gaps) > 0).all()
    assert gaps[0] < 3e-4
    assert_close(gaps[-1], GAP, 1e-6)
    for source in (LaplaceSource(), StudentTSource(31.0)):
        assert_close(gap_bits(source, entropy_constrained(source, 8.0)), GAP, 1e-3)


@pytest.mark.parametrize("source", SOURCES)
def test_it_beats_lloyd_max_at_the_same_entropy(source: SymmetricSource) -> None:
    for levels in (3, 4, 8, 16):
        other = lloyd_max(source, levels)
        p = source.moments(other.thresholds).probability
        found = entropy_constrained(source, float(-np.sum(p * np.log2(p))))
        assert squared_error(source, found) < squared_error(source, other)


@pytest.mark.parametrize("bits", [0.7, 1.5, 3.0])
@pytest.mark.parametrize("source", [NormalSource(), LaplaceSource(), StudentTSource(5.0)])
def test_the_steps_towards_the_thresholds_are_those_of_newton(
    source: SymmetricSource, bits: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digits double: with any part of the Jacobian wrong they would only grow one by one."""
    found = entropy_constrained(source, bits)
    t = found.thresholds[found.thresholds > 0]
    steps: list[Array] = []

    def half(source: SymmetricSource, t: Array) -> tuple[Array, Array, Array]:
        steps.append(t)
        return _half(source, t)

    monkeypatch.setattr(sys.modules[_half.__module__], "_half", half)
    solved = _solve(source, t * (1 + 1e-3 * np.cos(3 * np.arange(t.size))), found.multiplier)
    assert solved is not None
    assert_close(solved, t, 1e-11)
    assert len(steps) <= 7


def test_nothing_to_say_at_rate_0() -> None:
    found = entropy_constrained(LaplaceSource(3.0), 0)
    assert (found.levels.tolist(), found.entropy_bits_per_weight) == ([3.0], 0.0)


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: entropy_constrained(NormalSource(), -1.0), "bits must be zero or positive; got -1.0"),
    (lambda: entropy_constrained(NormalSource(), 1e-9), "bits must be 0 or at least 0.0001; got 1e-09"),
    (lambda: entropy_constrained(EmpiricalSource([1.0, 2.0]), 1.0), "must be a normal, t or Laplace law"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    assert_refused(call, message)


def test_too_many_cells_are_refused() -> None:
    for source, most, law in (
        (NormalSource(), "13.5", "this law"),
        (StudentTSource(31.0, 0.18), "12.5", "a t law of 31 degrees of freedom"),
    ):
        for bits in (14.0, 1e3):
            rule = f"bits must be at most about {most} for {law}; got {bits}. Give fewer bits, or use a dithered"
            assert_refused(lambda source=source, bits=bits: entropy_constrained(source, bits), rule)  # type: ignore[misc]
        assert_close(entropy_constrained(source, float(most)).entropy_bits_per_weight, float(most), 1e-10)


@pytest.mark.parametrize("degrees", [1e4 - 1, 19999.0, 1e6])
@pytest.mark.parametrize("bits", [0.5, 2.0, 8.0])
def test_many_degrees_of_freedom_are_nearly_normal(degrees: float, bits: float) -> None:
    found, normal = entropy_constrained(StudentTSource(degrees), bits), entropy_constrained(NormalSource(), bits)
    error, limit = squared_error(StudentTSource(degrees), found), squared_error(NormalSource(), normal)
    assert 1 - 1e-9 < error / limit < 1 + 20 / degrees + 1e-9


@pytest.mark.parametrize(("degrees", "bits"), [(2.01, 0.5), (2.01, 10.0), (2.05, 1.0), (2.2, 1.0)])
def test_a_tail_too_heavy_is_refused_without_a_warning(degrees: float, bits: float) -> None:
    message = f"no entropy-constrained quantizer is found for a t law of {degrees:g} degrees of freedom, whose tails"
    assert_refused(lambda: entropy_constrained(StudentTSource(degrees), bits), message, error=UnsupportedModelError)
