"""The paper's page: every name on it exists, every command is understood, and the committed page is current."""

import re
import shlex
from pathlib import Path

import pytest

import linreg_compress as lc
from linreg_compress.cli.main import build_parser
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.gallery.paper import figures_of_the_paper, page, write_paper
from linreg_compress.gallery.paper_sections import SECTIONS, Section
from linreg_compress.gallery.registry import FIGURES
from linreg_compress.gallery.setting import Setting

COMMITTED = Path(__file__).parents[2] / "figures"


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.number)
def test_every_name_exists(section: Section) -> None:
    assert set(section.derivations) <= set(DERIVATIONS)
    assert set(section.shown) <= set(section.figures) <= set(FIGURES)
    for name in section.functions:
        found = lc
        for part in name.split("."):
            found = getattr(found, part)
        assert callable(found), name
    for command in section.commands:
        program, *arguments = shlex.split(command)
        assert program == "linreg-compress"
        build_parser().parse_args(arguments)
    assert section.functions
    assert section.commands
    assert section.figures


def test_every_line_of_the_outline_has_its_place() -> None:
    assert [one.number for one in SECTIONS] == ["2.1", "2.2", "3", "4.1", "4.2", "5.1", "5.2", "5.3", "6.1", "6.2", "7"]
    assert "## What is not covered" in page()
    for said in ("Lemma 3", "Remark 2", "Algorithm 1", "DRHW", "Entropy 23(10), 1255", "34(04), 3300-3307"):
        assert said in page()


def test_names_in_its_sentences_exist_too() -> None:
    for name in re.findall(r"`lc\.([\w.]+)`", page()):
        found = lc
        for part in name.split("."):
            found = getattr(found, part)


def test_links_lead_somewhere() -> None:
    titles = re.findall(r"^## (.+)$", page(), flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", page())) <= anchors
    for file in re.findall(r"\]\(([\w.-]+)(?:#[^)]*)?\)", page()):
        assert (COMMITTED / file).is_file(), file
    assert (COMMITTED / "paper.md").read_text(encoding="utf-8") == page()


def test_own_numbers_leave_the_figures_of_one_model(tmp_path: Path) -> None:
    own = figures_of_the_paper(Setting(60, 20))
    assert {"linear-regression", "distortion-rate", "headline"} <= set(own) < set(figures_of_the_paper())
    assert write_paper(tmp_path) == tmp_path / "paper.md"
