"""What least squares says of each row, and of the table without it."""

from typing import Any

import numpy as np
import pytest

from linreg_compress.advice.design import prepare
from linreg_compress.least_squares.moments import Rows, extremes_of, fit_table, rows_of
from tests import seeds


def rows_from(x: Any, y: Any, **rest: bool) -> Rows:
    fitted, design = fit_table(prepare(x, y, [f"x{k}" for k in range(x.shape[1])], "y", **rest))
    return rows_of(design, fitted)


@pytest.mark.parametrize("intercept", [False, True])
def test_leverages_residuals_and_predictions(intercept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linreg_compress.least_squares.moments._CHUNK", 7)
    rng = seeds.generator(0)
    x, y = rng.standard_normal((40, 3)) + 2, rng.standard_normal(40) - 1
    rows = rows_from(x, y, intercept=intercept)
    columns = np.column_stack([x, np.ones(40)]) if intercept else x
    hat = columns @ np.linalg.solve(columns.T @ columns, columns.T)
    np.testing.assert_allclose(rows.leverages, np.diag(hat), rtol=1e-10)
    np.testing.assert_allclose(rows.residuals, (y - hat @ y) / np.sqrt(1 - np.diag(hat)), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(rows.predictions, hat @ y - intercept * y.mean(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(rows.targets, y - intercept * y.mean(), rtol=1e-9, atol=1e-12)


def test_a_row_that_decides_alone_has_a_leverage_below_one() -> None:
    rng = seeds.generator(1)
    rows = rows_from(np.column_stack([rng.standard_normal((40, 3)), np.arange(40) == 7]), rng.standard_normal(40))
    assert int(np.argmax(rows.leverages)) == 7
    assert 1 - 1e-9 < rows.leverages[7] < 1
    assert np.isfinite(rows.residuals).all()


def f_statistic(x: Any, y: Any) -> float:
    """F of the regression on all columns beside an intercept."""
    columns = np.column_stack([x, np.ones(len(y))])
    left = y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
    gained = np.sum((y - y.mean()) ** 2) - left @ left
    return float(gained / (left @ left) * (len(y) - x.shape[1] - 1) / x.shape[1])


def test_the_extremes_are_those_of_the_fits_without_one_row() -> None:
    rng = seeds.generator(7)
    x = rng.standard_normal((50, 3))
    y = 5 + x @ [0.3, 0.0, -0.3] + rng.standard_normal(50)
    x[0], y[0], y[1] = 3.0, 20.0, 9.0
    found = extremes_of(rows_from(x, y), np.arange(50), 49 - 3, intercept=True)
    whole = f_statistic(x, y)
    each = [f_statistic(np.delete(x, place, axis=0), np.delete(y, place)) / whole for place in range(50)]
    assert found == pytest.approx((min(each), max(each)), rel=1e-9)
    assert found[0] < 0.5
    assert found[1] > 1.1


@pytest.mark.parametrize("intercept", [False, True])
def test_copies_are_taken_out_together(intercept: bool) -> None:
    rng = seeds.generator(8)
    x, y = rng.standard_normal((40, 2)), rng.standard_normal(40)
    alone = rows_from(x, y, intercept=intercept)
    doubled = rows_from(np.vstack([x, x]), np.tile(y, 2), intercept=intercept)
    expected = extremes_of(alone, np.arange(40), 37, intercept=intercept)
    both = extremes_of(doubled, np.tile(np.arange(40), 2), 37, intercept=intercept)
    assert both == pytest.approx(expected, rel=1e-9)
    assert extremes_of(doubled, np.arange(80), 37, intercept=intercept) != pytest.approx(expected, rel=0.05)


def test_large_groups_are_taken_out_row_by_row() -> None:
    """Three groups of 15 weights hold leverages that sum to more than one."""
    rng = seeds.generator(10)
    rows, groups = rows_from(rng.standard_normal((60, 15)), rng.standard_normal(60)), np.arange(60) // 20
    left = np.sum(rows.residuals**2 * (1 - rows.leverages))
    less = np.maximum(left - np.bincount(groups, rows.residuals**2), np.finfo(float).eps * left)
    rest = [np.sum((rows.targets[groups != one] - rows.targets[groups != one].mean()) ** 2) for one in range(3)]
    expected = (np.array(rest) - less) / less * left / (np.sum(rows.targets**2) - left) * 43 / 44
    found = extremes_of(rows, groups, 44, intercept=True)
    assert found == pytest.approx((max(expected.min(), 0.0), expected.max()), rel=1e-9)


def test_a_row_that_alone_holds_a_column_decides_the_signal() -> None:
    """A column with a single one: the row fits itself, and without it no signal is left."""
    rng = seeds.generator(9)
    x, y = rng.standard_normal((60, 3)), rng.standard_normal(60)
    x[:, 2] = np.arange(60) == 7
    y[7] = 100.0
    assert extremes_of(rows_from(x, y), np.arange(60), 56, intercept=True)[0] < 0.02
