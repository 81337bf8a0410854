"""Ridge regression, the yardstick."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress.least_squares.ridge import expected_ridge_excess_risk, ridge_excess_risk, ridge_excess_risk_limit
from tests import grids, seeds
from tests.compare import assert_close, assert_equals_reference, assert_refused
from tests.references import marchenko_pastur, mp
from tests.tolerances import FLOAT, Z_LIMIT, spend

SPECTRA = ((3.0,), (50.0, 1.0), (1e6, 1.0, 1e-6), (2.0, 0.0), tuple(np.geomspace(0.5, 200, 60).tolist()))
spectra = st.lists(st.floats(-3, 6).map(lambda power: 10.0**power), min_size=1, max_size=20)


def test_best_ridge_equals_40_digits() -> None:
    compared = 0
    for g in SPECTRA:
        for s2 in grids.NOISE_VARIANCES:
            for t2 in grids.SIGNAL_VARIANCES[1:]:
                penalty = mp.mpf(s2) / mp.mpf(t2)
                exact = mp.fsum(mp.mpf(s2) / (x + penalty) for x in g)
                compared += assert_equals_reference([ridge_excess_risk(g, s2, t2)], [exact])
    assert compared == 5 * 4 * 4


@pytest.mark.parametrize("penalty", [1e-12, 0.3, 1e12])
def test_ridge_at_any_penalty_equals_40_digits(penalty: float) -> None:
    compared = 0
    for g in SPECTRA:
        for s2 in grids.NOISE_VARIANCES:
            for t2 in grids.SIGNAL_VARIANCES:
                weight = mp.mpf(penalty)
                exact = mp.fsum((s2 * mp.mpf(x) + weight**2 * mp.mpf(t2)) / (x + weight) ** 2 for x in g)
                compared += assert_equals_reference([ridge_excess_risk(g, s2, t2, penalty)], [exact])
    assert compared == 5 * 4 * 5


@given(g=spectra, s2=grids.variances, t2=grids.variances, factor=st.floats(1e-3, 1e3))
def test_ridge_never_worse_than_at_another_penalty_nor_than_either_end(
    g: list[float], s2: float, t2: float, factor: float
) -> None:
    best = ridge_excess_risk(g, s2, t2) / (1 + FLOAT)
    assert best <= ridge_excess_risk(g, s2, t2, penalty=factor * s2 / t2)
    assert best <= s2 * sum(1 / x for x in g)  # least squares
    assert best <= t2 * len(g)  # nothing at all


def test_penalty_zero_is_least_squares_and_a_huge_penalty_drops_everything() -> None:
    assert_close(ridge_excess_risk([2.0, 4.0], 0.8, 0.3, penalty=0.0), 0.8 * 0.75, FLOAT)
    assert_close(ridge_excess_risk([2.0, 4.0], 0.8, 0.3, penalty=1e15), 0.6, FLOAT)


def test_ridge_is_vectorized_over_spectra() -> None:
    found = ridge_excess_risk(np.array([[[50.0, 1.0]], [[3.0, 2.0]]]), 1.0, 0.5)
    assert found.shape == (2, 1)
    assert found[1, 0] == ridge_excess_risk([3.0, 2.0], 1.0, 0.5)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("penalty", [None, 1.0])
def test_average_agrees_with_ridge_on_raw_data(penalty: float | None) -> None:
    rng = seeds.generator(6)
    s2, t2 = 0.8, 0.15
    X = rng.standard_normal((20000, 12, 5))
    truth = np.sqrt(t2) * rng.standard_normal((20000, 5, 1))
    y = X @ truth + np.sqrt(s2) * rng.standard_normal((20000, 12, 1))
    shift = (s2 / t2 if penalty is None else penalty) * np.eye(5)
    errors = np.linalg.solve(X.swapaxes(1, 2) @ X + shift, X.swapaxes(1, 2) @ y) - truth
    excess = (errors**2).sum(axis=(1, 2))
    mean, error = expected_ridge_excess_risk(12, 5, s2, t2, penalty)
    spend()
    assert abs(excess.mean() - mean) < Z_LIMIT * np.hypot(error, excess.std() / np.sqrt(excess.size))


@pytest.mark.parametrize("energy", [1e-6, 0.7, 1e6])
@pytest.mark.parametrize("ratio", [0.01, 0.5, 0.99])
@pytest.mark.parametrize("s2", [1e-12, 1.0, 1e12])
def test_limit_equals_40_digits(ratio: float, s2: float, energy: float) -> None:
    gamma, noise = mp.mpf(ratio), mp.mpf(s2)
    shift = gamma * noise / mp.mpf(energy)
    b = 1 - gamma + shift  # the Stieltjes transform m solves shift gamma m^2 + b m - 1 = 0
    exact = gamma * noise * 2 / (b + mp.sqrt(b**2 + 4 * gamma * shift))
    assert assert_equals_reference([ridge_excess_risk_limit(ratio, s2, energy)], [exact]) == 1


@pytest.mark.parametrize(("ratio", "energy"), [(0.1, 1.0), (0.5, 0.3), (0.8, 5.0)])
def test_limit_equals_the_integral_over_the_marchenko_pastur_law(ratio: float, energy: float) -> None:
    shift = mp.mpf(ratio) / mp.mpf(energy)
    exact = mp.mpf(ratio) * marchenko_pastur(ratio, lambda s: 1 / (s + shift))
    assert assert_equals_reference([ridge_excess_risk_limit(ratio, 1.0, energy)], [exact]) == 1


def test_finite_averages_approach_the_limit() -> None:
    limit = ridge_excess_risk_limit(0.5, 1.0, 0.7)
    gaps = [abs(expected_ridge_excess_risk(2 * d, d, 1.0, 0.7 / d, spectra=400)[0] / limit - 1) for d in (10, 40, 160)]
    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2]
    assert gaps[2] < 0.01


BAD = [
    (lambda: ridge_excess_risk([-1.0], 1.0, 1.0), "eigenvalues must be zero or positive; got -1.0"),
    (lambda: ridge_excess_risk([np.nan], 1.0, 1.0), "eigenvalues must be finite; got nan"),
    (lambda: ridge_excess_risk([1.0], 0.0, 1.0), "noise_variance must be positive; got 0.0"),
    (lambda: ridge_excess_risk([1.0], 1.0, 0.0), "signal_variance must be positive; got 0.0. The best ridge penalty"),
    (lambda: ridge_excess_risk([1.0], 1.0, 1.0, -1.0), "penalty must be zero or positive; got -1.0"),
    (lambda: ridge_excess_risk([0.0], 1.0, 1.0, 0.0), "eigenvalues must be positive; got 0.0. A singular design"),
    (lambda: expected_ridge_excess_risk(3, 5, 1.0, 1.0), "samples must be at least the number of features 5; got 3"),
    (lambda: ridge_excess_risk_limit(1.5, 1.0, 1.0), "ratio must be below 1, more samples than features; got 1.5"),
    (lambda: ridge_excess_risk_limit(0.5, 1.0, 0.0), "signal_energy must be positive; got 0.0"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message)


def test_a_penalty_near_the_largest_double_drops_everything() -> None:
    assert_close(ridge_excess_risk([3.0], 1.0, 0.5, penalty=1e200), 0.5, FLOAT)
