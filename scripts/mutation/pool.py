"""Forks one process a change from this warm one, each in its own copy of the files; collects how they ended."""

import contextlib
import importlib
import json
import os
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.mutation import one

LATER = 100.0  # seconds by which a changed file is younger: its compiled form is then out of date


@dataclass
class Task:
    """Tests to run, and what each usually takes at most in seconds, with one file of a tree changed (or none)."""

    name: str
    usual: dict[str, float]
    cap: float
    wall: float
    file: str = ""
    text: str = ""


@dataclass(frozen=True)
class Ended:
    """How the tests of a task ended.

    killer: the first test that failed, "" if none did. timeout: a test used too many CPU seconds, so it was ended.
    late: the process was ended after the wall seconds of its task. capped: the cap of CPU seconds was reached before all
    tests had run. finished: tests that passed.
    """

    task: Task
    killer: str
    timeout: bool
    late: bool
    capped: bool
    finished: int
    cpu: float
    wall: float
    log: str


@dataclass
class _Slot:
    tree: Path
    task: Task | None = None
    pid: int = 0
    started: float = 0.0
    late: bool = False
    files: tuple[Path, Path] = field(default_factory=lambda: (Path(), Path()))


def warm(names: Iterable[str]) -> None:
    """Import modules once for all changes; none of them may be of the package."""
    for name in names:
        with contextlib.suppress(ImportError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(name)


class Pool:
    """Copies of a tree in `folder`, and at most one process in each."""

    def __init__(self, tree: Path, folder: Path, jobs: int, margin: float) -> None:
        self._margin = margin
        self._source = tree
        self._slots = [_Slot(folder / f"copy{index}") for index in range(jobs)]
        for slot in self._slots:
            shutil.copytree(tree, slot.tree, symlinks=True)
            slot.tree = slot.tree.resolve()
            slot.files = (slot.tree.with_suffix(".json"), slot.tree.with_suffix(".log"))

    @property
    def free(self) -> bool:
        return any(slot.task is None for slot in self._slots)

    @property
    def busy(self) -> bool:
        return any(slot.task is not None for slot in self._slots)

    def start(self, task: Task) -> None:
        """Write the changed file into a free copy and fork the process that runs the tests there."""
        slot = next(slot for slot in self._slots if slot.task is None)
        if task.file:
            original, changed = self._source / task.file, slot.tree / task.file
            changed.write_text(task.text)
            stamp = original.stat().st_mtime + LATER
            os.utime(changed, (stamp, stamp))
        slot.files[0].unlink(missing_ok=True)
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            one.run(slot.tree, task.usual, task.cap, self._margin, *slot.files)
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpgid(pid, pid)  # whichever of the two is first
        slot.task, slot.pid, slot.started, slot.late = task, pid, time.monotonic(), False

    def ended(self) -> Iterator[Ended]:
        """Yield what ended since the last call, after a short wait."""
        time.sleep(0.02)
        for slot in self._slots:
            if slot.task is None:
                continue
            pid, status, usage = os.wait4(slot.pid, os.WNOHANG)
            wall = time.monotonic() - slot.started
            if pid == 0:
                if wall > slot.task.wall and not slot.late:
                    slot.late = True
                    self._end(slot)
                continue
            self._end(slot)  # what a test may have left behind
            outcome = self._outcome(slot, status, usage.ru_utime + usage.ru_stime, wall)
            self._restore(slot)
            yield outcome

    def close(self) -> None:
        """End every process."""
        for slot in self._slots:
            if slot.task is not None:
                self._end(slot)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(slot.pid, 0)
                slot.task = None

    def _outcome(self, slot: _Slot, status: int, cpu: float, wall: float) -> Ended:
        assert slot.task is not None
        ended: dict[str, Any] = {"killer": "", "finished": 0, "capped": False}
        timeout = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
        if slot.files[0].exists():
            ended = json.loads(slot.files[0].read_text())
        elif os.WIFEXITED(status) and os.WEXITSTATUS(status) == one.BROKEN:
            raise RuntimeError(f"the tests could not be run:\n{slot.files[1].read_text(errors='replace')}")
        elif not timeout and not slot.late:
            ended["killer"] = f"the process ended with status {status}"
        log = slot.files[1].read_text(errors="replace")[-4000:]
        return Ended(slot.task, timeout=timeout, late=slot.late, cpu=cpu, wall=wall, log=log, **ended)

    def _restore(self, slot: _Slot) -> None:
        if slot.task is not None and slot.task.file:
            shutil.copy2(self._source / slot.task.file, slot.tree / slot.task.file)
        slot.task = None

    @staticmethod
    def _end(slot: _Slot) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(slot.pid, signal.SIGKILL)
