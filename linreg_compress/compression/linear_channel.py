"""The linear channel: keep a share of each weight and add noise that is independent of everything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import checked_weights
from linreg_compress.records import readable


@readable
@dataclass(frozen=True, eq=False)
class LinearChannel:
    """``What = c + a (W - c) + N(0, s^2 I)``: noise alone (a = 1), shrinking alone (s^2 = 0), or both.

    Examples
    --------
    >>> shrinking = LinearChannel(kept=0.5)
    >>> shrinking.compress(np.array([0.4, -1.0]), rng=np.random.default_rng(0)).tolist()
    [0.2, -0.5]
    """

    kept: float = 1.0
    """a, any real number; 1 keeps the weights as they are, 0 drops them."""
    added_noise: float = 0.0
    """s^2, the variance of the noise in one weight."""
    center: ArrayLike = 0.0
    """c, one number for all weights, or one for each, shape (d,)."""
    name: str = "linear"
    needs_gram: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "kept", valid.number("kept", self.kept))
        object.__setattr__(self, "added_noise", valid.nonnegative_number("added_noise", self.added_noise))
        object.__setattr__(self, "center", valid.center("center", self.center))

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Send `weights`, shape (..., d), through the channel."""
        del gram
        center = np.asarray(self.center)
        weights = checked_weights(weights, center.size if center.ndim else None)
        noise = rng.standard_normal(weights.shape)
        return center + self.kept * (weights - center) + np.sqrt(self.added_noise) * noise
