"""Each assumption: broken on purpose it is rejected, and its numbers are those of another way to compute them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from linreg_compress.advice.assumptions import Assumption, assumptions
from linreg_compress.advice.design import prepare
from linreg_compress.advice.grouping import Grouping, Hint, grouping, hint_of, in_row_order
from linreg_compress.least_squares.moments import Design, Fitted, Rows, fit_table, gaussian_factor, rows_of
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


def uneven() -> tuple[Any, Any]:
    """Everything is off: columns and noise have heavy tails, the noise grows, one weight of twelve stands out."""
    rng = generator(11)
    x = rng.standard_t(3, (240, 12))
    return x, 9 * x[:, 0] + 0.1 * x[:, 1] + (1 + np.abs(x[:, 0])) * rng.standard_t(4, 240)


@pytest.mark.parametrize("table", [sound(90, 4, seed=7)[:2], uneven()], ids=["sound", "uneven"])
def test_numbers_by_another_way(table: tuple[Any, Any]) -> None:
    x, y = table
    n, d = x.shape
    _, fitted, rows = fit(x, y)
    found = found_in(x, y)
    z = rows.residuals / np.sqrt(np.mean(rows.residuals**2))
    excess = np.mean(z**4) - 3
    assert f"(z = {excess / np.sqrt(24 / n):+.1f})" in found["light tails"].finding
    assert found["light tails"].effect == f"{(n - 1) / d:.0f} rows a weight"
    centred = x - x.mean(axis=0)
    distances = np.einsum("ij,ij->i", centred @ np.linalg.inv(centred.T @ centred / n), centred)
    mardia = (np.mean(distances**2) - d * (d + 2) * (n - 1) / (n + 1)) / np.sqrt(8 * d * (d + 2) / n)
    assert f"(z = {mardia:+.1f})" in found["Gaussian columns"].finding
    ratio = np.mean(rows.leverages / (1 - rows.leverages)) / gaussian_factor(n, d, True)
    assert found["Gaussian columns"].effect == f"excess risk times {ratio:.2f}"
    top = int(np.argmax(rows.leverages))
    assert found["no outstanding row"].finding == f"row {top + 1} has leverage {rows.leverages[top]:.2g}"
    assert found["no outstanding row"].effect == f"mean {(d + 1) / n:.2g}, and 1 decides the fit"
    weights = fitted.weights
    kurtosis, normal = np.mean(weights**4) / np.mean(weights**2) ** 2, 3 * d / (d + 2)
    assert found["weights of one normal law"].effect == f"their kurtosis is {kurtosis:.1f}, not {normal:.1f}"
    moments = 105 * d**3 / ((d + 2) * (d + 4) * (d + 6)) / d + (d - 1) / d * 9 * d**3 / ((d + 2) * (d + 4) * (d + 6))
    score = (kurtosis - normal) / np.sqrt(moments - normal**2)  # E w^8 = 105, E w^4 v^4 = 9, over E |w|^8
    assert found["weights of one normal law"].finding == f"weights are not normal (z = {score:+.1f})"
    f = np.column_stack([np.ones(n), rows.predictions, rows.predictions**2])
    fit_of_squares = f @ np.linalg.lstsq(f, rows.residuals**2, rcond=None)[0]
    p = stats.chi2.sf(n * np.var(fit_of_squares) / np.var(rows.residuals**2), 2)
    factor = np.average(rows.residuals**2, weights=rows.leverages) / np.mean(rows.residuals**2)
    assert found["noise of one variance"].finding == f"noise varies in size (p = {p:.0e})"
    assert found["noise of one variance"].effect == f"weights see {factor:.2f} times its mean"
    assert found["noise of one variance"].matters is bool(p < 0.01 and not 1 / 1.2 <= factor <= 1.2)
    assert found["Gaussian columns"].matters is bool(abs(mardia) > 2.576 and not 1 / 1.2 <= ratio <= 1.2)


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


def test_an_index_is_named_with_what_to_do() -> None:
    x, y, _ = sound(60, 3)
    for column, effect in (
        (np.arange(60), "drop an index or a date"),
        (np.arange(60) // 3, "an id or date goes to --groups"),
    ):
        one = found_in(np.column_stack([x, column]), y)["no index among the columns"]
        assert (one.rejected, one.matters, one.finding) == (True, True, "column 'x3' orders the rows")
        assert one.effect == effect


def test_the_largest_leverage_is_judged_by_the_beta_law_of_all() -> None:
    """Just below the quantile of the largest of n leverages the row passes, just above it is outstanding."""
    x, y, _ = sound(60, 3, seed=3)
    quantile = stats.beta.isf(-np.expm1(np.log(0.99) / 60), 1.5, 28)
    direction = x[0].copy()
    for share, rejected in ((0.99, False), (1.01, True)):
        lengths = np.geomspace(0.1, 100, 4000)
        x[0] = direction * next(one for one in lengths if leverage_of_first(x, direction * one) > share * quantile)
        assert found_in(x, y)["no outstanding row"].rejected is rejected


def leverage_of_first(x: Any, row: Any) -> float:
    columns = np.vstack([row, x[1:]])
    columns = columns - columns.mean(axis=0)
    return float(columns[0] @ np.linalg.solve(columns.T @ columns, columns[0]))


@pytest.mark.parametrize(("rows", "matters"), [(160, True), (164, False), (170, False)])
def test_heavy_tails_matter_below_twenty_rows_a_weight(rows: int, matters: bool) -> None:
    x, y, _ = sound(rows, 8, seed=5)
    y[3] += 60
    one = found_in(x, y)["light tails"]
    assert (one.rejected, one.matters) == (True, matters)
    z = fit(x, y)[2].residuals
    kurtosis = float(np.mean(z**4) / np.mean(z**2) ** 2)
    assert one.finding == f"residuals have heavy tails (z = {(kurtosis - 3) / np.sqrt(24 / rows):+.1f})"


@pytest.mark.parametrize(("wanted", "matters"), [(2.8, False), (3.2, True)])
def test_heavy_tails_matter_from_an_excess_of_three(wanted: float, matters: bool) -> None:
    x, y, _ = sound(150, 9, seed=6)
    for size in np.linspace(1, 12, 1200):
        y[5] += size / 100
        z = fit(x, y)[2].residuals
        if np.mean(z**4) / np.mean(z**2) ** 2 - 3 > wanted:
            break
    one = found_in(x, y)["light tails"]
    assert (one.rejected, one.matters) == (True, matters)


@pytest.mark.parametrize(("share", "matters"), [(0.45, False), (0.55, True)])
def test_a_row_matters_from_a_leverage_of_one_half(share: float, matters: bool) -> None:
    x, y, _ = sound(60, 3, seed=3)
    direction = x[0].copy()
    lengths = np.geomspace(0.1, 100, 4000)
    x[0] = direction * next(one for one in lengths if leverage_of_first(x, direction * one) + 1 / 60 > share)
    one = found_in(x, y)["no outstanding row"]
    assert (one.rejected, one.matters) == (True, matters)


@pytest.mark.parametrize(("copies", "matters"), [(6, False), (7, True)])
def test_copies_matter_above_a_tenth_of_the_rows(copies: int, matters: bool) -> None:
    x, y, _ = sound(60, 3)
    rows = [*range(60 - copies), *range(copies)]
    one = found_in(x[rows], y[rows])["independent rows"]
    assert (one.rejected, one.matters) == (True, matters)


def test_named_groups_settle_the_matter() -> None:
    x, y, _ = sound(60, 3)
    found = grouping(prepare(x, y, list("abc"), "y"), np.arange(60) // 3, "firm")
    one = found_in(x, y, found)["independent rows"]
    assert (one.rejected, one.matters, one.effect) == (False, False, "20 groups of 'firm' are never split")
