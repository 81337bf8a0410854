"""The examples of linreg_compress/README.md, under "How to add", are carried out as they are written."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "linreg_compress" / "README.md").read_text(encoding="utf-8").partition("\n## How to add\n")[2]
SECTIONS = {part.partition("\n")[0]: part for part in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]}
BLOCK = re.compile(r"```python\n# (\S+?)(?:, before: ([^\n]*))?\n(.*?)```", re.DOTALL)


def carry_out(section: str, root: Path) -> None:
    """Write the files of a section and put in its rows."""
    for file, anchor, code in BLOCK.findall(section):
        path = root / file
        if not anchor:
            assert not path.exists(), file
            path.write_text(code, encoding="utf-8")
            continue
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [number for number, line in enumerate(lines) if line.lstrip().startswith(anchor)]
        assert len(places) == 1, f"{file} must hold one line that begins with {anchor}"
        path.write_text("".join([*lines[: places[0]], code, *lines[places[0] :]]), encoding="utf-8")


def test_there_are_six() -> None:
    assert list(SECTIONS) == ["A quantizer", "A bound", "A sampler", "A derivation", "A figure", "A lesson"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", SECTIONS)
def test_an_example_works_as_written(kind: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "linreg_compress", tmp_path / "linreg_compress", ignore=shutil.ignore_patterns("__pycache__"))
    carry_out(SECTIONS[kind], tmp_path)
    commands = re.findall(r"^\$ linreg-compress (.*)$", SECTIONS[kind], re.MULTILINE)
    assert commands
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "linreg_compress", *shlex.split(command)],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        names = {"A bound": "trivial", "A derivation": "One bit leaves a quarter", "A figure": "one-more-bit"}
        assert names.get(kind, "") in done.stdout
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", *dict.fromkeys(
            file for file, anchor, _ in BLOCK.findall(SECTIONS[kind]))],
        cwd=tmp_path, env={**os.environ, "MYPYPATH": str(tmp_path), "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout
