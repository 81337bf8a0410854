"""The same-inputs generalization error, from raw data; individual-sample, Gibbs and relative bounds of it and beside it."""

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from linreg_compress.bounds.gibbs import gibbs_generalization_error, symmetrized_information
from linreg_compress.bounds.individual_sample import (
    individual_sample_bound,
    sample_bound,
    sample_error,
    sample_information,
)
from linreg_compress.bounds.relative import relative_bound
from linreg_compress.bounds.same_inputs import same_inputs_generalization_error
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.compression.scalar.uniform import UniformQuantizer, limited_uniform
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from tests import quadrature, seeds
from tests.compare import assert_close, assert_equals_reference, assert_refused, assert_sample_mean
from tests.references import mp
from tests.tolerances import QUADRATURE, Z_LIMIT, spend

FIXED = LinearModel(14, 4, 0.8, weights=[0.2, -0.1, 0.5, 0.0])
ORACLE = LinearModel(14, 4, 0.8)
PRIOR = LinearModel(14, 4, 0.8, signal_variance=0.1)


def raw(model: LinearModel, code: Any, trials: int, seed: int) -> tuple[Any, Any, Any, Any]:
    """Features, noise, true weights and codewords from raw data."""
    rng = seeds.generator(seed)
    data = model.draw(trials, rng=rng)
    noise = data.targets - (data.features @ data.true_weights[..., None])[..., 0]
    gram = np.einsum("tni,tnj->tij", data.features, data.features)
    moments = np.einsum("tni,tn->ti", data.features, data.targets)
    weights = np.linalg.solve(gram, moments[..., None])[..., 0]
    return data.features, noise, data.true_weights, code.compress(weights, rng=rng, gram=gram)


@pytest.mark.monte_carlo
@pytest.mark.parametrize(
    ("model", "code"),
    [
        (ORACLE, BlindGaussianChannel.for_model(ORACLE, 2.0)),
        (FIXED, BlindGaussianChannel.for_model(FIXED, 2.0, np.zeros(4))),
        (PRIOR, BlindGaussianChannel.for_model(PRIOR, 2.0)),
        (ORACLE, AwareGaussianChannel.for_model(ORACLE, 2.0)),
        (PRIOR, AwareGaussianChannel.for_model(PRIOR, 2.0)),
        (ORACLE, lloyd_max(source_for(ORACLE), 2)),
        (FIXED, limited_uniform(0.5, 3)),
        (FIXED, UniformQuantizer(0.7, center=0.1)),
        (
            ORACLE,
            UniformQuantizer(
                6.0 * float(np.sqrt(ORACLE.weight_variance)), center=1.5 * float(np.sqrt(ORACLE.weight_variance))
            ),
        ),
        (LinearModel(3, 3), UniformQuantizer(0.9)),
        (LinearModel(4, 3, signal_variance=0.2), limited_uniform(0.9, 3)),
        (PRIOR, UniformQuantizer(1.2)),
        (LinearModel(4, 2), limited_uniform(0.9, 4)),
    ],
)
def test_same_inputs_error_agrees_with_raw_data(model: LinearModel, code: Any) -> None:
    X, noise, truth, coded = raw(model, code, 40_000, 11)
    followed = np.einsum("tn,tni,ti->t", noise, X, coded - truth)
    assert_sample_mean(2 * followed / model.samples, same_inputs_generalization_error(model, code))


@pytest.mark.monte_carlo
def test_same_inputs_error_is_what_fresh_noise_costs() -> None:
    code = limited_uniform(0.5, 3)
    X, noise, truth, coded = raw(FIXED, code, 40_000, 12)
    fresh = np.sqrt(0.8) * seeds.generator(13).standard_normal(noise.shape)
    shift = (X @ (coded - truth)[..., None])[..., 0]
    gap = np.mean((fresh - shift) ** 2, axis=1) - np.mean((noise - shift) ** 2, axis=1)
    assert_sample_mean(gap, same_inputs_generalization_error(FIXED, code))


@pytest.mark.parametrize("phase", [0.0, 0.25, -0.4, 0.5])
def test_one_weight_s_same_inputs_error_is_one_integral_over_its_t_law(phase: float) -> None:
    """``(2/n) E G u (What - w*)`` with ``E[G | u] = (n + 1) sigma^2 / (sigma^2 + u^2)``, step 6 standard deviations."""
    n, s2 = 14, 0.8
    law, step = stats.t(n, scale=np.sqrt(s2 / n)), 6 * np.sqrt(s2 / (n - 2))
    code = UniformQuantizer(step, center=phase * step)

    def integrand(u: float) -> float:
        return float(law.pdf(u) * (n + 1) * s2 / (s2 + u * u) * u * code.compress(np.array([u]))[0])

    edges = step * (phase + np.arange(-8, 9) + 0.5)
    total = sum(quad(integrand, a, b, epsabs=0, epsrel=1e-11)[0] for a, b in itertools.pairwise(edges))
    assert_close(same_inputs_generalization_error(LinearModel(n, 1, s2), code), 2 / n * total, 1e-8)


def test_limits_of_the_same_inputs_error_of_quantizers() -> None:
    model = LinearModel(80, 50)
    assert_close(same_inputs_generalization_error(model, UniformQuantizer(1e-4)), 2 * 50 / 80, 1e-6)
    assert abs(same_inputs_generalization_error(model, limited_uniform(1.0, 1))) < 1e-12  # a constant follows no noise
    skewed = LinearModel(9, 2, covariance=[1.0, 2.0])
    for refused in (LinearModel(4, 5), skewed):
        assert_refused(
            lambda model=refused: same_inputs_generalization_error(model, UniformQuantizer(1.0)),  # type: ignore[misc]
            "identity covariance and samples >= features",
            error=UnsupportedModelError,
        )


def test_sample_bound_equals_mpmath() -> None:
    shares = np.concatenate([10.0 ** np.linspace(-300, -1, 60), np.linspace(0.1, 1, 19)])
    exact = []
    with mp.workdps(700):
        for a in shares.tolist():
            exact.append((1 + mp.mpf(a)) * (1 + mp.re(mp.lambertw(-(1 - mp.mpf(a)) / mp.e))))
    assert_equals_reference(sample_bound(shares, 1.0, 1.0), exact, tolerance=1e-11)


def test_the_truth_of_a_sample_is_below_its_bound() -> None:
    rng = seeds.generator(0)
    leverage, kept = rng.beta(0.5, 0.5, 10_000), 10 ** rng.uniform(-9, 0, 10_000)
    noise = 10 ** rng.uniform(-6, 6, 10_000)
    truth, bound = sample_error(leverage, kept, noise), sample_bound(leverage, kept, noise)
    assert (truth <= bound * (1 + 1e-12)).all()
    assert truth.size == 10_000


def test_individual_sample_is_within_ten_per_cent_at_0_6() -> None:
    ratio = float(sample_bound(0.6, 1.0, 1.0) / sample_error(0.6, 1.0, 1.0))
    assert 1 < ratio < 1.1
    assert_close(float(sample_bound(0.001, 1.0, 1.0) / sample_error(0.001, 1.0, 1.0)), 22, 0.05)


def test_information_of_a_sample_averages_to_digammas() -> None:
    """Beta leverages of least squares: (digamma(n/2) - digamma((n-d)/2)) / 2."""
    x, x_mass = quadrature.nodes(5)
    y, y_mass = quadrature.nodes(9)
    leverage = x[:, None] / (x[:, None] + y)
    found = float(x_mass @ sample_information(leverage, 1.0) @ y_mass)
    assert_close(found, float(mp.digamma(7) - mp.digamma(mp.mpf(9) / 2)) / 2, QUADRATURE)


@pytest.mark.parametrize(("n", "d", "rate"), [(3, 1, 0.4), (14, 5, 2.0), (80, 50, 30.0), (51, 50, 1.0)])
def test_individual_sample_is_the_mean_over_beta_leverages(n: int, d: int, rate: float) -> None:
    x, x_mass = quadrature.nodes(d)
    y, y_mass = quadrature.nodes(n - d)
    share = (x[:, None] / (x[:, None] + y)) * -np.expm1(-2 * rate / d)
    expected = float(x_mass @ sample_bound(share, 1.0, 0.7) @ y_mass)
    found = individual_sample_bound(n, d, 0.7, rate)
    assert_close(found.value, expected, 1e-8)
    assert found.of == "same_inputs_generalization_error"


def test_the_same_inputs_error_is_below_individual_sample() -> None:
    rng = seeds.generator(8)
    for _ in range(300):
        d = int(np.exp(rng.uniform(0, 6)))
        n = d + int(np.exp(rng.uniform(0, 6)) - 1)
        rate = float(d * 10 ** rng.uniform(-9, 1))
        truth = -2 * np.expm1(-2 * rate / d) * d / n
        assert truth <= individual_sample_bound(n, d, 1.0, rate).value * (1 + 1e-12), (n, d, rate)


def test_individual_sample_at_the_ends() -> None:
    assert individual_sample_bound(9, 3, 1.0, 0.0).value == 0
    assert individual_sample_bound(5, 5, 1.0, 1.0).value > 0
    assert_refused(
        lambda: individual_sample_bound(4, 5, 1.0, 1.0), "samples >= features; got 4 and 5", error=UnsupportedModelError
    )
    assert_refused(lambda: sample_bound(1.5, 1.0, 1.0), "leverage must lie between 0 and 1; got 1.5")


@pytest.mark.monte_carlo
@pytest.mark.parametrize("temperature", [0.5, 3.0, 50.0])
def test_gibbs_equals_its_information_and_raw_data(temperature: float) -> None:
    model = LinearModel(14, 4, 0.8)
    bound = gibbs_generalization_error(14, 4, 0.8, temperature)
    assert bound.kind == "tight"
    assert_close(bound.value, 2 * 0.8 * 4 / 14, 1e-14)
    assert_close(bound.value * temperature, symmetrized_information(14, 4, 0.8, temperature), 1e-14)
    rng = seeds.generator(6)
    data = model.draw(20_000, rng=rng)
    gram = np.einsum("tni,tnj->tij", data.features, data.features)
    spread = np.sqrt(14 / (2 * temperature)) * rng.standard_normal((20_000, 4))
    drawn = np.linalg.solve(np.linalg.cholesky(gram).swapaxes(1, 2), spread[..., None])[..., 0]
    drawn += np.linalg.solve(gram, np.einsum("tni,tn->ti", data.features, data.targets)[..., None])[..., 0]
    assert_sample_mean(2 / 14 * np.einsum("tn,tni,ti->t", data.targets, data.features, drawn), bound.value)
    assert_refused(lambda: gibbs_generalization_error(14, 4, 0.8, 0.0), "inverse_temperature must be positive; got 0.0")


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("n", "d", "rate"), [(8, 4, 0.1), (20, 15, 3.0), (60, 4, 2.0)])
def test_the_relative_error_from_raw_data_is_below_its_bound(n: int, d: int, rate: float) -> None:
    model = LinearModel(n, d)
    X, noise, _, coded = raw(model, BlindGaussianChannel.for_model(model, rate), 20_000, 4)
    empirical = np.mean((noise - (X @ coded[..., None])[..., 0]) ** 2, axis=1)
    share = 1 - empirical / (1 + np.sum(coded**2, axis=1))
    spend()
    assert share.mean() - Z_LIMIT * share.std() / np.sqrt(share.size) <= relative_bound(n, rate).value
    assert share.mean() > 0.03  # and it says something
