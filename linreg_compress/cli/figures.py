"""``figures``: draw the figures, or recompute their data and compare."""

import argparse
import sys
from pathlib import Path


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="figures to draw (default: all)")
    parser.add_argument("--out", metavar="DIR", default="figures", help="folder of the files (default figures)")
    parser.add_argument("--quick", action="store_true", help="fewer simulated trials")
    parser.add_argument("--check", action="store_true", help="draw nothing: recompute the data in DIR and compare")


def run(options: argparse.Namespace) -> int:
    """Draw or check; 1 if a claim or a comparison failed."""
    from linreg_compress.gallery.files import check_figure, write_figure
    from linreg_compress.gallery.registry import find_figures

    folder, status = Path(options.out), 0
    for figure in find_figures(options.names):
        if options.check:
            problems = check_figure(figure, folder)
            print(f"{figure.name}: " + ("agrees" if not problems else f"{len(problems)} differences"))
            for problem in problems[:20]:
                print(f"  {problem}", file=sys.stderr)
            status |= bool(problems)
        else:
            written = write_figure(figure, folder, quick=options.quick)
            print(f"{figure.name}: {figure.claim}")
            print(f"  {written[0].parent}/" + " ".join(path.name for path in written))
    return status
