"""Jobs for all cores at once, one process each: results come in the order of the list, whatever is done first.

No job sees another one's process, so that its result depends on its arguments alone, not on how many processes there are.
"""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children
from typing import Any

from tqdm import tqdm

from linreg_compress.monte_carlo.executors import opened


@dataclass(frozen=True)
class Job:
    """A function of a module, and its arguments."""

    work: Callable[..., Any]
    """Runs in another process: it and what it returns must pickle."""
    arguments: tuple[Any, ...] = ()
    """Positional."""
    parts: tuple["Job", ...] = ()
    """What must be done before, each on any core; their results are not looked at."""


def cores() -> int:
    """How many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def finished(jobs: Mapping[str, Job], early: Sequence[str] = ()) -> Iterator[tuple[str, Any]]:
    """Yield each job's name and result in the order of `jobs`, with a bar on a terminal.

    Begun are those of `early` first, then the others in their order: with the long ones early all cores end together. An
    error or Ctrl-C ends the jobs under way, and no file is left half-written.
    """
    if cores() < 2 or (len(jobs) == 1 and not any(job.parts for job in jobs.values())):
        for name, job in jobs.items():
            for part in job.parts:
                part.work(*part.arguments)
            yield name, job.work(*job.arguments)
        return
    pieces = sum(1 + len(job.parts) for job in jobs.values())
    with _pool(min(cores(), pieces)) as pool, tqdm(total=pieces, unit="job", disable=None, leave=False) as bar:
        waiting: dict[Future[Any], str | None] = {}  # a part of which job, or a job itself
        results: dict[str, Future[Any]] = {}
        missing = {name: len(job.parts) for name, job in jobs.items()}

        def submit(job: Job, part_of: str | None = None) -> Future[Any]:
            future = pool.submit(_run, job.work, job.arguments)
            waiting[future] = part_of
            return future

        for name in sorted(jobs, key=lambda name: early.index(name) if name in early else len(early)):
            for part in jobs[name].parts:
                submit(part, name)
            if not missing[name]:
                results[name] = submit(jobs[name])
        for name in jobs:
            while name not in results or not results[name].done():
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    whole = waiting.pop(future)
                    future.result()
                    bar.update()
                    if whole is not None:
                        missing[whole] -= 1
                        if not missing[whole]:
                            results[whole] = submit(jobs[whole])
            bar.clear()
            yield name, results[name].result()
            bar.refresh()


@contextmanager
def _pool(workers: int) -> Iterator[Executor]:
    """Processes that are told to stop, instead of being waited for, where the block ends with an error."""
    with opened("processes", workers) as pool:
        try:
            yield pool
        except BaseException:
            for child in active_children():
                child.terminate()
            raise


_stopped = False


def _run(work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Do a job so that SIGTERM unwinds it: what it has half-written is removed."""
    if _stopped:  # the pool hands out a few jobs in advance
        sys.exit(1)
    signal.signal(signal.SIGTERM, _stop)
    gc.set_threshold(100_000, 50, 50)  # tuning: sympy makes many small objects that live on
    return work(*arguments)


def _stop(number: int, frame: object) -> None:
    global _stopped  # noqa: PLW0603
    del number, frame
    _stopped = True
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.unraisablehook = _stop_again
    sys.exit(1)


def _stop_again(lost: Any) -> None:
    """Stop a moment later, where the first exception was lost: one of a callback or a finalizer, as of an import, is."""
    if lost.exc_type is not SystemExit:
        sys.__unraisablehook__(lost)
        return
    signal.signal(signal.SIGTERM, _stop)
    threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGTERM)).start()
