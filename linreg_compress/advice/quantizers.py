"""The quantizers that are compared, each for a batch of weight vectors in a simulation and for the one that is kept.

They are the rows of `linreg_compress.compression.quantizers` that are made from a number of levels. Those with cells are
designed for a normal law with mean 0, "no effect", and the second moment of the weights at hand: the decoder needs one
number, the scale. Importances of the fitted ones are the diagonal of the Hessian ``2 X^T X / n``, equal on standardized
columns, where hessian-kmeans is kmeans; beta of the penalty ``beta D^2`` is a hundredth of all importances. All bits are
those of indices of fixed length, b for 2^b levels.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.clusters import diameter_batch, kmeans_batch
from linreg_compress.advice.fitting import Fitted
from linreg_compress.compression import quantizers
from linreg_compress.compression.channel import Coded
from linreg_compress.compression.quantizers import Penalty, find
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.sources import NormalSource
from linreg_compress.compression.successive import SuccessiveQuantizer

_ROWS = sorted(
    (row for row in quantizers.QUANTIZERS if row.by_levels),
    key=lambda row: row.name != "lloyd-max",  # the first: among equals the earlier one is recommended
)
QUANTIZERS = tuple(row.name for row in _ROWS)
AWARE = tuple(row.name for row in _ROWS if row.feeds_forward)  # they need another step from the rows at hand to new rows
PENALIZED = tuple(row.name for row in _ROWS if row.penalized)  # they shrink at any rate: no merit of compression
FITTED = tuple(row.name for row in _ROWS if row.fitted)  # their levels are made from the weights
CODEBOOK_BITS = 16  # that a number of a codebook is counted with
_PENALTY_SHARE = 0.01  # beta over the sum of the importances

Batch = dict[int, FloatArray]
Codes = dict[tuple[str, int], FloatArray]


@lru_cache(maxsize=64)
def _cells(name: str, levels: int) -> CellQuantizer:
    """Quantizer of a unit normal."""
    return find(name).cells(NormalSource(), levels)


def quantize_all(
    names: Sequence[str], weights: FloatArray, levels: Sequence[int], gram: FloatArray, samples: int
) -> dict[tuple[str, int], FloatArray]:
    """Quantize vectors of shape (J, d) by several quantizers to several numbers of levels; what they share is done once.

    The parameters are those of `quantize_batch`, with a sequence of names.
    """
    even = _equal(importances(gram, samples))
    done: dict[str, Batch] = {}
    for name in sorted(names, key=lambda one: one in PENALIZED):
        if name == "hessian-kmeans" and even and "kmeans" in done:
            done[name] = done["kmeans"]
        elif name in PENALIZED:
            start = done.get("kmeans" if even else "hessian-kmeans")
            done[name] = _penalized(weights, levels, importances(gram, samples), start)
        else:
            done[name] = quantize_batch(name, weights, levels, gram, samples)
    return {(name, k): done[name][k] for name in names for k in levels}


def quantize_batch(
    name: str, weights: FloatArray, levels: Sequence[int], gram: FloatArray, samples: int
) -> dict[int, FloatArray]:
    """Quantize vectors of shape (J, d) to several numbers of levels.

    `name` is one of `QUANTIZERS`, `gram` is X^T X, shape (d, d) or (J, d, d), and `samples` is n.

    Examples
    --------
    >>> quantize_batch("lloyd-max", np.array([[3.0, -3.0]]), [2], np.eye(2), 9)[2].round(3).tolist()
    [[2.394, -2.394]]
    """
    row = find(name)
    if not row.fitted:
        return _by_cells(name, weights, levels, gram)
    importance = importances(gram, samples)
    if row.penalized:
        return _penalized(weights, levels, importance, None)
    return kmeans_batch(weights, levels, importance if row.by_hessian and not _equal(importance) else None)


def _penalized(weights: FloatArray, levels: Sequence[int], importance: FloatArray, start: Batch | None) -> Batch:
    return diameter_batch(weights, levels, importance, _PENALTY_SHARE * importance.sum(axis=-1), start)


def _by_cells(name: str, weights: FloatArray, levels: Sequence[int], gram: FloatArray) -> Batch:
    scale = np.sqrt(np.mean(weights**2, axis=1, keepdims=True))
    unit = weights / np.where(scale > 0, scale, 1.0)
    found = {}
    for k in levels:
        cells = _cells(name, k)
        if name in AWARE:
            found[k] = scale * SuccessiveQuantizer(cells).compress(unit, gram=gram).weights
        else:
            found[k] = scale * cells.levels[cells.indices(unit)]
    return found


def importances(gram: FloatArray, samples: int) -> FloatArray:
    """Diagonal of the Hessian of the empirical risk, ``2 G_jj / n``."""
    return 2 * np.diagonal(gram, axis1=-2, axis2=-1) / samples


def _equal(importance: FloatArray) -> bool:
    return bool(np.ptp(importance) <= 1e-9 * importance.max())


def code(name: str, fitted: Fitted, levels: int) -> Coded:
    """Quantize the fitted weights themselves, by the exact and certified algorithms."""
    weights, masses, row = fitted.weights, importances(fitted.gram, fitted.samples), find(name)
    if row.fitted:
        penalty = Penalty(_PENALTY_SHARE * float(masses.sum())) if row.penalized else None
        importance = masses if row.penalized or (row.by_hessian and not _equal(masses)) else None
        return row.codebook(weights, levels, importance, penalty).coded(weights)
    scale = float(np.sqrt(np.mean(weights**2))) or 1.0
    unit = _cells(name, levels)
    cells = CellQuantizer(scale * unit.levels, scale * unit.thresholds, unit.name)
    return SuccessiveQuantizer(cells).code(weights, fitted.gram) if row.feeds_forward else cells.code(weights)
