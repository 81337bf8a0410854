"""Linear channels: 40 digits, their special cases, every scale, and raw data."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.criterion import compression_criterion
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compressed_risk.linear_channel import linear_channel_risks
from linreg_compress.compressed_risk.record import VALUES
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.linear_channel import LinearChannel
from linreg_compress.compression.scalar.sources import LaplaceSource
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.risk import least_squares_risks
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate
from tests import grids, seeds
from tests.compare import assert_close, assert_equals_reference, assert_mean, assert_refused
from tests.references import mp
from tests.tolerances import FLOAT, QUADRATURE

KEPT = (1.0, 0.0, 0.5, 0.75, 1 - 2.0**-20, -0.25, 1.5)
ADDED = (0.0, 1e-12, 0.01, 3.0)
POINTS = [
    (n, d, s2, a, x, t) for n, d in grids.SIZES for s2 in (1e-12, 0.3) for a in KEPT for x in ADDED for t in (0.0, 0.02)
]


def test_every_field_equals_40_digits() -> None:
    exact: dict[str, list[object]] = {name: [] for name in VALUES}
    size: dict[str, list[object]] = {name: [] for name in VALUES}
    for n, d, s2, kept, added, signal in POINTS:
        a, x, t, noise = mp.mpf(kept), mp.mpf(added), mp.mpf(signal), mp.mpf(s2)
        v = noise / (n - d - 1)
        # the error of a weight is a u - (1 - a)(w* - c) + N, its change (1 - a)(c - w* - u) + N; E u^T G u = d sigma^2
        excess = d * (a * a * v + (1 - a) ** 2 * t + x)
        distortion = d * ((1 - a) ** 2 * t + x) + (1 - a) ** 2 * d * noise / n
        empirical = noise * (n - d) / n + distortion
        values = {
            "empirical_risk": empirical,
            "population_risk": noise + excess,
            "generalization_error": noise + excess - empirical,
            "excess_risk": excess,
            "distortion": distortion,
            "population_risk_change": excess - d * v,
            "normalized_distortion": (distortion - (1 - a) ** 2 * d * (noise / n - v)) / (d * (t + v)),
        }
        for name in VALUES:
            exact[name].append(values[name])
            size[name].append(abs(values[name]))
        size["population_risk_change"][-1] = excess + d * abs(1 - a) * abs(1 + a) * v  # terms of both signs cancel
        size["generalization_error"][-1] = d * abs(a) * (abs(a) * v + abs(2 - a) * noise / n)
    found = linear_channel_risks(*np.array(POINTS).T)
    compared = [assert_equals_reference(getattr(found, name), exact[name], condition=size[name]) for name in VALUES]
    assert compared == [len(POINTS)] * len(VALUES)


@pytest.mark.parametrize(("n", "d", "s2"), [(12, 8, 0.7), (5, 2, 2.0)])
def test_the_excess_is_the_integral_over_the_law_of_the_weights(n: int, d: int, s2: float) -> None:
    """Given q the errors of the weights are normal of variance sigma^2 / q; integrate q ~ chi^2_nu to 40 digits."""
    nu = mp.mpf(n - d + 1)
    a, x, t = mp.mpf("0.6"), mp.mpf("0.02"), mp.mpf("0.3")

    def integrand(q: Any) -> Any:
        density = q ** (nu / 2 - 1) * mp.exp(-q / 2) / (2 ** (nu / 2) * mp.gamma(nu / 2))
        return density * (a**2 * mp.mpf(s2) / q + (1 - a) ** 2 * t + x)

    exact = d * mp.quad(integrand, [0, 1, 4, 10, 30, 100, 400])
    found = linear_channel_risks(n, d, s2, 0.6, 0.02, 0.3)
    assert_close(float(found.excess_risk), float(exact), QUADRATURE)


@given(size=grids.sizes(), s2=grids.variances, t=grids.signal_variances, rate=grids.rates)
def test_the_blind_gaussian_channel_is_one(size: tuple[int, int], s2: float, t: float, rate: float) -> None:
    risks = blind_channel_risks(*size, s2, rate, signal_variance=t)
    delta = float(risks.normalized_distortion)
    if 1e-3 < delta < 1 - 1e-3:  # 1 - delta from delta alone loses digits at both ends
        v = s2 / (size[0] - size[1] - 1)
        found = linear_channel_risks(*size, s2, 1 - delta, delta * (1 - delta) * (t + v), t)
        for name in ("excess_risk", "population_risk", "empirical_risk", "distortion", "generalization_error"):
            assert_close(getattr(found, name), getattr(risks, name), 1e-11)
        assert abs(found.population_risk_change - risks.population_risk_change) <= 1e-11 * size[1] * (t + v)


@given(size=grids.sizes(), s2=grids.variances, t=grids.variances, a=st.floats(0, 1), x=grids.signal_variances)
def test_noise_never_helps_and_a_little_shrinking_always_does(
    size: tuple[int, int], s2: float, t: float, a: float, x: float
) -> None:
    v = s2 / (size[0] - size[1] - 1)
    assert linear_channel_risks(*size, s2, 1.0, x, t).population_risk_change >= 0
    assert linear_channel_risks(*size, s2, a, x, t).excess_risk >= linear_channel_risks(*size, s2, a, 0.0, t).excess_risk
    best = t / (t + v)  # the linear decoder of least mean square error: nothing linear is below it
    floor = linear_channel_risks(*size, s2, best, 0.0, t).excess_risk
    assert linear_channel_risks(*size, s2, a, x, t).excess_risk >= floor * (1 - FLOAT)


def test_nothing_done_changes_nothing() -> None:
    found, base = linear_channel_risks(80, 50, 0.7, 1.0, 0.0, 0.3), least_squares_risks(80, 50, 0.7)
    assert found.population_risk_change == found.distortion == found.normalized_distortion == 0.0
    assert_close([found.population_risk, found.empirical_risk], [base.population_risk, base.empirical_risk], FLOAT)
    assert_close(found.generalization_error, base.generalization_error, FLOAT)


def test_dropping_everything_leaves_the_signal() -> None:
    found = linear_channel_risks(80, 50, 0.7, 0.0, 0.0, 0.3)
    assert_close([found.excess_risk, found.distortion], [15.0, 50 * (0.7 / 80 + 0.3)], FLOAT)
    assert found.generalization_error == 0.0


def test_shrinking_alone_gains_beyond_the_boundary_of_the_codes() -> None:
    """The criterion is about codes, which pay for what they save with noise; here (1 - a) t < (1 + a) v is the boundary."""
    v = 1 / 29
    for ratio, helps in ((2.9, True), (3.1, False)):
        found = linear_channel_risks(80, 50, 1.0, 0.5, 0.0, ratio * v)
        assert bool(found.compression_helps) is helps
        assert not compression_criterion(80, 50, 1.0, ratio * v).compression_helps


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-12, 1e12, 1e150])
def test_units_do_not_matter(scale: float) -> None:
    unit = linear_channel_risks(12, 8, 1.3, [0.3, 0.9, 1.0], [0.0, 0.2, 0.2], 0.4)
    scaled = linear_channel_risks(12, 8, 1.3 * scale, [0.3, 0.9, 1.0], [0.0, 0.2 * scale, 0.2 * scale], 0.4 * scale)
    for name in VALUES:
        unit_of_field = 1.0 if name == "normalized_distortion" else scale
        assert_close(getattr(scaled, name) / unit_of_field, getattr(unit, name), FLOAT)


@dataclass(frozen=True)
class Linear:
    """A linear channel with noise that is not Gaussian."""

    kept: float
    added_noise: float
    center: FloatArray
    name: str = "linear"
    needs_gram: bool = False

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        del gram
        noise = np.sqrt(self.added_noise) * rng.choice([-1.0, 1.0], weights.shape)
        return self.center + self.kept * (weights - self.center) + noise


PRIOR = LinearModel(30, 8, 0.7, signal_variance=0.05, weights=np.linspace(-1, 1, 8))
FIXED = LinearModel(30, 8, 0.7, weights=np.linspace(-0.3, 0.3, 8))
CORRELATED = LinearModel(30, 3, 0.7, signal_variance=0.05, covariance=0.3 + 0.7 * np.eye(3))
RAW = [(PRIOR, PRIOR.mean_weights, 0.05), (FIXED, np.zeros(8), 0.3**2 * 3 / 7), (CORRELATED, np.zeros(3), 0.05)]


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("model", "center", "t"), RAW, ids=["prior", "fixed", "correlated"])
def test_raw_data_agree(model: LinearModel, center: FloatArray, t: float) -> None:
    cases = [(1.0, 0.02), (0.6, 0.0), (0.7, 0.01), (-0.2, 0.03)]
    found = simulate(model, [Linear(*case, center) for case in cases], 20_000, seed=seeds.number(14))
    for case, after in zip(cases, found.compressed, strict=True):
        exact = linear_channel_risks(30, model.features, 0.7, *case, t)
        assert_mean(after.distortion, float(exact.distortion))
        assert_mean(after.population_risk_change, float(exact.population_risk_change))


UNSCALED = LinearModel(30, 3, 0.7, signal_variance=0.05, covariance=[[1.0, 0.5, 0.0], [0.5, 4.0, 0.3], [0.0, 0.3, 0.5]])


@pytest.mark.monte_carlo
def test_features_of_any_covariance_count_by_it() -> None:
    channel = LinearChannel(0.6, 0.02, [1.0, -1.0, 0.5])
    exact = risks(UNSCALED, channel)
    (found,) = simulate(UNSCALED, [channel], 20_000, seed=seeds.number(18)).compressed
    for name in ("distortion", "population_risk_change"):
        assert_mean(getattr(found, name), float(getattr(exact, name)))
    assert_close(exact.population_risk - exact.empirical_risk, exact.generalization_error, FLOAT)
    # of the weights themselves: tr Sigma^{-1}, by hand
    inverse = float(np.trace(np.linalg.inv(np.asarray(UNSCALED.covariance))))
    variance = (0.7 / 26 * inverse + 2.25) / 3 + 0.05
    assert_close(exact.normalized_distortion, 0.16 + 0.02 / variance, FLOAT)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("model", [PRIOR, FIXED])
@pytest.mark.parametrize("source", [None, LaplaceSource(0.0, 0.09)])
def test_dither_is_one_whatever_law_it_was_made_for(model: LinearModel, source: LaplaceSource | None) -> None:
    channel = DitheredUniform.for_model(model, step=0.8, center=np.zeros(8))
    if source is not None:
        channel = DitheredUniform(0.8, np.zeros(8), source)
    a = channel.source.variance / (channel.source.variance + 0.64 / 12)
    t = model.weight_energy / 8
    exact = risks(model, channel)
    expected = linear_channel_risks(30, 8, 0.7, a, a * a * 0.64 / 12, t)
    for name in VALUES:
        assert_close(getattr(exact, name), getattr(expected, name), FLOAT)
    (found,) = simulate(model, [channel], 20_000, seed=seeds.number(15)).compressed
    assert_mean(found.distortion, float(exact.distortion))
    assert_mean(found.population_risk_change, float(exact.population_risk_change))


def test_dither_at_rate_zero_drops_everything() -> None:
    exact = risks(PRIOR, DitheredUniform.for_model(PRIOR, bits_per_weight=0))
    assert_close([exact.excess_risk, exact.normalized_distortion], [8 * 0.05, 1.0], FLOAT)


def test_bad_input_is_refused() -> None:
    assert_refused(lambda: linear_channel_risks(80, 50, 1.0, 0.5, -1.0), "added_noise must be zero or positive; got -1.0")
    assert_refused(lambda: linear_channel_risks(80, 50, 1.0, np.nan, 0.0), "kept must be finite; got nan")
    call = lambda: linear_channel_risks([80, 51], 50, 1.0, 0.5, 0.0)  # noqa: E731
    assert_refused(call, "samples >= features + 2", error=UnsupportedModelError)
    dither = DitheredUniform.for_model(PRIOR, step=0.8)
    for model in (LinearModel(30, 7), LinearModel(9, 8)):
        with pytest.raises(UnsupportedModelError):
            risks(model, dither)
