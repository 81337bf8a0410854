"""Derivations about diameter-penalized clustering: the proved formulas against direct minimization, and planted errors."""

import itertools
import operator
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray
from scipy import optimize

from linreg_compress.derivations.clustering.clipped_end_center import clipped_end_center
from linreg_compress.derivations.clustering.linear_diameter_penalty import linear_diameter_penalty
from linreg_compress.derivations.clustering.springs_in_series import springs_in_series
from linreg_compress.derivations.clustering.squared_penalty_as_family_of_linear import squared_penalty_as_family_of_linear
from linreg_compress.derivations.ledger import Derivation, Verdict, verify
from tests.derivations.planted import alone
from tests.tolerances import FLOAT, QUADRATURE

Array = NDArray[np.float64]
SEED = 20240609
CLUSTERING: tuple[Callable[[], Derivation], ...] = (
    springs_in_series,
    linear_diameter_penalty,
    squared_penalty_as_family_of_linear,
    clipped_end_center,
)


def function_of(expression: Any, *names: str) -> Callable[..., float]:
    """Turn a proved formula into a function of the symbols called `names`."""
    symbols = {symbol.name: symbol for symbol in expression.free_symbols}
    assert set(symbols) <= set(names)
    return sp.lambdify([symbols.get(name, sp.Dummy()) for name in names], expression, "math")


def summary(w: Array, h: Array) -> tuple[float, float, float]:
    """Total importance, weighted mean and weighted sum of squares of a cluster."""
    mean = float(h @ w / h.sum())
    return float(h.sum()), mean, float(h @ (w - mean) ** 2)


def instances(count: int, points: int = 7) -> Iterator[tuple[Array, Array, float]]:
    rng = np.random.default_rng(SEED)
    for _ in range(count):
        yield (
            np.sort(rng.integers(-300, 301, points) / 101),
            rng.integers(1, 300, points) / 151,
            float(rng.integers(1, 40)) / 17,
        )


def test_springs_equal_the_solution_of_the_normal_equations() -> None:
    cost = function_of(springs_in_series().result, "Q", "D", "beta", "H_1", "H_K")
    compared = 0
    for w, h, beta in instances(20):
        parts = [slice(0, 2), slice(2, 5), slice(5, 7)]
        (first, low, ss_low), (_, _, ss), (last, high, ss_high) = (summary(w[part], h[part]) for part in parts)
        system = np.array([[first + beta, -beta], [-beta, last + beta]])
        ends = np.linalg.solve(system, [first * low, last * high])
        direct = h[:2] @ (w[:2] - ends[0]) ** 2 + ss + h[5:] @ (w[5:] - ends[1]) ** 2 + beta * (ends[1] - ends[0]) ** 2
        found = cost(ss_low + ss + ss_high, high - low, beta, first, last)
        assert abs(found - direct) <= FLOAT * direct
        compared += 1
    assert compared == 20


def test_free_and_clipped_costs_equal_a_numeric_minimum() -> None:
    derivation = linear_diameter_penalty()
    free = function_of(linear_diameter_penalty().result, "Q", "H", "m", "beta")
    last = function_of(derivation.line("last-cost").right, "Q", "H", "m", "beta")
    clipped = function_of(clipped_end_center().result, "Q", "H", "m", "beta", "p")
    clipped_last = function_of(clipped_end_center().line("last-cost").right, "Q", "H", "m", "beta", "p")
    compared = crossed = 0
    for w, h, beta in ((w, h, 6 * weak) for w, h, weak in instances(30)):
        for sign, part, stop in ((-1, slice(0, 3), float(w[3])), (1, slice(4, 7), float(w[3]))):
            importance, mean, ss = summary(w[part], h[part])

            def cost(
                c: float, part: slice = part, sign: int = sign, w: Array = w, h: Array = h, beta: float = beta
            ) -> float:
                return float(h[part] @ (w[part] - c) ** 2 + sign * beta * c)

            reach = mean - sign * beta / (2 * importance)
            passes = sign * (reach - stop) < 0
            bounds = (stop, mean + 1) if sign > 0 else (mean - 1, stop)
            bounds = bounds if passes else (reach - 1, reach + 1)
            direct = optimize.minimize_scalar(cost, bounds=bounds, method="bounded", options={"xatol": 1e-12}).fun
            if passes:
                direct = min(direct, cost(stop))
                found = (clipped if sign < 0 else clipped_last)(ss, importance, mean, beta, stop)
            else:
                found = (free if sign < 0 else last)(ss, importance, mean, beta)
            assert abs(found - direct) <= QUADRATURE * (1 + abs(direct))
            compared += 1
            crossed += passes
    assert compared == 60
    assert 5 < crossed < 55


def partitions(points: int, clusters: int) -> Iterator[list[slice]]:
    for cuts in itertools.combinations(range(1, points), clusters - 1):
        edges = [0, *cuts, points]
        yield [slice(i, j) for i, j in itertools.pairwise(edges)]


def true_optimum(w: Array, h: Array, clusters: int, penalty: Callable[[float], float]) -> float:
    """Least cost over codebooks by minimizing over the two end centres, inner points free to choose any of the clusters."""
    best = np.inf
    for k in range(1, clusters + 1):
        for parts in partitions(len(w), k):
            means = [summary(w[part], h[part])[1] for part in parts]
            inner = np.array(means[1:-1])

            def cost(ends: Array, inner: Array = inner, k: int = k) -> float:
                centers = np.concatenate([ends[:1], inner, ends[1:]]) if k > 1 else ends[:1]
                nearest = np.min((w[:, None] - centers) ** 2, axis=1)
                return float(h @ nearest + penalty(float(centers.max() - centers.min())))

            start = np.array([means[0], means[-1]])
            for shrink in (0.0, 0.3, 0.6, 1.0):
                point = start + shrink * (np.array([1, -1]) * (start[1] - start[0]) / 2)
                best = min(
                    best,
                    float(
                        optimize.minimize(cost, point, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).fun
                    ),
                )
    return best


def clipped_optimum(w: Array, h: Array, clusters: int, beta: float) -> float:
    """Least clipped cost over partitions, as the theory page states the repair."""
    free = function_of(linear_diameter_penalty().result, "Q", "H", "m", "beta")
    last = function_of(linear_diameter_penalty().line("last-cost").right, "Q", "H", "m", "beta")
    clipped = function_of(clipped_end_center().result, "Q", "H", "m", "beta", "p")
    clipped_last = function_of(clipped_end_center().line("last-cost").right, "Q", "H", "m", "beta", "p")
    best = summary(w, h)[2]
    for k in range(2, clusters + 1):
        for parts in partitions(len(w), k):
            sums = [summary(w[part], h[part]) for part in parts]
            (first, low, ss_low), (final, high, ss_high) = sums[0], sums[-1]
            left, right = low + beta / (2 * first), high - beta / (2 * final)
            if k == 2 and left > right:
                continue
            after, before = float(w[parts[0].stop]), float(w[parts[-1].start - 1])
            cost = sum(ss for _, _, ss in sums[1:-1])
            cost += clipped(ss_low, first, low, beta, after) if left > after else free(ss_low, first, low, beta)
            cost += clipped_last(ss_high, final, high, beta, before) if right < before else last(ss_high, final, high, beta)
            best = min(best, cost)
    return best


def test_clipped_costs_give_the_optimal_codebook() -> None:
    compared = 0
    for w, h, beta in instances(4, points=5):
        expected = true_optimum(w, h, 3, partial(operator.mul, beta))
        assert abs(clipped_optimum(w, h, 3, beta) - expected) <= 1e-6 * (1 + expected)
        compared += 1
    assert compared == 4


def test_springs_fall_below_every_codebook_where_a_centre_would_pass_its_neighbour() -> None:
    """The example of the theory page: 1.198 by the formula, 1.597 in truth."""
    w, h, beta = np.array([-10.0, 0.0, 1.0]), np.array([0.01, 1.0, 1.0]), 1000.0
    formula = function_of(springs_in_series().result, "Q", "D", "beta", "H_1", "H_K")
    below = formula(0.0, 11.0, beta, 0.01, 1.0)
    assert round(below, 3) == 1.198
    assert round(true_optimum(w, h, 3, lambda diameter: beta * diameter**2), 3) == 1.597


def test_squared_penalty_is_the_upper_envelope() -> None:
    derivation = squared_penalty_as_family_of_linear()
    squared = function_of(squared_penalty_as_family_of_linear().result, "D", "beta")
    certificate = function_of(derivation.line("certificate").right, "D", "beta", "s")
    springs = function_of(springs_in_series().result, "Q", "D", "beta", "H_1", "H_K")
    dual = function_of(derivation.line("dual").right, "Q", "D_0", "beta", "H_1", "H_K")
    compared = 0
    for _, h, beta in instances(20):
        diameter, slopes = float(h[0]), np.linspace(0.001, 40, 4001)
        lines = slopes * diameter - slopes**2 / (4 * beta)
        gaps = np.array([certificate(diameter, beta, float(s)) for s in slopes[::400]])
        np.testing.assert_allclose(squared(diameter, beta) - lines[::400], gaps, rtol=0, atol=1e3 * FLOAT)
        line = lambda s, d=diameter, b=beta: s**2 / (4 * b) - s * d  # noqa: E731
        top = -optimize.minimize_scalar(line, bracket=(0.0, 1.0)).fun
        assert abs(squared(diameter, beta) - top) <= QUADRATURE * top
        arguments = (float(h[1]), diameter, beta, float(h[2]), float(h[3]))
        assert abs(springs(*arguments) - dual(*arguments)) <= FLOAT * springs(*arguments)
        compared += 1
    assert compared == 20


def test_published_step_is_the_optimum_of_half_the_penalty() -> None:
    for w, h, beta in instances(5):
        importance, mean, _ = summary(w[:3], h[:3])
        found = optimize.minimize_scalar(
            lambda c, w=w, h=h, b=beta: h[:3] @ (w[:3] - c) ** 2 - b / 2 * c, bracket=(-4.0, 4.0)
        )
        assert abs(found.x - mean - beta / (4 * importance)) < 1e-6


beta, H = sp.Symbol("beta", positive=True), sp.Symbol("H", positive=True)
PLANTED: list[tuple[Callable[[], Derivation], str, Callable[[Any], Any]]] = [
    (springs_in_series, "one-cluster", lambda right: right.subs(H, 2 * H)),
    (springs_in_series, "slope", lambda right: right / 2),
    (springs_in_series, "cost", lambda right: right.subs(beta, 2 * beta)),
    (linear_diameter_penalty, "slope", lambda right: right + 2 * beta),
    (linear_diameter_penalty, "first-cost", lambda right: right + beta**2 / (8 * H)),
    (linear_diameter_penalty, "last-cost", lambda right: right.subs(beta, -beta)),
    (linear_diameter_penalty, "published-code", lambda right: -right),
    (squared_penalty_as_family_of_linear, "largest", lambda right: right / 2),
    (squared_penalty_as_family_of_linear, "certificate", lambda right: -right),
    (squared_penalty_as_family_of_linear, "dual", lambda right: 2 * right),
    (clipped_end_center, "below", lambda right: right / 2),
    (clipped_end_center, "cost", lambda right: right.subs(beta, 2 * beta)),
    (clipped_end_center, "last-cost", lambda right: -right),
]


@pytest.mark.parametrize(("make", "label", "wrong"), PLANTED)
def test_a_planted_error_is_refuted(make: Callable[[], Derivation], label: str, wrong: Callable[[Any], Any]) -> None:
    derivation = make()
    assert verify(alone(derivation, label, wrong(derivation.line(label).right))).verdict is Verdict.REFUTED


def test_each_derivation_has_two_planted_errors() -> None:
    assert min(sum(make is planted for planted, *_ in PLANTED) for make in CLUSTERING) >= 2
