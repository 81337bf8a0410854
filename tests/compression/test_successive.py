"""Successive quantization against its identities, an independent GPTQ, rounding to nearest and the exact optimum."""

import numpy as np
import pytest

from linreg_compress._validation import FloatArray
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer, limited_uniform
from linreg_compress.compression.successive import ORDERS, SuccessiveQuantizer
from linreg_compress.errors import DesignError
from tests import seeds
from tests.compare import assert_close, assert_refused, assert_sample_mean
from tests.tolerances import FLOAT, Z_LIMIT, spend

GRIDS = [
    UniformQuantizer(0.3),
    UniformQuantizer(0.3, center=0.1, mid_rise=True),
    limited_uniform(0.4, 4),
    CellQuantizer(np.array([-1.0, 0.2, 0.9]), np.array([-0.4, 0.55]), "uneven"),
]


def problems(size: int, features: int, seed: int, samples: int | None = None) -> tuple[FloatArray, FloatArray]:
    """Return weights and Gram matrices of correlated designs."""
    generator = seeds.generator(seed)
    mix = generator.standard_normal((features, features)) / np.sqrt(features) + np.eye(features)
    design = generator.standard_normal((size, samples or features + 4, features)) @ mix
    return generator.standard_normal((size, features)), design.swapaxes(-1, -2) @ design


def squared_error(found: FloatArray, weights: FloatArray, gram: FloatArray) -> FloatArray:
    error = found - weights
    total: FloatArray = np.einsum("...i,...ij,...j->...", error, gram, error)
    return total


def gptq(weights: FloatArray, gram: FloatArray, grid: UniformQuantizer | CellQuantizer, order: FloatArray) -> FloatArray:
    """GPTQ as published: the rows of the upper Cholesky factor of the inverse Hessian push the error on, no damping."""
    left = weights[order].copy()
    upper = np.linalg.cholesky(np.linalg.inv(gram[np.ix_(order, order)])).T
    found = np.empty_like(left)
    for i in range(len(left)):
        found[i] = grid.compress(left[i : i + 1], rng=np.random.default_rng())[0]
        left[i:] -= (left[i] - found[i]) / upper[i, i] * upper[i, i:]
    back = np.empty_like(found)
    back[order] = found
    return back


def by_elimination(weights: FloatArray, gram: FloatArray, step: float, order: FloatArray) -> FloatArray:
    """From the definition: after each rounding solve least squares for the weights that are free."""
    found, left = weights.copy(), list(order)
    current = weights.copy()
    fixed: list[int] = []
    while left:
        first = left.pop(0)
        found[first] = step * np.rint(current[first] / step)
        fixed.append(first)
        if left:
            pull = gram[np.ix_(left, fixed)] @ (found[fixed] - weights[fixed])
            current[left] = weights[left] - np.linalg.solve(gram[np.ix_(left, left)], pull)
    return found


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid.name)
def test_it_is_gptq(grid: UniformQuantizer | CellQuantizer, order: str) -> None:
    for weights, gram in zip(*problems(40, 9, 1), strict=True):
        turns = np.arange(9) if order == "natural" else np.argsort(-np.diag(gram))
        found = SuccessiveQuantizer(grid, order).compress(weights, gram=gram)
        assert_close(found, gptq(weights, gram, grid, turns), FLOAT)


def test_it_is_greedy_elimination() -> None:
    for weights, gram in zip(*problems(40, 7, 2), strict=True):
        found = SuccessiveQuantizer(UniformQuantizer(0.3)).compress(weights, gram=gram)
        np.testing.assert_allclose(found, by_elimination(weights, gram, 0.3, np.arange(7)), rtol=0, atol=1e-14)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid.name)
@pytest.mark.parametrize("singular", ["refuse", "pseudo-inverse"])
def test_a_diagonal_gram_matrix_gives_rounding_to_nearest(
    grid: UniformQuantizer | CellQuantizer, order: str, singular: str
) -> None:
    generator = seeds.generator(3)
    weights, gram = generator.standard_normal((20, 8)), np.diag(generator.uniform(0.01, 100, 8))
    found = SuccessiveQuantizer(grid, order, singular).compress(weights, gram=gram)
    assert np.array_equal(found, grid.compress(weights, rng=generator))


@pytest.mark.parametrize("order", ORDERS)
def test_babai_bound_holds_coordinate_by_coordinate(order: str) -> None:
    weights, gram = problems(200, 10, 4)
    step = 0.7
    found = SuccessiveQuantizer(UniformQuantizer(step), order).compress(weights, gram=gram)
    for error, matrix in zip(found - weights, gram, strict=True):
        turns = np.arange(10) if order == "natural" else np.argsort(-np.diag(matrix))
        last_first = turns[::-1]
        factor = np.linalg.cholesky(matrix[np.ix_(last_first, last_first)]).T
        residual = factor @ error[last_first]
        assert (np.abs(residual) <= step / 2 * np.diag(factor) * (1 + 1e-9)).all()
        assert residual @ residual == pytest.approx(error @ matrix @ error, rel=1e-9)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("order", ORDERS)
def test_its_error_is_uniform_in_the_cholesky_box(order: str) -> None:
    """For weights uniform over a cell of the lattice the mean is (step^2 / 12) sum R_ii^2, never above rounding's."""
    _, gram = problems(1, 6, 5)
    step = 0.5
    weights = step * seeds.generator(5, 1).random((20_000, 6))
    turns = np.arange(6) if order == "natural" else np.argsort(-np.diag(gram[0]))
    factor = np.linalg.cholesky(gram[0][np.ix_(turns[::-1], turns[::-1])])
    expected = step**2 / 12 * float(np.sum(np.diag(factor) ** 2))
    found = SuccessiveQuantizer(UniformQuantizer(step), order).compress(weights, gram=gram[0])
    assert_sample_mean(squared_error(found, weights, gram[0]), expected)
    assert expected < step**2 / 12 * float(np.trace(gram[0]))


@pytest.mark.monte_carlo
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid.name)
def test_on_average_it_beats_rounding_to_nearest_on_designs_of_common_factors(
    grid: UniformQuantizer | CellQuantizer, order: str
) -> None:
    """Rows of covariance I + L L^T with new loadings L in every problem, weights inside the range: 0.3 to 0.6 of the error.

    Sixteen of its standard errors or more lie between the mean gain and zero, so no draw in practice contradicts the claim.
    """
    generator = seeds.generator(6)
    shape = (1500, 16)
    loadings = generator.standard_normal((1500, 3, 12))
    design = generator.standard_normal((*shape, 12)) + generator.standard_normal((*shape, 3)) @ loadings
    weights = generator.uniform(-0.8, 0.8, (1500, 12))
    found, nearest = errors(grid, order, weights, design.swapaxes(1, 2) @ design)
    spend()
    gain = nearest - found
    assert gain.mean() > Z_LIMIT * gain.std(ddof=1) / np.sqrt(gain.size)
    assert found.mean() < 0.7 * nearest.mean()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid.name)
def test_two_weights_are_never_worse_than_rounded_to_nearest(grid: UniformQuantizer | CellQuantizer, order: str) -> None:
    """The weight rounded first is the nearest one's; the second is the best level that is left to choose."""
    weights, gram = problems(500, 2, 14, samples=3)
    found, nearest = errors(grid, order, weights, gram)
    assert (found <= nearest * (1 + 1e-9)).all()
    assert (found < nearest * 0.9).any()


def test_on_some_designs_few_levels_lose_to_rounding_to_nearest() -> None:
    """Errors are fed forward beyond the last level. The mean is over a fine grid of weights, all inside the range."""
    root = np.array([[-6.0, 2.0, -1.0], [-8.0, -9.0, 3.0], [0.0, 9.0, -3.0]])
    axis = (np.arange(24) + 0.5) / 15 - 0.8
    weights = np.stack(np.meshgrid(axis, axis, axis), axis=-1).reshape(-1, 3)
    four, four_nearest = errors(limited_uniform(0.4, 4), "natural", weights, root.T @ root)
    assert four.mean() > 6 * four_nearest.mean()
    endless, endless_nearest = errors(UniformQuantizer(0.4, mid_rise=True), "natural", weights, root.T @ root)
    assert endless.mean() < 0.6 * endless_nearest.mean()


def errors(
    grid: UniformQuantizer | CellQuantizer, order: str, weights: FloatArray, gram: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Squared errors of successive quantization and of rounding to nearest."""
    found = SuccessiveQuantizer(grid, order).compress(weights, gram=gram)
    nearest = grid.compress(weights, rng=np.random.default_rng())
    return squared_error(found, weights, gram), squared_error(nearest, weights, gram)


@pytest.mark.parametrize("singular", ["refuse", "pseudo-inverse"])
@pytest.mark.parametrize("order", ORDERS)
def test_a_batch_is_a_loop(order: str, singular: str) -> None:
    weights, gram = problems(12, 5, 7)
    channel = SuccessiveQuantizer(limited_uniform(0.4, 5), order, singular)
    together = channel.compress(weights.reshape(3, 4, 5), gram=gram.reshape(3, 4, 5, 5))
    alone = [channel.compress(w, gram=g) for w, g in zip(weights, gram, strict=True)]
    assert np.array_equal(together.reshape(12, 5), np.stack(alone))
    shared = channel.compress(weights, gram=gram[0])
    assert np.array_equal(shared[1], channel.compress(weights[1], gram=gram[0]))


@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid.name)
def test_activation_order_does_not_care_how_the_weights_are_numbered(grid: UniformQuantizer | CellQuantizer) -> None:
    weights, gram = problems(50, 8, 8)
    shuffle = seeds.generator(8, 1).permutation(8)
    channel = SuccessiveQuantizer(grid, "activation")
    found = channel.compress(weights, gram=gram)
    shuffled = channel.compress(weights[:, shuffle], gram=gram[:, shuffle][:, :, shuffle])
    assert_close(shuffled, found[:, shuffle], FLOAT)


@pytest.mark.parametrize("order", ORDERS)
def test_signs_pass_through(order: str) -> None:
    weights, gram = problems(50, 8, 9)
    signs = np.sign(seeds.generator(9, 1).standard_normal(8))
    channel = SuccessiveQuantizer(limited_uniform(0.5, 4), order)
    flipped = channel.compress(weights * signs, gram=gram * np.outer(signs, signs))
    assert np.array_equal(flipped, channel.compress(weights, gram=gram) * signs)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: grid.name)
def test_streams_decode(grid: UniformQuantizer | CellQuantizer, order: str) -> None:
    weights, gram = problems(1, 40, 10)
    channel = SuccessiveQuantizer(grid, order)
    coded = channel.code(weights[0], gram[0])
    assert np.array_equal(coded.decoded(coded.stream()), coded.weights)
    assert np.array_equal(coded.weights, channel.compress(weights[0], gram=gram[0]))
    assert np.array_equal(coded.original, weights[0])
    found = coded.distortion(gram[0], 44)
    assert found == pytest.approx(float(squared_error(coded.weights, weights[0], gram[0])) / 44, rel=1e-12)


def test_the_pseudo_inverse_path_agrees_on_regular_designs() -> None:
    weights, gram = problems(60, 8, 11)
    for order in ORDERS:
        found = [
            SuccessiveQuantizer(UniformQuantizer(0.3), order, singular).compress(weights, gram=gram)
            for singular in ("refuse", "pseudo-inverse")
        ]
        np.testing.assert_allclose(found[0], found[1], rtol=0, atol=1e-12)


def test_the_pseudo_inverse_path_uses_what_is_redundant() -> None:
    twins = np.ones((2, 2))  # two copies of one feature: only the sum of the weights matters
    channel = SuccessiveQuantizer(UniformQuantizer(1.0), singular="pseudo-inverse")
    assert channel.compress(np.array([0.4, 0.4]), gram=twins).tolist() == [0.0, 1.0]
    weights, gram = problems(300, 12, 12, samples=7)
    found = channel.compress(weights, gram=gram)
    assert squared_error(found, weights, gram).mean() < 0.7 * squared_error(np.rint(weights), weights, gram).mean()


def test_fine_steps_lose_nothing() -> None:
    weights, gram = problems(5, 6, 13)
    found = SuccessiveQuantizer(UniformQuantizer(1e-9)).compress(weights, gram=gram)
    np.testing.assert_allclose(found, weights, rtol=0, atol=1e-8)


@pytest.mark.parametrize(
    ("gram", "number"),
    [(np.ones((2, 2)), "condition number"), (np.diag([1.0, 1e-13]), "1e+13"), (np.diag([1.0, -1.0]), "inf")],
)
def test_a_singular_design_is_refused(gram: FloatArray, number: str) -> None:
    channel = SuccessiveQuantizer(UniformQuantizer(1.0))
    assert_refused(lambda: channel.compress(np.ones(2), gram=gram), number, "pseudo-inverse", error=DesignError)
    batch = np.stack([np.eye(2), gram])
    assert_refused(lambda: channel.compress(np.ones((2, 2)), gram=batch), number, error=DesignError)


def test_bad_input_is_refused() -> None:
    channel = SuccessiveQuantizer(UniformQuantizer(1.0))
    eye = np.eye(2)
    assert_refused(lambda: channel.compress(np.ones(2)), "gram", "X^T X")
    assert_refused(lambda: channel.compress(np.ones(3), gram=eye), "gram", "(2, 2)", "(3,)")
    assert_refused(lambda: channel.compress(np.array([1.0, np.nan]), gram=eye), "weights", "nan")
    assert_refused(lambda: channel.compress(np.ones(2), gram=np.full((2, 2), np.inf)), "gram", "finite")
    assert_refused(lambda: channel.compress(np.ones(2), gram=np.array([[1.0, 0.5], [0.0, 1.0]])), "symmetric")
    assert_refused(lambda: channel.compress(np.empty(0), gram=np.empty((0, 0))), "gram", "(0, 0)")
    assert_refused(lambda: channel.code(np.ones((1, 2)), eye), "weights", "(1, 2)")
    assert_refused(lambda: SuccessiveQuantizer(UniformQuantizer(1.0), "random"), "order", "natural, activation")
    assert_refused(lambda: SuccessiveQuantizer(UniformQuantizer(1.0), singular="damp"), "singular", "damp")
    assert_refused(lambda: SuccessiveQuantizer(UniformQuantizer(1.0, center=np.zeros(2))), "grid", "one centre")
