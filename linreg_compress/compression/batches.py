"""Quantizers for many weight vectors at once, one for each fit that `advise` makes, and for the vector that is kept.

They are the rows of `linreg_compress.compression.quantizers` that are made from a number of levels. Those with cells are
designed for a normal law with mean 0, "no effect", and the second moment of the weights at hand. Importances of the fitted
ones are the diagonal of the Hessian, equal on standardized columns, where hessian-kmeans is kmeans; beta of the penalty
``beta D^2`` is a hundredth of all importances. All bits are those of indices of fixed length, b for 2^b levels.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression import quantizers
from linreg_compress.compression.channel import Coded
from linreg_compress.compression.clustering.batch import diameter_batch, kmeans_batch
from linreg_compress.compression.quantizers import NamedQuantizer, Penalty, find
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.sources import NormalSource
from linreg_compress.compression.successive import SuccessiveQuantizer

_ROWS = sorted(
    (row for row in quantizers.QUANTIZERS if row.by_levels),
    key=lambda row: (row.name != "lloyd-max", row.penalized, row.feeds_forward, row.by_hessian, row.fitted),
)  # the simplest first, ahead of all the one that the theory speaks of: among equals the earlier one is recommended
QUANTIZERS = tuple(row.name for row in _ROWS)
PENALIZED = tuple(row.name for row in _ROWS if row.penalized)  # they shrink at any rate: no merit of compression
_PENALTY_SHARE = 0.01  # beta over the sum of the importances

Batch = dict[int, FloatArray]
Codes = dict[tuple[str, int], FloatArray]


@lru_cache(maxsize=64)
def _cells(name: str, levels: int) -> CellQuantizer:
    """Quantizer of a unit normal."""
    return find(name).cells(NormalSource(), levels)


def quantize_all(names: Sequence[str], weights: FloatArray, levels: Sequence[int], gram: FloatArray) -> Codes:
    """Quantize vectors of shape (J, d) by several quantizers to several numbers of levels; what they share is done once.

    `gram` is X^T X, shape (J, d, d).

    Examples
    --------
    >>> quantize_all(["lloyd-max"], np.array([[3.0, -3.0]]), [2], np.eye(2)[None])["lloyd-max", 2].round(3).tolist()
    [[2.394, -2.394]]
    """
    importance = _importances(gram)
    even = _equal(importance)
    done: dict[str, Batch] = {}
    for name in sorted(names, key=lambda one: one in PENALIZED):
        row = find(name)
        if not row.fitted:
            done[name] = _by_cells(row, weights, levels, gram)
        elif row.penalized:
            start = done.get("kmeans" if even else "hessian-kmeans")
            done[name] = diameter_batch(weights, levels, importance, _PENALTY_SHARE * importance.sum(axis=-1), start)
        elif row.by_hessian and even and "kmeans" in done:
            done[name] = done["kmeans"]
        else:
            done[name] = kmeans_batch(weights, levels, importance if row.by_hessian and not even else None)
    return {(name, k): done[name][k] for name in names for k in levels}


def _by_cells(row: NamedQuantizer, weights: FloatArray, levels: Sequence[int], gram: FloatArray) -> Batch:
    scale = np.sqrt(np.mean(weights**2, axis=1, keepdims=True))
    unit = weights / np.where(scale > 0, scale, 1.0)
    found = {}
    for k in levels:
        cells = _cells(row.name, k)
        if row.feeds_forward:
            found[k] = scale * SuccessiveQuantizer(cells).compress(unit, gram=gram)
        else:
            found[k] = scale * cells.levels[cells.indices(unit)]
    return found


def _importances(gram: FloatArray) -> FloatArray:
    """Diagonal of the Hessian of the empirical risk, in units of its mean."""
    diagonal = np.diagonal(gram, axis1=-2, axis2=-1)
    return diagonal / diagonal.mean(axis=-1, keepdims=True)


def _equal(importance: FloatArray) -> bool:
    return bool(np.ptp(importance) <= 1e-9 * importance.max())


def code(name: str, weights: FloatArray, gram: FloatArray, levels: int) -> Coded:
    """Quantize one vector, by the exact and certified algorithms."""
    masses, row = _importances(gram), find(name)
    if row.fitted:
        penalty = Penalty(_PENALTY_SHARE * float(masses.sum())) if row.penalized else None
        importance = masses if row.penalized or (row.by_hessian and not _equal(masses)) else None
        return row.codebook(weights, levels, importance, penalty).coded(weights)
    scale = float(np.sqrt(np.mean(weights**2))) or 1.0
    unit = _cells(name, levels)
    cells = CellQuantizer(scale * unit.levels, scale * unit.thresholds, unit.name)
    return SuccessiveQuantizer(cells).code(weights, gram) if row.feeds_forward else cells.code(weights)
