"""How records look where they are printed: one line, numbers at six digits, arrays in short, and no default repeated.

A copy or a pickle of a record keeps what is read-only: NumPy forgets that of an array.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from importlib import import_module
from typing import Any, TypeVar

import numpy as np

from linreg_compress.errors import LinregCompressError

C = TypeVar("C")

_DIGITS = 6
_LONGEST = 4  # numbers of an array, or entries of a tuple, that are spelt out


def readable(record: type[C]) -> type[C]:
    """Give a data class a short `repr`, which `str` and notebooks follow, and copies whose arrays stay read-only.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @readable
    ... @dataclass
    ... class Found:
    ...     risk: float
    ...     weights: object = None
    ...     note: str = ""
    >>> Found(np.float64(1 / 3), np.zeros(50))
    Found(risk=0.333333, weights=<50 numbers, all 0>)
    """
    record.__repr__ = _short  # type: ignore[method-assign]
    record.__getstate__ = _state  # type: ignore[method-assign, assignment]
    record.__setstate__ = _restore  # type: ignore[attr-defined]
    return record


def _state(record: Any) -> tuple[dict[str, Any], list[str]]:
    """Return what a record holds, and the names of what is read-only."""
    values = dict(vars(record))
    return values, [name for name, value in values.items() if any(not array.flags.writeable for array in _arrays(value))]


def _restore(record: Any, state: tuple[dict[str, Any], list[str]]) -> None:
    values, sealed = state
    for name in sealed:
        for array in _arrays(values[name]):
            array.flags.writeable = False
    vars(record).update(values)


def _arrays(value: Any) -> list[Any]:
    return [one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, np.ndarray)]


def _short(record: Any) -> str:
    parts = []
    for each in fields(record):
        value = getattr(record, each.name)
        default = each.default if each.default_factory is MISSING else each.default_factory()
        if not (each.repr and not _same(value, default)):
            continue
        parts.append(f"{each.name}={shown(value)}")
    return f"{type(record).__name__}({', '.join(parts)})"


def shown(value: Any) -> str:
    """Return a value in short.

    Examples
    --------
    >>> shown([1.0, np.float64(2 / 3)]), shown(np.arange(9.0)), shown("text")
    ('[1, 0.666667]', '<9 numbers, 0 to 8>', "'text'")
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.bool_ | bool | int) or value is None:
        return str(value)
    if isinstance(value, float | np.number):
        return f"{value:.{_DIGITS}g}"
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, list | tuple):
        if len(value) > _LONGEST:
            return f"<{len(value)} entries>"
        opening, closing = "[]" if isinstance(value, list) else "()"
        return opening + ", ".join(map(shown, value)) + closing
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {shown(entry)}" for name, entry in value.items()) + "}"
    return repr(value)


def _array(values: Any) -> str:
    if values.ndim == 1 and len(values) <= _LONGEST:
        return "[" + ", ".join(map(shown, values)) + "]"
    size = str(len(values)) if values.ndim == 1 else " x ".join(map(str, values.shape))
    if not values.size or values.dtype.kind not in "biuf":
        return f"<{size} entries>"
    low, high = values.min(), values.max()
    return f"<{size} numbers, " + (f"all {shown(low)}>" if low == high else f"{shown(low)} to {shown(high)}>")


def _same(value: Any, default: Any) -> bool:
    value = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
    alike = default is not MISSING and type(value) is type(default)
    return alike and not isinstance(value, np.ndarray) and bool(value == default)


def frame(rows: list[dict[str, Any]]) -> Any:
    """Return rows as a data frame of pandas.

    Raises
    ------
    LinregCompressError
        If pandas is not installed.
    """
    try:
        return import_module("pandas").DataFrame(rows)
    except ModuleNotFoundError:
        raise LinregCompressError("a data frame needs pandas: pip install pandas") from None
