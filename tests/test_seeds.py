"""Fresh seeds are fresh in every Monte Carlo test, and the budget is one for all worker processes."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests import seeds, tolerances

HERE = Path(__file__).parent
OWN_STREAMS = {"default_rng", "SFC64", "PCG64", "RandomState"}


def test_committed_streams_are_those_of_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, "_entropy", None)
    assert seeds.generator(5).random() == np.random.default_rng(5).random()
    assert seeds.number(5) == 5
    found = []
    for entropy in (7, 8):
        seeds.use(entropy)
        assert seeds.generator(5).random() == seeds.generator(5).random()
        found += [seeds.generator(5).random(), seeds.generator(6).random(), seeds.number(5), seeds.number(6)]
    assert len(set(found)) == 8


def test_spending_needs_the_marker(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tolerances.spent()
    with pytest.raises(RuntimeError, match=r"test_spending_needs_the_marker compares .* @pytest\.mark\.monte_carlo"):
        tolerances.spend()
    assert tolerances.spent() == before
    monkeypatch.setattr(tolerances, "_spent", 0)
    tolerances.running("one that is marked", True)
    tolerances.spend(3)
    assert tolerances.spent() == 3


def streams_of_their_own(source: str) -> Iterator[str]:
    """Name the places of a file of Monte Carlo tests where a random stream does not come from `seeds`."""
    tree = ast.parse(source)
    ours = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("linreg_compress")
        for alias in node.names
    }
    marked = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.FunctionDef) and any("monte_carlo" in ast.unparse(mark) for mark in test.decorator_list)
        for node in ast.walk(test)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call | ast.List):
            continue
        words = " ".join(map(ast.unparse, node.elts if isinstance(node, ast.List) else node.args))
        name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        own = name.rsplit(".", 1)[-1] in OWN_STREAMS and bool(words)
        if id(node) in marked:
            own |= re.search(r"'--seed' '\d", words) is not None
            own |= name in ours and re.search(r"\bseed=\d", ast.unparse(node)) is not None
        if own:
            yield f"line {node.lineno}: {ast.unparse(node)}"


def test_monte_carlo_tests_take_every_stream_from_here() -> None:
    found, files = [], 0
    for path in sorted(HERE.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "mark.monte_carlo" in source and path != Path(__file__):
            found += [f"{path.relative_to(HERE)}, {place}" for place in streams_of_their_own(source)]
            files += 1
    assert found == []
    assert files > 30


def test_a_stream_of_its_own_is_seen() -> None:
    source = """
from linreg_compress.monte_carlo.simulate import simulate
def helper(seed): return np.random.default_rng(seed)
@pytest.mark.monte_carlo
def test():
    simulate(MODEL, [], 10, seed=3)
    main(["simulate", "--seed", "1"])
    run(capsys, "--seed", "2")
    simulate(MODEL, [], 10, seed=seeds.number(3))
    helper(seed=3)
    np.random.default_rng()
def test_of_the_streams(): simulate(MODEL, [], 10, seed=3)
"""
    assert [place.split(":")[0] for place in streams_of_their_own(source)] == [
        "line 3",
        "line 6",
        "line 8",
        "line 7",
    ]  # by depth


SMALL = """
import pytest
from tests import seeds, tolerances
AT_IMPORT = seeds.number(1)

@pytest.mark.monte_carlo
@pytest.mark.parametrize("half", range(2))
def test_spends(half):
    assert AT_IMPORT == seeds.number(1)
    with open("numbers", "a") as file:
        file.write(f"{AT_IMPORT}\\n")
    tolerances.spend(SPENT)

def test_is_not_random():
    pass
"""


def run(folder: Path, spent: int, *options: str) -> tuple[int, str, list[str]]:
    """Run a suite of two Monte Carlo tests and another one under the settings of ours, in a process of its own."""
    (folder / "conftest.py").write_text("from tests.conftest import *\n", encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    monte_carlo\n", encoding="utf-8")
    (folder / "test_small.py").write_text(SMALL.replace("SPENT", str(spent)), encoding="utf-8")
    numbers = folder / "numbers"
    numbers.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist", *options]
    path = {"PYTHONPATH": str(HERE.parent), "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=folder, env=path, capture_output=True, text=True, timeout=120, check=False)
    return (
        done.returncode,
        done.stdout + done.stderr,
        numbers.read_text(encoding="utf-8").split() if numbers.exists() else [],
    )


def test_the_budget_is_one_for_all_workers_and_the_entropy_repeats_a_run(tmp_path: Path) -> None:
    """Each of two workers spends more than half of what there is."""
    more = tolerances.RANDOM_CHECKS // 2 + 1
    code, text, numbers = run(tmp_path, more, "-n", "2", "--dist", "each", "--fresh-seeds=new", "-k", "0")
    assert code == 1
    assert "2 passed" in text
    assert f"{2 * more} random comparisons, more than {tolerances.RANDOM_CHECKS}" in text
    (entropy,) = re.findall(r"repeat with --fresh-seeds=(\d+)", text)
    code, text, again = run(tmp_path, more - 1, f"--fresh-seeds={entropy}")
    assert code == 0
    assert "2 passed, 1 deselected" in text
    assert f"({2 * more - 2} random comparisons)" in text
    assert set(numbers) == set(again)
    assert len(set(numbers)) == 1
    assert numbers[0] != "1"


def test_an_entropy_that_is_no_number_is_refused(tmp_path: Path) -> None:
    code, text, _ = run(tmp_path, 1, "--fresh-seeds", "tests/compression")
    assert code == 4
    assert "--fresh-seeds takes a whole number of at least 0, after '='; got 'tests/compression'" in text
