"""Rows that belong together: what counts as a copy, and which groups the residuals suggest."""

from typing import Any

import numpy as np
import pytest

from linreg_compress.advice.design import prepare
from linreg_compress.advice.grouping import Grouping, Hint, grouping, in_row_order, rows_that_count
from linreg_compress.advice.grouping import hint_of as hint_from
from linreg_compress.least_squares.moments import Design


def design_of(x: Any, y: Any) -> Design:
    return prepare(x, y, [f"x{k}" for k in range(x.shape[1])], "y")


def hint_of(design: Design, residuals: Any) -> Hint | None:
    return hint_from(design, residuals, grouping(design, None, None))


def numbers(seed: int = 0, rows: int = 60) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((rows, 3)), rng.standard_normal(rows)


def test_copies_stay_together_and_count_once() -> None:
    x, y = numbers()
    found = grouping(design_of(np.vstack([x, x[:7]]), np.append(y, y[:7])), None, None)
    assert (found.repeated, found.copies, found.count, rows_that_count(found)) == (7, True, 60, 60)
    np.testing.assert_array_equal(found.groups[60:], found.groups[:7])


def test_equal_columns_with_other_targets_are_no_copies() -> None:
    x, y = numbers()
    found = grouping(design_of(np.vstack([x, x[:7]]), np.append(y, y[:7] + 1)), None, None)
    assert (found.repeated, found.copies, found.count) == (0, False, 67)


@pytest.mark.parametrize(("others", "copies"), [(0, True), (1, True), (2, False)])
def test_nearly_all_pairs_of_equal_columns_must_have_equal_targets(others: int, copies: bool) -> None:
    x, y = numbers(7, 90)
    rows = np.arange(21 + others)  # 21 copies; 21 of 22 pairs are 95.5 %, 21 of 23 are 91 %
    again = np.where(rows < 21, y[rows], y[rows] + 1)
    found = grouping(design_of(np.vstack([x, x[rows]]), np.append(y, again)), None, None)
    assert (found.repeated, found.copies) == (21, copies)


def test_few_values_repeat_by_chance() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 3, (90, 2)).astype(float), rng.integers(0, 2, 90).astype(float)
    found = grouping(design_of(x, y), None, None)
    assert found.repeated > 60
    assert not found.copies
    assert found.count == rows_that_count(found) == 90


def test_named_groups_are_taken_as_they_are() -> None:
    x, y = numbers(rows=11)
    x, y = np.vstack([x, x[:1]]), np.append(y, y[:1])
    found = grouping(design_of(x, y), np.array(list("abcabcabcabb")), "firm")
    assert (found.count, found.named, found.repeated) == (3, "firm", 1)
    assert found.groups.tolist() == [0, 1, 2] * 3 + [0, 1, 1]
    assert rows_that_count(found) == 11


def test_neighbours_that_are_alike_are_noticed() -> None:
    rng = np.random.default_rng(2)
    x, noise = rng.standard_normal((200, 3)), rng.standard_normal(200)
    assert hint_of(design_of(x, noise), noise) is None
    for order in range(1, 200):
        noise[order] += 0.6 * noise[order - 1]
    found = hint_of(design_of(x, noise), noise)
    assert found is not None
    assert found.column is None
    scaled = noise / np.sqrt(np.mean(noise**2))
    assert found.statistic == pytest.approx(float(scaled[1:] @ scaled[:-1]) / np.sqrt(199), rel=1e-12)
    assert len(np.unique(found.groups)) == 20
    assert (np.diff(found.groups) >= 0).all()
    against = -np.abs(noise) * (-1.0) ** np.arange(200)  # neighbours that differ are no groups
    assert hint_of(design_of(x, against), against) is None


def test_a_column_of_groups_is_noticed_and_named() -> None:
    rng = np.random.default_rng(3)
    firm = rng.permutation(np.repeat(np.arange(20.0), 10))
    x = np.column_stack([rng.standard_normal((200, 2)), firm])
    residuals = rng.standard_normal(200)
    assert hint_of(design_of(x, residuals), residuals) is None
    residuals = residuals + 1.5 * rng.standard_normal(20)[firm.astype(int)]
    found = hint_of(design_of(x, residuals), residuals)
    assert found is not None
    assert found.column == "x2"
    from scipy import stats

    expected = stats.f_oneway(*(residuals[firm == one] for one in range(20))).statistic
    assert found.statistic == pytest.approx(expected, rel=1e-9)
    assert all(len(np.unique(found.groups[firm == one])) == 1 for one in range(20))
    dummy = np.column_stack([x[:, :2], firm % 2])  # two values are no groups, and 19 a scale
    assert hint_of(design_of(dummy, residuals), residuals) is None
    scale = np.column_stack([x[:, :2], np.minimum(firm, 18)])
    assert hint_of(design_of(scale, residuals), residuals) is None
    many = np.vstack([x + np.array([k / 7, k * k / 9, 0]) for k in range(4)])  # 40 rows of each value
    assert hint_of(design_of(many, np.tile(residuals, 4)), np.tile(residuals, 4)) is None


def test_groups_have_thirty_rows_at_most_on_average() -> None:
    rng = np.random.default_rng(6)
    for rows, seen in ((650, True), (660, False)):  # of 21 values
        firm = rng.permutation(np.arange(rows) * 21 // rows)
        x = np.column_stack([rng.standard_normal((rows, 2)), firm])
        residuals = rng.standard_normal(rows) + 2 * rng.standard_normal(21)[firm]
        assert (hint_of(design_of(x, residuals), residuals) is not None) is seen


def test_false_hints_are_rare() -> None:
    hints = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        x = np.column_stack([rng.standard_normal((80, 2)), rng.integers(0, 12, 80)])
        residuals = rng.standard_normal(80)
        hints += hint_of(design_of(x, residuals), residuals) is not None
    assert hints <= 2  # 0.2 expected


def test_a_grouping_holds_what_it_says() -> None:
    assert Grouping(np.array([0, 2, 1]), 0, False, None).count == 3


def test_copies_beside_each_other_are_no_hint() -> None:
    x, y = numbers(5, 40)
    one = design_of(np.repeat(x, 2, axis=0), np.repeat(y, 2))
    assert grouping(one, None, None).copies
    assert hint_of(one, np.repeat(y, 2)) is None
    for order in range(1, 40):
        y[order] += 0.95 * y[order - 1]
    found = hint_of(design_of(np.repeat(x, 2, axis=0), np.repeat(y, 2)), np.repeat(y, 2))
    assert found is not None
    assert (found.groups[::2] == found.groups[1::2]).all()
    assert len(np.unique(found.groups)) == 20


ORDERED = {  # of sixty rows: does it order them, and in blocks
    "numbers of the rows": (np.arange(1, 61), False),
    "numbers backwards": (np.arange(60, 0, -1), False),
    "dates": (np.arange(60) * 86400.0 + 1.7e9, False),
    "years with several rows": (2000 + np.arange(60) // 4, True),
    "dates, some twice": (np.arange(60) - (np.arange(60) % 5 == 0), False),
    "persons of two rows": (np.random.default_rng(1).permutation(30).repeat(2), True),
    "ten persons, in any order": (np.repeat([3, 1, 4, 15, 9, 2, 6, 5, 35, 8], 6), True),
    "nine persons are classes": (np.append(np.repeat([3, 1, 4, 15, 9, 2, 6, 5, 35], 6), np.full(6, 35)), None),
    "classes one after the other": (np.arange(60) // 20, None),
    "a person who comes back": (np.append(np.repeat([3, 1, 4, 15, 9, 2, 6, 5, 35, 8, 7], 5), np.full(5, 3)), None),
    "one row out of order": (np.where(np.arange(60) == 30, 0, np.arange(1, 61)), None),
    "a year that starts again": (np.arange(60) % 20, None),
}


@pytest.mark.parametrize("kind", ORDERED)
def test_a_column_in_the_order_of_the_rows_is_named(kind: str) -> None:
    column, blocks = ORDERED[kind]
    x, y = numbers(rows=60)
    design = design_of(np.column_stack([x, column]), y)
    assert in_row_order(design, grouping(design, None, None)) == (None if blocks is None else ("x3", blocks))


def test_blocks_are_expected_where_groups_are_named() -> None:
    x, y = numbers(rows=60)
    person, income = np.repeat(np.arange(10), 6), np.repeat(np.random.default_rng(4).standard_normal(10), 6)
    design = design_of(np.column_stack([x, income]), y)
    assert in_row_order(design, grouping(design, None, None)) == ("x3", True)
    assert in_row_order(design, grouping(design, person, "person")) is None
    years = design_of(np.column_stack([x, person]), y)
    assert in_row_order(years, grouping(years, np.arange(60) % 12, "place")) == ("x3", True)


def test_blocks_come_first_then_even_steps() -> None:
    x, y = numbers(rows=60)
    grown, index, person = np.arange(60) ** 1.5, np.arange(60), np.repeat(np.arange(10), 6)
    for columns, expected in (
        ([grown, index, person], ("x2", True)),
        ([grown, index], ("x1", False)),
        ([grown, x[:, 0], grown**2], ("x0", False)),
    ):
        design = design_of(np.column_stack(columns), y)
        assert in_row_order(design, grouping(design, None, None)) == expected


def test_a_row_alone_says_nothing_of_groups() -> None:
    """A column of many values, one of which belongs to a row far off: no two rows of one value are alike."""
    rng = np.random.default_rng(8)
    x = np.column_stack(
        [rng.standard_normal((120, 2)), rng.permutation(np.append(np.repeat(np.arange(25), 4), 50 + np.arange(20)))]
    )
    residuals = rng.standard_normal(120)
    residuals[x[:, 2] == 55] = 40.0
    assert hint_of(design_of(x, residuals), residuals) is None
    residuals += 60 * rng.standard_normal(71)[x[:, 2].astype(int)]
    found = hint_of(design_of(x, residuals), residuals)
    assert found is not None
    from scipy import stats

    expected = stats.f_oneway(*(residuals[x[:, 2] == one] for one in range(25))).statistic
    assert found.statistic == pytest.approx(expected, rel=1e-9)


def test_the_level_of_neighbours_is_one_in_a_thousand() -> None:
    rng = np.random.default_rng(10)
    x, noise = rng.standard_normal((400, 3)), rng.standard_normal(400)
    design = design_of(x, noise)
    below, above = 0.0, 0.0
    for share in np.linspace(0, 1, 2001):  # more and more of the neighbour before
        residuals = noise + share * np.roll(noise, 1)
        scaled = residuals / np.sqrt(np.mean(residuals**2))
        z = float(scaled[1:] @ scaled[:-1]) / np.sqrt(399)
        if 3.05 < z < 3.15:
            found = hint_of(design, residuals)
            assert (found is not None) is bool(z > 3.0902323)
            below, above = below + (z < 3.09), above + (z > 3.09)
    assert min(below, above) > 3


@pytest.mark.parametrize(("wanted", "seen"), [(0.97e-3, True), (1.03e-3, False)])
def test_the_level_of_a_column_is_one_in_a_thousand_whatever_else_there_is(wanted: float, seen: bool) -> None:
    """Columns without company and those of few values cannot be groups, and do not count."""
    from scipy import stats

    rng = np.random.default_rng(12)
    firm = rng.permutation(np.repeat(np.arange(24), 6))
    x = np.column_stack([rng.standard_normal((144, 3)), firm, rng.integers(0, 19, 144)])
    noise, shared = rng.standard_normal(144), rng.standard_normal(24)[firm]
    low, high = 0.0, 3.0
    for _ in range(60):
        middle = (low + high) / 2
        p = stats.f_oneway(*((noise + middle * shared)[firm == one] for one in range(24))).pvalue
        low, high = (middle, high) if p > wanted else (low, middle)
    assert (hint_of(design_of(x, noise), noise + low * shared) is not None) is seen
