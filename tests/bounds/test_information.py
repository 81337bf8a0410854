"""Information: closed forms against simulation and enumeration, and the inequalities between them."""

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from linreg_compress.bounds.information import (
    aware_channel_information,
    blind_channel_information,
    codebook_information,
    data_processing,
    design_information,
    entropy_given_design,
    joint_entropy,
)
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer, limited_uniform
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from tests import quadrature, seeds
from tests.compare import assert_close, assert_equals_reference, assert_refused, assert_sample_mean
from tests.references import mp
from tests.tolerances import QUADRATURE

THREE = CellQuantizer(np.array([-0.6, 0.0, 0.6]), np.array([-0.3, 0.3]))


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("n", "d"), [(4, 1), (7, 3), (12, 10)])
def test_design_information_is_the_mean_log_ratio_of_densities(n: int, d: int) -> None:
    """I(X; What) = E ln [p(What | X) / p(What)] over raw designs; the kept fraction cancels."""
    rng = seeds.generator(3)
    trials = 40_000
    X = rng.standard_normal((trials, n, d))
    gram = np.einsum("tni,tnj->tij", X, X)
    upper = np.linalg.cholesky(gram).swapaxes(1, 2)
    z = rng.standard_normal((trials, d))
    u = np.linalg.solve(upper, z[..., None])[..., 0]
    given = -d / 2 * np.log(2 * np.pi) + np.linalg.slogdet(gram)[1] / 2 - np.sum(z**2, axis=1) / 2
    nu = n - d + 1
    assert_sample_mean(given - stats.multivariate_t.logpdf(u, shape=np.eye(d) / nu, df=nu), design_information(n, d))


def test_design_information_equals_mpmath() -> None:
    sizes = [(1, 1), (2, 1), (7, 3), (66, 60), (80, 50), (1000, 100), (2000, 500)]
    exact = []
    for n, d in sizes:
        nu, m = mp.mpf(n - d + 1), mp.mpf(n + 1)
        value = mp.loggamma(nu / 2) - mp.loggamma(m / 2) + m / 2 * (mp.digamma(m / 2) - mp.digamma(nu / 2)) - mp.mpf(d) / 2
        exact.append(value + sum(mp.digamma(mp.mpf(n - i) / 2) for i in range(d)) / 2)
    assert_equals_reference([design_information(n, d) for n, d in sizes], exact, tolerance=1e-11)


def test_the_aware_code_tells_about_the_design_as_well() -> None:
    model = LinearModel(66, 60)
    found = aware_channel_information(model, AwareGaussianChannel.for_model(model, 1.0))
    assert_close(found, 1.0 + design_information(66, 60), 1e-15)
    assert aware_channel_information(model, AwareGaussianChannel.for_model(model, 0.0)) == 0
    prior = LinearModel(66, 60, signal_variance=0.1)
    assert_refused(
        lambda: aware_channel_information(prior, AwareGaussianChannel.for_model(prior, 1.0)),
        "centred at the true weights",
        error=UnsupportedModelError,
    )
    assert_refused(lambda: design_information(9, 10), "samples >= features; got 9 and 10", error=UnsupportedModelError)


@pytest.mark.parametrize("rate", [0.0, 1e-12, 1e-3, 2.0, 50.0, 1e4])
@pytest.mark.parametrize("signal", [0.0, 1e-6, 0.1, 1e6])
def test_given_the_true_weights_a_blind_code_tells_less_than_its_rate(rate: float, signal: float) -> None:
    model = LinearModel(40, 10, signal_variance=signal)
    channel = BlindGaussianChannel.for_model(model, rate)
    found = blind_channel_information(model, channel)
    v, V = mp.mpf(model.weight_variance), mp.mpf(channel.source_variance)
    delta = mp.exp(-mp.mpf(rate) / 5)
    exact = 5 * mp.log1p((1 - delta) * v / (delta * V))
    assert abs(found - exact) <= 1e-11 * exact + 1e-12 * rate  # v / V = 1 but for a rounding without a signal
    assert 0 <= found <= rate


def test_data_processing() -> None:
    model = LinearModel(80, 50)
    for code in (BlindGaussianChannel.for_model(model, 7.0), THREE, UniformQuantizer(0.1)):
        found = data_processing(model, code)
        assert found.data_and_weights == np.inf
        assert found.data_and_code <= min(found.data_and_weights, found.weights_and_code) < np.inf


@pytest.mark.parametrize(("n", "d"), [(5, 3), (9, 3), (30, 4)])
def test_joint_entropy_equals_a_sum_over_all_codewords(n: int, d: int) -> None:
    model = LinearModel(n, d, weights=np.full(d, 0.1))
    q, mass = quadrature.nodes(n - d + 1)
    cells = np.diff(stats.norm.cdf((np.array([-np.inf, -0.3, 0.3, np.inf]) - 0.1) * np.sqrt(q)[:, None]))
    words = itertools.product(range(3), repeat=d)
    chances = np.array([mass @ np.prod(cells[:, list(word)], axis=1) for word in words])
    assert_close(joint_entropy(model, THREE), special.entr(chances).sum(), QUADRATURE)


@pytest.mark.parametrize("model", [LinearModel(12, 8), LinearModel(80, 50), LinearModel(12, 8, signal_variance=0.2)])
def test_entropy_given_the_design_is_below_joint_is_below_the_sum(model: LinearModel) -> None:
    low, high = entropy_given_design(model, THREE), scalar_quantizer_entropy(model, THREE)
    assert low <= joint_entropy(model, THREE) <= high <= model.features * codebook_information(3)


@pytest.mark.parametrize("step", [0.02, 0.3, 5.0])
def test_entropy_of_unlimited_and_of_many_levels_agree(step: float) -> None:
    model = LinearModel(30, 5, weights=[0.1, 0.1, 0.2, 0.0, 0.0])
    many = limited_uniform(step, 3001)
    assert_close(entropy_given_design(model, UniformQuantizer(step)), entropy_given_design(model, many), QUADRATURE)
    assert entropy_given_design(model, UniformQuantizer(step)) < scalar_quantizer_entropy(model, UniformQuantizer(step))


def test_the_sign_of_a_symmetric_weight_is_one_bit() -> None:
    model, sign = LinearModel(30, 6), CellQuantizer(np.array([-1.0, 1.0]), np.array([0.0]))
    for entropy in (joint_entropy, entropy_given_design, scalar_quantizer_entropy):
        assert_close(entropy(model, sign), 6 * np.log(2), QUADRATURE)


def test_one_level_says_nothing() -> None:
    model, one = LinearModel(30, 6), CellQuantizer(np.array([0.2]), np.array([]))
    for entropy in (joint_entropy, entropy_given_design, scalar_quantizer_entropy):
        assert entropy(model, one) == 0.0


BAD: list[tuple[Any, str]] = [
    (lambda: joint_entropy(LinearModel(200, 100), limited_uniform(1.0, 8)), "at most 20000 ways"),
    (lambda: joint_entropy(LinearModel(300, 199), THREE), "got 1 means and 2.01e+04 ways"),  # 201 * 200 / 2
    (lambda: joint_entropy(LinearModel(9, 2, weights=[0.0, 1.0]), THREE), "2 means"),
    (lambda: entropy_given_design(LinearModel(4, 5), THREE), "samples >= features; got 4 and 5"),
    (lambda: entropy_given_design(LinearModel(9, 2, covariance=[1.0, 2.0]), THREE), "identity covariance"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_what_is_not_known_is_refused(call: Any, message: str) -> None:
    assert_refused(call, message, error=UnsupportedModelError)
