"""Measuring on left-out rows: against plain loops over folds."""

from typing import Any

import numpy as np
import pytest
from tqdm import tqdm

from linreg_compress.advice import measuring
from linreg_compress.advice.design import prepare
from linreg_compress.advice.measuring import NO_WEIGHTS, RIDGE, Measured, measure
from linreg_compress.advice.theory import Effect
from linreg_compress.errors import DesignError
from linreg_compress.least_squares.moments import Design, fit_table


def design_of(rows: int = 50, columns: int = 4, *, seed: int = 0, **rest: bool) -> Design:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, columns)) + 3
    y = x @ np.linspace(1, 0.2, columns) + rng.standard_normal(rows)
    return fit_table(prepare(x, y, [f"x{k}" for k in range(columns)], "y", **rest))[1]


def by_hand(design: Design, groups: np.ndarray, repeats: int, seed: int, coded: object) -> tuple[float, float]:
    """Plain least squares in every fold, on the same deals; returns mean change and mean error."""
    y = design.targets + design.features @ design.start
    changes, errors, count = 0.0, 0.0, int(groups.max()) + 1
    for repeat in range(repeats):
        stream = np.random.SeedSequence(seed, spawn_key=(1, repeat))
        place = np.random.Generator(np.random.SFC64(stream)).permutation(count)
        for fold in range(min(10, count)):
            test = np.isin(groups, np.flatnonzero(place % min(10, count) == fold))
            x, z = design.features[~test], design.features[test]
            mean = x.mean(axis=0) if design.intercept else 0.0
            level = y[~test].mean() if design.intercept else 0.0
            units = np.sqrt(np.sum((x - mean) ** 2, axis=0) / (len(x) - design.intercept))
            w = np.linalg.lstsq((x - mean) / units, y[~test] - level, rcond=None)[0]
            before = y[test] - level - (z - mean) / units @ w
            after = y[test] - level - (z - mean) / units @ coded(w)  # type: ignore[operator]
            changes += float(np.sum(after**2) - np.sum(before**2))
            errors += float(np.sum(before**2))
    return changes / repeats / design.rows, errors / repeats / design.rows


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
def test_it_is_what_plain_loops_find(intercept: bool, grouped: bool) -> None:
    design = design_of(intercept=intercept)
    groups = np.arange(50) // 2 if grouped else np.arange(50)
    whole = fit_table(design)[0]
    found = measure(design, whole, groups, ["lloyd-max"], [2], 3, seed=7)

    def two_levels(w: np.ndarray) -> np.ndarray:
        return np.sign(w) * np.sqrt(2 / np.pi) * np.sqrt(np.mean(w**2))

    for key, coded in ((("lloyd-max", 2), two_levels), (NO_WEIGHTS, np.zeros_like)):
        change, error = by_hand(design, groups, 3, 7, coded)
        assert found.codes[key].change == pytest.approx(change, rel=1e-6)
        assert found.error == pytest.approx(error, rel=1e-9)
    assert (found.folds, found.left_out, found.still) == (30, 0, ())
    assert found.codes[NO_WEIGHTS].effect.share == pytest.approx(1.0)


def test_ridge_is_ridge() -> None:
    design = design_of(seed=2)
    groups = np.arange(50)

    def ridge(w: np.ndarray) -> np.ndarray:
        return w

    found = measure(design, fit_table(design)[0], groups, ["lloyd-max"], [2], 2).codes[RIDGE]
    assert 0 < found.effect.share < 0.2
    assert abs(found.change) < 0.05
    assert by_hand(design, groups, 1, 0, ridge)[0] == 0.0


def test_the_standard_error_is_that_of_nadeau_and_bengio() -> None:
    values = np.array([1.0, 2.0, 4.0, 1.0])
    one = Measured(values, 1 / 9, Effect(0.0, 0.0))
    assert one.change == 2.0
    assert one.standard_error == pytest.approx(np.sqrt(2.0 * (1 / 4 + 1 / 9)), rel=1e-12)


def test_sizes_of_folds_and_the_ratio() -> None:
    design = design_of(45)
    found = measure(design, fit_table(design)[0], np.arange(45), ["lloyd-max"], [2], 2)
    one = found.codes["lloyd-max", 2]
    sizes = np.array([5] * 5 + [4] * 5)
    assert one.ratio == pytest.approx(np.mean(sizes / (45 - sizes)), rel=1e-12)
    assert len(one.differences) == 20


def test_workers_and_blocks_do_not_change_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    design = design_of(seed=3)
    whole = fit_table(design)[0]
    one, two = (measure(design, whole, np.arange(50), ["kmeans"], [2], 3, workers=w).codes["kmeans", 2] for w in (1, 2))
    np.testing.assert_array_equal(one.differences, two.differences)
    monkeypatch.setattr(measuring, "_BLOCKS", 10)  # moments of each fold anew
    three = measure(design, whole, np.arange(50), ["kmeans"], [2], 3).codes["kmeans", 2]
    np.testing.assert_allclose(one.differences, three.differences, rtol=1e-9, atol=1e-12)
    monkeypatch.setattr(measuring, "_MANY", 20)
    blocks = measure(design, whole, np.arange(50), ["kmeans"], [2], 3)
    assert blocks.codes["kmeans", 2].change == pytest.approx(one.change, abs=3 * one.standard_error)
    assert blocks.error == pytest.approx(measure(design, whole, np.arange(50), ["kmeans"], [2], 3).error, rel=0.2)


def test_blocks_of_very_many_groups_hold_every_row() -> None:
    """10 050 rows are dealt in a hundred blocks; the error is that of leaving out single rows, nearly."""
    design = design_of(10_050, 1, seed=4)
    whole = fit_table(design)[0]
    found = measure(design, whole, np.arange(10_050), ["uniform"], [2], 1)
    assert found.error == pytest.approx(float(whole.residual_sum) / (10_050 - 2 * 2), rel=1e-3)
    assert found.codes["uniform", 2].ratio == pytest.approx(1 / 9, rel=1e-2)


@pytest.mark.parametrize("progress", [False, True])
def test_a_bar_is_shown_only_where_it_is_wanted(progress: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []

    def bar(**settings: Any) -> Any:
        found.append(settings)
        return tqdm(**{**settings, "disable": True})

    monkeypatch.setattr(measuring, "tqdm", bar)
    design = design_of()
    measure(design, fit_table(design)[0], np.arange(50), ["uniform"], [2], 3, progress=progress)
    assert [(one["total"], one["disable"], one["leave"]) for one in found] == [(3, None if progress else True, False)]
    measure(design, fit_table(design)[0], np.arange(50), ["uniform"], [2], 3)
    assert found[1]["disable"] is True


def test_two_groups_are_two_folds() -> None:
    design = design_of(seed=4)
    found = measure(design, fit_table(design)[0], np.arange(50) % 2, ["lloyd-max"], [2], 1)
    assert (found.folds, found.left_out) == (2, 0)
    assert found.codes["lloyd-max", 2].ratio == 1.0


def test_folds_without_a_fit_are_counted_and_named() -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal((60, 3))
    rare = np.zeros(60)
    rare[[4, 31]] = 1
    design = fit_table(prepare(np.column_stack([x, rare]), x.sum(1) + rng.standard_normal(60), list("abcd"), "y"))[1]
    whole = fit_table(design)[0]
    found = [measure(design, whole, np.arange(60), ["lloyd-max"], [2], 5, seed=seed) for seed in range(12)]
    assert any(one.left_out for one in found)
    for one in found:
        assert one.still == (("d",) if one.left_out else ())
        assert one.folds + one.left_out == 50
    groups = np.where(np.isin(np.arange(60), [4, 31]), 0, 1)
    with pytest.raises(DesignError, match="column 'd' is constant in the rows of nearly every fold"):
        measure(design, whole, groups, ["lloyd-max"], [2], 1)
