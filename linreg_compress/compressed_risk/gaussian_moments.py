"""Moments of the quantization error of a Gaussian: the integrals under every exact quantizer risk.

For ``W = mean + s z`` with z ~ N(0, 1) and e = Q(W) - W, the three numbers ``E e^2``, ``E (s z) e`` and ``E (s z)^2 e^2``.
With finitely many cells they are sums of truncated Gaussian moments. A uniform quantizer without limits has the sawtooth
error ``e = (H / pi) sum_k (-1)^k / k sin(2 pi k (W - c) / H)``, whose Gaussian averages are a Fourier series that converges
as exp(-2 pi^2 k^2 s^2 / H^2): fast exactly where the cells would be many.
"""

from typing import NamedTuple

import numpy as np
from scipy import special

from linreg_compress._validation import FloatArray
from linreg_compress.compression.cells import CellQuantizer
from linreg_compress.compression.uniform import UniformQuantizer

_NARROW = 0.4  # of a step: below this spread the cells are few, above it the Fourier terms are
_REACH = 9.0  # standard deviations: the normal tail beyond is 2e-19
_TERMS = 5  # at the narrowest spread the sixth Fourier term is exp(-2 pi^2 36 0.16) = 4e-50


class ErrorMoments(NamedTuple):
    """``E e^2``, ``E (s z) e`` and ``E (s z)^2 e^2``."""

    squared_error: FloatArray
    cross: FloatArray
    squared_cross: FloatArray


def error_moments(quantizer: CellQuantizer | UniformQuantizer, mean: FloatArray, deviation: FloatArray) -> ErrorMoments:
    """Moments of the error of a quantized Gaussian.

    Parameters
    ----------
    quantizer : CellQuantizer or UniformQuantizer
        A uniform quantizer with one common centre.
    mean, deviation : ndarray
        Broadcast against each other; deviation positive.

    Returns
    -------
    ErrorMoments
        Arrays of the broadcast shape.

    Examples
    --------
    Fine steps: the error is uniform and independent, with variance H^2 / 12.

    >>> found = error_moments(UniformQuantizer(0.1), np.array(0.3), np.array(1.0))
    >>> round(float(found.squared_error) * 12 / 0.01, 12), round(float(found.cross), 12)
    (1.0, 0.0)
    """
    mean, deviation = np.broadcast_arrays(np.asarray(mean, dtype=float), np.asarray(deviation, dtype=float))
    if isinstance(quantizer, CellQuantizer):
        return _cells(quantizer.levels, quantizer.thresholds, mean, deviation)
    step, offset = quantizer.step, float(np.asarray(quantizer.offset))
    phase = np.remainder(mean - offset + step / 2, step) - step / 2  # of the mean in its own cell
    found = [np.empty(mean.shape) for _ in range(3)]
    narrow = deviation < _NARROW * step
    if narrow.any():
        reach = int(np.ceil(_REACH * _NARROW + 0.5))
        levels = step * np.arange(-reach, reach + 1)
        parts = _cells(levels, (levels[1:] + levels[:-1]) / 2, phase[narrow], deviation[narrow])
        for target, part in zip(found, parts, strict=True):
            target[narrow] = part
    if not narrow.all():
        for target, part in zip(found, _sawtooth(step, phase[~narrow], deviation[~narrow]), strict=True):
            target[~narrow] = part
    return ErrorMoments(*found)


def _cells(levels: FloatArray, thresholds: FloatArray, mean: FloatArray, deviation: FloatArray) -> ErrorMoments:
    """Sum truncated Gaussian moments over the cells, one cell at a time to keep the memory small."""
    totals = [np.zeros(mean.shape) for _ in range(3)]
    lower = _Edge(np.full(mean.shape, -np.inf))
    for index, level in enumerate(levels):
        last = index == len(thresholds)
        upper = _Edge(np.full(mean.shape, np.inf) if last else (thresholds[index] - mean) / deviation)
        p0 = _mass(lower, upper)
        p1 = lower.density - upper.density
        p2 = p0 + lower.first - upper.first
        p3 = lower.second - upper.second + 2 * p1
        p4 = lower.third - upper.third + 3 * p2
        gap = (level - mean) / deviation  # e = s (gap - z)
        totals[0] += gap**2 * p0 - 2 * gap * p1 + p2
        totals[1] += gap * p1 - p2
        totals[2] += gap**2 * p2 - 2 * gap * p3 + p4
        lower = upper
    variance = deviation**2
    return ErrorMoments(totals[0] * variance, totals[1] * variance, totals[2] * variance**2)


class _Edge:
    """A cell's edge a in units of s: P(z > |a|) and a^k phi(a), zero at infinity."""

    def __init__(self, edge: FloatArray) -> None:
        self.positive = edge > 0
        self.tail = special.ndtr(-np.abs(edge))
        inside = np.where(np.isfinite(edge), edge, 0.0)
        self.density = np.where(np.isfinite(edge), np.exp(-(inside**2) / 2) / np.sqrt(2 * np.pi), 0.0)
        self.first = inside * self.density
        self.second = inside * self.first
        self.third = inside * self.second


def _mass(lower: _Edge, upper: _Edge) -> FloatArray:
    """P(lower < z <= upper), from the tail on the side where it is small."""
    across = 1 - lower.tail - upper.tail
    same_side = np.abs(lower.tail - upper.tail)
    return np.where(lower.positive == upper.positive, same_side, across)


def _sawtooth(step: float, phase: FloatArray, deviation: FloatArray) -> ErrorMoments:
    angle, width = 2 * np.pi * phase / step, 2 * np.pi * deviation / step
    squared = np.full(phase.shape, step**2 / 12)
    cross = np.zeros(phase.shape)
    squared_cross = squared.copy()
    for k in range(1, _TERMS + 1):
        sign = (-1) ** k
        damping = np.exp(-((k * width) ** 2) / 2)
        wave = np.cos(k * angle) * damping
        power = (step / np.pi) ** 2 * sign / k**2
        squared += power * wave
        squared_cross += power * (1 - (k * width) ** 2) * wave
        cross += step / np.pi * sign / k * (k * width) * wave
    return ErrorMoments(squared, deviation * cross, deviation**2 * squared_cross)
