"""Diameter-regularized Hessian-weighted k-means ("DRHW"), solved to a proven gap: the clustering of the paper.

Objective: ``sum_j h_j (w_j - c_{a(j)})^2`` plus ``beta (max_k c_k - min_k c_k)^2`` (squared, the paper) or
``beta (max_k c_k - min_k c_k)`` (linear, the authors' published code). Only centres in use count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.diameter_search import Ends, Search, pulled
from linreg_compress.compression.clustering.kmeans import kmeans
from linreg_compress.compression.clustering.record import Clustering, assembled, checked_line, too_few
from linreg_compress.compression.clustering.sorted_weights import SortedWeights
from linreg_compress.compression.clustering.specks import Specks
from linreg_compress.errors import InvalidInputError


def hessian_importance(gram: ArrayLike, samples: int) -> FloatArray:
    """Diagonal of the Hessian of the empirical risk, ``2 (X^T X)_jj / n``.

    Parameters
    ----------
    gram : array_like, shape (d, d)
        X^T X.
    samples : int
        n.

    Examples
    --------
    >>> hessian_importance([[4.0, 1.0], [1.0, 2.0]], 2).tolist()
    [4.0, 2.0]
    """
    matrix = valid.numbers("gram", gram)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidInputError("gram", "must be a square matrix", f"shape {matrix.shape}")
    return 2 * valid.nonnegative("gram", np.diagonal(matrix)) / valid.count("samples", samples)


def diameter_kmeans(
    weights: ArrayLike,
    levels: int,
    importance: ArrayLike | None = None,
    penalty_weight: float = 1.0,
    penalty: str = "squared",
) -> Clustering:
    """Minimize the weighted squared error plus a penalty on the distance D of the outer centres: DRHW k-means.

    Parameters
    ----------
    weights : array_like, shape (N,)
        w.
    levels : int
        K, the most centres allowed; a strong penalty makes fewer optimal, down to one.
    importance : array_like, shape (N,), optional
        h, zero or positive, not all zero; all one by default. See `hessian_importance`.
    penalty_weight : float
        beta, zero or positive, in units of importance (squared) or of importance times weight (linear).
    penalty : {"squared", "linear"}
        ``beta D^2`` or ``beta D``.

    Returns
    -------
    Clustering
        The objective includes the penalty. Linear: the bound is the optimum up to rounding. Squared: search until the
        gap is 1e-10, or what rounding leaves, or 80 programs have been solved; `gap` says what remains.

    Raises
    ------
    InvalidInputError
        As `kmeans`; also if `penalty_weight` is negative or `penalty` has another name.

    Examples
    --------
    >>> found = diameter_kmeans([-10.0, 0.0, 1.0], 3, [0.01, 1.0, 1.0], penalty_weight=1000.0)
    >>> found.levels, round(found.objective, 3), found.gap < 1e-9
    (2, 1.597, True)
    """
    points, size, masses = checked_line(weights, levels, importance)
    beta = valid.nonnegative_number("penalty_weight", penalty_weight)
    squared = valid.choice("penalty", penalty, ("squared", "linear")) == "squared"
    if beta == 0:
        return kmeans(points, size, masses)
    line = SortedWeights.of(points, masses)
    used = min(size, line.size)
    with np.errstate(over="ignore"):  # an infinite penalty leaves one centre
        scaled = float(np.ldexp(beta, -line.mass_exponent - (0 if squared else line.exponent)))
    specks = Specks.of(line, used)
    bounds = None
    if specks is not None:
        bound, found = _searched(specks.heavy, used, scaled, squared)
        ends = pulled(specks.heavy, found, beta, squared)
        bounds = specks.restored(found, np.ldexp(ends - line.shift, -line.exponent))
    if bounds is None:
        bound, bounds = _searched(line, used, scaled, squared)

    def of(bounds: list[int]) -> Clustering:
        inner = pulled(line, bounds, beta, squared)
        spread = float(inner[-1] - inner[0])
        cost = beta * (spread**2 if squared else spread)
        note = too_few(size, line.size)
        if len(inner) < used:
            note = "; ".join(filter(None, (note, f"{len(inner)} of {used} possible levels are best under this penalty")))
        return assembled(points, masses, line, bounds, inner, cost, bound, note)

    # Far from zero a centre moves by its last digit or not at all, and a strong penalty multiplies that digit.
    return min(of(bounds), of([0, line.size]), key=lambda found: found.objective)


def _searched(line: SortedWeights, levels: int, beta: float, squared: bool) -> tuple[float, list[int]]:
    """Lower bound and best partition, in the units of the line."""
    search = Search(Ends(line), levels, beta)
    bound = search.squared() if squared else search.linear()
    return bound, search.bounds
