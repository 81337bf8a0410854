"""Exact risks after the Gaussian channel, vectorized over (n, d, rate).

Write ``keep = 1 - delta``, ``v = sigma^2 / (n - d - 1)`` and t for the mean squared distance of one true weight from the
codebook's centre (tau^2 for a prior, 0 for a codebook centred at the true weights); kappa is the mean variance-inflation
factor of the features, 1 for Sigma = I.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.linear_channel import closed_form
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compressed_risk.variance_inflation import checked_variance_inflation
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.information.rate_distortion import given_rate, kept_fraction, normalized_distortion


def blind_channel_risks(
    samples: ArrayLike,
    features: ArrayLike,
    noise_variance: ArrayLike,
    rate_nats: ArrayLike | None = None,
    *,
    bits_per_weight: ArrayLike | None = None,
    signal_variance: ArrayLike = 0.0,
    variance_inflation: ArrayLike = 1.0,
) -> CompressedRisks:
    """Expected risks after the design-blind Gaussian channel built for the variance of one weight.

        distortion = d delta [delta sigma^2 / n + t + keep v kappa]
        excess     = d {keep v [1 + delta (kappa - 1)] + delta t}
        change     = d delta [t - v + keep v (kappa - 1)]
        gen        = d keep [(1 + delta) sigma^2 / n + keep v]

    With kappa = 1 the variance is ``V = t + v``: derivation ``blind-channel-risk``. With correlated features (kappa > 1)
    each weight has its own, ``V_j = t + v (Sigma^-1)_jj``, and noise independent of the others':
    `PerWeightGaussianChannel`, derivation ``correlated-features-risk``.

    Parameters
    ----------
    samples, features : array_like of int
        n and d, n >= d + 2.
    noise_variance : array_like
        sigma^2.
    rate_nats, bits_per_weight : array_like
        R for the whole vector, or R / (d ln 2); one of the two.
    signal_variance : array_like, default 0
        t. Sigma = I; with t = 0 and noise shaped like Sigma^{-1} the formulas at kappa = 1 hold for any Sigma.
    variance_inflation : array_like, default 1
        kappa, mean variance-inflation factor of features of unit variance (`variance_inflation` computes it); with
        kappa > 1 the true weights have a prior around the codebook's centre, of variance t in each weight.

    Returns
    -------
    CompressedRisks
        Arrays of the broadcast shape.

    Raises
    ------
    UnsupportedModelError
        If somewhere n < d + 2: the weights have no finite variance to code.

    Examples
    --------
    One bit a weight, codebook at the true weights: the population risk falls.

    >>> risks = blind_channel_risks(80, 50, 1.0, bits_per_weight=1.0)
    >>> round(float(risks.population_risk), 4), round(float(risks.population_risk_change), 4)
    (2.2931, -0.431)

    A prior with three times the noise of a weight: the same bit hurts.

    >>> risks = blind_channel_risks(80, 50, 1.0, bits_per_weight=1.0, signal_variance=3 / 29)
    >>> round(float(risks.population_risk_change), 4)
    0.8621

    A weak signal, but correlated features: one weight at a time the same bit hurts.

    >>> risks = blind_channel_risks(80, 50, 1.0, bits_per_weight=1.0, signal_variance=0.02, variance_inflation=3.0)
    >>> round(float(risks.population_risk_change), 4)
    0.4655
    """
    n = valid.counts("samples", samples)
    d = valid.counts("features", features)
    valid.together(samples=n, features=d)
    valid.require_finite_weights("a design-blind code", n, d)
    s2 = valid.positive("noise_variance", noise_variance)
    t = valid.nonnegative("signal_variance", signal_variance)
    kappa = checked_variance_inflation(variance_inflation)
    excess_inflation = kappa - 1
    rate = given_rate(rate_nats, bits_per_weight, d)
    given = {"samples": n, "features": d, "noise_variance": s2, "signal_variance": t, "variance_inflation": kappa}
    valid.together(**given, **_named(rate, bits_per_weight))
    delta = normalized_distortion(rate, d)
    keep = kept_fraction(rate, d)
    v = s2 / (n - d - 1)
    added = delta * keep * (t + v * (1 + excess_inflation))
    # the change is shortened on paper, so that it is 0 and has the right sign beside the boundary
    change = d * delta * (t - v + keep * v * excess_inflation)
    return closed_form(n, d, s2, keep, delta, added, t, change=change, normalized=delta)


def aware_channel_risks(
    samples: ArrayLike,
    features: ArrayLike,
    noise_variance: ArrayLike,
    rate_nats: ArrayLike | None = None,
    *,
    bits_per_weight: ArrayLike | None = None,
) -> CompressedRisks:
    """Expected risks after the design-aware Gaussian channel with the codebook centred at the true weights, any Sigma.

        distortion = D(R) = sigma^2 (d/n) delta
        excess     = keep sigma^2 d / (n - d - 1)
        change     = -delta sigma^2 d / (n - d - 1)
        gen        = keep gen(W)

    Derivations ``distortion-rate-of-linear-model``, ``aware-channel-risk`` and ``generalization-error-shrinks``.

    Parameters
    ----------
    samples, features : array_like of int
        n and d, n >= d. For n in {d, d + 1} the population risk is infinite at every positive rate.
    noise_variance : array_like
        sigma^2.
    rate_nats, bits_per_weight : array_like
        R for the whole vector, or R / (d ln 2); one of the two.

    Returns
    -------
    CompressedRisks
        Arrays of the broadcast shape.

    Notes
    -----
    For a prior on the true weights see `linreg_compress.compressed_risk.water_filling`.

    Examples
    --------
    >>> risks = aware_channel_risks(80, 50, 1.0, bits_per_weight=1.0)
    >>> round(float(risks.distortion), 5), round(float(risks.population_risk_change), 4)
    (0.15625, -0.431)
    """
    n = valid.counts("samples", samples)
    d = valid.counts("features", features)
    valid.together(samples=n, features=d)
    if not (n >= d).all():
        raise UnsupportedModelError("a design-aware code needs samples >= features everywhere.")
    s2 = valid.positive("noise_variance", noise_variance)
    rate = given_rate(rate_nats, bits_per_weight, d)
    valid.together(samples=n, features=d, noise_variance=s2, **_named(rate, bits_per_weight))
    return aware_closed_form(n, d, s2, normalized_distortion(rate, d), kept_fraction(rate, d))


def _named(rate: ArrayLike, bits_per_weight: ArrayLike | None) -> dict[str, FloatArray]:
    """Return a rate under the name that its caller used."""
    return {"rate_nats" if bits_per_weight is None else "bits_per_weight": valid.nonnegative("rate_nats", rate)}


def aware_closed_form(n: FloatArray, d: FloatArray, s2: FloatArray, delta: FloatArray, keep: FloatArray) -> CompressedRisks:
    """Evaluate `aware_channel_risks` for arguments that are checked already; ``keep = 1 - delta`` has its own digits."""
    spare = n - d - 1
    finite = spare > 0
    gap = np.where(finite, spare, 1.0)
    bounded = finite | (keep == 0)
    distortion = s2 * (d / n) * delta
    excess = np.where(bounded, keep * s2 * d / gap, np.inf)
    generalization = np.where(bounded, keep * s2 * (d / n) * (2 + (d + 1) / gap), np.inf)
    return CompressedRisks(
        empirical_risk=s2 * (n - d) / n + distortion,
        population_risk=(s2 + excess)[()],
        generalization_error=generalization[()],
        excess_risk=excess[()],
        distortion=distortion,
        population_risk_change=np.where(finite, -delta * s2 * d / gap, -np.inf)[()],
        normalized_distortion=delta + 0 * distortion,
    )
