"""Rate distortion of any finite source by Blahut-Arimoto, with certified bounds on both sides.

At slope s the least ``R + s D`` over all channels is a minimum over output laws q, and a maximum over multipliers l:

    min_q -sum_x p(x) ln Z(x),                  Z(x) = sum_y q(y) exp(-s d(x, y))
    max_l  sum_x p(x) ln l(x)  such that  c(y) = sum_x p(x) l(x) exp(-s d(x, y)) <= 1  for every y.

Any q is a code, the channel ``q(y) exp(-s d(x, y)) / Z(x)``, whose distortion D and mutual information bound R(D) from
above; any l, divided by ``max_y c(y)``, bounds it from below: ``R(D) >= sum_x p ln l - ln max c - s D``.
Sources: Blahut 1972, theorem 6; Csiszar 1974; Berger 1971, theorem 2.5.3; Cover and Thomas, 2nd ed., section 10.8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.records import readable

GAP_NATS = 1e-6
_ITERATIONS = 100  # tuning: at most
_BLAHUT_STEPS = 10  # tuning: to start with
_SPREAD = 0.01  # tuning: mass that is spread over all outputs at the start
_CENTERING = 0.1  # tuning: of the mean complementarity is aimed at
_INSIDE = 0.95  # tuning: of the way to the border is taken
_RATES_TRIED = 60  # tuning: at most
_ROUNDING = 1e-14  # tuning: of a bracket's ends
_SMALLEST_GAP = 1e-12


@readable
@dataclass(frozen=True, eq=False)
class RateDistortionPoint:
    """A channel that is nearly optimal at one slope, and the proof."""

    slope: float
    """``s = -dR/dD``, nats per unit of distortion."""
    rate_nats: float
    """Mutual information of the channel: an upper bound on R(distortion)."""
    lower_rate_nats: float
    """A lower bound on R(distortion)."""
    distortion: float
    """Mean distortion of the channel."""
    output_law: FloatArray
    """Probabilities q of the k reproductions, from which the channel ``q(y) exp(-s d(x, y)) / Z(x)`` is made."""
    log_multipliers: FloatArray
    """ln l of each of the m letters, the proof of the lower bound; -inf for letters that never occur."""

    @property
    def gap_nats(self) -> float:
        """Certified width of the interval that holds R(distortion)."""
        return self.rate_nats - self.lower_rate_nats

    def smallest_distortion(self, rate_nats: float) -> float:
        """Return a lower bound on D(rate) from the supporting line: every code has at least this ``R + s D``."""
        return self.distortion - (rate_nats - self.lower_rate_nats) / self.slope


@dataclass(frozen=True)
class DistortionBracket:
    """An interval that holds the distortion-rate function at one rate."""

    rate_nats: float
    """R, the rate asked for."""
    lower: float
    """``lower <= D(R)``."""
    upper: float
    """``D(R) <= upper``."""
    slope: float
    """``s = -dR/dD`` of the supporting line behind `lower`; inf where `lower` is the smallest distortion of all."""


@dataclass(frozen=True, eq=False)
class RateDistortionCurve:
    """Points of a rate-distortion function, which is convex: what lies between them is known, too."""

    points: tuple[RateDistortionPoint, ...]
    """In the order in which they were found."""
    zero_rate_distortion: float
    """D(0), of the best constant reproduction."""
    least_distortion: float
    """The distortion that no rate goes below."""

    def distortion_bracket(self, rate_nats: float) -> DistortionBracket:
        """Bracket D(rate): below, the highest supporting line; above, the time sharing of two points, or a smaller rate.

        Examples
        --------
        >>> curve = rate_distortion_curve([0.5, 0.5], [[0, 1], [1, 0]], [1.0, 2.0, 3.0])
        >>> found = curve.distortion_bracket(0.3)
        >>> round(found.lower, 4), round(found.upper, 4)
        (0.1331, 0.1384)
        """
        rate = valid.nonnegative_number("rate_nats", rate_nats)
        lines = [(self.least_distortion, float("inf"))]
        lines += [(point.smallest_distortion(rate), point.slope) for point in self.points]
        lower, slope = max(lines)
        if rate == 0:
            lower = self.zero_rate_distortion
        reached = [(0.0, self.zero_rate_distortion), *((point.rate_nats, point.distortion) for point in self.points)]
        upper = min(distortion for r, distortion in reached if r <= rate)
        for low, at_low in reached:
            for high, at_high in reached:
                if low <= rate < high:
                    upper = min(upper, at_low + (at_high - at_low) * (rate - low) / (high - low))
        # the two are computed apart: where they touch, rounding may cross them
        return DistortionBracket(rate, min(lower, upper), upper, slope)


def blahut_arimoto(
    source: ArrayLike, distortion: ArrayLike, slope: float, *, gap_nats: float = GAP_NATS / 2
) -> RateDistortionPoint:
    """Point of the rate-distortion function of a finite source where its slope is ``-slope``.

    Parameters
    ----------
    source : array_like, shape (m,)
        Probabilities of the letters; they are normalized, so a density on a grid will do.
    distortion : array_like, shape (m, k)
        ``d(x, y) >= 0`` of reproducing letter x as y; any weights are part of it.
    slope : float
        s, positive: nats per unit of distortion.
    gap_nats : float, default 5e-7
        Largest certified gap.

    Raises
    ------
    InvalidInputError
        If a probability or distortion is negative or not finite, the shapes do not fit, or no letter has probability.
    UnsupportedModelError
        If rounding keeps the gap above `gap_nats`.

    Examples
    --------
    A fair coin and the probability of a wrong bit D: R = ln 2 - H(D), of slope ln((1 - D) / D).

    >>> point = blahut_arimoto([0.5, 0.5], [[0, 1], [1, 0]], np.log(9.0))
    >>> round(point.distortion, 6), round(point.rate_nats, 6), point.gap_nats < 1e-6
    (0.1, 0.368064, True)
    """
    p, d = _checked(source, distortion)
    s = valid.positive_number("slope", slope)
    target = valid.positive_number("gap_nats", gap_nats)
    if target < _SMALLEST_GAP:
        raise InvalidInputError("gap_nats", f"must be at least {_SMALLEST_GAP}, for rounding", target)
    return _solve(p, d, s, target)


def rate_distortion_curve(source: ArrayLike, distortion: ArrayLike, slopes: ArrayLike) -> RateDistortionCurve:
    """Points of the rate-distortion function at several slopes, in the order given.

    Examples
    --------
    >>> curve = rate_distortion_curve([0.5, 0.5], [[0, 1], [1, 0]], [1.0, 2.0])
    >>> [round(point.rate_nats, 4) for point in curve.points], curve.zero_rate_distortion
    ([0.1109, 0.3278], 0.5)
    """
    p, d = _checked(source, distortion)
    points = tuple(blahut_arimoto(p, d, s) for s in valid.positive("slopes", slopes).ravel().tolist())
    return RateDistortionCurve(points, float((p @ d).min()), float(p @ d.min(axis=1)))


def distortion_rate_bracket(source: ArrayLike, distortion: ArrayLike, rate_nats: float) -> DistortionBracket:
    """Bracket the distortion-rate function of a finite source at a rate; its width times the slope is at most 1e-6 nats.

    Examples
    --------
    >>> found = distortion_rate_bracket([0.5, 0.5], [[0, 1], [1, 0]], 0.368064)
    >>> round(found.lower, 5), round(found.upper, 5)
    (0.1, 0.1)
    """
    p, d = _checked(source, distortion)
    ends = RateDistortionCurve((), float((p @ d).min()), float(p @ d.min(axis=1)))
    return approach_rate(
        lambda slope: blahut_arimoto(p, d, slope, gap_nats=GAP_NATS / 4), ends, rate_nats
    ).distortion_bracket(rate_nats)


def approach_rate(
    solve: Callable[[float], RateDistortionPoint], curve: RateDistortionCurve, rate_nats: float
) -> RateDistortionCurve:
    """Add points to a curve until the width of its bracket at a rate, times the slope, is at most 1e-6 nats.

    Parameters
    ----------
    solve : callable
        Point of the curve at a slope, of a gap well below 1e-6.
    curve : RateDistortionCurve
        May have no points yet.

    Raises
    ------
    UnsupportedModelError
        If the bracket stays wider, as for a source whose whole entropy is below 1e-6 nats.
    """
    rate = valid.nonnegative_number("rate_nats", rate_nats)
    points = list(curve.points)
    span = curve.zero_rate_distortion - curve.least_distortion  # tuning: for the first slope alone
    for _ in range(_RATES_TRIED):
        known = RateDistortionCurve(tuple(points), curve.zero_rate_distortion, curve.least_distortion)
        bracket = known.distortion_bracket(rate)
        width = bracket.upper - bracket.lower
        steepest = max((point.slope for point in points), default=float("inf"))
        if width <= _ROUNDING * known.zero_rate_distortion or width * min(bracket.slope, steepest) <= GAP_NATS:
            return known
        # tuning: which slope is tried first
        points.append(solve(_next_slope(points, rate, known.zero_rate_distortion) if points else 1 / span))
    raise UnsupportedModelError(f"the bracket of D({rate:.6g} nats) stays {width:.3g} wide.")


def _next_slope(points: list[RateDistortionPoint], rate: float, zero_rate_distortion: float) -> float:
    """Return a slope whose point should lie at the rate: ``R = (1/2) ln s`` up to a constant for a Gaussian source."""
    # by slope, not by rate: along a straight piece of the curve the gap alone decides which rate comes out
    below = max((point for point in points if point.rate_nats <= rate), key=lambda p: p.slope, default=None)
    above = min((point for point in points if point.rate_nats > rate), key=lambda p: p.slope, default=None)
    if above is None:
        ahead = 0.0 if below is None else rate - below.rate_nats
        # tuning: which slope is tried next
        return max(point.slope for point in points) * float(np.exp(np.clip(2.1 * ahead, 0.3, 3.0)))
    if below is None:
        chord = above.rate_nats / max(zero_rate_distortion - above.distortion, _ROUNDING * zero_rate_distortion)
        return chord if chord < above.slope else above.slope / 2  # tuning: which slope is tried next
    # every other step halves, for interpolation alone may creep
    # tuning: which slope is tried next
    share = 0.5 if len(points) % 2 else (rate - below.rate_nats) / (above.rate_nats - below.rate_nats)
    return float(below.slope * (above.slope / below.slope) ** share)


def _checked(source: ArrayLike, distortion: ArrayLike) -> tuple[FloatArray, FloatArray]:
    p = valid.nonnegative("source", source)
    d = valid.nonnegative("distortion", distortion)
    if p.ndim != 1:
        raise InvalidInputError("source", "must be a vector of probabilities", f"shape {p.shape}")
    if d.ndim != 2 or d.shape[0] != p.size or d.shape[1] == 0:
        rule = f"must have a row for each of the {p.size} letters and at least one column"
        raise InvalidInputError("distortion", rule, f"shape {d.shape}")
    if not p.sum() > 0:
        raise InvalidInputError("source", "must not all be zero", float(p.sum()))
    return p / p.sum(), d


def _solve(p: FloatArray, d: FloatArray, s: float, target: float) -> RateDistortionPoint:
    """Find q and l at slope s; the bounds hold whatever they are.

    Blahut's iteration ``q <- q c`` with ``l = 1 / Z`` never raises ``R + s D``, but it creeps wherever the optimal law
    leaves outputs out, as nearly all do. So a few of its steps are the start, and Newton's method on ``l Z = 1`` and
    ``q (1 - c) = mu`` with mu -> 0 (a primal-dual interior point, feasible at every step) finishes in a dozen or two.
    """
    kept = p > 0
    nearest = d.min(axis=1)  # exp(-s (d - nearest)): a row never underflows as a whole
    far = (d - nearest[:, None])[kept]
    kernel, p = np.exp(-s * far), p[kept]
    q = np.full(d.shape[1], 1 / d.shape[1])
    for _ in range(_BLAHUT_STEPS):
        q = q * ((p / (kernel @ q)) @ kernel)
    q = (1 - _SPREAD) * q / q.sum() + _SPREAD / q.size
    z = kernel @ q
    nu = p / z
    nu /= 2 * (nu @ kernel).max()
    for _ in range(_ITERATIONS):
        c, law = nu @ kernel, q / q.sum()
        lower = float(p @ np.log(nu / p)) - float(np.log(c.max()))
        channel = kernel * (law / (kernel @ law)[:, None])
        mass = p @ channel
        used = mass > 0
        excess = float(p @ (channel * far).sum(axis=1))
        free = -float(p @ np.log(kernel @ law)) - float(mass[used] @ np.log(mass[used] / law[used]))
        if free - lower <= target:
            break
        q, nu = _interior_step(p, kernel, q, nu)
    else:
        raise UnsupportedModelError(f"the gap at slope {s:.6g} stays at {free - lower:.3g} nats, above {target:.3g}.")
    multipliers = np.full(kept.size, -np.inf)
    multipliers[kept] = np.log(nu / p) - np.log(c.max()) + s * nearest[kept]
    rate = max(free - s * excess, 0.0)
    return RateDistortionPoint(
        slope=s,
        rate_nats=rate,
        lower_rate_nats=min(lower - s * excess, rate),
        distortion=excess + float(p @ nearest[kept]),
        output_law=law,
        log_multipliers=multipliers,
    )


def _interior_step(p: FloatArray, kernel: FloatArray, q: FloatArray, nu: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Take a Newton step towards ``nu z = p`` and ``q w = mu``, with ``z = kernel q`` and the slack ``w = 1 - nu kernel``.

    Both are linear in q and nu, so the pair stays feasible, and nu stays a proof, at every step.
    """
    z, w = kernel @ q, 1 - nu @ kernel
    mu = _CENTERING * float(q @ w) / q.size
    root = np.sqrt(q / w)
    scaled = np.sqrt(nu / z)[:, None] * kernel * root
    matrix = scaled.T @ scaled
    matrix[np.diag_indices_from(matrix)] += 1
    dq = root * np.linalg.solve(matrix, root * (mu / q - w + (p / z - nu) @ kernel))
    dz = kernel @ dq
    dnu = (p - nu * z - nu * dz) / z
    dw = -(dnu @ kernel)
    fall = max(float((-dq / q).max()), float((-dz / z).max()), 1e-300)  # tuning: 1e-300 only avoids a division by 0
    fall_nu = max(float((-dnu / nu).max()), float((-dw / w).max()), 1e-300)  # tuning: the same
    q, nu = q + min(1.0, _INSIDE / fall) * dq, nu + min(1.0, _INSIDE / fall_nu) * dnu
    return q, nu
