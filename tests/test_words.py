"""What the texts claim: a theorem is told with the code for which it holds, a citation with one year."""

import re
from pathlib import Path

import pytest

from linreg_compress.demos.registry import LESSONS
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.gallery.registry import FIGURES

ROOT = Path(__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "linreg_compress").rglob("README.md")))
}
TEXTS = {
    **PAGES,
    "gallery": (ROOT / "figures" / "README.md").read_text(encoding="utf-8"),
    "dither": (ROOT / "linreg_compress" / "compression" / "dithered.py").read_text(encoding="utf-8").split('"""')[1],
    **{f"figure {name}": f"{figure.claim} {figure.reading}" for name, figure in FIGURES.items()},
}
SOURCES = [*sorted((ROOT / "linreg_compress").rglob("*.py")), *(ROOT / page for page in PAGES), ROOT / "CITATION.cff"]


def sentences(text: str) -> list[str]:
    """Cut a text at full stops that end a word, and at the ends of paragraphs."""
    return [sentence for part in text.split("\n\n") for sentence in re.split(r"(?<=[a-z)])[.:;] ", " ".join(part.split()))]


@pytest.mark.parametrize("name", TEXTS)
def test_the_price_of_a_lattice_is_told_against_the_gaussian_formula(name: str) -> None:
    """0.2546 bit above the limit of the weights themselves would be false: they are a scaled t."""
    told = [sentence for sentence in sentences(TEXTS[name]) if "0.2546" in sentence]
    assert all("Gaussian formula" in sentence for sentence in told), told
    assert told or name not in ("gallery", "dither", "figure compressors")


@pytest.mark.parametrize("name", TEXTS)
def test_no_code_of_least_squares_weights_is_called_the_best(name: str) -> None:
    """The Gaussian code is optimal for Gaussian weights."""
    assert not re.search(r"best possible|the optimal code|best code of", TEXTS[name], re.IGNORECASE)


@pytest.mark.parametrize("name", ["interpolation-theorem", "compression-criterion"])
def test_the_theorem_of_centroid_quantizers_is_a_limit_for_least_squares(name: str) -> None:
    derivation = DERIVATIONS[name]()
    assert r"n - d \to \infty" in derivation.statement
    assert any("linear-channel-risk" in assumption for assumption in derivation.assumptions)


def test_the_lesson_says_for_which_codes_the_line_is_exact() -> None:
    lesson = LESSONS["when-it-helps"]
    (line, change), words = lesson.formulas[:2], " ".join(lesson.takeaway)
    assert line.derivation == "linear-channel-risk"
    assert "exact for the Gaussian code and for dither" in line.words
    assert "limit of many rows to spare" in line.words
    assert "such a code" in change.words
    assert "Gaussian code, and dither" in words
    assert "limit" in words


def test_donsker_and_varadhan_are_cited_by_one_year() -> None:
    years = {
        year for path in SOURCES for year in re.findall(r"Donsker and Varadhan,? (\d{4})", path.read_text(encoding="utf-8"))
    }
    assert years == {"1983"}


def test_the_words_say_what_the_literature_calls_the_error_at_the_same_inputs() -> None:
    assert TEXTS["gallery"].count("Efron") == 1
    for word in ("in-sample", "fixed-design", "optimism (Efron 1986)"):
        assert word in " ".join(TEXTS["gallery"].split())


def test_the_page_of_bounds_recommends_no_bound_for_every_quantizer() -> None:
    advice = " ".join(
        PAGES["linreg_compress/bounds/README.md"].split("1. For the design-blind code")[1].split("\n2.")[0].split()
    )
    assert "in this table" in advice
    assert "no bound is the nearest for every codebook" in advice
    assert "`bounds` names the least" in advice
