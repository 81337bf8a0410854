"""The two samplers without raw data: against a user's loop and their floors, to a standard error, and in memory."""

import math
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from simulation import SIZES, NormalDraws, Product, problem, trials_by_hand
from timing import Row, ratio_row, rounds

from linreg_compress.monte_carlo.chunk import chunk_size
from linreg_compress.monte_carlo.simulate import simulate

WEIGHTS_TARGETS = dict(zip(SIZES, (250, 250, 1200, 5000), strict=True))
TARGET_ERROR = 1e-3
VARIANCE_TRIALS = 20_000
MEMORY_TRIALS = 10_000_000  # some ten seconds; 10^8 give the same peak


def samplers(repeats: int) -> Iterator[Row]:
    """Weights and sufficient sampler: against a user's loop, and against the floor of the draws and the flops."""
    for n, d in SIZES:
        model, channel = problem(n, d)
        by_hand = max(4, 2_000_000 // (n * d + d**3 // 100))
        weights, sufficient = chunk_size(model, "weights"), max(100, chunk_size(model, "sufficient"))
        few, many, chi_squares = NormalDraws(2 * d), NormalDraws(d * (d + 1) // 2), ChiSquares(n, d)
        product = Product(512)
        timed, note = rounds(
            repeats,
            partial(trials_by_hand, n, d, model.weight_variance, by_hand),
            partial(simulate, model, [channel], weights, sampler="weights"),
            partial(simulate, model, [channel], sufficient, sampler="sufficient"),
            partial(few.draw, weights),
            partial(many.draw, sufficient),
            partial(chi_squares.draw, sufficient),
            product.run,
        )
        seconds = np.array([one.seconds for one in timed])
        loop = seconds[:, 0] / by_hand
        ratios = (loop * weights / seconds[:, 1]).tolist()
        name, target = f"weights ({n}, {d})", WEIGHTS_TARGETS[n, d]
        yield ratio_row(f"{name}, throughput", ratios, "loop of np.linalg.lstsq", at_least=target, note=note)
        yield ratio_row(f"{name}, time", (seconds[:, 1] / seconds[:, 3]).tolist(), "floor: 2 d normals", at_most=2.2)
        name, ratios = f"sufficient ({n}, {d})", (loop * sufficient / seconds[:, 2]).tolist()
        yield ratio_row(f"{name}, throughput", ratios, "loop of np.linalg.lstsq", at_least=20)
        flops = sufficient * 2 * d**2  # T^{-1} z and T e
        floor = seconds[:, 4] + seconds[:, 5] + flops * seconds[:, 6] / product.flops
        against = "floor: d(d+1)/2 normals, d chi-squares, flops at GEMM speed"
        yield ratio_row(f"{name}, time", (seconds[:, 2] / floor).tolist(), against, at_most=2.5)


def standard_error(repeats: int) -> Iterator[Row]:
    """Seconds until the population-risk change is known to 1e-3, n = 80, d = 50, 1 bit: against two loops.

    How many trials a loop needs follows from the variance of its trials, which raw data give (not the closed forms).
    """
    n, d = SIZES[0]
    model, channel = problem(n, d)
    drawn = simulate(model, [channel], VARIANCE_TRIALS, seed=1)
    after = drawn.compressed[0]
    variance = {
        name: VARIANCE_TRIALS * found.standard_error**2
        for name, found in (
            ("shared", after.population_risk_change),
            ("after", after.population_risk),
            ("before", drawn.population_risk),
        )
    }
    pairs = 200
    timed, note = rounds(
        repeats,
        partial(trials_by_hand, n, d, model.weight_variance, pairs),
        partial(trials_by_hand, n, d, model.weight_variance, pairs, fresh=True),
        partial(simulate, model, [channel], standard_error=TARGET_ERROR, sampler="weights"),
    )
    found = simulate(model, [channel], standard_error=TARGET_ERROR, sampler="weights")
    reached = found.compressed[0].population_risk_change.standard_error
    note = f"{found.trials} trials to {reached:.2g}" + (f"; {note}" if note else "")
    shared = variance["shared"] / TARGET_ERROR**2 / pairs
    independent = (variance["after"] + variance["before"]) / TARGET_ERROR**2 / pairs
    ratios = [independent * one.seconds[1] / one.seconds[2] for one in timed]
    yield ratio_row("seconds to 1e-3", ratios, "loop, fresh data before and after", at_least=1500, note=note)
    ratios = [shared * one.seconds[0] / one.seconds[2] for one in timed]
    yield ratio_row("seconds to 1e-3", ratios, "loop, shared data", at_least=200)
    yield Row("seconds to 1e-3", float(np.median([one.seconds[2] for one in timed])), "wall time", unit="s")


def memory(_repeats: int) -> Iterator[Row]:
    """Peak memory of a process that runs the weights sampler at d = 50: it must not grow with the trials."""
    for trials in (MEMORY_TRIALS // 100, MEMORY_TRIALS):
        peak = peak_megabytes(trials)
        name = f"{trials:.0e} trials of the weights sampler"
        yield Row(name, peak, "peak" if peak else "not known without Linux", at_most=300, unit="MB")


def peak_megabytes(trials: int) -> float:
    """Run so many trials in a fresh interpreter and return its peak resident memory (0 where Linux does not tell)."""
    code = (
        "from pathlib import Path; from simulation import problem; from linreg_compress import simulate; "
        f"model, channel = problem(80, 50); simulate(model, [channel], {trials}, sampler='weights'); "
        "status = Path('/proc/self/status'); print(status.read_text() if status.exists() else '')"
    )
    folder = Path(__file__).parent
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=folder, text=True).stdout
    peaks = [line.split()[1] for line in found.splitlines() if line.startswith("VmHWM")]
    return float(peaks[0]) / 1024 if peaks else 0.0


class ChiSquares:
    """The d chi-squares of a Bartlett factor."""

    def __init__(self, samples: int, features: int) -> None:
        self.rng = np.random.Generator(np.random.SFC64(0))
        self.shapes = (samples - np.arange(features)) / 2
        self.block = 1000

    def draw(self, times: int) -> None:
        """Draw all d, `times` times."""
        for _ in range(math.floor(times / self.block)):
            for shape in self.shapes:
                self.rng.standard_gamma(shape, self.block)
        for shape in self.shapes:
            self.rng.standard_gamma(shape, times % self.block)
