"""Pruning: keep k of the d weights and set the others to 0.

Setting: the receiver is told which weights are kept, one of C(d, k) sets, and their values without loss. Real numbers
cost infinitely many bits, so the rate is inf unless nothing is kept; the finite part of the code is ``log2 C(d, k)`` bits
for the set, and a practical code adds the word length of k floating-point numbers to it.

Statement (optimal brain surgeon, Hassibi and Stork 1993): removing weight j from the minimizer of ``(1/2) e^T G e`` and
moving the others to the new minimum costs ``w_j^2 / (2 [G^{-1}]_jj)`` and moves them by ``-w_j / [G^{-1}]_jj`` times
column j of ``G^{-1}``. The objective of least squares is quadratic, so this is exact, and the weights after any number of
removals are the least-squares refit on the features that are kept. Which set is kept is a greedy choice, not always the
best of its size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compression.gram_decompositions import gram_eigen
from linreg_compress.errors import DesignError, InvalidInputError
from linreg_compress.records import readable

WORST_CONDITION = 1e12  # of G: beyond it fewer than four digits of its inverse can be trusted


@readable
@dataclass(frozen=True, eq=False)
class Pruned:
    """Weights after pruning.

    Examples
    --------
    >>> pruned = MagnitudePruning(1).prune(np.array([0.1, -2.0, 0.3, 0.0]))
    >>> pruned.weights.tolist(), pruned.index_bits, pruned.rate_nats
    ([0.0, -2.0, 0.0, 0.0], 2.0, inf)
    """

    weights: FloatArray
    """What, shape (..., d)."""
    rate_nats: float
    """inf unless nothing is kept: real numbers."""
    kept: FloatArray
    """Which weights are kept, shape (..., d)."""
    index_bits: float
    """``log2 C(d, k)``, bits for the whole vector that say which weights are kept."""


@readable
@dataclass(frozen=True, eq=False)
class MagnitudePruning:
    """Keep the weights of largest absolute value as they are (ties: the first ones). Source: Han et al. 2015."""

    size: int
    """k, the number of weights kept; 0 to d."""
    name: str = "magnitude-pruning"
    needs_gram: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", valid.count("size", self.size, minimum=0))

    def compress(
        self, weights: FloatArray, *, rng: np.random.Generator | None = None, gram: FloatArray | None = None
    ) -> FloatArray:
        """Return the weights that `prune` finds; nothing here is random, and the Gram matrix is not looked at."""
        del rng
        return self.prune(weights, gram).weights

    def prune(self, weights: FloatArray, gram: FloatArray | None = None) -> Pruned:
        """Prune weights of shape (..., d); the Gram matrix is not looked at.

        Raises
        ------
        InvalidInputError
            If more weights are to be kept than there are, or a number is not finite.
        """
        del gram
        weights = _checked_weights(weights, self.size)
        order = np.argsort(-np.abs(weights), axis=-1, kind="stable")
        kept = np.zeros(weights.shape, dtype=bool)
        np.put_along_axis(kept, order[..., : self.size], True, axis=-1)
        return _pruned(weights, kept, self.size)


@readable
@dataclass(frozen=True, eq=False)
class OptimalBrainSurgeon:
    """Remove the weight whose removal raises the empirical risk least, refit the others, and again, until k are left.

    Examples
    --------
    The second weight is the smaller one, but its feature can stand in for the first:

    >>> gram = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]])
    >>> OptimalBrainSurgeon(2).compress(np.array([0.5, 0.4, 0.3]), gram=gram).round(12).tolist()
    [0.86, 0.0, 0.3]
    """

    size: int
    """k, the number of weights kept; 0 to d."""
    name: str = "optimal-brain-surgeon"
    needs_gram: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", valid.count("size", self.size, minimum=0))

    def compress(
        self, weights: FloatArray, *, rng: np.random.Generator | None = None, gram: FloatArray | None = None
    ) -> FloatArray:
        """Return the weights that `prune` finds; nothing here is random."""
        del rng
        return self.prune(weights, gram).weights

    def prune(self, weights: FloatArray, gram: FloatArray | None = None) -> Pruned:
        """Prune weights of shape (..., d) with Gram matrices of shape (..., d, d), batches broadcast.

        Raises
        ------
        InvalidInputError
            If the Gram matrix is missing, not symmetric or of another size, more weights are to be kept than there are,
            or a number is not finite.
        DesignError
            If a Gram matrix is singular or its condition number is above 1e12.
        """
        weights = _checked_weights(weights, self.size)
        features = weights.shape[-1]
        inverse = _inverse(gram, features)
        batch = np.broadcast_shapes(weights.shape[:-1], inverse.shape[:-2])
        current = np.broadcast_to(weights, (*batch, features)).reshape(-1, features).copy()
        inverse = np.broadcast_to(inverse, (*batch, features, features)).reshape(-1, features, features).copy()
        kept = np.ones(current.shape, dtype=bool)
        rows = np.arange(len(current))
        for _ in range(features - self.size):
            variances = np.where(kept, np.diagonal(inverse, axis1=-2, axis2=-1), 1.0)
            chosen = np.argmin(np.where(kept, current**2 / variances, np.inf), axis=-1)
            column = inverse[rows, :, chosen] / variances[rows, chosen, None]
            current -= column * current[rows, chosen, None]
            inverse -= column[:, :, None] * inverse[rows, chosen][:, None, :]
            kept[rows, chosen] = False
        shape = (*batch, features)
        return _pruned(current.reshape(shape), kept.reshape(shape), self.size)


def _pruned(weights: FloatArray, kept: FloatArray, size: int) -> Pruned:
    index_bits = math.log2(math.comb(weights.shape[-1], size))
    return Pruned(np.where(kept, weights, 0.0), math.inf if size else 0.0, kept, index_bits)


def _checked_weights(weights: FloatArray, size: int) -> FloatArray:
    weights = valid.numbers("weights", weights)
    features = weights.shape[-1] if weights.ndim else 0
    if not features:
        raise InvalidInputError("weights", "must hold at least one weight", f"shape {weights.shape}")
    if size > features:
        raise InvalidInputError("size", f"must be at most the number of weights {features}", size)
    return weights


def _inverse(gram: FloatArray | None, features: int) -> FloatArray:
    if gram is None:
        raise InvalidInputError("gram", "is needed by optimal brain surgeon", None, "Pass X^T X.")
    gram = valid.numbers("gram", gram)
    if gram.shape[-2:] != (features, features):
        raise InvalidInputError("gram", "must have shape (..., d, d)", f"{gram.shape} for {features} weights")
    if not np.allclose(gram, gram.swapaxes(-1, -2), rtol=0, atol=1e-10 * float(np.abs(gram).max(initial=0.0))):
        raise InvalidInputError("gram", "must be symmetric", "another matrix")
    eigenvalues, basis = gram_eigen(gram)
    smallest, largest = eigenvalues[..., 0], eigenvalues[..., -1]
    if not (smallest * WORST_CONDITION > largest).all():
        worst = float(np.max(np.where(smallest > 0, largest / np.where(smallest > 0, smallest, 1.0), np.inf)))
        raise DesignError(
            f"optimal brain surgeon needs a regular design; the Gram matrix has condition number {worst:.2g}, above "
            f"{WORST_CONDITION:.0g}. Drop redundant features."
        )
    inverse: FloatArray = (basis / eigenvalues[..., None, :]) @ basis.swapaxes(-1, -2)
    return inverse
