"""The loop's progress bar. What the loop computes is tested through `simulate` and `sweep`."""

from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.cell_run import CellRun
from linreg_compress.monte_carlo.engine import _Progress
from linreg_compress.monte_carlo.grid import SweepCell
from linreg_compress.monte_carlo.stopping import Goal


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
