"""All lessons, in the order in which they teach the subject. A new one is a file and a line here."""

from importlib import import_module

from linreg_compress.demos.lesson import Lesson
from linreg_compress.names import find

_FILES = (  # each with a LESSON
    "overfitting",
    "rate_distortion",
    "oracle_codebook",
    "when_it_helps",
    "bounds",
    "quantizers",
    "clustering",
    "networks",
)
_IN_ORDER: list[Lesson] = [import_module(f"linreg_compress.demos.{file}").LESSON for file in _FILES]
LESSONS: dict[str, Lesson] = {lesson.name: lesson for lesson in _IN_ORDER}


def find_lesson(name: str) -> Lesson:
    """Return the lesson called `name`.

    Raises
    ------
    InvalidInputError
        If there is none; the near ones are listed.

    Examples
    --------
    >>> find_lesson("oracle-codebook").minutes
    12
    """
    return find("lesson", LESSONS, name)
