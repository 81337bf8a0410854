"""The double-exponential transforms (Takahasi and Mori 1974); their places and weights are shared by all integrals."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from mpmath import mp

_KEPT = 1 << 14  # places in all contexts and precisions


def transformed(start: Any, end: Any, context: Any) -> Callable[[Any, float], tuple[Any, Any]]:
    """Return t -> (x, dx/dt): tanh-sinh on an interval, exp-sinh on a half line, sinh-sinh on the line."""
    below, above = mp.isinf(start), mp.isinf(end)

    def line(ctx: Any, t: float) -> tuple[Any, Any]:
        return _on_the_line(ctx, t, ctx.prec)

    def half(ctx: Any, t: float) -> tuple[Any, Any]:
        distance, weight = _on_a_half(ctx, t, ctx.prec)
        return (end - distance if below else start + distance), weight

    def interval(ctx: Any, t: float) -> tuple[Any, Any]:
        share, weight = _on_an_interval(ctx, t, ctx.prec)
        distance = (end - start) * share
        return (start + distance if t < 0 else end - distance), distance * weight

    return line if below and above else half if below or above else interval


@lru_cache(maxsize=_KEPT)
def _on_the_line(ctx: Any, t: float, precision: int) -> tuple[Any, Any]:
    """Place, and weight."""
    place = ctx.mpf(t)
    inner = ctx.pi / 2 * ctx.sinh(place)
    return ctx.sinh(inner), ctx.cosh(inner) * ctx.pi / 2 * ctx.cosh(place)


@lru_cache(maxsize=_KEPT)
def _on_a_half(ctx: Any, t: float, precision: int) -> tuple[Any, Any]:
    """Distance from the end, and weight."""
    place = ctx.mpf(t)
    distance = ctx.exp(ctx.pi / 2 * ctx.sinh(place))
    return distance, distance * ctx.pi / 2 * ctx.cosh(place)


@lru_cache(maxsize=_KEPT)
def _on_an_interval(ctx: Any, t: float, precision: int) -> tuple[Any, Any]:
    """Share of the way from the nearer end, and weight over the distance."""
    place = ctx.mpf(t)
    share = 1 / (1 + ctx.exp(ctx.pi * abs(ctx.sinh(place))))
    return share, (1 - share) * ctx.pi * ctx.cosh(place)
