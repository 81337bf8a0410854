"""The linear model: what it derives, what it draws, what it refuses."""

import copy
import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from linreg_compress.model import LinearModel
from tests import seeds
from tests.compare import assert_draws_follow, assert_refused, assert_sample_mean
from tests.tolerances import FLOAT

TOEPLITZ = 0.6 ** np.abs(np.subtract.outer(np.arange(3), np.arange(3)))
RNG = seeds.generator


def test_derived_quantities() -> None:
    model = LinearModel(80, 50, 2.0, signal_variance=0.1, weights=np.arange(50.0))
    assert model.degrees_of_freedom == 31
    assert model.weight_variance == 2.0 / 29
    assert abs(model.weight_energy / (49 * 50 * 99 / 6 + 5) - 1) < FLOAT
    assert model.mean_weights.tolist() == list(range(50))


@pytest.mark.parametrize("n", [1, 4, 5, 6])
def test_weight_variance_is_infinite_without_spare_samples(n: int) -> None:
    assert LinearModel(n, 5).weight_variance == np.inf


def test_defaults_are_zero_weights_and_the_identity() -> None:
    model = LinearModel(5, 3)
    assert (model.noise_variance, model.signal_variance) == (1.0, 0.0)
    assert model.mean_weights.tolist() == [0.0, 0.0, 0.0]
    assert model.has_identity_covariance
    assert model.covariance_factor is None
    assert LinearModel(5, 3, covariance=np.eye(3)).has_identity_covariance


def test_a_vector_of_variances_is_a_diagonal_covariance() -> None:
    model = LinearModel(5, 2, covariance=[4.0, 9.0])
    assert np.asarray(model.covariance).tolist() == [[4.0, 0.0], [0.0, 9.0]]
    assert model.covariance_factor is not None
    assert model.covariance_factor.tolist() == [[2.0, 0.0], [0.0, 3.0]]


def test_a_model_cannot_be_changed_and_does_not_see_later_changes() -> None:
    weights, covariance = np.ones(3), TOEPLITZ.copy()
    model = LinearModel(5, 3, weights=weights, covariance=covariance)
    weights[0], covariance[0, 0] = 9.0, 9.0
    assert model.mean_weights[0] == 1.0
    assert np.asarray(model.covariance)[0, 0] == 1.0
    with pytest.raises(FrozenInstanceError):
        model.samples = 6  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        model.mean_weights[0] = 2.0


def test_whole_numbers_of_any_type_are_counts() -> None:
    model = LinearModel(np.int64(5), 3.0)  # type: ignore[arg-type]
    assert (model.samples, model.features) == (5, 3)
    assert type(model.samples) is type(model.features) is int


@pytest.mark.monte_carlo
def test_draws_have_the_stated_moments() -> None:
    model = LinearModel(2, 3, 0.7, signal_variance=0.3, weights=[1.0, -2.0, 0.5], covariance=TOEPLITZ)
    data = model.draw(40000, rng=RNG(1))
    X, y, truth = data
    assert X.shape == (40000, 2, 3)
    assert (y.shape, truth.shape) == ((40000, 2), (40000, 3))
    for i in range(3):
        assert_sample_mean(X[:, 0, i], 0.0)
        assert_sample_mean(truth[:, i], model.mean_weights[i])
        assert_sample_mean((truth[:, i] - model.mean_weights[i]) ** 2, 0.3)
        for j in range(i + 1):
            assert_sample_mean(X[:, 0, i] * X[:, 0, j], TOEPLITZ[i, j])
    assert_sample_mean(X[:, 0, 0] * X[:, 1, 0], 0.0)
    noise = y - np.einsum("tnd,td->tn", X, truth)
    assert_sample_mean(noise[:, 0] * noise[:, 1], 0.0)
    from scipy import stats

    assert_draws_follow(noise[:4000].ravel(), stats.norm(scale=np.sqrt(0.7)).cdf)


def test_fixed_true_weights_are_the_same_in_every_trial() -> None:
    assert (LinearModel(2, 2, weights=[1.0, 2.0]).draw(5, rng=RNG(0)).true_weights == [1.0, 2.0]).all()


def test_draws_depend_on_the_stream_alone() -> None:
    model = LinearModel(4, 2, signal_variance=0.5)
    first, second, third = model.draw(3, rng=RNG(7)), model.draw(3, rng=RNG(7)), model.draw(3, rng=RNG(8))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first.targets, third.targets)


NOT_PD = [[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
BAD = [
    ({"samples": 0}, "samples must be a whole number of at least 1; got 0"),
    ({"samples": -3}, "samples must be a whole number of at least 1; got -3"),
    ({"samples": 2.5}, "samples must be a whole number of at least 1; got 2.5"),
    ({"samples": np.nan}, "samples must be finite; got nan"),
    ({"samples": True}, "samples must be made of real numbers; got True"),
    ({"samples": [5]}, "samples must be one whole number; got [5]"),
    ({"features": 0}, "features must be a whole number of at least 1; got 0"),
    ({"features": "three"}, "features must be made of real numbers; got 'three'"),
    ({"features": None}, "features must be made of real numbers; got None"),
    ({"noise_variance": 0.0}, "noise_variance must be positive; got 0.0"),
    ({"noise_variance": -1.0}, "noise_variance must be positive; got -1.0"),
    ({"noise_variance": np.inf}, "noise_variance must be finite; got inf"),
    ({"noise_variance": [1.0, 2.0]}, "noise_variance must be one number; got an array of shape (2,)"),
    ({"signal_variance": -0.1}, "signal_variance must be zero or positive; got -0.1"),
    ({"signal_variance": np.nan}, "signal_variance must be finite; got nan"),
    ({"weights": [1.0, 2.0]}, "weights must hold one number a feature, 3 in all; got 2 of them"),
    ({"weights": np.zeros((3, 1))}, "weights must hold one number a feature, 3 in all; got shape (3, 1)"),
    ({"weights": [1.0, np.nan, 0.0]}, "weights must be finite; got nan"),
    ({"weights": [0.0, -1e61, 0.0]}, "weights must be at most 1e+60 times sigma = 1 in size, so that fourth"),
    ({"weights": 5.0}, "weights must hold one number a feature, 3 in all; got shape ()"),
    ({"covariance": np.eye(2)}, "covariance must have shape (3, 3) or (3,); got shape (2, 2)"),
    ({"covariance": [1.0, 2.0]}, "covariance must hold one number a feature, 3 in all; got 2 of them"),
    ({"covariance": np.triu(np.ones((3, 3)))}, "covariance must be symmetric; got a largest difference"),
    ({"covariance": np.triu(np.ones((3, 3)))}, "from its transpose of 1."),
    ({"covariance": NOT_PD}, "covariance must be positive definite; got correlations with a smallest eigenvalue of -1."),
    (
        {"covariance": np.ones((3, 3))},
        "covariance must be positive definite; got correlations with a smallest eigenvalue of",
    ),
    ({"covariance": [1.0, 0.0, 1.0]}, "covariance must be positive definite; got a diagonal entry of 0."),
    ({"covariance": [1.0, np.inf, 1.0]}, "covariance must be finite; got inf"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_refused(arguments: dict[str, object], message: str) -> None:
    legal: dict[str, object] = {"samples": 5, "features": 3}
    assert_refused(lambda: LinearModel(**(legal | arguments)), message)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "call",
    [
        lambda: LinearModel(5, 2, weights=[[1.0], [1.0, 2.0]]),
        lambda: LinearModel(5, 2).draw(-1, rng=RNG(0)),
        lambda: LinearModel(5, 2).draw(2.5, rng=RNG(0)),  # type: ignore[arg-type]
    ],
)
def test_every_refusal_is_the_packages_own(call: object) -> None:
    assert callable(call)
    assert_refused(call)


def test_a_model_keeps_arrays_of_its_own_in_copies_too() -> None:
    weights, covariance = np.array([1.0, 2.0]), np.array([[1.0, 0.5], [0.5, 1.0]])
    model = LinearModel(20, 2, weights=weights, covariance=covariance)
    factor = np.linalg.cholesky(covariance)
    weights += 1
    covariance += np.eye(2)
    one: Any
    for one in (model, pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert one.mean_weights.tolist() == [1.0, 2.0]
        np.testing.assert_array_equal(one.covariance_factor, factor)
        for array in (one.weights, one.covariance, one.covariance_factor):
            assert not array.flags.writeable
        again = pickle.loads(pickle.dumps(one))  # the factor is there now
        assert not again.covariance_factor.flags.writeable


def test_one_number_for_all_weights_is_checked_and_kept() -> None:
    number = np.array(1.0)
    model = LinearModel(20, 3, weights=np.broadcast_to(number, (3,)))
    number += 1
    assert model.mean_weights.tolist() == [1.0, 1.0, 1.0]
    assert model.mean_weights.strides == (0,)
    assert_refused(lambda: LinearModel(20, 3, weights=np.broadcast_to(np.nan, (3,))), "weights must be finite; got nan")
    assert_refused(lambda: LinearModel(20, 3, weights=np.broadcast_to(1.0, (2,))), "3 in all; got 2 of them")
