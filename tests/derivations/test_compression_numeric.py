"""Rate distortion and compression: the proved formulas against the numeric modules."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from scipy import integrate, stats

from linreg_compress import information as rd
from linreg_compress.compressed_risk.criterion import (
    bayes_decoder_excess_risk,
    interpolated_excess_risk,
)
from linreg_compress.compressed_risk.criterion import compression_criterion as numeric_criterion
from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks, blind_channel_risks
from linreg_compress.compressed_risk.laws import compressed_empirical_risk_law
from linreg_compress.compressed_risk.laws import improvement_probability as numeric_improvement_probability
from linreg_compress.compressed_risk.linear_channel import linear_channel_risks
from linreg_compress.compressed_risk.water_filling import water_filled_risks, water_filled_risks_limit
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.derivations.compression.aware_channel_risk import aware_channel_risk
from linreg_compress.derivations.compression.bayes_decoder_never_gains import bayes_decoder_never_gains
from linreg_compress.derivations.compression.best_ridge_limit import best_ridge_limit
from linreg_compress.derivations.compression.blind_channel_empirical_law import blind_channel_empirical_law
from linreg_compress.derivations.compression.blind_channel_risk import blind_channel_risk
from linreg_compress.derivations.compression.compression_criterion import compression_criterion
from linreg_compress.derivations.compression.correlated_features_risk import correlated_features_risk
from linreg_compress.derivations.compression.distortion_rate_is_convex_and_decreasing import (
    distortion_rate_is_convex_and_decreasing,
)
from linreg_compress.derivations.compression.distortion_rate_of_linear_model import distortion_rate_of_linear_model
from linreg_compress.derivations.compression.gaussian_rate_distortion import gaussian_rate_distortion
from linreg_compress.derivations.compression.gaussian_test_channel import gaussian_test_channel
from linreg_compress.derivations.compression.generalization_error_shrinks import generalization_error_shrinks
from linreg_compress.derivations.compression.improvement_probability import improvement_probability
from linreg_compress.derivations.compression.interpolation_theorem import interpolation_theorem
from linreg_compress.derivations.compression.linear_channel_risk import linear_channel_risk
from linreg_compress.derivations.compression.marchenko_pastur_limits import marchenko_pastur_limits
from linreg_compress.derivations.compression.noise_alone_never_helps import noise_alone_never_helps
from linreg_compress.derivations.compression.reverse_water_filling import reverse_water_filling
from linreg_compress.derivations.compression.ridge_risk import ridge_risk
from linreg_compress.derivations.compression.water_filled_limit import water_filled_limit
from linreg_compress.derivations.compression.water_filled_risk import water_filled_risk
from linreg_compress.derivations.ledger import Derivation
from linreg_compress.least_squares.ridge import ridge_excess_risk, ridge_excess_risk_limit
from linreg_compress.least_squares.spectrum import MarchenkoPastur
from linreg_compress.model import LinearModel
from tests import seeds
from tests.compare import assert_close, assert_equals_reference, assert_sample_mean, assert_share
from tests.references import mp
from tests.tolerances import QUADRATURE

POINTS = 20

LABELS = {  # of the steps that hold these risks
    "population_risk_change": "change",
    "excess_risk": "excess",
    "distortion": "distortion",
    "generalization_error": "gap",
}


def proved(derivation: Derivation, step: str = "") -> Callable[..., Any]:
    """Right side of a step (the conclusion by default) as a function of its symbols' names, to 40 digits."""
    right = sp.sympify((derivation.line(step) if step else derivation.concluding_step).right)
    symbols = sorted(right.free_symbols, key=str)
    function = sp.lambdify(symbols, right, mp)

    def evaluate(**values: Any) -> Any:
        assert set(values) >= {str(symbol) for symbol in symbols}
        return function(*(mp.mpf(values[str(symbol)]) for symbol in symbols))

    return evaluate


def draw() -> list[dict[str, Any]]:
    """Random points: n and d integers, all else binary fractions, so that doubles are exact."""
    rng = random.Random(20)
    points = []
    for _ in range(POINTS):
        d = rng.randint(1, 40)
        point = {name: rng.randint(1, 400) / 128 for name in ("sigma", "tau", "R", "V", "v", "lambda", "g", "E")}
        points.append(point | {"d": d, "n": d + 2 + rng.randint(0, 60), "delta": rng.randint(1, 127) / 128})
    return points


def rate_point(point: dict[str, Any]) -> dict[str, Any]:
    """Return the point with delta = exp(-2 R / d) to 40 digits, and v of least squares."""
    v = mp.mpf(point["sigma"]) ** 2 / (point["n"] - point["d"] - 1)
    return point | {"delta": mp.exp(-2 * mp.mpf(point["R"]) / point["d"]), "v": v}


def compare(
    derivation: Derivation, numeric: Callable[[dict[str, Any]], Any], step: str = "", *, at_rate: bool = True
) -> None:
    """Assert that the proved right side equals `numeric` at every random point."""
    formula = proved(derivation, step)
    points = draw()
    exact = [formula(**(rate_point(point) if at_rate else point)) for point in points]
    assert assert_equals_reference([float(numeric(point)) for point in points], exact) == POINTS


def test_distortion_rate() -> None:
    compare(gaussian_rate_distortion(), lambda p: rd.distortion_rate(p["V"], p["R"]))
    compare(distortion_rate_is_convex_and_decreasing(), lambda p: rd.distortion_rate(p["V"], p["R"], p["d"]))


def test_channel_rate() -> None:
    compare(gaussian_test_channel(), lambda p: rd.rate_distortion(p["V"], p["delta"] * p["V"]), at_rate=False)


def test_water_level() -> None:
    formula = proved(reverse_water_filling())
    rng = seeds.generator(3)
    exact, found, kinds = [], [], set()
    for point in range(POINTS):
        variances = np.sort(rng.permutation(np.arange(1, 64))[:6] / 16)[::-1]
        # the rates at which one component more becomes active; between two of them lies a rate for every number
        steps = np.append([np.log(variances[:k] / variances[k]).sum() / 2 for k in range(6)], 9.0)
        k = point % 6
        rate, variances = float(steps[k] + rng.uniform(0.1, 0.9) * (steps[k + 1] - steps[k])), rng.permutation(variances)
        split = rd.reverse_water_filling(variances, rate)
        active = [mp.mpf(x) for x in variances[split.rates_nats > 0]]
        level = formula(R=rate, k=len(active), V_g=mp.exp(mp.fsum(mp.log(x) for x in active) / len(active)))
        exact += [level, *(min(level, mp.mpf(x)) for x in variances)]
        found += [split.water_level, *split.distortions]
        kinds.add(len(active))
    assert assert_equals_reference(found, exact) == 7 * POINTS
    assert kinds == {1, 2, 3, 4, 5, 6}


def test_design_aware_risks() -> None:
    def numeric(name: str) -> Callable[[dict[str, Any]], Any]:
        return lambda p: getattr(aware_channel_risks(p["n"], p["d"], p["sigma"] ** 2, p["R"]), name)

    compare(distortion_rate_of_linear_model(), numeric("distortion"))
    for step, name in (
        ("risk", "excess_risk"),
        ("change", "population_risk_change"),
        ("distortion", "distortion"),
        ("training", "empirical_risk"),
    ):
        compare(aware_channel_risk(), numeric(name), step)
    compare(aware_channel_risk(), numeric("generalization_error"), "gap")
    compare(generalization_error_shrinks(), numeric("generalization_error"))


def test_design_blind_risks() -> None:
    def numeric(name: str) -> Callable[[dict[str, Any]], Any]:
        return lambda p: getattr(
            blind_channel_risks(p["n"], p["d"], p["sigma"] ** 2, p["R"], signal_variance=p["tau"] ** 2), name
        )

    for step, name in (("excess", "excess_risk"), ("distortion", "distortion"), ("gap", "generalization_error")):
        compare(blind_channel_risk(), numeric(name), step)
    compare(noise_alone_never_helps(), numeric("excess_risk"), "channel")


@pytest.mark.monte_carlo
def test_noise_alone_by_simulation() -> None:
    rng = seeds.generator(11)
    n, d, a, draws = 14, 4, 0.25, 20000
    X = rng.standard_normal((draws, n, d))
    error = np.linalg.solve(X.swapaxes(1, 2) @ X, (X.swapaxes(1, 2) @ rng.standard_normal((draws, n, 1))))[..., 0]
    noisy = error + np.sqrt(a) * rng.standard_normal(error.shape)
    change = float(proved(noise_alone_never_helps())(a=a, d=d))
    assert_sample_mean((noisy**2).sum(axis=1) - (error**2).sum(axis=1), change)


def test_linear_channel_risks() -> None:
    points = [rate_point(p) | {"a": p["lambda"] - 1, "s": p["E"], "t": p["g"]} for p in draw()]  # a from -1 to 2
    for name, step in LABELS.items():
        formula = proved(linear_channel_risk(), step)
        found = [
            float(getattr(linear_channel_risks(p["n"], p["d"], p["sigma"] ** 2, p["a"], p["s"] ** 2, p["t"]), name))
            for p in points
        ]
        size = [p["d"] * ((1 + abs(p["a"])) ** 2 * 2 * (p["v"] + p["sigma"] ** 2 / p["n"] + p["t"])) for p in points]
        assert assert_equals_reference(found, [formula(**p) for p in points], condition=size) == POINTS


def test_correlated_features_risks() -> None:
    points = [rate_point(p) | {"kappa": 1 + p["E"]} for p in draw()]
    for name, step in LABELS.items():
        formula = proved(correlated_features_risk(), step)
        found = []
        for p in points:
            risks = blind_channel_risks(
                p["n"], p["d"], p["sigma"] ** 2, p["R"], signal_variance=p["tau"] ** 2, variance_inflation=p["kappa"]
            )
            found.append(float(getattr(risks, name)))
        size = [p["d"] * p["delta"] * (mp.mpf(p["tau"]) ** 2 + p["v"] * (1 + p["kappa"])) for p in points]
        condition = size if name == "population_risk_change" else None
        assert assert_equals_reference(found, [formula(**p) for p in points], condition=condition) == POINTS
    for p in points:
        criterion = numeric_criterion(p["n"], p["d"], p["sigma"] ** 2, p["tau"] ** 2, variance_inflation=p["kappa"])
        gains = proved(correlated_features_risk())(**p) < 0
        assert bool(criterion.population_risk_change(float(p["delta"])) < 0) == gains
        high_rate = proved(correlated_features_risk(), "high-rate")(kappa=p["kappa"], v=p["v"])
        assert_close(float(criterion.boundary_signal_variance), max(0.0, float(high_rate)), 1e-12)


def test_interpolation_and_criterion() -> None:
    def arguments(p: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
        return p["n"], p["d"], p["sigma"] ** 2, p["tau"] ** 2

    def at(p: dict[str, Any]) -> dict[str, Any]:
        return p | {"v": mp.mpf(p["sigma"]) ** 2 / (p["n"] - p["d"] - 1)}

    points = [at(point) for point in draw()]
    line, bayes = proved(interpolation_theorem()), proved(bayes_decoder_never_gains())
    exact = [p["d"] * line(**p) for p in points] + [bayes(**p) for p in points]
    found = [float(interpolated_excess_risk(*arguments(p), p["delta"])) for p in points]
    found += [float(bayes_decoder_excess_risk(*arguments(p), p["delta"])) for p in points]
    assert assert_equals_reference(found, exact) == 2 * POINTS

    change = proved(compression_criterion())
    exact = [change(**p) for p in points]
    criteria = [numeric_criterion(*arguments(p)) for p in points]
    found = [float(c.population_risk_change(p["delta"])) for c, p in zip(criteria, points, strict=True)]
    size = [p["d"] * p["delta"] * (mp.mpf(p["tau"]) ** 2 + p["v"]) for p in points]
    assert assert_equals_reference(found, exact, condition=size) == POINTS
    assert [bool(c.compression_helps) for c in criteria] == [bool(x < 0) for x in exact]
    assert len({x < 0 for x in exact}) == 2


def test_water_filled_risks() -> None:
    excess, distortion, gap = (proved(water_filled_risk(), step) for step in ("direction", "distortion", "gap"))
    rng = seeds.generator(5)
    compared = 0
    for _ in range(POINTS):
        g, rate, n = rng.integers(1, 4000, 5) / 64, rng.integers(1, 200) / 32, 9
        s2, t2 = rng.integers(1, 64) / 16, rng.integers(1, 64) / 16
        found = water_filled_risks(g, n, s2, t2, rate)
        split = rd.reverse_water_filling(t2 * g + s2, rate)
        # the level solves for the rate; everything after it is the formula's
        level = _level([mp.mpf(t2) * mp.mpf(x) + s2 for x in g], rate, int((split.rates_nats > 0).sum()))
        at = [
            {"sigma": mp.sqrt(s2), "tau": mp.sqrt(t2), "g": x, "n": n, "delta": min(1, level / (mp.mpf(t2) * x + s2))}
            for x in map(mp.mpf, g)
        ]
        exact = [
            mp.fsum(excess(**p) for p in at),
            mp.fsum(distortion(**p) for p in at) / n,
            mp.fsum(gap(**p) for p in at),
        ]
        size = [exact[0], exact[1], mp.fsum(abs(gap(**p)) for p in at) + 64]
        values = [found.excess_risk, found.distortion, found.generalization_error]
        compared += assert_equals_reference(np.array(values), exact, condition=size)
    assert compared == 3 * POINTS


def _level(source: list[Any], rate: float, active: int) -> Any:
    largest = sorted(source, reverse=True)[:active]
    return mp.exp((mp.fsum(mp.log(x) for x in largest) - 2 * rate) / active)


def test_ridge_risk() -> None:
    def numeric(p: dict[str, Any], penalty: float | None = None) -> Any:
        return ridge_excess_risk([p["g"]], p["sigma"] ** 2, p["tau"] ** 2, penalty)

    compare(ridge_risk(), numeric)
    compare(ridge_risk(), lambda p: numeric(p, p["lambda"]), "direction")


def test_limits() -> None:
    inverse, population = proved(marchenko_pastur_limits(), "mean-inverse"), proved(marchenko_pastur_limits())
    ridge, excess = proved(best_ridge_limit()), proved(water_filled_limit())
    border = proved(water_filled_limit(), "criterion")
    compared = 0
    for gamma in (0.125, 0.25, 0.5, 0.75, 0.875):
        law = MarchenkoPastur(gamma)
        assert_close(law.expectation(lambda s: 1 / s), float(inverse(gamma=gamma)), QUADRATURE)
        for energy, sigma in ((0.5, 1.0), (2.0, 0.75), (8.0, 1.25)):
            s2 = sigma**2
            assert_close(
                ridge_excess_risk_limit(gamma, s2, energy), float(ridge(gamma=gamma, sigma=sigma, E=energy)), 1e-12
            )
            rate = 0.375
            without = water_filled_risks_limit(gamma, s2, 0.0, rate)
            delta = mp.exp(-2 * mp.mpf(rate))
            expected = float(population(gamma=gamma, sigma=sigma, delta=delta))
            assert_close(without.population_risk, expected, QUADRATURE)
            rho = energy / gamma
            level = 0.75 * (rho * law.support[0] + s2)  # below every direction
            spent = law.expectation(lambda s, rho=rho, s2=s2, level=level: np.log((rho * s + s2) / level) / 2)  # type: ignore[misc]
            m = law.expectation(lambda s, shift=s2 / rho: 1 / (s + shift))  # type: ignore[misc]
            found = water_filled_risks_limit(gamma, s2, energy, spent)
            assert_close(found.excess_risk, float(excess(gamma=gamma, sigma=sigma, theta=level, m=m)), QUADRATURE)
            assert_close(found.distortion, gamma * level, QUADRATURE)
            margin = float(border(gamma=gamma, sigma=sigma, E=energy))
            assert bool(found.population_risk_change < 0) == (margin > 0)
            compared += 5
    assert compared == 75


def test_blind_empirical_law() -> None:
    conditional = proved(blind_channel_empirical_law())
    spread = proved(blind_channel_empirical_law(), "pulled")
    compared = 0
    for n, d, rate, tau in ((12, 3, 1.0, 0.0), (30, 20, 8.0, 0.5)):
        model = LinearModel(samples=n, features=d, signal_variance=tau**2)
        channel = BlindGaussianChannel.for_model(model, rate_nats=rate)
        delta = channel.normalized_distortion
        k = float(spread(delta=delta, tau=tau, v=1 / (n - d - 1)))
        law = compressed_empirical_risk_law(model, channel)
        for lam in (0.02, 0.1, 0.4):

            def given(q: float, n: int = n, d: int = d, lam: float = lam, delta: float = delta, k: float = k) -> float:
                value = conditional(q=q, c=delta**2, k=k, sigma=1, n=n, d=d, **{"lambda": lam})
                return float(value * stats.chi2.pdf(q, n))

            exact = integrate.quad(given, 0, np.inf, epsabs=1e-14, epsrel=1e-11, limit=200)[0]
            # E exp(-lambda Y) is the integral of exp(-lambda y) dF(y); by parts, with the law's own distribution function
            y, w = np.polynomial.legendre.leggauss(200)
            top = 60 / lam / n
            y, w = (y + 1) * top / 2, w * top / 2
            found = float(w @ (lam * n * np.exp(-lam * n * y) * law.cdf(y)))
            assert_close(found, exact, QUADRATURE)
            compared += 1
    assert compared == 6


def proved_improvement_probability(n: int, d: int, tau: float, delta: float) -> float:
    """Mean over q of P(F_{d,d} < r) with the proved ln r and k, sigma = 1."""
    logarithm = proved(improvement_probability())
    k = proved(improvement_probability(), "pulled")(tau=tau, v=1 / mp.mpf(n - d - 1), delta=delta)

    def integrand(q: float) -> float:
        r = float(mp.exp(logarithm(k=k, s=1 / q, delta=delta)))
        return float(stats.f.cdf(r, d, d) * stats.chi2.pdf(q, n - d + 1))

    return float(integrate.quad(integrand, 0, 200, epsabs=1e-12, epsrel=1e-11, limit=200)[0])


def test_improvement_probability() -> None:
    for n, d, tau, rate in ((12, 3, 0.5, 1.0), (30, 20, 0.125, 12.0), (9, 1, 0.25, 0.5), (20, 8, 0.0, 3.0)):
        model = LinearModel(samples=n, features=d, signal_variance=tau**2)
        channel = BlindGaussianChannel.for_model(model, rate_nats=rate)
        expected = proved_improvement_probability(n, d, tau, channel.normalized_distortion)
        assert_close(numeric_improvement_probability(model, channel), expected, QUADRATURE)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("tau", [0.0, 0.25, 0.5])
def test_improvement_probability_by_simulation(tau: float) -> None:
    """Data, fit, code and both risks from raw numbers; a false alarm of each share has the probability `P_LIMIT`."""
    rng = seeds.generator(26)
    n, d, delta, draws = 14, 4, 0.25, 40_000
    w0 = np.arange(1.0, d + 1)
    true = w0 + tau * rng.standard_normal((draws, d))
    X = rng.standard_normal((draws, n, d))
    labels = (X @ true[..., None])[..., 0] + rng.standard_normal((draws, n))
    W = np.linalg.solve(X.swapaxes(1, 2) @ X, X.swapaxes(1, 2) @ labels[..., None])[..., 0]
    noise = np.sqrt(delta * (1 - delta) * (tau**2 + 1 / (n - d - 1))) * rng.standard_normal((draws, d))
    compressed = w0 + (1 - delta) * (W - w0) + noise
    gains = ((compressed - true) ** 2).sum(axis=1) < ((W - true) ** 2).sum(axis=1)
    assert_share(gains, proved_improvement_probability(n, d, tau, delta))
