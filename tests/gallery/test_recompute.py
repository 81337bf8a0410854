"""A recomputed table is compared number by number: closed forms and simulated means each in their way."""

from pathlib import Path

import pytest

from linreg_compress.files import write_table, write_text
from linreg_compress.gallery.figure import Figure, Row
from linreg_compress.gallery.figure_files import read_record, write_figure
from linreg_compress.gallery.recompute import check_figure, differences
from tests.gallery.test_figure_files import SMALL, parabola

EXACT: list[Row] = [{"x": 1.0, "name": "one"}, {"x": 2.0, "name": "two"}, {"x": 0.0, "name": "none"}]
SIMULATED: list[Row] = [{"risk": 2.0, "risk_low": 1.8, "risk_high": 2.2, "trials": 100}]


def on_file(rows: list[Row]) -> list[dict[str, str]]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: str(row.get(name, "")) for name in names} for row in rows]


def changed(rows: list[Row], line: int, **entries: float | str) -> list[dict[str, str]]:
    return on_file([{**row, **entries} if number == line else row for number, row in enumerate(rows)])


def test_equal_tables_agree() -> None:
    assert differences(on_file(EXACT), EXACT) == []
    assert differences(on_file(SIMULATED), SIMULATED) == []


@pytest.mark.parametrize(
    ("line", "entries"),
    [
        (0, {"x": 1 + 2e-9}),
        (1, {"name": "three"}),
        (2, {"x": 3e-12}),
        (0, {"x": float("nan")}),
        (1, {"x": ""}),
        (1, {"x": "2 "}),
    ],
)
def test_closed_forms_must_agree_to_nine_digits(line: int, entries: dict[str, float | str]) -> None:
    found = differences(changed(EXACT, line, **entries), EXACT)
    if entries == {"x": "2 "}:  # a number however it is spelled
        assert found == []
    else:
        assert len(found) == 1
        assert found[0].startswith(f"line {line + 2}: ")


def test_rounding_is_allowed() -> None:
    assert differences(changed(EXACT, 0, x=1 + 1e-12), EXACT) == []
    assert differences(changed(EXACT, 2, x=1e-15), EXACT) == []  # of a difference of numbers as large as 2


def test_rounding_is_allowed_where_an_exact_row_has_the_error_zero() -> None:
    rows: list[Row] = [{"change": -1.293103448275862, "change_se": 0.0}]
    assert differences([{"change": "-1.29310344828", "change_se": "0.0"}], rows) == []
    assert differences([{"change": "-1.293103", "change_se": "0.0"}], rows)


def test_a_simulated_mean_must_lie_in_its_interval() -> None:
    assert differences(changed(SIMULATED, 0, risk=2.19), SIMULATED) == []
    assert len(differences(changed(SIMULATED, 0, risk=2.21), SIMULATED)) == 1
    assert len(differences(changed(SIMULATED, 0, risk_high=9.0), SIMULATED)) == 1


def test_other_trials_are_compared_by_standard_errors() -> None:
    many = changed(SIMULATED, 0, risk=2.4, risk_low=2.39, risk_high=2.41, trials=40_000)
    assert len(differences(many, SIMULATED)) == 4
    assert differences(many, SIMULATED, standard_errors=5) == []
    far = changed(SIMULATED, 0, risk=2.6, risk_low=2.59, risk_high=2.61, trials=40_000)
    assert len(differences(far, SIMULATED, standard_errors=5)) == 1
    outside = changed(SIMULATED, 0, risk=2.0, risk_low=2.1, risk_high=2.2, trials=40_000)
    assert len(differences(outside, SIMULATED, standard_errors=5)) == 2


def test_missing_rows_and_columns_are_differences() -> None:
    assert differences(on_file(EXACT[:2]), EXACT) == ["has 2 rows, recomputed 3"]
    assert "has the columns x" in differences(on_file([{"x": 1.0}] * 3), EXACT)[0]


def test_a_figure_on_file_is_checked_whole(tmp_path: Path) -> None:
    write_figure(SMALL, tmp_path, quick=True, seed=2)
    assert check_figure(SMALL, tmp_path) == []
    write_table(tmp_path / "small.csv", parabola(True, 1))
    assert len(check_figure(SMALL, tmp_path)) == 11
    write_figure(SMALL, tmp_path)
    (tmp_path / "small.pdf").unlink()
    assert check_figure(SMALL, tmp_path) == ["small.pdf is missing"]


def test_a_record_that_says_something_else_is_found(tmp_path: Path) -> None:
    written = write_figure(SMALL, tmp_path)
    text = written[-1].read_text()
    for before, after in (('"points": 11', '"points": 12'), ("A square", "No square"), ("figures small", "figures tiny")):
        write_text(written[-1], text.replace(before, after))
        assert len(check_figure(SMALL, tmp_path)) == 1
    write_text(written[-1], text.replace('"passed": true', '"passed": false'))
    assert check_figure(SMALL, tmp_path) == ["small.json: the check of the claim did not pass when it was drawn"]


def test_a_claim_that_fails_today_is_found(tmp_path: Path) -> None:
    def doubted(rows: list[Row]) -> bool:
        """A square is not negative."""
        return False

    write_figure(SMALL, tmp_path)
    doubting = Figure(**{**vars(SMALL), "checks": (doubted,)})
    assert check_figure(doubting, tmp_path) == [
        "small: claim not supported by the recomputed data: a square is not negative"
    ]
    assert read_record(tmp_path / "small.json")["check"]["passed"] is True
