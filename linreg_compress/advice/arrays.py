"""What Python callers pass in: arrays, or a data frame of any library that has ``columns`` and ``to_numpy``."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.advice.design import LARGEST
from linreg_compress.errors import InvalidInputError


def checked_arrays(
    features: Any, targets: Any, names: Sequence[str] | None, target_name: str
) -> tuple[FloatArray, FloatArray, list[str], str]:
    """Return features of shape (n, d), targets of shape (n,), the names of the columns and of the target.

    Raises
    ------
    InvalidInputError
        With the column and the row (from 0) of what is not a number, not finite or above 1e50.
    """
    if hasattr(features, "columns") and hasattr(features, "to_numpy"):
        labels = list(features.columns)
        if isinstance(targets, str):
            if targets not in labels:
                raise InvalidInputError(
                    "targets", "must be a column of the data frame", repr(targets), f"There are {labels}."
                )
            target_name = targets
            place = labels.index(targets)
            raw = features.to_numpy()
            targets, raw = raw[:, place], np.delete(raw, place, axis=1)
            labels.pop(place)
        else:
            raw = features.to_numpy()
        names = names or [str(label) for label in labels]
    else:
        raw = valid.plain_array("features", features)
    if hasattr(targets, "to_numpy"):
        target_name = str(getattr(targets, "name", None) or target_name)
        targets = targets.to_numpy()
    if isinstance(targets, str):
        raise InvalidInputError("targets", "can be a name only for a data frame", repr(targets))
    column = valid.plain_array("targets", targets)
    if raw.ndim != 2 or not raw.size:
        raise InvalidInputError("features", "must have shape (rows, columns), neither of them 0", f"shape {raw.shape}")
    if column.shape != raw.shape[:1]:
        raise InvalidInputError("targets", f"must hold one number a row, {raw.shape[0]} in all", f"shape {column.shape}")
    labels = [f"column {place}" for place in range(raw.shape[1])] if names is None else [str(name) for name in names]
    if len(labels) != raw.shape[1]:
        raise InvalidInputError("names", f"must be one a column, {raw.shape[1]} in all", len(labels))
    x, y = _numbers("features", raw, labels), _numbers("targets", column[:, None], [target_name])[:, 0]
    return x, y, labels, target_name


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
        array = raw.astype(np.float64, copy=False)
    except (OverflowError, TypeError, ValueError):
        for row, column in np.ndindex(raw.shape):
            if not _is_double(raw[row, column]):
                where, value = f"row {row} of {names[column]!r}", raw[row, column]
                raise InvalidInputError(parameter, f"must be numbers, in {where} too", repr(value)) from None
        raise InvalidInputError(parameter, "must be made of real numbers", f"type {raw.dtype}") from None
    if not (max(float(array.max()), -float(array.min())) <= LARGEST):
        row, column = np.argwhere(~(np.abs(array) <= LARGEST))[0]
        raise InvalidInputError(
            parameter,
            f"must be finite and at most {LARGEST:g} in size, in row {row} of {names[column]!r} too",
            float(array[row, column]),
            "Drop the row, fill it in, or change the unit.",
        )
    return np.ascontiguousarray(array)  # so that the order in memory cannot change a rounding
