"""Entropy and mutual information of Gaussian vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress.information.gaussian import additive_channel_information, differential_entropy, mutual_information
from tests import grids
from tests.compare import assert_close, assert_equals_reference, assert_refused
from tests.references import mp
from tests.tolerances import FLOAT


def random_covariance(size: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    root = np.random.default_rng(seed).standard_normal((size, 2 * size))
    return root @ root.T


def test_additive_channel_information_equals_40_digits() -> None:
    points = [(s, n) for s in (*grids.SIGNAL_VARIANCES, 1e-300, 1e290) for n in grids.NOISE_VARIANCES]
    signal, noise = np.array(points).T
    exact = [mp.log1p(mp.mpf(s) / mp.mpf(n)) / 2 for s, n in points]
    assert assert_equals_reference(additive_channel_information(signal, noise), exact) == 28


@given(signal=grids.signal_variances, noise=grids.variances)
def test_additive_channel_information_equals_40_digits_at_drawn_points(signal: float, noise: float) -> None:
    exact = mp.log1p(mp.mpf(signal) / mp.mpf(noise)) / 2
    assert assert_equals_reference([additive_channel_information(signal, noise)], [exact]) == 1


@pytest.mark.parametrize("size", [1, 2, 5])
def test_differential_entropy_equals_40_digits(size: int) -> None:
    covariance = random_covariance(size, seed=size)
    exact = mp.log(mp.det(2 * mp.pi * mp.e * mp.matrix(covariance.tolist()))) / 2
    assert assert_equals_reference([differential_entropy(covariance)], [exact]) == 1


def test_differential_entropy_of_a_diagonal_is_the_sum_of_its_parts() -> None:
    assert_close(differential_entropy([0.5, 3.0]), differential_entropy([0.5]) + differential_entropy([3.0]), FLOAT)
    assert differential_entropy(2.0) == differential_entropy([[2.0]])


@given(size=st.integers(2, 6), seed=st.integers(0, 10**6), block=st.integers(1, 5))
def test_mutual_information_equals_40_digits_and_is_symmetric(size: int, seed: int, block: int) -> None:
    covariance, first = random_covariance(size, seed), list(range(min(block, size - 1)))
    rest = [i for i in range(size) if i not in first]
    found = mutual_information(covariance, first)

    def log_det(index: list[int]) -> object:
        return mp.log(mp.det(mp.matrix(covariance[np.ix_(index, index)].tolist())))

    terms = [log_det(first), log_det(rest), log_det([*first, *rest])]
    exact = (terms[0] + terms[1] - terms[2]) / 2  # type: ignore[operator]
    assert assert_equals_reference([found], [exact], condition=[sum(map(abs, terms)) + 1]) == 1  # type: ignore[arg-type]
    assert abs(mutual_information(covariance, rest) - found) <= FLOAT * (1 + found)


def test_mutual_information_of_weakly_dependent_blocks_keeps_its_digits() -> None:
    exact = -mp.log1p(-(mp.mpf(1e-6) ** 2)) / 2
    assert assert_equals_reference([mutual_information([[1.0, 1e-6], [1e-6, 1.0]], [0])], [exact]) == 1


def test_mutual_information_of_independent_blocks_is_zero() -> None:
    assert mutual_information([1.0, 2.0, 3.0], [1]) == 0.0


@given(source=grids.variances, noise=st.floats(0.01, 100), more=st.floats(0.01, 100))
def test_data_processing_never_gains_information(source: float, noise: float, more: float) -> None:
    near = additive_channel_information(source, source * noise)
    far = additive_channel_information(source, source * noise + source * more)
    assert far < near


@given(size=st.integers(3, 6), seed=st.integers(0, 10**6))
def test_data_processing_dropping_coordinates_never_gains_information(size: int, seed: int) -> None:
    covariance = random_covariance(size, seed)
    fewer = mutual_information(covariance[:-1, :-1], [0])
    assert fewer <= mutual_information(covariance, [0]) + FLOAT


def test_mutual_information_of_the_additive_channel_agrees_with_the_vector_formula() -> None:
    joint = [[3.0, 3.0], [3.0, 3.5]]
    assert_close(mutual_information(joint, [0]), additive_channel_information(3.0, 0.5), FLOAT)


BAD = [
    (lambda: additive_channel_information(-1.0, 1.0), "signal_variance must be zero or positive; got -1.0"),
    (lambda: additive_channel_information(1.0, 0.0), "noise_variance must be positive; got 0.0"),
    (lambda: additive_channel_information(np.nan, 1.0), "signal_variance must be finite; got nan"),
    (lambda: differential_entropy([1.0, np.inf]), "covariance must be finite; got inf"),
    (lambda: differential_entropy([1.0, 0.0]), "covariance must be positive definite; got a diagonal entry of 0"),
    (lambda: differential_entropy([[1.0, 2.0], [0.0, 1.0]]), "covariance must be symmetric; got a largest difference"),
    (lambda: mutual_information([[1.0, 2.0], [2.0, 1.0]], [0]), "got correlations with a smallest eigenvalue of -1"),
    (lambda: mutual_information(np.eye(2), []), "first must name at least one index; got []"),
    (lambda: mutual_information(np.eye(2), [0, 1]), "first must name some, not all, of the indices 0 to 1; got [0, 1]"),
    (lambda: mutual_information(np.eye(2), [2]), "first must name some, not all, of the indices 0 to 1; got [2]"),
    (lambda: mutual_information(np.eye(2), [-1]), "first must name some, not all, of the indices 0 to 1; got [-1]"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message)


UNGUARDED = [
    (lambda: differential_entropy([]), "covariance"),
    (lambda: differential_entropy("loud"), "covariance"),
    (lambda: mutual_information(1.0, [0]), "covariance must be a matrix of at least two variables; got shape ()."),
]


@pytest.mark.parametrize(("call", "message"), UNGUARDED)
def test_a_covariance_of_no_shape_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message)
