"""Empirical and population risk of a FIXED weight vector: the definitions, squared loss.

Everything else in the package is a statement about these two functions.
"""

from __future__ import annotations

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError
from linreg_compress.model import LinearModel


def empirical_risk(features: FloatArray, targets: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean squared error on the training data, ``L_S(w) = |y - X w|^2 / n``.

    Parameters
    ----------
    features : ndarray, shape (..., n, d)
    targets : ndarray, shape (..., n)
    weights : ndarray, shape (..., d) or (..., d, k)
        One weight vector a data set, or k of them as columns (they then share one pass over X).

    Returns
    -------
    ndarray, shape (...) or (..., k)
        In squared units of y.

    Examples
    --------
    >>> X, y = np.array([[1.0], [2.0]]), np.array([1.0, 4.0])
    >>> float(empirical_risk(X, y, np.array([1.0])))
    2.0
    """
    features, targets = valid.doubles("features", features), valid.doubles("targets", targets)
    weights = valid.doubles("weights", weights)
    columns = weights.ndim == features.ndim
    if (
        features.ndim < 2
        or targets.shape != features.shape[:-1]
        or weights.shape[-2 if columns else -1 :][:1] != (features.shape[-1],)
    ):
        raise InvalidInputError(
            "features",
            "must have a row for each target and a column for each weight",
            f"shapes {features.shape}, {targets.shape} and {weights.shape}",
        )
    if columns:
        residuals = targets[..., None] - features @ weights
        return np.einsum("...nk,...nk->...k", residuals, residuals) / targets.shape[-1]
    residual = targets - (features @ weights[..., None])[..., 0]
    return np.einsum("...n,...n->...", residual, residual) / targets.shape[-1]


@takes(model=LinearModel)
def population_risk(model: LinearModel, weights: FloatArray, true_weights: FloatArray) -> FloatArray:
    """Mean squared error on new data, ``L_mu(w) = sigma^2 + (w - w*)^T Sigma (w - w*)``.

    Parameters
    ----------
    model : LinearModel
        Gives sigma^2 and Sigma.
    weights, true_weights : ndarray, shape (..., d)

    Returns
    -------
    ndarray, shape (...)
        In squared units of y; sigma^2 is the irreducible part, the rest is the excess risk.

    Examples
    --------
    >>> model = LinearModel(samples=9, features=2, noise_variance=0.5)
    >>> float(population_risk(model, np.array([1.0, 2.0]), np.zeros(2)))
    5.5
    """
    weights, true_weights = valid.doubles("weights", weights), valid.doubles("true_weights", true_weights)
    for name, array in (("weights", weights), ("true_weights", true_weights)):
        if array.shape[-1:] != (model.features,):
            raise InvalidInputError(
                name, f"must hold one number a feature, {model.features} in all", f"shape {array.shape}"
            )
    error = weights - true_weights
    if model.covariance_factor is not None:
        error = error @ model.covariance_factor
    return model.noise_variance + np.einsum("...d,...d->...", error, error)
