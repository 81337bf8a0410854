"""sympy's value of an integral, a sum, a limit, ..., and whether numbers of it as it stands confirm that value."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sympy as sp
from mpmath import mp

from linreg_compress.derivations.prover.evaluation import BUDGET, FAILURES, HEAVY, Evaluator
from linreg_compress.derivations.prover.kinks import JUMPS
from linreg_compress.derivations.prover.operations import KinkError, UnevaluableError
from linreg_compress.derivations.prover.probes import GENERIC

CONFIRMED = 3  # moderate points at which an integral, a sum, ... must agree with sympy's value of it
EXTREME = 2  # and further ones of extreme size, at which it may not disagree
QUICK = 3000  # evaluations that are spent there
KEPT = 1024  # integrals, sums, ... whose confirmation is remembered: more than the ledger has
_GLANCE, _PLAIN = 25, 1e-3  # digits of a first look at both sides, and the difference that settles it, relative
_AGREEMENT = 1e-8  # of an integral, a sum, ... with sympy's value, relative
NO_NUMBERS = (sp.oo, -sp.oo, sp.zoo, sp.nan, sp.AccumBounds, sp.DiracDelta, sp.SingularityFunction)


class RefusedError(Exception):
    """A step that the machine does not accept, with the reason."""

    def __init__(self, reason: str, failing: Callable[[], Any] | None = None) -> None:
        super().__init__(reason)
        self.failing = failing  # gives left minus right


def heavy(expression: Any) -> list[Any]:
    """Outermost integrals, sums, products, limits, derivatives and substitutions."""
    if isinstance(expression, HEAVY):
        return [expression]
    return [node for argument in expression.args for node in heavy(argument)]


def evaluated(side: Any, places: list[dict[Any, Any]], known: dict[Any, Any], strict: bool) -> Any:
    """Put sympy's confirmed values in the place of integrals, sums, ...; leave what has none if not strict."""
    for node in heavy(side):
        if node not in known:
            try:
                known[node] = _confirmed(node, places)
            except RefusedError:
                if strict:
                    raise
    return side.xreplace(known)


@lru_cache(maxsize=KEPT)
def _claimed(node: Any) -> Any:
    """Return sympy's value of a node."""
    name = _name(node)
    try:
        claimed = node.doit()
    except FAILURES as error:
        raise RefusedError(f"sympy cannot evaluate {name}: {error}") from error
    if claimed.has(*HEAVY, *NO_NUMBERS):
        raise RefusedError(f"sympy finds no finite value of {name}")
    return claimed


def _confirmed(node: Any, places: list[dict[Any, Any]]) -> Any:
    """Return sympy's value of an integral, a sum, ..., once numbers of it as it stands have confirmed it.

    Raises
    ------
    RefusedError
        If sympy has no value, if a number contradicts it, or if too few numbers can be had.
    """
    symbols = tuple(sorted(node.free_symbols, key=str))
    distinct = dict.fromkeys(tuple(place[symbol] for symbol in symbols) for place in places)
    return _confirmed_at(node, symbols, tuple(distinct))


@lru_cache(maxsize=KEPT)
def _confirmed_at(node: Any, symbols: tuple[Any, ...], values: tuple[tuple[Any, ...], ...]) -> Any:
    claimed = _claimed(node)
    places = [dict(zip(symbols, point, strict=True)) for point in values]
    agreed, reason = 0, ""
    bent = isinstance(node, sp.Derivative) and node.has(*JUMPS)
    for index, place in enumerate(places):
        extreme = GENERIC <= index < GENERIC + EXTREME
        if agreed >= CONFIRMED and not extreme and not bent:
            continue
        try:
            if not _agrees(node, claimed, place, BUDGET if agreed < CONFIRMED else QUICK):
                raise RefusedError(
                    f"sympy's value of {_name(node)} is not its numeric value at {shown(place)}", lambda: node - claimed
                )
            agreed += not extreme
        except KinkError as error:
            raise RefusedError(f"{_name(node)} does not exist at {shown(place)}, which the conditions allow") from error
        except FAILURES as error:
            reason = str(error)
    if agreed < min(CONFIRMED, len(places)):
        raise RefusedError(f"{_name(node)} cannot be confirmed in numbers: {reason}")
    return claimed


def plainly_fails(left: Any, right: Any, relation: str, place: Mapping[Any, Any]) -> bool:
    """Whether numbers of both sides as they stand refute the relation at once, far beyond any error of a quadrature.

    sympy may work for minutes at an integral whose claimed value is wrong; this needs no value of sympy's.
    """
    if not any(isinstance(node, sp.Integral | sp.Sum | sp.Product) for node in (*heavy(left), *heavy(right))):
        return False
    try:
        with mp.workdps(_GLANCE):
            here = Evaluator(place)
            here.tally["spent"] = BUDGET - QUICK
            one, two = here.value(left), here.value(right)
            gap, size = mp.re(one - two), max(abs(one), abs(two))
            if not abs(gap) > _PLAIN * size + 10 * here.tally["noise"]:
                return False
    except FAILURES:
        return False
    return relation == "=" or (gap < 0) == (relation[0] == ">")


def _name(node: Any) -> str:
    return f"the {type(node).__name__.lower()}"


def _agrees(node: Any, claimed: Any, place: Mapping[Any, Any], budget: int) -> bool:
    """Compare a node as it stands with sympy's value of it."""
    before = None
    for digits in (60, 120):
        with mp.workdps(digits):
            here = Evaluator(place)
            here.tally["spent"] = BUDGET - budget
            if isinstance(node, sp.Limit):
                return here.limit_agrees(node, claimed)
            number, value = here.value(node), Evaluator(place).value(claimed)
            gap = abs(number - value)
            if gap <= _AGREEMENT * max(abs(number), abs(value)) + 10 * here.tally["noise"]:
                return True
            terms = [abs(Evaluator(place).value(term)) for term in sp.Add.make_args(claimed)]
            if gap <= mp.mpf(10) ** (10 - digits) * max(terms) and claimed != 0 and before is None:
                raise UnevaluableError("terms that cancel entirely")
            if before is not None:
                return bool(gap <= 1e-20 * before)  # both are zero but for rounding
            before = gap
    return False


def shown(point: Mapping[Any, Any]) -> str:
    """Return a point in words."""
    return ", ".join(f"{symbol} = {value}" for symbol, value in point.items()) or "no point: nothing is free"
