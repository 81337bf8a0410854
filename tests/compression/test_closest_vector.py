"""The sphere decoder against exhaustive search, and above no other quantizer."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress._validation import FloatArray
from linreg_compress.compression.closest_vector import LARGEST, closest_vector
from linreg_compress.compression.scalar.uniform import UniformQuantizer, limited_uniform
from linreg_compress.compression.successive import ORDERS, SuccessiveQuantizer
from tests.compare import assert_refused


def problem(features: int, seed: int, spare: int = 1) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    design = rng.standard_normal((features + spare, features))
    return rng.standard_normal(features), design.T @ design


def exhaustive(weights: FloatArray, gram: FloatArray, choices: list[FloatArray]) -> float:
    points = np.array(list(product(*choices))) - weights
    return float(np.min(np.einsum("pi,ij,pj->p", points, gram, points)))


@given(features=st.integers(1, 4), seed=st.integers(0, 10**6), size=st.integers(1, 6))
def test_finite_levels_equal_exhaustive_search(features: int, seed: int, size: int) -> None:
    weights, gram = problem(features, seed)
    levels = np.sort(np.random.default_rng(seed + 1).standard_normal(size))
    best = closest_vector(weights, gram, levels=levels)
    assert np.isin(best.weights, levels).all()
    assert best.squared_error == pytest.approx(exhaustive(weights, gram, [levels] * features), rel=1e-9)
    assert features <= best.nodes <= sum(size**depth for depth in range(1, features + 1))


@given(features=st.integers(1, 3), seed=st.integers(0, 10**6), step=st.floats(0.4, 3.0), offset=st.floats(-1.0, 1.0))
def test_lattices_equal_exhaustive_search(features: int, seed: int, step: float, offset: float) -> None:
    weights, gram = problem(features, seed, spare=4)
    best = closest_vector(weights, gram, step=step, offset=offset)
    near = best.squared_error / float(np.linalg.eigvalsh(gram)[0])  # the optimum lies in a ball of this squared radius
    reach = int(np.ceil(np.sqrt(near) / step)) + 1
    if reach > 12:
        return  # thousands of points a weight: other seeds are enough
    middles = np.rint((weights - offset) / step)
    choices = [offset + step * (middle + np.arange(-reach, reach + 1)) for middle in middles]
    assert best.squared_error == pytest.approx(exhaustive(weights, gram, choices), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("features", [2, 6, 12])
def test_it_is_never_above_successive_quantization(features: int) -> None:
    better = 0
    for seed in range(60):
        weights, gram = problem(features, seed)
        for step, levels in ((0.8, None), (None, limited_uniform(0.8, 4).levels)):
            best = closest_vector(weights, gram, step=step, levels=levels)
            grid = UniformQuantizer(0.8) if levels is None else limited_uniform(0.8, 4)
            error = best.weights - weights
            assert best.squared_error == float(error @ gram @ error)
            rivals = [SuccessiveQuantizer(grid, order).compress(weights, gram=gram) for order in ORDERS]
            for rival in (*rivals, grid.compress(weights)):
                cost = float((rival - weights) @ gram @ (rival - weights))
                assert best.squared_error <= cost * (1 + 1e-12)
                better += best.squared_error < cost * (1 - 1e-6)
    assert better > 50  # and it is often strictly below


def test_a_diagonal_gram_matrix_gives_rounding_to_nearest() -> None:
    weights = np.random.default_rng(0).standard_normal(LARGEST)
    best = closest_vector(weights, np.diag(np.arange(1.0, LARGEST + 1)), step=1.0)
    assert np.array_equal(best.weights, np.rint(weights))


def test_a_point_of_the_lattice_is_found_at_once() -> None:
    weights = np.rint(3 * np.random.default_rng(1).standard_normal(LARGEST))
    best = closest_vector(weights, problem(LARGEST, 1)[1], step=1.0)
    assert np.array_equal(best.weights, weights)
    assert best.squared_error == 0
    assert best.nodes == LARGEST


def test_bad_input_is_refused() -> None:
    eye = np.eye(2)
    many = LARGEST + 1
    assert_refused(lambda: closest_vector(np.ones(many), np.eye(many), step=1.0), f"1 to {LARGEST}", f"({many},)")
    assert_refused(lambda: closest_vector([1.0, np.nan], eye, step=1.0), "weights", "nan")
    assert_refused(lambda: closest_vector([1.0, 2.0], np.eye(3), step=1.0), "gram", "(3, 3)")
    assert_refused(lambda: closest_vector([1.0, 2.0], np.ones((2, 2)), step=1.0), "gram", "positive definite")
    assert_refused(lambda: closest_vector([1.0, 2.0], eye), "step", "not both")
    assert_refused(lambda: closest_vector([1.0, 2.0], eye, step=1.0, levels=[0.0]), "step", "not both")
    assert_refused(lambda: closest_vector([1.0, 2.0], eye, step=0.0), "step", "positive")
    assert_refused(lambda: closest_vector([1.0, 2.0], eye, levels=[]), "levels", "at least one")
