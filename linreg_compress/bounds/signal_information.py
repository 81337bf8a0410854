"""What the training data say about the true weights: I(w*; S | X), nats, from above.

Setting. Prior ``w* ~ N(w0, tau^2 I)``, Gaussian features with Sigma = I. Given X the information is ``(1/2) ln det(I + rho
G)`` with ``rho = tau^2 / sigma^2`` (derivation ``minimum-excess-risk``); its mean over designs has no closed form. Two
numbers above it are known, and the smaller one is returned:

- by Jensen's inequality ``(1/2) ln E det(I + rho G)``, ``E det(I + rho G) = sum_k C(d, k) n!/(n-k)! rho^k``, exactly;
- an average over simulated designs plus five of its standard errors (right but for one draw of designs in three million).
"""

from functools import lru_cache

import numpy as np
from scipy import special

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray

_NUMBERS = 1 << 18  # tuning: drawn chi-squares of one average
_DESIGNS = (256, 1 << 13)  # tuning: fewest and most designs
_LARGEST = 20_000  # tuning: weights for which designs are drawn; beyond, both numbers are one
_SURE = 5.0  # standard errors


def signal_information(samples: int, features: int, noise_variance: float, signal_variance: float) -> float:
    """Bound I(w*; S | X) from above, nats.

    Parameters
    ----------
    samples, features : int
        n and d, in any order of size.
    noise_variance, signal_variance : float
        sigma^2 and tau^2.

    Examples
    --------
    The data hold 0.606 bit about each of 50 weights, so no code needs more:

    >>> round(float(signal_information(80, 50, 1.0, 0.02) / 50 / np.log(2.0)), 3)
    0.606
    """
    n, d = valid.count("samples", samples), valid.count("features", features)
    s2 = valid.positive_number("noise_variance", noise_variance)
    ratio = valid.nonnegative_number("signal_variance", signal_variance) / s2
    if ratio == 0:
        return 0.0
    exact = jensen_information(n, d, ratio)
    if min(n, d) > _LARGEST:
        return exact
    mean, error = _simulated(n, d, ratio)
    return min(exact, mean + _SURE * error)


def jensen_information(samples: int, features: int, signal_to_noise: float) -> float:
    """Return ``(1/2) ln E det(I + rho G)``, exactly; the largest term is taken out of the sum.

    Examples
    --------
    One weight: ``(1/2) ln(1 + n rho)``.

    >>> round(jensen_information(3, 1, 1.0), 6)
    0.693147
    """
    n, d = samples, features
    k = np.arange(1, min(n, d) + 1)
    steps = np.log(d - k + 1.0) - np.log(k) + np.log(n - k + 1.0) + np.log(signal_to_noise)
    logs = np.cumsum(steps)  # of the terms over the first one, which is 1
    top = max(float(logs.max()), 0.0)
    if top == 0:
        return float(np.log1p(np.exp(logs).sum()) / 2)
    return float((top + np.log(np.exp(-top) + np.exp(logs - top).sum())) / 2)


@lru_cache(maxsize=256)
def _simulated(samples: int, features: int, ratio: float) -> tuple[float, float]:
    """Mean of ``(1/2) ln det(I + rho G)`` over drawn designs, and its standard error.

    A Gaussian matrix is bidiagonal up to rotations, with independent chi entries (Silverstein 1985), so that the pivots of
    ``I + rho G`` follow one another: ``q_k = r_k + rho A_k``, ``r_{k+1} = 1 + rho B_k r_k / q_k``. No term is subtracted.
    """
    n, d = max(samples, features), min(samples, features)
    size = int(np.clip(_NUMBERS // d, *_DESIGNS))
    rng = np.random.default_rng([n, d])
    share, total = np.ones(size), np.zeros(size)
    trace, logs, known_logs = np.zeros(size), np.zeros(size), 0.0
    for k in range(d):
        below = rng.chisquare(d - k, size) if k else np.zeros(size)
        diagonal = rng.chisquare(n - k, size)
        more = ratio * below * share
        total += np.log1p(more + ratio * diagonal)
        share = (1 + more) / (1 + more + ratio * diagonal)
        trace += below + diagonal
        logs += np.log(diagonal)
        known_logs += float(special.digamma((n - k) / 2)) + np.log(2.0)
    # control variates of known mean: tr G near no signal, ln det G near a strong one
    return _controlled(total / 2, trace / (n * d) - 1, logs - known_logs)


def _controlled(values: FloatArray, *controls: FloatArray) -> tuple[float, float]:
    design = np.column_stack([np.ones(values.size), *controls])
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    residuals = values - design @ coefficients
    variance = residuals @ residuals / (values.size - design.shape[1])
    return float(coefficients[0]), float(np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0]))
