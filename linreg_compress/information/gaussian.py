"""Entropy and mutual information of Gaussian vectors, in nats."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError


def differential_entropy(covariance: ArrayLike) -> float:
    """Differential entropy of N(m, C): ``(1/2) ln det(2 pi e C)``.

    Parameters
    ----------
    covariance : array_like, shape (d, d) or (d,)
        C; a vector stands for a diagonal.

    Returns
    -------
    float
        Nats.

    Raises
    ------
    InvalidInputError
        If C is not symmetric positive definite.

    Examples
    --------
    >>> round(differential_entropy([1.0]), 6)
    1.418939
    """
    given = np.atleast_1d(valid.numbers("covariance", covariance))
    size = len(given)
    matrix = valid.covariance("covariance", given, size)
    return float((size * np.log(2 * np.pi * math.e) + np.linalg.slogdet(matrix)[1]) / 2)


def additive_channel_information(signal_variance: ArrayLike, noise_variance: ArrayLike) -> FloatArray:
    """Mutual information between a Gaussian and itself plus independent Gaussian noise, ``(1/2) ln(1 + S/N)``.

    Examples
    --------
    >>> round(float(additive_channel_information(3.0, 1.0)), 6)
    0.693147
    """
    signal = valid.nonnegative("signal_variance", signal_variance)
    noise = valid.positive("noise_variance", noise_variance)
    valid.together(signal_variance=signal, noise_variance=noise)
    with np.errstate(over="ignore", divide="ignore"):
        ratio = signal / noise
        return np.where(np.isinf(ratio), np.log(signal) - np.log(noise), np.log1p(ratio))[()] / 2


def mutual_information(covariance: ArrayLike, first: Sequence[int]) -> float:
    """Mutual information between two blocks of a Gaussian vector.

    ``I(A; B) = (1/2) ln(det C_AA det C_BB / det C)``. Cover and Thomas, 2nd ed., section 8.5.

    Parameters
    ----------
    covariance : array_like, shape (d, d)
        C of the joint vector.
    first : sequence of int
        Indices of block A; block B is all the others.

    Returns
    -------
    float
        Nats.

    Raises
    ------
    InvalidInputError
        If C is not symmetric positive definite, or one of the blocks is empty.

    Examples
    --------
    >>> round(mutual_information([[1.0, 0.6], [0.6, 1.0]], [0]), 6)
    0.223144
    """
    given = valid.numbers("covariance", covariance)
    size = len(given) if given.ndim else 1
    if size < 2:
        raise InvalidInputError("covariance", "must be a matrix of at least two variables", f"shape {np.shape(covariance)}")
    joint = valid.covariance("covariance", given, size)
    rest = [index for index in range(size) if index not in set(first)]
    if not rest or len(set(first)) + len(rest) != size:
        raise InvalidInputError("first", f"must name some, not all, of the indices 0 to {size - 1}", list(first))
    block = np.array(sorted(set(first)), dtype=int)
    other = np.array(rest, dtype=int)
    if not block.size:
        raise InvalidInputError("first", "must name at least one index", list(first))
    # by canonical correlations: determinants would lose a small information to cancellation
    factors = [np.linalg.cholesky(joint[np.ix_(index, index)]) for index in (block, other)]
    half = np.linalg.solve(factors[0], joint[np.ix_(block, other)])
    correlations = np.linalg.svd(np.linalg.solve(factors[1], half.T), compute_uv=False)
    return max(0.0, float(-np.log1p(-(np.minimum(correlations, 1.0) ** 2)).sum() / 2))
