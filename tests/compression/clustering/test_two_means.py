"""The cut into two clusters by running sums, without the search that takes over where it gives up."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.clustering.two_means import two_means
from tests.compare import assert_close
from tests.tolerances import FLOAT

SIZES = [3, 8, 40]


def row(number: int, size: int) -> tuple[Any, Any]:
    rng = np.random.default_rng([number, size])
    weights = rng.standard_normal(size) + rng.choice([0.0, 2.0], size) + 5.0
    return weights, (None, rng.gamma(0.5, size=size) + 1e-3)[number % 2]


def exact_optimum(weights: Any, masses: Any) -> Fraction:
    """Least squared error over all cuts, in rational numbers."""
    order = np.argsort(weights)
    w = [Fraction(x) for x in weights[order].tolist()]
    h = [Fraction(x) for x in (np.ones(len(w)) if masses is None else masses[order]).tolist()]

    def cost(begin: int, end: int) -> Fraction:
        part = list(zip(h[begin:end], w[begin:end], strict=True))
        mean = sum((m * x for m, x in part), Fraction(0)) / sum(m for m, _ in part)
        return sum((m * (x - mean) ** 2 for m, x in part), Fraction(0))

    return min(cost(0, cut) + cost(cut, len(w)) for cut in range(1, len(w)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", range(6))
def test_the_optimum_lies_between_the_bound_and_the_objective(number: int, size: int) -> None:
    weights, masses = row(number, size)
    found, exact = two_means(weights, masses), exact_optimum(weights, masses)
    assert found is not None
    assert found.lower_bound <= exact <= found.objective * (1 + FLOAT)
    assert_close(found.objective, float(exact), FLOAT)
    h = np.ones(size) if masses is None else masses
    assert_close(h @ (weights - found.centers[found.assignments]) ** 2, found.objective, FLOAT)


@pytest.mark.parametrize("number", [0, 1])
def test_rows_of_several_blocks_are_cut_where_the_whole_running_sums_say(number: int) -> None:
    weights, masses = row(number, 30_000)
    found = two_means(weights, masses)
    assert found is not None
    order = np.argsort(weights)
    w, h = weights[order] - weights.mean(), np.ones(30_000) if masses is None else masses[order]
    mass, moment, square = (np.cumsum(x) for x in (h, h * w, h * w * w))
    left = square - moment**2 / mass
    right = square[-1] - square[:-1] - (moment[-1] - moment[:-1]) ** 2 / (mass[-1] - mass[:-1])
    costs = left[:-1] + right
    assert_close(found.objective, costs.min(), 1e-9)
    assert int((found.assignments == 0).sum()) == int(costs.argmin()) + 1


@pytest.mark.parametrize("size", [8191, 8192, 8193, 8194, 16_385, 16_386])
def test_the_last_cut_of_the_last_block_counts(size: int) -> None:
    """The block of 8192 cuts is full, ends one or two short, or has one or two cuts alone."""
    weights = np.append(np.arange(size - 1) % 2.0, 200.0)
    found = two_means(weights, None)
    assert found is not None
    assert found.assignments.tolist() == [0] * (size - 1) + [1]
    zeros, ones = size // 2, (size - 1) // 2
    assert_close(found.objective, zeros * ones / (zeros + ones), FLOAT)


@pytest.mark.parametrize("size", [40, 30_000])
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("exponent", [-20, 12])
def test_objective_and_bound_have_the_unit_of_the_weights_squared(number: int, size: int, exponent: int) -> None:
    """Powers of two change no digit; a bound whose rounding had another unit would hold in one of them alone."""
    weights, masses = row(number, size)
    plain, scaled = two_means(weights, masses), two_means(np.ldexp(weights, exponent), masses)
    assert plain is not None
    assert scaled is not None
    unit = 2.0 ** (2 * exponent)
    assert plain.lower_bound < plain.objective
    assert (scaled.objective, scaled.lower_bound) == (unit * plain.objective, unit * plain.lower_bound)
    assert np.array_equal(scaled.assignments, plain.assignments)
    if masses is not None:
        heavy = two_means(weights, np.ldexp(masses, exponent))
        assert heavy is not None
        assert heavy.objective == 2.0**exponent * plain.objective
        assert heavy.lower_bound == 2.0**exponent * plain.lower_bound


@pytest.mark.parametrize(
    ("weights", "masses"),
    [
        ([0.0, 1.0], None),
        ([0.0, 1.0, 3.0], [1.0, 0.0, 1.0]),
        ([0.0, 1.0, 3.0], [1.0, 1e-17, 1.0]),
        ([2.0, 2.0, 2.0], None),
        ([0.0, 0.0, 5e100], None),
        ([0.0, 1.0, 3.0], [1e100, 1.0, 1e100]),
        ([0.0, 1e-12, 1.0], None),  # the optimum is below the digits of the running sums
        ([0.0, 0.0, 1.0, 1.0], None),  # so is zero
    ],
)
def test_what_needs_more_digits_is_left_to_the_search(weights: Any, masses: Any) -> None:
    assert two_means(np.array(weights), None if masses is None else np.array(masses)) is None
