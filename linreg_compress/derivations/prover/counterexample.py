"""An opponent: where a relation that no exact route shows comes closest to failing."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import sympy as sp
from mpmath import fp

from linreg_compress.derivations.prover.evaluation import FAILURES, Evaluator
from linreg_compress.derivations.prover.probes import admits, allowed

STARTS = 4  # points from which every symbol is moved alone
_SIZES = [  # of the values that it takes
    *(10.0**exponent for exponent in range(-30, -6, 3)),
    *(10 ** (exponent / 5) for exponent in range(-30, 31)),
    *(10.0**exponent for exponent in range(9, 31, 3)),
]
_STEPS = 60  # of the golden section at the least value
_GOLDEN = 0.6180339887498949


def suspects(
    left: Any, right: Any, relation: str, places: list[dict[Any, Any]], conditions: tuple[Any, ...]
) -> Iterator[dict[Any, Any]]:
    """Return points at which the relation is most in danger, along each symbol; the caller judges them exactly."""
    if not places or not places[0]:
        return
    legal = allowed(tuple(places[0]), conditions)
    for place, symbol in product(places[:STARTS], places[0]):
        if any(not value.is_real for value in place.values()):
            continue
        margin = _margin(left, right, relation, place, symbol)
        signs = (1,) if symbol.is_nonnegative else (-1,) if symbol.is_nonpositive else (1, -1)
        line = [(x, margin(x)) for x in sorted(sign * size for sign in signs for size in _SIZES)]
        known = [(x, value) for x, value in line if value is not None]
        lowest = [x for x, _ in (*known[:1], *known[-1:])]  # the ends, and each valley
        for (low, one), (_, two), (high, three) in zip(known, known[1:], known[2:], strict=False):
            if two <= one and two <= three:
                lowest.append(_least(margin, low, high))
        for x in lowest:
            for value in _neighbours(x):
                moved = {**place, symbol: sp.Rational(value)}
                if admits(symbol, (value, Fraction(0))) and legal(moved):
                    yield moved


def _neighbours(x: float) -> set[Fraction]:
    """A number, the nearest simple fraction, and the whole numbers beside it."""
    exact = Fraction(x)
    return {exact, exact.limit_denominator(1000), Fraction(exact.__floor__()), Fraction(exact.__ceil__())}


def _margin(left: Any, right: Any, relation: str, place: Mapping[Any, Any], symbol: Any) -> Callable[[float], float | None]:
    """Return how far the relation is from failing, as a function of one symbol."""
    others = {one: value for one, value in place.items() if one != symbol}
    sides = [Evaluator(others, fp).function(side, symbol) for side in (left, right)]

    def margin(x: float) -> float | None:
        try:
            one, two = (side(x) for side in sides)
            gap = one - two
            if isinstance(gap, complex):
                return None
            return float(-abs(gap) if relation == "=" else gap if relation[0] == ">" else -gap)
        except FAILURES:
            return None

    return margin


def _least(margin: Callable[[float], float | None], low: float, high: float) -> float:
    """Golden section."""

    def at(x: float) -> float:
        value = margin(x)
        return float("inf") if value is None else value

    for _ in range(_STEPS):
        one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if at(one) <= at(two):
            high = two
        else:
            low = one
    return (low + high) / 2
