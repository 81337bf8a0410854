"""The paper's local search: its steps, its starts, the published step, and clusters in R^m."""

from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.clustering.diameter_kmeans import diameter_kmeans
from linreg_compress.compression.clustering.kmeans import kmeans
from linreg_compress.compression.clustering.local_search import _nearest, local_search
from linreg_compress.compression.clustering.seeding import spread_centers
from tests.compare import assert_refused


def objective(weights: Any, h: Any, found: Any, beta: float, penalty: str) -> float:
    centers = found.centers.reshape(len(found.centers), -1)
    apart = np.sqrt(((centers[:, None] - centers) ** 2).sum(axis=2).max())
    errors = ((weights.reshape(len(weights), -1) - centers[found.assignments]) ** 2).sum(axis=1)
    return float(h @ errors + beta * (apart**2 if penalty == "squared" else apart))


@pytest.mark.parametrize("penalty", ["squared", "linear"])
@pytest.mark.parametrize("start", ["linear", "quantile", "k-means++"])
@pytest.mark.parametrize("dimension", [None, 1, 3])
def test_record_is_consistent(penalty: str, start: str, dimension: int | None) -> None:
    rng = np.random.default_rng(21)
    weights = rng.standard_normal(300) if dimension is None else rng.standard_normal((300, dimension))
    h = rng.gamma(0.5, size=300)
    h[::9] = 0.0
    found = local_search(weights, 6, h, 2.0, penalty, start, rng=rng)
    assert found.objective == pytest.approx(objective(weights, h, found, 2.0, penalty), rel=1e-10)
    assert found.lower_bound == 0.0
    assert found.assignments.max() == found.levels - 1
    if dimension is None:
        assert (np.diff(found.centers) > 0).all()
        assert found.objective >= diameter_kmeans(weights, 6, h, 2.0, penalty).lower_bound


def test_two_clusters_end_at_the_springs_in_series() -> None:
    weights, h, beta = np.array([0.0, 2.0, 10.0]), np.array([1.0, 1.0, 4.0]), 3.0
    found = local_search(weights, 2, h, beta)
    tension = (10.0 - 1.0) / (1 / beta + 1 / 2 + 1 / 4)
    np.testing.assert_allclose(found.centers, [1.0 + tension / 2, 10.0 - tension / 4])
    linear = local_search(weights, 2, h, beta, "linear")
    np.testing.assert_allclose(linear.centers, [1.0 + beta / (2 * 2), 10.0 - beta / (2 * 4)])


def test_a_strong_linear_penalty_draws_two_centres_to_their_common_mean() -> None:
    found = local_search([0.0, 1.0], 2, [3.0, 2.0], penalty_weight=100.0, penalty="linear")
    np.testing.assert_allclose(found.centers, [0.4, 0.4], rtol=1e-12)
    np.testing.assert_allclose(found.objective, 3 * 0.16 + 2 * 0.36, rtol=1e-12)


@pytest.mark.parametrize("dimension", [1, 2])
def test_every_vector_has_its_nearest_centre(dimension: int) -> None:
    rng = np.random.default_rng(dimension)
    vectors, centers = rng.standard_normal((200, dimension)), rng.standard_normal((7, dimension)) + 0.5
    distances = ((vectors[:, None] - centers) ** 2).sum(axis=2)
    assert np.array_equal(_nearest(vectors, centers), distances.argmin(axis=1))


def test_published_step_acts_as_half_the_penalty() -> None:
    weights, h, beta = np.array([0.0, 2.0, 10.0]), np.array([1.0, 1.0, 4.0]), 3.0
    published = local_search(weights, 2, h, beta, "linear", published_step=True)
    np.testing.assert_allclose(published.centers, [1.0 + beta / (4 * 2), 10.0 - beta / (4 * 4)])
    np.testing.assert_allclose(published.centers, local_search(weights, 2, h, beta / 2, "linear").centers)
    right = local_search(weights, 2, h, beta, "linear")
    assert right.objective < published.objective


def test_starts() -> None:
    weights = np.array([0.0, 0.0, 0.0, 0.0, 8.0])
    assert local_search(weights, 2, iterations=1).centers.tolist() == [0.0, 8.0]
    assert local_search(weights, 2, initialization="quantile").objective >= 0.0
    uneven = np.concatenate((np.linspace(0.0, 1.0, 99), [1000.0]))
    linear, quantile = (local_search(uneven, 4, initialization=one) for one in ("linear", "quantile"))
    assert linear.levels < 4  # equally spaced centres with nothing near them are dropped
    assert quantile.levels == 4


def test_centres_that_are_drawn_apart_start_better_than_equally_spaced_ones() -> None:
    """Mean excess over 40 normal vectors of 50 weights, K = 8, as the lesson on clustering tells it."""
    rng = np.random.default_rng(25)
    excess = []
    for weights in rng.standard_normal((40, 50)):
        best = kmeans(weights, 8).objective
        drawn = [local_search(weights, 8, initialization="k-means++", rng=rng).objective for _ in range(5)]
        excess.append([local_search(weights, 8).objective / best - 1, drawn[0] / best - 1, min(drawn) / best - 1])
    assert np.min(excess) >= -1e-12
    spaced, one, five = np.mean(excess, axis=0)
    assert spaced > 2 * one > 4 * five > 0


def test_centres_are_drawn_from_what_is_weighed() -> None:
    rng = np.random.default_rng(26)
    vectors, h = np.array([[0.0], [1.0], [5.0], [9.0]]), np.array([1.0, 0.0, 1.0, 1.0])
    for _ in range(20):
        assert set(spread_centers(vectors, h, 4, rng)[:, 0]) == {0.0, 5.0, 9.0}  # each once, and never the weightless one
    first = [spread_centers(vectors, np.array([3.0, 0.0, 0.0, 1.0]), 1, rng)[0, 0] for _ in range(400)]
    assert first.count(0.0) == pytest.approx(300, abs=5 * np.sqrt(400 * 0.75 * 0.25))


def test_local_search_is_not_optimal() -> None:
    rng = np.random.default_rng(22)
    weights, h = rng.standard_normal(1000), rng.gamma(0.1, size=1000)
    excess = local_search(weights, 16, h, 1.0).objective / diameter_kmeans(weights, 16, h, 1.0).objective - 1
    assert excess > 1e-3


def test_vectors_of_length_one_are_numbers() -> None:
    rng = np.random.default_rng(23)
    weights, h = rng.standard_normal(200) + 1e8, rng.gamma(1.0, size=200)
    numbers, vectors = local_search(weights, 4, h, 1.0), local_search(weights[:, None], 4, h, 1.0)
    assert numbers.objective == vectors.objective
    np.testing.assert_array_equal(np.sort(vectors.centers[:, 0]), numbers.centers)


def test_rotation_changes_nothing_after_the_start() -> None:
    rng = np.random.default_rng(24)
    centers = np.array([[0.0, 0.0], [30.0, 1.0], [15.0, 40.0]])
    weights = np.repeat(centers, 20, axis=0) + rng.standard_normal((60, 2))
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    found, turned = local_search(weights, 3, None, 0.5), local_search(weights @ turn.T, 3, None, 0.5)
    assert found.objective == pytest.approx(objective(weights, np.ones(60), found, 0.5, "squared"))
    assert turned.objective == pytest.approx(objective(weights @ turn.T, np.ones(60), turned, 0.5, "squared"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"published_step": True}, "published_step belongs to the linear penalty; got penalty 'squared'."),
        ({"initialization": "random"}, "initialization must be one of linear, quantile, k-means++; got 'random'."),
        (
            {"initialization": "k-means++"},
            "rng is needed by the start k-means++; got None. Pass np.random.default_rng(seed).",
        ),
        ({"penalty": "cubic"}, "penalty must be one of squared, linear; got 'cubic'."),
        ({"weights": [[[1.0]]]}, "weights must be a vector or a matrix; got shape (1, 1, 1)."),
        ({"importance": [1.0, -2.0]}, "importance must be zero or positive; got -2.0."),
        ({"iterations": 0}, "iterations must be a whole number of at least 1"),
    ],
)
def test_bad_input(options: dict[str, Any], message: str) -> None:
    assert_refused(lambda: local_search(**{"weights": [1.0, 2.0], "levels": 2, **options}), message)
