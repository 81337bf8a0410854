"""What the sums say about their own rounding, against rational numbers."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.kmeans import kmeans
from linreg_compress.compression.sorted_weights import SortedWeights
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
