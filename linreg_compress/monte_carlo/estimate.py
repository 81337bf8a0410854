"""Means with standard errors, merged exactly from any split of the trials.

Moments are merged by the pairwise formulas of Chan, Golub and LeVeque 1983 (third moment: Pebay 2008), so nothing but
three numbers a quantity is kept, however many trials there are.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from linreg_compress._validation import FloatArray


@dataclass(frozen=True, eq=False)
class Moments:
    """Count, mean and central sums of powers of several quantities at once.

    Attributes
    ----------
    count : int
    mean, squares, cubes : ndarray, shape (k,)
        Mean, ``sum (x - mean)^2`` and ``sum (x - mean)^3``.

    Examples
    --------
    >>> first, second = Moments.of(np.array([[1.0], [2.0]])), Moments.of(np.array([[6.0]]))
    >>> merged = first.merge(second)
    >>> merged.mean.tolist(), merged.squares.tolist()
    ([3.0], [14.0])
    """

    count: int
    mean: FloatArray
    squares: FloatArray
    cubes: FloatArray

    @classmethod
    def of(cls, values: FloatArray) -> Self:
        """Moments of the rows of `values`, shape (trials, k)."""
        mean = values.mean(axis=0)
        deviations = values - mean
        powers = deviations * deviations
        return cls(len(values), mean, powers.sum(axis=0), np.einsum("tk,tk->k", powers, deviations))

    def merge(self, other: "Moments") -> "Moments":
        """Return the moments of both sets of trials together."""
        total = self.count + other.count
        gap = other.mean - self.mean
        share = self.count * other.count / total
        cubes = (
            self.cubes
            + other.cubes
            + gap**3 * share * (self.count - other.count) / total
            + 3 * gap * (self.count * other.squares - other.count * self.squares) / total
        )
        mean = self.mean + gap * (other.count / total)
        return Moments(total, mean, self.squares + other.squares + gap**2 * share, cubes)

    def estimates(self) -> list["Estimate"]:
        """Return one `Estimate` a quantity."""
        variance = self.squares / max(self.count - 1, 1)
        errors = np.sqrt(variance / self.count)
        with np.errstate(divide="ignore", invalid="ignore"):
            skewness = np.where(variance > 0, self.cubes / self.count / variance**1.5, 0.0)
        rows = zip(self.mean.tolist(), errors.tolist(), skewness.tolist(), strict=True)
        return [Estimate(mean, error, self.count, skew) for mean, error, skew in rows]


@dataclass(frozen=True)
class Estimate:
    """A simulated mean.

    Attributes
    ----------
    mean : float
    standard_error : float
        Of the mean: sample standard deviation over sqrt(trials).
    trials : int
    skewness : float
        Of one trial; it says how far the mean is from normal.
    """

    mean: float
    standard_error: float
    trials: int
    skewness: float = 0.0

    def interval(self, z: float = 1.959963984540054) -> tuple[float, float]:
        """Return a normal confidence interval, 95 % by default."""
        return self.mean - z * self.standard_error, self.mean + z * self.standard_error
