"""Design-aware compression under a prior: given a spectrum, averaged over designs, and in the Marchenko-Pastur limit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks
from linreg_compress.compressed_risk.record import VALUES
from linreg_compress.compressed_risk.water_filling import (
    best_water_filling_rate,
    expected_water_filled_risks,
    water_filled_risks,
    water_filled_risks_limit,
)
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.ridge import ridge_excess_risk
from tests import grids, seeds
from tests.compare import assert_close, assert_equals_reference, assert_refused
from tests.references import limit_risks, mp
from tests.references import water_filled_risks as reference
from tests.tolerances import FLOAT, QUADRATURE, ROUNDING, Z_LIMIT, spend

SPECTRA = ((3.0,), (50.0, 1.0), (9.0, 9.0, 9.0), (1e6, 1.0, 1e-6), tuple(np.geomspace(0.5, 200, 60).tolist()))
SIGNED = ("generalization_error", "population_risk_change")
spectra = st.lists(st.floats(-3, 6).map(lambda power: 10.0**power), min_size=1, max_size=20)


def compare_fields(g: tuple[float, ...], n: int, s2: float, t2: float, rate: float) -> int:
    found, exact = water_filled_risks(g, n, s2, t2, rate), reference(g, n, s2, t2, rate)
    # signed terms cancel; and one rounding of a source variance moves its kept fraction by up to one rounding
    blur = 8 * ROUNDING / FLOAT * sum(mp.mpf(s2) / mp.mpf(x) for x in g)
    condition = {field: [exact["cancelling"] + blur] for field in SIGNED} | {"excess_risk": [blur]}
    condition["generalization_error"][0] += 8 * ROUNDING / FLOAT * mp.mpf(s2) * len(g) / n
    factors = [len(g) * (s2 + t2 * max(g)) * (1 + 1 / min(g))]
    return sum(
        assert_equals_reference(
            getattr(found, field), [exact[field]], condition=condition.get(field), amplification=factors
        )
        for field in VALUES
    )


def test_water_filled_risks_equal_40_digits() -> None:
    compared = 0
    for g in SPECTRA:
        for s2 in grids.NOISE_VARIANCES:
            for t2 in grids.SIGNAL_VARIANCES:
                compared += sum(compare_fields(g, 60, s2, t2, rate) for rate in grids.RATES)
    assert compared == 7 * 5 * 4 * 5 * 7 == 4900


@given(g=spectra, spare=st.integers(0, 100), s2=grids.variances, t2=grids.signal_variances, rate=grids.rates)
def test_water_filled_risks_equal_40_digits_at_drawn_points(
    g: list[float], spare: int, s2: float, t2: float, rate: float
) -> None:
    assert compare_fields(tuple(g), len(g) + spare, s2, t2, rate) == 7


@pytest.mark.parametrize("rate", [1e-12, 0.7, 40.0])
def test_without_signal_every_direction_gets_the_same_rate(rate: float) -> None:
    g = np.array([2.0, 5.0, 11.0])
    risks = water_filled_risks(g, 9, 0.7, 0.0, rate)
    keep = -np.expm1(-2 * rate / 3)
    assert_close(risks.excess_risk, keep * 0.7 * (1 / g).sum(), FLOAT)
    assert_close(risks.distortion, aware_channel_risks(9, 3, 0.7, rate).distortion, FLOAT)


def test_rate_zero_drops_everything() -> None:
    risks = water_filled_risks([50.0, 1.0], 60, 0.7, 0.5, 0.0)
    assert_close(risks.population_risk, 0.7 + 2 * 0.5, FLOAT)
    assert risks.normalized_distortion == 1.0


def test_infinite_rate_returns_least_squares() -> None:
    g = np.array([50.0, 1.0])
    risks = water_filled_risks(g, 60, 0.7, 0.5, 1e5)
    assert_close(risks.excess_risk, (0.7 / g).sum(), FLOAT)
    assert_close(risks.empirical_risk, 0.7 * 58 / 60, FLOAT)
    assert risks.distortion == risks.population_risk_change == 0.0


@given(g=spectra, s2=grids.variances, t2=grids.variances, rate=grids.rates)
def test_no_code_beats_the_best_ridge(g: list[float], s2: float, t2: float, rate: float) -> None:
    risks = water_filled_risks(g, len(g), s2, t2, rate)
    assert ridge_excess_risk(g, s2, t2) <= risks.excess_risk * (1 + FLOAT)


@given(g=spectra, s2=grids.variances, t2=grids.variances)
def test_distortion_falls_and_is_convex_in_the_rate(g: list[float], s2: float, t2: float) -> None:
    distortion = water_filled_risks(g, len(g), s2, t2, np.linspace(0, 60, 61)).distortion
    assert (np.diff(distortion) < 0).all()
    assert (np.diff(distortion, 2) > -FLOAT * distortion[0]).all()


# ---- the best rate


narrow_spectra = st.lists(st.floats(-0.7, 0.7).map(lambda power: 10.0**power), min_size=1, max_size=20)


@given(
    g=st.one_of(spectra, narrow_spectra),
    s2=st.one_of(st.just(1.0), grids.variances),
    t2=st.one_of(st.just(1.0), grids.signal_variances),
)
def test_best_rate_is_the_argmin_of_a_fine_grid(g: list[float], s2: float, t2: float) -> None:
    best = best_water_filling_rate(g, s2, t2)
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1e4, 2000)])
    risks = water_filled_risks(g, len(g), s2, t2, grid).population_risk
    assert best.population_risk <= risks.min() * (1 + FLOAT)
    at_best = min(best.rate_nats, 1e5)
    assert_close(water_filled_risks(g, len(g), s2, t2, at_best).population_risk, best.population_risk, 1e-9)


def test_one_noisy_direction_is_kept_when_dropping_it_would_cost_the_others_more() -> None:
    g = [0.9, 4.0, 4.0, 4.0]
    best = best_water_filling_rate(g, 1.0, 1.0)
    assert (best.rate_nats, best.dropped_directions) == (np.inf, 0)
    assert best.population_risk < water_filled_risks(g, 9, 1.0, 1.0, np.geomspace(1e-3, 15, 500)).population_risk.min()


def test_best_rate_is_interior_when_some_directions_drown_in_noise() -> None:
    best = best_water_filling_rate([50.0, 1.0], 1.0, 0.5)
    assert 0 < best.rate_nats < np.inf
    assert best.dropped_directions == 1
    assert best.population_risk < water_filled_risks([50.0, 1.0], 60, 1.0, 0.5, [0.0, 1e5]).population_risk.min()


def test_best_rate_is_infinite_when_signal_rules_and_zero_when_there_is_none() -> None:
    assert best_water_filling_rate([50.0, 40.0], 1.0, 0.5).rate_nats == np.inf
    nothing = best_water_filling_rate([50.0, 40.0], 1.0, 0.0)
    assert (nothing.rate_nats, nothing.population_risk, nothing.dropped_directions) == (0.0, 1.0, 2)


def test_best_rate_has_no_negative_zero() -> None:
    assert not np.signbit(best_water_filling_rate([1.0], 1.0, 0.0).rate_nats)


# ---- averages over designs


@pytest.mark.parametrize(("n", "d"), [(20, 8), (12, 1)])
def test_average_without_signal_is_the_closed_form(n: int, d: int) -> None:
    average = expected_water_filled_risks(n, d, 0.7, 0.0, 3.0, spectra=64)
    exact = aware_channel_risks(n, d, 0.7, 3.0)
    for field in VALUES:
        assert_close(getattr(average, field), getattr(exact, field), QUADRATURE)
        assert average.errors[field] <= QUADRATURE


@pytest.mark.monte_carlo
def test_average_agrees_with_spectra_of_raw_designs() -> None:
    rng = seeds.generator(5)
    X = rng.standard_normal((20000, 12, 5))
    g = np.linalg.eigvalsh(X.swapaxes(1, 2) @ X)
    raw = water_filled_risks(g, 12, 1.0, 0.15, 3.0)
    average = expected_water_filled_risks(12, 5, 1.0, 0.15, 3.0, spectra=20000)
    for field in VALUES:
        spend()
        values = getattr(raw, field)
        error = np.hypot(values.std() / np.sqrt(values.size), average.errors[field])
        assert abs(values.mean() - getattr(average, field)) < Z_LIMIT * error


@pytest.mark.parametrize("n", [5, 6])
def test_average_is_infinite_where_least_squares_is(n: int) -> None:
    risks = expected_water_filled_risks(n, 5, 1.0, 0.1, 2.0, spectra=64)
    assert np.isposinf([risks.population_risk, risks.excess_risk, risks.generalization_error]).all()
    assert np.isneginf(risks.population_risk_change)
    free = expected_water_filled_risks(n, 5, 1.0, 0.1, 0.0, spectra=64)
    assert_close(free.population_risk, 1.5, QUADRATURE)


# ---- the Marchenko-Pastur limit

LIMITS = [
    (0.5, 1.0, 0.7, 0.0),
    (0.5, 1.0, 0.7, 0.4),
    (0.1, 0.3, 4.0, 1e-3),
    (0.9, 2.0, 1e-3, 1.0),
    (0.5, 1.0, 0.0, 0.3),
    (0.3, 1e-6, 5.0, 3.0),
]


@pytest.mark.parametrize(("ratio", "s2", "energy", "rate"), LIMITS)
def test_limit_equals_40_digits(ratio: float, s2: float, energy: float, rate: float) -> None:
    found, exact = water_filled_risks_limit(ratio, s2, energy, rate), limit_risks(ratio, s2, energy, rate)
    condition = {field: [exact["cancelling"]] for field in SIGNED}
    compared = sum(
        assert_equals_reference(getattr(found, field), [exact[field]], condition=condition.get(field), tolerance=1e-11)
        for field in VALUES
    )
    assert compared == 7


def test_finite_averages_approach_the_limit() -> None:
    limit = water_filled_risks_limit(0.5, 1.0, 0.7, 0.4)
    gaps = []
    for d in (10, 40, 160):
        average = expected_water_filled_risks(2 * d, d, 1.0, 0.7 / d, 0.4 * d, spectra=400)
        gaps.append(abs(average.population_risk / limit.population_risk - 1))
    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2]
    assert gaps[2] < 0.01


BAD = [
    (lambda: water_filled_risks([0.0, 1.0], 5, 1.0, 1.0, 1.0), "eigenvalues must be positive; got 0.0"),
    (lambda: water_filled_risks([np.nan, 1.0], 5, 1.0, 1.0, 1.0), "eigenvalues must be finite; got nan"),
    (lambda: water_filled_risks([1.0], -5, 1.0, 1.0, 1.0), "samples must be a whole number of at least 1; got -5"),
    (lambda: water_filled_risks([1.0], 5, 0.0, 1.0, 1.0), "noise_variance must be positive; got 0.0"),
    (lambda: water_filled_risks([1.0], 5, 1.0, -1.0, 1.0), "signal_variance must be zero or positive; got -1.0"),
    (lambda: water_filled_risks([1.0], 5, 1.0, 1.0, -1.0), "rate_nats must be zero or positive; got -1.0"),
    (lambda: best_water_filling_rate([[1.0]], 1.0, 1.0), "eigenvalues must be one spectrum, a vector; got shape (1, 1)"),
    (lambda: best_water_filling_rate([-1.0], 1.0, 1.0), "eigenvalues must be positive; got -1.0"),
    (lambda: expected_water_filled_risks(9, 3, 1.0, 1.0, np.inf), "rate_nats must be finite; got inf"),
    (
        lambda: expected_water_filled_risks(9, 3, 1.0, 1.0, 1.0, spectra=3),
        "spectra must be a whole number of at least 16; got 3",
    ),
    (lambda: water_filled_risks_limit(1.0, 1.0, 1.0, 1.0), "ratio must be below 1, more samples than features; got 1.0"),
    (lambda: water_filled_risks_limit(0.5, 1.0, -1.0, 1.0), "signal_energy must be zero or positive; got -1.0"),
    (lambda: water_filled_risks_limit(0.5, 1.0, 1.0, -1.0), "rate_nats_per_weight must be zero or positive; got -1.0"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message)


def test_fewer_samples_than_features_are_refused() -> None:
    call = lambda: expected_water_filled_risks(4, 5, 1.0, 1.0, 1.0)  # noqa: E731
    assert_refused(call, "samples >= features; got 4 and 5", error=UnsupportedModelError)


UNGUARDED = [
    (lambda: water_filled_risks([1.0, 2.0, 3.0], 2, 1.0, 1.0, 1.0), "samples"),  # silently a wrong number
    (lambda: best_water_filling_rate([], 1.0, 1.0), "eigenvalues"),
    (lambda: water_filled_risks(3.0, 5, 1.0, 1.0, 1.0), "eigenvalues must"),  # the message names `variances`
]


@pytest.mark.parametrize(("call", "message"), UNGUARDED)
def test_spectra_that_no_design_has_are_refused(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=message):
        call()


def test_what_is_infinite_has_no_standard_error() -> None:
    for n in (5, 6):
        for rate in (0.0, 2.0):
            found = expected_water_filled_risks(n, 5, 1.0, 0.5, rate, spectra=64)
            for name in VALUES:
                assert (name not in found.errors) == np.isinf(getattr(found, name)), name
            assert "population_risk_change" not in found.errors
            assert ("population_risk" not in found.errors) == (rate > 0)
    assert {*expected_water_filled_risks(7, 5, 1.0, 0.5, 2.0, spectra=64).errors} == {*VALUES}


def test_one_number_is_no_spectrum() -> None:
    assert_refused(
        lambda: best_water_filling_rate(3.0, 1.0, 1.0), "eigenvalues must hold at least one eigenvalue; got shape ()"
    )
