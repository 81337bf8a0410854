"""Least squares: the proved formulas against the numeric modules and against integrals, and errors planted in proofs."""

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from scipy import stats

from linreg_compress.bounds.individual_sample import sample_information
from linreg_compress.derivations.least_squares.chi_square_moments import chi_square_moments
from linreg_compress.derivations.least_squares.excess_risk_f_law import excess_risk_f_law
from linreg_compress.derivations.least_squares.expected_empirical_risk import expected_empirical_risk
from linreg_compress.derivations.least_squares.expected_population_risk import expected_population_risk
from linreg_compress.derivations.least_squares.gaussian_moments import gaussian_moments
from linreg_compress.derivations.least_squares.generalization_error_of_least_squares import (
    generalization_error_of_least_squares,
)
from linreg_compress.derivations.least_squares.inverse_gram_diagonal import inverse_gram_diagonal
from linreg_compress.derivations.least_squares.leverage_beta_law import leverage_beta_law
from linreg_compress.derivations.least_squares.leverage_information import leverage_information
from linreg_compress.derivations.least_squares.minimum_norm_risk import minimum_norm_risk
from linreg_compress.derivations.least_squares.projection_chi_square_law import projection_chi_square_law
from linreg_compress.derivations.least_squares.residual_chi_square_law import residual_chi_square_law
from linreg_compress.derivations.least_squares.weight_t_law import weight_t_law
from linreg_compress.derivations.least_squares.wishart_inverse_mean import wishart_inverse_mean
from linreg_compress.derivations.ledger import Derivation, Verdict, verify
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.derivations.symbols import d, h, lam, n, nu, sigma
from linreg_compress.least_squares.fit import leverage_law, weight_law
from linreg_compress.least_squares.risk import empirical_risk_law, least_squares_risks, population_risk_law
from linreg_compress.model import LinearModel
from tests import seeds
from tests.compare import assert_equals_reference, assert_sample_mean
from tests.derivations.planted import alone
from tests.references import mp
from tests.tolerances import QUADRATURE

POINTS = 24
MAKERS = (
    chi_square_moments,
    gaussian_moments,
    wishart_inverse_mean,
    expected_empirical_risk,
    expected_population_risk,
    generalization_error_of_least_squares,
    minimum_norm_risk,
    residual_chi_square_law,
    excess_risk_f_law,
    projection_chi_square_law,
    inverse_gram_diagonal,
    weight_t_law,
    leverage_beta_law,
    leverage_information,
)


def proved(derivation: Derivation, step: str = "") -> Callable[..., Any]:
    """Right side of a step (the conclusion by default) as a function of the names of its symbols, to 40 digits."""
    right = derivation.line(step).right if step else derivation.result
    symbols = sorted(right.free_symbols, key=str)
    function = sp.lambdify(symbols, right, mp)

    def evaluate(**values: Any) -> Any:
        assert set(values) == {str(symbol) for symbol in symbols}
        return function(*(mp.mpf(values[str(symbol)]) for symbol in symbols))

    return evaluate


def points(seed: int, spare: int = 2) -> Iterator[tuple[int, int, float, float]]:
    """Random n, d with n >= d + spare, and two dyadic rationals: sums and squares of them are exact doubles."""
    rng = random.Random(seed)
    for _ in range(POINTS):
        features = rng.randint(1, 60)
        numbers = (float(Fraction(rng.randint(1, 200), rng.choice((8, 32, 64)))) for _ in range(2))
        first, second = numbers
        yield features + spare + rng.randint(0, 60), features, first, second


@pytest.mark.parametrize(
    ("maker", "field"),
    [
        (expected_empirical_risk, "empirical_risk"),
        (expected_population_risk, "population_risk"),
        (generalization_error_of_least_squares, "generalization_error"),
    ],
)
def test_proved_risks_are_the_numeric_ones(maker: Callable[[], Derivation], field: str) -> None:
    formula, rows = proved(maker()), list(points(1))
    found = [getattr(least_squares_risks(samples, features, s**2), field) for samples, features, s, _ in rows]
    exact = [formula(n=samples, d=features, sigma=s) for samples, features, s, _ in rows]
    assert assert_equals_reference(found, exact) == POINTS


def test_proved_minimum_norm_risk_is_the_numeric_one() -> None:
    formula, rows = proved(minimum_norm_risk()), list(points(2))
    found = [least_squares_risks(few, many, s**2, weight_energy=energy).excess_risk.item() for many, few, s, energy in rows]
    exact = [formula(n=few, d=many, sigma=s, omega=energy) for many, few, s, energy in rows]
    assert assert_equals_reference(found, exact) == POINTS


def test_proved_residual_density_is_the_numeric_one() -> None:
    derivation, rows = residual_chi_square_law(), list(points(3))
    laws = [empirical_risk_law(LinearModel(samples, features, s**2)) for samples, features, s, _ in rows]
    places = [float(np.float32(law.ppf((index + 0.5) / POINTS))) for index, law in enumerate(laws)]
    found = [law.pdf(place) for law, place in zip(laws, places, strict=True)]
    formula = proved(derivation)
    exact = [formula(n=r[0], d=r[1], sigma=r[2], l=place) for r, place in zip(rows, places, strict=True)]
    assert assert_equals_reference(found, exact) == POINTS
    mean = proved(derivation, "mean")
    assert assert_equals_reference([law.mean() for law in laws], [mean(n=r[0], d=r[1], sigma=r[2]) for r in rows]) == POINTS
    spread = proved(derivation, "variance")
    exact = [spread(n=r[0], d=r[1], sigma=r[2]) for r in rows]
    assert assert_equals_reference([law.var() for law in laws], exact) == POINTS  # type: ignore[attr-defined]


def test_proved_excess_density_is_the_numeric_one() -> None:
    formula, rows = proved(excess_risk_f_law()), list(points(4, spare=0))
    found = [population_risk_law(LinearModel(samples, features, s**2)).pdf(s**2 + r) for samples, features, s, r in rows]
    exact = [formula(n=samples, d=features, sigma=s, r=r) for samples, features, s, r in rows]
    assert assert_equals_reference(found, exact) == POINTS


def test_proved_excess_mean_is_the_integral_of_the_proved_density() -> None:
    formula, mean = proved(excess_risk_f_law()), proved(excess_risk_f_law(), "mean")
    sizes = [(12, 3), (20, 8), (9, 1), (31, 20)]
    found = [
        mp.quad(lambda r, a=a, b=b: r * formula(n=a, d=b, sigma=1.5, r=r), [0, 1, 4, 16, 256, mp.inf]) for a, b in sizes
    ]
    exact = [mean(n=a, d=b, sigma=1.5) for a, b in sizes]
    assert assert_equals_reference([float(x) for x in found], exact, tolerance=QUADRATURE) == len(sizes)


def test_proved_weight_density_is_the_numeric_one() -> None:
    derivation, rows = weight_t_law(), list(points(5))
    one, variance = proved(derivation, "density"), proved(derivation, "variance")
    laws = [weight_law(LinearModel(samples, features, s**2)) for samples, features, s, _ in rows]
    places = [s * x / 8 for _, _, s, x in rows]
    found = [law.pdf(place) for law, place in zip(laws, places, strict=True)]
    exact = [one(nu=r[0] - r[1] + 1, sigma=r[2], x=place) for r, place in zip(rows, places, strict=True)]
    assert assert_equals_reference(found, exact) == POINTS
    exact = [variance(n=r[0], d=r[1], sigma=r[2]) for r in rows]
    assert assert_equals_reference([law.var() for law in laws], exact) == POINTS
    found = [LinearModel(r[0], r[1], r[2] ** 2).weight_variance for r in rows]
    assert assert_equals_reference(found, exact) == POINTS
    textbook = proved(derivation)
    found = [stats.t(r[0] - r[1] + 1).pdf(r[3]) for r in rows]
    assert assert_equals_reference(found, [textbook(nu=r[0] - r[1] + 1, t=r[3]) for r in rows]) == POINTS


def test_proved_density_of_all_weights_is_the_multivariate_t() -> None:
    formula, rows = proved(weight_t_law(), "vector"), list(points(6))[:8]
    found, exact = [], []
    for samples, features, s, x in rows:
        df = samples - features + 1
        law = stats.multivariate_t(np.zeros(features), s**2 / df * np.eye(features), df)
        place = s * np.linspace(0.1, x / 32, features)
        found.append(law.logpdf(place))
        exact.append(mp.log(formula(nu=df, d=features, sigma=s, r=float(place @ place))))
    assert assert_equals_reference(found, exact, tolerance=QUADRATURE) == 8


def test_proved_leverage_density_is_the_numeric_one() -> None:
    derivation, rows = leverage_beta_law(), list(points(7))
    laws = [leverage_law(samples, features) for samples, features, _, _ in rows]
    places = [float(np.float32(law.ppf((index + 0.5) / POINTS))) for index, law in enumerate(laws)]
    formula, mean, variance = proved(derivation), proved(derivation, "mean"), proved(derivation, "variance")
    found = [law.pdf(place) for law, place in zip(laws, places, strict=True)]
    exact = [formula(n=r[0], d=r[1], h=place) for r, place in zip(rows, places, strict=True)]
    assert assert_equals_reference(found, exact) == POINTS
    assert assert_equals_reference([law.mean() for law in laws], [mean(n=r[0], d=r[1]) for r in rows]) == POINTS
    assert assert_equals_reference([law.var() for law in laws], [variance(n=r[0], d=r[1]) for r in rows]) == POINTS


def test_proved_information_is_the_integral_of_the_numeric_one() -> None:
    derivation, rows = leverage_information(), list(points(8))
    given, formula = proved(derivation, "information"), proved(derivation)
    shares = [x / 4 / 50 for *_, x in rows]
    assert max(shares) < 1
    found = [sample_information(share, 1.0) for share in shares]
    assert assert_equals_reference(found, [given(h=share) for share in shares]) == POINTS
    found = [
        leverage_law(samples, features).expect(lambda x: sample_information(x, 1.0)) for samples, features, _, _ in rows
    ]
    exact = [formula(n=samples, d=features) for samples, features, _, _ in rows]
    assert assert_equals_reference(found, exact, tolerance=QUADRATURE) == POINTS


def test_proved_inverse_mean_is_that_of_the_inverse_wishart_law() -> None:
    formula, rows = proved(wishart_inverse_mean()), list(points(9))
    found = [stats.invwishart(samples, np.eye(features) / x).mean() for samples, features, _, x in rows]
    corner = [np.atleast_2d(matrix)[0, 0] for matrix in found]
    exact = [formula(**{"n": samples, "d": features, "lambda": x}) for samples, features, _, x in rows]
    assert assert_equals_reference(corner, exact) == POINTS


@pytest.mark.monte_carlo
def test_proved_inverse_mean_holds_for_raw_rows_with_correlated_features() -> None:
    formula = proved(wishart_inverse_mean())
    values, vectors = np.linalg.eigh([[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 0.4]])
    raw = seeds.generator(41).standard_normal((20000, 14, 3))
    rows = raw * np.sqrt(values) @ vectors.T
    inverse = vectors.T @ np.linalg.inv(np.swapaxes(rows, 1, 2) @ rows) @ vectors
    for j in range(3):
        assert_sample_mean(inverse[:, j, j], float(formula(**{"n": 14, "d": 3, "lambda": values[j]})))
        assert_sample_mean(inverse[:, j, (j + 1) % 3], 0.0)


half = sp.Rational(1, 2)
t = sp.Symbol("t", positive=True)
k = sp.Symbol("k", positive=True)
V = sp.Symbol("V", positive=True)
PLANTED: dict[Callable[[], Derivation], dict[str, tuple[str, Any]]] = {
    chi_square_moments: {
        "Gamma shifted by one": ("inverse", sp.gamma(k / 2) / (2 * sp.gamma(k / 2 + 1))),
        "sign of t": ("transform", (1 - 2 * t) ** (-k / 2)),
        "k - 1 for k - 2": ("inverse", 1 / (k - 1)),
    },
    gaussian_moments: {
        "deviation for its square": ("mean-square", sp.sqrt(V)),
        "sign of the shift": ("distance", V - sp.Symbol("a", real=True) ** 2),
        "no half": ("entropy", sp.log(2 * sp.pi * V) / 2 + 1),
    },
    wishart_inverse_mean: {
        "n - d for n - d - 1": ("mean", 1 / (lam * (n - d))),
        "Sigma for its inverse": ("mean", lam / (n - d - 1)),
    },
    expected_empirical_risk: {
        "sign": ("risk", sigma**2 * (1 + d / n)),
        "n - d - 1 for n - d": ("sum", sigma**2 * (n - d - 1)),
        "residual sees the noise twice": ("square", sigma**2 * (1 + sp.Symbol("kappa", real=True) ** 2)),
    },
    expected_population_risk: {
        "n for n - 1": ("total", sigma**2 * n / (n - d - 1)),
        "n - d for n - d - 1": ("excess", sigma**2 * d / (n - d)),
        "singular value for its square": ("direction", sigma**2 / sp.sqrt(sp.Symbol("g", positive=True))),
    },
    generalization_error_of_least_squares: {
        "1 for 2": ("sum", sigma**2 * (d / n) * (1 + (d + 1) / (n - d - 1))),
        "d for d + 1": ("sum", sigma**2 * (d / n) * (2 + d / (n - d - 1))),
        "optimism halved": ("optimism", sigma**2 * d / n),
        "price of new inputs with n - d": ("new-inputs", sigma**2 * (d / n) * (d + 1) / (n - d)),
    },
    minimum_norm_risk: {
        "d - n for d - n - 1": ("row-space", sigma**2 * n / (d - n)),
        "d for n in the noise": ("sum", (1 - n / d) * sp.Symbol("omega", positive=True) + sigma**2 * d / (d - n - 1)),
        "seen for hidden": ("missed", sp.Symbol("omega", positive=True) * n / d),
    },
    residual_chi_square_law: {
        "n - d - 1 degrees": ("transform", (1 + 2 * t) ** (-(n - d - 1) / 2)),
        "variance halved": ("variance", sigma**4 * (n - d) / n**2),
    },
    excess_risk_f_law: {
        "n - d for n - d - 1 in the mean": ("mean", sigma**2 * d / (n - d)),
        "degrees exchanged": (
            "density",
            excess_risk_f_law().line("density").right.subs({d: nu, nu: d}, simultaneous=True),
        ),
    },
    inverse_gram_diagonal: {
        "n - d for n - d + 1": ("rank", n - d),
        "n + d for n - d": ("rank", n + d + 1),
    },
    projection_chi_square_law: {
        "sign of t": ("coordinate", (1 - 2 * t) ** -half),
        "one degree less": ("product", (1 + 2 * t) ** (-(sp.Symbol("k", positive=True, integer=True) - 1) / 2)),
    },
    weight_t_law: {
        "n - d for n - d - 1": ("variance", sigma**2 / (n - d)),
        "nu for nu + 1": ("density", weight_t_law().line("density").right.subs(nu, nu - 1)),
        "sign of t squared": ("student", weight_t_law().result.subs(t**2, -(t**2))),
    },
    leverage_beta_law: {
        "n for n - d": ("beta", leverage_beta_law().result.subs(n, n + d)),
        "h and 1 - h exchanged": ("beta", leverage_beta_law().result.subs(h, 1 - h)),
        "mean 1 - d/n": ("mean", 1 - d / n),
    },
    leverage_information: {
        "sign": ("mean", -leverage_information().result),
        "n - d - 1 for n - d": ("mean", (sp.digamma(n / 2) - sp.digamma((n - d - 1) / 2)) / 2),
        "no half": ("information", -sp.log(1 - h)),
    },
}


def test_errors_are_planted_in_every_derivation() -> None:
    assert set(PLANTED) == set(MAKERS)
    assert min(map(len, PLANTED.values())) >= 2


@pytest.mark.parametrize(("maker", "error"), [(maker, error) for maker, errors in PLANTED.items() for error in errors])
def test_planted_error_is_refuted(maker: Callable[[], Derivation], error: str) -> None:
    derivation = maker()
    label, wrong = PLANTED[maker][error]
    found = verify(alone(derivation, label, wrong))
    assert found.outcomes[0].verdict is Verdict.REFUTED
    assert found.outcomes[0].residual != 0


@pytest.mark.parametrize("maker", MAKERS)
def test_the_derivation_is_in_the_ledger(maker: Callable[[], Derivation]) -> None:
    """The tests of the ledger then hold every step of it to be proved, but the cited ones."""
    assert DERIVATIONS[maker().name]() == maker()
