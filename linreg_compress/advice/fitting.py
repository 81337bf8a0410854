"""Least squares from moments: the whole table, and many parts of it at once."""

from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.design import Design
from linreg_compress.errors import DesignError

_WORST_CONDITION = 1e12  # of X^T X as the weights see it: what GPTQ still accepts


@dataclass(frozen=True, eq=False)
class Fitted:
    """Least-squares fits in the units in which the weights are quantized; leading axes are a batch."""

    samples: int
    """n, less one where an intercept is fitted: centring uses one row up."""
    rows: int
    """n."""
    weights: FloatArray
    """W, shape (..., d)."""
    gram: FloatArray
    """X^T X of the (centred) columns, shape (..., d, d)."""
    residual_sum: FloatArray
    """|y - X W|^2, shape (...)."""
    units: FloatArray
    """A weight here is the slope of a column in the design's standard units times this, shape (..., d)."""
    shifts: FloatArray
    """Column means in standard units, shape (..., d)."""
    target_shifts: FloatArray
    """Mean of the design's targets, shape (...)."""

    @property
    def features(self) -> int:
        """Number of weights, d."""
        return self.weights.shape[-1]

    @property
    def noise_variance(self) -> FloatArray:
        """Unbiased: ``|y - X W|^2 / (n - d)``, n less one with an intercept."""
        return self.residual_sum / (self.samples - self.features)

    @property
    def excess_risk(self) -> FloatArray:
        """What the estimation of the weights adds to the error on new rows, ``sigma^2 d / (n - d - 1)``, Gaussian features.

        With an intercept a new row is centred by estimated means, which makes it ``1 + 1 / n`` times as large.
        """
        return self.new_rows_factor * self.noise_variance * self.features / (self.samples - self.features - 1)

    @property
    def new_rows_factor(self) -> float:
        """``1 + 1 / n`` where means are estimated, else 1."""
        return 1 + 1 / self.rows if self.samples < self.rows else 1.0

    def coefficients(self, weights: FloatArray) -> FloatArray:
        """Return ``c`` with ``y - prediction = c . [1, x, y]`` for weights of shape (..., d), in standard units."""
        slopes = weights / self.units
        start = self.target_shifts - np.sum(slopes * self.shifts, axis=-1)
        return np.concatenate([-start[..., None], -slopes, np.ones_like(start)[..., None]], axis=-1)


def fit_moments(moments: FloatArray, rows: int, design: Design) -> Fitted:
    """Fit least squares to moments of shape (..., d + 2, d + 2) of `rows` rows each.

    Raises
    ------
    DesignError
        If the columns of a part are dependent: a column that varies in a few rows only.
    """
    x, y = slice(1, -1), -1
    gram, cross, power = moments[..., x, x], moments[..., x, y], moments[..., y, y]
    shifts, target_shifts = np.zeros(cross.shape), np.zeros(power.shape)
    if design.intercept:
        shifts, target_shifts = moments[..., 0, x] / rows, moments[..., 0, y] / rows
        gram = gram - rows * shifts[..., :, None] * shifts[..., None, :]
        cross = cross - rows * shifts * target_shifts[..., None]
        power = power - rows * target_shifts**2
    samples = rows - design.intercept
    diagonal = np.diagonal(gram, axis1=-2, axis2=-1)
    if not (diagonal > 1e-12 * rows).all():
        place = int(np.argwhere(diagonal <= 1e-12 * rows)[0][-1])
        raise DesignError(
            f"column {design.names[place]!r} is constant in nine tenths of the rows, so that it cannot be checked. "
            "Drop it, or join it with another."
        )
    units = np.sqrt(diagonal / samples) if design.standardize else 1 / np.broadcast_to(design.scales, diagonal.shape)
    gram = gram / (units[..., :, None] * units[..., None, :])
    cross = cross / units
    _refuse_singular(gram, design)
    weights = np.linalg.solve(gram, cross[..., None])[..., 0]
    residual = np.maximum(power - np.sum(weights * cross, axis=-1), 1e-13 * power)
    return Fitted(samples, rows, weights, gram, residual, units, shifts, target_shifts)


def _refuse_singular(gram: FloatArray, design: Design) -> None:
    values = np.linalg.eigvalsh(gram)
    condition = float(np.max(values[..., -1] / np.maximum(values[..., 0], np.finfo(float).tiny)))
    if condition > _WORST_CONDITION:
        hint = "Drop columns that depend on each other." if design.standardize else "Leave --standardize on."
        raise DesignError(f"X^T X has condition number {condition:.1g}, above {_WORST_CONDITION:.0g}. {hint}")
