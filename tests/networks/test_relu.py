"""The network's loss and derivatives against hand values, another formula, and central differences."""

import copy
import pickle
from itertools import pairwise

import numpy as np
import pytest

from linreg_compress.networks import LayerArrays, ReluNetwork
from linreg_compress.networks.relu import activations
from tests.compare import assert_refused

STEP = 1e-5
NETWORKS = 50


def some_network(rng: np.random.Generator) -> tuple[ReluNetwork, np.ndarray, np.ndarray]:
    """Draw sizes, weights and data: one to three layers."""
    sizes = rng.integers(2, 6, rng.integers(2, 5))
    pairs = list(pairwise(sizes))
    network = ReluNetwork([rng.standard_normal(pair) for pair in pairs], [rng.standard_normal(b) for _, b in pairs])
    rows = int(rng.integers(1, 8))
    return network, rng.standard_normal((rows, sizes[0])), rng.integers(0, sizes[-1], rows)


def moved(network: ReluNetwork, part: str, layer: int, place: tuple[int, ...], by: float) -> ReluNetwork:
    arrays = {"weights": [a.copy() for a in network.weights], "biases": [a.copy() for a in network.biases]}
    arrays[part][layer][place] += by
    return ReluNetwork(arrays["weights"], arrays["biases"])


def pattern(network: ReluNetwork, inputs: np.ndarray) -> list[bytes]:
    return [(entering > 0).tobytes() for entering in activations(network.weights, network.biases, inputs)[1:-1]]


def worst_errors(network: ReluNetwork, inputs: np.ndarray, labels: np.ndarray) -> tuple[float, float, int]:
    """Largest errors of gradient and Hessian diagonal, over their layer's largest entry, and how many were compared."""
    slopes, curvatures = network.gradient(inputs, labels), network.hessian_diagonal(inputs, labels)
    errors, count = [(0.0, 0.0)], 0
    for part in ("weights", "biases"):
        for layer, array in enumerate(getattr(network, part)):
            slope, curvature = (getattr(found, part)[layer] for found in (slopes, curvatures))
            scale, bend = np.abs(slope).max() or 1.0, curvature.max() or 1.0
            for place in np.ndindex(array.shape):
                low, high = (moved(network, part, layer, place, by) for by in (-STEP, STEP))
                if pattern(low, inputs) != pattern(high, inputs):  # a kink between them: no derivative to compare
                    continue
                by_loss = (high.cross_entropy(inputs, labels) - low.cross_entropy(inputs, labels)) / (2 * STEP)
                ends = [getattr(one.gradient(inputs, labels), part)[layer][place] for one in (low, high)]
                by_slope = (ends[1] - ends[0]) / (2 * STEP)
                errors.append((abs(by_loss - slope[place]) / scale, abs(by_slope - curvature[place]) / bend))
                count += 1
    return (*(max(column) for column in zip(*errors, strict=True)), count)


def test_gradient_and_hessian_diagonal_are_central_differences_on_random_networks() -> None:
    rng = np.random.default_rng(20)
    compared = 0
    for _ in range(NETWORKS):
        slope, curvature, count = worst_errors(*some_network(rng))
        assert slope < 1e-6
        assert curvature < 1e-6
        compared += count
    assert compared > 1000


def test_the_hessian_diagonal_is_gauss_newton_of_the_jacobian_and_blind_to_labels() -> None:
    """The sum over classes of p_c times the squared centred derivative of logit c, from logits moved weight by weight."""
    network, inputs, labels = some_network(np.random.default_rng(3))
    chance = np.exp(network.logits(inputs))
    chance /= chance.sum(axis=1, keepdims=True)
    found = network.hessian_diagonal(inputs, labels).weights[0]
    other = network.hessian_diagonal(inputs, (labels + 1) % network.layers[-1]).weights[0]
    assert np.array_equal(found, other)
    for place in np.ndindex(found.shape):
        low, high = (moved(network, "weights", 0, place, by) for by in (-STEP, STEP))
        slope = (high.logits(inputs) - low.logits(inputs)) / (2 * STEP)
        centred = slope - (chance * slope).sum(axis=1, keepdims=True)
        assert found[place] == pytest.approx(float((chance * centred**2).sum(axis=1).mean()), rel=1e-6, abs=1e-9)


def test_a_network_of_one_layer_is_multinomial_logistic_regression() -> None:
    network = ReluNetwork([np.zeros((2, 4))], [np.zeros(4)])
    inputs, labels = np.array([[1.0, 2.0], [3.0, -1.0]]), [0, 3]
    assert network.cross_entropy(inputs, labels) == pytest.approx(np.log(4), rel=1e-15)
    assert network.gradient(inputs, labels).biases[0] == pytest.approx([-0.25, 0.25, 0.25, -0.25], abs=1e-15)
    second = network.hessian_diagonal(inputs, labels)
    assert second.weights[0] == pytest.approx(np.outer([5.0, 2.5], np.full(4, 3 / 16)), rel=1e-15)


def test_far_logits_neither_overflow_nor_vanish() -> None:
    network = ReluNetwork([np.array([[1e3, -1e3]])], [np.zeros(2)])
    assert network.cross_entropy([[1.0]], [1]) == 2000.0
    assert network.cross_entropy([[1.0]], [0]) == 0.0
    assert np.isfinite(network.gradient([[1.0]], [1]).weights[0]).all()
    assert network.hessian_diagonal([[1.0]], [1]).weights[0].tolist() == [[0.0, 0.0]]


def test_the_weight_vector_runs_layer_after_layer_and_back() -> None:
    network, inputs, _ = some_network(np.random.default_rng(8))
    again = network.with_weight_vector(network.weight_vector)
    assert np.array_equal(again.logits(inputs), network.logits(inputs))
    assert network.weight_vector[: network.layers[1]].tolist() == network.weights[0][0].tolist()
    doubled = network.with_weight_vector(2 * network.weight_vector)
    assert np.array_equal(doubled.weights[-1], 2 * network.weights[-1])
    assert np.array_equal(doubled.biases[-1], network.biases[-1])


def test_what_is_no_network_is_refused() -> None:
    assert_refused(lambda: ReluNetwork([], []), "weights must be a list of arrays, one a layer; got [].")
    assert_refused(lambda: ReluNetwork([np.zeros((3, 0))], [np.zeros(0)]), "none empty; got shape (3, 0).")
    assert_refused(lambda: ReluNetwork([np.array([1.0, 2.0])], [np.zeros(1)]), "a matrix (inputs, outputs) a layer")
    assert_refused(lambda: ReluNetwork([np.ones((2, 3))], [np.ones(2)]), "biases must hold a number for each output")
    assert_refused(
        lambda: ReluNetwork([np.ones((2, 3)), np.ones((2, 2))], [np.ones(3), np.ones(2)]), "2 inputs after 3 outputs"
    )
    assert_refused(lambda: ReluNetwork([np.array([[np.nan]])], [np.zeros(1)]), "weights must be finite; got nan.")


def test_wrong_data_are_refused() -> None:
    network = ReluNetwork([np.eye(2)], [np.zeros(2)])
    assert_refused(lambda: network.logits([[1.0]]), "inputs must hold rows of 2 numbers")
    assert_refused(lambda: network.logits([[1.0, np.inf]]), "inputs must be finite; got inf.")
    assert_refused(lambda: network.logits(np.zeros((0, 2))), "got shape (0, 2).")
    assert_refused(
        lambda: network.cross_entropy([[1.0, 2.0]], [0, 1]), "labels must hold one class a row of inputs, 1 in all"
    )
    assert_refused(lambda: network.gradient([[1.0, 2.0]], [-1]), "labels must be a whole number of at least 0; got -1.")
    assert_refused(lambda: network.gradient([[1.0, 2.0]], [0.5]), "labels must be a whole number")
    message = "labels must be classes from 0 to 1; got 2. Number the classes from 0, or give the last layer 3 outputs."
    assert_refused(lambda: network.error_rate([[1.0, 2.0]], [2]), message)
    assert_refused(lambda: network.with_weight_vector([1.0]), "vector must hold a number a weight, 4 in all")


def test_arrays_of_a_network_are_told_by_weights_and_biases() -> None:
    arrays = LayerArrays((np.ones((2, 2)), np.zeros((2, 1))), (np.ones(2), np.ones(1)))
    assert arrays.weight_vector.tolist() == [1.0, 1.0, 1.0, 1.0, 0.0, 0.0]


def test_a_network_keeps_arrays_of_its_own() -> None:
    weights, bias = np.ones((1, 2)), np.zeros(2)
    network = ReluNetwork([weights], [bias])
    vector = np.array([3.0, 4.0])
    other = network.with_weight_vector(vector)
    for array in (weights, bias, vector):
        array[...] = array + 7
    assert network.weight_vector.tolist() == [1.0, 1.0]
    for one in (other, pickle.loads(pickle.dumps(other)), copy.deepcopy(other)):
        assert one.weight_vector.tolist() == [3.0, 4.0]
        assert not any(array.flags.writeable for array in (*one.weights, *one.biases))
