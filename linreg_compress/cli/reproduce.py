"""``reproduce``: the main job. Figures, comparison and check tables and the derivation ledger, with one summary."""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linreg_compress.cli import check as check_verb
from linreg_compress.cli.output import fill, tell

if TYPE_CHECKING:
    from linreg_compress.gallery.jobs import Job

DATA_SETS, QUICK_DATA_SETS = 30_000, 5_000  # of each model that the closed forms are checked against
EARLY = ("checks", "compressors", "derivations", "network", "diameter", "bounds table")  # begun first: they take longest


@dataclass(frozen=True)
class Stage:
    """A part of the job that is no figure."""

    summary: str
    """Its line of the summary; none if empty."""
    paths: tuple[Path, ...]
    """What it wrote."""
    failed: bool = False
    """Whether something is wrong."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    text = "folder of the files (default figures, with --quick figures-quick)"
    parser.add_argument("--out", metavar="DIR", help=text)
    parser.add_argument("--quick", action="store_true", help="fewer simulated trials: half a minute or so")


def run(options: argparse.Namespace) -> int:
    """Make everything, with a line for each figure, and sum up; 1 if a check or a claim failed."""
    from linreg_compress.gallery.destination import destination, refuse_full_records
    from linreg_compress.gallery.jobs import finished
    from linreg_compress.gallery.registry import FIGURES

    quick, start = options.quick, time.perf_counter()
    folder = destination(options.out, quick=quick, size="lecture", setting=None)
    refuse_full_records(FIGURES.values(), folder, quick=quick, size="lecture", setting=None)
    todo = jobs(folder, quick=quick)
    what = f"drawing {len(FIGURES)} figures, checking closed forms against raw data, verifying the derivations"
    tell(f"{what} ...")
    results = finished(todo, EARLY)
    made, unsupported = _figures(islice(results, len(todo.keys() & FIGURES.keys())))
    stages: dict[str, Stage] = dict(results)
    made += chain.from_iterable(stage.paths for stage in stages.values())
    claims = f"The data do not support a claim of {unsupported}." if unsupported else "The data support every claim."
    summary = {"figures": claims} | {name: stage.summary for name, stage in stages.items() if stage.summary}
    summary["files"] = f"{len(made)} in {folder}/ after {time.perf_counter() - start:.0f} s."
    print()
    for name, text in summary.items():
        print(fill(text, f"{name:<13}", " " * 13))
    return int(bool(unsupported) or any(stage.failed for stage in stages.values()))


def jobs(folder: Path, *, quick: bool) -> dict[str, Job]:
    """Return what there is to do, the figures first, by name."""
    from linreg_compress.gallery.jobs import Job
    from linreg_compress.gallery.many import figure_jobs
    from linreg_compress.gallery.registry import FIGURES

    return figure_jobs(list(FIGURES.values()), folder, quick=quick) | {
        "compressors": Job(_compressors, (folder, quick)),
        "bounds table": Job(_bounds, (folder,)),
        "checks": Job(_checks, (folder, quick)),
        "derivations": Job(_derivations, (folder,)),
    }


def _figures(results: Iterator[tuple[str, Any]]) -> tuple[list[Path], str]:
    """Say of each figure whether its data support it; return the files and the names that failed."""
    from linreg_compress.gallery.registry import FIGURES

    made: list[Path] = []
    failed: list[str] = []
    for number, (name, written) in enumerate(results, start=1):
        made += written.paths
        verdict = "claim NOT supported by the data" if written.unsupported else f"{len(FIGURES[name].checks)} claims hold"
        print(f"{number:>3}/{len(FIGURES)}  {name:<24}{verdict}", flush=True)
        for clause in written.unsupported:
            print(fill(clause, " " * 8, " " * 10))
        failed += [name] if written.unsupported else []
    return made, ", ".join(failed)


def _compressors(folder: Path, quick: bool) -> Any:
    """Draw the figure and write its table: both are of one run, which stays in this process."""
    from linreg_compress.gallery import many
    from linreg_compress.gallery.comparison import write_comparison

    written = many.write_one("compressors", folder, quick)
    return replace(written, paths=[*written.paths, write_comparison(folder, quick=quick)])


def _bounds(folder: Path) -> Stage:
    from linreg_compress.gallery.bounds_table import write_bounds

    return Stage("", (write_bounds(folder),))


def _checks(folder: Path, quick: bool) -> Stage:
    """Check every closed form and write both tables."""
    from linreg_compress.agreement import check_agreement, default_settings
    from linreg_compress.files import write_text
    from linreg_compress.gallery.rounding import rounded_record

    report = check_agreement(default_settings(), QUICK_DATA_SETS if quick else DATA_SETS)
    table = check_verb.as_text(report, all_checks=True, width=math.inf)
    details = json.dumps(rounded_record(check_verb.as_record(report)), indent=2)
    paths = [write_text(folder / f"check.{kind}", f"{text}\n") for kind, text in (("txt", table), ("json", details))]
    return Stage(check_verb.summary(report), tuple(paths), not report.passed)


def _derivations(folder: Path) -> Stage:
    """Verify the whole ledger and write it, with the two pages that cite it: all derivations are loaded here."""
    from linreg_compress.derivations import printing
    from linreg_compress.derivations.ledger import Verdict, verify
    from linreg_compress.derivations.registry import find_derivations
    from linreg_compress.files import write_text
    from linreg_compress.gallery.page import write_page
    from linreg_compress.gallery.paper import write_paper

    verified = [verify(derivation) for derivation in find_derivations([])]
    ledger = write_text(folder / "derivations.md", printing.ledger_markdown(verified))
    paths = (write_page(folder), write_paper(folder), ledger)
    return Stage(printing.summary(verified), paths, any(each.verdict is Verdict.REFUTED for each in verified))
