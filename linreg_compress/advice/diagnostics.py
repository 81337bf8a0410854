"""What the prediction assumes, each held against the data by one number.

- Gaussian features: the excess risk that leave-one-out finds against theirs (`gaussian_factor`), beside Mardia's kurtosis
  ``n sum h^2``, and the largest leverage against the Beta law of all of them.
- Gaussian noise: skewness and kurtosis of the residuals (Jarque and Bera 1980).
- Noise of one variance: Breusch-Pagan in the form of Koenker 1981, on the fitted value and its square.
- Weights that look normal: their kurtosis against that of draws from the fitted prior plus noise.

A verdict is "doubtful" at p < 0.01, and for the features only if the factor is also off by more than a twentieth.
"""

from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.design import Design
from linreg_compress.advice.estimates import Draws, Spectrum
from linreg_compress.advice.fitting import Fitted

_LEVEL = 0.01
_HARMLESS = 0.05  # relative error of the factor that features bring in
_CHUNK = 1 << 14  # rows at a time


@dataclass(frozen=True)
class Diagnostic:
    """One assumption and how it fares."""

    name: str
    """Name of the assumption."""
    holds: bool
    """False where the data make it doubtful."""
    p_value: float
    """p-value of its test."""
    finding: str
    """The numbers, in a few words."""
    consequence: str
    """What depends on it."""


@dataclass(frozen=True, eq=False)
class Rows:
    """What each row says."""

    leverages: FloatArray
    """h, shape (n,), with ``1 / n`` for an intercept."""
    residuals: FloatArray
    """Residuals over ``sqrt(1 - h)``, shape (n,)."""
    predictions: FloatArray
    """Predictions less the mean, shape (n,)."""


def rows_of(design: Design, fitted: Fitted) -> Rows:
    """Return leverages and residuals of all rows, computed in pieces."""
    factor = np.linalg.cholesky(fitted.gram)
    leverages, predictions = np.empty(design.rows), np.empty(design.rows)
    for start in range(0, design.rows, _CHUNK):
        part = slice(start, start + _CHUNK)
        x = (design.features[part] - fitted.shifts) * fitted.units**-1.0
        predictions[part] = x @ fitted.weights
        leverages[part] = np.sum(np.linalg.solve(factor, x.T) ** 2, axis=0)
    leverages += design.intercept / design.rows
    left = np.maximum(1 - leverages, np.finfo(float).eps)
    residuals = (design.targets - fitted.target_shifts - predictions) / np.sqrt(left)
    return Rows(leverages, residuals, predictions)


def diagnose(design: Design, fitted: Fitted, rows: Rows, draws: Draws, rng: np.random.Generator) -> list[Diagnostic]:
    """Check every assumption."""
    return [
        _features(design, fitted, rows),
        _largest_leverage(design, fitted, rows),
        _normal_noise(rows, fitted),
        _constant_variance(rows),
        _normal_weights(fitted, draws, rng),
    ]


def gaussian_factor(rows: int, features: int, intercept: bool) -> float:
    """Expected mean of ``h / (1 - h)`` for Gaussian rows: their excess risk over sigma^2 at n - 1 rows.

    Gaussian features carry the noise of the weights over to new rows by ``1 / (n - d - 1)``. Leave-one-out needs no such
    law: on a row that was left out least squares errs ``sigma^2 / (1 - h)``, h the leverage, so the mean of ``h / (1 - h)``
    is the excess risk of least squares over sigma^2.

    Examples
    --------
    >>> gaussian_factor(50, 8, False)
    0.19999999999999996
    """
    n, d = rows, features
    return (n * (n - 3) / (n - 1) / (n - d - 3) if intercept else (n - 2) / (n - d - 2)) - 1


def _features(design: Design, fitted: Fitted, rows: Rows) -> Diagnostic:
    from scipy.special import ndtr

    n, d, h = design.rows, fitted.features, rows.leverages - design.intercept / design.rows
    kurtosis = n * float(h @ h)
    expected, deviation = d * (d + 2) * (n - 1) / (n + 1), np.sqrt(8 * d * (d + 2) / n)
    z = (kurtosis - expected) / deviation
    p = float(2 * ndtr(-abs(z)))
    left = np.maximum(1 - rows.leverages, np.finfo(float).eps)
    ratio = float(np.mean(rows.leverages / left)) / gaussian_factor(n, d, design.intercept)
    return Diagnostic(
        "Gaussian features",
        p >= _LEVEL or abs(ratio - 1) < _HARMLESS,
        p,
        f"leave-one-out finds {ratio:.2f} times the excess risk that they would give; Mardia's kurtosis z = {z:+.1f}",
        "the step from these rows to new rows",
    )


def _largest_leverage(design: Design, fitted: Fitted, rows: Rows) -> Diagnostic:
    from scipy.special import betainc

    n, d = design.rows, fitted.features
    place = int(np.argmax(rows.leverages))
    largest = float(rows.leverages[place]) - design.intercept / n
    p = float(-np.expm1(n * np.log1p(-min(betainc((fitted.samples - d) / 2, d / 2, 1 - largest), 1 - 1e-16))))
    return Diagnostic(
        "no extreme row",
        p >= _LEVEL,
        p,
        f"the largest leverage is {rows.leverages[place]:.2g}, row {place + 1}; the mean is {rows.leverages.mean():.2g}",
        "single rows that decide a weight",
    )


def _normal_noise(rows: Rows, fitted: Fitted) -> Diagnostic:
    z = rows.residuals / np.sqrt(np.mean(rows.residuals**2))
    skewness, kurtosis = float(np.mean(z**3)), float(np.mean(z**4)) - 3
    p = float(np.exp(-len(z) * (skewness**2 / 6 + kurtosis**2 / 24) / 2))  # chi-square with two degrees of freedom
    ratio = fitted.samples / fitted.features
    weak = f"; with {ratio:.0f} rows a weight it matters little" if ratio >= 20 else ""
    return Diagnostic(
        "Gaussian noise",
        p >= _LEVEL,
        p,
        f"residuals have skewness {skewness:+.2f} and excess kurtosis {kurtosis:+.2f}",
        f"the intervals{weak}",
    )


def _constant_variance(rows: Rows) -> Diagnostic:
    squares = rows.residuals**2
    f = rows.predictions / (np.std(rows.predictions) or 1.0)
    regressors = np.stack([np.ones_like(f), f, f**2], axis=1)
    fit = regressors @ np.linalg.lstsq(regressors, squares, rcond=None)[0]
    share = float(np.var(fit) / (np.var(squares) or 1.0))
    p = float(np.exp(-len(f) * share / 2))
    spread = np.sqrt(np.maximum(np.quantile(fit, [0.1, 0.9]), 0.0) / np.mean(squares))
    return Diagnostic(
        "noise of one variance",
        p >= _LEVEL,
        p,
        f"its deviation runs from {spread[0]:.2f} to {spread[1]:.2f} of the average along the fitted value",
        "the noise of the weights, and with it prediction and intervals",
    )


def _normal_weights(fitted: Fitted, draws: Draws, rng: np.random.Generator) -> Diagnostic:
    size, d = len(draws.ratios), fitted.features
    values, vectors = np.linalg.eigh(fitted.gram)
    spread = np.sqrt(draws.signal_variances[:, None] + draws.noise_variances[:, None] / values)
    like = _kurtosis((spread * rng.standard_normal((size, d))) @ vectors.T)
    own = float(_kurtosis(fitted.weights[None, :])[0])
    below = (1 + int(np.sum(like >= own))) / (size + 1)
    p = min(1.0, 2 * min(below, 1 + 1 / (size + 1) - below))
    return Diagnostic(
        "weights like draws of one normal law",
        p >= _LEVEL,
        p,
        f"their kurtosis is {own:.1f}; such draws have {np.median(like):.1f}",
        "the predicted signs: a few large weights among many zeros favour fitted codebooks",
    )


def _kurtosis(weights: FloatArray) -> FloatArray:
    squares = weights**2
    return np.mean(squares**2, axis=1) / np.maximum(np.mean(squares, axis=1) ** 2, np.finfo(float).tiny)


def condition_number(spectrum: Spectrum) -> float:
    """Largest over smallest singular value of the design."""
    return float(np.sqrt(spectrum.eigenvalues[-1] / spectrum.eigenvalues[0]))
