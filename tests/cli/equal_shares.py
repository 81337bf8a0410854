"""A quantizer that the package does not have: cells of equal probability, each with its median for a level."""

import numpy as np

from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.sources import Source


def equal_shares(source: Source, levels: int) -> CellQuantizer:
    """Cut the law of one weight into `levels` cells of equal probability."""
    shares = np.arange(1, 2 * levels) / (2 * levels)
    return CellQuantizer(source.ppf(shares[::2]), source.ppf(shares[1::2]), f"equal-shares-{levels}")
