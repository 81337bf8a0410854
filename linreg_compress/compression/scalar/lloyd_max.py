"""The Lloyd-Max quantizer: the least mean squared error with K levels (Lloyd 1957, Max 1960).

Two conditions hold at the optimum: every level is the centroid of its cell, and every threshold lies midway between its two
levels. They are solved by Newton's method on the thresholds above the mean, whose Jacobian is tridiagonal, from the levels
of high-resolution theory (Panter and Dite 1951).
"""

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.sources import Source, SymmetricSource
from linreg_compress.errors import InvalidInputError, UnsupportedModelError

_STATIONARY = 1e-15  # tuning: residual of a threshold, relative to its size, where the iteration may stop
_ACCEPTED = 1e-12  # residual above which no quantizer is returned
_ITERATIONS = 200  # tuning: Newton steps at most
_HALVINGS = 6  # tuning: of a Newton step at most


@takes(source=Source)
def lloyd_max(source: Source, levels: int) -> CellQuantizer:
    """Quantizer of least mean squared error with K levels.

    Parameters
    ----------
    source : NormalSource, StudentTSource or LaplaceSource
    levels : int
        K, at least 1.

    Returns
    -------
    CellQuantizer
        Levels are the centroids of the cells, thresholds the midpoints of the levels, both to 1e-12 of their size.

    Raises
    ------
    InvalidInputError
        If K is below 1 or above 2^20, or the source is not one of the three laws. For the weights at hand
        `linreg_compress.compression.clustering.kmeans` is exact.
    UnsupportedModelError
        If no solution was found, as for many levels of a t law of fewer than 2.4 degrees of freedom (16 at 2.3, three at
        2.05).

    Notes
    -----
    For normal and Laplace laws, whose densities are log-concave, the conditions have one solution (Kieffer 1983), so it is
    the global optimum. A t law is not log-concave: there the tests compare the solution with dynamic programming over all
    partitions of a grid, symmetric or not, and have found no better one.

    Examples
    --------
    Max 1960, table I: four levels of a unit normal.

    >>> from linreg_compress.compression.scalar.sources import NormalSource
    >>> lloyd_max(NormalSource(), 4).levels.round(4).tolist()
    [-1.5104, -0.4528, 0.4528, 1.5104]
    """
    size = valid.count("levels", levels, maximum=valid.MOST_LEVELS)
    if not isinstance(source, SymmetricSource):
        raise InvalidInputError(
            "source",
            "must be a normal, t or Laplace law",
            type(source).__name__,
            "For the weights at hand use linreg_compress.compression.clustering.kmeans, which is exact for them.",
        )
    return source.placed(_standard_quantizer(source.standard, size), f"lloyd-max-{size}")


def _standard_quantizer(source: SymmetricSource, size: int) -> CellQuantizer:
    """Return the quantizer of a law of mean 0 and scale 1."""
    if size <= 2:  # one threshold, at the middle
        gap = 2 * float(source.moments(np.array([source.mean])).first[1])
        return CellQuantizer(source.mean + gap * (np.arange(size) * 2.0 - (size - 1)), np.full(size - 1, source.mean))
    middle = size // 2
    thresholds = _reflected(source, source.companded(np.arange(1, size) / size)[middle:] - source.mean, size)
    if not _is_stationary(source, thresholds):
        raise UnsupportedModelError(
            f"no {size} levels of {source} meet both conditions in doubles: its tail is too heavy. Use fewer levels."
        )
    cells = source.moments(source.mean + thresholds)
    return CellQuantizer(source.mean + cells.first / cells.probability, source.mean + thresholds)


def _reflected(source: SymmetricSource, upper: FloatArray, size: int) -> FloatArray:
    """Solve for the thresholds above the mean and reflect them."""
    odd = size % 2 == 1
    half = _solve(source, upper, 0.0, odd)
    return np.concatenate([-half[::-1], half] if odd else [-half[::-1], [0.0], half])


def _is_stationary(source: SymmetricSource, t: FloatArray) -> bool:
    if not np.isfinite(t).all() or (np.diff(t) <= 0).any():
        return False
    residual = _system(source, t, -np.inf, False)[0]
    return bool((np.abs(residual) <= _ACCEPTED * (np.abs(t) + source.scale)).all())


def _solve(source: SymmetricSource, start: FloatArray, low: float, pinned: bool) -> FloatArray:
    """Newton's method for thresholds above `low`, deviations from the mean.

    `low` is minus infinity for all thresholds, or 0 for those of the upper half; then `pinned` says that the first cell
    reaches across the mean, where its level stays.
    """
    t, last = start, np.inf
    for _ in range(_ITERATIONS):
        with np.errstate(all="ignore"):  # a start far outside the law shows as nan, and is dropped
            residual, lower, diagonal, upper = _system(source, t, low, pinned)
        size = float(np.max(np.abs(residual) / (np.abs(t) + source.scale), initial=0.0))
        if not size > _STATIONARY or (size < _ACCEPTED and size >= last):
            break
        last = size
        step = _tridiagonal(lower, diagonal, upper, residual)
        for _ in range(_HALVINGS):
            if (np.diff(np.concatenate([[low], t - step])) > 0).all():
                break
            step /= 2
        t = t - step
    return t


def _system(
    source: SymmetricSource, t: FloatArray, low: float, pinned: bool
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Residuals ``t_k - (c_k + c_{k+1}) / 2`` and the three diagonals of their Jacobian."""
    bounded = np.isfinite(low)
    edges = np.concatenate([[low], t]) if bounded else t
    found = source.moments(source.mean + edges)
    drop = 1 if bounded else 0
    p, c = found.probability[drop:], found.first[drop:] / found.probability[drop:]
    if pinned:
        c[0] = 0.0
    density = source.pdf(source.mean + t)
    left, right = density * (t - c[:-1]) / p[:-1], density * (c[1:] - t) / p[1:]  # d c_k / d t_k, d c_{k+1} / d t_k
    if pinned:
        left[0] = 0.0
    return t - (c[:-1] + c[1:]) / 2, -right[:-1] / 2, 1 - (left + right) / 2, -left[1:] / 2


def _tridiagonal(lower: FloatArray, diagonal: FloatArray, upper: FloatArray, right: FloatArray) -> FloatArray:
    from scipy.linalg import LinAlgError, solve_banded

    bands = np.zeros((3, diagonal.size))
    bands[0, 1:], bands[1], bands[2, :-1] = upper, diagonal, lower
    try:
        return solve_banded((1, 1), bands, right, check_finite=False)
    except LinAlgError:
        return right
