"""Correlated features and a code of one weight at a time: 40 digits, the criterion with kappa, and raw data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.criterion import compression_criterion
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compressed_risk.linear_channel import linear_channel_risks
from linreg_compress.compressed_risk.per_weight_channel import per_weight_channel_risks
from linreg_compress.compressed_risk.record import VALUES, CompressedRisks
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compressed_risk.variance_inflation import variance_inflation
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.information.gaussian import mutual_information
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate
from tests import grids, seeds
from tests.compare import assert_close, assert_equals_reference, assert_mean, assert_refused
from tests.references import mp, split
from tests.tolerances import EXACT, FLOAT

KAPPAS = (1.0, 1 + 2.0**-30, 1.5, 2.0, 5.0, 1e6)
POINTS = [
    (n, d, s2, rate, t, kappa)
    for n, d in grids.SIZES
    for s2 in (1e-12, 0.3)
    for rate in (0.0, 1e-12, 0.7, 35.0, 1e3)
    for t in (0.0, 0.02)
    for kappa in KAPPAS
]
kappas = st.one_of(st.just(1.0), st.floats(0, 6).map(lambda power: 1 + 10.0**power - 1))


def equicorrelated(d: int, kappa: float) -> FloatArray:
    """Return the correlation matrix of one correlation with the mean variance-inflation factor kappa."""
    low, high = 0.0, 1 - 1e-9
    for _ in range(200):
        rho = (low + high) / 2
        found = (1 + (d - 2) * rho) / ((1 - rho) * (1 + (d - 1) * rho))
        low, high = (rho, high) if found < kappa else (low, rho)
    return rho + (1 - rho) * np.eye(d)


def autoregressive(d: int, rho: float) -> FloatArray:
    return rho ** np.abs(np.subtract.outer(np.arange(d), np.arange(d)))


def test_every_field_equals_40_digits() -> None:
    exact: dict[str, list[object]] = {name: [] for name in VALUES}
    size = []
    for n, d, s2, rate, signal, inflation in POINTS:
        delta, keep = split(rate, d)
        noise, t, kappa = mp.mpf(s2), mp.mpf(signal), mp.mpf(inflation)
        v = noise / (n - d - 1)
        added = delta * keep * (t + kappa * v)
        excess = d * (keep**2 * v + delta**2 * t + added)
        distortion = d * (delta**2 * (noise / n + t) + added)
        empirical = noise * (n - d) / n + distortion
        gap = d * keep * ((1 + delta) * noise / n + keep * v)
        values = (empirical, noise + excess, gap, excess, distortion, d * delta * (t - v + keep * v * (kappa - 1)), delta)
        for name, value in zip(VALUES, values, strict=True):
            exact[name].append(value)
        assert abs(noise + excess - empirical - gap) < mp.mpf(10) ** -25 * (noise + excess)
        size.append(d * delta * (t + v + keep * v * (kappa - 1)))
    n, d, s2, rate, t, kappa = np.array(POINTS).T
    found = blind_channel_risks(n, d, s2, rate, signal_variance=t, variance_inflation=kappa)
    for name in VALUES:
        condition = size if name == "population_risk_change" else None
        assert assert_equals_reference(getattr(found, name), exact[name], condition=condition) == len(POINTS)


def test_no_correlation_is_the_criterion_to_the_last_bit() -> None:
    n, d, s2, rate, t, _ = np.array(POINTS).T
    plain = blind_channel_risks(n, d, s2, rate, signal_variance=t)
    same = blind_channel_risks(n, d, s2, rate, signal_variance=t, variance_inflation=1.0)
    for name in VALUES:
        assert_close(getattr(same, name), getattr(plain, name), EXACT)


@given(size=grids.sizes(), s2=grids.variances, t=grids.signal_variances, delta=st.floats(0, 1), kappa=kappas)
def test_the_criterion_has_the_sign_of_the_change(
    size: tuple[int, int], s2: float, t: float, delta: float, kappa: float
) -> None:
    criterion = compression_criterion(*size, s2, t, variance_inflation=kappa)
    change = float(criterion.population_risk_change(delta))
    boundary = float(criterion.boundary_at(delta))
    if abs(t - boundary) > FLOAT * boundary and boundary > 0:
        assert (change < 0) == (t < boundary and delta > 0)
    v = s2 / (size[0] - size[1] - 1)
    assert criterion.boundary_signal_variance <= boundary * (1 + FLOAT)
    assert boundary <= v * (1 + FLOAT)
    if criterion.compression_helps:
        assert change <= FLOAT * size[1] * delta * v
    if kappa >= 2 and t > 0:
        assert not criterion.compression_helps


@given(size=grids.sizes(), s2=grids.variances, t=grids.variances, rate=grids.rates, first=kappas, second=kappas)
def test_correlation_only_hurts(
    size: tuple[int, int], s2: float, t: float, rate: float, first: float, second: float
) -> None:
    low, high = sorted((first, second))
    risks = blind_channel_risks(*size, s2, rate, signal_variance=t, variance_inflation=[low, high])
    for name in ("population_risk_change", "distortion", "excess_risk"):
        less, more = getattr(risks, name)
        assert less <= more + 1e-11 * abs(more)
    assert risks.generalization_error[0] == risks.generalization_error[1]


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-12, 1e12, 1e150])
def test_units_do_not_matter(scale: float) -> None:
    def risks(unit: float) -> CompressedRisks:
        return blind_channel_risks(
            12, 8, 1.3 * unit, [0.1, 4.0, 20.0], signal_variance=0.4 * unit, variance_inflation=[1.0, 2.5, 40.0]
        )

    for name in VALUES:
        unit_of_field = 1.0 if name == "normalized_distortion" else scale
        assert_close(getattr(risks(scale), name) / unit_of_field, getattr(risks(1.0), name), FLOAT)
    one, other = (compression_criterion(12, 8, 1.3 * unit, 0.1 * unit, variance_inflation=1.4) for unit in (1.0, scale))
    assert_close(other.boundary_signal_variance / scale, one.boundary_signal_variance, FLOAT)
    assert_close(other.boundary_samples, one.boundary_samples, FLOAT)
    assert_close(other.population_risk_change(0.3) / scale, one.population_risk_change(0.3), FLOAT)


def test_the_boundary_runs_from_its_limit_to_the_noise() -> None:
    criterion = compression_criterion(30, 9, 2.0, 0.05, variance_inflation=1.25)
    assert_close(criterion.boundary_at([0.0, 0.5, 1.0]), [0.075, 0.0875, 0.1], FLOAT)
    assert_close(criterion.boundary_signal_variance, 0.075, FLOAT)
    assert_close(criterion.boundary_samples, 10 + 0.75 * 2.0 / 0.05, FLOAT)
    assert criterion.compression_helps
    at_limit = compression_criterion(42, 9, 2.0, 0.046875, variance_inflation=1.25)  # n where 0.75 v = tau^2, exactly
    assert at_limit.boundary_samples == 42.0
    assert at_limit.compression_helps
    assert (at_limit.population_risk_change([1e-9, 0.5, 1.0]) < 0).all()


@pytest.mark.parametrize("kappa", [2.0, 2.5, 86.0])
@pytest.mark.parametrize("signal", [0.0, 1e-9, 0.02])
def test_with_strong_correlation_no_signal_gains_at_high_rate(kappa: float, signal: float) -> None:
    criterion = compression_criterion(30, 9, 2.0, signal, variance_inflation=kappa)
    assert criterion.boundary_signal_variance == 0.0
    assert criterion.boundary_samples == 10.0  # below every n with a finite population risk
    touching = kappa == 2.0 and signal == 0.0  # the boundary itself: gains of order delta^2
    assert bool(criterion.compression_helps) is touching
    assert bool(criterion.population_risk_change(1e-12) < 0) is touching
    assert criterion.population_risk_change(1.0) < 0


def test_the_factor_of_a_covariance() -> None:
    assert variance_inflation(np.ones(5)) == variance_inflation([4.0, 9.0]) == variance_inflation(np.eye(3)) == 1.0
    for rho in (-0.9, 0.3, 0.999):
        exact = 1 / (1 - mp.mpf(rho) ** 2)
        assert_equals_reference(variance_inflation([[1.0, rho], [rho, 1.0]]), [exact], tolerance=1e-12 * float(exact))
    for kappa in (1.5, 2.0, 5.0):
        matrix = equicorrelated(8, kappa)
        scaled = matrix * np.outer(np.arange(1.0, 9.0), np.arange(1.0, 9.0))
        assert_close([variance_inflation(matrix), variance_inflation(scaled)], kappa, 1e-11)
    assert_refused(lambda: variance_inflation([[1.0, 1.0], [1.0, 1.0]]), "covariance must be positive definite")
    assert_refused(lambda: variance_inflation([]), "covariance must not be empty; got shape (0,).")


def test_the_scale_of_a_feature_does_not_matter() -> None:
    for scale in ([1e-6, 1e3, 1.0], [1e-150, 1.0, 1e150]):
        stretched = np.outer(scale, scale)
        assert variance_inflation(np.eye(3) * stretched) == variance_inflation(np.square(scale)) == 1.0
        matrix = equicorrelated(3, 2.0)
        assert_close(variance_inflation(matrix * stretched), 2.0, 1e-12)
        found = mutual_information(matrix * stretched, [0])
        assert_close(found, mutual_information(matrix, [0]), 1e-12)
        assert str(mutual_information(np.eye(3) * stretched, [0])) == "0.0"
    draws = np.sin(np.arange(1000.0)).reshape(2, 500)
    plain, small = np.cov(draws), np.cov(draws * np.array([[1e-6], [1e3]]))
    assert_close(variance_inflation(small), variance_inflation(plain), 1e-12)


@pytest.mark.monte_carlo
def test_features_of_very_unequal_scales_have_the_risks_of_their_correlations() -> None:
    scale = np.array([1e-5, 1e3])
    model = LinearModel(20, 2, covariance=np.array([[1.0, 0.6], [0.6, 1.0]]) * np.outer(scale, scale))
    channel = BlindGaussianChannel.for_model(model, 2.0)
    exact, found = risks(model, channel), simulate(model, [channel], 4000, seed=seeds.number(18)).compressed[0]
    for name in ("population_risk", "empirical_risk", "population_risk_change"):
        assert_mean(getattr(found, name), float(getattr(exact, name)))


COVARIANCES = {
    "1": np.eye(8),
    "1.2": autoregressive(8, 0.3),
    "2": equicorrelated(8, 2.0),
    "ar 2": autoregressive(8, 0.6),
    "3.5": equicorrelated(8, 3.5),
    "5": equicorrelated(8, 5.0),
}


@pytest.mark.monte_carlo
@pytest.mark.parametrize("name", COVARIANCES)
def test_raw_data_agree_with_the_formula_of_kappa(name: str) -> None:
    sigma = COVARIANCES[name]
    kappa = variance_inflation(sigma)
    model = LinearModel(30, 8, 0.9, signal_variance=0.02, covariance=sigma, weights=np.linspace(-1, 1, 8))
    rates = (1.0, 8.0)
    channels = [PerWeightGaussianChannel.for_model(model, rate) for rate in rates]
    found = simulate(model, channels, 20_000, seed=seeds.number(13))
    for rate, channel, after in zip(rates, channels, found.compressed, strict=True):
        exact = blind_channel_risks(30, 8, 0.9, rate, signal_variance=0.02, variance_inflation=kappa)
        other = per_weight_channel_risks(model, channel)  # from the covariance itself
        for field in VALUES:
            assert_close(getattr(other, field), getattr(exact, field), 1e-11)
        criterion = compression_criterion(30, 8, 0.9, 0.02, variance_inflation=kappa)
        change = criterion.population_risk_change(channel.normalized_distortion)
        assert_close(change, exact.population_risk_change, 1e-11)
        assert_mean(after.population_risk_change, float(exact.population_risk_change))
        assert_mean(after.distortion, float(exact.distortion))


UNSCALED = LinearModel(
    26, 4, 0.5, covariance=autoregressive(4, 0.5) * np.outer([1, 2, 3, 0.5], [1, 2, 3, 0.5]), weights=[0.2, -0.1, 0.1, 0.3]
)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("sampler", ["data", "sufficient", "weights"])
@pytest.mark.parametrize("center", [None, np.zeros(4)])
def test_any_covariance_and_any_centre(sampler: str, center: FloatArray | None) -> None:
    channel = PerWeightGaussianChannel.for_model(UNSCALED, 3.0, center)
    exact = risks(UNSCALED, channel)
    (found,) = simulate(UNSCALED, [channel], 10_000, sampler=sampler, seed=seeds.number(16)).compressed
    for name in ("distortion", "population_risk_change"):
        assert_mean(getattr(found, name), float(getattr(exact, name)))
    assert_close(exact.population_risk - exact.empirical_risk, exact.generalization_error, FLOAT)


def test_on_uncorrelated_features_it_is_the_blind_gaussian_channel() -> None:
    model = LinearModel(26, 4, 0.5, signal_variance=0.3, weights=[0.2, -0.1, 0.1, 0.3])
    blind = risks(model, BlindGaussianChannel.for_model(model, 3.0, np.zeros(4)))
    channel = PerWeightGaussianChannel.for_model(model, 3.0, np.zeros(4))
    for name in VALUES:
        assert_close(getattr(risks(model, channel), name), getattr(blind, name), FLOAT)
    delta = channel.normalized_distortion
    linear = linear_channel_risks(26, 4, 0.5, 1 - delta, delta * (1 - delta) * channel.source_variances[0], 0.3 + 0.15 / 4)
    for name in VALUES:
        assert_close(getattr(linear, name), getattr(blind, name), 1e-11)


def test_bad_input_is_refused() -> None:
    rule = "variance_inflation must be at least 1, as Sigma_jj (Sigma^-1)_jj is for every covariance Sigma; got 0.5"
    assert_refused(lambda: compression_criterion(30, 8, 1.0, 0.1, variance_inflation=0.5), rule)
    assert_refused(lambda: blind_channel_risks(30, 8, 1.0, 1.0, variance_inflation=[2.0, 0.5]), rule)
    assert_refused(
        lambda: compression_criterion(30, 8, 1.0, 0.1, variance_inflation=np.inf), "variance_inflation must be finite"
    )
    channel = PerWeightGaussianChannel.for_model(UNSCALED, 1.0)
    for model in (LinearModel(30, 5), LinearModel(5, 4)):
        with pytest.raises(UnsupportedModelError):
            per_weight_channel_risks(model, channel)
    with pytest.raises(UnsupportedModelError, match="samples >= features \\+ 2"):
        PerWeightGaussianChannel.for_model(LinearModel(5, 4), 1.0)
