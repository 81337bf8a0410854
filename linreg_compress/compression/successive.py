"""Successive quantization: one weight at a time, its error pushed onto the weights that are still free.

Setting: least-squares weights W with ``G = X^T X = R^T R``, R upper triangular and the weight rounded first in the last
column. After each rounding the weights that remain move to where they minimize ``|X (What - W)|^2``, n times the increase
of the empirical risk. Statement: weight i is rounded from ``t_i = W_i + sum_{j > i} (R_ij / R_ii)(W_j - What_j)``, and

    |X (What - W)|^2 = sum_i R_ii^2 (What_i - t_i)^2 <= (step^2 / 4) sum_i R_ii^2      (unlimited lattice).

It is rounding to nearest, and the optimum, when G is diagonal. Source: Babai 1986 (nearest plane). The same method is GPTQ
(Frantar, Ashkboos, Hoefler and Alistarh, arXiv 2210.17323), there written with the Cholesky factor of the inverse of G, and
LDLQ (Chee, Cai, Kuleshov and De Sa, arXiv 2307.13304); arXiv 2507.18553 and 2508.01077 show that they agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import require
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Coded
from linreg_compress.compression.gram_decompositions import gram_cholesky, gram_eigenvalues
from linreg_compress.errors import DesignError, InvalidInputError
from linreg_compress.records import readable

ORDERS = ("natural", "activation")
SINGULAR = ("refuse", "pseudo-inverse")
WORST_CONDITION = 1e12  # of G: beyond it fewer than four digits of the points rounded from can be trusted


@runtime_checkable
class ScalarQuantizer(Protocol):
    """What a grid must do: quantize one weight at a time, with the same cells for all."""

    def compress(
        self, weights: FloatArray, *, rng: np.random.Generator | None = None, gram: FloatArray | None = None
    ) -> FloatArray:
        """Quantize weights of any shape."""
        ...

    def code(self, weights: FloatArray) -> Coded:
        """Quantize one vector and return codebook and indices."""
        ...


@readable
@dataclass(frozen=True, eq=False)
class SuccessiveQuantizer:
    """Quantize weight after weight on a scalar grid, feeding every error forward through the Cholesky factor of G.

    Raises
    ------
    InvalidInputError
        If an option is unknown, or the grid has a centre for each weight.

    Examples
    --------
    Rounded by itself 0.4 becomes 0; here it makes up for what rounding the first weight lost.

    >>> from linreg_compress.compression.scalar.uniform import UniformQuantizer
    >>> coded = SuccessiveQuantizer(UniformQuantizer(1.0)).code(np.array([0.4, 0.4]), np.array([[1.0, 0.9], [0.9, 1.0]]))
    >>> coded.weights.tolist()
    [0.0, 1.0]
    """

    grid: ScalarQuantizer
    """A lattice (`UniformQuantizer` with one common centre) or finitely many levels (`CellQuantizer`). An error at the end
    of a limited range is fed forward like any other.
    """
    order: str = "natural"
    """In which order weights are rounded: as they stand ("natural"), or from the largest diagonal entry of G down, ties as
    they stand ("activation"), for each design by itself.
    """
    singular: str = "refuse"
    """What to do when G is singular or its condition number is above 1e12: "refuse" or "pseudo-inverse". With the latter
    the free weights take, after each rounding and for any G, the step of least norm among those that minimize the
    objective, with eigenvalues below 1e-12 of the largest counted as 0. It costs O(d^4) a vector instead of O(d^3). Users
    of GPTQ add a multiple of I to G; nothing is ever added to it here.
    """
    name: str = ""
    """``gptq`` by default, in the order of activations ``gptq-activation``."""
    needs_gram: bool = True

    def __post_init__(self) -> None:
        require("grid", self.grid, ScalarQuantizer)
        valid.choice("order", self.order, ORDERS)
        valid.choice("singular", self.singular, SINGULAR)
        centers = np.size(getattr(self.grid, "center", 0.0))
        if centers != 1:
            raise InvalidInputError("grid", "must have one centre for all weights", f"{centers} of them")
        object.__setattr__(self, "name", self.name or "gptq" + f"-{self.order}" * (self.order != ORDERS[0]))

    def compress(
        self, weights: FloatArray, *, rng: np.random.Generator | None = None, gram: FloatArray | None = None
    ) -> FloatArray:
        """Quantize weights of shape (..., d) with Gram matrices of shape (..., d, d), batches broadcast.

        Raises
        ------
        InvalidInputError
            If the Gram matrix is missing, not symmetric or of another size, or a number is not finite.
        DesignError
            If G is singular or ill-conditioned (its condition number is named) and `singular` is "refuse".
        """
        return self._run(weights, gram, rng)[1]

    def code(self, weights: FloatArray, gram: FloatArray) -> Coded:
        """Quantize one vector, shape (d,), and return the grid's codebook and indices.

        The indices alone are sent: to read them needs the grid, not G.
        """
        if np.ndim(weights) != 1 or np.ndim(gram) != 2:
            shapes = f"{np.shape(weights)} and {np.shape(gram)}"
            raise InvalidInputError("weights", "and gram must have shapes (d,) and (d, d)", shapes)
        targets, _ = self._run(weights, gram, None)
        return replace(self.grid.code(targets), original=valid.numbers("weights", weights))

    def _run(
        self, weights: FloatArray, gram: FloatArray | None, rng: np.random.Generator | None
    ) -> tuple[FloatArray, FloatArray]:
        """Return the points that were rounded from, and what they were rounded to."""
        weights, gram = _checked(weights, gram)
        if self.singular == "refuse":
            _refuse_singular(gram)
        places = self._places(gram)
        gram = np.take_along_axis(np.take_along_axis(gram, places[..., None, :], -1), places[..., :, None], -2)
        batch = np.broadcast_shapes(weights.shape[:-1], gram.shape[:-2])
        places = np.broadcast_to(places, (*batch, places.shape[-1]))
        free = np.take_along_axis(np.broadcast_to(weights, places.shape), places, -1)
        targets, quantized = free.copy(), np.empty(free.shape)
        feedback = _unit_factor(gram) if self.singular == "refuse" else None
        for place in reversed(range(free.shape[-1])):
            quantized[..., place] = self.grid.compress(targets[..., place, None], rng=rng)[..., 0]
            if feedback is None:  # all the free weights move now
                push = np.linalg.pinv(gram[..., :place, :place], rtol=1 / WORST_CONDITION, hermitian=True)
                slope = (push @ gram[..., :place, place, None])[..., 0]
                targets[..., :place] -= slope * (quantized[..., place] - targets[..., place])[..., None]
            elif place:  # only the next one, from the errors of all that are rounded
                errors = free[..., place:] - quantized[..., place:]
                targets[..., place - 1] += np.einsum("...j,...j->...", feedback[..., place - 1, place:], errors)
        back = np.argsort(places, axis=-1)
        return np.take_along_axis(targets, back, -1), np.take_along_axis(quantized, back, -1)

    def _places(self, gram: FloatArray) -> FloatArray:
        """Which weight stands at each place; the last place is rounded first."""
        diagonal = np.diagonal(gram, axis1=-2, axis2=-1)
        if self.order == "natural":
            return np.broadcast_to(np.arange(diagonal.shape[-1])[::-1], diagonal.shape)
        return np.argsort(-diagonal, axis=-1, kind="stable")[..., ::-1]


def _checked(weights: FloatArray, gram: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    weights = valid.numbers("weights", weights)
    if gram is None:
        raise InvalidInputError("gram", "is needed to feed errors forward", None, "Pass X^T X.")
    gram = valid.numbers("gram", gram)
    size = weights.shape[-1] if weights.ndim else 0
    if not size or gram.shape[-2:] != (size, size):
        raise InvalidInputError("gram", "must have shape (..., d, d)", f"{gram.shape} for weights of {weights.shape}")
    if not np.allclose(gram, gram.swapaxes(-1, -2), rtol=0, atol=1e-10 * float(np.abs(gram).max(initial=0.0))):
        raise InvalidInputError("gram", "must be symmetric", "another matrix")
    return weights, gram


def _refuse_singular(gram: FloatArray) -> None:
    eigenvalues = gram_eigenvalues(gram)
    smallest, largest = eigenvalues[..., 0], eigenvalues[..., -1]
    if not (smallest * WORST_CONDITION > largest).all():
        worst = float(np.max(np.where(smallest > 0, largest / np.where(smallest > 0, smallest, 1.0), np.inf)))
        raise DesignError(
            f"feeding errors forward needs a regular design; the Gram matrix has condition number {worst:.2g}, above "
            f'{WORST_CONDITION:.0g}. Drop redundant features, or ask for the pseudo-inverse with singular="pseudo-inverse".'
        )


def _unit_factor(gram: FloatArray) -> FloatArray:
    """R with every row divided by its diagonal entry."""
    lower = gram_cholesky(gram)
    return (lower / np.diagonal(lower, axis1=-2, axis2=-1)[..., None, :]).swapaxes(-1, -2)
