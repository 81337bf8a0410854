"""What the theory says of a code: what it costs in signal, and what it saves of the noise of the weights.

A code that keeps the share ``1 - a`` of every weight and adds independent noise changes the error on new rows by

    [A + a^2 (E - N)] - 2 a E,

A the mean increase of the error on the rows fitted, ``E = d sigma^2 / (n - d - 1)`` the excess risk of least squares and
``N = d sigma^2 / n`` its over-fit: the linear-channel formula for features of any covariance (derivation
``correlated-features-risk``; over a prior ``d delta [tau^2 - v + (1 - delta) v (kappa - 1)]``), with A for its terms in the
signal. Real codes are taken for linear ones of their own A and ``a = -e^T G W / W^T G W``, e what the code moves.
"""

from dataclasses import dataclass, replace

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.fitting import Fitted


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
    overfit: float
    """N: what it takes from the error on the rows fitted."""
    signal_variance: float
    """tau^2: what a true weight adds to the variance of the predictions, on average; 0 where noise explains it all."""
    variance_inflation: float
    """kappa: mean variance-inflation factor of the columns."""

    def for_part(self, share: float) -> "Noise":
        """Return the noise of fits to a share of the rows."""
        part = share * self.samples
        more = max(self.samples - self.features - 1, 1) / max(part - self.features - 1, 1)
        return replace(self, samples=part, excess_risk=self.excess_risk * more, overfit=self.overfit / share)


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
    floor: float
    """Minus the excess risk: no code of these weights can gain more on average."""

    @property
    def change(self) -> float:
        """Predicted change of the error on new rows."""
        return max(self.cost - self.saving, self.floor)


def noise_of(fitted: Fitted, rows: float, *, intercept: bool, spread: float = 0.0) -> Noise:
    """Estimate noise and signal from one fit; `rows` count copies of a row once.

    `spread` is the excess risk that the weights of the folds show (`spread_of`); the larger one is taken.

    Examples
    --------
    >>> one = Fitted(*map(np.array, (9.0, [1.0], [[9.0]], 8.0, [1.0], [0.0], 0.0, [0.0])))
    >>> noise_of(one, 9, intercept=False)  # d = 1, sigma^2 = 8 / (9 - 1)
    Noise(samples=9, features=1, variance=1.0, excess_risk=0.1428..., overfit=0.111..., signal_variance=0.888..., ...)
    """
    d, n = fitted.features, rows - intercept
    variance = float(fitted.residual_sum) * n / float(fitted.samples) / (n - d)
    excess = max((1 + intercept / rows) * variance * d / (n - d - 1), spread)
    overfit = variance * d / n
    signal = max(float(fitted.power(fitted.weights)) - overfit, 0.0)
    scale = np.sqrt(np.diagonal(fitted.gram))
    sampled = float(np.trace(np.linalg.inv(fitted.gram / np.outer(scale, scale)))) / d - 1
    kappa = 1 + max((sampled * (n - d - 1) - (d - 1)) / n, 0.0)  # unbiased for Gaussian columns
    return Noise(n, d, variance, excess, overfit, signal / d, kappa)


def effects(fitted: Fitted, coded: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return A and a of every fit of a batch for its coded weights, shape (J, d)."""
    moved = coded - fitted.weights
    along = np.einsum("...i,...ij,...j->...", moved, fitted.gram, fitted.weights, optimize=True) / fitted.samples
    power = fitted.power(fitted.weights)
    return fitted.power(moved), -along / np.where(power > 0, power, 1.0)


def predict(effect: Effect, noise: Noise) -> Prediction:
    """Return both sides of a code with this effect.

    Examples
    --------
    Dropping every weight (a = 1, A = tau^2 d + N) costs the signal and saves the excess risk.

    >>> noise = Noise(20, 5, 1.0, 0.5, 0.25, 0.1, 1.0)
    >>> round(predict(Effect(0.5 + 0.25, 1.0), noise).change, 12)  # 5 weights: 0.5 - 0.5
    0.0
    """
    cost = effect.increase + effect.share**2 * (noise.excess_risk - noise.overfit)
    return Prediction(cost, 2 * effect.share * noise.excess_risk, -noise.excess_risk)


def spread_of(weights: FloatArray, fitted: Fitted) -> float:
    """Excess risk that the fits without one fold each show by their spread: the jackknife that leaves out folds.

    `weights`, shape (F, d), are those of one deal into F folds, `fitted` is the fit to all rows. It needs no independent
    rows, only independent groups.
    """
    folds = len(weights)
    return (folds - 1) / folds * float(fitted.power(weights - weights.mean(axis=0)).sum())
