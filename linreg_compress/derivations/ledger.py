"""The ledger: a derivation is a chain of steps, and a machine gives every step its verdict.

- ``proved``: the difference of the two sides is exactly zero (or has the stated sign) by an exact route;
- ``checked_numerically``: no exact route closed it, but it holds to 50 digits at random rational points;
- ``assumed``: a cited theorem from outside, always listed;
- ``refuted``: it fails at a point, and the residual is shown.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cache
from itertools import islice
from typing import Any

import sympy as sp

DIGITS = 50
PROBES = 2  # random rational points that a step must survive before it may be proved
POINTS = 8  # and as many as these where no exact route closes it
_ATTEMPTS = 2000  # draws of a point until the conditions hold
_RELATIONS = ("=", "<=", ">=", "<", ">")


class Verdict(StrEnum):
    """What the machine says of a step, or of a derivation."""

    PROVED = "proved"
    CHECKED = "checked_numerically"
    ASSUMED = "assumed"
    REFUTED = "refuted"


@dataclass(frozen=True)
class Step:
    """One line of a derivation: ``left relation right``, and why.

    Parameters
    ----------
    justification : str
        A sentence for the reader; mathematics between dollar signs.
    left, right : sympy expression
        Unevaluated integrals, derivatives, limits and sums are evaluated by the prover, and printed as they are.
    relation : {"=", "<=", ">=", "<", ">"}
    quantity : str
        LaTeX name of what is computed, printed before the left side.
    depends_on : tuple of int
        Numbers, from 1, of earlier steps that this one uses.
    cites : str
        Reference of an outside theorem; the step is then assumed, not proved.
    where : mapping
        Exact substitution that builds a condition into the symbols, as ``{n: d + 1 + m}`` for n > d + 1.
    """

    justification: str
    left: Any
    right: Any
    relation: str = "="
    quantity: str = ""
    depends_on: tuple[int, ...] = ()
    cites: str = ""
    where: Mapping[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.relation not in _RELATIONS:
            raise ValueError(f"relation must be one of {_RELATIONS}; got {self.relation!r}.")


@dataclass(frozen=True)
class Derivation:
    """A theorem with its proof.

    Parameters
    ----------
    name : str
        Lower case with hyphens.
    title : str
    statement : str
        What is claimed, a sentence; mathematics between dollar signs.
    quantity : str
        LaTeX name of what the conclusion gives.
    assumptions : tuple of str
        The setting: sentences.
    conditions : tuple of sympy relationals
        Where the formula holds, as ``n > d + 1``; random points obey them.
    steps : tuple of Step
    conclusion : int
        Number, from 1, of the step whose right side is the result; the last by default.
    """

    name: str
    title: str
    statement: str
    quantity: str
    assumptions: tuple[str, ...]
    steps: tuple[Step, ...]
    conditions: tuple[Any, ...] = ()
    conclusion: int = 0

    def __post_init__(self) -> None:
        for number, step in enumerate(self.steps, start=1):
            for used in step.depends_on:
                if not 1 <= used < number:
                    raise ValueError(f"{self.name}: step {number} depends on {used}, which is not an earlier step.")

    @property
    def concluding_step(self) -> Step:
        """The step that states the result."""
        return self.steps[(self.conclusion or len(self.steps)) - 1]

    @property
    def result(self) -> Any:
        """The right side of the conclusion: the proved formula."""
        return self.concluding_step.right


@dataclass(frozen=True)
class Outcome:
    """What the machine found about one step.

    Attributes
    ----------
    verdict : Verdict
    route : str
        The exact route that closed it, or why it did not.
    points : int
        Number of random rational points at which it was evaluated.
    residual : object
        Left minus right where the step is refuted, else None.
    """

    verdict: Verdict
    route: str
    points: int = 0
    residual: Any = None


@dataclass(frozen=True)
class Verified:
    """A derivation with the outcome of each of its steps."""

    derivation: Derivation
    outcomes: tuple[Outcome, ...]

    @property
    def verdict(self) -> Verdict:
        """Refuted if any step is, else the weakest of proved and checked; assumed if no step is more than that."""
        found = {outcome.verdict for outcome in self.outcomes}
        for verdict in (Verdict.REFUTED, Verdict.CHECKED, Verdict.PROVED):
            if verdict in found:
                return verdict
        return Verdict.ASSUMED

    @property
    def assumed(self) -> tuple[str, ...]:
        """Citations of the outside theorems that it rests on."""
        return tuple(step.cites for step in self.derivation.steps if step.cites)


def verify(derivation: Derivation, *, seed: int = 0) -> Verified:
    """Check every step of a derivation.

    Examples
    --------
    >>> x = sp.Symbol("x", positive=True)
    >>> step = Step("Multiply out.", (x + 1) ** 2, x**2 + 2 * x + 1)
    >>> verify(Derivation("square", "Square", "", "", (), (step,))).verdict.value
    'proved'
    >>> wrong = Step("Multiply out.", (x + 1) ** 2, x**2 + 3 * x + 1)
    >>> verify(Derivation("square", "Square", "", "", (), (wrong,))).outcomes[0].residual
    -x
    """
    rng = random.Random(f"{derivation.name}/{seed}")
    return Verified(derivation, tuple(_judge(step, derivation.conditions, rng) for step in derivation.steps))


def _judge(step: Step, conditions: tuple[Any, ...], rng: random.Random) -> Outcome:
    if step.cites:
        return Outcome(Verdict.ASSUMED, step.cites)
    try:
        left, right = (sp.sympify(side).doit() for side in (step.left, step.right))
    except NotImplementedError as error:  # a limit or a sum that sympy cannot do
        return Outcome(Verdict.REFUTED, f"cannot be evaluated: {error}", 0, step.left - step.right)
    difference = left - right
    points = _random_points(difference, conditions, rng)
    survived, refuted = _survives(left, right, step.relation, islice(points, PROBES))
    if refuted:
        return Outcome(Verdict.REFUTED, "fails at a random rational point", survived, _tidy(difference))
    route = _exact_route(difference.subs(step.where) if step.where else difference, step.relation)
    if route:
        return Outcome(Verdict.PROVED, route, survived)
    more, refuted = _survives(left, right, step.relation, islice(points, POINTS - PROBES))
    survived += more
    if survived == POINTS:
        return Outcome(Verdict.CHECKED, f"{DIGITS} digits at {POINTS} random rational points", survived)
    return Outcome(Verdict.REFUTED, "neither an exact route nor a numeric check closes it", survived, _tidy(difference))


def _survives(left: Any, right: Any, relation: str, points: Iterable[dict[Any, Any]]) -> tuple[int, bool]:
    """Count the points at which the relation holds, and say whether one refutes it."""
    survived = 0
    for point in points:
        values = _value(left, point), _value(right, point)
        if None in values:
            break  # it cannot be evaluated at a point: only an exact route can prove it
        if not _holds(*values, relation):
            return survived, True
        survived += 1
    return survived, False


def _tidy(expression: Any) -> Any:
    """Simplify a residual for the reader, unless that may take long (long sums, odd roots)."""
    roots = any(number.q > 2 for number in expression.atoms(sp.Rational) if number.p != 1)
    return expression if roots or len(str(expression)) > 500 else sp.factor(sp.expand(expression))


def _holds(left: Any, right: Any, relation: str) -> bool:
    """Whether left - right has the stated sign, zero to all but the last digits for an equality."""
    residual = left - right
    tiny = sp.Float(10, DIGITS) ** (8 - DIGITS) * max(1, abs(left), abs(right))
    if relation == "=":
        return bool(abs(residual) < tiny)
    above = residual > -tiny if relation[1:] else residual > 0
    below = residual < tiny if relation[1:] else residual < 0
    return bool(above if relation[0] == ">" else below)


def _random_points(expression: Any, conditions: tuple[Any, ...], rng: random.Random) -> Iterator[dict[Any, Any]]:
    """Draw rational values for the free symbols, by their assumptions, such that the conditions hold."""
    symbols = set(expression.free_symbols)
    for condition in conditions:  # a condition ties further symbols to these, as n > d + 1
        symbols |= condition.free_symbols
    ordered = sorted(symbols, key=str)
    legal = _compiled(tuple(ordered), conditions)
    attempts = 0
    while attempts < _ATTEMPTS:
        attempts += 1
        values = [_random_value(symbol, rng) for symbol in ordered]
        if legal(*values):
            attempts = 0
            yield {symbol: sp.Rational(value) for symbol, value in zip(ordered, values, strict=True)}
    raise ValueError(f"no random point meets the conditions {conditions}.")


@cache
def _compiled(symbols: tuple[Any, ...], conditions: tuple[Any, ...]) -> Callable[..., bool]:
    """Return the conditions as one function of exact fractions: most random points are thrown away here."""
    function: Callable[..., bool] = sp.lambdify(symbols, sp.And(*conditions), modules="math")
    return function


def _random_value(symbol: Any, rng: random.Random) -> Fraction:
    if symbol.is_integer:
        return Fraction(rng.randint(1, 24) if symbol.is_positive else rng.randint(-9, 9))
    size = Fraction(rng.randint(1, 997), rng.choice((37, 101, 211, 1009)))
    if symbol.is_positive or symbol.is_nonnegative:
        return size
    return size * rng.choice((1, -1))


def _value(expression: Any, point: dict[Any, Any]) -> Any:
    """Evaluate to 50 digits; None if that gives no number."""
    try:
        value = expression.subs(point).evalf(DIGITS, maxn=400)
    except (TypeError, ValueError, NotImplementedError, ZeroDivisionError):
        return None
    if not value.is_number or value.has(sp.nan, sp.zoo, sp.oo, -sp.oo) or value.is_real is False:
        return None
    real = sp.re(value)
    return real if real.is_Float or real.is_Rational else None


def _exact_route(difference: Any, relation: str) -> str | None:
    """Name the exact route that shows the relation, or None."""
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
    except (sp.PolynomialError, ValueError, TypeError, NotImplementedError):
        return None


def _logarithms(expression: Any) -> Any:
    return sp.expand(sp.expand_log(sp.powsimp(sp.expand_log(expression, force=True)), force=True))


_ROUTES: dict[str, Callable[[Any], Any]] = {
    "identity": lambda e: e,
    "expand": sp.expand,
    "cancel": sp.cancel,
    "factor": lambda e: sp.factor(sp.powsimp(sp.expand(e))),
    "gammasimp": sp.gammasimp,
    "logarithms": _logarithms,
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
