"""All lessons, in the order in which they teach the subject. A new one is a file and a line here."""

import difflib

from linreg_compress.demos.bounds import BOUNDS
from linreg_compress.demos.clustering import CLUSTERING
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.oracle_codebook import ORACLE_CODEBOOK
from linreg_compress.demos.overfitting import OVERFITTING
from linreg_compress.demos.quantizers import QUANTIZERS
from linreg_compress.demos.rate_distortion import RATE_DISTORTION
from linreg_compress.demos.when_it_helps import WHEN_IT_HELPS
from linreg_compress.errors import InvalidInputError

_ALL = (OVERFITTING, RATE_DISTORTION, ORACLE_CODEBOOK, WHEN_IT_HELPS, BOUNDS, QUANTIZERS, CLUSTERING)
LESSONS: dict[str, Lesson] = {lesson.name: lesson for lesson in _ALL}


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
    if name not in LESSONS:
        near = difflib.get_close_matches(name, LESSONS, cutoff=0.4) or list(LESSONS)
        raise InvalidInputError("NAME", "must be a known lesson", repr(name), f"Near it: {', '.join(near)}.")
    return LESSONS[name]
