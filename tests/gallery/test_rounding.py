"""What is committed holds twelve digits and no noise, so that the next run on this machine changes no file."""

import json
import math
import re
from pathlib import Path

import pytest

from linreg_compress.files import read_table
from linreg_compress.gallery.rounding import rounded, rounded_record

COMMITTED = Path(__file__).parents[2] / "figures"
NUMBER = re.compile(r"-?(\d+\.?\d*)(e[+-]?\d+)?$")


def digits(text: str) -> int:
    found = NUMBER.fullmatch(text)
    return len(found[1].replace(".", "").strip("0")) if found else 0


@pytest.mark.parametrize("path", sorted(COMMITTED.glob("*.csv")), ids=lambda path: path.stem)
def test_a_committed_table_is_what_rounding_leaves(path: Path) -> None:
    rows = read_table(path)
    numbers = {name: [abs(float(row[name])) for row in rows if NUMBER.fullmatch(row[name])] for name in rows[0]}
    for row in rows:
        for name, text in row.items():
            if NUMBER.fullmatch(text):
                assert digits(text) <= 12, (name, text)
                assert float(text) == 0 or abs(float(text)) >= 1e-12 * max(numbers[name]), (name, text)


@pytest.mark.parametrize("path", sorted(COMMITTED.glob("*.json")), ids=lambda path: path.stem)
def test_a_committed_record_is_what_rounding_leaves(path: Path) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    assert rounded_record(record) == record
    assert not {"commit", "measured"} & set(record)


def test_rounding_keeps_what_is_no_number() -> None:
    (row,) = rounded([{"a": "text", "b": 3, "c": math.inf, "d": 123456789.0123456}])
    assert row == {"a": "text", "b": 3, "c": math.inf, "d": 123456789.012}
    assert math.isnan(float(rounded([{"a": math.nan}])[0]["a"]))
    assert rounded_record({"a": [1 / 3, True, None, "x"]}) == {"a": [0.333333333333, True, None, "x"]}


def test_small_numbers_of_a_small_column_are_kept() -> None:
    assert rounded([{"a": 1e-20}, {"a": 2e-32}, {"a": 2e-33}]) == [{"a": 1e-20}, {"a": 2e-32}, {"a": 0.0}]
