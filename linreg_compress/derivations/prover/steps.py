"""What a derivation is made of: steps, and what the machine found about each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import sympy as sp

_RELATIONS = ("=", "<=", ">=", "<", ">")


class Verdict(StrEnum):
    """What the machine says of a step, or of a derivation."""

    PROVED = "proved"
    LEMMA = "lemma"
    CHECKED = "checked_numerically"
    ASSUMED = "assumed"
    REFUTED = "refuted"


@dataclass(frozen=True)
class Lemma:
    """Another derivation whose result a step quotes."""

    name: str
    substitution: Mapping[Any, Any] = field(default_factory=dict)
    """What stands for the symbols of the other derivation."""
    line: str = ""
    """Label of the step that is quoted; by default the conclusion."""
    times: Any = sp.S.One
    """Factor by which both sides are multiplied."""


@dataclass(frozen=True)
class Step:
    """One line of a derivation: ``left relation right``, and why.

    Integrals, derivatives, limits and sums that are not evaluated yet are evaluated by the prover, and printed as they are.
    """

    justification: str
    """A sentence for the reader; mathematics between dollar signs."""
    left: Any
    """A sympy formula."""
    right: Any
    """Another one; of the concluding step, the result."""
    relation: str = "="
    """One of =, <=, >=, <, >."""
    quantity: str = ""
    """LaTeX name of what is computed, printed before the left side."""
    depends_on: tuple[int, ...] = ()
    """Numbers, from 1, of earlier steps that this one uses."""
    cites: str = ""
    """Reference of an outside theorem; the step is then assumed, not proved."""
    where: Mapping[Any, Any] = field(default_factory=dict)
    """Substitution that builds a condition into the symbols, as ``{n: d + 1 + m}`` for n > d + 1, with m new and positive.

    It must reach all that the conditions allow.
    """
    conditions: tuple[Any, ...] = ()
    """Relations under which this step holds, beside those of the derivation."""
    label: str = ""
    """Name by which later steps, other derivations and tests refer to it."""
    lemma: Lemma | None = None
    """Derivation that it quotes; the machine then compares both sides with the quoted line."""

    def __post_init__(self) -> None:
        if self.relation not in _RELATIONS:
            raise ValueError(f"relation must be one of {_RELATIONS}; got {self.relation!r}.")


@dataclass(frozen=True)
class Outcome:
    """What the machine found about one step."""

    verdict: Verdict
    """What is said of the step."""
    route: str
    """The exact route that closed it, or why it did not."""
    points: int = 0
    """Number of points at which both sides were evaluated and the relation held."""
    failing: Callable[[], Any] | None = field(default=None, compare=False, repr=False)
    """Gives left minus right where the step fails at a point."""

    @cached_property
    def residual(self) -> Any:
        """Left minus right where the step fails at a point, else None; tidied for the reader only when it is asked for."""
        return self.failing() if self.failing else None
