"""Each line names the steps that it uses, and uses those that it names: both faults are planted."""

from dataclasses import replace

import pytest
import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step, Verdict, verify
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.derivations.uses import faults

x, y, z = sp.symbols("x y z", positive=True)
SQUARE = Step("Multiply out.", (x + y) ** 2, x**2 + 2 * x * y + y**2)
OTHER = Step("Multiply out.", (z + 1) ** 3, z**3 + 3 * z**2 + 3 * z + 1, quantity="Q")


def found(*steps: Step, checks: tuple[Step, ...] = ()) -> dict[int, str]:
    return faults(Derivation("test", "", "", "", (), steps, checks=checks))


def step(left: sp.Expr, right: sp.Expr, *uses: int, why: str = "", quantity: str = "") -> Step:
    return Step(why, left, right, quantity=quantity, depends_on=uses)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (x**2 + 2 * x * y + y**2 - x**2, 2 * x * y + y**2),  # a part of the right side's sum
        (-3 * (x + y) ** 2, -3 * x**2 - 6 * x * y - 3 * y**2),  # the left side times a number
        (sp.log(x + y), sp.log(y) + sp.log(1 + x / y)),  # the formula x + y, new there
        (z + x**2 + 2 * x * y + y**2, z + (x + y) ** 2),  # the right side in a longer sum
    ],
)
def test_a_shared_formula_is_a_trace(left: sp.Expr, right: sp.Expr) -> None:
    assert found(OTHER, SQUARE, step(left, right, 2)) == {} or found(SQUARE, step(left, right, 1)) == {}


def test_a_function_that_is_new_there_is_a_trace() -> None:
    recursion = Step("The recursion.", sp.gamma(x + 2), x * (x + 1) * sp.gamma(x))
    assert found(OTHER, recursion, step(sp.gamma(z + 2) / sp.gamma(z), z * (z + 1), 2)) == {}


def test_a_sentence_may_name_the_step_or_its_quantity() -> None:
    line = (1 + x) ** 2, 1 + 2 * x + x**2
    assert found(OTHER, step(*line, 1, why="By (1) it is so.")) == {}
    assert found(OTHER, step(*line, 1, why="It is so by step 1.")) == {}
    assert found(OTHER, step(*line, 1, why="As $Q$ is large.")) == {}
    assert found(OTHER, step(*line, 1, quantity="2 Q")) == {}
    assert found(OTHER, step(*line, 1, why="A formula, $f(1)$, names no step.")) == {1: "names (1) and uses nothing of it"}


def test_a_step_that_uses_nothing_it_names_fails() -> None:
    assert found(SQUARE, step((1 + z) ** 2, 1 + 2 * z + z**2, 1)) == {1: "names (1) and uses nothing of it"}
    assert found(SQUARE, step(x * (1 + x), x + x**2, 1)) == {1: "names (1) and uses nothing of it"}  # a symbol is no trace
    check = step((1 + z) ** 2, 1 + 2 * z + z**2, 1)
    assert found(SQUARE, checks=(check,)) == {1: "names (1) and uses nothing of it"}


def test_a_formula_that_was_there_before_is_no_trace() -> None:
    again = Step("", (x + y) * z, x * z + y * z)
    line = sp.log(x + y), sp.log(y) + sp.log(1 + x / y)
    assert found(SQUARE, again, step(*line, 2))[2] == "names (2) and uses nothing of it"
    assert found(SQUARE, again, step(*line, 1)) == {}


def test_a_step_that_uses_what_it_does_not_name_fails() -> None:
    used = step(sp.sqrt(x**2 + 2 * x * y + y**2), x + y)
    assert found(SQUARE, used) == {1: "uses (1) without naming it"}
    assert found(SQUARE, replace(used, depends_on=(1,))) == {}
    assert found(SQUARE, replace(used, depends_on=(1,)), step(*(used.left, used.right), 2)) == {}  # through the second
    assert found(SQUARE, step((1 + z) ** 2, 1 + 2 * z + z**2, why="By (1).")) == {1: "uses (1) without naming it"}


def test_a_fault_refutes_the_derivation_and_is_told() -> None:
    steps = (SQUARE, step((1 + z) ** 2, 1 + 2 * z + z**2, 1))
    result = verify(Derivation("test", "", "", "", (), steps))
    assert result.verdict is Verdict.REFUTED
    assert result.outcomes[1].route == "names (1) and uses nothing of it"
    wrong = verify(Derivation("test", "", "", "", (), (SQUARE, replace(steps[1], right=z))))
    assert wrong.outcomes[1].residual is not None  # a false line is told before its names


@pytest.mark.parametrize("name", sorted(DERIVATIONS))
def test_the_ledger_names_what_it_uses(name: str) -> None:
    assert faults(DERIVATIONS[name]()) == {}


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_wrong_names_planted_in_the_ledger_are_mostly_found(every: int) -> None:
    """Not all are: two steps may share a formula and have nothing to do with each other."""
    planted = seen = dropped = missed = 0
    for name in list(DERIVATIONS)[::every]:
        derivation = DERIVATIONS[name]()
        for place, line in enumerate(derivation.steps):
            others = [one for one in range(1, place + 1) if one not in line.depends_on]
            if others:
                wrong = replace(line, depends_on=(*line.depends_on, others[len(others) // 2]))
                planted += 1
                seen += place in faults(_with(derivation, place, wrong))
            if line.depends_on:
                wrong = replace(line, depends_on=line.depends_on[1:])
                dropped += 1
                missed += place not in faults(_with(derivation, place, wrong))
    assert planted > 300 / every
    assert seen > 0.6 * planted
    assert dropped > 250 / every
    assert missed < 0.5 * dropped


def _with(derivation: Derivation, place: int, line: Step) -> Derivation:
    return replace(derivation, steps=(*derivation.steps[:place], line, *derivation.steps[place + 1 :]))


@pytest.mark.parametrize("name", sorted(DERIVATIONS))
def test_each_step_before_a_conclusion_is_used(name: str) -> None:
    """By the conclusion, or by a line that comes later; what nothing uses comes after the conclusion."""
    derivation = DERIVATIONS[name]()
    used = {one for line in (*derivation.steps, *derivation.checks) for one in line.depends_on}
    before = range(1, derivation.concluding_number)
    assert [derivation.steps[number - 1].justification for number in before if number not in used] == []
