"""The criterion: when compressing least-squares weights really helps, and for which codes.

With w* ~ N(c, tau^2 I), c the codebook's centre, Sigma = I, ``v = sigma^2 / (n - d - 1)`` and ``V = tau^2 + v`` the excess
risk of one compressed weight is ``(1 - delta) v + delta tau^2``; the population risk falls when tau^2 < v, at every rate:

- *exactly*, for any n >= d + 2, after a linear code ``What = c + (1 - delta)(W - c) + N``, N independent of variance
  ``delta (1 - delta) V``: the design-blind Gaussian channel, Wiener-scaled dither (derivation ``linear-channel-risk``);
- *in the limit* of large n - d after a code with the centroid property ``E[W | What] = What`` (derivation
  ``interpolation-theorem``): Lloyd-Max, k-means, entropy-constrained. At small n - d see `Criterion.limit_for`.

Other shares or other noise: `linear_channel_risks`. Correlated features: `Criterion`. Worked out for this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.linear_channel import closed_form
from linreg_compress.compressed_risk.variance_inflation import checked_variance_inflation
from linreg_compress.records import readable


@readable
@dataclass(frozen=True, eq=False)
class Criterion:
    """When compression lowers the population risk, and by how much: exactly for the Gaussian code and dither.

    With correlated features of unit variance, of mean variance-inflation factor kappa, and a Gaussian code of one weight
    at a time, the boundary depends on the distortion: ``tau^2 < v [2 - kappa + delta (kappa - 1)]``. It rises from
    ``v (2 - kappa)`` at high rate to v at rate 0; with kappa > 2 no signal is weak enough at high rate. Every field is a
    number, or an array of the broadcast shape.
    """

    exact_for: ClassVar[tuple[str, ...]] = ("gaussian-blind", "gaussian-per-weight", "dithered-uniform")
    """Names of the codes for which it is exact: linear, with noise ``delta (1 - delta) V`` in each weight."""
    limit_for: ClassVar[tuple[str, ...]] = ("lloyd-max", "sign", "entropy-constrained", "kmeans")
    """Names of the codes for which it is the limit of large n - d: those that decode to centroids. The theorem is for
    jointly Gaussian (w*, W); the weights of least squares are a scaled t, one chi-square shared by all of them. So at small
    n - d the population risk may fall at a tau^2 a little above the boundary too: with n = 12, d = 8 and tau^2 = 1.5 v,
    Lloyd-Max with 4 levels lowers it by 0.028 d v. `scalar_quantizer_risks` is exact for them. For rounding (``uniform``)
    the criterion says nothing.
    """

    samples: FloatArray
    """n."""
    features: FloatArray
    """d."""
    noise_variance: FloatArray
    """sigma^2."""
    signal_variance: FloatArray
    """tau^2 of one true weight around the codebook's centre."""
    boundary_signal_variance: FloatArray
    """``v = sigma^2 / (n - d - 1)`` for kappa = 1, else ``v (2 - kappa)``, and 0 where that is negative: such a code lowers
    the population risk at every rate when tau^2 is below it.
    """
    boundary_samples: FloatArray
    """``d + 1 + (2 - kappa) sigma^2 / tau^2``, the n at which tau^2 is the boundary; inf for tau^2 = 0 and kappa < 2, and
    d + 1, below every legal n, for kappa >= 2.
    """
    compression_helps: FloatArray
    """Whether a code of `exact_for` lowers the population risk at every rate."""
    variance_inflation: FloatArray
    """kappa."""

    def boundary_at(self, normalized_distortion: ArrayLike) -> FloatArray:
        """Boundary of tau^2 at a distortion delta, ``v [2 - kappa + delta (kappa - 1)]``; 0 where that is negative."""
        delta = self.checked_distortion(normalized_distortion)
        return np.maximum(self._boundary(delta), 0.0)

    def population_risk_change(self, normalized_distortion: ArrayLike) -> FloatArray:
        """Change of the population risk at a distortion delta, ``d delta [tau^2 - v + (1 - delta) v (kappa - 1)]``.

        Exact for the codes of `exact_for`; of a centroid quantizer that has this delta it is the limit of large n - d.
        """
        delta = self.checked_distortion(normalized_distortion)
        return self.features * delta * (self.signal_variance - self._boundary(delta))

    def checked_distortion(self, normalized_distortion: ArrayLike) -> FloatArray:
        """Return delta as an array of numbers in [0, 1] whose shape goes with the fields'."""
        delta = valid.probabilities("normalized_distortion", normalized_distortion)
        valid.together(
            samples=self.samples,
            features=self.features,
            noise_variance=self.noise_variance,
            signal_variance=self.signal_variance,
            variance_inflation=self.variance_inflation,
            normalized_distortion=delta,
        )
        return delta

    def _boundary(self, delta: FloatArray) -> FloatArray:
        v = self.noise_variance / (self.samples - self.features - 1)
        return v * (1 - (1 - delta) * (self.variance_inflation - 1))


def compression_criterion(
    samples: ArrayLike,
    features: ArrayLike,
    noise_variance: ArrayLike,
    signal_variance: ArrayLike,
    *,
    variance_inflation: ArrayLike = 1.0,
) -> Criterion:
    """Say when the Gaussian code, or dither, lowers the population risk of least squares; vectorized.

    Parameters
    ----------
    samples, features : array_like of int
        n >= d + 2.
    noise_variance : array_like
        sigma^2.
    signal_variance : array_like
        tau^2 of one true weight around the codebook's centre.
    variance_inflation : array_like, default 1
        kappa, mean variance-inflation factor of features of unit variance that are coded one weight at a time; 1 stands
        for Sigma = I. The function `variance_inflation` computes it from a covariance.

    Returns
    -------
    Criterion
        Which codes it is exact for stands in its `exact_for`; for centroid quantizers it is a limit.

    Raises
    ------
    UnsupportedModelError
        If somewhere n < d + 2, where least squares has no finite population risk.
    InvalidInputError
        If a kappa is below 1.

    Examples
    --------
    >>> criterion = compression_criterion(80, 50, 1.0, signal_variance=0.02)
    >>> bool(criterion.compression_helps), round(float(criterion.boundary_signal_variance), 4)
    (True, 0.0345)
    >>> float(criterion.boundary_samples)
    101.0

    With correlated features the same signal gains from a coarse code alone, delta = 0.9, not from one bit, delta = 0.25:

    >>> criterion = compression_criterion(80, 50, 1.0, signal_variance=0.02, variance_inflation=3.0)
    >>> bool(criterion.compression_helps), (criterion.population_risk_change([0.9, 0.25]) < 0).tolist()
    (False, [True, False])
    """
    n = valid.counts("samples", samples)
    d = valid.counts("features", features)
    valid.together(samples=n, features=d)
    valid.require_finite_weights("the criterion", n, d)
    s2 = valid.positive("noise_variance", noise_variance)
    t2 = valid.nonnegative("signal_variance", signal_variance)
    kappa = checked_variance_inflation(variance_inflation)
    valid.together(samples=n, features=d, noise_variance=s2, signal_variance=t2, variance_inflation=kappa)
    share = 1 - (kappa - 1)  # of v: what is left at high rate
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        samples_at_boundary = np.where(share > 0, d + 1 + share * s2 / t2, d + 1 + 0 * t2)[()]
    boundary = s2 / (n - d - 1) * share
    helps = (t2 < boundary) | ((t2 == boundary) & (kappa > 1))  # at every delta > 0 the boundary is above its limit
    return Criterion(n, d, s2, t2, np.maximum(boundary, 0.0), samples_at_boundary, helps, kappa)


def interpolated_excess_risk(
    samples: ArrayLike,
    features: ArrayLike,
    noise_variance: ArrayLike,
    signal_variance: ArrayLike,
    normalized_distortion: ArrayLike,
) -> FloatArray:
    """Excess population risk ``d [(1 - delta) v + delta tau^2]`` of a linear code; in the limit, of a centroid quantizer.

    Sigma = I: a straight line from the noise v of the estimate (nothing compressed) to the signal tau^2 (everything
    dropped). Exact for the codes of `Criterion.exact_for`. For a quantizer that decodes to centroids (Lloyd-Max, k-means)
    it is the limit of large n - d; its exact excess risk is that of `scalar_quantizer_risks`.

    Examples
    --------
    >>> round(float(interpolated_excess_risk(80, 50, 1.0, 0.02, 1.0)), 12)
    1.0
    """
    criterion = compression_criterion(samples, features, noise_variance, signal_variance)
    delta = criterion.checked_distortion(normalized_distortion)
    per_weight = (1 - delta) * criterion.boundary_signal_variance + delta * criterion.signal_variance
    return criterion.features * per_weight


def bayes_decoder_excess_risk(
    samples: ArrayLike,
    features: ArrayLike,
    noise_variance: ArrayLike,
    signal_variance: ArrayLike,
    normalized_distortion: ArrayLike,
) -> FloatArray:
    """Excess risk when the decoder also shrinks by ``tau^2 / V``, ``V = tau^2 + v``: the linear MMSE decoder.

    ``d tau^2 [delta tau^2 + v] / V`` falls with every bit: this decoder never gains from compression, because it has
    already undone what least squares over-fits (derivation ``bayes-decoder-never-gains``). It is the Bayes decoder for
    Gaussian weights only; those of least squares are a scaled t, whose Bayes decoder is not linear. Exact for the codes of
    `Criterion.exact_for`.

    Examples
    --------
    >>> coarse, fine = bayes_decoder_excess_risk(80, 50, 1.0, 0.02, [0.5, 0.25])
    >>> bool(fine < coarse)
    True
    """
    criterion = compression_criterion(samples, features, noise_variance, signal_variance)
    delta = criterion.checked_distortion(normalized_distortion)
    t2, v = criterion.signal_variance, criterion.boundary_signal_variance
    share = t2 / (t2 + v)  # that the decoder keeps of What: of W it is (1 - delta) share
    lost = (delta * t2 + v) / (t2 + v)
    size = criterion.samples, criterion.features, criterion.noise_variance
    return closed_form(*size, (1 - delta) * share, lost, delta * (1 - delta) * share * t2, t2).excess_risk
