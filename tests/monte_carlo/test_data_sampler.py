"""One batch of trials from raw data: what it scores, and on which data."""

import numpy as np
import pytest

from linreg_compress.compression.channel import Channel
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.identity import Identity
from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.data_sampler import data_trials
from tests import seeds
from tests.compare import assert_close, assert_sample_mean

RNG = seeds.generator
MODELS = [
    LinearModel(9, 4, 0.7, signal_variance=0.2, weights=[1.0, 2.0, 0.0, -1.0]),
    LinearModel(9, 3, 0.7, covariance=[[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 0.4]], weights=[1.0, -2.0, 0.5]),
    LinearModel(4, 9, 0.7, signal_variance=0.2),
    LinearModel(5, 5, 0.7),
    LinearModel(3, 1, 0.7),
]


@pytest.mark.parametrize("model", MODELS)
def test_trials_score_a_plain_fit_of_the_drawn_data(model: LinearModel) -> None:
    trials = data_trials(model, [], 6, rng=RNG(1))
    sigma = np.eye(model.features) if model.covariance is None else np.asarray(model.covariance)
    for index, (X, y, truth) in enumerate(zip(*model.draw(6, rng=RNG(1)), strict=True)):
        w = np.linalg.lstsq(X, y)[0]
        assert abs(trials.empirical_risk[index] - np.mean((y - X @ w) ** 2)) < 1e-9
        assert_close(trials.population_risk[index], 0.7 + (w - truth) @ sigma @ (w - truth), 1e-7)
    assert trials.compressed_empirical_risk.shape == (0, 6)


def test_all_channels_see_the_same_data() -> None:
    trials = data_trials(MODELS[0], [Identity(), RidgeShrinkage(1e-13), Identity()], 50, rng=RNG(2))
    for row in range(3):
        assert_close(trials.compressed_empirical_risk[row], trials.empirical_risk, 1e-9)
        assert_close(trials.compressed_population_risk[row], trials.population_risk, 1e-9)
    assert np.array_equal(trials.compressed_population_risk[0], trials.population_risk)


def test_no_channel_fits_better_than_least_squares() -> None:
    model = MODELS[0]
    blind, aware = BlindGaussianChannel.for_model(model, 2.0), AwareGaussianChannel.for_model(model, 2.0)
    channels: list[Channel] = [blind, aware, RidgeShrinkage(3.0)]
    trials = data_trials(model, channels, 500, rng=RNG(3))
    assert (trials.compressed_empirical_risk >= trials.empirical_risk * (1 - 1e-12)).all()
    assert (trials.population_risk >= 0.7).all()


@pytest.mark.monte_carlo
def test_population_risk_of_a_trial_is_its_error_on_fresh_data() -> None:
    model = MODELS[1]
    data = model.draw(1, rng=RNG(4))
    w = np.linalg.lstsq(data.features[0], data.targets[0])[0]
    fresh = model.draw(20000, rng=RNG(5))
    losses = (fresh.targets - fresh.features @ w) ** 2
    assert_sample_mean(losses, float(data_trials(model, [], 1, rng=RNG(4)).population_risk[0]))


def test_sharing_the_data_narrows_the_change() -> None:
    model = LinearModel(80, 50)
    channel = BlindGaussianChannel.for_model(model, 34.66)
    trials = data_trials(model, [channel], 2000, rng=RNG(6))
    shared = (trials.compressed_population_risk[0] - trials.population_risk).var()
    apart = trials.compressed_population_risk[0].var() + trials.population_risk.var()
    assert apart > 2 * shared


def test_trials_depend_on_the_stream_alone() -> None:
    channel = BlindGaussianChannel.for_model(MODELS[0], 1.0)
    first, second = (data_trials(MODELS[0], [channel], 20, rng=RNG(7)) for _ in range(2))
    assert np.array_equal(first.compressed_population_risk, second.compressed_population_risk)
    other = data_trials(MODELS[0], [channel], 20, rng=RNG(8))
    assert not np.array_equal(first.population_risk, other.population_risk)
