"""What else could be done with the same data: ridge regression, and no weights at all.

Ridge: with penalty lambda and ``H = X (G + lambda I)^{-1} X^T`` the error on new rows is predicted by generalized
cross-validation, ``(|y - H y|^2 / n) / (1 - tr H / n)^2``, which is right for random designs of any covariance as n and d
grow together (Hastie, Montanari, Rosset and Tibshirani 2022, theorem 7). In the eigenbasis of G its expectation over the
noise is ``sum_j lambda^2 (g_j w_j^2 + sigma^2) / (g_j + lambda)^2 + (n - d) sigma^2`` over n in the numerator. lambda is
``sigma^2 / tau^2`` with the median of its confidence distribution, the Bayes choice.

No weights: every new row is predicted by the mean of y (or 0), which costs the signal, ``w*^T Sigma w*``, and saves all
that estimating the weights costs. A linear code moves from least squares straight towards this end (derivation
``linear-channel-risk``); other codes do so nearly.
"""

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.estimates import Draws, Spectrum


def ridge_penalty(spectrum: Spectrum) -> FloatArray:
    """lambda, one for each fit of a batch; inf where no signal shows.

    Examples
    --------
    >>> one = Spectrum(30, np.array([20.0, 30.0]), np.eye(2), np.array([1.0, -2.0]), np.array(28.0))
    >>> 0 < float(ridge_penalty(one)) < 2
    True
    """
    ratio = spectrum.ratio(np.full(spectrum.residual_sum.shape, 0.5))
    with np.errstate(divide="ignore"):
        return 1 / ratio


def ridge_weights(spectrum: Spectrum, penalty: FloatArray) -> FloatArray:
    """Return the ridge weights of every fit, zero for an infinite penalty."""
    kept = 1 / (1 + penalty[..., None] / spectrum.eigenvalues)
    return np.einsum("...ij,...j->...i", spectrum.vectors, kept * spectrum.coordinates)


def ridge_change(spectrum: Spectrum, draws: Draws, penalty: float) -> FloatArray:
    """Predicted change against least squares, one for each draw."""
    n, d, g = spectrum.samples, spectrum.eigenvalues.size, spectrum.eigenvalues
    lost = 1 - 1 / (1 + penalty / g)
    s2 = draws.noise_variances
    coordinates = draws.true_weights @ spectrum.vectors
    residual = (lost**2 * (g * coordinates**2 + s2[:, None])).sum(axis=1) + (n - d) * s2
    freedom = 1 - (d - lost.sum()) / n
    return residual / n / freedom**2 - s2 * n / (n - d)


def empty_change(spectrum: Spectrum, draws: Draws) -> FloatArray:
    """Predicted change if all weights are dropped, one for each draw."""
    n, d = spectrum.samples, spectrum.eigenvalues.size
    signal = (spectrum.eigenvalues * (draws.true_weights @ spectrum.vectors) ** 2).sum(axis=1) / n
    return signal - draws.noise_variances * d / (n - d - 1)
