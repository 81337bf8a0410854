"""``quantize``: quantize a weight vector from a file, with a certificate of how good the codebook is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from linreg_compress._validation import counted
from linreg_compress.cli import options as shared
from linreg_compress.cli.output import fill, print_json, short, table, tell
from linreg_compress.cli.vectors import read_vector
from linreg_compress.compression import quantizers

if TYPE_CHECKING:
    from linreg_compress._validation import FloatArray
    from linreg_compress.compression.clustering.record import Clustering

_SHOWN = 20  # levels of a codebook that the text prints


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument("file", metavar="WEIGHTS", help="a vector: .npy, or text with one number a line")
    methods = [row.name for row in quantizers.QUANTIZERS if row.takes_codebooks]
    parser.add_argument(
        "--method",
        choices=methods,
        metavar="NAME",
        default="kmeans",
        help=f"{shared.any_of(methods)}. uniform: equal steps between the extremes; lloyd-max: the best levels for these "
        "weights as a sample; kmeans (default) and hessian-kmeans: the best levels for the importances given; "
        "diameter-kmeans: the best levels under a penalty",
    )
    read = shared.typed(shared.whole)
    parser.add_argument("--levels", metavar="K", type=read, required=True, help="number of levels at most")
    parser.add_argument("--importance", metavar="FILE", help="importance of each weight, zero or positive (default 1)")
    text = "penalize the distance D of the end levels (k-means)"
    parser.add_argument("--diameter-penalty", metavar="BETA", type=shared.typed(shared.number), help=text)
    parser.add_argument("--penalty", choices=quantizers.PENALTIES, help="BETA D^2 (default) or BETA D")
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Quantize and print."""
    found, weights = _quantize(options)
    coded = found.coded(weights)
    record: dict[str, Any] = {
        "method": options.method,
        "centers": found.centers.tolist(),
        "assignments": found.assignments.tolist(),
        "objective": found.objective,
        "lower_bound": found.lower_bound,
        "gap": found.gap,
        "weight_mse": coded.weight_mse,
        "fixed_rate_bits_per_weight": coded.fixed_rate_bits_per_weight,
        "entropy_bits_per_weight": coded.entropy_bits_per_weight,
        "huffman_bits_per_weight": coded.huffman_bits_per_weight,
        "note": found.note,
    }
    if found.note:
        tell(found.note)
    if options.format == "json":
        print_json(record)
    else:
        print(_text(record, len(weights)))
    return 0


def _quantize(options: argparse.Namespace) -> tuple[Clustering, FloatArray]:
    from linreg_compress import _validation as valid

    row = quantizers.find(options.method)
    beta = None
    if options.diameter_penalty is not None:
        if not row.fitted:
            raise shared.requires("--diameter-penalty", "--method " + shared.any_of(_fitted()))
        beta = valid.nonnegative_number("diameter_penalty", options.diameter_penalty)
    elif options.penalty is not None and not row.penalized:
        raise shared.requires("--penalty", shared.flag("diameter_penalty", value=True))
    weights = read_vector(options.file)
    importance = None if options.importance is None else read_vector(options.importance, nonnegative=True)
    penalty = quantizers.Penalty(beta, options.penalty or quantizers.PENALTIES[0])
    return row.codebook(weights, options.levels, importance, penalty), weights


def _fitted() -> list[str]:
    return [row.name for row in quantizers.QUANTIZERS if row.fitted]


def _text(record: dict[str, Any], size: int) -> str:
    counts = [record["assignments"].count(level) for level in range(len(record["centers"]))]
    rows = [["level", "centre", "weights"]]
    rows += [[str(k), short(center), str(counts[k])] for k, center in enumerate(record["centers"][:_SHOWN])]
    lines = [f"{record['method']}: {counted(size, 'weight')}, {counted(len(record['centers']), 'level')}", "", table(rows)]
    if len(record["centers"]) > _SHOWN:
        lines.append(f"  ... and {len(record['centers']) - _SHOWN} more (--format json has all)")
    proof = f"objective {short(record['objective'])}; no codebook does better than {short(record['lower_bound'])}"
    if record["gap"] > 0:
        proof += f" (gap {record['gap']:.1%})" if record["gap"] >= 1e-3 else f" (gap {record['gap']:.0e})"
    huffman = "in a Huffman code" + " (which spends a bit even on the only level)" * (len(record["centers"]) == 1)
    bits = ", ".join(
        f"{counted(format(record[f'{name}_bits_per_weight'], '.4g'), 'bit')} a weight {label}"
        for name, label in (("fixed_rate", "at fixed length"), ("huffman", huffman), ("entropy", "by entropy"))
    )
    return "\n".join(
        [
            *lines,
            "",
            fill(f"{proof}."),
            fill(f"Indices: {bits}."),
            f"Mean squared weight error {short(record['weight_mse'])}.",
        ]
    )
