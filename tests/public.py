"""All public names of the theory, from the package and from its chapters, for the tests that go through every one."""

import inspect
from typing import Any

import linreg_compress as lc

TOLD_ELSEWHERE = {"demos", "derivations", "gallery"}  # lessons, proofs and figures have tests of their own kinds

RETIRED = {"expected_compressed_risks", "Compressed"}  # older names, which warn: each has a test of its own


def public_names() -> dict[str, Any]:
    """Return what each public name means; a name of the root means the same in its chapter."""
    root = {name: getattr(lc, name) for name in dir(lc)}
    chapters = [value for name, value in root.items() if inspect.ismodule(value) and name not in TOLD_ELSEWHERE]
    return {
        **{name: value for name, value in root.items() if not inspect.ismodule(value)},
        **{name: getattr(chapter, name) for chapter in chapters for name in chapter.__all__ if name not in RETIRED},
    }


PUBLIC = public_names()
