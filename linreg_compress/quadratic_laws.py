"""Laws of quadratic forms: chi-squares whose scale is itself random.

Every risk in this package is, in law, ``location + scale * chi^2_m`` with a random location and scale that depend on one
or two chi-square or Beta variables. Mixing over those is a smooth integral, and the trapezoid rule in the logarithm of a
chi-square (in the log-odds of a Beta) converges exponentially: the integrand is analytic and dies off at both ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.gamma_differences import log1p_minus, stirling_remainder
from linreg_compress.records import readable

_TAIL = 1e-25  # tuning: probability cut off at each end of a mixing variable
_TINY = float(np.finfo(float).tiny)
_UNSEEN = 1e-22  # tuning: a node's weight next to those of nodes that matter more at every point
DEEP = 1e-290  # tuning: in place of `_TAIL` where the far tail of a law is asked for
_WIDEST_STEP = 0.25  # tuning: |Gamma(k/2 + i w)| falls as exp(-pi w / 2), so this step leaves exp(-pi^2 / 0.25) = 7e-18
_FAR = 1e4  # noncentrality from which on F is nearly normal
_STEPS_PER_WIDTH = 1.7  # tuning: a Gaussian of width s sampled every s / 1.7 leaves 2 exp(-2 pi^2 1.7^2) = 3e-25


class Law(Protocol):
    """What a law of a risk can say; scipy's frozen distributions say the same."""

    def pdf(self, x: ArrayLike) -> FloatArray:
        """Probability density at `x`."""
        ...

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most `x`."""
        ...

    def sf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value above `x`."""
        ...

    def ppf(self, q: ArrayLike) -> FloatArray:
        """Quantile: the value that a share `q` of the draws does not exceed."""
        ...

    def mean(self) -> float:
        """Expectation; inf where it is infinite."""
        ...


def chi_square_nodes(
    degrees: int,
    smoothness: float,
    inverse_power: float = 0.0,
    tail: float = _TAIL,
    lowest: float = np.inf,
    upper_tail: float | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of E f(q) for ``q ~ chi^2_degrees``.

    Parameters
    ----------
    degrees : int
        Degrees of freedom, at least 1.
    smoothness : float
        Width, in ln q, of the sharpest feature of f.
    inverse_power : float, default 0
        f may grow like ``q^(-inverse_power)`` at 0; ``degrees > 2 inverse_power`` keeps E f finite.
    tail : float
        Probability cut off at each end; far less where f shifts the weight into a tail.
    lowest : float
        Logarithm of a q that the nodes reach down to at least.
    upper_tail : float, optional
        Probability cut off at the upper end, where it is not `tail`.

    Returns
    -------
    nodes, weights : ndarray
        The weights sum to 1.
    """
    upper = tail if upper_tail is None else upper_tail
    ends = special.gammaincinv(degrees / 2 - inverse_power, tail), special.gammainccinv(degrees / 2, upper)
    low, high = np.log(2 * np.array(ends) / degrees)
    no_double = 1500 / degrees  # tuning: below about this the density, exp(degrees / 2 (g + 1 - exp(g))) at worst, is 0
    low = max(min(low, lowest - np.log(degrees)), min(low, -np.sqrt(4.1 * no_double) - no_double))
    step = _step(np.sqrt(2 / degrees), smoothness)
    grid = np.arange(low, high + step, step)  # tuning: one node more or less where nothing is left
    density = np.exp(degrees / 2 * (grid - np.expm1(grid)))  # of ln(q / degrees), relative to its peak at 0
    return degrees * np.exp(grid), density / density.sum()


def beta_nodes(
    first: float, second: float, smoothness: float, tail: float = _TAIL
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes ``B``, their complements ``1 - B`` and the weights of E f(B) for ``B ~ Beta(first, second)``.

    `smoothness` is the width, in the log-odds of B, of the sharpest feature of f; `tail` is cut off at each end.
    """
    low = special.logit(special.betaincinv(first, second, tail))
    high = -special.logit(special.betaincinv(second, first, tail))
    step = _step(np.sqrt(1 / first + 1 / second), smoothness)
    grid = np.arange(low, high + step, step)  # tuning: one node more or less where nothing is left
    exponent = -first * np.logaddexp(0, -grid) - second * np.logaddexp(0, grid)
    density = np.exp(exponent - exponent.max())
    return special.expit(grid), special.expit(-grid), density / density.sum()


def pruned(scales: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Drop the nodes that no tail can see: a far heavier one has a larger scale, and another a smaller one."""
    order = np.argsort(scales)
    scales, weights = scales[order], weights[order]
    above = np.maximum.accumulate(weights[::-1])[::-1]
    below = np.maximum.accumulate(weights)
    seen = weights > _UNSEEN * np.minimum(above, below)
    return scales[seen], weights[seen]


def noncentral_f_below(power: float, d: float, freedom: float, signal: float) -> float:
    """Return the probability that d times F, noncentral by `signal`, is below `power`; F has d and `freedom` degrees."""
    if signal > _FAR:  # nearly normal, and slow
        spread = np.sqrt(2 * (d + 2 * signal) + 2 * (d + signal) ** 2 / freedom)
        return float(special.ndtr((power - d - signal) / spread))
    return float(special.ncfdtr(d, freedom, signal, power / d))


def _step(width: float, smoothness: float) -> float:
    """Return a step for a product of two bumps of these widths: their Fourier transforms convolve."""
    together = 1 / np.hypot(1 / width, 1 / smoothness)
    return float(min(_WIDEST_STEP, together / _STEPS_PER_WIDTH))


@readable
@dataclass(frozen=True, eq=False)
class ChiSquareMixture:
    """Law of ``location + scale * chi^2_degrees`` with a random pair (location, scale).

    Notes
    -----
    A probability near or below the one that the nodes leave out comes out too small: it is certain only that it is small.
    With nodes that leave out `DEEP` this concerns probabilities below 1e-280.

    Examples
    --------
    With one node it is a plain chi-square:

    >>> law = ChiSquareMixture(2, np.zeros(1), np.ones(1), np.ones(1), 2.0)
    >>> round(float(law.cdf(2.0)), 6), round(float(law.ppf(0.5)), 6)
    (0.632121, 1.386294)
    """

    degrees: int
    """Degrees of freedom of the chi-square."""
    locations: FloatArray
    """Shape (k,), one a node of the mixing variable."""
    scales: FloatArray
    """Shape (k,), one a node; a scale beyond the range of doubles becomes the largest double."""
    weights: FloatArray
    """Probabilities of the nodes, shape (k,)."""
    expectation: float
    """The mean, from its closed form: nodes cannot see that an integral diverges."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scales", valid.owned(np.minimum(self.scales, np.finfo(float).max)))
        object.__setattr__(self, "locations", valid.owned(self.locations))
        object.__setattr__(self, "weights", valid.owned(self.weights))

    def _mix(self, x: ArrayLike, kernel: Callable[[FloatArray], FloatArray], power: int) -> FloatArray:
        points = valid.doubles("x", x)
        with np.errstate(over="ignore"):  # one point at a time bounds the memory by the number of nodes
            values = [
                self.weights @ (kernel((point - self.locations) / self.scales) / self.scales**power)
                for point in points.ravel()
            ]
        return np.array(values, dtype=np.float64).reshape(points.shape)[()]

    def pdf(self, x: ArrayLike) -> FloatArray:
        """Probability density at `x`."""
        half = self.degrees / 2

        def density(z: FloatArray) -> FloatArray:
            share = np.clip(z, np.finfo(float).tiny, 1e300) / self.degrees  # of the mean
            # half ln(half) - half - ln Gamma(half) and ln(share) - share + 1, without the large terms that cancel in them
            peak = np.log(half / (2 * np.pi)) / 2 - stirling_remainder(half)
            core = np.where(share > 0.5, log1p_minus(np.maximum(share, 0.5) - 1), np.log(share) - share + 1)
            exponent = peak + half * core - np.log(share * half)
            return np.where(z > 0, np.exp(exponent) / 2, np.where(np.isnan(z), np.nan, 0.0))

        return self._mix(x, density, 1)

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most `x`."""
        return self._mix(x, lambda z: special.gammainc(self.degrees / 2, np.maximum(z, 0) / 2), 0)

    def sf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value above `x`, computed from the upper tail, to full digits as far down as the nodes reach."""
        return self._mix(x, lambda z: special.gammaincc(self.degrees / 2, np.maximum(z, 0) / 2), 0)

    def ppf(self, q: ArrayLike) -> FloatArray:
        """Quantile: the value that a share `q` of the draws does not exceed."""
        shares = valid.probabilities("q", q)
        return np.array([self._quantile(float(share)) for share in shares.ravel()]).reshape(shares.shape)[()]

    def _quantile(self, share: float) -> float:
        from scipy.optimize import brentq

        floor = float(self.locations.min())
        if share == 0:
            return floor
        if share == 1:
            return float("inf")

        # a height of the bulk; the mean may be infinite, or its scale leave the range of doubles
        typical = np.log(self.degrees) + self.weights @ np.log(np.maximum(self.scales, _TINY))
        above = float(self.weights @ (self.locations - floor))
        unit = float(np.exp(typical)) + above

        def excess(log_height: float) -> float:
            with np.errstate(over="ignore"):
                point = floor + unit * np.exp(log_height)
            # the smaller of the two tails keeps its digits
            return float(self.cdf(point) - share) if share <= 0.5 else float((1 - share) - self.sf(point))

        low, high = -1.0, 1.0
        while excess(low) > 0:
            low *= 2  # tuning: any bracket will do
        while excess(high) < 0:
            high *= 2  # tuning: any bracket will do
        with np.errstate(over="ignore"):
            return floor + unit * float(np.exp(brentq(excess, low, high, xtol=1e-15, rtol=1e-14)))

    def mean(self) -> float:
        """Expectation; inf where it is infinite."""
        return self.expectation


@dataclass(frozen=True)
class PointMass:
    """Law of a number that is not random."""

    value: float
    """The one value that it takes."""

    def pdf(self, x: ArrayLike) -> FloatArray:
        """Density: infinite at the value, 0 elsewhere."""
        return np.where(valid.doubles("x", x) == self.value, np.inf, 0.0)[()]

    def cdf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value of at most `x`: a step."""
        return np.where(valid.doubles("x", x) >= self.value, 1.0, 0.0)[()]

    def sf(self, x: ArrayLike) -> FloatArray:
        """Probability of a value above `x`."""
        return 1 - self.cdf(x)

    def ppf(self, q: ArrayLike) -> FloatArray:
        """Every quantile is the value."""
        return np.full_like(valid.probabilities("q", q), self.value)[()]

    def mean(self) -> float:
        """Return the value."""
        return self.value
