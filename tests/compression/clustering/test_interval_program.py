"""The layers of the dynamic program against every candidate, with windows and rebates."""

import itertools
from typing import Any

import numpy as np
import pytest

from linreg_compress.compression.clustering.interval_program import IntervalProgram
from linreg_compress.compression.clustering.prefix_sums import PrefixSums
from linreg_compress.compression.clustering.sorted_weights import SortedWeights
from tests.tolerances import FLOAT

SIZE, LAYERS = 11, 4


def sums(number: int) -> PrefixSums:
    rng = np.random.default_rng([number, 3])
    return SortedWeights.of(rng.standard_normal(SIZE), rng.gamma(1.0, size=SIZE) + 0.1).prefix


def windows_of(number: int, kind: str) -> Any:
    """Around the ends of some partition, in ascending order."""
    if kind == "none":
        return None
    rng = np.random.default_rng([number, 4])
    ends = np.sort(rng.choice(np.arange(1, SIZE), LAYERS - 1, replace=False))
    wide = {"everywhere": SIZE, "overlapping": 3, "single places": 0}[kind]
    low = np.maximum.accumulate(ends - rng.integers(0, wide + 1, LAYERS - 1))
    high = np.minimum.accumulate((ends + rng.integers(0, wide + 1, LAYERS - 1))[::-1])[::-1]
    return [*zip(low.clip(0).tolist(), high.clip(max=SIZE).tolist(), strict=True), (SIZE, SIZE)]


def by_every_candidate(prefix: PrefixSums, first: Any, windows: Any, rebates: Any) -> list[Any]:
    """``F_k(i) = min_j F_{k-1}(j) + SS(j, i)``, less the rebate; with rebates a cluster may be empty."""
    place = np.arange(SIZE + 1)
    allowed = [
        np.ones(SIZE + 1, bool) if windows is None else (w[0] <= place) & (place <= w[1]) for w in windows or [[]] * 4
    ]
    value = np.where(allowed[0], first, np.inf)
    layers = [value if rebates is None else value - rebates[0]]
    for k in range(1, LAYERS):
        value = np.full(SIZE + 1, np.inf)
        for i in place[allowed[k]]:
            for j in range(0 if rebates is not None else k, i + (rebates is not None)):
                cost = float(prefix.squared_errors(np.array([j]), np.array([i]))[0]) if j < i else 0.0
                value[i] = min(value[i], layers[-1][j] + cost)
        layers.append(value if rebates is None else value - rebates[k])
    return layers


@pytest.mark.parametrize("precise", [False, True])
@pytest.mark.parametrize("rebated", [False, True])
@pytest.mark.parametrize("kind", ["none", "everywhere", "overlapping", "single places"])
def test_layers_are_the_least_of_all_candidates(kind: str, rebated: bool, precise: bool) -> None:
    for number in range(8):
        prefix, windows = sums(number), windows_of(number, kind)
        rebates = np.random.default_rng([number, 5]).uniform(0, 0.3, (LAYERS, SIZE + 1)) if rebated else None
        every = np.arange(SIZE + 1)
        first = prefix.squared_errors(np.zeros_like(every), every)
        if not rebated:
            first[0] = np.inf  # no empty cluster
        table = None if windows is None else np.array(windows)
        program = IntervalProgram(prefix, first, LAYERS, precise, table, rebates)
        expected = by_every_candidate(prefix, first, windows, rebates)
        for k in range(1, LAYERS + 1):
            np.testing.assert_allclose(program.costs(k), expected[k - 1], rtol=FLOAT, atol=FLOAT)
        if np.isfinite(expected[-1][SIZE]) and not rebated:
            ends = program.bounds(LAYERS, SIZE)
            cost = sum(prefix.squared_errors(np.array([i]), np.array([j]))[0] for i, j in itertools.pairwise(ends))
            np.testing.assert_allclose(cost, expected[-1][SIZE], rtol=FLOAT, atol=FLOAT)
            assert windows is None or all(w[0] <= end <= w[1] for w, end in zip(windows, ends[1:], strict=True))


@pytest.mark.parametrize("precise", [False, True])
def test_every_level_of_every_layer_may_round(precise: bool) -> None:
    prefix = sums(1)
    program = IntervalProgram(prefix, None, LAYERS, precise)
    one = prefix.precise_rounding if precise else prefix.rounding
    for k in (1, 4, 40):
        np.testing.assert_allclose(program.error(k), 2 * k * (np.log2(SIZE + 1) + 2) * one, rtol=FLOAT)


def test_of_equal_candidates_the_first_is_taken() -> None:
    """So the result does not depend on how the rows are halved."""
    line = SortedWeights.of(np.array([0.0, 1.0, 2.0, 3.0]), np.ones(4))
    for precise in (False, True):
        assert IntervalProgram(line.prefix, None, 3, precise).bounds(3, 4) == [0, 1, 2, 4]
