"""The quantized weights as a C header for a microcontroller: integer indices, a table, scales, and one function."""

from pathlib import Path

import numpy as np

from linreg_compress._validation import FloatArray, counted
from linreg_compress.advice.record import Findings

_WIDTH = 78


def save_header(advice: Findings, path: Path) -> None:
    """Write C99 with ``weights_predict(x)``, x in the columns' own units and order.

    Level ``weights_table[weights_index[j]]`` belongs to column j, times ``weights_scale[j]`` where the columns were
    standardized; the means of the columns are folded into ``weights_intercept``.
    """
    path.write_text(header(advice), encoding="ascii")


def header(advice: Findings) -> str:
    """Return the text of the header."""
    parts, design, point = advice.shipped, advice.design, advice.shipped_as
    d, levels = len(parts.indices), len(parts.table)
    index = next(name for size, name in ((128, "int8_t"), (32768, "int16_t"), (1 << 31, "int32_t")) if levels <= size)
    code = f"{counted(point.bits_per_weight, 'bit')} a weight, {point.quantizer}"
    lines = [
        f"/* {_plain(design.target_name)} from {counted(d, 'column')}: {code}.",
        f"   An index takes 8 bits or more here; packed they take {counted(parts.size['indices'], 'byte')}.",
        "   Columns, in order:",
        *_wrapped([_plain(name) for name in design.names], "   "),
        "*/",
        "#ifndef WEIGHTS_H",
        "#define WEIGHTS_H",
        "#include <stdint.h>",
        f"#define WEIGHTS_COUNT {d}",
        f"static const {index} weights_index[{d}] = {{",
        *_wrapped([str(int(k)) for k in parts.indices], "  "),
        "};",
        f"static const float weights_table[{levels}] = {{",
        *_wrapped(_floats(parts.table), "  "),
        "};",
    ]
    factor = ""
    if parts.scaled:
        lines += [f"static const float weights_scale[{d}] = {{", *_wrapped(_floats(parts.scales), "  "), "};"]
        factor = " * weights_scale[j]"
    lines += [
        f"static const float weights_intercept = {_floats(np.array([parts.intercept]))[0]};",
        "static inline float weights_predict(const float *x) {",
        "  float sum = weights_intercept;",
        "  for (int j = 0; j < WEIGHTS_COUNT; j++)",
        f"    sum += weights_table[weights_index[j]]{factor} * x[j];",
        "  return sum;",
        "}",
        "#endif",
    ]
    return "\n".join(lines) + "\n"


def _floats(values: FloatArray) -> list[str]:
    return [f"{value:.9e}f" for value in values.tolist()]


def _plain(name: str) -> str:
    """Return a name that cannot end a comment, in ASCII."""
    return name.encode("ascii", "backslashreplace").decode().replace("*/", "* /").replace("/*", "/ *").replace("\n", " ")


def _wrapped(items: list[str], indent: str) -> list[str]:
    import textwrap

    return textwrap.wrap(", ".join(items), _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
