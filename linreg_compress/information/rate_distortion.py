"""Rate distortion of Gaussian sources: D(R), R(D) and reverse water-filling.

A rate is in nats for the whole weight vector; bits per weight is ``b = R / (d ln 2)``. The *normalized distortion*
``delta = exp(-2 R / d)`` is the fraction of the source variance that is left as distortion, and ``1 - delta`` is the
fraction that is kept. Source: Shannon 1959; Cover and Thomas, Elements of Information Theory, 2nd ed., section 10.3;
derivation ``gaussian-rate-distortion``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError, LinregCompressError
from linreg_compress.records import readable


def rate_nats_from_bits(bits_per_weight: ArrayLike, features: ArrayLike) -> FloatArray:
    """Return the rate in nats of a whole vector of `features` weights at `bits_per_weight`.

    Examples
    --------
    >>> round(float(rate_nats_from_bits(1.0, 50)), 4)
    34.6574
    """
    return given_rate(None, bits_per_weight, valid.counts("features", features))


def bits_per_weight_from_nats(rate_nats: ArrayLike, features: ArrayLike) -> FloatArray:
    """Return the bits per weight of a rate in nats for a whole vector of `features` weights."""
    rate, d = _rate_and_features(rate_nats, features)
    return rate / (d * np.log(2.0))


def given_rate(
    rate_nats: ArrayLike | None, bits_per_weight: ArrayLike | None, features: int | FloatArray, name: str = "rate_nats"
) -> Any:
    """Return the rate in nats of a whole vector, from the one of the two arguments that a caller gave.

    A rate in nats is returned as it is, for the function that uses it checks it; `features` are checked already.

    Raises
    ------
    LinregCompressError
        If not exactly one is given.

    Examples
    --------
    >>> round(float(given_rate(None, 1.0, 50)), 4)
    34.6574
    """
    if bits_per_weight is None:
        if rate_nats is None:
            raise LinregCompressError(f"a rate is missing: use either bits_per_weight= or {name}=.")
        return rate_nats
    if rate_nats is not None:
        raise LinregCompressError(f"use either bits_per_weight= or {name}=, not both.")
    bits = valid.nonnegative("bits_per_weight", bits_per_weight)
    valid.together(features=features, bits_per_weight=bits)
    with np.errstate(over="ignore"):
        nats = bits * features * np.log(2.0)
    if not np.isfinite(nats).all():
        raise InvalidInputError("bits_per_weight", "must be a rate below 1.8e308 nats", valid.shown(bits_per_weight))
    return nats


def normalized_distortion(rate_nats: ArrayLike, features: ArrayLike) -> FloatArray:
    """Fraction of a white Gaussian source's variance left at a rate, ``delta = exp(-2 R / d)``.

    Parameters
    ----------
    rate_nats : array_like
        R, nats for the whole vector.
    features : array_like of int
        d; broadcasts against the rate.

    Returns
    -------
    ndarray
        delta in [0, 1]: 1 at rate 0, 0 at infinite rate.

    Examples
    --------
    >>> float(normalized_distortion(0.0, 50))
    1.0
    >>> round(float(normalized_distortion(rate_nats_from_bits(1.0, 50), 50)), 12)
    0.25
    """
    return np.exp(log_distortion(*_rate_and_features(rate_nats, features)))


def kept_fraction(rate_nats: ArrayLike, features: ArrayLike) -> FloatArray:
    """Return ``1 - delta``, exact to the last digit even where the rate is tiny."""
    return -np.expm1(log_distortion(*_rate_and_features(rate_nats, features)))


def _rate_and_features(rate_nats: ArrayLike, features: ArrayLike) -> tuple[FloatArray, FloatArray]:
    rate, d = valid.nonnegative("rate_nats", rate_nats), valid.counts("features", features)
    valid.together(features=d, rate_nats=rate)
    return rate, d


def log_distortion(rate: FloatArray | float, features: FloatArray | int) -> Any:
    """Return ``ln delta``, for arguments that are checked already."""
    with np.errstate(over="ignore"):  # twice the largest rates are infinite, and leave nothing
        return -2 * rate / features


def distortion_rate(variance: ArrayLike, rate_nats: ArrayLike, features: ArrayLike = 1) -> FloatArray:
    """Distortion-rate function of a white Gaussian source, ``D(R) = variance exp(-2 R / d)`` per component.

    Examples
    --------
    >>> float(distortion_rate(4.0, np.log(2.0)))
    1.0
    """
    each, rate, d = valid.nonnegative("variance", variance), *_rate_and_features(rate_nats, features)
    valid.together(variance=each, rate_nats=rate, features=d)
    return each * normalized_distortion(rate, d)


def rate_distortion(variance: ArrayLike, distortion: ArrayLike, features: ArrayLike = 1) -> FloatArray:
    """Rate-distortion function of a white Gaussian source, ``R(D) = (d/2) ln(variance / D)`` nats, 0 above the variance.

    `distortion` is per component; at distortion 0 the rate is infinite.

    Examples
    --------
    >>> round(float(rate_distortion(4.0, 1.0)), 6)
    0.693147
    >>> float(rate_distortion(1.0, 2.0))
    0.0
    """
    variance = valid.nonnegative("variance", variance)
    distortion = valid.nonnegative("distortion", distortion)
    d = valid.counts("features", features)
    valid.together(variance=variance, distortion=distortion, features=d)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # near each other the difference keeps the digits, far apart the quotient does not overflow
        nats = np.where(
            distortion > variance / 2, np.log1p((variance - distortion) / distortion), np.log(variance) - np.log(distortion)
        )
    per_component = np.where(distortion >= variance, 0.0, nats / 2)
    return (d * per_component)[()]


@readable
@dataclass(frozen=True, eq=False)
class WaterFilling:
    """An optimal split of a rate over independent Gaussian components."""

    water_level: FloatArray
    """theta, shape (...): every component is left with the distortion ``min(theta, variance_j)``."""
    distortions: FloatArray
    """``D_j``, shape (..., d), in the units of the variances."""
    normalized_distortions: FloatArray
    """``delta_j = D_j / variance_j``, shape (..., d); 1 for a dropped component."""
    kept_fractions: FloatArray
    """``1 - delta_j``, shape (..., d), without cancellation."""
    rates_nats: FloatArray
    """``(1/2) ln(1 / delta_j)``, shape (..., d); they sum to the total rate."""


def reverse_water_filling(variances: ArrayLike, rate_nats: ArrayLike) -> WaterFilling:
    """Split a total rate over independent Gaussian components so that the total distortion is least.

    The optimum leaves every component the same distortion theta, except those whose variance is below theta: they get
    no rate at all and are dropped. Cover and Thomas, 2nd ed., theorem 10.3.3; derivation ``reverse-water-filling``.

    Parameters
    ----------
    variances : array_like, shape (..., d)
        Variances of the components, zero or positive.
    rate_nats : array_like, shape (...)
        Total rate; broadcasts against the leading axes.

    Examples
    --------
    Three components, half a bit each if split evenly; the weakest one gets nothing:

    >>> split = reverse_water_filling([4.0, 2.0, 0.25], 1.5 * np.log(2.0))
    >>> split.distortions.round(6).tolist()
    [1.0, 1.0, 0.25]
    >>> float(split.rates_nats.sum().round(6))
    1.039721
    """
    variances = valid.nonnegative("variances", variances)
    if variances.ndim == 0 or variances.shape[-1] == 0:
        raise InvalidInputError("variances", "must hold at least one component", f"shape {variances.shape}")
    rate = valid.nonnegative("rate_nats", rate_nats)
    valid.together(**{"the leading axes of variances": variances[..., 0], "rate_nats": rate})
    return _reverse_water_filling(variances, rate)


def _reverse_water_filling(variances: FloatArray, rate: FloatArray) -> WaterFilling:
    largest = variances.max(axis=-1, keepdims=True)
    if not (largest > 0).all():
        raise InvalidInputError("variances", "must not all be zero", 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(variances / largest)  # relative to the largest, so that tiny rates keep their digits
        descending = -np.sort(-logs, axis=-1)
        size = np.arange(1, variances.shape[-1] + 1)
        totals = np.cumsum(descending, axis=-1)
        # the rate at which the k-th largest component starts to be coded; k components are active above it
        thresholds = (totals - size * descending) / 2
        active = np.maximum((thresholds < rate[..., None]).sum(axis=-1), 1)
        shape = (*np.broadcast_shapes(totals.shape[:-1], rate.shape), totals.shape[-1])
        total = np.take_along_axis(np.broadcast_to(totals, shape), active[..., None] - 1, axis=-1)[..., 0]
        log_level = (total - 2 * rate) / active
        rates = np.maximum((logs - log_level[..., None]) / 2, 0.0)
    normalized = np.exp(-2 * rates)
    return WaterFilling(
        water_level=largest[..., 0] * np.exp(log_level),
        distortions=variances * normalized,
        normalized_distortions=normalized,
        kept_fractions=-np.expm1(-2 * rates),
        rates_nats=rates,
    )
