"""What README tells a reader to run, run in a clone: git then finds nothing changed, and what is committed still holds."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = "size,age,price\n" + "".join(f"{x},{x * x % 7},{3 * x - x * x % 7 + x * 37 % 11 / 5}\n" for x in range(60))
COMMITTED = (
    "tests/gallery/test_rounding.py",
    "tests/gallery/test_page.py",
    "tests/gallery/test_figures.py::test_the_committed_page_is_current",
)


def commands() -> list[list[str]]:
    """The lines of README's shell blocks; the scripts make an environment first, so what they run is run instead."""
    blocks = [block for kind, block in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE) if not kind]
    lines = [line.split(" # ")[0].removeprefix("$ ") for block in blocks for line in block.splitlines()]
    found = [shlex.split(line) for line in lines if line.startswith(("linreg-compress", "scripts/reproduce"))]
    return [[*(["reproduce"] if words[0] == "scripts/reproduce" else []), *words[1:]] for words in found]


def test_readme_has_something_to_run() -> None:
    assert [words[0] for words in commands()] == ["reproduce", "risk", "advise"]
    assert "scripts/test " in README


@pytest.mark.slow
def test_readme_leaves_a_clone_as_it_was(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    settings = {**os.environ, "PYTHONPATH": str(clone)}

    def run(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=clone, env=settings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (arguments, done.stdout[-2000:], done.stderr[-2000:])
        left = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)
        assert left.stdout == "", arguments

    for words in [*reversed(commands()), *commands()]:
        run("linreg_compress", *("../table.csv" if word == "table.csv" else word for word in words))
    run("pytest", "-q", *COMMITTED)
