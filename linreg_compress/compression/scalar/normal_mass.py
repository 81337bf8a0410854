"""The probability of a cell under a normal law, to relative accuracy in far tails and in narrow cells."""

import numpy as np
from scipy import special

from linreg_compress._validation import FloatArray

_NARROW = 0.3  # tuning: width of a cell, in units of the density's decay, where five Gauss-Legendre nodes are exact
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(5)


def normal_mass(edges: FloatArray, widths: FloatArray | None = None) -> FloatArray:
    """Return ``P(a < z <= b)`` of a standard normal for neighbouring edges a < b along the last axis.

    A cell's mass is the difference of the tails on its side, or the integral of the density where that is flat.

    Parameters
    ----------
    edges : ndarray, shape (..., K + 1)
        Ascending; the ends may be infinite.
    widths : ndarray, shape (..., K), optional
        ``b - a``, where the caller knows more digits of it than the edges have.

    Examples
    --------
    >>> f"{normal_mass(np.array([9.0, np.inf]))[0]:.6e}"
    '1.128588e-19'
    >>> f"{normal_mass(np.array([-1e-20, 1e-20]))[0]:.6e}"
    '7.978846e-21'
    """
    tail, right = special.ndtr(-np.abs(edges)), edges > 0
    low, high = edges[..., :-1], edges[..., 1:]
    found = mass_from_tails(tail[..., :-1], right[..., :-1], tail[..., 1:], right[..., 1:])
    width = high - low if widths is None else widths
    flat = width * (1 + np.minimum(np.abs(low), np.abs(high))) < _NARROW
    if flat.any():
        middle, half = (low[flat] + high[flat]) / 2, width[flat] / 2
        density = np.zeros_like(half)
        for point, weight in zip(_POINTS.tolist(), _WEIGHTS.tolist(), strict=True):
            place = half * point  # in place: this is most of the time of a code with many cells
            place += middle
            place *= place
            place *= -0.5
            density += weight * np.exp(place, out=place)
        found[flat] = half * density / np.sqrt(2 * np.pi)
    return found


def mass_from_tails(
    low_tail: FloatArray, low_right: FloatArray, high_tail: FloatArray, high_right: FloatArray
) -> FloatArray:
    """Return the probability between two edges from ``P(z > |edge|)`` of each, and whether the edge is right of 0."""
    return np.where(low_right == high_right, np.abs(low_tail - high_tail), 1 - low_tail - high_tail)
