"""What the sums say about their own rounding, against rational numbers."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.clustering.kmeans import kmeans
from linreg_compress.compression.clustering.prefix_sums import PrefixSums
from linreg_compress.compression.clustering.sorted_weights import SortedWeights
from tests.tolerances import ROUNDING


def exact_error(points: Any, masses: Any, rests: Any = 0.0) -> Fraction:
    """``sum h (w - mean)^2`` of the weights ``points + rests``."""
    rests = np.broadcast_to(rests, np.shape(points))
    w = [Fraction(float(x)) + Fraction(float(rest)) for x, rest in zip(points, rests, strict=True)]
    h = [Fraction(float(x)) for x in masses]
    mean = sum((x * m for x, m in zip(w, h, strict=True)), Fraction(0)) / sum(h)
    return sum((m * (x - mean) ** 2 for x, m in zip(w, h, strict=True)), Fraction(0))


def rows(number: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(number)
    far = rng.standard_normal(30) * 10.0 ** rng.integers(-6, 1, 30) + rng.choice([0.0, 3.0])
    return far, (None, rng.gamma(0.3, size=30) + 1e-9, rng.integers(1, 9, 30).astype(float))[number % 3]


@pytest.mark.parametrize("number", range(6))
def test_no_squared_error_is_rounded_by_more_than_is_said(number: int) -> None:
    line = SortedWeights.of(*rows(number))
    sums = line.prefix
    mass, moment, square = sums.mass[0], sums.moment[0], sums.square[0]
    worst = worst_precise = 0.0
    for i in range(0, line.size, 5):
        for j in range(i + 1, line.size + 1):
            exact = exact_error(line.points[i:j], line.masses[i:j], line.rests[i:j])
            rough = (square[j] - square[i]) - (moment[j] - moment[i]) ** 2 / (mass[j] - mass[i])
            worst = max(worst, abs(float(Fraction(float(rough)) - exact)))
            fine = float(sums.squared_errors(np.array([i]), np.array([j]))[0])
            lost = abs(float(Fraction(fine) - exact)) - 4 * ROUNDING * float(exact)
            worst_precise = max(worst_precise, lost)
    assert 0 < worst <= sums.rounding
    assert worst_precise <= sums.precise_rounding
    assert sums.rounding <= 1e4 * worst
    assert sums.precise_rounding <= 1e-10 * sums.rounding


@pytest.mark.parametrize("number", range(6))
def test_the_bound_of_one_level_is_below_its_error_by_some_roundings(number: int) -> None:
    weights, masses = rows(number)
    found, exact = kmeans(weights, 1, masses), exact_error(weights, np.ones(30) if masses is None else masses)
    assert Fraction(found.lower_bound) <= exact
    assert Fraction(found.lower_bound) >= exact * (1 - Fraction(64 * ROUNDING))


@pytest.mark.parametrize("number", range(6))
def test_masses_and_means_of_intervals_keep_their_digits(number: int) -> None:
    """Where a light interval follows heavy ones, the digits are in the second of each pair."""
    weights, masses = rows(number)
    line = SortedWeights.of(weights, np.ones(30) if masses is None else masses * 10.0 ** -np.arange(0, 15, 0.5))
    points = [Fraction(float(x)) + Fraction(float(rest)) for x, rest in zip(line.points, line.rests, strict=True)]
    h = [Fraction(float(x)) for x in line.masses]
    lost = line.size * ROUNDING**2 * float(sum(h))  # beyond twice the digits of the whole sum
    for i in range(line.size):
        for j in range(i + 1, line.size + 1):
            mass, mean = (float(x[0]) for x in line.prefix.sums(np.array([i]), np.array([j])))
            exact, moments = sum(h[i:j]), [x * m for x, m in zip(points[i:j], h[i:j], strict=True)]
            assert abs(Fraction(mass) - exact) <= 2 * ROUNDING * float(exact) + lost
            size = float(sum(abs(x) for x in moments))
            assert abs(Fraction(mean) * exact - sum(moments)) <= 4 * ROUNDING * size + 2 * lost


def test_an_interval_of_no_weight_is_at_the_origin() -> None:
    mass, mean = SortedWeights.of(*rows(1)).prefix.sums(np.array([3]), np.array([3]))
    assert (mass[0], mean[0]) == (0.0, 0.0)


@pytest.mark.parametrize("exponent", [-60, 0, 60])
@pytest.mark.parametrize("size", [3, 1000])
def test_sums_that_lose_an_importance_say_so_in_any_unit(size: int, exponent: int) -> None:
    points, masses = np.linspace(-1, 1, size), np.ones(size)
    assert not PrefixSums.of(points, 0 * points, np.ldexp(masses, exponent)).hopeless
    masses[size // 2] = 1e-17
    sums = PrefixSums.of(points, 0 * points, np.ldexp(masses, exponent))
    assert sums.mass[0][size // 2 + 1] == sums.mass[0][size // 2]
    assert sums.hopeless


@pytest.mark.parametrize("number", [2, 1])
def test_whole_importances_lose_nothing_themselves(number: int) -> None:
    """Sums of whole numbers below 2^52 are exact; others add their own rounding to the bound."""
    points, masses = rows(number)
    points = np.sort(points / 8)
    sums = PrefixSums.of(points, 0 * points, masses)
    largest, moments = np.abs(points).max(), np.abs(np.concatenate([[0.0], np.cumsum(masses * points)])).max()
    rough = 4 * (masses * points**2).sum() + 4 * largest * moments
    if number == 1:
        rough += 2 * largest**2 * masses.sum()
    np.testing.assert_allclose(sums.rounding, ROUNDING * rough, rtol=1e-12)


@pytest.mark.parametrize("number", [1, 4])
def test_bounds_on_the_rounding_have_the_units_of_squared_errors(number: int) -> None:
    """Powers of two change no digit."""
    points, masses = rows(number)
    points = np.sort(points / 8)
    plain = PrefixSums.of(points, 0 * points, masses)
    scaled = PrefixSums.of(points / 32, 0 * points, masses * 2.0**20)
    unit = 2.0**10
    assert (scaled.rounding, scaled.precise_rounding) == (unit * plain.rounding, unit * plain.precise_rounding)
