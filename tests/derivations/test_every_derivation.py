"""Every derivation of the ledger: it holds, it is fast, it prints, and no coefficient in it can be changed unnoticed."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import sympy as sp

from linreg_compress.derivations import printing
from linreg_compress.derivations.ledger import Derivation, Outcome, Step, Verdict, Verified, verify
from linreg_compress.derivations.lemmas import named
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.derivations.symbols import NOTATION
from linreg_compress.derivations.terminal import as_text
from tests.derivations import strict_tex

ROOT = Path(__file__).parents[2]
TEACHING_TEXT = ROOT / "figures" / "derivations.md"
NAMES = sorted(DERIVATIONS)
SECONDS = 2.0  # CPU time of one derivation, by the issue; the whole ledger: 60
GIVEN = {  # conclusions that rest on a theorem from outside
    "marchenko-pastur-limits": "Marchenko and Pastur 1967, theorem 1, for white Gaussian rows",
    "best-ridge-limit": "Marchenko and Pastur 1967, theorem 1, for white Gaussian rows",
    "water-filled-limit": "Marchenko and Pastur 1967, theorem 1, for white Gaussian rows",
    "donsker-varadhan-mixed": "Donsker and Varadhan 1983, theorem 2.1",
    "relative-generalization-bound": "Donsker and Varadhan 1983, theorem 2.1",
    "individual-sample-bound": "Donsker and Varadhan 1983, theorem 2.1; individual samples: Bu, Zou and Veeravalli 2020",
}


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    """Return a name; of this scope, so that all tests of one derivation run in a row and share its verification."""
    return str(request.param)


@cache
def verified(name: str) -> tuple[Verified, float]:
    """Return what the machine finds, and the time of this derivation alone: those it quotes come first."""
    derivation = DERIVATIONS[name]()
    for quoted in named(derivation):
        verified(quoted)
    start = time.process_time()
    return verify(derivation), time.process_time() - start


def promised(name: str) -> Verified:
    """Return a derivation with the outcomes that it ought to have: every step proved, but the cited and the quoted ones."""
    derivation = DERIVATIONS[name]()
    steps, checks = (
        tuple(
            Outcome(Verdict.ASSUMED if line.cites else Verdict.LEMMA if line.lemma else Verdict.PROVED, line.cites)
            for line in lines
        )
        for lines in (derivation.steps, derivation.checks)
    )
    return Verified(derivation, steps, checks)


def test_every_step_holds(name: str) -> None:
    found, _ = verified(name)
    outcomes = (*found.outcomes, *found.checked)
    assert [
        (number, outcome) for number, outcome in enumerate(outcomes, start=1) if outcome.verdict is Verdict.REFUTED
    ] == []
    assert [outcome.verdict for outcome in found.outcomes] == [outcome.verdict for outcome in promised(name).outcomes]
    assert [outcome.verdict for outcome in found.checked] == [outcome.verdict for outcome in promised(name).checked]
    assert found.derivation.name == name
    assert found.verdict is (Verdict.ASSUMED if name in GIVEN else Verdict.PROVED)
    assert all(outcome.points for outcome in outcomes if outcome.verdict is not Verdict.ASSUMED)


def test_the_ledger_is_as_large_as_promised() -> None:
    assert len(NAMES) >= 25
    assert set(GIVEN) <= set(NAMES)


def test_what_is_assumed_is_named(name: str) -> None:
    found, _ = verified(name)
    if name not in GIVEN:
        assert found.assumed == ()
        assert f"[{name}: proved]" in as_text(found)
        return
    assert found.assumed == (GIVEN[name],)
    assert f"{name}: proved, given: {GIVEN[name]}]" in " ".join(as_text(found).split())
    assert f"`{name}` · proved, given: {GIVEN[name]}\n" in printing.as_markdown(found)
    assert f"Verdict.}} proved, given: {GIVEN[name]}\n" in printing.as_latex(found)


def mutants(expression: sp.Expr) -> Iterator[sp.Expr]:
    """Wrong versions of a formula: each rational number in it a little larger, and the sign of the whole turned."""
    expression = sp.sympify(expression)
    for path in number_paths(expression):
        yield changed_at(expression, path)
    yield -expression if expression != 0 else sp.Integer(1)
    yield expression * sp.Rational(50, 49) if expression != 0 else sp.Rational(1, 49)


def number_paths(expression: sp.Expr, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    if expression.is_Rational:
        yield path
    for index, argument in enumerate(expression.args):
        if isinstance(argument, sp.Expr) and not isinstance(expression, sp.Integral | sp.Limit | sp.Sum | sp.Derivative):
            yield from number_paths(argument, (*path, index))


def changed_at(expression: sp.Expr, path: tuple[int, ...]) -> sp.Expr:
    if not path:
        return expression + sp.Rational(1, 7)
    arguments = list(expression.args)
    arguments[path[0]] = changed_at(arguments[path[0]], path[1:])
    return expression.func(*arguments)


def escapes(derivation: Derivation, step: Step) -> list[sp.Expr]:
    """Return the wrong right sides of an equality that the prover would let pass."""
    passed = []
    for wrong in mutants(step.right):
        mutant = replace(step, right=wrong, depends_on=())
        found = verify(replace(derivation, steps=(mutant,), checks=(), conclusion=0))
        if found.verdict is not Verdict.REFUTED and sp.simplify(wrong - step.right) != 0:
            passed.append(wrong)
    return passed


def test_no_coefficient_can_be_changed_unnoticed(name: str) -> None:
    derivation = DERIVATIONS[name]()
    tried = 0
    for number, step in enumerate((*derivation.steps, *derivation.checks), start=1):
        if step.cites or step.lemma or step.relation != "=":
            continue
        assert escapes(derivation, step) == [], f"line {number}"
        tried += 1
    assert tried


def test_a_turned_inequality_is_refuted(name: str) -> None:
    turned = {"<=": ">", ">=": "<", "<": ">=", ">": "<="}
    derivation = DERIVATIONS[name]()
    for step in (*derivation.steps, *derivation.checks):
        if step.relation != "=" and not step.cites and not step.lemma:
            wrong = replace(step, relation=turned[step.relation], depends_on=())
            assert verify(replace(derivation, steps=(wrong,), checks=(), conclusion=0)).verdict is Verdict.REFUTED


def test_cited_theorems_are_used_by_a_later_step(name: str) -> None:
    derivation = DERIVATIONS[name]()
    used = {index for step in derivation.steps for index in step.depends_on}
    for number, step in enumerate(derivation.steps, start=1):
        if step.cites:
            assert number in used, f"step {number} is cited and never used"


def test_every_formula_is_tex_that_a_strict_parser_reads(name: str) -> None:
    found, _ = verified(name)
    lines = (*found.derivation.steps, *found.derivation.checks)
    formulas = [printing.statement_latex(found), *(printing.step_latex(step) for step in lines)]
    sentences = [found.derivation.statement, *found.derivation.assumptions]
    sentences += [step.justification for step in lines]
    for sentence in sentences:
        assert sentence.count("$") % 2 == 0, sentence
        formulas += sentence.split("$")[1::2]
    for formula in formulas:
        strict_tex.read(formula)


def test_text_is_readable_without_tex_on_a_narrow_terminal(name: str) -> None:
    text = as_text(verified(name)[0])
    assert [line for line in text.splitlines() if len(line) > 80] == []
    prose = [line for line in text.splitlines() if "\\" in line or "$" in line]
    assert prose == []


def test_the_committed_section_is_what_the_machine_finds(name: str) -> None:
    titles = {other: make().title for other, make in DERIVATIONS.items()}
    assert printing.linked(printing.as_markdown(verified(name)[0]), titles) in TEACHING_TEXT.read_text(encoding="utf-8")


def test_the_committed_teaching_text_is_current() -> None:
    """The whole page, from the promised outcomes; that they are those found, each derivation's own tests say."""
    text = printing.ledger_markdown([promised(name) for name in DERIVATIONS])
    assert text == TEACHING_TEXT.read_text(encoding="utf-8")


def test_the_notation_table_is_that_of_the_symbols() -> None:
    lines = (ROOT / "linreg_compress" / "README.md").read_text(encoding="utf-8").splitlines()
    for row in NOTATION:
        cells = (row.text, f"`{row.code_name}`", row.meaning, row.shape, row.unit)
        assert "| " + " | ".join(cells) + " |" in lines
    start = lines.index("| symbol | in code | meaning | shape | unit |")
    length = next(index for index, line in enumerate(lines[start:]) if not line.startswith("|"))
    assert length - 2 == len(NOTATION)


def test_a_derivation_is_verified_in_seconds(name: str) -> None:
    # CPU time on a machine of any speed: three times the promise still tells a runaway simplification
    assert verified(name)[1] < 3 * SECONDS


@pytest.mark.slow  # a worker of pytest-xdist would verify again what the others have verified
def test_the_whole_ledger_is_verified_in_seconds() -> None:
    assert sum(verified(name)[1] for name in NAMES) < 60
