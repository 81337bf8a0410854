"""The bounds that need a number alone: against mpmath over the whole domain, and in their promised order."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress.bounds.chi_square import chi_square_bound
from linreg_compress.bounds.lambert import lambert_factor
from linreg_compress.bounds.relative import relative_bound
from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from tests.compare import assert_equals_reference, assert_refused
from tests.references import mp

INFORMATION = np.concatenate([10.0 ** np.linspace(-300, 6, 103), np.linspace(0.01, 3, 40)])
SAMPLES = (1, 3, 80, 10**6)
CLOSED = 1e-11


def factor(x: Any) -> Any:
    """``1 + W_0(-exp(-1 - x))`` with enough digits for the branch point, where half of them are lost."""
    with mp.workdps(700):
        return 1 + mp.re(mp.lambertw(-mp.exp(-1 - x)))


def test_chi_square_equals_mpmath_from_1e_minus_300_to_1e6() -> None:
    points = [(n, float(i)) for n in SAMPLES for i in INFORMATION]
    found = [chi_square_bound(n, i, 2.5).value for n, i in points]
    exact = [mp.mpf("2.5") * factor(2 * mp.mpf(i) / n) for n, i in points]
    assert assert_equals_reference(found, exact, tolerance=CLOSED) == len(SAMPLES) * INFORMATION.size


def test_sub_gaussian_equals_mpmath_from_1e_minus_300_to_1e6() -> None:
    points = [(n, float(i)) for n in SAMPLES for i in INFORMATION]
    found = [sub_gaussian_bound(n, i, 2.5).value for n, i in points]
    assert_equals_reference(found, [5 * mp.sqrt(mp.mpf(i) / n) for n, i in points], tolerance=CLOSED)


def test_relative_equals_mpmath() -> None:
    found = [relative_bound(80, float(i)).value for i in INFORMATION]
    assert_equals_reference(found, [factor(mp.mpf(float(i)) / 40) for i in INFORMATION], tolerance=CLOSED)


def test_lambert_factor_inverts_the_cumulant() -> None:
    """Round trip: ``-y - ln(1 - y)`` of the root is x again, from y = 0 to where 1 - y underflows to a rounding."""
    y = np.concatenate([10.0 ** np.linspace(-15, -1, 40), np.linspace(0.1, 0.999, 40)])
    exact = [-mp.mpf(v) - mp.log1p(-mp.mpf(v)) for v in y.tolist()]
    np.testing.assert_allclose(lambert_factor([float(x) for x in exact]), y, rtol=1e-12)


def test_chi_square_is_below_sub_gaussian_and_below_the_supremum() -> None:
    rng = np.random.default_rng(5)
    n = np.floor(10 ** rng.uniform(0, 6, 10_000))
    information = 10 ** rng.uniform(-300, 6, 10_000)
    share = lambert_factor(2 * information / n)
    assert (share <= 2 * np.sqrt(information / n) * (1 + 1e-12)).all()
    assert (share <= 1).all()
    assert (share >= 0).all()
    assert share.size == 10_000


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.integers(1, 10**6), st.floats(1e-6, 1e6))
def test_more_information_never_lowers_a_bound(first: float, second: float, n: int, scale: float) -> None:
    low, high = sorted([first, second])
    for bound in (chi_square_bound, sub_gaussian_bound):
        assert bound(n, low, scale).value <= bound(n, high, scale).value * (1 + 1e-12)


def test_without_information_there_is_no_error() -> None:
    assert chi_square_bound(9, 0.0, 2.0).value == 0
    assert sub_gaussian_bound(9, 0.0, 2.0).value == 0
    assert relative_bound(9, 0.0).value == 0


@pytest.mark.parametrize("bound", [chi_square_bound, sub_gaussian_bound])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1.0, 1.0), "samples must be a whole number of at least 1; got 0"),
        ((9.5, 1.0, 1.0), "samples must be a whole number"),
        ((9, -1.0, 1.0), "information_nats must be zero or positive; got -1.0"),
        ((9, float("nan"), 1.0), "information_nats must be finite; got nan"),
        ((9, float("inf"), 1.0), "information_nats must be finite; got inf"),
        ((9, 1.0, 0.0), "loss_scale must be positive; got 0.0"),
        ((9, 1.0, [1.0, 2.0]), "loss_scale must be one number"),
    ],
)
def test_bad_input_is_refused(bound: Any, arguments: Any, message: str) -> None:
    assert_refused(lambda: bound(*arguments), message)
