"""Moments of the quantization error of a Gaussian: the integrals under every exact quantizer risk.

For ``W = mean + s z`` with z ~ N(0, 1) and e = Q(W) - W, the three numbers ``E e^2``, ``E (s z) e`` and ``E (s z)^2 e^2``.
With finitely many cells they are sums of truncated Gaussian moments (derivation ``truncated-gaussian-moments``). A uniform
quantizer without limits has the sawtooth error ``e = (H / pi) sum_k (-1)^k / k sin(2 pi k (W - c) / H)``, whose Gaussian
averages are a Fourier series that converges as exp(-2 pi^2 k^2 s^2 / H^2): fast exactly where the cells would be many.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import special

from linreg_compress._validation import FloatArray
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.normal_mass import mass_from_tails
from linreg_compress.compression.scalar.uniform import UniformQuantizer

_NARROW = 0.4  # tuning: of a step: below this spread the cells are few, above it the Fourier terms are
_REACH = 9.0  # tuning: standard deviations: the normal tail beyond is 2e-19
_TERMS = 5  # tuning: at the narrowest spread the sixth Fourier term is exp(-2 pi^2 36 0.16) = 4e-50


class ErrorMoments(NamedTuple):
    """Moments of the error ``e = Q(W) - W`` of ``W = mean + s z``."""

    squared_error: FloatArray
    """``E e^2``."""
    cross: FloatArray
    """``E (s z) e``."""
    squared_cross: FloatArray
    """``E (s z)^2 e^2``."""


class JumpMoments(NamedTuple):
    """Moments of the jump ``j = Q(W) - Q(mean)``, ``W = mean + s z``."""

    mean: FloatArray
    """``E j``."""
    squared: FloatArray
    """``E j^2``."""
    cross: FloatArray
    """``E s z j``."""
    squared_cross: FloatArray
    """``E (s z)^2 j^2``."""
    second_cross: FloatArray
    """``E (s z)^2 j``."""
    third_cross: FloatArray
    """``E (s z)^3 j``."""


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
    step, phase = quantizer.step, _phase(quantizer, mean)
    found = [np.empty(mean.shape) for _ in range(3)]
    narrow = deviation < _NARROW * step
    if narrow.any():
        parts = _cells(*_nearby(step), phase[narrow], deviation[narrow])
        for target, part in zip(found, parts, strict=True):
            target[narrow] = part
    if not narrow.all():
        for target, part in zip(found, _sawtooth(step, phase[~narrow], deviation[~narrow]), strict=True):
            target[~narrow] = part
    return ErrorMoments(*found)


def jump_moments(
    quantizer: CellQuantizer | UniformQuantizer, mean: FloatArray, deviation: FloatArray
) -> tuple[FloatArray, JumpMoments]:
    """Moments of how far the level jumps from that of the cell of the mean.

    Where the code is nearly constant these are small, and they lose no digits: the level that nearly every weight gets is
    not in them.

    Parameters
    ----------
    mean : ndarray, shape (kinds,)
    deviation : ndarray, shape (nodes, kinds) or (nodes, 1)
        Positive.

    Returns
    -------
    reference : ndarray, shape (kinds,)
        Level of the mean's own cell, from the mean.
    moments : JumpMoments
        Arrays of shape (nodes, kinds).

    Examples
    --------
    >>> reference, found = jump_moments(UniformQuantizer(20.0), np.array([1.0]), np.array([[1.0]]))
    >>> reference.tolist(), f"{found.mean[0, 0] / 20:.6e}"  # P(z > 9)
    ([-1.0], '1.128588e-19')
    """
    mean = np.asarray(mean, dtype=float)
    spread_mean, deviation = np.broadcast_arrays(mean, np.asarray(deviation, dtype=float))
    if isinstance(quantizer, CellQuantizer):
        own = quantizer.levels[quantizer.indices(mean)]
        return own - mean, _jumps(quantizer.levels, quantizer.thresholds, spread_mean, deviation, own)
    step, phase = quantizer.step, _phase(quantizer, mean)
    spread_phase = np.broadcast_to(phase, deviation.shape)
    found = [np.empty(deviation.shape) for _ in JumpMoments._fields]
    narrow = deviation < _NARROW * step
    if narrow.any():
        levels, thresholds = _nearby(step)
        parts = _jumps(levels, thresholds, spread_phase[narrow], deviation[narrow], np.zeros(()))
        for target, part in zip(found, parts, strict=True):
            target[narrow] = part
    if not narrow.all():
        parts = _sawtooth_jumps(step, spread_phase[~narrow], deviation[~narrow])
        for target, part in zip(found, parts, strict=True):
            target[~narrow] = part
    return -phase, JumpMoments(*found)


def _phase(quantizer: UniformQuantizer, mean: FloatArray) -> FloatArray:
    """Place of the mean in its own cell, from the cell's level; the two remainders are exact however far it is."""
    step = quantizer.step
    away = np.remainder(mean, step) - np.remainder(np.asarray(quantizer.offset, dtype=float), step)
    return np.remainder(away + step / 2, step) - step / 2


def _nearby(step: float) -> tuple[FloatArray, FloatArray]:
    """Levels and thresholds of the cells that a narrow Gaussian can reach."""
    cells = UniformQuantizer(step).cells(0.0, (_REACH * _NARROW + 0.5) * step)
    return cells.levels, cells.thresholds


def _integrals(
    thresholds: FloatArray, mean: FloatArray, deviation: FloatArray
) -> Iterator[tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]]:
    """Integrals of ``z^k phi(z)``, k = 0..4, over the cells, one cell at a time to keep the memory small."""
    lower = _Edge(np.full(mean.shape, -np.inf))
    for index in range(len(thresholds) + 1):
        last = index == len(thresholds)
        upper = _Edge(np.full(mean.shape, np.inf) if last else (thresholds[index] - mean) / deviation)
        p0 = mass_from_tails(lower.tail, lower.positive, upper.tail, upper.positive)
        p1 = lower.density - upper.density
        p2 = p0 + lower.first - upper.first
        p3 = lower.second - upper.second + 2 * p1
        p4 = lower.third - upper.third + 3 * p2
        yield p0, p1, p2, p3, p4
        lower = upper


def _cells(levels: FloatArray, thresholds: FloatArray, mean: FloatArray, deviation: FloatArray) -> ErrorMoments:
    """Sum truncated Gaussian moments of ``e = s (gap - z)`` over the cells."""
    totals = [np.zeros(mean.shape) for _ in range(3)]
    for level, (p0, p1, p2, p3, p4) in zip(levels, _integrals(thresholds, mean, deviation), strict=True):
        gap = (level - mean) / deviation
        totals[0] += gap**2 * p0 - 2 * gap * p1 + p2
        totals[1] += gap * p1 - p2
        totals[2] += gap**2 * p2 - 2 * gap * p3 + p4
    variance = deviation**2
    return ErrorMoments(totals[0] * variance, totals[1] * variance, totals[2] * variance**2)


def _jumps(
    levels: FloatArray, thresholds: FloatArray, mean: FloatArray, deviation: FloatArray, own: FloatArray
) -> JumpMoments:
    totals = [np.zeros(mean.shape) for _ in JumpMoments._fields]
    for level, (p0, p1, p2, p3, _) in zip(levels, _integrals(thresholds, mean, deviation), strict=True):
        jump = level - own
        for index, part in enumerate((p0, jump * p0, p1, jump * p2, p2, p3)):
            totals[index] += jump * part
    s = deviation
    one, squared, z_one, zz_squared, zz_one, zzz_one = totals
    return JumpMoments(one, squared, s * z_one, s**2 * zz_squared, s**2 * zz_one, s**3 * zzz_one)


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


def _sawtooth(step: float, phase: FloatArray, deviation: FloatArray) -> ErrorMoments:
    squared = np.full(phase.shape, step**2 / 12)
    cross = np.zeros(phase.shape)
    squared_cross = squared.copy()
    for height, angle, width, damping in _waves(step, phase, deviation):
        wave = height**2 * np.cos(angle) * damping
        power = 1.0 if height > 0 else -1.0
        squared += power * wave
        squared_cross += power * (1 - width**2) * wave
        cross += height * width * np.cos(angle) * damping
    return ErrorMoments(squared, deviation * cross, deviation**2 * squared_cross)


def _sawtooth_jumps(step: float, phase: FloatArray, deviation: FloatArray) -> JumpMoments:
    """``jump = phase + s z + e``: here a Gaussian reaches several cells, and nothing is lost in the sums."""
    e, _, zz_ee = _sawtooth(step, phase, deviation)
    plain, z_e, zz_e, zzz_e = (np.zeros(phase.shape) for _ in range(4))
    for height, angle, width, damping in _waves(step, phase, deviation):
        odd, even = height * np.sin(angle) * damping, height * np.cos(angle) * damping
        plain += odd
        z_e += width * even
        zz_e += (1 - width**2) * odd
        zzz_e += width * (3 - width**2) * even
    s = deviation
    ee, z_e, zz_e, zzz_e = e, s * z_e, s**2 * zz_e, s**3 * zzz_e
    one = phase + plain
    z_one = s**2 + z_e
    zz_one = phase * s**2 + zz_e
    zzz_one = 3 * s**4 + zzz_e
    squared = phase**2 + s**2 + ee + 2 * (phase * plain + z_e)
    zz_squared = phase**2 * s**2 + 3 * s**4 + zz_ee + 2 * (phase * zz_e + zzz_e)
    return JumpMoments(one, squared, z_one, zz_squared, zz_one, zzz_one)


def _waves(
    step: float, phase: FloatArray, deviation: FloatArray
) -> Iterator[tuple[float, FloatArray, FloatArray, FloatArray]]:
    """Terms ``height sin(angle + width z)`` of the error, and their Gaussian damping ``exp(-width^2 / 2)``."""
    # far beyond the last term that counts the square of the width may leave the range of doubles
    angle, width = 2 * np.pi * phase / step, 2 * np.pi * (np.minimum(deviation, 100.0 * step) / step)
    for k in range(1, _TERMS + 1):  # tuning: one term more or less
        yield step / np.pi * (-1) ** k / k, k * angle, k * width, np.exp(-((k * width) ** 2) / 2)
