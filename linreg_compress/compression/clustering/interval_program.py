"""Dynamic program over partitions of sorted weights into intervals: the exact engine of the one-dimensional clusterings.

``F_k(i) = min_j F_{k-1}(j) + SS(j, i)``, with SS(j, i) the squared error of the weights j, ..., i - 1 around their mean and
any F_1. SS is Monge, so the best j grows with i (Wu 1991; Grønlund et al. 2017, arXiv:1701.07204) and a layer costs
O(N log N): the rows of one level of a divide and conquer are computed at once. Their candidate ranges share only their
ends, so that the ranges of a level, one after the other, are one slice of the arrays.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.prefix_sums import PrefixSums

_BLOCK = 1 << 13  # tuning: rows computed at once: what they need stays in the cache


@dataclass(frozen=True, eq=False)
class IntervalProgram:
    """The layers F_1, ..., F_K of one problem."""

    weights: PrefixSums
    """Sums at N + 1 places: all, or those where a cluster may end."""
    first: FloatArray | None
    """F_1, the cost of a first cluster up to place i, inf where it is not allowed; shape (N + 1,). Its squared error by
    default.
    """
    layers: int
    """K, how many layers to compute."""
    precise: bool
    """Squared errors in twice the digits, about eight times slower; else in doubles."""
    windows: FloatArray | None = None
    """First and last place where cluster k may end, shape (layers, 2)."""
    rebates: FloatArray | None = None
    """What an end of cluster k at a place takes off the cost, shape (layers, N + 1); with it clusters may be empty. For
    lower bounds.
    """
    places: FloatArray = field(init=False)
    """0, ..., N."""
    values: list[FloatArray] = field(init=False)
    """F_k for k = 1, 2, ..., each of shape (N + 1,); less the prefix sums of h w^2 unless `precise`, to save a term."""
    begins: list[FloatArray] = field(init=False)
    """Where the last of k clusters begins, k = 2, 3, ..., each of shape (N + 1,)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", np.arange(self.weights.size + 1))
        begins: list[FloatArray] = []
        value = self._first()
        if self.windows is not None:
            value = np.where(_inside(value.size, self.windows[0]), value, np.inf)
        values = [value if self.rebates is None else value - self.rebates[0]]
        with np.errstate(divide="ignore", invalid="ignore"):  # candidates after their row, which do not count
            for k in range(2, self.layers + 1):
                value, begin = self._layer(values[-1], k)
                values.append(value)
                begins.append(begin)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "begins", begins)

    def _first(self) -> FloatArray:
        if self.first is not None:
            return self.first if self.precise else self.first - self.weights.square[0]
        if self.precise:
            none = np.zeros_like(self.places)
            return np.where(self.places > 0, self.weights.squared_errors(none, self.places), np.inf)
        value = -self.weights.moment[0]
        value *= self.weights.moment[0]
        value[1:] /= self.weights.mass[0][1:]
        value[0] = np.inf
        return value

    def totals(self, k: int) -> FloatArray:
        """``F_{k-1}(j) + SS(j, N)`` for j < N, the cost of all weights with k clusters, the last one from place j."""
        size = self.weights.size
        cost = self._cost(self.values[k - 2], slice(0, size), slice(size, size + 1), np.array([size]))
        return cost if self.precise else cost + self.weights.square[0][-1]

    def costs(self, k: int) -> FloatArray:
        """F_k, the least cost of the first i weights with k clusters."""
        return self.values[k - 1] if self.precise else self.values[k - 1] + self.weights.square[0]

    def error(self, k: int) -> float:
        """Bound on the rounding of F_k, relative errors of the precise program left out."""
        depth = k * (math.log2(self.weights.size + 1) + 2)  # a level hands its rounding on to the next
        return 2 * depth * (self.weights.precise_rounding if self.precise else self.weights.rounding)

    def bounds(self, k: int, end: int) -> list[int]:
        """Begins of the k clusters of the best partition of the first `end` weights, and `end`."""
        found = [end]
        for layer in range(k, 1, -1):
            found.append(int(self.begins[layer - 2][found[-1]]))
        return [0, *found[::-1]]

    def _layer(self, values: FloatArray, k: int) -> tuple[FloatArray, FloatArray]:
        """Compute F_k from F_{k-1} on the rows and candidates of its windows, candidates below rows."""
        size = self.weights.size
        fewest = 0 if self.rebates is not None else k - 1
        low, high = (fewest, size - 1) if self.windows is None else self.windows[k - 2].tolist()
        base, end = (0, size) if self.windows is None else self.windows[k - 1].tolist()
        low = max(low, fewest)
        base = max(base, low + 1) - 1
        result = np.full(size + 1, np.inf)
        begin = np.zeros(size + 1, dtype=np.int32)
        rows = end - base  # row t = 1, ..., rows stands for i = base + t; place 0 and the places after `rows` are walls
        if rows > 0:
            step = 1 << (rows.bit_length() - 1)
            best = np.full(rows + 1 + 2 * step, min(high, size - 1))
            best[0] = low
            while step:
                for start in range(step, rows + 1, 2 * step * _BLOCK):
                    stop = min(rows + 1, start + 2 * step * _BLOCK)
                    edges = best[start - step : stop + step : 2 * step]
                    which = slice(base + start, base + stop, 2 * step)
                    result[which], best[start : stop : 2 * step] = self._rows(values, which, edges)
                step >>= 1
            begin[base + 1 : end + 1] = best[1 : rows + 1]
        if self.rebates is not None:
            inside = slice(None) if self.windows is None else slice(self.windows[k - 1][0], self.windows[k - 1][1] + 1)
            empty = np.flatnonzero(values[inside] < result[inside]) + (inside.start or 0)
            result[empty], begin[empty] = values[empty], empty
            result -= self.rebates[k - 1]
        return result, begin

    def _rows(self, values: FloatArray, which: slice, edges: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Minimize over ``edges[r] <= j <= min(edges[r + 1], i - 1)`` for every row i; the smallest j of equal ones."""
        i = self.places[which]
        lower, upper = edges[: i.size], edges[1 : i.size + 1]
        found = np.minimum(upper, i - 1)
        least = self._cost(values, found, which, None)
        begin, end = int(lower[0]), int(upper[-1])
        if end == begin:
            return least, found
        lengths = upper - lower
        cost = self._cost(values, slice(begin, end), which, lengths)
        if (upper > i).any():
            cost[self.places[begin:end] >= np.repeat(i, lengths)] = np.inf
        starts = lower - begin
        full = None
        if not lengths.all():
            full = lengths.nonzero()[0]
            starts, lengths = starts[full], lengths[full]
        minima = np.minimum.reduceat(cost, starts)
        chosen = (cost == minima.repeat(lengths)).nonzero()[0]
        if chosen.size != starts.size:  # equal costs
            chosen = chosen[chosen.searchsorted(starts)]
        chosen += begin
        if full is None:
            better = minima <= least
            return np.where(better, minima, least), np.where(better, chosen, found)
        better = minima <= least[full]
        least[full] = np.where(better, minima, least[full])
        found[full] = np.where(better, chosen, found[full])
        return least, found

    def _cost(self, values: FloatArray, j: FloatArray | slice, which: slice, lengths: FloatArray | None) -> FloatArray:
        """``F_{k-1}(j) + SS(j, i)``; with `lengths`, every row i stands for that many consecutive j."""
        if self.precise:
            begin = self.places[j]
            end = self.places[which] if lengths is None else self.places[which].repeat(lengths)
            return values[begin] + self.weights.squared_errors(begin, np.maximum(end, begin + 1))
        mass, moment = self.weights.mass[0], self.weights.moment[0]
        if lengths is None:
            numerator = moment[which] - moment[j]
            denominator = mass[which] - mass[j]
        else:
            numerator = moment[which].repeat(lengths)
            denominator = mass[which].repeat(lengths)
            numerator -= moment[j]
            denominator -= mass[j]
        numerator *= numerator
        numerator /= denominator
        return np.subtract(values[j], numerator, out=numerator)


def _inside(size: int, window: FloatArray) -> FloatArray:
    place = np.arange(size)
    return (place >= window[0]) & (place <= window[1])
