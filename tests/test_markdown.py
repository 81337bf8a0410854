"""Formulas survive Markdown: a CommonMark parser leaves each of them as it was, so that a forge gets what was written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import markdown_it
import pytest

from linreg_compress.demos.handout import Block, handout_markdown
from linreg_compress.demos.registry import LESSONS
from linreg_compress.derivations.formulas import step_latex
from linreg_compress.derivations.markdown import for_github
from linreg_compress.derivations.printing import _cell
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.gallery.page import page
from linreg_compress.gallery.registry import FIGURES

ROOT = Path(__file__).parents[1]
LEDGER = ROOT / "figures" / "derivations.md"
PAGES = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("figures/*.md"), *(ROOT / "linreg_compress").rglob("*.md")])


def tokens(text: str) -> Iterator[Any]:
    for token in markdown_it.MarkdownIt("commonmark").enable("table").parse(text):
        yield from token.children or [token]


def formulas(text: str) -> set[str]:
    """What a reader's browser is given as mathematics."""
    found, before = set(), ""
    for token in tokens(text):
        if token.type == "fence" and token.info == "math":
            found.add(token.content.strip())
        elif token.type == "code_inline" and before.endswith("$"):
            found.add(token.content)
        before = token.content
    return found


def loose_dollars(text: str) -> list[str]:
    """Dollar signs beside none of the code spans: mathematics that Markdown would read first."""
    bare = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r".{0,30}\$.{0,30}", re.sub(r"\$?`[^`]*`\$?", "", bare))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_leaves_a_formula_to_markdown(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert loose_dollars(text) == []
    for found in re.findall(r"[^\s(\[{|>*/-]\$`|`\$[\w]", text):
        pytest.fail(f"a forge takes no formula that touches a word: {found}")


@pytest.mark.parametrize("every", [20, pytest.param(1, marks=pytest.mark.slow)])
def test_every_formula_of_the_ledger_comes_through(every: int) -> None:
    sections = {section.partition("\n")[0]: section for section in LEDGER.read_text(encoding="utf-8").split("\n## ")}
    for name in list(DERIVATIONS)[::every]:
        derivation = DERIVATIONS[name]()
        read = formulas(sections[derivation.title])
        assert {step_latex(step) for step in derivation.steps} - read == set(), name
        assert {_cell(step_latex(check)) for check in derivation.checks} - read == set(), name


def test_every_formula_of_the_gallery_comes_through() -> None:
    assert {figure.formula for figure in FIGURES.values()} <= formulas(page())


def test_every_formula_of_a_handout_comes_through() -> None:
    shown = [formula.latex for lesson in LESSONS.values() for formula in lesson.formulas]
    assert set(shown) == formulas(handout_markdown([Block("formula", latex) for latex in shown], "picture.png"))


CHANGED = [r"a \, b \; c \! d", "*w* = v", "_a_1 = b_", r"a \\ b", r"\{a\}", "[a](b)", "a &amp; c"]


@pytest.mark.parametrize("formula", CHANGED)
def test_what_markdown_would_change_is_left_alone(formula: str) -> None:
    assert formula not in "".join(token.content for token in tokens(f"${formula}$"))
    assert formulas(for_github(f"- At ${formula}$ and\n\n  $$\n  {formula}\n  $$\n")) == {formula}
