"""Ways of spoiling a table of a figure: a factor, a shift, a lost or a relabelled part."""

from collections.abc import Callable
from typing import Any

from linreg_compress.gallery.figure import Row

Spoiler = Callable[[list[Row]], list[Row]]


def scaled(factor: float, *names: str, **where: Any) -> Spoiler:
    """Multiply columns in the rows whose entries equal those in `where`."""

    def spoil(rows: list[Row]) -> list[Row]:
        return _changed(rows, lambda value: factor * value, names, where)

    return spoil


def shifted(by: float, *names: str, **where: Any) -> Spoiler:
    """Add to columns in the rows whose entries equal those in `where`."""

    def spoil(rows: list[Row]) -> list[Row]:
        return _changed(rows, lambda value: value + by, names, where)

    return spoil


def without(**where: Any) -> Spoiler:
    """Leave out the rows whose entries equal those in `where`."""

    def spoil(rows: list[Row]) -> list[Row]:
        return [row for row in rows if not _matches(row, where)]

    return spoil


def exchanged(first: str, second: str) -> Spoiler:
    """Exchange two columns."""
    other = {first: second, second: first}

    def spoil(rows: list[Row]) -> list[Row]:
        return [{name: row[other.get(name, name)] for name in row} for row in rows]

    return spoil


def relabelled(column: str, **names: str) -> Spoiler:
    """Rename entries of a column of names: whose rows they are is what is wrong then."""

    def spoil(rows: list[Row]) -> list[Row]:
        return [{**row, column: names.get(str(row[column]), row[column])} if column in row else row for row in rows]

    return spoil


def _changed(rows: list[Row], change: Callable[[float], float], names: tuple[str, ...], where: dict[str, Any]) -> list[Row]:
    changed = [
        {**row, **{name: change(float(row[name])) for name in names if name in row}} if _matches(row, where) else row
        for row in rows
    ]
    if changed == rows:
        raise AssertionError(f"no entry of {names} where {where} is changed: the spoiler spoils nothing")
    return changed


def _matches(row: Row, where: dict[str, Any]) -> bool:
    return all(row.get(name) == value for name, value in where.items())
