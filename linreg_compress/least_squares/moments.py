"""Least squares from moments: a whole table, and many parts of it at once.

The moments ``Z^T Z``, Z = [1, X, y], of a part are those of all rows less those of the rest, and a fit needs no more. The
targets are what a first fit leaves, so that little noise beside a large signal keeps its digits.
"""

from dataclasses import dataclass, replace

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.errors import DesignError

NO_NOISE = 1e-24  # mean square of residuals over that of the target: rounding
_WORST_CONDITION = 1e12  # of X^T X as the weights see it: what GPTQ still accepts
_LEAST = 1e-30  # of the largest eigenvalue, for one that is 0
_STILL = 1e-12  # share of its variance that a column keeps where it is constant
_CHUNK = 1 << 14  # tuning: rows at a time


@dataclass(frozen=True, eq=False)
class Design:
    """A table in standard units: columns less their mean (unless there is no intercept) and divided by their spread."""

    features: FloatArray
    """X in standard units, shape (n, d), so that the diagonal of X^T X / n is one."""
    targets: FloatArray
    """y less its mean (unless there is no intercept) and less what `start` predicts, shape (n,)."""
    start: FloatArray
    """Slopes in standard units that are taken out of the targets, shape (d,): what is left keeps its digits."""
    means: FloatArray
    """What was subtracted from the columns, shape (d,)."""
    scales: FloatArray
    """What they were divided by, shape (d,)."""
    target_mean: float
    """What was subtracted from y."""
    intercept: bool
    """Whether an intercept is fitted."""
    standardize: bool
    """Whether the weights of a fit are those of standardized columns."""
    names: tuple[str, ...]
    """Names of the columns, in their order."""
    target_name: str
    """Name of y."""

    @property
    def rows(self) -> int:
        """Number of rows, n."""
        return self.features.shape[0]

    def moments(self, rows: FloatArray | slice = slice(None)) -> FloatArray:
        """Return Z^T Z of some rows, Z = [1, X, y], shape (d + 2, d + 2)."""
        x, y = self.features[rows], self.targets[rows]
        d = x.shape[1]
        result = np.empty((d + 2, d + 2))
        result[1:-1, 1:-1] = x.T @ x
        result[1:-1, -1] = x.T @ y
        result[0, 1:-1], result[0, -1] = x.sum(axis=0), y.sum()
        result[0, 0], result[-1, -1] = len(y), y @ y
        result[1:, 0], result[-1, 1:-1] = result[0, 1:], result[1:-1, -1]
        return result


@dataclass(frozen=True, eq=False)
class Fitted:
    """Least-squares fits in the units in which the weights are quantized; leading axes are a batch."""

    samples: FloatArray
    """n, less one where an intercept is fitted: centring uses one row up; shape (...)."""
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
    start: FloatArray
    """Slopes that the design's targets do not hold, shape (d,)."""

    @property
    def features(self) -> int:
        """Number of weights, d."""
        return self.weights.shape[-1]

    def coefficients(self, weights: FloatArray) -> FloatArray:
        """Return ``c`` with ``y - prediction = c . [1, x, t]`` for weights of shape (..., d), t the design's targets."""
        slopes = weights / self.units - self.start
        start = self.target_shifts - np.sum(slopes * self.shifts, axis=-1)
        return np.concatenate([-start[..., None], -slopes, np.ones_like(start)[..., None]], axis=-1)

    def power(self, vectors: FloatArray) -> FloatArray:
        """Return ``v^T G v / n``, what weights v add to the predictions of the rows fitted, shape (...)."""
        return np.einsum("...i,...ij,...j->...", vectors, self.gram, vectors, optimize=True) / self.samples

    def ridge(self) -> FloatArray:
        """Return ridge weights with the penalty of Hoerl, Kennard and Baldwin 1975, ``d s^2 / |W|^2``, shape (..., d)."""
        variance = self.residual_sum / (self.samples - self.features)
        square = np.maximum(np.sum(self.weights**2, axis=-1), np.finfo(float).tiny)
        penalty = np.minimum(self.features * variance / square, 1e12 * self.samples)[..., None, None]
        cross = self.gram @ self.weights[..., None]
        return np.linalg.solve(self.gram + penalty * np.eye(self.features), cross)[..., 0]


def fit_table(design: Design) -> tuple[Fitted, Design]:
    """Fit least squares to the whole table; return the fit, and the design with the residuals for its targets.

    Refuse (`DesignError`) where X^T X is too ill-conditioned in the units of the weights, or there is no noise.
    """
    rows = np.asarray(design.rows)
    first, condition = _fit(design.moments(), rows, design)
    if condition > _WORST_CONDITION:
        hint = "Drop columns that depend on each other." if design.standardize else "Leave --standardize on."
        raise DesignError(f"X^T X has condition number {condition:.1g}, above {_WORST_CONDITION:.0g}. {hint}")
    slopes = first.weights / first.units
    left = design.targets - design.features @ slopes
    if design.intercept:
        left -= left.mean()
    if left @ left <= NO_NOISE * (design.targets @ design.targets):
        raise DesignError(
            f"the columns determine the target {design.target_name!r} exactly: there is no noise, and nothing to estimate. "
            "Look for a column that was computed from it."
        )
    rest = replace(design, targets=left, start=slopes)
    return _fit(rest.moments(), rows, rest)[0], rest


def fit_parts(moments: FloatArray, rows: FloatArray, design: Design) -> tuple[Fitted, FloatArray, set[int]]:
    """Fit least squares to parts of the table, shape (J, d + 2, d + 2), of `rows` rows each.

    Return the fits, which parts have one, shape (J,), and the columns that are constant in some part. A part has no fit
    where a column is constant in it, or columns depend on each other.
    """
    constant = _spreads(moments, rows, design) <= _STILL * rows[:, None]
    kept = np.logical_not(constant.any(axis=1))
    still = set(np.flatnonzero(constant.any(axis=0)).tolist())
    fitted, condition = _fit(moments[kept], rows[kept], design)
    good = condition <= _WORST_CONDITION
    kept[np.flatnonzero(kept)[~good]] = False
    if not good.all():
        fitted, _ = _fit(moments[kept], rows[kept], design)
    return fitted, kept, still


@dataclass(frozen=True, eq=False)
class Rows:
    """What each row says."""

    leverages: FloatArray
    """h, shape (n,), with ``1 / n`` for an intercept."""
    residuals: FloatArray
    """Residuals over ``sqrt(1 - h)``, shape (n,)."""
    predictions: FloatArray
    """Predictions less the mean, shape (n,)."""
    targets: FloatArray
    """y less its mean (unless there is no intercept), shape (n,)."""


def rows_of(design: Design, fitted: Fitted) -> Rows:
    """Return leverages and residuals of all rows, computed in pieces."""
    half = np.linalg.inv(np.linalg.cholesky(fitted.gram)).T
    leverages, predictions, moved = np.empty((3, design.rows))
    for start in range(0, design.rows, _CHUNK):
        part = slice(start, start + _CHUNK)
        x = (design.features[part] - fitted.shifts) / fitted.units
        predictions[part] = x @ fitted.weights
        moved[part] = x @ (fitted.weights - fitted.start * fitted.units)
        leverages[part] = np.sum((x @ half) ** 2, axis=1)
    leverages = np.minimum(leverages + design.intercept / design.rows, 1 - np.finfo(float).eps)
    residuals = design.targets - fitted.target_shifts - moved
    return Rows(leverages, residuals / np.sqrt(1 - leverages), predictions, predictions + residuals)


def extremes_of(rows: Rows, groups: FloatArray, freedom: float, *, intercept: bool) -> tuple[float, float]:
    """Return the least and the greatest F statistic of the fits without the rows of one group, over that of all rows.

    `groups`, shape (n,), are numbers 0, 1, ..., `freedom` is ``n - d``. Without a row, or copies of it, the residual sum is
    ``sum r^2 / (1 - sum h)`` less, exactly; without other groups at most that. Where leverages sum to one or more, what the
    rows leave one by one is added up.
    """
    y, squares = rows.targets, rows.residuals**2
    raw, h = squares * (1 - rows.leverages), np.bincount(groups, rows.leverages)
    lost = np.where(h < 1, np.bincount(groups, raw) / np.where(h < 1, 1 - h, 1.0), np.bincount(groups, squares))
    total, left = float(y @ y), float(raw.sum())
    less = np.maximum(left - lost, np.finfo(float).eps * left)
    other = total - np.bincount(groups, y**2)
    if intercept:
        other -= np.bincount(groups, y) ** 2 / (len(y) - np.bincount(groups))
    found = np.maximum(other - less, 0.0) / less * (1 - 1 / freedom) * left / max(total - left, np.finfo(float).tiny)
    return float(found.min()), float(found.max())


def _spreads(moments: FloatArray, rows: FloatArray, design: Design) -> FloatArray:
    squares = np.diagonal(moments, axis1=-2, axis2=-1)[..., 1:-1]
    return squares - moments[..., 0, 1:-1] ** 2 / rows[..., None] if design.intercept else squares


def _fit(moments: FloatArray, rows: FloatArray, design: Design) -> tuple[Fitted, FloatArray]:
    """Fit, and return the condition numbers of X^T X too; singular ones are made harmless."""
    x, y = slice(1, -1), -1
    gram, cross, power = moments[..., x, x], moments[..., x, y], moments[..., y, y]
    shifts, target_shifts = np.zeros(cross.shape), np.zeros(power.shape)
    if design.intercept:
        shifts, target_shifts = moments[..., 0, x] / rows[..., None], moments[..., 0, y] / rows
        gram = gram - rows[..., None, None] * shifts[..., :, None] * shifts[..., None, :]
        cross = cross - rows[..., None] * shifts * target_shifts[..., None]
        power = power - rows * target_shifts**2
    samples = rows - design.intercept
    diagonal = np.diagonal(gram, axis1=-2, axis2=-1)
    units = np.broadcast_to(1 / design.scales, diagonal.shape)
    if design.standardize:
        units = np.sqrt(diagonal / samples[..., None])
    gram = gram / (units[..., :, None] * units[..., None, :])
    cross = cross / units
    values = np.linalg.eigvalsh(gram)
    condition = values[..., -1] / np.maximum(values[..., 0], _LEAST * values[..., -1])
    singular = (condition > _WORST_CONDITION)[..., None, None] * values[..., -1:, None]
    weights = np.linalg.solve(gram + singular * np.eye(gram.shape[-1]), cross[..., None])[..., 0]
    residual = np.maximum(power - np.sum(weights * cross, axis=-1), 1e-13 * power)
    fitted = Fitted(samples, weights + design.start * units, gram, residual, units, shifts, target_shifts, design.start)
    return fitted, condition
