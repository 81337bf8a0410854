"""Derivations about quantizers: the proved formulas against quadrature and raw data, and planted errors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Verdict, verify
from linreg_compress.derivations.quantizers.aware_channel_conditional_gram import aware_channel_conditional_gram
from linreg_compress.derivations.quantizers.change_of_measure import change_of_measure
from linreg_compress.derivations.quantizers.conditional_gram import conditional_gram
from linreg_compress.derivations.quantizers.scalar_quantizer_empirical_increase import scalar_quantizer_empirical_increase
from linreg_compress.derivations.quantizers.truncated_gaussian_moments import truncated_gaussian_moments
from tests import seeds
from tests.compare import assert_close, assert_sample_mean
from tests.derivations.planted import alone
from tests.quadrature import nodes
from tests.references import mp
from tests.tolerances import FLOAT, QUADRATURE

SEED = 20240608
MOMENTS = ("mass", "first", "second", "third", "fourth")
QUANTIZERS: tuple[Callable[[], Derivation], ...] = (
    conditional_gram,
    aware_channel_conditional_gram,
    truncated_gaussian_moments,
    change_of_measure,
    scalar_quantizer_empirical_increase,
)


def function_of(expression: Any, *names: str, modules: Any = mp) -> Callable[..., Any]:
    """Turn a proved formula into a function of the symbols called `names`."""
    symbols = {symbol.name: symbol for symbol in expression.free_symbols}
    assert set(symbols) <= set(names)
    arguments = [symbols.get(name, sp.Dummy()) for name in names]
    return sp.lambdify(arguments, expression, modules)


def test_cell_moments_equal_quadrature() -> None:
    derivation = truncated_gaussian_moments()
    moments = [function_of(derivation.line(moment).right, "a", "b") for moment in MOMENTS]
    error = function_of(truncated_gaussian_moments().result, "a", "b", "c")
    rng = seeds.generator(SEED)
    compared = 0
    for low, width, c in rng.integers(1, 700, size=(6, 3)):
        a, b = mp.mpf(int(low)) / 101 - 3, mp.mpf(int(low) + int(width)) / 101 - 3
        center = mp.mpf(int(c)) / 211
        for order, moment in enumerate(moments):
            expected = mp.quad(lambda z, k=order: z**k * mp.npdf(z), mp.linspace(a, b, 5))
            assert abs(moment(a, b) - expected) <= QUADRATURE * (1 + abs(expected))
            compared += 1
        expected = mp.quad(lambda z, c=center: (c - z) ** 2 * mp.npdf(z), mp.linspace(a, b, 5))
        assert abs(error(a, b, center) - expected) <= QUADRATURE * expected
        compared += 1
    assert compared == 36


def radial_mean(function: Callable[[Any], Any], degrees: int, d: int) -> Any:
    """E f(|u|^2) for u = z / sqrt(q): |u|^2 / (1 + |u|^2) is Beta(d/2, degrees/2)."""
    first, second = mp.mpf(d) / 2, mp.mpf(degrees) / 2

    def integrand(angle: Any) -> Any:
        return function(mp.tan(angle) ** 2) * mp.sin(angle) ** (d - 1) * mp.cos(angle) ** (degrees - 1)

    return 2 * mp.quad(integrand, [0, mp.pi / 4, mp.pi / 2]) / mp.beta(first, second)


def test_change_of_measure_equals_quadrature() -> None:
    derivation = change_of_measure()
    constant = function_of(derivation.line("weight").right, "nu", "d")
    density = function_of(derivation.line("density").right, "nu", "d", "r", "sigma")
    tests: tuple[Callable[[Any], Any], ...] = (lambda r: mp.sqrt(1 + r), lambda r: mp.exp(-r), lambda r: 1 / (2 + r))
    compared = 0
    for degrees, d in ((3, 1), (4, 2), (7, 5), (12, 3)):
        for function in tests:

            def weighted(x: Any, function: Callable[[Any], Any] = function) -> Any:
                return function(x) / (1 + x)

            left = radial_mean(weighted, degrees, d)
            right = constant(degrees, d) * radial_mean(function, degrees + 2, d)
            assert abs(left - right) <= QUADRATURE * abs(right)
            compared += 1

        def shell(x: Any, degrees: int = degrees, d: int = d) -> Any:
            sphere = 2 * mp.pi ** (mp.mpf(d) / 2) / mp.gamma(mp.mpf(d) / 2)
            return sphere * x ** (d - 1) * density(degrees, d, x**2, 2)

        total = mp.quad(shell, [0, 2, 18, mp.inf])
        assert abs(total - 1) <= QUADRATURE
        compared += 1
    assert compared == 16


def raw_data(n: int, d: int, sigma: float, trials: int) -> tuple[Any, Any]:
    """Draw (G, u) from raw designs and labels."""
    rng = seeds.generator(SEED)
    x, noise = rng.standard_normal((trials, n, d)), sigma * rng.standard_normal((trials, n))
    gram = np.einsum("tni,tnj->tij", x, x)
    return gram, np.linalg.solve(gram, np.einsum("tni,tn->ti", x, noise)[:, :, None])[:, :, 0]


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("n", "d"), [(3, 1), (6, 3)])
def test_gram_given_the_weights_by_simulation(n: int, d: int) -> None:
    """E[e^T G e f(W)] for a bounded f, from raw data, in the suite's false-alarm budget."""
    sigma = 1.3
    gram, u = raw_data(n, d, sigma, 100_000)
    e = np.cos(u) - 0.4
    r, a, c = (u**2).sum(axis=1), (e**2).sum(axis=1), (u * e).sum(axis=1)
    mean = function_of(conditional_gram().result, "n", "sigma", "r", "a", "c", modules="numpy")(n, sigma, r, a, c)
    for weight in (np.ones_like(r), np.exp(-r), np.tanh(u[:, 0])):
        assert_sample_mean((np.einsum("ti,tij,tj->t", e, gram, e) - mean) * weight, 0.0)


AWARE = aware_channel_conditional_gram()


def products(u: Any, g: Any, e: Any) -> dict[str, Any]:
    """Return the symbols of the aware channel's derivation that stand for products of its vectors."""
    pairs = {"r": (u, u), "s": (g, g), "a": (e, e), "x": (u, g), "c": (u, e), "y": (g, e)}
    return {name: np.sum(first * second, axis=-1) for name, (first, second) in pairs.items()}


def aware_mean(n: int, sigma: float, u: Any, g: Any, e: Any) -> Any:
    """E[e^T G e | u, g] as proved."""
    values = {"sigma": sigma, **products(u, g, e)}
    return (n + 2) * function_of(AWARE.result, *values, modules="numpy")(**values)


def aware_density(n: int, d: int, sigma: float, u: Any, g: Any) -> float:
    """Density of g given u as proved."""
    values = products(u, g, g)
    determinants = function_of(AWARE.line("determinant").right, "sigma", "r", "s", "x")
    ratio = determinants(sigma, values["r"], values["s"], values["x"])
    density = function_of(AWARE.line("student").right, "d", "nu", "p", "k")
    return float(density(mp.mpf(d), n - d + 1, 1 + values["r"] / sigma**2, ratio - 1))


def test_the_form_given_the_aware_noise_is_that_of_the_inverse_matrix() -> None:
    rng = seeds.generator(SEED)
    for d in (1, 2, 3, 7):
        u, g, e = rng.standard_normal((3, 40, d)) * np.array([1.5, 0.8, 0.3])[:, None, None]
        precision = np.eye(d) + u[:, :, None] * u[:, None, :] / 0.49 + g[:, :, None] * g[:, None, :]
        expected = np.einsum("ti,ti->t", e, np.linalg.solve(precision, e[..., None])[..., 0])
        assert_close(aware_mean(12, 0.7, u, g, e) / 14, expected, FLOAT * 10)  # it cancels a digit


@pytest.mark.parametrize(("n", "sigma"), [(2, 0.6), (3, 1.0), (9, 1.7)])
def test_aware_noise_and_gram_by_quadrature_over_a_two_by_two_gram(n: int, sigma: float) -> None:
    """Bayes over Bartlett's triangle of G, [[l, 0], [m, k]]: no Wishart integral, no determinant, no inverse."""
    (first, first_weights), (second, second_weights) = nodes(n), nodes(n - 1)
    m, m_weights = np.polynomial.hermite_e.hermegauss(120)
    low, high = np.sqrt(first)[:, None], np.sqrt(second)
    columns = first_weights[:, None] * m_weights / m_weights.sum(), second_weights

    def parts(v: Any) -> Any:  # v^T G v = |l v_1 + m v_2|^2 + |k v_2|^2, of independent columns
        return (low * v[0] + m * v[1]) ** 2, (high * v[1]) ** 2

    def likelihood(v: Any) -> Any:  # of N(0, G^{-1}) at v, without (2 pi)^{-d/2}
        along, across = parts(v)
        return low * np.exp(-along / 2), high * np.exp(-across / 2)

    rng = seeds.generator(SEED)
    for u, g, e in rng.standard_normal((3, 3, 2)) * np.array([sigma, 0.7, 1.0])[:, None]:
        given = [weight * part for weight, part in zip(columns, likelihood(u / sigma), strict=True)]
        both = [weight * part for weight, part in zip(given, likelihood(g), strict=True)]
        ratio = np.prod([after.sum() / before.sum() for after, before in zip(both, given, strict=True)])
        assert_close(aware_density(n, 2, sigma, u, g), ratio / (2 * np.pi), QUADRATURE)
        mean = sum((weight * part).sum() / weight.sum() for weight, part in zip(both, parts(e), strict=True))
        assert_close(aware_mean(n, sigma, u, g, e), mean, QUADRATURE)
        # the whole law of e^T G e: a multiple of a chi-square with n + 2 degrees of freedom
        scale = aware_mean(n, sigma, u, g, e) / (n + 2)
        transform = [
            (weight * np.exp(-0.3 * part)).sum() / weight.sum() for weight, part in zip(both, parts(e), strict=True)
        ]
        assert_close((1 + 0.6 * scale) ** (-(n + 2) / 2), np.prod(transform), QUADRATURE)


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("n", "d"), [(3, 2), (8, 4)])
def test_gram_given_the_aware_noise_by_simulation(n: int, d: int) -> None:
    """Raw designs, g by the symmetric root of G, e made of u and g; in the suite's false-alarm budget."""
    sigma = 1.3
    gram, u = raw_data(n, d, sigma, 100_000)
    values, basis = np.linalg.eigh(gram)
    noise = seeds.generator(SEED + 1).standard_normal(u.shape)
    g = np.einsum("tij,tj->ti", basis, np.einsum("tij,ti->tj", basis, noise) / np.sqrt(values))
    e = np.cos(u) - np.tanh(g[:, ::-1])
    change = np.einsum("ti,tij,tj->t", e, gram, e) - aware_mean(n, sigma, u, g, e)
    for weight in (np.exp(-(g**2).sum(axis=1)), np.tanh((u * g).sum(axis=1))):
        assert_sample_mean(change * weight, 0.0)
    # g given u: |A^{-1/2} g|^2 = |z|^2 / q, so k / (1 + k) has mean d / (n + 2) whatever is made of u
    values_of = products(u, g, g)
    ratio = function_of(AWARE.line("determinant").right, "sigma", "r", "s", "x", modules="numpy")
    k = ratio(sigma, values_of["r"], values_of["s"], values_of["x"]) - 1
    assert_sample_mean((k / (1 + k) - d / (n + 2)) * np.exp(-(u**2).sum(axis=1)), 0.0)


def increase_of_a_sign_quantizer(n: int, d: int, sigma: float, level: float) -> float:
    """What_j = level sign(u_j), w* = 0, by the proved formula with truncated Gaussian moments and quadrature over q."""
    derivation = truncated_gaussian_moments()
    moments = [function_of(derivation.line(moment).right, "a", "b", modules="numpy")(0.0, 40.0) for moment in MOMENTS]

    def means(degrees: int) -> tuple[float, float]:
        q, weights = nodes(degrees)
        scale = sigma / np.sqrt(q)
        absolute = [2 * float(moment) * scale**order for order, moment in enumerate(moments)]  # E |u|^order given q
        square = level**2 - 2 * level * absolute[1] + absolute[2]  # of e
        product = level * absolute[1] - absolute[2]  # of u e
        fourth = level**2 * absolute[2] - 2 * level * absolute[3] + absolute[4]  # of (u e)^2
        return float(weights @ (d * square)), float(weights @ (d * fourth + d * (d - 1) * product**2))

    formula = function_of(scalar_quantizer_empirical_increase().result, "n", "d", "sigma", "A", "B", modules="numpy")
    return float(formula(n, d, sigma, means(n - d + 1)[0], means(n - d + 3)[1]))


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("n", "d", "level"), [(5, 1, 0.5), (7, 3, 0.8), (12, 4, 0.2)])
def test_sign_quantizer_by_simulation(n: int, d: int, level: float) -> None:
    sigma = 0.9
    gram, u = raw_data(n, d, sigma, 100_000)
    e = level * np.sign(u) - u
    assert_sample_mean(np.einsum("ti,tij,tj->t", e, gram, e) / n, increase_of_a_sign_quantizer(n, d, sigma, level))


def test_constant_quantizer_gives_back_the_explained_noise() -> None:
    compared = 0
    for n, d in ((9, 1), (11, 3), (60, 30)):
        found = increase_of_a_sign_quantizer(n, d, 0.9, 0.0)
        assert abs(found - 0.81 * d / n) <= QUADRATURE * found
        compared += 1
    assert compared == 3


def test_average_over_the_weights_gives_back_the_mean_gram() -> None:
    """The proved mean, averaged over a Beta law by quadrature, is n |e|^2 for a fixed e."""
    mean = function_of(conditional_gram().result, "n", "sigma", "r", "a", "c")
    for n, d in ((3, 1), (6, 3), (20, 12)):

        def given(x: Any, n: int = n, d: int = d) -> Any:
            return mean(n, 1, x, 1, mp.sqrt(x / d))

        found = radial_mean(given, n - d + 1, d)
        assert abs(found - n) <= FLOAT * n


r, a, sigma, z = (sp.Symbol(name, positive=True) for name in ("r", "a", "sigma", "z"))
PLANTED: list[tuple[Callable[[], Derivation], str, Callable[[Any], Any]]] = [
    (conditional_gram, "normalizer", lambda right: right**2),
    (conditional_gram, "determinant", lambda right: right.subs(sigma, 2 * sigma)),
    (conditional_gram, "posterior-mean", lambda right: right.subs(r, -r)),
    (conditional_gram, "one-weight", lambda right: right * sp.Rational(3, 2)),
    (aware_channel_conditional_gram, "first-update", lambda right: right.subs(sigma, 2 * sigma)),
    (aware_channel_conditional_gram, "law-of-noise", lambda right: right ** sp.Rational(11, 13)),
    (aware_channel_conditional_gram, "plane", lambda right: 2 - right),
    (aware_channel_conditional_gram, "second-update", lambda right: 2 * right),
    (aware_channel_conditional_gram, "noise-of-one-weight", lambda right: 2 * right),
    (aware_channel_conditional_gram, "average", lambda right: -right),
    (truncated_gaussian_moments, "first", lambda right: -right),
    (truncated_gaussian_moments, "second", lambda right: right + sp.Rational(1, 9)),
    (truncated_gaussian_moments, "fourth", lambda right: 2 * right),
    (change_of_measure, "density", lambda right: right.subs(sigma, 2 * sigma)),
    (change_of_measure, "weight", lambda right: 1 / right),
    (change_of_measure, "for-the-weights", lambda right: 2 * right),
    (scalar_quantizer_empirical_increase, "change-of-measure", lambda right: -right),
    (scalar_quantizer_empirical_increase, "increase", lambda right: right.subs(sigma, 2 * sigma)),
    (scalar_quantizer_empirical_increase, "constant-quantizer", lambda right: 2 * right),
]


@pytest.mark.parametrize(("make", "label", "wrong"), PLANTED)
def test_a_planted_error_is_refuted(make: Callable[[], Derivation], label: str, wrong: Callable[[Any], Any]) -> None:
    derivation = make()
    assert verify(alone(derivation, label, wrong(derivation.line(label).right))).verdict is Verdict.REFUTED


@pytest.mark.parametrize("wrong_degrees", [-1, 1])
def test_one_degree_of_freedom_more_or_less_is_refuted(wrong_degrees: int) -> None:
    """The planted n - d for n - d + 1, and n - d + 2, in the quantizer's formula."""
    derivation = scalar_quantizer_empirical_increase()
    step = derivation.line("increase")
    B = sp.Symbol("B", positive=True)
    n = next(symbol for symbol in step.right.free_symbols if symbol.name == "n")
    wrong = step.right - wrong_degrees * B / (n * sigma**2)
    assert verify(alone(derivation, "increase", wrong)).verdict is Verdict.REFUTED


def test_each_derivation_has_two_planted_errors() -> None:
    assert min(sum(make is planted for planted, *_ in PLANTED) for make in QUANTIZERS) >= 2
