"""The search behind diameter-regularized k-means: linear penalties by dynamic programs, the squared one by their dual.

For a linear penalty s D the two end centres decouple: the first moves up by ``s / (2 H)``, the last down (derivation
``linear-diameter-penalty``), and neither passes the weights of its neighbour (derivation ``clipped-end-center``). Clipped
there the cost is exact, and the dynamic program of k-means solves it, for every number of clusters. The squared penalty is
``max_s (s D - s^2 / (4 beta))``: each s gives a lower bound (derivation ``squared-penalty-as-family-of-linear``). Concave
maximization over s closes the gap for a fixed first and last cluster; what duality gap there is among several of those is
closed by branching on them.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.interval_program import IntervalProgram
from linreg_compress.compression.clustering.record import needs_digits, relative_error
from linreg_compress.compression.clustering.sorted_weights import SortedWeights, total

_TOLERANCE = 1e-10  # relative gap at which the search stops
_PROGRAMS = 80  # tuning: dynamic programs at most
_CELLS = 1024  # tuning: of the coarse problem that a long row begins with
_EPSILON = float(np.finfo(float).eps)


class Ends:
    """Mass, mean and squared error of every first cluster (0, i) and last cluster (i, N); the walls of their centres."""

    def __init__(self, line: SortedWeights) -> None:
        size = line.size
        place = np.arange(size + 1)
        self.line = line
        self.mass, self.mean, self.error, self.wall = np.ones((4, 2, size + 1))
        self.wall[0] = np.append(line.points, np.inf)
        self.wall[1] = np.append(-np.inf, line.points)
        for side, (begin, end) in enumerate(((0 * place[1:], place[1:]), (place[:-1], 0 * place[1:] + size))):
            which = slice(1, None) if side == 0 else slice(0, -1)
            mass, mean = line.prefix.sums(begin, end)
            self.mass[side, which], self.mean[side, which] = mass, mean
            self.error[side, which] = line.prefix.squared_errors(begin, end)
        self.error[0, 0] = self.error[1, -1] = np.inf  # no empty cluster
        self.total = float(self.error[0, -1])

    def pulled(self, slope: float, a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Centres of the first clusters (0, a) and last clusters (b, N) under the penalty ``slope (c_K - c_1)``."""
        first = np.minimum(self.mean[0, a] + slope / (2 * self.mass[0, a]), self.wall[0, a])
        return first, np.maximum(self.mean[1, b] - slope / (2 * self.mass[1, b]), self.wall[1, b])

    def squared_errors(self, side: int, place: FloatArray, center: FloatArray) -> FloatArray:
        """Squared error of end clusters around another point than their mean."""
        return self.error[side, place] + self.mass[side, place] * (center - self.mean[side, place]) ** 2

    def one_center_is_best(self, beta: float, squared: bool) -> bool:
        """Whether no codebook costs less than the one mean, by more than rounding.

        A codebook between x and y costs at least the squared distances of the weights from [x, y], and that is convex:
        seen from the mean it falls by at most ``2 S (y - x)``, where S sums the masses times the distances of the weights
        above the mean. The linear penalty takes it all back if ``beta >= 2 S``, the squared one leaves ``S^2 / beta``.
        """
        above = float(self.line.masses @ np.maximum(self.line.points - self.mean[0, -1], 0.0))
        return above * above <= _EPSILON / 2 * self.total * beta if squared else 2 * above <= beta

    def springs(self, a: int, b: int, beta: float, clip: bool) -> tuple[float, float, float]:
        """Cost under ``beta D^2`` of the two end clusters of one partition, and their centres; within the walls if `clip`.

        Derivation ``springs-in-series``. A centre at its wall, the first point of the next cluster, is never the optimum's:
        that point would move to it at a gain, or at none where its own centre lies there too, and then one centre is
        enough. So centres beyond their walls need no optimum, only the cost of a codebook.
        """
        (H1, HK), (m1, mK) = (self.mass[0, a], self.mass[1, b]), (self.mean[0, a], self.mean[1, b])
        tension = (mK - m1) / (1 / beta + 1 / H1 + 1 / HK)
        first, last = m1 + tension / H1, mK - tension / HK
        if clip:
            first, last = min(first, self.wall[0, a]), max(last, self.wall[1, b])
        cost = H1 * (first - m1) ** 2 + HK * (last - mK) ** 2 + beta * (last - first) ** 2
        return float(self.error[0, a] + self.error[1, b] + cost), float(first), float(last)


@dataclass(frozen=True)
class Node:
    """Partitions whose number of clusters and whose end clusters lie within ranges, both ends included."""

    k: tuple[int, int]
    """Number of clusters."""
    a: tuple[int, int]
    """Number of weights in the first cluster."""
    b: tuple[int, int]
    """Place where the last cluster begins."""

    def split(self, one: "Cut", other: "Cut") -> Iterator["Node"]:
        """Part two partitions that differ in one of the three: each half holds one of them, so none is empty."""
        for name in ("a", "b", "k"):
            low, high = sorted((getattr(one, name), getattr(other, name)))
            if low < high:
                middle = (low + high) // 2
                begin, end = getattr(self, name)
                yield replace(self, **{name: (begin, middle)})
                yield replace(self, **{name: (middle + 1, end)})
                return


@dataclass(frozen=True)
class Cut:
    """A partition, which bounds the dual from above."""

    inner: float
    """Squared error of the clusters between the first and the last."""
    k: int
    """Number of clusters."""
    a: int
    """Number of weights in the first cluster."""
    b: int
    """Place where the last cluster begins."""
    bounds: tuple[int, ...] = field(compare=False)
    """Places where the clusters begin, and N."""


class Search:
    """The best codebook so far of a problem, and the lower bounds."""

    def __init__(self, ends: Ends, levels: int, beta: float) -> None:
        self.ends, self.line, self.levels, self.beta = ends, ends.line, levels, beta
        self.size = ends.line.size
        self.precise = ends.line.prefix.hopeless
        self.programs = 0
        self.rounding = 0.0  # of the lower bounds: what no further program closes
        self.value = ends.total
        self.bounds = [0, self.size]
        self.first = self.last = float(ends.mean[0, -1])

    def offer(self, value: float, bounds: list[int], first: float, last: float) -> None:
        """Keep a codebook if it is the best so far."""
        if value < self.value:
            self.value, self.bounds, self.first, self.last = value, bounds, first, last

    def linear(self) -> float:
        """Solve the linear penalty and return the lower bound."""
        if self.ends.one_center_is_best(self.beta, squared=False):
            return self.value * (1 - 16 * _EPSILON)
        node = Node((3, self.levels), (1, self.size), (1, self.size))
        bound = np.inf
        if self.levels >= 2:
            place = np.arange(1, self.size)
            first, last = self.ends.pulled(self.beta, place, place)
            cost = self.ends.squared_errors(0, place, first) + self.ends.squared_errors(1, place, last)
            cost = np.where(first <= last, cost + self.beta * (last - first), np.inf)
            best = int(np.argmin(cost))
            self.offer(float(cost[best]), [0, best + 1, self.size], float(first[best]), float(last[best]))
        if self.levels >= 3:
            found, rounding = self.program(self.beta, node)
            for value, cut in found:
                first, last = self.ends.pulled(self.beta, np.array(cut.a), np.array(cut.b))
                self.offer(value, list(cut.bounds), float(first), float(last))
                bound = min(bound, value - rounding)
        return min(bound, self.value * (1 - 16 * _EPSILON))

    def squared(self) -> float:
        """Solve the squared penalty by branch and bound and return the lower bound."""
        if self.ends.one_center_is_best(self.beta, squared=True):
            return self.value * (1 - 16 * _EPSILON)
        if self.levels >= 2:
            tension = 1 / self.beta + 1 / self.ends.mass[0, 1:-1] + 1 / self.ends.mass[1, 1:-1]
            cost = self.ends.error[0, 1:-1] + self.ends.error[1, 1:-1]
            place = int(np.argmin(cost + (self.ends.mean[1, 1:-1] - self.ends.mean[0, 1:-1]) ** 2 / tension)) + 1
            value, first, last = self.ends.springs(place, place, self.beta, clip=False)
            self.offer(value, [0, place, self.size], first, last)
        if self.levels < 3:
            return self.value * (1 - 16 * _EPSILON)
        node = Node((3, self.levels), (1, self.size), (1, self.size))
        slope = self.start()
        open_nodes = [(-np.inf, 0, node, slope)]
        proven, count = np.inf, 0
        while open_nodes:
            bound, _, node, slope = heapq.heappop(open_nodes)
            if self.closed(bound) or self.programs >= _PROGRAMS:
                proven = min(proven, bound)
                continue
            found, slope, pair = self.dual(node, slope)
            bound = max(bound, found)
            children = list(node.split(*pair)) if not self.closed(bound) and len(pair) == 2 else []
            if not children:
                proven = min(proven, bound)
            for child in children:
                count += 1
                heapq.heappush(open_nodes, (bound, count, child, slope))
        return min(proven, self.value * (1 - 16 * _EPSILON))

    def closed(self, bound: float) -> bool:
        """Whether a lower bound is as near to the best codebook as wanted, or as its rounding lets it be."""
        return bound + self.rounding >= self.value * (1 - _TOLERANCE)

    def start(self) -> float:  # tuning: any slope leads to the same end
        """Slope to begin with: from two clusters, or of a long row the best one for the means of its cells."""
        slope = 2 * self.beta * (self.last - self.first)
        if self.size <= 4 * _CELLS:
            return slope
        places = np.linspace(0, self.size, _CELLS + 1).astype(np.int64)
        masses, means = self.line.prefix.sums(places[:-1], places[1:])
        cells = replace(self.line, values=means, points=means, rests=np.zeros_like(means), masses=masses)
        coarse = Search(Ends(cells), min(self.levels, _CELLS), self.beta)
        return coarse.dual(Node((3, coarse.levels), (1, _CELLS), (1, _CELLS)), slope)[1]

    def dual(self, node: Node, slope: float) -> tuple[float, float, list[Cut]]:
        """Maximize the lower bound of a node over s; return it, the s, and the best partitions on its two sides."""
        cuts: list[Cut] = []
        best, best_slope = -np.inf, slope
        pair: list[Cut] = []
        while self.programs < _PROGRAMS:
            found, rounding = self.program(slope, node)
            least = min(value for value, _ in found) - slope**2 / (4 * self.beta)
            if least - rounding > best:
                best, best_slope = least - rounding, slope
            new = [cut for _, cut in found if cut not in cuts]
            for cut in new:
                cost, first, last = self.ends.springs(cut.a, cut.b, self.beta, clip=True)
                self.offer(cut.inner + cost, list(cut.bounds), first, last)
            cuts += new
            slope, top, pair = self.envelope(cuts)
            # tuning: another program could gain no more than that
            if self.closed(best) or not new or best + self.rounding >= top - _TOLERANCE / 10 * abs(top):
                break
        return best, best_slope, pair

    def envelope(self, cuts: list[Cut]) -> tuple[float, float, list[Cut]]:
        """Maximize over s the least of the cuts, each concave in s: its place, its value, the cuts that meet there."""
        a, b = np.array([cut.a for cut in cuts]), np.array([cut.b for cut in cuts])
        inner = np.array([cut.inner for cut in cuts])
        # tuning: any interval with the maximum in it
        low, high = 0.0, 2 * self.beta * float(self.line.points[-1] - self.line.points[0])
        sides = [-1, -1]
        top, place = -np.inf, 0.0
        for _ in range(200):  # tuning: halvings at most
            slope = (low + high) / 2
            first, last = self.ends.pulled(slope, a, b)
            values = inner + self.ends.squared_errors(0, a, first) + self.ends.squared_errors(1, b, last)
            values += slope * (last - first) - slope**2 / (4 * self.beta)
            active = int(np.argmin(values))
            if values[active] > top:
                top, place = float(values[active]), slope
            rising = bool((last - first)[active] > slope / (2 * self.beta))
            sides[not rising] = active
            low, high = (slope, high) if rising else (low, slope)
            if high - low <= 4 * _EPSILON * high:  # tuning: halvings beyond the last digit
                break
        return place, top, [cuts[side] for side in dict.fromkeys(sides) if side >= 0]

    def program(self, slope: float, node: Node) -> tuple[list[tuple[float, Cut]], float]:
        """Best partition into each k >= 3 of the node under ``slope D``, with its cost, and a bound on their rounding."""
        place = np.arange(self.size + 1)
        first, last = self.ends.pulled(slope, place, place)
        begin = self.ends.squared_errors(0, place, np.where(np.isfinite(first), first, 0.0)) - slope * first
        end = self.ends.squared_errors(1, place, np.where(np.isfinite(last), last, 0.0)) + slope * last
        begin[: node.a[0]] = begin[node.a[1] + 1 :] = np.inf
        end[: node.b[0]] = end[node.b[1] + 1 :] = np.inf
        begin[0] = begin[-1] = end[0] = end[-1] = np.inf
        while True:
            self.programs += 1  # tuning: counts the time spent
            program = IntervalProgram(self.line.prefix, begin, node.k[1] - 1, self.precise)
            found = []
            for k in range(node.k[0], node.k[1] + 1):
                total = program.costs(k - 1) + end
                best = int(np.argmin(total))
                if np.isfinite(total[best]):
                    bounds = program.bounds(k - 1, best)
                    inner = np.array(bounds[1:])
                    error = float(self.line.prefix.squared_errors(inner[:-1], inner[1:]).sum())
                    found.append((float(total[best]), Cut(error, k, bounds[1], best, (*bounds, self.size))))
            size = abs(min((value for value, _ in found), default=0.0))
            scale = size + 2 * slope
            rounding = program.error(node.k[1]) + scale * relative_error(self.size, node.k[1]) / 16
            if self.precise or not needs_digits(program.error(node.k[1]), size, self.size):
                self.rounding = max(self.rounding, rounding)
                return found, rounding
            self.precise = True


def pulled(line: SortedWeights, bounds: list[int], beta: float, squared: bool) -> FloatArray:
    """Best centres of a partition under the penalty, in the units of the weights and to the digits of each cluster.

    The search knows its end centres only to the digits of the whole range, so they are solved for once more.
    """
    centers = line.means(bounds)
    if len(centers) == 1:
        return centers
    first, last = float(centers[0]), float(centers[-1])
    with np.errstate(over="ignore"):
        H1, HK = (float(np.ldexp(total(line.masses[i:j]), line.mass_exponent)) for i, j in (bounds[:2], bounds[-2:]))
    low, high = np.inf, -np.inf  # the walls, which the end centres do not pass: weights of their neighbours
    if len(centers) > 2:
        low, high = float(line.values[bounds[1]]), float(line.values[bounds[-2] - 1])
    if not squared:
        return np.concatenate([[min(first + beta / H1 / 2, low)], centers[1:-1], [max(last - beta / HK / 2, high)]])
    apart = last - first
    both = (first + apart / (H1 / beta + 1 + H1 / HK), last - apart / (HK / beta + 1 + HK / H1))
    one = (low, last - (last - low) / (HK / beta + 1)), (first + (high - first) / (H1 / beta + 1), high)
    best, least = centers, np.inf
    for c1, cK in (both, *one, (low, high)) if len(centers) > 2 else (both,):
        tried = np.concatenate([[min(c1, low)], centers[1:-1], [max(cK, high)]])
        cost = line.objective(tried, bounds) + beta * (tried[-1] - tried[0]) ** 2
        if cost < least:
            best, least = tried, cost
    return best
