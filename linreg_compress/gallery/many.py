"""Draw or check several figures at once, a process for each core; each figure's files depend on that figure alone."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from linreg_compress.errors import LinregCompressError
from linreg_compress.files import make_folder
from linreg_compress.gallery.figure import Figure
from linreg_compress.gallery.figure_files import read_record, write_figure
from linreg_compress.gallery.jobs import Job, finished
from linreg_compress.gallery.recompute import check_figure
from linreg_compress.gallery.registry import FIGURES
from linreg_compress.gallery.setting import Setting

EARLY = ("compressors", "diameter")  # they take longest


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
    jobs = figure_jobs(figures, folder, quick=quick, size=size, setting=setting)
    return (written for _, written in finished(jobs, EARLY))


def figure_jobs(
    figures: list[Figure], folder: Path, *, quick: bool = False, size: str = "lecture", setting: Setting | None = None
) -> dict[str, Job]:
    """Return the jobs that write the figures, by name; the same is raised and said as by `write_figures`."""
    return {
        figure.name: Job(write_one, (figure.name, folder, quick, size, setting), _parts(figure, quick))
        for figure in _possible(figures)
    }


def check_figures(
    figures: list[Figure], folder: Path, *, setting: Setting | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Check figures against their files, on all cores, and yield each name with its problems."""
    jobs = {figure.name: Job(_check, (figure.name, folder, setting)) for figure in _possible(figures)}
    return (found for _, found in finished(jobs, EARLY))


def _possible(figures: list[Figure]) -> list[Figure]:
    """Leave out what needs a module that is not installed."""
    lacking = {figure.name: needed for figure in figures if (needed := figure.lacks())}
    if lacking and len(figures) == 1:
        raise LinregCompressError(next(iter(lacking.values())))
    for needed in lacking.values():
        print(f"{needed} (left out)", file=sys.stderr, flush=True)
    return [figure for figure in figures if figure.name not in lacking]


def _parts(figure: Figure, quick: bool) -> tuple[Job, ...]:
    """Return what a figure computes piece by piece, and keeps until it is drawn."""
    return tuple(Job(*piece) for piece in figure.pieces(quick, 0)) if figure.pieces is not None else ()


def write_one(
    name: str, folder: Path, quick: bool = False, size: str = "lecture", setting: Setting | None = None
) -> Written:
    """Write one figure, in this process."""
    paths = write_figure(_figure(name, setting), folder, quick=quick, size=size)
    clauses = read_record(paths[-1])["check"]["clauses"]
    return Written(name, paths, [clause for clause, holds in clauses.items() if not holds])


def _check(name: str, folder: Path, setting: Setting | None) -> tuple[str, list[str]]:
    return name, check_figure(_figure(name, setting), folder)


def _figure(name: str, setting: Setting | None) -> Figure:
    return FIGURES[name] if setting is None else FIGURES[name].at(setting)
