"""A ReLU network as its layers, with the loss of a classifier and the derivatives that training and compression need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError
from linreg_compress.records import readable


@readable
@dataclass(frozen=True, eq=False)
class LayerArrays:
    """Numbers in the shape of a network: one for every weight and every bias."""

    weights: Sequence[FloatArray]
    """A matrix a layer, shape (inputs, outputs) of the layer."""
    biases: Sequence[FloatArray]
    """A vector a layer, shape (outputs,)."""

    @property
    def weight_vector(self) -> FloatArray:
        """The numbers of all weights, layer after layer, without those of the biases; shape (N,)."""
        return np.concatenate([matrix.ravel() for matrix in self.weights])


@readable
@dataclass(frozen=True, eq=False)
class ReluNetwork(LayerArrays):
    """Layers ``max(x W + b, 0)``, the last one without the max: a classifier whose outputs are logits.

    Its loss is the cross entropy, the mean of ``-ln softmax(logits)_label`` in nats.

    Raises
    ------
    InvalidInputError
        If there is no layer, a layer is empty or does not fit the one before it, or a number is not finite.

    Examples
    --------
    >>> network = ReluNetwork([[[1.0, -1.0]], [[2.0, 0.0], [0.0, 2.0]]], [[0.0, 0.0], [0.0, 0.0]])
    >>> network.layers, network.logits([[3.0], [-3.0]]).tolist()
    ((1, 2, 2), [[6.0, 0.0], [0.0, 6.0]])
    >>> round(network.cross_entropy([[3.0], [-3.0]], [0, 1]), 6), network.error_rate([[3.0], [-3.0]], [0, 0])
    (0.002476, 0.5)
    """

    def __post_init__(self) -> None:
        weights = tuple(valid.owned(valid.numbers("weights", matrix)) for matrix in _listed("weights", self.weights))
        biases = tuple(valid.owned(valid.numbers("biases", vector)) for vector in _listed("biases", self.biases))
        for matrix in weights:
            if matrix.ndim != 2 or not matrix.size:
                raise InvalidInputError(
                    "weights", "must hold a matrix (inputs, outputs) a layer, none empty", f"shape {matrix.shape}"
                )
        if [vector.shape for vector in biases] != [matrix.shape[1:] for matrix in weights]:
            rule = "must hold a number for each output of each layer"
            raise InvalidInputError(
                "biases", rule, f"shapes {[v.shape for v in biases]} beside {[m.shape for m in weights]}"
            )
        for one, other in pairwise(weights):
            if one.shape[1] != other.shape[0]:
                found = f"{other.shape[0]} inputs after {one.shape[1]} outputs"
                raise InvalidInputError(
                    "weights", "must have as many inputs a layer as the layer before has outputs", found
                )
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)

    @property
    def layers(self) -> tuple[int, ...]:
        """Number of inputs, of units of each hidden layer, and of classes."""
        return (self.weights[0].shape[0], *(matrix.shape[1] for matrix in self.weights))

    def with_weight_vector(self, vector: ArrayLike) -> ReluNetwork:
        """Return the network with other weights, in the order of `weight_vector`, and the same biases."""
        sizes = [matrix.size for matrix in self.weights]
        numbers = valid.numbers("vector", vector)
        if numbers.shape != (sum(sizes),):
            raise InvalidInputError("vector", f"must hold a number a weight, {sum(sizes)} in all", f"shape {numbers.shape}")
        parts = np.split(numbers, np.cumsum(sizes)[:-1])
        return ReluNetwork(
            tuple(part.reshape(matrix.shape) for part, matrix in zip(parts, self.weights, strict=True)), self.biases
        )

    def logits(self, inputs: ArrayLike) -> FloatArray:
        """Outputs for each row of `inputs`, shape (n, inputs): one for each class, shape (n, classes)."""
        return activations(self.weights, self.biases, self._rows(inputs))[-1]

    def cross_entropy(self, inputs: ArrayLike, labels: ArrayLike) -> float:
        """Mean cross entropy in nats; `labels` are the classes of the rows, from 0, shape (n,)."""
        rows, classes = self._labelled(inputs, labels)
        return cross_entropy(activations(self.weights, self.biases, rows)[-1], classes)

    def error_rate(self, inputs: ArrayLike, labels: ArrayLike) -> float:
        """Share of the rows whose largest logit is not that of their class; of equal ones the first counts."""
        rows, classes = self._labelled(inputs, labels)
        return float(np.mean(activations(self.weights, self.biases, rows)[-1].argmax(axis=1) != classes))

    def gradient(self, inputs: ArrayLike, labels: ArrayLike) -> LayerArrays:
        """Derivatives of the cross entropy by every weight and bias."""
        rows, classes = self._labelled(inputs, labels)
        return LayerArrays(*gradient(self.weights, self.biases, rows, classes)[:2])

    def hessian_diagonal(self, inputs: ArrayLike, labels: ArrayLike) -> LayerArrays:
        """Second derivatives of the cross entropy by every weight and bias, each by itself: none is negative.

        Statement: the Gauss-Newton diagonal ``mean_i sum_c p_c (dz_c - sum_k p_k dz_k)^2``, p the softmax of the logits z,
        is that of the Hessian wherever no hidden unit's input is exactly zero, so almost everywhere (derivation
        ``relu-network-hessian-diagonal``). It takes a backward pass a class, and does not depend on the labels.
        """
        rows, _ = self._labelled(inputs, labels)
        outputs = activations(self.weights, self.biases, rows)
        chance = _softmax(outputs[-1])
        totals = [[np.zeros_like(array) for array in arrays] for arrays in (self.weights, self.biases)]
        for label in range(chance.shape[1]):
            slope = -chance
            slope[:, label] += 1.0
            slope *= np.sqrt(chance[:, label : label + 1] / len(rows))
            for layer, (entering, leaving) in enumerate(_backward(self.weights, outputs, slope)):
                square = leaving**2
                totals[0][layer] += (entering**2).T @ square
                totals[1][layer] += square.sum(axis=0)
        return LayerArrays(tuple(totals[0]), tuple(totals[1]))

    def _rows(self, inputs: ArrayLike) -> FloatArray:
        return checked_inputs(inputs, self.layers[0])

    def _labelled(self, inputs: ArrayLike, labels: ArrayLike) -> tuple[FloatArray, FloatArray]:
        rows = self._rows(inputs)
        return rows, checked_labels(labels, len(rows), self.layers[-1])


def _listed(parameter: str, arrays: Any) -> Sequence[Any]:
    if not isinstance(arrays, list | tuple) or not arrays:
        raise InvalidInputError(parameter, "must be a list of arrays, one a layer", valid.shown(arrays))
    return arrays


def checked_inputs(inputs: ArrayLike, width: int) -> FloatArray:
    """Return finite inputs, at least one row of `width` numbers."""
    rows = valid.numbers("inputs", inputs)
    if rows.ndim != 2 or rows.shape[1] != width or not len(rows):
        raise InvalidInputError(
            "inputs", f"must hold rows of {width} numbers, as the first layer takes", f"shape {rows.shape}"
        )
    return rows


def checked_labels(labels: ArrayLike, rows: int, classes: int) -> FloatArray:
    """Return labels as integers, one a row, each a class from 0."""
    found = valid.counts("labels", labels, minimum=0)
    if found.shape != (rows,):
        raise InvalidInputError("labels", f"must hold one class a row of inputs, {rows} in all", f"shape {found.shape}")
    if found.max() >= classes:
        hint = f"Number the classes from 0, or give the last layer {int(found.max()) + 1} outputs."
        raise InvalidInputError("labels", f"must be classes from 0 to {classes - 1}", int(found.max()), hint)
    return found.astype(np.intp)


def activations(weights: Sequence[FloatArray], biases: Sequence[FloatArray], rows: FloatArray) -> list[FloatArray]:
    """What enters each layer, and the logits."""
    found = [rows]
    for layer, (matrix, vector) in enumerate(zip(weights, biases, strict=True), start=1):
        entering = found[-1] @ matrix
        entering += vector
        found.append(entering if layer == len(weights) else np.maximum(entering, 0.0, out=entering))
    return found


def cross_entropy(logits: FloatArray, classes: FloatArray) -> float:
    """Mean of ``ln sum exp(z) - z_label``, without overflow."""
    top = logits.max(axis=1)
    spread = np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return float(np.mean(spread + (top - logits[np.arange(len(classes)), classes])))


def _softmax(logits: FloatArray) -> FloatArray:
    found = np.exp(logits - logits.max(axis=1, keepdims=True))
    found /= found.sum(axis=1, keepdims=True)
    return found


def _backward(
    weights: Sequence[FloatArray], outputs: Sequence[FloatArray], slope: FloatArray
) -> list[tuple[FloatArray, FloatArray]]:
    """Of each layer what entered it and the derivative by what left it, given that by the logits."""
    found = []
    for layer in range(len(weights) - 1, -1, -1):
        found.append((outputs[layer], slope))
        if layer:
            slope = slope @ weights[layer].T
            slope *= outputs[layer] > 0
    return found[::-1]


def gradient(
    weights: Sequence[FloatArray],
    biases: Sequence[FloatArray],
    rows: FloatArray,
    classes: FloatArray,
    out: Sequence[FloatArray] | None = None,
) -> tuple[Sequence[FloatArray], tuple[FloatArray, ...], float]:
    """Gradients by weights (into `out`, if given) and by biases, and the loss, which shares their exponentials."""
    outputs = activations(weights, biases, rows)
    logits, each = outputs[-1], np.arange(len(rows))
    top = logits.max(axis=1, keepdims=True)
    slope = np.exp(logits - top)
    total = slope.sum(axis=1, keepdims=True)
    loss = float((np.log(total[:, 0]) + (top[:, 0] - logits[each, classes])).mean())
    slope /= total
    slope[each, classes] -= 1.0
    slope /= len(rows)
    passed = _backward(weights, outputs, slope)
    found = [np.empty_like(matrix) for matrix in weights] if out is None else out
    for (entering, leaving), place in zip(passed, found, strict=True):
        np.matmul(entering.T, leaving, out=place)
    return found, tuple(leaving.sum(axis=0) for _, leaving in passed), loss
