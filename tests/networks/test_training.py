"""Training: the steps of the formula, one stream of random numbers, and refusals that name the step."""

from functools import partial
from typing import Any

import numpy as np
import pytest

from linreg_compress.errors import InvalidInputError
from linreg_compress.networks import ReluNetwork, train_network, training_epochs
from tests.compare import assert_refused

INPUTS = np.random.default_rng(2).standard_normal((12, 3))
LABELS = (INPUTS[:, 0] > 0).astype(int)


def test_a_step_is_momentum_times_the_last_one_less_the_gradient() -> None:
    """Whole batches, so that the order of the rows only rounds: the same steps from `gradient`."""
    path = training_epochs((3, 4, 2), INPUTS, LABELS, epochs=4, learning_rate=0.1, momentum=0.5, batch=99)
    rng = np.random.default_rng(0)
    weights = [rng.uniform(-1, 1, (3, 4)) * np.sqrt(6 / 7), rng.uniform(-1, 1, (4, 2))]
    arrays = [*weights, np.zeros(4), np.zeros(2)]
    speed = [np.zeros_like(array) for array in arrays]
    for network in path:
        slopes = ReluNetwork(arrays[:2], arrays[2:]).gradient(INPUTS, LABELS)
        speed = [0.5 * v - 0.1 * g for v, g in zip(speed, (*slopes.weights, *slopes.biases), strict=True)]
        arrays = [a + v for a, v in zip(arrays, speed, strict=True)]
        for found, expected in zip((*network.weights, *network.biases), arrays, strict=True):
            assert found == pytest.approx(expected, rel=1e-12, abs=1e-14)


def test_every_row_is_used_once_an_epoch() -> None:
    """The last batch takes what is left: without its gradient a row's label would not matter."""
    changed = [
        train_network((3, 2), INPUTS, np.where(np.arange(12) == row, 1 - LABELS, LABELS), epochs=1, batch=5)
        for row in range(12)
    ]
    plain = train_network((3, 2), INPUTS, LABELS, epochs=1, batch=5)
    assert all(not np.array_equal(one.weights[0], plain.weights[0]) for one in changed)


def test_one_stream_gives_one_network_and_the_path_ends_in_it() -> None:
    *_, last = training_epochs((3, 5, 2), INPUTS, LABELS, epochs=3)
    one = train_network((3, 5, 2), INPUTS, LABELS, epochs=3)
    other = train_network((3, 5, 2), INPUTS, LABELS, epochs=3, rng=np.random.default_rng(1))
    assert np.array_equal(last.weight_vector, one.weight_vector)
    assert not np.array_equal(other.weight_vector, one.weight_vector)


def test_the_networks_of_a_path_do_not_change_afterwards() -> None:
    first, *_ = path = list(training_epochs((3, 5, 2), INPUTS, LABELS, epochs=5))
    assert first.cross_entropy(INPUTS, LABELS) > path[-1].cross_entropy(INPUTS, LABELS)


def test_it_learns_what_can_be_learned() -> None:
    network = train_network((3, 16, 2), INPUTS, LABELS, epochs=200)
    assert network.error_rate(INPUTS, LABELS) == 0.0
    assert network.cross_entropy(INPUTS, LABELS) < 0.01


def test_a_diverging_training_names_the_step_and_its_advice_works() -> None:
    rate, inputs, refused = 20.0, 5 * INPUTS, 0
    said = r"the loss is \S+ at step \d+, epoch \d+\. Divide it by 10, again if need be"
    while refused < 4 and (rate > 0.3):
        with pytest.raises(InvalidInputError, match=said):
            train_network((3, 8, 2), inputs, LABELS, epochs=50, learning_rate=rate)
        refused, rate = refused + 1, rate / 10
    assert refused
    network = train_network((3, 8, 2), inputs, LABELS, epochs=50, learning_rate=rate)
    assert np.isfinite(network.weight_vector).all()


def test_overflow_is_a_diverging_training_too() -> None:
    with pytest.raises(InvalidInputError, match=r"the weights are not finite after step 1, epoch 1"):
        train_network((3, 8, 2), 1e200 * INPUTS, LABELS, learning_rate=1e200, batch=12)


def test_wrong_arguments_are_refused() -> None:
    wrong: list[Any] = [(), (3,), 3, "32"]
    for layers in wrong:
        assert_refused(partial(train_network, layers, INPUTS, LABELS), "layers must be a list of at least two sizes")
    assert_refused(lambda: train_network((3, 0, 2), INPUTS, LABELS), "layers must be a whole number of at least 1; got 0.")
    assert_refused(lambda: train_network((10**6, 10**6), INPUTS, LABELS), "layers must make at most 100000000 weights")
    assert_refused(lambda: train_network((4, 2), INPUTS, LABELS), "inputs must hold rows of 4 numbers")
    assert_refused(lambda: train_network((3, 2), INPUTS * np.nan, LABELS), "inputs must be finite")
    assert_refused(lambda: train_network((3, 2), INPUTS, LABELS + 1), "labels must be classes from 0 to 1; got 2.")
    assert_refused(lambda: train_network((3, 2), INPUTS, LABELS, epochs=0), "epochs must be a whole number of at least 1")
    assert_refused(lambda: train_network((3, 2), INPUTS, LABELS, batch=0), "batch must be")
    assert_refused(lambda: train_network((3, 2), INPUTS, LABELS, learning_rate=0.0), "learning_rate must be positive")
    assert_refused(lambda: train_network((3, 2), INPUTS, LABELS, momentum=1.0), "momentum must lie from 0 to below 1")
    assert_refused(lambda: train_network((3, 2), INPUTS, LABELS, rng=3), "rng must be")  # type: ignore[arg-type]
    # refused when called, not when the path is first read
    assert_refused(lambda: training_epochs((3, 2), INPUTS, LABELS, epochs=0), "epochs must be")
