"""What the report says in every case."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.advice.record import Findings
from linreg_compress.advice.report import report


@cache
def advice(kind: str) -> lc.Advice:
    signal, columns = {"strong": (0.6, 12), "weak": (0.0, 50)}[kind]
    rng = np.random.default_rng(9)
    x = rng.standard_normal((140, columns))
    y = x @ (signal * rng.standard_normal(columns)) + rng.standard_normal(140)
    return lc.advise(x, y, bits=[1, 2, 8], repeats=2, tolerance=0.05)


def flat(one: Findings, *arguments: str) -> str:
    return " ".join(report(one, *arguments).split())


def test_a_strong_signal() -> None:
    text = flat(advice("strong"), "table.csv", "do this")
    assert text.startswith(
        "table.csv: 140 rows, 12 columns, target 'target' "
        "Compression RAISES the error on new rows: 1 bit with lloyd-max by about +"
    )
    assert "measured on rows left out. Theory: +" in text
    assert "times its noise" in text
    found = advice("strong")
    coded = found.error * (1 + found.recommended.measured_percent / 100) if found.recommended else 0.0
    start = f"Error on new rows {found.error:.4g}, with 8 bits with lloyd-max {coded:.4g} (mean square; R^2"
    assert start in text
    share = f"{found.excess_risk:.3g} ({100 * found.excess_risk / found.error:.2g} %) of it is the excess risk"
    assert f"{share}, what estimating 12 weights adds." in text
    assert "Fewest bits that cost less than 5 % both measured (upper end) and in theory: 8 bits with lloyd-max" in text
    assert "do this" in text
    assert ": NO SMALLER. do this " in text  # what the command saves is a file: bytes are not said to be saved
    assert "saved" not in text
    assert "kept as it is" in text


def test_a_weak_signal() -> None:
    text = flat(advice("weak"))
    assert "Compression LOWERS the error on new rows: 1 bit with lloyd-max by about -" in text
    assert "Fewest bits that cost less than 5 % both measured (upper end) and in theory: 1 bit with lloyd-max" in text


def test_open_says_why() -> None:
    found = replace(advice("strong"), verdict="open", reason="too close to call")
    assert "OPEN: too close to call. 1 bit with lloyd-max changes the error on new rows by about +" in flat(found)


def test_nothing_is_cheap_enough() -> None:
    text = flat(replace(advice("strong"), recommended=None), "", "do this")
    start = "No code tried costs less than 5 % both measured (upper end) and in theory."
    assert f"{start} Keep the weights, try more bits, or allow more." in text
    assert "do this" not in text


def test_what_is_saved() -> None:
    found = advice("strong")
    parts = {"indices": 25, "levels": 64, "column scales": 0, "intercept": 4}
    found = replace(found, shipped=replace(found.shipped, size=parts, float32=404))
    assert "They ship as 93 bytes (indices 25, levels 64, intercept 4), in float32 as 404, 4.3 times as many." in flat(
        found
    )


def test_theory_and_measurement_apart() -> None:
    found = advice("strong")
    assert "APART" not in flat(found)
    assert "far APART: trust the measured number." in flat(
        replace(found, verdict_code=replace(found.verdict_code, agrees=False))
    )
    assert flat(replace(found, ridge=replace(found.ridge, agrees=False))).count("APART") == 1
    assert flat(replace(found, no_weights=replace(found.no_weights, agrees=False))).count("APART") == 1


def test_noise_that_a_code_adds_is_called_so() -> None:
    found = advice("strong")
    assert "% for noise removed: " in flat(found)
    one = replace(found.verdict_code, predicted_saving_percent=-18.0)
    assert "+18 % for noise added: " in flat(replace(found, verdict_code=one))


def test_signal_and_correlation() -> None:
    found = advice("strong")
    assert "The weights show no signal above their noise." in flat(replace(found, signal_variance=0.0))
    assert "inflate" not in flat(found)
    assert "Correlated columns inflate the noise 7.5 times." in flat(replace(found, variance_inflation=7.5))
    assert "inflate the noise 2 times." in flat(replace(found, variance_inflation=2.0))
    assert "inflate" not in flat(replace(found, variance_inflation=1.99))
    assert "inflate the noise 1380 times." in flat(replace(found, variance_inflation=1381.2))
    ratio = f"{found.signal_variance / found.weight_noise:.3g}"
    assert f"The signal in a weight is {ratio} times its noise." in flat(found)


def test_settings_that_are_not_the_usual_ones() -> None:
    found = advice("strong")
    plain = replace(found.design, standardize=False, intercept=False)
    assert "target 'target', columns in their own units, no intercept" in flat(replace(found, design=plain))


def test_assumptions() -> None:
    found = advice("strong")
    some = [
        replace(found.assumptions[0], rejected=True, matters=matters, finding="this is so", effect="that follows")
        for matters in (False, True)
    ]
    text = report(replace(found, assumptions=[*some, *found.assumptions[1:]])).splitlines()
    assert text[-2:] == ["This is so, it MATTERS: that follows.", "This is so, harmless: that follows."]
    assert "Tested, not rejected:" in flat(found)
    left_out = replace(found, folds_left_out=3, folds=47, still_columns=("rare",))
    assert "3 of 50 folds left out, without a fit ('rare')" in flat(left_out)
    assert "(dependent columns)" in flat(replace(left_out, still_columns=()))


@pytest.mark.parametrize("kind", ["strong", "weak"])
def test_thirty_lines_of_eighty_columns_whatever_comes(kind: str) -> None:
    found = advice(kind)
    worst = [replace(one, rejected=True, finding="x" * 60, effect="y " * 30) for one in found.assumptions]
    huge = replace(found.verdict_code, measured_percent=1.2e34, percent_interval=(-3e33, 4e34), agrees=False)
    crowded = replace(
        found, assumptions=worst, verdict_code=huge, variance_inflation=1e9, folds_left_out=7,
        still_columns=tuple("abcdefg" * 9),
        curve=[replace(one, bits_per_weight=b) for b in range(1, 9) for one in found.curve if one.bits_per_weight == 1],
    )  # fmt: skip
    for one in (found, crowded):
        lines = report(one, "table.csv", "a command").splitlines()
        assert len(lines) <= 30
        assert max(map(len, lines)) <= 80
        assert any(line.lstrip().startswith("1 ") for line in lines)
        assert "nan" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        (0.0, "0.00"),
        (-0.004, "0.00"),
        (0.0512, "+0.05"),
        (-1.26, "-1.3"),
        (12.4, "+12"),
        (-99_999, "-99999"),
        (100_000.0, "+1.0e+05"),
        (1.26e6, "+1.3e+06"),
    ],
)
def test_numbers(percent: float, text: str) -> None:
    found = advice("strong")
    one: Any = replace(found.no_weights, measured_percent=percent)
    assert f"no weights {text} %" in flat(replace(found, no_weights=one))


def test_marks_of_the_table() -> None:
    found = advice("strong")
    table = report(found).split("Measured, %")[1].splitlines()
    assert table[0] == " of the error on new rows (* recommended, ? open, kept as it is)"
    assert table[1].split() == ["bits", "lloyd-max", "uniform", "kmeans", "gptq", "diameter-kmeans"]
    cells = [line.split() for line in table[2:5]]
    assert [row[0] for row in cells] == ["1", "2", "8"]
    assert [cell.endswith("*") for row in cells for cell in row[1:]].count(True) == 1
    assert cells[2][1].endswith("*")
    assert cells[2][3] == "kept"
    shown = {"lloyd-max": 1, "uniform": 2, "gptq": 4}
    for point in found.curve:
        if point.quantizer in shown and point.bits_per_weight < 3:
            assert cells[point.bits_per_weight - 1][shown[point.quantizer]].endswith("?") is (point.verdict == "open")


def test_the_columns_of_the_curve_stand_below_their_names() -> None:
    lines = report(advice("strong")).splitlines()
    head = next(place for place, line in enumerate(lines) if line.startswith("bits "))
    ends = [lines[head].index(name) + len(name) for name in ("lloyd-max", "uniform", "kmeans", "gptq", "diameter-kmeans")]
    rows = [line.ljust(ends[-1] + 1) for line in lines[head + 1 : head + 4]]
    assert [row[:4] for row in rows] == ["   1", "   2", "   8"]
    for row in rows:
        assert all(row[end] in " *?" and row[end - 1] in "0123456789t" for end in ends)


def test_the_recommendation_says_what_decides_and_the_number_of_theory() -> None:
    """A code of fewer bits may gain on left-out rows and yet cost more in theory: the condition on both is told."""
    found = advice("strong")
    assert found.recommended is not None
    one = replace(found.recommended, measured_percent=-6.7, percent_interval=(-11.0, -2.2), predicted_percent=0.31)
    text = flat(replace(found, recommended=one))
    assert (
        "both measured (upper end) and in theory: 8 bits with lloyd-max, about -6.7 % (-11 to -2.2 %), theory +0.31 %."
        in text
    )


def test_no_line_ends_between_a_number_and_its_unit() -> None:
    found = advice("strong")
    for length in range(60):
        for text in (
            report(replace(found, verdict="open", reason="a" * length)),
            report(replace(found, verdict="open", reason="a " * length)),
            report(found, "b" * length, "command"),
        ):
            above = text[: text.index("\nbits ")]
            assert not re.search(r"\d\n +(%|bit|byte)", above), text
            assert "\N{NO-BREAK SPACE}" not in text


def test_a_line_has_eighty_columns_at_most() -> None:
    found = advice("strong")
    letters = " ".join("a" * 200)
    text = report(replace(found, verdict="open", reason=letters)).splitlines()
    assert max(map(len, text)) == 80
