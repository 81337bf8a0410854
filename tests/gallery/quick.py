"""The quick comparison table, which two files of tests need."""

from functools import cache

from linreg_compress.gallery.comparison import comparison_rows
from linreg_compress.gallery.figure import Row
from tests import seeds


@cache
def quick_comparison() -> list[Row]:
    """Simulate the table once a process, from other data than the committed one."""
    return comparison_rows(quick=True, seed=seeds.number(1))
