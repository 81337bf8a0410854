"""What every clustering of weights takes and returns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Coded
from linreg_compress.compression.clustering.sorted_weights import SortedWeights
from linreg_compress.errors import InvalidInputError
from linreg_compress.records import readable

_EPSILON = float(np.finfo(float).eps)
LARGEST = 1e100  # importance times weight squared must not overflow


@readable
@dataclass(frozen=True, eq=False)
class Clustering:
    """A codebook, the codeword of each weight, and how far from the optimum it can be at most."""

    centers: FloatArray
    """Only those in use, shape (K,) or (K, m); ascending where they are numbers."""
    assignments: FloatArray
    """Index of the centre of each weight, 0-based, in the order of the weights; shape (d,)."""
    objective: float
    """The weighted squared error, in the units of importance times weight squared, with the penalty if there is one."""
    lower_bound: float
    """No codebook has a smaller objective; 0 where nothing is proven (local searches)."""
    note: str = ""
    """What is unusual about the answer; empty if nothing is."""

    @property
    def levels(self) -> int:
        """The number of centres in use."""
        return len(self.centers)

    @property
    def gap(self) -> float:
        """Relative gap of the certificate, ``(objective - lower_bound) / objective``; 0 for an objective of 0."""
        return (self.objective - self.lower_bound) / self.objective if self.objective > 0 else 0.0

    def coded(self, weights: FloatArray) -> Coded:
        """Return the weights as codebook and indices."""
        return Coded(weights, self.centers, self.assignments)


def checked(weights: ArrayLike, levels: int, importance: ArrayLike | None) -> tuple[FloatArray, int, FloatArray | None]:
    """Check what every clustering takes: at least one weight, all finite, K >= 1, importances >= 0 and not all zero."""
    points = valid.numbers("weights", weights)
    if points.ndim == 0 or not points.size:
        raise InvalidInputError("weights", "must hold at least one number", f"shape {points.shape}")
    _below_limit("weights", points)
    size = valid.count("levels", levels)
    if importance is None:
        return points, size, None
    masses = _below_limit("importance", valid.nonnegative("importance", importance))
    if masses.shape != points.shape[:1]:
        raise InvalidInputError(
            "importance", f"must hold one number a weight, {points.shape[0]} in all", f"shape {masses.shape}"
        )
    if not masses.any():
        raise InvalidInputError(
            "importance", "must not be zero everywhere", 0.0, "Leave it out to count all weights alike."
        )
    return points, size, masses


def _below_limit(parameter: str, array: FloatArray) -> FloatArray:
    largest = max(float(array.max()), -float(array.min()))  # no copy of a long array
    if largest > LARGEST:
        raise InvalidInputError(parameter, f"must not exceed {LARGEST:g} in size", largest, "Scale them down.")
    return array


def checked_line(
    weights: ArrayLike, levels: int, importance: ArrayLike | None
) -> tuple[FloatArray, int, FloatArray | None]:
    """Check the same for weights that are numbers, a vector of them."""
    points, size, masses = checked(weights, levels, importance)
    if points.ndim != 1:
        raise InvalidInputError("weights", "must be a vector", f"shape {points.shape}", "Cluster vectors by local_search.")
    return points, size, masses


def too_few(wanted: int, distinct: int) -> str:
    """Say that there are fewer distinct weights than levels."""
    if wanted <= distinct:
        return ""
    have = "weight has" if distinct == 1 else "weights have"
    return f"asked for {wanted} levels, but only {distinct} distinct {have} positive importance"


def assembled(
    weights: FloatArray,
    masses: FloatArray | None,
    line: SortedWeights,
    bounds: list[int],
    centers: FloatArray,
    penalty: float,
    lower_bound: float,
    note: str,
) -> Clustering:
    """Make the record of a partition of the line.

    `lower_bound` is in the units of the line, `centers` and `penalty` in those of the weights. The objective is that of
    the centres as they are, rounded.
    """
    objective = line.objective(centers, bounds) + penalty
    assignments = np.searchsorted(line.values[bounds[1:-1]], weights, side="right")
    if masses is not None and not masses.all():
        free = masses == 0
        middles = centers[:-1] / 2 + centers[1:] / 2
        assignments[free] = np.searchsorted(middles, weights[free])
    proven = float(np.ldexp(max(lower_bound, 0.0), 2 * line.exponent + line.mass_exponent))
    return Clustering(centers, assignments, objective, min(objective, proven), note)


def needs_digits(error: float, optimum: float, size: int) -> bool:
    """Whether a bound on the rounding is too large: 1e-10 of the optimum for few weights, where digits cost nothing."""
    return error > (1e-10 if size <= 512 else 1e-7) * optimum  # tuning: both are exact, one to more digits


def relative_error(size: int, levels: int) -> float:
    """Relative rounding of a program in twice the digits: the sums of up to K squared errors, level by level."""
    return 16 * _EPSILON * levels * (math.log2(size) + 2)
