"""What quantizing the weights is predicted to change in the error on new rows.

Estimand: the expected change over training sets like the one at hand: as many rows, the same true weights w*, fresh rows
and noise.

Setting: Gaussian noise and features, and weights w* that look like draws of N(0, tau^2 I) in the units in which they are
quantized.

Kind: approximate in step 2 of `predict`, else exact in the limit of many draws; `tests/advice` measures the coverage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.estimates import Draws
from linreg_compress.advice.fitting import Fitted
from linreg_compress.advice.new_rows import Change, blind_change, successive_change
from linreg_compress.advice.quantizers import AWARE, quantize_all

_NUMBERS = 20_000  # weights in all draws together: enough for a Monte Carlo error of 0.3 % of the excess risk at 3 bits
_FEWEST, _MOST = 48, 4000
_COARSE = 16  # levels up to which the loss of w* itself matters


def draws_for(features: int) -> int:
    """Return how many draws a prediction is made of."""
    return min(max(_NUMBERS // features, _FEWEST), _MOST)


@dataclass(frozen=True, eq=False)
class Regression:
    """Fitted values of simulated changes, in two parts: one stays with more rows, one falls as ``1 / (n - d - 1)``."""

    signal: FloatArray
    """The part that stays, shape (J,)."""
    noise: FloatArray
    """The part that falls, shape (J,)."""
    slope: FloatArray
    """Of the regressor A, if it is one; else 0; shape (J,)."""
    residual: float
    """Standard deviation of what is left."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """The expected change of the error on new rows, as draws of what the data leave open, in squared units of y.

    One fit is not the average: how far its quantization moves the predictions on its own rows, ``A = e^T G e / n``, is
    known. With A as one more regressor the same draws give the change that is expected of a fit with this A, and what is
    left of the regression is the luck of a single fit: whether its rounding happens to undo its errors or to add to them.
    It is scaled to the variance of ``e^T Sigma u``: for quantizers of W alone ``(n - d - 1) / n`` times that of its
    estimate from R e and R u. Those made from G err where G is small, as W does; for them the inverse of that factor is
    taken, to be on the safe side.
    """

    average: Regression
    """Without A as a regressor."""
    given: Regression
    """With A as a regressor."""
    mean_increase: float
    """Mean of A over the draws."""
    luck_scale: float
    """Variance of luck over that of the residual."""
    jitter: FloatArray
    """Unit normals for the Monte Carlo error and for luck, shape (2, J)."""
    samples: int
    """n, less one with an intercept."""
    features: int
    """d."""

    def draws(self) -> FloatArray:
        """Return draws of the expected change over training sets."""
        return self.average.signal + self.average.noise + self._monte_carlo(self.average)

    def draws_given(self, increase: float, samples: int | None = None) -> FloatArray:
        """Return draws of the change expected of fits with mean A `increase`; to first order for other `samples`."""
        factor = 1.0 if samples is None else (self.samples - self.features - 1) / (samples - self.features - 1)
        one = self.given
        return one.signal + factor * one.noise + one.slope * increase + self._monte_carlo(one)

    def draws_of_one_fit(self, increase: float) -> FloatArray:
        """Return draws of the change for one fit, luck included."""
        share = increase / self.mean_increase if self.mean_increase > 0 else 0.0
        return self.draws_given(increase) + np.sqrt(self.luck_scale * share) * self.given.residual * self.jitter[1]

    def _monte_carlo(self, one: Regression) -> FloatArray:
        return one.residual / np.sqrt(self.jitter.shape[1]) * self.jitter[0]


def middle(draws: FloatArray) -> float:
    """Median."""
    return float(np.median(draws))


def interval(draws: FloatArray, confidence: float) -> tuple[float, float]:
    """Quantiles that leave as much out on either side."""
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def deviation(draws: FloatArray) -> float:
    """Half the width of the middle 68 %: one standard deviation of a normal law."""
    low, high = interval(draws, 0.6826894921)
    return (high - low) / 2


def predict(
    fitted: Fitted, draws: Draws, quantizers: Sequence[str], levels: Sequence[int], rng: np.random.Generator
) -> dict[tuple[str, int], Prediction]:
    """Predict the change for each quantizer and number of levels.

    1. Draws of (sigma^2, tau^2, w*) given the data, and for each new errors ``u ~ N(0, sigma^2 G^-1)`` of the weights:
       their exact law given X. ``W = w* + u`` is quantized, and the error is carried over to new rows (`new_rows`).
    2. The change of one such fit is noisy; its expectation given (sigma^2, w*) is what is wanted. The interpolation theorem
       says what it looks like, for linear codes exactly and for others in the limit of many rows: the noise
       ``N = sigma^2 d / (n - d - 1)``, the signal ``w*^T G w* / n`` and what the quantizer loses, each with a factor of its
       own. So the change is regressed on N, ``w*^T G w* / n``, ``|w*|^2`` and, at few levels, the error of quantizing w*.
    3. The fitted values over the draws give the prediction (their median) and its interval (quantiles). They include that
       the signal ``w*^T Sigma w*`` is known up to ``1 +- sqrt(2 / n)`` only, and the Monte Carlo error of step 2.

    `fitted` is one fit, and the draws are those of `linreg_compress.advice.estimates.draw`.
    """
    n, d, size = fitted.samples, fitted.features, len(draws.ratios)
    factor = np.linalg.cholesky(fitted.gram[::-1, ::-1]).T  # the first weight, which gptq rounds first, comes last
    variances = draws.noise_variances
    deviations = np.sqrt(variances)[:, None] * rng.standard_normal((size, d))  # R u
    weights = draws.true_weights + np.linalg.solve(factor, deviations.T).T[:, ::-1]
    spread = n / rng.chisquare(n, size)
    jitter = rng.standard_normal((2, size))
    excess, kappa = variances * d / (n - d - 1), (n - d - 1) / n
    columns = [excess, _power(draws.true_weights[:, ::-1] @ factor.T) / n, _power(draws.true_weights)]
    coarse = [k for k in levels if k <= _COARSE]
    found: dict[tuple[str, int], Prediction] = {}
    quantized = quantize_all(quantizers, weights, levels, fitted.gram, n)
    of_truth = quantize_all(quantizers, draws.true_weights, coarse, fitted.gram, n)
    for name, k in quantized:
        errors = (quantized[name, k] - weights)[:, ::-1] @ factor.T
        change = (successive_change if name in AWARE else blind_change)(errors, deviations, variances, n)
        regressors = list(columns)
        if k in coarse:
            regressors.append(_power((of_truth[name, k] - draws.true_weights)[:, ::-1] @ factor.T) / n)
        increase = _power(errors) / n
        found[name, k] = Prediction(
            _regressed(change, regressors, None, spread, fitted.new_rows_factor),
            _regressed(change, regressors, increase, spread, fitted.new_rows_factor),
            float(increase.mean()),
            kappa ** (-1 if name in AWARE else 1),
            jitter,
            n,
            d,
        )
    return found


def _power(vectors: FloatArray) -> FloatArray:
    return np.einsum("jk,jk->j", vectors, vectors)


def _regressed(
    change: Change, columns: list[FloatArray], increase: FloatArray | None, spread: FloatArray, scale: float
) -> Regression:
    """Average the luck of single fits out of simulated changes; the first column is the noise."""
    regressors = np.stack(columns if increase is None else [*columns, increase], axis=1)
    size = np.sqrt(np.mean(regressors**2, axis=0))
    size[size == 0] = 1.0
    targets = np.stack(change, axis=1)
    slopes = np.linalg.lstsq(regressors / size, targets, rcond=1e-10)[0] / size[:, None]
    left = (targets - regressors @ slopes).sum(axis=1)
    parts = regressors[:, 1 : len(columns)] @ slopes[1 : len(columns)]
    last = slopes[-1] if increase is not None else np.zeros(2)
    return Regression(
        scale * (spread * parts[:, 0] + parts[:, 1]),
        scale * regressors[:, 0] * slopes[0].sum(),
        scale * (spread * last[0] + last[1]),
        scale * float(np.std(left)),
    )
