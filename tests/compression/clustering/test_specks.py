"""Weights of vanishing importance: left out where they do not count, and seen to count where they do."""

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.compression.clustering import diameter_kmeans as diameter
from linreg_compress.compression.clustering import kmeans as plain
from linreg_compress.compression.clustering.boundary_windows import boundary_windows
from linreg_compress.compression.clustering.sorted_weights import SortedWeights
from linreg_compress.compression.clustering.specks import Specks

RNG = np.random.default_rng(4)
WEIGHTS = RNG.standard_normal(1200)
IMPORTANCE = RNG.gamma(0.2, size=1200)
IMPORTANCE[::100] *= 1e-20


def without_parting(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (plain, diameter):
        monkeypatch.setattr(module.Specks, "of", lambda line, levels: None)


@pytest.mark.parametrize("levels", [3, 7])
def test_the_optimum_is_that_of_the_program_in_twice_the_digits(levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = lc.kmeans(WEIGHTS, levels, IMPORTANCE)
    without_parting(monkeypatch)
    exact = lc.kmeans(WEIGHTS, levels, IMPORTANCE)
    assert found.objective == pytest.approx(exact.objective, rel=1e-13)
    assert 0 <= found.gap < 1e-11
    nearest = np.abs(WEIGHTS[:, None] - found.centers).argmin(axis=1)
    assert np.array_equal(nearest, found.assignments)


@pytest.mark.parametrize("penalty", ["linear", "squared"])
def test_so_it_is_under_a_penalty(penalty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = lc.diameter_kmeans(WEIGHTS, 5, IMPORTANCE, 20.0, penalty)
    without_parting(monkeypatch)
    exact = lc.diameter_kmeans(WEIGHTS, 5, IMPORTANCE, 20.0, penalty)
    assert found.objective == pytest.approx(exact.objective, rel=1e-10)
    assert 0 <= found.gap < 3e-10
    assert found.lower_bound <= exact.objective


def test_the_long_program_sees_few_places() -> None:
    line = SortedWeights.of(WEIGHTS, IMPORTANCE)
    assert line.prefix.hopeless
    specks = Specks.of(line, 4)
    assert specks is not None
    assert not specks.heavy.prefix.hopeless
    windows = boundary_windows(specks.heavy, 4, precise=True)
    assert windows is not None
    assert np.ptp(windows, axis=1).sum() < specks.heavy.size / 3
    assert boundary_windows(specks.heavy, 4) is None  # in doubles the whole row is as fast


@pytest.mark.parametrize("penalty", [None, "linear", "squared"])
def test_specks_that_count_are_not_left_out(penalty: str | None) -> None:
    """Ten weights of huge importance lie so near to each other that the others decide where centres go."""
    weights = np.concatenate([1 + 1e-13 * np.arange(10), np.linspace(-3, 3, 700)])
    importance = np.concatenate([np.full(10, 1e16), np.ones(700)])
    if penalty is None:
        found = lc.kmeans(weights, 3, importance)
    else:
        found = lc.diameter_kmeans(weights, 3, importance, 1e-3, penalty)
    assert np.ptp(found.centers) > 2
    assert found.gap < 1e-9


def test_a_row_is_left_whole_where_parting_gains_nothing() -> None:
    assert Specks.of(SortedWeights.of(WEIGHTS[:500], IMPORTANCE[:500]), 3) is None  # few weights
    assert Specks.of(SortedWeights.of(WEIGHTS, IMPORTANCE + 1e-3), 3) is None  # no specks
    heavy = np.where(np.arange(1200) < 3, 1e30, 1.0)
    assert Specks.of(SortedWeights.of(WEIGHTS, heavy), 3) is None  # too few without them
