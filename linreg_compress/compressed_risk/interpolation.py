"""The criterion: when compressing least-squares weights really helps.

Interpolation theorem. Let w* ~ N(c, tau^2 I), Sigma = I, and let What = Q(W) have the centroid property
``E[W | What] = What`` (Lloyd-Max, k-means and the Gaussian channel have it), with (w*, W) jointly Gaussian and normalized
distortion delta. Then the excess risk of one weight is

    (1 - delta) v + delta tau^2,      v = sigma^2 / (n - d - 1):

a straight line from the noise v of the estimate (nothing compressed) to the signal tau^2 (everything dropped). So a code
lowers the population risk exactly when tau^2 < v, at every rate. Worked out for this package; see the derivations.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.errors import UnsupportedModelError


@dataclass(frozen=True, eq=False)
class Criterion:
    """When compression lowers the population risk, and by how much.

    Attributes
    ----------
    samples, features : float or ndarray
    noise_variance, signal_variance : float or ndarray
    boundary_signal_variance : float or ndarray
        ``v = sigma^2 / (n - d - 1)``: compression helps exactly when tau^2 is below it.
    boundary_samples : float or ndarray
        ``d + 1 + sigma^2 / tau^2``: compression helps exactly when n is below it; inf for tau^2 = 0.
    compression_helps : bool or ndarray of bool
    """

    samples: FloatArray
    features: FloatArray
    noise_variance: FloatArray
    signal_variance: FloatArray
    boundary_signal_variance: FloatArray
    boundary_samples: FloatArray
    compression_helps: FloatArray

    def population_risk_change(self, normalized_distortion: ArrayLike) -> FloatArray:
        """Change of the population risk at a normalized distortion delta, ``d delta (tau^2 - v)``."""
        delta = valid.probabilities("normalized_distortion", normalized_distortion)
        return self.features * delta * (self.signal_variance - self.boundary_signal_variance)


def compression_criterion(
    samples: ArrayLike, features: ArrayLike, noise_variance: ArrayLike, signal_variance: ArrayLike
) -> Criterion:
    """Say when compression lowers the population risk of least squares; vectorized.

    Parameters
    ----------
    samples, features : array_like of int
        n >= d + 2.
    noise_variance : array_like
        sigma^2.
    signal_variance : array_like
        tau^2 of one true weight around the codebook's centre.

    Returns
    -------
    Criterion

    Raises
    ------
    UnsupportedModelError
        If somewhere n < d + 2, where least squares has no finite population risk.

    Examples
    --------
    >>> criterion = compression_criterion(80, 50, 1.0, signal_variance=0.02)
    >>> bool(criterion.compression_helps), round(float(criterion.boundary_signal_variance), 4)
    (True, 0.0345)
    >>> float(criterion.boundary_samples)
    101.0
    """
    n = valid.counts("samples", samples)
    d = valid.counts("features", features)
    if not (n >= d + 2).all():
        raise UnsupportedModelError("the criterion needs samples >= features + 2 (a finite population risk).")
    s2 = valid.positive("noise_variance", noise_variance)
    t2 = valid.nonnegative("signal_variance", signal_variance)
    with np.errstate(divide="ignore", over="ignore"):
        samples_at_boundary = d + 1 + s2 / t2
    boundary = s2 / (n - d - 1)
    return Criterion(n, d, s2, t2, boundary, samples_at_boundary, t2 < boundary)


def interpolated_excess_risk(
    samples: ArrayLike,
    features: ArrayLike,
    noise_variance: ArrayLike,
    signal_variance: ArrayLike,
    normalized_distortion: ArrayLike,
) -> FloatArray:
    """Excess population risk of any centroid quantizer, ``d [(1 - delta) v + delta tau^2]``.

    Examples
    --------
    >>> round(float(interpolated_excess_risk(80, 50, 1.0, 0.02, 1.0)), 12)
    1.0
    """
    criterion = compression_criterion(samples, features, noise_variance, signal_variance)
    delta = valid.probabilities("normalized_distortion", normalized_distortion)
    per_weight = (1 - delta) * criterion.boundary_signal_variance + delta * criterion.signal_variance
    return criterion.features * per_weight


def bayes_decoder_excess_risk(
    samples: ArrayLike,
    features: ArrayLike,
    noise_variance: ArrayLike,
    signal_variance: ArrayLike,
    normalized_distortion: ArrayLike,
) -> FloatArray:
    """Excess risk when the decoder also shrinks by ``tau^2 / V``, ``V = tau^2 + v`` (the Bayes reconstruction).

    ``d tau^2 [delta tau^2 + v] / V`` falls with every bit: this decoder never gains from compression, because it has
    already undone what least squares over-fits.

    Examples
    --------
    >>> coarse, fine = bayes_decoder_excess_risk(80, 50, 1.0, 0.02, [0.5, 0.25])
    >>> bool(fine < coarse)
    True
    """
    criterion = compression_criterion(samples, features, noise_variance, signal_variance)
    delta = valid.probabilities("normalized_distortion", normalized_distortion)
    t2, v = criterion.signal_variance, criterion.boundary_signal_variance
    return criterion.features * t2 * ((delta * t2 + v) / (t2 + v))
