"""Ridge regression, the yardstick: how well a decoder that may shrink freely can do.

Compression lowers the population risk because it shrinks what least squares over-fits. Ridge shrinks on purpose, and with
the penalty ``sigma^2 / tau^2`` it is the Bayes estimator for w* ~ N(0, tau^2 I): no code of W can beat it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.least_squares.spectrum import MarchenkoPastur, average_over_spectra


def ridge_excess_risk(
    eigenvalues: ArrayLike, noise_variance: float, signal_variance: float, penalty: float | None = None
) -> FloatArray:
    """Excess population risk of ridge regression given the spectrum of G, for w* ~ N(0, tau^2 I) and Sigma = I.

    ``sum_j (sigma^2 g_j + lambda^2 tau^2) / (g_j + lambda)^2``; least at ``lambda = sigma^2 / tau^2``, where it is
    ``sum_j sigma^2 / (g_j + lambda)``: derivation ``ridge-risk``.

    Parameters
    ----------
    eigenvalues : array_like, shape (..., d)
        g_j, zero or positive.
    noise_variance, signal_variance : float
        sigma^2 and tau^2, tau^2 positive unless `penalty` is given.
    penalty : float, optional
        lambda; the best one by default.

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> float(ridge_excess_risk([1.0, 4.0], 1.0, 1.0))
    0.7
    """
    g = valid.nonnegative("eigenvalues", eigenvalues)
    s2 = valid.positive_number("noise_variance", noise_variance)
    t2 = valid.nonnegative_number("signal_variance", signal_variance)
    if penalty is None:
        valid.positive_number("signal_variance", t2, "The best ridge penalty sigma^2 / tau^2 needs it.")
        return (t2 * (s2 / (t2 * g + s2))).sum(axis=-1)
    weight = valid.nonnegative_number("penalty", penalty)
    if weight == 0:
        valid.positive("eigenvalues", g, "A singular design needs a positive penalty.")
    total = g + weight
    return (s2 * (g / total) / total + t2 * (weight / total) ** 2).sum(axis=-1)


def expected_ridge_excess_risk(
    samples: int,
    features: int,
    noise_variance: float,
    signal_variance: float,
    penalty: float | None = None,
    *,
    spectra: int = 4096,
    rng: np.random.Generator | None = None,
) -> tuple[float, float]:
    """Average `ridge_excess_risk` over Gaussian designs (Sigma = I, n >= d), with its standard error.

    Examples
    --------
    Below the excess risk 50/29 = 1.724 of least squares and the energy 1 of the signal:

    >>> mean, error = expected_ridge_excess_risk(80, 50, 1.0, 0.02, spectra=512)
    >>> 0.4 < mean < 0.6, error < 0.01
    (True, True)
    """

    def excess(g: FloatArray) -> FloatArray:
        return ridge_excess_risk(g, noise_variance, signal_variance, penalty)[:, None]

    means, errors = average_over_spectra(excess, samples, features, spectra=spectra, rng=rng)
    return float(means[0]), float(errors[0])


def ridge_excess_risk_limit(ratio: float, noise_variance: float, signal_energy: float) -> float:
    """Excess risk of the best ridge as n, d grow with d / n -> ratio, for |w*|^2 -> signal_energy.

    With ``lambda = ratio sigma^2 / signal_energy`` and the Stieltjes transform ``m(-lambda) = E 1 / (s + lambda)`` of the
    Marchenko-Pastur law the limit is ``ratio sigma^2 m(-lambda)`` (Dobriban and Wager 2018), in closed form: derivation
    ``best-ridge-limit``.

    Examples
    --------
    Strong signal: ridge is least squares, ratio / (1 - ratio).

    >>> round(ridge_excess_risk_limit(0.5, 1.0, 1e9), 6)
    1.0
    """
    gamma = MarchenkoPastur(ratio).ratio
    s2 = valid.positive_number("noise_variance", noise_variance)
    shift = gamma * s2 / valid.positive_number("signal_energy", signal_energy)
    b = 1 - gamma + shift
    return float(gamma * s2 * 2 / (b + np.sqrt(b * b + 4 * gamma * shift)))
