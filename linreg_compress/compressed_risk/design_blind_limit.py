"""The true distortion-rate function of a design-blind code of one weight, next to the two Gaussian formulas around it.

Setting. d = 1, Sigma = 1, codebook centred at the true weight. The source is ``u = W - w* ~ (sigma / sqrt(n)) t_n`` and an
encoder that sees u alone pays, for the reproduction v, the expected increase of the empirical risk

    d(u, v) = ((n + 1) / n) (sigma^2 / (sigma^2 + u^2)) (u - v)^2.

Statement. ``sigma^2 exp(-2 R) / n  <=  D(R)  <=  increase of the blind Gaussian channel at R``. On the left is the code
that knows the design, which can imitate every code that does not; on the right a channel whose information is at most R.
"""

from dataclasses import dataclass, replace

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks, blind_channel_risks
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.information.blahut_arimoto import (
    GAP_NATS,
    RateDistortionCurve,
    RateDistortionPoint,
    approach_rate,
    blahut_arimoto,
)
from linreg_compress.information.rate_distortion import given_rate

_LARGEST_RATE = 2.5  # nats; the grids grow like exp(R)
_TAIL = 1e-13  # tuning: density of t, relative to its peak, where the source is cut off; the distortion of v = 0 is bounded
_NODES = 3.0  # tuning: a kernel's width, where the trapezoid rule is exact
_OUTPUTS = 2.0  # tuning: a kernel's width, at first
_SCANNED = 30.0  # tuning: a kernel's width
_ROUNDS = 12  # tuning: at most
_CHUNK = 400  # tuning: points held at once
_ENOUGH = GAP_NATS / 2
_PROGRAM_GAP = GAP_NATS / 10  # tuning: of one program; the maximum over all outputs takes the rest


@dataclass(frozen=True)
class DesignBlindLimit:
    """How far the Gaussian formula is from the truth for a design-blind code of one weight."""

    samples: int
    """n."""
    noise_variance: float
    """sigma^2."""
    rate_nats: float
    """R."""
    lower: float
    """``lower <= D(R)``, D(R) the least increase of the empirical risk by any code of W alone."""
    upper: float
    """``D(R) <= upper``."""
    aware: float
    """``sigma^2 exp(-2 R) / n``, of the code that knows the design."""
    gaussian_channel: float
    """Increase by the blind Gaussian channel."""
    slope: float
    """``-dR/dD`` of the supporting line behind `lower`, nats per squared unit of y."""
    gap_nats: float
    """The bracket's width times the slope."""


def design_blind_limit(
    samples: int, rate_nats: float | None = None, noise_variance: float = 1.0, *, bits_per_weight: float | None = None
) -> DesignBlindLimit:
    """Bracket the distortion-rate function of design-blind codes for d = 1, Sigma = 1, codebook at the true weight.

    Parameters
    ----------
    samples : int
        n, at least 3: the Gaussian channel needs weights of finite variance.
    rate_nats, bits_per_weight : float
        R, from 0 to 2.5, or R / ln 2; one of the two.
    noise_variance : float, default 1
        sigma^2.

    Returns
    -------
    DesignBlindLimit
        A bracket at most 1e-6 nats wide; quadrature moves it by 1e-10 relative.

    Raises
    ------
    InvalidInputError
        If the rate is above 2.5 nats, where the grids become too large.
    UnsupportedModelError
        If n < 3.

    Examples
    --------
    Half a bit, ten samples: not knowing the design costs 9.1 %, the Gaussian channel another 3.1 %.

    >>> found = design_blind_limit(10, bits_per_weight=0.5)
    >>> round(found.aware, 6), round(found.lower, 6), round(found.upper, 6), round(found.gaussian_channel, 6)
    (0.05, 0.054555, 0.054555, 0.05625)
    >>> found.gap_nats < 1e-6
    True
    """
    n, rate, s2 = (
        valid.count("samples", samples),
        valid.nonnegative_number("rate_nats", given_rate(rate_nats, bits_per_weight, 1)),
        valid.positive_number("noise_variance", noise_variance),
    )
    channel = float(blind_channel_risks(n, 1, s2, rate).distortion)
    aware = float(aware_channel_risks(n, 1, s2, rate).distortion)
    if rate > _LARGEST_RATE:
        raise InvalidInputError("rate_nats", f"must be at most {_LARGEST_RATE}", rate, "The grids grow like exp(R).")
    if rate == 0:
        return DesignBlindLimit(n, s2, rate, aware, aware, aware, channel, n / (2 * s2), 0.0)
    none = RateDistortionCurve((), 1 / n, 0.0)  # in units of sigma^2
    # the slope is found on a fixed grid of reproductions, the bracket from certified points around it
    start = approach_rate(lambda slope: _on_a_grid(n, slope), none, rate).distortion_bracket(rate).slope
    fine = RateDistortionCurve((certified_point(n, start),), 1 / n, 0.0)
    bracket = approach_rate(lambda slope: certified_point(n, slope), fine, rate).distortion_bracket(rate)
    return DesignBlindLimit(
        samples=n,
        noise_variance=s2,
        rate_nats=rate,
        lower=s2 * bracket.lower,
        upper=s2 * bracket.upper,
        aware=aware,
        gaussian_channel=channel,
        slope=bracket.slope / s2,
        gap_nats=bracket.slope * (bracket.upper - bracket.lower),
    )


def certified_point(n: int, slope: float) -> RateDistortionPoint:
    """Point of the distortion-rate function for sigma = 1, where outputs may be any real numbers.

    A discrete law of outputs is a code (upper bound), and the lower bound of the dual needs the maximum over all v of

        c(v) = sum_i p_i lambda_i exp(-s d(u_i, v)).

    Outputs are added where c exceeds 1 until the gap, with the maximum of c over all v, is below 5e-7 nats.
    """
    u, p, w = _source(n, slope)
    v = np.sinh(_grid(n, slope, _OUTPUTS))
    scan = np.sinh(_grid(n, slope, _SCANNED))
    scan = scan[scan.size // 2 :]  # c is even
    for _ in range(_ROUNDS):
        point = blahut_arimoto(p, w[:, None] * (u[:, None] - v) ** 2, slope, gap_nats=_PROGRAM_GAP)
        multipliers = np.exp(point.log_multipliers)
        multipliers = (multipliers + multipliers[::-1]) / 2  # the logarithm is concave: no worse
        largest, peaks = _maximum(p * multipliers, slope * w, u, scan)
        lower = float(p @ np.log(multipliers)) - np.log(largest) - slope * point.distortion
        point = replace(point, lower_rate_nats=min(float(lower), point.rate_nats))
        if point.gap_nats <= _ENOUGH:
            return point
        v = np.unique(np.concatenate([v, peaks, -peaks]))
    raise UnsupportedModelError(f"the gap at slope {slope:.6g} stays at {point.gap_nats:.3g} nats.")


def _maximum(mass: FloatArray, steep: FloatArray, u: FloatArray, scan: FloatArray) -> tuple[float, FloatArray]:
    """Return an upper bound on ``c(v) = sum mass exp(-steep (u - v)^2)`` over the scanned range, and its high peaks.

    It is taken from the cubic Hermite spline through c and c', whose error on an interval of length h is at most
    ``h^4 / 384 max |c''''|``; the fourth derivative is bounded term by term. Beyond the outermost u, c falls.
    """
    from scipy.interpolate import CubicHermiteSpline

    values, slopes, errors = [], [], []
    for start in range(0, scan.size - 1, _CHUNK):
        v = scan[start : start + _CHUNK + 1]
        away = u[:, None] - v
        squared = steep[:, None] * away**2
        kernel = np.exp(-squared)
        values.append((mass @ kernel)[:-1])
        slopes.append((2 * mass * steep) @ (kernel * away)[:, :-1])
        # |d^4/dv^4 exp(-x^2)| = steep^2 |16 x^4 - 48 x^2 + 12| exp(-x^2), each factor at its largest on an interval
        height = np.maximum(kernel[:, :-1], kernel[:, 1:])
        height[away[:, :-1] * away[:, 1:] <= 0] = 1.0
        far = np.maximum(squared[:, :-1], squared[:, 1:])
        fourth = (mass * steep**2) @ ((16 * far**2 + 48 * far + 12) * height)
        errors.append(np.diff(v) ** 4 / 384 * fourth)
    last = np.exp(-steep * (u - scan[-1]) ** 2)
    values.append(np.array([mass @ last]))
    slopes.append(np.array([2 * (mass * steep * (u - scan[-1])) @ last]))
    c, error = np.concatenate(values), np.concatenate(errors)
    spline = CubicHermiteSpline(scan, c, np.concatenate(slopes))
    turns = spline.derivative().roots(discontinuity=False, extrapolate=False)
    turns = turns[np.isfinite(turns)]
    heights = spline(turns)
    interval = np.clip(np.searchsorted(scan, turns, side="right") - 1, 0, error.size - 1)
    bound = max(float((np.maximum(c[:-1], c[1:]) + error).max()), float((heights + error[interval]).max(initial=0.0)))
    return bound, turns[heights > 1 + _ENOUGH / 100]  # tuning: where outputs are added


def _grid(n: int, slope: float, per_width: float) -> FloatArray:
    """Equally spaced t, symmetric about 0: kernels ``exp(-s d)`` have one width in t, ``1 / sqrt(2 s (n + 1) / n)``."""
    end = float(np.arccosh(_TAIL ** (-1 / n)))  # where sech(t)^n is the tail
    width = min(1 / np.sqrt(2 * slope * (n + 1) / n), 1 / np.sqrt(n))  # tuning: of the grids
    count = int(np.ceil(end / width * per_width))  # tuning: points of the grids
    t = np.arange(1, count + 1) * (end / count)
    return np.concatenate([-t[::-1], [0.0], t])


def _source(n: int, slope: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes u / sigma, their probabilities and the weights of their squared errors.

    With ``u = sigma sinh t`` the density is proportional to ``sech(t)^n``, so the trapezoid rule in t converges
    exponentially: the finite source that it makes stands for the continuous one.
    """
    t = _grid(n, slope, _NODES)
    p = np.cosh(t) ** -float(n)
    return np.sinh(t), p / p.sum(), (n + 1) / n / np.cosh(t) ** 2


def _on_a_grid(n: int, slope: float) -> RateDistortionPoint:
    u, p, w = _source(n, slope)
    v = np.sinh(_grid(n, slope, _OUTPUTS))
    return blahut_arimoto(p, w[:, None] * (u[:, None] - v) ** 2, slope)
