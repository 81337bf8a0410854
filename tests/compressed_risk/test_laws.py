"""Laws of the risks after the Gaussian channel: against independent integrals, raw data, and their limits."""

import numpy as np
import pytest
from scipy import special, stats

from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks, blind_channel_risks
from linreg_compress.compressed_risk.laws import (
    codebook_radius_law,
    compressed_empirical_risk_law,
    compressed_population_risk_law,
    improvement_probability,
)
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.risk import empirical_risk_law, population_risk_law
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.data_sampler import data_trials
from linreg_compress.monte_carlo.simulate import simulate
from linreg_compress.quadratic_laws import ChiSquareMixture, Law, beta_nodes, chi_square_nodes
from tests import quadrature, seeds
from tests.compare import assert_close, assert_draws_follow, assert_mean, assert_refused
from tests.tolerances import FLOAT, QUADRATURE

SIZES = [(3, 1), (4, 2), (12, 1), (7, 5), (9, 5), (80, 50), (2000, 500), (10**5, 10**4)]
SHARES = [1e-6, 0.1, 0.5, 0.9, 1 - 1e-6]
BITS = [1e-9, 0.3, 4.0]


def blind(
    n: int, d: int, t2: float, bits: float, s2: float = 0.7
) -> tuple[LinearModel, BlindGaussianChannel, float, float]:
    """Return a model, its channel, delta and the variance k of the Gaussian part of an error."""
    model = LinearModel(n, d, s2, signal_variance=t2)
    channel = BlindGaussianChannel.for_model(model, bits * d * np.log(2))
    delta = 4.0**-bits
    v = s2 / (n - d - 1)
    return model, channel, delta, delta * -np.expm1(-bits * np.log(4)) * (t2 + v) + delta**2 * t2


def check(law: Law, points: object, below: object, above: object) -> None:
    assert_close(law.cdf(points), below, QUADRATURE)  # type: ignore[arg-type]
    assert_close(law.sf(points), above, QUADRATURE)  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "d"), SIZES)
@pytest.mark.parametrize("t2", [0.0, 0.05])
@pytest.mark.parametrize("bits", BITS)
def test_blind_population_risk_law_equals_its_integral(n: int, d: int, t2: float, bits: float) -> None:
    model, channel, delta, k = blind(n, d, t2, bits)
    law = compressed_population_risk_law(model, channel)
    points = np.asarray(law.ppf([0.1, 0.5, 0.9, 1 - 1e-6]))
    scale = (1 - delta) ** 2 * 0.7
    below, above = quadrature.chi_square_mixture(points - 0.7, d, n - d + 1, lambda q: scale / q + k)
    check(law, points, below, above)
    assert_close(law.mean(), blind_channel_risks(n, d, 0.7, channel.rate_nats, signal_variance=t2).population_risk, FLOAT)


@pytest.mark.parametrize(("n", "d"), SIZES)
@pytest.mark.parametrize("bits", BITS)
def test_codebook_radius_law_equals_its_integral(n: int, d: int, bits: float) -> None:
    model, channel, delta, _ = blind(n, d, 0.05, bits)
    law = codebook_radius_law(model, channel)
    keep = -np.expm1(-bits * np.log(4))
    v = 0.7 / (n - d - 1)
    points = np.asarray(law.ppf(SHARES))
    check(
        law,
        points,
        *quadrature.chi_square_mixture(
            points, d, n - d + 1, lambda q: keep**2 * (0.7 / q + 0.05) + delta * keep * (0.05 + v)
        ),
    )
    assert_close(law.mean(), d * keep * (0.05 + v), FLOAT)  # 1 - delta of the source variance


# The integral takes longest at (3, 1), whose laws have the widest range: its lower rates wait for the slow tests.
EMPIRICAL = [
    pytest.param(n, d, t2, bits, marks=pytest.mark.slow if (n, d) == (3, 1) and bits != 4.0 else ())
    for n, d in ((3, 1), (12, 1), (7, 5), (80, 50), (2000, 500))
    for t2, bits in ((0.0, 0.3), (0.05, 1e-9), (0.05, 4.0))
]


@pytest.mark.parametrize(("n", "d", "t2", "bits"), EMPIRICAL)
def test_blind_empirical_risk_law_equals_its_integral(n: int, d: int, t2: float, bits: float) -> None:
    model, channel, delta, k = blind(n, d, t2, bits)
    law = compressed_empirical_risk_law(model, channel)
    points = np.asarray(law.ppf([1e-6, 0.5, 1 - 1e-3]))
    check(law, points, *quadrature.blind_empirical(points, n, d, 0.7, delta, k))
    exact = blind_channel_risks(n, d, 0.7, channel.rate_nats, signal_variance=t2).empirical_risk
    assert_close(law.mean(), exact, FLOAT)


@pytest.mark.parametrize(("n", "d"), [(4, 2), (7, 5), (9, 5)])
def test_blind_empirical_risk_law_keeps_its_digits_in_the_upper_tail(n: int, d: int) -> None:
    model, channel, delta, k = blind(n, d, 0.0, 1.0)
    law = compressed_empirical_risk_law(model, channel)
    points = np.asarray(law.ppf([1 - 1e-6]))
    assert_close(law.sf(points), quadrature.blind_empirical(points, n, d, 0.7, delta, k)[1], QUADRATURE)


@pytest.mark.parametrize(("n", "d"), [(2, 1), (6, 5), *SIZES])
@pytest.mark.parametrize("bits", BITS)
def test_aware_laws_equal_their_integrals(n: int, d: int, bits: float) -> None:
    model = LinearModel(n, d, 0.7)
    channel = AwareGaussianChannel.for_model(model, bits * d * np.log(2))
    law = compressed_empirical_risk_law(model, channel)
    points = np.asarray(law.ppf(SHARES))
    check(law, points, *quadrature.two_chi_squares(points, n - d, d, 0.7 / n, 4.0**-bits * 0.7 / n))
    assert_close(law.mean(), aware_channel_risks(n, d, 0.7, channel.rate_nats).empirical_risk, FLOAT)


@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 1), (6, 5), *SIZES])
@pytest.mark.parametrize("bits", [0.3, 4.0])
def test_aware_channel_shrinks_the_excess_risk_in_law(n: int, d: int, bits: float) -> None:
    model = LinearModel(n, d, 0.7)
    channel = AwareGaussianChannel.for_model(model, bits * d * np.log(2))
    shares = np.array([0.01, 0.5, 0.99])
    heights = (1 - 4.0**-bits) * (population_risk_law(model).ppf(shares) - 0.7)
    assert_close(compressed_population_risk_law(model, channel).cdf(0.7 + heights), shares, QUADRATURE)


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("n", "d", "t2", "bits"), [(9, 5, 0.0, 1.0), (9, 5, 0.3, 0.3), (12, 1, 0.1, 1.0)])
def test_blind_laws_hold_for_raw_data(n: int, d: int, t2: float, bits: float) -> None:
    model, channel, *_ = blind(n, d, t2, bits)
    trials = data_trials(model, [channel], 2000, rng=seeds.generator(21))
    assert_draws_follow(trials.compressed_population_risk[0], compressed_population_risk_law(model, channel).cdf)
    assert_draws_follow(trials.compressed_empirical_risk[0], compressed_empirical_risk_law(model, channel).cdf)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("n", [3, 4, 9])
def test_aware_laws_hold_for_raw_data_of_correlated_features(n: int) -> None:
    model = LinearModel(n, 3, 0.7, covariance=[[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 0.4]], weights=[1, -2, 3])
    channel = AwareGaussianChannel.for_model(model, 2.0)
    trials = data_trials(model, [channel], 2000, rng=seeds.generator(22))
    assert_draws_follow(trials.compressed_population_risk[0], compressed_population_risk_law(model, channel).cdf)
    assert_draws_follow(trials.compressed_empirical_risk[0], compressed_empirical_risk_law(model, channel).cdf)


@pytest.mark.monte_carlo
def test_codebook_radius_law_holds_for_raw_data() -> None:
    model, channel, *_ = blind(9, 5, 0.3, 0.5)
    rng = seeds.generator(23)
    data = model.draw(2000, rng=rng)
    weights = np.array([np.linalg.lstsq(X, y)[0] for X, y, _ in zip(*data, strict=True)])
    radius = (channel.compress(weights, rng=rng) ** 2).sum(axis=-1)
    assert_draws_follow(radius, codebook_radius_law(model, channel).cdf)


# ---- far tails and extreme units


@pytest.mark.parametrize(
    ("n", "d", "t2", "rate", "x"),
    [(80, 50, 0.02, 34.0, 30.0), (80, 50, 0.02, 34.0, 1e3), (12, 8, 0.0, 3.0, 1e12), (5, 2, 0.0, 1.0, 1e20)],
)
def test_far_tails_of_the_population_risk_equal_another_rule(n: int, d: int, t2: float, rate: float, x: float) -> None:
    """A power-law tail comes from tiny q: the nodes must reach far below the probability asked for."""
    model = LinearModel(n, d, signal_variance=t2)
    channel = BlindGaussianChannel.for_model(model, rate)
    nu, delta = n - d + 1, np.exp(-2 * rate / d)
    k = delta * (1 - delta) * channel.source_variance + delta**2 * t2
    log_q, widths = quadrature._legendre(np.arange(-np.log(x) - 20, 6, 0.125), 12)
    log_density = nu / 2 * (log_q - np.log(2)) - np.exp(log_q) / 2 - special.gammaln(nu / 2)
    above = special.gammaincc(d / 2, (x - 1) / ((1 - delta) ** 2 * np.exp(-log_q) + k) / 2)
    assert_close(
        compressed_population_risk_law(model, channel).sf(x), np.sum(widths * np.exp(log_density) * above), QUADRATURE
    )


def test_the_power_law_of_the_tail_has_its_constant() -> None:
    """``P(L > x) -> (keep^2 / x)^(nu/2) Gamma((d + nu)/2) / (Gamma(d/2) Gamma(nu/2 + 1))`` without a prior."""
    model = LinearModel(12, 8)
    law = compressed_population_risk_law(model, BlindGaussianChannel.for_model(model, 3.0))
    constant = special.gamma(6.5) / special.gamma(4) / special.gamma(3.5)
    assert_close(law.sf(1e14), (-np.expm1(-0.75)) ** 5 * 1e14**-2.5 * constant, 1e-9)


def test_tails_of_the_empirical_risk_keep_their_digits_with_finer_nodes() -> None:
    for n, d in ((5, 2), (12, 8)):
        model = LinearModel(n, d, signal_variance=0.3)
        channel = BlindGaussianChannel.for_model(model, 1.0)
        law = compressed_empirical_risk_law(model, channel)
        delta = channel.normalized_distortion
        k = delta * (1 - delta) * channel.source_variance + delta**2 * 0.3
        q, q_weights = chi_square_nodes(n, 0.12, upper_tail=1e-290)
        first, second, weights = beta_nodes((n - d) / 2, d / 2, 0.12)
        scales = (first + second * (delta**2 + k * q)[:, None]).ravel() / n
        fine = ChiSquareMixture(n, np.zeros(scales.size), scales, (weights * q_weights[:, None]).ravel(), 1.0)
        for x in (1.0, 20.0, 60.0):
            assert law.sf(x) > 1e-40
            assert_close(law.sf(x), fine.sf(x), QUADRATURE)


@pytest.mark.parametrize("s", [1e-300, 1e300])
def test_laws_have_quantiles_at_every_scale(s: float) -> None:
    model, unit = (LinearModel(5, 2, noise, signal_variance=noise) for noise in (s, 1.0))
    for law in (compressed_population_risk_law, compressed_empirical_risk_law, codebook_radius_law):
        for share in (1e-10, 0.999):
            found = law(model, BlindGaussianChannel.for_model(model, 1.0)).ppf(share) / s
            assert_close(found, law(unit, BlindGaussianChannel.for_model(unit, 1.0)).ppf(share), 1e-11)
    chance = improvement_probability(model, BlindGaussianChannel.for_model(model, 1.0))
    assert_close(chance, 0.3387754108294527, FLOAT)


# ---- limits


@pytest.mark.parametrize("t2", [0.0, 0.3])
def test_infinite_rate_returns_the_laws_of_least_squares(t2: float) -> None:
    model = LinearModel(20, 6, 0.7, signal_variance=t2)
    channel = BlindGaussianChannel.for_model(model, 1e5)
    for compressed, plain in (
        (compressed_population_risk_law(model, channel), population_risk_law(model)),
        (compressed_empirical_risk_law(model, channel), empirical_risk_law(model)),
    ):
        points = plain.ppf(SHARES)
        check(compressed, points, plain.cdf(points), plain.sf(points))
        assert_close(compressed.mean(), plain.mean(), FLOAT)


def test_infinite_rate_aware_returns_the_laws_of_least_squares() -> None:
    model = LinearModel(20, 6, 0.7)
    channel = AwareGaussianChannel.for_model(model, 1e5)
    points = population_risk_law(model).ppf(SHARES)
    assert_close(compressed_population_risk_law(model, channel).cdf(points), SHARES, QUADRATURE)
    points = empirical_risk_law(model).ppf(SHARES)
    assert_close(compressed_empirical_risk_law(model, channel).cdf(points), SHARES, QUADRATURE)


def test_infinite_rate_aware_at_as_many_samples_as_features_fits_perfectly() -> None:
    model = LinearModel(5, 5, 0.7)
    law = compressed_empirical_risk_law(model, AwareGaussianChannel.for_model(model, 1e4))
    with np.errstate(all="ignore"):
        assert law.cdf([0.0, 1.0]).tolist() == [1.0, 1.0]
        assert law.ppf(0.5) == 0.0


def test_rate_zero_has_the_law_of_the_prior_alone() -> None:
    model = LinearModel(20, 6, 0.7, signal_variance=0.3)
    channel = BlindGaussianChannel.for_model(model, 0.0)
    heights = np.array([0.1, 1.0, 5.0])
    law = compressed_population_risk_law(model, channel)
    below, above = quadrature.chi_square_mixture(heights, 6, 15, lambda q: 0.3 + 0 * q)
    check(law, 0.7 + heights, below, above)
    # the fixed weights c fit the data with variance 0.7 + 0.3 chi^2_6 in every sample
    law = compressed_empirical_risk_law(model, channel)
    check(law, heights, *quadrature.chi_square_mixture(heights, 20, 6, lambda b: (0.7 + 0.3 * b) / 20))
    assert codebook_radius_law(model, channel).ppf(0.99) == 0.0


def test_rate_zero_without_a_prior_is_the_true_model() -> None:
    model = LinearModel(20, 6, 0.7)
    for channel in (BlindGaussianChannel.for_model(model, 0.0), AwareGaussianChannel.for_model(model, 0.0)):
        assert compressed_population_risk_law(model, channel).ppf([0.0, 0.9]).tolist() == [0.7, 0.7]
        points = np.array([0.3, 0.7, 1.2])
        law = compressed_empirical_risk_law(model, channel)
        check(law, points, *quadrature.chi_square_mixture(points, 20, 1, lambda q: 0.7 / 20 + 0 * q))


# ---- refusals


def test_a_codebook_centred_elsewhere_is_refused() -> None:
    model = LinearModel(20, 2)
    off = [1.0, 0.0]
    for law in (compressed_population_risk_law, compressed_empirical_risk_law):
        for channel in (BlindGaussianChannel.for_model(model, 1.0, off), AwareGaussianChannel.for_model(model, 1.0, off)):
            assert_refused(lambda law=law, channel=channel: law(model, channel), "centred at", error=UnsupportedModelError)  # type: ignore[misc]
    prior = LinearModel(20, 2, signal_variance=0.1)
    call = lambda: compressed_population_risk_law(prior, AwareGaussianChannel.for_model(prior, 1.0))  # noqa: E731
    assert_refused(call, "simulate it", error=UnsupportedModelError)


MODEL = LinearModel(80, 50)
CORRELATED = LinearModel(20, 3, covariance=[1.0, 2.0, 3.0])
MISMATCHED = [
    lambda: codebook_radius_law(CORRELATED, BlindGaussianChannel.for_model(CORRELATED, 2.0)),
    lambda: compressed_population_risk_law(MODEL, BlindGaussianChannel(2.0, np.zeros(50), 5.0)),
    lambda: compressed_population_risk_law(MODEL, AwareGaussianChannel(2.0, np.zeros(50), 5.0)),
    lambda: compressed_empirical_risk_law(MODEL, AwareGaussianChannel(2.0, np.zeros(50), 1.0, signal_variance=0.3)),
]


@pytest.mark.parametrize("call", MISMATCHED)
def test_a_law_that_does_not_hold_is_refused(call: object) -> None:
    assert callable(call)
    with pytest.raises(UnsupportedModelError):
        call()


@pytest.mark.parametrize(("n", "d"), SIZES)
@pytest.mark.parametrize("t2", [0.0, 0.05])
@pytest.mark.parametrize("bits", BITS)
def test_improvement_probability_equals_its_integral(n: int, d: int, t2: float, bits: float) -> None:
    """Eigenvalues of the 2 x 2 form by LAPACK, an F law by scipy, and another quadrature over q."""
    model, channel, delta, k = blind(n, d, t2, bits)
    keep = 1 - delta

    def given(q: float) -> float:
        s = 0.7 / q
        root = np.array([[np.sqrt(k), 0.0], [keep * np.sqrt(s), np.sqrt(s)]])  # rows: independent parts of the pair
        low, high = np.linalg.eigvalsh(root @ np.diag([1.0, -1.0]) @ root.T)
        return float(stats.f.cdf(-low / high, d, d))

    expected = quadrature.expect(np.vectorize(given), n - d + 1)
    # an eigenvalue of the form loses digits where its two squares nearly cancel
    tolerance = 1e-7 if bits < 1e-3 else QUADRATURE
    found = improvement_probability(model, channel)
    if expected < 1e-20:
        assert found < 1e-20
    else:
        assert_close(found, expected, tolerance)


def test_improvement_at_the_ends_of_the_rate() -> None:
    model = LinearModel(80, 50, signal_variance=0.02)
    assert improvement_probability(model, BlindGaussianChannel.for_model(model, 1e6)) == 0.5
    assert abs(improvement_probability(model, BlindGaussianChannel.for_model(model, 1000.0)) - 0.5) < 1e-6
    oracle = LinearModel(80, 50)
    assert improvement_probability(oracle, BlindGaussianChannel.for_model(oracle, 0.0)) == 1.0
    # at rate zero the weights become the centre: |w* - c|^2 < |W - w*|^2
    expected = quadrature.expect(np.vectorize(lambda q: stats.f.cdf(1 / q / 0.02, 50, 50)), 31)
    assert_close(improvement_probability(model, BlindGaussianChannel.for_model(model, 0.0)), expected, QUADRATURE)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("t2", [0.0, 0.02, 0.1])
def test_raw_data_improve_as_often(t2: float) -> None:
    model = LinearModel(30, 12, signal_variance=t2)
    channel = BlindGaussianChannel.for_model(model, 8.0)
    share = {"share": lambda t: (t.compressed_population_risk[0] < t.population_risk).astype(float)}
    found = simulate(model, [channel], 4_000, seed=seeds.number(11), statistics=share)
    assert_mean(found.statistics["share"], improvement_probability(model, channel))


def test_improvement_is_refused_where_its_law_is_not_known() -> None:
    model = LinearModel(9, 2, covariance=np.diag([1.0, 2.0]))
    channel = BlindGaussianChannel.for_model(model, 2.0)
    assert_refused(lambda: improvement_probability(model, channel), "identity", error=UnsupportedModelError)
