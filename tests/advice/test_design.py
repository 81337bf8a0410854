"""Which tables are refused, and what the message says."""

from typing import Any

import numpy as np
import pytest

from linreg_compress.advice.design import prepare, refuse_few_rows
from linreg_compress.errors import DesignError
from linreg_compress.least_squares.moments import Design, fit_parts, fit_table

X = np.random.default_rng(3).standard_normal((40, 3))
Y = X @ [1.0, -1.0, 0.5] + np.random.default_rng(4).standard_normal(40)
NAMES = ["age", "height", "weight"]


def prepared(features: Any = X, targets: Any = Y, **rest: Any) -> Design:
    names = rest.pop("names", [*NAMES, "extra", "more"][: features.shape[1]])
    return prepare(features, targets, names, "price", **rest)


def with_column(column: Any) -> Any:
    return np.column_stack([X, np.broadcast_to(column, 40)])


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("shift", [0.0, 1e9])
def test_fits_are_those_of_plain_least_squares(intercept: bool, standardize: bool, shift: float) -> None:
    if shift and not intercept:
        return
    features = X * [1.0, 100.0, 1e-3] + shift * np.array([0.0, 1.0, 0.0])
    design = prepared(features, Y + 7, intercept=intercept, standardize=standardize)
    fitted, _ = fit_table(design)
    plain = features - shift * np.array([0.0, 1.0, 0.0])
    columns = np.column_stack([plain, np.ones(40)]) if intercept else plain
    expected, residual, *_ = np.linalg.lstsq(columns, Y + 7, rcond=None)
    slopes = fitted.weights / fitted.units / design.scales
    np.testing.assert_allclose(slopes, expected[:3], rtol=1e-7 if shift else 1e-11)
    assert float(fitted.residual_sum) == pytest.approx(float(residual[0]), rel=1e-7 if shift else 1e-11)
    diagonal = np.diag(fitted.gram)
    if standardize:
        np.testing.assert_allclose(diagonal, fitted.samples, rtol=1e-12)
    else:
        np.testing.assert_allclose(fitted.weights, slopes, rtol=1e-12)


REFUSED = {
    "constant zero": (with_column(0.0), Y, "column 'extra' is constant, every value is 0. Drop it"),
    "constant below zero": (with_column(-4.0), Y, "column 'extra' is constant, every value is -4. Drop it"),
    "constant": (with_column(4.0), Y, "column 'extra' is constant, every value is 4. Drop it"),
    "twins": (
        with_column(3 - 2 * X[:, 1]),
        Y,
        "columns 'height' and 'extra' carry the same numbers up to shift and scale.",
    ),
    "dependent": (with_column(X[:, 0] + X[:, 2]), Y, "columns 'age', 'weight', 'extra' are linearly dependent. Drop one"),
    "hardly dependent": (
        with_column(X[:, 0] / X[:, 0].std() + 0.0015 * X[:, 2] / X[:, 2].std()),
        Y,
        "columns 'age', 'weight', 'extra' are linearly dependent.",
    ),
    "all but dependent": (
        with_column(X[:, 0] / X[:, 0].std() + 0.0007 * X[:, 2] / X[:, 2].std()),
        Y,
        "columns 'age', 'extra' are linearly dependent.",
    ),
    "target": (with_column(2 * Y + 1), Y, "column 'extra' is the target 'price' itself, up to shift and scale. Drop it"),
    "target in a small unit": (with_column(3 * Y + 1), 1e-3 * Y, "column 'extra' is the target 'price' itself"),
    "target in a large unit": (with_column(2e6 * Y + 1), 1e6 * Y, "column 'extra' is the target 'price' itself"),
    "computed": (X, X @ [1.0, 2.0, 3.0], "the columns determine the target 'price' exactly"),
    "still": (X, np.full(40, 2.0), "the target 'price' is constant, every value is 2"),
    "tiny": (with_column(1e-60 * X[:, 0] ** 2), Y, "column 'extra' varies by less than 1e-50. Change its unit."),
    "vanishing": (with_column(1e-200 * X[:, 0] ** 2), Y, "column 'extra' varies by less than 1e-50."),
    "faint": (X, 1e-60 * Y, "the target 'price' varies by less than 1e-50."),
    "constant alone": (with_column(4.0), Y, "Drop it; the intercept does the same."),
    "constants": (np.ones((40, 2)), Y, "Drop them; the intercept does the same."),
    "one row": (X[:1], Y[:1], "1 row is too few for 3 columns;"),
    "one column": (X[:4, :1], Y[:4], "4 rows are too few for 1 column;"),
    "short": (X[:7], Y[:7], "7 rows are too few for 3 columns; at least 9 are needed"),
    "wide": (np.ones((5, 9)), Y[:5], "5 rows are too few for 9 columns"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: str) -> None:
    features, targets, message = REFUSED[case]
    names = [f"x{k}" for k in range(9)] if case == "wide" else None
    with pytest.raises(DesignError) as caught:
        fit_table(prepared(features, targets, **({} if names is None else {"names": names})))
    assert message in str(caught.value)


@pytest.mark.parametrize(("gap", "refused"), [(0.9e-10, True), (1.1e-10, False)])
def test_columns_are_one_where_their_correlation_is(gap: float, refused: bool) -> None:
    basis = np.linalg.qr(np.column_stack([np.ones(40), X[:, :2]]))[0]
    other = basis[:, 1] + np.sqrt(2 * gap) * basis[:, 2]  # correlation 1 - gap
    columns = np.column_stack([basis[:, 1], other, X[:, 2]])
    if refused:
        with pytest.raises(DesignError, match="columns 'age' and 'height' carry the same numbers"):
            prepared(columns)
    else:
        assert prepared(columns).rows == 40


def test_five_names_are_listed_and_the_others_counted() -> None:
    constant = np.column_stack([X, np.ones((40, 6))])
    names = ["a", "b", "c", *(f"s{k}" for k in range(6))]
    with pytest.raises(DesignError, match="columns 's0', 's1', 's2', 's3', 's4' are constant"):
        prepared(constant[:, :8], names=names[:8])
    with pytest.raises(DesignError, match="columns 's0', 's1', 's2', 's3', 's4' and 1 more are constant"):
        prepared(constant, names=names)


def test_as_many_rows_as_are_asked_for_are_enough() -> None:
    prepared(X[:9], Y[:9])
    with pytest.raises(DesignError, match="at least 9"):
        prepared(X[:8], Y[:8])


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("columns", [1, 14, 30, 60])
def test_the_rows_that_are_asked_for_leave_four_to_spare_in_every_training_part(columns: int, intercept: bool) -> None:
    rng = np.random.default_rng(columns)
    x, y, names = rng.standard_normal((90, columns)), rng.standard_normal(90), [f"x{k}" for k in range(columns)]
    least = next(n for n in range(1, 90) if n - np.ceil(n / 10) >= columns + intercept + 4)
    prepared(x[:least], y[:least], names=names, intercept=intercept)
    with pytest.raises(DesignError, match=f"at least {least} are needed"):
        prepared(x[: least - 1], y[: least - 1], names=names, intercept=intercept)


def test_a_column_far_from_zero_is_shifted_to_mean_zero() -> None:
    """One subtraction leaves the rounding of the mean, some 1e-8 of a column near 1e9."""
    design = prepared(X + 1e9)
    assert np.all(np.abs(design.features.mean(axis=0)) < 1e-12)


def test_copies_are_no_rows_and_one_group_is_none() -> None:
    design = prepared()
    refuse_few_rows(design, 40, 2)
    with pytest.raises(DesignError, match="40 rows, 8 of them different, are too few for 3 columns; at least 9 are needed"):
        refuse_few_rows(design, 8, 8)
    with pytest.raises(DesignError, match="all rows are in one group"):
        refuse_few_rows(design, 40, 1)


def test_a_small_spread_far_from_zero_is_no_constant() -> None:
    spread = np.random.default_rng(4).standard_normal(40)
    design = prepared(with_column(1.6e9 + 1e3 * spread))
    assert design.scales[3] == pytest.approx(1e3 * spread.std(), rel=1e-9)  # 1e3 in 1.6e9 has ten digits
    with pytest.raises(DesignError, match="'extra' is constant"):
        prepared(with_column(1.6e9 + 1e-6 * spread))


def test_parts_without_a_fit_are_left_out_and_their_columns_named() -> None:
    lone = np.zeros(40)
    lone[5] = 1.0
    lone_only = prepared(with_column(lone))
    parts = [np.delete(np.arange(40), [5, 6]), np.delete(np.arange(40), [7, 8, 9]), np.arange(40)]
    fitted, kept, still = fit_parts(
        np.stack([lone_only.moments(part) for part in parts]), np.array([len(part) for part in parts]), lone_only
    )
    assert kept.tolist() == [False, True, True]
    assert still == {3}
    for place, part in enumerate(parts[1:]):
        columns = np.column_stack([with_column(lone)[part], np.ones(len(part))])
        expected = np.linalg.lstsq(columns, Y[part], rcond=None)[0][:4]
        np.testing.assert_allclose(fitted.weights[place] / fitted.units[place] / lone_only.scales, expected, rtol=1e-9)


def test_columns_that_depend_in_a_part_alone_leave_it_out() -> None:
    twin = X[:, 0].copy()
    twin[5] += 1.0
    design = prepared(with_column(twin))
    parts = [np.delete(np.arange(40), [5, 6]), np.delete(np.arange(40), [7, 8])]
    fitted, kept, still = fit_parts(np.stack([design.moments(part) for part in parts]), np.array([38, 38]), design)
    assert kept.tolist() == [False, True]
    assert still == set()
    assert fitted.weights.shape == (1, 4)


def test_little_noise_keeps_its_digits() -> None:
    noise = np.random.default_rng(5).standard_normal(40)
    for size in (1e-4, 1e-8):
        fitted, left = fit_table(prepared(X, X @ [1.0, -1.0, 0.5] + size * noise))
        columns = np.column_stack([X, np.ones(40)])
        expected = size * (noise - columns @ np.linalg.lstsq(columns, noise, rcond=None)[0])
        np.testing.assert_allclose(left.targets - fitted.target_shifts, expected, atol=1e-14)
        assert float(fitted.residual_sum) == pytest.approx(float(expected @ expected), rel=1e-6)


def test_columns_of_very_different_units_need_standardizing() -> None:
    features = X * [1.0, 1e8, 1e-8]
    fit_table(prepared(features))
    with pytest.raises(DesignError, match="Leave --standardize on"):
        fit_table(prepared(features, standardize=False))
