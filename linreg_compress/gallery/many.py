"""Draw or check several figures at once, a process for each core; each figure's files depend on that figure alone."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from linreg_compress.errors import LinregCompressError
from linreg_compress.files import make_folder
from linreg_compress.gallery.figure import Figure
from linreg_compress.gallery.figure_files import read_record, write_figure
from linreg_compress.gallery.recompute import check_figure
from linreg_compress.gallery.registry import FIGURES
from linreg_compress.gallery.setting import Setting

T = TypeVar("T")


@dataclass(frozen=True)
class Written:
    """A figure that has been drawn."""

    name: str
    """Name of the figure."""
    paths: list[Path]
    """Its five files, in the order of `files.KINDS`."""
    unsupported: list[str]
    """The clauses of its claim that its data do not support."""


def write_figures(
    figures: list[Figure], folder: Path, *, quick: bool = False, size: str = "lecture", setting: Setting | None = None
) -> Iterator[Written]:
    """Write figures, for the gallery's numbers or the reader's own, on all cores, and yield them in their order.

    Raises
    ------
    InvalidInputError
        If `folder` cannot be written.
    LinregCompressError
        If the only figure needs what is not installed; of several that one is left out, and a line on stderr says so.
    """
    make_folder(folder)
    return _in_processes(_write, [(figure.name, folder, quick, size, setting) for figure in _possible(figures)])


def check_figures(
    figures: list[Figure], folder: Path, *, setting: Setting | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Check figures against their files, on all cores, and yield each name with its problems."""
    return _in_processes(_check, [(figure.name, folder, setting) for figure in _possible(figures)])


def _possible(figures: list[Figure]) -> list[Figure]:
    """Leave out what needs a module that is not installed."""
    lacking = {figure.name: needed for figure in figures if (needed := figure.lacks())}
    if lacking and len(figures) == 1:
        raise LinregCompressError(next(iter(lacking.values())))
    for needed in lacking.values():
        print(f"{needed} (left out)", file=sys.stderr, flush=True)
    return [figure for figure in figures if figure.name not in lacking]


def _write(name: str, folder: Path, quick: bool, size: str, setting: Setting | None) -> Written:
    paths = write_figure(_figure(name, setting), folder, quick=quick, size=size)
    clauses = read_record(paths[-1])["check"]["clauses"]
    return Written(name, paths, [clause for clause, holds in clauses.items() if not holds])


def _check(name: str, folder: Path, setting: Setting | None) -> tuple[str, list[str]]:
    return name, check_figure(_figure(name, setting), folder)


def _figure(name: str, setting: Setting | None) -> Figure:
    return FIGURES[name] if setting is None else FIGURES[name].at(setting)


def _in_processes(work: Callable[..., T], jobs: list[tuple[object, ...]]) -> Iterator[T]:
    workers = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, len(jobs))
    if workers < 2:
        yield from (work(*job) for job in jobs)
        return
    # spawned, not forked: no thread of the parent is copied half-way, and every system starts the same way
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(work, *job) for job in jobs]
        try:
            for future in futures:
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
