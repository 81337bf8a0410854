"""Write the whole course into a folder that can be put on a web page as it is."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from linreg_compress.demos.browser import find_browser, printed
from linreg_compress.demos.course import index_page, teacher_page
from linreg_compress.demos.extra import need
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.page import Course
from linreg_compress.demos.slides import slides_page
from linreg_compress.demos.static_page import static_page
from linreg_compress.files import make_folder, writable, write_whole


def write_course(
    lessons: Sequence[Lesson], folder: Path, *, trials: int | None = None, paper: bool = True, option: str = "path"
) -> Iterator[Path]:
    """Write the pages of the lessons, their list, notes for teachers and slides, and yield each file when it is written.

    Parameters
    ----------
    folder
        Every file is checked before anything is computed.
    trials
        Of each simulation; the lessons' own numbers by default.
    paper
        Whether to print each lesson as PDF too; without a browser that can print stderr says that it was left out.
    option
        What errors call the folder.

    Raises
    ------
    InvalidInputError
        If the folder cannot be made, or a file in it cannot be written.
    LinregCompressError
        If latex2mathml is not installed; the message says the one command that installs it.
    """
    need("latex2mathml.converter", "a static page")
    make_folder(folder, option)
    browser = find_browser() if paper else None
    names = [lesson.name for lesson in lessons]
    pages = {name: writable(folder / f"{name}.html", option) for name in [*names, "index", "teacher", "slides"]}
    papers = {name: writable(folder / f"{name}.pdf", option) for name in names} if browser else {}
    course = Course(
        tuple(lessons),
        {name: path.name for name, path in pages.items()},
        {name: path.name for name, path in papers.items()},
    )
    for name, make in (("index", index_page), ("teacher", teacher_page), ("slides", slides_page)):
        write_whole({pages[name]: make(course).encode()}, option)
        yield pages[name]
    for lesson in lessons:
        page = pages[lesson.name]
        write_whole({page: static_page(lesson, trials=trials, course=course).encode()}, option)
        yield page
        if browser:
            write_whole({papers[lesson.name]: printed(page, browser)}, option)
            yield papers[lesson.name]
    if paper and not browser:
        print("linreg-compress: no PDF was written: no Chromium, Chrome or Edge was found to print it", file=sys.stderr)
