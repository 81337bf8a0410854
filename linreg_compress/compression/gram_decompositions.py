"""Decompositions of Gram matrices, remembered: the codes of a simulation ask for the same ones in turn."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import numpy as np

from linreg_compress._validation import FloatArray

T = TypeVar("T")
_KEPT_NUMBERS = 1 << 18  # tuning: two megabytes, a batch of the samplers; larger matrices are not kept


class _Last(threading.local):
    """The last matrices of this thread, and what was found."""

    gram: FloatArray = np.empty(0)
    found: object = None


def _remembered(function: Callable[[FloatArray], T]) -> Callable[[FloatArray], T]:
    last = _Last()

    @wraps(function)
    def remembering(gram: FloatArray) -> T:
        if last.found is not None and np.array_equal(gram, last.gram):  # a tenth of a percent of the time
            found: T = last.found  # type: ignore[assignment]
            return found
        found = function(gram)
        if gram.size <= _KEPT_NUMBERS:
            last.gram, last.found = gram.copy(), found  # a copy, as the caller's may change in place
        return found

    return remembering


@_remembered
def gram_eigen(gram: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues, ascending, and eigenvectors of symmetric matrices of shape (..., d, d); not to be written to.

    Examples
    --------
    >>> values, vectors = gram_eigen(np.diag([3.0, 2.0]))
    >>> values.tolist(), np.abs(vectors).tolist()
    ([2.0, 3.0], [[0.0, 1.0], [1.0, 0.0]])
    """
    values, vectors = np.linalg.eigh(gram)
    return values, vectors


@_remembered
def gram_eigenvalues(gram: FloatArray) -> FloatArray:
    """Eigenvalues alone, ascending, shape (..., d); not to be written to.

    Examples
    --------
    >>> gram_eigenvalues(np.diag([3.0, 2.0])).tolist()
    [2.0, 3.0]
    """
    return np.linalg.eigvalsh(gram)


@_remembered
def gram_cholesky(gram: FloatArray) -> FloatArray:
    """Lower Cholesky factors, shape (..., d, d); not to be written to.

    Examples
    --------
    >>> gram_cholesky(np.diag([9.0, 4.0])).tolist()
    [[3.0, 0.0], [0.0, 2.0]]
    """
    return np.linalg.cholesky(gram)
