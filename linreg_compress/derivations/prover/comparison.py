"""Which of two expressions is larger at a point: exactly for rational numbers, else with as many digits as it takes."""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy as sp
from mpmath import mp

from linreg_compress.derivations.prover.evaluation import FAILURES, Evaluator
from linreg_compress.derivations.prover.operations import UndefinedError, UnevaluableError

DIGITS = 50  # to which two sides must agree before they count as equal at a point
_LADDER = (DIGITS, 80, 160, 320)  # working precisions: a difference is believed when two of them agree about it
_DEEP = (DIGITS, 500, 600)  # where no exact route says that the sides are equal
_BITS = 200_000  # of a numerator or denominator that is still exact


class Values:
    """The numbers of expressions at one point, each computed once."""

    def __init__(self, point: Mapping[Any, Any]) -> None:
        self.point = point
        self.rational = all(value.is_Rational for value in point.values())
        self._found: dict[tuple[Any, int], Any] = {}

    def exact(self, expression: Any) -> Fraction | None:
        """Return the rational number that an expression is, or None where it is none or that is not seen."""
        if not self.rational:
            return None
        key = (expression, 0)
        if key not in self._found:
            try:
                self._found[key] = _exact(expression, self.point)
            except ZeroDivisionError as error:
                raise UndefinedError("division by zero") from error
        found: Fraction | None = self._found[key]
        return found

    def number(self, expression: Any, digits: int) -> Any:
        """Evaluate with so many digits of working precision."""
        key = (expression, digits)
        if key not in self._found:
            with mp.workdps(digits):
                try:
                    self._found[key] = Evaluator(self.point).value(expression)
                except UnevaluableError:
                    raise
                except FAILURES as error:
                    raise UnevaluableError(str(error)) from error
        return self._found[key]

    def difference(self, left: Any, right: Any, *, deep: bool = False) -> Any:
        """Return left - right: exactly zero where the sides agree to 50 digits (500 if deep), else to ten digits or more.

        Raises
        ------
        UnevaluableError
            If a side has no value, or if 320 digits leave open whether the difference is zero.
        """
        exact = self.exact(left), self.exact(right)
        if exact[0] is not None and exact[1] is not None:
            return exact[0] - exact[1]
        before = None
        for digits in _DEEP if deep else _LADDER:
            one, two = self.number(left, digits), self.number(right, digits)
            gap, size = one - two, max(abs(one), abs(two))
            if (one == 0 and left != 0) is not (two == 0 and right != 0) and size:
                before = None  # a side that cancels entirely says nothing about a small one
            elif gap == 0:
                if digits >= (_DEEP[1] if deep else DIGITS):
                    return gap
            elif before is not None and abs(gap - before) <= 1e-10 * abs(gap):
                return gap
            elif before is not None and abs(gap) <= 1e-20 * abs(before):
                return gap * 0  # it is rounding alone: it shrank with the precision
            elif not deep and size and abs(gap) <= mp.mpf(10) ** (5 - digits) * size:
                return gap * 0
            else:
                before = gap
        raise UnevaluableError("a difference that more digits do not settle")


def values_at(point: Mapping[Any, Any]) -> Values:
    """Return the numbers at a point, with those that an earlier step left there: steps of one derivation share sides."""
    return _values_at(tuple(point.items()))


@lru_cache(maxsize=256)
def _values_at(items: tuple[tuple[Any, Any], ...]) -> Values:
    return Values(dict(items))


def _exact(expression: Any, point: Mapping[Any, Any]) -> Fraction | None:
    """Evaluate in exact fractions; None where something else than a rational number may come up."""
    if expression.is_Rational:
        return Fraction(int(expression.p), int(expression.q))
    if expression.is_Symbol:
        value = point.get(expression)
        return None if value is None else Fraction(int(value.p), int(value.q))
    function = _EXACT.get(expression.func)
    if function is None:
        return None
    values = []
    for argument in expression.args:
        value = _exact(argument, point)
        if value is None:
            return None
        values.append(value)
    found = function(*values)
    if found is not None and found.numerator.bit_length() + found.denominator.bit_length() > _BITS:
        return None
    return Fraction(found) if found is not None else None


def _power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if exponent.denominator != 1:
        return None
    size = max(abs(base.numerator).bit_length(), base.denominator.bit_length())
    if size * abs(exponent) > _BITS:
        return None
    return Fraction(base ** int(exponent))


def _sum(*values: Fraction) -> Fraction:
    return sum(values, Fraction(0))


def _product(*values: Fraction) -> Fraction:
    product = Fraction(1)
    for value in values:
        product *= value
    return product


_EXACT: dict[Any, Any] = {
    sp.Add: _sum,
    sp.Mul: _product,
    sp.Pow: _power,
    sp.Abs: abs,
    sp.sign: lambda value: Fraction((value > 0) - (value < 0)),
    sp.floor: lambda value: Fraction(value.__floor__()),
    sp.ceiling: lambda value: Fraction(value.__ceil__()),
    sp.Max: max,
    sp.Min: min,
}
