"""One run of the unchanged tests under coverage, kept until the files change: which tests to ask about a line."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from scripts.mutation.recorder import RECORDS
from scripts.mutation.tree import ROOT

MARKERS = "not slow and not browser"
# The ledger's own tests import no numeric code of the package (a test of the architecture sees to that).
LEDGER = ("tests/derivations/test_every_derivation.py", "tests/derivations/test_ledger.py")


@dataclass
class Baseline:
    """The tests of the unchanged code.

    seconds: CPU seconds of each test that passed, by its pytest id, in the order of the run's files.
    lines: by file of the package and line, the tests that execute it.
    unfit: tests that failed or were skipped; they say nothing about a change.
    sharing: files whose tests share results, and so run together.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    unfit: list[str] = field(default_factory=list)
    sharing: set[str] = field(default_factory=set)

    def covering(self, file: str, spans: Iterable[range]) -> set[str]:
        """Return the tests that execute one of the lines; an empty collection of spans stands for the whole file."""
        known = self.lines.get(file, {})
        wanted = [line for span in spans for line in span] or list(known)
        return set().union(*(known.get(line, set()) for line in wanted)) & self.seconds.keys()

    def leave_out(self, tests: set[str]) -> None:
        """Ask these tests no more."""
        self.seconds = {test: seconds for test, seconds in self.seconds.items() if test not in tests}

    def order(self, file: str, tests: Iterable[str]) -> tuple[list[str], list[str]]:
        """Split tests into those beside the file (its mirrored test file, its doctests) and the others.

        Fastest first; of the others the fastest of every file, then the second of every file: tests of one file notice
        much the same.
        """
        units: dict[str, list[str]] = {}
        for test in tests:
            units.setdefault(_file(test) if _file(test) in self.sharing else test, []).append(test)
        cost = {unit: sum(self.seconds[test] for test in found) for unit, found in units.items()}
        place = {test: index for index, test in enumerate(self.seconds)}
        beside = {file, mirrored(file)}
        rank: dict[str, int] = {}
        seen: Counter[str] = Counter()
        for unit in sorted(units, key=lambda unit: (cost[unit], unit)):
            rank[unit] = 0 if _file(unit) in beside else seen[_file(unit)]
            seen[_file(unit)] += 1
        first: list[str] = []
        rest: list[str] = []
        for unit in sorted(units, key=lambda unit: (rank[unit], cost[unit], unit)):
            (first if _file(unit) in beside else rest).extend(sorted(units[unit], key=place.__getitem__))
        return first, rest

    def usual(self, tests: Iterable[str]) -> dict[str, float]:
        """Return, for each test, the seconds of the slowest of its file: which test pays for what they share can vary."""
        slowest: dict[str, float] = {}
        for test, seconds in self.seconds.items():
            slowest[_file(test)] = max(seconds, slowest.get(_file(test), 0.0))
        return {test: slowest[_file(test)] for test in tests}


def _file(test: str) -> str:
    return test.partition("::")[0]


def mirrored(file: str) -> str:
    """Return the test file that mirrors a file of the package: a/b.py of the package is tests/a/test_b.py."""
    path = Path(file)
    return Path("tests", *path.parts[1:-1], f"test_{path.name}").as_posix()


def record(tree: Path, folder: Path, jobs: int, files: Collection[str] = ()) -> None:
    """Run the tests of `tree` under coverage, or those of some files, and leave one record a process in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        RECORDS: str(folder),
        "PYTEST_PLUGINS": "scripts.mutation.recorder",
        "PYTHONPATH": os.pathsep.join((str(tree), str(ROOT))),
        "COVERAGE_CORE": "ctrace",  # the one that tells contexts apart in every Python
    }
    parallel = ["-n", str(jobs), "--dist", "worksteal"] if jobs > 1 else []
    which = ["-m", MARKERS, *(f"--ignore={file}" for file in LEDGER)]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--tb=line",
        *parallel,
        *which,
        *sorted(files),
    ]
    done = subprocess.run(
        command, cwd=tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    (folder / "log.txt").write_text(done.stdout)
    if done.returncode not in (0, 1) or not list(folder.glob("*.json")):
        sys.exit(f"The tests could not be run on the unchanged code:\n{done.stdout[-3000:]}")


def take_over(before: Path, folder: Path, files: Collection[str]) -> None:
    """Copy the records of another state to `folder`, without the tests of some files."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in before.glob("*.json"):
        one = json.loads(file.read_text())
        one["contexts"] = [context if _file(context) not in files else "" for context in one["contexts"]]
        one["seconds"] = {test: seconds for test, seconds in one["seconds"].items() if _file(test) not in files}
        for name in ("unfit", "sharing"):
            one[name] = [test for test in one[name] if _file(test) not in files]
        (folder / f"before-{file.name}").write_text(json.dumps(one))


def load(folder: Path) -> Baseline:
    """Merge the records of all processes."""
    records = [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]
    unfit = sorted({test for one in records for test in one["unfit"]})
    timed = {test: seconds for one in records for test, seconds in one["seconds"].items()}
    tests = [test for test in sorted(timed, key=_file) if test not in set(unfit)]
    by_file: dict[str, set[str]] = {}
    for test in tests:
        by_file.setdefault(test.partition("::")[0], set()).add(test)
    known = {**by_file, **{test: {test} for test in tests}}
    lines: dict[str, dict[int, set[str]]] = {}
    for one in records:
        meant = [known.get(context, set()) for context in one["contexts"]]
        for file, by_line in one["lines"].items():
            merged = lines.setdefault(file, {})
            for line, contexts in by_line.items():
                merged.setdefault(int(line), set()).update(*(meant[context] for context in contexts))
    sharing = {file for one in records for file in one["sharing"]}
    return Baseline({test: timed[test] for test in tests}, lines, unfit, sharing)
