"""The criterion: the interpolation theorem, its boundary, and the decoder that never gains."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress.compressed_risk.criterion import (
    bayes_decoder_excess_risk,
    compression_criterion,
    interpolated_excess_risk,
)
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_risks
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.risk import least_squares_risks
from linreg_compress.model import LinearModel
from tests import grids
from tests.compare import assert_close, assert_equals_reference, assert_refused
from tests.references import mp
from tests.tolerances import FLOAT

DELTAS = (0.0, 1e-300, 1e-12, 0.25, 0.5, 1 - 1e-12, 1.0)
deltas = st.floats(0, 1)
POINTS = [
    (*n, s2, t2, x) for n in grids.SIZES for s2 in grids.NOISE_VARIANCES for t2 in grids.SIGNAL_VARIANCES for x in DELTAS
]


def test_interpolated_risk_equals_40_digits() -> None:
    exact = []
    for n, d, s2, t2, x in POINTS:
        v, delta = mp.mpf(s2) / (n - d - 1), mp.mpf(x)
        exact.append(d * ((1 - delta) * v + delta * mp.mpf(t2)))
    assert assert_equals_reference(interpolated_excess_risk(*np.array(POINTS).T), exact) == 1400


def test_bayes_decoder_risk_equals_40_digits() -> None:
    exact = []
    for n, d, s2, t2, x in POINTS:
        v, delta, tau2 = mp.mpf(s2) / (n - d - 1), mp.mpf(x), mp.mpf(t2)
        # posterior variance of a weight, plus what the code loses of the posterior mean
        exact.append(d * (tau2 * v / (tau2 + v) + delta * tau2**2 / (tau2 + v)))
    assert assert_equals_reference(bayes_decoder_excess_risk(*np.array(POINTS).T), exact) == 1400


def test_criterion_equals_40_digits() -> None:
    points = [(*size, s2, t2) for size in grids.SIZES for s2 in grids.NOISE_VARIANCES for t2 in grids.SIGNAL_VARIANCES[1:]]
    found = compression_criterion(*np.array(points).T)
    noise = [mp.mpf(s2) / (n - d - 1) for n, d, s2, _ in points]
    compared = assert_equals_reference(found.boundary_signal_variance, noise)
    boundary = [d + 1 + mp.mpf(s2) / mp.mpf(t2) for _, d, s2, t2 in points]
    compared += assert_equals_reference(found.boundary_samples, boundary)
    # d delta (t2 - v) cancels near t2 = v: relative to the sum of the absolute values there
    change = [d * (mp.mpf(t2) - v) / 4 for (_, d, _, t2), v in zip(points, noise, strict=True)]
    size = [d * (mp.mpf(t2) + v) / 4 for (_, d, _, t2), v in zip(points, noise, strict=True)]
    compared += assert_equals_reference(found.population_risk_change(0.25), change, condition=size)
    assert found.compression_helps.tolist() == [bool(x < 0) for x in change]
    assert compared == 3 * 160


@given(size=grids.sizes(), s2=grids.variances, t2=grids.variances, rate=st.floats(0, 300))
def test_gaussian_channel_obeys_the_interpolation_theorem(size: tuple[int, int], s2: float, t2: float, rate: float) -> None:
    risks = blind_channel_risks(*size, s2, rate, signal_variance=t2)
    if risks.normalized_distortion <= 1 - 1e-3:  # above, 1 - delta has already lost digits that the channel keeps
        assert_close(interpolated_excess_risk(*size, s2, t2, risks.normalized_distortion), risks.excess_risk, 1e-12)


@given(size=grids.sizes(), s2=grids.variances, t2=grids.variances, first=deltas, second=deltas)
def test_bayes_decoder_never_gains(size: tuple[int, int], s2: float, t2: float, first: float, second: float) -> None:
    low, high = sorted((first, second))
    fine, coarse = bayes_decoder_excess_risk(*size, s2, t2, [low, high])
    assert fine <= coarse * (1 + FLOAT)
    assert coarse <= interpolated_excess_risk(*size, s2, t2, high) * (1 + FLOAT)


@given(size=grids.sizes(), s2=grids.variances, t2=grids.variances, delta=deltas)
def test_criterion_has_the_sign_of_the_change(size: tuple[int, int], s2: float, t2: float, delta: float) -> None:
    criterion = compression_criterion(*size, s2, t2)
    change = criterion.population_risk_change(delta)
    assert bool(criterion.compression_helps) == bool(t2 < s2 / (size[0] - size[1] - 1))
    assert change * (t2 - criterion.boundary_signal_variance) >= 0


@pytest.mark.parametrize(("n", "helps"), [(99, True), (100, True), (101, False), (102, False)])
def test_compression_helps_exactly_below_the_boundary_of_samples(n: int, helps: bool) -> None:
    criterion = compression_criterion(n, 50, 1.0, 0.02)
    assert criterion.boundary_samples == 101.0
    assert bool(criterion.compression_helps) is helps


def test_rate_zero_and_infinite_rate_are_the_ends_of_the_line() -> None:
    ends = interpolated_excess_risk(80, 50, 0.7, 0.3, [1.0, 0.0])
    assert_close(ends, [50 * 0.3, float(least_squares_risks(80, 50, 0.7).excess_risk)], FLOAT)
    assert_close(bayes_decoder_excess_risk(80, 50, 0.7, 0.3, 1.0), 50 * 0.3, FLOAT)


def test_no_signal_is_helped_at_any_number_of_samples() -> None:
    criterion = compression_criterion([3, 10**6], 1, 1.0, 0.0)
    assert np.isposinf(criterion.boundary_samples).all()
    assert criterion.compression_helps.all()


# n, d, levels, tau^2 / v, exact change / (d v), and what the line of the interpolation theorem would say: the wrong sign
BEYOND = [
    (80, 50, 4, 1.05, -0.00347, 0.00596),
    (12, 8, 8, 1.5, -0.05027, 0.02208),
    (12, 8, 4, 1.5, -0.02822, 0.06666),
    (5, 2, 4, 1.5, -0.07184, 0.07212),
    (4, 1, 2, 1.25, -0.01036, 0.09990),
]


@pytest.mark.parametrize(("n", "d", "levels", "ratio", "exact", "line"), BEYOND)
def test_a_centroid_quantizer_of_few_samples_gains_beyond_the_boundary(
    n: int, d: int, levels: int, ratio: float, exact: float, line: float
) -> None:
    v = 1 / (n - d - 1)
    model = LinearModel(n, d, signal_variance=ratio * v)
    risks = scalar_quantizer_risks(model, lloyd_max(source_for(model), levels))
    assert abs(float(risks.population_risk_change) / (d * v) - exact) < 1e-5  # as printed, five decimals
    assert risks.compression_helps
    criterion = compression_criterion(n, d, 1.0, ratio * v)
    assert not criterion.compression_helps
    assert abs(float(criterion.population_risk_change(risks.normalized_distortion)) / (d * v) - line) < 1e-5
    # so the record says for which codes its answer is exact, and for which it is a limit
    assert "lloyd-max" in criterion.limit_for
    assert "lloyd-max" not in criterion.exact_for


@pytest.mark.parametrize(("n", "d", "levels", "ratio", "exact", "line"), BEYOND)
def test_a_linear_code_of_few_samples_does_not(
    n: int, d: int, levels: int, ratio: float, exact: float, line: float
) -> None:
    model = LinearModel(n, d, signal_variance=ratio / (n - d - 1))
    criterion = compression_criterion(n, d, 1.0, ratio / (n - d - 1))
    codes: list[Channel] = [
        DitheredUniform.for_model(model, bits_per_weight=float(np.log2(levels))),
        BlindGaussianChannel.for_model(model, d * np.log(levels)),
        PerWeightGaussianChannel.for_model(model, d * np.log(levels)),
    ]
    assert {code.name for code in codes} == set(criterion.exact_for)
    for code in codes:
        found = risks(model, code)
        expected = criterion.population_risk_change(found.normalized_distortion)
        assert_close(found.population_risk_change, expected, 1e-11)
        assert not found.compression_helps


def test_the_line_is_the_limit_of_many_samples_to_spare() -> None:
    gaps = []
    for spare in (10, 100, 1000, 10_000):
        model = LinearModel(spare + 3, 2, signal_variance=1.5 / spare)
        risks = scalar_quantizer_risks(model, lloyd_max(source_for(model), 4))
        line = compression_criterion(spare + 3, 2, 1.0, 1.5 / spare).population_risk_change(risks.normalized_distortion)
        gaps.append(abs(float(risks.population_risk_change - line)) * spare / 2)
    assert all(after < before / 5 for before, after in pairwise(gaps))
    assert gaps[-1] < 1e-4


BAD = [
    (lambda: compression_criterion(80, 50, 0.0, 1.0), "noise_variance must be positive; got 0.0"),
    (lambda: compression_criterion(80, 50, 1.0, -1.0), "signal_variance must be zero or positive; got -1.0"),
    (lambda: compression_criterion(80.5, 50, 1.0, 1.0), "samples must be a whole number of at least 1; got 80.5"),
    (lambda: interpolated_excess_risk(80, 50, 1.0, 1.0, 1.5), "normalized_distortion must lie between 0 and 1; got 1.5"),
    (lambda: bayes_decoder_excess_risk(80, 50, 1.0, 1.0, -0.5), "normalized_distortion must lie between 0 and 1; got -0.5"),
    (lambda: bayes_decoder_excess_risk(80, 50, np.nan, 1.0, 0.5), "noise_variance must be finite; got nan"),
    (
        lambda: compression_criterion(80, 50, 1.0, 1.0).population_risk_change(np.nan),
        "normalized_distortion must be finite; got nan",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message)


@pytest.mark.parametrize("n", [4, 5, 6])
def test_criterion_needs_a_finite_population_risk(n: int) -> None:
    call = lambda: compression_criterion(n, 5, 1.0, 1.0)  # noqa: E731
    assert_refused(call, "samples >= features + 2", error=UnsupportedModelError)
