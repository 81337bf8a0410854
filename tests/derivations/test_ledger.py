"""The prover itself: what it must prove, what it must refuse, and what it must admit that it only checked."""

from dataclasses import replace

import pytest
import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Outcome, Step, Verdict, verify
from linreg_compress.derivations.printing import verdict_text
from linreg_compress.derivations.terminal import as_text

x = sp.Symbol("x", positive=True)
y = sp.Symbol("y", real=True)
k = sp.Symbol("k", positive=True, integer=True)


def judge(step: Step, *conditions: sp.Basic) -> Outcome:
    return verify(Derivation("test", "Test", "", "", (), (step,), conditions)).outcomes[0]


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ((x + 1) ** 2, x**2 + 2 * x + 1, "="),
        (sp.Integral(sp.exp(-x * y**2), (y, -sp.oo, sp.oo)), sp.sqrt(sp.pi / x), "="),
        (sp.Derivative(sp.log(x), x), 1 / x, "="),
        (sp.Limit(sp.sin(x) / x, x, 0), sp.Integer(1), "="),
        (sp.gamma(x + 1) / sp.gamma(x), x, "="),
        (sp.log(x**2 * k), 2 * sp.log(x) + sp.log(k), "="),
        (y**2, sp.Integer(0), ">="),
        (x + 1, x, ">"),
        (-(y**2) - 1, sp.Integer(0), "<"),
        (2 * x * y, x**2 + y**2, "<="),
    ],
)
def test_true_steps_are_proved_or_at_least_checked(left: sp.Expr, right: sp.Expr, relation: str) -> None:
    outcome = judge(Step("", left, right, relation))
    assert outcome.verdict in (Verdict.PROVED, Verdict.CHECKED)
    assert outcome.residual is None


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ((x + 1) ** 2, x**2 + 2 * x + 2, "="),
        ((x + 1) ** 2, x**2 - 2 * x + 1, "="),
        (sp.Integral(sp.exp(-x), (x, 0, sp.oo)), sp.Integer(2), "="),
        (x, x * (1 + sp.Rational(1, 10**30)), "="),  # fifty digits see it
        (x, 2 * x, ">="),
        (x, x, ">"),
        (sp.Symbol("z"), sp.Symbol("z") + 1, "="),
    ],
)
def test_false_steps_are_refuted_and_the_residual_is_shown(left: sp.Expr, right: sp.Expr, relation: str) -> None:
    outcome = judge(Step("", left, right, relation))
    assert outcome.verdict is Verdict.REFUTED
    assert outcome.residual is not None or left == right


def test_what_no_exact_route_closes_is_only_checked() -> None:
    outcome = judge(Step("", sp.sin(x), x, "<"))
    assert outcome.verdict is Verdict.CHECKED
    assert outcome.points >= 8
    assert outcome.route == f"50 digits at {outcome.points} points"


def test_conditions_bound_the_random_points() -> None:
    assert judge(Step("", x, sp.Integer(3), ">"), x > 3).verdict is not Verdict.REFUTED
    assert judge(Step("", x, sp.Integer(3), ">")).verdict is Verdict.REFUTED


def test_an_exact_substitution_turns_a_condition_into_a_proof() -> None:
    z = sp.Symbol("z", positive=True)
    step = Step("", x, sp.Integer(3), ">", where={x: 3 + z})
    assert judge(step, x > 3).verdict is Verdict.PROVED


def test_a_cited_step_is_assumed_and_listed() -> None:
    step = Step("", sp.Function("f")(x), x, cites="Somebody 1900, theorem 1")
    verified = verify(Derivation("test", "Test", "", "", (), (step,)))
    assert verified.outcomes[0].verdict is Verdict.ASSUMED
    assert verified.assumed == ("Somebody 1900, theorem 1",)
    assert verified.verdict is Verdict.ASSUMED


SQUARE = Step("", (x + 1) ** 2, x**2 + 2 * x + 1)
CITED = Step("", sp.Function("f")(x), x, cites="C")


def verdict(*steps: Step, conclusion: int = 0) -> Verdict:
    return verify(Derivation("test", "Test", "", "", (), steps, conclusion=conclusion)).verdict


def test_one_refuted_step_refutes_the_derivation() -> None:
    assert verdict(SQUARE, Step("", x, 2 * x), CITED) is Verdict.REFUTED


def test_a_derivation_is_assumed_where_its_conclusion_needs_a_cited_step() -> None:
    used = replace(SQUARE, depends_on=(1,))
    twice = replace(SQUARE, depends_on=(2,))
    assert verdict(SQUARE) is Verdict.PROVED
    assert verdict(CITED, used) is Verdict.ASSUMED
    assert verdict(CITED, used, twice) is Verdict.ASSUMED  # through the step between
    assert verdict(SQUARE, CITED) is Verdict.ASSUMED  # it is the conclusion itself
    assert verdict(CITED, SQUARE) is Verdict.ASSUMED  # nothing says what the conclusion rests on
    assert (
        verdict(SQUARE, CITED, replace(SQUARE, depends_on=(1,))) is Verdict.ASSUMED
    )  # nothing says who needs the citation


def test_a_cited_step_that_only_a_side_remark_needs_leaves_the_conclusion_proved() -> None:
    steps = (SQUARE, CITED, replace(SQUARE, depends_on=(1,)), replace(SQUARE, depends_on=(2,)))
    found = verify(Derivation("test", "Test", "", "", (), steps, conclusion=3))
    assert found.verdict is Verdict.PROVED
    assert found.assumed == ()


def test_the_same_citation_is_named_once() -> None:
    steps = (CITED, CITED, replace(SQUARE, depends_on=(1, 2)))
    assert verify(Derivation("test", "Test", "", "", (), steps)).assumed == ("C",)


def test_what_is_checked_given_a_theorem_says_both() -> None:
    steps = (CITED, Step("", sp.sin(x), x, "<", depends_on=(1,)))
    found = verify(Derivation("test", "Test", "", "", (), steps))
    assert verdict_text(found) == "checked numerically, given: C"
    assert verdict_text(verify(Derivation("test", "Test", "", "", (), (CITED,)))) == "assumed: C"


def test_a_refusal_without_a_residual_gives_its_reason() -> None:
    found = verify(Derivation("test", "Test", "", "", (), (Step("So it is.", x, x),)))
    assert "So it is. [REFUTED: both sides are the same formula: nothing is shown]" in as_text(found)


def test_a_step_may_hold_under_conditions_of_its_own_and_prints_them() -> None:
    z = sp.Symbol("z", positive=True)
    step = Step("Large.", x, sp.Integer(3), ">", where={x: 3 + z}, conditions=(x > 3,))
    found = verify(Derivation("test", "Test", "", "", (), (step,)))
    assert found.verdict is Verdict.PROVED
    assert "Large. [for x > 3; proved]" in as_text(found)


@pytest.mark.parametrize("assumed", [{"irrational": True}, {"infinite": True, "extended_real": True}])
def test_an_assumption_that_no_point_can_meet_is_refused_by_name(assumed: dict[str, bool]) -> None:
    strange = sp.Symbol("s", **assumed)
    with pytest.raises(ValueError, match=r"no (probe obeys the assumptions|point can be tried for)"):
        judge(Step("", (strange + 1) ** 2, strange**2 + 2 * strange + 1))


def test_conditions_that_nothing_meets_are_an_error() -> None:
    with pytest.raises(ValueError, match="no random point meets the conditions"):
        judge(SQUARE, x < -1)
    with pytest.raises(ValueError, match="no random point meets the conditions"):
        judge(SQUARE, x < 1, x > 2)


def test_a_step_may_use_earlier_steps_only() -> None:
    with pytest.raises(ValueError, match="step 1 depends on 1, which is not an earlier step"):
        Derivation("test", "Test", "", "", (), (Step("", x, 2 * x, depends_on=(1,)),))


def test_an_unknown_relation_is_refused() -> None:
    with pytest.raises(ValueError, match="relation must be one of"):
        Step("", x, x, "~")
