"""Subtractive-dithered uniform quantization with entropy coding and Wiener scaling (Ziv 1985; Zamir and Feder 1992).

Encoder and decoder share a dither U, uniform over one step H: ``What = c + a (Q(W - c + U) - U)``. Whatever W is, the
error ``N = Q(W - c + U) - U - (W - c)`` is uniform over a step and independent of W, so the whole is the linear channel
``What = c + a (W - c + N)`` (derivation ``linear-channel-risk``); ``a = V / (V + H^2 / 12)`` makes its squared error least.
Coding the indices given the dither costs ``I(W; W + N)``, for any law of variance V never more than
``log2(2 pi e / 12) / 2 = 0.2546`` bit above the Gaussian formula ``log2(V / D) / 2`` at the same distortion D. For Gaussian
weights that is the rate-distortion function. The t weights of least squares have a lower one: at 3 degrees of freedom an
entropy-constrained quantizer reaches the distortion of one bit of dither with 0.32 bit less.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import checked_weights
from linreg_compress.compression.scalar.sources import NormalSource, SymmetricSource, source_for
from linreg_compress.errors import InvalidInputError, LinregCompressError
from linreg_compress.information.rate_distortion import bits_per_weight_from_nats, given_rate
from linreg_compress.model import LinearModel
from linreg_compress.records import readable

_PANEL_NODES = 16  # tuning: exact far beyond doubles on panels of a quarter scale
_DOUBLINGS = 60  # tuning: of the distance from a cell's edge: a t law's tail ends nowhere
_FINE = 1e-5  # tuning: step, in units of the law's scale, from which on its curvature is lost in rounding
_MOST_BITS = 30.0  # beyond, a step is lost in the rounding of doubles


@readable
@dataclass(frozen=True, eq=False)
class DitheredUniform:
    """Uniform quantizer with subtractive dither, entropy coding given the dither, and Wiener scaling.

    Examples
    --------
    >>> channel = DitheredUniform.for_model(LinearModel(samples=80, features=50), bits_per_weight=2.0)
    >>> round(channel.normalized_distortion, 4), round(channel.rate_nats / 50 / 0.6931471805599453, 9)
    (0.0889, 2.0)
    """

    step: float
    """H, positive; infinity stands for rate 0, where every weight becomes the centre."""
    center: FloatArray
    """c, the centre of the codebook, shape (d,)."""
    source: SymmetricSource
    """Law of the deviation of one weight from its centre, mean 0."""
    name: str = "dithered-uniform"
    needs_gram: bool = False

    def __post_init__(self) -> None:
        if self.step != np.inf:
            object.__setattr__(self, "step", valid.positive_number("step", self.step))
        object.__setattr__(self, "center", valid.vector("center", self.center, np.size(self.center)))

    @classmethod
    @takes(model=LinearModel)
    def for_model(
        cls,
        model: LinearModel,
        rate_nats: float | None = None,
        center: ArrayLike | None = None,
        *,
        bits_per_weight: float | None = None,
        step: float | None = None,
        bits: float | None = None,
    ) -> Self:
        """Build the quantizer for the least-squares weights of `model`, from a step or from a rate.

        Parameters
        ----------
        model : LinearModel
            n >= d + 2, Sigma = I.
        rate_nats : float, optional
            R for the whole vector. Give this, `bits_per_weight` or `step`.
        bits_per_weight : float, optional
            R / (d ln 2).
        step : float, optional
            H.
        bits : float, optional
            The older name of `bits_per_weight`, which goes with 0.3.
        center : array_like, shape (d,), optional
            By default the mean of the true weights. With another centre, or a prior, the code is for a normal law that has
            the variance ``tau^2 + v + |weights - center|^2 / d``; else for the t law of a weight's error.

        Raises
        ------
        UnsupportedModelError
            If n < d + 2, or Sigma is not I.
        LinregCompressError
            If not exactly one of the three is given, or it is out of range.
        """
        middle = model.mean_weights if center is None else valid.vector("center", center, model.features)
        source: SymmetricSource = source_for(model)
        offset = model.mean_weights - middle
        if offset.any():
            signal = model.signal_variance + float(offset @ offset) / model.features
            source = NormalSource(0.0, signal + model.weight_variance)
        if bits is not None:
            warnings.warn("bits= is now bits_per_weight=; the old name goes with 0.3.", DeprecationWarning, stacklevel=3)
            if bits_per_weight is not None:
                raise LinregCompressError("use bits_per_weight= alone: bits= is its older name.")
            bits_per_weight = bits
        if step is not None:
            if rate_nats is not None or bits_per_weight is not None:
                raise LinregCompressError("use either step= or a rate, bits_per_weight= or rate_nats=, not both.")
            return cls(step, middle, source)
        if rate_nats is None and bits_per_weight is None:
            raise LinregCompressError("a rate or a step is missing: use bits_per_weight=, rate_nats= or step=.")
        given_rate(rate_nats, bits_per_weight, model.features)  # not both
        if rate_nats is not None:
            rate = valid.nonnegative_number("rate_nats", rate_nats)
            bits_per_weight = float(bits_per_weight_from_nats(rate, model.features))
        return cls(_step_for(source, bits_per_weight), middle, source)

    @property
    def normalized_distortion(self) -> float:
        """Fraction ``(H^2 / 12) / (V + H^2 / 12)`` of the source variance that is left as distortion."""
        return 1 / (1 + self.source.variance / self._noise)

    @property
    def kept_fraction(self) -> float:
        """The Wiener factor a, one minus the normalized distortion."""
        return 1 / (1 + self._noise / self.source.variance)

    @property
    def _noise(self) -> float:
        return self.step**2 / 12

    @cached_property
    def rate_nats(self) -> float:
        """Rate of the whole vector, weights coded one by one: ``d I(W; W + N)`` for the law `source`.

        Under a prior, or with another centre, `for_model` makes the code for a normal law of the weights' variance. The
        weights themselves are a normal mixture, whose information is not the same: it is 2 % less for n = 5, d = 2,
        tau^2 = v / 2 and 2 bits, and in the cases tried up to 0.4 % more for steps beyond 3 standard deviations.
        """
        return 0.0 if self.step == np.inf else self.center.size * dithered_rate_nats(self.source, self.step)

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Quantize `weights`, shape (..., d), with a dither drawn from `rng`; `gram` is not looked at."""
        del gram
        weights = checked_weights(weights, self.center.size)
        if self.step == np.inf:
            return np.broadcast_to(self.center, weights.shape).copy()
        dither = self.step * (rng.random(weights.shape) - 0.5)
        rounded = self.step * np.rint((weights - self.center + dither) / self.step)
        return self.center + self.kept_fraction * (rounded - dither)


def dithered_rate_nats(source: SymmetricSource, step: float) -> float:
    """Rate of one weight, ``I(W; W + N) = h(W + N) - ln H`` with N uniform over a step H, nats.

    With ``p(y) = P(y - H/2 < W <= y + H/2)`` it is the entropy of the cells averaged over the dither,
    ``-(1/H) integral p ln p dy``, by Gauss-Legendre panels that double away from the cell's edge y = H/2.

    Parameters
    ----------
    step : float
        H, positive.

    Examples
    --------
    Fine steps: ``h(W) - ln H``.

    >>> rate = dithered_rate_nats(NormalSource(), 1e-3)
    >>> round(rate, 6), round(NormalSource().differential_entropy + 6.907755, 6)
    (8.326694, 8.326694)
    """
    spacing = valid.positive_number("step", step)
    edge = spacing / 2
    near = source.scale * np.arange(0.25, 12.0, 0.25)  # tuning: where the law bends on its own scale
    far = 12 * source.scale * 2.0 ** np.arange(_DOUBLINGS)  # tuning: panels that double in width
    reach = np.concatenate([near, far])
    marks = np.concatenate([edge - reach, [edge], edge + reach, reach])
    y, mass = _panels(np.unique(np.concatenate([[0.0], marks[marks > 0]])))
    low, high = source.upper_tail(np.abs(y - edge)), source.upper_tail(y + edge)
    if spacing < _FINE * source.scale:  # there the tails nearly cancel, and the density is straight across a cell
        found = spacing * source.pdf(source.mean + y)
    else:
        found = np.where(y < edge, 1 - (low + high), low - high)
    p = np.maximum(found, np.finfo(float).tiny)
    # a cell that holds the mean may hold nearly everything: ln p from what is outside
    log_p = np.where(p > 0.5, np.log1p(-np.minimum(low + high, 1 - np.finfo(float).eps)), np.log(p))
    return float(-2 * (mass @ (p * log_p)) / spacing)


def _step_for(source: SymmetricSource, bits: float | None) -> float:
    """Step of a rate: I falls in H, and is never below ``h(W) - ln H``."""
    from scipy.optimize import brentq

    rate = valid.nonnegative_number("bits_per_weight", bits)
    if rate > _MOST_BITS:
        raise InvalidInputError("bits_per_weight", f"must be at most {_MOST_BITS:.0f}", rate)
    if rate == 0:
        return float("inf")
    nats = rate * float(np.log(2.0))

    def excess(log_step: float) -> float:
        return dithered_rate_nats(source, float(np.exp(log_step))) - nats

    low = high = source.differential_entropy - nats
    while excess(high) > 0:
        high += 1.0
    while excess(low) < 0:  # by rounding
        low -= 1e-6
    return float(np.exp(brentq(excess, low, high, xtol=1e-15, rtol=1e-15)))


def _panels(ends: FloatArray) -> tuple[FloatArray, FloatArray]:
    half, middle = np.diff(ends)[:, None] / 2, (ends[1:] + ends[:-1])[:, None] / 2
    nodes, weights = np.polynomial.legendre.leggauss(_PANEL_NODES)
    return (middle + half * nodes).ravel(), (half * weights).ravel()
