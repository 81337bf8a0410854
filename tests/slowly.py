"""Cases of a test of which some are left to the slow run."""

from collections.abc import Container, Iterable
from typing import Any

import pytest


def left_out(slow: Container[str], names: Iterable[str]) -> list[Any]:
    """Return a test's cases, those named in `slow` marked so."""
    return [pytest.param(name, marks=pytest.mark.slow if name in slow else ()) for name in names]
