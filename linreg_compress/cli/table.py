"""Read a person's table: a csv file of numbers under a header, gzip or not.

The fast way is NumPy's parser in C. Whatever that refuses is read again, cell by cell, for a message that names file, line
and column and says what to do.
"""

import csv
import gzip
import io
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.arrays import Table
from linreg_compress.advice.design import LARGEST
from linreg_compress.cli.cells import MISSING, advice, encoding_of, number, visible
from linreg_compress.errors import LinregCompressError
from linreg_compress.names import near

_SHOWN = 8
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_table(path: str | Path, target: str, groups: str | None = None) -> Table:
    """Read a table and take one column out of it as the target, and perhaps one as labels of groups.

    Parameters
    ----------
    path : str or Path
        UTF-8 text, commas between cells, standard csv quoting; a gzip file is recognized by its first bytes.
    target : str
        Name of a column.
    groups : str, optional
        Name of another, which may hold text.

    Raises
    ------
    LinregCompressError
        If the file cannot be read, has no header, no rows, or rows of another length; if a cell is missing, no number, not
        finite or above 1e50; if names are missing or repeated, or no column has the target's name.
    """
    file = Path(path)
    with _opened(file) as stream:
        reader = csv.reader(stream, strict=True)
        names = _header(file, reader)
        place = _place(file, names, target)
        labels = _Labels(None if groups is None else _place(file, names, groups))
        if labels.place == place:
            raise LinregCompressError(
                f"--groups must be another column than the target {target!r}. Name that of the groups."
            )
        taken = [place] if labels.place is None else [place, labels.place]
        if len(names) == len(taken):
            raise LinregCompressError(
                f"{file} has no column beside the target {target!r}. Add the columns to predict it from."
            )
        values = _fast(stream, len(names), labels)
    if values is None:
        labels = _Labels(labels.place)
        values = _slow(file, names, labels)
    if not len(values):
        raise LinregCompressError(f"{file} has a header but no rows. Add the data below line 1.")
    _refuse_extremes(file, names, values)
    targets = values[:, place].copy()
    grouped = None if labels.place is None else values[:, labels.place].copy()
    features = np.delete(values, taken, axis=1)
    return Table(tuple(n for k, n in enumerate(names) if k not in taken), features, names[place], targets, grouped, groups)


class _Labels:
    """Number the labels of one column, if there is one."""

    def __init__(self, place: int | None) -> None:
        self.place = place
        self.numbers: dict[str, int] = {}

    def number(self, cell: str) -> float:
        """Return the number of a label; nan where there is none."""
        label = cell.strip().strip('"')
        return float(self.numbers.setdefault(label, len(self.numbers))) if label else np.nan


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    """Open for reading; every failure to read becomes one message."""
    try:
        if file.is_char_device():  # it may never end
            raise LinregCompressError(f"{file} must be a file; got a device. Check the path.")
        with file.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            source = gzip.GzipFile(fileobj=raw) if packed else raw
            encoding = encoding_of(source.read(4))
            source.seek(0)
            with io.TextIOWrapper(source, encoding=encoding, newline="") as stream:
                yield stream
    except UnicodeError:
        raise LinregCompressError(
            f"{file} must be text in UTF-8; got other bytes. {_first_broken(file)}Save it as csv, UTF-8."
        ) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LinregCompressError(f"{file} is a broken gzip file: {error}. Pack it anew.") from None
    except OSError as error:
        raise LinregCompressError(f"{file} cannot be read: {error.strerror or error}. Check the path.") from None
    except csv.Error as error:
        raise LinregCompressError(f"{file} is not csv: {error}. Check quotes and line ends.") from None


def _first_broken(file: Path) -> str:
    """Say where a file stops being UTF-8, if that is its fault."""
    try:
        content = file.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return f"The first is {content[error.start : error.start + 1]!r} in line {line}. "
    except (OSError, EOFError, zlib.error):
        pass
    return ""


def _header(file: Path, reader: Iterator[list[str]]) -> list[str]:
    names = next((row for row in reader if any(cell.strip() for cell in row)), None)
    if names is None:
        raise LinregCompressError(f"{file} is empty. It needs a header of column names and rows of numbers.")
    if any(unicodedata.category(character) == "Cc" and not character.isspace() for name in names for character in name):
        raise LinregCompressError(
            f"{file} must be csv text; got {names[0][:8]!r}, a spreadsheet or the like. Save it as csv, UTF-8."
        )
    _refuse_other_delimiters(file, names)
    names = [" ".join(visible(name).split()) for name in names]
    if all(number(name) is not None for name in names):
        raise LinregCompressError(
            f"{file} line 1 must name the columns; got numbers, {', '.join(names[:3])}... Add a header line."
        )
    for place, name in enumerate(names):
        if not name:
            raise LinregCompressError(
                f"{file} line 1, column {place + 1} has no name. Name it, or drop it if it only counts the rows."
            )
        if name in names[:place]:
            raise LinregCompressError(
                f"{file} line 1 has the name {name!r} twice, columns {names.index(name) + 1} and {place + 1}. Rename one."
            )
    return names


def _refuse_other_delimiters(file: Path, names: list[str]) -> None:
    """A header cut by something else than commas is one name, or a few that hold it."""
    for delimiter, word in _DELIMITERS.items():
        held = sum(name.count(delimiter) for name in names)
        if held >= len(names):
            raise LinregCompressError(
                f"{file} line 1 has {word} between its cells. Save the table with commas. Write decimals with a point."
            )


def _place(file: Path, names: list[str], target: str) -> int:
    if target in names:
        return names.index(target)
    if meant := near(target, names):
        raise LinregCompressError(f"{file} has no column {target!r}. Did you mean {' or '.join(map(repr, meant))}?")
    shown = ", ".join(map(repr, names[:_SHOWN])) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    raise LinregCompressError(f"{file} has no column {target!r}. Its columns are {shown}.")


def _fast(stream: TextIO, columns: int, labels: _Labels) -> FloatArray | None:
    """Read the rows below the header; None where the slow way must find out what is wrong."""
    lines = (line for line in stream if line.strip())
    first = next(lines, None)
    if first is None:
        return np.empty((0, columns))
    special: dict[int | str, Callable[[str], float]] = {} if labels.place is None else {labels.place: labels.number}
    try:
        values = np.loadtxt(
            _before(first, lines), delimiter=",", quotechar='"', comments=None, ndmin=2, converters=special or None
        )
    except UnicodeDecodeError:
        raise
    except ValueError:
        return None
    return values if values.shape[1] == columns else None


def _before(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _slow(file: Path, names: list[str], labels: _Labels) -> FloatArray:
    """Read cell by cell, and say what is wrong where."""
    rows = []
    for line, cells in _records(file):
        if len(cells) != len(names):
            raise LinregCompressError(
                f"{file} line {line} has {len(cells)} cell{'s' * (len(cells) != 1)}, the header {len(names)}. "
                "Add or remove commas, and quote cells that hold one."
            )
        values = [labels.number(cell) if place == labels.place else number(cell) for place, cell in enumerate(cells)]
        for name, cell, value in zip(names, cells, values, strict=True):
            if value is None or np.isnan(value):
                raise LinregCompressError(f"{file} line {line}, column {name!r} {_complaint(cell.strip())}")
        rows.append(np.array(values, dtype=float))
    return np.array(rows).reshape(len(rows), len(names))


def _records(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the header with the numbers of their last lines."""
    with _opened(file) as stream:
        reader = csv.reader(stream, strict=True)
        header = False
        for cells in reader:
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                if header:
                    yield reader.line_num, cells
                header = True


def _complaint(cell: str) -> str:
    if cell.casefold() in MISSING:
        return f"is missing, {cell!r}. Fill it in or drop the row."
    return f"must be a number; got {cell[:30]!r}. {advice(cell)}"


def _refuse_extremes(file: Path, names: list[str], values: FloatArray) -> None:
    """Refuse what is not finite or so large that squares overflow."""
    if max(float(values.max()), -float(values.min())) <= LARGEST:  # false for nan
        return
    row, column = np.argwhere(~(np.abs(values) <= LARGEST))[0]
    line, cells = next(record for k, record in enumerate(_records(file)) if k == row)
    where, cell = f"{file} line {line}, column {names[column]!r}", cells[column].strip()
    if np.isnan(values[row, column]):
        raise LinregCompressError(f"{where} {_complaint(cell)}")
    if "inf" in cell.casefold():
        raise LinregCompressError(f"{where} must be finite; got {cell!r}. Fill it in or drop the row.")
    raise LinregCompressError(
        f"{where} must be at most {LARGEST:g} in size; got {cell[:30]}. Change the unit of the column."
    )
