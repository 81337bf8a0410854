"""Closed, full, cut and non-Unicode standard streams, each in an interpreter of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from matplotlib.figure import Figure as Canvas

from linreg_compress.cli.main import main
from linreg_compress.errors import InvalidInputError
from linreg_compress.gallery import figure_files

RISK = ["risk", "--samples", "80", "--features", "50", "--bits-per-weight", "1"]
BAD = ["risk", "--samples", "x", "--features", "3"]
FULL = "linreg-compress: standard output cannot be written: No space left on device. Send it elsewhere, or make room.\n"

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


def shell(arguments: list[str], redirection: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program under bash with a redirection."""
    command = f'"$0" -m linreg_compress "$@" {redirection}'
    return subprocess.run(
        ["bash", "-c", command, sys.executable, *arguments],
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("arguments", [[*RISK, "--format", "json"], ["--version"], []])
def test_a_full_stdout_is_one_message_and_status_2(arguments: list[str]) -> None:
    done = shell(arguments, "> /dev/full")
    assert (done.returncode, done.stderr.decode()) == (2, FULL)


@pytest.mark.parametrize("arguments", [[*RISK, "--format", "json"], ["--help"]])
def test_a_closed_stdout_is_no_error(arguments: list[str]) -> None:
    done = shell(arguments, ">&-")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full"])
def test_a_lost_stderr_changes_neither_answer_nor_status(redirection: str) -> None:
    good, bad = shell([*RISK, "--format", "json"], redirection), shell(BAD, redirection)
    assert good.returncode == 0
    assert json.loads(good.stdout)["compression_helps"] is True
    assert (bad.returncode, bad.stdout) == (2, b"")


@pytest.mark.parametrize(
    ("redirection", "status"), [("<&- >&- 2>&-", 0), pytest.param("> /dev/full 2> /dev/full", 2, marks=pytest.mark.slow)]
)
def test_no_stream_at_all(redirection: str, status: int) -> None:
    assert shell(RISK, redirection).returncode == status


def test_a_note_on_a_full_stderr_does_not_stop_the_answer(tmp_path: Path) -> None:
    (tmp_path / "w.txt").write_text("1\n1\n")
    done = shell(["quantize", str(tmp_path / "w.txt"), "--levels", "2", "--format", "json"], "2> /dev/full")
    assert done.returncode == 0
    assert json.loads(done.stdout)["note"].startswith("asked for 2 levels, but only 1 distinct")


@pytest.mark.parametrize("encoding", ["ascii", pytest.param("utf-16", marks=pytest.mark.slow)])
def test_formulas_survive_any_encoding(encoding: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = ["derive", "wasserstein-bound"]
    found = shell(name, "", PYTHONIOENCODING=encoding)
    assert (found.returncode, found.stderr) == (0, b"")
    assert main(name) == 0
    plain = capsys.readouterr().out
    assert found.stdout.decode(encoding) == plain.encode(encoding, "backslashreplace").decode(encoding)
    assert "proved" in plain
    assert not plain.isascii()


@pytest.mark.parametrize("encoding", ["utf-16"])
def test_a_message_survives_any_encoding(encoding: str) -> None:
    done = shell(["risk", "--samples", "fünf", "--features", "3"], "", PYTHONIOENCODING=encoding, PYTHONUTF8="1")
    assert done.returncode == 2
    assert done.stderr.decode(encoding).startswith("linreg-compress: --samples must be a number; got 'f")


def test_a_table_on_a_full_disk_is_one_message(tmp_path: Path) -> None:
    model = ["--samples", "9", "--features", "3,2,1", "--noise-variance", "1,2,3", "--signal-variance", "0,1,2"]
    arguments = ["simulate", *model, "--trials", "9", "--out", str(tmp_path / "t.csv")]
    command = 'ulimit -f 1; trap \'\' XFSZ; "$0" -m linreg_compress "$@"'
    done = subprocess.run(
        ["bash", "-c", command, sys.executable, *arguments], capture_output=True, check=False, timeout=120
    )
    said = done.stderr.decode()
    assert done.returncode == 2, said
    assert said.startswith("linreg-compress: --out must have room on a disk that can be written; got ")
    assert "File too large" in said
    assert len(said.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


class FullCanvas(Canvas):
    """A picture whose file does not fit."""

    def savefig(self, *_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")


def test_pictures_on_a_full_disk_are_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure_files, "record", lambda *_, **__: {})
    picture = FullCanvas(layout="constrained")
    picture.subplots()
    figure: Any = SimpleNamespace(name="small", draw=lambda *_: picture)
    with pytest.raises(
        InvalidInputError, match=r"out must have room on a disk .*: No space left on device. No half-written file was left."
    ):
        figure_files.write_files(figure, [], tmp_path, quick=True, seed=0, size="lecture")
    assert list(tmp_path.iterdir()) == []


def test_a_nul_character_is_no_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", "--out", "a\0b"]) == 2
    assert "an argument holds a NUL character" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["quantize", "x" * 300, "--levels", "2"], ["figures", "headline", "--quick", "--out", "x" * 300]]
)
def test_a_name_that_is_too_long_is_one_message(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "File name too long" in said
    assert len(said.splitlines()) == 1
