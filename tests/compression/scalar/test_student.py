"""The constant of Student's law against 40 digits, on both sides of where its series begins."""

import pytest

from linreg_compress.compression.scalar.student import gamma_ratio
from tests.compare import assert_close
from tests.references import mp
from tests.tolerances import FLOAT, ROUNDING


@pytest.mark.parametrize("h", [0.5, 3.0, 40.5, 99.5])
def test_a_ratio_of_gammas_equals_40_digits(h: float) -> None:
    assert_close(gamma_ratio(h), float(mp.gamma(mp.mpf(h) + 0.5) / mp.gamma(h)), FLOAT)


@pytest.mark.parametrize("h", [100.0, 100.5, 120.0, 160.0, 1e3, 1e6, 1e15])
def test_the_series_has_all_digits(h: float) -> None:
    exact = mp.exp(mp.loggamma(mp.mpf(h) + 0.5) - mp.loggamma(h))
    assert_close(gamma_ratio(h), float(exact), 2 * ROUNDING)
