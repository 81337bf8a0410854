"""The quantizers that are compared, each for a batch of weight vectors in a simulation and for the one that is kept.

- uniform, lloyd-max: levels of least squared error for a normal law with mean 0 and the second moment of the weights at
  hand (equal steps, or none prescribed). The centre is 0, "no effect"; the decoder needs one number, the scale.
- kmeans, hessian-kmeans, diameter-kmeans: levels made from the weights themselves, without importances, with the diagonal
  of the Hessian ``2 X^T X / n`` for importances, and with these and the penalty ``beta D^2`` on the distance of the end
  levels, beta a hundredth of all importances. The decoder needs every level. On standardized columns the importances are
  equal, and the second is the first.
- gptq: the levels of lloyd-max, one weight after the other, every error fed forward through X^T X.

All bits are those of indices of fixed length, b for 2^b levels.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.clusters import diameter_batch, kmeans_batch
from linreg_compress.advice.fitting import Fitted
from linreg_compress.compression.cells import CellQuantizer
from linreg_compress.compression.channel import Coded
from linreg_compress.compression.hessian_weighted_kmeans import diameter_kmeans
from linreg_compress.compression.kmeans import kmeans
from linreg_compress.compression.lloyd_max import lloyd_max
from linreg_compress.compression.sources import NormalSource
from linreg_compress.compression.successive import SuccessiveQuantizer
from linreg_compress.compression.uniform import optimal_uniform

QUANTIZERS = ("lloyd-max", "uniform", "gptq", "kmeans", "hessian-kmeans", "diameter-kmeans")
AWARE = ("gptq",)  # made from X^T X: they need another step from the rows at hand to new rows
PENALIZED = ("diameter-kmeans",)  # they shrink on purpose, at every number of bits: no merit of compression
FITTED = ("kmeans", "hessian-kmeans", "diameter-kmeans")  # their levels are made from the weights
CODEBOOK_BITS = 16  # that a number of a codebook is counted with
_PENALTY_SHARE = 0.01  # beta over the sum of the importances

Batch = dict[int, FloatArray]
Codes = dict[tuple[str, int], FloatArray]


@lru_cache(maxsize=64)
def _cells(name: str, levels: int) -> CellQuantizer:
    """Quantizer of a unit normal."""
    return (optimal_uniform if name == "uniform" else lloyd_max)(NormalSource(), levels)


def quantize_all(
    names: Sequence[str], weights: FloatArray, levels: Sequence[int], gram: FloatArray, samples: int
) -> dict[tuple[str, int], FloatArray]:
    """Quantize vectors of shape (J, d) by several quantizers to several numbers of levels; what they share is done once.

    The parameters are those of `quantize_batch`, with a sequence of names.
    """
    even = _equal(importances(gram, samples))
    done: dict[str, Batch] = {}
    for name in sorted(names, key=lambda one: one == "diameter-kmeans"):
        if name == "hessian-kmeans" and even and "kmeans" in done:
            done[name] = done["kmeans"]
        elif name == "diameter-kmeans":
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
    if name in ("lloyd-max", "uniform", "gptq"):
        return _by_cells(name, weights, levels, gram)
    importance = importances(gram, samples)
    if name == "diameter-kmeans":
        return _penalized(weights, levels, importance, None)
    return kmeans_batch(weights, levels, None if name == "kmeans" or _equal(importance) else importance)


def _penalized(weights: FloatArray, levels: Sequence[int], importance: FloatArray, start: Batch | None) -> Batch:
    return diameter_batch(weights, levels, importance, _PENALTY_SHARE * importance.sum(axis=-1), start)


def _by_cells(name: str, weights: FloatArray, levels: Sequence[int], gram: FloatArray) -> Batch:
    scale = np.sqrt(np.mean(weights**2, axis=1, keepdims=True))
    unit = weights / np.where(scale > 0, scale, 1.0)
    found = {}
    for k in levels:
        cells = _cells(name, k)
        if name == "gptq":
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
    weights, masses = fitted.weights, importances(fitted.gram, fitted.samples)
    makers: dict[str, Callable[[], Coded]] = {
        "kmeans": lambda: kmeans(weights, levels).coded(weights),
        "hessian-kmeans": lambda: kmeans(weights, levels, None if _equal(masses) else masses).coded(weights),
        "diameter-kmeans": lambda: diameter_kmeans(weights, levels, masses, _PENALTY_SHARE * float(masses.sum())).coded(
            weights
        ),
    }
    if name in makers:
        return makers[name]()
    scale = float(np.sqrt(np.mean(weights**2))) or 1.0
    unit = _cells(name, levels)
    cells = CellQuantizer(scale * unit.levels, scale * unit.thresholds, unit.name)
    return SuccessiveQuantizer(cells).code(weights, fitted.gram) if name == "gptq" else cells.code(weights)


def codebook_numbers(name: str, coded: Coded) -> int:
    """Return how many numbers the decoder needs beside the indices: the levels, or the scale of levels agreed before."""
    return len(coded.codebook) if name in FITTED else 1
