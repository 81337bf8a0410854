"""Exact risks after any linear channel: keep a share of each weight and add independent noise.

``What = c + a (W - c) + N``, N independent of the data with mean 0 and variance s^2 in each weight. The identity is
``a = 1, s^2 = 0``; the design-blind Gaussian channel and subtractive dither with Wiener scaling are ``a = 1 - delta,
s^2 = delta (1 - delta)(t + v)``; noise alone is ``a = 1``; shrinking alone is ``s^2 = 0``. No law is assumed: the t law of
least squares, a prior of any shape and uniform or Gaussian noise count by their variances alone. All of them are one
`closed_form`: derivation ``linear-channel-risk``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.formulas import exact_risks, require_match
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.channel import refuse_other_size
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel, mean_signal_variance
from linreg_compress.compression.identity import Identity
from linreg_compress.compression.linear_channel import LinearChannel
from linreg_compress.least_squares.risk import expected_risks
from linreg_compress.model import LinearModel


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
    valid.together(samples=n, features=d)
    valid.require_finite_weights("a linear channel", n, d)
    s2 = valid.positive("noise_variance", noise_variance)
    a = valid.numbers("kept", kept)
    noise = valid.nonnegative("added_noise", added_noise)
    t = valid.nonnegative("signal_variance", signal_variance)
    valid.together(samples=n, features=d, noise_variance=s2, kept=a, added_noise=noise, signal_variance=t)
    return closed_form(n, d, s2, a, 1 - a, noise, t)


def closed_form(
    n: FloatArray,
    d: FloatArray,
    s2: FloatArray,
    kept: FloatArray,
    lost: FloatArray,
    noise: FloatArray,
    signal: FloatArray,
    *,
    change: FloatArray | None = None,
    normalized: FloatArray | None = None,
) -> CompressedRisks:
    """Evaluate `linear_channel_risks` for arguments that are checked already.

    Parameters
    ----------
    lost : ndarray
        ``1 - kept``. A code of many bits knows more digits of it than `kept` has left.
    change, normalized : ndarray, optional
        Change of the population risk and normalized distortion, where a special case knows them with less cancellation.
    """
    v = s2 / (n - d - 1)
    squared = lost * lost
    distortion = d * (squared * (s2 / n + signal) + noise)
    excess = d * (kept * kept * v + squared * signal + noise)
    if change is None:
        change = d * (squared * signal + noise - lost * (1 + kept) * v)
    if normalized is None:
        normalized = squared + noise / (signal + v)
    return CompressedRisks(
        empirical_risk=s2 * (n - d) / n + distortion,
        population_risk=s2 + excess,
        generalization_error=d * kept * (kept * v + (1 + lost) * s2 / n) + 0 * distortion,
        excess_risk=excess,
        distortion=distortion,
        population_risk_change=change,
        normalized_distortion=np.asarray(normalized + 0 * distortion)[()],
    )


def risks_from_covariance(
    model: LinearModel, center: FloatArray, kept: float, lost: float, noise: float | FloatArray
) -> CompressedRisks:
    """Evaluate the closed form for features of any covariance, and noise of its own variance in each weight.

    The errors of the weights count by Sigma: t stands for ``E (w* - c)^T Sigma (w* - c) / d`` and s^2 for the mean of
    ``Sigma_jj s_j^2``; v stays, because W has the covariance ``v Sigma^{-1}``.

    Raises
    ------
    UnsupportedModelError
        If n < d + 2.
    """
    valid.require_finite_weights("a linear channel", model.samples, model.features)
    middle = np.broadcast_to(center, model.features)
    known = model.samples, model.features, model.noise_variance, kept, lost
    plain = mean_signal_variance(model, middle), float(np.mean(noise))
    if model.has_identity_covariance:
        signal, added = plain
        return closed_form(*np.array([*known, added, signal]))
    sigma = np.asarray(model.covariance)
    offset = model.mean_weights - middle
    signal = float(offset @ sigma @ offset + model.signal_variance * np.trace(sigma)) / model.features
    added = float(np.diag(sigma) @ np.broadcast_to(noise, model.features)) / model.features
    # what is left of the weights' own variance, unweighted
    variance = plain[0] + model.weight_variance * float(np.trace(np.linalg.inv(sigma))) / model.features
    normalized = np.array(lost * lost + plain[1] / variance)
    return closed_form(*np.array([*known, added, signal]), normalized=normalized)


@exact_risks.register
def identity_risks(channel: Identity, model: LinearModel, spectra: int = 0) -> CompressedRisks:
    """Nothing is changed, for n < d too."""
    base, zero = expected_risks(model), np.zeros(())[()]
    return CompressedRisks(
        base.empirical_risk, base.population_risk, base.generalization_error, base.excess_risk, zero, zero, zero
    )


@exact_risks.register
def linear_risks(channel: LinearChannel, model: LinearModel, spectra: int = 0) -> CompressedRisks:
    """Return the closed form itself."""
    refuse_other_size(channel, model.features)
    return risks_from_covariance(model, np.asarray(channel.center), channel.kept, 1 - channel.kept, channel.added_noise)


@exact_risks.register
def blind_risks(channel: BlindGaussianChannel, model: LinearModel, spectra: int = 0) -> CompressedRisks:
    """Return the risks of a channel that was built for `model`: noise shaped like Sigma^{-1} leaves no trace of Sigma."""
    signal = require_match(model, channel)
    n, d, v = model.samples, model.features, model.weight_variance
    kept, lost = channel.kept, channel.normalized_distortion
    known = np.array([n, d, model.noise_variance, kept, lost, lost * kept * (signal + v), signal])
    # the change is shortened on paper, so that it is 0 and has the right sign beside the boundary
    return closed_form(*known, change=np.array(d * lost * (signal - v)), normalized=np.array(lost))
