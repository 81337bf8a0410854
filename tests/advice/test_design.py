"""Which tables are refused, and what the message says."""

from typing import Any

import numpy as np
import pytest

from linreg_compress.advice.design import Design, prepare, training_rows
from linreg_compress.advice.fitting import fit_moments
from linreg_compress.errors import DesignError

RNG = np.random.default_rng(3)
X = RNG.standard_normal((40, 3))
Y = X @ [1.0, -1.0, 0.5] + RNG.standard_normal(40)
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
    fitted = fit_moments(design.moments(), 40, design)
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
    "constant": (with_column(4.0), Y, "column 'extra' is constant, every value is 4. Drop it"),
    "twins": (
        with_column(3 - 2 * X[:, 1]),
        Y,
        "columns 'height' and 'extra' carry the same numbers up to shift and scale.",
    ),
    "dependent": (with_column(X[:, 0] + X[:, 2]), Y, "columns 'age', 'weight', 'extra' are linearly dependent. Drop one"),
    "target": (with_column(2 * Y + 1), Y, "column 'extra' is the target 'price' itself, up to shift and scale. Drop it"),
    "computed": (X, X @ [1.0, 2.0, 3.0], "the columns determine the target 'price' exactly"),
    "still": (X, np.full(40, 2.0), "the target 'price' is constant, every value is 2"),
    "tiny": (with_column(1e-60 * X[:, 0] ** 2), Y, "column 'extra' varies by less than 1e-50. Change its unit."),
    "vanishing": (with_column(1e-200 * X[:, 0] ** 2), Y, "column 'extra' varies by less than 1e-50."),
    "faint": (X, 1e-60 * Y, "the target 'price' varies by less than 1e-50."),
    "short": (X[:7], Y[:7], "7 rows are too few for 3 columns; at least 9 are needed"),
    "wide": (RNG.standard_normal((5, 9)), Y[:5], "5 rows are too few for 9 columns"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: str) -> None:
    features, targets, message = REFUSED[case]
    names = [f"x{k}" for k in range(9)] if case == "wide" else None
    with pytest.raises(DesignError) as caught:
        prepared(features, targets, **({} if names is None else {"names": names}))
    assert message in str(caught.value)


def test_as_many_rows_as_are_asked_for_are_enough() -> None:
    prepared(X[:9], Y[:9])
    with pytest.raises(DesignError, match="at least 9"):
        prepared(X[:8], Y[:8])


def test_the_training_part_is_what_the_largest_of_ten_folds_leaves() -> None:
    for rows in range(10, 60):
        folds = np.array_split(np.arange(rows), 10)
        assert training_rows(rows) == rows - max(map(len, folds))


def test_a_small_spread_far_from_zero_is_no_constant() -> None:
    spread = np.random.default_rng(4).standard_normal(40)
    design = prepared(with_column(1.6e9 + 1e3 * spread))
    assert design.scales[3] == pytest.approx(1e3 * spread.std(), rel=1e-9)  # 1e3 in 1.6e9 has ten digits
    with pytest.raises(DesignError, match="'extra' is constant"):
        prepared(with_column(1.6e9 + 1e-6 * spread))


def test_a_column_that_is_constant_in_a_training_part() -> None:
    lone = np.zeros(40)
    lone[5] = 1.0
    design = prepared(with_column(lone))
    rest = np.delete(np.arange(40), [5, 6, 7, 8])
    with pytest.raises(DesignError, match="column 'extra' is constant in nine tenths of the rows"):
        fit_moments(design.moments(rest), 36, design)


def test_columns_of_very_different_units_need_standardizing() -> None:
    features = X * [1.0, 1e8, 1e-8]
    fit_moments((good := prepared(features)).moments(), 40, good)
    raw = prepared(features, standardize=False)
    with pytest.raises(DesignError, match="Leave --standardize on"):
        fit_moments(raw.moments(), 40, raw)
