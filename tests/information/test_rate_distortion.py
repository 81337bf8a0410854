"""D(R), R(D) and reverse water-filling against 40 digits, and the inequalities that they obey."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_compress.information.rate_distortion import (
    bits_per_weight_from_nats,
    distortion_rate,
    kept_fraction,
    normalized_distortion,
    rate_distortion,
    rate_nats_from_bits,
    reverse_water_filling,
)
from tests import grids
from tests.compare import assert_close, assert_equals_reference, assert_refused
from tests.references import mp, split, water_filling
from tests.tolerances import FLOAT, ROUNDING

FEATURES = (1, 2, 27, 28, 50, 998, 10**5)  # 27 and 28: 1e4 nats leave a distortion below the normal range of doubles


def test_distortion_rate_equals_40_digits() -> None:
    points = [(v, r, d) for v in grids.SIGNAL_VARIANCES for r in grids.RATES for d in FEATURES]
    v, r, d = np.array(points).T
    delta = [split(r, int(d))[0] for _, r, d in points]
    exact = [mp.mpf(v) * x for (v, _, _), x in zip(points, delta, strict=True)]
    compared = assert_equals_reference(distortion_rate(v, r, d), exact, amplification=v.tolist())
    compared += assert_equals_reference(normalized_distortion(r, d), delta)
    compared += assert_equals_reference(kept_fraction(r, d), [split(r, int(d))[1] for _, r, d in points])
    assert compared == 3 * 5 * 7 * 7 == 735


@given(variance=grids.variances, share=st.floats(1e-9, 1.5), d=st.integers(1, 10**6))
def test_rate_distortion_equals_40_digits(variance: float, share: float, d: int) -> None:
    distortion = variance * share
    exact = max(d * mp.log(mp.mpf(variance) / mp.mpf(distortion)) / 2, mp.mpf(0))
    # a distortion moved by one rounding moves the rate by d/2 roundings, and so do the two logarithms in doubles
    rounding = d * ROUNDING * (1 + abs(mp.log(mp.mpf(variance))) + abs(mp.log(mp.mpf(distortion)))) / mp.mpf(FLOAT)
    assert assert_equals_reference([rate_distortion(variance, distortion, d)], [exact], condition=[rounding]) == 1


@pytest.mark.parametrize(("variance", "distortion"), [(1e12, 0.999e12), (1e12, 1e12 - 1.0), (1e-12, 0.9999e-12)])
def test_rate_distortion_keeps_its_digits_near_the_variance(variance: float, distortion: float) -> None:
    exact = mp.log(mp.mpf(variance) / mp.mpf(distortion)) / 2
    assert assert_equals_reference([rate_distortion(variance, distortion)], [exact]) == 1


@given(variance=grids.variances, bits=st.floats(0.01, 40), d=st.integers(1, 10**5))
def test_rate_distortion_inverts_distortion_rate(variance: float, bits: float, d: int) -> None:
    rate = rate_nats_from_bits(bits, d)
    assert_close(rate_distortion(variance, distortion_rate(variance, rate, d), d), rate, 1e-11 / bits)
    assert_close(bits_per_weight_from_nats(rate, d), bits, FLOAT)


def test_rate_zero_keeps_nothing_and_leaves_the_variance() -> None:
    assert normalized_distortion(0.0, 5) == 1.0
    assert kept_fraction(0.0, 5) == 0.0
    assert distortion_rate(3.0, 0.0, 5) == 3.0
    assert reverse_water_filling([4.0, 2.0], 0.0).distortions.tolist() == [4.0, 2.0]


def test_infinite_rate_is_what_zero_distortion_costs() -> None:
    assert rate_distortion(2.0, 0.0) == np.inf
    assert rate_distortion(0.0, 0.0) == 0.0
    assert distortion_rate(2.0, 1e9) == 0.0


@given(variance=grids.variances, first=st.floats(0, 500), second=st.floats(0, 500), d=st.integers(1, 1000))
def test_distortion_rate_is_convex_and_decreasing(variance: float, first: float, second: float, d: int) -> None:
    low, high = sorted((first, second))
    ends = distortion_rate(variance, [low, high], d)
    middle = distortion_rate(variance, (low + high) / 2, d)
    assert ends[1] <= ends[0]
    assert middle <= ends.mean() * (1 + FLOAT)
    assert middle > ends.mean() * (1 - FLOAT) or low < high


# ---- reverse water-filling

SPECTRA = (
    (1.0,),
    (4.0, 2.0, 0.25),
    (1.0, 1.0, 1.0, 1.0),
    (1e12, 1.0, 1e-12),
    (3.0, 0.0, 1e-5, 0.0),
    (5.0, 5.0, 1e-12, 5.0),
    tuple(float(x) for x in np.geomspace(1e-3, 40, 300)),
)


def test_water_filling_equals_40_digits() -> None:
    compared = 0
    for variances in SPECTRA:
        for rate in grids.RATES:
            found, exact = reverse_water_filling(variances, rate), water_filling(variances, rate)
            compared += assert_equals_reference([found.water_level], [exact["water_level"]], amplification=[max(variances)])
            compared += assert_equals_reference(found.distortions, exact["distortions"], amplification=variances)
            compared += assert_equals_reference(found.normalized_distortions, exact["normalized_distortions"])
            # a variance moved by one rounding moves its kept fraction by delta roundings: below that no digit exists
            blur = [8 * delta * ROUNDING / FLOAT for delta in exact["normalized_distortions"]]
            compared += assert_equals_reference(found.kept_fractions, exact["kept_fractions"], condition=blur)
            blur = [8 * ROUNDING / FLOAT for _ in variances]
            compared += assert_equals_reference(found.rates_nats, exact["rates_nats"], condition=blur)
    assert compared == len(grids.RATES) * sum(1 + 4 * len(variances) for variances in SPECTRA) == 8981


@pytest.mark.parametrize("rate", [1e-300, 1e-12, 1e-3, 2.0])
@pytest.mark.parametrize("d", [1, 3, 1000])
def test_water_filling_of_equal_variances_keeps_every_digit(rate: float, d: int) -> None:
    found = reverse_water_filling(np.full(d, 0.3), rate)
    delta, keep = split(rate, d)
    assert assert_equals_reference(found.kept_fractions, [keep] * d) == d
    assert assert_equals_reference(found.normalized_distortions, [delta] * d) == d


@given(variances=st.lists(grids.variances, min_size=1, max_size=30), rate=st.floats(0, 300))
def test_water_filling_spends_the_rate_and_levels_the_distortions(variances: list[float], rate: float) -> None:
    found = reverse_water_filling(variances, rate)
    assert abs(found.rates_nats.sum() - rate) <= 1e-12 * max(rate, 1.0)
    assert_close(found.distortions, np.minimum(found.water_level, variances), 1e-11)
    exact = water_filling(variances, rate)
    assert assert_equals_reference(found.distortions, exact["distortions"], amplification=variances) == len(variances)


@given(variances=st.lists(st.floats(0.01, 100), min_size=2, max_size=8), rate=st.floats(0.01, 20), seed=st.integers(0, 99))
def test_no_other_split_of_the_rate_has_less_distortion(variances: list[float], rate: float, seed: int) -> None:
    best = reverse_water_filling(variances, rate).distortions.sum()
    splits = np.random.default_rng(seed).dirichlet(np.full(len(variances), 0.5), 200) * rate
    others = (np.array(variances) * np.exp(-2 * splits)).sum(axis=-1)
    assert best <= others.min() * (1 + FLOAT)


def test_water_filling_broadcasts_rates_against_spectra() -> None:
    found = reverse_water_filling([[4.0, 1.0], [2.0, 2.0]], [[0.5], [3.0], [0.0]])
    assert found.distortions.shape == (3, 2, 2)
    assert found.water_level.shape == (3, 2)
    assert np.array_equal(found.distortions[1, 0], reverse_water_filling([4.0, 1.0], 3.0).distortions)


BAD = [
    (lambda: normalized_distortion(-0.1, 5), "rate_nats must be zero or positive; got -0.1"),
    (lambda: normalized_distortion(np.nan, 5), "rate_nats must be finite; got nan"),
    (lambda: kept_fraction(np.inf, 5), "rate_nats must be finite; got inf"),
    (lambda: kept_fraction(1.0, 0), "features must be a whole number of at least 1; got 0"),
    (lambda: distortion_rate(-1.0, 1.0), "variance must be zero or positive; got -1.0"),
    (lambda: rate_distortion(1.0, -1.0), "distortion must be zero or positive; got -1.0"),
    (lambda: rate_distortion(1.0, 1.0, 1.5), "features must be a whole number of at least 1; got 1.5"),
    (lambda: rate_nats_from_bits(-1.0, 5), "bits_per_weight must be zero or positive; got -1.0"),
    (lambda: bits_per_weight_from_nats([1.0, -2.0], 5), "rate_nats must be zero or positive; got -2.0"),
    (lambda: reverse_water_filling([], 1.0), "variances must hold at least one component; got shape (0,)"),
    (lambda: reverse_water_filling(1.0, 1.0), "variances must hold at least one component; got shape ()"),
    (lambda: reverse_water_filling([0.0, 0.0], 1.0), "variances must not all be zero"),
    (lambda: reverse_water_filling([1.0, -0.5], 1.0), "variances must be zero or positive; got -0.5"),
    (lambda: reverse_water_filling([1.0, np.nan], 1.0), "variances must be finite; got nan"),
    (lambda: reverse_water_filling([1.0], -1.0), "rate_nats must be zero or positive; got -1.0"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message)
