"""How a proof is printed: substitutions, limits with their side, checks as a table, and what a step quotes."""

import re
from pathlib import Path

import pytest
import sympy as sp

from linreg_compress.derivations.graph import graph
from linreg_compress.derivations.ledger import Derivation, Lemma, Step, verify
from linreg_compress.derivations.printing import anchor, as_latex, as_markdown, latex, ledger_markdown, linked
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.derivations.terminal import as_text
from tests.derivations import strict_tex

PAGE = Path(__file__).parents[2] / "figures" / "derivations.md"
x, y = sp.symbols("x y", positive=True)


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        (sp.Subs(x**2, x, y + 1), r"\left. x^{2} \right|_{x = y + 1}"),
        (sp.Subs(x**2 + y, (x, y), (1, 2)), r"\left. \left(x^{2} + y\right) \right|_{x = 1, y = 2}"),
        (sp.Limit(x**2, x, 0), r"\lim_{x \to 0^+} x^{2}"),
        (sp.Limit(x**2, x, 1, "-"), r"\lim_{x \to 1^-} x^{2}"),
        (sp.Limit(x**2, x, 1, "+-"), r"\lim_{x \to 1} x^{2}"),
        (sp.Limit(1 / x, x, sp.oo), r"\lim_{x \to \infty} \frac{1}{x}"),
    ],
)
def test_a_substitution_is_a_bar_and_a_limit_has_its_side(expression: sp.Expr, printed: str) -> None:
    assert latex(expression) == printed
    strict_tex.read(printed)


@pytest.mark.parametrize("name", sorted(DERIVATIONS))
def test_no_substitution_of_the_ledger_is_written_as_a_limit(name: str) -> None:
    """A limit is taken at infinity, at a border of the conditions and assumptions, or where a formula has no value."""
    derivation = DERIVATIONS[name]()
    for line in (*derivation.steps, *derivation.checks):
        for limit in sp.Tuple(line.left, line.right).atoms(sp.Limit):
            body, variable, point, _ = limit.args
            if point.is_infinite or body.has(sp.Derivative):
                continue
            conditions = [one.subs(variable, point) for one in (*derivation.conditions, *line.conditions)]
            outside = variable.is_positive and point == 0
            border = any(one == sp.false for one in conditions)
            singular = body.subs(variable, point).has(sp.nan, sp.zoo, sp.oo)
            end = point in (sp.pi, 0)  # of an angle
            assert outside or border or singular or end, f"{line.justification}: {limit}"


def one_check() -> Derivation:
    step = Step("Multiply out.", (x + y) ** 2, x**2 + 2 * x * y + y**2)
    check = Step("With $|y| = 1$:", sp.Subs((x + y) ** 2, y, 1), x**2 + 2 * x + 1, quantity="|q|", depends_on=(1,))
    return Derivation("square", "Square", "", "", (), (step,), checks=(check,))


def test_checks_are_a_table_after_the_proof() -> None:
    verified = verify(one_check())
    lines = as_markdown(verified).splitlines()
    start = lines.index("| case | line | verdict |")
    row = lines[start + 2]
    assert lines.index("**Checks.**") < start
    assert row.startswith(r"| With $`\vert y\vert  = 1`$: | $`\vert q\vert  = \left. ")
    assert row.endswith("| proved |")
    assert row.count("|") == 4  # bars of formulas would end a cell
    assert r"\textbf{Checks.}" in as_latex(verified)
    assert "  Checks\n\n  - With |y| = 1: [proved]\n" in as_text(verified)


def test_a_check_is_judged_like_a_step() -> None:
    right = one_check()
    (check,) = right.checks
    wrong = verify(Derivation("square", "Square", "", "", (), right.steps, checks=(Step("", check.left, check.right + 1),)))
    assert wrong.verdict.value == "refuted"
    assert "REFUTED, left minus right is -1" in as_markdown(wrong)


def test_the_graph_is_a_tree_and_repeats_no_branch() -> None:
    def quoting(name: str, *others: str) -> Derivation:
        return Derivation(name, name, "", "", (), tuple(Step("", x, x, lemma=Lemma(other)) for other in others))

    library = {
        each.name: (lambda each=each: each)
        for each in (quoting("a", "b", "c"), quoting("c", "b"), quoting("b", "d"), quoting("d"), quoting("e"))
    }
    assert graph(library=library).splitlines() == [
        "a",
        "  b",
        "    d",
        "  c",
        "    b, see above",
        "",
        "Rest on no other: e.",
    ]
    assert graph(["d", "c"], library=library).splitlines() == ["c", "  b", "    d", "", "Rest on no other: d."]


def test_the_page_of_one_derivation_has_its_own_graph() -> None:
    page = ledger_markdown([verify(DERIVATIONS["inverse-gram-diagonal"]())])
    assert "```text\ninverse-gram-diagonal\n  projection-chi-square-law\n" in page
    assert "water-filled" not in page


def test_a_derivation_that_is_named_is_linked_on_the_page() -> None:
    titles = {"chi-square": "The Law", "chi-square-moments": "Its moments, and more"}
    section = "`chi-square` [by chi-square-moments (mean)] as chi-square has; chi-squares, a-chi-square"
    assert linked(section, titles) == (
        "`chi-square` [by [chi-square-moments](#its-moments-and-more) (mean)] as [chi-square](#the-law) has; "
        "chi-squares, a-chi-square"
    )


def test_every_link_of_the_page_leads_to_a_section() -> None:
    page = PAGE.read_text(encoding="utf-8")
    anchors = {anchor(line.removeprefix("## ")) for line in page.splitlines() if line.startswith("## ")}
    links = re.findall(r"\]\(#([^)]*)\)", page)
    assert len(links) > len(DERIVATIONS)
    assert set(links) <= anchors
