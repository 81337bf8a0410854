"""Mixtures of chi-squares: against independent integrals, and the identities that bind pdf, cdf, sf and ppf."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import special, stats
from scipy.integrate import quad

from linreg_compress.quadratic_laws import ChiSquareMixture, PointMass, beta_nodes, chi_square_nodes, noncentral_f_below
from tests import quadrature
from tests.compare import assert_close, assert_refused
from tests.references import mp
from tests.tolerances import FLOAT, QUADRATURE

DEGREES = (1, 2, 3, 31, 1500, 10**6)
SHARES = np.array([1e-12, 1e-6, 0.05, 0.5, 0.95, 1 - 1e-6, 1 - 1e-12])


def f_law(degrees: int, mixing: int) -> ChiSquareMixture:
    """chi^2_degrees / chi^2_mixing, whose exact law is a scaled F."""
    q, weights = chi_square_nodes(mixing, np.sqrt(2 / degrees))
    return ChiSquareMixture(degrees, np.zeros_like(q), 1 / q, weights, degrees / (mixing - 2) if mixing > 2 else np.inf)


@pytest.mark.parametrize("degrees", DEGREES)
def test_chi_square_nodes_integrate_moments(degrees: int) -> None:
    q, weights = chi_square_nodes(degrees, 0.3)
    assert_close(weights.sum(), 1.0, FLOAT)
    assert_close(weights @ q, degrees, QUADRATURE)
    assert_close(weights @ q**2, degrees * (degrees + 2), QUADRATURE)
    assert_close(weights @ np.log(q), special.digamma(degrees / 2) + np.log(2), QUADRATURE)


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.5), (0.5, 40.0), (15.0, 1.0), (750.0, 250.0), (4.5e5, 5e4)])
def test_beta_nodes_integrate_moments(first: float, second: float) -> None:
    b, complement, weights = beta_nodes(first, second, 0.3)
    total = first + second
    assert_close(weights.sum(), 1.0, FLOAT)
    assert_close(b + complement, 1.0, FLOAT)
    assert_close(weights @ b, first / total, QUADRATURE)
    assert_close(weights @ complement, second / total, QUADRATURE)
    assert_close(weights @ (b * complement), first * second / total / (total + 1), QUADRATURE)
    assert_close(weights @ np.log(complement), special.digamma(second) - special.digamma(total), QUADRATURE)


MIXTURES = [(1, 1), (1, 2), (1, 3), (2, 3), (5, 1), (50, 31), (500, 1501), (1, 1000), (2000, 3)]


@pytest.mark.parametrize(("degrees", "mixing"), MIXTURES)
def test_cdf_and_sf_equal_the_incomplete_beta_function(degrees: int, mixing: int) -> None:
    law = f_law(degrees, mixing)
    heights = np.geomspace(1e-8, 1e8, 33) * degrees / mixing
    share = heights / (1 + heights)
    below = special.betainc(degrees / 2, mixing / 2, share)
    above = special.betainc(mixing / 2, degrees / 2, 1 / (1 + heights))
    for found, exact in ((law.cdf(heights), below), (law.sf(heights), above)):
        seen = exact > 1e-9  # the nodes leave out 1e-20 at each end
        assert seen.sum() >= 5
        assert_close(found[seen], exact[seen], QUADRATURE)


def tail(degrees: int, mixing: int, share: float) -> tuple[float, float]:
    """Return a height that is exceeded with a probability near `share`, and that probability to 40 digits."""
    height = float(1 / special.betaincinv(mixing / 2, degrees / 2, share) - 1)
    exact = mp.betainc(mp.mpf(mixing) / 2, mp.mpf(degrees) / 2, 0, 1 / (1 + mp.mpf(height)), regularized=True)
    return height, float(exact)


@pytest.mark.parametrize(("degrees", "mixing"), [(1, 1), (1, 3), (50, 31), (2000, 3), (3, 2000)])
@pytest.mark.parametrize("share", [1e-6, 1e-10])
def test_sf_keeps_relative_accuracy_in_the_tail(degrees: int, mixing: int, share: float) -> None:
    height, exact = tail(degrees, mixing, share)
    assert_close(exact, share, 1e-3)
    assert_close(f_law(degrees, mixing).sf(height), exact, QUADRATURE)


@pytest.mark.parametrize(("degrees", "mixing"), [(1, 1), (2000, 3)])
def test_sf_keeps_relative_accuracy_in_the_far_tail(degrees: int, mixing: int) -> None:
    height, exact = tail(degrees, mixing, 1e-15)
    assert_close(f_law(degrees, mixing).sf(height), exact, QUADRATURE)


@pytest.mark.parametrize(("degrees", "mixing"), MIXTURES)
def test_pdf_equals_its_formula_and_integrates_to_one(degrees: int, mixing: int) -> None:
    law = f_law(degrees, mixing)

    def density(log_height: float) -> float:
        height = np.exp(log_height)
        return float(law.pdf(height)) * height

    ends = np.log(np.asarray(law.ppf([1e-11, 0.01, 0.5, 0.99])))
    top = float(np.log(law.ppf(1 - 1e-11)))
    pieces = [quad(density, a, b, epsabs=1e-13)[0] for a, b in zip(ends, [*ends[1:], top], strict=True)]
    assert abs(sum(pieces) - 1) < QUADRATURE
    heights = np.exp(ends)
    exponent = special.xlogy(degrees / 2 - 1, heights) - (degrees + mixing) / 2 * np.log1p(heights)
    assert_close(law.pdf(heights), np.exp(exponent - special.betaln(degrees / 2, mixing / 2)), QUADRATURE)


@pytest.mark.parametrize(("degrees", "mixing"), MIXTURES)
def test_derivative_of_the_cdf_equals_the_pdf(degrees: int, mixing: int) -> None:
    law = f_law(degrees, mixing)
    for x in np.asarray(law.ppf([0.2, 0.5, 0.8])):
        step = 0.01 * min((x) * np.sqrt(2 / degrees + 2 / mixing), x)
        slope = sum(c * (law.cdf(x + k * step) - law.cdf(x - k * step)) for k, c in ((1, 3 / 4), (2, -3 / 20), (3, 1 / 60)))
        assert_close(slope / step, law.pdf(x), QUADRATURE)


@pytest.mark.parametrize(("degrees", "mixing"), MIXTURES)
def test_ppf_round_trip(degrees: int, mixing: int) -> None:
    law = f_law(degrees, mixing)
    points = np.asarray(law.ppf(SHARES))
    assert (np.diff(points) > 0).all()
    low = SHARES <= 0.5
    # a quantile next to the floor 0.25 is a double: its rounding moves the lower tail by degrees / 2 times as much
    blur = degrees * 1e-16 * 0.25 / (points[low])
    assert (np.abs(law.cdf(points[low]) / SHARES[low] - 1) < QUADRATURE + blur).all()
    assert_close(law.sf(points[~low]), 1 - SHARES[~low], QUADRATURE)
    assert law.ppf(0.0) == 0.0
    assert law.ppf(1.0) == np.inf


@pytest.mark.parametrize("mixing", [5, 9, 31])
def test_mean_from_quadrature_equals_the_closed_form(mixing: int) -> None:
    law = f_law(4, mixing)
    assert_close(quadrature.mean_from_tail(law.sf, 0.0), law.mean(), QUADRATURE)


def test_below_the_floor_there_is_nothing() -> None:
    law = f_law(3, 4)
    assert not np.asarray([law.pdf(-0.1), law.cdf(0.0), law.cdf(-np.inf)]).any()
    assert_close([law.sf(-0.1), law.cdf(np.inf)], 1.0, FLOAT)


def test_arguments_keep_their_shape_and_nan_stays_nan() -> None:
    law = f_law(3, 4)
    points = np.array([[0.5, 1.0, 2.0], [3.0, 4.0, 5.0]])
    for method in (law.pdf, law.cdf, law.sf):
        assert np.shape(method(points)) == (2, 3)
        assert np.ndim(method(1.0)) == 0
        assert method(points)[1, 0] == method(3.0)
    assert np.isnan(law.cdf(np.nan))


@pytest.mark.parametrize(("point", "density"), [(np.nan, np.nan), (np.inf, 0.0)])
def test_density_at_the_ends_of_the_doubles(point: float, density: float) -> None:
    np.testing.assert_equal(float(f_law(3, 4).pdf(point)), density)


def test_point_mass_is_a_step() -> None:
    law = PointMass(2.0)
    assert law.cdf([1.9, 2.0, 2.1]).tolist() == [0.0, 1.0, 1.0]
    assert law.sf([1.9, 2.0]).tolist() == [1.0, 0.0]
    assert law.pdf([2.0, 3.0]).tolist() == [np.inf, 0.0]
    assert law.ppf([0.0, 0.5, 1.0]).tolist() == [2.0, 2.0, 2.0]
    assert law.mean() == 2.0


@pytest.mark.parametrize("law", [PointMass(1.0), f_law(3, 4)], ids=["point", "mixture"])
@pytest.mark.parametrize(
    ("share", "message"),
    [(1.5, "q must lie between 0 and 1; got 1.5"), (-0.1, "q must lie between 0 and 1"), (np.nan, "q must be finite")],
)
def test_a_share_outside_zero_and_one_is_refused(law: PointMass | ChiSquareMixture, share: float, message: str) -> None:
    quantile: Callable[[float], object] = law.ppf
    assert_refused(lambda: quantile(share), message)


def test_far_signals_are_nearly_normal() -> None:
    below, above = (
        noncentral_f_below(power, 12.0, 50.0, signal) for power, signal in ((9500.0, 9_999.0), (9500.0, 10_001.0))
    )
    assert below == pytest.approx(above, abs=0.05)
    assert noncentral_f_below(24.0, 12.0, 50.0, 9.0) == pytest.approx(stats.ncf.cdf(2.0, 12, 50, 9), rel=1e-12)
    assert noncentral_f_below(1e9, 12.0, 50.0, 1e7) == 1.0
    assert noncentral_f_below(1e3, 12.0, 50.0, 1e30) < 1e-6
