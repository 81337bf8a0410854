"""``figures``: draw the figures, or recompute their data and compare."""

import argparse
import sys
from pathlib import Path


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="figures to draw (default: all, and the gallery page)")
    parser.add_argument("--out", metavar="DIR", default="figures", help="folder of the files (default figures)")
    parser.add_argument("--quick", action="store_true", help="fewer simulated trials")
    parser.add_argument(
        "--size", choices=("lecture", "column"), default="lecture", help="16:9 slide (default), or a column of 3.25 inches"
    )
    parser.add_argument("--check", action="store_true", help="draw nothing: recompute the data in DIR and compare")


def run(options: argparse.Namespace) -> int:
    """Draw or check; 1 if a claim or a comparison failed."""
    from linreg_compress.gallery.many import check_figures, write_figures
    from linreg_compress.gallery.page import write_page
    from linreg_compress.gallery.registry import FIGURES, find_figures

    folder, status = Path(options.out), 0
    figures = find_figures(options.names)
    if options.check:
        for name, problems in check_figures(figures, folder):
            print(f"{name}: " + ("agrees" if not problems else f"{len(problems)} differences"), flush=True)
            for problem in problems[:20]:
                print(f"  {problem}", file=sys.stderr)
            status |= bool(problems)
        return status
    for written in write_figures(figures, folder, quick=options.quick, size=options.size):
        print(f"{written.name}: {FIGURES[written.name].claim}")
        print(f"  {folder}/" + " ".join(path.name for path in written.paths), flush=True)
        for clause in written.unsupported:
            print(f"{written.name}: claim not supported by the data: {clause}", file=sys.stderr)
            status = 1
    if not options.names:
        print(f"  {write_page(folder)}")
    return status
