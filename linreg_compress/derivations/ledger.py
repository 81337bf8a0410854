"""The ledger: a derivation is a chain of steps, and a machine gives every step its verdict.

- ``proved``: the difference of the two sides is exactly zero (or has the stated sign) by an exact route, and the numbers of
  both sides as they stand agree with that at every point where they were tried;
- ``lemma``: it is the result of another derivation, after a substitution that keeps that derivation's conditions;
- ``checked_numerically``: no exact route closed it, but it holds to 50 digits at those points;
- ``assumed``: a cited theorem from outside, always listed; a derivation whose conclusion needs one is assumed too;
- ``refuted``: it fails at a point, and the residual is shown; or the machine cannot confirm it, and the reason is shown; or
  it names a step of which it holds no trace, or uses one that it does not name (`uses`).

The machine checks each equation. It cannot check that the equations model the sentences around them.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.lemmas import Library, circle, citations, judge_lemma, named, sources
from linreg_compress.derivations.prover.judge import judge
from linreg_compress.derivations.prover.steps import Lemma, Outcome, Step, Verdict
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.derivations.uses import faults

__all__ = ["Derivation", "Lemma", "Outcome", "Step", "Verdict", "Verified", "verify"]


@dataclass(frozen=True)
class Verified:
    """A derivation with what the machine found."""

    derivation: Derivation
    """What was verified."""
    outcomes: tuple[Outcome, ...]
    """Of its steps, in their order."""
    checked: tuple[Outcome, ...] = ()
    """Of its checks."""
    library: Library = field(default_factory=lambda: DERIVATIONS, compare=False, repr=False)
    """Where its lemmas were looked up."""

    @property
    def verdict(self) -> Verdict:
        """Refuted if any step is; else assumed if the conclusion needs a cited step; else the weakest of the others."""
        found = {outcome.verdict for outcome in (*self.outcomes, *self.checked)}
        if Verdict.REFUTED in found:
            return Verdict.REFUTED
        if self.assumed:
            return Verdict.ASSUMED
        return Verdict.CHECKED if Verdict.CHECKED in found else Verdict.PROVED

    @property
    def assumed(self) -> tuple[str, ...]:
        """Citations of the outside theorems that the conclusion rests on, those of its lemmas included, each once."""
        return citations(self.derivation, self.library)

    @property
    def rest(self) -> Verdict:
        """The weakest verdict of the steps that are not cited: what holds, given what is assumed."""
        found = {outcome.verdict for outcome in (*self.outcomes, *self.checked)} - {Verdict.ASSUMED}
        if not found:
            return Verdict.ASSUMED
        return next((one for one in (Verdict.REFUTED, Verdict.CHECKED) if one in found), Verdict.PROVED)


def verify(derivation: Derivation, *, seed: int = 0, library: Library | None = None) -> Verified:
    """Check every step of a derivation.

    Parameters
    ----------
    seed : int
        Of the points at which the steps are tried.
    library : mapping of name to a function that returns a derivation, optional
        Where lemmas are looked up, by default the ledger. They are verified too: a step that quotes a refuted derivation is refuted.

    Raises
    ------
    ValueError
        If no point meets the conditions, or if a symbol has an assumption that no point can be tried for.

    Examples
    --------
    >>> import sympy as sp
    >>> x = sp.Symbol("x", positive=True)
    >>> step = Step("Multiply out.", (x + 1) ** 2, x**2 + 2 * x + 1)
    >>> verify(Derivation("square", "Square", "", "", (), (step,))).verdict.value
    'proved'
    >>> wrong = Step("Multiply out.", (x + 1) ** 2, x**2 + 3 * x + 1)
    >>> verify(Derivation("square", "Square", "", "", (), (wrong,))).outcomes[0].residual
    -x
    """
    looked_up = DERIVATIONS if library is None else library
    return replace(_verified(derivation, tuple(sources(derivation, looked_up).items()), seed), library=looked_up)


@lru_cache(maxsize=256)  # more than the ledger has
def _verified(derivation: Derivation, rests_on: tuple[tuple[str, Derivation], ...], seed: int) -> Verified:
    """Verify a derivation with all that it rests on, which are verified once however often they are quoted."""
    library: Library = {name: partial(_same, source) for name, source in rests_on}
    around = circle(derivation, library)
    if around:
        why = f"lemmas in a circle: {' -> '.join(around)}"
        unsound = {name: Outcome(Verdict.REFUTED, why) for name in named(derivation)}
    else:
        unsound = _unsound_lemmas(derivation, seed, library)
    drawn = f"{derivation.name}/{seed}"
    untraced = faults(derivation)

    def outcome(place: int, line: Step) -> Outcome:
        found = judged(line)
        sound = found.verdict is not Verdict.REFUTED and place in untraced
        return Outcome(Verdict.REFUTED, untraced[place], found.points) if sound else found

    def judged(line: Step) -> Outcome:
        if line.lemma is None:
            return judge(line, derivation.conditions, drawn)
        found = judge_lemma(line, derivation.conditions, drawn, library)
        return unsound.get(line.lemma.name, found) if found.verdict is Verdict.LEMMA else found

    outcomes = [outcome(place, line) for place, line in enumerate((*derivation.steps, *derivation.checks))]
    count = len(derivation.steps)
    return Verified(derivation, tuple(outcomes[:count]), tuple(outcomes[count:]), library)


def _same(source: Derivation) -> Derivation:
    return source


def _unsound_lemmas(derivation: Derivation, seed: int, library: Library) -> dict[str, Outcome]:
    """Return what is to be said of a step that quotes a derivation which is refuted, or checked in numbers alone."""
    found = {}
    for name in named(derivation):
        if name in library:
            rest = verify(library[name](), seed=seed, library=library)
            if rest.verdict is Verdict.REFUTED:
                found[name] = Outcome(Verdict.REFUTED, f"{name} is refuted")
            elif rest.rest is Verdict.CHECKED:
                found[name] = Outcome(Verdict.CHECKED, f"{name} is checked in numbers alone")
    return found
