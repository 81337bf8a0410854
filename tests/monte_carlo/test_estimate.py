"""Streaming moments: any split of the trials gives what one pass gives."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress.errors import InvalidInputError
from linreg_compress.monte_carlo.estimate import FEWEST_TRIALS_FOR_CONTROLS, Estimate, Moments
from tests import seeds
from tests.compare import assert_close, assert_sample_mean
from tests.tolerances import FLOAT, ROUNDING

ROWS = seeds.generator(1).gamma(0.5, size=(60, 3)) * [1.0, 1e-6, 1e6] + [0.0, 5.0, -2.0]


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


def test_two_trials_have_one_degree_of_freedom() -> None:
    (found,) = Moments.of(np.array([[1.0], [3.0]])).estimates()
    assert (found.mean, found.standard_error) == (2.0, 1.0)


def test_one_trial_has_no_spread_yet() -> None:
    assert Moments.of(np.array([[3.0]])).estimates() == [Estimate(3.0, 0.0, 1, 0.0)]


def test_interval_is_symmetric_and_95_per_cent_by_default() -> None:
    estimate = Estimate(2.0, 0.5, 100)
    low, high = estimate.interval()
    assert_close([low, high], [2 - 0.5 * 1.959963984540054, 2 + 0.5 * 1.959963984540054], FLOAT)
    assert estimate.interval(2.0) == (1.0, 3.0)


CONTROLS = seeds.generator(2).standard_normal((60, 2)) * [1.0, 1e3] + [0.1, -20.0]


@pytest.mark.parametrize("split", range(1, 60, 7))
def test_products_with_controls_merge_to_those_of_one_pass(split: int) -> None:
    """Against two passes in exact fractions."""
    from fractions import Fraction

    merged = Moments.of(ROWS[:split], CONTROLS[:split]).merge(Moments.of(ROWS[split:], CONTROLS[split:]))
    assert_moments(merged, ROWS)
    columns = [[Fraction(x) for x in column] for column in np.hstack([ROWS, CONTROLS]).T.tolist()]
    centred = [[x - sum(column, Fraction(0)) / 60 for x in column] for column in columns]
    exact = np.array([[float(sum((a * b for a, b in zip(one, two, strict=True)), Fraction(0))) for two in centred[3:]]
                      for one in centred])  # fmt: skip
    lengths = np.sqrt([float(sum((a * a for a in one), Fraction(0))) for one in centred])
    # the means are doubles: an offset of 5 in numbers of size 1e-6 costs that much of their spread
    lost = 60 * ROUNDING * np.abs(np.hstack([ROWS, CONTROLS])).max(axis=0)
    allowed = FLOAT * np.outer(lengths, lengths[3:]) + np.outer(lost, lengths[3:]) + np.outer(lengths, lost[3:])
    found = np.vstack([merged.cross_products, merged.control_products])
    assert (np.abs(found - exact) <= allowed).all()
    assert_close(merged.control_mean, CONTROLS.mean(axis=0), FLOAT)


def test_adjusted_means_are_the_regression_at_the_known_mean_of_the_controls() -> None:
    rng = seeds.generator(3)
    controls = rng.standard_normal((5000, 2)) * [1.0, 30.0]
    values = rng.standard_normal((5000, 3)) * [1.0, 0.1, 2.0] + controls @ [[1.0, 0.0, 3.0], [0.0, 0.01, 0.0]] + 7.0
    means, errors = Moments.of(values, controls).means_and_errors()
    design = np.column_stack([np.ones(5000), controls])
    for k in range(3):
        coefficients, residual, _, _ = np.linalg.lstsq(design, values[:, k])
        assert_close(means[k], coefficients[0], 1e-10)
        covariance = np.linalg.inv(design.T @ design) * residual[0] / (5000 - 3)
        assert_close(errors[k], np.sqrt(covariance[0, 0]), 1e-9)


def test_controls_that_explain_everything_leave_no_error() -> None:
    control = seeds.generator(4).standard_normal((2000, 1))
    estimate = Moments.of(3.0 + 2 * control, control).estimates()[0]
    assert estimate.mean == pytest.approx(3.0, abs=1e-12)
    assert estimate.standard_error < 1e-9


@pytest.mark.monte_carlo
def test_adjusted_errors_are_honest() -> None:
    rng = seeds.generator(5)
    drawn = []
    for _ in range(2000):
        control = rng.uniform(-(3**0.5), 3**0.5, (FEWEST_TRIALS_FOR_CONTROLS, 1))
        values = (1 + control) ** 2 + rng.standard_normal(control.shape)
        estimate = Moments.of(values, control).estimates()[0]
        drawn.append((estimate.mean - 2.0) / estimate.standard_error)
    scores = np.array(drawn)
    # left of the line is a = c^2 - 1, which biases the mean by -E[a c^2] / N = -0.8 / N, and the score by 0.02
    assert_sample_mean(scores + 0.8 / FEWEST_TRIALS_FOR_CONTROLS**0.5 / 1.8**0.5, 0.0)
    assert_sample_mean((scores - scores.mean()) ** 2, 1.0)


@pytest.mark.parametrize("trials", [2, 10, FEWEST_TRIALS_FOR_CONTROLS - 1])
def test_controls_wait_for_enough_trials(trials: int) -> None:
    rng = seeds.generator(6)
    control = rng.standard_normal((trials, 1))
    values = control + rng.standard_normal((trials, 1))
    plain, adjusted = Moments.of(values).estimates(), Moments.of(values, control).estimates()
    assert plain == adjusted


def test_a_constant_control_changes_nothing() -> None:
    values = seeds.generator(7).standard_normal((3000, 2))
    plain = Moments.of(values).estimates()
    adjusted = Moments.of(values, np.zeros((3000, 1))).estimates()
    for one, other in zip(plain, adjusted, strict=True):
        assert other.mean == one.mean
        assert_close(other.standard_error, one.standard_error, 1e-3)  # one degree of freedom less


@pytest.mark.parametrize("controls", [None, CONTROLS])
def test_bytes_keep_every_bit(controls: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None) -> None:
    moments = Moments.of(np.hstack([ROWS, np.full((60, 1), -0.0)]) * 1e-310, controls)
    data = moments.to_bytes()
    back = Moments.from_bytes(data)
    assert back.to_bytes() == data
    assert (back.count, back.cross_products.shape) == (60, (4, 0 if controls is None else 2))
    for name in ("mean", "squares", "cubes", "control_mean", "control_products", "cross_products"):
        found, kept = getattr(back, name), getattr(moments, name)
        assert found.tobytes() == kept.tobytes()
        assert found.shape == kept.shape
    assert back.merge(back).to_bytes() == moments.merge(moments).to_bytes()


def test_bytes_are_the_same_on_every_machine() -> None:
    data = Moments.of(np.array([[1.0], [2.0]])).to_bytes()
    assert data.hex() == (
        "6c634d6f" "0100" "0100" "0000" "0000" "0200000000000000" "000000000000f83f" "000000000000e03f" "0000000000000000"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: data[:-1], "data must be 44 bytes long; got 43"),
        (lambda data: data + b"x", "data must be 44 bytes long; got 45"),
        (lambda data: data[:20], "data must be 44 bytes long; got 20"),
        (lambda data: data[:10], "data must be moments written by this package"),
        (lambda data: b"", "data must be moments written by this package"),
        (lambda data: b"SQLi" + data[4:], "data must be moments written by this package"),
        (lambda data: data[:4] + b"\x02" + data[5:], "data must have version 1; got 2"),
    ],
)
def test_spoilt_bytes_are_refused(spoil: object, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        Moments.from_bytes(spoil(Moments.of(np.array([[1.0], [2.0]])).to_bytes()))  # type: ignore[operator]
