"""Exact k-means against a compiled exact solver and against the sort alone."""

import itertools
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from timing import Row, ratio_row, rounds

from linreg_compress.compression.clustering.kmeans import kmeans

CASES = ((10**3, 4), (10**3, 16), (10**3, 64), (10**4, 4), (10**4, 16), (10**4, 64), (10**5, 4), (10**5, 16), (10**6, 16))


def clustering(repeats: int) -> Iterator[Row]:
    """Exact weighted k-means: time against ckwrap (if installed) and the sort, and peak memory."""
    compiled = compiled_solver()
    rng = np.random.default_rng(0)
    for size, levels in CASES:
        weights, importance = rng.standard_normal(size), rng.gamma(1.0, size=size) + 1e-3
        name = f"kmeans N = {size:.0e}, K = {levels}"
        ours = partial(kmeans, weights, levels, importance)
        if compiled is None:
            timed, note = rounds(repeats, ours)
            seconds = sorted(one.seconds[0] for one in timed)
            note = "; ".join(filter(None, (note, "ckwrap is not installed: not compared")))
            yield Row(name, seconds[len(seconds) // 2], "ours", seconds[0], seconds[-1], unit="s", note=note)
            continue
        timed, note = rounds(
            repeats if size < 10**6 else min(repeats, 3), ours, partial(compiled, weights, levels, importance)
        )
        ratios = [one.seconds[0] / one.seconds[1] for one in timed]
        yield ratio_row(name, ratios, "ckwrap", at_most=8.0 if size < 10**4 else 2.5, note=note)
    weights, importance = rng.standard_normal(2**15), rng.gamma(0.2, size=2**15)  # those of a network reach down to 1e-28
    for levels in (8, 32):
        timed, note = rounds(
            repeats, partial(kmeans, weights, levels, importance), partial(kmeans, weights, levels, importance + 1e-3)
        )
        ratios = [one.seconds[0] / one.seconds[1] for one in timed]
        yield ratio_row(f"kmeans N = 32768, K = {levels}, vanishing", ratios, "none vanishing", at_most=1.8, note=note)
    for size in (10**4, 10**5, 10**6):
        weights, importance = rng.standard_normal(size), rng.gamma(1.0, size=size) + 1e-3
        sorts: tuple[tuple[str, Callable[[], object], Any], ...] = (
            ("np.sort", partial(np.sort, weights), None),
            ("np.argsort", partial(np.argsort, weights), importance),
        )
        for against, sort, masses in sorts:
            timed, note = rounds(repeats, partial(kmeans, weights, 2, masses), sort)
            ratios = [one.seconds[0] / one.seconds[1] for one in timed]
            weighted = "" if masses is None else ", weighted"
            yield ratio_row(f"kmeans N = {size:.0e}, K = 2{weighted}", ratios, against, at_most=1.5, note=note)
    laws = {"normal": rng.standard_normal(10**6), "t, 2 degrees": rng.standard_t(2, 10**6)}
    for (law, weights), levels in itertools.product(laws.items(), (4, 16)):
        name = f"kmeans N = 1e+06, K = {levels}, {law}"
        began = time.perf_counter()
        kmeans(weights, levels)
        yield Row(name, time.perf_counter() - began, "once", at_most=10.0, unit="s")
        tracemalloc.start()
        kmeans(weights, levels)
        most = 40.0 if levels == 16 else None
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        yield Row(f"{name}, peak memory", peak / 10**6 / levels, "a weight a centre", at_most=most, unit="bytes")


def compiled_solver() -> Callable[[Any, int, Any], object] | None:
    """Return Ckmeans.1d.dp through ckwrap; None where it is not installed (it is no requirement of the project)."""
    try:
        import ckwrap  # type: ignore[import-not-found]
    except ImportError:
        return None
    return lambda weights, levels, importance: ckwrap.ckmeans(weights, levels, weights=importance)
