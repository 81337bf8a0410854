"""figures/bounds-table.csv is what the package computes, and says what README says."""

from itertools import product
from pathlib import Path

import pytest

from linreg_compress.files import read_table
from linreg_compress.gallery.bounds_table import BITS, SETTINGS, bounds_table
from linreg_compress.gallery.figure import Row

COMMITTED = Path(__file__).parents[2] / "figures" / "bounds-table.csv"


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return bounds_table()


def test_the_committed_table_is_current(rows: list[Row]) -> None:
    old = read_table(COMMITTED)
    assert len(old) == len(rows)
    for before, after in zip(old, rows, strict=True):
        for name, value in after.items():
            if isinstance(value, str):
                assert before[name] == value
            else:
                assert float(before[name]) == pytest.approx(value, rel=1e-8)


def test_no_bound_is_below_the_truth(rows: list[Row]) -> None:
    assert all(float(row["ratio"]) >= 1 for row in rows)


def test_every_bound_is_there_at_every_rate(rows: list[Row]) -> None:
    names = {
        "sub-gaussian",
        "chi-square",
        "donsker-varadhan",
        "trivial",
        "donsker-varadhan-random-design",
        "individual-sample",
        "wasserstein",
    }
    for (n, d), bits in product(SETTINGS, BITS):
        rate = [float(n), float(d), bits]
        here = [row for row in rows if [float(row[name]) for name in ("samples", "features", "bits_per_weight")] == rate]
        assert {row["bound"] for row in here if str(row["code"]).startswith("gaussian")} == names
    assert {row["bound"] for row in rows} - names == {"donsker-varadhan-centred"}


def test_donsker_varadhan_is_the_tightest_of_the_random_design_error(rows: list[Row]) -> None:
    """Among the bounds of one code at one rate."""
    for row in rows:
        if row["of"] == "generalization_error":
            peers = [
                float(other["value"])
                for other in rows
                if all(other[key] == row[key] for key in ("samples", "features", "code", "bits_per_weight", "of"))
                and str(other["bound"]) in ("donsker-varadhan", "donsker-varadhan-random-design")
            ]
            assert len(peers) == 1
            assert peers[0] <= float(row["value"]) * (1 + 1e-9)
