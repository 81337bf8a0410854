"""The estimator and its exact law.

Least squares is the empirical risk minimizer (ERM): ``W = G^{-1} X^T y`` with ``G = X^T X`` for n >= d, and among the
many minimizers the one of least norm for n < d. With Sigma = I and n >= d,

    W - w* = sigma z / sqrt(q),   z ~ N(0, I_d),   q ~ chi^2_nu independent,   nu = n - d + 1,

a multivariate t; the derivation ``weight-t-law`` is about one weight of it. Source: Wishart conjugacy (Muirhead 1982,
theorem 3.2.12).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.errors import DesignError, InvalidInputError, UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.records import readable

_WORST_CONDITION = 1e14  # of X^T X: beyond it fewer than two digits of the weights can be trusted


@readable
@dataclass(frozen=True, eq=False)
class Fit:
    """Least-squares weights with the matrix that every later step needs."""

    weights: FloatArray
    """W, shape (..., d)."""
    gram: FloatArray
    """``G = X^T X``, shape (..., d, d)."""


def fit(features: FloatArray, targets: FloatArray) -> Fit:
    """Fit least squares to one data set, or to a batch along leading axes, from raw data.

    Uses the normal equations: on Gaussian designs they are accurate and several times faster than an SVD.

    Parameters
    ----------
    features : ndarray, shape (..., n, d)
    targets : ndarray, shape (..., n)

    Returns
    -------
    Fit
        For n < d the weights of minimum norm.

    Raises
    ------
    DesignError
        If a design is singular to working precision (its condition number is reported).
    InvalidInputError
        If shapes disagree or a number is not finite.

    Examples
    --------
    >>> fit(np.array([[1.0], [2.0]]), np.array([2.0, 4.0])).weights.round(12).tolist()
    [2.0]
    """
    features = valid.numbers("features", features)
    targets = valid.numbers("targets", targets)
    if features.ndim >= 2 and not features.size:
        raise InvalidInputError("features", "must hold at least one sample and one feature", f"shape {features.shape}")
    if features.ndim < 2 or features.shape[:-1] != targets.shape:
        raise InvalidInputError(
            "targets", "must have the shape of features without its last axis", f"{targets.shape} for {features.shape}"
        )
    small = (
        features.swapaxes(-1, -2) @ features
        if features.shape[-2] >= features.shape[-1]
        else (features @ features.swapaxes(-1, -2))
    )
    condition = float(np.max(np.linalg.cond(small)))
    if not condition < _WORST_CONDITION:
        raise DesignError(
            f"the design must have independent columns (rows, if there are fewer rows); its Gram matrix has condition "
            f"number {condition:.2g}. Drop redundant features or rescale them."
        )
    return fit_unchecked(features, targets)


def fit_unchecked(features: FloatArray, targets: FloatArray) -> Fit:
    """Fit a batch of designs that are known to be well behaved; `fit` without its checks."""
    transposed = features.swapaxes(-1, -2)
    if features.shape[-2] >= features.shape[-1]:
        gram = transposed @ features
        return Fit(np.linalg.solve(gram, transposed @ targets[..., None])[..., 0], gram)
    dual = np.linalg.solve(features @ transposed, targets[..., None])
    return Fit((transposed @ dual)[..., 0], transposed @ features)


@takes(model=LinearModel)
def weight_law(model: LinearModel, feature: int = 0) -> Any:
    """Law of one least-squares weight around its true value, a scaled Student t.

    ``W_j - w*_j = sigma sqrt((Sigma^{-1})_jj / nu) t_nu`` for n >= d.

    Parameters
    ----------
    feature : int, default 0
        Index j.

    Returns
    -------
    scipy.stats frozen distribution
        For n = d a Cauchy law: it has no mean (nan), and an infinite variance.

    Raises
    ------
    UnsupportedModelError
        If n < d.

    Examples
    --------
    >>> law = weight_law(LinearModel(samples=80, features=50))
    >>> bool(np.isclose(law.var(), 1 / 29))
    True
    """
    from scipy import stats

    if model.samples < model.features:
        raise UnsupportedModelError(
            f"a least-squares weight is a scaled t only for samples >= features; got {model.samples} < {model.features}."
        )
    index = valid.count("feature", feature, minimum=0)
    if index >= model.features:
        raise InvalidInputError("feature", f"must be below the number of features {model.features}", index)
    precision = 1.0
    if model.covariance_factor is not None:
        precision = float(np.linalg.inv(np.asarray(model.covariance))[index, index])
    scale = np.sqrt(model.noise_variance * precision / model.degrees_of_freedom)
    if model.degrees_of_freedom == 1:
        return _cauchy()(scale=scale)
    return stats.t(model.degrees_of_freedom, scale=scale)


@cache
def _cauchy() -> Any:
    """Student's law with one degree of freedom. scipy says that its mean is inf and its variance nan: it is the reverse."""
    from scipy import stats

    class Cauchy(type(stats.cauchy)):  # type: ignore[misc]
        def _stats(self) -> tuple[float, float, float, float]:
            return np.nan, np.inf, np.nan, np.nan

    return Cauchy(name="cauchy")


def leverage_law(samples: int, features: int) -> Any:
    """Law of a leverage ``h_i = x_i^T G^{-1} x_i`` of a Gaussian design, Beta(d/2, (n-d)/2), any Sigma.

    Derivation ``leverage-beta-law``.

    Parameters
    ----------
    samples, features : int
        n and d, n > d.

    Returns
    -------
    scipy.stats frozen distribution

    Examples
    --------
    The leverages of n samples sum to d:

    >>> round(float(leverage_law(80, 50).mean()) * 80, 9)
    50.0
    """
    from scipy import stats

    n = valid.count("samples", samples)
    d = valid.count("features", features)
    if n <= d:
        raise UnsupportedModelError(f"leverages are random only for samples > features; got {n} and {d}.")
    return stats.beta(d / 2, (n - d) / 2)
