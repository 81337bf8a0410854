"""The steps of the proof behind the windows, each against every case of a small row; the whole on long clustered rows."""

import itertools
from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.clustering.boundary_windows import _far_centers, _spacings, _tilt, boundary_windows
from linreg_compress.compression.clustering.interval_program import IntervalProgram
from linreg_compress.compression.clustering.sorted_weights import SortedWeights
from tests.tolerances import FLOAT


def row(number: int, size: int) -> SortedWeights:
    """Two groups, one tight and one wide, with uneven importances."""
    rng = np.random.default_rng(number)
    weights = np.concatenate([0.02 * rng.standard_normal(size // 2), 1 + rng.standard_normal(size - size // 2)])
    return SortedWeights.of(weights, rng.gamma(0.5, size=size) + 1e-3)


def grid(line: SortedWeights, number: int, cells: int) -> Any:
    inner = np.random.default_rng(number).choice(np.arange(1, line.size), cells - 1, replace=False)
    return np.concatenate([[0], np.sort(inner), [line.size]])


@pytest.mark.parametrize("number", range(5))
def test_moving_a_boundary_to_an_end_of_its_cell_costs_no_more_than_its_tilt(number: int) -> None:
    """With the centres fixed, the weights between boundary and end change sides."""
    line = row(number, 60)
    places, w, h = grid(line, number, 7), line.points, line.masses
    for begin, end, tilt in zip(places[:-1], places[1:], _tilt(line, places), strict=True):
        mean = float(h[begin:end] @ w[begin:end] / h[begin:end].sum())
        exact = float(h[begin:end] @ np.maximum(w[begin:end] - mean, 0))
        assert tilt >= exact * (1 - FLOAT)
        assert tilt <= exact * 1.001 + 1e-9
        for boundary, (c, d) in itertools.product(range(begin + 1, end), [(-1.0, 0.1), (0.0, 0.4), (-0.5, 2.0)]):
            up = h * ((w - c) ** 2 - (w - d) ** 2)  # what a weight costs more at the lower centre
            moved = min(float(up[boundary:end].sum()), -float(up[begin:boundary].sum()))
            assert moved <= 2 * (d - c) * exact + 1e-12


def test_a_cell_of_one_weight_has_no_tilt() -> None:
    """No boundary can be inside."""
    assert not _tilt(row(0, 20), np.arange(21)).any()


@pytest.mark.parametrize("share", [1e-3, 0.1, 3.0])
@pytest.mark.parametrize("number", range(2))
def test_a_far_centre_pays_for_itself(number: int, share: float) -> None:
    """``2 A (c' - c)`` less a share of the squared errors between b and both centres, at its largest over all of them."""
    line = row(number, 40)
    places, w, h = grid(line, number, 7), line.points, line.masses
    tilt = _tilt(line, places)
    found = _far_centers(line, places, tilt, share)
    centers = np.linspace(w[0], w[-1], 200)
    squares = h * (w - centers[:, None]) ** 2
    for cell, (begin, end) in enumerate(itertools.pairwise(places)):
        largest = -np.inf
        for boundary in range(begin, end):
            b = w[boundary]
            sides = []
            for side in (-1, 1):
                away, x = side * (centers - b), side * (w - b)
                paid = np.where((x > 0) & (x <= away[:, None]), squares, 0).sum(axis=1)
                sides.append(np.max((2 * tilt[cell] * away - share * paid)[away >= 0], initial=0.0))
            largest = max(largest, float(sum(sides)))
        assert found[cell] >= largest * (1 - 1e-9), cell


@pytest.mark.parametrize("number", range(4))
def test_centres_are_no_farther_apart_than_their_windows_allow(number: int) -> None:
    line = row(number, 24)
    windows = np.array([[3, 6], [8, 12], [13, 15], [24, 24]])
    bound = _spacings(line, windows)
    largest = np.zeros(3)
    for ends in itertools.product(*(range(low, high + 1) for low, high in windows)):
        cuts = [0, *ends]
        means = [line.masses[i:j] @ line.points[i:j] / line.masses[i:j].sum() for i, j in itertools.pairwise(cuts)]
        largest = np.maximum(largest, np.diff(means))
    assert (bound[:3] >= largest).all()
    assert bound[3] == 0


@pytest.mark.parametrize("precise", [False, True])
@pytest.mark.parametrize("block", [1, 2, 4])
def test_rows_of_the_program_do_not_depend_on_how_many_are_computed_at_once(
    block: int, precise: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sizes where a block is full, where one row is left for another, and where none is."""
    for size in range(4, 36):
        line = row(size, size)
        plain = IntervalProgram(line.prefix, None, 3, precise)
        with monkeypatch.context() as patch:
            patch.setattr("linreg_compress.compression.clustering.interval_program._BLOCK", block)
            pieces = IntervalProgram(line.prefix, None, 3, precise)
        for k in (2, 3):
            np.testing.assert_array_equal(pieces.costs(k), plain.costs(k))
            assert pieces.bounds(k, size) == plain.bounds(k, size)


def clustered(law: str, size: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(9)
    if law == "tight groups":
        return 5 * rng.standard_normal(12)[rng.integers(0, 12, size)] + 1e-3 * rng.standard_normal(size), np.ones(size)
    if law == "two scales":
        return np.concatenate([1e-4 * rng.standard_normal(size // 2), rng.standard_normal(size - size // 2)]), (
            rng.gamma(0.3, size=size) + 1e-9
        )
    return np.rint(3 * rng.standard_normal(size)) + rng.uniform(-0.01, 0.01, size), rng.gamma(1.0, size=size)


@pytest.mark.parametrize(
    ("law", "levels", "places"),
    [("tight groups", 3, 160), ("two scales", 3, 426), ("noisy lattice", 3, 703), ("normal", 2, 376), ("normal", 6, 283)],
)
def test_windows_are_narrow(law: str, levels: int, places: int) -> None:
    """They exist to save time, so a rebate that is larger than need be is an error."""
    rng = np.random.default_rng(0)
    line = SortedWeights.of(*(clustered(law, 31_000) if law != "normal" else (rng.standard_normal(31_000), None)))
    windows = boundary_windows(line, levels)
    assert windows is not None
    assert 0 < np.ptp(windows, axis=1).sum() <= 1.1 * places


def test_rows_whose_sums_lose_importances_have_no_windows() -> None:
    """The bounds behind the windows are computed in doubles."""
    weights, masses = clustered("tight groups", 31_000)
    assert boundary_windows(SortedWeights.of(weights, masses), 2) is not None
    masses[7] = 1e-17
    assert boundary_windows(SortedWeights.of(weights, masses), 2) is None


@pytest.mark.parametrize("law", ["tight groups", "two scales", "noisy lattice"])
@pytest.mark.parametrize(("size", "levels"), [(31_000, 3), pytest.param(60_000, 11, marks=pytest.mark.slow)])
def test_windows_of_clustered_rows_hold_the_optimum(law: str, size: int, levels: int) -> None:
    line = SortedWeights.of(*clustered(law, size))
    program = IntervalProgram(line.prefix, None, levels - 1, precise=False)
    total = program.totals(levels)
    ends = [*program.bounds(levels - 1, int(np.argmin(total)))[1:], line.size]
    windows = boundary_windows(line, levels)
    assert windows is not None
    assert ((windows[:, 0] <= ends) & (ends <= windows[:, 1])).all()
