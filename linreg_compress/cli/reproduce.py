"""``reproduce``: the main job. Figures, comparison and check tables and the derivation ledger, with one summary."""

import argparse
import json
import sys
import time
from itertools import chain
from pathlib import Path

from linreg_compress.cli import check as check_verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument("--out", metavar="DIR", default="figures", help="folder of the files (default figures)")
    parser.add_argument("--quick", action="store_true", help="fewer simulated trials: a minute at most")


def run(options: argparse.Namespace) -> int:
    """Make everything and say what was made; 1 if a check or a claim failed."""
    from linreg_compress.agreement import check_agreement, default_settings
    from linreg_compress.derivations import printing
    from linreg_compress.derivations.ledger import Verdict, verify
    from linreg_compress.derivations.registry import find_derivations
    from linreg_compress.files import write_text
    from linreg_compress.gallery.bounds_table import write_bounds
    from linreg_compress.gallery.comparison import write_comparison
    from linreg_compress.gallery.many import write_figures
    from linreg_compress.gallery.page import write_page
    from linreg_compress.gallery.paper import write_paper
    from linreg_compress.gallery.registry import FIGURES
    from linreg_compress.gallery.rounding import rounded_record

    folder, start = Path(options.out), time.perf_counter()
    made: list[Path] = []
    claims_hold = True
    _say(f"drawing {len(FIGURES)} figures")
    shared = FIGURES["compressors"]  # of one run with comparison.csv: drawn in this process, which then has the table
    others = [figure for figure in FIGURES.values() if figure is not shared]
    drawn = (write_figures(figures, folder, quick=options.quick) for figures in (others, [shared]))
    for written in chain.from_iterable(drawn):
        claims_hold &= not written.unsupported
        made += written.paths
        print(f"{written.name}: {FIGURES[written.name].claim}", flush=True)
    made.append(write_page(folder))
    made.append(write_paper(folder))
    _say("comparing the compressors")
    made.append(write_comparison(folder, quick=options.quick))
    _say("setting the bounds beside the truth")
    made.append(write_bounds(folder))
    _say("checking closed forms against raw data")
    trials = 5_000 if options.quick else 100_000
    report = check_agreement(default_settings(), trials, workers=2, progress=True)
    made.append(write_text(folder / "check.txt", check_verb.as_text(report) + "\n"))
    details = rounded_record(check_verb.as_record(report))
    made.append(write_text(folder / "check.json", json.dumps(details, indent=2) + "\n"))
    print(check_verb.as_text(report).split("\n\n")[-1])
    _say("verifying the derivations")
    verified = [verify(derivation) for derivation in find_derivations([])]
    made.append(write_text(folder / "derivations.md", printing.ledger_markdown(verified)))
    print(printing.summary(verified))
    refuted = any(each.verdict is Verdict.REFUTED for each in verified)
    print(f"Made {len(made)} files in {folder}/ in {time.perf_counter() - start:.0f} s:")
    print("  " + " ".join(path.name for path in made))
    if not claims_hold:
        print("A figure's data do not support its claim: see the check in its json.", file=sys.stderr)
    return 0 if report.passed and claims_hold and not refuted else 1


def _say(message: str) -> None:
    print(f"linreg-compress: {message} ...", file=sys.stderr, flush=True)
