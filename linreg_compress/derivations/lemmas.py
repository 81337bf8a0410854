"""Steps that quote another derivation: its formula, after a substitution, and only where it holds."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.prover.comparison import values_at
from linreg_compress.derivations.prover.confirmation import heavy, plainly_fails, shown
from linreg_compress.derivations.prover.judge import judge, symbols_of, tied_to
from linreg_compress.derivations.prover.operations import UnevaluableError
from linreg_compress.derivations.prover.probes import points
from linreg_compress.derivations.prover.steps import Lemma, Outcome, Step, Verdict
from linreg_compress.derivations.prover.substitution import Facts

Library = Mapping[str, Callable[[], Derivation]]
_PLACES = 3  # points at which numbers of a quoted formula are compared once more


class MisquotedError(ValueError):
    """A lemma that cannot be quoted so, with the reason."""


def quoted(lemma: Lemma, library: Library) -> tuple[Derivation, Step]:
    """Return the derivation that a lemma names, and its step that is quoted.

    Raises
    ------
    MisquotedError
        If there is no such derivation or step.
    """
    if lemma.name not in library:
        raise MisquotedError(f"no derivation is called {lemma.name}")
    source = library[lemma.name]()
    labelled = {step.label: step for step in source.steps if step.label}
    if lemma.line and lemma.line not in labelled:
        raise MisquotedError(f"{lemma.name} has no step labelled {lemma.line}; it has {', '.join(labelled)}")
    return source, labelled[lemma.line] if lemma.line else source.concluding_step


def instance(lemma: Lemma, library: Library) -> tuple[Any, Any]:
    """Return both sides of a quoted step after the substitution.

    Raises
    ------
    MisquotedError
        If the substitution replaces what is no symbol of the step, or puts in a symbol that an integral or a sum runs over.
    """
    source, step = quoted(lemma, library)
    substitution = resolved(lemma, source, step)
    sides = [sp.sympify(side) for side in (step.left, step.right)]
    running = {variable for side in sides for variable in _running(side)}
    renamed = {key: value for key, value in substitution.items() if key in running}
    for key, value in substitution.items():
        caught = (running | set().union(*(side.free_symbols for side in sides))) if key in renamed else running
        if key in renamed and not (value.is_Symbol and value.assumptions0 == key.assumptions0):
            raise MisquotedError(
                f"{lemma.name} integrates or sums over {key}, for which only a symbol of its kind can stand"
            )
        if caught & value.free_symbols:
            raise MisquotedError(f"{key} -> {value} puts in a symbol over which {lemma.name} integrates or sums")
    put = {key: value for key, value in substitution.items() if key not in renamed}
    left, right = (sp.sympify(lemma.times) * _replaced(side, tuple(renamed.items()), tuple(put.items())) for side in sides)
    return left, right


@lru_cache(maxsize=1024)  # asked when a proof is written, and when it is judged
def _replaced(side: Any, renamed: tuple[tuple[Any, Any], ...], put: tuple[tuple[Any, Any], ...]) -> Any:
    return side.xreplace(dict(renamed)).subs(dict(put), simultaneous=True)


def resolved(lemma: Lemma, source: Derivation, step: Step) -> dict[Any, Any]:
    """Return the substitution with the symbols of the quoted step for their names."""
    known = set().union(*(part.free_symbols for part in (step.left, step.right, *_conditions(source, step))))
    known |= _running(step.left) | _running(step.right)
    names = {symbol.name: symbol for symbol in known}
    found = {}
    for key, value in lemma.substitution.items():
        if str(key) not in names or (isinstance(key, sp.Symbol) and key not in known):
            raise MisquotedError(f"{key} is no symbol of the step of {lemma.name}; it has {', '.join(sorted(names))}")
        found[names[str(key)]] = sp.sympify(value)
    return found


def judge_lemma(step: Step, conditions: tuple[Any, ...], seed: str, library: Library) -> Outcome:
    """Compare a step with the line that it quotes.

    It holds when the substitution keeps every assumption of the replaced symbols and every condition of the quoted line, given
    the conditions of this step, and when both sides are those of the quoted line: the same formulas, or formulas whose equality
    the prover shows. Numbers of both sides are compared once more.
    """
    lemma = step.lemma
    assert lemma is not None
    here = (*conditions, *step.conditions)
    try:
        source, line = quoted(lemma, library)
        substitution = resolved(lemma, source, line)
        _require_allowed(lemma, substitution, _conditions(source, line), here)
        left, right = instance(lemma, library)
        if sp.sympify(lemma.times).is_zero:
            raise MisquotedError("a factor of zero leaves nothing of the lemma")
        if line.relation != step.relation or (line.relation != "=" and not sp.sympify(lemma.times).is_positive):
            raise MisquotedError(f"the relation of {lemma.name} is {line.relation}, and is kept by a positive factor alone")
        for name, own, theirs in (("left", step.left, left), ("right", step.right, right)):
            _require_equal(f"the {name} side", own, theirs, step, conditions, seed, lemma)
    except MisquotedError as error:
        return Outcome(Verdict.REFUTED, str(error))
    tied = tied_to(here, step.left.free_symbols | step.right.free_symbols)
    places = points(symbols_of(step.left, step.right, tied), tied, (), seed)[:_PLACES]
    held = [place for place in places if _agrees(step, place)]
    wrong = [place for place in places if _agrees(step, place) is False]
    if wrong:
        return Outcome(Verdict.REFUTED, f"fails at {shown(wrong[0])}", len(held), lambda: step.left - step.right)
    return Outcome(Verdict.LEMMA, name_of(lemma), len(held))


def name_of(lemma: Lemma) -> str:
    """Return what a lemma quotes, in words."""
    return f"{lemma.name} ({lemma.line})" if lemma.line else lemma.name


def circle(derivation: Derivation, library: Library) -> tuple[str, ...]:
    """Return the names of a circle that a derivation quotes its way into, or nothing."""

    def search(here: Derivation, path: tuple[str, ...]) -> tuple[str, ...]:
        for name in named(here):
            if name in path:
                return (*path[path.index(name) :], name)
            found = search(library[name](), (*path, name)) if name in library else ()
            if found:
                return found
        return ()

    return search(derivation, (derivation.name,))


def sources(derivation: Derivation, library: Library) -> dict[str, Derivation]:
    """Return all that a derivation rests on, through other derivations too."""
    found: dict[str, Derivation] = {}
    waiting = list(named(derivation))
    while waiting:
        name = waiting.pop()
        if name not in found and name in library:
            found[name] = library[name]()
            waiting += named(found[name])
    return found


def named(derivation: Derivation) -> tuple[str, ...]:
    """Return the names of the derivations that a derivation quotes, each once."""
    return tuple(dict.fromkeys(line.lemma.name for line in (*derivation.steps, *derivation.checks) if line.lemma))


def citations(derivation: Derivation, library: Library, number: int = 0) -> tuple[str, ...]:
    """Return the outside theorems that a step, by default the conclusion, rests on, its lemmas' included; each once."""
    found: list[str] = []
    for needed in sorted(derivation.needed(number)):
        step = derivation.steps[needed - 1]
        if step.cites:
            found.append(step.cites)
        if step.lemma:
            try:
                source, cited = quoted(step.lemma, library)
            except MisquotedError:
                continue  # the step is refuted
            found += citations(source, library, source.steps.index(cited) + 1)
    return tuple(dict.fromkeys(found))


def _conditions(source: Derivation, step: Step) -> tuple[Any, ...]:
    """Conditions of a quoted step: those that hold whatever the symbols are do not count."""
    return tuple(one for one in (*source.conditions, *step.conditions) if one not in (True, sp.true))


def _require_allowed(lemma: Lemma, substitution: dict[Any, Any], theirs: tuple[Any, ...], here: tuple[Any, ...]) -> None:
    facts = Facts(here)
    for symbol, value in substitution.items():
        if not facts.obeys(symbol, value):
            sign = next((name for name in ("positive", "nonnegative", "real") if getattr(symbol, f"is_{name}")), "")
            kind = " and ".join(name for name in ("whole" if symbol.is_integer else "", sign) if name)
            raise MisquotedError(f"{lemma.name} needs {symbol} to be {kind}; the conditions do not show it of {value}")
    for condition in theirs:
        wanted = condition.subs(substitution, simultaneous=True)
        if not facts.hold(wanted):
            raise MisquotedError(f"{lemma.name} holds for {condition}; the conditions do not show that {wanted}")


def _require_equal(
    name: str, own: Any, theirs: Any, step: Step, conditions: tuple[Any, ...], seed: str, lemma: Lemma
) -> None:
    if own == theirs or _canonical(own) == _canonical(theirs):
        return
    outcome = judge(Step("", own, theirs, where=step.where, conditions=step.conditions), conditions, seed)
    if outcome.verdict is not Verdict.PROVED:
        raise MisquotedError(f"{name} is not that of {name_of(lemma)}, {theirs}: {outcome.route}")


def _canonical(side: Any) -> Any:
    return sp.sympify(side).as_dummy()


def _running(side: Any) -> set[Any]:
    """Variables over which a formula integrates, sums, or takes a limit."""
    return {variable for node in heavy(side) for variable in getattr(node, "bound_symbols", ())} | {
        variable
        for node in heavy(side)
        for argument in node.args
        if isinstance(argument, sp.Expr)
        for variable in _running(argument)
    }


def _agrees(step: Step, place: Mapping[Any, Any]) -> bool | None:
    """Whether the numbers of both sides at a point keep the relation; None where they do not tell."""
    if heavy(step.left) or heavy(step.right):
        return not plainly_fails(step.left, step.right, step.relation, place)
    try:
        gap = values_at(place).difference(step.left, step.right)
    except UnevaluableError:
        return None
    if step.relation == "=":
        return bool(gap == 0)
    return bool((gap >= 0 if step.relation[0] == ">" else gap <= 0) and (step.relation[1:] == "=" or gap != 0))
