"""The handout: all parts of a lesson on paper, the answers at the end."""

import re
from pathlib import Path
from typing import Any

import pytest

from linreg_compress.demos import browser as printer
from linreg_compress.demos import handout as module
from linreg_compress.demos.handout import handout_blocks, handout_markdown, write_handout
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.page import lesson_page
from linreg_compress.demos.page_data import default_place, page_data
from linreg_compress.demos.registry import LESSONS, find_lesson
from linreg_compress.demos.table import simulated_text, theory_text
from linreg_compress.errors import InvalidInputError, LinregCompressError
from tests.demos.conftest import PARTS, find_chromium, opened


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_markdown_has_every_part_in_order(lesson: Lesson) -> None:
    found = lesson.simulate(lesson.defaults, 0, 4)
    text = handout_markdown(handout_blocks(lesson, found), "picture.png")
    assert text.startswith(f"# {lesson.title}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [*PARTS, "Answers"]
    assert text.count("```math\n") == len(lesson.formulas)
    assert "$$" not in text
    assert "](picture.png)" in text
    for number in lesson.numbers(lesson.defaults):
        assert theory_text(number) in text
        assert number.name not in found or simulated_text(found[number.name]) in text
    questions, answers = text.split("## Answers")
    for exercise in lesson.exercises:
        told = exercise.confirmation()
        assert exercise.question in questions
        assert told in answers
        assert told not in questions
    assert lesson.prediction.turns_out() in answers
    choices = [*lesson.prediction.choices, *(choice for exercise in lesson.exercises for choice in exercise.choices)]
    assert re.findall(r"^- \[ \] (.*)$", text, re.MULTILINE) == choices


def test_markdown_comes_with_its_picture(tmp_path: Path) -> None:
    files = write_handout(find_lesson("oracle-codebook"), tmp_path / "new" / "lesson.md", trials=4)
    assert [path.name for path in files] == ["lesson.md", "lesson.png"]
    assert files[1].read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["lesson.md", "lesson.png"]


PAGES = re.compile(rb"/Type\s*/Page\b")
# One style sheet prints every lesson: one is printed each time, the others where slow tests run.
PRINTED = [pytest.param(name, marks=() if name == "clustering" else pytest.mark.slow) for name in LESSONS]


@pytest.mark.browser
@pytest.mark.parametrize("name", PRINTED)
def test_pdf_is_one_sheet_with_a_title(name: str, tmp_path: Path) -> None:
    find_chromium()
    lesson = find_lesson(name)
    (path,) = write_handout(lesson, tmp_path / "lesson.pdf", trials=4)
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert len(PAGES.findall(content)) == 2
    title = f"{lesson.title} – linreg_compress"
    assert title.encode("utf-16-be").hex().upper().encode() in content
    assert b"20200101000000" in content  # no time of its own


@pytest.mark.browser
@pytest.mark.slow
def test_two_prints_are_the_same(tmp_path: Path) -> None:
    find_chromium()
    first, second = (write_handout(find_lesson("clustering"), tmp_path / f"{k}.pdf", trials=4)[0] for k in (1, 2))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.browser
def test_answers_are_on_the_back_also_of_a_page_on_which_nobody_guessed(browser: Any, tmp_path: Path) -> None:
    lesson = find_lesson("oracle-codebook")
    page = opened(browser).page
    page.goto(one_position(lesson, tmp_path / "page.html"))
    assert len(PAGES.findall(page.pdf(prefer_css_page_size=True))) == 2
    assert not page.locator("#picture").is_visible()  # as before
    page.emulate_media(media="print")
    tops = {
        name: page.locator(f"#{name}").evaluate("(part) => part.getBoundingClientRect().top")
        for name in ("question", "prediction", "why", "exercises", "answers", "takeaway")
    }
    assert sorted(tops, key=lambda name: tops[name]) == list(tops)
    assert page.locator("#answers").evaluate("(part) => getComputedStyle(part).breakBefore") == "page"
    assert not page.locator("#commit").is_visible()
    page.close()


def one_position(lesson: Lesson, path: Path) -> str:
    """Write the page of a lesson that does not move, which is the same on paper, and return its address."""
    data = page_data(lesson, trials=4, only={default_place(lesson)})
    path.write_text(lesson_page(lesson, data, trials=4), encoding="utf-8")
    return path.as_uri()


def fill_in(page: Any, lesson: Lesson) -> None:
    """Guess, show what was simulated, and answer every exercise."""
    page.locator("input[name=guess]").first.check()
    page.locator("#commit").click()
    page.locator("#show-simulated").check()
    for number, exercise in enumerate(lesson.exercises):
        if exercise.choices:
            page.locator(f"input[name=answer-{number}]").first.check()
        else:
            page.locator(f"#answer-{number}").fill("1")
        page.locator(f"#exercise-{number} button").click()


def print_twice(browser: Any, lesson: Lesson, address: str, scheme: str, width: int, papers: tuple[str, ...]) -> None:
    """Print as a reader does, before and after working through a page: one sheet each time."""
    page = opened(browser, viewport={"width": width, "height": 800}, color_scheme=scheme).page
    page.goto(address)
    for work in (None, fill_in):
        if work is not None:
            work(page, lesson)
        for paper in papers:
            assert len(PAGES.findall(page.pdf(format=paper))) == 2, (lesson.name, scheme, width, work, paper)
        assert page.evaluate("document.documentElement.style.fontSize") == ""  # as before
    page.close()


@pytest.mark.browser
def test_a_reader_prints_one_sheet(browser: Any, tmp_path: Path) -> None:
    lesson = find_lesson("when-it-helps")  # the longest
    print_twice(browser, lesson, one_position(lesson, tmp_path / "page.html"), "light", 1280, ("A4",))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_reader_prints_one_sheet_of_every_lesson(lesson: Lesson, browser: Any, tmp_path: Path) -> None:
    address = one_position(lesson, tmp_path / "page.html")
    for scheme in ("light", "dark"):
        for width in (1280, 375):
            print_twice(browser, lesson, address, scheme, width, ("A4", "Letter"))


def test_without_a_browser_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printer, "find_browser", lambda: None)
    with pytest.raises(LinregCompressError, match=r"Write FILE\.md"):
        write_handout(find_lesson("bounds"), tmp_path / "lesson.pdf", trials=4)
    assert list(tmp_path.iterdir()) == []


def test_a_browser_that_fails_is_named(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("")
    with pytest.raises(LinregCompressError, match="false could not print: it said nothing"):
        printer.printed(page, "false")
    with pytest.raises(LinregCompressError, match="could not print"):
        printer.printed(page, str(tmp_path / "none"))


@pytest.mark.parametrize("name", ["lesson.txt", "lesson", "file/lesson.md", "folder.pdf"])
def test_nothing_is_computed_for_a_file_that_cannot_be_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(module, "handout_blocks", never)
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(InvalidInputError, match=r"^--handout must"):
        write_handout(find_lesson("bounds"), tmp_path / name, option="--handout")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.pdf"]
