"""The two definitions: mean squared error on the training data and on new data."""

import numpy as np
import pytest

from linreg_compress.least_squares.loss import empirical_risk, population_risk
from linreg_compress.model import LinearModel
from tests import seeds
from tests.compare import assert_close, assert_sample_mean
from tests.tolerances import FLOAT

RNG = seeds.generator
CORRELATED = LinearModel(6, 3, 0.7, weights=[1.0, -2.0, 0.5], covariance=[[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 0.4]])


def test_empirical_risk_is_the_mean_of_the_squared_errors() -> None:
    X, y, w = RNG(1).standard_normal((6, 3)), RNG(2).standard_normal(6), RNG(3).standard_normal(3)
    by_hand = sum((float(y[i]) - sum(float(X[i, j] * w[j]) for j in range(3))) ** 2 for i in range(6)) / 6
    assert_close(empirical_risk(X, y, w), by_hand, FLOAT)


def test_population_risk_is_noise_plus_the_weighted_error() -> None:
    w, truth = np.array([0.3, 0.1, -1.0]), CORRELATED.mean_weights
    error = w - truth
    by_hand = 0.7 + float(error @ np.asarray(CORRELATED.covariance) @ error)
    assert_close(population_risk(CORRELATED, w, truth), by_hand, FLOAT)
    assert population_risk(CORRELATED, truth, truth) == 0.7


@pytest.mark.monte_carlo
@pytest.mark.parametrize("model", [CORRELATED, LinearModel(6, 3, 1.3, weights=[1.0, -2.0, 0.5])])
def test_population_risk_is_the_mean_squared_error_on_fresh_data(model: LinearModel) -> None:
    w = np.array([0.3, 0.1, -1.0])
    data = model.draw(20000, rng=RNG(4))
    losses = (data.targets - data.features @ w) ** 2
    assert_sample_mean(losses, float(population_risk(model, w, model.mean_weights)))


@pytest.mark.monte_carlo
def test_empirical_risk_of_fixed_weights_has_the_population_risk_as_its_mean() -> None:
    w = np.array([0.3, 0.1, -1.0])
    data = CORRELATED.draw(20000, rng=RNG(5))
    found = empirical_risk(data.features, data.targets, np.broadcast_to(w, (20000, 3)))
    assert_sample_mean(found, float(population_risk(CORRELATED, w, CORRELATED.mean_weights)))


def test_batches_and_columns_are_what_one_call_each_gives() -> None:
    data = CORRELATED.draw(4, rng=RNG(6))
    weights = RNG(7).standard_normal((4, 3, 2))
    found = empirical_risk(data.features, data.targets, weights)
    assert found.shape == (4, 2)
    for trial in range(4):
        for column in range(2):
            one = empirical_risk(data.features[trial], data.targets[trial], weights[trial, :, column])
            assert_close(found[trial, column], one, FLOAT)
    several = population_risk(CORRELATED, np.moveaxis(weights, -1, 0), data.true_weights)
    assert several.shape == (2, 4)
    assert_close(several[1, 3], population_risk(CORRELATED, weights[3, :, 1], data.true_weights[3]), FLOAT)


def test_risks_scale_with_the_square_of_the_unit() -> None:
    X, y, w = RNG(1).standard_normal((6, 3)), RNG(2).standard_normal(6), RNG(3).standard_normal(3)
    assert_close(empirical_risk(X, 8 * y, 8 * w), 64 * empirical_risk(X, y, w), FLOAT)


def test_nan_is_never_hidden() -> None:
    X, y, w = np.ones((6, 3)), np.ones(6), np.array([1.0, np.nan, 0.0])
    assert np.isnan(empirical_risk(X, y, w))
    assert np.isnan(population_risk(CORRELATED, w, CORRELATED.mean_weights))


def test_wrong_lengths_do_not_pass() -> None:
    with pytest.raises(ValueError, match="a row for each target"):
        empirical_risk(np.ones((6, 3)), np.ones(6), np.ones(2))
    with pytest.raises(ValueError, match="one number a feature"):
        population_risk(CORRELATED, np.ones(2), CORRELATED.mean_weights)


def test_a_single_weight_is_not_broadcast() -> None:
    with pytest.raises(ValueError, match="weights"):
        population_risk(LinearModel(9, 3), np.ones(1), np.zeros(3))
