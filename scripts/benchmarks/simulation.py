"""Simulation against the loop that a user would write, against its floor, and on two threads."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from timing import Row, ratio_row, rounds

from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.chunk import chunk_size
from linreg_compress.monte_carlo.simulate import simulate

SIZES = ((80, 50), (200, 20), (1000, 100), (2000, 500))


def data_sampler(repeats: int) -> Iterator[Row]:
    """Trials from raw data: against a user's loop, and against the floor of drawing X and the flops at GEMM speed."""
    for n, d in SIZES:
        model, channel = problem(n, d)
        trials = max(4, 4_000_000 // (n * d + d**3 // 100))
        normals, product = NormalDraws(n * d), Product(512)
        timed, note = rounds(
            repeats,
            partial(trials_by_hand, n, d, model.weight_variance, trials),
            partial(simulate, model, [channel], trials),
            partial(normals.draw, trials),
            product.run,
        )
        loop = [one.seconds[0] / one.seconds[1] for one in timed]
        yield ratio_row(f"sampler ({n}, {d}), throughput", loop, "loop of np.linalg.lstsq", at_least=2.5, note=note)
        # Gram matrix (half of it), elimination, X^T y, and the residuals of two weight vectors.
        flops = trials * (n * d**2 + 2 / 3 * d**3 + 6 * n * d)
        floor = [one.seconds[1] / (one.seconds[2] + flops * one.seconds[3] / product.flops) for one in timed]
        most = 2.0 if d >= 100 else None
        yield ratio_row(f"sampler ({n}, {d}), time", floor, "floor: n d normals + flops at GEMM speed", at_most=most)


def two_threads(repeats: int) -> Iterator[Row]:
    """Simulate on two threads against one; and what two threads of bare draws gain on this machine."""
    for n, d in SIZES:
        model, channel = problem(n, d)
        trials = 16 * chunk_size(model)
        one_thread = partial(simulate, model, [channel], trials)
        timed, note = rounds(repeats, one_thread, partial(one_thread, workers=2))
        ratios = [one.seconds[0] / one.seconds[1] for one in timed]
        yield ratio_row(f"two threads ({n}, {d}), throughput", ratios, "one thread", at_least=1.6, note=note)
    draws = [NormalDraws(10_000).draw, NormalDraws(10_000).draw]
    with ThreadPoolExecutor(2) as pool:
        timed, note = rounds(repeats, partial(draws[0], 8000), lambda: list(pool.map(lambda draw: draw(4000), draws)))
    ratios = [one.seconds[0] / one.seconds[1] for one in timed]
    yield ratio_row("this machine: two threads of normals", ratios, "one thread", note=note)


def problem(samples: int, features: int) -> tuple[LinearModel, BlindGaussianChannel]:
    """One bit a weight; true weights 0, the codebook's centre, so that the user's loop is at its shortest."""
    model = LinearModel(samples=samples, features=features)
    return model, BlindGaussianChannel.for_model(model, bits_per_weight=1.0)


def trials_by_hand(n: int, d: int, variance: float, trials: int, fresh: bool = False) -> tuple[list[Any], ...]:
    """Run the trials as a user would; with `fresh` other data are drawn and fitted for the compressed weights."""
    rng = np.random.default_rng(0)
    delta = 0.25
    before: list[Any] = []
    after: list[Any] = []
    fitted: list[Any] = []
    refitted: list[Any] = []
    for _ in range(trials):
        X = rng.standard_normal((n, d))
        y = rng.standard_normal(n)
        w = np.linalg.lstsq(X, y, rcond=None)[0]
        fitted.append(np.mean((y - X @ w) ** 2))
        before.append(1.0 + w @ w)
        if fresh:
            X = rng.standard_normal((n, d))
            y = rng.standard_normal(n)
            w = np.linalg.lstsq(X, y, rcond=None)[0]
        compressed = (1 - delta) * w + np.sqrt(delta * (1 - delta) * variance) * rng.standard_normal(d)
        refitted.append(np.mean((y - X @ compressed) ** 2))
        after.append(1.0 + compressed @ compressed)
    return fitted, before, refitted, after


class NormalDraws:
    """Normals drawn into a buffer that stays in the cache, by the bit generator of the samplers."""

    def __init__(self, count: int) -> None:
        self.rng = np.random.Generator(np.random.SFC64(0))
        self.buffer = np.empty(10_000)
        self.count = count

    def draw(self, times: int) -> None:
        """Draw `count` normals, `times` times."""
        for _ in range(math.ceil(self.count * times / self.buffer.size)):
            self.rng.standard_normal(out=self.buffer)


class Product:
    """A square matrix product: the speed of GEMM."""

    def __init__(self, size: int) -> None:
        rng = np.random.default_rng(0)
        self.left, self.right = rng.standard_normal((2, size, size))
        self.flops = 4 * 2 * size**3

    def run(self) -> None:
        """Multiply four times."""
        for _ in range(4):
            self.left @ self.right
