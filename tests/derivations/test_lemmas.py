"""Steps that quote another derivation: what may be quoted, and every way to quote it wrongly."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Lemma, Outcome, Step, Verdict, verify
from linreg_compress.derivations.printing import as_markdown, as_record, verdict_text
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.derivations.symbols import chi_square, d, n
from linreg_compress.derivations.terminal import as_text
from tests.slowly import left_out

k, q, t, x = sp.symbols("k q t x", positive=True)
y = sp.Symbol("y", real=True)
whole = sp.Symbol("j", integer=True, positive=True)
INVERSE = sp.Integral(chi_square(x, k) / x, (x, 0, sp.oo))


def derivation(name: str, *steps: Step, conditions: tuple[Any, ...] = (), conclusion: int = 0) -> Derivation:
    return Derivation(name, name, "", "", (), steps, conditions, conclusion)


SQUARE = derivation("square", Step("", (x + 1) ** 2, x**2 + 2 * x + 1))
ABOVE_TWO = derivation("above-two", Step("", (x**2 - 4) / (x - 2), x + 2), conditions=(x > 2,))
LOG = derivation("log", Step("", sp.log(x**2), 2 * sp.log(x)))
COUNT = derivation("count", Step("", sp.Sum(whole, (whole, 1, sp.Symbol("m", integer=True, positive=True))), sp.Integer(1)))
BELOW = derivation("below", Step("", x / (1 + x), x, relation="<"))
WRONG = derivation("wrong", Step("", x + 1, x + 2), Step("", (x + 1) ** 2, x**2 + 2 * x + 1))
OUTSIDE = derivation(
    "outside",
    Step("", sp.Function("f")(x), x, cites="Somebody 1900", label="cited"),
    Step("", (x + 1) ** 2, x**2 + 2 * x + 1, depends_on=(1,), label="resting"),
    Step("", (x + 2) ** 2, x**2 + 4 * x + 4, label="free"),
    conclusion=2,
)
SEEN = derivation("seen", Step("", sp.sin(x), x, relation="<"))
LIBRARY: dict[str, Callable[[], Derivation]] = {
    each.name: (lambda each=each: each)  # type: ignore[misc]
    for each in (SQUARE, ABOVE_TWO, LOG, BELOW, WRONG, OUTSIDE, SEEN, COUNT)
}


def quote(left: Any, right: Any, lemma: Lemma, *conditions: Any, relation: str = "=", **more: Any) -> Outcome:
    step = Step("", left, right, relation, lemma=lemma, **more)
    return verify(derivation("test", step, conditions=conditions), library=LIBRARY).outcomes[0]


def test_a_result_is_quoted_as_it_stands_and_after_a_substitution() -> None:
    assert quote((x + 1) ** 2, x**2 + 2 * x + 1, Lemma("square")).verdict is Verdict.LEMMA
    outcome = quote((2 * q + 1) ** 2, 4 * q**2 + 4 * q + 1, Lemma("square", {x: 2 * q}))
    assert outcome == Outcome(Verdict.LEMMA, "square", outcome.points)
    assert outcome.points == 3


def test_the_sides_may_be_written_in_another_form_that_the_prover_shows_equal() -> None:
    assert quote((x + 1) * (1 + x), 1 + x * (x + 2), Lemma("square")).verdict is Verdict.LEMMA
    assert quote(3 * (x + 1) ** 2, 3 * x**2 + 6 * x + 3, Lemma("square", times=sp.Integer(3))).verdict is Verdict.LEMMA


@pytest.mark.parametrize(
    ("left", "right", "lemma", "why"),
    [
        ((x + 1) ** 2, x**2 + 2 * x + 2, Lemma("square"), "the right side is not that of square"),
        ((x + 2) ** 2, x**2 + 2 * x + 1, Lemma("square"), "the left side is not that of square"),
        ((x + 2) ** 2, x**2 + 4 * x + 4, Lemma("square"), "the left side is not that of square"),  # true, but another line
        ((q + 1) ** 2, q**2 + 2 * q + 1, Lemma("square", {x: 2 * q}), "the left side is not that of square"),
        ((q + 1) ** 2, q**2 + 2 * q + 1, Lemma("square", {"z": q}), "z is no symbol of the step of square; it has x"),
        ((q + 1) ** 2, q**2 + 2 * q + 1, Lemma("square", {sp.Symbol("x"): q}), "x is no symbol of the step"),
        (2 * (x + 1) ** 2, x**2 + 2 * x + 1, Lemma("square", times=sp.Integer(2)), "the right side is not that of square"),
        (sp.S.Zero, sp.S.Zero, Lemma("square", times=sp.S.Zero), "a factor of zero leaves nothing of the lemma"),
        ((x + 1) ** 2, x**2 + 2 * x + 1, Lemma("squares"), "no derivation is called squares"),
        ((x + 1) ** 2, x**2 + 2 * x + 1, Lemma("square", line="cube"), "square has no step labelled cube"),
    ],
)
def test_what_is_misquoted_is_refuted(left: Any, right: Any, lemma: Lemma, why: str) -> None:
    outcome = quote(left, right, lemma)
    assert outcome.verdict is Verdict.REFUTED
    assert outcome.route.startswith(why)


def test_the_conditions_of_the_lemma_must_follow_from_those_of_the_step() -> None:
    sides = (q**2 - 4) / (q - 2), q + 2
    lemma = Lemma("above-two", {x: q})
    outcome = quote(*sides, lemma)
    assert outcome.verdict is Verdict.REFUTED
    assert outcome.route == "above-two holds for x > 2; the conditions do not show that q > 2"
    assert quote(*sides, lemma, q > 1).verdict is Verdict.REFUTED
    assert quote(*sides, lemma, q > 2).verdict is Verdict.LEMMA
    assert quote(*sides, lemma, q > 3).verdict is Verdict.LEMMA
    assert quote(*sides, lemma, conditions=(q > 2,)).verdict is Verdict.LEMMA
    count = (n - d + 1) ** 2 - 4, n - d - 1
    assert quote(count[0] / count[1], n - d + 3, Lemma("above-two", {x: n - d + 1}), n > d).verdict is Verdict.REFUTED
    assert quote(count[0] / count[1], n - d + 3, Lemma("above-two", {x: n - d + 1}), n > d + 1).verdict is Verdict.LEMMA


def test_a_substitution_keeps_what_is_assumed_of_a_symbol() -> None:
    """The logarithm of a square is twice that of the number for a positive number alone."""
    sides = sp.log((q - 1) ** 2), 2 * sp.log(q - 1)
    outcome = quote(*sides, Lemma("log", {x: q - 1}))
    assert outcome.verdict is Verdict.REFUTED
    assert outcome.route == "log needs x to be positive; the conditions do not show it of q - 1"
    assert quote(*sides, Lemma("log", {x: q - 1}), q > 1).verdict is Verdict.LEMMA
    assert quote(sp.log(y**2), 2 * sp.log(y), Lemma("log", {x: y})).verdict is Verdict.REFUTED
    m = sp.Symbol("m", integer=True, positive=True)
    assert "needs m to be whole and positive" in quote(sp.Sum(whole, (whole, 1, q)), 1, Lemma("count", {m: q})).route


def test_nothing_is_put_in_that_an_integral_runs_over() -> None:
    """With k -> x the density would be integrated over its own degrees of freedom."""
    step = Step("", INVERSE.subs(k, q), 1 / (x - 2), lemma=Lemma("chi-square-moments", {"k": x}), conditions=(x > 2,))
    (outcome,) = verify(derivation("test", step)).outcomes
    assert outcome.route == "k -> x puts in a symbol over which chi-square-moments integrates or sums"


def test_the_variable_of_an_integral_may_be_renamed() -> None:
    step = Step("", INVERSE.xreplace({x: q}), 1 / (k - 2), lemma=Lemma("chi-square-moments"), conditions=(k > 2,))
    assert verify(derivation("test", step)).outcomes[0].verdict is Verdict.LEMMA
    for wrong in (2 * q, y, k):
        again = replace(step, lemma=Lemma("chi-square-moments", {"x": wrong}))
        assert verify(derivation("test", again)).outcomes[0].verdict is Verdict.REFUTED


def test_an_inequality_is_not_turned_by_its_factor() -> None:
    assert quote(q / (1 + q), q, Lemma("below", {x: q}), relation="<").verdict is Verdict.LEMMA
    assert quote(q / (1 + q), q, Lemma("below", {x: q})).verdict is Verdict.REFUTED
    assert quote(q / (1 + q), q, Lemma("below", {x: q}), relation="<=").verdict is Verdict.REFUTED
    assert quote(2 * q / (1 + q), 2 * q, Lemma("below", {x: q}, times=sp.Integer(2)), relation="<").verdict is Verdict.LEMMA
    minus = Lemma("below", {x: q}, times=sp.Integer(-1))
    assert quote(-q / (1 + q), -q, minus, relation="<").verdict is Verdict.REFUTED
    assert quote(y * q / (1 + q), y * q, Lemma("below", {x: q}, times=y), relation="<").verdict is Verdict.REFUTED


def test_a_refuted_lemma_refutes_what_rests_on_it() -> None:
    outcome = quote((x + 1) ** 2, x**2 + 2 * x + 1, Lemma("wrong"))
    assert outcome == Outcome(Verdict.REFUTED, "wrong is refuted")
    between = derivation("between", Step("", (x + 1) ** 2, x**2 + 2 * x + 1, lemma=Lemma("wrong")))
    last = derivation("last", Step("", (x + 1) ** 2, x**2 + 2 * x + 1, lemma=Lemma("between")))
    assert verify(last, library={**LIBRARY, "between": lambda: between}).verdict is Verdict.REFUTED


def test_lemmas_in_a_circle_are_refuted() -> None:
    """Each quotes the other: nothing is shown, though every formula is the same."""
    sides = (x + 1) ** 2, x**2 + 2 * x + 1
    circle = {
        name: derivation(name, Step("", *sides, lemma=Lemma(other))) for name, other in (("a", "b"), ("b", "c"), ("c", "a"))
    }
    library = {name: (lambda each=each: each) for name, each in circle.items()}
    found = verify(circle["a"], library=library)
    assert found.outcomes[0] == Outcome(Verdict.REFUTED, "lemmas in a circle: a -> b -> c -> a")
    outside = derivation("outside", Step("", *sides, lemma=Lemma("a")))
    assert verify(outside, library=library).outcomes[0] == found.outcomes[0]
    itself = derivation("a", Step("", *sides, lemma=Lemma("a")))
    assert verify(itself, library={"a": lambda: itself}).verdict is Verdict.REFUTED


def test_what_rests_on_an_assumed_lemma_is_assumed_and_names_the_theorem() -> None:
    step = Step("", (q + 1) ** 2, q**2 + 2 * q + 1, lemma=Lemma("outside", {x: q}))
    found = verify(derivation("test", step), library=LIBRARY)
    assert found.outcomes[0].verdict is Verdict.LEMMA
    assert found.verdict is Verdict.ASSUMED
    assert found.assumed == ("Somebody 1900",)
    assert verdict_text(found) == "proved, given: Somebody 1900"
    between = derivation("between", step)
    last = derivation("last", replace(step, lemma=Lemma("between")))
    assert verify(last, library={**LIBRARY, "between": lambda: between}).assumed == ("Somebody 1900",)


def test_a_step_of_the_lemma_that_needs_no_theorem_from_outside_is_free_of_it() -> None:
    step = Step("", (q + 2) ** 2, q**2 + 4 * q + 4, lemma=Lemma("outside", {x: q}, "free"))
    found = verify(derivation("test", step), library=LIBRARY)
    assert found.verdict is Verdict.PROVED
    assert found.assumed == ()


def test_what_rests_on_numbers_alone_says_so() -> None:
    outcome = quote(sp.sin(q), q, Lemma("seen", {x: q}), relation="<")
    assert outcome == Outcome(Verdict.CHECKED, "seen is checked in numbers alone")


def test_the_grammar_takes_the_formula_from_the_lemma() -> None:
    proof = Proof("test", "Test")
    proof.step("mean").because("By the moments.").lemma(
        "chi-square-moments", {"k": n - d + 1, "x": q}, times=t, quantity="v", conditions=(n > d + 1,)
    )
    proof.concludes()
    made = proof.derivation()
    assert made.result == t / (n - d - 1)
    assert made.steps[0].left == t * INVERSE.subs(k, n - d + 1).xreplace({x: q})
    found = verify(made)
    assert found.verdict is Verdict.PROVED
    assert found.outcomes[0].verdict is Verdict.LEMMA
    assert "chi-square-moments with $`k \\to n + 1 - d`$" in as_markdown(found)
    assert "by chi-square-moments with k -> n + 1 - d" in " ".join(as_text(found).split())
    (record,) = as_record(found)["steps"]
    assert record["verdict"] == "lemma"
    assert record["lemma"].startswith("chi-square-moments with")


def test_the_grammar_refuses_what_it_cannot_find() -> None:
    proof = Proof("test", "Test")
    proof.because("So it is.")
    with pytest.raises(ValueError, match="no derivation is called chi-square-moment"):
        proof.lemma("chi-square-moment")
    with pytest.raises(ValueError, match="has no step labelled third; it has one, inverse, "):
        proof.lemma("chi-square-moments", line="third")
    with pytest.raises(ValueError, match="p is no symbol of the step of chi-square-moments; it has k, x"):
        proof.lemma("chi-square-moments", {"p": 2})


@pytest.mark.parametrize("name", left_out(set(DERIVATIONS) - set(sorted(DERIVATIONS)[::3]), sorted(DERIVATIONS)))
def test_the_first_quoted_line_cannot_be_changed_unnoticed(name: str) -> None:
    refute_changes(name, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(DERIVATIONS))
def test_no_quoted_line_of_the_ledger_can_be_changed_unnoticed(name: str) -> None:
    refute_changes(name, None)


def refute_changes(name: str, most: int | None) -> None:
    """Each side of a quoted line with a coefficient more, and its substitution with one degree more, is refuted."""
    here = DERIVATIONS[name]()
    for step in [step for step in (*here.steps, *here.checks) if step.lemma is not None][:most]:
        assert step.lemma is not None
        put = {key: value + 1 for key, value in step.lemma.substitution.items() if not sp.sympify(value).is_Symbol}
        wrongs = [replace(step, right=step.right * sp.Rational(50, 49)), replace(step, left=2 * step.left)]
        wrongs += [replace(step, lemma=replace(step.lemma, substitution={**step.lemma.substitution, **put}))] if put else []
        wrongs += [replace(step, lemma=replace(step.lemma, times=step.lemma.times * 2))]
        for wrong in wrongs:
            alone = replace(here, steps=(replace(wrong, depends_on=()),), checks=(), conclusion=1)
            assert verify(alone).verdict is Verdict.REFUTED
