"""What the weights take where they are used: indices, the levels in use, the scales of the columns, the intercept."""

from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.design import Design
from linreg_compress.advice.fitting import Fitted
from linreg_compress.compression.channel import Coded

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
    """Whether the scales differ, so that they have to be shipped."""
    intercept: float
    """With the means of the columns folded in."""

    @property
    def slopes(self) -> FloatArray:
        """Slopes in the columns' own units, shape (d,)."""
        return self.table[self.indices] * self.scales


@dataclass(frozen=True)
class Size:
    """Bytes as shipped."""

    indices: int
    """b bits each, packed."""
    table: int
    """The levels in use, float32."""
    scales: int
    """One float32 for each column whose weights are those of the standardized column."""
    intercept: int
    """One float32, if it is fitted."""
    float32: int
    """The slopes and the intercept in float32: the least that they take without a code."""

    @property
    def total(self) -> int:
        """All that is shipped."""
        return self.indices + self.table + self.scales + self.intercept

    @property
    def saves(self) -> bool:
        """Whether the code takes less than float32."""
        return self.total < self.float32


def shipped(design: Design, fitted: Fitted, coded: Coded) -> Shipped:
    """Prepare coded weights for use; levels that no weight has are dropped."""
    used, indices = np.unique(coded.assignments, return_inverse=True)
    scales = 1 / (fitted.units * design.scales)
    table = coded.codebook[used]
    slopes = table[indices] * scales
    intercept = float(design.target_mean - slopes @ design.means) if design.intercept else 0.0
    return Shipped(indices, table, scales, design.standardize, intercept)


def size_of(coded: Coded, bits_per_weight: int, design: Design) -> Size:
    """Count the bytes.

    Examples
    --------
    >>> from linreg_compress.advice.design import prepare
    >>> x, y = np.random.default_rng(0).standard_normal((2, 30, 3))
    >>> design = prepare(x, y[:, 0], ["a", "b", "c"], "y")
    >>> size_of(Coded(np.ones(3), np.array([-1.0, 1.0]), np.array([0, 1, 1])), 1, design)
    Size(indices=1, table=8, scales=12, intercept=4, float32=16)
    """
    d, start = len(coded.assignments), _FLOAT * design.intercept
    scales = _FLOAT * d if design.standardize else 0
    return Size(-(-d * bits_per_weight // 8), _FLOAT * len(np.unique(coded.assignments)), scales, start, _FLOAT * d + start)
