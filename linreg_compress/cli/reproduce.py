"""``reproduce``: the main job. Figures, comparison and check tables and the derivation ledger, with one summary."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from linreg_compress.cli import check as check_verb
from linreg_compress.cli.output import fill

if TYPE_CHECKING:
    from linreg_compress.agreement import Report


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    text = "folder of the files (default figures, with --quick figures-quick)"
    parser.add_argument("--out", metavar="DIR", help=text)
    parser.add_argument("--quick", action="store_true", help="fewer simulated trials: half a minute or so")


def run(options: argparse.Namespace) -> int:
    """Make everything, with a line for each figure, and sum up; 1 if a check or a claim failed."""
    from linreg_compress.derivations import printing
    from linreg_compress.derivations.ledger import Verdict, verify
    from linreg_compress.derivations.registry import find_derivations
    from linreg_compress.files import write_text
    from linreg_compress.gallery.bounds_table import write_bounds
    from linreg_compress.gallery.comparison import write_comparison
    from linreg_compress.gallery.destination import destination, refuse_full_records
    from linreg_compress.gallery.page import write_page
    from linreg_compress.gallery.paper import write_paper
    from linreg_compress.gallery.registry import FIGURES

    quick, start = options.quick, time.perf_counter()
    folder = destination(options.out, quick=quick, size="lecture", setting=None)
    refuse_full_records(FIGURES.values(), folder, quick=quick, size="lecture", setting=None)
    made, unsupported = _figures(folder, quick=quick)
    made.append(write_page(folder))
    made.append(write_paper(folder))
    _say("comparing the compressors")
    made.append(write_comparison(folder, quick=quick))
    _say("setting the bounds beside the truth")
    made.append(write_bounds(folder))
    _say("checking closed forms against raw data")
    report, paths = _check(folder, quick=quick)
    made += paths
    _say("verifying the derivations")
    verified = [verify(derivation) for derivation in find_derivations([])]
    made.append(write_text(folder / "derivations.md", printing.ledger_markdown(verified)))
    refuted = any(each.verdict is Verdict.REFUTED for each in verified)
    claims = f"The data do not support a claim of {unsupported}." if unsupported else "The data support every claim."
    summary = {
        "figures": claims,
        "checks": check_verb.summary(report),
        "derivations": printing.summary(verified),
        "files": f"{len(made)} in {folder}/ after {time.perf_counter() - start:.0f} s.",
    }
    print()
    for name, text in summary.items():
        print(fill(text, f"{name:<13}", " " * 13))
    return int(bool(unsupported) or not report.passed or refuted)


def _figures(folder: Path, *, quick: bool) -> tuple[list[Path], str]:
    """Draw all figures, say of each whether its data support it, and return the files and the names that failed."""
    from linreg_compress.gallery.many import write_figures
    from linreg_compress.gallery.registry import FIGURES

    _say(f"drawing {len(FIGURES)} figures")
    made: list[Path] = []
    failed: list[str] = []
    shared = FIGURES["compressors"]  # of one run with comparison.csv: drawn in this process, which then has the table
    others = [figure for figure in FIGURES.values() if figure is not shared]
    drawn = (write_figures(figures, folder, quick=quick) for figures in (others, [shared]))
    for number, written in enumerate(chain.from_iterable(drawn), start=1):
        made += written.paths
        clauses = len(FIGURES[written.name].checks)
        verdict = f"{clauses} claims hold" if not written.unsupported else "claim NOT supported by the data"
        print(f"{number:>3}/{len(FIGURES)}  {written.name:<24}{verdict}", flush=True)
        for clause in written.unsupported:
            print(fill(clause, " " * 8, " " * 10))
        failed += [written.name] if written.unsupported else []
    return made, ", ".join(failed)


def _check(folder: Path, *, quick: bool) -> tuple[Report, list[Path]]:
    """Check every closed form; return the report and its two files."""
    from linreg_compress.agreement import check_agreement, default_settings
    from linreg_compress.files import write_text
    from linreg_compress.gallery.rounding import rounded_record

    report = check_agreement(default_settings(), 5_000 if quick else 100_000, workers=2, progress=True)
    table = check_verb.as_text(report, all_checks=True, width=math.inf)
    details = json.dumps(rounded_record(check_verb.as_record(report)), indent=2)
    return report, [write_text(folder / f"check.{kind}", f"{text}\n") for kind, text in (("txt", table), ("json", details))]


def _say(message: str) -> None:
    print(f"linreg-compress: {message} ...", file=sys.stderr, flush=True)
