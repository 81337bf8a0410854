"""The Gaussian channel of one weight at a time, for features of any covariance.

`BlindGaussianChannel` shapes its noise like ``Sigma^{-1}``, which a code of one weight at a time cannot do. Here each
weight has the Gaussian channel of its own variance, with noise independent of the others'.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import checked_weights
from linreg_compress.information.rate_distortion import given_rate, log_distortion
from linreg_compress.model import LinearModel
from linreg_compress.records import readable


@readable
@dataclass(frozen=True, eq=False)
class PerWeightGaussianChannel:
    """``What_j = c_j + (1 - delta)(W_j - c_j) + N(0, delta (1 - delta) V_j)``, independent over j.

    Examples
    --------
    >>> model = LinearModel(30, 2, signal_variance=0.1, covariance=[[1.0, 0.6], [0.6, 1.0]])
    >>> channel = PerWeightGaussianChannel.for_model(model, rate_nats=1.0)
    >>> [round(float(variance), 6) for variance in channel.source_variances]  # 0.1 + 1 / 27 / (1 - 0.36)
    [0.15787, 0.15787]
    """

    rate_nats: float
    """R for the whole vector, R / d for each weight: ``delta = exp(-2 R / d)``."""
    center: FloatArray
    """c, the centre of the codebook, shape (d,)."""
    source_variances: FloatArray
    """V_j, variance of weight j around its centre, shape (d,)."""
    name: str = "gaussian-per-weight"
    needs_gram: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate_nats", valid.nonnegative_number("rate_nats", self.rate_nats))
        object.__setattr__(self, "center", valid.vector("center", self.center, np.size(self.center)))
        variances = valid.vector("source_variances", self.source_variances, self.center.size)
        object.__setattr__(self, "source_variances", valid.nonnegative("source_variances", variances))

    @classmethod
    @takes(model=LinearModel)
    def for_model(
        cls,
        model: LinearModel,
        rate_nats: float | None = None,
        center: ArrayLike | None = None,
        *,
        bits_per_weight: float | None = None,
    ) -> Self:
        """Build the channel for the least-squares weights of `model`: ``V_j = t + v (Sigma^{-1})_jj``.

        Parameters
        ----------
        model : LinearModel
            n >= d + 2.
        rate_nats : float, optional
            R for the whole vector. Give this or `bits_per_weight`.
        bits_per_weight : float, optional
            R / (d ln 2).
        center : array_like, shape (d,), optional
            By default the mean of the true weights. t is the mean squared distance of one true weight from it.

        Raises
        ------
        UnsupportedModelError
            If n < d + 2: the weights have no finite variance.
        """
        size = model.samples, model.features
        valid.require_finite_weights("a code of one weight at a time", *size)
        rate = given_rate(rate_nats, bits_per_weight, model.features)
        middle = model.mean_weights if center is None else valid.vector("center", center, model.features)
        offset = model.mean_weights - middle
        signal = model.signal_variance + float(offset @ offset) / model.features
        inflation = np.ones(model.features)
        if model.covariance_factor is not None:
            inverse = np.linalg.inv(model.covariance_factor)
            inflation = np.einsum("ij,ij->j", inverse, inverse)  # the diagonal of Sigma^{-1}
        return cls(rate, middle, signal + model.weight_variance * inflation)

    @cached_property
    def kept(self) -> float:
        """Fraction ``1 - delta`` that is kept, without cancellation."""
        return -float(np.expm1(log_distortion(self.rate_nats, self.center.size)))

    @cached_property
    def normalized_distortion(self) -> float:
        """Fraction delta of each weight's variance that is left as distortion."""
        return float(np.exp(log_distortion(self.rate_nats, self.center.size)))

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Send `weights`, shape (..., d), through the channel; `gram` is not looked at."""
        del gram
        weights = checked_weights(weights, self.center.size)
        noise = rng.standard_normal(weights.shape)
        noise *= np.sqrt(self.normalized_distortion * self.kept * self.source_variances)
        return self.center + self.kept * (weights - self.center) + noise
