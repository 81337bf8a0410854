"""Pruning against least-squares refits and exhaustive subset search."""

from itertools import combinations
from math import comb, inf, log2

import numpy as np
import pytest

from linreg_compress._validation import FloatArray
from linreg_compress.compression.pruning import MagnitudePruning, OptimalBrainSurgeon
from linreg_compress.errors import DesignError
from tests.compare import assert_refused


def problems(size: int, features: int, seed: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    mix = rng.standard_normal((features, features)) / np.sqrt(features) + np.eye(features)
    design = rng.standard_normal((size, features + 3, features)) @ mix
    return rng.standard_normal((size, features)), design.swapaxes(-1, -2) @ design


def refit(weights: FloatArray, gram: FloatArray, kept: FloatArray) -> FloatArray:
    """Least squares on the kept features: G_kk w_k = (G W)_k, the others 0."""
    found = np.zeros_like(weights)
    found[kept] = np.linalg.solve(gram[np.ix_(kept, kept)], (gram @ weights)[kept])
    return found


def cost(found: FloatArray, weights: FloatArray, gram: FloatArray) -> float:
    return float((found - weights) @ gram @ (found - weights))


def best_subset(weights: FloatArray, gram: FloatArray, size: int) -> float:
    choices = combinations(range(len(weights)), size)
    return min(cost(refit(weights, gram, np.array(kept, dtype=int)), weights, gram) for kept in choices)


def greedy_refits(weights: FloatArray, gram: FloatArray, size: int) -> FloatArray:
    """Optimal brain surgeon without its formula: try every removal, refit by constrained minimization, keep the best."""
    kept = list(range(len(weights)))
    while len(kept) > size:
        trials = [np.array([j for j in kept if j != out], dtype=int) for out in kept]
        kept = min(trials, key=lambda trial: cost(refit(weights, gram, trial), weights, gram)).tolist()
    return refit(weights, gram, np.array(kept, dtype=int))


@pytest.mark.parametrize("size", range(7))
def test_the_surgeon_is_the_greedy_refit(size: int) -> None:
    for weights, gram in zip(*problems(20, 6, size), strict=True):
        found = OptimalBrainSurgeon(size).prune(weights, gram)
        np.testing.assert_allclose(found.weights, greedy_refits(weights, gram, size), rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(found.weights, refit(weights, gram, found.kept), rtol=1e-9, atol=1e-11)
        assert found.kept.sum() == size


def test_each_removal_costs_what_the_formula_says() -> None:
    weights, gram = (array[0] for array in problems(1, 8, 40))
    inverse = np.linalg.inv(gram)
    cheapest = float(np.min(weights**2 / np.diag(inverse)))  # twice w_j^2 / (2 [G^-1]_jj), the objective is e^T G e
    found = OptimalBrainSurgeon(7).compress(weights, gram=gram)
    assert cost(found, weights, gram) == pytest.approx(cheapest, rel=1e-10)
    assert cheapest == pytest.approx(best_subset(weights, gram, 7), rel=1e-10)


def test_the_surgeon_lies_between_the_best_subset_and_magnitude() -> None:
    costs = np.zeros(3)
    for weights, gram in zip(*problems(40, 7, 41), strict=True):
        pair = (OptimalBrainSurgeon(3), MagnitudePruning(3))
        rivals = [cost(channel.compress(weights, gram=gram), weights, gram) for channel in pair]
        best = best_subset(weights, gram, 3)
        assert best <= rivals[0] * (1 + 1e-12)
        costs += (best, *rivals)
    assert costs[0] < costs[1] < costs[2]


def test_a_diagonal_gram_matrix_prunes_by_weighted_magnitude() -> None:
    rng = np.random.default_rng(42)
    weights = rng.standard_normal((30, 9))
    scales = rng.uniform(0.1, 10, 9)
    found = OptimalBrainSurgeon(4).prune(weights, np.diag(scales))
    largest = MagnitudePruning(4).prune(weights * np.sqrt(scales))
    assert np.array_equal(found.kept, largest.kept)
    np.testing.assert_allclose(found.weights, np.where(found.kept, weights, 0.0), rtol=1e-14)


@pytest.mark.parametrize("channel", [MagnitudePruning(2), OptimalBrainSurgeon(2)])
def test_a_batch_is_a_loop_and_numbering_does_not_matter(channel: MagnitudePruning | OptimalBrainSurgeon) -> None:
    weights, gram = problems(12, 6, 43)
    together = channel.compress(weights.reshape(3, 4, 6), gram=gram.reshape(3, 4, 6, 6))
    alone = np.stack([channel.compress(w, gram=g) for w, g in zip(weights, gram, strict=True)])
    assert np.array_equal(together.reshape(12, 6), alone)
    shuffle = np.random.default_rng(43).permutation(6)
    shuffled = channel.compress(weights[:, shuffle], gram=gram[:, shuffle][:, :, shuffle])
    np.testing.assert_allclose(shuffled, alone[:, shuffle], rtol=1e-9, atol=1e-11)
    shared = channel.compress(weights, gram=gram[0])
    assert np.array_equal(shared[0], alone[0])


@pytest.mark.parametrize("size", [0, 1, 3, 5])
def test_rates(size: int) -> None:
    weights, gram = (array[0] for array in problems(1, 5, 44))
    for channel in (MagnitudePruning(size), OptimalBrainSurgeon(size)):
        found = channel.prune(weights, gram)
        np.testing.assert_array_equal(channel.compress(weights, gram=gram), found.weights)
        assert found.index_bits == pytest.approx(log2(comb(5, size)), abs=1e-14)
        assert found.rate_nats == (inf if size else 0.0)
        assert np.count_nonzero(found.weights) == size
        if size == 5:
            assert np.array_equal(found.weights, weights)


def test_ties_keep_the_first() -> None:
    assert MagnitudePruning(2).compress(np.array([1.0, -1.0, 1.0])).tolist() == [1.0, -1.0, 0.0]


@pytest.mark.parametrize(
    ("gram", "number"),
    [
        (np.ones((2, 2)), "condition number"),
        (np.diag([1.0, 1e-13]), "1e+13"),
        (np.diag([1e-3, 4e-16]), "2.5e+12"),
        (np.diag([1e20, 4e7]), "2.5e+12"),
        (np.diag([1.0, -1.0]), "inf"),
    ],
)
def test_a_singular_design_is_refused(gram: FloatArray, number: str) -> None:
    call = OptimalBrainSurgeon(1).compress
    assert_refused(lambda: call(np.ones(2), gram=gram), number, "above 1e+12", "redundant", error=DesignError)
    batch = np.stack([np.eye(2), gram])
    assert_refused(lambda: call(np.ones((2, 2)), gram=batch), number, error=DesignError)


@pytest.mark.parametrize("unit", [1e-20, 1.0, 1e20])
def test_a_bad_but_regular_design_is_taken(unit: float) -> None:
    kept = OptimalBrainSurgeon(1).compress(np.array([0.5, 3.0]), gram=unit * np.diag([1.0, 2e-12]))
    assert kept.tolist() == [0.5, 0.0]


@pytest.mark.parametrize("kind", [MagnitudePruning, OptimalBrainSurgeon])
def test_bad_input_is_refused(kind: type[MagnitudePruning | OptimalBrainSurgeon]) -> None:
    eye = np.eye(2)
    assert_refused(lambda: kind(-1), "size", "at least 0")
    assert_refused(lambda: kind(1.5), "size", "1.5")  # type: ignore[arg-type]
    assert_refused(lambda: kind(3).compress(np.ones(2), gram=eye), "size", "at most", "3")
    assert_refused(lambda: kind(0).compress(np.empty(0), gram=np.empty((0, 0))), "weights", "at least one")
    assert_refused(lambda: kind(1).compress(np.array([np.nan, 1.0]), gram=eye), "weights", "nan")


def test_a_bad_gram_matrix_is_refused() -> None:
    call = OptimalBrainSurgeon(1).compress
    assert_refused(lambda: call(np.ones(2)), "gram", "X^T X")
    assert_refused(lambda: call(np.ones(3), gram=np.eye(2)), "gram", "(2, 2)")
    assert_refused(lambda: call(np.ones(2), gram=np.array([[1.0, 0.5], [0.0, 1.0]])), "symmetric")
