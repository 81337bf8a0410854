"""Closed forms over grids against loops over their points."""

import math
import random
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from timing import Row, ratio_row, rounds

from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.least_squares.risk import least_squares_risks


def closed_forms(repeats: int) -> Iterator[Row]:
    """One vectorized call over a grid of 1e6 points against loops over the points (timed on some, scaled)."""
    samples, features, rates = np.arange(200, 1200, 10), np.arange(1, 101), np.linspace(1.0, 400.0, 100)
    grid = (samples[:, None, None], features[:, None], rates)
    flat = tuple(np.broadcast_to(axis, (100, 100, 100)).ravel() for axis in grid)
    chosen = random.Random(0).sample(range(10**6), 50_000)
    points = [(int(flat[0][i]), int(flat[1][i]), float(flat[2][i])) for i in chosen]
    cases: tuple[tuple[str, Callable[..., object], Callable[..., object]], ...] = (
        ("blind_channel_risks (n, d, rate)", channel_risks, channel_risks_by_hand),
        ("least_squares_risks (n, d, noise)", least_squares_risks, least_squares_risks_by_hand),
    )
    for name, ours, by_hand in cases:
        timed, note = rounds(
            repeats,
            partial(over, by_hand, points),
            partial(over, ours, points[:2000]),
            partial(ours, *grid),
            partial(ours, *flat),
        )
        for shape, place in (("grid", 2), ("listed", 3)):
            for against, loop, count in (("loop in Python floats", 0, len(points)), ("loop over the function", 1, 2000)):
                ratios = [one.seconds[loop] * 1e6 / count / one.seconds[place] for one in timed]
                # the promise is about a grid in (n, d, rate); a list of points, or a formula of four products a point,
                # leaves less for one call to save, and its ratio is shown without a target
                promised = loop == 1 or (shape == "grid" and "rate" in name)
                yield ratio_row(f"{name}, {shape}", ratios, against, at_least=40 if promised else None, note=note)


def over(function: Callable[..., object], points: list[tuple[int, int, float]]) -> list[object]:
    """Call the function at every point."""
    return [function(*point) for point in points]


def channel_risks(n: ArrayLike, d: ArrayLike, rate: ArrayLike) -> object:
    """Noise variance 1, signal variance 0.01."""
    return blind_channel_risks(n, d, 1.0, rate, signal_variance=0.01)


def channel_risks_by_hand(n: int, d: int, rate: float, noise: float = 1.0, signal: float = 0.01) -> tuple[float, ...]:
    """The seven numbers of one point as a user would write them."""
    delta = math.exp(-2 * rate / d)
    keep = -math.expm1(-2 * rate / d)
    v = noise / (n - d - 1)
    distortion = d * delta * (delta * noise / n + signal + keep * v)
    excess = d * (keep * v + delta * signal)
    generalization = d * keep * ((1 + delta) * noise / n + keep * v)
    change = d * delta * (signal - v)
    return noise * (n - d) / n + distortion, noise + excess, generalization, excess, distortion, change, delta


def least_squares_risks_by_hand(n: int, d: int, noise: float) -> tuple[float, ...]:
    """The four numbers of one point, n > d + 1, as a user would write them."""
    spare = n - d - 1
    excess = noise * d / spare
    return noise * (n - d) / n, noise * (n - 1) / spare, noise * (d / n) * (2 + (d + 1) / spare), excess
