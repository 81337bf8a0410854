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
        "![A square is not negative.](small.png)",
        "**Claim.** A square is not negative.",
        "Read it. It is short.",
        "$$\nx^2\n$$",
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
