"""Moments of the error of a quantized Gaussian, against adaptive quadrature cell by cell."""

import itertools

import numpy as np
import pytest
from scipy import integrate, special

from linreg_compress.compressed_risk import gaussian_moments
from linreg_compress.compressed_risk.gaussian_moments import error_moments
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer, limited_uniform
from tests.compare import assert_close
from tests.tolerances import FLOAT, QUADRATURE

CELLS = [
    CellQuantizer(np.array([0.3]), np.array([])),
    CellQuantizer(np.array([-1.0, 1.0]), np.array([0.0])),
    CellQuantizer(np.array([-2.0, 0.1, 0.2, 5.0]), np.array([-1.0, 0.11, 4.0])),
    limited_uniform(0.7, 9),
]
UNIFORM = [UniformQuantizer(1.0), UniformQuantizer(0.5, center=0.2, mid_rise=True)]
POINTS = [(0.0, 1.0), (0.45, 0.3), (-3.0, 2.0), (1.3, 0.05), (0.24, 4.0)]


def by_quadrature(quantizer: CellQuantizer | UniformQuantizer, mean: float, s: float) -> list[float]:
    if isinstance(quantizer, UniformQuantizer):
        low, high = (round(float((mean + side * 12 * s - quantizer.offset) / quantizer.step)) for side in (-1, 1))
        cuts = quantizer.offset + quantizer.step * (np.arange(low, high + 1) + 0.5)
    else:
        cuts = quantizer.thresholds
    z = (cuts - mean) / s
    edges = [-12.0, *z[np.abs(z) < 12], 12.0]
    found = []
    for power, error_power in ((0, 2), (1, 1), (2, 2)):
        total = 0.0
        for a, b in itertools.pairwise(edges):
            level = float(quantizer.compress(np.array([mean + s * (a + b) / 2]))[0])

            def kernel(z: float, level: float = level, p: int = power, k: int = error_power) -> float:
                return float((s * z) ** p * (level - mean - s * z) ** k * np.exp(-z * z / 2) / np.sqrt(2 * np.pi))

            total += integrate.quad(kernel, a, b, epsabs=1e-13 * s**2, epsrel=1e-11)[0]
        found.append(total)
    return found


@pytest.mark.parametrize("quantizer", [*CELLS, *UNIFORM])
@pytest.mark.parametrize(("mean", "deviation"), POINTS)
def test_moments_equal_quadrature(quantizer: CellQuantizer | UniformQuantizer, mean: float, deviation: float) -> None:
    found = error_moments(quantizer, np.array(mean), np.array(deviation))
    exact = by_quadrature(quantizer, mean, deviation)
    assert_close(found.squared_error, exact[0], QUADRATURE)
    assert_close(found.squared_cross, exact[2], QUADRATURE)
    # the cross moment may vanish: against what Cauchy and Schwarz allow it
    assert abs(float(found.cross) - exact[1]) <= QUADRATURE * deviation * np.sqrt(exact[0])


@pytest.mark.parametrize("ratio", [0.38, 0.4, 0.42, 0.6])
@pytest.mark.parametrize("mean", [0.0, 0.1, 0.5, 123.4])
def test_cells_and_fourier_series_agree_where_both_hold(monkeypatch: pytest.MonkeyPatch, ratio: float, mean: float) -> None:
    quantizer = UniformQuantizer(2.0, center=0.3)
    found = []
    for narrow in (0.0, 1.0):  # all by the series, all by cells
        monkeypatch.setattr(gaussian_moments, "_NARROW", narrow)
        found.append(error_moments(quantizer, np.array(mean), np.array(2.0 * ratio)))
    for series, cells in zip(*found, strict=True):
        assert abs(float(series - cells)) <= FLOAT * 4


@pytest.mark.parametrize("quantizer", UNIFORM)
def test_uniform_moments_are_periodic_in_the_mean_and_even(quantizer: UniformQuantizer) -> None:
    means = np.linspace(-0.4, 0.4, 7)
    center = float(np.asarray(quantizer.offset))
    for deviation in (0.05, 0.3, 2.0):
        one = error_moments(quantizer, center + means, np.full(7, deviation))
        for other in (center + means + 3 * quantizer.step, center - means):
            for first, second in zip(one, error_moments(quantizer, other, np.full(7, deviation)), strict=True):
                np.testing.assert_allclose(first, second, rtol=1e-11, atol=1e-13)


def test_sum_of_the_cells_is_the_whole() -> None:
    """A quantizer with many cells and one with the same level everywhere: the second moments of a Gaussian come back."""
    level = 0.7
    constant = CellQuantizer(np.full(6, level), np.array([-3.0, -0.5, 0.0, 0.1, 6.0]))
    mean, s = np.array([-1.0, 0.0, 2.0]), np.array([0.2, 1.0, 3.0])
    found = error_moments(constant, mean, s)
    gap = level - mean
    assert_close(found.squared_error, gap**2 + s**2, FLOAT)
    assert_close(found.cross, -(s**2), FLOAT)
    assert_close(found.squared_cross, s**2 * (gap**2 + 3 * s**2), FLOAT)


def test_sign_of_a_gaussian_in_closed_form() -> None:
    """E e^2 = 1 + c^2 - 2 c sqrt(2/pi) for the levels -c and c; E z e = c sqrt(2/pi) - 1; E z^2 e^2 by E |z|^3."""
    c, m = 0.9, np.sqrt(2 / np.pi)
    found = error_moments(CellQuantizer(np.array([-c, c]), np.array([0.0])), np.array(0.0), np.array(1.0))
    assert_close(found, [1 + c * c - 2 * c * m, c * m - 1, c * c + 3 - 2 * c * 2 * m], FLOAT)


def test_far_tails_do_not_lose_their_digits() -> None:
    """A cell beyond 12 standard deviations holds what the upper tail says."""
    quantizer = CellQuantizer(np.array([0.0, 1e20]), np.array([12.0]))
    base = error_moments(CellQuantizer(np.array([0.0]), np.array([])), np.array(0.0), np.array(1.0))
    extra = error_moments(quantizer, np.array(0.0), np.array(1.0)).squared_error - base.squared_error
    assert_close(extra, 1e40 * special.ndtr(-12.0), 1e-6)
