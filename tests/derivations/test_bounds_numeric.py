"""Derivations about information and bounds: the proved formulas against numbers, and planted errors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray

from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from linreg_compress.derivations.bounds.chi_square_below_sub_gaussian import chi_square_below_sub_gaussian
from linreg_compress.derivations.bounds.chi_square_loss_cumulant import chi_square_loss_cumulant
from linreg_compress.derivations.bounds.donsker_varadhan_mixed import donsker_varadhan_mixed
from linreg_compress.derivations.bounds.gaussian_data_processing import gaussian_data_processing
from linreg_compress.derivations.bounds.gibbs_algorithm import gibbs_algorithm
from linreg_compress.derivations.bounds.individual_sample_bound import individual_sample_bound
from linreg_compress.derivations.bounds.individual_sample_information import individual_sample_information
from linreg_compress.derivations.bounds.lambert_inverse import lambert_inverse
from linreg_compress.derivations.bounds.relative_generalization_bound import relative_generalization_bound
from linreg_compress.derivations.ledger import Derivation, Verdict, verify
from linreg_compress.information.gaussian import mutual_information
from linreg_compress.monte_carlo.estimate import Estimate
from tests import seeds
from tests.compare import assert_mean
from tests.derivations.planted import alone
from tests.references import mp
from tests.tolerances import FLOAT, QUADRATURE

Array = NDArray[np.float64]
SEED = 20240607
BOUNDS: tuple[Callable[[], Derivation], ...] = (
    chi_square_loss_cumulant,
    lambert_inverse,
    chi_square_below_sub_gaussian,
    individual_sample_information,
    individual_sample_bound,
    gibbs_algorithm,
    gaussian_data_processing,
    donsker_varadhan_mixed,
    relative_generalization_bound,
)


def at(expression: Any, **values: Any) -> Any:
    """Evaluate a formula to 30 digits; symbols are named as they print."""
    point = {symbol: values[symbol.name] for symbol in expression.free_symbols}
    return mp.mpf(str(sp.N(expression.subs(point), 30)))


def rationals(count: int, *, seed: int = SEED) -> list[list[Any]]:
    """Rows of ten random rationals between 0 and 4."""
    rng = seeds.generator(seed)
    return [[sp.Rational(int(k), 251) for k in row] for row in rng.integers(1, 1004, size=(count, 10))]


def agree(found: Any, expected: Any, tolerance: float) -> None:
    assert abs(found - expected) <= tolerance * abs(expected), f"{found} is not {expected}"


def least(objective: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Any:
    """Minimum of a function of lambda with one stationary point, by bisection of its slope in ln(lambda)."""
    low, high = mp.mpf(-60), mp.mpf(60)
    for _ in range(140):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(mp.exp(middle)) < 0 else (low, middle)
    return objective(mp.exp(low))


def chi_square_objective(s: Any, budget: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """(I/n + psi(lambda)) / lambda and the sign of its slope, written from the theory page."""

    def psi(lam: Any) -> Any:
        return lam * s - mp.log1p(2 * lam * s) / 2

    def slope(lam: Any) -> Any:
        return 2 * lam**2 * s**2 / (1 + 2 * lam * s) - psi(lam) - budget

    return lambda lam: (budget + psi(lam)) / lam, slope


def test_cumulant_equals_quadrature() -> None:
    psi = chi_square_loss_cumulant().result
    compared = 0
    for lam, s, *_ in rationals(8):
        rate = mp.mpf(lam.p) / lam.q * s.p / s.q  # lambda s

        def tilted(z: Any, rate: Any = rate) -> Any:
            return mp.exp(-rate * (z**2 - 1) - z**2 / 2) * mp.sqrt(2 / mp.pi)  # of |z|

        transform = mp.quad(tilted, [0, 1, 4, mp.inf])
        agree(at(psi, **{"lambda": lam, "s": s}), mp.log(transform), QUADRATURE)
        compared += 1
    assert compared == 8


def test_lambert_inverse_equals_a_numeric_minimum_and_is_below_the_sub_gaussian_bound() -> None:
    closed = lambert_inverse().result
    compared = 0
    for info, s, *_ in rationals(12):
        for n in (1, 7, 400):
            value = at(closed, I=info, s=s, n=sp.Integer(n))
            scale, budget = mp.mpf(s.p) / s.q, mp.mpf(info.p) / info.q / n
            agree(value, least(*chi_square_objective(scale, budget)), FLOAT)
            assert value <= sub_gaussian_bound(n, float(info), float(s)).value * (1 + FLOAT)
            assert value < scale
            compared += 1
    assert compared == 36


def test_squares_of_the_two_bounds_differ_by_the_integral() -> None:
    square = chi_square_below_sub_gaussian().result
    compared = 0
    for first, s, *_ in rationals(8):
        omega = first / 4
        w = mp.mpf(omega.p) / omega.q
        rest = mp.quad(lambda t: 2 * (1 - t) ** 2 / t, [w, 1])
        information_per_sample = (w - 1 - mp.log(w)) / 2
        scale = mp.mpf(s.p) / s.q
        found = at(square, omega=omega, s=s, J=sp.Float(str(rest), 35))
        agree(found, 4 * scale**2 * information_per_sample, QUADRATURE)
        bound = sub_gaussian_bound(1, float(information_per_sample), float(scale)).value
        agree(mp.sqrt(found), mp.mpf(bound), FLOAT)
        compared += 1
    assert compared == 8


def test_individual_information_equals_the_gaussian_determinant_formula() -> None:
    formula = individual_sample_information().result
    rng = seeds.generator(SEED)
    compared = 0
    for n, d in ((4, 1), (6, 3), (9, 5)):
        design = rng.standard_normal((n, d))
        gram_inverse = np.linalg.inv(design.T @ design)
        for delta, noise in ((0.125, 0.7), (0.5, 2.0), (0.9, 1.0)):
            code = (1 - delta) * noise * gram_inverse
            for row in design[:2]:
                cross = (1 - delta) * noise * gram_inverse @ row
                joint = np.block([[np.array([[noise]]), cross[None, :]], [cross[:, None], code]])
                leverage = float(row @ gram_inverse @ row)
                expected = at(formula, delta=sp.Float(delta, 30), h=sp.Float(leverage, 30))
                agree(mp.mpf(mutual_information(joint, [0])), expected, 1e4 * FLOAT)  # the determinants cancel
                compared += 1
    assert compared == 18


def test_individual_bound_equals_a_numeric_minimum_and_is_as_loose_as_the_theory_page_says() -> None:
    closed = individual_sample_bound().result
    compared = 0
    for first, sigma, *_ in rationals(12):
        a = first / 4
        value, share = at(closed, a=a, sigma=sigma), mp.mpf(a.p) / a.q
        variance = (mp.mpf(sigma.p) / sigma.q) ** 2
        agree(value, least(*chi_square_objective(variance * (1 + share), -mp.log1p(-share) / 2)), FLOAT)
        assert value >= 2 * share * variance
        compared += 1
    assert compared == 12
    looseness = [at(closed, a=a, sigma=1) / (2 * float(a)) for a in (sp.Rational(3, 5), sp.Rational(1, 1000))]
    assert 1 < looseness[0] < 1.1
    assert 21.5 < looseness[1] < 22.5


def test_gibbs_information_equals_two_gaussian_divergences() -> None:
    derivation = gibbs_algorithm()
    rng = seeds.generator(SEED)
    compared = 0
    for n, d, noise, alpha in ((6, 2, 0.7, 3.0), (9, 4, 2.0, 20.0)):
        design = rng.standard_normal((n, d))
        inverse = np.linalg.inv(design.T @ design)
        c = n / (2 * alpha)
        joint = np.block([[noise * inverse, noise * inverse], [noise * inverse, (noise + c) * inverse]])  # of (W, What)
        product = np.block([[noise * inverse, 0 * inverse], [0 * inverse, (noise + c) * inverse]])
        both = [np.linalg.solve(q, p) for p, q in ((joint, product), (product, joint))]
        divergence = sum(float(np.trace(ratio)) - 2 * d - np.linalg.slogdet(ratio)[1] for ratio in both) / 2
        point = {"n": sp.Integer(n), "d": sp.Integer(d), "c": sp.Float(c, 30), "sigma": sp.sqrt(sp.Float(noise, 30))}
        agree(at(derivation.line("information").right, **point), mp.mpf(divergence), 1e2 * FLOAT)
        agree(at(gibbs_algorithm().result, **point), mp.mpf(divergence / alpha), 1e2 * FLOAT)
        compared += 2
    assert compared == 4


def test_chain_information_equals_the_gaussian_determinant_formula() -> None:
    formula = gaussian_data_processing().result
    compared = 0
    for f, g, a, b, *_ in rationals(12):
        w = f**2 + a
        covariance = sp.Matrix([[1, f, f * g], [f, w, g * w], [f * g, g * w, g**2 * w + b]])
        numbers = np.array(covariance.evalf().tolist(), dtype=float)
        value = at(formula, x=f**2 / a, y=g**2 * w / b)
        pairs = [numbers[np.ix_(pair, pair)] for pair in ([0, 2], [0, 1], [1, 2])]
        chain, near, far = (mutual_information(pair, [0]) for pair in pairs)
        assert abs(value - chain) <= FLOAT * (1 + float(value))
        assert value <= min(near, far)
        compared += 1
    assert compared == 12


def test_mixed_bound_equals_a_numeric_maximum() -> None:
    closed = donsker_varadhan_mixed().result
    compared = 0
    for info, sigma, *_ in rationals(12):
        for n in (2, 50):
            variance, budget = (mp.mpf(sigma.p) / sigma.q) ** 2, mp.mpf(info.p) / info.q / n
            expected = variance - least(*chi_square_objective(variance, budget))
            found = at(closed, I=info, sigma=sigma, n=sp.Integer(n))
            assert abs(found - expected) <= FLOAT * variance
            compared += 1
    assert compared == 24


def test_relative_bound_equals_a_numeric_minimum() -> None:
    closed = relative_generalization_bound().result
    compared = 0
    for info, *_ in rationals(12):
        for n in (2, 50):
            expected = least(*chi_square_objective(mp.mpf(1), mp.mpf(info.p) / info.q / n))
            agree(at(closed, I=info, n=sp.Integer(n)), expected, FLOAT)
            compared += 1
    assert compared == 24


@pytest.mark.parametrize("rate", [0.1, 1.0, 4.0])
def test_bounds_hold_for_a_one_bit_and_a_gaussian_code(rate: float) -> None:
    """Raw data, one weight, n = 4: the two Donsker-Varadhan bounds against simulated means, 6 standard errors aside."""
    rng = seeds.generator(SEED)
    n, trials = 4, 40_000
    x, noise = rng.standard_normal((2, trials, n))
    error = (x * noise).sum(axis=1) / (x**2).sum(axis=1)
    delta = np.exp(-2 * rate)
    v = 1 / (n - 2)  # Var(W - w*); the Gaussian channel's information is at most `rate`
    gaussian = (1 - delta) * error + np.sqrt(delta * (1 - delta) * v) * rng.standard_normal(trials)
    for code, nats in ((gaussian, rate), (np.where(error > 0, 0.5, -0.5), np.log(2.0))):
        training = ((noise - x * code[:, None]) ** 2).mean(axis=1)
        population = 1 + code**2
        point = {"I": sp.Float(float(nats), 30), "n": sp.Integer(n), "sigma": sp.Integer(1)}
        relative = 1 - training / population
        bound = float(at(relative_generalization_bound().result, **point))
        assert relative.mean() - 6 * relative.std() / np.sqrt(trials) < bound
        floor = float(at(donsker_varadhan_mixed().result, **point))
        assert training.mean() + 6 * training.std() / np.sqrt(trials) > floor


@pytest.mark.monte_carlo
def test_per_sample_error_by_simulation() -> None:
    """The truth 2 a sigma^2 for a fixed design, in the suite's false-alarm budget."""
    rng = seeds.generator(SEED)
    n, d, noise, delta, trials = 5, 2, 0.7, 0.3, 100_000
    design = rng.standard_normal((n, d))
    inverse = np.linalg.inv(design.T @ design)
    labels = np.sqrt(noise) * rng.standard_normal((trials, n))
    root = np.linalg.cholesky(inverse)
    code = (1 - delta) * labels @ design @ inverse
    code += np.sqrt(delta * (1 - delta) * noise) * rng.standard_normal((trials, d)) @ root.T
    prediction = code @ design[0]
    fresh = np.sqrt(noise) * rng.standard_normal(trials)
    gap = (fresh - prediction) ** 2 - (labels[:, 0] - prediction) ** 2
    leverage = float(design[0] @ inverse @ design[0])
    expected = at(
        individual_sample_information().line("gain").right,
        delta=delta,
        h=sp.Float(leverage, 30),
        sigma=sp.sqrt(sp.Float(noise)),
    )
    assert_mean(Estimate(float(gap.mean()), float(gap.std(ddof=1) / np.sqrt(trials)), trials), float(expected))


lam, sigma = (sp.Symbol(name, positive=True) for name in ("lambda", "sigma"))
PLANTED: list[tuple[Callable[[], Derivation], str, Callable[[Any], Any]]] = [
    (chi_square_loss_cumulant, "transform", lambda right: right**2),
    (chi_square_loss_cumulant, "cumulant", lambda right: right + sp.log(2)),
    (chi_square_loss_cumulant, "integral-not-negative", lambda right: right / 2),
    (lambert_inverse, "bracket-slope", lambda right: 2 * right),
    (lambert_inverse, "objective", lambda right: right.subs(lam, 2 * lam)),
    (lambert_inverse, "least", lambda right: 2 * right),
    (chi_square_below_sub_gaussian, "sub-gaussian", lambda right: right / 2),
    (chi_square_below_sub_gaussian, "fall", lambda right: -right),
    (individual_sample_information, "left-over", lambda right: right + sigma**2),
    (individual_sample_information, "information", lambda right: -right),
    (individual_sample_information, "gain", lambda right: right / 2),
    (individual_sample_bound, "fresh-label", lambda right: right - 2 * sigma**2),
    (individual_sample_bound, "least", lambda right: right / 2),
    (individual_sample_bound, "distance", lambda right: -right),
    (gibbs_algorithm, "gap", lambda right: right / 2),
    (gibbs_algorithm, "information", lambda right: 2 * right),
    (gibbs_algorithm, "identity", lambda right: right / 2),
    (gaussian_data_processing, "information", lambda right: -right),
    (gaussian_data_processing, "chain", lambda right: 2 * right),
    (donsker_varadhan_mixed, "transform", lambda right: right ** sp.Rational(1, 2)),
    (donsker_varadhan_mixed, "solved", lambda right: -right),
    (donsker_varadhan_mixed, "largest", lambda right: -right),
    (relative_generalization_bound, "logarithm", lambda right: 2 * right),
    (relative_generalization_bound, "least", lambda right: right - 1),
]


@pytest.mark.parametrize(("make", "label", "wrong"), PLANTED)
def test_a_planted_error_is_refuted(make: Callable[[], Derivation], label: str, wrong: Callable[[Any], Any]) -> None:
    derivation = make()
    assert verify(alone(derivation, label, wrong(derivation.line(label).right))).verdict is Verdict.REFUTED


def test_each_derivation_has_two_planted_errors() -> None:
    assert min(sum(make is planted for planted, *_ in PLANTED) for make in BOUNDS) >= 2
