"""One bit a weight: its sign, times the best scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.sources import Source, SymmetricSource
from linreg_compress.errors import InvalidInputError


@takes(source=Source)
def sign_quantizer(source: Source) -> CellQuantizer:
    """Sign of the deviation from the mean, with the scale of least squared error for a law.

    ``Q(w) = c + s sign(w - c)`` with ``s = E |W - c|``, c the mean; the error is ``variance - s^2``. For a symmetric law
    this is the Lloyd-Max quantizer with two levels.

    Examples
    --------
    >>> from linreg_compress.compression.scalar.sources import NormalSource
    >>> sign_quantizer(NormalSource()).levels.round(6).tolist()
    [-0.797885, 0.797885]
    """
    if isinstance(source, SymmetricSource) and source != source.standard:
        return source.placed(sign_quantizer(source.standard), "sign")
    found = source.moments(np.array([source.mean]))
    scale = float(found.first[1] - found.first[0])
    return _sign(source.mean, scale)


def sign_of_weights(weights: ArrayLike, importance: ArrayLike | None = None, center: float = 0.0) -> CellQuantizer:
    """Sign of the deviation from `center`, c, with the scale of least squared error for the weights at hand.

    ``s = sum_j h_j |w_j - c| / sum_j h_j`` minimizes ``sum_j h_j (w_j - c - s sign(w_j - c))^2``.

    Parameters
    ----------
    weights : array_like, shape (d,)
    importance : array_like, shape (d,), optional
        h, zero or positive, not all zero; 1 each by default.

    Raises
    ------
    InvalidInputError
        If there are no weights, something is not finite, an importance is negative, all are zero, or their number differs.

    Examples
    --------
    >>> sign_of_weights([3.0, -1.0]).levels.tolist()
    [-2.0, 2.0]
    """
    values = valid.numbers("weights", weights)
    if values.ndim != 1 or not values.size:
        raise InvalidInputError("weights", "must be a vector of at least one weight", f"shape {values.shape}")
    middle = float(valid.numbers("center", center))
    importances = np.ones(values.size) if importance is None else valid.nonnegative("importance", importance)
    if importances.shape != values.shape:
        raise InvalidInputError("importance", f"must hold one number a weight, {values.size}", f"shape {importances.shape}")
    if not importances.any():
        raise InvalidInputError("importance", "must not be zero everywhere", 0.0)
    share = importances / importances.max()
    return _sign(middle, float(share @ np.abs(values - middle) / share.sum()))


def _sign(center: float, scale: float) -> CellQuantizer:
    return CellQuantizer(np.array([center - scale, center + scale]), np.array([center]), "sign")
