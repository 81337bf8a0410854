"""Theory in closed form: against the package's own formulas, and against simulation from raw data."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import linreg_compress as lc
from linreg_compress.advice.design import prepare
from linreg_compress.advice.theory import Effect, Noise, effects, noise_of, predict, spread_of
from linreg_compress.least_squares.moments import Design, Fitted, fit_parts, fit_table
from tests import seeds
from tests.compare import assert_draws_follow, assert_sample_mean
from tests.tolerances import FLOAT


def table(rng: np.random.Generator, rows: int, columns: int, tau: float, rho: float = 0.0) -> Design:
    mixing = np.linalg.cholesky(rho ** np.abs(np.subtract.outer(np.arange(columns), np.arange(columns))))
    x = rng.standard_normal((rows, columns)) @ mixing.T
    y = x @ (tau * rng.standard_normal(columns)) + rng.standard_normal(rows)
    return prepare(x, y, [f"x{k}" for k in range(columns)], "y", intercept=False, standardize=False)


def fitted_to(design: Design) -> Fitted:
    return fit_table(design)[0]


def noise(n: int, d: int, sigma: float, signal: float, kappa: float = 1.0) -> Noise:
    overfit = d * sigma / n
    return Noise(n, d, sigma, sigma * d / (n - d - 1), signal + overfit, overfit, kappa, (1.0, 1.0))


@pytest.mark.parametrize("delta", [0.1, 0.36, 1.0])
@pytest.mark.parametrize("kappa", [1.0, 3.0])
def test_it_is_the_linear_channel_formula(delta: float, kappa: float) -> None:
    """With A and a of the Gaussian channel it is d delta [tau^2 - v + (1 - delta) v (kappa - 1)]."""
    n, d, sigma, tau = 60, 9, 1.3, 0.2
    v = sigma / (n - d - 1)
    one = noise(n, d, sigma, d * tau, kappa)
    assert one.signal_variance == pytest.approx(tau, rel=FLOAT)
    increase = delta**2 * one.power + delta * (1 - delta) * d * (tau + kappa * v)
    expected = lc.compression_criterion(n, d, sigma, tau, variance_inflation=kappa).population_risk_change(delta)
    assert predict(Effect(increase, delta), one).change == pytest.approx(float(expected), rel=FLOAT)


def test_fits_to_a_part_of_the_rows() -> None:
    one, effect = noise(60, 9, 1.3, 1.8), Effect(0.7, 0.3)
    part = noise(45, 9, 1.3, 1.8)
    found, expected = predict(effect, one, 0.75), predict(effect, part)
    assert (found.cost, found.saving) == pytest.approx((expected.cost, expected.saving), rel=FLOAT)


@pytest.mark.parametrize(("part", "rows"), [(0.5, 1), (0.55, 1), (0.6, 2), (0.75, 5)])
def test_a_part_has_a_row_to_spare_at_least(part: float, rows: float) -> None:
    """Two groups leave half of 20 rows, no more than the nine weights and one need."""
    one = noise(20, 9, 1.3, 1.8)
    assert predict(Effect(0.7, 0.3), one, part).saving == pytest.approx(2 * 0.3 * one.excess_risk * 10 / rows, rel=FLOAT)


@pytest.mark.parametrize("signal", [0.0, 0.15, 0.9])
def test_the_chance_is_the_noncentral_law_at_the_boundary(signal: float) -> None:
    """Dropping all weights: both sides are equal where the signal is the excess risk."""
    n, d, sigma = 40, 6, 1.5
    one = noise(n, d, sigma, signal)
    boundary = one.excess_risk
    f, extremes = one.power * n / d / sigma, (0.7, 1.2)
    expected = [stats.ncf.cdf(part * f, d, n - d - 1, boundary * n / sigma) for part in extremes]
    found = predict(Effect(one.power, 1.0), replace(one, extremes=extremes)).chances
    assert found == pytest.approx(expected, rel=1e-9)
    assert (predict(Effect(one.power, 1.0), one).chances[0] < 0.5) is (signal < boundary)


def test_the_chance_without_a_boundary() -> None:
    one = noise(40, 6, 1.5, 0.5)
    central = stats.f.cdf(one.power * 40 / 6 / 1.5, 6, 33)
    assert predict(Effect(0.1, -0.2), one).chances == pytest.approx((central, central), rel=1e-9)
    assert predict(Effect(0.0, 0.0), one).chances == pytest.approx((central, central), rel=1e-9)
    assert predict(Effect(0.0, 0.0), replace(one, power=0.0)).chances == (0.0, 0.0)


@pytest.mark.monte_carlo
def test_at_the_boundary_the_chance_is_uniform() -> None:
    """From raw data: the signal is the excess risk, and all weights are dropped."""
    n, d, rng, found = 30, 5, seeds.generator(46), []
    truth = np.full(d, np.sqrt(1 / (n - d - 1)))
    for _ in range(300):
        x = rng.standard_normal((n, d))
        x = np.linalg.qr(x)[0] * np.sqrt(n)  # given X the law is exact where X^T X is the expected one
        design = prepare(x, x @ truth + rng.standard_normal(n), list("abcde"), "y", intercept=False, standardize=False)
        fitted = fitted_to(design)
        one = noise_of(fitted, n, intercept=False)
        known = replace(one, excess_risk=d / (n - d - 1))  # the boundary itself, not its estimate
        found.append(predict(Effect(one.power, 1.0), replace(known, overfit=d / n, samples=n + 1)).chances[0])
    assert_draws_follow(np.array(found), stats.uniform.cdf)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_the_mean_prediction_is_the_true_change_of_a_linear_code(rho: float) -> None:
    """From raw data: shrink every weight and add noise; the truth is known, each prediction made from its table alone."""
    n, d, delta, rng = 26, 4, 0.3, seeds.generator(41, int(10 * rho))
    covariance = rho ** np.abs(np.subtract.outer(np.arange(d), np.arange(d)))
    mixing = np.linalg.cholesky(covariance)
    differences = []
    for _ in range(400):
        truth = 0.3 * rng.standard_normal(d)
        x = rng.standard_normal((n, d)) @ mixing.T
        design = prepare(x, x @ truth + rng.standard_normal(n), list("abcd"), "y", intercept=False, standardize=False)
        fitted = fitted_to(design)
        coded = (1 - delta) * fitted.weights + 0.1 * rng.standard_normal(d)
        increase, share = effects(fitted, coded)
        del share  # the channel's own share is known
        predicted = predict(Effect(float(increase), delta), noise_of(fitted, n, intercept=False))
        before, after = fitted.weights - truth, coded - truth
        differences.append(predicted.change - after @ covariance @ after + before @ covariance @ before)
    assert_sample_mean(np.array(differences), 0.0)


@pytest.mark.monte_carlo
def test_noise_and_signal_are_unbiased() -> None:
    n, d, tau, rho, rng = 24, 5, 0.4, 0.5, seeds.generator(42)
    found = []
    for _ in range(400):
        one = noise_of(fitted_to(table(rng, n, d, tau, rho)), n, intercept=False)
        found.append((one.variance, one.excess_risk, one.overfit))
    for values, expected in zip(np.transpose(found), (1.0, d / (n - d - 1), d / n), strict=True):
        assert_sample_mean(values, expected)


def test_kappa_is_the_mean_variance_inflation_of_the_columns_in_any_units() -> None:
    rng = seeds.generator(3)
    x = rng.standard_normal((40, 3)) @ np.array([[1, 0.5, 0], [0, 1, 0.7], [0, 0, 1]]) * [1.0, 100.0, 1e-3]
    y = rng.standard_normal(40)
    sampled = lc.variance_inflation(np.corrcoef(x.T)) - 1
    expected = 1 + (sampled * (39 - 3 - 1) - 2) / 39
    for standardize in (False, True):
        fitted = fitted_to(prepare(x, y, list("abc"), "y", standardize=standardize))
        assert noise_of(fitted, 40, intercept=True).variance_inflation == pytest.approx(expected, rel=1e-9)


@pytest.mark.monte_carlo
def test_kappa_is_unbiased() -> None:
    rng, n, d, rho = seeds.generator(45), 20, 4, 0.6
    covariance = rho ** np.abs(np.subtract.outer(np.arange(d), np.arange(d)))
    found = [noise_of(fitted_to(table(rng, n, d, 0.5, rho)), n, intercept=False).variance_inflation for _ in range(400)]
    assert_sample_mean(np.array(found), lc.variance_inflation(covariance))


def test_copies_count_once() -> None:
    design = table(seeds.generator(0), 30, 4, 0.5)
    twice = prepare(
        np.vstack([design.features, design.features]), np.tile(design.targets, 2), list("abcd"), "y",
        intercept=False, standardize=False,
    )  # fmt: skip
    for one, two in zip(
        vars(noise_of(fitted_to(twice), 30, intercept=False)).values(),
        vars(noise_of(fitted_to(design), 30, intercept=False)).values(),
        strict=True,
    ):
        assert one == pytest.approx(two, rel=1e-9)


def test_without_signal_the_signal_is_zero_and_the_larger_excess_risk_counts() -> None:
    design = table(seeds.generator(1), 30, 4, 0.0)
    silent = prepare(design.features, design.targets - design.features @ np.linalg.lstsq(design.features, design.targets)[0]
                     + 1e-6 * design.features[:, 0], list("abcd"), "y", intercept=False)  # fmt: skip
    fitted = fitted_to(silent)
    assert noise_of(fitted, 30, intercept=False).signal_variance == 0.0
    assert noise_of(fitted, 30, intercept=False, spread=7.0).excess_risk == 7.0
    assert noise_of(fitted, 30, intercept=False).extremes == (1.0, 1.0)


@pytest.mark.monte_carlo
def test_the_spread_between_folds_is_the_excess_risk_where_noise_is_shared_in_groups() -> None:
    """Panel: 60 firms of four rows, a column and a noise that belong to the firm. The truth is that of one row a firm."""
    rng, spreads, naive = seeds.generator(43), [], []
    for _ in range(150):
        firm = np.repeat(rng.standard_normal((60, 2)), 4, axis=0)
        design = prepare(firm[:, :1], firm[:, 1] + 0.05 * rng.standard_normal(240), ["x"], "y", intercept=False)
        fitted, left = fit_table(design)
        folds = np.arange(240) // 24
        parts = np.stack([left.moments(folds != fold) for fold in range(10)])
        weights = fit_parts(parts, np.full(10, 216), left)[0].weights
        spreads.append(spread_of(weights, fitted))
        naive.append(noise_of(fitted, 240, intercept=False).excess_risk)
    assert 0.8 / 58 < np.mean(spreads) < 1.3 / 58
    assert np.mean(naive) < 0.35 / 58


def test_effects_of_known_codes() -> None:
    fitted = fitted_to(table(seeds.generator(2), 30, 4, 0.5, 0.4))
    increase, share = effects(fitted, 0.75 * fitted.weights)
    assert float(share) == pytest.approx(0.25, rel=FLOAT)
    assert float(increase) == pytest.approx(0.0625 * float(fitted.power(fitted.weights)), rel=FLOAT)
    assert [float(one) for one in effects(fitted, fitted.weights)] == [0.0, 0.0]


def test_the_spread_is_the_jackknife_over_folds() -> None:
    fitted = fitted_to(table(seeds.generator(4), 30, 4, 0.5))
    weights = seeds.generator(5).standard_normal((3, 4))
    moved = weights - weights.mean(axis=0)
    expected = 2 / 3 * sum(float(fitted.power(one)) for one in moved)
    assert spread_of(weights, fitted) == pytest.approx(expected, rel=FLOAT)
    assert spread_of(weights[:1], fitted) == 0.0
