"""Tables with known truth: what quantizing really changes, for one fit and on average over training sets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.design import Design
from linreg_compress.advice.fitting import Fitted, fit_moments
from linreg_compress.advice.quantizers import quantize_batch

_NUMBERS = 1 << 21


@dataclass(frozen=True)
class Setting:
    """A law of tables: rows N(0, Sigma) with correlation rho^|i-j|, noise of variance 1, weights N(0, ratio v)."""

    rows: int
    columns: int
    ratio: float
    correlation: float = 0.0
    sparse: bool = False

    @property
    def covariance(self) -> FloatArray:
        lags = np.abs(np.subtract.outer(np.arange(self.columns), np.arange(self.columns)))
        return np.where(lags == 0, 1.0, self.correlation**lags)

    @property
    def weight_variance(self) -> float:
        """v, with one row used up by the intercept."""
        return 1 / (self.rows - self.columns - 2)

    @property
    def excess_risk(self) -> float:
        return self.columns * self.weight_variance * (1 + 1 / self.rows)

    def weights(self, rng: np.random.Generator) -> FloatArray:
        deviation = np.sqrt(self.ratio * self.weight_variance)
        if not self.sparse:
            return deviation * rng.standard_normal(self.columns)
        few = max(1, self.columns // 10)
        weights = np.zeros(self.columns)
        places = rng.permutation(self.columns)[:few]
        weights[places] = deviation * np.sqrt(self.columns / few) * rng.choice([-1.0, 1.0], few)
        return weights

    def tables(self, weights: FloatArray, size: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        factor = np.linalg.cholesky(self.covariance)
        features = rng.standard_normal((size, self.rows, self.columns)) @ factor.T
        return features, features @ weights + rng.standard_normal((size, self.rows))

    def design(self, features: FloatArray, targets: FloatArray) -> Design:
        """Make one design of a batch of tables, unchecked: means 0, scales 1."""
        zero, one = np.zeros(self.columns), np.ones(self.columns)
        names = tuple(map(str, range(self.columns)))
        return Design(features, targets, zero, one, 0.0, True, True, names, "y")


def fits(setting: Setting, weights: FloatArray, size: int, rng: np.random.Generator) -> Iterator[Fitted]:
    """Yield batches of fits to fresh tables with the same true weights."""
    step = max(1, _NUMBERS // (setting.rows * setting.columns))
    for start in range(0, size, step):
        features, targets = setting.tables(weights, min(step, size - start), rng)
        stacked = np.concatenate([np.ones((*targets.shape, 1)), features, targets[..., None]], axis=-1)
        moments = stacked.swapaxes(1, 2) @ stacked
        yield fit_moments(moments, setting.rows, setting.design(features[0], targets[0]))


def true_changes(setting: Setting, true_weights: FloatArray, fitted: Fitted, quantized: FloatArray) -> FloatArray:
    """Exact change of the error on new rows, one for each fit of a batch."""

    def error(weights: FloatArray) -> FloatArray:
        slopes = weights / fitted.units
        start = fitted.target_shifts - np.sum(slopes * fitted.shifts, axis=-1)
        gap = slopes - true_weights
        return start**2 + np.einsum("...i,ij,...j->...", gap, setting.covariance, gap)

    return error(quantized) - error(fitted.weights)


def expected_changes(
    setting: Setting,
    true_weights: FloatArray,
    quantizers: Sequence[str],
    levels: Sequence[int],
    size: int,
    rng: np.random.Generator,
) -> dict[tuple[str, int], tuple[float, float]]:
    """Mean change over fresh tables with these true weights, and its standard error."""
    found: dict[tuple[str, int], list[FloatArray]] = {}
    for fitted in fits(setting, true_weights, size, rng):
        for name in quantizers:
            coded = quantize_batch(name, fitted.weights, levels, fitted.gram, fitted.samples)
            for k in levels:
                found.setdefault((name, k), []).append(true_changes(setting, true_weights, fitted, coded[k]))
    result = {}
    for key, parts in found.items():
        values = np.concatenate(parts)
        result[key] = float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))
    return result
