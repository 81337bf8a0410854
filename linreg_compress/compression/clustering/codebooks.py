"""Codebooks for the weights at hand that are not the best ones, with the best one's lower bound as their certificate."""

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.kmeans import kmeans
from linreg_compress.compression.clustering.record import Clustering, checked_line
from linreg_compress.compression.clustering.sorted_weights import total
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import limited_uniform


def equal_steps(weights: FloatArray, levels: int, importance: FloatArray | None = None) -> Clustering:
    """Quantize to the middles of `levels` equal cells between the extremes.

    Examples
    --------
    >>> equal_steps(np.array([0.0, 1.0, 4.0]), 2).centers.tolist()
    [1.0, 3.0]
    """
    weights, levels, importance = checked_line(weights, levels, importance)
    low, high = float(weights.min()), float(weights.max())
    step = (high - low) / levels
    if step == 0:
        return kmeans(weights, levels, importance)
    return clustered_by(limited_uniform(step, levels, low + (high - low) / 2), weights, levels, importance)


def clustered_by(
    cells: CellQuantizer, weights: FloatArray, levels: int, importance: FloatArray | None = None
) -> Clustering:
    """Quantize by given cells; the best codebook of all with `levels` levels bounds the objective from below.

    Examples
    --------
    >>> found = clustered_by(CellQuantizer([0.0, 2.0], [1.0]), np.array([0.0, 0.5, 2.0]), 2)
    >>> found.objective, round(found.lower_bound, 6)
    (0.25, 0.125)
    """
    best = kmeans(weights, levels, importance)
    assignments = cells.indices(weights)
    masses = np.ones_like(weights) if importance is None else importance
    objective = total(masses * (weights - cells.levels[assignments]) ** 2)
    return Clustering(cells.levels, assignments, objective, min(best.lower_bound, objective))
