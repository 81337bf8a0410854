"""Laws of one weight, for designing quantizers: normal, Student t, Laplace; the weights at hand are an `EmpiricalSource`.

A quantizer's design needs three numbers a cell: its probability and the first two moments of the law inside it. Here
they keep their digits in both tails: every smooth law is symmetric, so a cell on either side is measured from the tail on
its own side, and no small number is a difference of large ones.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.student import gamma_ratio, student_quantile
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.gamma_differences import digamma_difference
from linreg_compress.model import LinearModel

_NARROW = 0.5  # tuning: width of a cell, in units of the law's decay, below which eight Gauss-Legendre nodes are exact
_MANY_DEGREES = 1000
_LARGEST_SCALE = 1e154  # its square is a double
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


class CellMoments(NamedTuple):
    """Integrals over the K cells that K - 1 thresholds cut, of the deviation ``w - mean``."""

    probability: FloatArray
    """``P(cell)``, shape (K,)."""
    first: FloatArray
    """``E (w - mean) 1(cell)``, shape (K,)."""
    second: FloatArray
    """``E (w - mean)^2 1(cell)``, shape (K,)."""


@runtime_checkable
class Source(Protocol):
    """The law of one weight."""

    @property
    def mean(self) -> float:
        """Expectation of a weight."""
        ...

    @property
    def variance(self) -> float:
        """Variance of a weight, squared units of a weight."""
        ...

    def moments(self, thresholds: FloatArray) -> CellMoments:
        """Moments of the cells ``(thresholds[k - 1], thresholds[k]]``; thresholds ascending, infinities allowed."""
        ...

    def ppf(self, q: ArrayLike) -> FloatArray:
        """Quantile: the value that a share `q` of the weights does not exceed."""
        ...


class SymmetricSource(ABC):
    """What the smooth laws share: symmetric, so all follows from the standard law above a point that is not negative."""

    mean: float
    scale: float
    """Unit of length: ``(W - mean) / scale`` has the law `standard`."""
    variance: float
    log_concave = True
    """Whether the logarithm of the density is concave."""

    @property
    @abstractmethod
    def standard(self) -> SymmetricSource:
        """The law of ``(W - mean) / scale``: quantizers are designed for it, where no digit is lost, and `placed` back."""

    def placed(self, quantizer: CellQuantizer, name: str) -> CellQuantizer:
        """Return a quantizer of the standard law as one of this law.

        Raises
        ------
        UnsupportedModelError
            If doubles near the mean are too far apart to tell its levels.
        """
        levels, thresholds = (self.mean + self.scale * points for points in (quantizer.levels, quantizer.thresholds))
        if (np.diff(levels) <= 0).any():
            raise UnsupportedModelError(
                f"doubles near the mean {self.mean:g} are {np.spacing(self.mean):.2g} apart, too far to tell the "
                f"{levels.size} levels of a law of scale {self.scale:g}. Subtract the mean from the weights."
            )
        return CellQuantizer(levels, thresholds, name)

    @property
    @abstractmethod
    def differential_entropy(self) -> float:
        """``-E ln pdf``, nats, weights measured in their own unit."""

    @abstractmethod
    def _density(self, z: FloatArray) -> FloatArray:
        """Density of the standard law."""

    @abstractmethod
    def _above(self, z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Probability, first and second moment of the standard law above finite z >= 0."""

    @abstractmethod
    def _quantile(self, shares: FloatArray, wide: bool) -> FloatArray:
        """Quantile of the standard law, or of the law proportional to the cube root of its density."""

    def pdf(self, x: ArrayLike) -> FloatArray:
        """Probability density at `x`."""
        return self._density((valid.doubles("x", x) - self.mean) / self.scale) / self.scale

    def upper_tail(self, deviation: ArrayLike) -> FloatArray:
        """``P(W - mean > deviation)``, deviation >= 0."""
        return self._above(valid.nonnegative("deviation", deviation) / self.scale)[0]

    def ppf(self, q: ArrayLike) -> FloatArray:
        """Quantile."""
        return self.mean + self.scale * self._quantile(valid.probabilities("q", q), False)

    def companded(self, q: ArrayLike) -> FloatArray:
        """Quantile of the law with density proportional to ``pdf^(1/3)``: where many levels lie (Panter, Dite 1951)."""
        return self.mean + self.scale * self._quantile(valid.probabilities("q", q), True)

    def moments(self, thresholds: FloatArray) -> CellMoments:
        """Moments of the cells, each from the tail on its own side."""
        z = (valid.doubles("thresholds", thresholds) - self.mean) / self.scale
        finite = np.isfinite(z)
        tails = [np.where(finite, each, 0.0) for each in self._above(np.where(finite, np.abs(z), 1.0))]
        edges = np.concatenate([[-np.inf], z, [np.inf]])
        zero, one, two = (np.concatenate([[0.0], each, [0.0]]) for each in tails)
        across = (edges[:-1] < 0) & (edges[1:] > 0)
        side = np.where(edges[:-1] >= 0, 1.0, -1.0)

        def even(tail: FloatArray, whole: float) -> FloatArray:
            return np.where(across, whole - tail[:-1] - tail[1:], side * (tail[:-1] - tail[1:]))

        whole = self.variance / self.scale**2
        found = [even(zero, 1.0), one[:-1] - one[1:], even(two, whole)]
        with np.errstate(invalid="ignore"):  # two edges at infinity
            width = np.diff(edges) * (1 + np.minimum(np.abs(edges[:-1]), np.abs(edges[1:])))
        narrow = (width < _NARROW) & ~across
        if narrow.any():  # there the tails nearly cancel, and the density is smooth
            half, middle = np.diff(edges)[narrow, None] / 2, (edges[1:] + edges[:-1])[narrow, None] / 2
            points = middle + half * _NODES
            mass = self._density(points) * (half * _WEIGHTS)
            for power, values in enumerate(found):
                values[narrow] = np.sum(mass * points**power, axis=1)
        return CellMoments(found[0], self.scale * found[1], self.scale**2 * found[2])


@dataclass(frozen=True)
class NormalSource(SymmetricSource):
    """N(mean, variance).

    Examples
    --------
    >>> NormalSource(0.0, 4.0).moments(np.array([0.0])).second.tolist()
    [2.0, 2.0]
    """

    mean: float = 0.0
    variance: float = 1.0
    """Positive."""
    scale: float = field(init=False, repr=False)
    """Standard deviation."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", _one("mean", self.mean))
        object.__setattr__(self, "variance", valid.positive_number("variance", self.variance))
        object.__setattr__(self, "scale", float(np.sqrt(self.variance)))

    @property
    def standard(self) -> NormalSource:
        """N(0, 1)."""
        return NormalSource()

    @property
    def differential_entropy(self) -> float:
        """``ln(2 pi e variance) / 2``, nats."""
        return float(np.log(2 * np.pi * math.e) + np.log(self.variance)) / 2

    def _density(self, z: FloatArray) -> FloatArray:
        return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

    def _above(self, z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        tail, density = special.ndtr(-z), self._density(z)
        return tail, density, z * density + tail

    def _quantile(self, shares: FloatArray, wide: bool) -> FloatArray:
        return special.ndtri(shares) * (np.sqrt(3.0) if wide else 1.0)


@dataclass(frozen=True)
class StudentTSource(SymmetricSource):
    """``mean + scale t``, t of Student's law: a least-squares weight around the truth.

    Examples
    --------
    >>> StudentTSource(4.0).variance
    2.0
    """

    degrees: float
    """Degrees of freedom, above 2 for a finite variance."""
    scale: float = 1.0
    """Positive; the variance is ``scale^2 degrees / (degrees - 2)``."""
    mean: float = 0.0
    variance: float = field(init=False)
    log_concave = False

    def __post_init__(self) -> None:
        degrees = valid.positive_number("degrees", self.degrees)
        if degrees <= 2:
            raise InvalidInputError("degrees", "must be above 2 for a finite variance", degrees)
        object.__setattr__(self, "degrees", degrees)
        object.__setattr__(self, "scale", valid.positive_number("scale", self.scale))
        object.__setattr__(self, "mean", _one("mean", self.mean))
        variance = self.scale**2 * degrees / (degrees - 2) if self.scale < _LARGEST_SCALE else np.inf
        if not 0 < variance < np.inf:
            raise InvalidInputError("scale", "must leave a variance that a double can hold", self.scale, "Change the unit.")
        object.__setattr__(self, "variance", variance)

    @property
    def standard(self) -> StudentTSource:
        """Student's law itself."""
        return StudentTSource(self.degrees)

    @property
    def differential_entropy(self) -> float:
        """``(k + 1) / 2 (digamma((k + 1) / 2) - digamma(k / 2)) - ln pdf(mean)``, k degrees of freedom, nats."""
        k = self.degrees
        slope = (k + 1) / 2 * digamma_difference(k / 2, 0.5)
        return float(slope - np.log(self.pdf(self.mean)))

    def _density(self, z: FloatArray) -> FloatArray:
        k = self.degrees
        return gamma_ratio(k / 2) / np.sqrt(np.pi * k) * np.exp(-(k + 1) / 2 * np.log1p(z * z / k))

    def _above(self, z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        k = self.degrees  # integrating by parts leaves sums of positive terms only
        if k < _MANY_DEGREES:
            tail = special.betainc(k / 2, 0.5, k / (k + z * z)) / 2
        else:  # the same, without the rounding of a share beside 1, which the many degrees magnify
            square = np.minimum(z * z, np.finfo(float).max / 2)
            tail = special.betaincc(0.5, k / 2, square / (k + square)) / 2
        slope = (k + z * z) * self._density(z)
        return tail, slope / (k - 1), (z * slope + k * tail) / (k - 2)

    def _quantile(self, shares: FloatArray, wide: bool) -> FloatArray:
        if not wide:
            return student_quantile(self.degrees, shares)
        k = (self.degrees - 2) / 3  # the cube root of a t density is one of these degrees
        return np.sqrt(self.degrees / k) * student_quantile(k, shares)


@dataclass(frozen=True)
class LaplaceSource(SymmetricSource):
    """Density ``exp(-|w - mean| / b) / (2 b)`` with ``b = sqrt(variance / 2)``.

    Examples
    --------
    >>> round(float(LaplaceSource(0.0, 2.0).ppf(0.75)), 6)
    0.693147
    """

    mean: float = 0.0
    variance: float = 1.0
    """Positive."""
    scale: float = field(init=False, repr=False)
    """b."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", _one("mean", self.mean))
        object.__setattr__(self, "variance", valid.positive_number("variance", self.variance))
        object.__setattr__(self, "scale", float(np.sqrt(self.variance / 2)))

    @property
    def standard(self) -> LaplaceSource:
        """The law with b = 1."""
        return LaplaceSource(0.0, 2.0)

    @property
    def differential_entropy(self) -> float:
        """``1 + ln(2 b)``, nats."""
        return 1 + float(np.log(2 * self.scale))

    def _density(self, z: FloatArray) -> FloatArray:
        return np.exp(-np.abs(z)) / 2

    def _above(self, z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        tail = self._density(z)
        return tail, (1 + z) * tail, (2 + 2 * z + z * z) * tail

    def _quantile(self, shares: FloatArray, wide: bool) -> FloatArray:
        with np.errstate(divide="ignore"):
            tail = -np.log(2 * np.minimum(shares, 1 - shares))
        return np.where(shares < 0.5, -tail, tail) * (3.0 if wide else 1.0)


@takes(model=LinearModel)
def source_for(model: LinearModel, center: float = 0.0) -> NormalSource | StudentTSource:
    """Law of one least-squares weight around the codebook's centre, Sigma = I.

    Normal with variance ``tau^2 + v`` under a prior; else the law of a weight's error, ``sigma / sqrt(nu)`` times Student's
    t with ``nu = n - d + 1`` degrees of freedom: derivation ``weight-t-law``.

    Parameters
    ----------
    model : LinearModel
        n >= d + 2.
    center : float, default 0
        Centre of the codebook, the mean of the law.

    Raises
    ------
    UnsupportedModelError
        If n < d + 2 (a weight has no finite variance), or Sigma is not I (each weight has its own law).

    Examples
    --------
    >>> source_for(LinearModel(samples=80, features=50)).degrees
    31.0
    """
    own = "a codebook of your own (CellQuantizer)"
    valid.require_finite_weights("the design of a codebook", model.samples, model.features, instead=own)
    if not model.has_identity_covariance:
        raise UnsupportedModelError(
            "one law for all weights needs the identity covariance; design from the weights instead."
        )
    if model.signal_variance > 0:
        return NormalSource(center, model.signal_variance + model.weight_variance)
    nu = model.degrees_of_freedom
    return StudentTSource(float(nu), float(np.sqrt(model.noise_variance / nu)), center)


@takes(source=Source, quantizer=CellQuantizer)
def squared_error(source: Source, quantizer: CellQuantizer) -> float:
    """Mean squared error ``E (Q(W) - W)^2`` of a quantizer on a source.

    Examples
    --------
    >>> sign = CellQuantizer(np.array([-1.0, 1.0]), np.array([0.0]))
    >>> round(squared_error(NormalSource(), sign), 6)
    0.404231
    """
    found = source.moments(quantizer.thresholds)
    levels = quantizer.levels - source.mean
    return float(np.sum(found.second - 2 * levels * found.first + levels**2 * found.probability))


@takes(source=Source, quantizer=CellQuantizer)
def absolute_error(source: Source, quantizer: CellQuantizer) -> float:
    """Mean absolute error ``E |Q(W) - W|``: every cell is cut once more where its level lies.

    Examples
    --------
    >>> constant = CellQuantizer(np.array([0.0]), np.array([]))
    >>> round(absolute_error(NormalSource(), constant), 6)
    0.797885
    """
    edges = np.concatenate([[-np.inf], quantizer.thresholds, [np.inf]])
    inside = np.clip(quantizer.levels, edges[:-1], edges[1:])
    cuts = np.empty(2 * inside.size - 1)
    cuts[::2], cuts[1::2] = inside, quantizer.thresholds
    found = source.moments(cuts)
    gaps = np.repeat(quantizer.levels - source.mean, 2) * found.probability - found.first
    return float(np.sum(np.abs(gaps)))


def _one(parameter: str, value: float) -> float:
    array = valid.numbers(parameter, value)
    if array.ndim:
        raise InvalidInputError(parameter, "must be one number", f"an array of shape {array.shape}")
    return float(array)
