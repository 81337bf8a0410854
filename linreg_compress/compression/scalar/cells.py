"""A scalar quantizer as its cells: thresholds, and one level a cell.

Every quantizer of this folder that has finitely many levels and is designed for a law of the weights is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Coded
from linreg_compress.errors import InvalidInputError
from linreg_compress.records import readable


def one_vector(weights: ArrayLike) -> FloatArray:
    """Check that `weights` is one vector of finite numbers, and not empty."""
    vector = valid.numbers("weights", weights)
    if vector.ndim != 1 or not vector.size:
        raise InvalidInputError("weights", "must be a vector of at least one number", f"shape {vector.shape}")
    return vector


@readable
@dataclass(frozen=True, eq=False)
class CellQuantizer:
    """A quantizer of one weight at a time with finitely many cells; it knows neither the design nor the other weights.

    Examples
    --------
    >>> sign = CellQuantizer(np.array([-1.0, 1.0]), np.array([0.0]), "sign")
    >>> sign.compress(np.array([0.3, -2.0]), rng=np.random.default_rng()).tolist()
    [1.0, -1.0]
    """

    levels: FloatArray
    """Shape (K,), ascending."""
    thresholds: FloatArray
    """Shape (K - 1,), ascending; cell k is ``(thresholds[k - 1], thresholds[k]]``."""
    name: str = "cells"
    needs_gram: bool = False

    def __post_init__(self) -> None:
        levels = valid.numbers("levels", self.levels)
        thresholds = valid.numbers("thresholds", self.thresholds)
        if levels.ndim != 1 or not levels.size or thresholds.shape != (levels.size - 1,):
            raise InvalidInputError(
                "thresholds", "must be one fewer than the levels", f"{thresholds.shape} for {levels.shape}"
            )
        for name, values in {"levels": levels, "thresholds": thresholds}.items():
            falls = np.flatnonzero(np.diff(values) < 0)
            if falls.size:
                last, first = valid.shown(values[falls[0]]), valid.shown(values[falls[0] + 1])
                raise InvalidInputError(name, "must be ascending", f"{first} after {last}", "Sort them.")
        object.__setattr__(self, "levels", valid.owned(levels))
        object.__setattr__(self, "thresholds", valid.owned(thresholds))

    def indices(self, weights: FloatArray) -> FloatArray:
        """Return the cell of each weight, 0-based."""
        return np.searchsorted(self.thresholds, valid.numbers("weights", weights), side="left")

    def compress(
        self, weights: FloatArray, *, rng: np.random.Generator | None = None, gram: FloatArray | None = None
    ) -> FloatArray:
        """Quantize weights of any shape."""
        del rng, gram
        return self.levels[self.indices(weights)]

    def code(self, weights: FloatArray) -> Coded:
        """Quantize one vector and return codebook and indices."""
        weights = one_vector(weights)
        return Coded(weights, self.levels, self.indices(weights))
