"""Diameter-regularized k-means against the true objective minimized over every partition, and its certificate."""

import itertools
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy import optimize

from linreg_compress.compression.clustering.diameter_kmeans import diameter_kmeans, hessian_importance
from linreg_compress.compression.clustering.diameter_search import Cut, Ends, Node, Search, pulled
from linreg_compress.compression.clustering.kmeans import kmeans
from linreg_compress.compression.clustering.local_search import local_search
from linreg_compress.compression.clustering.sorted_weights import SortedWeights
from tests.compare import assert_refused

PENALTIES = ("squared", "linear")


def merged(weights: Any, masses: Any) -> tuple[Any, Any]:
    """Distinct weights of positive importance, ascending, less the first of them; exact."""
    total: dict[Fraction, Fraction] = {}
    for weight, mass in zip(weights.tolist(), masses.tolist(), strict=True):
        if mass:
            total[Fraction(weight)] = total.get(Fraction(weight), Fraction(0)) + Fraction(mass)
    points = sorted(total)
    return np.array([float(w - points[0]) for w in points]), np.array([float(total[w]) for w in points])


def penalized_optimum(weights: Any, masses: Any, levels: int, beta: float, penalty: str) -> float:
    """The true objective, at its least over all partitions into intervals and all centres.

    For a partition the objective is convex in the centres. At its minimum some first clusters sit together at the least
    centre, some last clusters at the largest, and the others at their means: every such split is tried and its centres are
    put into the true objective, so that each value belongs to a codebook and the least of them is the optimum.
    """
    w, h = merged(weights, masses)
    size = w.size
    mass, mean, error = np.zeros((3, size + 1, size + 1))
    for i in range(size):
        for j in range(i + 1, size + 1):
            mass[i, j] = h[i:j].sum()
            mean[i, j] = h[i:j] @ w[i:j] / mass[i, j]
            mean[i, j] += h[i:j] @ (w[i:j] - mean[i, j]) / mass[i, j]
            error[i, j] = h[i:j] @ (w[i:j] - mean[i, j]) ** 2
    best = float(error[0, size])
    for k in range(2, min(levels, size) + 1):
        cuts = np.array(list(combinations(range(1, size), k - 1))).reshape(-1, k - 1)
        bounds = np.hstack((np.zeros((len(cuts), 1), int), cuts, np.full((len(cuts), 1), size)))
        masses_k, means = mass[bounds[:, :-1], bounds[:, 1:]], mean[bounds[:, :-1], bounds[:, 1:]]
        inside = error[bounds[:, :-1], bounds[:, 1:]].sum(axis=1)
        for p in range(1, k):
            for q in range(1, k - p + 1):
                low, high = (0, bounds[:, p]), (bounds[:, k - q], size)
                H1, HK, m1, mK = mass[low], mass[high], mean[low], mean[high]
                force = (mK - m1) / (1 / beta + 1 / H1 + 1 / HK) if penalty == "squared" else beta / 2
                centers = means.copy()
                centers[:, :p] = (m1 + force / H1)[:, None]
                centers[:, k - q :] = (mK - force / HK)[:, None]
                spread = np.ptp(centers, axis=1)
                value = inside + (masses_k * (centers - means) ** 2).sum(axis=1)
                best = min(best, float((value + beta * (spread**2 if penalty == "squared" else spread)).min()))
    return best


def random_case(rng: np.random.Generator, most: int) -> tuple[Any, Any, int, float]:
    size = int(rng.integers(2, most + 1))
    weights = (
        rng.integers(-5, 6, size).astype(float),
        rng.standard_normal(size),
        np.round(rng.standard_t(1, size), 1),
    )[int(rng.integers(3))] + rng.choice([0.0, 0.0, 1e8])
    masses = (
        np.ones(size),
        rng.gamma(0.5, size=size) + 1e-6,
        10.0 ** rng.integers(-3, 7, size),
        rng.integers(0, 3, size).astype(float),
    )[int(rng.integers(4))]
    if not masses.any():
        masses[0] = 1.0
    return weights, masses, int(rng.integers(1, 7)), float(10.0 ** rng.uniform(-3, 4))


def check(case: tuple[Any, Any, int, float], penalty: str) -> None:
    weights, masses, levels, beta = case
    found = diameter_kmeans(weights, levels, masses, beta, penalty)
    exact = penalized_optimum(weights, masses, levels, beta, penalty)
    assert abs(found.objective - exact) <= 1e-9 * exact, (case, penalty, found.objective, exact)
    assert found.lower_bound <= exact * (1 + 1e-13), (case, penalty)
    assert found.gap <= 1e-9, (case, penalty, found.gap)


DUALITY_GAPS: list[tuple[list[int], list[float], int, float]] = [
    ([-9, -8, -4, -1, 2, 4], [10, 1, 100, 100.01, 10, 1], 5, 0.1),
    ([-8, -2, -1, 2, 4, 8], [6, 9, 6, 4, 4, 7], 5, 2.0),
    ([-9, -2, -1, 0, 3, 4, 8], [9, 2, 2, 5, 1, 5, 7], 3, 8.0),
    ([-9, -1, 2, 6, 8], [5, 4, 8, 4, 6], 3, 3.0),
    ([-9, -7, -5, -3, 2, 3, 9], [3, 5, 5, 3, 6, 7, 5], 4, 0.7),
]


@pytest.mark.parametrize(("weights", "masses", "levels", "beta"), DUALITY_GAPS)
def test_a_duality_gap_is_closed_by_branching(
    monkeypatch: pytest.MonkeyPatch, weights: list[int], masses: list[float], levels: int, beta: float
) -> None:
    """No slope of the linear penalty has the optimum alone: one in 300 problems of small whole numbers is of this kind."""
    halves: list[Node] = []
    split = Node.split

    def noted(node: Node, one: Cut, other: Cut) -> Iterator[Node]:
        parts = list(split(node, one, other))
        assert [sum(holds(part, cut) for part in parts) for cut in (one, other)] == [1, 1]
        halves.extend(parts)
        return iter(parts)

    def holds(node: Node, cut: Cut) -> bool:
        return all(low <= getattr(cut, name) <= high for name in "kab" for low, high in [getattr(node, name)])

    monkeypatch.setattr(Node, "split", noted)
    check((np.array(weights, dtype=float), np.array(masses), levels, beta), "squared")
    assert halves


@pytest.mark.parametrize("penalty", PENALTIES)
def test_equals_exhaustive_search(penalty: str) -> None:
    rng = np.random.default_rng(11)
    for _ in range(250):
        check(random_case(rng, 9), penalty)


@pytest.mark.slow
@pytest.mark.parametrize("penalty", PENALTIES)
def test_equals_exhaustive_search_on_2000_cases(penalty: str) -> None:
    rng = np.random.default_rng(12)
    for _ in range(1000):
        check(random_case(rng, 12), penalty)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_search_over_splits_is_the_convex_minimum(penalty: str) -> None:
    # one partition, centres by a quadratic program: variables c, and ends a <= c_k <= b of the penalized interval
    rng = np.random.default_rng(13)
    for _ in range(10):
        weights, h = np.sort(rng.standard_normal(4)), rng.gamma(1.0, size=4)
        beta = float(10 ** rng.uniform(-1, 1))

        def objective(x: Any, w: Any = weights, h: Any = h, beta: float = beta) -> float:
            spread = x[5] - x[4]
            return float(h @ (x[:4] - w) ** 2 + beta * (spread**2 if penalty == "squared" else spread))

        rules = [{"type": "ineq", "fun": lambda x: np.concatenate((x[:4] - x[4], x[5] - x[:4]))}]
        start = np.append(weights, [weights[0], weights[-1]])
        solved = optimize.minimize(objective, start, constraints=rules, method="SLSQP", options={"ftol": 1e-14})
        assert penalized_optimum(weights, h, 4, beta, penalty) <= solved.fun + 1e-9
        found = diameter_kmeans(weights, 4, h, beta, penalty).objective
        assert found == pytest.approx(solved.fun, rel=1e-6) or found < solved.fun


def test_crossing_end_centres_are_not_believed() -> None:
    # springs in series without walls say 1.198, which no codebook attains
    found = diameter_kmeans([-10.0, 0.0, 1.0], 3, [0.01, 1.0, 1.0], 1000.0)
    assert found.objective == pytest.approx(1.59671011, abs=1e-8)
    assert found.gap < 1e-12
    assert found.note == "2 of 3 possible levels are best under this penalty"


def certified(count: int, seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    gaps = []
    for case in range(count):
        levels = (2, 4, 16, 64)[case % 4]
        weights = (
            rng.standard_normal(1000),
            rng.standard_t(3, 1000),
            rng.integers(-500, 500, 1000) / 100,
        )[int(rng.integers(3))]
        h = rng.gamma(0.3, size=1000) + 1e-9 if rng.random() < 0.5 else np.ones(1000)
        beta = float(10 ** rng.uniform(-2, 4))
        found = diameter_kmeans(weights, levels, h, beta)
        direct = float(h @ (weights - found.centers[found.assignments]) ** 2) + beta * np.ptp(found.centers) ** 2
        assert found.objective == pytest.approx(direct, rel=1e-9)
        assert found.lower_bound <= found.objective
        for start in ("linear", "quantile"):
            assert local_search(weights, levels, h, beta, initialization=start).objective >= found.lower_bound
        gaps.append(found.gap)
    return gaps


def test_certificate() -> None:
    gaps = certified(12, 14)
    assert len(gaps) == 12
    assert max(gaps) <= 1e-6


@pytest.mark.slow
def test_certificate_on_200_cases() -> None:
    gaps = certified(200, 15)
    assert len(gaps) == 200
    assert max(gaps) <= 1e-6


@pytest.mark.parametrize(("beta", "programs"), [(0.1, 33), (3.0, 28), (30.0, 22)])
def test_few_programs_prove_the_optimum(beta: float, programs: int) -> None:
    """Two or three a problem: one more for each slope that the envelope asks for in vain."""
    total = 0
    for number in range(12):
        rng = np.random.default_rng([number, 8])
        line = SortedWeights.of(rng.standard_normal(30), rng.gamma(0.5, size=30))
        search = Search(Ends(line), 5, float(np.ldexp(beta, -line.mass_exponent)))
        bound = search.squared()
        assert search.value * (1 - 1e-9) <= bound <= search.value
        total += search.programs
    assert total <= programs + 2


@pytest.mark.parametrize("levels", [2, 3, 4, 5])
def test_no_centres_within_the_walls_cost_a_partition_less(levels: int) -> None:
    """The squared penalty is convex: one end centre after the other, each at its best, leads to the minimum."""
    at_walls = 0
    for number, beta in itertools.product(range(10), (0.1, 1.0, 30.0)):
        rng = np.random.default_rng([number, levels])
        w, h = np.sort(rng.standard_normal(9)), rng.gamma(0.3, size=9) + 1e-2
        bounds = [0, *np.sort(rng.choice(np.arange(1, 9), levels - 1, replace=False)).tolist(), 9]
        found = pulled(SortedWeights.of(w, h), bounds, beta, squared=True)
        parts = [slice(i, j) for i, j in itertools.pairwise(bounds)]
        means = np.array([h[part] @ w[part] / h[part].sum() for part in parts])
        low, high = (w[bounds[1]], w[bounds[-2] - 1]) if levels > 2 else (np.inf, -np.inf)
        (H1, HK), (first, last) = (float(h[parts[k]].sum()) for k in (0, -1)), (float(means[0]), float(means[-1]))
        (m1, mK), (low, high) = (first, last), (float(low), float(high))
        for _ in range(3000):
            first = min((H1 * m1 + beta * last) / (H1 + beta), low)
            last = max((HK * mK + beta * first) / (HK + beta), high)
        at_walls += (first == low) + (last == high)
        np.testing.assert_allclose(found, [first, *means[1:-1], last], rtol=0, atol=1e-9)
    assert (at_walls > 5) == (levels > 2)


def test_the_rounding_of_a_program_is_that_of_its_layers_and_of_its_ends() -> None:
    rng = np.random.default_rng(1)
    line = SortedWeights.of(rng.standard_normal(20), rng.gamma(0.5, size=20) + 0.1)
    _, rounding = Search(Ends(line), 4, 0.3).program(0.5, Node((3, 4), (1, 20), (1, 20)))
    layers = 2 * 4 * (np.log2(21) + 2) * line.prefix.rounding
    assert layers < rounding < 2 * layers


@pytest.mark.parametrize("levels", [1, 2, 4])
def test_bounds_are_some_roundings_below_the_value(levels: int) -> None:
    """Not above it, and no farther below than the program may have rounded."""
    for number in range(6):
        rng = np.random.default_rng([number, 9])
        line = SortedWeights.of(rng.standard_normal(20), rng.gamma(0.5, size=20) + 0.1)
        for solve in (Search.linear, Search.squared):
            search = Search(Ends(line), levels, 0.3)
            bound = solve(search)
            assert search.value * (1 - 1e-9) <= bound < search.value
            if levels < 3:
                assert bound == search.value * (1 - 16 * 2.0**-52)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_invariances_and_monotony(penalty: str) -> None:
    rng = np.random.default_rng(16)
    weights, h, beta = np.round(rng.standard_t(2, 150), 3), rng.gamma(0.5, size=150) + 1e-3, 3.0
    found = diameter_kmeans(weights, 6, h, beta, penalty)
    for other, masses in ((-weights, h), (weights + 64.0, h), (weights[::-1], h[::-1])):
        assert diameter_kmeans(other, 6, masses, beta, penalty).objective == pytest.approx(found.objective, rel=1e-9)
    objectives = [diameter_kmeans(weights, levels, h, beta, penalty).objective for levels in range(1, 12)]
    assert (np.diff(objectives) <= 1e-9 * objectives[0]).all()
    strong = [diameter_kmeans(weights, 6, h, b, penalty).objective for b in (0.0, 0.1, 1.0, 10.0, 1e3, 1e9)]
    assert (np.diff(strong) >= 0).all()
    assert strong[0] == pytest.approx(kmeans(weights, 6, h).objective, rel=1e-12)
    assert strong[-1] == pytest.approx(kmeans(weights, 1, h).objective, rel=1e-6)


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("unit", [1e-150, 1.0])
@pytest.mark.parametrize("offset", [0.0, 1e3, 1e8])
def test_a_penalty_however_strong_costs_no_more_than_one_centre(penalty: str, unit: float, offset: float) -> None:
    for size in (2, 3, 8):
        rng = np.random.default_rng([18, size])
        weights, h = (rng.standard_normal(size) + offset) * unit, rng.random(size) + 0.1
        one = kmeans(weights, 1, h).objective
        for beta in (1e-300, *10.0 ** np.arange(0, 20), 1e60, 1e155, 1e300, 1.7e308):
            found = diameter_kmeans(weights, 4, h, float(beta), penalty)
            assert found.objective <= one * (1 + 1e-15)
            assert found.lower_bound <= found.objective
        assert found.levels == 1
        assert found.gap < 1e-12


@pytest.mark.parametrize("penalty", PENALTIES)
def test_centres_are_nearest(penalty: str) -> None:
    rng = np.random.default_rng(17)
    weights, h = rng.standard_normal(400), rng.gamma(0.3, size=400) + 1e-6
    h[::7] = 0.0
    found = diameter_kmeans(weights, 8, h, 5.0, penalty)
    assert (np.diff(found.centers) > 0).all()
    assert np.array_equal(np.abs(weights[:, None] - found.centers).argmin(axis=1), found.assignments)


def test_importance_is_the_diagonal_of_the_hessian() -> None:
    X = np.random.default_rng(18).standard_normal((50, 4))
    np.testing.assert_allclose(hessian_importance(X.T @ X, 50), 2 * (X**2).mean(axis=0))
    assert_refused(lambda: hessian_importance(np.ones(3), 5), "gram must be a square matrix; got shape (3,).")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"penalty": "cubic"}, "penalty must be one of squared, linear; got 'cubic'."),
        ({"penalty_weight": -1.0}, "penalty_weight must be zero or positive; got -1.0."),
        ({"penalty_weight": float("inf")}, "penalty_weight must be finite; got inf."),
        ({"importance": [0.0, 0.0]}, "importance must not be zero everywhere"),
        ({"importance": [1.0]}, "importance must hold one number a weight, 2 in all"),
        ({"levels": 0}, "levels must be a whole number of at least 1"),
        ({"weights": []}, "weights must hold at least one number"),
    ],
)
def test_bad_input(options: dict[str, Any], message: str) -> None:
    assert_refused(lambda: diameter_kmeans(**{"weights": [1.0, 2.0], "levels": 2, **options}), message)
