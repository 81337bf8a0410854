"""No line of any verb's text is longer than the terminal is wide."""

import math
import sys
from pathlib import Path

import pytest

from linreg_compress.cli.main import VERBS, main
from linreg_compress.cli.output import columns, fill, table

MODEL = ["--samples", "1000", "--features", "300", "--noise-variance", "1.2345", "--signal-variance", "0.00123"]
SMALL = ["--samples", "20", "--features", "4"]
LLOYD_MAX = ["--quantizer", "lloyd-max", "--levels", "4"]
GRID = ["--samples", "20,30", "--features", "3,4"]
MANY = ["--quantizer", "entropy-constrained,diameter-kmeans"]
TEXTS: dict[str, list[list[str]]] = {
    "risk": [
        [*MODEL],
        [*MODEL, *LLOYD_MAX],
        [*MODEL, "--bits-per-weight", "1.2345", "--variance-inflation", "12.345"],
        [*SMALL, "--bits-per-weight", "1", "--codec", "aware", "--signal-variance", "0.1"],
        [*SMALL, "--weights", "0.1,0.2,0.3,0.4", "--quantizer", "uniform", "--step", "0.3"],
        [*SMALL, "--bits-per-weight", "1"],
        ["--samples", "4", "--features", "20", "--signal-variance", "1"],
    ],
    "bounds": [[*SMALL, "--bits-per-weight", "1", "--codec", "aware", "--signal-variance", "0.1"], [*SMALL, *LLOYD_MAX]],
    "check": [
        [*SMALL, "--trials", "200", "--sampler", "weights", "--signal-variance", "0.1"],
        [*SMALL, "--trials", "200", "--all"],
    ],
    "simulate": [
        [*GRID, "--trials", "9", *MANY, "--bits-per-weight", "1", "--levels", "4", "--diameter-penalty", "0.123456,123456"],
        ["--samples", "20,30000", "--features", "3,4", "--trials", "3", "--noise-variance", "0.00012345,12345"],
    ],
    "derive": [["chi-square-moments"]],  # the others in tests/derivations/test_every_derivation.py
    "quantize": [["WEIGHTS", "--levels", "3", "--method", "hessian-kmeans"], ["WEIGHTS", "--levels", "40"]],
    "demo": [[]],
}
ELSEWHERE = {"advise", "figures", "reproduce"}  # looked at in tests of their own


@pytest.mark.parametrize(("verb", "arguments"), [(verb, text) for verb, texts in TEXTS.items() for text in texts])
def test_text_fits_eighty_columns(
    verb: str, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    weights = tmp_path / "weights.txt"
    weights.write_text("\n".join(repr(math.sin(k) * 1.2345e-7) for k in range(60)))
    assert main([verb, *(str(weights) if one == "WEIGHTS" else one for one in arguments)]) == 0
    wide = [line for line in capsys.readouterr().out.splitlines() if len(line) > 80]
    assert wide == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["derive", "nosuch"],
        ["figures", "nosuch"],
        ["figures", "bounds", "--samples", "60"],
        ["risk", *SMALL, "--bits", "1"],
    ],
)
@pytest.mark.parametrize("terminal", [True, False])
def test_a_message_is_as_wide_as_the_terminal_and_one_line_for_a_program(
    arguments: list[str], terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    assert main(arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= (3 if terminal else 1)
    assert not terminal or max(map(len, lines)) <= 80


def test_every_verb_is_looked_at() -> None:
    assert {*TEXTS, *ELSEWHERE} == set(VERBS)


ROWS = [
    ["", "closed form", "simulated", "z"],
    ["the name of something that is long", "1.25", "1.24", "-1.0"],
    ["b", "2", "3", "4"],
]


def test_a_table_that_is_too_wide_has_narrower_gaps_then_more_lines_then_more_parts() -> None:
    def widths(room: float) -> list[int]:
        return [len(line) for line in table(ROWS, indent="", width=room).splitlines()]

    natural = 34 + 11 + 9 + 4
    assert max(widths(math.inf)) == max(widths(natural + 9)) == natural + 9
    assert max(widths(natural + 8)) == natural + 6
    wrapped = table(ROWS, indent="", width=natural)
    assert max(map(len, wrapped.splitlines())) <= natural
    first, second = wrapped.splitlines()[1:3]
    assert first.split()[-3:] == ["1.25", "1.24", "-1.0"]
    assert [*first.split()[:-3], *second.split()] == ROWS[1][0].split()
    assert second.startswith("  ")
    parts = table(ROWS, indent="", width=40).split("\n\n")
    assert max(len(line) for part in parts for line in part.splitlines()) <= 40
    assert [part.split("\n")[0].split() for part in parts] == [["closed", "form"], ["simulated", "z"]]


def test_the_width_is_the_terminals_within_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    for said, expected in (("80", 80), ("10", 40), ("90", 90), ("300", 100), ("0", 80)):
        monkeypatch.setenv("COLUMNS", said)
        assert columns() == expected
    assert fill("a word or two, then n - d - 1 = 29", width=30) == "a word or two, then\nn - d - 1 = 29"
    text = "Use --quantizer entropy-constrained. " * 9
    assert "entropy-\n" not in fill(text, width=41)
    assert max(map(len, fill(text, "  ", "    ", 50).splitlines())) <= 50
