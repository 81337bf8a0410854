"""Real images that need no download: the handwritten digits that scikit-learn brings along."""

from __future__ import annotations

from importlib import import_module

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.errors import LinregCompressError


def load_digits() -> tuple[FloatArray, FloatArray]:
    """Return the 1797 handwritten digits of the UCI repository (Alpaydin and Kaynak 1998), test part.

    Returns
    -------
    inputs : ndarray, shape (1797, 64)
        The images, 8 x 8 pixels in a row, between 0 and 1.
    labels : ndarray of int, shape (1797,)
        The digits, 0 to 9.

    Raises
    ------
    LinregCompressError
        If scikit-learn, which brings them, is not installed; the message says the one command that installs it.

    Examples
    --------
    >>> inputs, labels = load_digits()
    >>> inputs.shape, float(inputs.max()), labels[:5].tolist()
    ((1797, 64), 1.0, [0, 1, 2, 3, 4])
    """
    try:
        datasets = import_module("sklearn.datasets")
    except ImportError:
        raise LinregCompressError("the images of digits need scikit-learn: pip install scikit-learn") from None
    images, labels = datasets.load_digits(return_X_y=True)
    return np.asarray(images, dtype=np.float64) / 16, np.asarray(labels, dtype=np.int64)
