"""Exact k-means against exhaustive search in exact arithmetic, its certificate, its invariances, and what it refuses."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.clustering.boundary_windows import boundary_windows
from linreg_compress.compression.clustering.interval_program import IntervalProgram
from linreg_compress.compression.clustering.kmeans import KMeansQuantizer, kmeans
from linreg_compress.compression.clustering.local_search import local_search
from linreg_compress.compression.clustering.sorted_weights import SortedWeights
from tests.compare import assert_refused

Case = tuple[Any, Any, int]


def random_case(rng: np.random.Generator, most: int) -> Case:
    """Ties, duplicates, outliers, zero and huge importances, an offset of 1e8."""
    size, levels = int(rng.integers(1, most + 1)), int(rng.integers(1, 7))
    kind = rng.integers(4)
    if kind == 0:
        weights = rng.integers(-5, 6, size).astype(float)
    elif kind == 1:
        weights = rng.standard_normal(size)
    elif kind == 2:
        weights = np.round(rng.standard_t(1, size), 1)
    else:
        weights = 1e-6 * rng.standard_normal(size) + rng.integers(0, 3, size)
    weights = weights + rng.choice([0.0, 0.0, 1e8, -1e8])
    masses = (
        np.ones(size),
        rng.gamma(1.0, size=size),
        10.0 ** rng.integers(-3, 13, size),
        rng.integers(0, 3, size).astype(float),
    )[int(rng.integers(4))]
    if not masses.any():
        masses[0] = 1.0
    return weights, masses, levels


def exhaustive(weights: Any, masses: Any, levels: int) -> Fraction:
    """The optimum over all partitions into intervals, in rational arithmetic."""
    total: dict[Fraction, Fraction] = {}
    for weight, mass in zip(weights.tolist(), masses.tolist(), strict=True):
        if mass:
            total[Fraction(weight)] = total.get(Fraction(weight), Fraction(0)) + Fraction(mass)
    points = sorted(total)
    size = len(points)

    def cost(begin: int, end: int) -> Fraction:
        part = [(total[point], point) for point in points[begin:end]]
        mass = sum((h for h, _ in part), Fraction(0))
        first = sum((h * w for h, w in part), Fraction(0))
        return sum((h * w * w for h, w in part), Fraction(0)) - first**2 / mass

    table = {(i, j): cost(i, j) for i in range(size) for j in range(i + 1, size + 1)}

    def best(begin: int, clusters: int) -> Fraction:  # all partitions, one by one
        if clusters == 1 or begin == size - 1:
            return table[begin, size]
        cuts = [table[begin, end] + best(end, clusters - 1) for end in range(begin + 1, size)]
        return min([table[begin, size], *cuts])

    return best(0, levels)


def check(case: Case) -> None:
    found, exact = kmeans(*found_arguments(case)), exhaustive(*case)
    moment = float(case[1].sum()) * float(np.ptp(case[0])) ** 2
    centres = Fraction(2.0**-104 * float(case[1].sum()) * float(np.abs(case[0]).max()) ** 2)  # for rounding them to doubles
    assert abs(Fraction(found.objective) - exact) <= Fraction(1, 10**9) * exact + centres, case
    assert Fraction(found.lower_bound) <= exact * (1 + Fraction(1, 10**15)), case
    assert found.objective - found.lower_bound <= 1e-6 * found.objective + 1e-26 * moment + centres, case


def found_arguments(case: Case) -> tuple[Any, int, Any]:
    weights, masses, levels = case
    return weights, levels, masses


def test_equals_exhaustive_search() -> None:
    rng = np.random.default_rng(1)
    for _ in range(600):
        check(random_case(rng, 9))


@pytest.mark.slow
def test_equals_exhaustive_search_on_2000_cases() -> None:
    rng = np.random.default_rng(2)
    for _ in range(2000):
        check(random_case(rng, 12))


@pytest.mark.parametrize("levels", [2, 3, 5, 16])
@pytest.mark.parametrize("weighted", [False, True])
def test_certificate_and_record(levels: int, weighted: bool) -> None:
    rng = np.random.default_rng(3)
    weights = rng.standard_t(3, 700)
    masses = rng.gamma(0.5, size=700) if weighted else None
    found = kmeans(weights, levels, masses)
    h = np.ones(700) if masses is None else masses
    direct = float(h @ (weights - found.centers[found.assignments]) ** 2)
    assert found.objective == pytest.approx(direct, rel=1e-12)
    assert found.lower_bound <= found.objective
    assert found.gap < 1e-6
    assert (np.diff(found.centers) > 0).all()
    nearest = np.abs(weights[:, None] - found.centers).argmin(axis=1)
    assert np.array_equal(nearest, found.assignments)
    for k in range(levels):
        assert found.centers[k] == pytest.approx(np.average(weights[nearest == k], weights=h[nearest == k]), rel=1e-9)


@pytest.mark.parametrize("law", ["normal", "t", "groups"])
@pytest.mark.parametrize("levels", [3, 16])
def test_windows_hold_the_optimum(law: str, levels: int) -> None:
    rng = np.random.default_rng(4)
    weights = {
        "normal": rng.standard_normal(40_000),
        "t": rng.standard_t(2, 40_000),
        "groups": rng.integers(0, 9, 40_000) + 0.01 * rng.standard_normal(40_000),
    }[law]
    line = SortedWeights.of(weights, rng.gamma(1.0, size=40_000))
    program = IntervalProgram(line.prefix, None, levels - 1, precise=False)
    total = program.totals(levels)
    ends = [*program.bounds(levels - 1, int(np.argmin(total)))[1:], line.size]
    windows = boundary_windows(line, levels)
    assert windows is not None
    assert ((windows[:, 0] <= ends) & (ends <= windows[:, 1])).all()
    assert np.ptp(windows, axis=1).sum() < 0.8 * levels * line.size or law == "groups"
    found = kmeans(np.repeat(line.values, 1), levels, line.masses)
    assert found.objective == pytest.approx(float(total.min()) * 2.0 ** (2 * line.exponent), rel=1e-9)


def test_programs_in_doubles_and_in_twice_the_digits_agree() -> None:
    line = SortedWeights.of(np.random.default_rng(5).standard_normal(300), None)
    rough, fine = (IntervalProgram(line.prefix, None, 6, precise) for precise in (False, True))
    for k in range(1, 7):
        np.testing.assert_allclose(rough.costs(k)[k:], fine.costs(k)[k:], rtol=1e-12, atol=1e-14)


def test_shift_sign_and_order_change_nothing_else() -> None:
    rng = np.random.default_rng(6)
    weights, h = np.round(rng.standard_normal(200), 3), rng.gamma(1.0, size=200)
    found = kmeans(weights, 5, h)
    mirrored = kmeans(-weights, 5, h)
    np.testing.assert_allclose(-mirrored.centers[::-1], found.centers, rtol=1e-12)
    assert np.array_equal(4 - mirrored.assignments, found.assignments)
    order = rng.permutation(200)
    permuted = kmeans(weights[order], 5, h[order])
    assert np.array_equal(permuted.assignments, found.assignments[order])
    moved = kmeans(weights * 1024 + 2.0**27, 5, h)  # 1.3e8; exact
    assert np.array_equal(moved.assignments, kmeans(weights * 1024 + 2.0**27 - 2.0**27, 5, h).assignments)
    assert kmeans(8 * weights, 5, h).objective == pytest.approx(64 * found.objective, rel=1e-12)


def test_more_levels_never_cost_more_and_local_search_is_never_better() -> None:
    rng = np.random.default_rng(7)
    weights, h = rng.standard_t(2, 300), rng.gamma(0.3, size=300)
    objectives = [kmeans(weights, levels, h).objective for levels in range(1, 30)]
    assert (np.diff(objectives) < 0).all()
    for levels in (2, 5, 16):
        for start in ("linear", "quantile"):
            assert (
                local_search(weights, levels, h, initialization=start).objective >= kmeans(weights, levels, h).lower_bound
            )


def test_zero_importance_costs_nothing() -> None:
    found = kmeans([0.0, 1.0, 4.9, 5.1, 10.0, 99.0], 2, [1.0, 1.0, 0.0, 0.0, 1.0, 0.0])
    assert found.assignments.tolist() == [0, 0, 0, 0, 1, 1]
    assert found.objective == 0.5
    found = kmeans([0.0, 4.9, 6.0, 10.0], 3, [1.0, 0.0, 0.0, 1.0])
    assert (found.centers.tolist(), found.assignments.tolist()) == ([0.0, 10.0], [0, 0, 1, 1])
    assert found.note == "asked for 3 levels, but only 2 distinct weights have positive importance"


def test_enough_levels_keep_every_weight_bit_for_bit() -> None:
    weights = np.array([1e8 + 0.1, 1e-9, 3.3, 3.3])
    found = kmeans(weights, 3)
    assert np.array_equal(found.centers[found.assignments], weights)
    assert (found.objective, found.gap, found.note) == (0.0, 0.0, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], 2), "weights must hold at least one number; got shape (0,)."),
        (([1.0, float("nan")], 2), "weights must be finite; got nan."),
        (([[1.0]], 2), "weights must be a vector; got shape (1, 1)."),
        (([1e200], 2), "weights must not exceed 1e+100 in size; got 1e+200."),
        (([-1e200, 1.0], 2), "weights must not exceed 1e+100 in size; got 1e+200."),
        (([1.0], 0), "levels must be a whole number of at least 1; got 0."),
        (([1.0], 2, [-1.0]), "importance must be zero or positive; got -1.0."),
        (([1.0], 2, [float("nan")]), "importance must be finite; got nan."),
        (([1.0, 2.0], 2, [0.0, 0.0]), "importance must not be zero everywhere; got 0.0."),
        (([1.0, 2.0], 2, [1.0]), "importance must hold one number a weight, 2 in all; got shape (1,)."),
    ],
)
def test_bad_input(arguments: tuple[Any, ...], message: str) -> None:
    assert_refused(lambda: kmeans(*arguments), message)


def test_quantizer_clusters_every_vector_for_itself() -> None:
    rng = np.random.default_rng(8)
    weights = rng.standard_normal((2, 3, 20))
    gram = np.diag(rng.gamma(1.0, size=20))
    for channel in (KMeansQuantizer(4), KMeansQuantizer(4, hessian_weighted=True)):
        found = channel.compress(weights, gram=gram)
        one = channel.code(weights[1, 2], gram=gram)
        assert np.array_equal(found[1, 2], one.weights)
        assert np.array_equal(one.decoded(one.stream()), one.weights)
    assert KMeansQuantizer(4, hessian_weighted=True).needs_gram
    assert_refused(lambda: KMeansQuantizer(4, hessian_weighted=True).compress(weights), "gram must be given")
