"""What scripts/test says at its end."""

import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-q"], 0, ": all passed."),
        (["-q"], 1, ": some FAILED."),
        (["-k", "nothing"], 5, ": NO TEST RAN, which counts as a failure."),
        (["-q", "--co"], 0, ": no test was to run."),
        (["--collect-only", "-k", "nothing"], 5, ": NO TEST RAN, which counts as a failure."),
        (["-q"], 139, ": STOPPED with exit code 139."),
    ],
)
def test_its_last_line_is_true(arguments: list[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    fake = SimpleNamespace(ROOT=ROOT, prepare=lambda: None, run=lambda *_: code, say=told.append)
    monkeypatch.setitem(sys.modules, "environment", fake)
    monkeypatch.setattr(sys, "argv", ["scripts/test", *arguments])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(ROOT / "scripts" / "test"))
    assert stopped.value.code == code
    assert told[-1].endswith(said)
