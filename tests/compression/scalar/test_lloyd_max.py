"""Lloyd-Max: both conditions, the published tables, and the best of all partitions of a grid."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from linreg_compress.compression.scalar.empirical_source import EmpiricalSource
from linreg_compress.compression.scalar.lloyd_max import _is_stationary, _system, _tridiagonal, lloyd_max
from linreg_compress.compression.scalar.sources import (
    LaplaceSource,
    NormalSource,
    StudentTSource,
    SymmetricSource,
    squared_error,
)
from linreg_compress.errors import UnsupportedModelError
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT

Array = NDArray[np.float64]

SOURCES: list[SymmetricSource] = [
    NormalSource(),
    NormalSource(2.0, 9.0),
    LaplaceSource(),
    StudentTSource(2.5),
    StudentTSource(3.0),
    StudentTSource(4.0, 0.1),
    StudentTSource(31.0, 1 / np.sqrt(31)),
    StudentTSource(1000.0),
]
LEVELS = (1, 2, 3, 4, 5, 7, 8, 16, 31, 64, 256, 1024)

# Max 1960, table I: thresholds above 0, levels above 0, mean squared error of a unit normal
MAX_1960 = {
    1: ([], [0.0], 1.0),
    2: ([], [0.7980], 0.3634),
    3: ([0.6120], [1.224], 0.1902),
    4: ([0.9816], [0.4528, 1.510], 0.1175),
    5: ([0.3823, 1.244], [0.7646, 1.724], 0.07994),
    8: ([0.5006, 1.050, 1.748], [0.2451, 0.7560, 1.344, 2.152], 0.03454),
    16: (
        [0.2582, 0.5224, 0.7996, 1.099, 1.437, 1.844, 2.401],
        [0.1284, 0.3881, 0.6568, 0.9424, 1.256, 1.618, 2.069, 2.733],
        0.009497,
    ),
    32: ([0.1320], [0.06590], 0.002499),
}


@pytest.mark.parametrize("levels", MAX_1960)
def test_table_of_max_1960(levels: int) -> None:
    """His last digits are off by up to six units (0.009497 for 0.009501, 0.002499 for 0.002505)."""
    thresholds, points, error = MAX_1960[levels]
    found = lloyd_max(NormalSource(), levels)
    above = found.thresholds[found.thresholds > 1e-12][: len(thresholds)]
    assert_close(above, thresholds, 1e-3)
    positive = found.levels[found.levels > 1e-12][: len(points)]
    if levels > 1:
        assert_close(positive, points, 1.5e-3)
    assert_close(squared_error(NormalSource(), found), error, 2.5e-3)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("levels", LEVELS)
def test_both_conditions_hold(source: SymmetricSource, levels: int) -> None:
    found = lloyd_max(source, levels)
    assert found.levels.size == levels
    cells = source.moments(found.thresholds)
    size = np.abs(found.levels) + source.scale
    assert (np.abs(source.mean + cells.first / cells.probability - found.levels) <= FLOAT * size).all()
    midpoints = (found.levels[1:] + found.levels[:-1]) / 2
    assert (np.abs(midpoints - found.thresholds) <= FLOAT * size[1:]).all()
    mirrored = 2 * source.mean - found.levels[::-1]
    assert (np.abs(found.levels - mirrored) <= 1e-11 * size).all()


def best_partition(source: SymmetricSource, levels: int, grid: Array) -> float:
    """Least error over every partition whose thresholds lie on the grid, symmetric or not, by a dynamic program."""
    cells = source.moments(grid)
    sums = np.concatenate([np.zeros((2, 1)), np.cumsum(np.stack(cells[:2]), axis=1)], axis=1)
    p, first = (sums[row][None, :] - sums[row][:, None] for row in range(2))
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(p > 0, first**2 / p, -np.inf)
    gain[np.tril_indices(len(gain))] = -np.inf
    value = gain[0]
    for _ in range(levels - 1):
        value = np.max(value[:, None] + gain, axis=0)
    return float(source.variance - value[-1])


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("levels", [2, 3, 4, 8, 13, 24])
def test_no_partition_of_a_grid_is_better(source: SymmetricSource, levels: int) -> None:
    """Fine enough to come within 1 % of the optimum, so that another optimum, asymmetric for a heavy tail, would show."""
    grid = source.companded(np.arange(1, 400) / 400)
    optimum = squared_error(source, lloyd_max(source, levels))
    on_grid = best_partition(source, levels, grid)
    assert on_grid >= optimum * (1 - 1e-9)
    assert on_grid <= optimum * 1.01


@pytest.mark.parametrize("source", SOURCES)
def test_more_levels_lower_the_error_and_follow_panter_and_dite(source: SymmetricSource) -> None:
    sizes = (1, 2, 3, 4, 5, 6, 7, 8, 16, 64, 256, 512, 1024)
    errors = [squared_error(source, lloyd_max(source, levels)) for levels in sizes]
    assert (np.diff(errors) < 0).all()
    assert_close(errors[0], source.variance, FLOAT)
    slope = float(source.companded(0.5 + 1e-5) - source.companded(0.5 - 1e-5)) / 2e-5
    integral = float(source.pdf(source.mean)) ** (1 / 3) * slope  # of pdf^(1/3), whose law has the density 1 / slope there
    # the first correction falls as 1 / K: what is left of it in K^2 D after this step is 2e-5 to 5e-4
    limit = 12 * (2 * errors[-1] * 1024**2 - errors[-2] * 512**2)
    assert_close(limit, integral**3, 1e-3)


@pytest.mark.parametrize(("low", "pinned"), [(-np.inf, False), (0.0, False), (0.0, True)])
@pytest.mark.parametrize("source", [NormalSource(), LaplaceSource(), StudentTSource(5.0)])
def test_the_diagonals_are_the_jacobian_of_the_residuals(source: SymmetricSource, low: float, pinned: bool) -> None:
    t = np.array([0.3, 0.7, 1.2, 2.0]) if low == 0 else np.array([-1.0, -0.2, 0.3, 1.2])
    _, lower, diagonal, upper = _system(source, t, low, pinned)
    matrix = np.diag(diagonal) + np.diag(lower, -1) + np.diag(upper, 1)
    h = 1e-6
    for k, step in enumerate(np.eye(4) * h):
        up, down = (_system(source, t + sign * step, low, pinned)[0] for sign in (1, -1))
        np.testing.assert_allclose(matrix[:, k], (up - down) / (2 * h), rtol=0, atol=1e-8)


def test_one_threshold_off_its_midpoint_is_no_solution() -> None:
    source = NormalSource()
    t = lloyd_max(source, 8).thresholds
    assert _is_stationary(source, t)
    assert not _is_stationary(source, np.append(t[:-1], t[-1] + 1e-6))
    assert not _is_stationary(source, np.append(t[:-1], np.inf))
    assert not _is_stationary(source, t[::-1])


def test_a_law_that_is_shifted_and_scaled_gives_the_same_quantizer() -> None:
    for one, other in ((NormalSource(), NormalSource(3.0, 4.0)), (StudentTSource(4.0), StudentTSource(4.0, 2.0, 3.0))):
        base, moved = lloyd_max(one, 9), lloyd_max(other, 9)
        assert_close(moved.levels, 3 + 2 * base.levels, 1e-11)


@pytest.mark.parametrize(
    ("degrees", "levels"), [(2.01, 3), (2.05, 3), (2.05, 4), (2.2, 8), (2.3, 16), (2.3, 33), (2.01, 1024)]
)
def test_a_tail_too_heavy_for_doubles_is_refused(degrees: float, levels: int) -> None:
    message = f"no {levels} levels of StudentTSource"
    advice = "meet both conditions in doubles: its tail is too heavy. Use fewer levels."
    assert_refused(lambda: lloyd_max(StudentTSource(degrees), levels), message, advice, error=UnsupportedModelError)
    assert lloyd_max(StudentTSource(degrees), 2).levels.size == 2


def test_a_singular_step_is_that_of_lloyd() -> None:
    none, residual = np.zeros(2), np.array([1.0, -2.0, 3.0])
    assert _tridiagonal(none, np.array([1.0, 0.0, 1.0]), none, residual).tolist() == residual.tolist()


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: lloyd_max(NormalSource(), 0), "levels must be a whole number of at least 1; got 0"),
    (lambda: lloyd_max(NormalSource(), 2.5), "levels must be a whole number of at least 1; got 2.5"),  # type: ignore[arg-type]
    (lambda: lloyd_max(EmpiricalSource([1.0, 2.0]), 2), "use linreg_compress.compression.clustering.kmeans"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    assert_refused(call, message)
