"""Numbers as they are kept: twelve digits, and no rounding noise, so that drawing again changes no file."""

from collections.abc import Iterable, Mapping
from typing import Any

from linreg_compress.files import Row

_DIGITS = 12
_NOISE = 1e-12  # of the largest number of a column: what is left of a difference that is zero


def rounded(rows: Iterable[Row]) -> list[Row]:
    """Return a table with every number at 12 significant digits, and 0 below 1e-12 of the largest in its column.

    Examples
    --------
    >>> rounded([{"risk": 1 / 3, "name": "a"}, {"risk": -1e-17, "name": "b"}])
    [{'risk': 0.333333333333, 'name': 'a'}, {'risk': 0.0, 'name': 'b'}]
    """
    held = list(rows)
    largest: dict[str, float] = {}
    for row in held:
        for name, value in row.items():
            if _is_finite(value):
                largest[name] = max(largest.get(name, 0.0), abs(float(value)))
    return [{name: _kept(value, largest.get(name, 0.0)) for name, value in row.items()} for row in held]


def rounded_record(record: Any) -> Any:
    """Return what a json holds with every number at 12 significant digits."""
    if isinstance(record, Mapping):
        return {name: rounded_record(value) for name, value in record.items()}
    if isinstance(record, list | tuple):
        return [rounded_record(value) for value in record]
    return _kept(record, 0.0)


def _kept(value: Any, largest: float) -> Any:
    if not isinstance(value, float) or not _is_finite(value):
        return value
    return 0.0 if abs(value) < _NOISE * largest else float(f"{value:.{_DIGITS}g}")


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < float("inf")
