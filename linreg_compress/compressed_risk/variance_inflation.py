"""The mean variance-inflation factor: what correlated features add to the noise of a code of one weight at a time.

With features of covariance Sigma the variance of one least-squares weight is ``v (Sigma^-1)_jj``. With features of unit
variance that is ``v VIF_j``, ``VIF_j = Sigma_jj (Sigma^-1)_jj`` the variance-inflation factor of regression diagnostics.
The risk after a code of one weight at a time needs their mean kappa alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError


def variance_inflation(covariance: ArrayLike) -> float:
    """Mean variance-inflation factor ``kappa = mean_j Sigma_jj (Sigma^-1)_jj`` of features of covariance Sigma.

    Parameters
    ----------
    covariance : array_like, shape (d, d) or (d,)
        Sigma; a vector stands for a diagonal, where kappa is 1.

    Returns
    -------
    float
        At least 1, and 1 only for uncorrelated features; the scale of a feature does not matter.

    Raises
    ------
    InvalidInputError
        If Sigma is not symmetric positive definite.

    Examples
    --------
    Two features of correlation 0.6: ``1 / (1 - 0.36)``.

    >>> round(variance_inflation([[1.0, 0.6], [0.6, 1.0]]), 12)
    1.5625
    """
    given = np.atleast_1d(valid.numbers("covariance", covariance))
    matrix = valid.covariance("covariance", given, len(given))
    scale = np.sqrt(np.diag(matrix))
    factor = np.linalg.inv(np.linalg.cholesky(matrix / scale[:, None] / scale))
    return max(1.0, float(np.einsum("ij,ij->j", factor, factor).mean()))


def checked_variance_inflation(value: ArrayLike) -> FloatArray:
    """Return `value` as an array of mean variance-inflation factors.

    Raises
    ------
    InvalidInputError
        If one is below 1: Cauchy's inequality gives ``Sigma_jj (Sigma^-1)_jj >= 1``.
    """
    kappa = valid.numbers("variance_inflation", value)
    if not (kappa >= 1).all():
        raise InvalidInputError(
            "variance_inflation",
            "must be at least 1, as Sigma_jj (Sigma^-1)_jj is for every covariance Sigma",
            float(kappa[~(kappa >= 1)].flat[0]),
            "Give the mean over j; 1 stands for uncorrelated features.",
        )
    return kappa
