"""Compressed networks: the package's own clusterings of the weights, and what is reported of them."""

from functools import partial

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.networks import LayerArrays, ReluNetwork, compress_network
from tests.compare import assert_refused

RNG = np.random.default_rng(5)
NETWORK = ReluNetwork([RNG.standard_normal((4, 6)), RNG.standard_normal((6, 3))], [RNG.standard_normal(6), np.zeros(3)])
HESSIAN = NETWORK.hessian_diagonal(RNG.standard_normal((20, 4)), RNG.integers(0, 3, 20))
WEIGHTED = ("hessian-kmeans", "diameter-kmeans")


def test_kmeans_is_the_exact_clustering_of_all_weights_and_biases_stay() -> None:
    found, exact = compress_network(NETWORK, 4), lc.kmeans(NETWORK.weight_vector, 4)
    assert np.array_equal(found.network.weight_vector, exact.centers[exact.assignments])
    assert np.array_equal(found.codebooks[0], exact.centers)
    assert all(map(np.array_equal, found.network.biases, NETWORK.biases))
    coded = exact.coded(NETWORK.weight_vector)
    assert found.entropy_bits_per_weight == pytest.approx(coded.entropy_bits_per_weight, rel=1e-15)
    assert found.huffman_bits_per_weight == pytest.approx(coded.huffman_bits_per_weight, rel=1e-15)


def test_the_weighted_methods_cluster_with_importances_of_mean_one() -> None:
    mean = HESSIAN.weight_vector.mean()
    exact = lc.kmeans(NETWORK.weight_vector, 3, HESSIAN.weight_vector)
    found = compress_network(NETWORK, 3, "hessian-kmeans", importance=HESSIAN)
    assert found.codebooks[0] == pytest.approx(exact.centers, rel=1e-12)
    beta = 0.02 * NETWORK.weight_vector.size * mean
    for penalty in ("linear", "squared"):
        drhw = lc.diameter_kmeans(NETWORK.weight_vector, 3, HESSIAN.weight_vector, beta, penalty)
        found = compress_network(NETWORK, 3, "diameter-kmeans", importance=HESSIAN, penalty_weight=0.02, penalty=penalty)
        assert found.codebooks[0] == pytest.approx(drhw.centers, rel=1e-9)


def test_the_scale_of_importances_does_not_count() -> None:
    for scale in (1e-200, 1e150):
        scaled = LayerArrays(tuple(scale * one for one in HESSIAN.weights), HESSIAN.biases)
        for method in WEIGHTED:
            one, other = (compress_network(NETWORK, 3, method, importance=h) for h in (HESSIAN, scaled))
            assert one.codebooks[0] == pytest.approx(other.codebooks[0], rel=1e-12)


def test_a_codebook_a_layer_is_each_layer_by_itself() -> None:
    found = compress_network(NETWORK, 3, "hessian-kmeans", importance=HESSIAN, codebooks="layer")
    for layer in range(2):
        exact = lc.kmeans(NETWORK.weights[layer].ravel(), 3, HESSIAN.weights[layer].ravel())
        assert found.network.weights[layer].ravel() == pytest.approx(exact.centers[exact.assignments], rel=1e-12)
    assert len(found.codebooks) == len(found.kept_shares) == 2
    assert found.kept_share == pytest.approx(np.mean(found.kept_shares), rel=1e-15)


@pytest.mark.parametrize("codebooks", ["network", "layer"])
def test_shrinking_keeps_its_share_and_noise_is_as_large_as_the_code_adds(codebooks: str) -> None:
    """What the code adds to the kept share is uncorrelated with the weights, codebook by codebook."""
    wide = ReluNetwork([RNG.standard_normal((40, 60)), 3 * RNG.standard_normal((60, 50))], [np.ones(60), np.ones(50)])
    found = compress_network(wide, 3, codebooks=codebooks)
    cuts = [2400] if codebooks == "layer" else []
    original, code, shrunk, noisy = (
        np.split(one.weight_vector, cuts)
        for one in (wide, found.network, found.shrunk(wide), found.noisy(wide, rng=np.random.default_rng(1)))
    )
    for part, kept in enumerate(found.kept_shares):
        added, noise = code[part] - kept * original[part], noisy[part] - original[part]
        assert shrunk[part] == pytest.approx(kept * original[part], rel=1e-15)
        assert float(added @ original[part]) == pytest.approx(0.0, abs=1e-9)
        assert 0 < kept < 1
        assert float(noise @ noise) == pytest.approx(float(added @ added), rel=0.15)  # 5 standard errors of 2400 squares
        assert abs(float(noise @ original[part])) < 5 * float(
            np.sqrt((noise @ noise) / noise.size * (original[part] @ original[part]))
        )
    assert all(map(np.array_equal, found.noisy(wide, rng=RNG).biases, wide.biases))


def test_centroids_keep_what_their_own_square_says() -> None:
    """Plain k-means: <What, W> = |What|^2, cluster by cluster."""
    found = compress_network(NETWORK, 3)
    square = float(np.sum(found.network.weight_vector**2) / np.sum(NETWORK.weight_vector**2))
    assert found.kept_share == pytest.approx(square, rel=1e-12)


def test_as_many_levels_as_weights_change_nothing() -> None:
    found = compress_network(NETWORK, 42)
    assert np.array_equal(found.network.weight_vector, NETWORK.weight_vector)
    assert found.kept_share == pytest.approx(1.0, rel=1e-15)
    flat = ReluNetwork([np.zeros((2, 2))], [np.zeros(2)])
    assert compress_network(flat, 2).kept_share == 1.0


def test_wrong_arguments_are_refused() -> None:
    message = "levels must be a whole number of at most 42; got 43. A codebook here serves 42 weights."
    assert_refused(lambda: compress_network(NETWORK, 43), message)
    assert_refused(lambda: compress_network(NETWORK, 19, codebooks="layer"), "at most 18; got 19.")
    assert_refused(lambda: compress_network(NETWORK, 0), "levels must be a whole number of at least 1")
    assert_refused(lambda: compress_network(NETWORK, 2, "lloyd"), "method must be one of kmeans, hessian-kmeans")
    assert_refused(lambda: compress_network(NETWORK, 2, codebooks="both"), "codebooks must be one of network, layer")
    assert_refused(lambda: compress_network([1.0], 2), "network must be a ReluNetwork")  # type: ignore[arg-type]
    for method in WEIGHTED:
        advice = "got None. Pass network.hessian_diagonal(inputs, labels)."
        assert_refused(partial(compress_network, NETWORK, 2, method), advice)
    zero = LayerArrays(tuple(0 * one for one in HESSIAN.weights), HESSIAN.biases)
    refused = "importance must not be zero everywhere; got 0.0. Use the method kmeans."
    assert_refused(lambda: compress_network(NETWORK, 2, "hessian-kmeans", importance=zero), refused)
    few = LayerArrays(HESSIAN.weights[:1], HESSIAN.biases)
    assert_refused(lambda: compress_network(NETWORK, 2, "hessian-kmeans", importance=few), "in the shape of the network")
    other = ReluNetwork([np.ones((2, 2))], [np.zeros(2)])
    assert_refused(lambda: compress_network(NETWORK, 2).shrunk(other), "must be the network that was compressed")
