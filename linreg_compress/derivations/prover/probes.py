"""Points at which a step is tried: values that obey every assumption and condition, small, large, near each border."""

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp

GENERIC = 5  # points of moderate size
MIXED = 2  # points of any sizes
FEW = 3  # symbols, of which each is tried both tiny and large alone
BORDERS = 2  # points close to each border, at most
_SIZES = ("moderate", "tiny", "large", "small")
_TRIES = 2000  # draws of a moderate point until the conditions hold
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 97, 1009, 1_000_003)
_SMALL = tuple(map(Fraction, ("0", "1", "2", "3", "1/2", "1/3", "10", "100")))

Value = tuple[Fraction, Fraction]  # real and imaginary part

_TESTS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "commutative": lambda x, y: True,
    "complex": lambda x, y: True,
    "finite": lambda x, y: True,
    "infinite": lambda x, y: False,
    "algebraic": lambda x, y: True,
    "transcendental": lambda x, y: False,
    "irrational": lambda x, y: False,
    "real": lambda x, y: y == 0,
    "hermitian": lambda x, y: y == 0,
    "rational": lambda x, y: y == 0,
    "imaginary": lambda x, y: x == 0 and y != 0,
    "antihermitian": lambda x, y: x == 0,
    "zero": lambda x, y: x == 0 and y == 0,
    "nonzero": lambda x, y: y == 0 and x != 0,
    "positive": lambda x, y: y == 0 and x > 0,
    "negative": lambda x, y: y == 0 and x < 0,
    "nonnegative": lambda x, y: y == 0 and x >= 0,
    "nonpositive": lambda x, y: y == 0 and x <= 0,
    "integer": lambda x, y: y == 0 and x.denominator == 1,
    "noninteger": lambda x, y: y == 0 and x.denominator != 1,
    "even": lambda x, y: y == 0 and x.denominator == 1 and x % 2 == 0,
    "odd": lambda x, y: y == 0 and x.denominator == 1 and x % 2 == 1,
    "prime": lambda x, y: y == 0 and x.denominator == 1 and bool(sp.isprime(int(x))),
    "composite": lambda x, y: y == 0 and x.denominator == 1 and x > 3 and not sp.isprime(int(x)),
}
_TESTS |= {
    f"extended_{name}": _TESTS[name] for name in ("real", "positive", "negative", "nonnegative", "nonpositive", "nonzero")
}


def admits(symbol: Any, value: Value, real: bool = False) -> bool:
    """Say whether a value obeys the assumptions of a symbol.

    Raises
    ------
    ValueError
        If an assumption is one that no probe can be tested for.
    """
    return (not real or value[1] == 0) and all(test(*value) is wanted for test, wanted in _tests(symbol))


@cache
def _tests(symbol: Any) -> tuple[tuple[Callable[[Fraction, Fraction], bool], bool], ...]:
    assumed = {
        name: wanted for name, wanted in symbol.assumptions0.items() if name not in ("commutative", "complex", "finite")
    }
    unknown = sorted(set(assumed) - set(_TESTS))
    if unknown:
        known = ", ".join(sorted(_TESTS))
        raise ValueError(
            f"no point can be tried for the assumption {unknown[0]!r} of {symbol}; the known ones are {known}."
        )
    short = ("zero", "positive", "negative", "integer", "real")  # they fail first
    ordered = sorted(assumed, key=lambda name: short.index(name) if name in short else len(short))
    implied = {"hermitian", "antihermitian", "algebraic", "infinite"} | {
        name for name in assumed if name.startswith("extended_")
    }
    if assumed.get("positive"):  # the one test that settles these
        implied |= {"zero", "nonzero", "negative", "nonnegative", "nonpositive", "real", "imaginary"}
    return tuple((_TESTS[name], assumed[name]) for name in ordered if name not in implied or "real" not in assumed)


def points(
    symbols: frozenset[Any], conditions: tuple[Any, ...], borders: tuple[Any, ...], seed: str
) -> list[dict[Any, Any]]:
    """Return points for the symbols, and for all that the conditions tie to them; moderate ones first.

    Parameters
    ----------
    borders : tuple of sympy expressions
        At whose zeros a side may jump or bend; some points lie on and next to them.
    """
    ordered = tuple(sorted(symbols, key=lambda symbol: (str(symbol), str(symbol.assumptions0))))
    return [dict(zip(ordered, point, strict=True)) for point in _points(ordered, conditions, borders, seed)]


@cache
def _points(
    ordered: tuple[Any, ...], conditions: tuple[Any, ...], borders: tuple[Any, ...], seed: str
) -> list[tuple[Any, ...]]:
    if not ordered:
        return [()]
    legal = _compiled(ordered, conditions)
    drawn, state = _drawn(ordered, conditions, seed)
    found, bases = list(drawn), list(drawn[:GENERIC])
    rng = random.Random()
    rng.setstate(state)
    gaps = [condition.lhs - condition.rhs for condition in conditions if condition.is_Relational]
    for border in (*gaps, *borders):
        near = _near(border, ordered, _real_ones(ordered, conditions), legal, bases, rng)
        found += [values for _, values in zip(range(BORDERS + len(ordered)), near, strict=False)]
    distinct = dict.fromkeys(found)
    return [tuple(map(_number, values)) for values in distinct]


@cache
def _drawn(
    ordered: tuple[Any, ...], conditions: tuple[Any, ...], seed: str
) -> tuple[list[tuple[Value, ...]], tuple[Any, ...]]:
    """Moderate points and those at the corners, whatever the borders are; and the state of the generator after them."""
    rng = random.Random(f"{seed}/{[str(symbol) for symbol in ordered]}")
    kinds = _real_ones(ordered, conditions)
    legal = _compiled(ordered, conditions)

    def draw(sizes: Sequence[str], tries: int) -> tuple[Value, ...] | None:
        for _ in range(tries):
            chosen = (rng.choice(_SIZES) if size == "any" else size for size in sizes)
            values = tuple(_value(symbol, size, rng, kinds[symbol]) for symbol, size in zip(ordered, chosen, strict=True))
            if legal(values):
                return values
        return None

    found: list[tuple[Value, ...]] = []
    for _ in range(GENERIC):
        values = draw(["moderate"] * len(ordered), _TRIES) or draw(["any"] * len(ordered), 5 * _TRIES)
        if values is None:
            raise ValueError(f"no random point meets the conditions {conditions}.")
        found.append(values)
    found += [values for sizes in _corners(ordered) if (values := draw(sizes, 40)) is not None]
    return found, rng.getstate()


def _real_ones(ordered: tuple[Any, ...], conditions: tuple[Any, ...]) -> dict[Any, bool]:
    """Say of each symbol whether a condition compares it, so that it is real."""
    compared = set().union(*(condition.free_symbols for condition in conditions))
    return {symbol: symbol in compared for symbol in ordered}


def _corners(ordered: tuple[Any, ...]) -> list[list[str]]:
    """Sizes of the symbols at the corners: all alike, each one alone tiny or large or both, and mixed."""
    count = len(ordered)
    names = ["large", "tiny", "small"]
    if any(not (symbol.is_nonnegative or symbol.is_nonpositive) for symbol in ordered):
        names.append("negative")
    if any(symbol.is_real is None for symbol in ordered):
        names.append("imaginary")
    lone = [
        ["moderate"] * place + [size] + ["moderate"] * (count - place - 1)
        for place in range(count)
        for size in ("large", "tiny")
        if count > 1 and (count <= FEW or size == ("large", "tiny")[place % 2])
    ]
    return [[name] * count for name in names] + lone + [["any"] * count] * MIXED


def _number(value: Value) -> Any:
    x, y = (sp.Rational(part.numerator, part.denominator) for part in value)
    return x + sp.I * y if y else x


def _value(symbol: Any, size: str, rng: random.Random, real: bool) -> Value:
    """Draw one admissible value of a size; of any size where that size has none."""
    signed = size in ("negative", "imaginary")
    for attempt in range(400):
        x, y = _real("moderate" if signed else size if attempt < 40 else rng.choice(_SIZES), rng, symbol), Fraction(0)
        if symbol.is_real is False or (not real and symbol.is_real is None and not signed and rng.random() < 0.7):
            y = _real("moderate", rng, symbol) * rng.choice((1, -1))
            x = x * rng.choice((0, 1, 1, 1)) if symbol.is_imaginary is None else Fraction(0)
        if size == "imaginary" and not real and symbol.is_real is None:
            x, y = Fraction(0), x
        below = symbol.is_negative or symbol.is_nonpositive
        if below or (not symbol.is_nonnegative and (size == "negative" or (size != "imaginary" and rng.random() < 0.5))):
            x = -x
        if admits(symbol, (x, y), real):
            return x, y
    raise ValueError(f"no probe obeys the assumptions of {symbol}: {symbol.assumptions0}.")


def _real(size: str, rng: random.Random, symbol: Any) -> Fraction:
    if symbol.is_zero:
        return Fraction(0)
    if symbol.is_prime:
        return Fraction(rng.choice(_PRIMES))
    if symbol.is_integer:
        ranges = {"moderate": (1, 24), "tiny": (0, 3), "large": (100_000, 10_000_000), "small": (0, 60)}
        return Fraction(rng.randint(*ranges[size]))
    if size == "tiny":
        return Fraction(rng.randint(1, 99), 10 ** rng.randint(7, 9))
    if size == "large":
        return Fraction(rng.randint(3 * 10**5, 3 * 10**7), 3)
    if size == "small":
        return rng.choice(_SMALL)
    return Fraction(rng.randint(1, 997), rng.choice((37, 101, 211, 1009)))


def _near(
    border: Any,
    ordered: tuple[Any, ...],
    kinds: dict[Any, bool],
    legal: Callable[[tuple[Value, ...]], bool],
    bases: list[tuple[Value, ...]],
    rng: random.Random,
) -> Iterator[tuple[Value, ...]]:
    """Points on and next to the zero of an expression, reached along one symbol in which it is linear."""
    function = _in_doubles(ordered, border)
    if function is None:
        return
    for symbol in sorted(border.free_symbols & set(ordered), key=str):
        place = ordered.index(symbol)
        base = rng.choice(bases)
        try:
            zero, one, two = (function(*(x for x, _ in _changed(base, place, Fraction(at)))) for at in (0, 1, 2))
        except (ArithmeticError, ValueError, TypeError, NameError):
            continue
        if one == zero or abs(two - 2 * one + zero) > 1e-9 * abs(one - zero):
            continue
        root = Fraction(-zero) / Fraction(one - zero)
        steps: tuple[Any, ...] = (0, Fraction(1, 10**7), Fraction(-1, 10**7))
        if symbol.is_integer:
            root, steps = Fraction(root.__floor__()), (0, 1, -1, 2)
        else:
            steps = tuple(step * max(1, abs(root)) for step in steps) if root else steps
        for step in steps:
            values = _changed(base, place, root + step)
            if admits(symbol, values[place], kinds[symbol]) and legal(values):
                yield values


@cache
def _in_doubles(ordered: tuple[Any, ...], border: Any) -> Callable[..., Any] | None:
    """Return an expression as a function in double precision, or None where it has none."""
    try:
        function: Callable[..., Any] = sp.lambdify(ordered, border, modules="math")
    except (TypeError, NotImplementedError, ValueError, NameError):
        return None
    return function


def _changed(values: tuple[Value, ...], place: int, x: Fraction) -> tuple[Value, ...]:
    return (*values[:place], (x, Fraction(0)), *values[place + 1 :])


def allowed(symbols: tuple[Any, ...], conditions: tuple[Any, ...]) -> Callable[[dict[Any, Any]], bool]:
    """Return the conditions as a function of a point with real values."""
    legal = _compiled(symbols, conditions)

    def call(point: dict[Any, Any]) -> bool:
        return legal(tuple((Fraction(int(point[symbol].p), int(point[symbol].q)), Fraction(0)) for symbol in symbols))

    return call


@cache
def _compiled(symbols: tuple[Any, ...], conditions: tuple[Any, ...]) -> Callable[[tuple[Value, ...]], bool]:
    """Return the conditions as one function of exact fractions."""
    function = sp.lambdify(symbols, sp.And(*conditions), modules="math")
    return lambda values: bool(function(*(x for x, _ in values)))
