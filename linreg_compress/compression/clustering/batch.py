"""Codebooks of many weight vectors at once: what `advise` needs for its folds.

`lc.kmeans` is exact and certified, one vector and one number of levels at a time. Here a dynamic program in plain doubles
serves a batch of vectors and all numbers of levels together; the tests hold the two against each other. The penalized
codebooks start from those of k-means and are a local search, so they may be a little above the optimum that
`linreg_compress.compression.clustering.diameter_kmeans.diameter_kmeans` certifies.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from linreg_compress._validation import FloatArray

_NUMBERS = 1 << 21  # in the largest array: what stays near the cache
_ROUNDS = 12  # of the local search; nearly all end sooner


def kmeans_batch(weights: FloatArray, levels: Sequence[int], importance: FloatArray | None = None) -> dict[int, FloatArray]:
    """Quantize every row by the k-means codebook of its own, for several numbers of levels.

    The weights have shape (J, d), the positive importances (d,) or (J, d), all one by default. `levels` are numbers K of
    levels; a row of at most K weights is returned as it is.

    Examples
    --------
    >>> kmeans_batch(np.array([[0.0, 1.0, 10.0, 11.0]]), [2, 4])[2].tolist()
    [[0.5, 0.5, 10.5, 10.5]]
    """
    d = weights.shape[1]
    found = {k: weights.copy() for k in levels}
    wanted = sorted(k for k in set(levels) if k < d)
    if wanted:
        step = max(1, _NUMBERS // (d + 1) ** 2)
        for start in range(0, len(weights), step):
            part = slice(start, start + step)
            masses = importance if importance is None or importance.ndim == 1 else importance[part]
            for k, labels, line in _partitions(weights[part], wanted, masses):
                found[k][part] = line.decoded(labels, k)
    return found


def diameter_batch(
    weights: FloatArray,
    levels: Sequence[int],
    importance: FloatArray,
    penalty_weight: FloatArray | float,
    start: dict[int, FloatArray] | None = None,
) -> dict[int, FloatArray]:
    """Do the same under the penalty ``beta D^2`` on the distance D of the end centres, by local search from k-means.

    The importances are in units that fit `penalty_weight`, which is beta, one or one for each row. `start` is what
    `kmeans_batch` returned for the same arguments.

    Examples
    --------
    >>> diameter_batch(np.array([[0.0, 0.0, 3.0, 3.0]]), [2], np.ones(4), 1.0)[2].round(3).tolist()
    [[0.75, 0.75, 2.25, 2.25]]
    """
    masses, beta = np.broadcast_to(importance, weights.shape), np.broadcast_to(penalty_weight, len(weights))
    begin = kmeans_batch(weights, levels, importance) if start is None else start
    return {k: _pulled(weights, begin[k], masses, k, beta) for k in levels}


class _Line:
    """Rows in ascending order around their mean, with prefix sums."""

    def __init__(self, weights: FloatArray, importance: FloatArray | None) -> None:
        self.weights = weights
        self.order = np.argsort(weights, axis=1)
        values = np.take_along_axis(weights, self.order, 1)
        self.shift = values.mean(axis=1, keepdims=True)
        self.values = values - self.shift
        masses = np.ones_like(values) if importance is None else np.broadcast_to(importance, values.shape)
        self.masses = np.take_along_axis(masses, self.order, 1)
        terms = np.stack([self.masses, self.masses * self.values, self.masses * self.values**2])
        self.sums = np.concatenate([np.zeros((*terms.shape[:2], 1)), np.cumsum(terms, axis=2)], axis=2)

    def costs(self) -> FloatArray:
        """Squared error of the weights j, ..., i - 1, shape (J, d + 1, d + 1); inf where there are none."""
        mass, moment, square = self.sums[:, :, None, :] - self.sums[:, :, :, None]
        some = np.triu(np.ones(mass.shape[1:], dtype=np.bool_), 1)
        return np.where(some, np.maximum(square - moment**2 / np.where(some, mass, 1.0), 0.0), np.inf)

    def decoded(self, labels: FloatArray, levels: int) -> FloatArray:
        """Centre of each weight's cluster, in the order of the weights."""
        rows, size = labels.shape
        flat = (labels + levels * np.arange(rows)[:, None]).ravel()
        own = np.take_along_axis(self.weights, self.order, 1)
        centers = _means(own, self.masses, flat, levels * rows)
        result = np.empty_like(self.values)
        np.put_along_axis(result, self.order, centers[flat].reshape(rows, size), 1)
        return result


def _means(weights: FloatArray, masses: FloatArray, flat: FloatArray, size: int) -> FloatArray:
    """Mean of each cluster as a member plus the mean of the differences to it: a lone weight comes back bit for bit."""
    heads = np.zeros(size)
    heads[flat[::-1]] = weights.ravel()[::-1]  # of several members the first stays
    mass = np.bincount(flat, masses.ravel(), size)
    moment = np.bincount(flat, masses.ravel() * (weights.ravel() - heads[flat]), size)
    return heads + np.divide(moment, mass, out=np.zeros_like(moment), where=mass > 0)


def _partitions(
    weights: FloatArray, levels: Sequence[int], importance: FloatArray | None
) -> Iterator[tuple[int, FloatArray, _Line]]:
    """Labels of the best partitions of the sorted rows, for each K: ``F_k(i) = min_j F_{k-1}(j) + cost(j, i)``."""
    line = _Line(weights, importance)
    cost = line.costs()
    rows, size = len(weights), weights.shape[1]
    value = cost[:, 0]
    choices: list[FloatArray] = []
    for k in range(1, levels[-1] + 1):
        if k > 1:
            total = value[:, :, None] + cost
            choice = total.argmin(axis=1)
            value = np.take_along_axis(total, choice[:, None, :], 1)[:, 0]
            choices.append(choice.astype(np.int32))
        if k in levels:
            labels, end = np.zeros((rows, size), dtype=np.int64), np.full(rows, size)
            for one in reversed(choices):
                end = one[np.arange(rows), end]
                labels += np.arange(size) >= end[:, None]
            yield k, labels, line


def _pulled(weights: FloatArray, quantized: FloatArray, masses: FloatArray, levels: int, beta: FloatArray) -> FloatArray:
    """Alternate the best centres of a partition, two springs in series at its ends, and the nearest centres."""
    best, least = quantized, np.full(len(weights), np.inf)
    current = quantized
    for _ in range(_ROUNDS):
        centers, labels = _springs(weights, current, masses, levels, beta)
        order = np.sort(centers, axis=1)
        spread = order[:, -1] - order[:, 0]
        nearest = (
            np.abs(weights[:, :, None] - order[:, None, :]).argmin(axis=2) if levels <= 8 else _nearest(weights, order)
        )
        moved = np.take_along_axis(order, nearest, 1)
        value = (masses * (weights - moved) ** 2).sum(axis=1) + beta * spread**2
        better = value < least
        best, least = np.where(better[:, None], moved, best), np.where(better, value, least)
        if not better.any() or np.array_equal(labels, nearest):
            break
        current = moved
    return best


def _nearest(weights: FloatArray, centers: FloatArray) -> FloatArray:
    middles = (centers[:, 1:] + centers[:, :-1]) / 2
    return np.array([np.searchsorted(m, w) for m, w in zip(middles, weights, strict=True)])


def _springs(
    weights: FloatArray, quantized: FloatArray, masses: FloatArray, levels: int, beta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the best centres, shape (J, K), of the clusters of equal `quantized`, and the cluster of each weight.

    Where a row has fewer clusters than K, the last centre is repeated.
    """
    order = np.argsort(quantized, axis=1, kind="stable")
    line = np.take_along_axis(quantized, order, 1)
    steps = np.concatenate(
        [np.zeros((len(line), 1), dtype=np.int64), np.cumsum(line[:, 1:] > line[:, :-1], axis=1)], axis=1
    )
    labels = np.empty_like(steps)
    np.put_along_axis(labels, order, steps, 1)
    rows, size = len(line), max(levels, int(steps.max()) + 1)
    flat = (labels + size * np.arange(rows)[:, None]).ravel()
    mass = np.bincount(flat, masses.ravel(), rows * size).reshape(rows, size)
    last = steps[:, -1]
    each = np.arange(rows)
    centers = _means(weights, masses, flat, rows * size).reshape(rows, size)
    first_mass, last_mass = mass[:, 0], mass[each, last]
    tension = np.where(last > 0, (centers[each, last] - centers[:, 0]) / (1 / beta + 1 / first_mass + 1 / last_mass), 0.0)
    centers[:, 0] += tension / first_mass
    centers[each, last] -= tension / last_mass
    return np.where(np.arange(size) > last[:, None], centers[each, last][:, None], centers), labels
