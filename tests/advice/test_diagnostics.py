"""Each diagnostic sees what it is for, and keeps quiet otherwise."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from linreg_compress.advice.design import prepare
from linreg_compress.advice.diagnostics import Diagnostic, diagnose, gaussian_factor, rows_of
from linreg_compress.advice.estimates import Spectrum, draw
from linreg_compress.advice.fitting import fit_moments
from tests import seeds
from tests.compare import assert_sample_mean, assert_share

N, D = 300, 6
WEIGHTS = np.array([0.3, -0.4, 0.2, 0.0, 0.5, -0.1])


def table(number: int) -> tuple[Any, Any]:
    """Features and noise of one table."""
    rng = seeds.generator(2, number)
    return rng.standard_normal((N, D)), rng.standard_normal(N)


def found(features: Any, targets: Any, size: int = 1000) -> dict[str, Diagnostic]:
    design = prepare(features, targets, [f"x{k}" for k in range(features.shape[1])], "y")
    fitted = fit_moments(design.moments(), design.rows, design)
    rng = seeds.generator(0)
    draws = draw(Spectrum.of(fitted), size, rng)
    return {one.name: one for one in diagnose(design, fitted, rows_of(design, fitted), draws, rng)}


@pytest.mark.monte_carlo
def test_tables_of_the_theory_pass() -> None:
    """Each diagnostic gives a false alarm at 1 % of them; 2 %, as three of the five p-values are limits of many rows."""
    kept: dict[str, list[bool]] = {}
    for number in range(100):
        x, noise = table(number)
        for name, one in found(x, x @ WEIGHTS + noise, 200).items():
            kept.setdefault(name, []).append(one.holds)
    assert len(kept) == 5
    for held in kept.values():
        assert_share(held, 0.98, 1.0)


def heavy(x: Any) -> Any:
    return x * np.sqrt(2 / seeds.generator(3).chisquare(2, (N, 1)))


BREAKS: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "Gaussian features": (heavy, lambda x, noise: x @ WEIGHTS + noise),
    "no extreme row": (lambda x: np.concatenate([x[:-1], 12 * x[-1:]]), lambda x, noise: x @ WEIGHTS + noise),
    "Gaussian noise": (lambda x: x, lambda x, _: x @ WEIGHTS + seeds.generator(4).standard_t(2.5, N)),
    "noise of one variance": (lambda x: x, lambda x, noise: 5 * x @ WEIGHTS + np.exp(x @ WEIGHTS) * noise),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_assumption_is_seen(name: str) -> None:
    make, target = BREAKS[name]
    x, noise = table(100)
    features = make(x)
    one = found(features, target(features, noise))[name]
    assert not one.holds
    assert one.p_value < 0.01


def test_one_large_weight_among_zeros_is_seen() -> None:
    rng = seeds.generator(5)
    features = rng.standard_normal((N, 40))
    one = found(features, 3 * features[:, 0] + rng.standard_normal(N))["weights like draws of one normal law"]
    assert not one.holds


def test_many_rows_make_the_shape_of_the_features_harmless() -> None:
    rng = seeds.generator(6)
    features = np.sign(rng.standard_normal((5000, 4))) + 0.1 * rng.standard_normal((5000, 4))
    one = found(features, features[:, 0] + rng.standard_normal(5000))["Gaussian features"]
    assert one.p_value < 1e-6
    assert one.holds


def test_p_values_are_those_of_the_published_tests() -> None:
    """Mardia 1970, a beta law of the largest leverage with Bonferroni's power, Jarque and Bera, Breusch and Pagan."""
    x, noise = (part[:60] for part in table(1))
    y = x @ WEIGHTS + (1 + 0.3 * x[:, 0]) * noise
    columns = np.column_stack([x, np.ones(60)])
    hat = columns @ np.linalg.pinv(columns)
    h, left = np.diag(hat), 1 - np.diag(hat)
    r, f = (y - hat @ y) / np.sqrt(left), hat @ y - y.mean()
    z = r / np.sqrt(np.mean(r**2))
    kurtosis = np.sum((h - 1 / 60) ** 2) * 60
    expected = {
        "Gaussian features": 2 * stats.norm.sf(abs(kurtosis - 48 * 59 / 61) / np.sqrt(8 * 48 / 60)),
        "no extreme row": 1 - stats.beta(D / 2, (59 - D) / 2).cdf(h.max() - 1 / 60) ** 60,
        "Gaussian noise": stats.chi2(2).sf(60 / 6 * (np.mean(z**3) ** 2 + (np.mean(z**4) - 3) ** 2 / 4)),
        "noise of one variance": stats.chi2(2).sf(60 * np.corrcoef(r**2, _quadratic(f, r**2))[0, 1] ** 2),
    }
    values = found(x, y)
    for name, p_value in expected.items():
        assert 1e-4 < p_value < 0.999
        assert values[name].p_value == pytest.approx(float(p_value), rel=1e-9), name


def _quadratic(f: Any, values: Any) -> Any:
    return np.polyval(np.polyfit(f, values, 2), f)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("intercept", [False, True])
def test_leave_one_out_of_gaussian_rows(intercept: bool) -> None:
    rng = seeds.generator(3)
    x = rng.standard_normal((3000, 25, 5))
    columns = np.concatenate([x, np.ones((3000, 25, 1))], axis=2) if intercept else x
    inverse = np.linalg.inv(columns.swapaxes(1, 2) @ columns)
    h = np.einsum("tni,tij,tnj->tn", columns, inverse, columns)
    assert_sample_mean((h / (1 - h)).mean(axis=1), gaussian_factor(25, 5, intercept))


def test_leverages_and_residuals_are_those_of_the_hat_matrix() -> None:
    x, noise = (part[:40] for part in table(0))
    features, targets = x * [1, 10, 100, 1, 1, 1] + 5, x @ WEIGHTS + noise + 9
    design = prepare(features, targets, [f"x{k}" for k in range(D)], "y")
    rows = rows_of(design, fit_moments(design.moments(), 40, design))
    columns = np.column_stack([features, np.ones(40)])
    hat = columns @ np.linalg.pinv(columns)
    np.testing.assert_allclose(rows.leverages, np.diag(hat), rtol=1e-9)
    np.testing.assert_allclose(rows.residuals, (targets - hat @ targets) / np.sqrt(1 - np.diag(hat)), rtol=1e-8, atol=1e-11)
