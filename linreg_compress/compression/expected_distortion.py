"""What the error of a b-bit quantizer SHOULD be, so that a person can tell a bug from the limit."""

import math
from dataclasses import dataclass

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress.compression import quantizers
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.sources import NormalSource, SymmetricSource, absolute_error, squared_error
from linreg_compress.errors import InvalidInputError
from linreg_compress.information.discrete import entropy

_DESIGNED = tuple(row.name for row in quantizers.QUANTIZERS if row.design is not None and not row.feeds_forward)
QUANTIZERS = (*_DESIGNED, "rate-distortion")
_MOST_LEVELS_BITS = 16


@dataclass(frozen=True)
class ExpectedDistortion:
    """Expected errors of one weight."""

    quantizer: str
    """One of `QUANTIZERS`."""
    bits_per_weight: float
    """The rate asked for: log2 of the number of levels, or the entropy, or the rate of the rate-distortion function."""
    entropy_bits_per_weight: float
    """Entropy of the quantized weight, the bits of an ideal entropy code. The rate itself for "rate-distortion"."""
    mean_squared: float
    """``E (Q(W) - W)^2``, squared units of a weight."""
    mean_absolute: float
    """``E |Q(W) - W|``, units of a weight."""
    relative: float
    """`mean_squared` over the variance."""
    kind: str
    """Either "exact", or "limit", which no quantizer beats and long vectors reach, or "lower bound", which none beats."""


@takes(source=SymmetricSource)
def expected_distortion(source: SymmetricSource, quantizer: str, bits: float) -> ExpectedDistortion:
    """Expected error of a quantizer with `bits` bits a weight.

    Parameters
    ----------
    quantizer : {"uniform", "lloyd-max", "sign", "entropy-constrained", "rate-distortion"}
        "uniform" has the best step for ``2^bits`` levels. "rate-distortion" is the distortion-rate function of a normal
        law, ``variance 4^-bits``, and the Shannon lower bound ``exp(2 h) / (2 pi e) 4^-bits`` of the others; its mean
        absolute error is always the Shannon lower bound for that error, ``exp(h) / (2 e) 2^-bits`` (Shannon 1959).
    bits : float
        0 or more. 1 for "sign"; log2 of a whole number of at most 65536 levels for "uniform" and "lloyd-max".

    Raises
    ------
    InvalidInputError
        If the quantizer is unknown, or `bits` is not one of its rates.

    Examples
    --------
    >>> from linreg_compress.compression.scalar.sources import NormalSource
    >>> for name in ("uniform", "lloyd-max", "entropy-constrained", "rate-distortion"):
    ...     print(f"{name:20} {expected_distortion(NormalSource(), name, 2).relative:.4f}")
    uniform              0.1188
    lloyd-max            0.1175
    entropy-constrained  0.0889
    rate-distortion      0.0625
    """
    name = valid.choice("quantizer", quantizer, QUANTIZERS)
    if not isinstance(source, SymmetricSource):
        raise InvalidInputError("source", "must be a normal, t or Laplace law", type(source).__name__)
    rate = valid.nonnegative_number("bits", bits)
    if name == "rate-distortion":
        return _limit(source, rate)
    found = _design(source, name, rate)
    squared = squared_error(source, found)
    nats = entropy(source.moments(found.thresholds).probability)
    return ExpectedDistortion(
        quantizer=name,
        bits_per_weight=rate,
        entropy_bits_per_weight=nats / float(np.log(2.0)),
        mean_squared=squared,
        mean_absolute=absolute_error(source, found),
        relative=squared / source.variance,
        kind="exact",
    )


def _design(source: SymmetricSource, name: str, rate: float) -> CellQuantizer:
    row = quantizers.find(name)
    if row.designs_by == quantizers.BITS:
        return row.cells(source, rate)
    if row.designs_by != quantizers.LEVELS:
        cells = row.cells(source)
        bits = float(np.log2(cells.levels.size))
        if rate != bits:
            raise InvalidInputError("bits", f"must be {bits:g} for a {name}", rate)
        return cells
    levels = 2.0 ** min(rate, _MOST_LEVELS_BITS + 1)
    size = round(levels)
    if abs(levels - size) > 1e-9 * size or rate > _MOST_LEVELS_BITS:
        rule = f"must be log2 of a whole number of levels, at most {2**_MOST_LEVELS_BITS}, for {name}"
        raise InvalidInputError("bits", rule, rate, 'Any rate is possible for "entropy-constrained".')
    return row.cells(source, size)


def _limit(source: SymmetricSource, rate: float) -> ExpectedDistortion:
    volume = float(np.exp(source.differential_entropy))
    normal = isinstance(source, NormalSource)
    whole = source.variance if normal else volume**2 / (2 * np.pi * math.e)
    squared = whole * 4.0**-rate
    return ExpectedDistortion(
        quantizer="rate-distortion",
        bits_per_weight=rate,
        entropy_bits_per_weight=rate,
        mean_squared=squared,
        mean_absolute=volume / (2 * math.e) * 2.0**-rate,
        relative=squared / source.variance,
        kind="limit" if normal else "lower bound",
    )
