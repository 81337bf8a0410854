"""Tables of lessons: each holds what its lesson asks for, and what the library computes."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from linreg_compress.demos import page_data
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.registry import LESSONS
from linreg_compress.demos.stored import Stored, estimates, numbers
from linreg_compress.monte_carlo.estimate import Estimate

STORING = [lesson for lesson in LESSONS.values() if lesson.stored]
TABLES = [table for lesson in STORING for table in lesson.stored]
SLOW = {"clustering", "networks"}  # a row takes tenths of a second and more
SIMULATED = {"quantizers", "clustering", "networks"}  # whose simulations are stored
NOISE = 1e-8  # of differences of nearly equal numbers


def agree(table: Stored, place: tuple[float, ...], row: Mapping[str, float]) -> int:
    """Compare a row with what is computed now; return how many numbers were compared."""
    found = table.compute(*place)
    assert set(found) == set(row)
    for name, value in found.items():
        assert row[name] == pytest.approx(value, rel=1e-6, abs=NOISE), (place, name)
    return len(found)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_some_rows_are_what_the_library_computes(table: Stored) -> None:
    rows = list(table.held().items())
    chosen = [0] if table.name in SLOW else np.random.default_rng(20).choice(len(rows), 2, replace=False)
    assert sum(agree(table, *rows[place]) for place in chosen) >= len(chosen)


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_row_is_what_the_library_computes(table: Stored) -> None:
    assert sum(agree(table, place, row) for place, row in table.held().items()) > 20


@pytest.mark.parametrize("lesson", STORING, ids=lambda lesson: lesson.name)
def test_a_lesson_finds_all_that_it_asks_for(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = set()

    def at(table: Stored, *place: float) -> Mapping[str, float]:
        known = tuple(float(f"{value:.12g}") for value in place)
        asked.add((table.name, known))
        return table.held()[known]

    monkeypatch.setattr(Stored, "at", at)
    page_data.opening(lesson)
    *_, last = lesson.sliders
    for settings in lesson.positions():
        if settings[last.name] != last.default:
            continue  # the curves run along it, or need no table
        lesson.curves(settings)
        lesson.numbers(settings)
    for settings in lesson.simulated_positions() if lesson.name in SIMULATED else ():
        lesson.simulate(settings, 0, lesson.trials)
    assert asked == {(table.name, place) for table in lesson.stored for place in table.held()}


def test_other_seeds_are_simulated_anew() -> None:
    lesson = LESSONS["quantizers"]
    stored, new = (lesson.simulate(lesson.defaults, seed, trials)["gptq_change"] for seed, trials in ((0, 300), (1, 10)))
    assert stored.trials == 300
    assert new.trials == 10


def test_simulated_values_come_back_from_a_row() -> None:
    found = {"a": Estimate(1.5, 0.1, 40), "b": Estimate(-2.0, 0.0, 40)}
    assert estimates(numbers(found)) == found


def test_what_a_table_does_not_hold_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linreg_compress.demos.stored._FOLDER", tmp_path)
    table = Stored("squares", ("x",), lambda: [(1.0,), (1 / 3,)], lambda x: {"square": x * x})
    assert table.at(3.0) == {"square": 9.0}
    assert table.write().read_text().splitlines() == ["x,square", "1.0,1.0", "0.333333333333,0.111111111111"]
    assert table.held()[0.333333333333,] == {"square": 0.111111111111}
    assert table.at(1 / 3) == {"square": 0.111111111111}
    assert table.at(3.0) == {"square": 9.0}
