"""The sufficient sampler: every risk is that of the weights and the Gram matrix which the channels saw."""

import numpy as np
import pytest

from linreg_compress._validation import FloatArray
from linreg_compress.compression.identity import Identity
from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.sufficient_sampler import SufficientSampler
from tests import seeds
from tests.compare import assert_close, assert_sample_mean

RNG = seeds.generator
SAMPLER = SufficientSampler()
MODELS = [
    LinearModel(9, 4, 0.7),
    LinearModel(9, 3, 0.7, covariance=[[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 0.4]], weights=[1.0, -2.0, 0.5]),
    LinearModel(3, 1, 0.7, weights=[2.0]),
    LinearModel(130, 120),
]


class _Recorder:
    """A channel that rounds, and notes what it was given."""

    name = "recorder"
    needs_gram = True

    def __init__(self) -> None:
        self.weights: list[FloatArray] = []
        self.grams: list[FloatArray] = []

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        assert gram is not None
        self.weights.append(weights)
        self.grams.append(gram)
        return np.rint(2 * weights) / 2


@pytest.mark.parametrize("model", MODELS)
def test_risks_are_those_of_the_weights_and_the_gram_matrix(model: LinearModel) -> None:
    channel = _Recorder()
    trials = SAMPLER.draw(model, [Identity(), channel], 1500 if model.features < 100 else 100, rng=RNG(1))
    assert len(channel.weights) > 1  # several blocks
    weights, grams = np.concatenate(channel.weights), np.concatenate(channel.grams)
    sigma = np.eye(model.features) if model.covariance is None else np.asarray(model.covariance)
    change, error = np.rint(2 * weights) / 2 - weights, weights - model.mean_weights
    noise = model.noise_variance
    assert_close(trials.population_risk, noise + np.einsum("ti,ij,tj->t", error, sigma, error), 1e-9)
    after = noise + np.einsum("ti,ij,tj->t", error + change, sigma, error + change)
    assert_close(trials.compressed_population_risk[1], after, 1e-9)
    increase = np.einsum("ti,tij,tj->t", change, grams, change) / model.samples
    assert_close(trials.compressed_empirical_risk[1], trials.empirical_risk + increase, 1e-9)
    assert np.array_equal(trials.compressed_empirical_risk[0], trials.empirical_risk)
    assert np.array_equal(trials.compressed_population_risk[0], trials.population_risk)


@pytest.mark.monte_carlo
def test_gram_matrices_have_the_mean_and_covariance_of_the_features() -> None:
    channel = _Recorder()
    SAMPLER.draw(MODELS[1], [channel], 20_000, rng=RNG(2))
    grams, sigma = np.concatenate(channel.grams), np.asarray(MODELS[1].covariance)
    for i, j in ((0, 0), (0, 1), (1, 2), (2, 2)):
        assert_sample_mean(grams[:, i, j], 9 * sigma[i, j])
        assert_sample_mean((grams[:, i, j] - 9 * sigma[i, j]) ** 2, 9 * (sigma[i, j] ** 2 + sigma[i, i] * sigma[j, j]))


def test_no_weights_fit_better_than_least_squares() -> None:
    model = LinearModel(9, 4, 0.7, signal_variance=0.2)
    trials = SAMPLER.draw(model, [RidgeShrinkage(3.0)], 500, rng=RNG(3))
    assert (trials.compressed_empirical_risk >= trials.empirical_risk).all()


@pytest.mark.monte_carlo
@pytest.mark.parametrize("signal_variance", [0.0, 0.2])
def test_controls_have_mean_zero(signal_variance: float) -> None:
    model = LinearModel(9, 4, 0.7, signal_variance=signal_variance)
    trials = SAMPLER.draw(model, [], 20_000, rng=RNG(4), means_only=True)
    assert trials.controls is not None
    assert len(trials.controls) == (2 if signal_variance else 1)
    for control in trials.controls:
        assert_sample_mean(control, 0.0)
    assert SAMPLER.draw(model, [], 5, rng=RNG(4)).controls is None


def test_fewer_samples_than_features_are_refused() -> None:
    reason = SAMPLER.refusal(LinearModel(4, 9))
    assert reason is not None
    assert "samples >= features" in reason
    assert "4 samples and 9 features" in reason
    assert SAMPLER.refusal(LinearModel(9, 9), RidgeShrinkage(1.0)) is None
