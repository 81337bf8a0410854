"""A claim needs every clause; a table that lacks what a clause needs supports nothing."""

from collections.abc import Callable

import numpy as np
import pytest

from linreg_compress.gallery.figure import Figure, Row, agrees, clause, columns, estimate_columns, standard_error
from linreg_compress.monte_carlo.estimate import Estimate

ROWS: list[Row] = [
    {"panel": "a", "x": 1.0, "y": 2.0},
    {"panel": "b", "x": 2.0, "y": 3.0},
    {"panel": "a", "x": 3.0, "y": 4.0},
]


def good(rows: list[Row]) -> bool:
    """All is well."""
    return True


def bad(rows: list[Row]) -> bool:
    """Nothing is well.

    And this is why.
    """
    return False


def needs(rows: list[Row]) -> bool:
    """What is measured on b is above zero."""
    return bool(np.all(columns(rows, panel="b")["y"] > 0))


def broken(rows: list[Row]) -> bool:
    """This is not computed."""
    return 1 / 0 > 0


def figure(*checks: Callable[[list[Row]], bool]) -> Figure:
    return Figure(
        name="test",
        claim="",
        reading="",
        formula="",
        derivations=(),
        parameters={},
        compute=lambda quick, seed: ROWS,
        checks=checks,
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
    assert figure(good).supports(ROWS)
    assert not figure(good, bad).supports(ROWS)
    assert figure(good, bad).verdicts(ROWS) == {"all is well": True, "nothing is well": False}


def test_a_clause_without_its_rows_does_not_hold() -> None:
    assert figure(needs).supports(ROWS)
    assert not figure(needs).supports(ROWS[:1])
    assert not figure(needs).supports([])


def test_an_error_in_a_check_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        figure(broken).supports(ROWS)


def test_a_check_without_a_docstring_says_its_name() -> None:
    """As all do under python -OO, which strips docstrings."""

    def all_is_well(rows: list[Row]) -> bool:
        return True

    assert clause(all_is_well) == "all is well"


def test_estimates_and_what_agrees_with_them() -> None:
    row = estimate_columns("risk", Estimate(mean=2.0, standard_error=0.1, trials=100))
    table = {name: np.array([value]) for name, value in row.items()}
    assert standard_error(table, "risk")[0] == pytest.approx(0.1, rel=1e-12)
    assert agrees(table, "risk", np.array([2.49]))
    assert not agrees(table, "risk", np.array([2.51]))
    assert not agrees(table, "risk", np.array([np.nan]))
    assert not agrees(table, "risk", np.array([]))
