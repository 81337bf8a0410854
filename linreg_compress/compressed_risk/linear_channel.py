"""Exact risks after any linear channel: keep a share of each weight and add independent noise.

``What = c + a (W - c) + N``, N independent of the data with mean 0 and variance s^2 in each weight. The identity is
``a = 1, s^2 = 0``; the design-blind Gaussian channel and subtractive dither with Wiener scaling are ``a = 1 - delta,
s^2 = delta (1 - delta)(t + v)``; noise alone is ``a = 1``; shrinking alone is ``s^2 = 0``. No law is assumed: the t law of
least squares, a prior of any shape and uniform or Gaussian noise count by their variances alone.
"""

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.errors import UnsupportedModelError


def linear_channel_risks(
    samples: ArrayLike,
    features: ArrayLike,
    noise_variance: ArrayLike,
    kept: ArrayLike,
    added_noise: ArrayLike,
    signal_variance: ArrayLike = 0.0,
) -> CompressedRisks:
    """Expected risks of ``What = c + a (W - c) + N`` for least-squares weights W; vectorized.

        change     = d [a^2 v + (1 - a)^2 t + s^2 - v],          v = sigma^2 / (n - d - 1)
        distortion = d [(1 - a)^2 (sigma^2 / n + t) + s^2]
        gen        = d a [a v + (2 - a) sigma^2 / n]

    It is exact for N(0, I) features. With a prior of variance t around c, or t = 0, it is exact for correlated features of
    unit variance too: the derivation ``linear-channel-risk``.

    Parameters
    ----------
    samples, features : array_like of int
        n and d, n >= d + 2.
    noise_variance : array_like
        sigma^2.
    kept : array_like
        a, any real number; 1 keeps the weights as they are, 0 drops them.
    added_noise : array_like
        s^2, the variance of the noise that is added to one weight (its mean over the weights).
    signal_variance : array_like, default 0
        t, mean squared distance of one true weight from the centre c.

    Returns
    -------
    CompressedRisks
        Arrays of the broadcast shape.

    Raises
    ------
    UnsupportedModelError
        If somewhere n < d + 2, where least squares has no finite population risk.

    Examples
    --------
    Noise alone raises the population risk by its variance, d times:

    >>> round(float(linear_channel_risks(80, 50, 1.0, 1.0, 0.01).population_risk_change), 12)
    0.5

    Shrinking alone by a tenth lowers it, with no signal to lose:

    >>> round(float(linear_channel_risks(80, 50, 1.0, 0.9, 0.0).population_risk_change), 4)
    -0.3276
    """
    n = valid.counts("samples", samples)
    d = valid.counts("features", features)
    if not (n >= d + 2).all():
        raise UnsupportedModelError("a linear channel needs samples >= features + 2 everywhere (a finite population risk).")
    s2 = valid.positive("noise_variance", noise_variance)
    a = valid.numbers("kept", kept)
    noise = valid.nonnegative("added_noise", added_noise)
    t = valid.nonnegative("signal_variance", signal_variance)
    lost = 1 - a
    v = s2 / (n - d - 1)
    distortion = d * (lost**2 * (s2 / n + t) + noise)
    excess = d * (a**2 * v + lost**2 * t + noise)
    return CompressedRisks(
        empirical_risk=s2 * (n - d) / n + distortion,
        population_risk=s2 + excess,
        generalization_error=d * a * (a * v + (2 - a) * s2 / n) + 0 * distortion,
        excess_risk=excess,
        distortion=distortion,
        population_risk_change=d * (lost**2 * t + noise - lost * (1 + a) * v),
        normalized_distortion=np.asarray(lost**2 + noise / (t + v) + 0 * n)[()],
    )
