"""The handout: all parts of a lesson on paper, the answers at the end."""

import re
from pathlib import Path

import pytest

from linreg_compress.demos import handout as module
from linreg_compress.demos.handout import handout_blocks, handout_markdown, write_handout
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.registry import LESSONS, find_lesson
from linreg_compress.demos.table import simulated_text, theory_text
from linreg_compress.errors import InvalidInputError
from tests.demos.conftest import PARTS


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_markdown_has_every_part_in_order(lesson: Lesson) -> None:
    found = lesson.simulate(lesson.defaults, 0, 4)
    text = handout_markdown(handout_blocks(lesson, found), "picture.png")
    assert text.startswith(f"# {lesson.title}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [*PARTS, "Answers"]
    assert text.count("```math\n") == len(lesson.formulas)
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
    choices = [*lesson.prediction.choices, *lesson.exercises[1].choices]
    assert re.findall(r"^- \[ \] (.*)$", text, re.MULTILINE) == choices


def test_markdown_comes_with_its_picture(tmp_path: Path) -> None:
    files = write_handout(find_lesson("oracle-codebook"), tmp_path / "new" / "lesson.md", trials=4)
    assert [path.name for path in files] == ["lesson.md", "lesson.png"]
    assert files[1].read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["lesson.md", "lesson.png"]


def test_pdf_is_a_few_pages_and_the_same_each_time(tmp_path: Path) -> None:
    lesson = find_lesson("quantizers")
    (path,) = write_handout(lesson, tmp_path / "lesson.pdf", trials=4)
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert 3 <= len(re.findall(rb"/Type /Page\b", content)) <= 5
    write_handout(lesson, path, trials=4)
    assert path.read_bytes() == content


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


def test_lines_are_as_wide_as_the_page_allows() -> None:
    from linreg_compress.demos.paper import wrapped

    text = " ".join(["word", "another", "i"] * 40)
    lines = wrapped(text, 3.0, 9.5)
    assert " ".join(lines) == text
    assert 5 < len(lines) < len(wrapped(text, 2.0, 9.5))
    assert wrapped("incomprehensibilities", 0.5, 9.5) == ["incomprehensibilities"]


def test_every_formula_is_one_that_matplotlib_sets() -> None:
    from linreg_compress.demos.paper import _formula

    for lesson in LESSONS.values():
        for formula in lesson.formulas:
            _, height = _formula(formula.latex)
            assert 0.1 < height < 1.0
