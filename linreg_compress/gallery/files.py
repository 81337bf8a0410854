"""Write a figure's files, all or none, and compare a figure with the table that was written before.

A figure is five files: svg, pdf and png (the picture), csv (every plotted number, full precision) and json (the claim, its
check, and all it takes to draw it again). Two runs in one environment give the same bytes.
"""

import csv
import io
import json
import os
import platform
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TextIO

from linreg_compress.errors import InvalidInputError
from linreg_compress.gallery.figure import Figure, Row

_PICTURES: dict[str, dict[str, Any]] = {
    "svg": {"metadata": {"Date": None, "Creator": None}},
    "pdf": {"metadata": {"CreationDate": None, "Producer": None, "Creator": None}},
    "png": {"metadata": {"Software": None}, "dpi": 300},
}


def write_figure(figure: Figure, folder: Path, *, quick: bool = False, seed: int = 0) -> list[Path]:
    """Compute a figure, check its claim, and write its five files.

    Returns
    -------
    list of Path

    Raises
    ------
    InvalidInputError
        If `folder` cannot be written; nothing is left behind.
    """
    from linreg_compress.plotting.style import house_style

    make_folder(folder)
    rows = figure.compute(quick, seed)
    record = _record(figure, rows, quick, seed)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as scratch:
        written = [Path(scratch) / f"{figure.name}.{kind}" for kind in (*_PICTURES, "csv", "json")]
        with house_style():
            canvas = figure.draw(rows)
            for path, options in zip(written, _PICTURES.values(), strict=False):
                canvas.savefig(path, **options)
        _write_csv(written[-2], rows)
        written[-1].write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        for path in written:
            path.replace(folder / path.name)
    return [folder / path.name for path in written]


def check_figure(figure: Figure, folder: Path) -> list[str]:
    """Recompute a figure's table and compare it with the one in `folder`.

    Closed forms must agree to 1e-9 relative, simulated numbers within their own intervals.

    Returns
    -------
    list of str
        What is wrong, empty if nothing is.
    """
    old = _read_csv(folder / f"{figure.name}.csv")
    details = _read_json(folder / f"{figure.name}.json")
    new = figure.compute(bool(details.get("quick", False)), int(details.get("seed", 0)))
    if len(old) != len(new):
        return [f"{figure.name}: {len(old)} rows on file, {len(new)} recomputed"]
    problems = [] if figure.supports(new) else [f"{figure.name}: the recomputed data do not support the claim"]
    for line, (before, after) in enumerate(zip(old, new, strict=True), start=2):
        problems.extend(f"{figure.name}.csv line {line}: {problem}" for problem in _differences(before, after))
    return problems


def _differences(before: Mapping[str, str], after: Row) -> list[str]:
    found = []
    for name, value in after.items():
        text = before.get(name, "")
        if isinstance(value, str):
            same = text == value
        else:
            simulated = f"{name}_high" in after
            slack = float(after[f"{name}_high"]) - float(after[f"{name}_low"]) if simulated else 1e-9 * abs(value)
            if name.endswith(("_low", "_high")):
                slack = abs(value)  # the middle is what is compared
            try:
                same = abs(float(text) - value) <= slack
            except ValueError:
                same = False
        if not same:
            found.append(f"{name} is {text or 'missing'}, recomputed {value}")
    return found


def _record(figure: Figure, rows: list[Row], quick: bool, seed: int) -> dict[str, Any]:
    return {
        "name": figure.name,
        "claim": figure.claim,
        "check": {"passed": figure.supports(rows), "rows": len(rows)},
        "command": f"linreg-compress figures {figure.name}" + (" --quick" if quick else ""),
        "parameters": dict(figure.parameters),
        "quick": quick,
        "seed": seed,
        "versions": _versions(),
        "commit": _commit(),
    }


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("linreg-compress", "numpy", "scipy", "matplotlib"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _commit() -> str | None:
    """Last commit that changed the package (so that committing a figure does not change it); None outside a checkout."""
    here = Path(__file__).resolve().parents[1]
    command = ["git", "log", "-1", "--format=%H", "--", "."]
    try:
        done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def write_text(path: Path, text: str) -> Path:
    """Write a text file whole or not at all."""
    make_folder(path.parent)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".unfinished-") as scratch:
        unfinished = Path(scratch) / path.name
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    return path


def make_folder(folder: Path) -> None:
    """Make a folder if there is none, and refuse one that cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInputError("out", "must be a folder that can be made", folder, str(error.strerror)) from error
    if not os.access(folder, os.W_OK):
        raise InvalidInputError("out", "must be a folder that can be written", folder)


def write_table(path: Path, rows: list[Row]) -> Path:
    """Write a table as csv, every number in full precision, whole or not at all."""
    text = io.StringIO()
    _write_rows(text, rows)
    return write_text(path, text.getvalue())


def read_table(path: Path) -> list[dict[str, str]]:
    """Read the rows of a csv.

    Raises
    ------
    InvalidInputError
        If there is no such file, or it is not a text.
    """
    return _read_csv(path)


def _write_csv(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        _write_rows(stream, rows)


def _write_rows(stream: TextIO, rows: list[Row]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = csv.DictWriter(stream, names, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)


def _read_csv(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            return list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError("out", "must hold the figure's csv", path, "Draw it first, without --check.") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        details = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInputError("out", "must hold the figure's json", path, "Draw it first, without --check.") from error
    if not isinstance(details, dict):
        raise InvalidInputError("out", "must hold the figure's json, one object", path)
    return details
