"""The gallery page shows every figure, with its claim, its formula and links that lead somewhere."""

import re
from pathlib import Path

from linreg_compress.gallery.page import page, write_page
from linreg_compress.gallery.registry import FIGURES
from tests.gallery.test_figure_files import SMALL

COMMITTED = Path(__file__).parents[2] / "figures"


def test_every_figure_has_its_section_in_order() -> None:
    headings = re.findall(r"^## (.*)$", page(), re.MULTILINE)
    assert headings[-len(FIGURES) :] == list(FIGURES)
    links = set(re.findall(r"\]\(#([^)]+)\)", page()))
    assert links <= set(FIGURES)
    assert len(links) >= 10


def test_a_section_says_all_there_is_to_know() -> None:
    text = page([SMALL])
    for part in (
        "## small",
        "| [![](small.png)<br>small](#small) |",
        "![A square is not negative.](small.png)",
        "\n- A square is not negative.\n",
        "Read it. It is short.",
        "```math\nx^2\n```",
        "(derivations.md#moments-of-a-chi-square-and-of-its-inverse)",
        "`linreg-compress figures small`",
        "(small.csv)",
        "(small.json)",
    ):
        assert part in text


def test_every_anchor_is_a_heading_of_the_ledger() -> None:
    ledger = (COMMITTED / "derivations.md").read_text(encoding="utf-8")
    anchors = re.findall(r"derivations\.md(#[^)]+)\)", page())
    assert len(anchors) >= len(FIGURES)
    assert [anchor for anchor in anchors if f"]({anchor})" not in ledger] == []


def test_the_page_is_written_as_the_folders_readme(tmp_path: Path) -> None:
    path = write_page(tmp_path / "new")
    assert path == tmp_path / "new" / "README.md"
    assert path.read_text(encoding="utf-8") == page()


def test_titles_are_short_and_pictures_are_told_to_those_who_cannot_see_them() -> None:
    for figure in FIGURES.values():
        assert 0 < len(figure.title.split()) <= 12, figure.name
        assert figure.alt, figure.name
        assert figure.alt != figure.claim, "a screen reader would hear the claim twice"
        assert len(figure.alt) <= 420, figure.name


def test_the_page_writes_greek_letters() -> None:
    prose = re.sub(r"```.*?```|`[^`]*`", "", page(), flags=re.DOTALL)
    assert re.findall(r".*(?:tau\^2|sigma\^2).*", prose) == []
