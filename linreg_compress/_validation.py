"""The only place that checks what users pass in: shapes, ranges, positive definiteness.

Public functions call these and then trust their arguments; private kernels assume.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_compress.errors import InvalidInputError

FloatArray = NDArray[Any]  # doubles; NumPy's own annotations lose the width in linear algebra

_SYMMETRY_TOLERANCE = 1e-10  # relative to the largest entry: what a product such as A @ A.T may lose to rounding


def _shown(value: Any) -> str:
    """Return a short text of `value`: one offender, not a million numbers."""
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= 60 else text[:57] + "..."


def numbers(parameter: str, value: ArrayLike) -> FloatArray:
    """Return `value` as an array of finite doubles of any shape."""
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        array = value
    else:
        try:
            raw = np.asarray(value)
        except ValueError:
            raise InvalidInputError(parameter, "must be an array, not rows of different lengths", _shown(value)) from None
        if raw.dtype.kind not in "iuf":
            raise InvalidInputError(parameter, "must be made of real numbers", _shown(value))
        array = raw.astype(np.float64)
    if not np.isfinite(array).all():
        offender = array[~np.isfinite(array)].flat[0]
        raise InvalidInputError(parameter, "must be finite", _shown(offender), "Remove or replace NaN and infinities.")
    return array


def _within(parameter: str, array: FloatArray, legal: NDArray[np.bool_], rule: str, hint: str) -> FloatArray:
    if not legal.all():
        raise InvalidInputError(parameter, rule, _shown(array[~legal].flat[0]), hint)
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
    """Return `value` as an array of whole numbers of at least `minimum`, held as doubles."""
    array = numbers(parameter, value)
    legal = (array == np.floor(array)) & (array >= minimum)
    if not legal.all():
        offender = float(array[~legal].flat[0])
        shown = str(int(offender)) if offender.is_integer() else repr(offender)
        raise InvalidInputError(parameter, f"must be a whole number of at least {minimum}", shown)
    return array


def count(parameter: str, value: Any, minimum: int = 1) -> int:
    """Return `value` as one int of at least `minimum`."""
    array = counts(parameter, value, minimum)
    if array.ndim:
        raise InvalidInputError(parameter, "must be one whole number", _shown(value))
    return int(array)


def positive_number(parameter: str, value: Any, hint: str = "") -> float:
    """Return `value` as one positive float."""
    return _scalar(parameter, positive(parameter, value, hint))


def nonnegative_number(parameter: str, value: Any, hint: str = "") -> float:
    """Return `value` as one float, zero or positive."""
    return _scalar(parameter, nonnegative(parameter, value, hint))


def _scalar(parameter: str, array: FloatArray) -> float:
    if array.ndim:
        raise InvalidInputError(parameter, "must be one number", f"an array of shape {array.shape}")
    return float(array)


def vector(parameter: str, value: ArrayLike, length: int) -> FloatArray:
    """Return `value` as a read-only vector of `length` doubles."""
    array = np.array(numbers(parameter, value))
    if array.shape != (length,):
        found = f"{array.size} of them" if array.ndim == 1 else f"shape {array.shape}"
        raise InvalidInputError(parameter, f"must hold one number a feature, {length} in all", found)
    array.flags.writeable = False
    return array


def covariance(parameter: str, value: ArrayLike, size: int) -> FloatArray:
    """Return `value` as a read-only symmetric positive definite matrix; a vector stands for a diagonal."""
    array = np.array(numbers(parameter, value))
    if array.ndim == 1:
        array = np.diag(vector(parameter, array, size))
    if array.shape != (size, size):
        raise InvalidInputError(parameter, f"must have shape ({size}, {size}) or ({size},)", f"shape {array.shape}")
    asymmetry = float(np.abs(array - array.T).max())
    if asymmetry > _SYMMETRY_TOLERANCE * float(np.abs(array).max()):
        raise InvalidInputError(
            parameter, "must be symmetric", f"a largest difference from its transpose of {asymmetry:.3g}"
        )
    array = (array + array.T) / 2
    smallest, largest = np.linalg.eigvalsh(array)[[0, -1]]
    if smallest <= largest * size * np.finfo(float).eps:
        raise InvalidInputError(
            parameter,
            "must be positive definite",
            f"a smallest eigenvalue of {smallest:.3g}",
            "Drop redundant features.",
        )
    array.flags.writeable = False
    return array


def choice(parameter: str, value: str, options: tuple[str, ...]) -> str:
    """Return `value` if it is one of `options`."""
    if value not in options:
        raise InvalidInputError(parameter, "must be one of " + ", ".join(options), repr(value))
    return value
