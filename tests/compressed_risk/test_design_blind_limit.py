"""The true distortion-rate function of design-blind codes lies between the aware formula and the Gaussian channel."""

import math
from collections.abc import Callable
from functools import cache
from importlib import import_module
from itertools import pairwise, product

import numpy as np
import pytest

from linreg_compress.compressed_risk.design_blind_limit import DesignBlindLimit, certified_point, design_blind_limit
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.information.blahut_arimoto import GAP_NATS
from linreg_compress.model import LinearModel
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT, QUADRATURE

module = import_module("linreg_compress.compressed_risk.design_blind_limit")
SAMPLES = (3, 10, 50)
RATES = (0.05, 0.25, 0.5, 1.0, 2.0)
CASES = list(product(SAMPLES, RATES))


@cache
def found(n: int, rate: float) -> DesignBlindLimit:
    return design_blind_limit(n, rate)


@pytest.mark.parametrize("n", [1, 3, 400])
def test_nodes_reach_where_the_density_is_the_tail(n: int) -> None:
    t = module._grid(n, 2.0, 3.0)
    assert_close(np.cosh(t[[0, -1]]) ** -float(n), module._TAIL, 1e-9)
    assert_close(t, -t[::-1], FLOAT)
    assert t[t.size // 2] == 0
    assert np.ptp(np.diff(t)) < 1e-9


@pytest.mark.parametrize(("n", "rate"), CASES)
def test_aware_code_is_a_lower_bound(n: int, rate: float) -> None:
    limit = found(n, rate)
    assert_close(limit.aware, np.exp(-2 * rate) / n, FLOAT)
    assert limit.aware < limit.lower


@pytest.mark.parametrize(("n", "rate"), CASES)
def test_gaussian_channel_is_an_upper_bound(n: int, rate: float) -> None:
    limit = found(n, rate)
    assert limit.gaussian_channel == blind_channel_risks(n, 1, 1.0, rate).distortion
    assert limit.upper < limit.gaussian_channel


@pytest.mark.parametrize(("n", "rate"), CASES)
def test_gap_is_below_a_millionth_of_a_nat(n: int, rate: float) -> None:
    limit = found(n, rate)
    assert limit.lower <= limit.upper
    assert 0 <= limit.gap_nats <= 1e-6
    assert_close(limit.gap_nats, limit.slope * (limit.upper - limit.lower), 1e-6)


@pytest.mark.parametrize("n", SAMPLES)
def test_limit_is_convex_and_decreasing(n: int) -> None:
    limits = [found(n, rate) for rate in (0.0, *RATES)]
    assert limits[0].lower == limits[0].upper == limits[0].aware
    for before, after in pairwise(limits):
        assert after.upper < before.lower
        assert after.slope > before.slope
    for a, b, c in zip(limits, limits[1:], limits[2:], strict=False):
        share = (b.rate_nats - a.rate_nats) / (c.rate_nats - a.rate_nats)
        assert b.upper < (1 - share) * a.lower + share * c.lower


@pytest.mark.parametrize("n", SAMPLES)
@pytest.mark.parametrize("levels", [2, 3, 4, 6])
def test_no_scalar_quantizer_beats_the_limit(n: int, levels: int) -> None:
    """An independent route: exact risk and entropy of a quantizer by integrals over the chi-square."""
    model = LinearModel(samples=n, features=1)
    quantizer = lloyd_max(source_for(model), levels)
    increase = float(scalar_quantizer_risks(model, quantizer).distortion)
    limit = design_blind_limit(n, float(scalar_quantizer_entropy(model, quantizer)))
    assert limit.upper < increase


@pytest.mark.parametrize("n", SAMPLES)
def test_ratio_tends_to_the_constant_of_high_rate(n: int) -> None:
    """D(R) ~ exp(2 h(u) + E ln w - 2 R) / (2 pi e), Linder and Zamir 1999, in the variable t of the module."""
    t = np.linspace(-14, 14, 20_001)
    density = np.cosh(t) ** -float(n)
    mass = density.sum() * (t[1] - t[0])
    mean_log = float(density @ np.log(np.cosh(t)) / density.sum())
    constant = (n + 1) / (2 * np.pi * math.e) * mass**2 * np.exp(2 * n * mean_log)
    ratios = [found(n, rate).upper / found(n, rate).aware for rate in RATES]
    assert ratios == sorted(ratios)
    assert 0.98 * constant < ratios[-1] < constant


def test_many_samples_make_the_gaussian_formula_exact() -> None:
    excess = [found(n, 1.0).upper / found(n, 1.0).aware - 1 for n in SAMPLES]
    assert excess == sorted(excess, reverse=True)
    large = design_blind_limit(10**6, 1.0)
    assert large.upper / large.aware - 1 < 3e-6


def test_at_rate_zero_all_codes_are_one_and_the_slope_is_that_of_the_aware_code() -> None:
    """``D = sigma^2 exp(-2 R) / n``, so ``-dR/dD = n / (2 sigma^2)`` at R = 0, which no code beats."""
    found = design_blind_limit(10, 0.0, 0.7)
    assert found.lower == found.upper == found.aware
    assert_close(found.aware, 0.07, FLOAT)
    assert_close(found.slope, 10 / (2 * 0.7), FLOAT)
    assert found.gap_nats == 0


def test_noise_variance_is_a_unit() -> None:
    plain, scaled = found(10, 0.5), design_blind_limit(10, 0.5, 7.0)
    for name in ("lower", "upper", "aware", "gaussian_channel"):
        assert_close(getattr(scaled, name), 7 * getattr(plain, name), FLOAT)
    assert_close(scaled.slope, plain.slope / 7, FLOAT)
    assert scaled.gap_nats == plain.gap_nats


@pytest.mark.parametrize("rate", [1e-9, 1e-4, 0.01])
def test_tiny_rates_keep_their_bracket(rate: float) -> None:
    limit = design_blind_limit(3, rate)
    assert limit.lower <= limit.aware * (1 + rate)
    assert limit.aware <= limit.upper <= design_blind_limit(3, 0.0).upper
    assert limit.gap_nats <= GAP_NATS


# ---- what the certificate rests on


@pytest.mark.parametrize(("n", "rate"), [(3, 0.5), (10, 1.0), (50, 0.5)])
def test_twice_the_nodes_change_nothing(n: int, rate: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The density of the source, not its grid, is what the bracket is about."""
    slope = found(n, rate).slope
    plain = certified_point(n, slope)
    monkeypatch.setattr(module, "_NODES", 2 * module._NODES)
    finer = certified_point(n, slope)
    for name in ("rate_nats", "lower_rate_nats"):
        free = [getattr(point, name) + slope * point.distortion for point in (plain, finer)]
        assert_close(free[0], free[1], QUADRATURE)


@pytest.mark.parametrize(("n", "rate"), [(3, 0.25), (10, 0.5), (50, 1.0)])
def test_the_certified_lower_rate_is_that_of_another_program(n: int, rate: float) -> None:
    """The plain algorithm of Blahut and Arimoto on grids of its own: its ``R + s D`` falls to the least value."""
    limit = found(n, rate)
    end = float(np.arccosh(1e-13 ** (-1 / n)))
    t = np.linspace(-end, end, 301)
    p = np.cosh(t) ** -float(n)
    p /= p.sum()
    u, v = np.sinh(t), np.sinh(np.linspace(-end, end, 401))
    kernel = np.exp(-limit.slope * (n + 1) / n / (1 + u[:, None] ** 2) * (u[:, None] - v) ** 2)
    q = np.full(v.size, 1 / v.size)
    for _ in range(3000):
        q = q * ((p / (kernel @ q)) @ kernel)
    least = -float(p @ np.log(kernel @ q))
    certified = rate + limit.slope * limit.lower
    assert certified - 1e-8 <= least <= certified + 1e-4  # it converges slowly


def test_source_is_the_t_law_with_the_weights_of_the_model() -> None:
    u, p, w = module._source(10, 20.0)
    assert_close(p.sum(), 1.0, FLOAT)
    assert_close(p @ u**2, 1 / 8, QUADRATURE)  # variance of a weight, sigma^2 / (n - 2)
    assert_close(p @ (w * u**2), 1 / 10, QUADRATURE)  # D(0) = sigma^2 / n
    assert_close(p @ w, (11 / 10) * (10 / 11), QUADRATURE)  # E G / n = 1


@pytest.mark.parametrize("seed", range(5))
def test_maximum_bounds_the_multipliers_everywhere(seed: int) -> None:
    rng = np.random.default_rng(seed)
    u = np.sort(rng.normal(size=30))
    mass, steep = rng.random(30) / 10, 4 * rng.random(30)
    scan = np.linspace(-4, 4, 401)
    bound, peaks = module._maximum(mass, steep, u, scan)
    c = mass @ np.exp(-steep[:, None] * (u[:, None] - np.linspace(-4, 4, 100_003)) ** 2)
    assert c.max() <= bound <= c.max() * (1 + 1e-4)
    if c.max() > 1:
        at_peaks = mass @ np.exp(-steep[:, None] * (u[:, None] - peaks) ** 2)
        assert_close(at_peaks.max(), c.max(), 1e-7)


@pytest.mark.parametrize("steep", [0.3, 1.0, 6.0])
@pytest.mark.parametrize("gap", [0.3, 1.0])
@pytest.mark.parametrize("at", [0.3, 0.5, 0.7])
def test_maximum_between_two_far_places_of_the_scan_is_bounded(steep: float, gap: float, at: float) -> None:
    """The spline runs below a peak: the error of the wide interval, and not of its neighbours, makes up for it."""
    close = np.linspace(0, 4, 400)
    scan = np.concatenate([-close[::-1] - at * gap, close + (1 - at) * gap])
    bound, _ = module._maximum(np.ones(1), np.full(1, steep), np.zeros(1), scan)
    x = steep * gap**2
    assert 1 <= bound <= 1 + x**2 / 384 * (16 * x**2 + 48 * x + 12)


@pytest.mark.parametrize("x", [0.0, 0.4, 1.0, 1.5, 3.0])
def test_the_error_of_the_spline_is_the_bound_of_its_fourth_derivative(x: float) -> None:
    """``h^4 / 384 steep^2 (16 x^4 + 48 x^2 + 12) exp(-x^2)`` on a short interval, on which the sum falls."""
    steep, h, mass = 2.5, 0.002, 3.0
    scan = (x + np.array([0.0, 1.0]) * h) / np.sqrt(steep)
    bound, _ = module._maximum(np.full(1, mass), np.full(1, steep), np.zeros(1), scan)
    fourth = (16 * x**4 + 48 * x**2 + 12) * np.exp(-(x**2))
    assert_close((bound - mass * np.exp(-(x**2))) / (mass * h**4 / 384), fourth, 0.008)


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: design_blind_limit(10, -1.0), "rate_nats must be zero or positive; got -1.0"),
    (lambda: design_blind_limit(10, np.nan), "rate_nats must be finite; got nan"),
    (lambda: design_blind_limit(10, 3.0), "rate_nats must be at most 2.5; got 3.0"),
    (lambda: design_blind_limit(0, 1.0), "samples must be a whole number of at least 1; got 0"),
    (lambda: design_blind_limit(10, 1.0, 0.0), "noise_variance must be positive; got 0.0"),
    (lambda: design_blind_limit(10, 1.0, np.inf), "noise_variance must be finite; got inf"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    assert_refused(call, message)


def test_weights_of_infinite_variance_are_refused() -> None:
    assert_refused(lambda: design_blind_limit(2, 1.0), "samples >= features + 2", error=UnsupportedModelError)
