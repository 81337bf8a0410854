"""A claim needs every clause; a table that lacks what a clause needs supports nothing."""

import numpy as np
import pytest

from linreg_compress.gallery.figure import Figure, Row, agrees, columns, estimate_columns, standard_error
from linreg_compress.monte_carlo.estimate import Estimate

ROWS: list[Row] = [
    {"panel": "a", "x": 1.0, "y": 2.0},
    {"panel": "b", "x": 2.0, "y": 3.0},
    {"panel": "a", "x": 3.0, "y": 4.0},
]


def figure(**checks: object) -> Figure:
    return Figure(
        name="test",
        claim="",
        reading="",
        formula="",
        derivations=(),
        parameters={},
        compute=lambda quick, seed: ROWS,
        clauses=checks,  # type: ignore[arg-type]
        draw=lambda rows, size: None,
    )


def test_columns_of_chosen_rows() -> None:
    table = columns(ROWS, panel="a")
    assert table["x"].tolist() == [1, 3]
    assert table["y"].tolist() == [2, 4]
    assert columns(ROWS)["x"].tolist() == [1, 2, 3]


def test_rows_or_columns_that_are_not_there() -> None:
    with pytest.raises(LookupError, match="no row"):
        columns(ROWS, panel="c")
    with pytest.raises(LookupError):
        columns([*ROWS, {"panel": "a"}], panel="a")


def test_every_clause_must_hold() -> None:
    good, bad = (lambda rows: True), (lambda rows: False)
    assert figure(good=good).supports(ROWS)
    assert not figure(good=good, bad=bad).supports(ROWS)
    assert figure(good=good, bad=bad).verdicts(ROWS) == {"good": True, "bad": False}


def test_a_clause_without_its_rows_does_not_hold() -> None:
    needs = figure(needs=lambda rows: bool(np.all(columns(rows, panel="b")["y"] > 0)))
    assert needs.supports(ROWS)
    assert not needs.supports(ROWS[:1])
    assert not needs.supports([])


def test_an_error_in_a_check_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        figure(broken=lambda rows: 1 / 0 > 0).supports(ROWS)


def test_estimates_and_what_agrees_with_them() -> None:
    row = estimate_columns("risk", Estimate(mean=2.0, standard_error=0.1, trials=100))
    table = {name: np.array([value]) for name, value in row.items()}
    assert standard_error(table, "risk")[0] == pytest.approx(0.1, rel=1e-12)
    assert agrees(table, "risk", np.array([2.49]))
    assert not agrees(table, "risk", np.array([2.51]))
    assert not agrees(table, "risk", np.array([np.nan]))
    assert not agrees(table, "risk", np.array([]))
