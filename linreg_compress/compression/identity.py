"""No compression: the infinite rate end of every curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray


@dataclass(frozen=True)
class Identity:
    """The channel that returns the weights as they are.

    Examples
    --------
    >>> Identity().compress(np.ones(2), rng=np.random.default_rng()).tolist()
    [1.0, 1.0]
    """

    name: str = "identity"
    needs_gram: bool = False

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Return a copy of `weights`."""
        del rng, gram
        return np.array(valid.numbers("weights", weights))
