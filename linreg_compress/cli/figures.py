"""``figures``: draw the figures, or recompute their data and compare."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from linreg_compress.cli import options as shared
from linreg_compress.cli.output import fill
from linreg_compress.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linreg_compress.gallery.setting import Setting

_INSTEAD = {  # what answers the question of a figure of several models for the reader's own
    "bounds": "For your model: linreg-compress bounds.",
    "compressors": "For your model: linreg-compress risk with --quantizer, and simulate for those without an exact risk.",
    "phase": "For your model, from Python: linreg_compress.plot_phase(samples, features).",
}
PAPER = "paper"  # a name for all figures of the paper's own sections


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="figures to draw (default: all, and the gallery page); paper: those of the paper's sections, and their page",
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="folder of the files (default figures; quick data, another size and your own numbers have one of their own)",
    )
    parser.add_argument("--quick", action="store_true", help="fewer simulated trials")
    parser.add_argument(
        "--size", choices=("lecture", "column"), default="lecture", help="16:9 slide (default), or a column of 3.25 inches"
    )
    parser.add_argument("--check", action="store_true", help="draw nothing: recompute the data in DIR and compare")
    group = parser.add_argument_group("numbers of your own, for named figures of one model (default 80, 50 and 1)")
    group.add_argument("--samples", metavar="N", type=shared.typed(shared.whole), help="training samples n")
    group.add_argument("--features", metavar="D", type=shared.typed(shared.whole), help="features d")
    group.add_argument("--noise-variance", metavar="S2", type=shared.typed(shared.number), help="noise variance sigma^2")


def run(options: argparse.Namespace) -> int:
    """Draw or check; 1 if a claim or a comparison failed."""
    from linreg_compress.gallery.destination import destination, refuse_full_records
    from linreg_compress.gallery.many import check_figures, write_figures
    from linreg_compress.gallery.page import write_page
    from linreg_compress.gallery.paper import figures_of_the_paper, write_paper
    from linreg_compress.gallery.registry import FIGURES, find_figures

    paper, setting = PAPER in options.names, _setting(options)
    names = [name for one in options.names for name in (figures_of_the_paper(setting) if one == PAPER else [one])]
    names = list(dict.fromkeys(names))
    if setting is not None and not names:
        raise InvalidInputError(
            "NAME", "is needed beside --samples, --features or --noise-variance", "none", _of_one_model()
        )
    figures = find_figures(names)
    if setting is not None:
        for figure in figures:
            if not figure.own_numbers:
                hint = _INSTEAD.get(figure.name, _of_one_model())
                raise InvalidInputError("NAME", "must be a figure of one model", f"{figure.name}, of several", hint)
    folder = destination(options.out, quick=options.quick, size=options.size, setting=setting)
    if options.check:
        return _check(check_figures(figures, folder, setting=setting))
    refuse_full_records(figures, folder, quick=options.quick, size=options.size, setting=setting)
    status = 0
    for written in write_figures(figures, folder, quick=options.quick, size=options.size, setting=setting):
        print(fill(f"{written.name}: {FIGURES[written.name].claim}", hanging="  "))
        print(fill(f"{folder}/" + " ".join(path.name for path in written.paths), "  ", "    "), flush=True)
        for clause in written.unsupported:
            # a claim is about the gallery's numbers: with others it may be false, which is worth knowing and no fault
            whose = "the data at these numbers" if setting else "the data"
            print(fill(f"{written.name}: claim not supported by {whose}: {clause}", hanging="  "), file=sys.stderr)
            status |= setting is None
    if paper and setting is None:
        print(f"  {write_paper(folder)}")
    if not options.names:
        print(f"  {write_page(folder)}")
        print(f"  {write_paper(folder)}")
    return status


def _check(found: Iterable[tuple[str, list[str]]]) -> int:
    status = 0
    for name, problems in found:
        print(f"{name}: " + ("agrees" if not problems else f"{len(problems)} differences"), flush=True)
        for problem in problems[:20]:
            print(fill(problem, "  ", "    "), file=sys.stderr)
        status |= bool(problems)
    return status


def _setting(options: argparse.Namespace) -> Setting | None:
    """Return the reader's own numbers; what is not given is the gallery's."""
    from linreg_compress.gallery.setting import Setting

    n, d, s2 = options.samples, options.features, options.noise_variance
    if (n, d, s2) == (None, None, None):
        return None
    own = Setting()
    return Setting(
        own.samples if n is None else n,
        own.features if d is None else d,
        own.noise_variance if s2 is None else s2,
    )


def _of_one_model() -> str:
    from linreg_compress.gallery.registry import FIGURES

    return "Those are " + ", ".join(name for name, figure in FIGURES.items() if figure.own_numbers) + "."
