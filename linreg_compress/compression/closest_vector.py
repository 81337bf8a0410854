"""The exact optimum that successive quantization approximates: a closest vector of a lattice, or of finitely many levels.

Setting: weights W, Gram matrix ``G = R^T R``; minimize ``|X (What - W)|^2 = |R (What - W)|^2`` over all What whose
entries are points of one grid. Statement: the squared norm is a sum over the rows of R from the last to the first, so a
depth-first search that tries grid points in order of their distance from ``t_i``, and turns back where the partial sum
reaches the best full sum found, ends with the optimum (Schnorr and Euchner 1994; Agrell, Eriksson, Vardy and Zeger 2002).
The first vector that it finds is Babai's. The work can grow exponentially in d: this is an oracle for small problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError
from linreg_compress.records import readable

LARGEST = 20  # weights


@readable
@dataclass(frozen=True, eq=False)
class ClosestVector:
    """The best vector of the grid."""

    weights: FloatArray
    """What, shape (d,)."""
    squared_error: float
    """``|X (What - W)|^2``, n times the increase of the empirical risk."""
    nodes: int
    """Partial vectors that the search looked at, the full ones included; at least d."""


def closest_vector(
    weights: ArrayLike,
    gram: ArrayLike,
    *,
    step: float | None = None,
    offset: float = 0.0,
    levels: ArrayLike | None = None,
) -> ClosestVector:
    """Minimize ``|X (What - W)|^2`` over a lattice or a finite grid, exactly.

    Parameters
    ----------
    weights : array_like, shape (d,)
        W, at most 20 weights.
    gram : array_like, shape (d, d)
        ``X^T X``, positive definite.
    step : float, optional
        Spacing of the lattice ``offset + step k``, k any integer, in the units of a weight.
    levels : array_like, shape (K,), optional
        The finite grid. Give either `step` or `levels`.

    Raises
    ------
    InvalidInputError
        If there are more than 20 weights, neither or both grids are given, G is not symmetric positive definite, a shape
        is wrong or a number is not finite.

    Examples
    --------
    Rounding each weight to its nearest integer, (0, 0), costs 0.466; the optimum less:

    >>> best = closest_vector([0.4, 0.3], [[1.0, 0.9], [0.9, 1.0]], step=1.0)
    >>> best.weights.tolist(), round(best.squared_error, 12), best.nodes
    ([1.0, 0.0], 0.126, 3)
    """
    target = valid.numbers("weights", weights)
    if target.ndim != 1 or not 1 <= target.size <= LARGEST:
        rule = f"must be a vector of 1 to {LARGEST} numbers: the search can take exponential time"
        raise InvalidInputError("weights", rule, f"shape {target.shape}", "Use SuccessiveQuantizer for larger problems.")
    matrix = valid.covariance("gram", gram, target.size)
    if (step is None) == (levels is None):
        raise InvalidInputError("step", "or levels must be given, and not both", (step, levels))
    grid: _Lattice | _Levels
    if step is not None:
        grid = _Lattice(valid.positive_number("step", step), float(valid.numbers("offset", offset)))
    else:
        points = np.unique(valid.numbers("levels", [] if levels is None else levels))
        if not points.size:
            raise InvalidInputError("levels", "must hold at least one number", "none")
        grid = _Levels(points)
    found, nodes = _search(target, np.linalg.cholesky(matrix).T, grid)
    error = found - target
    return ClosestVector(found, float(error @ matrix @ error), nodes)


@dataclass(frozen=True)
class _Lattice:
    step: float
    offset: float

    def nearest_first(self, target: float) -> Iterator[float]:
        """Yield the lattice points in order of their distance from `target`."""
        position = (target - self.offset) / self.step
        middle = round(position)
        side = 1 if position >= middle else -1
        yield self.offset + self.step * middle
        distance = 1
        while True:
            yield self.offset + self.step * (middle + side * distance)
            yield self.offset + self.step * (middle - side * distance)
            distance += 1


@dataclass(frozen=True, eq=False)
class _Levels:
    levels: FloatArray

    def nearest_first(self, target: float) -> Iterator[float]:
        """Yield the levels in order of their distance from `target`."""
        yield from self.levels[np.argsort(np.abs(self.levels - target), kind="stable")].tolist()


def _search(target: FloatArray, factor: FloatArray, grid: _Lattice | _Levels) -> tuple[FloatArray, int]:
    """Depth-first search from the last weight to the first."""
    size = target.size
    unit = factor / np.diag(factor)[:, None]
    scales = (np.diag(factor) ** 2).tolist()
    current, best = np.empty(size), np.empty(size)
    nodes, least = 0, np.inf

    def descend(place: int, spent: float) -> None:
        nonlocal nodes, least
        later = slice(place + 1, None)
        point = float(target[place] + unit[place, later] @ (target[later] - current[later]))
        for value in grid.nearest_first(point):
            total = spent + scales[place] * (value - point) ** 2
            if total >= least:
                return  # the others are farther still
            nodes += 1
            current[place] = value
            if place:
                descend(place - 1, total)
            else:
                least = total
                best[:] = current
                return

    descend(size - 1, 0.0)
    return best, nodes
