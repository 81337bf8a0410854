"""Advice about cells that are no numbers: followed, it gives the number that the person meant."""

import codecs
import re
from pathlib import Path

import numpy as np
import pytest

from linreg_compress.cli.cells import advice
from linreg_compress.cli.main import main
from linreg_compress.cli.table import read_table
from linreg_compress.errors import LinregCompressError

MEANT = {
    "$2149": 2149.0,
    "$2,149.50": 2149.5,
    "€1.050,25": 1050.25,
    "£-5": -5.0,
    "-£5": -5.0,
    "20 EUR": 20.0,
    "2 149": 2149.0,
    "2\u00a0149": 2149.0,
    "12\u202f345\u202f678": 12345678.0,
    "1 234,5": 1234.5,
    "2'149": 2149.0,
    "2_149": 2149.0,
    "1,050.25": 1050.25,
    "1,234,567": 1234567.0,
    "12,34,567": 1234567.0,
    "1.234.567": 1234567.0,
    "1,05": 1.05,
    "0,123": 0.123,
    "-1,5e3": -1500.0,
    "(1,234.5)": -1234.5,
    "\u22123.5": -3.5,
    "12 kg": 12.0,
    "5cm": 5.0,
    "21°C": 21.0,
    "\ufeff0.1": 0.1,
    "7\u200b": 7.0,
}
TWO_READINGS = {
    "1,050": (1050.0, 1.05),
    "-2,149": (-2149.0, -2.149),
    "€9,999": (9999.0, 9.999),
    "0.3%": (0.3, 0.003),
    "3,5 %": (3.5, 0.035),
}
NO_NUMBER = ["red", "2020-01-05", "<5", "TRUE", "1/2", "1.2.3", "0x10", "1.5e", "12:30"]


def written(message: str) -> list[float]:
    """The numbers that an advice tells to write."""
    return [float(text) for text in re.findall(r"(?:Write|or|Here) (-?[\d.]+(?:e\d+)?)(?=[ ,.])", message)]


@pytest.mark.parametrize("cell", MEANT)
def test_the_advice_gives_the_number_that_was_meant(cell: str) -> None:
    assert written(advice(cell)) == [MEANT[cell]]


@pytest.mark.parametrize("cell", TWO_READINGS)
def test_where_there_are_two_readings_both_are_given(cell: str) -> None:
    assert tuple(written(advice(cell))) == TWO_READINGS[cell]
    assert " if " in advice(cell)


@pytest.mark.parametrize("cell", NO_NUMBER)
def test_what_is_no_number_is_not_made_one(cell: str) -> None:
    assert advice(cell) == "Drop the column, or code it as numbers."


def test_following_the_advice_about_thousands_gives_the_right_table(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,y\n950,1\n"1,050",2\n')
    with pytest.raises(LinregCompressError, match="line 3, column 'a' must be a number") as caught:
        read_table(path, "y")
    assert "got '1,050'. Write 1050 if the comma separates thousands" in str(caught.value)
    path.write_text(path.read_text().replace('"1,050"', f"{written(str(caught.value))[0]:g}"))
    np.testing.assert_array_equal(read_table(path, "y").features[:, 0], [950.0, 1050.0])


@pytest.mark.parametrize(("delimiter", "word"), [("\t", "tabs"), (";", "semicolons"), ("|", "bars")])
@pytest.mark.parametrize("columns", [2, 4])
def test_another_delimiter_is_named(tmp_path: Path, delimiter: str, word: str, columns: int) -> None:
    path = tmp_path / "t.csv"
    names, numbers = ["a", "b, m", "c", "y"][-columns:], ["1", "2", "3", "4"][-columns:]
    path.write_text(f"{delimiter.join(names)}\n{delimiter.join(numbers)}\n")
    with pytest.raises(LinregCompressError, match=f"line 1 has {word} between its cells. Save the table with commas"):
        read_table(path, "y")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_read(tmp_path: Path, encoding: str, capsys: pytest.CaptureFixture[str]) -> None:
    table, vector = tmp_path / "t.csv", tmp_path / "w.txt"
    table.write_text("größe,y\n0.1,2\n0.3,4\n", encoding=encoding)
    assert read_table(table, "y").names == ("größe",)
    vector.write_text("0.1\n0.2\n0.7\n", encoding=encoding)
    assert main(["quantize", str(vector), "--levels", "3", "--importance", str(vector)]) == 0
    assert "3 weights" in capsys.readouterr().out


def test_bytes_that_are_no_text_are_placed(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"caf\xe9,y\n1,2\n")
    with pytest.raises(
        LinregCompressError, match=r"got other bytes. The first is b'\\xe9' in line 1. Save it as csv, UTF-8"
    ):
        read_table(path, "y")
    path.write_bytes("a,y\n1,2\n".encode("utf-16")[len(codecs.BOM_UTF16) :])  # no mark
    with pytest.raises(LinregCompressError, match="must be csv text"):
        read_table(path, "y")
