"""Ridge regression written as a map of the least-squares weights."""

import numpy as np
import pytest

from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
from linreg_compress.least_squares.fit import fit
from linreg_compress.model import LinearModel
from tests.compare import assert_close, assert_refused

RNG = np.random.default_rng


@pytest.mark.parametrize(("n", "d"), [(9, 4), (4, 9)])
@pytest.mark.parametrize("penalty", [1e-3, 2.0])
def test_shrinkage_of_least_squares_is_ridge_regression_on_raw_data(n: int, d: int, penalty: float) -> None:
    X, y = RNG(1).standard_normal((3, n, d)), RNG(2).standard_normal((3, n))
    fitted = fit(X, y)
    found = RidgeShrinkage(penalty).compress(fitted.weights, rng=RNG(0), gram=fitted.gram)
    for trial in range(3):
        rows = np.vstack([X[trial], np.sqrt(penalty) * np.eye(d)])  # ridge as least squares on padded data
        expected = np.linalg.lstsq(rows, np.concatenate([y[trial], np.zeros(d)]))[0]
        np.testing.assert_allclose(found[trial], expected, rtol=1e-9, atol=1e-11)


def test_a_small_penalty_changes_nothing_and_a_large_one_drops_everything() -> None:
    weights, gram = np.array([1.0, -2.0]), np.diag([4.0, 9.0])
    assert_close(RidgeShrinkage(1e-15).compress(weights, rng=RNG(0), gram=gram), weights, 1e-12)
    assert np.abs(RidgeShrinkage(1e15).compress(weights, rng=RNG(0), gram=gram)).max() < 1e-13


@pytest.mark.parametrize(
    ("penalty", "message"),
    [
        (0.0, "penalty must be positive; got 0.0"),
        (-1.0, "penalty must be positive; got -1.0"),
        (np.nan, "penalty must be finite; got nan"),
        (np.inf, "penalty must be finite; got inf"),
    ],
)
def test_an_illegal_penalty_is_refused(penalty: float, message: str) -> None:
    assert_refused(lambda: RidgeShrinkage(penalty), message)


def test_the_gram_matrix_is_asked_for() -> None:
    assert_refused(lambda: RidgeShrinkage(1.0).compress(np.ones(2), rng=RNG(0)), "gram is needed by ridge", "Pass X^T X.")


def test_the_best_penalty_is_read_off_the_model() -> None:
    assert_close(RidgeShrinkage.for_model(LinearModel(9, 3, 0.7, signal_variance=0.2)).penalty, 3.5, 1e-15)
    assert_close(RidgeShrinkage.for_model(LinearModel(9, 2, 0.7, weights=[0.6, -0.8])).penalty, 1.4, 1e-15)
    assert RidgeShrinkage.for_model(LinearModel(9, 3), 2.0).penalty == 2.0
    assert_refused(
        lambda: RidgeShrinkage.for_model(LinearModel(9, 3)), "signal_variance must be positive", "Give a penalty."
    )
