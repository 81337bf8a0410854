"""The Wasserstein bound: exact digits, within 4.42 % of the truth, and its two distances from raw data."""

import numpy as np
import pytest

from linreg_compress.bounds.individual_sample import individual_sample_bound, sample_bound, sample_error
from linreg_compress.bounds.wasserstein import wasserstein_bound, wasserstein_sample_bound
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from tests import quadrature, seeds
from tests.compare import assert_close, assert_equals_reference, assert_refused, assert_sample_mean
from tests.references import mp

LEVERAGES = np.concatenate(
    [10.0 ** np.linspace(-300, -1, 60), np.linspace(0.1, 1, 31), 1 - 10.0 ** np.linspace(-15, -1, 20)]
)


def test_it_equals_mpmath() -> None:
    exact = []
    with mp.workdps(700):
        for a in map(mp.mpf, LEVERAGES.tolist()):
            s = mp.sqrt(1 - a)
            exact.append(2 * a * mp.mpf(0.7) * mp.sqrt(1 + s**2 * (1 - s) / (1 + s)))
    assert assert_equals_reference(wasserstein_sample_bound(LEVERAGES, 1.0, 0.7), exact) == LEVERAGES.size


def test_it_is_within_4_42_per_cent_at_every_leverage_and_never_below() -> None:
    a = np.concatenate(
        [np.linspace(0, 1, 100_001)[1:-1], 10.0 ** -np.arange(1.0, 300.0), 1 - 10.0 ** -np.arange(1.0, 16.0)]
    )
    ratio = wasserstein_sample_bound(a, 1.0, 1.0) / sample_error(a, 1.0, 1.0)
    assert np.all((ratio >= 1) & (ratio < 1.0442))
    golden = (np.sqrt(5) - 1) / 2
    assert_close(ratio.max(), np.sqrt(1 + golden**5), 1e-9)
    assert abs(a[ratio.argmax()] - golden) < 1e-4


def test_information_is_loose_where_the_distance_is_tight() -> None:
    """22 times the truth at a thousandth; the two meet near 0.8, beyond which information is a little better."""
    a = np.array([0.001, 0.1, 0.5, 0.9, 0.99])
    truth = sample_error(a, 1.0, 1.0)
    information, distance = sample_bound(a, 1.0, 1.0) / truth, wasserstein_sample_bound(a, 1.0, 1.0) / truth
    assert information[0] > 21
    assert distance[0] < 1.001
    assert np.array_equal(distance < information, [True, True, True, False, False])


def test_both_ends_are_exact() -> None:
    assert wasserstein_sample_bound(0.0, 1.0, 1.0) == 0
    assert wasserstein_sample_bound(1.0, 1.0, 3.0) == 6.0
    assert wasserstein_sample_bound(1.0, 0.0, 1.0) == 0


@pytest.mark.parametrize(("n", "d", "rate"), [(3, 1, 0.4), (14, 5, 2.0), (80, 50, 30.0), (51, 50, 1.0)])
def test_the_average_is_over_beta_leverages(n: int, d: int, rate: float) -> None:
    x, x_mass = quadrature.nodes(d)
    y, y_mass = quadrature.nodes(n - d)
    share = (x[:, None] / (x[:, None] + y)) * -np.expm1(-2 * rate / d)
    expected = float(x_mass @ wasserstein_sample_bound(share, 1.0, 0.7) @ y_mass)
    found = wasserstein_bound(n, d, 0.7, rate)
    assert_close(found.value, expected, 1e-8)
    assert (found.of, found.kind) == ("same_inputs_generalization_error", "upper")


def test_the_average_is_never_below_the_truth() -> None:
    rng = seeds.generator(18)
    for _ in range(300):
        d = int(np.exp(rng.uniform(0, 6)))
        n = d + int(np.exp(rng.uniform(0, 6)) - 1)
        rate = float(d * 10 ** rng.uniform(-9, 1))
        truth = -2 * np.expm1(-2 * rate / d) * d / n
        found = wasserstein_bound(n, d, 1.0, rate).value
        assert truth * (1 - 1e-15) <= found <= truth * 1.0442, (n, d, rate)
    assert found > 0


def test_it_beats_information_for_small_leverages() -> None:
    assert wasserstein_bound(1000, 10, 1.0, 10.0).value < individual_sample_bound(1000, 10, 1.0, 10.0).value / 5
    assert wasserstein_bound(5, 5, 1.0, 400.0).value == 2.0  # every leverage is 1
    assert wasserstein_bound(9, 3, 1.0, 0.0).value == 0


@pytest.mark.monte_carlo
@pytest.mark.parametrize("rate", [0.5, 6.0])
def test_its_two_mean_squares_from_raw_data(rate: float) -> None:
    """One fixed design: the code's own predictions, and fresh ones that are moved as little as possible."""
    model = LinearModel(9, 4, 0.8)
    rng = seeds.generator(21)
    X = rng.standard_normal((9, 4))
    gram = X.T @ X
    noise = np.sqrt(0.8) * rng.standard_normal((60_000, 9))
    channel = AwareGaussianChannel.for_model(model, rate)
    weights = np.linalg.solve(gram, (noise @ X).T).T
    coded = channel.compress(weights, rng=rng, gram=gram)
    leverage = float(X[2] @ np.linalg.solve(gram, X[2]))
    a, epsilon, p = leverage * -np.expm1(-2 * rate / 4), noise[:, 2], coded @ X[2]
    s = np.sqrt(1 - a)
    fresh = (p - a * epsilon) / s  # the same quantile of N(0, a sigma^2)
    assert_sample_mean(fresh**2, 0.8 * a)
    assert_sample_mean((p - fresh) ** 2, 2 * a * 0.8 * (1 - s))
    assert_sample_mean((2 * epsilon - p - fresh) ** 2, 2 * 0.8 * (1 + s + s**2 - s**3))
    assert_sample_mean(2 * epsilon * p, float(sample_error(leverage, -np.expm1(-rate / 2), 0.8)))


def test_bad_input_is_refused() -> None:
    assert_refused(
        lambda: wasserstein_bound(4, 5, 1.0, 1.0), "samples >= features; got 4 and 5", error=UnsupportedModelError
    )
    assert_refused(lambda: wasserstein_sample_bound(1.5, 1.0, 1.0), "leverage must lie between 0 and 1; got 1.5")
    assert_refused(lambda: wasserstein_bound(9, 3, 0.0, 1.0), "noise_variance must be positive; got 0.0")
