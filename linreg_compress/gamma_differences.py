"""Differences of logarithms, digammas and log-Gammas whose leading terms cancel, to the last digits.

For a million samples ``digamma(n / 2)`` is 13, and the information of a design is a difference of such numbers that is a
millionth. Above `_LARGE` the asymptotic series are subtracted term by term, on paper; below it the recurrence
``Gamma(x + 1) = x Gamma(x)`` lifts the argument, or the functions are small enough to be subtracted as they are.
Source: Abramowitz and Stegun 1964, 6.1.40 and 6.3.18.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from linreg_compress._validation import FloatArray

_LARGE = 10.0  # from here on eight Bernoulli terms leave less than 1e-17
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)  # B_2, B_4, ...
_SMALL = 0.2  # below it ln(1 + x) is summed as a series
_TERMS = 26  # 0.2^26 = 7e-19


def log1p_minus(x: ArrayLike) -> FloatArray:
    """Return ``ln(1 + x) - x`` for x > -1, to full relative accuracy.

    Examples
    --------
    >>> float(log1p_minus(1e-9)), round(float(log1p_minus(1.0)), 6)
    (-4.999999996666667e-19, -0.306853)
    """
    values = np.asarray(x, dtype=float)
    small = np.clip(values, -_SMALL, _SMALL)
    series = np.zeros_like(small)
    for power in range(_TERMS, 1, -1):
        series = series * -small - 1 / power
    return np.where(np.abs(values) < _SMALL, series * small * small, np.log1p(values) - values)[()]


def stirling_remainder(x: float) -> float:
    """Return ``ln Gamma(x) - (x - 1/2) ln x + x - ln(2 pi) / 2``, about 1 / (12 x).

    Examples
    --------
    >>> round(stirling_remainder(100.0) * 1200, 6)
    0.999997
    """
    if x < _LARGE:
        return float(special.gammaln(x) - (x - 0.5) * np.log(x) + x - np.log(2 * np.pi) / 2)
    return sum(b / (2 * k * (2 * k - 1) * x ** (2 * k - 1)) for k, b in enumerate(_BERNOULLI, 1))


def digamma_difference(x: float, gap: float) -> float:
    """Return ``digamma(x + gap) - digamma(x)`` for x > 0 and gap >= 0, to full relative accuracy.

    Examples
    --------
    >>> digamma_difference(1.0, 1.0), round(digamma_difference(1e12, 0.5) * 1e12, 9)
    (1.0, 0.5)
    """
    lifted = 0.0
    while x < _LARGE:  # digamma(x + 1) = digamma(x) + 1 / x
        lifted += gap / (x * (x + gap))
        x += 1
    return float(lifted + np.log1p(gap / x) + gap / (2 * x * (x + gap)) + _digamma_tail(x) - _digamma_tail(x + gap))


def _digamma_tail(x: float) -> float:
    """Return ``ln x - 1 / (2 x) - digamma(x)`` for large x."""
    return sum(b / (2 * k * x ** (2 * k)) for k, b in enumerate(_BERNOULLI, 1))


def mean_log_determinant_gap(low: float, steps: int) -> float:
    """Return ``b [psi(b) - psi(a)] - (b - a) - ln[Gamma(b) / Gamma(a)] + (1/2) sum_{j < steps} psi(a + j/2)``.

    Here ``a = low``, ``b = a + steps / 2`` and psi is the digamma function. The sum is the left Riemann sum of the integral
    ``ln[Gamma(b) / Gamma(a)]`` of psi, so both cancel except for the Euler-Maclaurin terms.

    Examples
    --------
    It is about ``steps (steps + 1) / (8 a)``:

    >>> round(mean_log_determinant_gap(5e11, 3) * 1e12, 9)
    3.0
    """
    a, b = low, low + steps / 2
    few = min(steps, max(0, int(np.ceil(2 * (_LARGE - a)))))
    near = 0.0
    if few:  # the steps below the range of the series, where nothing is large
        lifted = a + few / 2
        near = b * digamma_difference(a, few / 2) - few / 2
        near += float(special.digamma(a + np.arange(few) / 2).sum() / 2 - special.gammaln(lifted) + special.gammaln(a))
        a = lifted
    x = (b - a) / a
    # (1 + x) ln(1 + x) - x = x^2 + (1 + x) [ln(1 + x) - x]
    far = a * (x * x + (1 + x) * float(log1p_minus(x))) - np.log1p(x) / 4 + (b - 0.25) * (b - a) / (2 * a * b)
    far += (b - 0.25) * (_digamma_tail(a) - _digamma_tail(b))
    for k, bernoulli in enumerate(_BERNOULLI, 1):
        slopes = special.polygamma(2 * k - 1, b) - special.polygamma(2 * k - 1, a)
        far += bernoulli * 0.25**k / special.factorial(2 * k) * slopes
    return float(near + far)
