"""What each sympy function is in numbers: one table, for mpmath's contexts of any precision and of double precision."""

import math
from collections.abc import Callable
from typing import Any

import sympy as sp
from mpmath import mp

LARGEST = 1e30  # of an argument whose exponential, sine or gamma function is still computed
_LARGEST, _HALF = mp.mpf(LARGEST), mp.mpf(0.5)  # a float would be converted in every comparison
_EASY = 700.0  # an exponent whose exponential is a double
_MULTIPLIED = 64  # whole powers below it are multiplied out in every context


class UnevaluableError(ArithmeticError):
    """An expression has no number here: it cannot be computed."""


class UndefinedError(UnevaluableError):
    """An expression has no value here: a pole, a logarithm of zero."""


class KinkError(UndefinedError):
    """A derivative does not exist here: the slopes from left and right differ."""


def moderate(ctx: Any, value: Any, largest: float = LARGEST) -> Any:
    """Return a value, unless it is so large that a function of it would take for ever."""
    if abs(value) > largest:
        raise UnevaluableError(f"an argument above {largest:g}")
    return value


def add(ctx: Any, *values: Any) -> Any:
    """Sum."""
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def multiply(ctx: Any, *values: Any) -> Any:
    """Product."""
    product = values[0]
    for value in values[1:]:
        product = product * value
    return product


def power(ctx: Any, base: Any, exponent: Any) -> Any:
    """Principal power; an integer exponent is exact."""
    if not base:
        if ctx.re(exponent) > 0:
            return base
        if exponent == 0:
            return ctx.mpf(1)
        raise UndefinedError("division by zero")
    if exponent == (_HALF if ctx is mp else 0.5):
        return ctx.sqrt(base)
    if ctx.isint(exponent) and abs(exponent) < 2**31 and (ctx is mp or abs(exponent) < _MULTIPLIED):
        return base ** int(ctx.re(exponent))
    if type(base) is type(exponent) is float and base > 0:  # the same as below, asked less
        return exponential(ctx, exponent * math.log(base))
    power = exponential(ctx, exponent * ctx.log(base))
    return power if ctx.im(base) or ctx.im(exponent) or ctx.re(base) < 0 else ctx.re(power)


def whole_power(exponent: Any) -> Callable[..., Any] | None:
    """Return the power of a base by a sympy number, if that is whole and small: the same as `power`, asked less."""
    if not exponent.is_Integer or abs(exponent) >= _MULTIPLIED:
        return None
    number = int(exponent)
    return lambda ctx, base: base**number if base else power(ctx, base, ctx.mpf(number))


def finite(value: Any) -> bool:
    """Whether a number is neither infinite nor undefined."""
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is mp.mpf:
        _, mantissa, size, _ = value._mpf_
        return bool(mantissa) or not size  # mpmath writes infinities and nan as sizes without a mantissa
    return bool(value - value == 0)


def exponential(ctx: Any, value: Any) -> Any:
    """Exponential function; zero where it is below every power of ten that could matter."""
    if type(value) is float and abs(value) < _EASY:
        return math.exp(value)
    largest = _LARGEST if ctx is mp else LARGEST
    if ctx.re(value) < -largest:
        return ctx.mpf(0)
    if abs(value) > largest:
        raise UnevaluableError(f"an argument above {LARGEST:g}")
    return ctx.exp(value)


def logarithm(ctx: Any, value: Any, base: Any = None) -> Any:
    """Principal logarithm."""
    if value == 0:
        raise UndefinedError("a logarithm of zero")
    return ctx.log(value) if base is None else ctx.log(value) / ctx.log(base)


def sign(ctx: Any, value: Any) -> Any:
    """-1, 0 or 1; a number on the unit circle for a complex one."""
    return value / abs(value) if value != 0 else ctx.mpf(0)


def real(ctx: Any, value: Any) -> Any:
    """Return a real number as such, or refuse."""
    if ctx.im(value) != 0:
        raise UndefinedError("an order of complex numbers")
    return ctx.re(value)


def whole(ctx: Any, value: Any) -> Any:
    """Return the nearest integer where a value differs from it by no more than rounding, else the value."""
    nearest = ctx.nint(real(ctx, value))
    return nearest if abs(value - nearest) < ctx.eps**0.8 * max(1, abs(nearest)) else ctx.re(value)


def step(ctx: Any, value: Any, half: Any = None) -> Any:
    """Heaviside's step, 1/2 at zero unless another value is given."""
    value = real(ctx, value)
    if value == 0:
        return ctx.mpf(1) / 2 if half is None else half
    return ctx.mpf(int(value > 0))


def gamma(ctx: Any, value: Any) -> Any:
    """Gamma function, with its poles refused."""
    if ctx.isint(value) and ctx.re(value) <= 0:
        raise UndefinedError("a pole of the gamma function")
    return ctx.gamma(moderate(ctx, value, 1e15))


def log_gamma(ctx: Any, value: Any) -> Any:
    """Logarithm of the gamma function."""
    if ctx.isint(value) and ctx.re(value) <= 0:
        raise UndefinedError("a pole of the gamma function")
    return ctx.loggamma(moderate(ctx, value))


def polygamma(ctx: Any, order: Any, value: Any) -> Any:
    """Derivative of log gamma."""
    if ctx.isint(value) and ctx.re(value) <= 0:
        raise UndefinedError("a pole of the polygamma function")
    return ctx.psi(_whole_order(ctx, order), moderate(ctx, value))


def lambert(ctx: Any, value: Any, branch: Any = 0) -> Any:
    """Lambert's function, of the principal branch unless another is given."""
    return ctx.lambertw(value, _whole_order(ctx, branch))


def _whole_order(ctx: Any, order: Any) -> int:
    if not ctx.isint(order):
        raise UnevaluableError("an order that is not whole")
    return int(ctx.re(order))


def _of_moderate(name: str) -> Callable[..., Any]:
    return lambda ctx, value: getattr(ctx, name)(moderate(ctx, value))


def _named(name: str) -> Callable[..., Any]:
    return lambda ctx, *values: getattr(ctx, name)(*values)


OPERATIONS: dict[Any, Callable[..., Any]] = {
    sp.Add: add,
    sp.Mul: multiply,
    sp.Pow: power,
    sp.exp: exponential,
    sp.log: logarithm,
    sp.gamma: gamma,
    sp.loggamma: log_gamma,
    sp.polygamma: polygamma,
    sp.factorial: lambda ctx, value: gamma(ctx, value + 1),
    sp.Abs: lambda ctx, value: abs(value),
    sp.sign: sign,
    sp.re: lambda ctx, value: ctx.re(value),
    sp.im: lambda ctx, value: ctx.im(value),
    sp.conjugate: lambda ctx, value: ctx.conj(value),
    sp.arg: lambda ctx, value: ctx.arg(value),
    sp.floor: lambda ctx, value: ctx.floor(whole(ctx, value)),
    sp.ceiling: lambda ctx, value: ctx.ceil(whole(ctx, value)),
    sp.Heaviside: step,
    sp.Max: lambda ctx, *values: max(real(ctx, value) for value in values),
    sp.Min: lambda ctx, *values: min(real(ctx, value) for value in values),
    sp.LambertW: lambert,
    **{getattr(sp, name): _of_moderate(name) for name in ("sin", "cos", "sinh", "cosh")},
    **{
        getattr(sp, name): _named(name)
        for name in (
            *("tan", "cot", "sec", "csc", "asin", "acos", "atan", "acot", "tanh", "asinh", "acosh", "atanh"),
            *("erf", "erfc", "erfi", "beta", "zeta", "besselj", "bessely", "besseli", "besselk", "harmonic"),
        )
    },
}


def operation_of(expression: Any) -> tuple[Callable[..., Any] | None, tuple[Any, ...]]:
    """Return what the table has for an expression, or None, and the arguments to which it is applied."""
    known = whole_power(expression.exp) if expression.func is sp.Pow else None
    return (known, expression.args[:1]) if known else (OPERATIONS.get(expression.func), expression.args)
