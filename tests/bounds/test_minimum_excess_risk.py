"""The floor: exact digits, an information that is never too small, and no code of the library below it."""

from typing import Any

import numpy as np
import pytest

from linreg_compress.bounds.minimum_excess_risk import minimum_excess_risk_bound
from linreg_compress.bounds.signal_information import _simulated, jensen_information, signal_information
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compressed_risk.linear_channel import linear_channel_risks
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel
from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.least_squares.ridge import expected_ridge_excess_risk
from linreg_compress.model import LinearModel
from tests import seeds
from tests.compare import assert_close, assert_equals_reference, assert_refused, assert_sample_mean
from tests.references import mp

POINTS = [(1, 1, 0.3), (5, 3, 1e-300), (5, 3, 1e-9), (12, 8, 1.0), (80, 50, 0.02), (20, 400, 7.0), (400, 300, 1e12)]


def jensen(n: int, d: int, ratio: float) -> Any:
    total, term = mp.mpf(1), mp.mpf(1)
    for k in range(1, min(n, d) + 1):
        term *= mp.mpf(d - k + 1) / k * (n - k + 1) * mp.mpf(ratio)
        total += term
    return mp.log(total) / 2 if total > mp.mpf("1.1") else mp.log1p(total - 1) / 2


def test_the_expected_determinant_equals_mpmath() -> None:
    found = [jensen_information(*point) for point in POINTS]
    with mp.workdps(400):
        exact = [jensen(*point) for point in POINTS]
    assert assert_equals_reference(found, exact) == len(POINTS)


def test_the_bound_equals_mpmath_where_the_rate_decides() -> None:
    rates = [0.0, 1e-12, 0.1, 2.0]
    found = [minimum_excess_risk_bound(20, 3, 0.7, 0.4, rate).value for rate in rates]
    exact = [mp.mpf(0.7) + 3 * mp.mpf(0.4) * mp.exp(-2 * mp.mpf(rate) / 3) for rate in rates]
    assert_equals_reference(found, exact)


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("n", "d", "ratio"), [(7, 4, 0.3), (4, 7, 2.0), (3, 3, 50.0)])
def test_information_from_raw_designs(n: int, d: int, ratio: float) -> None:
    X = seeds.generator(31).standard_normal((20_000, n, d))
    identity = np.eye(d)
    determinants = np.linalg.slogdet(identity + ratio * np.swapaxes(X, 1, 2) @ X)[1]
    assert_sample_mean(determinants / 2, _simulated(n, d, ratio)[0])
    assert signal_information(n, d, 1.0, ratio) <= jensen_information(n, d, ratio)
    if d == 4:
        assert_sample_mean(np.exp(determinants), float(mp.exp(2 * jensen(n, d, ratio))))


def test_limits_of_the_information() -> None:
    assert signal_information(9, 3, 1.0, 0.0) == 0
    assert_close(signal_information(9, 3, 1.0, 1e-12), 9 * 3 * 1e-12 / 2, 1e-6)  # the mean of tr G / 2
    assert_close(signal_information(10**8, 2, 1.0, 1.0), np.log(1e8), 1e-6)
    mean, error = _simulated(9, 3, 1e6)  # ln det G, by digammas
    exact = 3 * np.log(2e6) / 2 + sum(float(mp.digamma(mp.mpf(k) / 2)) for k in (9, 8, 7)) / 2
    assert abs(mean - exact) < 1e-4
    assert error < 1e-4


def test_the_numbers_of_one_design() -> None:
    """80 samples, 50 weights, tau^2 = 0.02: 0.606 bit a weight, floor 0.432, best ridge 0.482, least squares 1.724."""
    assert_close(signal_information(80, 50, 1.0, 0.02) / 50 / np.log(2), 0.6055, 5e-4)
    floor = minimum_excess_risk_bound(80, 50, 1.0, 0.02).value - 1
    assert_close(floor, 0.4319, 5e-4)
    assert floor < expected_ridge_excess_risk(80, 50, 1.0, 0.02, spectra=512)[0] < 0.49


def test_no_linear_code_goes_below_it_on_5000_points() -> None:
    """Gaussian codes at their rate; shrinking and noise, at no rate at all, best shrinking included."""
    rng = seeds.generator(32)
    tightest = np.inf
    for _ in range(100):
        d = int(np.exp(rng.uniform(0, 3.3)))
        n = d + 2 + int(np.exp(rng.uniform(0, 6)) - 1)
        s2, t2 = 10 ** rng.uniform(-3, 3), 10 ** rng.uniform(-6, 3)
        rates = d * 10 ** rng.uniform(-6, 1, 25)
        coded = blind_channel_risks(n, d, s2, rates, signal_variance=t2)
        floors = np.array([minimum_excess_risk_bound(n, d, s2, t2, float(rate)).value for rate in rates])
        assert np.all(coded.population_risk >= floors * (1 - 1e-12)), (n, d, s2, t2)
        v = s2 / (n - d - 1)
        keeps = np.append(rng.uniform(0, 1, 24), t2 / (t2 + v))
        shrunk = linear_channel_risks(n, d, s2, keeps, 0.0, t2).population_risk
        assert np.all(shrunk >= minimum_excess_risk_bound(n, d, s2, t2).value * (1 - 1e-12)), (n, d, s2, t2)
        tightest = min(tightest, float((coded.excess_risk / (floors - s2)).min()))
    assert tightest < 1.01  # near rate zero nothing is known, and the floor is the risk


def test_no_other_code_goes_below_it() -> None:
    rng = seeds.generator(33)
    for number in range(8):
        d = int(rng.integers(1, 9))
        n = d + 2 + int(rng.integers(0, 20))
        t2 = float(10 ** rng.uniform(-2, 1))
        model = LinearModel(n, d, signal_variance=t2)
        quantizers: list[CellQuantizer | UniformQuantizer] = [
            lloyd_max(source_for(model), 2 + number % 4),
            UniformQuantizer(float(np.sqrt(t2))),
        ]
        for code in quantizers:
            rate = scalar_quantizer_entropy(model, code)
            assert risks(model, code).population_risk >= minimum_excess_risk_bound(n, d, 1.0, t2, rate).value
        rate = float(d * 10 ** rng.uniform(-2, 0.5))
        aware = risks(model, AwareGaussianChannel.for_model(model, rate), spectra=64)
        assert aware.population_risk >= minimum_excess_risk_bound(n, d, 1.0, t2, rate).value
        ridge = risks(model, RidgeShrinkage(1 / t2), spectra=64)
        assert ridge.population_risk >= minimum_excess_risk_bound(n, d, 1.0, t2).value


def test_it_never_rises_with_the_rate_and_stops_at_what_the_data_know() -> None:
    known = signal_information(20, 5, 1.0, 0.3)
    values = [minimum_excess_risk_bound(20, 5, 1.0, 0.3, rate).value for rate in (0.0, 1.0, 3.0, known, 40.0)]
    assert values == sorted(values, reverse=True)
    assert values[0] == 1 + 5 * 0.3
    assert values[-1] == values[-2] == minimum_excess_risk_bound(20, 5, 1.0, 0.3).value


def test_bad_input_is_refused() -> None:
    assert_refused(lambda: minimum_excess_risk_bound(9, 3, 1.0, -1.0), "signal_variance must be zero or positive; got -1.0")
    assert_refused(lambda: minimum_excess_risk_bound(9, 3, 1.0, 1.0, -1.0), "rate_nats must be zero or positive; got -1.0")
    assert_refused(lambda: signal_information(9, 3, 0.0, 1.0), "noise_variance must be positive; got 0.0")
