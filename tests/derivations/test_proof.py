"""The grammar of a proof: what it collects, and what it refuses to be told."""

import pytest
import sympy as sp

from linreg_compress.derivations import registry
from linreg_compress.derivations.ledger import Derivation, Verdict, verify
from linreg_compress.derivations.proof import Proof

x = sp.Symbol("x", positive=True)
SQUARE = (x + 1) ** 2, x**2 + 2 * x + 1


def test_a_proof_is_a_derivation() -> None:
    proof = Proof("square", "Square")
    proof.states(r"""For every $x$ the
        square is this.""")
    proof.assumes("$x$ is positive.")
    proof.requires(x > 1)
    proof.step("square").because("Multiply out.")
    proof.shows(*SQUARE, quantity="Q")
    proof.step("root", uses="square").because("""The root of
        (@square), and of step @square.""")
    proof.shows(sp.sqrt(SQUARE[1]), x + 1, conditions=(x > 2,))
    proof.concludes("R")
    proof.because("A side result.")
    proof.shows((x + 2) ** 2, x**2 + 4 * x + 4)
    proof.check("At three:", label="three").shows(sp.Subs(x + 1, x, 3), 4)
    proof.check("Its square at three:", uses="square").shows(sp.Subs(SQUARE[0], x, 3), 16)
    made = proof.derivation()
    assert made.statement == "For every $x$ the square is this."
    assert [step.justification for step in made.steps[:2]] == ["Multiply out.", "The root of (1), and of step 1."]
    assert [step.depends_on for step in made.steps] == [(), (1,), ()]
    assert [check.depends_on for check in made.checks] == [(2,), (1,)]
    assert (made.conclusion, made.quantity, made.result) == (2, "R", x + 1)
    assert made.line("three") is made.checks[0]
    assert verify(made).verdict is Verdict.CHECKED  # the root has no exact route


def test_the_quantity_of_the_conclusion_is_that_of_its_line() -> None:
    proof = Proof("square", "Square")
    proof.because("Multiply out.").shows(*SQUARE, quantity="Q")
    proof.concludes()
    assert proof.derivation().quantity == "Q"


def test_a_sentence_without_a_line_and_a_line_without_a_sentence_are_refused() -> None:
    proof = Proof("square", "Square")
    with pytest.raises(ValueError, match="square: line 1 has no sentence"):
        proof.shows(*SQUARE)
    proof.because("Multiply out.")
    with pytest.raises(ValueError, match=r"two sentences follow each other; the first, 'Multiply out.', has no line"):
        proof.because("Again.")
    with pytest.raises(ValueError, match=r"the last sentence, 'Multiply out.', has no line"):
        proof.derivation()


@pytest.mark.parametrize(("uses", "sentence"), [("cube", "So."), ("square, cube", "So."), ("", "By (@cube) so.")])
def test_a_label_that_no_earlier_step_has_is_refused(uses: str, sentence: str) -> None:
    proof = Proof("square", "Square")
    proof.step("square").because("Multiply out.").shows(*SQUARE)
    with pytest.raises(ValueError, match="square: no earlier step has the label 'cube'"):
        proof.step("cube", uses=uses).because(sentence).shows(x, x + 0)


def test_two_lines_with_one_label_are_refused() -> None:
    proof = Proof("square", "Square")
    proof.step("square").because("Multiply out.").shows(*SQUARE)
    proof.check("Again.", label="square").shows(*SQUARE)
    with pytest.raises(ValueError, match="square: two lines have the label 'square'"):
        proof.derivation()


def test_a_proof_that_quotes_its_way_back_to_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry reads a proof while it reads another; a circle ends there and not in a full stack."""
    proof = "least_squares/chi_square_moments"

    def circular() -> Derivation:
        return registry.DERIVATIONS["chi-square-moments"]()

    registry._load.cache_clear()
    monkeypatch.setattr("linreg_compress.derivations.least_squares.chi_square_moments.chi_square_moments", circular)
    with pytest.raises(ValueError, match=f"lemmas in a circle: {proof} -> {proof}"):
        registry.DERIVATIONS["chi-square-moments"]()
    registry._load.cache_clear()
