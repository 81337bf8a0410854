"""Weights whose importance is lost beside the sum of all: solved without them, if it turns out that they do not count.

Doubles cannot tell a cluster of such weights from nothing. Without them the optimum can only be lower, so a lower bound
without them holds with them; and a partition that costs as much with them, to 12 digits, is as good.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.sorted_weights import SortedWeights

_FEWEST = 512  # tuning: up to here twice the digits cost little
_SHARE = 1e-12  # of the cost, below which specks do not count


@dataclass(frozen=True, eq=False)
class Specks:
    """A row of weights, and the same without its specks, in the same units."""

    line: SortedWeights
    """All weights."""
    heavy: SortedWeights
    """Those that are no specks."""
    places: FloatArray
    """Where the weights of `heavy` stand in `line`."""

    @classmethod
    def of(cls, line: SortedWeights, levels: int) -> Self | None:
        """Part a row; None where nothing is lost, or nothing gained by leaving it out."""
        if line.size <= _FEWEST or not line.prefix.hopeless:
            return None
        places = np.flatnonzero(line.masses >= line.prefix.speck)
        if places.size <= levels:
            return None
        heavy = replace(
            line,
            values=line.values[places],
            points=line.points[places],
            rests=line.rests[places],
            masses=line.masses[places],
        )
        return cls(line, heavy, places)

    def restored(self, bounds: list[int], centers: FloatArray) -> list[int] | None:
        """Bounds of a partition of `heavy` with every speck at its nearest centre; None if the specks count.

        The centres are shifted and scaled, as the points of a line.
        """
        middles = np.searchsorted(self.line.points, (centers[1:] + centers[:-1]) / 2)
        inner = np.array(bounds[1:-1], dtype=np.int64)
        full = np.clip(middles, self.places[inner - 1] + 1, self.places[inner])
        found = np.concatenate(([0], full, [self.line.size]))
        light = np.ones(self.line.size, dtype=np.bool_)
        light[self.places] = False
        errors = self.line.masses * (self.line.points - np.repeat(centers, np.diff(found))) ** 2
        return found.tolist() if float(errors[light].sum()) <= _SHARE * float(errors.sum()) else None
