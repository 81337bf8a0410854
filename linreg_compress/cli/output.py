"""Print for people (paragraphs and tables as wide as the terminal) and for programs (JSON)."""

import json
import math
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

_WIDEST = 100  # columns that the eye follows well
_NARROWEST = 40
_OPERATOR = re.compile(r" ([-+*/=<>]|[<>]=) (?=\S)")
_UNBROKEN = "\N{NO-BREAK SPACE}"
_GAPS = (3, 2)  # blanks between columns, if they fit


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


def columns() -> int:
    """Return the width for text: the terminal's, or what COLUMNS says; 80 where there is neither."""
    return min(max(shutil.get_terminal_size((80, 24)).columns, _NARROWEST), _WIDEST)


def fill(text: str, indent: str = "", hanging: str | None = None, width: int | None = None) -> str:
    """Break a paragraph into lines, never within a word, option or formula; `hanging` starts all lines but the first."""
    rest = indent if hanging is None else hanging
    filled = textwrap.fill(
        _OPERATOR.sub(rf"{_UNBROKEN}\1{_UNBROKEN}", text),
        columns() if width is None else width,
        initial_indent=indent,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(_UNBROKEN, " ")


def tell(message: str) -> None:
    """Print a message to stderr: as wide as a terminal, in one line for a program that reads it."""
    said = f"linreg-compress: {message}"
    print(fill(said, hanging="  ") if sys.stderr.isatty() else said, file=sys.stderr, flush=True)


def table(rows: Sequence[Sequence[str]], *, indent: str = "  ", width: float | None = None) -> str:
    """Return rows of text as an aligned table, the first column to the left and the others to the right.

    A table that is too wide has narrower gaps, then a first column of several lines, then several parts side by side put
    below each other, each with the first column.
    """
    room = (columns() if width is None else width) - len(indent)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for gap in _GAPS:
        if sum(widths) + gap * (len(widths) - 1) <= room:
            return _aligned(rows, widths, gap, indent)
    words = max(len(word) for row in rows for word in row[0].split() or [""])
    first = max(int(room) - sum(widths[1:]) - gap * (len(widths) - 1), min(widths[0], max(words, _NARROWEST // 2)))
    fitting, used = 1, first
    while fitting < len(widths) and used + gap + widths[fitting] <= room:
        used += gap + widths[fitting]
        fitting += 1
    fitting = max(fitting, 2)
    parts = [_aligned([row[:fitting] for row in rows], [first, *widths[1:fitting]], gap, indent)]
    if fitting < len(widths):
        parts.append(table([[row[0], *row[fitting:]] for row in rows], indent=indent, width=width))
    return "\n\n".join(parts)


def _aligned(rows: Sequence[Sequence[str]], widths: Sequence[int], gap: int, indent: str) -> str:
    lines = []
    for first, *others in rows:
        start = textwrap.wrap(first, widths[0], subsequent_indent="  ", break_on_hyphens=False) or [""]
        cells = [start[0].ljust(widths[0]), *(cell.rjust(size) for cell, size in zip(others, widths[1:], strict=True))]
        lines.append(indent + (" " * gap).join(cells).rstrip())
        lines += [indent + line for line in start[1:]]
    return "\n".join(lines)


def short(value: float, *, signed: bool = False) -> str:
    """Return a number with five significant digits, or inf."""
    value = float(value)
    if not math.isfinite(value):
        return f"{value:+}" if signed else str(value)
    return f"{value:+.5g}" if signed else f"{value:.5g}"
