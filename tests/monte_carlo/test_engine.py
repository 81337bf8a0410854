"""The loop's progress. What the loop computes is tested through `simulate` and `sweep`."""

from pathlib import Path
from typing import Any

import pytest

from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.cell_run import CellRun
from linreg_compress.monte_carlo.chunk import run_chunk
from linreg_compress.monte_carlo.engine import _Progress, run_cells
from linreg_compress.monte_carlo.executors import CallingThread
from linreg_compress.monte_carlo.grid import SweepCell
from linreg_compress.monte_carlo.stopping import Goal
from linreg_compress.monte_carlo.sweep import sweep


class Bar:
    """What the progress sets of a tqdm bar."""

    total = initial = last_print_n = n = 0

    def update(self, trials: int) -> None:
        self.n += trials


def test_the_bar_ends_at_the_trials_planned() -> None:
    cell = SweepCell(LinearModel(20, 4))
    runs = [CellRun(number, cell, Goal(trials=300), sampler="data", seed=1) for number in range(3)]
    bar = Bar()
    progress = _Progress(bar, 3)  # type: ignore[arg-type]
    for run in runs:
        for stored in (True, False, False):
            progress.show(run, 100, stored)
            assert bar.total == 900
    assert (bar.n, bar.initial) == (900, 300)


def test_in_the_calling_thread_each_chunk_is_counted_before_the_next_one_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    run = CellRun(0, SweepCell(LinearModel(200, 100)), Goal(trials=1000), sampler="data", seed=1)
    counted: list[int] = []

    def counting(*arguments: Any) -> Any:
        counted.append(0 if run.merged is None else run.merged.count)
        return run_chunk(*arguments)

    monkeypatch.setattr("linreg_compress.monte_carlo.engine.run_chunk", counting)
    run_cells([run], CallingThread(), 1)
    assert counted == [number * run.size for number in range(5)]


def test_chunks_that_run_are_told_from_those_of_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[int, bool]] = []

    def show(self: _Progress, run: CellRun, trials: int, stored: bool) -> None:
        shown.append((trials, stored))

    monkeypatch.setattr(_Progress, "show", show)
    cells = [SweepCell(LinearModel(20, 4))]
    for resume in (False, True):
        sweep(cells, 300, store=tmp_path / "run.sqlite", resume=resume)
    assert shown == [(300, False), (300, True)]
