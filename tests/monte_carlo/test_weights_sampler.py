"""The weights sampler's formulas against dense linear algebra, and what it refuses."""

import numpy as np
import pytest

from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.trials import Trials
from linreg_compress.monte_carlo.weights_sampler import WeightsSampler, _form
from tests import seeds
from tests.compare import assert_close, assert_sample_mean

RNG = seeds.generator
MODEL = LinearModel(18, 5, 0.7)
SAMPLER = WeightsSampler()


@pytest.mark.parametrize("aware", [False, True])
def test_the_form_is_that_of_the_inverse_matrix(aware: bool) -> None:
    noise, d, size = 0.7, 6, 40
    u, e, g = RNG(1).standard_normal((3, size, d)) * np.array([1.5, 0.3, 0.8])[:, None, None]
    products = np.stack([(a * b).sum(axis=1) for a, b in ((u, e), (e, e), (u, g), (e, g), (g, g))])
    found = _form(products, noise, (u * u).sum(axis=1), aware)
    matrices = np.eye(d) + u[:, :, None] * u[:, None, :] / noise + aware * g[:, :, None] * g[:, None, :]
    assert_close(found, np.einsum("ti,ti->t", e, np.linalg.solve(matrices, e[..., None])[..., 0]), 1e-11)


class _Recorder:
    """A channel that rounds, and notes what it was given."""

    name = "recorder"
    needs_gram = False

    def __init__(self) -> None:
        self.seen: list[FloatArray] = []

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        assert gram is None
        self.seen.append(weights.copy())
        return np.rint(2 * weights) / 2


@pytest.mark.parametrize(
    "model",
    [
        MODEL,
        LinearModel(18, 3, 0.7, weights=[1.0, -2.0, 0.5]),
        LinearModel(18, 3, 0.7, covariance=[[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 0.4]], weights=[1.0, -2.0, 0.5]),
    ],
)
def test_population_risks_are_those_of_the_weights(model: LinearModel) -> None:
    channel = _Recorder()
    trials = SAMPLER.draw(model, [channel], 7000, rng=RNG(2))  # several blocks
    seen = np.concatenate(channel.seen)
    assert len(channel.seen) > 1
    sigma = np.eye(model.features) if model.covariance is None else np.asarray(model.covariance)
    for found, weights in (
        (trials.population_risk, seen),
        (trials.compressed_population_risk[0], np.rint(2 * seen) / 2),
    ):
        error = weights - model.mean_weights
        assert_close(found, 0.7 + np.einsum("ti,ij,tj->t", error, sigma, error), 1e-11)


@pytest.mark.monte_carlo
def test_means_only_averages_over_the_chi_square_alone() -> None:
    channels: list[Channel] = [UniformQuantizer(0.3), AwareGaussianChannel.for_model(MODEL, 3.0)]
    whole = SAMPLER.draw(MODEL, channels, 40_000, rng=RNG(3))
    means = SAMPLER.draw(MODEL, channels, 40_000, rng=RNG(3), means_only=True)
    assert np.array_equal(whole.population_risk, means.population_risk)  # the chi-squares are drawn last
    assert np.array_equal(whole.compressed_population_risk, means.compressed_population_risk)
    for row, freedom in enumerate((19, 20)):
        ratio = (whole.compressed_empirical_risk[row] - whole.empirical_risk) / (
            means.compressed_empirical_risk[row] - means.empirical_risk
        )
        assert_sample_mean(ratio, 1.0)
        assert_sample_mean((ratio - 1) ** 2, 2 / freedom)


@pytest.mark.parametrize("signal", [0.0, 0.2])
def test_means_only_averages_over_the_noise_of_a_blind_gaussian_channel(signal: float) -> None:
    model, size = LinearModel(18, 5, 0.7, signal_variance=signal), 50
    channel = BlindGaussianChannel.for_model(model, 3.0, np.linspace(-0.2, 0.3, 5))
    found = SAMPLER.draw(model, [channel], size, rng=RNG(7), means_only=True)
    rng = RNG(7)
    q, rest = 2 * rng.standard_gamma(7.0, size), 2 * rng.standard_gamma(6.5, size)
    u = rng.standard_normal((size, 5)) * np.sqrt(0.7 / q)[:, None]
    truth = np.sqrt(signal) * rng.standard_normal((size, 5)) if signal else np.zeros((size, 5))
    delta, kept = channel.normalized_distortion, channel.kept
    spread = delta * kept * channel.source_variance
    mean = -delta * (truth + u - channel.center)
    inverse = np.linalg.inv(np.eye(5) + u[:, :, None] * u[:, None, :] / 0.7)
    form = np.einsum("ti,tij,tj->t", mean, inverse, mean) + spread * np.trace(inverse, axis1=1, axis2=2)
    assert_close(found.compressed_empirical_risk[0], (0.7 * rest + 19 * form) / 18, 1e-11)
    assert_close(found.compressed_population_risk[0], 0.7 + ((u + mean) ** 2).sum(axis=1) + 5 * spread, 1e-11)


@pytest.mark.monte_carlo
def test_controls_have_mean_zero_and_one_independent_input_each() -> None:
    prior = LinearModel(18, 5, 0.7, signal_variance=0.2)
    for model in (MODEL, prior, LinearModel(9, 5, 0.7, signal_variance=0.2)):
        trials = SAMPLER.draw(model, [], 60_000, rng=RNG(4), means_only=True)
        assert trials.controls is not None
        assert len(trials.controls) == (3 if model.signal_variance else 2)
        for number, control in enumerate(trials.controls):
            assert_sample_mean(control, 0.0)
            for other in trials.controls[:number]:
                assert_sample_mean(control * other, 0.0)
    assert SAMPLER.draw(MODEL, [], 5, rng=RNG(4)).controls is None


def test_no_channel_may_write_into_the_weights() -> None:
    class Spoiler(_Recorder):
        def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
            weights *= 0
            return weights

    with pytest.raises(ValueError, match="read-only"):
        SAMPLER.draw(MODEL, [Spoiler()], 5, rng=RNG(5))


def test_it_refuses_what_needs_the_design() -> None:
    wide = SAMPLER.refusal(LinearModel(4, 9))
    assert wide is not None
    assert "samples >= features" in wide
    assert "4 samples and 9 features" in wide
    ridge = SAMPLER.refusal(MODEL, RidgeShrinkage(1.0))
    assert ridge is not None
    assert "X^T X, which ridge needs" in ridge
    prior = LinearModel(18, 5, 0.7, signal_variance=0.2)
    split = SAMPLER.refusal(prior, AwareGaussianChannel.for_model(prior, 3.0))
    assert split is not None
    assert "eigenvalues" in split
    for reason in (wide, ridge, split):
        assert reason.endswith(("Use the sufficient sampler.", "Use the data sampler."))
    assert SAMPLER.refusal(MODEL) is None
    assert SAMPLER.refusal(MODEL, BlindGaussianChannel.for_model(MODEL, 1.0)) is None
    assert SAMPLER.refusal(MODEL, AwareGaussianChannel.for_model(MODEL, 1.0)) is None


def test_a_square_design_leaves_no_residual() -> None:
    trials: Trials = SAMPLER.draw(LinearModel(4, 4), [], 10, rng=RNG(6))
    assert not trials.empirical_risk.any()
