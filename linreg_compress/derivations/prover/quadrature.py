"""Integrals in numbers, with an error that is seen: double-exponential rules (Takahasi and Mori 1974) on each smooth piece.

An integral counts only where it converges absolutely, or oscillates with a known frequency and a falling amplitude; a
principal value, a pole inside the interval or a slow tail is refused, not guessed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asinh, isfinite, log, pi
from typing import Any

from mpmath import fp, mp

from linreg_compress.derivations.prover.operations import UnevaluableError
from linreg_compress.derivations.prover.transforms import transformed

WANTED = 1e-11  # error of a piece, relative to the integral of the absolute value
ACCEPTED = 1e-8  # by which the last two rules may differ
_COARSE = 4  # points per unit of the transformed variable, first
_LEVELS = 8  # and how often they are doubled
_RANGE = {"double": 5.5, "long": 6.5}  # of the transformed variable: exp(-pi sinh 5.5) is 1e-167
_SCAN = 160  # points of an interval on which sign changes are looked for


class _UnsettledError(UnevaluableError):
    """Sums that do not agree with each other: a peak that is too narrow, or an oscillation."""


class _UnseenError(UnevaluableError):
    """Terms that are all zero: a peak between them, or below every double."""


@dataclass(frozen=True)
class Area:
    """An integral in numbers."""

    value: Any
    """The integral."""
    size: float
    """The integral of the absolute value."""
    error: float
    """An estimate of the absolute error."""

    def __add__(self, other: "Area") -> "Area":
        return Area(self.value + other.value, self.size + other.size, self.error + other.error)


Function = Callable[[Any, Any], Any]  # (context, x) -> value


def integrate(function: Function, start: Any, end: Any, watched: Sequence[Callable[[Any], Any]] = ()) -> Area:
    """Integrate from `start` to `end`, cut where a watched function changes its sign (kinks, jumps, poles)."""
    if start == end:
        return Area(mp.mpf(0), 0.0, 0.0)
    if end < start:
        turned = integrate(function, end, start, watched)
        return Area(-turned.value, turned.size, turned.error)
    inside = _sign_changes(watched, start, end)
    if mp.isinf(start) and mp.isinf(end) and not inside:
        inside = [0.0]
    cuts = [start, *inside, end]
    total = Area(mp.mpf(0), 0.0, 0.0)
    for left, right in pairwise(cuts):
        total = total + _piece(function, left, right)
    return total


def oscillating(function: Callable[[Any], Any], start: Any, frequency: Any) -> Area:
    """Integrate from `start` to infinity a function whose sign changes with one frequency and whose amplitude falls.

    Raises
    ------
    UnevaluableError
        If the amplitude does not fall, or if the positive and negative parts of a period far out do not cancel.
    """
    period = 2 * mp.pi / abs(frequency)
    sizes = []
    for far in (100, 10_000):
        values = [function(start + (far + mp.mpf(index) / 24) * period) for index in range(24)]
        sizes.append(max(abs(value) for value in values))
    cancels = abs(mp.fsum(values)) <= 0.02 * 24 * sizes[1]
    if sizes[1] > 1e-6 * sizes[0] and not (cancels and sizes[1] <= 0.2 * sizes[0]):
        raise UnevaluableError("an oscillation that does not die out")
    value = mp.quadosc(function, [start, mp.inf], omega=abs(frequency))
    return Area(value, float(abs(value)), float(1e-9 * abs(value)))


def _piece(function: Function, start: Any, end: Any) -> Area:
    """One smooth piece: in double precision, with 50 digits where that fails, then cut at its peak."""
    try:
        return _rule(function, float(start), float(end), fp, _RANGE["double"])
    except (ArithmeticError, ValueError, TypeError, AttributeError, NotImplementedError) as error:
        seen = not isinstance(error, _UnseenError)
    with mp.workdps(50):
        start, end = mp.mpf(start), mp.mpf(end)
        try:
            if seen:  # else the peak is too narrow for a rule of the whole piece
                return _rule(function, start, end, mp, _RANGE["long"])
        except _UnsettledError:
            pass
        peak = _peak(function, start, end)
        return _rule(function, start, peak, mp, _RANGE["long"]) + _rule(function, peak, end, mp, _RANGE["long"])


def _rule(function: Function, start: Any, end: Any, ctx: Any, reach: float) -> Area:
    """Trapezoidal sums in the transformed variable, halved until two agree."""
    place = transformed(start, end, ctx)

    def term(t: float) -> Any:
        return _term(function, place, t, ctx)

    step = 1.0 / _COARSE
    grid = [index * step for index in range(-int(reach / step), int(reach / step) + 1)]
    terms = [term(t) for t in grid]
    sizes = [abs(value) for value in terms]
    peak = max(sizes)
    if not peak:
        raise _UnseenError("an integrand that vanishes wherever it is tried")
    total, size = sum(terms) * step, sum(sizes) * step
    if max(sizes[0], sizes[-1]) > 1e-10 * size:
        raise UnevaluableError("an integral that does not converge, or too slowly")
    for near, nearer in _approaches(start, end):
        if abs(term(nearer)) > max(abs(term(near)) / 2, 1e-6 * peak):
            raise UnevaluableError("a pole at an end or inside of an integral")
    seen = [index for index, one in enumerate(sizes) if one > 1e-20 * peak]
    low, high = grid[max(seen[0] - 1, 0)], grid[min(seen[-1] + 1, len(grid) - 1)]
    previous = float("inf")
    for _ in range(_LEVELS):
        middle = [low + (index + 0.5) * step for index in range(round((high - low) / step))]
        new = [term(t) for t in middle]
        step /= 2
        better = total / 2 + sum(new) * step
        size = size / 2 + sum(abs(value) for value in new) * step
        error = float(abs(better - total) / size)
        total = better
        if error <= WANTED and previous <= 1e-4:
            return Area(mp.mpmathify(total), float(size), float(error * size))
        previous = error
    if previous > ACCEPTED:
        raise _UnsettledError("an integral whose sums do not settle")
    return Area(mp.mpmathify(total), float(size), float(previous * size))


def _peak(function: Function, start: Any, end: Any) -> Any:
    """Place of the largest value: the best of a grid, then a golden section."""
    place = transformed(start, end, mp)

    def size(t: float) -> Any:
        return abs(_term(function, place, t, mp))

    reach = _RANGE["long"]
    best = max((index / 8 for index in range(int(-8 * reach), int(8 * reach) + 1)), key=size)
    low, high = best - 0.125, best + 0.125
    for _ in range(70):
        one, two = high - 0.618 * (high - low), low + 0.618 * (high - low)
        low, high = (low, two) if size(one) >= size(two) else (one, high)
    return place(mp, low)[0]


def _term(function: Function, place: Callable[[Any, float], tuple[Any, Any]], t: float, ctx: Any) -> Any:
    """Integrand times weight; in long precision where double precision overflows."""
    try:
        x, weight = place(ctx, t)
        value = function(ctx, x) * weight
        if ctx is mp or isfinite(abs(value)):
            return value
    except (OverflowError, ZeroDivisionError, ValueError, UnevaluableError):
        if ctx is mp:
            raise
    with mp.workdps(30):
        x, weight = place(mp, t)
        value = mp.mpmathify(function(mp, x) * weight)
        number = complex(value) if mp.im(value) else float(mp.re(value))
    if not isfinite(abs(number)):
        raise UnevaluableError("a term above every double")
    return number


def _approaches(start: Any, end: Any) -> list[tuple[float, float]]:
    """Return two transformed places near each finite end: in the second, 10^-10 of the way, the terms must have fallen."""
    rate = pi / 2 if mp.isinf(start) or mp.isinf(end) else pi
    near, nearer = (asinh(log(10) * digits / rate) for digits in (6, 10))
    lower = [] if mp.isinf(start) else [(-near, -nearer)]
    upper = [] if mp.isinf(end) else [(near, nearer) if rate == pi else (-near, -nearer)]
    return lower + upper


def _sign_changes(watched: Sequence[Callable[[Any], Any]], start: Any, end: Any) -> list[Any]:
    """Points between the ends at which a watched function changes its sign, ascending."""
    if not watched:
        return []
    grid = [_from_unit((index + 0.37) / _SCAN, float(start), float(end)) for index in range(_SCAN)]
    found: set[float] = set()
    for watch in watched:
        known = [(x, sign) for x in grid if (sign := _sign(watch, x))]
        for (left, one), (right, two) in pairwise(known):
            if one != two:
                found.add(_bisected(watch, left, right, one))
    apart: list[Any] = []
    for x in sorted(found):
        if start < x < end and (not apart or x - apart[-1] > 1e-12 * max(1.0, abs(x))):
            apart.append(x)
    return apart


def _sign(watch: Callable[[Any], Any], x: float) -> int:
    try:
        value = watch(x)
    except (ArithmeticError, ValueError, TypeError):
        return 0
    real = fp.re(value) or fp.im(value)
    return (real > 0) - (real < 0)


def _bisected(watch: Callable[[Any], Any], low: float, high: float, sign: int) -> float:
    for _ in range(80):
        middle = (low + high) / 2
        if _sign(watch, middle) == sign:
            low = middle
        else:
            high = middle
    return round(high) if abs(high - round(high)) < 1e-13 * max(1.0, abs(high)) else high


def _from_unit(share: float, start: float, end: float) -> float:
    """Spread points over an interval, a half line or the line."""
    below, above = not isfinite(start), not isfinite(end)
    if below and above:
        return float(fp.tan(fp.pi * (share - 0.5)))
    if above:
        return start + share / (1 - share)
    if below:
        return end - (1 - share) / share
    return start + share * (end - start)
