"""The ledger: a derivation is a chain of steps, and a machine gives every step its verdict.

- ``proved``: the difference of the two sides is exactly zero (or has the stated sign) by an exact route, and the numbers of
  both sides as they stand agree with that at every point where they were tried;
- ``checked_numerically``: no exact route closed it, but it holds to 50 digits at those points;
- ``assumed``: a cited theorem from outside, always listed; a derivation whose conclusion needs one is assumed too;
- ``refuted``: it fails at a point, and the residual is shown; or the machine cannot confirm it, and the reason is shown.

The machine checks each equation. It cannot check that the equations model the sentences around them.
"""

from dataclasses import dataclass
from typing import Any

from linreg_compress.derivations.prover.judge import judge
from linreg_compress.derivations.prover.steps import Outcome, Step, Verdict

__all__ = ["Derivation", "Outcome", "Step", "Verdict", "Verified", "verify"]


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
        Where the formula holds, as ``n > d + 1``; the points of the checks obey them.
    steps : tuple of Step
    conclusion : int
        Number, from 1, of the step whose right side is the result; the last by default.
    checks : tuple of Step
        Special cases and limits of the result, which nothing else rests on.
    """

    name: str
    title: str
    statement: str
    quantity: str
    assumptions: tuple[str, ...]
    steps: tuple[Step, ...]
    conditions: tuple[Any, ...] = ()
    conclusion: int = 0
    checks: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        for number, step in enumerate(self.steps, start=1):
            for used in step.depends_on:
                if not 1 <= used < number:
                    raise ValueError(f"{self.name}: step {number} depends on {used}, which is not an earlier step.")
        for check in self.checks:
            if check.cites or not all(1 <= used <= len(self.steps) for used in check.depends_on):
                raise ValueError(f"{self.name}: a check uses steps of its derivation, and cites nothing.")
        labels = [line.label for line in (*self.steps, *self.checks) if line.label]
        for label in labels:
            if labels.count(label) > 1:
                raise ValueError(f"{self.name}: two lines have the label {label!r}.")

    @property
    def concluding_step(self) -> Step:
        """The step that states the result."""
        return self.steps[(self.conclusion or len(self.steps)) - 1]

    def line(self, label: str) -> Step:
        """Return the step or check with a label."""
        found = [line for line in (*self.steps, *self.checks) if label and line.label == label]
        if not found:
            raise KeyError(f"{self.name} has no line labelled {label!r}.")
        return found[0]

    @property
    def result(self) -> Any:
        """The right side of the conclusion: the proved formula."""
        return self.concluding_step.right

    @property
    def needed(self) -> frozenset[int]:
        """Numbers of the steps on which the conclusion may rest.

        These are the conclusion and all that it reaches through `depends_on`. A cited step that no step names, or a
        conclusion that names no premise, leaves open what is needed: then the cited step counts as needed.
        """
        reached: set[int] = set()
        waiting = [self.conclusion or len(self.steps)]
        while waiting:
            number = waiting.pop()
            if number not in reached:
                reached.add(number)
                waiting += self.steps[number - 1].depends_on
        named = {used for step in self.steps for used in step.depends_on}
        told = bool(self.concluding_step.depends_on)
        open_ = {number for number, step in enumerate(self.steps, 1) if step.cites and not (told and number in named)}
        return frozenset(reached | open_)


@dataclass(frozen=True)
class Verified:
    """A derivation with the outcome of each of its steps, and of each of its checks."""

    derivation: Derivation
    outcomes: tuple[Outcome, ...]
    checked: tuple[Outcome, ...] = ()

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
        """Citations of the outside theorems that the conclusion rests on, each once."""
        needed = self.derivation.needed
        cited = (step.cites for number, step in enumerate(self.derivation.steps, 1) if step.cites and number in needed)
        return tuple(dict.fromkeys(cited))

    @property
    def rest(self) -> Verdict:
        """The weakest verdict of the steps that are not cited: what holds, given what is assumed."""
        found = {outcome.verdict for outcome in (*self.outcomes, *self.checked)} - {Verdict.ASSUMED}
        return next((one for one in (Verdict.REFUTED, Verdict.CHECKED, Verdict.PROVED) if one in found), Verdict.ASSUMED)


def verify(derivation: Derivation, *, seed: int = 0) -> Verified:
    """Check every step of a derivation.

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
    drawn = f"{derivation.name}/{seed}"
    steps, checks = (
        tuple(judge(line, derivation.conditions, drawn) for line in lines)
        for lines in (derivation.steps, derivation.checks)
    )
    return Verified(derivation, steps, checks)
