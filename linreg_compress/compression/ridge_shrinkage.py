"""Ridge regression as a map of W: no compressor, but the yardstick in the same simulations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import checked_gram, checked_weights
from linreg_compress.compression.gaussian_channel import mean_signal_variance
from linreg_compress.errors import InvalidInputError
from linreg_compress.model import LinearModel
from linreg_compress.records import readable


@readable
@dataclass(frozen=True)
class RidgeShrinkage:
    """Ridge regression, ``(G + lambda I)^{-1} G W``.

    Examples
    --------
    >>> ridge = RidgeShrinkage(penalty=1.0)
    >>> ridge.compress(np.ones(1), rng=np.random.default_rng(), gram=np.array([[3.0]])).tolist()
    [0.75]
    """

    penalty: float
    """lambda, in the units of G; positive."""
    name: str = "ridge"
    needs_gram: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "penalty", valid.positive_number("penalty", self.penalty))

    @classmethod
    @takes(model=LinearModel)
    def for_model(cls, model: LinearModel, penalty: float | None = None) -> Self:
        """Build ridge regression for `model`; by default with the best penalty, ``sigma^2 / tau^2``.

        Fixed true weights count by ``tau^2 = |w*|^2 / d``.

        Raises
        ------
        InvalidInputError
            If the true weights are all zero and no penalty is given: none is the best, the larger the better.
        """
        if penalty is not None:
            return cls(penalty)
        signal = mean_signal_variance(model, np.zeros(model.features))
        if signal == 0:
            raise InvalidInputError("signal_variance", "must be positive for a best penalty", signal, "Give a penalty.")
        return cls(model.noise_variance / signal)

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Return the ridge weights; nothing here is random, and no rate is saved."""
        del rng
        if gram is None:
            raise InvalidInputError("gram", "is needed by ridge regression", None, "Pass X^T X.")
        gram = checked_gram(gram)
        weights = checked_weights(weights, gram.shape[-1])
        shifted = gram + self.penalty * np.eye(gram.shape[-1])
        return np.linalg.solve(shifted, gram @ weights[..., None])[..., 0]
