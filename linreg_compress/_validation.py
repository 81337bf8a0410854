"""The only place that checks what users pass in: shapes, ranges, positive definiteness.

Public functions call these and then trust their arguments; private kernels assume.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.names import did_you_mean

FloatArray = NDArray[Any]  # doubles; NumPy's own annotations lose the width in linear algebra

MOST = 2**53  # up to here doubles tell one whole number from the next
MOST_LEVELS = 2**20  # of a codebook that is written out
MOST_WORKERS = 256  # threads or processes: more only stand in each other's way
MOST_TRIALS = 10**10  # a cell: hours even where a trial is cheapest
_DEEPEST = 32  # axes that NumPy has at least
_SYMMETRY_TOLERANCE = 1e-10  # relative to the largest entry: what a product such as A @ A.T may lose to rounding


def counted(number: float | str, noun: str, several: str = "") -> str:
    """Return a number, or the text of one, with what it counts.

    Examples
    --------
    >>> counted(0, "row"), counted(1, "row"), counted("1.5", "bit"), counted(1, "cell has", "cells have")
    ('0 rows', '1 row', '1.5 bits', '1 cell has')
    """
    return f"{number} {noun if str(number) == '1' else several or f'{noun}s'}"


def shown(value: Any) -> str:
    """Return a short text of `value`: one offender, not a million numbers."""
    try:
        text = repr(value.item() if isinstance(value, np.generic) else value)
    except Exception:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def plain_array(parameter: str, value: Any) -> NDArray[Any]:
    """Return `value` as an array of no subclass, of any type; what is masked is refused, not read as if it were there."""
    _refuse_masked(parameter, value, ())
    try:
        return np.asarray(value)
    except Exception:
        rule = "must be an array, not rows of different lengths"
        raise InvalidInputError(parameter, rule, shown(value)) from None


def _refuse_masked(parameter: str, value: Any, above: tuple[int, ...]) -> None:
    if isinstance(value, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(value)
        if mask.any():
            place = (*above, *map(int, np.argwhere(mask.astype(np.bool_))[0])) if not mask.dtype.names else above
            where = ", ".join(f"{word} {index}" for word, index in zip(("row", "column"), place, strict=False))
            where = where if len(place) <= 2 else f"entry {place}"
            raise InvalidInputError(
                parameter, "must have nothing masked", f"{where} masked" if place else "masked", "Fill it in or drop it."
            )
    elif isinstance(value, list | tuple) and len(above) < _DEEPEST:
        for index, item in enumerate(value):
            if isinstance(item, np.ma.MaskedArray | list | tuple):
                _refuse_masked(parameter, item, (*above, index))


def doubles(parameter: str, value: ArrayLike) -> FloatArray:
    """Return `value` as an array of doubles of any shape; NaN and infinities pass."""
    if type(value) is np.ndarray and value.dtype == np.float64:
        return value
    return _converted(parameter, value, plain_array(parameter, value))


def numbers(parameter: str, value: ArrayLike) -> FloatArray:
    """Return `value` as an array of finite doubles of any shape."""
    array = doubles(parameter, value)
    if not np.isfinite(array).all():
        offender = array[~np.isfinite(array)].flat[0]
        raise InvalidInputError(parameter, "must be finite", shown(offender), "Remove or replace NaN and infinities.")
    return array


def _converted(parameter: str, value: Any, raw: NDArray[Any]) -> FloatArray:
    """Convert to doubles: NumPy's integers and floats, and Python's integers and fractions of any size."""
    exact = raw.dtype.kind == "O" and all(isinstance(one, Real | Decimal) and not isinstance(one, bool) for one in raw.flat)
    if not exact and raw.dtype.kind not in "iuf":
        raise InvalidInputError(parameter, "must be made of real numbers", shown(value))
    try:
        with np.errstate(over="ignore"):  # a longer float that no double holds becomes inf
            return raw.astype(np.float64)
    except (OverflowError, TypeError, ValueError):
        raise InvalidInputError(parameter, "must fit into a double, below 1.8e308", shown(value)) from None


def _within(parameter: str, array: FloatArray, legal: NDArray[np.bool_], rule: str, hint: str) -> FloatArray:
    if not legal.all():
        raise InvalidInputError(parameter, rule, shown(array[~legal].flat[0]), hint)
    return array


def positive(parameter: str, value: ArrayLike, hint: str = "") -> FloatArray:
    """Return `value` as an array of positive finite doubles."""
    array = numbers(parameter, value)
    return _within(parameter, array, array > 0, "must be positive", hint)


def nonnegative(parameter: str, value: ArrayLike, hint: str = "") -> FloatArray:
    """Return `value` as an array of finite doubles, none below zero."""
    array = numbers(parameter, value)
    return _within(parameter, array, array >= 0, "must be zero or positive", hint)


def probabilities(parameter: str, value: ArrayLike) -> FloatArray:
    """Return `value` as an array of numbers in [0, 1]."""
    array = numbers(parameter, value)
    return _within(parameter, array, (array >= 0) & (array <= 1), "must lie between 0 and 1", "")


def counts(parameter: str, value: ArrayLike, minimum: int = 1) -> FloatArray:
    """Return `value` as an array of whole numbers from `minimum` to 2^53, held as doubles."""
    array = numbers(parameter, value)
    legal = (array == np.floor(array)) & (array >= minimum)
    if not legal.all():
        offender = float(array[~legal].flat[0])
        shown = str(int(offender)) if offender.is_integer() else repr(offender)
        raise InvalidInputError(parameter, f"must be a whole number of at least {minimum}", shown)
    return _within(parameter, array, array <= MOST, f"must be a whole number of at most {MOST}", "")


def count(parameter: str, value: Any, minimum: int = 1, maximum: int = MOST, hint: str = "") -> int:
    """Return `value` as one int from `minimum` to `maximum`."""
    whole = _integer(value)
    if whole is None:
        array = counts(parameter, value, minimum)
        if array.ndim:
            raise InvalidInputError(parameter, "must be one whole number", shown(value))
        whole = int(array)
    if whole < minimum:
        raise InvalidInputError(parameter, f"must be a whole number of at least {minimum}", shown(whole))
    if whole > maximum:
        raise InvalidInputError(parameter, f"must be a whole number of at most {maximum}", shown(whole), hint)
    return whole


def seed(parameter: str, value: Any) -> int:
    """Return `value` as the entropy of random streams: a whole number of any size, to its last digit."""
    whole = _integer(value)
    if whole is None:
        return count(parameter, value, minimum=0)
    if whole < 0:
        raise InvalidInputError(parameter, "must be a whole number of at least 0", shown(whole))
    return whole


def _integer(value: Any) -> int | None:
    """Return an integer exactly; None for anything else, which may still be a whole number."""
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "iu":
        value = value.item()
    return int(value) if isinstance(value, int | np.integer) and not isinstance(value, bool) else None


def positive_number(parameter: str, value: Any, hint: str = "") -> float:
    """Return `value` as one positive float."""
    return _scalar(parameter, positive(parameter, value, hint))


def share(parameter: str, value: Any) -> float:
    """Return `value` as one share of a whole, above 0 and at most 1."""
    found = positive_number(parameter, value)
    if found > 1:
        raise InvalidInputError(parameter, "must be a share of at most 1", shown(found), "Write 5 % as 0.05.")
    return found


def nonnegative_number(parameter: str, value: Any, hint: str = "") -> float:
    """Return `value` as one float, zero or positive."""
    return _scalar(parameter, nonnegative(parameter, value, hint))


def number(parameter: str, value: Any) -> float:
    """Return `value` as a finite number."""
    return _scalar(parameter, numbers(parameter, value))


def _scalar(parameter: str, array: FloatArray) -> float:
    if array.ndim:
        raise InvalidInputError(parameter, "must be one number", f"an array of shape {array.shape}")
    return float(array)


def together(**arrays: FloatArray | float) -> None:
    """Refuse arguments, by their names, whose shapes do not broadcast."""
    shapes = {name: np.shape(array) for name, array in arrays.items()}
    if len({*shapes.values(), ()}) <= 2:  # numbers, and arrays of one shape
        return
    for (first, one), (second, other) in combinations(shapes.items(), 2):
        try:
            np.broadcast_shapes(one, other)
        except ValueError:
            rule = f"must broadcast with {first} of shape {one}"
            raise InvalidInputError(second, rule, f"shape {other}", "Give one number, or arrays of one shape.") from None


def owned(array: ArrayLike) -> FloatArray:
    """Return a read-only copy: what an object has checked must not change with the array that it was made from."""
    kept = np.array(array)
    kept.flags.writeable = False
    return kept


def vector(parameter: str, value: Any, length: int) -> FloatArray:
    """Return `value` as a read-only vector of `length` doubles."""
    repeated = type(value) is np.ndarray and value.strides == (0,) and value.size  # one number, which takes no memory
    found = numbers(parameter, value[:1] if repeated else value)
    array = np.broadcast_to(owned(found[0]), value.shape) if repeated else owned(found)
    if array.shape != (length,):
        many = f"{array.size} of them" if array.ndim == 1 else f"shape {array.shape}"
        raise InvalidInputError(parameter, f"must hold one number a feature, {length} in all", many)
    return array


def center(parameter: str, value: ArrayLike) -> FloatArray:
    """Return `value` as a read-only centre of a codebook: one number for all weights, or a vector of one for each."""
    array = numbers(parameter, value)
    if array.ndim > 1 or not array.size:
        rule = "must be one number for all weights, or a vector of one for each"
        raise InvalidInputError(parameter, rule, f"shape {array.shape}")
    return owned(array)


def covariance(parameter: str, value: ArrayLike, size: int) -> FloatArray:
    """Return `value` as a read-only symmetric positive definite matrix; a vector stands for a diagonal."""
    array = np.array(numbers(parameter, value))
    if not array.size:
        raise InvalidInputError(parameter, "must not be empty", f"shape {array.shape}")
    if array.ndim == 1:
        array = np.diag(vector(parameter, array, size))
    if array.shape != (size, size):
        raise InvalidInputError(parameter, f"must have shape ({size}, {size}) or ({size},)", f"shape {array.shape}")
    asymmetry = float(np.abs(array - array.T).max())
    if asymmetry > _SYMMETRY_TOLERANCE * float(np.abs(array).max()):
        raise InvalidInputError(
            parameter, "must be symmetric", f"a largest difference from its transpose of {asymmetry:.3g}"
        )
    array = array / 2 + array.T / 2
    rule, hint = "must be positive definite", "Drop redundant features."
    variances = np.diagonal(array)
    if not (variances > 0).all():
        raise InvalidInputError(parameter, rule, f"a diagonal entry of {variances.min():.3g}", hint)
    scale = np.sqrt(variances)  # the scale of a feature says nothing: what counts are the correlations
    smallest, largest = np.linalg.eigvalsh(array / scale[:, None] / scale)[[0, -1]]
    if smallest <= largest * size * np.finfo(float).eps:
        found = f"correlations with a smallest eigenvalue of {smallest:.3g}"
        raise InvalidInputError(parameter, rule, found, hint)
    return owned(array)


def require_finite_weights(what: str, samples: ArrayLike, features: ArrayLike, instead: str = "fewer features") -> None:
    """Refuse sizes for which least-squares weights have no finite variance; `instead` ends "Use more samples, or".

    The population risk of least squares is finite for the same sizes, n >= d + 2.
    """
    n, d = np.broadcast_arrays(samples, features)
    few = n < d + 2
    if few.any():
        raise UnsupportedModelError(
            f"{what} needs weights of finite variance, samples >= features + 2; got {n[few].flat[0]:.0f} samples and "
            f"{d[few].flat[0]:.0f} features. Use more samples, or {instead}."
        )


def choice(parameter: str, value: Any, options: tuple[str, ...]) -> str:
    """Return `value` if it is one of `options`."""
    if not isinstance(value, str) or value not in options:
        hint = did_you_mean(value, options) if isinstance(value, str) else ""
        raise InvalidInputError(parameter, "must be one of " + ", ".join(options), shown(value), hint)
    return value
