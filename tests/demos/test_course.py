"""The course in a folder: every page is there, every link leads somewhere, and slides fill their frames."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from linreg_compress.demos import course_folder
from linreg_compress.demos.course import teacher_page
from linreg_compress.demos.course_folder import write_course
from linreg_compress.demos.markup import linked
from linreg_compress.demos.page import Course
from linreg_compress.demos.registry import LESSONS
from linreg_compress.errors import InvalidInputError
from tests.demos.conftest import opened

FEW = [LESSONS[name] for name in ("rate-distortion", "oracle-codebook", "bounds")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a course of three lessons, without paper."""
    place = tmp_path_factory.mktemp("course")
    written = list(write_course(FEW, place, trials=2, paper=False))
    assert sorted(written) == sorted(place.iterdir())
    return place


def test_every_link_leads_to_a_part_of_a_page_that_is_there(folder: Path) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert set(texts) == {"index.html", "teacher.html", "slides.html", *(f"{lesson.name}.html" for lesson in FEW)}
    followed = 0
    for name, text in texts.items():
        for link in re.findall(r'<a [^>]*?href="([^"]*)"', text):
            page, _, part = link.partition("#")
            assert page in texts or not page, (name, link)
            assert not part or f'id="{part}"' in texts[page or name], (name, link)
            followed += 1
    assert followed > 20


def test_the_list_has_order_minutes_and_promises(folder: Path) -> None:
    text = unescape((folder / "index.html").read_text(encoding="utf-8"))
    places = [text.index(f">{lesson.title}</a>") for lesson in FEW]
    assert places == sorted(places)
    for lesson in FEW:
        assert lesson.summary in text
        assert f"{lesson.minutes} minutes" in text
    assert ".pdf" not in text


def test_each_page_leads_to_its_neighbours(folder: Path) -> None:
    first, middle, last = ((folder / f"{lesson.name}.html").read_text(encoding="utf-8") for lesson in FEW)
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in last
    assert f'<a rel="prev" href="{FEW[0].name}.html">' in middle
    assert f'<a rel="next" href="{FEW[2].name}.html">' in middle
    assert all('<a href="index.html">' in text for text in (first, middle, last))


def test_teachers_are_told_order_time_mistakes_questions_and_figures() -> None:
    everywhere = tuple(LESSONS.values())
    pages = ("index", "teacher", "slides")
    text = unescape(teacher_page(Course(everywhere, {name: f"{name}.html" for name in (*LESSONS, *pages)})))
    for lesson in everywhere:
        assert lesson.prediction.choices[lesson.prediction.right()] in text
        if lesson.teaching is None:
            continue
        for said, why in lesson.teaching.mistakes:
            assert said in text
            assert why in text
        for question in lesson.teaching.ask:
            assert question in text
        assert f"linreg-compress figures {lesson.teaching.figure}" in text


def test_lessons_that_are_named_by_number_are_linked() -> None:
    assert linked("See lesson 2 & lesson 9.", ["a", "b"]) == 'See <a href="b">lesson 2</a> &amp; lesson 9.'


def test_nothing_is_written_where_one_file_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(course_folder, "static_page", never)
    (tmp_path / "slides.html").mkdir()
    with pytest.raises(InvalidInputError, match=r"^--all must be a file"):
        list(write_course(FEW, tmp_path, option="--all"))
    assert [path.name for path in tmp_path.iterdir()] == ["slides.html"]


def test_without_a_browser_the_pages_are_written_and_the_rest_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(course_folder, "find_browser", lambda: None)
    list(write_course(FEW[:1], tmp_path, trials=2))
    assert "no PDF was written" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.pdf"))


@pytest.mark.browser
def test_slides_are_16_to_9_and_hold_what_they_show(folder: Path, browser: Any) -> None:
    seen = opened(browser, viewport={"width": 1280, "height": 720})
    page = seen.page
    page.goto((folder / "slides.html").as_uri())
    sizes = page.evaluate(
        "[...document.querySelectorAll('.slide')]"
        ".map((each) => [each.clientWidth / (each.clientHeight + 1), each.scrollHeight - each.clientHeight])"
    )
    assert len(sizes) == 1 + 5 * len(FEW)
    assert all(ratio == pytest.approx(16 / 9, rel=0.01) for ratio, _ in sizes)
    assert all(hidden <= 1 for _, hidden in sizes), sizes
    beyond = "[...document.querySelectorAll('.slide .formula')].map((each) => each.scrollWidth - each.clientWidth)"
    assert page.evaluate(f"Math.max(...{beyond})") <= 0  # no formula is cut
    assert page.locator(".slide svg path.curve").count() > 10
    page.keyboard.press("ArrowRight")
    assert page.locator(".slide").nth(1).evaluate("(slide) => Math.abs(slide.getBoundingClientRect().top)") < 2
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(sizes)
    (width, height), *_ = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", printed)
    assert float(width) / float(height) == pytest.approx(16 / 9, rel=0.01)
    assert seen.violations() == []
    assert seen.errors == []
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["index", "teacher"])
def test_pages_around_the_lessons_are_readable(name: str, folder: Path, browser: Any) -> None:
    seen = opened(browser, viewport={"width": 375, "height": 700}, color_scheme="dark")
    page = seen.page
    page.goto((folder / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert seen.violations() == []
    assert seen.outside("file://") == []
    assert seen.errors == []
    page.close()
