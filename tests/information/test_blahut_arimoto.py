"""Blahut-Arimoto: brackets hold the truth where it is known, and obey the inequalities of every R(D)."""

from collections.abc import Callable
from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linreg_compress._validation import FloatArray
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.information.blahut_arimoto import (
    GAP_NATS,
    RateDistortionCurve,
    blahut_arimoto,
    distortion_rate_bracket,
    rate_distortion_curve,
)
from linreg_compress.information.discrete import entropy
from linreg_compress.information.rate_distortion import distortion_rate
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT

module = import_module("linreg_compress.information.blahut_arimoto")
HAMMING = 1.0 - np.eye(2)
DISCRETIZATION = 2e-6  # of D(R), by the Gaussian grid: it and the gap of 1e-6 nats, relative D / 2s at most, together


def binary_entropy(p: float) -> float:
    return entropy([p, 1 - p])


def gaussian_grid(spacing: float = 0.1, end: float = 8.5) -> tuple[FloatArray, FloatArray]:
    x = np.arange(-end, end + spacing / 2, spacing)
    return np.exp(-(x**2) / 2), (x[:, None] - x) ** 2


@st.composite
def sources(draw: st.DrawFn) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    letters, outputs = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    p = rng.random(letters) ** draw(st.sampled_from([1, 8])) * (rng.random(letters) < 0.8)
    p[0] += 0.1
    return p, draw(st.sampled_from([1e-6, 1.0, 1e6])) * rng.random((letters, outputs)) ** 2


# ---- known rate-distortion functions


@pytest.mark.parametrize("p", [0.5, 0.3, 0.05])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_bracket_holds_the_truth_binary_hamming(p: float, share: float) -> None:
    """R(D) = H(p) - H(D) below D = p; the slope is ln((1 - D) / D)."""
    distortion = share * p
    point = blahut_arimoto([p, 1 - p], HAMMING, float(np.log((1 - distortion) / distortion)))
    exact = binary_entropy(p) - binary_entropy(point.distortion)
    assert point.lower_rate_nats - FLOAT <= exact <= point.rate_nats + FLOAT
    assert 0 <= point.gap_nats < GAP_NATS
    assert abs(point.distortion - distortion) < 1e-3 * p  # of second order in the gap
    bracket = distortion_rate_bracket([p, 1 - p], HAMMING, binary_entropy(p) - binary_entropy(distortion))
    assert bracket.lower <= distortion * (1 + FLOAT)
    assert bracket.upper >= distortion * (1 - FLOAT)
    assert (bracket.upper - bracket.lower) * bracket.slope <= GAP_NATS


@pytest.mark.parametrize("letters", [3, 10])
def test_bracket_holds_the_truth_uniform_hamming(letters: int) -> None:
    """R(D) = ln m - H(D) - D ln(m - 1), Cover and Thomas, problem 10.5."""
    for distortion in (0.02, 0.3):
        exact = np.log(letters) - binary_entropy(distortion) - distortion * np.log(letters - 1)
        bracket = distortion_rate_bracket(np.ones(letters), 1.0 - np.eye(letters), exact)
        assert bracket.lower - FLOAT <= distortion <= bracket.upper + FLOAT
        assert bracket.upper - bracket.lower < 1e-6


def test_bracket_holds_the_truth_erasures() -> None:
    """An erasure costs 1, a wrong bit 1000: D = 1 - R / ln 2, a straight line whose slope every point shares."""
    costs = [[0.0, 1.0, 1e3], [1e3, 1.0, 0.0]]
    for rate in (0.1, 0.5):
        bracket = distortion_rate_bracket([0.5, 0.5], costs, rate)
        assert bracket.lower - FLOAT <= 1 - rate / np.log(2) <= bracket.upper + FLOAT
        assert bracket.upper - bracket.lower < 2e-6


@pytest.mark.parametrize("rate", [0.05, 0.25, 0.5, 1.0, 2.0])
def test_gaussian_source_agrees_with_the_closed_form(rate: float) -> None:
    """A grid of step 0.1 is a trapezoid rule, whose error is far below the certified gap."""
    exact = float(distortion_rate(1.0, rate))
    bracket = distortion_rate_bracket(*gaussian_grid(), rate)
    assert (bracket.upper - bracket.lower) * bracket.slope <= GAP_NATS
    assert_close(bracket.lower, exact, DISCRETIZATION)
    assert_close(bracket.upper, exact, DISCRETIZATION)
    assert bracket.lower <= exact * (1 + 1e-9)
    assert bracket.upper >= exact * (1 - 1e-9)
    point = blahut_arimoto(*gaussian_grid(), 1 / (2 * exact))
    assert point.gap_nats < GAP_NATS
    assert_close(point.rate_nats, rate, 1e-4)  # R at a slope is the root of a flat function of the gap
    assert_close(point.distortion, exact, 1e-4)


def test_weights_are_part_of_the_distortion() -> None:
    """A weight that does not depend on the letter only rescales the slope."""
    p, d = gaussian_grid(0.2)
    assert_close(distortion_rate_bracket(p, 5.0 * d, 0.5).upper, 5.0 * distortion_rate_bracket(p, d, 0.5).upper, 4e-6)


# ---- inequalities


@given(source=sources(), power=st.floats(-2, 3))
@settings(max_examples=150)
def test_lower_bound_is_below_every_code(source: tuple[FloatArray, FloatArray], power: float) -> None:
    p, d = source
    slope = 10.0**power / d.mean()
    point = blahut_arimoto(p, d, slope)
    assert 0 <= point.gap_nats < GAP_NATS
    assert_close(point.output_law.sum(), 1.0, FLOAT)
    p = p / p.sum()
    # the proof itself: feasible multipliers
    assert float((p[:, None] * np.exp(point.log_multipliers[:, None] - slope * d)).sum(axis=0).max()) <= 1 + 1e-10
    best = point.lower_rate_nats + slope * point.distortion
    rng = np.random.default_rng(1)
    for _ in range(20):
        channel = rng.dirichlet(np.full(d.shape[1], rng.choice([0.05, 1.0])), size=p.size)
        joint = p[:, None] * channel
        information = entropy(p) + entropy(joint.sum(axis=0)) - entropy(joint)
        assert information + slope * float((joint * d).sum()) >= best - 1e-9 * (1 + abs(best))


@given(source=sources())
@settings(max_examples=40)
def test_curve_is_convex_and_decreasing(source: tuple[FloatArray, FloatArray]) -> None:
    p, d = source
    curve = rate_distortion_curve(p, d, np.geomspace(0.1, 100, 7) / d.mean())
    rates = [point.rate_nats for point in curve.points]
    distortions = [point.distortion for point in curve.points]
    slack = [GAP_NATS / point.slope for point in curve.points]
    assert all(a <= b + GAP_NATS for a, b in pairwise(rates))
    assert all(b <= a + e for a, b, e in zip(distortions, distortions[1:], slack, strict=False))
    assert max(rates) <= entropy(p) + FLOAT
    for point in curve.points:  # every point is above every supporting line
        for other in curve.points:
            assert point.distortion >= other.smallest_distortion(point.rate_nats) - FLOAT * curve.zero_rate_distortion
    brackets = [curve.distortion_bracket(rate) for rate in np.linspace(0, entropy(p), 9)]
    for side in ("lower", "upper"):
        values = np.array([getattr(bracket, side) for bracket in brackets])
        assert (np.diff(values) <= FLOAT * curve.zero_rate_distortion).all()
        assert (np.diff(values, 2) >= -1e-9 * curve.zero_rate_distortion).all() or side == "lower"
    assert all(curve.least_distortion - FLOAT * d.max() <= b.lower <= b.upper for b in brackets)


@given(source=sources(), share=st.floats(0, 1.2))
@settings(max_examples=60)
def test_bracket_at_a_rate_is_narrow(source: tuple[FloatArray, FloatArray], share: float) -> None:
    p, d = source
    bracket = distortion_rate_bracket(p, d, share * entropy(p))
    assert bracket.lower <= bracket.upper
    if np.isfinite(bracket.slope):
        assert (bracket.upper - bracket.lower) * bracket.slope <= GAP_NATS
    else:
        assert bracket.upper - bracket.lower <= 1e-5 * d.max()


def test_bracket_just_below_the_entropy_is_narrow() -> None:
    """The rate stands still over decades of slopes there: interpolation alone would creep."""
    p, d = np.array([5e-7, 0.0155, 0.9845]), np.array([[0.0, 0.4, 1.0], [0.3, 0.0, 1.0], [0.9, 1.0, 0.0]])
    for short in (1e-3, 1e-5):
        bracket = distortion_rate_bracket(p, d, entropy(p) * (1 - short))
        assert (bracket.upper - bracket.lower) * bracket.slope <= GAP_NATS


def test_a_source_of_no_entropy_is_refused_not_guessed() -> None:
    call = lambda: distortion_rate_bracket([1.0, 1e-18], HAMMING, 1e-17)  # noqa: E731
    assert_refused(call, "the bracket of D(1e-17 nats) stays", error=UnsupportedModelError)


@given(source=sources())
@settings(max_examples=40)
def test_more_outputs_never_cost_more(source: tuple[FloatArray, FloatArray]) -> None:
    p, d = source
    rate = 0.4 * entropy(p)
    fewer = distortion_rate_bracket(p, d[:, : (d.shape[1] + 1) // 2], rate)
    assert distortion_rate_bracket(p, d, rate).lower <= fewer.upper


# ---- limits


def test_rate_zero_is_the_best_constant() -> None:
    assert distortion_rate_bracket([0.3, 0.7], HAMMING, 0.0).lower == 0.3
    assert distortion_rate_bracket([0.3, 0.7], HAMMING, 0.0).upper == 0.3
    assert blahut_arimoto([0.3, 0.7], HAMMING, 0.1).rate_nats < GAP_NATS


def test_rate_of_the_source_leaves_the_least_distortion() -> None:
    costs = [[0.2, 1.0], [1.0, 0.4]]
    bracket = distortion_rate_bracket([0.5, 0.5], costs, 1.0)
    assert_close([bracket.lower, bracket.upper], [0.3, 0.3], 2e-6)


def test_letters_that_never_occur_and_repeated_outputs_change_nothing() -> None:
    plain = blahut_arimoto([0.3, 0.7], HAMMING, 2.0)
    more = blahut_arimoto([3.0, 0.0, 7.0], [[0, 1, 1], [5, 5, 5], [1, 0, 0]], 2.0)
    assert abs(more.rate_nats - plain.rate_nats) < 2e-3
    assert abs(more.rate_nats + 2 * more.distortion - plain.rate_nats - 2 * plain.distortion) < GAP_NATS
    assert more.log_multipliers[1] == -np.inf


def test_one_output_carries_nothing() -> None:
    point = blahut_arimoto([0.3, 0.7], [[1.0], [2.0]], 3.0)
    assert point.rate_nats == 0.0
    assert_close(point.distortion, 1.7, FLOAT)
    assert_close(distortion_rate_bracket([0.3, 0.7], [[1.0], [2.0]], 0.5).upper, 1.7, FLOAT)


def test_a_curve_without_points_still_knows_its_ends() -> None:
    bracket = RateDistortionCurve((), 1.0, 0.25).distortion_bracket(0.3)
    assert (bracket.lower, bracket.upper) == (0.25, 1.0)


def test_a_gap_that_stays_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ITERATIONS", 3)
    call = lambda: blahut_arimoto(*gaussian_grid(0.4), 2.0)  # noqa: E731
    assert_refused(call, "the gap at slope 2 stays at", error=UnsupportedModelError)


@pytest.mark.parametrize("slope", [0.5, 2.0, 8.0])
def test_interior_steps_are_those_of_newton(slope: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes the gap most of the way to a tenth; with a part of the step wrong the iterations run out."""
    steps: list[float] = []

    def counted(*state: FloatArray) -> tuple[FloatArray, FloatArray]:
        steps.append(1.0)
        return interior_step(*state)

    interior_step = module._interior_step
    monkeypatch.setattr(module, "_interior_step", counted)
    blahut_arimoto(*gaussian_grid(0.3), slope, gap_nats=1e-11)
    assert len(steps) <= 25


def test_the_multipliers_prove_the_lower_rate() -> None:
    """Berger 1971, theorem 2.5.3: ``max_y sum_x p l exp(-s d) = 1``, and then ``R(D) >= sum p ln l - s D``."""
    p, d = gaussian_grid(0.4)
    point = blahut_arimoto(p, d, 1.7)
    p = p / p.sum()
    sums = (p * np.exp(point.log_multipliers)) @ np.exp(-1.7 * d)
    assert_close(sums.max(), 1.0, FLOAT)
    assert_close(point.lower_rate_nats, p @ point.log_multipliers - 1.7 * point.distortion, 1e-11)


def test_brackets_are_a_millionth_of_a_nat_wide() -> None:
    assert GAP_NATS == 1e-6  # as README and the docstrings say


def test_the_smallest_gap_is_reached() -> None:
    assert blahut_arimoto(*gaussian_grid(0.4), 2.0, gap_nats=1e-12).gap_nats < 2e-12


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: blahut_arimoto([0.5, -0.5], HAMMING, 1.0), "source must be zero or positive; got -0.5"),
    (lambda: blahut_arimoto([0.5, np.nan], HAMMING, 1.0), "source must be finite; got nan"),
    (lambda: blahut_arimoto([0.0, 0.0], HAMMING, 1.0), "source must not all be zero; got 0.0"),
    (lambda: blahut_arimoto([], HAMMING, 1.0), "distortion must have a row for each of the 0 letters"),
    (lambda: blahut_arimoto([[0.5, 0.5]], HAMMING, 1.0), "source must be a vector of probabilities; got shape (1, 2)"),
    (lambda: blahut_arimoto([0.5, 0.5], [0.0, 1.0], 1.0), "at least one column; got shape (2,)"),
    (lambda: blahut_arimoto([0.5, 0.5], np.eye(3), 1.0), "each of the 2 letters and at least one column; got shape (3, 3)"),
    (lambda: blahut_arimoto([0.5, 0.5], np.ones((2, 0)), 1.0), "at least one column; got shape (2, 0)"),
    (lambda: blahut_arimoto([0.5, 0.5], -HAMMING, 1.0), "distortion must be zero or positive; got -1.0"),
    (lambda: blahut_arimoto([0.5, 0.5], HAMMING * np.nan, 1.0), "distortion must be finite; got nan"),
    (lambda: blahut_arimoto([0.5, 0.5], HAMMING, 0.0), "slope must be positive; got 0.0"),
    (lambda: blahut_arimoto([0.5, 0.5], HAMMING, np.inf), "slope must be finite; got inf"),
    (lambda: blahut_arimoto([0.5, 0.5], HAMMING, 1.0, gap_nats=0.0), "gap_nats must be positive; got 0.0"),
    (lambda: blahut_arimoto([0.5, 0.5], HAMMING, 1.0, gap_nats=1e-20), "gap_nats must be at least 1e-12"),
    (lambda: rate_distortion_curve([0.5, 0.5], HAMMING, [1.0, -1.0]), "slopes must be positive; got -1.0"),
    (lambda: distortion_rate_bracket([0.5, 0.5], HAMMING, -1.0), "rate_nats must be zero or positive; got -1.0"),
    (lambda: distortion_rate_bracket([0.5, 0.5], HAMMING, np.nan), "rate_nats must be finite; got nan"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    assert_refused(call, message)
