"""The yardsticks: what else could be done with the same data. Ridge regression is one, dropping every weight another."""

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.fitting import Fitted


def ridge_weights(fitted: Fitted) -> FloatArray:
    """Ridge weights of every fit, with the penalty of Hoerl, Kennard and Baldwin 1975: ``d s^2 / |W|^2``.

    Examples
    --------
    >>> one = Fitted(
    ...     *map(np.array, (9.0, [2.0, 0.0], [[9.0, 0.0], [0.0, 9.0]], 14.0, [1.0, 1.0], [0.0, 0.0], 0.0, [0.0, 0.0]))
    ... )
    >>> ridge_weights(one).tolist()  # s^2 = 2, penalty 1: 9 / 10 of the weights
    [1.8, 0.0]
    """
    d, weights = fitted.features, fitted.weights
    variance = fitted.residual_sum / (fitted.samples - d)
    square = np.maximum(np.sum(weights**2, axis=-1), np.finfo(float).tiny)
    penalty = np.minimum(d * variance / square, 1e12 * fitted.samples)
    cross = np.einsum("...ij,...j->...i", fitted.gram, weights)
    return np.linalg.solve(fitted.gram + penalty[..., None, None] * np.eye(d), cross[..., None])[..., 0]
