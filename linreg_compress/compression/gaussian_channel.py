"""The Gaussian test channel, rate-distortion-optimal for Gaussian weights, design-blind and design-aware.

Both keep a fraction ``1 - delta`` of the deviation of W from the codebook's centre and add Gaussian noise that brings the
variance of What to ``1 - delta`` of the source's, ``delta = exp(-2 R / d)``: derivation ``gaussian-test-channel``. The
shrinking, not the noise, is what lowers the population risk: derivation ``noise-alone-never-helps``.
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
from linreg_compress.compression.channel import checked_gram, checked_weights
from linreg_compress.compression.gram_decompositions import gram_cholesky, gram_eigen
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.information.rate_distortion import given_rate, log_distortion, reverse_water_filling
from linreg_compress.model import LinearModel
from linreg_compress.records import readable


def mean_signal_variance(model: LinearModel, center: FloatArray) -> float:
    """Mean squared distance of one true weight from the codebook's centre, ``tau^2 + |weights - center|^2 / d``."""
    if center.strides == model.mean_weights.strides == (0,):  # one number each
        return model.signal_variance + float(model.mean_weights[0] - center[0]) ** 2
    offset = model.mean_weights - center
    return model.signal_variance + float(offset @ offset) / model.features


def _checked_center(model: LinearModel, center: ArrayLike | None) -> FloatArray:
    return model.mean_weights if center is None else valid.vector("center", center, model.features)


@readable
@dataclass(frozen=True, eq=False)
class BlindGaussianChannel:
    """Gaussian channel that knows W alone, ``What = c + (1 - delta)(W - c) + N(0, delta (1 - delta) V Sigma^{-1})``.

    Examples
    --------
    >>> channel = BlindGaussianChannel.for_model(LinearModel(samples=80, features=50), rate_nats=34.657359)
    >>> round(channel.normalized_distortion, 6)
    0.25
    """

    rate_nats: float
    """R for the whole vector."""
    center: FloatArray
    """c, the centre of the codebook, shape (d,)."""
    source_variance: float
    """V, the variance of one weight around the centre (times Sigma^{-1})."""
    precision_factor: FloatArray | None = None
    """Any A with ``A A^T = Sigma^{-1}``, shape (d, d); None stands for the identity."""
    name: str = "gaussian-blind"
    needs_gram: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate_nats", valid.nonnegative_number("rate_nats", self.rate_nats))
        object.__setattr__(self, "center", valid.vector("center", self.center, np.size(self.center)))
        object.__setattr__(self, "source_variance", valid.nonnegative_number("source_variance", self.source_variance))
        if self.precision_factor is not None:
            factor, size = valid.numbers("precision_factor", self.precision_factor), self.center.size
            if factor.shape != (size, size):
                rule = f"must have shape ({size}, {size}), a row and a column a weight"
                raise InvalidInputError("precision_factor", rule, f"shape {factor.shape}")
            object.__setattr__(self, "precision_factor", valid.owned(factor))

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
        """Build the channel for the least-squares weights of `model`.

        Parameters
        ----------
        rate_nats : float, optional
            R for the whole vector. Give this or `bits_per_weight`.
        bits_per_weight : float, optional
            R / (d ln 2).
        center : array_like, shape (d,), optional
            By default the mean of the true weights: the true weights themselves, or their prior mean.

        Raises
        ------
        UnsupportedModelError
            If the weights have no finite variance (n < d + 2), or Sigma is not I and the true weights are not the centre.
        """
        size = model.samples, model.features
        valid.require_finite_weights("a design-blind code", *size)
        rate = given_rate(rate_nats, bits_per_weight, model.features)
        middle = _checked_center(model, center)
        signal = mean_signal_variance(model, middle)
        factor = None
        if model.covariance_factor is not None:
            if signal > 0:
                raise UnsupportedModelError(
                    "a design-blind code with a covariance other than the identity is known only for a codebook centred "
                    "at the true weights; set signal_variance to 0 and leave center out, or code one weight at a time with "
                    "PerWeightGaussianChannel."
                )
            factor = np.linalg.inv(model.covariance_factor).T
        return cls(rate, middle, signal + model.weight_variance, factor)

    @cached_property
    def kept(self) -> float:
        """Fraction ``1 - delta`` that is kept, without cancellation."""
        return -float(np.expm1(log_distortion(self.rate_nats, self.center.size)))

    @cached_property
    def normalized_distortion(self) -> float:
        """Fraction delta of the source variance that is left as distortion."""
        return float(np.exp(log_distortion(self.rate_nats, self.center.size)))

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Send `weights`, shape (..., d), through the channel; `gram` is not looked at."""
        del gram
        weights = checked_weights(weights, self.center.size)
        delta, kept = self.normalized_distortion, self.kept
        noise = rng.standard_normal(weights.shape)
        if self.precision_factor is not None:
            noise = noise @ self.precision_factor.T
        noise *= np.sqrt(delta * kept * self.source_variance)
        if self.center.any():
            coded = weights - self.center  # in place from here: a batch's temporaries would leave the cache
            coded *= kept
            coded += self.center
        else:
            coded = kept * weights
        coded += noise
        return coded


@readable
@dataclass(frozen=True, eq=False)
class AwareGaussianChannel:
    """Gaussian channel whose encoder and decoder know X; it codes ``G^{1/2} W``, whose errors are the empirical risk.

    With `signal_variance` 0 (codebook centred at the true weights) the source is ``N(0, sigma^2 I)`` and every direction
    gets the same rate, ``What = c + (1 - delta)(W - c) + sqrt(delta (1 - delta)) sigma G^{-1/2} N(0, I)``. With a prior
    the direction of eigenvalue g_j has variance ``tau^2 g_j + sigma^2`` and reverse water-filling splits the rate.

    Examples
    --------
    >>> channel = AwareGaussianChannel.for_model(LinearModel(samples=80, features=50), rate_nats=0.0)
    >>> channel.compress(np.ones(50), rng=np.random.default_rng(0), gram=np.eye(50)).any()
    np.False_
    """

    rate_nats: float
    """R for the whole vector, the same for every design."""
    center: FloatArray
    """c, the centre of the codebook, shape (d,)."""
    noise_variance: float
    """sigma^2."""
    signal_variance: float = 0.0
    """tau^2, mean squared distance of one true weight from the centre."""
    name: str = "gaussian-aware"
    needs_gram: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate_nats", valid.nonnegative_number("rate_nats", self.rate_nats))
        object.__setattr__(self, "center", valid.vector("center", self.center, np.size(self.center)))
        object.__setattr__(self, "noise_variance", valid.positive_number("noise_variance", self.noise_variance))
        object.__setattr__(self, "signal_variance", valid.nonnegative_number("signal_variance", self.signal_variance))

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
        """Build the channel for the least-squares weights of `model`, n >= d.

        Parameters
        ----------
        rate_nats : float, optional
            R for the whole vector. Give this or `bits_per_weight`.
        bits_per_weight : float, optional
            R / (d ln 2).
        center : array_like, shape (d,), optional
            By default the mean of the true weights: the true weights themselves, or their prior mean.

        Raises
        ------
        UnsupportedModelError
            If n < d: X^T X is singular and the weights are not the empirical risk minimizer of one source law.
        """
        if model.samples < model.features:
            raise UnsupportedModelError(
                f"a design-aware code needs samples >= features; got {model.samples} samples and {model.features} features."
            )
        rate = given_rate(rate_nats, bits_per_weight, model.features)
        middle = _checked_center(model, center)
        return cls(rate, middle, model.noise_variance, mean_signal_variance(model, middle))

    @cached_property
    def kept(self) -> float:
        """Fraction ``1 - delta`` that is kept, without cancellation."""
        return -float(np.expm1(log_distortion(self.rate_nats, self.center.size)))

    @cached_property
    def normalized_distortion(self) -> float:
        """Fraction delta left as distortion when the codebook is centred at the true weights."""
        return float(np.exp(log_distortion(self.rate_nats, self.center.size)))

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Send `weights`, shape (..., d), through the channel of the designs with Gram matrices `gram`."""
        if gram is None:
            raise InvalidInputError("gram", "is needed by a design-aware code", None, "Pass X^T X.")
        weights, gram = checked_weights(weights, self.center.size), checked_gram(gram)
        checked_weights(weights, gram.shape[-1])
        deviation = weights - self.center
        noise = rng.standard_normal(weights.shape)
        if self.signal_variance == 0:
            delta, kept = self.normalized_distortion, self.kept
            upper = gram_cholesky(gram).swapaxes(-1, -2)
            colored = np.linalg.solve(upper, noise[..., None])[..., 0]  # covariance G^{-1}
            coded = kept * deviation + np.sqrt(delta * kept * self.noise_variance) * colored
            return self.center + coded
        eigenvalues, basis = gram_eigen(gram)
        source = self.signal_variance * eigenvalues + self.noise_variance
        split = reverse_water_filling(source, self.rate_nats)
        spread = np.sqrt(split.distortions * split.kept_fractions / eigenvalues)
        rotated = (basis.swapaxes(-1, -2) @ deviation[..., None])[..., 0]
        coded = split.kept_fractions * rotated + spread * noise
        return self.center + (basis @ coded[..., None])[..., 0]
