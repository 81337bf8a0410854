"""The committed comparison table is what the code computes, respects the limits, and shows both regimes."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import special, stats

from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.files import read_table
from linreg_compress.gallery import comparison
from linreg_compress.gallery.comparison import QUICK_TRIALS, TRIALS, comparison_rows, write_comparison
from linreg_compress.gallery.comparison_design import BITS, COLUMNS, ESTIMATED, FEATURES, REGIMES
from linreg_compress.gallery.figure import Row
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate
from tests import seeds
from tests.compare import assert_mean
from tests.page_tables import comparison_markdown
from tests.tolerances import P_LIMIT, QUADRATURE, spend

COMMITTED = Path(__file__).parents[2] / "figures" / "comparison.csv"
KEYS = ("design", "compressor", "bits", "source")


@pytest.fixture(scope="module")
def table() -> list[dict[str, str]]:
    return read_table(COMMITTED)


@pytest.fixture(scope="module")
def fresh() -> list[Row]:
    return comparison_rows(True, seeds.number(1))


def number(row: Row | dict[str, str], column: str) -> float:
    return float(row[column])


@pytest.mark.slow  # test_figures recomputes the same rows for the figure of compressors
def test_every_row_is_recomputed(table: list[dict[str, str]], fresh: list[Row]) -> None:
    assert len(table) > 150
    assert [[row[key] for key in KEYS] for row in table] == [[str(row[key]) for key in KEYS] for row in fresh]


def test_every_column_is_explained(table: list[dict[str, str]]) -> None:
    assert {name.removesuffix("_se") for name in table[0]} == set(COLUMNS)


@pytest.mark.slow  # test_figures recomputes the same rows for the figure of compressors
def test_exact_rows_agree(table: list[dict[str, str]], fresh: list[Row]) -> None:
    compared = 0
    for before, after in zip(table, fresh, strict=True):
        assert set(before) == set(after)
        given = [name for name in after if name not in (*KEYS[:2], "source")]
        if after["source"] == "monte carlo":
            given = ["fixed_rate_bits", "codebook_bits"]
        for name in given:
            if after[name] == "" or before[name] == "":
                assert before[name] == after[name], (before, name)
                continue
            close = math.isclose(number(before, name), number(after, name), rel_tol=QUADRATURE, abs_tol=QUADRATURE)
            assert close, (before, name, after[name])
            compared += 1
    assert compared > 1000


@pytest.mark.monte_carlo
@pytest.mark.slow  # test_figures recomputes the same rows for the figure of compressors
def test_simulated_rows_agree(table: list[dict[str, str]], fresh: list[Row]) -> None:
    """Other data, fewer trials, one false-alarm share for all differences.

    The error is that of the committed trials, or of the fresh ones where a rare large error is among them. Huffman's
    lengths are left out: a rare index lengthens them by a jump if it occurs at all.
    """
    spend()
    pairs = [
        (before, after, name)
        for before, after in zip(table, fresh, strict=True)
        if after["source"] == "monte carlo"
        for name in ESTIMATED
        if after[name] != "" and name != "huffman_bits"
    ]
    share = P_LIMIT / (2 * len(pairs))
    limit = -special.ndtri(share / 2)
    ratios = {name: many / few for name, many, few in zip(("fast", "slow"), TRIALS, QUICK_TRIALS, strict=True)}
    for before, after, name in pairs:
        slow = "kmeans" in str(after["compressor"])
        committed = number(before, f"{name}_se")
        error = max(
            committed * math.sqrt(1 + ratios["slow" if slow else "fast"]),
            math.hypot(committed, number(after, f"{name}_se")),
        )
        bias = 0.0
        if name not in ("normalized_distortion", "empirical_increase", "population_risk_change"):
            # The law of the index is estimated from the few data: a chi-square of second order, all there is at equal
            # shares. Indices of one data set count for a third each: the design effect of k-means is at most 2.6.
            indices = QUICK_TRIALS[slow] * FEATURES / 3
            bias = stats.chi2(2 ** number(after, "bits")).isf(share) / (2 * indices * math.log(2))
        difference = abs(number(before, name) - number(after, name))
        assert difference <= limit * error + bias + 1e-12, (before["design"], before["compressor"], before["bits"], name)
    assert len(pairs) > 350


def test_no_compressor_is_below_the_limits(table: list[dict[str, str]]) -> None:
    for row in table:
        for name in ESTIMATED[-2:]:
            assert number(row, name) >= -6 * number(row, f"{name}_se") - 1e-9, row
    limits = {"gaussian-blind": ESTIMATED[-2], "gaussian-aware": ESTIMATED[-1]}
    reached = [number(row, limits[row["compressor"]]) for row in table if row["compressor"] in limits]
    assert len(reached) == 2 * 2 * len(BITS)
    assert np.abs(reached).max() < 1e-9


@pytest.mark.slow  # test_figures recomputes the same rows for the figure of compressors
def test_codes_are_ordered(table: list[dict[str, str]], fresh: list[Row]) -> None:
    for row in (*table, *fresh):
        if row["huffman_bits"]:
            # the correction for the size of the sample raises the entropy alone
            raised = 2 ** number(row, "bits") / 1000 if row in fresh else 0.01
            assert number(row, "entropy_bits") <= number(row, "huffman_bits") + raised, row
            assert number(row, "huffman_bits") < number(row, "entropy_bits") + 1, row


def test_more_bits_never_raise_the_distortion(table: list[dict[str, str]]) -> None:
    for regime in REGIMES:
        for name in {row["compressor"] for row in table}:
            rows = [row for row in table if (row["design"], row["compressor"]) == (regime, name)]
            assert (np.diff([number(row, "empirical_increase") for row in rows]) < 0).all(), (regime, name)


def test_centroid_codes_help_below_the_noise_and_hurt_above(table: list[dict[str, str]]) -> None:
    """The interpolation theorem; rounding to the middle of a cell is no centroid code and hurts in both regimes."""
    for row in table:
        change = number(row, "population_risk_change")
        if row["compressor"] in ("gaussian-blind", "dithered", "entropy-constrained", "lloyd-max", "sign"):
            assert (change < 0) == (row["design"] == "weak"), row
        if row["compressor"] == "round-to-nearest":
            assert change > 0, row


def test_feeding_errors_forward_helps_the_empirical_risk_alone(table: list[dict[str, str]]) -> None:
    rows = {(row["design"], row["compressor"], float(row["bits"])): row for row in table}
    for regime in REGIMES:
        for bits in (2.0, 3.0, 4.0):
            nearest = rows[regime, "round-to-nearest", bits]
            for name in ("gptq", "gptq-activation"):
                fed = rows[regime, name, bits]
                assert number(fed, "empirical_increase") < 0.75 * number(nearest, "empirical_increase")
                assert number(fed, "normalized_distortion") > number(nearest, "normalized_distortion")


@pytest.mark.monte_carlo
@pytest.mark.slow  # test_figures recomputes the same rows for the figure of compressors
def test_the_dithered_rows_are_simulated_once(fresh: list[Row]) -> None:
    rows = {row["design"]: row for row in fresh if (row["compressor"], row["bits"]) == ("dithered", 1.0)}
    for cell, (regime, ratio) in enumerate(REGIMES.items()):
        model = LinearModel(80, 50, signal_variance=ratio / 29)
        channel = DitheredUniform.for_model(model, bits_per_weight=1.0)
        found = simulate(model, [channel], 1000, seed=seeds.number(2), cell=cell).compressed[0]
        assert_mean(found.distortion, number(rows[regime], "empirical_increase"))
        assert_mean(found.population_risk_change, number(rows[regime], "population_risk_change"))


@pytest.mark.slow  # test_figures recomputes the same rows for the figure of compressors
def test_markdown_shows_the_table(table: list[dict[str, str]], fresh: list[Row]) -> None:
    text = comparison_markdown(table)
    lines = text.splitlines()
    names = {row["compressor"] for row in table if float(row["bits"]) == 2}
    assert {line.split("|")[1].strip() for line in lines[2:]} == names
    assert len({line.count("|") for line in lines}) == 1
    assert "| gaussian-blind | 2.00 / 2.00 | 0.00 / 0.00 |" in text
    assert comparison_markdown(fresh).splitlines()[:4] == lines[:4]  # the exact ones


@pytest.mark.slow  # test_figures recomputes the same rows for the figure of compressors
def test_the_file_holds_twelve_digits(tmp_path: Path, fresh: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "comparison_rows", lambda quick, seed: fresh)
    path = write_comparison(tmp_path / "new", quick=True)
    assert path == tmp_path / "new" / "comparison.csv"
    assert [path] == list(path.parent.iterdir())
    for read, row in zip(read_table(path), fresh, strict=True):
        assert set(read) == set(row)
        for name, text in read.items():
            if isinstance(row[name], str):
                assert text == row[name]
            else:  # below 1e-12 of a column's size, at most some tens, is 0
                assert math.isclose(float(text), float(row[name]), rel_tol=5e-12, abs_tol=1e-10), (row, name)
