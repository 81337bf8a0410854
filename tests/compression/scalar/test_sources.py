"""Laws of one weight: cell moments against 50 digits, both tails included, and the weights at hand against plain sums."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.empirical_source import EmpiricalSource
from linreg_compress.compression.scalar.sources import (
    LaplaceSource,
    NormalSource,
    StudentTSource,
    SymmetricSource,
    absolute_error,
    source_for,
    squared_error,
)
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from tests.compare import assert_close, assert_refused
from tests.references import mp
from tests.tolerances import FLOAT, QUADRATURE

Tails = Callable[[Any], tuple[Any, Any, Any]]

SOURCES: list[SymmetricSource] = [
    NormalSource(),
    NormalSource(-3.0, 0.04),
    StudentTSource(2.1),
    StudentTSource(3.0, 0.3, 1.0),
    StudentTSource(31.0, 1 / np.sqrt(31)),
    StudentTSource(250.0),
    LaplaceSource(),
    LaplaceSource(2.0, 1e-4),
]
FROZEN = [
    stats.norm(),
    stats.norm(-3.0, 0.2),
    stats.t(2.1),
    stats.t(3.0, 1.0, 0.3),
    stats.t(31.0, 0.0, 1 / np.sqrt(31)),
    stats.t(250.0),
    stats.laplace(0.0, np.sqrt(0.5)),
    stats.laplace(2.0, np.sqrt(0.5e-4)),
]
# of the standard laws; wide and narrow cells, one across the middle, one beginning there, both tails
EDGES = np.array([-1e3, -40.0, -9.01, -9.0, -2.0, -0.5, -0.499, -0.25, 0.0, 0.1, 0.5, 3.0, 9.0, 9.04, 50.0])


def tails_of(source: SymmetricSource) -> Tails:
    """P(z > x), E z 1(z > x) and E z^2 1(z > x) of the standard law for x >= 0, by special functions of mpmath."""
    if isinstance(source, NormalSource):

        def normal(x: Any) -> tuple[Any, Any, Any]:
            tail, density = mp.erfc(x / mp.sqrt(2)) / 2, mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)
            return tail, density, x * density + tail

        return normal
    if isinstance(source, LaplaceSource):
        return lambda x: (mp.gammainc(1, x) / 2, mp.gammainc(2, x) / 2, mp.gammainc(3, x) / 2)
    assert isinstance(source, StudentTSource)
    k = mp.mpf(source.degrees)

    def tail_of(degrees: Any, x: Any) -> Any:
        return mp.betainc(degrees / 2, mp.mpf(1) / 2, 0, degrees / (degrees + x * x), regularized=True) / 2

    def student(x: Any) -> tuple[Any, Any, Any]:
        density = mp.gamma((k + 1) / 2) / mp.gamma(k / 2) / mp.sqrt(mp.pi * k) * (1 + x * x / k) ** (-(k + 1) / 2)
        narrower = tail_of(k - 2, x * mp.sqrt((k - 2) / k))  # 1 + z^2 / k has a t law of k - 2 degrees under it
        return tail_of(k, x), (k + x * x) / (k - 1) * density, k * ((k - 1) / (k - 2) * narrower - tail_of(k, x))

    return student


@pytest.mark.parametrize("source", SOURCES)
def test_cell_moments_equal_50_digits(source: SymmetricSource) -> None:
    thresholds = source.mean + source.scale * EDGES
    found = source.moments(thresholds)
    # the doubles that the source saw, exactly
    z = [(mp.mpf(float(t)) - mp.mpf(source.mean)) / mp.mpf(source.scale) for t in thresholds]
    tails, old = tails_of(source), mp.dps
    mp.dps = 50
    try:
        rows = [(0, 0, 0), *(tails(abs(x)) for x in z), (0, 0, 0)]
        whole = (1, None, 2 * tails(mp.mpf(0))[2])
    finally:
        mp.dps = old
    edges = [-mp.inf, *z, mp.inf]
    compared = 0
    for cell in range(len(edges) - 1):
        for order, values in enumerate(found):
            low, high = rows[cell][order], rows[cell + 1][order]
            if order == 1:
                exact = low - high
            elif edges[cell] < 0 < edges[cell + 1]:
                exact = whole[order] - low - high
            else:
                exact = abs(low - high)
            exact *= mp.mpf(source.scale) ** order
            rounding = 1e-15 * abs(source.mean) / source.scale  # of a threshold, for a mean far from zero
            size = abs(exact) if abs(exact) > 1e-290 else mp.mpf(1e-290)
            near = max(abs(float(edges[cell])) if cell else 0.0, abs(float(edges[cell + 1])) if cell < 15 else 0.0, 1.0)
            assert abs(float(values[cell]) - exact) <= (2e-13 + 100 * near * rounding) * size
            compared += 1
    assert compared == 48


@pytest.mark.parametrize(("source", "frozen"), list(zip(SOURCES, FROZEN, strict=True)))
def test_laws_are_those_of_scipy(source: SymmetricSource, frozen: Any) -> None:
    x = source.mean + source.scale * np.array([-30.0, -2.0, -0.1, 0.0, 0.7, 5.0])
    assert_close(source.pdf(x), frozen.pdf(x), 1e-11)
    assert_close(source.variance, frozen.var(), FLOAT)
    assert_close(source.differential_entropy, float(frozen.entropy()), QUADRATURE)
    shares = np.array([1e-300, 1e-12, 0.01, 0.049, 0.051, 0.3, 0.4999, 0.5001, 0.9, 1 - 1e-9])
    back = source.ppf(shares)
    if abs(source.mean) < 0.1 * source.scale:
        assert_close(frozen.cdf(back), shares, 1e-9)
    assert_close(frozen.cdf(back[2:]), shares[2:], 1e-9)
    assert source.ppf(0.5) == source.mean
    deviation = source.scale * np.array([0.0, 1.0, 20.0])
    assert_close(source.upper_tail(deviation), frozen.sf(source.mean + deviation), 1e-9)


@pytest.mark.parametrize("source", [each for each in SOURCES if each.variance < 20 * each.scale**2])  # else endless tails
def test_companded_quantiles_are_those_of_the_cube_root_density(source: SymmetricSource) -> None:
    def root(log_x: float) -> float:
        x = source.scale * float(np.exp(log_x))
        return float(source.pdf(source.mean + x) ** (1 / 3)) * x

    total = quad(root, -40, 80, limit=2000, epsabs=0, points=[0.0, 3.0])[0]
    for share in (0.6, 0.9):
        top = float(np.log((source.companded(share) - source.mean) / source.scale))
        assert_close(0.5 + quad(root, -40, top, limit=2000, epsabs=0)[0] / (2 * total), share, 1e-6)


def test_moments_accept_infinite_thresholds_and_none() -> None:
    source = StudentTSource(5.0)
    cells = source.moments(np.array([-np.inf, 0.0, np.inf, np.inf]))
    assert_close(cells.probability[[1, 2]], [0.5, 0.5], FLOAT)
    assert cells.probability[[0, 3, 4]].tolist() == [0.0, 0.0, 0.0]
    alone = source.moments(np.array([]))
    assert_close([alone.probability[0], alone.second[0]], [1.0, 5 / 3], FLOAT)
    assert alone.first[0] == 0


@pytest.mark.parametrize("source", SOURCES)
def test_errors_of_a_quantizer_equal_quadrature(source: SymmetricSource) -> None:
    step = source.scale
    quantizer = CellQuantizer(source.mean + step * np.array([-1.0, 0.2, 3.0]), source.mean + step * np.array([-0.5, 0.4]))

    def error(x: float, power: int) -> float:
        w = source.mean + x * step
        gap = float(quantizer.levels[int(np.searchsorted(quantizer.thresholds, w))]) - w
        return float(abs(gap) ** power * source.pdf(w) * step)

    edges = [-np.inf, -20.0, -1.0, -0.5, 0.0, 0.2, 0.4, 3.0, 20.0, np.inf]
    for power, found in ((1, absolute_error(source, quantizer)), (2, squared_error(source, quantizer))):
        if power == 2 and source.variance > 10 * step**2:
            continue  # too heavy a tail for the reference
        total = sum(quad(error, a, b, (power,), epsabs=0, limit=500)[0] for a, b in itertools.pairwise(edges))
        assert_close(found, total, 1e-7)


def test_empirical_moments_are_plain_sums() -> None:
    rng = np.random.default_rng(3)
    values, importance = rng.standard_normal(200).round(1) + 5, rng.random(200) * (rng.random(200) > 0.2)
    source = EmpiricalSource(values, importance)
    share = importance / importance.sum()
    assert_close(source.mean, share @ values, FLOAT)
    assert_close(source.variance, share @ (values - share @ values) ** 2, FLOAT)
    thresholds = np.array([4.0, 5.0, 5.0, 6.3])
    found = source.moments(thresholds)
    cell = np.searchsorted(thresholds, values, side="left")
    for index in range(5):
        inside = cell == index
        deviation = values[inside] - source.mean
        for order, moment in enumerate(found):
            assert abs(moment[index] - share[inside] @ deviation**order) < 1e-14
    quantizer = CellQuantizer(np.array([3.5, 4.5, 5.0, 5.5, 7.0]), thresholds)
    error = quantizer.compress(values) - values
    assert_close(squared_error(source, quantizer), share @ error**2, FLOAT)
    assert source.ppf(0.0) == values[importance > 0].min() or source.ppf(0.0) == values.min()
    assert source.ppf(1.0) == values[importance > 0].max()


def test_source_of_a_model() -> None:
    student = source_for(LinearModel(80, 50, 2.0), 0.3)
    assert isinstance(student, StudentTSource)
    assert (student.degrees, student.mean) == (31.0, 0.3)
    assert_close(student.variance, 2 / 29, FLOAT)
    normal = source_for(LinearModel(80, 50, 2.0, signal_variance=0.5))
    assert isinstance(normal, NormalSource)
    assert_close(normal.variance, 0.5 + 2 / 29, FLOAT)


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: NormalSource(0.0, 0.0), "variance must be positive; got 0.0"),
    (lambda: LaplaceSource(np.nan), "mean must be finite; got nan"),
    (lambda: StudentTSource(2.0), "degrees must be above 2 for a finite variance; got 2.0"),
    (lambda: StudentTSource(5.0, -1.0), "scale must be positive; got -1.0"),
    (lambda: NormalSource().ppf(1.5), "q must lie between 0 and 1; got 1.5"),
    (lambda: NormalSource().upper_tail(-1.0), "deviation must be zero or positive; got -1.0"),
    (lambda: EmpiricalSource([]), "values must be a vector of at least one weight; got shape (0,)"),
    (lambda: EmpiricalSource([1.0, np.inf]), "values must be finite; got inf"),
    (lambda: EmpiricalSource([1.0, 2.0], [1.0]), "importance must hold one number a weight, 2"),
    (lambda: EmpiricalSource([1.0, 2.0], [1.0, -1.0]), "importance must be zero or positive; got -1.0"),
    (lambda: EmpiricalSource([1.0, 2.0], [0.0, 0.0]), "importance must not be zero everywhere"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    assert_refused(call, message)


@pytest.mark.parametrize("model", [LinearModel(6, 5), LinearModel(9, 2, covariance=[1.0, 2.0])])
def test_a_model_without_one_law_is_refused(model: LinearModel) -> None:
    assert_refused(lambda: source_for(model), error=UnsupportedModelError)
