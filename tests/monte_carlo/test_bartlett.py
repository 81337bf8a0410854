"""Batches of triangular factors: exact linear algebra, and the law of the Wishart matrix that they make."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from linreg_compress.monte_carlo.bartlett import BartlettFactors
from tests import seeds
from tests.compare import assert_close, assert_draws_follow, assert_sample_mean
from tests.tolerances import FLOAT

RNG = seeds.generator


@pytest.mark.parametrize(("samples", "features", "size"), [(9, 4, 7), (4, 4, 3), (5, 1, 2), (70, 60, 50)])
def test_products_and_solutions_are_those_of_the_matrices(samples: int, features: int, size: int) -> None:
    factors = BartlettFactors(samples, features, most=size + 2)
    normals = factors.draw(size, rng=RNG(1))
    upper = factors.matrices()
    assert upper.shape == (size, features, features)
    assert normals.shape == (features, size)
    assert np.array_equal(upper, np.triu(upper))
    assert (np.diagonal(upper, axis1=1, axis2=2) > 0).all()
    vectors = RNG(2).standard_normal((features, size))
    by_matrix = np.einsum("tij,jt->it", upper, vectors)
    scale = np.abs(upper).sum(axis=2).T
    assert (np.abs(factors.times(vectors) - by_matrix) <= FLOAT * scale).all()
    if samples > features:  # square designs may be too ill-conditioned for a fixed tolerance
        assert_close(factors.times(factors.solve(vectors)), vectors, 1e-7)


def test_a_smaller_batch_uses_the_space_of_a_larger_one() -> None:
    roomy, tight = BartlettFactors(9, 3, most=50), BartlettFactors(9, 3, most=4)
    assert np.array_equal(roomy.draw(4, rng=RNG(3)), tight.draw(4, rng=RNG(3)))
    assert np.array_equal(roomy.matrices(), tight.matrices())


@pytest.mark.monte_carlo
def test_the_matrix_is_a_wishart() -> None:
    """Its law is fixed by those of all forms: a^T G a ~ |a|^2 chi^2_n, 1/(a^T G^-1 a) ~ chi^2_{n-d+1} / |a|^2."""
    n, d = 7, 3
    factors = BartlettFactors(n, d, most=20_000)
    normals = factors.draw(20_000, rng=RNG(4))
    upper = factors.matrices()
    for direction in ([1.0, 0.0, 0.0], [0.6, 0.0, -0.8], [-0.48, 0.6, 0.64]):
        image = upper @ np.array(direction)
        assert_draws_follow(np.einsum("ti,ti->t", image, image), stats.chi2(n).cdf)
        back = factors.solve(np.linalg.solve(upper.swapaxes(1, 2), np.tile(direction, (20_000, 1))[..., None])[..., 0].T)
        assert_draws_follow(1 / (np.array(direction) @ back), stats.chi2(n - d + 1).cdf)
    assert_draws_follow(np.log(np.linalg.det(upper) ** 2), _log_determinant(n, d))
    assert_draws_follow(normals, stats.norm.cdf)
    assert_sample_mean(normals[0] * upper[:, 0, 1], 0.0)
    assert_sample_mean(normals[0] * (upper[:, 0, 0] ** 2 - n), 0.0)


def _log_determinant(n: int, d: int) -> Callable[[Any], Any]:
    """Law of ln det G, by draws of scipy's own Wishart matrices."""
    drawn = np.sort(np.log(np.linalg.det(stats.wishart(n, np.eye(d)).rvs(400_000, random_state=5))))
    return lambda x: np.searchsorted(drawn, x) / drawn.size
