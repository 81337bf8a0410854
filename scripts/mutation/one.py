"""What a forked process does with one change: run the tests that cover it, in order, until one fails.

The process was forked from one that has imported NumPy, SciPy, pytest and the rest, but nothing of the package.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from scripts.mutation.recorder import cpu_seconds

BROKEN = 70  # the exit code of a process that could not run the tests
ALONE = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
SLOWER = 10  # a test may take this many times its seconds on the unchanged code, and a margin more
REST_SECONDS = 120  # for collecting the tests, and for what is between them
MEMORY_BYTES = 8 << 30


class Chosen:
    """A pytest plugin: keeps the chosen tests in their order, times each, and notes the first failure."""

    def __init__(self, usual: dict[str, float], cap: float, margin: float) -> None:
        self._usual = usual
        self._margin = margin
        self._cap = cap
        self.killer = ""
        self.finished = 0
        self.capped = False

    def pytest_sessionstart(self) -> None:
        os.environ.pop(ALONE, None)  # a test may start a pytest of its own

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        collected = {item.nodeid: item for item in items}
        # One is missing if its id shows a number that the change moved; that alone is no failure.
        items[:] = [collected[test] for test in self._usual if test in collected]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.killer = self.killer or report.nodeid

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        if self.finished and cpu_seconds() > self._cap:
            self.capped = True
            pytest.exit("the cap of seconds is reached", returncode=0)
        limit(SLOWER * self._usual[item.nodeid] + self._margin)
        try:
            return (yield)
        finally:
            limit(REST_SECONDS)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.killer = self.killer or report.nodeid
        elif report.when == "teardown":
            self.finished += 1


def limit(seconds: float) -> None:
    """End this process by a signal after so many CPU seconds from now, be it within compiled code."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def run(tree: Path, usual: dict[str, float], cap: float, margin: float, target: Path, log: Path) -> None:
    """Run the tests (id and usual seconds) in `tree`, write the outcome to `target`; never return."""
    code = BROKEN
    try:
        _prepare(tree, log)
        chosen = Chosen(usual, cap, margin)
        files = list(dict.fromkeys(test.partition("::")[0] for test in usual))
        options = ["-x", "-q", "-p", "no:cacheprovider", "--tb=short", "--no-header"]
        os.environ[ALONE] = "1"  # other plugins cost a second of imports and have no part in this
        ended = pytest.main([*options, *files], plugins=[chosen])
        if ended not in (0, 1, 5) and not chosen.killer and not chosen.capped:
            chosen.killer = f"pytest ended with {int(ended)}"
        target.write_text(json.dumps({"killer": chosen.killer, "finished": chosen.finished, "capped": chosen.capped}))
        code = 0
    except BaseException as error:  # nothing may return into the code of the forking program
        with contextlib.suppress(OSError, ValueError):
            print(repr(error), file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def _prepare(tree: Path, log: Path) -> None:
    os.setpgid(0, 0)  # so that the children of a test end with it
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, number in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, number)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    limit(REST_SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    os.chdir(tree)
    sys.path[:] = [str(tree), *(entry for entry in sys.path if not (Path(entry or ".") / "scripts/mutation").is_dir())]
    os.environ.update(PYTHONPATH=str(tree), PYTHONDONTWRITEBYTECODE="1")
    sys.dont_write_bytecode = True
