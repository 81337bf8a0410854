"""Print for people (aligned tables) and for programs (JSON)."""

import json
import math
import sys
from collections.abc import Sequence
from typing import Any


def print_json(record: Any) -> None:
    """Print `record` as JSON, full double precision; infinities are the strings "inf" and "-inf"."""
    json.dump(_plain(record), sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def _plain(value: Any) -> Any:
    """Return `value` made of what JSON has."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def table(rows: Sequence[Sequence[str]], *, indent: str = "  ") -> str:
    """Return rows of text as an aligned table, the first column to the left and the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(indent + "   ".join(cells).rstrip())
    return "\n".join(lines)


def short(value: float, *, signed: bool = False) -> str:
    """Return a number with five significant digits, or inf."""
    value = float(value)
    if not math.isfinite(value):
        return f"{value:+}" if signed else str(value)
    return f"{value:+.5g}" if signed else f"{value:.5g}"
