"""Risks after the Gaussian channel: every field against 40 digits, limits and inequalities."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks, blind_channel_risks
from linreg_compress.compressed_risk.record import VALUES
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.risk import least_squares_risks
from tests import grids
from tests.compare import assert_close, assert_equals_reference, assert_refused
from tests.references import aware_risks, blind_risks, mp
from tests.tolerances import FLOAT

AWARE_SIZES = (*grids.SIZES, (1, 1), (2, 1), (5, 5), (6, 5))


def blind_condition(n: int, d: int, s2: float, t2: float, delta: Any) -> Any:
    """Sum of absolute values in ``d delta (t2 - v)``: near t2 = v no formula in doubles can keep its digits."""
    return d * delta * (mp.mpf(t2) + mp.mpf(s2) / (n - d - 1))


def test_blind_risks_equal_40_digits() -> None:
    points = grids.POINTS
    n, d, s2, rate, t2 = np.array([(*size, s2, rate, t2) for size, s2, rate, t2 in points]).T
    found = blind_channel_risks(n, d, s2, rate, signal_variance=t2)
    exact = [blind_risks(*size, s2, rate, t2) for size, s2, rate, t2 in points]
    # delta = exp(-2R/d) loses digits below the normal range; these factors multiply what it loses
    factors = [2 * d * (s2 + t2) for (_, d), s2, _, t2 in points]
    compared = 0
    for field in VALUES:
        cancels = field == "population_risk_change"
        terms = [
            blind_condition(*size, s2, t2, row["normalized_distortion"])
            for (size, s2, _, t2), row in zip(points, exact, strict=True)
        ]
        reference = [row[field] for row in exact]
        compared += assert_equals_reference(
            getattr(found, field), reference, condition=terms if cancels else None, amplification=factors
        )
    assert compared == 7 * 10 * 4 * 7 * 5 == 9800


@given(size=grids.sizes(), s2=grids.variances, rate=grids.rates, t2=grids.signal_variances)
def test_blind_risks_equal_40_digits_at_drawn_points(size: tuple[int, int], s2: float, rate: float, t2: float) -> None:
    found, exact = blind_channel_risks(*size, s2, rate, signal_variance=t2), blind_risks(*size, s2, rate, t2)
    condition = {"population_risk_change": [blind_condition(*size, s2, t2, exact["normalized_distortion"])]}
    factors = [2 * size[1] * (s2 + t2)]
    compared = sum(
        assert_equals_reference(getattr(found, f), [exact[f]], condition=condition.get(f), amplification=factors)
        for f in VALUES
    )
    assert compared == 7


def test_aware_risks_equal_40_digits() -> None:
    points = [(*size, s2, rate) for size in AWARE_SIZES for s2 in grids.NOISE_VARIANCES for rate in grids.RATES]
    found = aware_channel_risks(*np.array(points).T)
    exact = [aware_risks(*point) for point in points]
    factors = [2 * d * s2 for _, d, s2, _ in points]
    compared = sum(
        assert_equals_reference(getattr(found, f), [row[f] for row in exact], amplification=factors) for f in VALUES
    )
    assert compared == 7 * 14 * 4 * 7 == 2744


@given(size=grids.sizes(spare=0), s2=grids.variances, rate=grids.rates)
def test_aware_risks_equal_40_digits_at_drawn_points(size: tuple[int, int], s2: float, rate: float) -> None:
    found, exact = aware_channel_risks(*size, s2, rate), aware_risks(*size, s2, rate)
    compared = sum(assert_equals_reference(getattr(found, f), [exact[f]], amplification=[2 * size[1] * s2]) for f in VALUES)
    assert compared == 7


# ---- limits


@pytest.mark.parametrize("t2", [0.0, 0.3])
def test_rate_zero_drops_everything(t2: float) -> None:
    risks = blind_channel_risks(80, 50, 0.7, 0.0, signal_variance=t2)
    assert_close(risks.population_risk, 0.7 + 50 * t2, FLOAT)
    assert_close(risks.empirical_risk, 0.7 + 50 * t2, FLOAT)  # the fixed weights c know nothing of the data
    assert risks.generalization_error == 0.0
    assert risks.normalized_distortion == 1.0


@pytest.mark.parametrize("n", [5, 6, 9])
def test_rate_zero_aware_is_the_true_model_even_where_least_squares_has_no_mean(n: int) -> None:
    risks = aware_channel_risks(n, 5, 0.7, 0.0)
    assert risks.population_risk == 0.7
    assert risks.generalization_error == risks.excess_risk == 0.0
    assert_close(risks.empirical_risk, 0.7, FLOAT)
    assert risks.population_risk_change == -least_squares_risks(n, 5, 0.7).excess_risk


@pytest.mark.parametrize("t2", [0.0, 0.3])
def test_infinite_rate_returns_least_squares(t2: float) -> None:
    base = least_squares_risks(80, 50, 0.7)
    for risks in (blind_channel_risks(80, 50, 0.7, 1e5, signal_variance=t2), aware_channel_risks(80, 50, 0.7, 1e5)):
        for field in type(base).__dataclass_fields__:
            assert_close(getattr(risks, field), getattr(base, field), FLOAT)
        assert risks.distortion == risks.population_risk_change == risks.normalized_distortion == 0.0


@pytest.mark.parametrize("n", [5, 6])
def test_positive_rate_aware_is_infinite_where_least_squares_is(n: int) -> None:
    risks = aware_channel_risks(n, 5, 1.0, [1e-12, 1.0, 1e4])
    assert np.isposinf([risks.population_risk, risks.generalization_error, risks.excess_risk]).all()
    assert np.isneginf(risks.population_risk_change).all()
    assert np.isfinite(risks.empirical_risk).all()


def test_many_samples_leave_only_the_cost_of_the_rate() -> None:
    risks = blind_channel_risks(10**15, 5, 1.0, 3.0, signal_variance=0.4)
    assert_close(risks.excess_risk, risks.distortion, 1e-12)
    assert_close(risks.excess_risk, 5 * 0.4 * np.exp(-6 / 5), FLOAT)


# ---- inequalities


@given(size=grids.sizes(), s2=grids.variances, rate=grids.rates, t2=grids.signal_variances)
def test_population_risk_falls_exactly_when_signal_below_noise(
    size: tuple[int, int], s2: float, rate: float, t2: float
) -> None:
    risks = blind_channel_risks(*size, s2, rate, signal_variance=t2)
    noise = s2 / (size[0] - size[1] - 1)
    assert risks.compression_helps == bool(t2 < noise and risks.population_risk_change != 0)
    assert np.sign(risks.population_risk_change) in {0.0, np.sign(t2 - noise)}


def test_population_risk_change_is_zero_on_the_boundary() -> None:
    n, d = np.array([80, 12, 10**6]), np.array([50, 1, 10**5])
    risks = blind_channel_risks(n, d, 1.0, 0.7, signal_variance=1.0 / (n - d - 1))
    assert not risks.population_risk_change.any()
    assert not risks.compression_helps.any()


@given(size=grids.sizes(), s2=grids.variances, rate=grids.rates)
def test_aware_code_costs_less_fit_than_the_blind_one_at_the_same_gain(
    size: tuple[int, int], s2: float, rate: float
) -> None:
    blind, aware = blind_channel_risks(*size, s2, rate), aware_channel_risks(*size, s2, rate)
    assert_close(aware.population_risk, blind.population_risk, FLOAT)
    assert aware.distortion <= blind.distortion * (1 + FLOAT)
    assert blind.generalization_error <= aware.generalization_error * (1 + FLOAT)


@given(size=grids.sizes(spare=2), s2=grids.variances)
def test_compression_never_lowers_the_empirical_risk_and_more_rate_costs_less(size: tuple[int, int], s2: float) -> None:
    rates = np.linspace(0, 6 * size[1], 40)
    distortion = aware_channel_risks(*size, s2, rates).distortion
    assert (distortion > 0).all()
    assert (np.diff(distortion) < 0).all()
    assert (np.diff(distortion, 2) > -FLOAT * distortion[0]).all()


BAD = [
    (lambda: blind_channel_risks(80.5, 50, 1.0, 1.0), "samples must be a whole number of at least 1; got 80.5"),
    (lambda: blind_channel_risks(80, 0, 1.0, 1.0), "features must be a whole number of at least 1; got 0"),
    (lambda: blind_channel_risks(80, 50, -1.0, 1.0), "noise_variance must be positive; got -1.0"),
    (lambda: blind_channel_risks(80, 50, 1.0, -2.0), "rate_nats must be zero or positive; got -2.0"),
    (lambda: blind_channel_risks(80, 50, 1.0, np.inf), "rate_nats must be finite; got inf"),
    (
        lambda: blind_channel_risks(80, 50, 1.0, 1.0, signal_variance=-0.1),
        "signal_variance must be zero or positive; got -0.1",
    ),
    (lambda: aware_channel_risks(np.nan, 50, 1.0, 1.0), "samples must be finite; got nan"),
    (lambda: aware_channel_risks(80, -5, 1.0, 1.0), "features must be a whole number of at least 1; got -5"),
    (lambda: aware_channel_risks(80, 50, 0.0, 1.0), "noise_variance must be positive; got 0.0"),
    (lambda: aware_channel_risks(80, 50, 1.0, [1.0, np.nan]), "rate_nats must be finite; got nan"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message)


@pytest.mark.parametrize("n", [1, 4, 5, 6])
def test_blind_needs_weights_of_finite_variance(n: int) -> None:
    call = lambda: blind_channel_risks([100, n], 5, 1.0, 1.0)  # noqa: E731
    assert_refused(call, "samples >= features + 2", error=UnsupportedModelError)


@pytest.mark.parametrize("samples", [[100, 4], [4, 100], [4, 4]])
def test_one_bad_row_of_an_array_is_refused_by_the_aware_formula(samples: list[int]) -> None:
    call = lambda: aware_channel_risks(samples, 5, 1.0, 1.0)  # noqa: E731
    assert_refused(call, "samples >= features everywhere", error=UnsupportedModelError)


def test_aware_needs_as_many_samples_as_features() -> None:
    assert_refused(lambda: aware_channel_risks(4, 5, 1.0, 1.0), "samples >= features", error=UnsupportedModelError)
