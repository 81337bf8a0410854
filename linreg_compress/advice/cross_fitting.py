"""The check on the person's own rows: fit and quantize on nine tenths, score on the tenth, many times over.

In every fold the least-squares weights and their quantized form see the same rows; what counts is the difference of their
squared errors on the rows that were left out. Fits are made from moments: those of all rows less those of the fold,
whatever its size.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from linreg_compress._validation import FloatArray
from linreg_compress.advice.design import FOLDS, Design
from linreg_compress.advice.estimates import Spectrum
from linreg_compress.advice.fitting import Fitted, fit_moments
from linreg_compress.advice.quantizers import quantize_all
from linreg_compress.advice.yardsticks import ridge_penalty, ridge_weights


@dataclass(frozen=True, eq=False)
class Measured:
    """A mean of paired differences, in squared units of y.

    Folds overlap in what they are fitted to, so the variance of the mean of J differences is not s^2 / J: by Nadeau and
    Bengio 2003 (for repeated folds Bouckaert and Frank 2004) it is about ``s^2 (1 / J + share of the rows tested / share
    fitted)``. The mean is taken to be t-distributed with J - 1 degrees of freedom. That is an approximation too;
    `tests/advice` measures its coverage.
    """

    differences: FloatArray
    """Mean squared error after quantization less before, on the rows of each fold, shape (J,)."""
    increase: float
    """Mean over the folds of what quantization adds to the mean squared error of the rows fitted."""
    ratio: float
    """Rows tested over rows fitted."""

    @property
    def change(self) -> float:
        """Mean."""
        return float(np.mean(self.differences))

    @property
    def standard_error(self) -> float:
        """By the rule of Nadeau and Bengio."""
        size = len(self.differences)
        return float(np.std(self.differences, ddof=1) * np.sqrt(1 / size + self.ratio))

    def interval(self, confidence: float) -> tuple[float, float]:
        """Interval of the expected change for fits to nine tenths of the rows."""
        from scipy.special import stdtrit

        reach = float(stdtrit(len(self.differences) - 1, (1 + confidence) / 2)) * self.standard_error
        return self.change - reach, self.change + reach


def cross_fit(
    design: Design,
    quantizers: Sequence[str],
    levels: Sequence[int],
    repeats: int,
    *,
    seed: int = 0,
    workers: int = 1,
    progress: bool = False,
) -> dict[tuple[str, int], Measured]:
    """Measure the change of the error on left-out rows for each quantizer and number of levels.

    The rows are dealt into ten folds `repeats` times; repeat k uses the stream ``SeedSequence(seed, spawn_key=(1, k))``.
    The `workers` are threads, and the result does not depend on them. The yardsticks are called
    ``("ridge", 0)`` and ``("mean", 0)``.
    """
    total = design.moments()

    def run(repeat: int) -> Outcomes:
        stream = np.random.SeedSequence(seed, spawn_key=(1, repeat))
        order = np.random.Generator(np.random.SFC64(stream)).permutation(design.rows)
        return _one_repeat(design, total, order, quantizers, levels)

    with tqdm(total=repeats, unit="repeat", desc="cross-fitting", disable=None if progress else True, leave=False) as bar:
        outcomes = []
        for outcome in _in_order(run, repeats, workers):
            outcomes.append(outcome)
            bar.update()
    found = {key: np.concatenate([one[key] for one in outcomes], axis=1) for key in outcomes[0]}
    return {key: Measured(rows[0], float(rows[1].mean()), 1 / (min(FOLDS, design.rows) - 1)) for key, rows in found.items()}


Outcomes = dict[tuple[str, int], FloatArray]


def _in_order(run: Callable[[int], Outcomes], repeats: int, workers: int) -> Iterator[Outcomes]:
    if workers == 1:
        yield from map(run, range(repeats))
        return
    with ThreadPoolExecutor(workers) as pool:
        try:
            yield from pool.map(run, range(repeats))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _one_repeat(
    design: Design, total: FloatArray, order: FloatArray, quantizers: Sequence[str], levels: Sequence[int]
) -> Outcomes:
    """Return the differences of the ten folds and what quantization adds on the rows fitted, shape (2, 10)."""
    found: dict[tuple[str, int], list[FloatArray]] = {}
    folds = np.array_split(order, min(FOLDS, len(order)))
    for size in {len(fold) for fold in folds}:  # at most two, one apart: fits of a batch have as many rows
        tested = np.stack([design.moments(np.sort(fold)) for fold in folds if len(fold) == size])
        fitted = fit_moments(total - tested, design.rows - size, design)
        before = fitted.coefficients(fitted.weights)
        for key, weights in _compressed(fitted, quantizers, levels):
            after = fitted.coefficients(weights)  # a difference of squares, so that a small change keeps its digits
            change = np.einsum("fi,fij,fj->f", after - before, tested, after + before, optimize=True)
            error = weights - fitted.weights
            increase = np.einsum("fi,fij,fj->f", error, fitted.gram, error, optimize=True) / fitted.samples
            found.setdefault(key, []).append(np.stack([change / size, increase]))
    return {key: np.concatenate(parts, axis=1) for key, parts in found.items()}


def _compressed(
    fitted: Fitted, quantizers: Sequence[str], levels: Sequence[int]
) -> Iterator[tuple[tuple[str, int], FloatArray]]:
    yield from quantize_all(quantizers, fitted.weights, levels, fitted.gram, fitted.samples).items()
    spectrum = Spectrum.of(fitted)
    yield ("ridge", 0), ridge_weights(spectrum, ridge_penalty(spectrum))
    yield ("mean", 0), np.zeros_like(fitted.weights)
