"""Weights in ascending order, shifted and scaled so that squared errors keep their digits.

Sums of squares are the trap of one-dimensional clustering: an offset of 1e8 cancels every digit that matters. So the
weights are shifted by one of themselves, what that rounds away is kept, and all is scaled by powers of two.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.prefix_sums import PrefixSums, two_product, two_sum

_EXACT = 2048  # tuning: terms that are summed exactly, one by one


@dataclass(frozen=True, eq=False)
class SortedWeights:
    """Distinct weights of positive importance, ascending, shifted by `shift` and divided by ``2**exponent``.

    Examples
    --------
    >>> found = SortedWeights.of(np.array([1e8 + 3, 1e8, 1e8 + 1]), np.ones(3))
    >>> (found.points * 2.0**found.exponent).tolist(), found.shift - 1e8
    ([-3.0, -2.0, 0.0], 3.0)
    >>> float(found.prefix.squared_errors(np.array([0]), np.array([3]))[0]) * found.unit
    4.666666666666667
    """

    values: FloatArray
    """The weights themselves, shape (N,)."""
    points: FloatArray
    """Shifted and scaled, of size at most about 1; shape (N,)."""
    rests: FloatArray
    """What the shift rounded away: the scaled weights are exactly ``points + rests``; shape (N,)."""
    masses: FloatArray
    """Importances, those of equal weights added, divided by ``2**mass_exponent``; shape (N,)."""
    shift: float
    """One of the weights."""
    exponent: int
    """The shifted weights are divided by two to this power."""
    mass_exponent: int
    """The importances are divided by two to this power."""

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
        """Means of the clusters ``bounds[k], ..., bounds[k + 1] - 1``, as `cluster_means`."""
        return cluster_means(self.values, self.masses, bounds)

    def objective(self, centers: FloatArray, bounds: list[int]) -> float:
        """Squared error of the clusters ``bounds[k], ..., bounds[k + 1] - 1`` around these centres, term by term."""
        errors = self.values - np.repeat(centers, np.diff(bounds))
        errors = np.ldexp(errors, -self.exponent)
        return float(np.ldexp(total(self.masses * errors**2), 2 * self.exponent + self.mass_exponent))


def total(terms: FloatArray) -> float:
    """Sum in twice the digits before the one rounding, the same on every machine, which a dot product is not.

    Examples
    --------
    >>> total(np.array([1e16, 1.0, -1e16]))
    1.0
    """
    lost = [0.0]
    while terms.size > _EXACT:  # halves added in one go, what that rounds away kept (Ogita, Rump and Oishi 2005)
        half = terms.size // 2
        sums, rests = two_sum(terms[:half], terms[half : 2 * half])
        lost.append(float(rests.sum()))
        terms = np.concatenate([sums, terms[2 * half :]])
    return math.fsum(lost + terms.tolist())  # exact (Shewchuk 1997)


def cluster_means(values: FloatArray, masses: FloatArray | None, bounds: list[int]) -> FloatArray:
    """Means of the clusters ``bounds[k], ..., bounds[k + 1] - 1``, each to its own last digits, whatever the others hold.

    Sums and products are exact before the division. A cluster of equal weights gets them bit for bit.

    Parameters
    ----------
    values : ndarray, shape (N,)
        In any order inside a cluster.
    masses : ndarray, shape (N,), optional
        Positive; all one by default.
    bounds : list of int
        From 0 to N, ascending, no cluster empty.

    Examples
    --------
    >>> cluster_means(np.array([0.001, 0.002, 0.1, 1e10]), None, [0, 2, 3, 4]).tolist()
    [0.0015, 0.1, 10000000000.0]
    """
    begins, sizes = np.array(bounds[:-1]), np.diff(bounds)
    low, high = np.minimum.reduceat(values, begins), np.maximum.reduceat(values, begins)
    clusters = list(pairwise(bounds))
    if masses is None or (masses == 1).all():
        means = np.array([total(values[i:j]) / (j - i) for i, j in clusters])
    else:  # scaled cluster by cluster, so that no product leaves the range of doubles
        exponent = np.frexp(np.maximum(np.abs(low), np.abs(high)))[1]
        heaviest = np.frexp(np.maximum.reduceat(masses, begins))[1]
        shares = np.ldexp(masses, -np.repeat(heaviest, sizes))
        product, lost = two_product(shares, np.ldexp(values, -np.repeat(exponent, sizes)))
        scaled = [total(np.concatenate([product[i:j], lost[i:j]])) / total(shares[i:j]) for i, j in clusters]
        means = np.ldexp(scaled, exponent)
    return np.clip(means, low, high)
