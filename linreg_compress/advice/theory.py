"""What the theory says of a code: what it costs in signal, and what it saves of the noise of the weights.

A code that keeps the share ``1 - a`` of every weight and adds independent noise changes the error on new rows by

    [A + a^2 (E - N)] - 2 a E,

A the mean increase of the error on the rows fitted, ``E = d sigma^2 / (n - d - 1)`` the excess risk of least squares and
``N = d sigma^2 / n`` its over-fit: the linear-channel formula for features of any covariance (derivation
``correlated-features-risk``; over a prior ``d delta [tau^2 - v + (1 - delta) v (kappa - 1)]``), with A for its terms in the
signal. Real codes are taken for linear ones of their own A and ``a = -e^T G W / W^T G W``, e what the code moves.
"""

from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.least_squares.moments import Fitted
from linreg_compress.quadratic_laws import noncentral_f_below


@dataclass(frozen=True)
class Noise:
    """How much noise and signal there is in the weights of a fit; variances in squared units of y."""

    samples: float
    """Rows that count, copies of a row once, less one for an intercept."""
    features: int
    """d."""
    variance: float
    """sigma^2, ``|y - X W|^2 / (n - d)``."""
    excess_risk: float
    """E: what estimating the weights adds to the error on new rows."""
    power: float
    """P = ``W^T G W / n``, what the fitted weights add to the predictions."""
    overfit: float
    """N: the share of the noise in P."""
    variance_inflation: float
    """kappa: mean variance-inflation factor of the columns."""
    extremes: tuple[float, float]
    """Least and greatest F statistic of the fits without one group of rows, over that of all rows (`extremes_of`)."""

    @property
    def signal_variance(self) -> float:
        """tau^2: what a true weight adds to the variance of the predictions, on average; 0 where noise explains it all."""
        return max(self.power - self.overfit, 0.0) / self.features


@dataclass(frozen=True)
class Effect:
    """What a code does to fits, on average over them."""

    increase: float
    """A: mean increase of the error on the rows fitted."""
    share: float
    """a: share of the weights that the code removes, as the predictions see it."""


@dataclass(frozen=True)
class Prediction:
    """The two sides of a code."""

    cost: float
    """Signal that it loses and noise that it adds."""
    saving: float
    """Noise of the estimate that it removes, ``2 a E``."""
    chances: tuple[float, float]
    """Least and greatest probability, where both sides are equal, of a P as small as without one group of rows."""

    @property
    def change(self) -> float:
        """Predicted change of the error on new rows; not below ``-E`` where signal and noise are as estimated."""
        return self.cost - self.saving


def noise_of(
    fitted: Fitted, rows: float, *, intercept: bool, extremes: tuple[float, float] = (1.0, 1.0), spread: float = 0.0
) -> Noise:
    """Estimate noise and signal from one fit; `rows` count copies of a row once.

    `spread` is the excess risk that the weights of the folds show (`spread_of`); the larger one is taken.

    Examples
    --------
    >>> one = Fitted(*map(np.array, (9.0, [1.0], [[9.0]], 8.0, [1.0], [0.0], 0.0, [0.0])))
    >>> noise = noise_of(one, 9, intercept=False)  # d = 1, sigma^2 = 8 / (9 - 1)
    >>> noise.variance, round(noise.excess_risk, 6), noise.power, round(noise.overfit, 6), noise.variance_inflation
    (1.0, 0.142857, 1.0, 0.111111, 1.0)
    """
    d, n = fitted.features, rows - intercept
    variance = float(fitted.residual_sum) * n / float(fitted.samples) / (n - d)
    each = (1 + intercept / rows) * d / (n - d - 1)
    excess = max(each * variance, spread)
    scale = np.sqrt(np.diagonal(fitted.gram))
    sampled = float(np.trace(np.linalg.inv(fitted.gram / np.outer(scale, scale)))) / d - 1
    kappa = 1 + max((sampled * (n - d - 1) - (d - 1)) / n, 0.0)  # unbiased for Gaussian columns
    return Noise(n, d, variance, excess, float(fitted.power(fitted.weights)), excess / each * d / n, kappa, extremes)


def effects(fitted: Fitted, coded: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return A and a of every fit of a batch for its coded weights, shape (J, d)."""
    moved = coded - fitted.weights
    along = np.einsum("...i,...ij,...j->...", moved, fitted.gram, fitted.weights, optimize=True) / fitted.samples
    return fitted.power(moved), -along / np.maximum(fitted.power(fitted.weights), np.finfo(float).tiny)


def predict(effect: Effect, noise: Noise, part: float = 1.0) -> Prediction:
    """Return both sides of a code with this effect, for fits to a part of the rows.

    A is in proportion to P. Where both sides are equal P has another value, and the F statistic of the fit its noncentral
    law: that gives the chances.

    Examples
    --------
    Dropping every weight (a = 1, A = P) costs the signal and saves the excess risk.

    >>> noise = Noise(20, 5, 1.0, excess_risk=0.5, power=0.75, overfit=0.25, variance_inflation=1.0, extremes=(0.9, 1.1))
    >>> round(predict(Effect(0.75, 1.0), noise).change, 12)  # the signal is 0.5
    0.0
    """
    n, d, a = noise.samples, noise.features, effect.share
    excess = noise.excess_risk * (n - d - 1) / max(part * n - d - 1, 1)
    more = a**2 * (excess - noise.overfit / part)
    saving = 2 * a * excess
    boundary = 0.0
    if effect.increase > np.finfo(float).eps * noise.power:
        boundary = max((saving - more) / effect.increase * noise.power - noise.overfit, 0.0)
    each = noise.overfit / d  # variance of a weight in the predictions
    low, high = (noncentral_f_below(one * noise.power / each, d, n - d - 1, boundary / each) for one in noise.extremes)
    return Prediction(effect.increase + more, saving, (low, high))


def spread_of(weights: FloatArray, fitted: Fitted) -> float:
    """Excess risk that the fits without one fold each show by their spread: the jackknife that leaves out folds.

    `weights`, shape (F, d), are those of one deal into F folds, `fitted` is the fit to all rows. It needs no independent
    rows, only independent groups.
    """
    folds = len(weights)
    return (folds - 1) / folds * float(fitted.power(weights - weights.mean(axis=0)).sum())
