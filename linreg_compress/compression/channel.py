"""What every compressor speaks, and the record it returns."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from linreg_compress._validation import FloatArray


@dataclass(frozen=True, eq=False)
class Compressed:
    """Weights after a compression.

    Attributes
    ----------
    weights : ndarray, shape (..., d)
        What.
    rate_nats : float
        Rate of the whole vector; inf where nothing is lost.
    """

    weights: FloatArray
    rate_nats: float


class Channel(Protocol):
    """A map, possibly random, from least-squares weights to compressed weights.

    Attributes
    ----------
    name : str
    needs_gram : bool
        Whether encoder and decoder use ``G = X^T X`` (design-aware) or not (design-blind).
    """

    @property
    def name(self) -> str:
        """Short name for tables."""
        ...

    @property
    def needs_gram(self) -> bool:
        """Whether `compress` needs the Gram matrix."""
        ...

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> Compressed:
        """Compress one weight vector, or a batch along leading axes.

        Parameters
        ----------
        weights : ndarray, shape (..., d)
        rng : numpy.random.Generator
        gram : ndarray, shape (..., d, d), optional
            Required when `needs_gram`.

        Returns
        -------
        Compressed
        """
        ...
