"""A pytest plugin that records which tests execute which lines of the package, and how long each test takes.

Loaded by its name in PYTEST_PLUGINS, also into the processes of pytest-xdist; each process writes one JSON file into the
folder named by MUTATION_RECORDS. Tests of a file that share results (a cached function, a fixture of a wider scope than
one test) execute a line once for all of them, so that line counts for every test of the file; so does what the file
executes while it is collected. What child processes of a test execute is not seen.
"""

import json
import os
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage

PACKAGE = "linreg_compress"
RECORDS = "MUTATION_RECORDS"


def cpu_seconds() -> float:
    """CPU seconds that this process and its ended children have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Recorder:
    """Lines by context, a context being a test or a test file; seconds and outcome by test."""

    def __init__(self, root: Path, target: Path) -> None:
        self._root = root
        self._target = target
        self._seconds: dict[str, float] = {}
        self._unfit: set[str] = set()  # failed or skipped on the unchanged code
        self._sharing: set[str] = set()
        self._coverage = Coverage(data_file=None, config_file=False, include=[str(root / PACKAGE / "*")])
        self._coverage.set_option("run:disable_warnings", ["no-data-collected", "module-not-imported"])
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        self._coverage.switch_context(_file(collector.nodeid))
        try:
            return (yield)
        finally:
            self._coverage.switch_context("")

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        for item in items:
            definitions = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
            module = getattr(item, "module", None)
            wide = any(
                one.scope != "function" and one.baseid for found in definitions.values() for one in found
            )  # those without a base are pytest's own
            if wide or (module and any(hasattr(value, "cache_clear") for value in vars(module).values())):
                self._sharing.add(_file(item.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        _clear_caches()
        file = _file(item.nodeid)
        self._coverage.switch_context(file if file in self._sharing else item.nodeid)
        start = cpu_seconds()
        try:
            return (yield)
        finally:
            self._seconds[item.nodeid] = cpu_seconds() - start
            self._coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self._unfit.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        contexts: dict[str, int] = {}
        lines: dict[str, dict[int, list[int]]] = {}
        for file in sorted(data.measured_files()):
            lines[Path(file).relative_to(self._root).as_posix()] = {
                line: sorted(contexts.setdefault(name, len(contexts)) for name in names if name)
                for line, names in sorted(data.contexts_by_lineno(file).items())
            }
        record = {
            "contexts": list(contexts),
            "lines": lines,
            "seconds": self._seconds,
            "unfit": sorted(self._unfit),
            "sharing": sorted(self._sharing),
        }
        self._target.write_text(json.dumps(record))


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _clear_caches() -> None:
    """Empty the package's cached functions, so that each test executes what it needs."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == PACKAGE:
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def pytest_configure(config: pytest.Config) -> None:
    """Record in the processes that run tests: not in the one that only hands them out."""
    folder = os.environ.get(RECORDS)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if folder and (worker or not config.getoption("numprocesses", None)):
        target = Path(folder) / f"{worker or 'main'}.json"
        config.pluginmanager.register(Recorder(config.rootpath, target), "mutation-recorder")
