"""A lesson as one file that opens from disk in any browser: no Python, no server, no network.

Scripts and styles are inside the page; its content security policy names them by their hashes and forbids all else, so a
browser could not send a request even if the page asked for one.
"""

from pathlib import Path

from linreg_compress.demos.extra import need
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.page import ALONE, Course, lesson_page
from linreg_compress.demos.page_data import page_data
from linreg_compress.errors import InvalidInputError
from linreg_compress.files import writable, write_whole


def write_static(lesson: Lesson, path: Path, *, trials: int | None = None, option: str = "path") -> Path:
    """Write a lesson as one self-contained HTML page, whole or not at all.

    Parameters
    ----------
    path
        Its name ends in .html or .htm. Checked before anything is computed.
    trials
        Of each simulation; the lesson's own number by default.
    option
        What errors call the path.

    Raises
    ------
    InvalidInputError
        If the file cannot be written, or the name ends otherwise.
    LinregCompressError
        If latex2mathml is not installed; the message says the one command that installs it.
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm") and not target.is_dir():
        raise InvalidInputError(option, "must end in .html or .htm", target)
    writable(target, option)
    need("latex2mathml.converter", "a static page")
    write_whole({target: static_page(lesson, trials=trials).encode()}, option)
    return target


def static_page(lesson: Lesson, *, trials: int | None = None, course: Course = ALONE) -> str:
    """Return the page, with links to the other pages of a course that stand beside it."""
    return lesson_page(lesson, page_data(lesson, trials=trials), trials=trials or lesson.trials, course=course)
