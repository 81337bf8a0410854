"""The two tables of the chapters' pages, as Markdown, from the rows of their csv."""

from collections.abc import Mapping, Sequence
from itertools import product

from linreg_compress.gallery.bounds_table import SETTINGS
from linreg_compress.gallery.comparison_design import ESTIMATED, REGIMES, rate_bits

_SHOWN = (0.25, 1.0, 4.0)  # bits, of the bounds


def comparison_markdown(rows: Sequence[Mapping[str, float | str]]) -> str:
    """Return the rows at 2 bits a weight as a Markdown table: the distance from the limits and the population risk."""
    titles = ("rate", "gap to R(D)", "gap to the aware limit", "population risk")
    head = ["2 bits a weight, weak / strong signal", *titles]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * len(titles) + "|"]
    chosen = [row for row in rows if float(row["bits"]) == 2.0]
    for name in dict.fromkeys(row["compressor"] for row in chosen):
        pair = [next(row for row in chosen if (row["compressor"], row["design"]) == (name, regime)) for regime in REGIMES]
        cells = [" / ".join(f"{rate_bits(row):.2f}" for row in pair)]
        cells += [" / ".join(f"{float(row[column]):.2f}" for row in pair) for column in ESTIMATED[-2:]]
        cells.append(" / ".join(f"{float(row['population_risk_change']):+.2f}" for row in pair))
        lines.append("| " + " | ".join([str(name), *cells]) + " |")
    return "\n".join(lines) + "\n"


def bounds_markdown(rows: Sequence[Mapping[str, float | str]]) -> str:
    """Return the rows of the Gaussian codes at three rates as a Markdown table of bound over truth."""
    head = ["bound over truth", "code", *(f"n = {n}, d = {d}: {bits:g} bit" for n, d in SETTINGS for bits in _SHOWN)]
    lines = ["| " + " | ".join(head) + " |", "|---|---" + "|---:" * (len(head) - 2) + "|"]
    gaussian = [row for row in rows if str(row["code"]).startswith("gaussian")]
    for name, code in dict.fromkeys((str(row["bound"]), str(row["code"])) for row in gaussian):
        ratios = [
            float(row["ratio"])
            for (n, d), bits in product(SETTINGS, _SHOWN)
            for row in gaussian
            if (row["bound"], row["code"]) == (name, code)
            and (float(row["samples"]), float(row["features"]), float(row["bits_per_weight"])) == (n, d, bits)
        ]
        lines.append(
            "| " + " | ".join([name, code.removeprefix("gaussian-"), *(f"{ratio:.2f}" for ratio in ratios)]) + " |"
        )
    return "\n".join(lines) + "\n"
