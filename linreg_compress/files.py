"""Write files whole or not at all, check before the work that this can be done, and read tables back.

A file is complete in a hidden folder beside its place, on the same disk, before it takes that place; what ends the process
in between leaves the old file as it was.
"""

import contextlib
import csv
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from linreg_compress.errors import InvalidInputError

Row = Mapping[str, float | str]
"""A row of a table: what stands in each column, by name."""


def make_folder(folder: Path, option: str = "out") -> None:
    """Make a folder for output.

    Raises
    ------
    InvalidInputError
        If it cannot be made or written; errors call it by the name `option`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = f"{error.strerror}. Name another."
        raise InvalidInputError(option, "must be a folder that can be made", folder, hint) from error
    try:
        _probe(folder)
    except OSError as error:
        hint = f"{error.strerror}. Name another."
        raise InvalidInputError(option, "must be a folder that can be written", folder, hint) from error


def writable(path: Path, option: str = "out") -> Path:
    """Return `path` if a file can be written there later; make the folders above it.

    Raises
    ------
    InvalidInputError
        If it is a folder, a device or write-protected, or the folder above it cannot be made or written.
    """
    try:
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "a device"
            raise InvalidInputError(option, "must be a file", path, f"It is {what}: name a file.")
        path.parent.mkdir(parents=True, exist_ok=True)
        _probe(path.parent)
        reason = "It is write-protected." if path.exists() and not os.access(path, os.W_OK) else ""
    except OSError as error:
        reason = f"{error.strerror}."
    if reason:
        raise InvalidInputError(option, "must be a file that can be written", path, reason)
    return path


def _probe(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder):
        pass  # what the permissions say is not what a read-only disk does


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Yield a place of the same name in a hidden folder beside `path`; the folder goes when the block ends."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".unfinished-") as scratch:
        yield Path(scratch) / path.name


@contextlib.contextmanager
def whole(paths: Iterable[Path], option: str = "out") -> Iterator[list[Path]]:
    """Yield a hidden place for each path; when the block ends well, what was written there takes the paths, all or none.

    Raises
    ------
    InvalidInputError
        If the disk is full or broken; nothing is left.
    """
    targets = [Path(os.path.realpath(path)) for path in paths]  # a link is written through, not replaced
    where = targets[0]
    try:
        with contextlib.ExitStack() as stack:
            unfinished = [stack.enter_context(beside(where := target)) for target in targets]
            yield unfinished
            for where, done in zip(targets, unfinished, strict=True):
                done.replace(where)
    except OSError as error:
        found = f"{where}: {error.strerror or error}"
        raise InvalidInputError(
            option, "must have room on a disk that can be written", found, "No half-written file was left."
        ) from error


def write_whole(contents: Mapping[Path, bytes], option: str = "out") -> None:
    """Write files that belong together: each is complete before the first one takes its place."""
    with whole(contents, option) as unfinished:
        for path, content in zip(unfinished, contents.values(), strict=True):
            path.write_bytes(content)


def write_text(path: Path, text: str, option: str = "out") -> Path:
    """Write a text file whole or not at all, in UTF-8; make the folders above it."""
    make_folder(path.parent, option)
    write_whole({path: text.encode()}, option)
    return path


def write_table(path: Path, rows: Iterable[Row], option: str = "out") -> Path:
    """Write a table as csv, every number in full precision, whole or not at all."""
    return write_text(path, csv_text(rows), option)


def csv_text(rows: Iterable[Row]) -> str:
    """Return a table as csv; the columns stand in the order in which the rows first name them."""
    held = list(rows)
    names = list(dict.fromkeys(name for row in held for name in row))
    text = io.StringIO()
    table = csv.DictWriter(text, names, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(held)
    return text.getvalue()


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
    """Read a table as it was computed: numbers as numbers, without the blanks of columns that a row lacks."""
    return [{name: _value(text) for name, text in row.items() if text} for row in read_table(path)]


def _value(text: str) -> float | str:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text
