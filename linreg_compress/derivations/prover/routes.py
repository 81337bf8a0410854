"""The exact routes: forms of a difference in which it is seen to be zero, or to have a sign."""

from collections.abc import Callable
from typing import Any

import sympy as sp


def exact_route(difference: Any, relation: str) -> str | None:
    """Name the exact route that shows the relation of left - right to zero, or None."""
    if relation == "=":
        return next((name for name, route in _ROUTES.items() if _tried(route, difference) == 0), None)
    wanted = difference if relation[0] == ">" else -difference
    for name, route in _SIGN_ROUTES.items():
        form = _tried(route, wanted)
        if form is not None and (form.is_nonnegative if relation[1:] else form.is_positive):
            return f"sign by {name}"
    return None


def _tried(route: Callable[[Any], Any], expression: Any) -> Any:
    try:
        return route(expression)
    except (sp.PolynomialError, ValueError, TypeError, NotImplementedError, RecursionError, AttributeError):
        return None


def _circle(expression: Any) -> Any:
    """Write the even powers of each sine through the cosine of the same angle."""
    if not expression.has(sp.sin):
        return expression
    fraction = sp.together(expression)
    numerator = sp.expand(sp.fraction(sp.cancel(fraction))[0])
    return sp.expand(
        numerator.replace(
            lambda part: part.is_Pow and isinstance(part.base, sp.sin) and part.exp.is_Integer and part.exp > 1,
            lambda part: part.base ** (part.exp % 2) * (1 - sp.cos(part.base.args[0]) ** 2) ** (part.exp // 2),
        )
    )


def _lambert(expression: Any) -> Any:
    """Use ln(-W(z)) = ln(-z) - W(z), true on the principal branch for every negative z since W e^W = z."""

    def inverted(part: Any) -> Any:
        z = (-part.args[0]).args[0]
        return sp.expand_log(sp.log(-z)) - sp.LambertW(z)

    def applies(part: Any) -> bool:
        if not isinstance(part, sp.log) or len(part.args) != 1:
            return False
        inner = -part.args[0]
        return isinstance(inner, sp.LambertW) and len(inner.args) == 1 and bool(inner.args[0].is_negative)

    return sp.expand(expression.replace(applies, inverted))


_ROUTES: dict[str, Callable[[Any], Any]] = {
    "identity": lambda e: e,
    "expand": sp.expand,
    "cancel": sp.cancel,
    "factor": lambda e: sp.factor(sp.powsimp(sp.expand(e))),
    "gammasimp": sp.gammasimp,
    "the circle": _circle,
    "Lambert's function": _lambert,
    "trigsimp": sp.trigsimp,
    "simplify": sp.simplify,
}
_SIGN_ROUTES: dict[str, Callable[[Any], Any]] = {
    "assumptions": lambda e: e,
    "expand": sp.expand,
    "factor": lambda e: sp.factor(sp.together(e)),
    "cancel": lambda e: sp.factor(sp.cancel(e)),
    "simplify": sp.simplify,
}
