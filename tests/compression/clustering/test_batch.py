"""Batches of codebooks against the exact, certified ones."""

import numpy as np
import pytest

from linreg_compress.compression.clustering.batch import _nearest, diameter_batch, kmeans_batch
from linreg_compress.compression.clustering.diameter_kmeans import diameter_kmeans
from linreg_compress.compression.clustering.kmeans import kmeans

LEVELS = [1, 2, 3, 4, 8, 16]


@pytest.mark.parametrize("size", [1, 2, 5, 17, 40])
@pytest.mark.parametrize("weighted", [False, True])
def test_k_means_is_the_exact_one(size: int, weighted: bool) -> None:
    rng = np.random.default_rng(size)
    weights = 3 + rng.standard_normal((6, size))
    importance = rng.gamma(2.0, size=size) if weighted else None
    found = kmeans_batch(weights, LEVELS, importance)
    masses = np.ones(size) if importance is None else importance
    for k in LEVELS:
        for row, coded in zip(weights, found[k], strict=True):
            best = kmeans(row, k, importance)
            objective = float(masses @ (row - coded) ** 2)
            assert objective <= best.objective + 1e-12 * float(masses @ row**2)
            assert len(np.unique(coded.round(12))) <= k


def test_importances_of_their_own_for_every_row() -> None:
    rng = np.random.default_rng(0)
    weights, importance = rng.standard_normal((4, 12)), rng.gamma(2.0, size=(4, 12))
    together = kmeans_batch(weights, [3], importance)[3]
    for row, masses, coded in zip(weights, importance, together, strict=True):
        np.testing.assert_array_equal(kmeans_batch(row[None], [3], masses)[3][0], coded)


def test_pieces_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.random.default_rng(1).standard_normal((7, 9))
    whole = kmeans_batch(weights, [4])[4]
    monkeypatch.setattr("linreg_compress.compression.clustering.batch._NUMBERS", 200)
    np.testing.assert_array_equal(kmeans_batch(weights, [4])[4], whole)


@pytest.mark.parametrize("size", [3, 6, 20, 60])
@pytest.mark.parametrize("even", [False, True])
def test_the_penalized_codebook_is_near_the_certified_bound(size: int, even: bool) -> None:
    rng = np.random.default_rng(size)
    weights = rng.standard_normal((5, size))
    importance = np.full(size, 2.0) if even else rng.gamma(2.0, size=size)
    beta = 0.01 * float(importance.sum())
    found = diameter_batch(weights, [2, 4, 8], importance, beta)
    for k in (2, 4, 8):
        for row, coded in zip(weights, found[k], strict=True):
            objective = float(importance @ (row - coded) ** 2) + beta * float(np.ptp(coded)) ** 2
            best = diameter_kmeans(row, k, importance, beta)
            assert objective >= best.lower_bound * (1 - 1e-9)
            assert objective <= 1.15 * best.objective  # a local search; 0.5 % above on average
            assert len(np.unique(coded)) <= k


def test_many_centres_are_as_near_as_few() -> None:
    rng = np.random.default_rng(2)
    weights, centers = rng.standard_normal((5, 200)), np.sort(rng.standard_normal((5, 16)), axis=1)
    nearest = np.abs(weights[:, :, None] - centers[:, None, :]).argmin(axis=2)
    np.testing.assert_array_equal(_nearest(weights, centers), nearest)


def test_a_strong_penalty_leaves_one_point() -> None:
    coded = diameter_batch(np.array([[0.0, 1.0, 5.0]]), [2], np.ones(3), 1e9)[2][0]
    np.testing.assert_allclose(coded, 2.0, rtol=0, atol=1e-6)
