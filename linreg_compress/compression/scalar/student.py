"""What Student's law needs: its constant and its quantiles, to the last digits for any degrees of freedom."""

import numpy as np
from scipy import special

from linreg_compress._validation import FloatArray


def gamma_ratio(h: float) -> float:
    """``Gamma(h + 1/2) / Gamma(h)``; the asymptotic series where the Gammas overflow or lose digits."""
    if h < 100:
        return float(special.gamma(h + 0.5) / special.gamma(h))
    x = 1 / h
    series = 1 + x * (-1 / 8 + x * (1 / 128 + x * (5 / 1024 + x * (-21 / 32768 + x * (-399 / 262144)))))
    return float(np.sqrt(h) * series)


def student_quantile(degrees: float, shares: FloatArray) -> FloatArray:
    """Quantile of t from inverses of the incomplete beta function: relative accuracy in the tails and at the middle."""
    tail = np.minimum(shares, 1 - shares)
    with np.errstate(divide="ignore"):
        outer = special.betaincinv(degrees / 2, 0.5, 2 * tail)
        inner = special.betaincinv(0.5, degrees / 2, np.maximum(1 - 2 * tail, 0.0))
        size = np.sqrt(degrees * np.where(tail < 0.05, (1 - outer) / outer, inner / (1 - inner)))
    return np.where(shares < 0.5, -size, size)
