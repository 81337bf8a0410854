"""Algorithm 1 of the paper in its vector case: HW and DRHW k-means of pairs, triples, ... of weights, with a certificate.

Objective: ``sum_j h_j |w_j - c_{a(j)}|^2 + beta D^2`` (or ``beta D``), D the largest distance between two centres. In R^m
no fast method is known to find the optimum: the answer is the better end of two local searches, and it is local.

Certificate: the squared error is a sum over coordinates, in any orthonormal axes, and D is at least the spread along each.
So the optima of the lines, each found exactly with its share ``beta / m`` of the penalty, add up to a lower bound. (The
shares of two centres are larger: D^2 is then the sum of the squared spreads.)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.diameter_kmeans import diameter_kmeans
from linreg_compress.compression.clustering.local_search import local_search
from linreg_compress.compression.clustering.record import Clustering, checked
from linreg_compress.errors import InvalidInputError

_PROVEN = 1e-9  # relative gap from which on an answer is the optimum


def vector_kmeans(
    vectors: ArrayLike,
    levels: int,
    importance: ArrayLike | None = None,
    penalty_weight: float = 0.0,
    penalty: str = "squared",
) -> Clustering:
    """Quantize vectors of weights by one codebook: the paper's HW k-means, or with a penalty its DRHW k-means.

    Parameters
    ----------
    vectors : array_like, shape (N, m)
        ``weights.reshape(-1, m)`` for consecutive weights.
    levels : int
        K, the most centres allowed.
    importance : array_like, shape (N,), optional
        h, one number a vector, zero or positive, not all zero; all one by default.
    penalty_weight : float, default 0
        beta, zero or positive.
    penalty : {"squared", "linear"}
        ``beta D^2`` (the paper) or ``beta D``.

    Returns
    -------
    Clustering
        ``gap`` says how far from the optimum it is at most, and ``note`` calls it local unless that is nothing.

    Raises
    ------
    InvalidInputError
        If the vectors are no matrix; else as `local_search`.

    Examples
    --------
    Pairs of weights at half a bit a weight, two codewords for each pair:

    >>> weights = np.array([0.1, 0.0, -0.1, 0.0, 2.0, 1.0, 2.0, 1.2])
    >>> found = vector_kmeans(weights.reshape(-1, 2), 2)
    >>> found.centers.round(6).tolist(), found.assignments.tolist()
    ([[0.0, 0.0], [2.0, 1.1]], [0, 0, 1, 1])
    >>> round(found.objective, 6), found.note
    (0.04, '')
    """
    points, size, masses = checked(vectors, levels, importance)
    if points.ndim != 2:
        raise InvalidInputError("vectors", "must be a matrix, a vector of weights in each row", f"shape {points.shape}")
    beta = valid.nonnegative_number("penalty_weight", penalty_weight)
    ends = [local_search(points, size, masses, beta, penalty, start) for start in ("linear", "quantile")]
    best = min(ends, key=lambda end: end.objective)
    bound = max(_sum_over_lines(points @ axes, size, masses, beta, penalty) for axes in _axes(points))
    found = replace(best, lower_bound=min(bound, best.objective))
    note = "" if found.gap <= _PROVEN else f"local: at most {found.gap:.2g} of the objective above the optimum"
    return replace(found, note=note)


def _axes(points: FloatArray) -> list[FloatArray]:
    """The coordinate axes, and the principal ones: either may prove more."""
    _, principal = np.linalg.eigh(np.cov(points, rowvar=False, bias=True).reshape(2 * points.shape[1:]))
    return [np.eye(points.shape[1]), principal]


def _sum_over_lines(points: FloatArray, levels: int, masses: FloatArray | None, beta: float, penalty: str) -> float:
    m = points.shape[1]
    of_two = beta if penalty == "squared" else beta / float(np.sqrt(m))
    share = of_two if levels == 2 else beta / m
    lines = (diameter_kmeans(line, levels, masses, share, penalty) for line in points.T)
    return sum(line.lower_bound for line in lines) * (1 - 1e-12)  # the rotation rounds
