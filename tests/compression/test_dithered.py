"""Subtractive dither: rate by another integral, the 0.2546 bit, and the risks of the Gaussian channel of the same delta."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compression.dithered import DitheredUniform, dithered_rate_nats
from linreg_compress.compression.scalar.entropy_constrained import entropy_constrained
from linreg_compress.compression.scalar.sources import (
    LaplaceSource,
    NormalSource,
    StudentTSource,
    SymmetricSource,
    source_for,
    squared_error,
)
from linreg_compress.errors import LinregCompressError, UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate
from tests import seeds
from tests.compare import assert_close, assert_draws_follow, assert_equals_reference, assert_mean, assert_refused
from tests.references import mp
from tests.tolerances import FLOAT, QUADRATURE

GAP = float(np.log2(2 * np.pi * math.e / 12)) / 2  # 0.2546 bit
SOURCES: list[SymmetricSource] = [
    NormalSource(0.0, 4.0),
    LaplaceSource(),
    StudentTSource(3.0, 2.0),
    StudentTSource(31.0, 1 / np.sqrt(31)),
]
MODELS = [LinearModel(80, 50), LinearModel(4, 2, 0.3), LinearModel(30, 10, 2.0, signal_variance=0.3)]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("step", [0.1, 1.0, 3.0, 10.0, 100.0])
def test_rate_equals_an_adaptive_integral(source: SymmetricSource, step: float) -> None:
    half = step * source.scale / 2

    def cost(y: float) -> float:
        cells = source.moments(np.array([y - half, y + half])).probability
        outside = float(cells[0] + cells[2])
        log = np.log1p(-outside) if outside < 0.5 else np.log(max(float(cells[1]), 1e-300))
        return -float(cells[1]) * float(log)

    marks = {
        abs(half + k * source.scale) for k in (-30, -10, -4, -2, -1, -0.3, 0, 0.3, 1, 2, 4, 10, 30, 100, 1e3, 1e4, 1e6)
    }
    edges = [0.0, *sorted(marks)]
    total = sum(quad(cost, a, b, epsabs=0, epsrel=1e-11, limit=500)[0] for a, b in itertools.pairwise(edges))
    assert_close(dithered_rate_nats(source, step * source.scale), total / half, QUADRATURE)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("step", [0.3, 4.0])
def test_rate_of_a_normal_weight_equals_40_digits_at_any_scale(scale: float, step: float) -> None:
    half = mp.mpf(step) / 2

    def cost(y: Any) -> Any:
        p = mp.ncdf(y + half) - mp.ncdf(y - half)
        return -p * mp.log(p)

    exact = 2 * mp.quad(cost, [0, half, half + 2, half + 5, half + 9, half + 14]) / step
    found = dithered_rate_nats(NormalSource(0.0, scale**2), step * scale)
    assert assert_equals_reference([found], [exact], tolerance=1e-12) == 1


@given(index=st.integers(0, 3), log_step=st.floats(-6, 6))
def test_never_more_than_0_2546_bit_above_the_gaussian_rate_distortion_function(index: int, log_step: float) -> None:
    source = SOURCES[index]
    step = source.scale * 10**log_step
    noise = step**2 / 12
    gaussian = np.log1p(source.variance / noise) / 2  # R(D) at the distortion V noise / (V + noise)
    rate = dithered_rate_nats(source, step)
    assert 0 < rate <= gaussian + GAP * np.log(2) + 1e-9
    if isinstance(source, NormalSource):
        assert rate >= gaussian * (1 - 1e-9)
    # and never below the entropy-power inequality's value
    assert rate >= np.log1p(np.exp(2 * source.differential_entropy) / step**2) / 2 * (1 - 1e-9)


def test_against_the_best_code_of_t_weights_the_gap_is_larger() -> None:
    """The 0.2546 bit is against the Gaussian formula: a scalar code of 3-degree t weights is nearer to their own limit."""
    model = LinearModel(3, 1)
    dithered, source = DitheredUniform.for_model(model, bits_per_weight=1.0), source_for(model)
    better = entropy_constrained(source, 0.6810)
    assert squared_error(source, better) < dithered.normalized_distortion * source.variance
    assert GAP < 1.0 - 0.6810
    assert -np.log2(dithered.normalized_distortion) / 2 > 1.0 - GAP  # while the theorem holds


def test_under_a_prior_the_rate_is_that_of_a_normal_law() -> None:
    """The weights are a normal mixture: their own I(W; W + N) is another number, on either side of the rate stated."""
    few = DitheredUniform.for_model(LinearModel(5, 2, signal_variance=0.25), bits_per_weight=2.0)
    assert_close(few.rate_nats / 2, dithered_rate_nats(NormalSource(0.0, 0.75), few.step), FLOAT)
    assert abs(_mixture_rate(5 - 2 + 1, 0.25, few.step) - 1.359833) < 1e-6  # by another program
    assert _mixture_rate(5 - 2 + 1, 0.25, few.step) < few.rate_nats / 2
    wide = DitheredUniform.for_model(LinearModel(12, 3, signal_variance=0.0125), step=20 * float(np.sqrt(0.1375)))
    assert _mixture_rate(12 - 3 + 1, 0.0125, wide.step) > wide.rate_nats / 3


def _mixture_rate(freedom: int, signal: float, step: float) -> float:
    """I(W; W + N) of a normal weight of variance signal + 1 / q, q chi-square, N uniform over a step."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    z = 9 * nodes
    q = np.where(z > 0, stats.chi2.isf(stats.norm.sf(z), freedom), stats.chi2.ppf(stats.norm.cdf(z), freedom))
    spread, weights = np.sqrt(signal + 1 / q), weights * 9 * stats.norm.pdf(z)

    def cost(y: float) -> float:
        low, high = (float(weights @ stats.norm.sf(edge / spread)) for edge in (abs(y - step / 2), y + step / 2))
        if y < step / 2:
            return -(1 - low - high) * float(np.log1p(-low - high))
        return -(low - high) * float(np.log(low - high)) if low > high else 0.0

    scale = float(np.sqrt(signal + 1 / (freedom - 2)))
    edges = sorted({0.0, *(abs(step / 2 + k * scale) for k in (-10, -4, -2, -1, -0.3, 0, 0.3, 1, 2, 4, 10, 30, 100))})
    return 2 * sum(quad(cost, a, b, epsrel=1e-9, limit=300)[0] for a, b in itertools.pairwise(edges)) / step


@pytest.mark.parametrize("source", SOURCES)
def test_rate_falls_with_the_step(source: SymmetricSource) -> None:
    rates = [dithered_rate_nats(source, source.scale * step) for step in np.geomspace(1e-6, 1e6, 61)]
    assert (np.diff(rates) < 0).all()
    assert_close(rates[0], source.differential_entropy - np.log(1e-6 * source.scale), 1e-9)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("bits", [1e-4, 0.5, 2.0, 8.0, 25.0])
def test_step_for_a_rate(model: LinearModel, bits: float) -> None:
    channel = DitheredUniform.for_model(model, bits_per_weight=bits)
    assert_close(channel.rate_nats, model.features * bits * np.log(2), 1e-9)
    again = DitheredUniform.for_model(model, step=channel.step)
    assert again.rate_nats == channel.rate_nats
    noise = channel.step**2 / 12
    variance = model.signal_variance + model.weight_variance
    assert_close(channel.normalized_distortion, noise / (variance + noise), FLOAT)
    assert_close(channel.normalized_distortion + channel.kept_fraction, 1.0, FLOAT)


@pytest.mark.monte_carlo
def test_error_is_uniform_and_independent_of_the_weights() -> None:
    channel = DitheredUniform(0.7, np.zeros(2), NormalSource())
    weights = np.tile([0.1, -123.4], (20_000, 1))
    found = channel.compress(weights, rng=seeds.generator(2))
    error = found / channel.kept_fraction - weights
    for column in error.T:
        assert_draws_follow(column, lambda x: np.clip(np.asarray(x) / 0.7 + 0.5, 0, 1))


@pytest.mark.monte_carlo
@pytest.mark.parametrize("model", [LinearModel(20, 8), LinearModel(20, 8, 0.5, signal_variance=0.1)])
@pytest.mark.parametrize("bits", [0.5, 2.0])
def test_risks_are_those_of_the_gaussian_channel_of_the_same_distortion(model: LinearModel, bits: float) -> None:
    """Mean risks need the first two moments of the channel alone, and those agree."""
    channel = DitheredUniform.for_model(model, bits_per_weight=bits)
    rate = -model.features / 2 * np.log(channel.normalized_distortion)
    exact = blind_channel_risks(
        model.samples, model.features, model.noise_variance, rate, signal_variance=model.signal_variance
    )
    assert rate <= channel.rate_nats <= rate + model.features * GAP * np.log(2)
    assert_close(exact.normalized_distortion, channel.normalized_distortion, FLOAT)
    found = simulate(model, [channel], 30_000, seed=seeds.number(11)).compressed[0]
    assert_mean(found.distortion, float(exact.distortion))
    assert_mean(found.population_risk_change, float(exact.population_risk_change))
    assert_mean(found.generalization_error, float(exact.generalization_error))


def test_first_two_moments_are_those_of_the_gaussian_channel() -> None:
    """Exactly: ``E = a w`` and variance ``a^2 H^2 / 12 = delta (1 - delta) V``, whatever w is."""
    channel = DitheredUniform.for_model(LinearModel(80, 50), bits_per_weight=1.3)
    a, delta = channel.kept_fraction, channel.normalized_distortion
    assert_close(a**2 * channel.step**2 / 12, delta * (1 - delta) * channel.source.variance, FLOAT)
    dither = (np.arange(100_000) + 0.5) / 100_000 - 0.5  # the average over the dither by the midpoint rule
    for w in (0.0, 0.123, -7.7):
        error = channel.step * (np.rint(w / channel.step + dither) - dither) - w
        assert abs(error.mean()) < 1e-4 * channel.step
        assert_close(error.var(), channel.step**2 / 12, 1e-4)


def test_ends() -> None:
    model = LinearModel(30, 10, weights=np.full(10, 0.4))
    weights = seeds.generator(0).standard_normal((3, 10))
    nothing = DitheredUniform.for_model(model, bits_per_weight=0)
    found = nothing.compress(weights, rng=seeds.generator(1))
    assert (found == 0.4).all()
    assert nothing.rate_nats == 0.0
    assert (nothing.normalized_distortion, nothing.kept_fraction) == (1.0, 0.0)
    everything = DitheredUniform.for_model(model, bits_per_weight=30)
    assert np.abs(everything.compress(weights, rng=seeds.generator(1)) - weights).max() < 1e-8


def test_another_center_widens_the_source() -> None:
    model = LinearModel(30, 10, weights=np.full(10, 0.4))
    channel = DitheredUniform.for_model(model, step=0.5, center=np.zeros(10))
    assert_close(channel.source.variance, 0.16 + 1 / 19, FLOAT)
    assert isinstance(channel.source, NormalSource)
    assert isinstance(DitheredUniform.for_model(model, step=0.5).source, StudentTSource)


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: DitheredUniform.for_model(LinearModel(9, 2)), "missing: use bits_per_weight=, rate_nats= or step="),
    (
        lambda: DitheredUniform.for_model(LinearModel(9, 2), step=1.0, bits_per_weight=1.0),
        "use either step= or a rate, bits_per_weight= or rate_nats=, not both",
    ),
    (lambda: DitheredUniform.for_model(LinearModel(9, 2), step=0.0), "step must be positive; got 0.0"),
    (
        lambda: DitheredUniform.for_model(LinearModel(9, 2), bits_per_weight=-1.0),
        "bits_per_weight must be zero or positive; got -1.0",
    ),
    (
        lambda: DitheredUniform.for_model(LinearModel(9, 2), bits_per_weight=31.0),
        "bits_per_weight must be at most 30; got 31.0",
    ),
    (
        lambda: DitheredUniform.for_model(LinearModel(9, 2), bits_per_weight=1.0, center=[0.0]),
        "center must hold one number a feature, 2",
    ),
    (lambda: dithered_rate_nats(NormalSource(), -1.0), "step must be positive; got -1.0"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    assert_refused(call, message, error=LinregCompressError)


def test_the_older_name_of_the_rate_answers_with_a_warning() -> None:
    model = LinearModel(9, 2)
    with pytest.warns(DeprecationWarning, match="bits= is now bits_per_weight="):
        old = DitheredUniform.for_model(model, bits=1.5)
    assert old.step == DitheredUniform.for_model(model, bits_per_weight=1.5).step


def test_weights_of_infinite_variance_are_refused() -> None:
    assert_refused(lambda: DitheredUniform.for_model(LinearModel(6, 5), bits_per_weight=1.0), error=UnsupportedModelError)
