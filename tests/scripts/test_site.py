"""The site: how its links are followed, how pages of the repository are turned, and the built pages in a real browser.

The last needs a built site, as .ci/run has it: `scripts/site`, then
LINREG_COMPRESS_SITE=site scripts/test tests/scripts/test_site.py
"""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.demos.conftest import Seen, browser, launch, opened  # noqa: F401 (fixtures)

ROOT = Path(__file__).parents[2]
BUILT = os.environ.get("LINREG_COMPRESS_SITE")
in_browser = [pytest.mark.browser, pytest.mark.skipif(BUILT is None, reason="LINREG_COMPRESS_SITE names no built site")]


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"site_{name}", ROOT / "scripts" / "documentation" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def site(tmp_path: Path, body: str) -> Path:
    (tmp_path / "under").mkdir()
    (tmp_path / "under" / "other page.html").write_text('<h2 id="place">there</h2>')
    (tmp_path / "index.html").write_text(f'<p id="here"></p>{body}')
    return tmp_path


@pytest.mark.parametrize(
    "body",
    [
        '<a href="#here">',
        '<a href="#">',
        '<a href="under/other%20page.html#place">',
        '<a href="https://example.org/paper">',
        '<img src="data:image/png;base64,AA">',
    ],
)
def test_a_good_link_is_none_of_the_faults(tmp_path: Path, body: str) -> None:
    assert load("links").faults(site(tmp_path, body)) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="#nowhere">', "index.html: #nowhere leads to no place in that page"),
        ('<a href="under/other%20page.html#here">', "leads to no place"),
        ('<a href="missing.html">', "missing.html leads to no file"),
        ('<img src="missing.png">', "missing.png leads to no file"),
        ('<script src="https://example.org/a.js"></script>', "loads https://example.org/a.js from outside"),
        ('<link rel="stylesheet" href="//example.org/a.css">', "from outside"),
    ],
)
def test_a_link_that_leads_nowhere_or_outside_is_found(tmp_path: Path, body: str, fault: str) -> None:
    (found,) = load("links").faults(site(tmp_path, body))
    assert fault in found


def test_a_page_of_the_repository_is_turned(tmp_path: Path) -> None:
    sources = load("sources")
    writer = sources._Writer(ROOT, tmp_path, sources.PAGES)
    turned = writer.turned(
        "README.md",
        "$`\\tau^2`$ [g](figures/README.md#phase) [p](figures/derivations.md#the-interpolation-theorem) "
        "![x](figures/phase.png) [d](figures) [w](https://example.org) [s](#source)\n```\n[k](kept.md) $`a`$\n```\n",
    )
    assert turned == (
        "{math}`\\tau^2` [g](gallery.md#phase) [p](derivations/interpolation-theorem.md) "
        "![x](files/figures/phase.png) [d](gallery.md) [w](https://example.org) [s](#source)\n"
        "```\n[k](kept.md) $`a`$\n```\n"
    )
    assert (tmp_path / "files" / "figures" / "phase.png").exists()


@pytest.fixture
def seen(browser: Any) -> Seen:  # noqa: F811
    return opened(browser, viewport={"width": 1280, "height": 900})


def address(page: str) -> str:
    return (Path(str(BUILT)).resolve() / page).as_uri()


def good(seen: Seen) -> None:
    assert seen.outside(Path(str(BUILT)).resolve().as_uri()) == []
    assert seen.errors == []


class TestBuilt:
    """What a person sees who opens it from disk, without a network."""

    pytestmark = in_browser

    @pytest.mark.parametrize(
        "page", ["index", "gallery", "lessons", "guide/index", "derivations/index", "api/index", "changelog"]
    )
    def test_every_part_opens_by_itself(self, seen: Seen, page: str) -> None:
        seen.page.goto(address(f"{page}.html"))
        assert seen.page.locator("h1").is_visible()
        assert all(image.evaluate("one => one.naturalWidth > 0") for image in seen.page.locator("article img").all())
        good(seen)

    def test_formulas_are_drawn_by_the_browser(self, seen: Seen) -> None:
        seen.page.goto(address("derivations/interpolation-theorem.html"))
        formulas = seen.page.locator("article math")
        assert formulas.count() >= 10
        sizes = formulas.evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
        assert min(sizes) > 0
        assert "\\frac" not in seen.page.locator("article").inner_text()
        good(seen)

    def test_the_search_finds_a_word_offline(self, seen: Seen) -> None:
        seen.page.goto(address("search.html") + "?q=interpolation")
        seen.page.locator("#search-results li a", has_text="The interpolation theorem").first.wait_for()
        assert seen.outside(Path(str(BUILT)).resolve().as_uri()) == []

    def test_a_phone_scrolls_down_alone(self, browser: Any) -> None:  # noqa: F811
        phone = opened(browser, viewport={"width": 375, "height": 700})
        for page in ("index", "gallery", "derivations/interpolation-theorem", "api/bounds"):
            phone.page.goto(address(f"{page}.html"))
            assert phone.page.evaluate("document.documentElement.scrollWidth") <= 375, page
        good(phone)

    def test_a_phone_shows_where_a_formula_and_a_title_begin(self, browser: Any) -> None:  # noqa: F811
        phone = opened(browser, viewport={"width": 375, "height": 700})
        for page in ("index", "derivations/compression-criterion"):
            phone.page.goto(address(f"{page}.html"))
            begins = "all => all.map(one => one.getBoundingClientRect().x - one.parentElement.getBoundingClientRect().x)"
            assert min(phone.page.locator("article div.math math").evaluate_all(begins), default=0) >= 0, page
            assert phone.page.locator("h1").evaluate("one => one.scrollWidth - one.clientWidth") <= 0, page

    def test_the_api_shows_names_with_their_fields_and_source(self, seen: Seen) -> None:
        seen.page.goto(address("api/bounds.html"))
        assert seen.page.locator("#linreg_compress\\.bounds\\.chi_square_bound").is_visible()
        seen.page.locator("dt#linreg_compress\\.bounds\\.Bound a", has_text="[source]").click()
        assert "/_modules/" in seen.page.url
        good(seen)
