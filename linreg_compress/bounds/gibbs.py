"""The Gibbs algorithm: a case where an information measure IS the generalization error.

Setting. Given X and y draw What from the density proportional to ``exp(-alpha L_S(w) - lambda |w|^2 / 2)``: that is ridge
with the penalty ``k = n lambda / (2 alpha)`` plus noise, ``N((G + k I)^{-1} X^T y, c (G + k I)^{-1})`` with
``c = n / (2 alpha)``; least squares plus noise for a flat prior, lambda = 0.

Statements. At the training inputs gen = ``I_SKL / alpha = 2 sigma^2 df(k) / n`` with the symmetrized KL information and the
degrees of freedom ``df(k) = tr G (G + k I)^{-1}``: noise changes nothing, and d counts all of a flat prior. Derivations
``gibbs-algorithm`` and ``gibbs-with-a-prior``. At new inputs noise raises the error: derivation ``gibbs-new-inputs``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.bounds.bound import GENERALIZATION_ERROR, SAME_INPUTS, Bound
from linreg_compress.errors import InvalidInputError, UnsupportedModelError

_REFERENCE = "Aminian, Bu, Toni, Rodrigues and Wornell 2021, theorem 1"
_ROUNDING = float(np.finfo(float).eps)  # times the size and the largest eigenvalue: what a zero may come out as


def symmetrized_information(samples: int, features: int, noise_variance: float, inverse_temperature: float) -> float:
    """Return ``I_SKL(What; y | X) = d sigma^2 / c`` for a flat prior, the mutual plus the lautum information, nats.

    Raises
    ------
    UnsupportedModelError
        If n < d: a flat prior leaves no posterior law.

    Examples
    --------
    >>> symmetrized_information(80, 50, 1.0, inverse_temperature=8.0)
    10.0
    """
    n, d = valid.count("samples", samples), valid.count("features", features)
    if n < d:
        raise UnsupportedModelError(
            f"a Gibbs posterior with a flat prior needs samples >= features; got {n} samples and {d} features. Use more "
            "samples, or gibbs_with_prior_generalization_error with a positive prior_precision."
        )
    alpha = valid.positive_number("inverse_temperature", inverse_temperature)
    return d * valid.positive_number("noise_variance", noise_variance) * 2 * alpha / n


def gibbs_generalization_error(samples: int, features: int, noise_variance: float, inverse_temperature: float) -> Bound:
    """Return the same-inputs generalization error of the Gibbs algorithm with a flat prior, exactly.

    Parameters
    ----------
    samples, features : int
        n and d, n >= d.
    noise_variance : float
        sigma^2, squared units of y.
    inverse_temperature : float
        alpha, positive.

    Returns
    -------
    Bound
        kind "tight".

    Raises
    ------
    UnsupportedModelError
        If n < d: a flat prior leaves no posterior law.

    References
    ----------
    Aminian, Bu, Toni, Rodrigues and Wornell 2021, theorem 1.

    Examples
    --------
    >>> gibbs_generalization_error(80, 50, 1.0, inverse_temperature=8.0).value
    1.25
    """
    information = symmetrized_information(samples, features, noise_variance, inverse_temperature)
    return Bound(
        name="gibbs",
        value=information / valid.positive_number("inverse_temperature", inverse_temperature),
        of=SAME_INPUTS,
        kind="tight",
        assumptions=("What drawn from the Gibbs posterior with a flat prior", "Gaussian noise"),
        reference=_REFERENCE,
    )


def effective_degrees_of_freedom(eigenvalues: ArrayLike, penalty: float) -> float:
    """Return ``df(k) = tr G (G + k I)^{-1}``, how many weights ridge with the penalty k fits.

    Parameters
    ----------
    eigenvalues : array_like, shape (d,)
        Spectrum of G = X^T X.
    penalty : float
        k, zero or positive.

    Examples
    --------
    >>> effective_degrees_of_freedom([1.0, 3.0], penalty=1.0)
    1.25
    """
    return _degrees_of_freedom(_spectrum(eigenvalues), valid.nonnegative_number("penalty", penalty))


def _spectrum(eigenvalues: ArrayLike) -> FloatArray:
    """Check that these are the eigenvalues of one design."""
    g = valid.nonnegative("eigenvalues", eigenvalues)
    if g.ndim != 1 or not g.size:
        raise InvalidInputError("eigenvalues", "must be one spectrum, a vector of at least one number", f"shape {g.shape}")
    return g


def _degrees_of_freedom(g: FloatArray, k: float) -> float:
    share = np.divide(g, g + k, out=np.zeros_like(g), where=g > 0)
    return float(share.sum())


def gibbs_with_prior_generalization_error(
    eigenvalues: ArrayLike, samples: int, noise_variance: float, inverse_temperature: float, prior_precision: float
) -> Bound:
    """Return the same-inputs generalization error of the Gibbs algorithm with a Gaussian prior, exactly, given X.

    Parameters
    ----------
    eigenvalues : array_like, shape (d,)
        Spectrum of G = X^T X, at most n of them positive; with a positive `prior_precision` zeros are allowed, so n < d is
        too.
    samples : int
        n.
    noise_variance : float
        sigma^2, squared units of y.
    inverse_temperature : float
        alpha, positive.
    prior_precision : float
        lambda, zero or positive; 0 is the flat prior.

    Returns
    -------
    Bound
        kind "tight"; times alpha it is the symmetrized information ``I_SKL(What; y | X)``, nats.

    Raises
    ------
    InvalidInputError
        If more eigenvalues are positive than there are samples, or the prior is flat and one is 0: that leaves no posterior
        law.

    References
    ----------
    Aminian, Bu, Toni, Rodrigues and Wornell 2021, theorem 1.

    Examples
    --------
    A penalty k = n lambda / (2 alpha) = 1 leaves 1.25 of two degrees of freedom:

    >>> gibbs_with_prior_generalization_error([1.0, 3.0], 10, 1.0, inverse_temperature=5.0, prior_precision=1.0).value
    0.25
    """
    n = valid.count("samples", samples)
    s2 = valid.positive_number("noise_variance", noise_variance)
    alpha = valid.positive_number("inverse_temperature", inverse_temperature)
    precision = valid.nonnegative_number("prior_precision", prior_precision)
    g = _spectrum(eigenvalues)
    rank = int((g > g.size * _ROUNDING * g.max()).sum())
    if rank > n:
        rule = f"must have at most as many positive ones as samples, {n}"
        raise InvalidInputError("eigenvalues", rule, f"{rank} of them", "Give those of X^T X for these samples.")
    if precision == 0 and (g.size > n or not g.all()):
        rule = "must be positive where X^T X is singular: a flat prior leaves no posterior law"
        raise InvalidInputError("prior_precision", rule, precision)
    return Bound(
        name="gibbs-with-prior",
        value=2 * s2 / n * _degrees_of_freedom(g, n * (precision / (2 * alpha))),
        of=SAME_INPUTS,
        kind="tight",
        assumptions=("What drawn from the Gibbs posterior with a Gaussian prior", "Gaussian noise, X given"),
        reference=_REFERENCE,
    )


def gibbs_new_inputs_generalization_error(
    samples: int, features: int, noise_variance: float, inverse_temperature: float
) -> Bound:
    """Return the generalization error of the Gibbs algorithm with a flat prior on new data, exactly.

    Parameters
    ----------
    samples, features : int
        n and d, n >= d + 2; Gaussian features with any covariance.
    noise_variance : float
        sigma^2, squared units of y.
    inverse_temperature : float
        alpha, positive.

    Returns
    -------
    Bound
        kind "tight", of "generalization_error": ``(d/n) [2 sigma^2 + (d + 1)(sigma^2 + c)/(n - d - 1)]``.

    Raises
    ------
    UnsupportedModelError
        If n < d + 2: the error is infinite.

    Examples
    --------
    Least squares has 2.3491; the noise of a hot algorithm adds to it.

    >>> round(gibbs_new_inputs_generalization_error(80, 50, 1.0, inverse_temperature=8.0).value, 4)
    7.8448
    """
    n, d = valid.count("samples", samples), valid.count("features", features)
    s2 = valid.positive_number("noise_variance", noise_variance)
    alpha = valid.positive_number("inverse_temperature", inverse_temperature)
    valid.require_finite_weights("the error on new data", n, d)
    return Bound(
        name="gibbs-new-inputs",
        value=d / n * (2 * s2 + (d + 1) / (n - d - 1) * (s2 + n / (2 * alpha))),
        of=GENERALIZATION_ERROR,
        kind="tight",
        assumptions=("What drawn from the Gibbs posterior with a flat prior", "Gaussian features and noise"),
        reference="this package, derivation gibbs-new-inputs",
    )
