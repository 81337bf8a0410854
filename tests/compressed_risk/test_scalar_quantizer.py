"""Exact risks of scalar quantizers against integrals written from the theory, which share no node and no trick."""

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special
from scipy.integrate import quad, quad_vec

from linreg_compress.compressed_risk import scalar_quantizer
from linreg_compress.compressed_risk.criterion import interpolated_excess_risk
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import NormalSource, source_for
from linreg_compress.compression.scalar.uniform import UniformQuantizer, limited_uniform
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate
from tests import seeds
from tests.compare import assert_close, assert_mean, assert_refused
from tests.quadrature import gauss_legendre
from tests.tolerances import FLOAT, QUADRATURE

Array = NDArray[np.float64]
Quantizer = CellQuantizer | UniformQuantizer

SIGN = CellQuantizer(np.array([-0.2, 0.2]), np.array([0.0]), "sign")
UNEVEN = CellQuantizer(np.array([-0.9, -0.1, 0.05, 2.0]), np.array([-0.3, -0.02, 0.7]), "uneven")
CONSTANT = CellQuantizer(np.array([0.1]), np.array([]), "constant")
RAMP = np.linspace(-0.6, 0.9, 5)

SETTINGS: list[tuple[LinearModel, Quantizer]] = [
    (LinearModel(3, 1), SIGN),
    (LinearModel(4, 1, 0.3, weights=[0.7]), UNEVEN),
    (LinearModel(3, 1, weights=[0.2]), UniformQuantizer(0.5)),
    (LinearModel(9, 1, 2.0), UniformQuantizer(3.0, mid_rise=True)),
    (LinearModel(4, 2), limited_uniform(0.4, 5)),
    (LinearModel(4, 2, weights=[0.3, -0.1]), UniformQuantizer(1.0, center=0.2)),
    (LinearModel(7, 5, weights=RAMP), UNEVEN),
    (LinearModel(8, 5, weights=RAMP), UniformQuantizer(0.25)),
    (LinearModel(31, 29), SIGN),
    (LinearModel(31, 29, 0.01), UniformQuantizer(0.05)),
    (LinearModel(80, 50), SIGN),
    (LinearModel(80, 50, weights=np.full(50, 0.3)), lloyd_max(source_for(LinearModel(80, 50)), 16)),
    (LinearModel(80, 50), UniformQuantizer(0.01)),
    (LinearModel(80, 50), CONSTANT),
    (LinearModel(400, 20, 3.0), limited_uniform(0.02, 8)),
    (LinearModel(12, 5, covariance=[0.2, 1.0, 1.0, 3.0, 7.0], weights=RAMP), UNEVEN),
    (LinearModel(7, 5, covariance=[0.2, 1.0, 1.0, 3.0, 7.0]), UniformQuantizer(0.8)),
    (LinearModel(30, 5, 0.5, covariance=np.arange(1.0, 6.0), weights=RAMP), UniformQuantizer(0.3, center=0.1)),
    (LinearModel(12, 3, signal_variance=0.2), SIGN),
    (LinearModel(12, 3, signal_variance=0.05, weights=[0.1, 0.1, -2.0]), UNEVEN),
    (LinearModel(80, 50, signal_variance=0.02), lloyd_max(NormalSource(0.0, 0.02 + 1 / 29), 4)),
    (LinearModel(40, 10, 2.0, signal_variance=0.1), UniformQuantizer(0.4)),
    (LinearModel(5, 1, signal_variance=0.5), UniformQuantizer(1.5, mid_rise=True)),
]


def thresholds(quantizer: Quantizer, low: float, high: float) -> Array:
    """All thresholds between two weights."""
    if isinstance(quantizer, CellQuantizer):
        return quantizer.thresholds
    first, last = np.floor((np.array([low, high]) - quantizer.offset) / quantizer.step)
    return np.asarray(quantizer.offset + quantizer.step * (np.arange(first, last + 2) - 0.5))


def panels(edges: Array, order: int = 10) -> tuple[Array, Array]:
    x, w = gauss_legendre(order)
    half, middle = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
    return (middle + half * x).ravel(), (half * w).ravel()


def given_true_weight(quantizer: Quantizer, truth: float, s: float) -> Array:
    """E e^2, E u e and E u^2 e^2 for ``W = truth + u``, u ~ N(0, s^2), panel by panel between the thresholds."""
    if isinstance(quantizer, UniformQuantizer) and s > 3 * quantizer.step:
        # the phase of W in its cell is uniform but for exp(-2 pi^2 9) = 1e-77, and independent of u
        return np.array([1.0, 0.0, s * s]) * quantizer.step**2 / 12
    reach = 9.0 * s
    cuts = np.clip(thresholds(quantizer, truth - reach, truth + reach) - truth, -reach, reach)
    u, mass = panels(np.unique(np.concatenate([cuts, np.linspace(-reach, reach, 13)])))
    w = truth + u
    e = quantizer.compress(w) - w
    mass = mass * np.exp(-((u / s) ** 2) / 2) / (s * np.sqrt(2 * np.pi))
    return np.array([mass @ e**2, mass @ (u * e), mass @ (u * e) ** 2])


def given_q(model: LinearModel, quantizer: Quantizer, q: float) -> Array:
    """sum_j S_j E e_j^2, sum_j S_j E u_j e_j, sum_j E e_j^2 and E (u' S e)^2 given q, S = diag(Sigma)."""
    scales = np.ones(model.features) if model.covariance is None else np.diag(np.asarray(model.covariance))
    totals, cross_squares = np.zeros(4), 0.0
    found: dict[tuple[float, float], Array] = {}
    for truth, scale in zip(model.mean_weights.tolist(), scales.tolist(), strict=True):
        if (truth, scale) not in found:
            s = float(np.sqrt(model.noise_variance / (q * scale)))
            if model.signal_variance:  # average over the true weight: trapezoid rule, exact for Gaussian tails
                x = np.arange(-9.0, 9.01, 0.25)
                weights = np.exp(-(x**2) / 2) / np.exp(-(x**2) / 2).sum()
                truths = truth + np.sqrt(model.signal_variance) * x
                found[truth, scale] = weights @ [given_true_weight(quantizer, each, s) for each in truths]
            else:
                found[truth, scale] = given_true_weight(quantizer, truth, s)
        e_e, u_e, uu_ee = found[truth, scale]
        totals += [scale * e_e, scale * u_e, e_e, scale**2 * uu_ee]
        cross_squares += (scale * u_e) ** 2
    totals[3] += totals[1] ** 2 - cross_squares
    return totals


def reference(model: LinearModel, quantizer: Quantizer) -> dict[str, float]:
    """Section 5 of the theory by adaptive quadrature in ln q (fixed weights), or Gauss-Legendre panels (priors)."""
    n, d, s2 = model.samples, model.features, model.noise_variance
    nu = n - d + 1
    log_norm = -nu / 2 * np.log(2) - special.gammaln(nu / 2)

    def integrand(log_q: float) -> Array:
        q = float(np.exp(log_q))
        density = np.exp(log_norm + nu / 2 * log_q - q / 2)
        values = given_q(model, quantizer, q)
        values[3] *= q / nu  # from chi^2_nu to chi^2_{nu + 2}
        return np.asarray(density * values)

    low = np.log(2 * special.gammaincinv(nu / 2 - 1, 1e-12)) - (0 if nu > 3 else 4)
    high = np.log(2 * special.gammainccinv(nu / 2, 1e-16))
    if model.signal_variance:
        points, masses = panels(np.linspace(low, high, 6 if nu > 9 else 13), 16)
        e_e, u_e, plain, squared = masses @ [integrand(x) for x in points]
    else:
        e_e, u_e, plain, squared = quad_vec(integrand, low, high, epsabs=0, epsrel=1e-11, limit=400)[0]
    return {
        "excess_risk": d * s2 / (n - d - 1) + 2 * u_e + e_e,
        "distortion": ((n + 1) * e_e - nu / s2 * squared) / n,
        "weight_mse": plain / d,
    }


@pytest.mark.parametrize(("model", "quantizer"), SETTINGS)
def test_risks_equal_independent_quadrature(model: LinearModel, quantizer: Quantizer) -> None:
    found = scalar_quantizer_risks(model, quantizer)
    for name, value in reference(model, quantizer).items():
        assert_close(getattr(found, name), value, QUADRATURE)
    assert found.quadrature_error < 1e-8  # between this rule and one of twice its step
    base = model.features * model.weight_variance
    assert abs(found.population_risk_change - (found.excess_risk - base)) <= FLOAT * (base + found.excess_risk)
    size = found.population_risk + found.empirical_risk
    assert abs(found.generalization_error - (found.population_risk - found.empirical_risk)) <= FLOAT * size


@pytest.mark.parametrize(
    ("model", "quantizer", "center"),
    [
        (LinearModel(80, 50), SIGN, 0.0),
        (LinearModel(4, 2, weights=[0.3, -0.1]), UniformQuantizer(1.0, center=0.2), 0.2),
        (LinearModel(30, 5, 0.5, covariance=np.arange(1.0, 6.0), weights=RAMP), UniformQuantizer(0.3, center=0.1), 0.1),
        (LinearModel(12, 3, 4.0, weights=[0.1, 0.1, -2.0]), SIGN, 0.0),
        (LinearModel(12, 3, 4.0, signal_variance=0.2), SIGN, 0.0),
        (LinearModel(12, 3, 4.0, weights=[0.1, 0.1, -2.0]), UniformQuantizer(0.7, center=0.1, mid_rise=True), 0.1),
        (
            LinearModel(12, 3, 4.0, weights=[5.1, 5.0, 4.0]),
            CellQuantizer(np.array([4.5, 5.0, 6.5]), np.array([4.8, 5.2])),
            5.5,
        ),
    ],
)
def test_normalized_distortion_is_the_share_of_the_spread_around_the_centre(
    model: LinearModel, quantizer: Quantizer, center: float
) -> None:
    n, d = model.samples, model.features
    scales = np.ones(d) if model.covariance is None else np.diag(np.asarray(model.covariance))
    spread = np.mean(model.noise_variance / (n - d - 1) / scales + (np.asarray(model.mean_weights) - center) ** 2)
    found = scalar_quantizer_risks(model, quantizer)
    assert_close(found.normalized_distortion, found.weight_mse / (spread + model.signal_variance), FLOAT)


@pytest.mark.parametrize("length", [1e-4, 1.0, 1e5])
def test_quadrature_error_is_relative_where_the_variance_is_infinite(length: float) -> None:
    """Whatever the levels are, far beyond the weights or close to their middle."""
    found = scalar_quantizer_risks(LinearModel(3, 3), CellQuantizer(np.array([-length, length]), np.array([0.0])))
    assert_close(found.excess_risk, 3 * length**2, FLOAT)
    assert found.quadrature_error < QUADRATURE


def test_there_are_twenty_settings() -> None:
    assert len(SETTINGS) >= 20


@pytest.mark.parametrize("quantizer", [SIGN, UNEVEN, limited_uniform(0.7, 6)])
@pytest.mark.parametrize("n", [3, 4, 20])
def test_one_weight_equals_one_integral_over_its_t_density(n: int, quantizer: CellQuantizer) -> None:
    """d = 1: no q at all, ``E[G | W] = (n + 1) sigma^2 / (sigma^2 + u^2)``."""
    truth, s2 = 0.3, 0.7
    found = scalar_quantizer_risks(LinearModel(n, 1, s2, weights=[truth]), quantizer)
    peak = special.gamma((n + 1) / 2) / special.gamma(n / 2) / np.sqrt(np.pi * s2)

    def error(u: float) -> float:
        return float(quantizer.levels[int(np.searchsorted(quantizer.thresholds, truth + u))]) - truth - u

    def increase(u: float) -> float:
        density = peak * (1 + u * u / s2) ** (-(n + 1) / 2)
        return float(density * error(u) ** 2 * (n + 1) / n * s2 / (s2 + u * u))

    def excess(u: float) -> float:
        return float(peak * (1 + u * u / s2) ** (-(n + 1) / 2) * (u + error(u)) ** 2)

    edges = [-np.inf, *(quantizer.thresholds - truth), np.inf]
    for kernel, value in ((increase, found.distortion), (excess, found.excess_risk)):
        total = sum(quad(kernel, a, b, epsabs=0, epsrel=1e-12, limit=500)[0] for a, b in itertools.pairwise(edges))
        assert_close(value, total, QUADRATURE)


@pytest.mark.parametrize("quantizer", [SIGN, UNEVEN, UniformQuantizer(0.6)])
def test_two_weights_equal_one_integral_over_their_t_density(quantizer: Quantizer) -> None:
    """d = 2: the bracket ``|e|^2 - (u.e)^2 / (sigma^2 + |u|^2)`` over the bivariate t law, without change of measure."""
    n, s2, truth = 14, 1.3, np.array([0.2, -0.4])
    found = scalar_quantizer_risks(LinearModel(n, 2, s2, weights=truth), quantizer)
    sides = []
    for each in truth:
        cuts = thresholds(quantizer, -30.0, 30.0) - each
        grid = np.sinh(np.linspace(-5.5, 5.5, 23))
        edges = np.unique(np.concatenate([grid, cuts[np.abs(cuts) < grid[-1]]]))
        u, mass = panels(edges, 8 if isinstance(quantizer, UniformQuantizer) else 12)
        sides.append((u, mass, quantizer.compress(each + u) - each - u))
    (u1, m1, e1), (u2, m2, e2) = ((u[None], m[None], e[None]) for u, m, e in sides)
    u1, m1, e1 = u1.T, m1.T, e1.T
    nu = n - 1
    size = u1**2 + u2**2
    density = (nu / 2) / (np.pi * s2) * (1 + size / s2) ** (-(nu + 2) / 2) * m1 * m2
    bracket = e1**2 + e2**2 - (u1 * e1 + u2 * e2) ** 2 / (s2 + size)
    assert_close(found.distortion, (n + 1) / n * float(np.sum(density * bracket)), QUADRATURE)
    assert_close(found.excess_risk, float(np.sum(density * ((u1 + e1) ** 2 + (u2 + e2) ** 2))), QUADRATURE)


@pytest.mark.parametrize(("n", "d"), [(3, 1), (4, 2), (31, 29), (80, 50), (1000, 20)])
def test_constant_at_the_true_weights_has_the_distortion_at_rate_0(n: int, d: int) -> None:
    constant = CellQuantizer(np.array([0.25]), np.array([]))
    found = scalar_quantizer_risks(LinearModel(n, d, 0.7, weights=np.full(d, 0.25)), constant)
    assert_close(found.distortion, 0.7 * d / n, FLOAT)
    assert abs(found.excess_risk) <= FLOAT * 0.7 * d / (n - d - 1)
    assert found.quadrature_error < 1e-8


@pytest.mark.monte_carlo
@pytest.mark.parametrize(
    ("model", "quantizer"),
    [
        (LinearModel(20, 8, weights=np.linspace(-0.5, 0.5, 8)), UniformQuantizer(0.4)),
        (LinearModel(20, 8, 0.5, signal_variance=0.1), lloyd_max(NormalSource(0.0, 0.1 + 0.5 / 11), 4)),
        (LinearModel(20, 4, covariance=[0.3, 1.0, 2.0, 5.0], weights=[0.1, 0.2, -0.3, 1.0]), UNEVEN),
    ],
)
def test_risks_agree_with_raw_data(model: LinearModel, quantizer: Quantizer) -> None:
    found = scalar_quantizer_risks(model, quantizer)
    simulated = simulate(model, [quantizer], 30_000, seed=seeds.number(5)).compressed[0]
    assert_mean(simulated.distortion, float(found.distortion))
    assert_mean(simulated.population_risk_change, float(found.population_risk_change))
    assert_mean(simulated.empirical_risk, float(found.empirical_risk))


def test_two_node_counts_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    first = [scalar_quantizer_risks(*setting) for setting in SETTINGS]
    monkeypatch.setattr(scalar_quantizer, "_SMOOTH", 0.04)
    second = [scalar_quantizer_risks(*setting) for setting in SETTINGS]
    for one, two in zip(first, second, strict=True):
        for name in ("population_risk", "distortion", "weight_mse", "empirical_risk"):
            assert_close(getattr(one, name), getattr(two, name), 1e-11)


@pytest.mark.parametrize("levels", [2, 4, 16])
def test_lloyd_max_obeys_the_interpolation_theorem_as_nu_grows(levels: int) -> None:
    """Under a prior (w*, W) is Gaussian only in the limit: the defect of the straight line falls like 1 / nu or faster."""
    defects = []
    for nu in (50, 500, 5000):
        model = LinearModel(nu + 9, 10, noise_variance=nu, signal_variance=0.4)
        quantizer = lloyd_max(NormalSource(0.0, 0.4 + model.weight_variance), levels)
        found = scalar_quantizer_risks(model, quantizer)
        line = interpolated_excess_risk(nu + 9, 10, nu, 0.4, float(found.normalized_distortion))
        defects.append(abs(float(found.excess_risk / line) - 1))
    assert defects[0] < 0.05
    assert defects[1] < defects[0] / 5
    assert defects[2] < defects[1] / 5


def test_entropy_of_the_indices_equals_that_of_the_law() -> None:
    model = LinearModel(40, 10)
    source = source_for(model)
    cells = lloyd_max(source, 8)
    p = source.moments(cells.thresholds).probability
    assert_close(scalar_quantizer_entropy(model, cells), float(-10 * np.sum(p * np.log(p))), QUADRATURE)
    uniform = UniformQuantizer(0.1)
    p = source.moments(0.1 * (np.arange(-40_000, 40_000) + 0.5)).probability
    assert_close(scalar_quantizer_entropy(model, uniform), float(10 * np.sum(special.entr(p))), QUADRATURE)


BAD: list[tuple[Any, str]] = [
    (LinearModel(4, 5), "samples >= features"),
    (LinearModel(8, 5, weights=[1e60, 0, 0, 0, 0]), "1e+50 times sigma"),
    (LinearModel(9, 2, covariance=[[1.0, 0.5], [0.5, 1.0]]), "diagonal covariance"),
]


@pytest.mark.parametrize(("model", "message"), BAD)
def test_what_has_no_formula_is_refused(model: LinearModel, message: str) -> None:
    assert_refused(lambda: scalar_quantizer_risks(model, SIGN), message, error=UnsupportedModelError)


def test_levels_without_limit_need_a_finite_variance() -> None:
    call = lambda: scalar_quantizer_risks(LinearModel(6, 5), UniformQuantizer(1.0))  # noqa: E731
    assert_refused(call, "levels without limit", "got 6 samples and 5 features", error=UnsupportedModelError)
    tiny = lambda: scalar_quantizer_entropy(LinearModel(9, 5, 1e40), UniformQuantizer(1e-290))  # noqa: E731
    assert_refused(tiny, "the step must be at least 1e-300 times sigma", error=UnsupportedModelError)
