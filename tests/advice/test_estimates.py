"""Noise and signal: unbiased, and with exact confidence bounds."""

import numpy as np
import pytest
from scipy import stats

from linreg_compress._validation import FloatArray
from linreg_compress.advice.estimates import Spectrum, draw, signal_interval
from linreg_compress.advice.fitting import Fitted, fit_moments
from tests import seeds
from tests.advice.simulated import Setting
from tests.compare import assert_draws_follow, assert_sample_mean, assert_share

SIZE = 2000
SETTINGS = [Setting(40, 6, 1.0), Setting(30, 12, 0.25, 0.8), Setting(60, 5, 4.0, 0.5)]


def spectra(setting: Setting) -> tuple[Spectrum, FloatArray]:
    """Fits to tables with weights of their own from the prior, in standard units, and those weights."""
    rng = seeds.generator(setting.rows)
    factor = np.linalg.cholesky(setting.covariance)
    features = rng.standard_normal((SIZE, setting.rows, setting.columns)) @ factor.T
    features -= features.mean(axis=1, keepdims=True)
    features /= features.std(axis=1, keepdims=True)
    weights = np.sqrt(setting.ratio * setting.weight_variance) * rng.standard_normal((SIZE, setting.columns))
    scale = np.sqrt((setting.rows - 1) / setting.rows)  # fits use the divisor n - 1
    targets = np.einsum("jni,ji->jn", features * scale, weights) + rng.standard_normal((SIZE, setting.rows))
    stacked = np.concatenate([np.ones((*targets.shape, 1)), features, targets[..., None]], axis=-1)
    design = setting.design(features[0], targets[0])
    return Spectrum.of(fit_moments(stacked.swapaxes(1, 2) @ stacked, setting.rows, design)), weights


@pytest.mark.monte_carlo
@pytest.mark.parametrize("setting", SETTINGS)
def test_estimates_are_unbiased_and_bounds_exact(setting: Setting) -> None:
    found, _ = spectra(setting)
    truth = setting.ratio * setting.weight_variance
    assert_sample_mean(found.noise_variance, 1.0)
    assert_sample_mean(found.signal_variance(), truth)
    for share in (0.05, 0.5, 0.95):
        assert_share(truth <= found.ratio(np.full(SIZE, share)), share)


@pytest.mark.monte_carlo
def test_draws_follow_the_confidence_distribution_and_cover_the_weights() -> None:
    setting = SETTINGS[0]
    found, weights = spectra(setting)
    ranks, rng = [], seeds.generator(1)
    for place in range(150):
        parts = (found.eigenvalues, found.vectors, found.coordinates, found.residual_sum)
        one = Spectrum(found.samples, parts[0][place], parts[1][place], parts[2][place], parts[3][place])
        draws = draw(one, 200, rng)
        ranks.append(float(np.mean(np.sum(draws.true_weights**2, axis=1) < np.sum(weights[place] ** 2))))
    assert_draws_follow(np.array(ranks), lambda x: np.clip(x, 0, 1))


@pytest.mark.monte_carlo
def test_draws_given_the_ratio_are_those_of_bayes() -> None:
    """Weights from N(0, r s^2), observed with variance s^2 / g; s^2 from its scaled inverse chi-square given r."""
    values, seen = np.array([2.0, 9.0, 30.0]), np.array([6.0, -3.0, 2.0])
    spectrum = Spectrum(20, values, np.eye(3), seen, np.array(15.0))
    draws = draw(spectrum, 4000, seeds.generator(2))
    prior, noise = draws.ratios[:, None] * draws.noise_variances[:, None], draws.noise_variances[:, None] / values
    assert (prior > 0).mean() > 0.9
    some = prior[:, 0] > 0
    variance = 1 / (1 / prior[some] + 1 / noise[some])
    scores = (draws.true_weights[some] - variance * seen / noise[some]) / np.sqrt(variance)
    for column in scores.T:
        assert_sample_mean(column, 0.0)
    assert_sample_mean(scores**2, 1.0)
    assert np.array_equal(draws.signal_variances, prior[:, 0])
    total = np.sum(seen**2 / (draws.ratios[:, None] + 1 / values), axis=1) + 15.0
    assert_draws_follow(total / draws.noise_variances, stats.chi2(20).cdf)


def fitted(scale: float) -> Fitted:
    return Fitted(
        20, 20, scale * np.array([1.0, -0.5]), np.diag([4.0, 5.0]), np.array(scale**2 * 18.0),
        np.ones(2), np.zeros(2), np.array(0.0),
    )  # fmt: skip


def test_the_unit_of_the_target_scales_everything() -> None:
    one, ten = (Spectrum.of(fitted(scale)) for scale in (1.0, 10.0))
    assert 100 * float(one.signal_variance()) == pytest.approx(float(ten.signal_variance()), rel=1e-12)
    np.testing.assert_allclose(one.ratio(np.array([0.3, 0.6])), ten.ratio(np.array([0.3, 0.6])), rtol=1e-10)


def test_no_signal_gives_an_atom_at_zero() -> None:
    quiet = Spectrum(50, np.full(3, 40.0), np.eye(3), np.full(3, 1e-3), np.array(47.0))
    assert quiet.ratio(np.array([0.05, 0.5])).tolist() == [0.0, 0.0]
    low, high = signal_interval(quiet, 0.9, seeds.generator(0))
    assert low == high == 0.0
    assert float(quiet.signal_variance()) < 0
