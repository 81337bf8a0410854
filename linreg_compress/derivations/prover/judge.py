"""The judge of one step: numbers first, then an exact route; neither is believed without the other.

1. Every integral, sum, product, limit, derivative and substitution is evaluated in numbers as it stands, and sympy's value of
   it is taken only where the two agree.
2. Both sides are compared at points that obey the assumptions and the conditions: moderate, tiny, large, near each border.
3. An exact route must show the relation; where none does, the step is at best checked numerically, after an opponent has
   searched along each symbol for the place where it is nearest to failing.

At isolated real points where a side has no value, as x = 0 in x/x, a step says nothing. A whole number without a value refuses it.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp
from mpmath import mp

from linreg_compress.derivations.prover.comparison import DIGITS, Values, values_at
from linreg_compress.derivations.prover.confirmation import NO_NUMBERS, RefusedError, evaluated, heavy, plainly_fails, shown
from linreg_compress.derivations.prover.counterexample import suspects
from linreg_compress.derivations.prover.kinks import JUMPS, kinks
from linreg_compress.derivations.prover.operations import UndefinedError, UnevaluableError
from linreg_compress.derivations.prover.probes import points
from linreg_compress.derivations.prover.routes import exact_route
from linreg_compress.derivations.prover.steps import Outcome, Step, Verdict
from linreg_compress.derivations.prover.substitution import why_not_onto

FEWEST = 5  # points at which a step must hold before it may be proved


def judge(step: Step, conditions: tuple[Any, ...], seed: str) -> Outcome:
    """Check one step under the conditions of its derivation."""
    if step.cites:
        return Outcome(Verdict.ASSUMED, step.cites)
    held = 0
    try:
        left, right = (_formula(side) for side in (step.left, step.right))
        if left == right:
            raise RefusedError("both sides are the same formula: nothing is shown")
        tied = tied_to((*conditions, *step.conditions), left.free_symbols | right.free_symbols)
        if step.where:
            left, right = (
                evaluated(side, points(symbols_of(left, right, tied), tied, (), seed), {}, False) for side in (left, right)
            )
            left, right, tied = _replaced(step.where, left, right, tied)
        symbols = symbols_of(left, right, tied)
        known: dict[Any, Any] = {}
        slopes = sp.Add(left, -right, evaluate=False)
        drawn = points(symbols, tied, _borders(slopes, symbols) if slopes.has(sp.Derivative) else (), seed)
        for place in drawn[:1]:
            if plainly_fails(left, right, step.relation, place):
                raise RefusedError(f"fails at {shown(place)}", lambda: left - right)
        one, two = (evaluated(side, drawn, known, True) for side in (left, right))
        for place in drawn[:1]:  # a side that is plainly wrong is refused before borders are looked for
            _holds(values_at(place), one, two, step.relation)
        borders = _borders(one - two, symbols)
        places = points(symbols, tied, borders, seed) if borders else drawn
        settled = [values_at(place) for place in places]
        for found in settled:
            held += _holds(found, one, two, step.relation)
        if held < min(FEWEST, len(places)):
            raise RefusedError("the sides have a value at too few points")
        difference = (one - two).doit()
        route = exact_route(difference, step.relation)
        if route:
            return Outcome(Verdict.PROVED, route, held)
        if not sum(_holds(found, one, two, step.relation, deep=True) for found in settled[:6]):
            raise RefusedError("neither an exact route nor a numeric check closes it")
        for found in settled:  # a part that both sides share may hide what is left
            _holds(found, sp.expand(difference), sp.S.Zero, step.relation)
        for place in suspects(one, two, step.relation, places, tied):
            _holds(Values(place), one, two, step.relation)
        return Outcome(Verdict.CHECKED, f"{DIGITS} digits at {held} points", held)
    except RefusedError as refusal:
        return Outcome(Verdict.REFUTED, str(refusal), held, refusal.failing)


def _formula(side: Any) -> Any:
    """Return a side as a sympy formula, or refuse what is none."""
    formula = sp.sympify(side)
    if not isinstance(formula, sp.Expr) or formula.has(sp.MatrixBase, sp.MatrixExpr):
        raise RefusedError(f"a side must be a number or a formula; got {side}")
    if not all(symbol.is_commutative for symbol in formula.atoms(sp.Symbol)):
        raise RefusedError("a side has symbols that do not commute")
    if formula.has(sp.Float):
        raise RefusedError("a side has a decimal number, which is not exact; write it as a Rational")
    bare = formula.xreplace(dict.fromkeys(heavy(formula), sp.S.One))
    if bare.has(*NO_NUMBERS):
        raise RefusedError("a side is infinite or undefined")
    return formula


def tied_to(conditions: tuple[Any, ...], symbols: set[Any]) -> tuple[Any, ...]:
    """Return the conditions that bear on the symbols, directly or through one another."""
    if any(one in (False, sp.false) for one in conditions):
        raise ValueError(f"no random point meets the conditions {conditions}.")
    conditions = tuple(one for one in conditions if one not in (True, sp.true))
    reached, tied = set(symbols), []
    waiting = list(conditions)
    while found := [one for one in waiting if one.free_symbols & reached]:
        tied += found
        waiting = [one for one in waiting if one not in found]
        reached |= set().union(*(one.free_symbols for one in found))
    return tuple(one for one in conditions if one in tied)


def symbols_of(left: Any, right: Any, conditions: tuple[Any, ...]) -> frozenset[Any]:
    """Return the free symbols of two sides and of the conditions."""
    return frozenset(left.free_symbols | right.free_symbols).union(*(one.free_symbols for one in conditions))


def _replaced(
    where: Mapping[Any, Any], left: Any, right: Any, conditions: tuple[Any, ...]
) -> tuple[Any, Any, tuple[Any, ...]]:
    """Carry out a substitution that reaches all that the conditions allow: what then holds always, held there before."""
    why = why_not_onto(where, conditions, set(symbols_of(left, right, conditions)))
    if why:
        raise RefusedError(f"the substitution is refused: {why}")
    left, right, *kept = (one.subs(where) for one in (left, right, *conditions))
    if sp.false in kept:
        raise RefusedError("the substitution contradicts a condition")
    return left, right, tuple(one for one in kept if one != sp.true)


def _holds(found: Values, left: Any, right: Any, relation: str, *, deep: bool = False) -> bool:
    """Say whether the relation holds at a point; False where a side has no number there.

    Raises
    ------
    RefusedError
        If it does not hold, or if a side has no value there nor in the neighbourhood.
    """
    try:
        gap = found.difference(left, right, deep=deep)
        if gap == 0 and relation != "=" and not deep:
            gap = found.difference(left, right, deep=True)
        if relation != "=" and any(_imaginary(found, side) for side in (left, right)):
            raise RefusedError(f"a side is not real at {shown(found.point)}")
    except UndefinedError as error:
        if _isolated(found.point, left, right):
            return False
        raise RefusedError(f"a side has no value at {shown(found.point)}, which the conditions allow: {error}") from error
    except UnevaluableError:
        return False
    true = gap == 0
    if relation != "=":
        size = mp.re(gap) if not isinstance(gap, Fraction) else gap
        if size == 0 and not isinstance(gap, Fraction) and not relation[1:]:
            return False  # 1 - erf(10^6) is too small for all digits tried: nothing is seen here
        true = (size > 0 if relation[0] == ">" else size < 0) or (relation[1:] == "=" and size == 0)
    if not true:
        raise RefusedError(f"fails at {shown(found.point)}", lambda: _tidy((left - right).doit()))
    return True


def _imaginary(found: Values, side: Any) -> bool:
    if found.exact(side) is not None:
        return False
    number = found.number(side, DIGITS)
    return bool(abs(mp.im(number)) > mp.mpf(10) ** (-DIGITS // 2) * abs(number))


def _isolated(point: Mapping[Any, Any], left: Any, right: Any) -> bool:
    """Whether the sides have values next to a point: then only real numbers of measure zero have none."""
    moved = {
        symbol: value if symbol.is_integer else value + (value or 1) * sp.Rational(index + 1, 1009)
        for index, (symbol, value) in enumerate(point.items())
    }
    if moved == point:
        return False
    try:
        Values(moved).difference(left, right)
    except UndefinedError:
        return False
    except UnevaluableError:
        return True
    return True


def _borders(expression: Any, symbols: frozenset[Any]) -> tuple[Any, ...]:
    """Formulas at whose zeros a side may jump or bend, or where whole numbers may meet a pole."""
    jumps = expression.has(*JUMPS)
    found = [kink for kink in kinks(expression) if kink.free_symbols and kink.free_symbols <= symbols]
    return tuple(sorted((k for k in found if jumps or all(s.is_integer for s in k.free_symbols)), key=str)[:12])


def _tidy(expression: Any) -> Any:
    """Simplify a residual for the reader, unless that may take long (long sums, odd roots)."""
    roots = any(number.q > 2 for number in expression.atoms(sp.Rational) if number.p != 1)
    return expression if roots or len(str(expression)) > 500 else sp.factor(sp.expand(expression))
