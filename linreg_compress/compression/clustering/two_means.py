"""Two clusters on a line: the best cut of the sorted weights, in O(N)."""

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.record import Clustering, needs_digits
from linreg_compress.compression.clustering.sorted_weights import cluster_means
from linreg_compress.compression.clustering.sorted_weights import total as sum_of

_EPSILON = float(np.finfo(float).eps)
_BLOCK = 1 << 13  # tuning: numbers that stay in the cache


def two_means(weights: FloatArray, masses: FloatArray | None) -> Clustering | None:
    """Two clusters in O(N) after the sort, block by block.

    None where running sums in doubles are too coarse for the digits, where an importance is zero, and for fewer than three
    weights.
    """
    size = weights.size
    if size < 3 or (masses is not None and not masses.all()):
        return None
    if masses is None:
        values, total = np.sort(weights), float(size)
    else:
        order = np.argsort(weights)
        values, masses = weights[order], masses[order]
        total = float(masses.sum())
        if masses.min() < 16 * _EPSILON * total:
            return None
    shift = float(values[size // 2])
    largest = max(float(values[-1]) - shift, shift - float(values[0]))
    if not 1e-100 < largest < 1e100 or not 1e-100 < total < 1e100:  # tuning: the search finds the same
        return None
    errors = values - shift
    mean = float(errors.sum()) / total if masses is None else float(masses @ errors) / total
    errors -= mean
    weighted = errors if masses is None else masses * errors
    spread = float(errors @ weighted)
    pairs = None
    if masses is not None:  # a running sum waits for its last addition: two of them, as a complex one, take the time of one
        pairs = np.empty(size, dtype=np.complex128)
        pairs.real, pairs.imag = masses, weighted
    best, place = -1.0, 0
    mass = moment = 0.0
    for start in range(0, size - 1, _BLOCK):
        stop = min(size - 1, start + _BLOCK)
        if pairs is None:
            moments, below = weighted[start:stop].cumsum(), np.arange(start + 1.0, stop + 1.0)
        else:
            sums = pairs[start:stop].cumsum()
            moments, below = sums.imag.copy(), sums.real.copy()
        if start:
            moments += moment
            if masses is not None:
                below += mass
        mass, moment = float(below[-1]), float(moments[-1])
        between = total - below
        between *= below
        np.divide(moments * moments, between, out=between)  # times total, the squared error that the cut saves
        cut = int(between.argmax())
        if between[cut] > best:
            best, place = float(between[cut]), start + cut + 1
    centers = cluster_means(values, masses, [0, place, size])
    np.subtract(values, np.repeat(centers, [place, size - place]), out=errors)
    errors *= errors
    objective = sum_of(errors if masses is None else masses * errors)
    steps = min(size, _BLOCK + size // _BLOCK)  # additions in a row
    most = float(np.sqrt(total * spread))  # of the sums, by Cauchy and Schwarz
    rough = _EPSILON * steps * (most * largest + (0 if masses is None else 2 * total * largest**2)) * 8
    if values[place] == values[place - 1] or needs_digits(rough, objective, size):
        return None
    assignments = (weights >= values[place]).astype(np.intp)
    return Clustering(centers, assignments, objective, max(objective - rough, 0.0))
