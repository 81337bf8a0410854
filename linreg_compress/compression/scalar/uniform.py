"""The uniform quantizer: equal steps, mid-tread or mid-rise, with or without a limited range."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Coded, checked_weights
from linreg_compress.compression.scalar.cells import CellQuantizer, one_vector
from linreg_compress.compression.scalar.sources import Source, SymmetricSource, squared_error
from linreg_compress.errors import InvalidInputError
from linreg_compress.records import readable

_SEARCH_RATIO = 1.25  # tuning: between neighbouring steps tried for a smooth law
_ROUNDING = 1e-9  # of a step: whole steps of reach are no step more
_SHORTEST, _LONGEST = 0.1, 1e4  # tuning: half the range of the levels, in standard deviations


@readable
@dataclass(frozen=True, eq=False)
class UniformQuantizer:
    """Round to the nearest of ``center + k step`` for every integer k (mid-tread), or ``center + (k + 1/2) step``.

    Examples
    --------
    >>> UniformQuantizer(0.5).compress(np.array([0.3, -0.9]), rng=np.random.default_rng()).tolist()
    [0.5, -1.0]
    """

    step: float
    """H, positive."""
    center: ArrayLike = 0.0
    """One number for all weights, or one for each, shape (d,)."""
    mid_rise: bool = False
    """Whether the levels are ``center + (k + 1/2) step``."""
    name: str = "uniform"
    needs_gram: bool = False
    offset: FloatArray = field(init=False)
    """The level of k = 0."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "step", valid.positive_number("step", self.step))
        center = valid.center("center", self.center)
        object.__setattr__(self, "center", center)
        object.__setattr__(self, "offset", valid.owned(center + (self.step / 2 if self.mid_rise else 0.0)))

    def cells(self, around: float, reach: float) -> CellQuantizer:
        """Return the cells around the level nearest to `around`, whole steps far enough to cover `reach` on either side.

        The first and the last cell have no end.

        Parameters
        ----------
        around, reach : float
            In the units of the weights; the levels have one common centre.

        Examples
        --------
        >>> UniformQuantizer(0.5).cells(around=1.1, reach=0.6).levels.tolist()
        [0.0, 0.5, 1.0, 1.5, 2.0]
        """
        if np.ndim(self.offset):
            raise InvalidInputError("center", "must be one number to cut the line into cells", f"shape {self.offset.shape}")
        middle = np.rint((valid.number("around", around) - self.offset) / self.step)
        steps = np.ceil(valid.nonnegative_number("reach", reach) / self.step - _ROUNDING)
        k = middle + np.arange(-(many := valid.count("reach", steps, 0, valid.MOST_LEVELS)), many + 1)
        return CellQuantizer(self.offset + self.step * k, self.offset + self.step * (k[:-1] + 0.5), self.name)

    def indices(self, weights: FloatArray) -> FloatArray:
        """Return k for each weight, an integer of either sign."""
        weights = checked_weights(weights, self.offset.size if self.offset.ndim else None)
        return np.rint((weights - self.offset) / self.step)

    def compress(
        self, weights: FloatArray, *, rng: np.random.Generator | None = None, gram: FloatArray | None = None
    ) -> FloatArray:
        """Quantize weights of any shape."""
        del rng, gram
        return self.offset + self.step * self.indices(weights)

    def code(self, weights: FloatArray) -> Coded:
        """Quantize one vector; the codebook holds the levels that occur (one common centre)."""
        weights = one_vector(weights)
        found, assignments = np.unique(self.indices(weights), return_inverse=True)
        return Coded(weights, self.offset + self.step * found, assignments)


def limited_uniform(step: float, levels: int, center: float = 0.0) -> CellQuantizer:
    """Uniform quantizer with `levels` levels, symmetric around `center`: mid-tread if their number is odd, else mid-rise.

    Examples
    --------
    >>> limited_uniform(1.0, 4).levels.tolist()
    [-1.5, -0.5, 0.5, 1.5]
    """
    size = valid.count("levels", levels, maximum=valid.MOST_LEVELS)
    spacing = valid.positive_number("step", step)
    points = float(valid.numbers("center", center)) + spacing * (np.arange(size) - (size - 1) / 2)
    return CellQuantizer(points, (points[1:] + points[:-1]) / 2, f"uniform-{size}")


@takes(source=Source)
def optimal_uniform(source: Source, levels: int) -> CellQuantizer:
    """Range-limited uniform quantizer with the step of least mean squared error, around the source's mean.

    Parameters
    ----------
    levels : int
        K, at least 1; a single level lies at the mean.

    Notes
    -----
    Too short a step overloads the ends, too long a step is coarse. The derivative by the step is
    ``-2 sum_k a_k E (w - a_k step) 1(cell k)`` with the levels at ``a_k step``: for a smooth law its zero is found to
    rounding. For the weights at hand the error has many small kinks, and the step is the best of a fine search.

    Examples
    --------
    Max 1960, table II: four levels of a unit normal are 0.9957 apart.

    >>> from linreg_compress.compression.scalar.sources import NormalSource
    >>> four = optimal_uniform(NormalSource(), 4)
    >>> round(float(four.levels[1] - four.levels[0]), 4)
    0.9957
    """
    size = valid.count("levels", levels, maximum=valid.MOST_LEVELS)
    if isinstance(source, SymmetricSource) and source != source.standard:
        return source.placed(optimal_uniform(source.standard, size), f"uniform-{size}")
    deviation = float(np.sqrt(source.variance))
    if size == 1 or deviation == 0:
        return limited_uniform(deviation or 1.0, 1, source.mean)
    smooth = isinstance(source, SymmetricSource)
    ratio = _SEARCH_RATIO if smooth else _SEARCH_RATIO**0.02

    def error(step: float) -> float:
        return squared_error(source, limited_uniform(step, size, source.mean))

    ranges = _SHORTEST * ratio ** np.arange(np.log(_LONGEST / _SHORTEST) / np.log(ratio))
    steps = deviation * ranges * 2 / size
    errors = [error(step) for step in steps]
    best = int(np.argmin(errors))
    low, high = steps[max(best - 1, 0)], steps[min(best + 1, len(steps) - 1)]
    if smooth:
        from scipy.optimize import brentq

        # tuning: tolerances of the last digits
        step = float(brentq(lambda x: _slope(source, x, size), low, high, xtol=1e-15 * deviation, rtol=1e-14))
    else:
        fine = np.linspace(low, high, 400)
        step = float(fine[np.argmin([error(x) for x in fine])])
    return limited_uniform(step, size, source.mean)


def _slope(source: Source, step: float, size: int) -> float:
    """Half the derivative of the squared error by the step; the thresholds, at midpoints, do not contribute."""
    places = np.arange(size) - (size - 1) / 2
    found = source.moments(source.mean + step * (places[1:] + places[:-1]) / 2)
    return float(np.sum(places * (places * step * found.probability - found.first)))
