"""Write a figure's files, all or none, and read them back.

A figure is five files: svg, pdf and png (the picture), csv (every plotted number, full precision) and json (the claim,
its check, and all it takes to draw it again). Two runs in one environment give the same bytes, but for measured times;
drawn from the same csv, those give the same bytes too.
"""

import contextlib
import csv
import io
import json
import os
import platform
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TextIO

from linreg_compress.errors import InvalidInputError
from linreg_compress.gallery.figure import Figure, Row
from linreg_compress.gallery.style import house_style

_PICTURES: dict[str, dict[str, Any]] = {
    "svg": {"metadata": {"Date": None, "Creator": None}},
    "pdf": {"metadata": {"CreationDate": None, "Producer": None, "Creator": None}},
    "png": {"metadata": {"Software": None}, "dpi": 300},
}
KINDS = (*_PICTURES, "csv", "json")


def write_figure(figure: Figure, folder: Path, *, quick: bool = False, seed: int = 0, size: str = "lecture") -> list[Path]:
    """Compute a figure, check its claim, and write its five files; return them in the order of `KINDS`.

    Raises
    ------
    InvalidInputError
        If `folder` cannot be written; nothing is left behind.
    """
    make_folder(folder)
    rows = figure.compute(quick, seed)
    return write_files(figure, rows, folder, quick=quick, seed=seed, size=size)


def write_files(figure: Figure, rows: list[Row], folder: Path, *, quick: bool, seed: int, size: str) -> list[Path]:
    """Draw a figure from its table and write its five files."""
    make_folder(folder)
    details = record(figure, rows, quick=quick, seed=seed, size=size)
    with _room_in(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as scratch:
        written = [Path(scratch) / f"{figure.name}.{kind}" for kind in KINDS]
        with house_style(size):
            canvas = figure.draw(rows, size)
            for path, options in zip(written, _PICTURES.values(), strict=False):
                canvas.savefig(path, **options)
        with written[-2].open("w", newline="", encoding="utf-8") as stream:
            _write_rows(stream, rows)
        written[-1].write_text(json.dumps(details, indent=2) + "\n", encoding="utf-8")
        for path in written:
            path.replace(folder / path.name)
    return [folder / path.name for path in written]


def record(figure: Figure, rows: list[Row], *, quick: bool, seed: int, size: str) -> dict[str, Any]:
    """Return what the json beside a picture holds."""
    options = f" {figure.setting.options}" if figure.setting else ""
    options += (" --quick" if quick else "") + (f" --size {size}" if size != "lecture" else "")
    verdicts = figure.verdicts(rows)
    return {
        "name": figure.name,
        "claim": figure.claim,
        "check": {"passed": all(verdicts.values()), "clauses": verdicts, "rows": len(rows)},
        "formula": figure.formula,
        "derivations": list(figure.derivations),
        "command": f"linreg-compress figures {figure.name}{options}",
        "parameters": dict(figure.parameters),
        "measured": dict(figure.measured),
        "quick": quick,
        "seed": seed,
        "size": size,
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
    with _room_in(path), tempfile.TemporaryDirectory(dir=path.parent, prefix=".unfinished-") as scratch:
        unfinished = Path(scratch) / path.name
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    return path


@contextlib.contextmanager
def _room_in(place: Path) -> Iterator[None]:
    """Turn what a full or broken disk says into one message."""
    try:
        yield
    except OSError as error:
        found = f"{place}: {error.strerror or error}"
        raise InvalidInputError(
            "out", "must have room on a disk that can be written", found, "Nothing was left."
        ) from error


def make_folder(folder: Path) -> None:
    """Make a folder for output.

    Raises
    ------
    InvalidInputError
        If it cannot be made or written.
    """
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


def _write_rows(stream: TextIO, rows: list[Row]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = csv.DictWriter(stream, names, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)


def read_table(path: Path) -> list[dict[str, str]]:
    """Read the rows of a csv, every entry as its text.

    Raises
    ------
    InvalidInputError
        If there is no such file, or it is not a text.
    """
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            return list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError("out", "must hold the figure's csv", path, "Draw it first, without --check.") from error


def read_rows(path: Path) -> list[Row]:
    """Read a figure's table as it was computed: numbers as numbers, without the blanks of columns that a row lacks."""
    return [{name: _value(text) for name, text in row.items() if text} for row in read_table(path)]


def _value(text: str) -> float | str:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def read_record(path: Path) -> dict[str, Any]:
    """Read a figure's json.

    Raises
    ------
    InvalidInputError
        If there is no such file, or it does not hold one JSON object.
    """
    try:
        details = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInputError("out", "must hold the figure's json", path, "Draw it first, without --check.") from error
    if not isinstance(details, dict):
        raise InvalidInputError("out", "must hold the figure's json, one object", path)
    return details
