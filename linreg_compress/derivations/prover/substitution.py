"""Whether a substitution reaches every point of the conditions: only then does a proof after it prove the step."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sympy as sp

_SIGNS = ("positive", "negative", "nonnegative", "nonpositive", "nonzero")
_KNOWN = {
    *_SIGNS,
    *(f"extended_{name}" for name in (*_SIGNS, "real")),
    *(
        "real",
        "complex",
        "finite",
        "infinite",
        "hermitian",
        "commutative",
        "integer",
        "rational",
        "algebraic",
        "noninteger",
    ),
    *("zero", "imaginary", "irrational", "transcendental"),
}


def why_not_onto(where: Mapping[Any, Any], conditions: tuple[Any, ...], used: set[Any]) -> str | None:
    """Return why a substitution does not reach all that the conditions allow, or None if it does.

    It does when every new symbol can be computed back from the old ones and then obeys its own assumptions, so that each
    point of the conditions is the image of one: `{n: d + 1 + m}` with m = n - d - 1, which `n > d + 1` makes positive.

    Parameters
    ----------
    where : mapping
        Symbols of the step, and what stands for each.
    conditions : tuple of sympy relationals
    used : set of sympy symbols
        Those of the step and of its conditions; any other symbol on the right is a new one.
    """
    return _why_not_onto(tuple(where.items()), conditions, frozenset(used))


@lru_cache(maxsize=64)
def _why_not_onto(where: tuple[tuple[Any, Any], ...], conditions: tuple[Any, ...], used: frozenset[Any]) -> str | None:
    if not all(isinstance(key, sp.Symbol) for key, _ in where):
        return "only a symbol can be replaced, not a formula"
    rights = {key: sp.sympify(value) for key, value in where}
    new = set().union(*(value.free_symbols for value in rights.values())) - used
    for key, value in rights.items():
        if not value.free_symbols & new:
            return f"{key} -> {value} has no new symbol: it covers less than the conditions allow"
        if value.free_symbols & set(rights):
            return f"{key} -> {value} uses a symbol that is itself replaced"
    facts = Facts(conditions)
    for inverse in _inverses(rights, new):
        if not _returns(rights, inverse):
            continue
        if all(facts.obeys(symbol, back) for symbol, back in inverse.items()):
            return None
    shown = ", ".join(f"{key} -> {value}" for key, value in rights.items())
    return f"{shown} is not seen to reach all that the conditions allow"


def _inverses(rights: dict[Any, Any], new: set[Any]) -> list[dict[Any, Any]]:
    """Solve for the new symbols; several branches where a square root has two."""
    unknown = sorted(new, key=str)
    stand_ins = {symbol: sp.Dummy(symbol.name) for symbol in unknown}  # without assumptions, which would hide solutions
    equations = [key - value.subs(stand_ins) for key, value in rights.items()]
    try:
        solutions = sp.solve(equations, list(stand_ins.values()), dict=True)
    except (NotImplementedError, TypeError, ValueError):
        return []
    return [
        {symbol: solution[stand_in] for symbol, stand_in in stand_ins.items()}
        for solution in solutions
        if set(solution) == set(stand_ins.values()) and not any(one.has(*stand_ins.values()) for one in solution.values())
    ]


def _returns(rights: dict[Any, Any], inverse: dict[Any, Any]) -> bool:
    """Whether the image of the inverse is exactly the old symbol."""
    return all(sp.simplify(value.subs(inverse) - key) == 0 for key, value in rights.items())


class Facts:
    """What conditions make positive or nonnegative."""

    def __init__(self, conditions: tuple[Any, ...]) -> None:
        self.conditions = conditions
        self.gaps: list[tuple[Any, bool]] = []  # an expression, and whether it is above zero or at least zero
        for condition in conditions:
            if isinstance(condition, sp.StrictGreaterThan | sp.StrictLessThan | sp.GreaterThan | sp.LessThan):
                gap, strict = condition.gts - condition.lts, isinstance(condition, sp.StrictGreaterThan | sp.StrictLessThan)
                if gap.is_integer and strict:  # whole numbers: above zero is at least one
                    self.gaps.append((gap - 1, False))
                if gap.is_integer and not strict:
                    self.gaps.append((gap + 1, True))
                self.gaps.append((gap, strict))

    def obeys(self, symbol: Any, value: Any) -> bool:
        """Say whether a value certainly has every assumption of a symbol."""
        for name, wanted in symbol.assumptions0.items():
            if name not in _KNOWN:
                return False
            sign = name.removeprefix("extended_")
            if getattr(value, f"is_{name}") is wanted or (sign in _SIGNS and self._has_sign(value, sign) is wanted):
                continue
            if name in ("zero", "imaginary") and not wanted and symbol.is_nonzero and self._has_sign(value, "nonzero"):
                continue
            if not (
                value.is_real is None and self._is_real(value) and name in _OF_ANY_REAL and wanted is _OF_ANY_REAL[name]
            ):
                return False
        return True

    def hold(self, condition: Any) -> bool:
        """Say whether a relation certainly holds."""
        if condition in (True, sp.true) or condition in self.conditions:
            return True
        if isinstance(condition, sp.StrictGreaterThan | sp.StrictLessThan):
            gap = condition.gts - condition.lts
            return self.positive(gap) or (gap.is_integer is True and self.at_least_zero(gap - 1))
        if isinstance(condition, sp.GreaterThan | sp.LessThan):
            return self.at_least_zero(condition.gts - condition.lts)
        return False

    def _is_real(self, value: Any) -> bool:
        return bool(value.is_real) or self.positive(value) or self.positive(-value) or self.at_least_zero(value)

    def _has_sign(self, value: Any, sign: str) -> bool | None:
        if sign in {"positive", "nonpositive"}:
            above = True if self.positive(value) else False if self.at_least_zero(-value) else None
            return above if sign == "positive" else None if above is None else not above
        if sign in {"negative", "nonnegative"}:
            below = True if self.positive(-value) else False if self.at_least_zero(value) else None
            return below if sign == "negative" else None if below is None else not below
        return True if self.positive(value) or self.positive(-value) else None

    def positive(self, value: Any) -> bool:
        """Say whether the conditions and the assumptions make a value positive."""
        return self._above(_factored(value), strict=True)

    def at_least_zero(self, value: Any) -> bool:
        """Say whether the conditions and the assumptions make a value nonnegative."""
        return self._above(_factored(value), strict=False)

    def _above(self, value: Any, *, strict: bool) -> bool:
        if value.is_positive or (not strict and value.is_nonnegative):
            return True
        counted = sp.expand(
            value.xreplace(
                {one: _more_than_one(one) + 1 for one in value.free_symbols if one.is_integer and one.is_positive}
            )
        )
        if counted.is_positive or (not strict and counted.is_nonnegative):
            return True
        if isinstance(value, sp.Pow) and value.exp.is_Rational:
            return self._above(value.base, strict=strict or value.exp.is_negative is True)
        if isinstance(value, sp.log):
            return self._above(sp.factor(value.args[0] - 1), strict=strict)
        for gap, above in self.gaps:
            if above or not strict:
                factor = sp.cancel(value / gap) if gap != 0 else sp.S.Zero
                if factor.is_positive:
                    return True
            rest = sp.expand(value - gap)
            if rest.is_positive or (rest.is_nonnegative and (above or not strict)):
                return True
        if isinstance(value, sp.Mul):
            signs = [self._sign(part, strict=strict) for part in value.args]
            return all(signs) and signs.count(-1) % 2 == 0
        return False

    def _sign(self, part: Any, *, strict: bool) -> int:
        """Return 1 or -1 where a factor is certainly above or below zero, else 0."""
        if part.is_negative or (part.is_Add and self._above(sp.expand(-part), strict=strict)):
            return -1
        if (
            isinstance(part, sp.log)
            and part.args[0].is_positive
            and self._above(sp.factor(1 - part.args[0]), strict=strict)
        ):
            return -1
        return int(self._above(part, strict=strict))


_factored = lru_cache(maxsize=1024)(sp.factor)  # each assumption of a symbol asks again


@lru_cache(maxsize=256)
def _more_than_one(count: Any) -> Any:
    """Return what a positive whole number has above one."""
    return sp.Dummy(count.name, integer=True, nonnegative=True)


_OF_ANY_REAL = {
    **dict.fromkeys(("real", "complex", "finite", "hermitian", "commutative", "extended_real"), True),
    **dict.fromkeys(("infinite", "imaginary"), False),
}
