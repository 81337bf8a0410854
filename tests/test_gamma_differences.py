"""Differences whose leading terms cancel, against 40 digits: d close to n, and n up to 1e12."""

import pytest

from linreg_compress.bounds.information import design_information
from linreg_compress.compression.scalar.sources import StudentTSource
from linreg_compress.gamma_differences import digamma_difference, log1p_minus, stirling_remainder
from tests.compare import assert_equals_reference
from tests.references import mp


def information(n: int, d: int) -> object:
    a, b = mp.mpf(n - d + 1) / 2, mp.mpf(n + 1) / 2
    volume = mp.fsum(mp.digamma(a + mp.mpf(j) / 2) for j in range(d)) / 2
    return mp.loggamma(a) - mp.loggamma(b) + b * (mp.digamma(b) - mp.digamma(a)) - mp.mpf(d) / 2 + volume


@pytest.mark.parametrize("n", [1, 2, 5, 20, 21, 45, 80, 500, 10**4, 10**6, 10**9, 10**12])
def test_design_information_equals_60_digits(n: int) -> None:
    features = sorted({d for d in (1, 2, 19, 50, 500, n - 1, n) if 1 <= d <= min(n, 500)})
    with mp.workdps(60):
        exact = [information(n, d) for d in features]
        assert assert_equals_reference([design_information(n, d) for d in features], exact) == len(features)


def test_digamma_log_and_gamma_remainders_equal_40_digits() -> None:
    pairs = [(x, gap) for x in (0.5, 3.0, 9.9, 10.0, 1e3, 1e12) for gap in (0.5, 40.0, 1e7)]
    exact = [mp.digamma(mp.mpf(x) + gap) - mp.digamma(x) for x, gap in pairs]
    assert assert_equals_reference([digamma_difference(*pair) for pair in pairs], exact) == 18
    points = [-0.9, -0.2, -1e-9, 1e-300, 1e-5, 0.199, 0.2, 7.0]
    with mp.workdps(700):
        assert assert_equals_reference(log1p_minus(points), [mp.log1p(mp.mpf(x)) - x for x in points]) == 8
    with mp.workdps(60):
        exact = [mp.loggamma(x) - (mp.mpf(x) - 0.5) * mp.log(x) + x - mp.log(2 * mp.pi) / 2 for x in (1.0, 10.0, 1e9)]
    assert assert_equals_reference([stirling_remainder(x) for x in (1.0, 10.0, 1e9)], exact, tolerance=1e-13) == 3


def test_the_entropy_of_a_t_law_keeps_its_digits_for_many_degrees() -> None:
    for k in (3.0, 80.0, 1e9):
        with mp.workdps(60):
            h = mp.mpf(k) / 2
            slope = (h + 0.5) * (mp.digamma(h + 0.5) - mp.digamma(h))
            exact = slope + mp.log(mp.sqrt(k)) + mp.log(mp.beta(h, 0.5))
            assert_equals_reference([StudentTSource(k).differential_entropy], [exact])
