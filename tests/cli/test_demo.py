"""The verb ``demo``: the list, and lessons written to files."""

import json
from pathlib import Path

import pytest

from linreg_compress.cli.main import main
from linreg_compress.demos import course_folder, handout, static_page
from linreg_compress.demos.registry import LESSONS


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate a few trials only."""
    for lesson in LESSONS.values():
        monkeypatch.setitem(lesson.__dict__, "trials", 4)


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when anything is computed."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(static_page, "page_data", never)
    monkeypatch.setattr(course_folder, "static_page", never)
    monkeypatch.setattr(handout, "handout_blocks", never)


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for line, lesson in zip(lines, LESSONS.values(), strict=False):
        assert line.split()[0] == lesson.name
        assert line.endswith(f"{lesson.minutes} min   {lesson.title}")


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--format", "json"]) == 0
    lessons = json.loads(capsys.readouterr().out)["lessons"]
    assert [lesson["name"] for lesson in lessons] == list(LESSONS)
    assert all(set(lesson) >= {"name", "title", "minutes", "question"} for lesson in lessons)


@pytest.mark.usefixtures("quick")
def test_a_page_and_a_handout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, paper = tmp_path / "page.html", tmp_path / "paper.md"
    assert main(["demo", "oracle-codebook", "--static", str(page), "--handout", str(paper)]) == 0
    written = capsys.readouterr().out.split()
    assert written == [str(page), str(paper), str(paper.with_suffix(".png"))]
    assert {Path(path) for path in written} == set(tmp_path.iterdir())
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert paper.read_text(encoding="utf-8").startswith("# One bit a weight, and two errors")


def test_all_lessons_go_into_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(course_folder, "static_page", lambda lesson, **_: lesson.title)
    monkeypatch.setattr(course_folder, "slides_page", lambda *_: "slides")
    monkeypatch.setattr(course_folder, "teacher_page", lambda *_: "notes")
    monkeypatch.setattr(course_folder, "find_browser", lambda: "a browser")
    monkeypatch.setattr(course_folder, "printed", lambda *_: b"%PDF")
    assert main(["demo", "--all", str(tmp_path / "new")]) == 0
    names = {path.name for path in (tmp_path / "new").iterdir()}
    lessons = {f"{name}.{ending}" for name in LESSONS for ending in ("html", "pdf")}
    assert names == lessons | {"index.html", "teacher.html", "slides.html"}
    assert {Path(line).name for line in capsys.readouterr().out.split()} == names


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["overfiting"], "NAME must be a known lesson; got 'overfiting'. Did you mean overfitting"),
        (["bounds", "--static", "FOLDER"], "--static must be a file"),
        (["bounds", "--static", "FOLDER/file/page.html"], "--static must be a file that can be written"),
        (["bounds", "--handout", "FOLDER/file/paper.md"], "--handout must be a file that can be written"),
        (["bounds", "--handout", "paper.docx"], "--handout must end in .md or .pdf"),
        (["--static", "page.html"], "--static requires NAME, a lesson"),
        (["bounds", "--static", "FOLDER/page.txt"], "--static must end in .html or .htm"),
        (["bounds", "--static", "FOLDER/page.html", "--port", "3"], "use either --port or --static, not both"),
        (["--port", "3"], "--port requires NAME, a lesson before it: overfitting"),
        (["--all", "FOLDER/new", "--port", "3"], "use either --port or --all, not both"),
        (["--all", "FOLDER/file"], "--all must be a folder that can be made"),
        (["--all", "/proc/zz"], "--all must be a folder that can be made; got /proc/zz"),
        (["bounds", "--all", "FOLDER"], "use either NAME or --all, not both"),
    ],
)
def test_bad_input_is_one_message_before_any_work(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["demo", *(each.replace("FOLDER", str(tmp_path)) for each in arguments)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert told in captured.err
    assert len(captured.err.splitlines()) <= 3
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
