"""Exact weighted k-means of numbers, with a certificate, and the quantizer that clusters each weight vector itself.

In one dimension the clusters of an optimum are intervals of the sorted weights, so a dynamic program finds it (Wu 1991;
Grønlund et al. 2017, arXiv:1701.07204). With the Hessian as importance it is the "HW" k-means of the paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Coded, checked_gram, checked_weights
from linreg_compress.compression.clustering.boundary_windows import boundary_windows
from linreg_compress.compression.clustering.interval_program import IntervalProgram
from linreg_compress.compression.clustering.record import (
    Clustering,
    assembled,
    checked_line,
    needs_digits,
    relative_error,
    too_few,
)
from linreg_compress.compression.clustering.sorted_weights import SortedWeights
from linreg_compress.compression.clustering.specks import Specks
from linreg_compress.compression.clustering.two_means import two_means
from linreg_compress.errors import InvalidInputError
from linreg_compress.records import readable

_EPSILON = float(np.finfo(float).eps)


def kmeans(weights: ArrayLike, levels: int, importance: ArrayLike | None = None) -> Clustering:
    """Minimize ``sum_j h_j (w_j - c_{a(j)})^2`` over all codebooks of `levels` centres, to the global optimum.

    Parameters
    ----------
    weights : array_like, shape (N,)
        w.
    levels : int
        K, at least 1. Where fewer distinct weights have positive importance, that many centres are returned, with a note.
    importance : array_like, shape (N,), optional
        h, zero or positive, not all zero; all one by default. A weight of importance zero goes to the nearest centre.

    Returns
    -------
    Clustering
        Its `lower_bound` is the optimum of the dynamic program less a bound on its rounding.

    Raises
    ------
    InvalidInputError
        If the weights are empty or not finite, K < 1, or importances are negative, all zero or of another length.

    Notes
    -----
    O(K N log N) time at most, 12 bytes a weight a centre and about 150 a weight; O(N) after the sort for K <= 2. From
    30 000 weights on (from 576 K on, if that is more), a proof on a coarse grid first narrows where clusters can end (see
    `boundary_windows`), so that most of the time goes to the sort. Where doubles could not tell the optimum (weights in
    tight groups far apart, importances of very unequal size), the program runs again in twice the digits; of more than 512
    weights those of vanishing importance are left out first, if that changes the cost by no more than a part in 1e12.

    Examples
    --------
    >>> found = kmeans([0.0, 1.0, 10.0, 11.0, 12.0], 2)
    >>> found.centers.tolist(), found.assignments.tolist(), found.objective
    ([0.5, 11.0], [0, 0, 1, 1, 1], 2.5)
    >>> kmeans([3.0, 3.0], 2).note
    'asked for 2 levels, but only 1 distinct weight has positive importance'
    """
    points, size, masses = checked_line(weights, levels, importance)
    if size == 2:
        found = two_means(points, masses)
        if found is not None:
            return found
    line = SortedWeights.of(points, masses)
    if size >= line.size:
        bounds, note = list(range(line.size + 1)), too_few(size, line.size)
        return assembled(points, masses, line, bounds, line.values, 0.0, 0.0, note)
    bounds, optimum = _partition(line, size)
    return assembled(points, masses, line, bounds, line.means(bounds), 0.0, optimum, "")


def _partition(line: SortedWeights, levels: int) -> tuple[list[int], float]:
    """Bounds of the best partition into `levels` < N intervals, and a lower bound on its cost."""
    if levels == 1:
        ends = np.array([0]), np.array([line.size])
        return [0, line.size], float(line.prefix.squared_errors(*ends)[0]) * (1 - 16 * _EPSILON)
    specks = Specks.of(line, levels)
    if specks is not None:
        bounds, proven = _solved(specks.heavy, levels, precise=True)
        restored = specks.restored(bounds, specks.heavy.prefix.sums(np.array(bounds[:-1]), np.array(bounds[1:]))[1])
        if restored is not None:
            return restored, proven
    return _solved(line, levels, precise=line.prefix.hopeless)


def _solved(line: SortedWeights, levels: int, precise: bool) -> tuple[list[int], float]:
    """The same by the dynamic program, in doubles where they will do, unless `precise`."""
    windows = boundary_windows(line, levels, precise)
    sums, inside, places = line.prefix, None, None
    if windows is not None:
        open_places = np.zeros(line.size + 1, dtype=np.bool_)
        open_places[[0, -1]] = True
        for low, high in windows:
            open_places[low : high + 1] = True
        places = np.flatnonzero(open_places)
        sums, inside = sums.at(places), np.searchsorted(places, windows)[:-1]
    for digits in (True,) if precise else (False, True):
        program = IntervalProgram(sums, None, levels - 1, digits, inside)
        total = program.totals(levels)
        place = int(np.argmin(total))
        optimum = float(total[place])
        if not needs_digits(program.error(levels), optimum, line.size):
            break
    proven = (optimum - program.error(levels)) * (1 - relative_error(line.size, levels))
    bounds = [*program.bounds(levels - 1, place), sums.size]
    return (bounds if places is None else places[bounds].tolist()), proven


@readable
@dataclass(frozen=True)
class KMeansQuantizer:
    """The optimal scalar quantizer of each weight vector: its own k-means codebook.

    Notes
    -----
    The rate counts the indices, ``d ln K`` nats. The decoder also needs the codebook, K numbers a vector: side information
    of, say, ``64 K / d`` bits a weight.

    Examples
    --------
    >>> KMeansQuantizer(2).compress(np.array([[0.0, 1.0, 9.0], [5.0, 5.0, 6.0]])).tolist()
    [[0.5, 0.5, 9.0], [5.0, 5.0, 6.0]]
    """

    levels: int
    """K, at least 1."""
    hessian_weighted: bool = False
    """Whether importances are ``G_jj``, proportional to the diagonal of the Hessian ``2 G / n`` of the empirical risk; else
    all are one.
    """

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", valid.count("levels", self.levels))

    @property
    def name(self) -> str:
        """``kmeans-K`` or ``hessian-kmeans-K``."""
        return ("hessian-" if self.hessian_weighted else "") + f"kmeans-{self.levels}"

    @property
    def needs_gram(self) -> bool:
        """Whether importances, the diagonal of G, are used."""
        return self.hessian_weighted

    def compress(
        self, weights: FloatArray, *, rng: np.random.Generator | None = None, gram: FloatArray | None = None
    ) -> FloatArray:
        """Cluster every vector of the last axis by itself."""
        del rng
        importance = self._importance(gram)
        weights = checked_weights(weights, None if importance is None else importance.shape[-1])
        if not weights.ndim or not weights.shape[-1]:
            raise InvalidInputError("weights", "must hold at least one number", f"shape {weights.shape}")
        flat = weights.reshape(-1, weights.shape[-1])
        rows = [None] * len(flat) if importance is None else np.broadcast_to(importance, weights.shape).reshape(flat.shape)
        coded = [self._clustering(row, one).coded(row).weights for row, one in zip(flat, rows, strict=True)]
        return np.array(coded).reshape(weights.shape)

    def code(self, weights: FloatArray, gram: FloatArray | None = None, samples: int | None = None) -> Coded:
        """Cluster one vector; the number of samples only scales the importances."""
        del samples
        return self._clustering(weights, self._importance(gram)).coded(weights)

    def _clustering(self, weights: FloatArray, importance: FloatArray | None) -> Clustering:
        return kmeans(weights, self.levels, importance)

    def _importance(self, gram: FloatArray | None) -> FloatArray | None:
        if not self.hessian_weighted:
            return None
        if gram is None:
            raise InvalidInputError("gram", "must be given, its diagonal holds the importances", None)
        return np.diagonal(checked_gram(gram), axis1=-2, axis2=-1)
