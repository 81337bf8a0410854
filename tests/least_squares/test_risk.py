"""Least-squares risks: means against 40 digits, laws against independent integrals and against raw data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.loss import population_risk
from linreg_compress.least_squares.risk import empirical_risk_law, expected_risks, least_squares_risks, population_risk_law
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.data_sampler import data_trials
from tests import grids, quadrature, seeds
from tests.compare import (
    assert_close,
    assert_draws_follow,
    assert_equals_reference,
    assert_refused,
    assert_same_law,
    assert_sample_mean,
)
from tests.references import erm_risks, mp
from tests.tolerances import FLOAT, QUADRATURE

FIELDS = ("empirical_risk", "population_risk", "generalization_error", "excess_risk")
SIZES = (*grids.SIZES, (1, 1), (2, 1), (5, 5), (6, 5), (4, 5), (3, 5), (1, 5), (1, 3), (50, 200), (10**5, 10**6))
ENERGIES = (0.0, 1e-12, 0.7, 1e12)


def test_means_equal_40_digits_in_every_regime() -> None:
    points = [(n, d, s2, energy) for n, d in SIZES for s2 in grids.NOISE_VARIANCES for energy in ENERGIES]
    n, d, s2, energy = np.array(points).T
    risks = least_squares_risks(n, d, s2, weight_energy=energy)
    exact = [erm_risks(int(n), int(d), s2, energy) for n, d, s2, energy in points]
    compared = sum(assert_equals_reference(getattr(risks, f), [row[f] for row in exact]) for f in FIELDS)
    assert compared == len(FIELDS) * len(SIZES) * 16 == 1280


@given(n=st.integers(1, 10**6), d=st.integers(1, 10**6), s2=grids.variances, energy=grids.signal_variances)
def test_means_equal_40_digits_at_drawn_points(n: int, d: int, s2: float, energy: float) -> None:
    risks, exact = least_squares_risks(n, d, s2, weight_energy=energy), erm_risks(n, d, s2, energy)
    assert sum(assert_equals_reference(getattr(risks, field), [exact[field]]) for field in FIELDS) == 4


def test_means_are_vectorized_and_scalars_stay_scalars() -> None:
    grid = least_squares_risks(np.array([[20], [30]]), np.array([3, 5, 7]), 2.0)
    assert grid.population_risk.shape == (2, 3)
    assert grid.population_risk[1, 2] == least_squares_risks(30, 7, 2.0).population_risk
    assert np.ndim(least_squares_risks(30, 7).population_risk) == 0


@pytest.mark.parametrize(("n", "d"), [(4, 5), (5, 5), (6, 5)])
def test_population_risk_is_infinite_at_the_interpolation_threshold(n: int, d: int) -> None:
    risks = least_squares_risks(n, d)
    assert np.isposinf([risks.population_risk, risks.generalization_error, risks.excess_risk]).all()
    assert np.isfinite(risks.empirical_risk)


def test_generalization_error_vanishes_like_two_d_over_n_as_samples_grow() -> None:
    scaled = [float(least_squares_risks(n, 7, 3.0).generalization_error) * n for n in (10**4, 10**6, 10**8)]
    errors = np.abs(np.array(scaled) / (2 * 7 * 3.0) - 1)
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-6


def test_empirical_risk_is_exactly_zero_whenever_the_fit_interpolates() -> None:
    assert not least_squares_risks([1, 3, 5], 5, 1e12, weight_energy=4.0).empirical_risk.any()


def test_empirical_risk_is_zero_even_where_the_excess_risk_overflows() -> None:
    assert least_squares_risks(5, 10, 1.7e308).empirical_risk == 0.0


@pytest.mark.parametrize("n", [9, 3])
def test_expected_risks_reads_the_model(n: int) -> None:
    model = LinearModel(n, 6, 0.4, signal_variance=0.2, weights=np.arange(6.0))
    risks, exact = expected_risks(model), erm_risks(n, 6, 0.4, 55 + 6 * 0.2)
    for field in FIELDS:
        assert_close(getattr(risks, field), float(exact[field]), FLOAT)


# ---- laws


@pytest.mark.parametrize(("n", "d"), [(1, 1), (5, 5), (6, 5), (7, 5), (12, 1), (80, 50), (2000, 500), (10**6, 10**5)])
def test_population_risk_law_equals_its_integral(n: int, d: int) -> None:
    law = population_risk_law(LinearModel(n, d, 0.7))
    points = np.asarray(law.ppf([1e-6, 0.1, 0.5, 0.9, 1 - 1e-6]))
    below, above = quadrature.chi_square_mixture(points - 0.7, d, n - d + 1, lambda q: 0.7 / q)
    assert_close(law.cdf(points), below, QUADRATURE)
    assert_close(law.sf(points), above, QUADRATURE)


@pytest.mark.parametrize(
    ("n", "d", "t2", "s2"),
    [(3, 5, 0.3, 1.0), (4, 5, 0.3, 1.0), (1, 2, 2.0, 1e-6), (1, 9, 0.1, 1.0), (40, 90, 0.05, 1.0), (500, 2000, 1e-3, 1e-6)],
)
def test_minimum_norm_law_equals_its_integral(n: int, d: int, t2: float, s2: float) -> None:
    law = population_risk_law(LinearModel(n, d, s2, signal_variance=t2))
    # near the quantiles, without a search for them: each of its trials costs an integral
    typical = t2 + s2 * n / ((d - n) * (d - n + 1))
    points = s2 + typical * stats.chi2(d - n).ppf([1e-4, 0.1, 0.5, 0.9, 1 - 1e-4])
    below, above = quadrature.minimum_norm(points - s2, n, d, s2, t2)
    assert_close(law.cdf(points), below, QUADRATURE)
    assert_close(law.sf(points), above, QUADRATURE)


@pytest.mark.parametrize("n", [1, 3, 4])
def test_minimum_norm_law_without_signal_is_the_noise_alone(n: int) -> None:
    law = population_risk_law(LinearModel(n, 5, 2.0))
    points = np.asarray(law.ppf([1e-4, 0.5, 0.999]))
    below, above = quadrature.chi_square_mixture(points - 2.0, n, 5 - n + 1, lambda q: 2.0 / q)
    assert_close(law.cdf(points), below, QUADRATURE)
    assert_close(law.sf(points), above, QUADRATURE)


@pytest.mark.parametrize(("n", "d"), [(20, 8), (8, 20)])
def test_mean_of_the_law_is_the_closed_form(n: int, d: int) -> None:
    model = LinearModel(n, d, 0.7, signal_variance=0.1)
    law = population_risk_law(model)
    assert_close(law.mean(), expected_risks(model).population_risk, FLOAT)
    assert_close(quadrature.mean_from_tail(law.sf, 0.7), law.mean(), QUADRATURE)


@pytest.mark.parametrize(("n", "d"), [(5, 5), (6, 5), (4, 5)])
def test_mean_of_the_law_is_infinite_at_the_interpolation_threshold(n: int, d: int) -> None:
    assert population_risk_law(LinearModel(n, d, signal_variance=0.1)).mean() == np.inf


def test_empirical_risk_law_is_a_chi_square_of_the_residual_degrees() -> None:
    law = empirical_risk_law(LinearModel(80, 50, 0.7))
    half, x = mp.mpf(15), 0.3
    exact = mp.gammainc(half, 0, mp.mpf(x) * 80 / mp.mpf(0.7) / 2, regularized=True)
    assert assert_equals_reference([law.cdf(x)], [exact]) == 1
    assert_close(law.mean(), expected_risks(LinearModel(80, 50, 0.7)).empirical_risk, FLOAT)
    assert empirical_risk_law(LinearModel(5, 9)).ppf(0.9) == 0.0


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("n", "d", "t2"), [(9, 3, 0.4), (4, 4, 0.0), (4, 9, 0.3), (4, 9, 0.0)])
def test_laws_hold_for_raw_data(n: int, d: int, t2: float) -> None:
    model = LinearModel(n, d, 0.7, signal_variance=t2)
    trials = data_trials(model, [], 2000, rng=seeds.generator(11))
    assert_draws_follow(trials.population_risk, population_risk_law(model).cdf)
    if n > d:
        assert_draws_follow(trials.empirical_risk, empirical_risk_law(model).cdf)


@pytest.mark.monte_carlo
def test_laws_hold_for_raw_data_with_correlated_features() -> None:
    model = LinearModel(9, 3, 0.7, covariance=[[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 0.4]], weights=[1, -2, 3])
    trials = data_trials(model, [], 4000, rng=seeds.generator(12))
    assert_draws_follow(trials.population_risk, population_risk_law(model).cdf)
    assert_draws_follow(trials.empirical_risk, empirical_risk_law(model).cdf)


@pytest.mark.monte_carlo
def test_empirical_and_population_risk_of_least_squares_are_independent() -> None:
    model = LinearModel(16, 4, 1.3)
    trials = data_trials(model, [], 20000, rng=seeds.generator(13))
    ranks = [np.argsort(np.argsort(x)) / 20000 - 0.49995 for x in (trials.empirical_risk, trials.population_risk)]
    assert_sample_mean(ranks[0] * ranks[1], 0.0)
    high = trials.empirical_risk > np.median(trials.empirical_risk)
    assert_same_law(trials.population_risk[high], trials.population_risk[~high])


def test_population_risk_of_fixed_weights_has_no_law() -> None:
    model = LinearModel(5, 2, 0.5)
    assert population_risk(model, np.zeros(2), np.zeros(2)) == 0.5


# ---- bad input

BAD = [
    (lambda: least_squares_risks(0, 1), "samples must be a whole number of at least 1; got 0"),
    (lambda: least_squares_risks(2.5, 1), "samples must be a whole number of at least 1; got 2.5"),
    (lambda: least_squares_risks(5, [1, -3]), "features must be a whole number of at least 1; got -3"),
    (lambda: least_squares_risks(5, np.nan), "features must be finite; got nan"),
    (lambda: least_squares_risks(5, 1, 0.0), "noise_variance must be positive; got 0.0"),
    (lambda: least_squares_risks(5, 1, np.inf), "noise_variance must be finite; got inf"),
    (lambda: least_squares_risks(5, 1, weight_energy=-1.0), "weight_energy must be zero or positive; got -1.0"),
    (lambda: least_squares_risks(5, 1, "loud"), "noise_variance must be made of real numbers; got 'loud'"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message)


def test_minimum_norm_statements_are_refused_where_none_is_known() -> None:
    wide = LinearModel(2, 3, covariance=[1.0, 2.0, 3.0])
    assert_refused(lambda: expected_risks(wide), "identity covariance", error=UnsupportedModelError)
    assert_refused(lambda: population_risk_law(wide), "identity covariance", error=UnsupportedModelError)
    fixed = LinearModel(2, 3, weights=[1.0, 0, 0])
    assert_refused(lambda: population_risk_law(fixed), "set weights to zero", error=UnsupportedModelError)
