"""Run a sample of changes over the pool: the tests beside the file first, then the others that cover the place."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.mutation import results
from scripts.mutation.baseline import Baseline
from scripts.mutation.pool import Ended, Pool, Task
from scripts.mutation.results import Result, result
from scripts.mutation.sites import Change

WALL_SECONDS = 600.0  # a process that waits for something uses no CPU seconds
IDLE = 0.02  # CPU seconds a second: a process that used fewer until the wall's end waits for what never comes


@dataclass
class _Open:
    """A change whose tests are not all run: what is still to run, and the CPU seconds used."""

    change: Change
    source: str
    stages: deque[list[str]]
    tests: int
    cpu: float = 0.0


class Campaign:
    """Runs changes; `cap` is the number of CPU seconds a change after which no further test starts."""

    def __init__(self, tree: Path, pool: Pool, baseline: Baseline, cap: float) -> None:
        self._tree = tree
        self._pool = pool
        self._baseline = baseline
        self._cap = cap
        self.cpu = 0.0

    def run(self, changes: Sequence[Change]) -> Iterator[Result]:
        """Yield each result as soon as it is known."""
        waiting = deque(changes)
        begun: deque[_Open] = deque()
        running: dict[str, _Open] = {}
        while waiting or begun or running:
            while self._pool.free and (begun or waiting):
                one = begun.popleft() if begun else self._open(waiting.popleft())
                if not one.stages:
                    yield result(one.change, one.source, results.UNCOVERED)
                    continue
                running[one.change.name] = one
                self._pool.start(self._task(one))
            for ended in self._pool.ended():
                self.cpu += ended.cpu
                one = running.pop(ended.task.name)
                fate = self._fate(one, ended)
                if fate:
                    yield result(one.change, one.source, fate, ended.killer, one.tests, one.cpu)
                else:
                    begun.append(one)

    def falls_short(self, one: Result) -> bool:
        """Whether an earlier run stopped at a smaller cap than this one's."""
        return one.fate == results.CAPPED and one.cpu < self._cap

    def _open(self, change: Change) -> _Open:
        spans = [range(change.line, change.last + 1)] if change.line else []
        tests = self._baseline.covering(change.file, spans)
        stages = deque(stage for stage in self._baseline.order(change.file, tests) if stage)
        return _Open(change, (self._tree / change.file).read_text(), stages, len(tests))

    def _task(self, one: _Open) -> Task:
        usual = self._baseline.usual(one.stages[0])
        text = one.change.apply(one.source)
        return Task(one.change.name, usual, self._cap - one.cpu, WALL_SECONDS, one.change.file, text)

    def _fate(self, one: _Open, ended: Ended) -> str:
        """Say what became of the change, "" if there are more tests to run."""
        one.cpu += ended.cpu
        one.stages.popleft()
        if ended.killer or ended.timeout:
            return results.KILLED if ended.killer else results.TIMEOUT
        if ended.late:  # on a busy machine that says nothing about the change, unless it stands still
            return results.TIMEOUT if ended.cpu < IDLE * ended.wall else results.CAPPED
        if ended.capped or (one.stages and one.cpu >= self._cap):
            return results.CAPPED
        return "" if one.stages else results.SURVIVED


def unreliable(pool: Pool, baseline: Baseline, killers: set[str], say: Callable[[str], None]) -> set[str]:
    """Run the tests that noticed changes on the unchanged code, without their neighbours; return those that fail there."""
    failed: set[str] = set()
    left = baseline.usual(test for test in sorted(killers, reverse=True) if test in baseline.seconds)
    while left:
        pool.start(Task("control", left, float("inf"), 10 * WALL_SECONDS))
        killer = ""
        while pool.busy:
            for ended in pool.ended():
                killer = ended.killer
        if killer not in left:
            break
        say(f"{killer} fails on the unchanged code when it runs without its neighbours.")
        failed.add(killer)
        del left[killer]
    return failed
