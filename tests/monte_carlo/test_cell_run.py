"""A cell hands out its chunks, takes them in any order, and refuses what cannot be done before there is any work."""

import numpy as np

from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.cell_run import CellRun
from linreg_compress.monte_carlo.chunk import chunk_size
from linreg_compress.monte_carlo.estimate import Moments
from linreg_compress.monte_carlo.grid import SweepCell
from linreg_compress.monte_carlo.stopping import Goal
from tests.compare import assert_refused

CELL = SweepCell(LinearModel(20, 4, 0.5))
SIZE = chunk_size(CELL.model)


def test_a_cell_hands_out_the_chunks_that_are_missing_in_its_store() -> None:
    run = CellRun(0, CELL, Goal(trials=8 * SIZE - 1), sampler="data", seed=1)
    parts = [Moments.of(np.array([[float(k)]])) for k in range(8)]
    for number in (1, 2, 5):
        run.take(number, parts[number])
    asked = [run.next_chunk(4) for _ in range(3)]
    assert [one and one.number for one in asked] == [0, 3, None]  # no further than four ahead
    run.take(3, parts[3])
    assert run.next_chunk(4) is None
    run.take(0, parts[0])
    asked = [run.next_chunk(4) for _ in range(4)]
    assert [one and one.number for one in asked] == [4, 6, 7, None]
    assert [one.size for one in asked if one] == [SIZE, SIZE, SIZE - 1]
    for number in (7, 4, 6):
        assert not run.done
        run.take(number, parts[number])
    assert run.done
    assert run.merged is not None
    assert (run.merged.count, run.merged.mean.tolist()) == (8, [3.5])


def test_what_sampler_or_goal_cannot_do_is_refused() -> None:
    square = SweepCell(LinearModel(20, 20))
    assert_refused(
        lambda: CellRun(0, square, Goal(standard_error=0.1), sampler="data", seed=1),
        "no standard error can be promised",
        error=UnsupportedModelError,
    )
    assert CellRun(0, square, Goal(trials=10), sampler="weights", seed=1).planned_trials == 10
    wide = SweepCell(LinearModel(4, 20))
    assert_refused(
        lambda: CellRun(0, wide, Goal(trials=10), sampler="weights", seed=1),
        "the weights sampler needs samples >= features",
        error=UnsupportedModelError,
    )
