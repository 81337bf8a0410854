"""The Gaussian test channels as samplers: the law of What given W and G, and the rate that they claim."""

import numpy as np
import pytest
from scipy import stats

from linreg_compress.compression.gaussian_channel import (
    AwareGaussianChannel,
    BlindGaussianChannel,
    mean_signal_variance,
)
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.information.gaussian import additive_channel_information, mutual_information
from linreg_compress.information.rate_distortion import reverse_water_filling
from linreg_compress.model import LinearModel
from tests import seeds
from tests.compare import assert_close, assert_draws_follow, assert_refused, assert_sample_mean
from tests.tolerances import FLOAT

RNG = seeds.generator
SIZE = 20000
GRAM = np.array([[9.0, 2.0, 0.5], [2.0, 4.0, 1.0], [0.5, 1.0, 2.0]])
CENTER, WEIGHTS = np.array([1.0, -2.0, 0.5]), np.array([1.5, 0.0, 0.4])


def assert_gaussian(draws: np.ndarray[tuple[int, ...], np.dtype[np.float64]], mean: object, covariance: object) -> None:
    """Assert mean, every covariance, and normality of each whitened coordinate."""
    centred = draws - np.asarray(mean)
    for i in range(centred.shape[1]):
        assert_sample_mean(centred[:, i], 0.0)
        for j in range(i + 1):
            assert_sample_mean(centred[:, i] * centred[:, j], float(np.asarray(covariance)[i, j]))
    whitened = np.linalg.solve(np.linalg.cholesky(np.asarray(covariance)), centred.T)
    assert_draws_follow(whitened.ravel(), stats.norm.cdf)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("rate", [0.1, 2.0])
def test_blind_channel_shrinks_towards_the_centre_and_adds_noise(rate: float) -> None:
    channel = BlindGaussianChannel(rate, CENTER, 0.7)
    found = channel.compress(np.broadcast_to(WEIGHTS, (SIZE, 3)), rng=RNG(1))
    delta = np.exp(-2 * rate / 3)
    assert_gaussian(found, CENTER + (1 - delta) * (WEIGHTS - CENTER), delta * (1 - delta) * 0.7 * np.eye(3))


@pytest.mark.monte_carlo
def test_blind_noise_of_correlated_features_is_shaped_like_the_inverse_covariance() -> None:
    sigma = np.array([[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 0.4]])
    model = LinearModel(9, 3, 0.7, weights=CENTER, covariance=sigma)
    channel = BlindGaussianChannel.for_model(model, 2.0)
    found = channel.compress(np.broadcast_to(WEIGHTS, (SIZE, 3)), rng=RNG(2))
    delta = np.exp(-4 / 3)
    noise = delta * (1 - delta) * model.weight_variance * np.linalg.inv(sigma)
    assert_gaussian(found, CENTER + (1 - delta) * (WEIGHTS - CENTER), noise)


@pytest.mark.monte_carlo
def test_aware_noise_is_shaped_like_the_inverse_gram() -> None:
    channel = AwareGaussianChannel(2.0, CENTER, 0.7)
    found = channel.compress(np.broadcast_to(WEIGHTS, (SIZE, 3)), rng=RNG(3), gram=np.broadcast_to(GRAM, (SIZE, 3, 3)))
    delta = np.exp(-4 / 3)
    noise = delta * (1 - delta) * 0.7 * np.linalg.inv(GRAM)
    assert_gaussian(found, CENTER + (1 - delta) * (WEIGHTS - CENTER), noise)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("rate", [0.3, 4.0])
def test_aware_channel_with_a_prior_fills_the_eigenbasis(rate: float) -> None:
    channel = AwareGaussianChannel(rate, CENTER, 0.7, signal_variance=0.4)
    found = channel.compress(np.broadcast_to(WEIGHTS, (SIZE, 3)), rng=RNG(4), gram=np.broadcast_to(GRAM, (SIZE, 3, 3)))
    g, basis = np.linalg.eigh(GRAM)
    split = reverse_water_filling(0.4 * g + 0.7, rate)
    keep, delta = split.kept_fractions, split.normalized_distortions
    rotated = (found - CENTER) @ basis
    active = keep > 0
    assert np.abs(rotated[:, ~active]).max(initial=0.0) < 1e-14
    noise = np.diag((delta * keep * (0.4 + 0.7 / g))[active])
    assert_gaussian(rotated[:, active], (keep * (basis.T @ (WEIGHTS - CENTER)))[active], noise)


@pytest.mark.parametrize("rate", [1e-6, 0.3, 7.0])
def test_the_channel_carries_exactly_the_rate_it_claims(rate: float) -> None:
    delta = np.exp(-2 * rate)
    keep = -np.expm1(-2 * rate)
    carried = additive_channel_information(keep**2 * 0.7, delta * keep * 0.7)
    assert_close(carried, rate, 1e-11)
    joint = 0.7 * np.array([[1.0, keep], [keep, keep]])
    assert abs(mutual_information(joint, [0]) - rate) < 1e-9


@pytest.mark.parametrize("t", [0.0, 0.4])
def test_rate_zero_sends_the_centre(t: float) -> None:
    for channel in (BlindGaussianChannel(0.0, CENTER, 0.7), AwareGaussianChannel(0.0, CENTER, 0.7, t)):
        assert np.array_equal(channel.compress(WEIGHTS, rng=RNG(5), gram=GRAM), CENTER)
        assert channel.normalized_distortion == 1.0


@pytest.mark.parametrize("t", [0.0, 0.4])
def test_infinite_rate_sends_the_weights(t: float) -> None:
    for channel in (BlindGaussianChannel(1e5, CENTER, 0.7), AwareGaussianChannel(1e5, CENTER, 0.7, t)):
        found = channel.compress(WEIGHTS, rng=RNG(6), gram=GRAM)
        np.testing.assert_allclose(found, WEIGHTS, rtol=0, atol=FLOAT)


def test_batches_of_any_shape() -> None:
    weights, gram = np.ones((2, 4, 3)), np.broadcast_to(GRAM, (2, 4, 3, 3))
    for t in (0.0, 0.4):
        assert AwareGaussianChannel(1.0, CENTER, 0.7, t).compress(weights, rng=RNG(7), gram=gram).shape == (2, 4, 3)
    assert BlindGaussianChannel(1.0, CENTER, 0.7).compress(weights, rng=RNG(7)).shape == (2, 4, 3)


def test_for_model_reads_the_source_off_the_model() -> None:
    model = LinearModel(9, 3, 0.7, signal_variance=0.1, weights=CENTER)
    assert_close(BlindGaussianChannel.for_model(model, 1.0).source_variance, 0.1 + 0.7 / 5, FLOAT)
    assert_close(AwareGaussianChannel.for_model(model, 1.0).signal_variance, 0.1, FLOAT)
    assert_close(mean_signal_variance(model, np.zeros(3)), 0.1 + 5.25 / 3, FLOAT)
    assert_close(BlindGaussianChannel.for_model(model, 1.0, [0, 0, 0]).source_variance, 0.1 + 1.75 + 0.14, FLOAT)


MODEL = LinearModel(9, 3)
BAD = [
    (lambda: BlindGaussianChannel(-1.0, CENTER, 0.7), "rate_nats must be zero or positive; got -1.0"),
    (lambda: BlindGaussianChannel(np.nan, CENTER, 0.7), "rate_nats must be finite; got nan"),
    (lambda: BlindGaussianChannel(1.0, CENTER, -0.7), "source_variance must be zero or positive; got -0.7"),
    (lambda: BlindGaussianChannel(1.0, CENTER * np.inf, 0.7), "center must be finite; got inf"),
    (lambda: BlindGaussianChannel.for_model(MODEL, np.inf), "rate_nats must be finite; got inf"),
    (
        lambda: BlindGaussianChannel.for_model(MODEL, 1.0, [0.0]),
        "center must hold one number a feature, 3 in all; got 1 of them",
    ),
    (lambda: AwareGaussianChannel(1.0, CENTER, 0.0), "noise_variance must be positive; got 0.0"),
    (lambda: AwareGaussianChannel(1.0, CENTER, 0.7, -1.0), "signal_variance must be zero or positive; got -1.0"),
    (lambda: AwareGaussianChannel.for_model(MODEL, -2.0), "rate_nats must be zero or positive; got -2.0"),
    (lambda: AwareGaussianChannel(1.0, CENTER, 0.7).compress(WEIGHTS, rng=RNG(0)), "gram is needed by a design-aware code"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message, error=InvalidInputError)


@pytest.mark.parametrize("n", [1, 4, 5, 6])
def test_blind_needs_weights_of_finite_variance(n: int) -> None:
    call = lambda: BlindGaussianChannel.for_model(LinearModel(n, 5), 1.0)  # noqa: E731
    assert_refused(call, "samples >= features + 2", f"got {n} samples and 5 features", error=UnsupportedModelError)


def test_aware_needs_as_many_samples_as_features() -> None:
    call = lambda: AwareGaussianChannel.for_model(LinearModel(4, 5), 1.0)  # noqa: E731
    assert_refused(call, "samples >= features; got 4 samples and 5 features", error=UnsupportedModelError)


def test_blind_with_correlated_features_needs_the_true_centre() -> None:
    model = LinearModel(20, 3, covariance=[1.0, 2.0, 3.0], signal_variance=0.1)
    call = lambda: BlindGaussianChannel.for_model(model, 1.0)  # noqa: E731
    assert_refused(call, "centred at the true weights", error=UnsupportedModelError)


def test_a_centre_off_the_mean_adds_its_squared_distance_to_the_signal() -> None:
    """One number for all weights, which is not written out, or one for each."""
    model = LinearModel(9, 2, signal_variance=0.1)
    for center in (np.broadcast_to(0.2, (2,)), np.array([0.2, -0.2])):
        assert_close(mean_signal_variance(model, center), 0.14, FLOAT)


def test_a_gram_matrix_that_changed_in_place_is_decomposed_anew() -> None:
    """The channel remembers its last decomposition: the codes of a simulation ask for the same one in turn."""
    channel = AwareGaussianChannel(2.0, CENTER, 1.0, signal_variance=0.3)
    gram = GRAM.copy()
    first = [channel.compress(WEIGHTS, rng=RNG(3), gram=gram) for _ in range(2)]
    assert np.array_equal(first[0], first[1])
    gram[0, 0] += 1.0
    changed = channel.compress(WEIGHTS, rng=RNG(3), gram=gram)
    assert not np.array_equal(first[0], changed)
    assert np.array_equal(AwareGaussianChannel(2.0, CENTER, 1.0, 0.3).compress(WEIGHTS, rng=RNG(3), gram=GRAM), first[0])
