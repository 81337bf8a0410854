"""A derivation: a theorem with its proof, before any machine has looked at it."""

from dataclasses import dataclass
from typing import Any

from linreg_compress.derivations.prover.steps import Step


@dataclass(frozen=True)
class Derivation:
    """A theorem with its proof."""

    name: str
    """Lower case with hyphens."""
    title: str
    """A heading for the reader, without mathematics."""
    statement: str
    """What is claimed, a sentence; mathematics between dollar signs."""
    quantity: str
    """LaTeX name of what the conclusion gives."""
    assumptions: tuple[str, ...]
    """The setting: sentences."""
    steps: tuple[Step, ...]
    """The proof, and what else follows on the way."""
    conditions: tuple[Any, ...] = ()
    """Relations under which the formula holds, as ``n > d + 1``; the points of the checks obey them."""
    conclusion: int = 0
    """Number, from 1, of the step whose right side is the result; the last by default."""
    checks: tuple[Step, ...] = ()
    """Special cases and limits of the result, which nothing else rests on."""

    def __hash__(self) -> int:
        return hash(self.name)  # some of the formulas cannot be hashed; equal ones have one name

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
    def concluding_number(self) -> int:
        """Number, from 1, of the step that states the result."""
        return self.conclusion or len(self.steps)

    @property
    def concluding_step(self) -> Step:
        """The step that states the result."""
        return self.steps[self.concluding_number - 1]

    @property
    def result(self) -> Any:
        """The right side of the conclusion: the proved formula."""
        return self.concluding_step.right

    def line(self, label: str) -> Step:
        """Return the step or check with a label.

        Raises
        ------
        KeyError
            If no line has it.
        """
        for line in (*self.steps, *self.checks):
            if label and line.label == label:
                return line
        raise KeyError(f"{self.name} has no line labelled {label!r}.")

    def needed(self, number: int = 0) -> frozenset[int]:
        """Numbers of the steps on which a step, by default the conclusion, may rest.

        These are the step and all that it reaches through `depends_on`. Where the conclusion names no premise, or no step names
        a cited one, it is open what is needed: then the cited step counts as needed for the conclusion.
        """
        last = self.concluding_number
        reached: set[int] = set()
        waiting = [number or last]
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting += self.steps[one - 1].depends_on
        if number not in (0, last):
            return frozenset(reached)
        named = {used for step in self.steps for used in step.depends_on}
        outside = {place for place, step in enumerate(self.steps, 1) if step.cites or step.lemma}
        open_ = outside if not self.concluding_step.depends_on else outside - named
        return frozenset(reached | open_)
