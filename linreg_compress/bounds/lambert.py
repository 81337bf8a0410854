"""The inverse of the chi-square cumulant, ``1 + W_0(-exp(-1 - x))``, without the branch point's loss of digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray

_SMALL = 0.2  # tuning: below it y + ln(1 - y) is summed as a series: the two terms cancel
_TERMS = 40  # tuning: 0.2^40 is far below a rounding
_STEPS = 60  # tuning: Newton steps at most
_ROUNDING = 1e-15  # tuning: a relative step as small as that is rounding, and the next ones would be too


def lambert_factor(information: ArrayLike) -> FloatArray:
    """Return ``y = 1 + W_0(-exp(-1 - x))``, the root in [0, 1] of ``-y - ln(1 - y) = x``, to full relative accuracy.

    Near the branch point, x to 0, W_0 itself loses half its digits (and a library's may be nan); the root is
    ``sqrt(2 x)`` to first order and is found by Newton's method on a series.

    Parameters
    ----------
    information : array_like
        x, zero or positive.

    Examples
    --------
    >>> lambert_factor([0.0, 0.5]).round(6).tolist()
    [0.0, 0.69829]
    """
    x = valid.nonnegative("information", information)
    # y < sqrt(2 x) as -y - ln(1 - y) > y^2 / 2, and ln(1 - y) = -x - y > -x - 1: from above, Newton descends to the root of
    # a convex function
    with np.errstate(over="ignore"):
        y = np.minimum(np.sqrt(2 * x), -np.expm1(-1 - x))
    for _ in range(_STEPS):
        value, slope = _cumulant(y)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(slope > 0, (value - x) / slope, 0.0)
        step = np.where(np.isfinite(step), step, 0.0)
        y = np.clip(y - step, 0.0, 1.0)
        if np.all(np.abs(step) <= _ROUNDING * y):
            break
    return y[()]


def _cumulant(y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """``-y - ln(1 - y)`` and its derivative ``y / (1 - y)``."""
    small = np.minimum(y, _SMALL)
    series = np.zeros_like(small)
    for power in range(_TERMS, 1, -1):
        series = series * small + 1 / power
    with np.errstate(divide="ignore"):
        value = np.where(y < _SMALL, series * small**2, -y - np.log1p(-y))
        return value, np.where(y < 1, y / (1 - np.minimum(y, 1 - 2**-53)), np.inf)


def twice_a_sample(information: float, samples: int) -> float:
    """Return ``2 I / n``; the largest double where that would be none, as 1 less the factor is 0 there anyway."""
    return min(2 * (information / samples), float(np.finfo(float).max))
