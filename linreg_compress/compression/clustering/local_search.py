"""The alternating local search of the paper, its Algorithm 1 for diameter-regularized Hessian-weighted ("DRHW") k-means.

For comparison (arXiv:1901.09421): it ends where neither step improves, with no bound on the loss. For numbers, `kmeans` and
`diameter_kmeans` find the optimum; for vectors of weights `vector_kmeans` says how far from it this can be.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._kinds import require
from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.record import Clustering, checked
from linreg_compress.compression.clustering.seeding import spread_centers
from linreg_compress.compression.clustering.sorted_weights import cluster_means, total
from linreg_compress.errors import InvalidInputError

_BLOCK = 1 << 20  # tuning: distances held at once


def local_search(
    weights: ArrayLike,
    levels: int,
    importance: ArrayLike | None = None,
    penalty_weight: float = 0.0,
    penalty: str = "squared",
    initialization: str = "linear",
    published_step: bool = False,
    iterations: int = 300,  # tuning: updates at most
    rng: np.random.Generator | None = None,
) -> Clustering:
    """Alternate nearest centres and best centres; return the best codebook met.

    Each update moves the centres to the weighted means of their clusters and then draws the farthest two together: by
    the springs ``1/beta, 1/H_1, 1/H_2`` in series for the squared penalty, by ``beta / (2 H)`` each for the linear one,
    to their common mean at most. Centres whose cluster is empty are dropped.

    Parameters
    ----------
    weights : array_like, shape (N,) or (N, m)
        w; clusters in R^m for the second.
    levels : int
        K, the most centres allowed.
    importance : array_like, shape (N,), optional
        h, zero or positive, not all zero; all one by default.
    penalty_weight : float, default 0
        beta.
    penalty : {"squared", "linear"}
        ``beta D^2`` or ``beta D``, D the largest distance between two centres.
    initialization : {"linear", "quantile", "k-means++"}
        Centres equally spaced between least and largest weight, in each coordinate (the paper's), at equally spaced
        quantiles, or drawn from the weights far from each other.
    published_step : bool, default False
        Move the end centres by ``beta / (4 H)``, as the authors' published code does: its beta acts as half a beta. For the
        linear penalty only.
    iterations : int, default 300
        Updates at most.
    rng : numpy.random.Generator, optional
        For "k-means++", which needs it; the other starts are not random.

    Returns
    -------
    Clustering
        With a `lower_bound` of 0: nothing is proven.

    Raises
    ------
    InvalidInputError
        As `kmeans`; also for an unknown penalty or initialization, or a published step of the squared penalty.

    Examples
    --------
    >>> found = local_search([0.0, 1.0, 10.0, 11.0], 2, penalty_weight=1.0)
    >>> found.centers.tolist(), found.objective
    ([3.0, 8.0], 51.0)
    >>> local_search([[0.0, 0.0], [0.0, 1.0], [9.0, 9.0]], 2).assignments.tolist()
    [0, 0, 1]
    """
    valid.count("levels", levels, maximum=valid.MOST_LEVELS)
    points, size, masses = checked(weights, levels, importance)
    if points.ndim > 2:
        raise InvalidInputError("weights", "must be a vector or a matrix", f"shape {points.shape}")
    beta = valid.nonnegative_number("penalty_weight", penalty_weight)
    squared = valid.choice("penalty", penalty, ("squared", "linear")) == "squared"
    valid.choice("initialization", initialization, ("linear", "quantile", "k-means++"))
    if rng is not None:
        require("rng", rng, np.random.Generator)
    elif initialization == "k-means++":
        raise InvalidInputError("rng", "is needed by the start k-means++", None, "Pass np.random.default_rng(seed).")
    most = valid.count("iterations", iterations)
    if published_step and squared:
        raise InvalidInputError("published_step", "belongs to the linear penalty", "penalty 'squared'")
    shift = np.median(points, axis=0)
    vectors = (points - shift).reshape(points.shape[0], -1)
    h = np.ones(len(vectors)) if masses is None else masses
    fraction = np.linspace(0.0, 1.0, size) if initialization == "linear" else (np.arange(size) + 0.5) / size
    if rng is not None and initialization == "k-means++":
        centers = spread_centers(vectors, h, size, rng)
    elif initialization == "linear":
        low, high = vectors.min(axis=0), vectors.max(axis=0)
        centers = low + fraction[:, None] * (high - low)
    else:
        centers = np.quantile(vectors, fraction, axis=0)
    best: Clustering | None = None
    before = np.full(len(vectors), -1)
    for _ in range(most):
        centers, nearest = _used(centers, _nearest(vectors, centers), h)
        found = Clustering(centers, nearest, _objective(vectors, h, centers, nearest, beta, squared), 0.0)
        best = found if best is None or found.objective < best.objective else best
        if np.array_equal(nearest, before):
            break
        before = nearest
        centers = _updated(vectors, h, nearest, len(centers), beta, squared, 0.5 if published_step else 1.0)
        found = replace(found, centers=centers, objective=_objective(vectors, h, centers, nearest, beta, squared))
        best = min(best, found, key=lambda one: one.objective)
    if best is None:  # not reached: one update at least
        raise AssertionError
    rough = _updated(vectors, h, best.assignments, len(best.centers), 0.0, squared, 1.0)
    away = best.centers - rough  # from the means: zero, except for ends under a penalty and centres never moved
    centers = _means(points.reshape(len(points), -1), h, best.assignments, len(rough)) + away
    found = replace(best, centers=centers)
    found = replace(
        found, objective=_objective(points.reshape(len(points), -1), h, centers, best.assignments, beta, squared)
    )
    return found if points.ndim > 1 else _ascending(found)


def _means(vectors: FloatArray, h: FloatArray, nearest: FloatArray, size: int) -> FloatArray:
    """Means of the clusters to their own digits, in the units of the weights; those without importance do not count."""
    counted = h > 0
    order = np.argsort(nearest[counted], kind="stable")
    bounds = [0, *np.cumsum(np.bincount(nearest[counted], minlength=size)).tolist()]
    masses = h[counted][order]
    return np.stack([cluster_means(column[counted][order], masses, bounds) for column in vectors.T], axis=1)


def _ascending(found: Clustering) -> Clustering:
    """Put centres that are numbers in ascending order."""
    order = np.argsort(found.centers[:, 0], kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return replace(found, centers=found.centers[order, 0], assignments=rank[found.assignments])


def _nearest(vectors: FloatArray, centers: FloatArray) -> FloatArray:
    """Index of the nearest centre of every vector."""
    if vectors.shape[1] == 1:
        order = np.argsort(centers[:, 0], kind="stable")
        line = centers[order, 0]
        return order[np.searchsorted((line[1:] + line[:-1]) / 2, vectors[:, 0])]
    rows = max(1, _BLOCK // len(centers))
    parts = [vectors[start : start + rows] for start in range(0, len(vectors), rows)]
    return np.concatenate([((part[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1) for part in parts])


def _used(centers: FloatArray, nearest: FloatArray, h: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Drop the centres whose cluster has no importance; their vectors, of importance zero, go to the first of the rest."""
    mass = np.bincount(nearest, h, len(centers))
    number = np.cumsum(mass > 0) - 1
    return centers[mass > 0], np.where(mass[nearest] > 0, number[nearest], 0)


def _updated(
    vectors: FloatArray, h: FloatArray, nearest: FloatArray, size: int, beta: float, squared: bool, factor: float
) -> FloatArray:
    """Weighted means of the clusters, the farthest two drawn together."""
    mass = np.bincount(nearest, h, size)
    columns = [np.bincount(nearest, h * column, size) for column in vectors.T]
    centers = np.array(columns).T / mass[:, None]
    if size == 1 or beta == 0:
        return centers
    i, j = _farthest(centers)
    apart = centers[j] - centers[i]
    distance = float(np.linalg.norm(apart))
    if distance == 0:
        return centers
    together = distance / (1 / mass[i] + 1 / mass[j])  # the force at which the two meet
    force = distance / (1 / beta + 1 / mass[i] + 1 / mass[j]) if squared else min(factor * beta / 2, together)
    centers[i] += force / mass[i] * apart / distance
    centers[j] -= force / mass[j] * apart / distance
    return centers


def _farthest(centers: FloatArray) -> tuple[int, int]:
    if centers.shape[1] == 1:
        return int(np.argmin(centers)), int(np.argmax(centers))
    distances = ((centers[:, None] - centers) ** 2).sum(axis=2)
    i, j = np.unravel_index(int(np.argmax(distances)), distances.shape)
    return int(i), int(j)


def _objective(
    vectors: FloatArray, h: FloatArray, centers: FloatArray, nearest: FloatArray, beta: float, squared: bool
) -> float:
    i, j = _farthest(centers)
    diameter = float(np.linalg.norm(centers[i] - centers[j]))
    errors = h * ((vectors - centers[nearest]) ** 2).sum(axis=1)
    return total(errors) + beta * (diameter**2 if squared else diameter)
