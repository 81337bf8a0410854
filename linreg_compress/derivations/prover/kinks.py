"""Where a formula may jump, bend or have a pole, and how fast it oscillates: read from its parts."""

from typing import Any

import sympy as sp

JUMPS = (
    *(sp.Piecewise, sp.Abs, sp.sign, sp.Heaviside, sp.floor, sp.ceiling, sp.frac),
    *(sp.Max, sp.Min, sp.Mod, sp.KroneckerDelta),
)


def kinks(expression: Any) -> set[Any]:
    """Expressions at whose zeros the given one may jump, bend or have a pole."""
    found: set[Any] = set()
    for node in sp.preorder_traversal(expression):
        if isinstance(node, sp.Abs | sp.sign | sp.Heaviside | sp.log | sp.DiracDelta):
            found.add(node.args[0].base if node.args[0].is_Pow else node.args[0])
        elif isinstance(node, sp.KroneckerDelta):
            found.add(node.args[0] - node.args[1])
        elif isinstance(node, sp.Max | sp.Min):
            found |= {one - node.args[0] for one in node.args[1:]}
        elif isinstance(node, sp.floor | sp.ceiling | sp.Mod):
            found.add(sp.sin(sp.pi * node.args[0]))
        elif isinstance(node, sp.tan | sp.sec):
            found.add(sp.cos(node.args[0]))
        elif isinstance(node, sp.cot | sp.csc):
            found.add(sp.sin(node.args[0]))
        elif node.is_Pow and not (node.exp.is_integer and node.exp.is_nonnegative):
            found.add(node.base)
        elif node.is_Relational:
            found.add(node.lhs - node.rhs)
    return found


def frequency(body: Any, variable: Any) -> Any:
    """Return the one frequency of the sines and cosines in a body, or None."""
    slopes = {abs(wave.args[0].diff(variable)) for wave in body.atoms(sp.sin, sp.cos)} - {0}
    return slopes.pop() if len(slopes) == 1 and not next(iter(slopes)).has(variable) else None
