"""Means with standard errors, merged exactly from any split of the trials.

Moments are merged by the pairwise formulas of Chan, Golub and LeVeque 1983 (third moment: Pebay 2008), so only a few
numbers a quantity are kept, however many trials there are.

Control variates: a sampler may report, beside each trial, functions of what it drew whose means are known. The moments then
carry their co-moments with every quantity, and the mean of a quantity is read off its regression on the controls where they
have their known mean (Glasserman 2003, section 4.1). Fitted on the same N trials, the coefficients bias the mean by
O(1 / N), far below its standard error; the controls are left alone below `FEWEST_TRIALS_FOR_CONTROLS`.
"""

import struct
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError

FEWEST_TRIALS_FOR_CONTROLS = 1000  # tuning: fitted on fewer, the slopes might cost what they gain

_HEADER = struct.Struct("<4sHHHxxq")  # magic, version, quantities, controls, count
_MAGIC, _VERSION = b"lcMo", 1


def _none() -> FloatArray:
    return np.empty(0)


def _none_by_none() -> FloatArray:
    return np.empty((0, 0))


@dataclass(frozen=True, eq=False)
class Moments:
    """Count, mean and central sums of powers of k quantities at once, with the controls that come along.

    Examples
    --------
    >>> first, second = Moments.of(np.array([[1.0], [2.0]])), Moments.of(np.array([[6.0]]))
    >>> merged = first.merge(second)
    >>> merged.mean.tolist(), merged.squares.tolist()
    ([3.0], [14.0])
    """

    count: int
    """Trials."""
    mean: FloatArray
    """Shape (k,)."""
    squares: FloatArray
    """``sum (x - mean)^2``, shape (k,)."""
    cubes: FloatArray
    """``sum (x - mean)^3``, shape (k,)."""
    control_mean: FloatArray = field(default_factory=_none)
    """Mean of the controls, whose expectation is 0, shape (c,)."""
    control_products: FloatArray = field(default_factory=_none_by_none)
    """``sum (a - mean)(b - mean)`` of controls a and b, shape (c, c)."""
    cross_products: FloatArray = field(default_factory=_none_by_none)
    """The same of quantities and controls, shape (k, c)."""

    @classmethod
    def of(cls, values: FloatArray, controls: FloatArray | None = None) -> Self:
        """Moments of the rows of `values`, shape (trials, k), and of `controls`, shape (trials, c), of known mean 0."""
        mean = values.mean(axis=0)
        deviations = values - mean
        powers = deviations * deviations
        plain = (len(values), mean, powers.sum(axis=0), np.einsum("tk,tk->k", powers, deviations))
        if controls is None or not controls.shape[1]:
            return cls(*plain, cross_products=np.empty((len(mean), 0)))
        center = controls.mean(axis=0)
        spread = controls - center
        return cls(*plain, center, spread.T @ spread, deviations.T @ spread)

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
        shift = other.control_mean - self.control_mean
        return Moments(
            total,
            mean,
            self.squares + other.squares + gap**2 * share,
            cubes,
            self.control_mean + shift * (other.count / total),
            self.control_products + other.control_products + np.outer(shift, shift) * share,
            self.cross_products + other.cross_products + np.outer(gap, shift) * share,
        )

    def means_and_errors(self) -> tuple[FloatArray, FloatArray]:
        """Return the estimated means and their standard errors, adjusted by the controls if there are any.

        The standard error of an adjusted mean is that of the regression line at the controls' known mean.
        """
        controls = len(self.control_mean)
        if not controls or self.count < FEWEST_TRIALS_FOR_CONTROLS:
            return self.mean, np.sqrt(self.squares / max(self.count - 1, 1) / self.count)
        inverse = np.linalg.pinv(self.control_products, hermitian=True)
        slopes = self.cross_products @ inverse
        left = np.maximum(self.squares - np.einsum("kc,kc->k", slopes, self.cross_products), 0.0)
        leverage = 1 / self.count + float(self.control_mean @ inverse @ self.control_mean)
        return self.mean - slopes @ self.control_mean, np.sqrt(left / (self.count - 1 - controls) * leverage)

    def estimates(self) -> list["Estimate"]:
        """Return one `Estimate` a quantity."""
        means, errors = self.means_and_errors()
        variance = self.squares / max(self.count - 1, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            skewness = np.where(variance > 0, self.cubes / self.count / variance**1.5, 0.0)
        rows = zip(means.tolist(), errors.tolist(), skewness.tolist(), strict=True)
        return [Estimate(mean, error, self.count, skew) for mean, error, skew in rows]

    def to_bytes(self) -> bytes:
        """Return the moments as bytes, the same on every machine: little-endian doubles behind a versioned header."""
        header = _HEADER.pack(_MAGIC, _VERSION, len(self.mean), len(self.control_mean), self.count)
        return header + b"".join(np.ascontiguousarray(part, "<f8").tobytes() for part in self._parts())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the moments that `to_bytes` wrote, to the bit.

        Raises
        ------
        InvalidInputError
            If the bytes are cut, or of another kind or version.
        """
        if len(data) < _HEADER.size or data[:4] != _MAGIC:
            raise InvalidInputError("data", "must be moments written by this package", f"{len(data)} other bytes")
        _, version, size, controls, count = _HEADER.unpack_from(data)
        if version != _VERSION:
            raise InvalidInputError("data", f"must have version {_VERSION}", version, "Use the package that wrote it.")
        shapes = [(size,)] * 3 + [(controls,), (controls, controls), (size, controls)]
        sizes = [int(np.prod(shape)) for shape in shapes]
        if len(data) != _HEADER.size + 8 * sum(sizes):
            raise InvalidInputError("data", f"must be {_HEADER.size + 8 * sum(sizes)} bytes long", len(data))
        numbers = np.frombuffer(data, "<f8", offset=_HEADER.size).astype(np.float64)
        parts = np.split(numbers, np.cumsum(sizes)[:-1])
        return cls(count, *(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)))

    def _parts(self) -> tuple[FloatArray, ...]:
        plain = (self.mean, self.squares, self.cubes)
        return (*plain, self.control_mean, self.control_products, self.cross_products)


@dataclass(frozen=True)
class Estimate:
    """A simulated mean."""

    mean: float
    """In the units of the quantity."""
    standard_error: float
    """Of the mean: sample standard deviation over sqrt(trials), or what control variates leave of it."""
    trials: int
    """How many the mean is over."""
    skewness: float = 0.0
    """Of one trial, before any adjustment; it says how far a plain mean is from normal."""

    def __repr__(self) -> str:
        """Mean, standard error and trials."""
        return f"Estimate({self}, {self.trials} trials)"

    def __str__(self) -> str:
        """Mean and standard error alone."""
        return f"{self.mean:.6g} +- {self.standard_error:.2g}"

    def interval(self, z: float = 1.959963984540054) -> tuple[float, float]:
        """Return a normal confidence interval, 95 % by default."""
        return self.mean - z * self.standard_error, self.mean + z * self.standard_error
