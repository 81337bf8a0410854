"""Donsker-Varadhan bounds against integrals and sums over codewords that share no trick with them; and the truth."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special, stats
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from linreg_compress.bounds.chi_square import chi_square_bound
from linreg_compress.bounds.donsker_varadhan import (
    centred_donsker_varadhan_bound,
    donsker_varadhan_bound,
    random_design_bound,
)
from linreg_compress.bounds.information import aware_channel_information
from linreg_compress.bounds.mixed_cumulant import design_cumulant, quantizer_cumulant
from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.compression.scalar.uniform import UniformQuantizer, limited_uniform
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from tests import quadrature
from tests.bounds.extremes import smallest_ratio
from tests.compare import assert_close, assert_refused

INTEGRAL = 1e-7
Log = Callable[[float], float]


def least(n: int, information: float, log_average: Log, mean: float) -> float:
    """``mean - sup_lambda -(I + ln E) / (n lambda)``, by a grid and golden sections in ln lambda."""

    def at(x: float) -> float:
        return (information + log_average(float(np.exp(x)))) / (n * np.exp(x))

    grid = np.linspace(-10, 6, 33) - np.log(mean)
    best = int(np.argmin([at(x) for x in grid]))
    assert 0 < best < 32
    return float(mean + minimize_scalar(at, bracket=tuple(grid[best - 1 : best + 2]), tol=1e-10).fun)


@pytest.mark.parametrize(
    ("n", "d", "bits"), [(3, 1, 1.0), (12, 1, 0.1), (12, 5, 2.0), (52, 50, 0.4), (80, 50, 1.0), (300, 20, 0.5)]
)
def test_gaussian_code_equals_an_integral_over_the_codeword(n: int, d: int, bits: float) -> None:
    """Over q and |What - w*|^2, with no chi-square of n degrees of freedom."""
    model = LinearModel(n, d, 0.7)
    rate = bits * d * np.log(2)
    q, q_mass = quadrature.nodes(n - d + 1)
    x, x_mass = quadrature.nodes(d)
    delta = np.exp(-2 * rate / d)
    keep = 1 - delta
    mass = (q_mass[:, None] * x_mass).ravel()
    for blind in (True, False):
        spread = keep**2 * 0.7 / q + delta * keep * model.weight_variance if blind else keep * 0.7 / q
        s = 0.7 + (spread[:, None] * x).ravel()
        if blind:
            found = donsker_varadhan_bound(model, BlindGaussianChannel.for_model(model, rate), rate).value
            information = rate
        else:
            channel = AwareGaussianChannel.for_model(model, rate)
            information = aware_channel_information(model, channel)
            found = random_design_bound(model, channel, information).value

        def log_average(lam: float, s: Any = s) -> float:
            return float(special.logsumexp(-n / 2 * np.log1p(2 * lam * s), b=mass))

        mean = 0.7 + d * keep * model.weight_variance
        assert_close(found, min(least(n, information, log_average, mean), mean), INTEGRAL)


@pytest.mark.parametrize("signal", [0.003, 0.1, 2.0])
def test_prior_and_offset_equal_an_integral_over_one_weight(signal: float) -> None:
    n, rate = 12, 0.9
    q, q_mass = quadrature.nodes(n)
    delta = np.exp(-2 * rate)
    keep = 1 - delta

    def average(offset: float, variance: float) -> Log:
        spread = np.sqrt(keep**2 / q + delta * keep * variance)[:, None]
        z, step = np.linspace(-9, 9, 160, retstep=True)
        mass = q_mass[:, None] * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * step
        s = 1 + (spread * z - delta * offset) ** 2
        return lambda lam: float(special.logsumexp(-n / 2 * np.log1p(2 * lam * s), b=mass))

    fixed = LinearModel(n, 1, weights=[np.sqrt(signal)])
    channel = BlindGaussianChannel.for_model(fixed, rate, [0.0])
    mean = float(risks(fixed, channel).population_risk)
    expected = least(n, rate, average(np.sqrt(signal), channel.source_variance), mean)
    assert_close(donsker_varadhan_bound(fixed, channel, rate).value, min(expected, mean), INTEGRAL)

    prior = LinearModel(n, 1, signal_variance=signal)
    x, weights = np.polynomial.hermite_e.hermegauss(24)
    parts = [average(np.sqrt(signal) * each, channel.source_variance) for each in x[12:]]
    shares = 2 * weights[12:] / weights.sum()

    def mixed(lam: float) -> float:
        return sum(share * part(lam) for share, part in zip(shares, parts, strict=True))

    found = donsker_varadhan_bound(prior, BlindGaussianChannel.for_model(prior, rate), rate).value
    assert_close(found, min(least(n, rate, mixed, mean), mean), INTEGRAL)


FIXED: list[tuple[LinearModel, CellQuantizer]] = [
    (LinearModel(3, 1), CellQuantizer(np.array([-0.5, 0.5]), np.array([0.0]))),
    (LinearModel(9, 1, 0.5, weights=[0.3]), limited_uniform(0.3, 5)),
    (LinearModel(9, 3, weights=[0.3, 0.3, -0.1]), limited_uniform(0.4, 4)),
    (LinearModel(30, 4), lloyd_max(source_for(LinearModel(30, 4)), 4)),
    (LinearModel(9, 3, weights=[0.3, 0.3, -0.1]), CellQuantizer(np.array([-1.0, 0.2, 2.0]), np.array([0.0, 0.4]))),
]


def codebook(model: LinearModel, quantizer: CellQuantizer) -> tuple[Any, Any]:
    """s(w) and the probability of every codeword."""
    q, mass = quadrature.nodes(model.degrees_of_freedom)
    edges = np.concatenate([[-np.inf], quantizer.thresholds, [np.inf]])
    cells = [
        np.diff(stats.norm.cdf((edges - mean) * np.sqrt(q / model.noise_variance)[:, None])) for mean in model.mean_weights
    ]
    scales, chances = [], []
    for word in itertools.product(range(quantizer.levels.size), repeat=model.features):
        scales.append(model.noise_variance + np.sum((quantizer.levels[list(word)] - model.mean_weights) ** 2))
        chances.append(float(mass @ np.prod([cell[:, k] for cell, k in zip(cells, word, strict=True)], axis=0)))
    return np.array(scales), np.array(chances)


@pytest.mark.parametrize(("model", "quantizer"), FIXED)
@pytest.mark.parametrize("information", [0.01, 0.8, 3.0])
def test_quantizers_equal_a_sum_over_all_codewords(
    model: LinearModel, quantizer: CellQuantizer, information: float
) -> None:
    n = model.samples
    s, chance = codebook(model, quantizer)
    mean = float(chance @ s)

    def uncentred(lam: float) -> float:
        return float(special.logsumexp(-n / 2 * np.log1p(2 * lam * s), b=chance))

    def centred(lam: float) -> float:
        return float(special.logsumexp(n * (lam * s - np.log1p(2 * lam * s) / 2), b=chance))

    expected = min(least(n, information, uncentred, mean), mean)
    assert_close(donsker_varadhan_bound(model, quantizer, information).value, expected, INTEGRAL)
    # the centred one has no mean to subtract from
    expected = least(n, information, lambda lam: centred(lam) - n * lam * mean, mean)
    assert_close(centred_donsker_varadhan_bound(model, quantizer, information).value, expected, INTEGRAL)


def test_quantizer_under_a_prior_equals_an_integral_over_the_true_weight() -> None:
    n, tau = 9, 0.4
    model = LinearModel(n, 1, 0.5, signal_variance=tau**2)
    quantizer = limited_uniform(0.3, 5)
    w, step = np.linspace(-9 * tau, 9 * tau, 4001, retstep=True)
    density = stats.norm.pdf(w, scale=tau) * step
    edges = np.concatenate([[-np.inf], quantizer.thresholds, [np.inf]])
    chance = np.diff(stats.t.cdf((edges - w[:, None]) / np.sqrt(0.5 / n), n)) * density[:, None]
    s = 0.5 + (quantizer.levels - w[:, None]) ** 2
    mean = float(np.sum(chance * s))

    def log_average(lam: float) -> float:
        return float(special.logsumexp(-n / 2 * np.log1p(2 * lam * s), b=chance))

    found = donsker_varadhan_bound(model, quantizer, 0.7).value
    assert_close(found, min(least(n, 0.7, log_average, mean), mean), INTEGRAL)


def centred_average(n: int, lam: float) -> float:
    """``ln E exp(n psi_s(lambda))`` for one weight, levels +-1, tau^2 = 0.3, sigma = 1, by adaptive quadrature."""

    def integrand(w: float, level: float) -> float:
        chance = special.stdtr(n, level * w * np.sqrt(n)) / np.sqrt(0.6 * np.pi)
        s = 1 + (level - w) ** 2
        return float(chance * np.exp(-w * w / 0.6 + n * (lam * s - np.log1p(2 * lam * s) / 2)))

    edges = (-30.0, -4.0, -1.0, 0.0, 1.0, 4.0, 30.0)
    pieces = itertools.product(itertools.pairwise(edges), (-1.0, 1.0))
    return float(np.log(sum(quad(integrand, a, b, (level,), epsabs=0, epsrel=1e-11)[0] for (a, b), level in pieces)))


def test_the_centred_bound_under_a_prior_is_finite() -> None:
    """n = 20, levels +-1, tau^2 = 0.3: 0.6042663951 at lambda = 0.08, and less up to the end 1 / 12."""
    model, sign = LinearModel(20, 1, signal_variance=0.3), CellQuantizer(np.array([-1.0, 1.0]), np.array([0.0]))
    mixed = quantizer_cumulant(model, sign, centred=True)
    for lam in (0.001, 0.03, 0.08):
        assert_close(mixed.cumulant(lam), centred_average(20, lam), 1e-9)
    assert_close((np.log(2) + mixed.cumulant(0.08)) / (20 * 0.08), 0.6042663951, 1e-9)
    assert_close(mixed.largest, 1 / 12, 1e-6)
    assert mixed.cumulant(1 / 12) == np.inf
    found = centred_donsker_varadhan_bound(model, sign, np.log(2)).value
    assert_close(found, (np.log(2) + mixed.cumulant(mixed.largest * (1 - 1e-9))) / (20 * mixed.largest), 1e-6)
    truth = scalar_quantizer_risks(model, sign).generalization_error
    assert_close(truth, 0.1400902068, 1e-9)
    assert truth < found
    # where it costs little information the least value lies inside, and is what another search finds
    at = [(0.01 + centred_average(20, lam)) / (20 * lam) for lam in np.exp(np.linspace(-4.2, -3.0, 7))]
    assert centred_donsker_varadhan_bound(model, sign, 0.01).value <= min(at) * (1 + 1e-9)
    assert centred_donsker_varadhan_bound(model, sign, 0.01).value >= min(at) * (1 - 1e-2)


def test_a_prior_too_wide_for_its_nodes_is_refused() -> None:
    wide = LinearModel(1000, 1, 1e-6, signal_variance=1e9)
    call = lambda: donsker_varadhan_bound(wide, limited_uniform(1e3, 300), 1.0)  # noqa: E731
    assert_refused(call, "needs", "nodes a weight", error=UnsupportedModelError)


@pytest.mark.parametrize(("step", "signal"), [(0.4, 0.0), (0.4, 0.05), (3.0, 0.0), (3.0, 0.05), (0.05, 0.05)])
def test_a_uniform_quantizer_equals_one_with_very_many_levels(step: float, signal: float) -> None:
    model = LinearModel(30, 5, signal_variance=signal)
    uniform = donsker_varadhan_bound(model, UniformQuantizer(step), 4.0).value
    limited = donsker_varadhan_bound(model, limited_uniform(step, 401), 4.0).value
    assert_close(uniform, limited, INTEGRAL)


@pytest.mark.parametrize(("deviations", "signal"), [(0.01, 0.0), (0.05, 0.01)])
def test_grouped_cells_of_a_fine_quantizer_only_raise_the_bound(deviations: float, signal: float) -> None:
    """A group stands at its level nearest to the truth, and what E s loses so is added; without that it is too small."""
    model = LinearModel(30, 5, signal_variance=signal)
    step = deviations * float(np.sqrt(model.weight_variance + signal))
    exact = donsker_varadhan_bound(model, limited_uniform(step, int(24 / deviations) + 1), 4.0).value
    grouped = donsker_varadhan_bound(model, UniformQuantizer(step), 4.0).value
    assert exact * (1 - 1e-9) <= grouped <= 1.05 * exact


def random_model(rng: np.random.Generator, prior: bool) -> LinearModel:
    d = int(np.exp(rng.uniform(0, 5)))
    n = d + 2 + int(np.exp(rng.uniform(0, 6)) - 1)
    noise = float(10 ** rng.uniform(-2, 2))
    signal = LinearModel(n, d, noise).weight_variance * float(10 ** rng.uniform(-2, 2)) if prior else 0.0
    return LinearModel(n, d, noise, signal_variance=signal)


def hold_for_gaussian_codes(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for index in range(count):
        model = random_model(rng, prior=index % 4 == 0)
        rate = float(10 ** rng.uniform(-6, 1) * model.features)
        channel = BlindGaussianChannel.for_model(model, rate)
        bound = donsker_varadhan_bound(model, channel, rate).value
        exact = risks(model, channel)
        assert exact.generalization_error <= bound <= exact.population_risk, model
        if model.signal_variance == 0:
            aware = AwareGaussianChannel.for_model(model, rate)
            bound = random_design_bound(model, aware, aware_channel_information(model, aware)).value
            exact = risks(model, aware)
            assert exact.generalization_error <= bound <= exact.population_risk, model


def hold_for_quantizers(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for index in range(count):
        model = random_model(rng, prior=index % 4 == 0)
        deviation = np.sqrt(model.signal_variance + model.noise_variance / model.degrees_of_freedom)
        quantizer = limited_uniform(float(deviation * 10 ** rng.uniform(-1, 0.5)), int(rng.integers(2, 9)))
        information = scalar_quantizer_entropy(model, quantizer)
        truth = scalar_quantizer_risks(model, quantizer).generalization_error
        slack = 1e-9 * model.noise_variance  # of the quadrature
        assert truth <= donsker_varadhan_bound(model, quantizer, information).value + slack, model
        if model.signal_variance == 0:
            scale = model.noise_variance + model.features * float(np.max(quantizer.levels**2))
            centred = centred_donsker_varadhan_bound(model, quantizer, information).value
            chi_square = chi_square_bound(model.samples, information, scale).value
            sub_gaussian = sub_gaussian_bound(model.samples, information, scale).value
            assert truth <= centred + slack
            assert centred <= chi_square * (1 + 1e-9)
            assert chi_square <= min(sub_gaussian, scale) * (1 + 1e-12)


def test_the_truth_is_below_donsker_varadhan_for_gaussian_codes() -> None:
    hold_for_gaussian_codes(100, 1)


def test_the_truth_is_below_centred_is_below_chi_square_is_below_sub_gaussian_for_quantizers() -> None:
    hold_for_quantizers(70, 2)


def test_no_bound_is_below_the_truth_out_to_the_extremes() -> None:
    assert smallest_ratio(5, 20, 12) > 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 30))
def test_no_bound_is_below_the_truth_at_twenty_thousand_points(seed: int) -> None:
    assert smallest_ratio(seed, 700, 300) > 1


def test_the_uncentred_bound_can_be_above_the_chi_square_form() -> None:
    """No order is promised there: 1000 samples, 100 weights of four levels, one of them rare and far."""
    model = LinearModel(1000, 2)
    quantizer = CellQuantizer(np.array([-0.01, 0.01, 2.0]), np.array([0.0, 0.02]))
    scale = 1 + 2 * 4.0
    above = [
        donsker_varadhan_bound(model, quantizer, i).value > chi_square_bound(1000, i, scale).value
        for i in (1e-9, 0.05, 1.0)
    ]
    assert any(above)


def test_the_rate_does_not_bound_the_random_design_error_of_the_aware_code() -> None:
    """The counter-example of theory.md, section 8: n = 66, d = 60, R = 1."""
    model = LinearModel(66, 60)
    channel = AwareGaussianChannel.for_model(model, 1.0)
    truth = float(risks(model, channel).generalization_error)
    mixed = design_cumulant(model, 1 - channel.normalized_distortion)
    wrong = minimize_scalar(
        lambda x: (1.0 + mixed.cumulant(np.exp(x))) / (66 * np.exp(x)), bounds=(-5, 5), method="bounded"
    ).fun
    assert round(wrong, 4) == 0.3995  # 0.39955: with the rate in place of the information
    assert round(truth, 4) == 0.4232
    assert wrong < truth
    assert_refused(lambda: random_design_bound(model, channel, 1.0), "R + I(X; What) = 50.5739", "same-inputs")
    assert random_design_bound(model, channel, aware_channel_information(model, channel)).value > truth
    code: Any = channel
    assert_refused(
        lambda: donsker_varadhan_bound(model, code, 1.0), "design-aware code has more", error=UnsupportedModelError
    )


def test_what_is_infinite_says_so() -> None:
    with pytest.warns(RuntimeWarning, match="without a largest level") as caught:
        assert centred_donsker_varadhan_bound(LinearModel(9, 3), UniformQuantizer(0.1), 1.0).value == np.inf
    assert caught[0].filename == __file__  # the caller's line


def test_extreme_information_gives_the_trivial_bounds() -> None:
    model = LinearModel(9, 3)
    channel = BlindGaussianChannel.for_model(model, 3.0)
    risk = float(risks(model, channel).population_risk)
    assert donsker_varadhan_bound(model, channel, 0.0).value == 0
    assert_close(donsker_varadhan_bound(model, channel, 1e6).value, risk, 1e-12)
    sign = CellQuantizer(np.array([-0.5, 0.5]), np.array([0.0]))
    assert_close(centred_donsker_varadhan_bound(model, sign, 1e6).value, 1.75, 1e-12)
    tiny = donsker_varadhan_bound(model, channel, 1e-12).value
    assert 0 < tiny < 1e-5


def test_bad_input_is_refused() -> None:
    model = LinearModel(9, 3)
    channel = BlindGaussianChannel.for_model(model, 3.0)
    assert_refused(
        lambda: donsker_varadhan_bound(model, channel, -1.0), "information_nats must be zero or positive; got -1.0"
    )
    skewed = LinearModel(9, 3, covariance=[1.0, 2.0, 3.0])
    other = BlindGaussianChannel.for_model(skewed, 3.0)
    assert_refused(lambda: donsker_varadhan_bound(skewed, other, 1.0), "identity covariance", error=UnsupportedModelError)
    shifted = LinearModel(9, 3, signal_variance=0.2, weights=[1.0, 0.0, 0.0])
    away = BlindGaussianChannel.for_model(shifted, 3.0, np.zeros(3))
    assert_refused(lambda: donsker_varadhan_bound(shifted, away, 1.0), "codebook's centre", error=UnsupportedModelError)
