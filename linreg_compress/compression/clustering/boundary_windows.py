"""Where the boundaries of an optimal k-means partition can lie, proved on a coarse grid, for rows that are long.

Move each boundary b of an optimum to an end of its grid cell, all weights of the cell going to one side. That costs at
most ``2 (c' - c) A``, with c and c' the centres next to b and ``A = sum h (w - m)_+`` over the cell of mean m (choose
the end on the side of m). So a program on the grid with these rebates bounds the optimum from below; run from both ends
it bounds the optimum with a given boundary in a given cell. Cells whose bound exceeds a known objective are out.

The centres are not known, but a far centre costs: with E(x) the squared error of the weights between b - x and b around
b - x, ``2 A x <= share E(x) + max_y (2 A y - share E(y))``, and the E of all boundaries together are at most the
optimum. Given windows, means bound ``c' - c`` directly. Both are of higher order in the cells: a few rounds are enough.
"""

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.interval_program import IntervalProgram
from linreg_compress.compression.clustering.sorted_weights import SortedWeights

_ROUNDS = 6  # tuning: at most; each only narrows
_FEWEST = 30_000  # tuning: below, the whole program is as fast
_SAFETY = 1 + 1e-6  # on the rebates and the known objective, far above their rounding


def boundary_windows(line: SortedWeights, levels: int, precise: bool = False) -> FloatArray | None:
    """Windows of the ends of the `levels` clusters, among places 0, ..., N; None where the row is too short to gain.

    Parameters
    ----------
    line : SortedWeights
        N of them.
    levels : int
        K, at least 2 and less than N.
    precise : bool
        Whether the program to come is the one in twice the digits, so that shorter rows gain too.

    Returns
    -------
    ndarray of int, shape (K, 2), or None
        First and last place where cluster k may end in an optimum; the last holds N alone.
    """
    cells = max(384, 48 * levels)  # tuning: any grid gives valid windows
    fewest = 2 * cells if precise else max(_FEWEST, 12 * cells)
    if line.size < fewest or line.prefix.hopeless:
        return None
    windows = np.tile([0, line.size], (levels, 1))
    windows[-1] = line.size
    places = _companded(line, cells)
    known = _known(line, places, levels)
    for _ in range(_ROUNDS):
        before = int(np.ptp(windows, axis=1).sum())
        known, windows = _narrowed(line, places, windows, known)
        after = int(np.ptp(windows, axis=1).sum())
        if after <= 2 * cells or after > 0.8 * before:  # tuning: whether another round pays
            break
        share = max(8, cells // (levels - 1))  # tuning: any grid gives valid windows
        # tuning: any grid gives valid windows
        parts = [np.linspace(low, high, share + 1).astype(np.int64) for low, high in windows[:-1]]
        places = np.unique(np.concatenate([[0, line.size], *parts]))
    return windows


def _companded(line: SortedWeights, cells: int) -> FloatArray:  # tuning: any grid gives valid windows
    """Grid of places with equal shares of ``mass^(1/3) width^(2/3)``, as a good quantizer's cells, mixed with ranks."""
    fine = np.unique(np.linspace(0, line.size, 8 * cells + 1).astype(np.int64))
    mass = np.diff(line.prefix.mass[0][fine])
    width = line.points[np.minimum(fine[1:], line.size - 1)] - line.points[fine[:-1]]
    share = np.cbrt(mass * width**2)
    level = np.append(0.0, np.cumsum(share / share.sum() + 0.1 * mass / mass.sum()))
    chosen = np.searchsorted(level, np.linspace(0, level[-1], cells + 1)[1:-1])
    places = np.unique(np.concatenate(([0], fine[chosen], [line.size])))
    for _ in range(3):  # the rebate falls with the third power of the cell: make all alike
        share = np.cbrt(np.maximum(_far_centers(line, places, _tilt(line, places), 1e-3), 0.0))
        level = np.append(0.0, np.cumsum(share / share.sum() + 0.02 / share.size))
        even = np.interp(np.linspace(0, level[-1], cells + 1), level, places).astype(np.int64)
        places = np.unique(np.concatenate(([0], even, [line.size])))
    return places


def _costs(line: SortedWeights, ends: FloatArray) -> float:
    return float(line.prefix.squared_errors(ends[:-1], ends[1:]).sum())


def _known(line: SortedWeights, places: FloatArray, levels: int) -> float:
    """Objective of the best partition on the grid after some steps of Lloyd's algorithm."""
    sums = line.prefix.at(places)
    program = IntervalProgram(sums, None, levels, precise=False)
    return _lloyd(line, places[program.bounds(levels, sums.size)])


def _lloyd(line: SortedWeights, ends: FloatArray) -> float:
    """Improve a partition, given by its ends with 0 and N, until it is stable, and return its objective."""
    value = _costs(line, ends)
    for _ in range(100):  # tuning: the value of any partition will do
        means = line.prefix.sums(ends[:-1], ends[1:])[1]
        moved = np.concatenate(([0], np.searchsorted(line.points, (means[1:] + means[:-1]) / 2), [line.size]))
        if (np.diff(moved) <= 0).any():  # tuning: the value of any partition will do
            break
        better = _costs(line, moved)
        if better >= value:
            break
        value, ends = better, moved
    return value


def _tilt(line: SortedWeights, places: FloatArray) -> FloatArray:
    """``A = sum h (w - m)_+`` of every cell; 0 where no boundary can be inside."""
    begin, end = places[:-1], places[1:]
    mean = line.prefix.sums(begin, end)[1]
    middle = np.clip(np.searchsorted(line.points, mean), begin, end)
    mass, moment = line.prefix.mass[0], line.prefix.moment[0]
    above = moment[end] - moment[middle] - mean * (mass[end] - mass[middle])
    return np.where(end - begin == 1, 0.0, np.maximum(above, 0.0) + line.prefix.rounding) * _SAFETY


def _far_centers(line: SortedWeights, places: FloatArray, tilt: FloatArray, share: float) -> FloatArray:
    """Bound of ``2 A (c' - c)`` less `share` of the squared errors between b and the two centres, for b in each cell."""
    mass, moment, square = (high[places] for high, _ in (line.prefix.mass, line.prefix.moment, line.prefix.square))
    cells = np.arange(tilt.size)
    starts = line.points[places[:-1]]
    stops = line.points[places[1:] - 1]
    centers = np.append(starts, stops[-1])
    total = 2 * tilt * (stops - starts)  # to and from the ends of the cell
    for side, edge, farthest in ((-1, cells, cells), (1, cells + 1, tilt.size - 1 - cells)):
        start = starts if side < 0 else stops
        low, high = 0 * cells, farthest + 1  # places away: the slope is still up at low, not at high
        for _ in range(tilt.size.bit_length() + 1):
            middle = (low + high) // 2
            place = edge + side * np.minimum(middle, farthest)
            slope = (mass[place] - mass[edge]) * centers[place] - (moment[place] - moment[edge])
            up = (middle <= farthest) & (share * slope < tilt)
            low, high = np.where(up, middle, low), np.where(up, high, middle)
        place = edge + side * low
        weight, first = mass[place] - mass[edge], moment[place] - moment[edge]
        error = side * (square[place] - square[edge] - centers[place] * (2 * first - centers[place] * weight))
        total -= share * np.maximum(error - line.prefix.rounding, 0.0)
        # from there to the next place the slope is 2 A at most
        total += 2 * tilt * np.abs(centers[edge + side * np.minimum(low + 1, farthest)] - start)
    return total


def _spacings(line: SortedWeights, windows: FloatArray) -> FloatArray:
    """Bound of ``c' - c`` at the end of each cluster: means grow with both ends of a cluster."""
    low, high = np.append(0, windows[:, 0]), np.append(0, windows[:, 1])
    points = line.points
    smallest, largest = points[np.minimum(low[:-1], line.size - 1)].copy(), points[np.maximum(high[1:], 1) - 1].copy()
    for side, bounds in ((smallest, low), (largest, high)):
        full = bounds[1:] > bounds[:-1]
        side[full] = line.prefix.sums(bounds[:-1][full], bounds[1:][full])[1]
    return np.append(np.maximum(largest[1:] - smallest[:-1], 0.0), 0.0) * _SAFETY


def _rebates(
    line: SortedWeights, places: FloatArray, windows: FloatArray, inside: FloatArray, known: float
) -> tuple[FloatArray, float]:
    """Rebate of the end of each cluster at each place, the larger of its two cells; the share of the optimum to add."""
    tilt = _tilt(line, places)
    touched = np.zeros(tilt.size + 1)  # cells where some boundary can lie
    np.add.at(touched, inside[:-1, 0], 1)
    np.add.at(touched, inside[:-1, 1], -1)
    tilt[np.cumsum(touched)[:-1] == 0] = 0.0
    cell = np.arange(tilt.size)
    allowed = (cell >= inside[:-1, :1]) & (cell < inside[:-1, 1:])
    weight = allowed / np.maximum(allowed.sum(axis=1, keepdims=True), 1)  # tuning: a typical place of each end
    near = 2 * tilt * _spacings(line, windows)[:, None]
    best, gap, share = near, float((weight * near[:-1]).sum()), 0.0
    for one in 10.0 ** -np.arange(2, 6):  # tuning: any share gives a bound; the best one is kept
        far = _far_centers(line, places, tilt, one)
        if one * known + float((weight * far).sum()) < gap:
            best, gap, share = np.broadcast_to(far, near.shape), one * known + float((weight * far).sum()), one
    none = np.zeros((len(windows), 1))
    found = np.maximum(np.hstack((best, none)), np.hstack((none, best)))
    found[-1] = 0.0
    return found, share


def _narrowed(line: SortedWeights, places: FloatArray, windows: FloatArray, known: float) -> tuple[float, FloatArray]:
    """One round: lower bounds from both ends on the grid, and the windows of the cells they leave."""
    levels, size = len(windows), places.size - 1
    sums = line.prefix.at(places)
    mirrored = sums.mirrored()
    inside = np.searchsorted(places, windows)  # windows end on places
    every = np.arange(size + 1)
    none = np.zeros_like(every)
    rebates, share = _rebates(line, places, windows, inside, known)
    ahead = IntervalProgram(sums, sums.squared_errors(none, every), levels, False, inside, rebates)
    # from the other end: its cluster k ends where cluster levels - k does
    turned = np.concatenate((size - inside[-2::-1, ::-1], [[size, size]]))
    turned_rebates = np.concatenate((rebates[-2::-1, ::-1], np.zeros((1, size + 1))))
    behind = IntervalProgram(mirrored, mirrored.squared_errors(none, every), levels - 1, False, turned, turned_rebates)
    met = places[ahead.bounds(levels, size)]
    if (np.diff(met) > 0).all():
        known = min(known, _lloyd(line, met))
    limit = known * (1 + share) * _SAFETY + ahead.error(levels) + behind.error(levels)
    narrowed = windows.copy()
    for k in range(1, levels):
        bound = ahead.costs(k) + behind.costs(levels - k)[::-1] + rebates[k - 1]  # counted on both sides
        cell = np.minimum(bound[:-1], bound[1:])
        left = np.flatnonzero(cell <= limit)
        narrowed[k - 1] = places[left[0]], places[left[-1] + 1]
    return known, narrowed
