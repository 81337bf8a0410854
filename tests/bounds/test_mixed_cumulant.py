"""The average behind the Donsker-Varadhan bound: its parts by themselves, and the whole against sums over one weight."""

from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from linreg_compress.bounds import mixed_cumulant as module
from linreg_compress.bounds.donsker_varadhan import donsker_varadhan_bound
from linreg_compress.bounds.mixed_cumulant import channel_cumulant, design_cumulant, quantizer_cumulant
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.model import LinearModel
from tests import quadrature
from tests.compare import assert_close
from tests.tolerances import FLOAT, QUADRATURE

THREE = CellQuantizer(np.array([-0.7, 0.1, 0.9]), np.array([-0.3, 0.5]))


@pytest.mark.parametrize("degrees", [1, 2, 7, 300])
def test_sixteen_nodes_of_a_chi_square_have_its_moments(degrees: int) -> None:
    nodes, weights = module._laguerre(degrees, 16)
    for power in range(8):
        exact = np.prod(degrees + 2.0 * np.arange(power))
        assert_close(weights @ nodes**power, exact, 1e-10)


@pytest.mark.parametrize(("n", "d"), [(5, 1), (12, 8), (80, 50)])
def test_nodes_of_the_two_chi_squares_have_their_moments(n: int, d: int) -> None:
    model = LinearModel(n, d)
    q, log_q = module._design_nodes(model)
    assert_close([np.exp(log_q) @ q**power for power in (0, 1, -1)], [1.0, n - d + 1, 1 / (n - d - 1)], QUADRATURE)
    farthest = stats.chi2.isf(1e-16, n + 1)  # of the tilted law
    assert farthest <= q.max() <= 1.4 * farthest
    t, log_t = module._sample_nodes(model, 0.0)
    assert_close([np.exp(log_t) @ t**power for power in (0, 1, 2)], [1.0, n, n * (n + 2)], FLOAT)
    assert module._sample_nodes(model, 2.0)[0].min() < np.exp(-1.9) * t.min()
    assert module._design_nodes(model, 6.0)[0].min() < 1.1 * q.min() / 7


@pytest.mark.parametrize("size", [1e-9, 1e-3, 1.0, 600.0])
def test_a_logarithm_of_a_mean_keeps_its_digits(size: float) -> None:
    rng = np.random.default_rng(3)
    log_weights = np.log(rng.dirichlet(np.ones(30)))
    exponent = size * rng.uniform(-1, 1, 30)
    exact = np.log1p((np.exp(log_weights) * np.expm1(exponent)).sum())
    assert_close(module._log_mean(log_weights, exponent, log_weights + exponent), exact, FLOAT)
    assert module._log_mean(log_weights, exponent, np.full(30, np.inf)) == np.inf


@pytest.mark.parametrize("mean", [0.0, 0.3, 0.7, -0.9])
@pytest.mark.parametrize("deviation", [0.08, 0.4, 1.5, 6.0])
@pytest.mark.parametrize("step", [0.5, 4.0])
def test_phases_of_a_true_weight_have_the_wrapped_law(step: float, deviation: float, mean: float) -> None:
    truths, shares = module._phases(step, mean * step, deviation * step, 0.02 * step)
    periods = step * np.arange(-80, 81)
    exact = stats.norm.pdf(truths[:, None] + periods, mean * step, deviation * step).sum(axis=1)
    np.testing.assert_allclose(shares / shares.sum(), exact / exact.sum(), rtol=0, atol=1e-12)
    assert (np.abs(truths - step * np.rint(mean)) <= step / 2).all()


@pytest.mark.parametrize(
    ("step", "mean", "spread"), [(1.0, 0.0, 1.0), (1.0, 7.4, 0.2), (1e-3, 0.0, 3.0), (40.0, -3.0, 1.0)]
)
def test_far_cells_are_grouped_at_their_nearest_level(step: float, mean: float, spread: float) -> None:
    edges, levels = module._grouped(step, mean, np.array([mean]), spread)
    levels = levels[0]
    inner = (edges[1:-1] / step + 0.5) % 1
    assert np.minimum(inner, 1 - inner).max() < 1e-6  # between two levels of the quantizer
    assert (np.diff(edges) > 0).all()
    middle = levels.size // 2
    assert_close(levels[middle], step * np.rint(mean / step), FLOAT)
    assert_close(levels[middle + 1 :], edges[middle + 1 : -1] + step / 2, FLOAT)
    assert_close(levels[:middle], edges[1 : middle + 1] - step / 2, FLOAT)
    assert edges[-2] - levels[middle] > 1e5 * spread
    if step > spread / 50:  # one by one where the law has its mass
        near = np.abs(levels - levels[middle]) <= 10 * step
        assert_close(np.diff(levels[near]), np.full(near.sum() - 1, step), FLOAT)


LAMBDAS = np.array([0.01, 0.2, 3.0])


def by_sums(model: LinearModel, code: CellQuantizer | UniformQuantizer) -> tuple[float, Any]:
    """``E s`` and ``ln E (1 + 2 lambda s)^(-n/2)`` of one weight, over the true weight, q and the cells."""
    n, s2, mean = model.samples, model.noise_variance, float(model.mean_weights[0])
    deviation = float(np.sqrt(model.signal_variance))
    x = np.linspace(-9, 9, 301) if deviation else np.zeros(1)
    prior = np.exp(-(x**2) / 2) / np.exp(-(x**2) / 2).sum()
    truths = mean + deviation * x
    q, weights = quadrature.nodes(n)  # n - d + 1 degrees
    noise = np.sqrt(s2 / q)
    if isinstance(code, CellQuantizer):
        levels, inner = code.levels, code.thresholds
    else:
        step, offset = code.step, float(np.asarray(code.offset))
        size = int(np.ceil((9 * deviation + 20 * np.sqrt(s2 / (n - 2))) / step)) + 3
        levels = offset + step * (np.rint((mean - offset) / step) + np.arange(-size, size + 1))
        inner = (levels[1:] + levels[:-1]) / 2
    linear, total = 0.0, np.zeros(3)
    for level, low, high in zip(levels, [-np.inf, *inner], [*inner, np.inf], strict=True):
        mass = special.ndtr((high - truths[:, None]) / noise) - special.ndtr((low - truths[:, None]) / noise)
        chance = prior * (mass @ weights)
        s = s2 + (level - truths) ** 2
        linear += float(chance @ s)
        total += np.expm1(-n / 2 * np.log1p(2 * LAMBDAS[:, None] * s)) @ chance
    return linear, np.log1p(total)


MODELS = [
    LinearModel(12, 1, 0.8, weights=[0.25]),
    LinearModel(12, 1, 0.8, 0.05, weights=[0.25]),
    LinearModel(12, 1, 0.8, 0.9, weights=[-0.4]),
]
CODES: list[Any] = [
    THREE,
    UniformQuantizer(0.3),
    UniformQuantizer(0.6),
    UniformQuantizer(2.5),
    UniformQuantizer(30.0),
    UniformQuantizer(0.6, center=0.2, mid_rise=True),
]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("model", MODELS)
def test_one_weight_equals_sums(model: LinearModel, code: Any) -> None:
    found = quantizer_cumulant(model, code)
    mean, logs = by_sums(model, code)
    assert_close(found.mean_scale, mean, 1e-5)  # far cells at their nearest levels: the caller adds what is missing
    values = np.array([found.cumulant(lam) - model.samples * lam * found.mean_scale for lam in LAMBDAS])
    assert_close(values, logs, 1e-7)
    assert (values >= logs * (1 + 1e-11)).all()


@pytest.mark.parametrize("rate", [0.3, 2.0])
@pytest.mark.parametrize("model", [MODELS[0], LinearModel(12, 1, 0.8, 0.3)])
def test_one_weight_of_the_blind_channel_equals_integrals(model: LinearModel, rate: float) -> None:
    """Given q and w* the error is Gaussian; under a prior the logarithm is averaged over w*."""
    channel = BlindGaussianChannel.for_model(model, rate)
    delta, n, s2 = channel.normalized_distortion, model.samples, model.noise_variance
    x = np.linspace(-9, 9, 121)
    normal = np.exp(-(x**2) / 2) / np.exp(-(x**2) / 2).sum()
    distances = np.sqrt(model.signal_variance) * x if model.signal_variance else np.zeros(1)
    q, weights = quadrature.nodes(n)
    deviation = np.sqrt((1 - delta) ** 2 * s2 / q + delta * (1 - delta) * channel.source_variance)
    squares = (-delta * distances[:, None, None] + deviation[:, None] * x) ** 2  # w*, q, code
    chance = weights[:, None] * normal
    mean = (squares * chance).sum(axis=(1, 2))
    share = normal if model.signal_variance else np.ones(1)
    for lam in LAMBDAS:
        terms = np.expm1(-n / 2 * np.log1p(2 * lam * (s2 + squares)))
        logs = np.log1p((terms * chance).sum(axis=(1, 2)))
        found = channel_cumulant(model, channel)
        assert_close(found.mean_scale, s2 + share @ mean, QUADRATURE)
        assert_close(found.cumulant(lam), n * lam * (s2 + share @ mean) + share @ logs, 1e-7)


def test_one_weight_of_the_aware_channel_equals_integrals() -> None:
    n, s2, kept = 12, 0.8, 0.6
    x = np.linspace(-9, 9, 301)
    q, weights = quadrature.nodes(n)
    chance = weights[:, None] * np.exp(-(x**2) / 2) / np.exp(-(x**2) / 2).sum()
    s = s2 + kept * s2 * x**2 / q[:, None]
    found = design_cumulant(LinearModel(n, 1, s2), kept)
    for lam in LAMBDAS:
        total = np.log1p((np.expm1(-n / 2 * np.log1p(2 * lam * s)) * chance).sum())
        assert_close(found.cumulant(lam), n * lam * (s * chance).sum() + total, 1e-7)


@pytest.mark.parametrize("noise", [0.05, 0.8, 9.0])
def test_the_centred_average_ends_where_the_prior_does_not_bear_it(noise: float) -> None:
    model = LinearModel(12, 1, noise, 0.3)
    found = quantizer_cumulant(model, THREE, centred=True)
    assert_close(2 * 12 * 0.3 * found.largest, 1 - 1e-7, FLOAT)
    assert np.isfinite(found.cumulant(0.999 * found.largest))
    assert found.cumulant(1.001 * found.largest) == np.inf
    assert quantizer_cumulant(LinearModel(12, 1, noise), THREE, centred=True).largest == np.inf


@pytest.mark.parametrize("model", MODELS)
def test_the_centred_average_of_one_weight_equals_sums(model: LinearModel) -> None:
    """``ln E exp(n (lambda s - ln(1 + 2 lambda s) / 2))``."""
    found = quantizer_cumulant(model, THREE, centred=True)
    deviation = float(np.sqrt(model.signal_variance))
    x = np.linspace(-14, 14, 401) if deviation else np.zeros(1)
    prior = np.exp(-(x**2) / 2) / np.exp(-(x**2) / 2).sum()
    truths = float(model.mean_weights[0]) + deviation * x
    q, weights = quadrature.nodes(12)
    noise = np.sqrt(model.noise_variance / q)
    edges = [-np.inf, *THREE.thresholds, np.inf]
    for lam in (0.05, 0.3) if deviation < 0.5 else (0.01, 0.03):
        total = 0.0
        for level, low, high in zip(THREE.levels, edges[:-1], edges[1:], strict=True):
            mass = special.ndtr((high - truths[:, None]) / noise) - special.ndtr((low - truths[:, None]) / noise)
            s = model.noise_variance + (level - truths) ** 2
            total += float((prior * (mass @ weights)) @ np.expm1(12 * (lam * s - np.log1p(2 * lam * s) / 2)))
        assert_close(found.cumulant(lam), np.log1p(total), 1e-7)


def test_a_small_average_keeps_its_digits_beside_a_share_that_is_no_double() -> None:
    kind = module._Kind(np.array([0.0, 1.0]), np.array([-1000.0, 0.0]), np.array([-np.inf, np.inf]), np.array([1.0, 2.0]))
    found = kind.log_average(np.ones((1, 2)), np.array([1e-12, 0.3, 50.0]))
    assert_close(found[0], [-2e-12, -0.6, -100.0], 1e-11)


def test_the_centred_average_looks_as_far_down_as_its_thresholds_tilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given q a far threshold's tail is ``exp(-q (t - mean)^2 / (2 sigma^2))``, one factor a weight."""
    downs: list[float] = []
    nodes = module._design_nodes

    def recorded(model: LinearModel, down: float = 0.0) -> Any:
        downs.append(down)
        return nodes(model, down)

    monkeypatch.setattr(module, "_design_nodes", recorded)
    quantizer_cumulant(LinearModel(12, 3, 0.8, weights=[0.25, 0.25, 0.0]), THREE, centred=True)
    quantizer_cumulant(LinearModel(12, 3, 0.8), THREE)
    assert_close(downs, [3 * 0.55**2 / 0.8, 0.0], FLOAT)


@pytest.mark.parametrize("mean", [0.0, 0.3, -2.4, 1000.3])
def test_phases_carry_the_normal_law_wrapped_around_its_mean(mean: float) -> None:
    nodes, weights = module._phases(0.8, mean, 0.5, 0.05)
    expected = [np.exp(-(((node - mean + 0.8 * np.arange(-40, 41)) / 0.5) ** 2) / 2).sum() for node in nodes]
    assert_close(weights, expected, 1e-11)
    assert np.abs(nodes - mean).max() < 0.9


@pytest.mark.parametrize("s2", [1e-300, 1e300])
def test_variances_at_the_ends_of_the_doubles_only_scale_the_bound(s2: float) -> None:
    """Warnings are errors here: an overflow on the way would be one."""
    values = []
    for noise in (1.0, s2):
        model = LinearModel(4, 1, noise)
        code = BlindGaussianChannel.for_model(model, bits_per_weight=1.0)
        values.append(donsker_varadhan_bound(model, code, code.rate_nats).value / noise)
    assert values[1] == pytest.approx(values[0], rel=1e-12)
