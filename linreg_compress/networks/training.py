"""Train a ReLU network by stochastic gradient descent with momentum, from one stream of random numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._kinds import require
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError
from linreg_compress.networks.relu import ReluNetwork, checked_inputs, checked_labels, gradient

_MOST_WEIGHTS = 10**8  # tuning: 0.8 GB, three times
_DIVERGED = 100.0  # losses of the first batch, or of a guess


def training_epochs(
    layers: Sequence[int],
    inputs: ArrayLike,
    labels: ArrayLike,
    *,
    epochs: int = 400,
    learning_rate: float = 0.05,
    momentum: float = 0.9,
    batch: int = 10,
    rng: np.random.Generator | None = None,
) -> Iterator[ReluNetwork]:
    """Yield the network after each epoch of `train_network`, which has the parameters: for early stopping and progress.

    Examples
    --------
    >>> data = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    >>> path = training_epochs((1, 4, 2), *data, epochs=30, batch=2, rng=np.random.default_rng(0))
    >>> losses = [network.cross_entropy(*data) for network in path]
    >>> len(losses), losses[-1] < losses[0]
    (30, True)
    """
    sizes = _checked_layers(layers)
    rows = checked_inputs(inputs, sizes[0])
    classes = checked_labels(labels, len(rows), sizes[-1])
    count, step_rows = valid.count("epochs", epochs), min(valid.count("batch", batch), len(rows))
    rate = valid.positive_number("learning_rate", learning_rate)
    kept = valid.nonnegative_number("momentum", momentum)
    if kept >= 1:
        raise InvalidInputError("momentum", "must lie from 0 to below 1", kept, "0.9 is usual.")
    if rng is not None:
        require("rng", rng, np.random.Generator)
    stream = np.random.default_rng(0) if rng is None else rng
    return _descent(sizes, rows, classes, count, rate, kept, step_rows, stream)


def train_network(
    layers: Sequence[int],
    inputs: ArrayLike,
    labels: ArrayLike,
    *,
    epochs: int = 400,
    learning_rate: float = 0.05,
    momentum: float = 0.9,
    batch: int = 10,
    rng: np.random.Generator | None = None,
) -> ReluNetwork:
    """Train a classifier by stochastic gradient descent on the cross entropy, without any regularization.

    Parameters
    ----------
    layers : sequence of int
        Number of inputs, of units of each hidden layer, and of classes: ``(64, 512, 10)``.
    inputs : array_like, shape (n, layers[0])
        Of size about one; nothing is standardized.
    labels : array_like of int, shape (n,)
        Classes, from 0 to ``layers[-1] - 1``.
    epochs : int, default 400
        Passes over the data, each in a new random order.
    learning_rate, momentum : float
        A step is ``momentum`` times the last one, less ``learning_rate`` times the gradient.
    batch : int, default 10
        Rows of a step; the last one of an epoch takes what is left.
    rng : numpy Generator, optional
        Draws the orders and the initial weights, uniform within ``sqrt(6 / (inputs + outputs))`` of their layer (Glorot and
        Bengio 2010); biases start at zero. The stream of seed 0 by default: every run on one machine gives one network.

    Raises
    ------
    InvalidInputError
        If a layer is empty, a number is not finite, a label is no class, or the training diverges; then the message names
        the step.

    Examples
    --------
    The reader's own arrays will do:

    >>> rng = np.random.default_rng(1)
    >>> inputs = rng.standard_normal((60, 5))
    >>> labels = (inputs[:, 0] > 0).astype(int) + (inputs[:, 1] > 0)
    >>> network = train_network((5, 32, 3), inputs, labels, epochs=100)
    >>> network.layers, network.error_rate(inputs, labels)
    ((5, 32, 3), 0.0)
    """
    path = training_epochs(
        layers, inputs, labels, epochs=epochs, learning_rate=learning_rate, momentum=momentum, batch=batch, rng=rng
    )
    *_, network = path
    return network


def _checked_layers(layers: Any) -> list[int]:
    if not isinstance(layers, tuple | list) or len(layers) < 2:
        hint = "The sizes of inputs, hidden layers and classes, as in (64, 512, 10)."
        raise InvalidInputError("layers", "must be a list of at least two sizes", valid.shown(layers), hint)
    sizes = [valid.count("layers", size) for size in layers]
    number = sum(one * other for one, other in pairwise(sizes))
    if number > _MOST_WEIGHTS:
        raise InvalidInputError("layers", f"must make at most {_MOST_WEIGHTS} weights", number)
    return sizes


def _descent(
    sizes: list[int],
    rows: FloatArray,
    classes: FloatArray,
    epochs: int,
    rate: float,
    momentum: float,
    batch: int,
    stream: np.random.Generator,
) -> Iterator[ReluNetwork]:
    pairs = list(pairwise(sizes))
    weights = [stream.uniform(-1.0, 1.0, pair) * math.sqrt(6 / sum(pair)) for pair in pairs]
    biases = [np.zeros(pair[1]) for pair in pairs]
    arrays = (*weights, *biases)
    steps = [np.zeros_like(array) for array in arrays]
    slopes = [np.empty_like(matrix) for matrix in weights]
    limit, step = 0.0, 0
    for epoch in range(1, epochs + 1):
        order = stream.permutation(len(rows))
        shuffled, labels = rows[order], classes[order]
        for start in range(0, len(rows), batch):
            chosen = slice(start, start + batch)
            step += 1
            with np.errstate(over="ignore", invalid="ignore"):  # of a diverging training, which is told below
                _, bias_slopes, loss = gradient(weights, biases, shuffled[chosen], labels[chosen], slopes)
                limit = limit or _DIVERGED * max(loss, math.log(sizes[-1]))
                for number, slope in enumerate((*slopes, *bias_slopes)):
                    steps[number] *= momentum
                    steps[number] -= np.multiply(slope, rate, out=slope)
                    np.add(arrays[number], steps[number], out=arrays[number])
            if not loss <= limit:
                raise _diverged(rate, f"the loss is {loss:.3g} at step {step}, epoch {epoch}")
        if not all(np.isfinite(array).all() for array in arrays):
            raise _diverged(rate, f"the weights are not finite after step {step}, epoch {epoch}")
        yield ReluNetwork(tuple(map(np.copy, weights)), tuple(map(np.copy, biases)))


def _diverged(rate: float, what: str) -> InvalidInputError:
    hint = "Divide it by 10, again if need be, and scale the inputs to a size of about one."
    return InvalidInputError(
        "learning_rate", "must be small enough for the training to converge", f"{rate:g}: {what}", hint
    )
