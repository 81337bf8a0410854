"""Least squares from raw data, and the exact laws of its weights and leverages."""

import numpy as np
import pytest

from linreg_compress.errors import DesignError, InvalidInputError, UnsupportedModelError
from linreg_compress.least_squares.fit import fit, fit_unchecked, leverage_law, weight_law
from linreg_compress.model import LinearModel
from tests import seeds
from tests.compare import assert_close, assert_draws_follow, assert_equals_reference, assert_refused, assert_sample_mean
from tests.references import mp
from tests.tolerances import FLOAT

RNG = seeds.generator
SIGMA = [[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 0.4]]


@pytest.mark.parametrize(("n", "d"), [(1, 1), (9, 1), (9, 4), (40, 30), (4, 9), (1, 5)])
def test_fit_equals_the_pseudoinverse(n: int, d: int) -> None:
    X, y = RNG(n).standard_normal((n, d)), RNG(d).standard_normal(n)
    found = fit(X, y)
    np.testing.assert_allclose(found.weights, np.linalg.pinv(X) @ y, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(found.gram, X.T @ X, rtol=FLOAT, atol=FLOAT)


def test_square_designs_are_solved_exactly() -> None:
    X = RNG(2).standard_normal((5, 5)) + 3 * np.eye(5)
    np.testing.assert_allclose(fit(X, X @ np.arange(5.0)).weights, np.arange(5.0), rtol=0, atol=1e-10)


@pytest.mark.parametrize(("n", "d"), [(8, 3), (3, 8)])
def test_batches_are_what_one_fit_each_gives(n: int, d: int) -> None:
    X, y = RNG(3).standard_normal((2, 4, n, d)), RNG(4).standard_normal((2, 4, n))
    found = fit(X, y)
    assert found.weights.shape == (2, 4, d)
    assert found.gram.shape == (2, 4, d, d)
    assert_close(found.weights[1, 2], fit(X[1, 2], y[1, 2]).weights, 1e-11)
    assert np.array_equal(found.weights, fit_unchecked(X, y).weights)


def test_no_weights_fit_better_and_minimum_norm_is_least() -> None:
    X, y = RNG(5).standard_normal((9, 4)), RNG(6).standard_normal(9)
    residual = y - X @ fit(X, y).weights
    assert np.abs(X.T @ residual).max() < 1e-12
    wide = X.T
    weights = fit(wide, y[:4]).weights
    assert np.abs(wide @ weights - y[:4]).max() < 1e-12
    null = np.linalg.svd(wide)[2][4:]
    assert np.abs(null @ weights).max() < 1e-12  # nothing of it is wasted in the null space


def test_fit_accepts_lists() -> None:
    assert fit([[1], [2]], [2, 4]).weights.round(12).tolist() == [2.0]  # type: ignore[arg-type]


# ---- laws


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("n", "d"), [(3, 3), (9, 3)])
@pytest.mark.parametrize("feature", [0, 2])
def test_weights_of_raw_data_follow_the_t_law(n: int, d: int, feature: int) -> None:
    model = LinearModel(n, d, 0.7, weights=[1.0, -2.0, 0.5], covariance=SIGMA)
    data = model.draw(4000, rng=RNG(7))
    weights = fit_unchecked(data.features, data.targets).weights
    assert_draws_follow(weights[:, feature] - model.mean_weights[feature], weight_law(model, feature).cdf)


def test_weight_law_equals_40_digits() -> None:
    model, x = LinearModel(80, 50, 0.7), 0.21
    t = mp.mpf(x) / mp.sqrt(mp.mpf(0.7) / 31)
    upper = mp.betainc(mp.mpf(31) / 2, mp.mpf(1) / 2, 0, 31 / (31 + t**2), regularized=True) / 2
    assert assert_equals_reference([weight_law(model).sf(x)], [upper]) == 1
    assert_close(weight_law(model).var(), model.weight_variance, FLOAT)


@pytest.mark.parametrize("n", [4, 5])
def test_weight_law_has_no_finite_variance_without_spare_samples(n: int) -> None:
    assert not np.isfinite(weight_law(LinearModel(n, 4)).var())


@pytest.mark.monte_carlo
def test_leverages_of_raw_data_follow_the_beta_law() -> None:
    X = LinearModel(9, 3, covariance=SIGMA).draw(4000, rng=RNG(8)).features
    row = X[:, 0]
    leverage = np.einsum("td,td->t", row, np.linalg.solve(X.swapaxes(1, 2) @ X, row[..., None])[..., 0])
    assert_draws_follow(leverage, leverage_law(9, 3).cdf)
    assert_sample_mean(leverage, 3 / 9)


# ---- bad input


@pytest.mark.parametrize("shape", [(9, 4), (4, 9)])
def test_a_collinear_design_is_refused_with_its_condition_number(shape: tuple[int, int]) -> None:
    X = RNG(9).standard_normal(shape)
    if shape[0] > shape[1]:
        X[:, 1] = X[:, 0]
    else:
        X[1] = X[0]
    call = lambda: fit(X, np.ones(shape[0]))  # noqa: E731
    assert_refused(call, "independent columns", "condition number", "Drop redundant features", error=DesignError)


def test_an_ill_conditioned_design_is_refused_and_a_poor_one_is_not() -> None:
    X = RNG(10).standard_normal((9, 3))
    y = X.sum(axis=1)
    bad, poor = X * [1.0, 1.0, 1e-8], X * [1.0, 1.0, 1e-5]
    assert_refused(lambda: fit(bad, bad.sum(axis=1)), "condition number", error=DesignError)
    np.testing.assert_allclose(fit(poor, poor.sum(axis=1)).weights, 1.0, rtol=1e-4)
    batch, targets = np.stack([X, bad]), np.stack([y, y])
    assert_refused(lambda: fit(batch, targets), "condition number", error=DesignError)


def test_a_design_of_zeros_is_refused() -> None:
    assert_refused(lambda: fit(np.zeros((3, 2)), np.zeros(3)), "condition number inf", error=DesignError)


MODEL = LinearModel(9, 3)
BAD = [
    (lambda: fit(np.full((3, 2), np.nan), np.zeros(3)), "features must be finite; got nan"),
    (lambda: fit(np.eye(3), np.array([1.0, np.inf, 0.0])), "targets must be finite; got inf"),
    (lambda: fit(np.eye(3), np.zeros(2)), "without its last axis; got (2,) for (3, 3)"),
    (lambda: fit(np.zeros(3), np.zeros(3)), "without its last axis; got (3,) for (3,)"),
    (lambda: weight_law(MODEL, 3), "feature must be below the number of features 3; got 3"),
    (lambda: weight_law(MODEL, -1), "feature must be a whole number of at least 0; got -1"),
    (lambda: weight_law(MODEL, 0.5), "feature must be a whole number of at least 0; got 0.5"),  # type: ignore[arg-type]
    (lambda: leverage_law(0, 3), "samples must be a whole number of at least 1; got 0"),
    (lambda: leverage_law(9, np.inf), "features must be finite; got inf"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message)


@pytest.mark.parametrize("shape", [(0, 2), (2, 0)])
def test_an_empty_design_is_refused(shape: tuple[int, int]) -> None:
    assert_refused(lambda: fit(np.zeros(shape), np.zeros(shape[0])), "features", error=InvalidInputError)


def test_laws_are_refused_where_they_do_not_hold() -> None:
    assert_refused(lambda: weight_law(LinearModel(2, 3)), "samples >= features; got 2 < 3", error=UnsupportedModelError)
    assert_refused(lambda: leverage_law(3, 3), "samples > features; got 3 and 3", error=UnsupportedModelError)
