"""What a derivation is made of: steps, and what the machine found about each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

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
        Substitution that builds a condition into the symbols, as ``{n: d + 1 + m}`` for n > d + 1, with m new and positive.
        It must reach all that the conditions allow.
    conditions : tuple of sympy relationals
        Under which this step holds, beside those of the derivation.
    label : str
        Name by which later steps, other derivations and tests refer to it.
    """

    justification: str
    left: Any
    right: Any
    relation: str = "="
    quantity: str = ""
    depends_on: tuple[int, ...] = ()
    cites: str = ""
    where: Mapping[Any, Any] = field(default_factory=dict)
    conditions: tuple[Any, ...] = ()
    label: str = ""

    def __post_init__(self) -> None:
        if self.relation not in _RELATIONS:
            raise ValueError(f"relation must be one of {_RELATIONS}; got {self.relation!r}.")


@dataclass(frozen=True)
class Outcome:
    """What the machine found about one step.

    Attributes
    ----------
    verdict : Verdict
    route : str
        The exact route that closed it, or why it did not.
    points : int
        Number of points at which both sides were evaluated and the relation held.
    failing : callable, optional
        Gives left minus right where the step fails at a point.
    """

    verdict: Verdict
    route: str
    points: int = 0
    failing: Callable[[], Any] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def residual(self) -> Any:
        """Left minus right where the step fails at a point, else None; tidied for the reader only when it is asked for."""
        return self.failing() if self.failing else None
