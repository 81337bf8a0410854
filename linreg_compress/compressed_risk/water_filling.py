"""Design-aware compression under a prior: the water-filled population risk and its best rate.

In the eigenbasis of G the coordinate of eigenvalue g_j has variance ``s_j = tau^2 g_j + sigma^2``. Reverse water-filling
leaves ``D_j = min(theta, s_j)`` of it, ``delta_j = D_j / s_j``, and then, given X,

    distortion = (1/n) sum_j D_j,      excess = sum_j [(1 - delta_j) sigma^2 + delta_j tau^2 g_j] / g_j.

A direction gains from being dropped when ``tau^2 g_j < sigma^2``; those are the first that water-filling drops, so the
population risk can be U-shaped in the rate: derivation ``water-filled-risk``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.averaged import averaged_risks
from linreg_compress.compressed_risk.formulas import exact_risks, require_match
from linreg_compress.compressed_risk.gaussian_channel import aware_closed_form
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.information.rate_distortion import given_rate, reverse_water_filling
from linreg_compress.least_squares.spectrum import MarchenkoPastur
from linreg_compress.model import LinearModel


def water_filled_risks(
    eigenvalues: ArrayLike,
    samples: int,
    noise_variance: float,
    signal_variance: float,
    rate_nats: ArrayLike | None = None,
    *,
    bits_per_weight: ArrayLike | None = None,
) -> CompressedRisks:
    """Expected risks given the spectrum of ``G = X^T X``, over the noise, the prior and the code (Sigma = I).

    Parameters
    ----------
    eigenvalues : array_like, shape (..., d)
        g_j, positive.
    samples : int
        n.
    noise_variance, signal_variance : float
        sigma^2 and tau^2.
    rate_nats, bits_per_weight : array_like, shape (...)
        R for the whole vector, or R / (d ln 2); one of the two. It broadcasts against the leading axes of the spectra.

    Returns
    -------
    CompressedRisks
        Arrays of shape (...).

    Examples
    --------
    A strong and a weak direction. At a low rate the weak one is dropped, and the population risk falls below its value
    at infinite rate, 1 + 1/50 + 1:

    >>> risks = water_filled_risks([50.0, 1.0], samples=60, noise_variance=1.0, signal_variance=0.5, rate_nats=2.0)
    >>> round(float(risks.population_risk), 4), round(float(risks.population_risk_change), 4)
    (1.7539, -0.2661)
    """
    g = valid.positive("eigenvalues", eigenvalues, "Water-filling needs samples >= features and a regular design.")
    n = valid.count("samples", samples)
    s2 = valid.positive_number("noise_variance", noise_variance)
    t2 = valid.nonnegative_number("signal_variance", signal_variance)
    d = _features(g)
    if d > n:
        raise InvalidInputError("samples", f"must be at least the number of eigenvalues {d}", n)
    rate = valid.nonnegative("rate_nats", given_rate(rate_nats, bits_per_weight, d))
    name = "rate_nats" if bits_per_weight is None else "bits_per_weight"
    valid.together(**{"the leading axes of eigenvalues": g[..., 0], name: rate})
    split = reverse_water_filling(t2 * g + s2, rate)
    delta, keep = split.normalized_distortions, split.kept_fractions
    excess = (keep * s2 / g + delta * t2).sum(axis=-1)
    distortion = split.distortions.sum(axis=-1) / n
    generalization = (keep * s2 / g + keep * s2 / n + delta * t2 * (1 - g / n)).sum(axis=-1)
    return CompressedRisks(
        empirical_risk=s2 * (n - d) / n + distortion,
        population_risk=s2 + excess,
        generalization_error=generalization,
        excess_risk=excess,
        distortion=distortion,
        population_risk_change=(delta * (t2 - s2 / g)).sum(axis=-1),
        normalized_distortion=split.distortions.sum(axis=-1) / (t2 * g + s2).sum(axis=-1),
    )


def _features(eigenvalues: FloatArray) -> int:
    if eigenvalues.ndim == 0 or eigenvalues.shape[-1] == 0:
        raise InvalidInputError("eigenvalues", "must hold at least one eigenvalue", f"shape {eigenvalues.shape}")
    return eigenvalues.shape[-1]


@dataclass(frozen=True)
class BestRate:
    """The rate of least population risk."""

    rate_nats: float
    """inf where no compression is best."""
    population_risk: float
    """E L_mu at that rate, squared units of y."""
    dropped_directions: int
    """Number of directions that get no rate there."""


def best_water_filling_rate(eigenvalues: ArrayLike, noise_variance: float, signal_variance: float) -> BestRate:
    """Find the rate at which the water-filled population risk is least, exactly.

    Between two neighbouring variances s_j the risk is linear in the water level theta with slope
    ``sum over s_j > theta of (tau^2 g_j - sigma^2) / (g_j s_j)``. Raising theta drops the smallest s_j first, and those
    are the negative terms, so the slope changes sign at most once, from - to +: the minimum is at theta = 0 (infinite
    rate) or at one of the s_j.

    Parameters
    ----------
    eigenvalues : array_like, shape (d,)
        g_j, positive.
    noise_variance, signal_variance : float
        sigma^2 and tau^2.

    Examples
    --------
    >>> best_water_filling_rate([50.0, 1.0], 1.0, 0.5).dropped_directions
    1
    >>> best_water_filling_rate([50.0, 40.0], 1.0, 0.5).rate_nats
    inf
    """
    g = valid.positive("eigenvalues", eigenvalues)
    _features(g)
    if g.ndim != 1:
        raise InvalidInputError("eigenvalues", "must be one spectrum, a vector", f"shape {g.shape}")
    g = np.sort(g)
    s2 = valid.positive_number("noise_variance", noise_variance)
    t2 = valid.nonnegative_number("signal_variance", signal_variance)
    source = t2 * g + s2
    terms = (t2 * g - s2) / (g * source)
    slopes = np.cumsum(terms[::-1])[::-1]  # slopes[k]: on the interval where components k, k+1, ... are active
    rising = np.flatnonzero(slopes >= 0)
    drop = int(rising[0]) if rising.size else g.size
    if drop == 0:
        return BestRate(float("inf"), float(s2 + (s2 / g).sum()), 0)
    level = source[drop - 1]
    delta = np.minimum(level / source, 1.0)
    risk = s2 + float(((1 - delta) * s2 / g + delta * t2).sum())
    return BestRate(float(abs(np.log(delta).sum()) / 2), risk, int((source <= level).sum()))


def expected_water_filled_risks(
    samples: int,
    features: int,
    noise_variance: float,
    signal_variance: float,
    rate_nats: float | None = None,
    *,
    bits_per_weight: float | None = None,
    spectra: int = 4096,
    rng: np.random.Generator | None = None,
) -> CompressedRisks:
    """Average the water-filled risks over Gaussian designs, with exact draws of the spectrum.

    No closed form is known at finite n and d. The draws cost O(d^2) each (`draw_spectra`), and the control variates of
    `average_over_spectra` take most of the noise away.

    Parameters
    ----------
    samples, features : int
        n and d, n >= d. For n in {d, d + 1} and a positive rate the population risk is infinite.
    noise_variance, signal_variance : float
        sigma^2 and tau^2.
    rate_nats, bits_per_weight : float
        R for the whole vector, or R / (d ln 2), the same for every design; one of the two.
    spectra : int, default 4096
        How many are drawn, at least 16.
    rng : numpy.random.Generator, optional
        A fixed stream by default, so that the same question has the same answer.

    Notes
    -----
    For n in {d + 2, d + 3} the variance of 1 / g_j is infinite: the mean exists, but the standard error is only indicative.

    Examples
    --------
    >>> average = expected_water_filled_risks(80, 50, 1.0, 0.02, 30.0, spectra=512)
    >>> bool(average.errors["population_risk_change"] < 0.01)
    True
    """
    n, d = valid.count("samples", samples), valid.count("features", features)
    if n < d:
        raise UnsupportedModelError(f"a design-aware code needs samples >= features; got {n} and {d}.")
    rate = valid.nonnegative_number("rate_nats", given_rate(rate_nats, bits_per_weight, d))

    def given(g: FloatArray) -> CompressedRisks:
        return water_filled_risks(g, n, noise_variance, signal_variance, rate)

    infinite = ("population_risk", "excess_risk", "generalization_error") if n <= d + 1 and rate > 0 else ()
    return averaged_risks(given, n, d, spectra=spectra, rng=rng, infinite=infinite)


@exact_risks.register
def aware_risks(channel: AwareGaussianChannel, model: LinearModel, spectra: int = 4096) -> CompressedRisks:
    """Return the risks of a channel that was built for `model`: with a prior they are an average over spectra."""
    n, d, s2 = model.samples, model.features, model.noise_variance
    signal = require_match(model, channel)
    if signal == 0:
        return aware_closed_form(*np.array([n, d, s2, channel.normalized_distortion, channel.kept]))
    if not model.has_identity_covariance:
        raise UnsupportedModelError(
            "design-aware compression under a prior is known for the identity covariance; give the spectrum of your design "
            "to water_filled_risks instead."
        )
    return expected_water_filled_risks(n, d, s2, signal, channel.rate_nats, spectra=spectra)


def water_filled_risks_limit(
    ratio: float,
    noise_variance: float,
    signal_energy: float,
    rate_nats_per_weight: float | None = None,
    *,
    bits_per_weight: float | None = None,
) -> CompressedRisks:
    """Limit of the water-filled risks as n, d grow with d / n -> ratio, ``d tau^2 -> signal_energy`` and R / d fixed.

    Eigenvalues of G / n follow the Marchenko-Pastur law; with ``rho = signal_energy / ratio`` a direction of eigenvalue s
    has source variance ``rho s + sigma^2``.

    Parameters
    ----------
    ratio : float
        gamma in (0, 1).
    noise_variance : float
        sigma^2.
    signal_energy : float
        Limit of E |w* - c|^2.
    rate_nats_per_weight, bits_per_weight : float
        R / d, or R / (d ln 2); one of the two.

    Examples
    --------
    At rate zero everything is dropped, and the excess risk is the energy of the signal:

    >>> round(float(water_filled_risks_limit(0.5, 1.0, 0.7, 0.0).excess_risk), 12)
    0.7
    """
    law = MarchenkoPastur(ratio)
    gamma = law.ratio
    s2 = valid.positive_number("noise_variance", noise_variance)
    rho = valid.nonnegative_number("signal_energy", signal_energy) / gamma
    given = given_rate(rate_nats_per_weight, bits_per_weight, 1, "rate_nats_per_weight")
    rate = valid.nonnegative_number("rate_nats_per_weight", given)
    log_level = _limit_log_level(law, s2, rho, rate)
    kink = (np.exp(log_level) - s2) / rho if rho > 0 else 0.0
    s, weights = law.nodes([kink])
    source = rho * s + s2
    half_logs = np.maximum((np.log(source) - log_level) / 2, 0.0)
    delta, keep = np.exp(-2 * half_logs), -np.expm1(-2 * half_logs)
    excess = gamma * float(weights @ (keep * s2 / s + delta * rho))
    distortion = gamma * float(weights @ (delta * source))
    generalization = gamma * float(weights @ (keep * s2 / s + keep * s2 + delta * rho * (1 - s)))
    values = {
        "empirical_risk": s2 * (1 - gamma) + distortion,
        "population_risk": s2 + excess,
        "generalization_error": generalization,
        "excess_risk": excess,
        "distortion": distortion,
        "population_risk_change": gamma * float(weights @ (delta * (rho - s2 / s))),
        "normalized_distortion": distortion / (gamma * float(weights @ source)),
    }
    plain: dict[str, Any] = {name: np.array(value)[()] for name, value in values.items()}
    return CompressedRisks(**plain)


def _limit_log_level(law: MarchenkoPastur, s2: float, rho: float, rate: float) -> float:
    """Log of the water level that spends `rate` nats a weight under the limit law."""
    from scipy.optimize import brentq

    low, high = (np.log(rho * end + s2) for end in law.support)
    if rate == 0:
        return float(high)

    def spent(log_level: float) -> float:
        kink = (np.exp(log_level) - s2) / rho if rho > 0 else 0.0
        s, weights = law.nodes([kink])
        return float(weights @ np.maximum(np.log(rho * s + s2) - log_level, 0.0)) / 2 - rate

    if spent(low) <= 0:  # every direction is active at this rate: the level moves one for one with it
        return float(low + 2 * spent(low))
    return float(brentq(spent, low, high, xtol=1e-15, rtol=1e-14))  # tuning: tolerances of the last digits
