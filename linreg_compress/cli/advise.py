"""``advise``: whether to quantize one's own regression, and to how many bits."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linreg_compress._validation import counted
from linreg_compress.cli import options as shared
from linreg_compress.cli.output import print_json
from linreg_compress.compression import quantizers
from linreg_compress.errors import DesignError, InvalidInputError, LinregCompressError

if TYPE_CHECKING:
    from linreg_compress.advice.answer import Advice

_WEIGHTS = (".npz", ".h")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    both = argparse.BooleanOptionalAction
    parser.add_argument("file", metavar="DATA", help="a csv of numbers with a header, gzip or not")
    parser.add_argument("--target", metavar="COLUMN", required=True, help="the column to predict from all others")
    parser.add_argument("--groups", metavar="COLUMN", help="rows of one value belong together: never split between folds")
    parser.add_argument(
        "--standardize", action=both, default=True, help="quantize the weights of columns scaled to unit variance (default)"
    )
    parser.add_argument(
        "--intercept", action=both, default=True, help="fit an intercept, which is never quantized (default)"
    )
    parser.add_argument(
        "--tolerance",
        metavar="SHARE",
        default="0.01",
        help="share of the error on new rows that bits may cost, at most 1 (default 0.01, which is 1 %%)",
    )
    names = [row.name for row in quantizers.QUANTIZERS if row.by_levels]
    parser.add_argument(
        "--quantizers",
        metavar="Q1,Q2,...",
        type=shared.each(shared.choice, choices=names),
        help=f"some of {', '.join(names)} (default all)",
    )
    parser.add_argument(
        "--bits",
        metavar="B1,B2,...",
        type=shared.each(shared.whole),
        help="bits per weight to try (default 1,2,...,8)",
    )
    parser.add_argument("--repeats", metavar="R", default="5", help="how often rows are dealt into ten folds (default 5)")
    parser.add_argument("--seed", metavar="S", default="0", help="of the folds (default 0)")
    parser.add_argument("--workers", metavar="W", default="1", help="threads (default 1)")
    parser.add_argument("--plot", metavar="FILE", help="draw the curve: .svg, .png or .pdf")
    parser.add_argument(
        "--save",
        metavar="FILE",
        help="write the quantized weights: .npz, with the same as a C header beside it, or .h alone",
    )
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Read, answer, write the files, print."""
    from linreg_compress.advice.report import report

    settings = _settings(options)
    plot, saved = _outputs(options)
    found = _advise(options, settings)
    written = _write(found, options.file, plot, saved)
    if options.format == "json":
        print_json({"file": options.file, **found.record()})
    else:
        print(report(found, options.file, "" if saved else _command(options)))
        for line in written:
            print(line)
    return 0


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    from linreg_compress import _validation as valid
    from linreg_compress.advice.answer import BITS
    from linreg_compress.compression.batches import QUANTIZERS

    return {
        "standardize": options.standardize,
        "intercept": options.intercept,
        "tolerance": valid.share("tolerance", shared.number("tolerance", options.tolerance)),
        "quantizers": options.quantizers or QUANTIZERS,
        "bits": options.bits or BITS,
        "repeats": shared.whole("repeats", options.repeats),
        "seed": shared.seed(options.seed),
        "workers": shared.whole("workers", options.workers),
    }


def _outputs(options: argparse.Namespace) -> tuple[Path | None, list[Path]]:
    """Check the output files before any work: the picture, and the weights."""
    from linreg_compress.cli.weights_files import PICTURES, checked_suffix
    from linreg_compress.files import writable

    plot = None if options.plot is None else checked_suffix("plot", options.plot, PICTURES)
    saved = [] if options.save is None else [checked_suffix("save", options.save, _WEIGHTS)]
    if saved and saved[0].suffix.lower() == _WEIGHTS[0]:
        saved.append(saved[0].with_suffix(_WEIGHTS[1]))
    for name, path in (("plot", plot), *(("save", path) for path in saved)):
        if path is not None and path.exists() and Path(options.file).exists() and path.samefile(options.file):
            raise InvalidInputError(name, "must not be the table itself", str(path))
        if path is not None:
            writable(path, name)
    return plot, saved


def _advise(options: argparse.Namespace, settings: dict[str, Any]) -> Advice:
    from linreg_compress.advice.answer import advise
    from linreg_compress.cli.table import read_table

    table = read_table(options.file, options.target, options.groups)
    named: dict[str, Any] = {"names": table.names, "target_name": table.target_name, "groups": table.groups}
    if options.groups is not None:
        named["groups_name"] = options.groups
    try:
        return advise(table.features, table.targets, progress=True, **named, **settings)
    except DesignError as error:
        raise LinregCompressError(f"{options.file}: {error}") from error


def _write(found: Advice, source: str, plot: Path | None, saved: list[Path]) -> list[str]:
    """Write all files or none; return what to print about each."""
    from linreg_compress.cli import weights_files, weights_header

    writers: dict[Path, Any] = {}
    if plot is not None:
        from linreg_compress.gallery.advice_curve import save_curve

        data = {**found.record(), "source": Path(source).name}
        writers[plot] = lambda path: save_curve(data, path)
    for one in saved:
        function = weights_files.save_weights if one.suffix.lower() == _WEIGHTS[0] else weights_header.save_header
        writers[one] = lambda path, function=function: function(found, path)
    if writers:
        weights_files.write_all(writers)
    point = found.shipped_as
    what = f" (the weights at {counted(point.bits_per_weight, 'bit')} with {point.quantizer}"
    what += "; no code tried meets the tolerance)" if found.recommended is None else ")"
    return [f"Written: {path}" + what * (path in saved) for path in writers]


def _command(options: argparse.Namespace) -> str:
    """Return the command that saves what is recommended, in lines of 78 columns."""
    parts = ["linreg-compress", "advise", options.file, "--target", options.target]
    if options.groups is not None:
        parts += ["--groups", options.groups]
    for name in ("standardize", "intercept"):
        if not getattr(options, name):
            parts.append(f"--no-{name}")
    defaults = {"tolerance": "0.01", "quantizers": None, "bits": None, "repeats": "5", "seed": "0"}
    for name, default in defaults.items():
        if (given := getattr(options, name)) != default:
            parts += [f"--{name}", given if isinstance(given, str) else ",".join(map(str, given))]
    lines = [""]
    for word in map(shlex.quote, [*parts, "--save", "weights.npz"]):
        if lines[-1] and len(f"{lines[-1]} {word} \\") > 78:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\n".join(lines)
