"""Centres to the digits of their own cluster, whatever the others hold, and objectives of the centres that are returned."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.clustering.batch import diameter_batch, kmeans_batch
from linreg_compress.compression.clustering.diameter_kmeans import diameter_kmeans
from linreg_compress.compression.clustering.kmeans import kmeans
from linreg_compress.compression.clustering.local_search import local_search
from linreg_compress.compression.clustering.record import Clustering
from linreg_compress.compression.clustering.sorted_weights import cluster_means, total
from linreg_compress.compression.scalar.empirical_source import EmpiricalSource
from tests.tolerances import ROUNDING


def groups(rng: np.random.Generator, scale: float) -> tuple[Any, int]:
    """Clusters of one to four weights, each of another size, in any order."""
    levels = int(rng.integers(1, 6))
    sizes = 10.0 ** rng.choice(np.arange(-8, 14, 3), levels, replace=False)
    signs = rng.choice([-1.0, 1.0], levels)
    parts = [sign * size * rng.uniform(1, 1.5, int(rng.integers(1, 5))) for sign, size in zip(signs, sizes, strict=True)]
    return scale * rng.permutation(np.concatenate(parts)), levels


def exact_mean(weights: Any, masses: Any) -> Fraction:
    mass = sum((Fraction(h) for h in masses.tolist()), Fraction(0))
    return (
        sum((Fraction(h) * Fraction(w) for h, w in zip(masses.tolist(), weights.tolist(), strict=True)), Fraction(0)) / mass
    )


def exact_cost(weights: Any, masses: Any, found: Clustering) -> Fraction:
    centers = found.centers[found.assignments].tolist()
    terms = zip(masses.tolist(), weights.tolist(), centers, strict=True)
    return sum((Fraction(h) * (Fraction(w) - Fraction(c)) ** 2 for h, w, c in terms), Fraction(0))


def check(weights: Any, masses: Any, found: Clustering, penalty: Fraction = Fraction(0)) -> None:
    for k, center in enumerate(found.centers.tolist()):
        inside = (found.assignments == k) & (masses > 0)
        if (weights[inside] == weights[inside][0]).all():
            assert center == weights[inside][0], "a lone weight, bit for bit"
        else:
            exact = exact_mean(weights[inside], masses[inside])
            assert abs(Fraction(center) - exact) <= Fraction(2 * ROUNDING) * abs(exact)
    cost = exact_cost(weights, masses, found) + penalty
    assert abs(Fraction(found.objective) - cost) <= Fraction(8 * ROUNDING) * cost + Fraction(1, 10**320)
    assert found.lower_bound <= found.objective


@pytest.mark.parametrize("scale", [1e-290, 1e-100, 1.0, 3e80])
def test_every_center_has_the_digits_of_its_own_cluster(scale: float) -> None:
    rng = np.random.default_rng(11)
    for case in range(60):
        weights, levels = groups(rng, scale)
        masses = 10.0 ** rng.uniform(-12, 12, weights.size) if case % 3 == 2 else np.ones(weights.size)
        given = None if case % 3 == 0 else masses
        check(weights, masses, kmeans(weights, levels, given))
        check(weights, masses, kmeans(weights, 2, given))
        check(weights, masses, diameter_kmeans(weights, levels, given, 0.0))


def test_the_cases_that_were_found() -> None:
    found = kmeans([0.001, 0.002, 0.004, 0.007, 0.1, 1e10], 3)
    assert found.centers.tolist() == [0.0035, 0.1, 1e10]
    assert 7e-6 in kmeans([1e-6, 2e-6, 4e-6, 7e-6, 1e5, 3e5], 5).centers.tolist()
    offset = 1e15 + np.array([1.0, 2.0, 4.0, 8.0, 9.0, 11.0])
    found = kmeans(offset, 3)
    assert found.objective == 5.171875  # of centres on the grid of doubles; the least over all centres is 31 / 6
    assert found.lower_bound == pytest.approx(31 / 6, rel=1e-9)
    assert found.objective == found.coded(offset).weight_mse * 6


def test_the_objective_is_that_of_the_weights_as_coded() -> None:
    rng = np.random.default_rng(12)
    for _ in range(100):
        weights, levels = groups(rng, 1.0)
        found = kmeans(weights, levels)
        assert found.objective == pytest.approx(found.coded(weights).weight_mse * weights.size, rel=8 * ROUNDING, abs=0)


@pytest.mark.parametrize("penalty", ["squared", "linear"])
def test_penalized_centers_keep_their_digits_too(penalty: str) -> None:
    rng = np.random.default_rng(13)
    for _ in range(80):
        weights, levels = groups(rng, 1.0)
        beta = float(10.0 ** rng.uniform(-3, 3))
        found = diameter_kmeans(weights, levels, None, beta, penalty)
        spread = Fraction(found.centers[-1]) - Fraction(found.centers[0])
        cost = exact_cost(weights, np.ones(weights.size), found) + Fraction(beta) * (
            spread**2 if penalty == "squared" else spread
        )
        assert abs(Fraction(found.objective) - cost) <= Fraction(8 * ROUNDING) * cost
        for k in range(1, found.levels - 1):  # those inside feel no penalty
            inside = weights[found.assignments == k]
            exact = exact_mean(inside, np.ones(inside.size))
            assert abs(Fraction(found.centers[k]) - exact) <= Fraction(ROUNDING) * abs(exact)


def test_a_pulled_end_center_keeps_its_digits_beside_a_far_one() -> None:
    found = diameter_kmeans([1e-9, 3e-9, 1e6], 2, None, 1e-12)
    pull = (Fraction(1e6) - Fraction(2e-9)) / (Fraction(1e12) * 2 + 1 + 2)  # D / (H1 / beta + 1 + H1 / HK)
    exact = Fraction(exact_mean(np.array([1e-9, 3e-9]), np.ones(2))) + pull
    assert abs(Fraction(found.centers[0]) - exact) <= Fraction(1, 10**12) * exact


def test_local_search_returns_the_means_of_its_clusters() -> None:
    rng = np.random.default_rng(14)
    for _ in range(60):
        weights, levels = groups(rng, 1.0)
        found = local_search(weights, levels, initialization="quantile")
        cost = exact_cost(weights, np.ones(weights.size), found)
        assert abs(Fraction(found.objective) - cost) <= Fraction(8 * ROUNDING) * cost
    lone = local_search([[0.1, 0.1], [0.7, 7e9], [0.3, -3e9]], 3, initialization="quantile")
    assert sorted(lone.centers.tolist()) == [[0.1, 0.1], [0.3, -3e9], [0.7, 7e9]]


def test_batches_keep_lone_weights_bit_for_bit() -> None:
    rng = np.random.default_rng(15)
    rows = 10.0 ** rng.choice([-3, 0, 5, 10], (40, 6)) * rng.uniform(1, 1.5, (40, 6))
    importance = rng.gamma(1.0, size=6)
    tiny = diameter_batch(rows, [4], importance, 1e-60)[4]  # too weak a penalty to move anything
    for found in (kmeans_batch(rows, [4], importance)[4], tiny):
        for row, coded in zip(rows, found, strict=True):
            for center in set(coded.tolist()):
                inside = coded == center
                exact = exact_mean(row[inside], importance[inside])
                assert (
                    center == row[inside][0] if inside.sum() == 1 else abs(Fraction(center) - exact) <= 8 * ROUNDING * exact
                )


def test_a_mean_of_weighted_extremes() -> None:
    values, masses = np.array([1.0, -1e-200, 1e80, 3e80]), np.array([1e-80, 1e-90, 1e-100, 1e-99])
    exact = exact_mean(values, masses)
    assert abs(Fraction(cluster_means(values, masses, [0, 4])[0]) - exact) <= Fraction(2 * ROUNDING) * abs(exact)
    assert EmpiricalSource(np.array([1e16, 1.0, -1e16])).mean == 1 / 3


def test_long_sums_keep_twice_the_digits() -> None:
    rng = np.random.default_rng(16)
    terms = np.concatenate([10.0 ** rng.uniform(-8, 8, 50_001) * rng.choice([-1, 1], 50_001), [0.1]])
    terms = np.concatenate([terms, -terms[:-1], [0.2]])
    exact = Fraction(0.1) + Fraction(0.2)
    assert abs(Fraction(total(rng.permutation(terms))) - exact) <= Fraction(1, 10**12) * exact
