"""What the weights take where they are used: indices, the levels in use, the scales of the columns, the intercept."""

from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Coded
from linreg_compress.least_squares.moments import Design, Fitted

_FLOAT = 4  # bytes of a float32


@dataclass(frozen=True, eq=False)
class Shipped:
    """Coded weights ready for use: ``y = intercept + sum_j table[indices[j]] * scales[j] * x[j]``."""

    indices: FloatArray
    """Place of each weight in the table, shape (d,)."""
    table: FloatArray
    """The levels in use, shape (at most d,)."""
    scales: FloatArray
    """What takes a level to the slope of a column in its own unit, shape (d,)."""
    scaled: bool
    """Whether columns were standardized, so that the scales have to be shipped."""
    intercept: float
    """With the means of the columns folded in."""
    size: dict[str, int]
    """Bytes: packed indices, and in float32 levels, column scales, and the intercept if one is fitted."""
    float32: int
    """Bytes of slopes and intercept in float32: the least that they take without a code."""

    @property
    def slopes(self) -> FloatArray:
        """Slopes in the columns' own units, shape (d,)."""
        return self.table[self.indices] * self.scales


def shipped(design: Design, fitted: Fitted, coded: Coded, bits_per_weight: int) -> Shipped:
    """Prepare coded weights for use; levels that no weight has are dropped."""
    used, indices = np.unique(coded.assignments, return_inverse=True)
    scales = 1 / (fitted.units * design.scales)
    table = coded.codebook[used]
    slopes = table[indices] * scales
    intercept = float(design.target_mean - slopes @ design.means) if design.intercept else 0.0
    numbers = {"levels": len(table), "column scales": len(scales) * design.standardize, "intercept": int(design.intercept)}
    size = {"indices": -(-len(indices) * bits_per_weight // 8)} | {name: _FLOAT * k for name, k in numbers.items()}
    return Shipped(indices, table, scales, design.standardize, intercept, size, _FLOAT * (len(scales) + design.intercept))
