"""Weights in ascending order, shifted and scaled so that squared errors keep their digits.

Sums of squares are the trap of one-dimensional clustering: an offset of 1e8 cancels every digit that matters. So the
weights are shifted by one of themselves, what that rounds away is kept, and all is scaled by powers of two.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.prefix_sums import PrefixSums, two_sum


@dataclass(frozen=True, eq=False)
class SortedWeights:
    """Distinct weights of positive importance, ascending, shifted by `shift` and divided by ``2**exponent``.

    Attributes
    ----------
    values : ndarray, shape (N,)
        The weights themselves.
    points : ndarray, shape (N,)
        Shifted and scaled, of size at most about 1.
    rests : ndarray, shape (N,)
        What the shift rounded away: the scaled weights are exactly ``points + rests``.
    masses : ndarray, shape (N,)
        Importances divided by ``2**mass_exponent``, those of equal weights added.
    shift : float
        One of the weights.
    exponent, mass_exponent : int

    Examples
    --------
    >>> found = SortedWeights.of(np.array([1e8 + 3, 1e8, 1e8 + 1]), np.ones(3))
    >>> (found.points * 2.0**found.exponent).tolist(), found.shift - 1e8
    ([-3.0, -2.0, 0.0], 3.0)
    >>> float(found.prefix.squared_errors(np.array([0]), np.array([3]))[0]) * found.unit
    4.666666666666667
    """

    values: FloatArray
    points: FloatArray
    rests: FloatArray
    masses: FloatArray
    shift: float
    exponent: int
    mass_exponent: int

    @classmethod
    def of(cls, weights: FloatArray, importance: FloatArray | None) -> Self:
        """Sort, merge equal weights, leave out those of importance zero, shift and scale."""
        if importance is None:
            values = np.sort(weights)
            masses = np.ones(values.size)
        else:
            if not importance.all():
                weights, importance = weights[importance > 0], importance[importance > 0]
            order = np.argsort(weights)
            values, masses = weights[order], importance[order]
        new = values[1:] != values[:-1]
        if not new.all():
            starts = np.concatenate(([0], np.flatnonzero(new) + 1))
            values, masses = values[starts], np.add.reduceat(masses, starts)
        mass_exponent = 0 if importance is None else int(np.frexp(float(masses.max()))[1])
        masses = np.ldexp(masses, -mass_exponent)
        mean = float(masses @ values) / float(masses.sum())
        shift = float(values[min(int(np.searchsorted(values, mean)), values.size - 1)])
        points, rests = two_sum(values, np.full_like(values, -shift))
        exponent = int(np.frexp(max(-float(points[0]), float(points[-1])))[1])
        points, rests = np.ldexp(points, -exponent), np.ldexp(rests, -exponent)
        return cls(values, points, rests, masses, shift, exponent, mass_exponent)

    @property
    def size(self) -> int:
        """N, the number of distinct weights of positive importance."""
        return self.points.size

    @property
    def unit(self) -> float:
        """What a squared error of the shifted and scaled weights stands for."""
        return float(np.ldexp(1.0, 2 * self.exponent + self.mass_exponent))

    @cached_property
    def prefix(self) -> PrefixSums:
        """Sums over intervals."""
        return PrefixSums.of(self.points, self.rests, self.masses)

    def means(self, bounds: list[int]) -> FloatArray:
        """Means of the clusters ``bounds[k], ..., bounds[k + 1] - 1``, straight from their weights."""
        begins = np.array(bounds[:-1])
        heads = self.points[begins]
        steps = self.points - np.repeat(heads, np.diff(bounds)) + self.rests
        moments = np.add.reduceat(self.masses * steps, begins)
        return heads + moments / np.add.reduceat(self.masses, begins)

    def objective(self, centers: FloatArray, bounds: list[int]) -> float:
        """Squared error of the clusters ``bounds[k], ..., bounds[k + 1] - 1`` around the centres, term by term."""
        errors = np.repeat(centers, np.diff(bounds))
        np.subtract(self.points, errors, out=errors)
        errors += self.rests
        errors *= errors
        return float(self.masses @ errors)

    def restored(self, points: FloatArray) -> FloatArray:
        """Undo the shift and the scale."""
        return np.ldexp(points, self.exponent) + self.shift
