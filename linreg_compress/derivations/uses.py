"""Whether a line uses the steps that it names, and names the steps that it uses.

The machine cannot follow the argument of a sentence, so it looks for a trace of each named step; `faults` says for which.
"""

import re
from functools import lru_cache
from typing import Any

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.prover.steps import Step

_SMALL = 3  # operations of a formula from which on it is recognized where it is used without being named


def faults(derivation: Derivation) -> dict[int, str]:
    """Return what is wrong with the named steps of a derivation, by the place of the line, from 0; checks follow the steps.

    A line uses a step when

    - its sentence refers to the step by number, as in "by (3)";
    - its sentence or its quantity repeats the quantity of the step;
    - its sides hold a side of the step, whole or as a part of a longer sum or product; signs and numeric factors do not count;
    - or the two share a formula, or a function such as the gamma function, that no step before the named one has. A symbol
      alone, a power of one, or a formula that was there before, is no trace.

    Conversely a line must name each step to which its sentence refers. It must also name, or reach through the steps that it
    names, a step whose right side stands for the first time there and is held by its left side; a formula of fewer than three
    operations, as n - d, does not count.

    A step without a trace is certainly not used by the formula, nor named by the sentence. The converse does not hold: a shared
    formula may have come from elsewhere.
    """
    traces = [_Trace(line) for line in (*derivation.steps, *derivation.checks)]
    steps = traces[: len(derivation.steps)]
    first: dict[Any, int] = {}
    for number, trace in enumerate(steps, start=1):
        for part in trace.parts:
            first.setdefault(part, number)
    found = {}
    for place, trace in enumerate(traces):
        reached = _reached(derivation, trace.line)
        unused = [one for one in trace.line.depends_on if not trace.uses(one, steps[one - 1], first)]
        unnamed = [one for one in sorted(trace.mentioned) if one not in trace.line.depends_on]
        unnamed += [
            number
            for number, step in enumerate(steps[: min(place, len(steps))], start=1)
            if number not in reached and step.introduces(number, first) and step.right in trace.left
        ]
        if unused:
            found[place] = f"names ({unused[0]}) and uses nothing of it"
        elif unnamed:
            found[place] = f"uses ({unnamed[0]}) without naming it"
    return found


class _Trace:
    """What a line says and holds."""

    def __init__(self, line: Step) -> None:
        self.line = line
        left, right = (
            side if isinstance(side, sp.Expr) else sp.S.Zero for side in map(sp.sympify, (line.left, line.right))
        )
        self.left = _parts(left)
        self.parts = self.left | _parts(right)
        self.sides = [side for side in (_bare(left), _bare(right)) if not side.is_number]
        self.right = _bare(right)
        self.mentioned = _mentioned(line.justification)

    def uses(self, number: int, step: "_Trace", first: dict[Any, int]) -> bool:
        """Whether there is a trace of a step in this line."""
        quantity = step.line.quantity
        return (
            number in self.mentioned
            or bool(quantity and (quantity in self.line.justification or quantity in self.line.quantity))
            or any(first[part] == number and not _plain(part) for part in self.parts & step.parts)
            or any(_held(side, self.parts) for side in step.sides)
        )

    def introduces(self, number: int, first: dict[Any, int]) -> bool:
        """Whether the right side stands for the first time here, and is more than a few operations."""
        small = self.right.is_number or self.right.count_ops() < _SMALL
        return not small and first.get(self.right) == number and self.right not in self.left


def _reached(derivation: Derivation, line: Step) -> set[int]:
    """Steps that a line names, and those that they name."""
    return set().union(*({one} | _reached(derivation, derivation.steps[one - 1]) for one in line.depends_on))


def _parts(side: Any) -> set[Any]:
    """Every formula inside of a side without its sign and numeric factor, and the functions in it."""
    formulas = {_bare(node) for node in sp.preorder_traversal(side) if isinstance(node, sp.Expr) and not node.is_number}
    return formulas | {type(node) for node in side.atoms(sp.Function)}


@lru_cache(maxsize=4096)  # the steps of a derivation share most of their formulas
def _bare(formula: Any) -> Any:
    if formula.is_number:
        return formula
    _, formula = formula.as_content_primitive() if formula.is_Add else formula.as_coeff_Mul()
    return -formula if formula.is_Add and formula.could_extract_minus_sign() else formula


def _plain(part: Any) -> bool:
    """Whether a part is a symbol, or a numeric power of one."""
    base, exponent = part.as_base_exp() if isinstance(part, sp.Expr) else (part, sp.S.One)
    return isinstance(base, sp.Symbol) and bool(exponent.is_number)


def _held(side: Any, parts: set[Any]) -> bool:
    """Whether a side, or a longer sum or product with all its terms or factors, is among the parts."""
    if side in parts:
        return True
    if not (side.is_Add or side.is_Mul):
        return False
    wanted = {_bare(part) for part in side.args}
    longer = (part for part in parts if isinstance(part, sp.Expr) and part.func is side.func)
    return any(wanted <= {_bare(one) for one in part.args} for part in longer)


def _mentioned(sentence: str) -> set[int]:
    """Numbers of steps that a sentence refers to, outside of its formulas."""
    prose = " ".join(sentence.split("$")[::2])
    return {int(one or other) for one, other in re.findall(r"\((\d+)\)|\bstep (\d+)", prose)}
