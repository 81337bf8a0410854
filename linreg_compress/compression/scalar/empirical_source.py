"""The weights at hand as a source: what a quantizer does to them, in the words of a law."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.sorted_weights import cluster_means, total
from linreg_compress.compression.scalar.sources import CellMoments
from linreg_compress.errors import InvalidInputError
from linreg_compress.records import readable


@readable
@dataclass(frozen=True, eq=False)
class EmpiricalSource:
    """The weights at hand, each with its importance.

    Examples
    --------
    >>> source = EmpiricalSource(np.array([3.0, 1.0]), np.array([1.0, 3.0]))
    >>> source.mean, source.variance, source.moments(np.array([2.0])).probability.tolist()
    (1.5, 0.75, [0.75, 0.25])
    """

    values: ArrayLike
    """The weights, shape (N,)."""
    importance: ArrayLike | None = None
    """Shape (N,), zero or positive, not all zero; 1 each by default."""
    mean: float = field(init=False)
    """Mean of the weights by their importance."""
    variance: float = field(init=False)
    """Mean squared distance from that mean, by importance."""
    _sorted: FloatArray = field(init=False, repr=False)
    """The weights, ascending."""
    _sums: FloatArray = field(init=False, repr=False)
    """Shape (3, N + 1): sums over the first 0, ..., N of them of the share, times the deviation, times its square."""

    def __post_init__(self) -> None:
        values = valid.numbers("values", self.values)
        if values.ndim != 1 or not values.size:
            raise InvalidInputError("values", "must be a vector of at least one weight", f"shape {values.shape}")
        if self.importance is None:
            importance = np.ones(values.size)
        else:
            importance = valid.nonnegative("importance", self.importance)
            if importance.shape != values.shape:
                raise InvalidInputError("importance", f"must hold one number a weight, {values.size}", importance.shape)
        if not importance.any():
            raise InvalidInputError("importance", "must not be zero everywhere", 0.0)
        object.__setattr__(self, "values", valid.owned(values))
        if self.importance is not None:
            object.__setattr__(self, "importance", valid.owned(importance))
        order = np.argsort(values, kind="stable")
        share = importance[order] / importance.max()
        share = share / share.sum()
        counted = order[share > 0]
        center = float(cluster_means(values[counted], share[share > 0], [0, counted.size])[0])
        deviation = values[order] - center
        sums = np.cumsum(np.stack([share, share * deviation, share * deviation**2]), axis=1)
        object.__setattr__(self, "mean", center)
        object.__setattr__(self, "variance", total(share * deviation**2))
        object.__setattr__(self, "_sorted", valid.owned(values[order]))
        object.__setattr__(self, "_sums", valid.owned(np.concatenate([np.zeros((3, 1)), sums], axis=1)))

    def moments(self, thresholds: FloatArray) -> CellMoments:
        """Sums over the weights of each cell."""
        inner = np.searchsorted(self._sorted, thresholds, side="right")
        ends = np.concatenate([[0], inner, [self._sorted.size]])
        return CellMoments(*np.diff(self._sums[:, ends], axis=1))

    def ppf(self, q: ArrayLike) -> FloatArray:
        """Quantile: the smallest weight that a share of at least `q` does not exceed."""
        shares = valid.probabilities("q", q)
        index = np.searchsorted(self._sums[0, 1:], shares * self._sums[0, -1], side="left")
        return self._sorted[np.minimum(index, self._sorted.size - 1)]
