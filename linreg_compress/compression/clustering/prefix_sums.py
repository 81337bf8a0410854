"""Sums over intervals of sorted weights, exact enough for squared errors whatever the data.

The prefix sums of h, h w and h w^2 are unevaluated sums of two doubles (Dekker 1971), about 32 digits: of 16, an
importance of 1e12 or a cluster far from the others leaves none.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from linreg_compress._validation import FloatArray

_EPSILON = float(np.finfo(float).eps)
_SPLITTER = 134217729.0  # 2^27 + 1, Dekker's

Pair = tuple[FloatArray, FloatArray]  # the sum of the two, the second below a rounding of the first


def two_sum(a: FloatArray, b: FloatArray) -> Pair:
    """Return the rounded sum and what the rounding lost (Knuth)."""
    total = a + b
    virtual = total - a
    return total, (a - (total - virtual)) + (b - virtual)


def two_product(a: FloatArray, b: FloatArray) -> Pair:
    """Return the rounded product and what the rounding lost (Dekker, Veltkamp)."""
    product = a * b
    t = _SPLITTER * a
    a_high = t - (t - a)
    a_low = a - a_high
    t = _SPLITTER * b
    b_high = t - (t - b)
    b_low = b - b_high
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _prefix_sums(terms: FloatArray, rests: FloatArray | None) -> Pair:
    """Sums of the first 0, 1, ..., N of ``terms + rests``."""
    sums = np.zeros(terms.size + 1)
    np.cumsum(terms, out=sums[1:])
    errors = np.zeros(terms.size + 1)
    lost = two_sum(sums[:-1], terms)[1]  # what each step of the running sum rounded away
    np.cumsum(lost if rests is None else lost + rests, out=errors[1:])
    high = sums + errors
    return high, errors - (high - sums)


@dataclass(frozen=True, eq=False)
class PrefixSums:
    """Sums of h, h w and h w^2 before each of some places in a row of weights, the first at its start, the last at its end.

    Examples
    --------
    >>> sums = PrefixSums.of(np.array([-1.0, 0.0, 0.5]), np.zeros(3), np.ones(3))
    >>> sums.squared_errors(np.array([0, 1]), np.array([2, 3])).tolist()
    [0.5, 0.125]
    """

    mass: Pair
    """Sums of h, shape (T + 1,)."""
    moment: Pair
    """Sums of h w, shape (T + 1,)."""
    square: Pair
    """Sums of h w^2, shape (T + 1,)."""
    rounding: float
    """Largest error of a squared error computed in doubles, from the first of each pair."""
    precise_rounding: float
    """Largest error of `squared_errors` beyond some roundings of its value."""
    speck: float
    """Importances below this are lost in the first of the pair `mass`."""
    hopeless: bool
    """Whether there are any."""

    @classmethod
    def of(cls, points: FloatArray, rests: FloatArray, masses: FloatArray) -> Self:
        """Sum over weights ``points + rests`` of size at most 1 and their importances."""
        mass = _prefix_sums(masses, None)
        product, lost = two_product(masses, points)
        lost += masses * rests
        moment = _prefix_sums(product, lost)
        term, term_lost = two_product(product, points)
        square = _prefix_sums(term, term_lost + lost * points + product * rests)
        largest = float(np.abs(points).max())
        total, squares = float(mass[0][-1]), float(square[0][-1])
        whole = total < 2**52 and bool((masses == np.rint(masses)).all())
        rough = 4 * squares + 4 * largest * float(np.abs(moment[0]).max()) + (0.0 if whole else 2 * largest**2 * total)
        fine = 16 * _EPSILON**2 * points.size * (squares + largest**2 * total)
        speck = 16 * _EPSILON * total
        return cls(mass, moment, square, _EPSILON * rough, fine, speck, bool(masses.min() < speck))

    @property
    def size(self) -> int:
        """T, the number of steps between places."""
        return self.mass[0].size - 1

    def at(self, places: FloatArray) -> Self:
        """Return the sums at some of the places alone."""
        mass, moment, square = ((high[places], low[places]) for high, low in (self.mass, self.moment, self.square))
        return replace(self, mass=mass, moment=moment, square=square)

    def mirrored(self) -> Self:
        """Return the sums from the other end; the weights keep their sign."""
        mass, moment, square = ((-high[::-1], -low[::-1]) for high, low in (self.mass, self.moment, self.square))
        return replace(self, mass=mass, moment=moment, square=square)

    def sums(self, begin: FloatArray, end: FloatArray) -> Pair:
        """Mass and mean of the weights between two places, in twice the digits before the last rounding."""
        mass = (self.mass[0][end] - self.mass[0][begin]) + (self.mass[1][end] - self.mass[1][begin])
        moment = (self.moment[0][end] - self.moment[0][begin]) + (self.moment[1][end] - self.moment[1][begin])
        return mass, np.divide(moment, mass, out=np.zeros_like(mass), where=mass > 0)

    def squared_errors(self, begin: FloatArray, end: FloatArray) -> FloatArray:
        """``sum h (w - mean)^2`` over the weights between two places, to a few roundings of its value."""
        (mass, mass_low), (moment, moment_low), (square, square_low) = (
            two_sum(high[end], -high[begin]) for high, _ in (self.mass, self.moment, self.square)
        )
        mass_low = mass_low + (self.mass[1][end] - self.mass[1][begin])
        moment_low = moment_low + (self.moment[1][end] - self.moment[1][begin])
        square_low = square_low + (self.square[1][end] - self.square[1][begin])
        total = mass + mass_low  # 0 where importances differ by more than 32 digits: then the lightest do not count
        mean = np.divide(moment + moment_low, total, out=np.zeros_like(total), where=total > 0)
        # around any c: square - c (2 moment - c mass); c = mean leaves an error of second order in its rounding
        part, part_low = two_product(mean, mass)
        part_low = part_low + mean * mass_low
        bracket, bracket_low = two_sum(2 * moment, -part)
        bracket_low = bracket_low + (2 * moment_low - part_low)
        product, product_low = two_product(mean, bracket)
        product_low = product_low + mean * bracket_low
        result, result_low = two_sum(square, -product)
        return np.maximum(result + (result_low + (square_low - product_low)), 0.0)
