"""The vector case of Algorithm 1: never below its certificate, which is never above the optimum of all partitions."""

from itertools import product

import numpy as np
import pytest

from linreg_compress.compression.clustering.diameter_kmeans import diameter_kmeans
from linreg_compress.compression.clustering.kmeans import kmeans
from linreg_compress.compression.clustering.local_search import local_search
from linreg_compress.compression.clustering.vector_kmeans import _sum_over_lines, vector_kmeans
from tests import seeds
from tests.compare import assert_close, assert_refused


def optimum(points: np.ndarray, h: np.ndarray, beta: float = 0.0) -> float:
    """Least objective of all partitions into one or two clusters, the squared penalty by springs in series."""
    least = np.inf
    for labels in product((False, True), repeat=len(points)):
        cost, centers, masses = 0.0, [], []
        for chosen in (np.array(labels), ~np.array(labels)):
            if chosen.any():
                masses.append(h[chosen].sum())
                centers.append(h[chosen] @ points[chosen] / masses[-1])
                cost += float(h[chosen] @ ((points[chosen] - centers[-1]) ** 2).sum(axis=1))
        if len(centers) == 2 and beta > 0:
            cost += float(((centers[1] - centers[0]) ** 2).sum()) / (1 / beta + sum(1 / mass for mass in masses))
        least = min(least, cost)
    return least


@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_lies_between_the_certificate_and_the_objective(seed: int) -> None:
    rng = seeds.generator(60 + seed)
    points, h = rng.standard_normal((7, 2)), rng.uniform(0.1, 3, 7)
    found = vector_kmeans(points, 2, h)
    exact = optimum(points, h)
    assert 0 < found.lower_bound <= exact * (1 + 1e-12)
    assert exact <= found.objective * (1 + 1e-12)
    assert found.note.startswith("local") == (found.gap > 1e-9)


@pytest.mark.parametrize("beta", [0.1, 1.0, 30.0])
def test_so_it_does_with_a_penalty_that_two_coordinates_share(beta: float) -> None:
    rng = seeds.generator(72)
    points = np.outer(rng.standard_normal(7), [1.0, 1.0]) + 0.1 * rng.standard_normal((7, 2))
    found = vector_kmeans(points, 2, penalty_weight=beta)
    exact = optimum(points, np.ones(7), beta)
    assert _sum_over_lines(points, 2, None, beta, "squared") <= exact
    single = diameter_kmeans(points @ [0.6, 0.8], 2, penalty_weight=beta, penalty="linear").objective
    aslant = np.outer(points @ [0.6, 0.8], [0.6, 0.8])
    assert _sum_over_lines(aslant, 2, None, beta, "linear") <= single * (1 + 1e-12)
    assert 0.9 * exact < found.lower_bound <= exact * (1 + 1e-12)
    assert exact <= found.objective * (1 + 1e-12)


@pytest.mark.parametrize(("penalty", "diameter"), [("squared", 1.25), ("linear", 1.25**0.5)])
def test_three_centres_can_be_far_apart_along_each_axis_by_other_pairs(penalty: str, diameter: float) -> None:
    """Their spreads are 1 and 1, their diameter is the root of 1.25: the sum of both spreads would be no bound."""
    points, beta = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]]), 1e-4
    found = vector_kmeans(points, 3, penalty_weight=beta, penalty=penalty)
    assert_close(found.objective, beta * diameter, 1e-3)
    assert 0.9 * beta < found.lower_bound < 1.01 * beta


@pytest.mark.parametrize("penalty", ["squared", "linear"])
def test_with_a_penalty_no_local_search_goes_below_the_certificate(penalty: str) -> None:
    rng = seeds.generator(70)
    for _ in range(3):
        points = rng.standard_normal((20, 3)) * [1.0, 0.3, 0.1]
        beta = float(10 ** rng.uniform(-1, 2))
        found = vector_kmeans(points, 4, penalty_weight=beta, penalty=penalty)
        for start in ("linear", "quantile"):
            assert local_search(points, 4, None, beta, penalty, start).objective >= found.objective
        assert 0 < found.lower_bound <= found.objective


def test_vectors_on_a_line_are_solved_and_proven() -> None:
    """Of one coordinate, and along any direction: the principal axes see it."""
    line = seeds.generator(71).standard_normal(12).round(1)
    for direction in ([1.0, 0.0], [0.6, 0.8]):
        found = vector_kmeans(np.outer(line, direction), 12)
        assert found.objective < 1e-25
    tight = vector_kmeans(np.outer([0.0, 0.1, 5.0, 5.2], [0.6, 0.8]), 2)
    assert_close(tight.objective, kmeans([0.0, 0.1, 5.0, 5.2], 2).objective, 1e-9)
    assert tight.gap < 1e-9
    assert tight.note == ""


def test_one_coordinate_is_the_exact_method() -> None:
    weights = np.array([-2.0, -1.9, 0.0, 0.1, 3.0])
    exact = diameter_kmeans(weights, 3, penalty_weight=0.5)
    found = vector_kmeans(weights[:, None], 3, penalty_weight=0.5)
    assert_close(found.lower_bound, exact.lower_bound, 1e-9)
    assert found.objective >= exact.objective * (1 - 1e-12)


def test_bad_input_is_refused() -> None:
    assert_refused(lambda: vector_kmeans([1.0, 2.0], 2), "vectors must be a matrix, a vector of weights in each row")
    assert_refused(lambda: vector_kmeans([[1.0, 2.0]], 0), "levels must be a whole number of at least 1")
    assert_refused(lambda: vector_kmeans([[1.0, 2.0]], 1, [1.0, 2.0]), "importance must hold one number a weight, 1 in all")
