"""The uniform quantizer, unlimited and with the best range."""

from collections.abc import Callable

import numpy as np
import pytest

from linreg_compress.compression.scalar.empirical_source import EmpiricalSource
from linreg_compress.compression.scalar.sources import (
    LaplaceSource,
    NormalSource,
    StudentTSource,
    SymmetricSource,
    squared_error,
)
from linreg_compress.compression.scalar.uniform import UniformQuantizer, limited_uniform, optimal_uniform
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT

# Max 1960, table II: step and mean squared error of a unit normal
MAX_1960 = {2: (1.596, 0.3634), 4: (0.9957, 0.1188), 8: (0.5860, 0.03744), 16: (0.3352, 0.01154), 32: (0.1881, 0.003490)}
SOURCES: list[SymmetricSource] = [
    NormalSource(),
    NormalSource(-2.0, 0.01),
    LaplaceSource(),
    StudentTSource(3.0),
    StudentTSource(31.0, 0.2, 1.0),
]


@pytest.mark.parametrize("levels", MAX_1960)
def test_table_of_max_1960(levels: int) -> None:
    step, error = MAX_1960[levels]
    found = optimal_uniform(NormalSource(), levels)
    assert_close(found.levels[1] - found.levels[0], step, 5e-4)
    assert_close(squared_error(NormalSource(), found), error, 2e-3)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("levels", [2, 3, 4, 9, 16, 256])
def test_no_other_step_is_better(source: SymmetricSource, levels: int) -> None:
    found = optimal_uniform(source, levels)
    step = float(found.levels[1] - found.levels[0])
    assert abs(float(found.levels.mean()) - source.mean) <= FLOAT * np.sqrt(source.variance)
    least = squared_error(source, found)
    # 1e-4 away a parabola has risen by at least 1e-9 of itself, so the step is right to 1e-4 and its error to 1e-9
    for factor in (0.02, 0.1, 0.5, 0.9, 0.999, 1 - 1e-4, 1 + 1e-4, 1.001, 1.1, 2.0, 10.0, 50.0):
        assert squared_error(source, limited_uniform(step * factor, levels, source.mean)) > least


def test_best_step_for_the_weights_at_hand() -> None:
    source = EmpiricalSource(np.random.default_rng(1).standard_normal(500))
    for levels in (2, 5, 16):
        found = optimal_uniform(source, levels)
        least = squared_error(source, found)
        scan = [squared_error(source, limited_uniform(h, levels, source.mean)) for h in np.geomspace(0.01, 4, 3000)]
        assert least <= min(scan) * (1 + 1e-3)


def test_one_level_is_the_mean() -> None:
    assert optimal_uniform(NormalSource(3.0, 2.0), 1).levels.tolist() == [3.0]
    assert optimal_uniform(EmpiricalSource([2.0, 2.0]), 4).levels.tolist() == [2.0]


@pytest.mark.parametrize("mid_rise", [False, True])
def test_unlimited_rounds_to_the_nearest_level(mid_rise: bool) -> None:
    weights = np.random.default_rng(0).standard_normal((3, 50)) * 10
    quantizer = UniformQuantizer(0.3, center=0.1, mid_rise=mid_rise)
    found = quantizer.compress(weights)
    assert (np.abs(found - weights) <= 0.15 * (1 + FLOAT)).all()
    places = (found - 0.1) / 0.3 - (0.5 if mid_rise else 0.0)
    assert_close(places, np.rint(places) + 0.0, 1e-9)


def test_a_center_for_each_weight() -> None:
    centers = np.array([0.0, 0.25, -0.1])
    found = UniformQuantizer(1.0, center=centers).compress(np.full((4, 3), 0.6))
    assert np.abs(found - [1.0, 0.25, 0.9]).max() < FLOAT


def test_code_holds_the_levels_that_occur() -> None:
    coded = UniformQuantizer(0.5, center=0.1).code(np.array([0.1, 5.2, 5.1, -0.3]))
    assert_close(coded.codebook, [-0.4, 0.1, 5.1], FLOAT)
    assert coded.assignments.tolist() == [1, 2, 2, 0]


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: UniformQuantizer(0.0), "step must be positive; got 0.0"),
    (lambda: UniformQuantizer(1.0, center=np.nan), "center must be finite; got nan"),
    (lambda: limited_uniform(1.0, 0), "levels must be a whole number of at least 1; got 0"),
    (lambda: optimal_uniform(NormalSource(), 0), "levels must be a whole number of at least 1; got 0"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    assert_refused(call, message)


@pytest.mark.parametrize("mid_rise", [False, True])
@pytest.mark.parametrize(("center", "around"), [(0.0, 0.0), (0.2, -3.7), (-1.0, 100.05)])
def test_its_cells_around_a_place_are_its_own(mid_rise: bool, center: float, around: float) -> None:
    quantizer = UniformQuantizer(0.3, center, mid_rise)
    cells = quantizer.cells(around, 2.0)
    assert cells.levels.size == 2 * 7 + 1
    near = around + np.linspace(-2.0, 2.0, 401) + 0.0011  # on no edge
    assert_close(cells.compress(near), quantizer.compress(near), 1e-13)
    assert cells.compress(np.array([around + 50.0]))[0] == cells.levels[-1]
    assert quantizer.cells(around, 0.0).levels.size == 1


def test_whole_steps_of_reach_are_no_step_more() -> None:
    for count in range(1, 400):
        assert UniformQuantizer(0.1).cells(0.0, count * 0.1).levels.size == 2 * count + 1


def test_cells_need_one_centre() -> None:
    assert_refused(lambda: UniformQuantizer(1.0, [0.0, 0.5]).cells(0.0, 1.0), "center must be one number", "shape (2,)")
    assert_refused(lambda: UniformQuantizer(1.0).cells(0.0, -1.0), "reach must be zero or positive")
