"""The entropy-constrained scalar quantizer: least squared error at a given entropy (Chou, Lookabaugh and Gray 1989).

With multiplier m it minimizes ``E (Q(W) - W)^2 + m H(Q(W))``. Levels are the centroids of their cells, and a threshold t
between cells of levels a < b and probabilities p, q balances ``(t - a)^2 - m ln p = (t - b)^2 - m ln q``: it moves towards
the rarer cell, whose index costs more. At high rate the cells are equal and the error is 0.2546 bit from the
rate-distortion function (Gish and Pierce 1968); at low rate a wide middle cell makes the gap vanish for a normal law.
"""

from dataclasses import dataclass

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.sources import Source, StudentTSource, SymmetricSource
from linreg_compress.errors import InvalidInputError, LinregCompressError, UnsupportedModelError
from linreg_compress.information.discrete import entropy
from linreg_compress.records import readable

_EQUAL_NATS = 2.1  # tuning: rate from which on equal cells are a good start
_TAIL = 1e-12  # tuning: probability beyond the last threshold of equal cells
_NO_CELL = 1e-100  # tuning: an outer cell of smaller probability is merged with its neighbour
_STRETCH = 4096  # tuning: of a heavy tail's cells: where equal ones would be too many they widen
_MOST_CELLS = 20_000
_STRIDE, _STRIDES = 0.3, 150  # tuning: of ln multiplier
_STATIONARY = 1e-12  # tuning: size of a residual that rounding may stop
_SMALLEST_BITS = 1e-4
_FINEST = 0.61  # tuning: a step as short as the stretched cells, where all of them would be too many
_MOST_BITS = 16  # more than any law of 20 000 cells has


@readable
@dataclass(frozen=True, eq=False)
class EntropyConstrainedQuantizer(CellQuantizer):
    """A `CellQuantizer` whose rate is the entropy of its indices on the source that it was designed for."""

    entropy_bits_per_weight: float = 0.0
    """Entropy of the indices on that source."""
    multiplier: float = float("inf")
    """Price of a nat of entropy, squared units of a weight: minus the slope of the error over the entropy."""


@takes(source=Source)
def entropy_constrained(source: Source, bits: float) -> EntropyConstrainedQuantizer:
    """Scalar quantizer of least squared error whose indices have an entropy of `bits` bits a weight.

    Parameters
    ----------
    source : NormalSource, StudentTSource or LaplaceSource
    bits : float
        0 (everything becomes the mean), or at least 1e-4.

    Returns
    -------
    EntropyConstrainedQuantizer
        Both conditions hold to 1e-12; its entropy is `bits` to rounding.

    Raises
    ------
    InvalidInputError
        If `bits` is negative, too small or too large for the law (10 to 14 bits, which need thousands of cells), or the
        source has no density.
    UnsupportedModelError
        If the tails of the law are too heavy for any rate: t laws of less than about 2.5 degrees of freedom.

    Notes
    -----
    The middle level lies at the mean. The solution is followed from equal cells at high rate down to the rate wanted, so it
    has as many cells as matter, up to a heavy tail's last ones, which are wider than they ideally are. The tests compare it
    with the best of all partitions of a grid.

    Examples
    --------
    One bit of entropy spent on more levels is worth more than on two levels (0.3634):

    >>> from linreg_compress.compression.scalar.sources import NormalSource, squared_error
    >>> found = entropy_constrained(NormalSource(), 1.0)
    >>> round(squared_error(NormalSource(), found), 4), round(found.entropy_bits_per_weight, 9)
    (0.3483, 1.0)
    """
    target = valid.nonnegative_number("bits", bits)
    if not isinstance(source, SymmetricSource):
        raise InvalidInputError("source", "must be a normal, t or Laplace law", type(source).__name__)
    if target == 0:
        return EntropyConstrainedQuantizer(np.array([source.mean]), np.array([]), "entropy-constrained")
    if target < _SMALLEST_BITS:
        raise InvalidInputError("bits", f"must be 0 or at least {_SMALLEST_BITS}", target, "Use 0: the mean alone.")
    whole, source = source, source.standard
    solved = _solution(source, target)
    if solved is None:
        raise _refusal(source, target)
    t, multiplier = solved
    both = source.mean + np.concatenate([-t[::-1], t])
    moments = source.moments(both)
    placed = whole.placed(CellQuantizer(source.mean + moments.first / moments.probability, both), "entropy-constrained")
    return EntropyConstrainedQuantizer(
        placed.levels,
        placed.thresholds,
        placed.name,
        entropy_bits_per_weight=entropy(moments.probability) / float(np.log(2.0)),
        multiplier=multiplier * whole.scale**2,
    )


def _solution(source: SymmetricSource, bits: float) -> tuple[FloatArray, float] | None:
    """Thresholds above the mean and the multiplier; None where none are found."""
    nats = bits * float(np.log(2.0))
    with np.errstate(all="ignore"):  # cells beyond a heavy tail's last double show as nan, and no solution is found
        start = _equal_cells(source, max(nats, _EQUAL_NATS))
        return None if start is None else _at_entropy(source, *start, nats)


def _refusal(source: SymmetricSource, bits: float) -> LinregCompressError:
    """Say up to which rate the law has a quantizer, in half bits below the rate that has none."""
    law = f"a t law of {source.degrees:g} degrees of freedom" if isinstance(source, StudentTSource) else "this law"
    below = range(int(np.ceil(2 * min(bits, _MOST_BITS))) - 1, 0, -1)
    most = next((half_bits / 2 for half_bits in below if _solution(source, half_bits / 2) is not None), None)
    if most is None:
        return UnsupportedModelError(
            f"no entropy-constrained quantizer is found for {law}, whose tails are too heavy. Use lloyd_max."
        )
    hint = "Give fewer bits, or use a dithered or a uniform quantizer, which need no table of cells."
    return InvalidInputError("bits", f"must be at most about {most:g} for {law}", bits, hint)


def _at_entropy(
    source: SymmetricSource, start: FloatArray, multiplier: float, nats: float
) -> tuple[FloatArray, float] | None:
    """Thresholds and multiplier at an entropy: Newton's method inside, the secant rule on ln multiplier outside.

    The multiplier moves in short strides from where cells are equal: every solution is the start of the next.
    """
    log_price, t = float(np.log(multiplier)), start
    last: tuple[float, float] | None = None
    stride = _STRIDE
    for _ in range(_STRIDES):
        t = t[: max(1, np.count_nonzero(_half(source, t)[0][1:] > _NO_CELL))]
        solved = _solve(source, t, float(np.exp(log_price)))
        if solved is None:
            if last is None or stride < _STRIDE / 100:  # tuning: how soon a search gives up
                return None
            stride /= 2
            log_price = (log_price + last[0]) / 2
            continue
        t = solved
        p, _, cost = _half(source, t)
        gap = float(2 * (p @ cost)) - nats
        slope = -0.5 if last is None or last[0] == log_price else (gap - last[1]) / (log_price - last[0])
        # tuning: digits beyond those promised
        if abs(gap) <= 1e-15 * nats or (last is not None and abs(gap) < 1e-10 * nats and abs(gap) >= abs(last[1])):
            return t, float(np.exp(log_price))
        last = (log_price, gap)
        log_price -= float(np.clip(gap / min(slope, -1e-6), -stride, stride))
    return None


def _half(source: SymmetricSource, t: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Half the mass of the middle cell and the mass of those above it, their centroids, and the cost ``-ln p``."""
    moments = source.moments(source.mean + np.concatenate([[0.0], t]))
    p = moments.probability[1:]
    centroid, whole = moments.first[1:] / p, p.copy()
    centroid[0], whole[0] = 0.0, 2 * p[0]
    return p, centroid, -np.log(whole)


def _solve(source: SymmetricSource, start: FloatArray, price: float) -> FloatArray | None:
    """Newton's method for the thresholds above the mean at a fixed multiplier; None where it fails."""
    from scipy.linalg import LinAlgError, solve_banded

    t, last = start, np.inf
    for _ in range(100):  # tuning: Newton steps at most
        with np.errstate(all="ignore"):
            p, c, cost = _half(source, t)
            gap, rise = np.diff(c), np.diff(cost)
            residual = t - (c[:-1] + c[1:]) / 2 - price * rise / (2 * gap)
            density = source.pdf(source.mean + t)
            below, above = density / p[:-1], density / p[1:]
            tilt, pull = price * rise / (2 * gap**2), price / (2 * gap)
            reach = t - c[:-1]
            reach[0] = 0.0  # the middle level does not move
            diagonal = 1 - (0.5 + tilt) * below * reach - (0.5 - tilt) * above * (c[1:] - t) - pull * (below + above)
            lower = above[:-1] * (pull[1:] - (0.5 + tilt[1:]) * (c[1:-1] - t[:-1]))
            upper = below[1:] * (pull[:-1] - (0.5 - tilt[:-1]) * (t[1:] - c[1:-1]))
        size = float(np.max(np.abs(residual) / (t + source.scale)))
        if not np.isfinite(size):
            return None
        if size <= 1e-15 or (size < _STATIONARY and size >= last):  # tuning: the last digit
            return t
        last = size
        bands = np.zeros((3, t.size))
        bands[0, 1:], bands[1], bands[2, :-1] = upper, diagonal, lower
        try:
            step = solve_banded((1, 1), bands, residual)
        except (LinAlgError, ValueError):
            return None
        for _ in range(30):  # tuning: halvings at most
            if (np.diff(np.concatenate([[0.0], t - step])) > 0).all():
                break
            step /= 2  # tuning: a step that is too long is tried again
        t = t - step
    return None


def _equal_cells(source: SymmetricSource, nats: float) -> tuple[FloatArray, float] | None:
    """Thresholds above the mean of equal cells, wider in a tail too heavy for them, and the multiplier step^2 / 6.

    None where they are too many.
    """
    step = float(np.exp(source.differential_entropy - nats))
    start, end = step / 2, float(source.ppf(1 - _TAIL)) - source.mean  # tuning: where Newton's method starts
    if source.log_concave:
        if end / step > _MOST_CELLS:
            return None
        return np.arange(start, end, step), step**2 / 6  # tuning: where Newton's method starts
    shares = 1 - np.geomspace(0.5, 0.5 / _STRETCH, _STRETCH)
    wide = source.companded(shares) - source.mean
    density = np.diff(shares) / np.diff(wide)
    if step < _FINEST / (_STRETCH * density[0]):
        return None
    found = [start]
    while found[-1] < wide[-1] and len(found) < _MOST_CELLS:  # tuning: where Newton's method starts
        here = min(int(np.searchsorted(wide, found[-1])), density.size - 1)  # tuning: where Newton's method starts
        found.append(found[-1] + max(step, 0.5 / (_STRETCH * density[here])))
    return np.array(found), step**2 / 6
