"""Each assumption: broken on purpose it is rejected, and its numbers are those of another way to compute them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from linreg_compress.advice.assumptions import Assumption, assumptions, gaussian_factor
from linreg_compress.advice.design import prepare
from linreg_compress.advice.grouping import Grouping, Hint, grouping, hint_of, in_row_order
from linreg_compress.least_squares.moments import Design, Fitted, Rows, fit_table, rows_of
from tests.seeds import generator


def fit(x: Any, y: Any, **rest: bool) -> tuple[Design, Fitted, Rows]:
    design = prepare(x, y, [f"x{k}" for k in range(x.shape[1])], "y", **rest)
    fitted, design = fit_table(design)
    return design, fitted, rows_of(design, fitted)


def found_in(x: Any, y: Any, found: Grouping | None = None, hint: Hint | None = None) -> dict[str, Assumption]:
    design, fitted, rows = fit(x, y)
    one = grouping(design, None, None) if found is None else found
    return {each.name: each for each in assumptions(design, fitted, rows, one, hint, in_row_order(design, one))}


def sound(rows: int = 300, columns: int = 8, *, seed: int = 0) -> tuple[Any, Any, np.random.Generator]:
    rng = generator(seed)
    x = rng.standard_normal((rows, columns))
    return x, x @ rng.standard_normal(columns) + rng.standard_normal(rows), rng


def heavy_noise(x: Any, y: Any, rng: Any) -> tuple[Any, Any]:
    return x[:100], y[:100] + 3 * rng.standard_t(1.5, 100)


def varying_noise(x: Any, y: Any, rng: Any) -> tuple[Any, Any]:
    return x, 3 * x[:, 0] + np.exp(x[:, 0]) * rng.standard_normal(len(x))


def outstanding(x: Any, y: Any, rng: Any) -> tuple[Any, Any]:
    x = x.copy()
    x[17] *= 40
    return x, y


def heavy_columns(x: Any, y: Any, rng: Any) -> tuple[Any, Any]:
    return rng.standard_t(1.2, x.shape), y


def sparse_weights(x: Any, y: Any, rng: Any) -> tuple[Any, Any]:
    return x, 50 * x[:, 0] + rng.standard_normal(len(x))


def copied(x: Any, y: Any, rng: Any) -> tuple[Any, Any]:
    return np.vstack([x, x]), np.append(y, y)


def numbered(x: Any, y: Any, rng: Any) -> tuple[Any, Any]:
    return np.column_stack([np.arange(1.0, len(x) + 1), x]), y


BREAKS: dict[str, Callable[[Any, Any, Any], tuple[Any, Any]]] = {
    "independent rows": copied,
    "no index among the columns": numbered,
    "light tails": heavy_noise,
    "noise of one variance": varying_noise,
    "no outstanding row": outstanding,
    "Gaussian columns": heavy_columns,
    "weights of one normal law": sparse_weights,
}


def test_a_sound_table_passes() -> None:
    x, y, _ = sound(seed=4)
    found = found_in(x, y)
    assert list(found) == list(BREAKS)
    assert [one.name for one in found.values() if one.rejected or one.matters] == []


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_assumption_is_seen_and_matters(name: str) -> None:
    one = found_in(*BREAKS[name](*sound()))[name]
    assert one.rejected
    assert one.matters


def test_what_is_rejected_may_be_harmless() -> None:
    x, y, rng = sound(4000, 3)
    heavy = found_in(x, y + rng.standard_t(3, 4000))["light tails"]
    assert (heavy.rejected, heavy.matters) == (True, False)
    flat = rng.uniform(size=(4000, 3))
    columns = found_in(flat, flat.sum(1) + rng.standard_normal(4000))["Gaussian columns"]
    assert (columns.rejected, columns.matters) == (True, False)
    pulled = x.copy()
    pulled[17] *= 12
    row = found_in(pulled, y)["no outstanding row"]
    assert (row.rejected, row.matters) == (True, False)
    few = found_in(np.vstack([x, x[:5]]), np.append(y, y[:5]))["independent rows"]
    assert (few.rejected, few.matters) == (True, False)


def test_what_is_said_of_rows_that_belong_together() -> None:
    x, y, _ = sound(60, 3)
    named = found_in(x, y, Grouping(np.arange(60) // 3, 0, False, "firm"))["independent rows"]
    assert not named.rejected
    assert named.effect == "20 groups of 'firm' are never split"
    for column, words in (
        (None, "neighbouring rows are alike (z = 4.5)"),
        ("x1", "rows of one 'x1' are alike (F = 4.5)"),
    ):
        one = found_in(x, y, None, Hint(np.arange(60), column, 4.5))["independent rows"]
        assert one.rejected
        assert one.matters
        assert (one.finding, one.effect) == (words, "name their --groups")
    assert found_in(np.vstack([x, x[:9]]), np.append(y, y[:9]))["independent rows"].finding == "9 of 69 rows repeat others"


def test_numbers_by_another_way() -> None:
    x, y, _ = sound(90, 4, seed=7)
    design, fitted, rows = fit(x, y)
    found = found_in(x, y)
    z = rows.residuals / np.sqrt(np.mean(rows.residuals**2))
    excess = np.mean(z**4) - 3
    assert f"(z = {excess / np.sqrt(24 / 90):+.1f})" in found["light tails"].finding
    assert f"kurtosis {excess + 3:.1f}, 22 rows a weight" == found["light tails"].effect
    centred = x - x.mean(axis=0)
    distances = np.einsum("ij,ij->i", centred @ np.linalg.inv(centred.T @ centred / 90), centred)
    mardia = (np.mean(distances**2) - 24 * 89 / 91) / np.sqrt(8 * 24 / 90)
    assert f"(z = {mardia:+.1f})" in found["Gaussian columns"].finding
    ratio = np.mean(rows.leverages / (1 - rows.leverages)) / gaussian_factor(90, 4, True)
    assert found["Gaussian columns"].effect == f"excess risk times {ratio:.2f}"
    top = int(np.argmax(rows.leverages))
    assert found["no outstanding row"].finding == f"row {top + 1} has leverage {rows.leverages[top]:.2g}"
    weights = fitted.weights
    kurtosis = np.mean(weights**4) / np.mean(weights**2) ** 2
    assert found["weights of one normal law"].effect == f"their kurtosis is {kurtosis:.1f}, not 2.0"
    deviation = np.sqrt(24 * 16 * 3 / (36 * 8 * 10))
    assert found["weights of one normal law"].finding == f"weights are not normal (z = {(kurtosis - 2) / deviation:+.1f})"
    f = np.column_stack([np.ones(90), rows.predictions, rows.predictions**2])
    fit_of_squares = f @ np.linalg.lstsq(f, rows.residuals**2, rcond=None)[0]
    p = stats.chi2.sf(90 * np.var(fit_of_squares) / np.var(rows.residuals**2), 2)
    factor = np.average(rows.residuals**2, weights=rows.leverages) / np.mean(rows.residuals**2)
    assert found["noise of one variance"].finding == f"noise varies in size (p = {p:.0e})"
    assert found["noise of one variance"].effect == f"weights see {factor:.2f} times its mean"
    del design


@pytest.mark.monte_carlo
def test_p_values_are_uniform_enough() -> None:
    """At the level 0.01 a sound table is rejected about once in a hundred by each test, never five times as often."""
    from tests.compare import assert_share

    rng, rejected = generator(44), []
    for _ in range(150):
        x = rng.standard_normal((120, 6))
        rejected.append(found_in(x, x @ rng.standard_normal(6) + rng.standard_normal(120)))
    for name in list(BREAKS)[1:]:
        assert_share([one[name].rejected for one in rejected], 0.0, 0.05)


def test_mardia_with_many_digits() -> None:
    x, y, _ = sound(90, 2, seed=8)
    x = x**3
    centred = x - x.mean(axis=0)
    distances = np.einsum("ij,ij->i", centred @ np.linalg.inv(centred.T @ centred / 90), centred)
    z = (np.mean(distances**2) - 8 * 89 / 91) / np.sqrt(8 * 8 / 90)
    assert z > 20
    assert found_in(x, y)["Gaussian columns"].finding == f"columns are not Gaussian (z = {z:+.1f})"


def test_one_weight_is_normal_enough() -> None:
    x, y, _ = sound(60, 1)
    one = found_in(x, y)["weights of one normal law"]
    assert (one.rejected, one.finding, one.effect) == (
        False,
        "weights are not normal (z = +0.0)",
        "their kurtosis is 1.0, not 1.0",
    )


def test_the_law_of_the_kurtosis_of_normal_weights() -> None:
    rng = generator(5)
    d = 7
    squares = rng.standard_normal((200_000, d)) ** 2
    kurtosis = np.mean(squares**2, axis=1) / np.mean(squares, axis=1) ** 2
    assert np.mean(kurtosis) == pytest.approx(3 * d / (d + 2), rel=5e-3)
    assert np.std(kurtosis) == pytest.approx(np.sqrt(24 * d**2 * (d - 1) / ((d + 2) ** 2 * (d + 4) * (d + 6))), rel=1e-2)


def test_the_gaussian_factor_is_the_mean_over_gaussian_rows() -> None:
    rng = generator(6)
    found = []
    for _ in range(400):
        x = np.column_stack([rng.standard_normal((30, 4)), np.ones(30)])
        h = np.einsum("ij,ij->i", x @ np.linalg.inv(x.T @ x), x)
        found.append(np.mean(h / (1 - h)))
    assert np.mean(found) == pytest.approx(gaussian_factor(30, 4, True), rel=0.02)
    assert gaussian_factor(50, 8, False) == pytest.approx(48 / 40 - 1, rel=1e-12)  # d / (m - d - 1) for m = n - 1 rows
    assert gaussian_factor(50, 8, False) == pytest.approx(8 / (49 - 8 - 1), rel=1e-12)


def test_no_hint_in_a_sound_table() -> None:
    design, _, rows = fit(*sound()[:2])
    assert hint_of(design, rows.residuals, grouping(design, None, None)) is None
