"""The prover itself: what it must prove, what it must refuse, and what it must admit that it only checked."""

import pytest
import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Outcome, Step, Verdict, verify

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
    assert outcome.residual is not None


def test_what_no_exact_route_closes_is_only_checked() -> None:
    outcome = judge(Step("", sp.sin(x), x, "<"))
    assert outcome.verdict is Verdict.CHECKED
    assert outcome.points == 8


def test_conditions_bound_the_random_points() -> None:
    assert judge(Step("", x, sp.Integer(3), ">"), x > 3).verdict is not Verdict.REFUTED
    assert judge(Step("", x, sp.Integer(3), ">")).verdict is Verdict.REFUTED


def test_an_exact_substitution_turns_a_condition_into_a_proof() -> None:
    z = sp.Symbol("z", positive=True)
    step = Step("", x, sp.Integer(3), ">", where={x: 3 + z})
    assert judge(step, x > 3).verdict is Verdict.PROVED


def test_a_cited_step_is_assumed_and_listed() -> None:
    step = Step("", x, x, cites="Somebody 1900, theorem 1")
    verified = verify(Derivation("test", "Test", "", "", (), (step,)))
    assert verified.outcomes[0].verdict is Verdict.ASSUMED
    assert verified.assumed == ("Somebody 1900, theorem 1",)
    assert verified.verdict is Verdict.ASSUMED


def test_one_refuted_step_refutes_the_derivation() -> None:
    steps = (Step("", x, x), Step("", x, 2 * x), Step("", x, x, cites="C"))
    assert verify(Derivation("test", "Test", "", "", (), steps)).verdict is Verdict.REFUTED


def test_a_step_may_use_earlier_steps_only() -> None:
    with pytest.raises(ValueError, match="step 1 depends on 1, which is not an earlier step"):
        Derivation("test", "Test", "", "", (), (Step("", x, x, depends_on=(1,)),))


def test_an_unknown_relation_is_refused() -> None:
    with pytest.raises(ValueError, match="relation must be one of"):
        Step("", x, x, "~")
