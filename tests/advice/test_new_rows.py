"""The step from the rows at hand to new rows, against new rows: means over raw data."""

from collections.abc import Callable

import numpy as np
import pytest

from linreg_compress._validation import FloatArray
from linreg_compress.advice.new_rows import Change, blind_change, successive_change
from linreg_compress.advice.quantizers import quantize_batch
from tests import seeds
from tests.compare import assert_sample_mean

TRIALS = 4000


def trials(
    rows: int, columns: int, correlation: float, signal: float, quantize: Callable[[FloatArray, FloatArray], FloatArray]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """R e and R u, the first weight last, and the true change, each from data of its own."""
    rng = seeds.generator(rows + columns)
    lags = np.abs(np.subtract.outer(np.arange(columns), np.arange(columns)))
    covariance = np.where(lags == 0, 1.0, correlation**lags)
    features = rng.standard_normal((TRIALS, rows, columns)) @ np.linalg.cholesky(covariance).T
    truth = signal * rng.standard_normal((TRIALS, columns))
    gram = features.swapaxes(1, 2) @ features
    noise = rng.standard_normal((TRIALS, rows, 1))
    weights = truth + np.linalg.solve(gram, features.swapaxes(1, 2) @ noise)[..., 0]
    error, miss = quantize(weights, gram) - weights, weights - truth
    factor = np.linalg.cholesky(gram[:, ::-1, ::-1]).swapaxes(1, 2)
    turned = [np.einsum("jik,jk->ji", factor, one[:, ::-1]) for one in (error, miss)]
    change = np.einsum("ji,ik,jk->j", error, covariance, error + 2 * miss)
    return turned[0], turned[1], change


def gap(found: Change, change: FloatArray) -> FloatArray:
    return found.square + found.rest - change


def one_level(weights: FloatArray, gram: FloatArray) -> FloatArray:
    return np.zeros_like(weights)


def shrunk(weights: FloatArray, gram: FloatArray) -> FloatArray:
    return 0.6 * weights


def named(name: str, levels: int) -> Callable[[FloatArray, FloatArray], FloatArray]:
    return lambda weights, gram: quantize_batch(name, weights, [levels], gram, 1)[levels]


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("rows", "columns"), [(24, 4), (30, 14)])
@pytest.mark.parametrize("correlation", [0.0, 0.8])
@pytest.mark.parametrize(
    "quantize",
    [one_level, shrunk, named("lloyd-max", 2), named("uniform", 4), named("kmeans", 2)],
    ids=lambda q: q.__name__,
)
def test_a_quantizer_of_the_weights_alone(
    rows: int, columns: int, correlation: float, quantize: Callable[[FloatArray, FloatArray], FloatArray]
) -> None:
    errors, noise, change = trials(rows, columns, correlation, 0.2, quantize)
    assert_sample_mean(gap(blind_change(errors, noise, np.ones(TRIALS), rows), change), 0.0)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("signal", [0.05, 0.5])
@pytest.mark.parametrize("levels", [2, 8])
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_successive_quantization(signal: float, levels: int, correlation: float) -> None:
    errors, noise, change = trials(30, 10, correlation, signal, named("gptq", levels))
    assert_sample_mean(gap(successive_change(errors, noise, np.ones(TRIALS), 30), change), 0.0)


@pytest.mark.monte_carlo
def test_the_test_sees_what_the_naive_step_gets_wrong() -> None:
    errors, noise, change = trials(30, 14, 0.0, 0.2, named("lloyd-max", 2))
    naive = np.einsum("jk,jk->j", errors, errors + 2 * noise) / 30
    with pytest.raises(AssertionError):
        assert_sample_mean(naive - change, 0.0)


def test_no_quantization_changes_nothing() -> None:
    noise = seeds.generator(0).standard_normal((5, 3))
    for step in (blind_change, successive_change):
        found = step(np.zeros((5, 3)), noise, np.ones(5), 20)
        np.testing.assert_allclose(found.square + found.rest, 0.0, rtol=0, atol=1e-15)


@pytest.mark.monte_carlo
def test_what_undoes_all_noise_saves_the_excess_risk() -> None:
    noise = seeds.generator(0).standard_normal((20_000, 6))
    found = blind_change(-noise, noise, np.ones(20_000), 30)
    assert_sample_mean(found.square + found.rest, -6 / (30 - 6 - 1))
