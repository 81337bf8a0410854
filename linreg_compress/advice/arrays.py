"""What Python callers pass in: arrays, or a data frame of any library that has ``columns`` and ``to_numpy``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.advice.design import LARGEST
from linreg_compress.errors import InvalidInputError


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers under names."""

    names: tuple[str, ...]
    """Names of the columns that are neither target nor groups."""
    features: FloatArray
    """Their numbers, shape (n, d)."""
    target_name: str
    """Name of the target."""
    targets: FloatArray
    """Its numbers, shape (n,)."""
    groups: FloatArray | None = None
    """A label for each row, of any type, shape (n,)."""
    groups_name: str | None = None
    """Name of the groups."""


def checked_arrays(
    features: Any,
    targets: Any,
    names: Sequence[str] | None = None,
    target_name: str = "target",
    groups: Any = None,
    groups_name: str = "groups",
) -> Table:
    """Check what Python callers pass in; the parameters are those of `linreg_compress.advise`.

    Raises
    ------
    InvalidInputError
        With the column and the row (from 0) of what is not a number, not finite or above 1e50; if columns share a name.
    """
    if hasattr(features, "columns") and hasattr(features, "to_numpy"):
        labels = [str(one) for one in features.columns]
        raw = features.to_numpy()
        taken = {}
        for parameter, wanted in (("targets", targets), ("groups", groups)):
            if isinstance(wanted, str):
                if wanted not in labels:
                    rule = "must be a column of the data frame"
                    raise InvalidInputError(parameter, rule, repr(wanted), f"There are {', '.join(map(repr, labels))}.")
                taken[parameter] = labels.index(wanted)
        repeated = next((one for one in labels if labels.count(one) > 1), None)
        if repeated is not None and names is None:
            rule = "must have columns of different names"
            raise InvalidInputError("features", rule, f"{repeated!r} twice", "Rename one.")
        if "targets" in taken:
            target_name, targets = targets, raw[:, taken["targets"]]
        if "groups" in taken:
            groups_name, groups = groups, raw[:, taken["groups"]]
        raw = np.delete(raw, list(taken.values()), axis=1)
        names = names or [one for place, one in enumerate(labels) if place not in taken.values()]
    else:
        raw = valid.plain_array("features", features)
    if hasattr(targets, "to_numpy"):
        target_name = str(getattr(targets, "name", None) or target_name)
        targets = targets.to_numpy()
    for parameter, value in (("targets", targets), ("groups", groups)):
        if isinstance(value, str):
            raise InvalidInputError(parameter, "can be a name only for a data frame", repr(value))
    column = valid.plain_array("targets", targets)
    if raw.ndim != 2 or not raw.size:
        raise InvalidInputError("features", "must have shape (rows, columns), neither of them 0", f"shape {raw.shape}")
    if column.shape != raw.shape[:1]:
        raise InvalidInputError("targets", f"must hold one number a row, {raw.shape[0]} in all", f"shape {column.shape}")
    labels = [f"column {place}" for place in range(raw.shape[1])] if names is None else [str(name) for name in names]
    if len(labels) != raw.shape[1]:
        raise InvalidInputError("names", f"must be one a column, {raw.shape[1]} in all", len(labels))
    x, y = _numbers("features", raw, labels), _numbers("targets", column[:, None], [target_name])[:, 0]
    kept = None if groups is None else _labels(groups, len(y))
    return Table(tuple(labels), x, target_name, y, kept, None if kept is None else groups_name)


def _labels(groups: Any, rows: int) -> FloatArray:
    labels = valid.plain_array("groups", groups.to_numpy() if hasattr(groups, "to_numpy") else groups)
    if labels.shape != (rows,):
        raise InvalidInputError("groups", f"must hold one label a row, {rows} in all", f"shape {labels.shape}")
    missing = np.flatnonzero([one is None or (isinstance(one, float) and np.isnan(one)) for one in labels.tolist()])
    if missing.size:
        raise InvalidInputError("groups", f"must have a label in every row, in row {missing[0]} too", "nan")
    return labels


def _is_double(value: Any) -> bool:
    try:
        float(value)
    except (OverflowError, TypeError, ValueError):
        return False
    return True


def _numbers(parameter: str, raw: FloatArray, names: Sequence[str]) -> FloatArray:
    """Convert to doubles and check; the message names column and row of the first offender."""
    if raw.dtype.kind not in "biufO":
        raise InvalidInputError(parameter, "must be made of real numbers", f"type {raw.dtype}")
    try:
        array = raw.astype(np.float64, copy=False)  # tuning: no copy of what is double
    except (OverflowError, TypeError, ValueError):
        row, column = next(place for place in np.ndindex(raw.shape) if not _is_double(raw[place]))
        rule = f"must be numbers, in row {row} of {names[column]!r} too"
        raise InvalidInputError(parameter, rule, repr(raw[row, column])) from None
    if not (max(float(array.max()), -float(array.min())) <= LARGEST):
        row, column = np.argwhere(~(np.abs(array) <= LARGEST))[0]
        rule = f"must be finite and at most {LARGEST:g} in size, in row {row} of {names[column]!r} too"
        hint = "Drop the row, fill it in, or change the unit."
        raise InvalidInputError(parameter, rule, float(array[row, column]), hint)
    return np.ascontiguousarray(array)  # so that the order in memory cannot change a rounding
