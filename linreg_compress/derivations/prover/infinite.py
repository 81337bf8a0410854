"""Limits, derivatives, sums and products in numbers: from values close to the point, from differences, from terms."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from mpmath import mp

from linreg_compress.derivations.prover.operations import KinkError, UndefinedError, UnevaluableError

Function = Callable[[Any], Any]
Number = Callable[[], Any]  # a constant, to the precision that is set when it is asked for
TERMS = 20_000  # of a sum or product that are still added one by one
AGREED = 1e-8  # of the first error of a limit that may be left at its last point
_STAGES = (3, 6, 12, 24, 48)  # powers of ten of the distance to the point of a limit
_SLOW = (100, 10_000, 10**6, 10**8, 10**10)  # and more of them for limits that a logarithm takes
_FACTORS = (1.2731, 1.8113)  # points of a stage, so that no periodic function is met at its zeros alone


def approaches(function: Function, point: Number, sides: tuple[int, ...], claimed: Number, scale: float) -> bool:
    """Say whether a function comes ever nearer to the claimed limit, from each side, as near as can be told.

    Parameters
    ----------
    scale : float
        Size of the other numbers: the point is approached from there.
    """
    return all(_from_one_side(function, point, side, claimed, scale) for side in sides)


def _from_one_side(function: Function, point: Number, side: int, claimed: Number, start: float) -> bool:
    errors: list[Any] = []
    for stage in (*_STAGES, *_SLOW):
        with mp.workdps(60 + 4 * stage if stage <= _STAGES[-1] else 60):
            try:
                wanted = claimed()
                errors.append(max(abs(function(x) - wanted) for x in _places(point(), side, stage, start)))
            except UnevaluableError:
                if len(errors) < len(_STAGES) - 1:
                    raise
                break
        falling = len(errors) > 1 and errors[-1] <= 0.05 * errors[-2]
        if stage >= _STAGES[-2] and (
            errors[-1] <= AGREED * abs(wanted) * (1 if falling else AGREED)
            or (falling and errors[-1] <= AGREED * errors[0])
        ):
            return True
    return False


def _places(point: Any, side: int, stage: int, start: float) -> list[Any]:
    """Two points at a distance of 10^-stage, relative to the point; far out where the point is infinite."""
    if mp.isinf(point):
        sign = 1 if point > 0 else -1
        return [sign * mp.floor(factor * start * mp.mpf(10) ** stage) for factor in _FACTORS]
    scale = abs(point) if point != 0 else start
    if stage > _STAGES[-1] and point != 0:  # too near to tell from the point itself
        raise UnevaluableError("a limit that is too slow")
    return [point + side * factor * scale * mp.mpf(10) ** (-stage) for factor in _FACTORS]


def derivative(function: Function, x: Any, order: int) -> Any:
    """Central difference of a smooth function; refused where the slopes from left and right differ."""
    if order > 3:
        raise UnevaluableError("a derivative of order above three")
    digits = 20
    with mp.workdps(mp.dps + 2 * digits * (order + 1)):
        h = (abs(x) if x != 0 else mp.mpf(1)) * mp.mpf(10) ** (-digits)
        places = [function(x + (index - mp.mpf(order) / 2) * h) for index in range(order + 1)]
        value = (
            mp.fsum((-1) ** (order - index) * mp.binomial(order, index) * f for index, f in enumerate(places)) / h**order
        )
        if order == 1:
            middle = function(x)
            left, right = (middle - places[0]) * 2 / h, (places[1] - middle) * 2 / h
            size = max(abs(one) for one in places) / abs(h) * mp.mpf(10) ** (-3 * digits // 2)
            if abs(left - right) > 1e-6 * max(abs(left), abs(right)) + size:
                raise KinkError("a derivative at a kink")
    return +value


def rough_slope(function: Function, x: Any, order: int) -> tuple[Any, Any]:
    """Slope from central differences over wide steps, extrapolated (Romberg), with the last correction as its error."""
    if order != 1:
        raise UnevaluableError("a higher derivative of an integral")
    h = (abs(x) if x != 0 else mp.mpf(1)) / 8
    row = [(function(x + h / 2**level) - function(x - h / 2**level)) * 2**level / (2 * h) for level in range(4)]
    error = mp.inf
    for power in (4, 16, 64):
        better = [(power * two - one) / (power - 1) for one, two in pairwise(row)]
        error = abs(better[-1] - row[-1])
        row = better
    return row[-1], error


def total(function: Function, first: Any, last: Any) -> Any:
    """Sum over whole numbers, after Karr's convention where the last lies below the first."""
    if mp.isinf(first) or mp.isinf(last):
        return _series(function, first, last)
    return _finite(function, first, last, mp.mpf(0), lambda one, two: one + two, lambda value: -value)


def product(function: Function, first: Any, last: Any) -> Any:
    """Return the product over whole numbers, by the same convention."""
    if mp.isinf(first) or mp.isinf(last):
        return mp.exp(_series(lambda k: mp.log(_nonzero(function(k))), first, last))
    return _finite(function, first, last, mp.mpf(1), lambda one, two: one * two, lambda value: 1 / _nonzero(value))


def _nonzero(value: Any) -> Any:
    if value == 0:
        raise UnevaluableError("a product with a factor zero")
    return value


def _finite(function: Function, first: Any, last: Any, start: Any, join: Callable[..., Any], turn: Function) -> Any:
    if not (mp.isint(first) and mp.isint(last)):
        raise UndefinedError("a sum between bounds that are not whole")
    first, last = int(first), int(last)
    if last < first - 1:
        return turn(_finite(function, last + 1, first - 1, start, join, turn))
    if last - first > TERMS:
        raise UnevaluableError(f"a sum of more than {TERMS} terms")
    value = start
    for k in range(first, last + 1):
        value = join(value, function(mp.mpf(k)))
    return value


def _series(function: Function, first: Any, last: Any) -> Any:
    """Infinite sum: terms that fall fast are added, slow ones are extrapolated if their decay is seen first."""
    if mp.isinf(first) and mp.isinf(last):
        return _series(function, mp.mpf(0), last) + _series(function, first, mp.mpf(-1))
    if mp.isinf(first):
        return _series(lambda k: function(-k), -last, mp.inf)
    if not mp.isint(first):
        raise UndefinedError("a sum from a bound that is not whole")
    start, value, largest, quiet = int(first), mp.mpf(0), mp.mpf(0), 0
    for k in range(start, start + 400):
        term = function(mp.mpf(k))
        value += term
        largest = max(largest, abs(term))
        quiet = quiet + 1 if abs(term) <= 1e-25 * largest else 0
        if quiet == 12 and largest:
            return value
    _require_decay(function, start)
    return mp.nsum(lambda k: function(mp.mpf(int(k))), [start, mp.inf])


def _require_decay(function: Function, start: int) -> None:
    """Refuse a slow sum unless its terms fall like k^-p: p > 1.05 with one sign, p > 0.05 with alternating signs."""
    blocks = [[function(mp.mpf(start + at + k)) for k in range(8)] for at in (10**3, 10**4, 10**5, 10**6)]
    sizes = [max(abs(term) for term in block) for block in blocks]
    if any(mp.im(term) != 0 for block in blocks for term in block):
        raise UnevaluableError("a slow sum of complex terms")
    alternating = all(one * two < 0 for block in blocks for one, two in pairwise(block))
    one_sign = len({term > 0 for block in blocks for term in block}) == 1
    fall = 10 ** (-(1.05 if one_sign else 0.05))
    if not (one_sign or alternating) or any(two > fall * one for one, two in pairwise(sizes)):
        raise UnevaluableError("a sum that does not converge, or too slowly")
