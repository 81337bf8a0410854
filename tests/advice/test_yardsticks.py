"""Ridge and no weights at all, against the exact formulas for features N(0, I)."""

from typing import Any

import numpy as np
import pytest

from linreg_compress.advice.estimates import Draws, Spectrum
from linreg_compress.advice.yardsticks import empty_change, ridge_change, ridge_penalty, ridge_weights
from linreg_compress.least_squares.ridge import ridge_excess_risk
from tests import seeds
from tests.compare import assert_sample_mean

N, D, SIGNAL = 900, 200, 0.002
RNG = seeds.generator(6)
X = RNG.standard_normal((N, D))
VALUES, VECTORS = np.linalg.eigh(X.T @ X)
TRUTH = Draws(np.ones(20_000), np.full(20_000, SIGNAL), np.sqrt(SIGNAL) * RNG.standard_normal((20_000, D)))


def spectrum(coordinates: Any = 0.0) -> Spectrum:
    return Spectrum(N, VALUES, VECTORS, np.broadcast_to(coordinates, (D,)), np.array(float(N - D)))


@pytest.mark.parametrize("penalty", [1.0, 50.0, 1 / SIGNAL, 1e4])
def test_ridge_is_near_its_exact_risk(penalty: float) -> None:
    exact = float(ridge_excess_risk(VALUES, 1.0, SIGNAL, penalty)) - float(np.sum(1 / VALUES))
    found = float(ridge_change(spectrum(), TRUTH, penalty).mean())
    assert abs(found - exact) < 0.03 * float(np.sum(1 / VALUES))  # a limit of large n and d, here 1/30 of what is at stake


def test_an_infinite_penalty_drops_all_weights() -> None:
    one, other = ridge_change(spectrum(), TRUTH, np.inf), empty_change(spectrum(), TRUTH)
    np.testing.assert_allclose(one, other, rtol=0, atol=0.003)
    assert ridge_weights(spectrum(1.0), np.array(np.inf)).tolist() == [0.0] * D


@pytest.mark.monte_carlo
def test_no_weights_cost_the_signal_and_save_the_noise() -> None:
    signal = SIGNAL * float(VALUES.sum()) / N
    assert_sample_mean(empty_change(spectrum(), TRUTH), signal - D / (N - D - 1))


def test_ridge_weights_solve_the_penalized_equations() -> None:
    weights = seeds.generator(7).standard_normal(D)
    found = ridge_weights(spectrum(VECTORS.T @ weights), np.array(30.0))
    gram = X.T @ X
    np.testing.assert_allclose((gram + 30 * np.eye(D)) @ found, gram @ weights, rtol=1e-9, atol=1e-6)


def test_the_penalty_is_the_noise_over_the_signal() -> None:
    rng = seeds.generator(8)
    coordinates = np.sqrt(SIGNAL + 1 / VALUES) * rng.standard_normal(D)
    assert float(ridge_penalty(spectrum(coordinates))) == pytest.approx(1 / SIGNAL, rel=0.5)
    assert np.isinf(ridge_penalty(spectrum(1e-6)))
