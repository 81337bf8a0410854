"""The changes that scripts/mutate makes, and what it reports on a small project whose survivors are known."""

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.mutation.baseline import Baseline, mirrored
from scripts.mutation.campaign import Campaign
from scripts.mutation.pool import Ended, Pool, Task
from scripts.mutation.results import CAPPED, KILLED, TIMEOUT, by_module, left_out, read, result, score
from scripts.mutation.sites import changes, drawn
from scripts.mutation.tree import PACKAGE, ROOT, modules, other_tests, under

SOURCE = '''"""Not 1 + 1."""
from typing import Literal
import numpy as np

LEVELS: Literal[2] = 2


def gain(σ2: float, n: int = 3, *, fair: bool = True) -> float:
    """Return 2 + 2."""
    if n <= 1 or not fair:
        raise ValueError(f"n is {n + 1}, not above 1")
    total = -σ2 ** 2 * np.maximum(n, 1.5)
    total += (  # a - b
        (n)
        + 1
    )
    return np.sqrt(total) if n > 5 else total
'''


def made(source: str, **options: Any) -> set[tuple[str, str, str, int]]:
    return {(one.kind, one.old, one.new, one.row) for one in changes("a.py", source, **options)}


def test_every_kind_of_place_is_found() -> None:
    expected = {
        ("number", "2", "3", 5),
        ("number", "2", "4", 5),
        ("number", "3", "4", 8),
        ("number", "3", "6", 8),
        ("boolean", "True", "False", 8),
        ("comparison", "<=", "<", 10),
        ("comparison", "<=", ">", 10),
        ("number", "1", "2", 10),
        ("number", "1", "0", 10),
        ("and/or", "n <= 1 or not fair", "(n <= 1 and not fair)", 10),
        ("condition", "n <= 1 or not fair", "(not (n <= 1 or not fair))", 10),
        ("sign", "-", "", 12),
        ("power", "** 2", "", 12),
        ("number", "2", "3", 12),
        ("number", "2", "4", 12),
        ("operator", "*", "/", 12),
        ("function", "maximum", "minimum", 12),
        ("number", "1.5", "2.5", 12),
        ("number", "1.5", "3.0", 12),
        ("operator", "+=", "-=", 13),
        ("operator", "+", "-", 15),
        ("number", "1", "2", 15),
        ("number", "1", "0", 15),
        ("function", "np.sqrt", "", 17),
        ("comparison", ">", ">=", 17),
        ("comparison", ">", "<=", 17),
        ("number", "5", "6", 17),
        ("number", "5", "10", 17),
    }
    assert made(SOURCE) == expected
    scaled = {(new, row) for kind, _, new, row in made(SOURCE, scale=True) if kind == "scale"}
    assert scaled == {("((-σ2 ** 2 * np.maximum(n, 1.5)) * 1.02)", 12)}


def test_a_change_is_one_and_keeps_the_rest() -> None:
    for one in changes("a.py", SOURCE, scale=True):
        after = one.apply(SOURCE)
        assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(SOURCE))
        assert after[: one.start] == SOURCE[: one.start]
        assert after[one.start + len(one.new) :] == SOURCE[one.stop :]
    with pytest.raises(ValueError, match="does not read"):
        changes("a.py", SOURCE)[0].apply(" " + SOURCE)


def test_a_place_belongs_to_the_lines_whose_execution_shows_it() -> None:
    regions = {(one.row, one.old): (one.line, one.last) for one in changes("a.py", SOURCE)}
    assert regions[5, "2"] == (0, 0)  # runs at import
    assert regions[8, "3"] == (9, 17)  # a default shows wherever the function runs
    assert regions[10, "<="] == (10, 10)
    assert regions[15, "+"] == (13, 16)  # a statement of several lines


MARKED = """
A = 1  # tuning: memory
B, C = 2, 3  # of a kind
D = 4  # tuning:


def search(
    first,
    most=5,  # tuning: time
    other=6,
):
    # tuning: where it starts
    x = [
        7,
        8,
    ]
    if x > 9:  # tuning: where it ends
        return first + 10
    return 11  # "tuning: no comment's beginning"


def grid(n=12):  # tuning: any will do
    for _ in range(13):
        n += 14
    return n


def formula(n):
    return n - 15
"""


def test_what_is_marked_as_tuning_is_known_and_named() -> None:
    found = changes("p/a.py", MARKED)
    numbers = {one.old: one.tuning for one in found if one.kind == "number"}
    assert [old for old, tuning in numbers.items() if tuning] == ["1", "5", "7", "8", "9", "12", "13", "14"]
    assert {old for old, tuning in numbers.items() if not tuning} == {"2", "3", "4", "6", "10", "11", "15"}
    told = left_out([one for one in found if one.tuning])
    assert "Left out as tuning (19 changes):\np/a.py: A (2), line 9 (2), line 14 (2)" in told
    assert left_out([]) == "Nothing is marked as tuning."


def test_a_change_stays_in_the_sample_while_other_lines_move() -> None:
    moved = SOURCE.replace("LEVELS: Literal[2] = 2\n", "").replace("    if n <= 1", "    σ2 = 2 * σ2\n    if n <= 1")
    before, after = changes("a.py", SOURCE), changes("a.py", moved)
    common = {one.place for one in before} & {one.place for one in after}
    assert len(common) == len(before) - 2
    order = [[one.place for one in drawn(every, len(every), 5) if one.place in common] for every in (before, after)]
    assert order[0] == order[1]
    assert drawn(before, 4, 5) == drawn(before, 9, 5)[:4]
    assert drawn(before, 9, 5) != drawn(before, 9, 6)


@pytest.mark.parametrize(
    ("outcome", "fate"),
    [
        ({"killer": "t"}, KILLED),
        ({"timeout": True}, TIMEOUT),
        ({"late": True, "cpu": 500.0}, CAPPED),  # a busy machine
        ({"late": True, "cpu": 1.0}, TIMEOUT),  # it waits for what never comes
        ({"capped": True}, CAPPED),
    ],
)
def test_a_slow_machine_kills_nothing(tmp_path: Path, outcome: dict[str, Any], fate: str) -> None:
    change = changes("a.py", SOURCE)[0]
    (tmp_path / "a.py").write_text(SOURCE)

    class Ending(Pool):
        free = True

        def __init__(self) -> None:
            self.task: Task | None = None

        def start(self, task: Task) -> None:
            self.task = task

        def ended(self) -> Iterator[Ended]:
            assert self.task is not None
            usual = {"killer": "", "timeout": False, "late": False, "capped": False, "cpu": 2.0}
            yield Ended(self.task, finished=0, wall=600.0, log="", **{**usual, **outcome})

    known = Baseline({"tests/test_a.py::t": 1.0}, {"a.py": {5: {"tests/test_a.py::t"}}})
    (found,) = Campaign(tmp_path, Ending(), known, 20.0).run([change])
    assert found.fate == fate


def test_the_changes_of_a_module_are_all_valid_python() -> None:
    source = (ROOT / PACKAGE / "least_squares/risk.py").read_text()
    found = changes("risk.py", source)
    for one in found:
        ast.parse(one.apply(source))
    assert Counter(one.kind for one in found)["operator"] > 2


def test_modules_are_named_by_path_or_dots_and_leave_out_what_is_no_formula() -> None:
    assert modules(
        ROOT, ["least_squares.risk", "compressed_risk/laws.py", "compressed_risk.laws", f"{PACKAGE}/model.py"]
    ) == [
        f"{PACKAGE}/least_squares/risk.py",
        f"{PACKAGE}/compressed_risk/laws.py",
        f"{PACKAGE}/model.py",
    ]
    every = modules(ROOT, [])
    assert {file.split("/")[1] for file in every} >= {
        "model.py",
        "least_squares",
        "bounds",
        "compression",
        "information",
        "monte_carlo",
    }
    no_formulas = {"derivations", "gallery", "plotting", "demos", "cli", "agreement_settings.py"}
    assert not {file.split("/")[1] for file in every} & no_formulas
    assert all("/advice/" in file for file in modules(ROOT, ["advice"]))
    with pytest.raises(SystemExit, match="no module 'rsik'"):
        modules(ROOT, ["rsik"])


def test_tests_beside_the_file_come_first_then_the_fastest_of_each_file() -> None:
    file = f"{PACKAGE}/bounds/laws.py"
    assert mirrored(file) == "tests/bounds/test_laws.py"
    seconds = {"tests/a.py::z": 9.0, "tests/a.py::v": 0.0, "tests/b.py::x": 2.0, "tests/b.py::y": 1.0, "tests/c.py::w": 3.0}
    seconds["tests/bounds/test_laws.py::a"] = 50.0
    lines = {file: {3: {"tests/a.py::z"}, 4: {"tests/b.py::x", "tests/bounds/test_laws.py::a"}, 9: {"tests/b.py::y"}}}
    known = Baseline(seconds, lines, sharing={"tests/a.py"})
    assert known.covering(file, [range(3, 5)]) == {"tests/a.py::z", "tests/b.py::x", "tests/bounds/test_laws.py::a"}
    assert known.covering(file, [range(5, 9)]) == set()
    assert known.covering(file, []) == set(seconds) - {"tests/a.py::v", "tests/c.py::w"}
    first, rest = known.order(file, seconds)
    assert first == ["tests/bounds/test_laws.py::a"]
    assert rest == ["tests/b.py::y", "tests/c.py::w", "tests/a.py::z", "tests/a.py::v", "tests/b.py::x"]
    assert known.usual(["tests/b.py::y", "tests/a.py::v"]) == {"tests/b.py::y": 2.0, "tests/a.py::v": 9.0}
    known.leave_out({"tests/b.py::y"})
    assert known.covering(file, [range(9, 10)]) == set()


def test_states_that_differ_in_tests_alone_are_known(tmp_path: Path) -> None:
    for state in ("before", "after"):
        for name, text in TOY.items():
            (tmp_path / state / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / state / name).write_text(text)
    before, after = tmp_path / "before", tmp_path / "after"
    assert other_tests(before, after) == set()
    (after / "tests/test_more.py").write_text("")
    (after / "tests/test_area.py").unlink()
    assert other_tests(before, after) == {"tests/test_more.py", "tests/test_area.py"}
    (after / "tests/helper.py").write_text("")  # other tests may import it
    assert other_tests(before, after) is None
    assert under("tests/a/test_b.py", [])
    assert under("tests/a/test_b.py", ["tests/c.py", "tests/a"])
    assert not under("tests/a/test_b.py", ["tests/a/test_c.py", "tests/b"])


def test_a_line_of_results_that_was_cut_short_is_left_out(tmp_path: Path) -> None:
    one = result(changes("p/a.py", "x = 1\n")[0], "x = 1\n", "killed", killer="t", tests=1)
    kept = tmp_path / "results.jsonl"
    kept.write_text(json.dumps(vars(one)) + "\n" + json.dumps(vars(one))[:30])
    assert read(kept) == {one.name: one}
    assert read(tmp_path / "none") == {}
    assert score([one]) == 100
    assert list(by_module([one])) == ["a.py"]


TOY = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib", "--doctest-modules"]\n'
    'markers = ["slow", "browser"]\ntestpaths = ["tests", "linreg_compress"]\npythonpath = ["."]\n',
    "linreg_compress/__init__.py": "",
    "linreg_compress/area.py": '''def area(a, b):
    """Return the area.

    >>> area(2, 3)
    6
    """
    if a < 0:
        raise ValueError(a)
    return a * b


def unused(a):
    return -a


def fall(a):
    while a > 0:
        a -= 1
    return a
''',
    "tests/test_area.py": """import pytest
from linreg_compress.area import area, fall

seen = []


def test_refused():
    seen.append(1)
    with pytest.raises(ValueError):
        area(-1, 1)


def test_area():
    assert area(3, 4) == 12


def test_fall():
    assert fall(3) == 0


def test_failing():
    assert area(1, 1) == 2
""",
}


@pytest.mark.slow
def test_survivors_of_a_small_project(tmp_path: Path) -> None:
    for name, text in TOY.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    out = tmp_path / "out.json"
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # the small project needs no plugins

    def run(*more: str) -> tuple[str, dict[str, Any]]:
        options = ["--root", str(tmp_path), "--json", str(out), "--jobs", "1", "--margin", "0.2", *more]
        command = [sys.executable, "-m", "scripts.mutation", *options]
        done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout, json.loads(out.read_text())

    text, found = run()
    fates = {(one["row"], one["after"]): one["fate"] for one in found["changes"]}
    assert fates == {
        (7, "if a <= 0:"): "survived",
        (7, "if a >= 0:"): "killed",
        (7, "if a < 1:"): "survived",
        (9, "return a / b"): "killed",
        (13, "return a"): "uncovered",
        (17, "while a >= 0:"): "killed",
        (17, "while a <= 0:"): "killed",
        (17, "while a > 1:"): "killed",
        (18, "a += 1"): "timeout",
        (18, "a -= 2"): "killed",
        (18, "a -= 0"): "timeout",
    }
    assert "linreg_compress/area.py:7  comparison\n  - if a < 0:\n  + if a <= 0:" in text
    assert found["score"] == pytest.approx(100 * 8 / 11, abs=0.01)
    killers = {one["killer"] for one in found["changes"] if one["fate"] == "killed"}
    assert not any("failing" in name for name in killers)  # it fails on the unchanged code
    before = (tmp_path / ".mutation").stat().st_mtime_ns
    assert run() == (text, found)  # what is known is not run again
    assert (tmp_path / ".mutation").stat().st_mtime_ns == before
    assert (tmp_path / "linreg_compress/area.py").read_text() == TOY["linreg_compress/area.py"]

    (tmp_path / "tests/test_border.py").write_text(
        "from linreg_compress.area import area\n\n\ndef test_border():\n    assert area(0, 4) == 0\n"
    )
    (state,) = (tmp_path / ".mutation").iterdir()
    kept = {name: one for name, one in read(state / "results.jsonl").items() if one.noticed}
    after = {(one["row"], one["after"]): one["fate"] for one in run()[1]["changes"]}
    assert {place for place in fates if after[place] != fates[place]} == {(7, "if a <= 0:"), (7, "if a < 1:")}
    (newest,) = (other for other in (tmp_path / ".mutation").iterdir() if other != state)
    assert read(newest / "results.jsonl").items() >= kept.items()

    alone = run("--tests", "tests/test_border.py")[1]["changes"]
    assert {one["killer"] for one in alone if one["killer"]} == {"tests/test_border.py::test_border"}
