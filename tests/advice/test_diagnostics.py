"""Each diagnostic sees what it is for, and keeps quiet otherwise."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from linreg_compress.advice.design import prepare
from linreg_compress.advice.diagnostics import Diagnostic, diagnose, gaussian_factor, rows_of
from linreg_compress.advice.estimates import Spectrum, draw
from linreg_compress.advice.fitting import fit_moments
from tests import seeds
from tests.compare import assert_sample_mean

N, D = 300, 6
RNG = seeds.generator(2)
X = RNG.standard_normal((N, D))
NOISE = RNG.standard_normal(N)
WEIGHTS = 0.3 * RNG.standard_normal(D)


def found(features: Any, targets: Any) -> dict[str, Diagnostic]:
    design = prepare(features, targets, [f"x{k}" for k in range(features.shape[1])], "y")
    fitted = fit_moments(design.moments(), design.rows, design)
    rng = seeds.generator(0)
    draws = draw(Spectrum.of(fitted), 1000, rng)
    return {one.name: one for one in diagnose(design, fitted, rows_of(design, fitted), draws, rng)}


def test_a_table_of_the_theory_passes() -> None:
    assert all(one.holds for one in found(X, X @ WEIGHTS + NOISE).values())


def heavy(x: Any) -> Any:
    return x * np.sqrt(3 / RNG.chisquare(3, (N, 1)))


BREAKS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "Gaussian features": (lambda: heavy(X), lambda x: x @ WEIGHTS + NOISE),
    "no extreme row": (lambda: np.concatenate([X[:-1], 12 * X[-1:]]), lambda x: x @ WEIGHTS + NOISE),
    "Gaussian noise": (lambda: X, lambda x: x @ WEIGHTS + RNG.standard_t(2.5, N)),
    "noise of one variance": (lambda: X, lambda x: 5 * x @ WEIGHTS + np.exp(x @ WEIGHTS) * NOISE),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_assumption_is_seen(name: str) -> None:
    make, target = BREAKS[name]
    features = make()
    one = found(features, target(features))[name]
    assert not one.holds
    assert one.p_value < 0.01


def test_one_large_weight_among_zeros_is_seen() -> None:
    features = RNG.standard_normal((N, 40))
    one = found(features, 3 * features[:, 0] + NOISE)["weights like draws of one normal law"]
    assert not one.holds


def test_many_rows_make_the_shape_of_the_features_harmless() -> None:
    features = np.sign(RNG.standard_normal((5000, 4))) + 0.1 * RNG.standard_normal((5000, 4))
    one = found(features, features[:, 0] + RNG.standard_normal(5000))["Gaussian features"]
    assert one.p_value < 1e-6
    assert one.holds


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
    features, targets = X[:40] * [1, 10, 100, 1, 1, 1] + 5, X[:40] @ WEIGHTS + NOISE[:40] + 9
    design = prepare(features, targets, [f"x{k}" for k in range(D)], "y")
    rows = rows_of(design, fit_moments(design.moments(), 40, design))
    columns = np.column_stack([features, np.ones(40)])
    hat = columns @ np.linalg.pinv(columns)
    np.testing.assert_allclose(rows.leverages, np.diag(hat), rtol=1e-9)
    np.testing.assert_allclose(rows.residuals, (targets - hat @ targets) / np.sqrt(1 - np.diag(hat)), rtol=1e-8, atol=1e-11)
