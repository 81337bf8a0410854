"""Compute the tables of lessons anew: ``python -m linreg_compress.demos.store [NAME ...]``, the names of lessons."""

import sys
from collections.abc import Iterator
from pathlib import Path

from linreg_compress.demos.registry import LESSONS, find_lesson


def written(names: list[str]) -> Iterator[Path]:
    """Write the tables of some lessons, of all without a name, and yield each file when it is written."""
    for lesson in map(find_lesson, names or LESSONS):
        for table in lesson.stored:
            yield table.write()


if __name__ == "__main__":
    for path in written(sys.argv[1:]):
        print(path)
