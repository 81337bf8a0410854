"""Streaming moments: any split of the trials gives what one pass gives."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress.monte_carlo.estimate import Estimate, Moments
from tests.compare import assert_close
from tests.tolerances import FLOAT, ROUNDING

ROWS = np.random.default_rng(1).gamma(0.5, size=(60, 3)) * [1.0, 1e-6, 1e6] + [0.0, 5.0, -2.0]


def by_hand(rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[tuple[float, float, float]]:
    """Mean and central sums of squares and cubes of every column, in exact fractions."""
    from fractions import Fraction

    found = []
    for column in rows.T.tolist():
        values = [Fraction(x) for x in column]
        mean = sum(values, Fraction(0)) / len(values)
        found.append((float(mean), *(float(sum(((x - mean) ** p for x in values), Fraction(0))) for p in (2, 3))))
    return found  # type: ignore[return-value]


def assert_moments(moments: Moments, rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    exact = np.array(by_hand(rows))
    assert moments.count == len(rows)
    assert_close(moments.mean, exact[:, 0], FLOAT)
    mean, squares, cubes = np.abs(exact).T
    shift = 8 * ROUNDING * mean  # the mean is a double: what its rounding moves is all that may be lost
    assert (
        np.abs(moments.squares - exact[:, 1]) <= FLOAT * squares + len(rows) * shift**2 + shift * np.sqrt(squares)
    ).all()
    spread = (squares / len(rows)) ** 1.5 * len(rows)
    assert (np.abs(moments.cubes - exact[:, 2]) <= FLOAT * (spread + cubes) + 3 * squares * shift).all()


@pytest.mark.parametrize("split", range(1, 60))
def test_merge_equals_one_pass_at_any_split(split: int) -> None:
    assert_moments(Moments.of(ROWS[:split]).merge(Moments.of(ROWS[split:])), ROWS)


@given(cuts=st.lists(st.integers(1, 59), max_size=12, unique=True))
def test_merge_of_many_parts_equals_one_pass(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 60]
    merged = Moments.of(ROWS[: edges[1]])
    for start, stop in pairwise(edges[1:]):
        merged = merged.merge(Moments.of(ROWS[start:stop]))
    assert_moments(merged, ROWS)


@given(values=st.lists(st.integers(-1000, 1000), min_size=3, max_size=20), first=st.integers(1, 18))
def test_merge_of_whole_numbers_equals_exact_fractions(values: list[int], first: int) -> None:
    rows = np.array(values, dtype=float)[:, None]
    first = min(first, len(values) - 1)
    merged = Moments.of(rows[:first]).merge(Moments.of(rows[first:]))
    mean, squares, cubes = by_hand(rows)[0]
    assert abs(merged.mean[0] - mean) <= FLOAT * 1e3
    assert abs(merged.squares[0] - squares) <= FLOAT * max(squares, 1.0) * 10
    assert abs(merged.cubes[0] - cubes) <= FLOAT * 20 * 2000.0**3


def test_merging_is_associative_to_rounding() -> None:
    a, b, c = (Moments.of(part) for part in (ROWS[:7], ROWS[7:30], ROWS[30:]))
    left, right = a.merge(b).merge(c), a.merge(b.merge(c))
    assert_close(left.mean, right.mean, FLOAT)
    assert_close(left.squares, right.squares, FLOAT * 1e3)


def test_a_common_offset_costs_the_variance_no_more_than_its_rounding() -> None:
    merged = Moments.of(ROWS[:20, :1] + 1e6).merge(Moments.of(ROWS[20:, :1] + 1e6))
    assert_close(merged.squares, Moments.of(ROWS[:, :1]).squares, 1e-8)


def test_estimates_are_the_textbook_statistics() -> None:
    from scipy import stats

    for estimate, column in zip(Moments.of(ROWS).estimates(), ROWS.T, strict=True):
        assert_close(estimate.mean, column.mean(), FLOAT)
        assert_close(estimate.standard_error, stats.sem(column), 1e-9)
        skewness = stats.skew(column) * (59 / 60) ** 1.5
        assert_close(estimate.skewness, skewness, 1e-8)
        assert estimate.trials == 60


def test_constants_have_no_error_and_no_skewness() -> None:
    estimate = Moments.of(np.full((5, 1), 3.0)).estimates()[0]
    assert estimate == Estimate(3.0, 0.0, 5, 0.0)


def test_interval_is_symmetric_and_95_per_cent_by_default() -> None:
    estimate = Estimate(2.0, 0.5, 100)
    low, high = estimate.interval()
    assert_close([low, high], [2 - 0.5 * 1.959963984540054, 2 + 0.5 * 1.959963984540054], FLOAT)
    assert estimate.interval(2.0) == (1.0, 3.0)
