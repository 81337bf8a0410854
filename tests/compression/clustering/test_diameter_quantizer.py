"""The penalized k-means of the paper as a channel, against the certified clustering of each vector."""

from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.clustering.diameter_kmeans import diameter_kmeans, hessian_importance
from linreg_compress.compression.clustering.diameter_quantizer import DiameterKMeansQuantizer
from linreg_compress.compression.clustering.kmeans import KMeansQuantizer
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.grid import description
from linreg_compress.monte_carlo.simulate import simulate
from tests.compare import assert_refused


@pytest.mark.parametrize("penalty", ["squared", "linear"])
@pytest.mark.parametrize("by_hessian", [True, False])
def test_every_vector_has_the_certified_codebook_of_its_own_hessian(penalty: str, by_hessian: bool) -> None:
    rng = np.random.default_rng(0)
    x, weights = rng.standard_normal((3, 20, 8)) * np.linspace(0.5, 2, 8), rng.standard_normal((3, 8))
    gram = x.swapaxes(-1, -2) @ x
    channel = DiameterKMeansQuantizer(3, by_hessian, samples=20, penalty_weight=0.7, penalty=penalty)
    assert channel.needs_gram is by_hessian
    found = channel.compress(weights, gram=gram)
    for vector, one, coded in zip(weights, gram, found, strict=True):
        best = diameter_kmeans(vector, 3, hessian_importance(one, 20) if by_hessian else None, 0.7, penalty)
        np.testing.assert_allclose(coded, best.coded(vector).weights, rtol=1e-12)
        np.testing.assert_array_equal(channel.code(vector, one).weights, coded)


def test_without_a_penalty_it_is_k_means_and_with_a_strong_one_the_mean() -> None:
    rng = np.random.default_rng(1)
    x, weights = rng.standard_normal((20, 8)), rng.standard_normal(8)
    gram = x.T @ x
    free = DiameterKMeansQuantizer(3, samples=20, penalty_weight=0.0).compress(weights, gram=gram)
    np.testing.assert_allclose(free, KMeansQuantizer(3, True).compress(weights, gram=gram), rtol=1e-12)
    strong = DiameterKMeansQuantizer(3, samples=20, penalty_weight=1e9, penalty="linear").compress(weights, gram=gram)
    mean = np.average(weights, weights=np.diagonal(gram))
    np.testing.assert_allclose(strong, np.full(8, mean), rtol=1e-9)


def test_a_stronger_penalty_never_widens_the_codebook() -> None:
    rng = np.random.default_rng(2)
    x, weights = rng.standard_normal((20, 8)), rng.standard_normal(8)
    spreads = [
        np.ptp(DiameterKMeansQuantizer(4, samples=20, penalty_weight=beta).compress(weights, gram=x.T @ x))
        for beta in (0.0, 0.1, 1.0, 10.0, 100.0)
    ]
    assert (np.diff(spreads) < 0).all()


def test_a_simulation_runs_it_and_a_store_can_know_it_again() -> None:
    channel = DiameterKMeansQuantizer(2, samples=12)
    found = simulate(LinearModel(12, 4), [channel], trials=20, seed=1, workers=1)
    assert found.compressed[0].population_risk.mean > 0
    other = DiameterKMeansQuantizer(2, samples=12, penalty_weight=2.0)
    assert description(channel) == description(DiameterKMeansQuantizer(2, samples=12)) != description(other)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 0}, "samples must be a whole number of at least 1"),
        ({"penalty_weight": -1.0}, "penalty_weight must be zero or positive"),
        ({"penalty": "cubic"}, "penalty must be one of squared, linear"),
        ({"levels": 0}, "levels must be a whole number of at least 1"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], message: str) -> None:
    assert_refused(lambda: DiameterKMeansQuantizer(**{"levels": 2, "samples": 20, **options}), message)


def test_importances_need_the_design() -> None:
    assert_refused(lambda: DiameterKMeansQuantizer(2, samples=20).compress(np.ones(3)), "gram must be given")
