"""The linear model: where the data come from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError
from linreg_compress.records import readable

MOST_FEATURES = 10**8
LARGEST_WEIGHT = 1e60  # over sigma: the fourth powers, of which the variance of a risk is made, are still numbers
_HINT = "A model holds its weights; formulas of samples and features alone, such as least_squares_risks, take any number."


class Data(NamedTuple):
    """Raw data of one trial, or of a batch of trials along leading axes."""

    features: FloatArray
    """X, shape (..., n, d)."""
    targets: FloatArray
    """y, shape (..., n)."""
    true_weights: FloatArray
    """w*, shape (..., d)."""


@readable
@dataclass(frozen=True, eq=False)
class LinearModel:
    """A Gaussian linear regression problem.

    Rows of X are iid N(0, Sigma), and ``y = X w* + eps`` with ``eps ~ N(0, sigma^2 I)``. The true weights w* are fixed or,
    in the Bayesian reading of the criterion, drawn from N(weights, tau^2 I).

    Raises
    ------
    InvalidInputError
        If a count is not a positive whole number, the noise variance is not positive, the signal variance is negative, a
        number is not finite, a weight is above 1e60 sigma in size, a shape is wrong, or the covariance is not symmetric
        positive definite.

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50, noise_variance=1.0)
    >>> model.degrees_of_freedom
    31
    >>> round(model.weight_variance, 4)
    0.0345
    """

    samples: int
    """Number n of rows of the training data."""
    features: int
    """Number d of weights."""
    noise_variance: float = 1.0
    """sigma^2, positive, in squared units of y."""
    signal_variance: float = 0.0
    """tau^2: every true weight is N(weights_j, tau^2). With 0 the true weights are `weights` exactly."""
    weights: ArrayLike | None = None
    """True weights, or their prior mean where `signal_variance` is positive; shape (d,). Zero by default."""
    covariance: ArrayLike | None = None
    """Sigma of one row of X, shape (d, d), or (d,) for a diagonal. Identity by default."""

    def __post_init__(self) -> None:
        features = valid.count("features", self.features, maximum=MOST_FEATURES, hint=_HINT)
        noise_variance = valid.positive_number("noise_variance", self.noise_variance)
        checked = {
            "samples": valid.count("samples", self.samples),
            "features": features,
            "noise_variance": noise_variance,
            "signal_variance": valid.nonnegative_number("signal_variance", self.signal_variance),
            "weights": _zeros(features) if self.weights is None else _weights(self.weights, features, noise_variance),
        }
        if self.covariance is not None:
            checked["covariance"] = valid.covariance("covariance", self.covariance, features)
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def mean_weights(self) -> FloatArray:
        """Mean of the true weights, shape (d,)."""
        return np.asarray(self.weights, dtype=np.float64)

    @property
    def has_identity_covariance(self) -> bool:
        """Whether Sigma = I."""
        return self.covariance is None or bool(np.array_equal(np.asarray(self.covariance), np.eye(self.features)))

    @property
    def degrees_of_freedom(self) -> int:
        """``nu = n - d + 1``, the degrees of freedom of one least-squares weight."""
        return self.samples - self.features + 1

    @property
    def weight_variance(self) -> float:
        """``v = sigma^2 / (n - d - 1)``: the variance of one least-squares weight when Sigma = I; inf if n <= d + 1."""
        spare = self.samples - self.features - 1
        return self.noise_variance / spare if spare > 0 else float("inf")

    @property
    def weight_energy(self) -> float:
        """E |w*|^2 = |weights|^2 + d tau^2."""
        center = self.mean_weights
        energy = 0.0 if center.strides == (0,) else float(center @ center)  # zeros that take no memory take no time
        return energy + self.features * self.signal_variance

    @cached_property
    def covariance_factor(self) -> FloatArray | None:
        """Lower Cholesky factor of Sigma, or None for the identity."""
        return None if self.has_identity_covariance else valid.owned(np.linalg.cholesky(np.asarray(self.covariance)))

    def draw(self, size: int, *, rng: np.random.Generator) -> Data:
        """Draw raw data of `size` independent trials.

        Parameters
        ----------
        size : int
            Number of trials, the length of the leading axis of the arrays.

        Examples
        --------
        >>> data = LinearModel(samples=5, features=2).draw(3, rng=np.random.default_rng(0))
        >>> data.features.shape, data.targets.shape
        ((3, 5, 2), (3, 5))
        """
        size = valid.count("size", size)
        features = rng.standard_normal((size, self.samples, self.features))
        if self.covariance_factor is not None:
            features = features @ self.covariance_factor.T
        true_weights = np.broadcast_to(self.mean_weights, (size, self.features))
        if self.signal_variance > 0:
            spread = np.sqrt(self.signal_variance) * rng.standard_normal((size, self.features))
            true_weights = true_weights + spread
        targets = np.sqrt(self.noise_variance) * rng.standard_normal((size, self.samples))
        if true_weights.any():
            targets += (features @ true_weights[..., None])[..., 0]
        return Data(features, targets, true_weights)


def _weights(value: ArrayLike, features: int, noise_variance: float) -> FloatArray:
    """Return true weights, none too large for the noise."""
    weights, sigma = valid.vector("weights", value, features), math.sqrt(noise_variance)
    largest = max(float(weights.max()), -float(weights.min()))
    if largest > LARGEST_WEIGHT * sigma:
        rule = f"must be at most {LARGEST_WEIGHT:g} times sigma = {sigma:g} in size, so that fourth powers are numbers"
        raise InvalidInputError("weights", rule, largest)
    return weights


def _zeros(size: int) -> FloatArray:
    """Zeros that share one number."""
    return np.broadcast_to(np.float64(0.0), (size,))
