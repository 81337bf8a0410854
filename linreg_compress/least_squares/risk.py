"""Exact risks of least squares: means and whole distributions, under- and over-parameterized.

For n >= d every statement holds for any feature covariance Sigma; the minimum-norm statements (n < d) are for Sigma = I.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.records import readable

if TYPE_CHECKING:  # the means need NumPy alone
    from linreg_compress.quadratic_laws import Law


@readable
@dataclass(frozen=True, eq=False)
class Risks:
    """Expected risks over the draw of the training data, in squared units of y. Each is a number or an array."""

    empirical_risk: FloatArray
    """E L_S."""
    population_risk: FloatArray
    """E L_mu."""
    generalization_error: FloatArray
    """E [L_mu - L_S], signed."""
    excess_risk: FloatArray
    """E L_mu - sigma^2."""


def least_squares_risks(
    samples: ArrayLike, features: ArrayLike, noise_variance: ArrayLike = 1.0, *, weight_energy: ArrayLike = 0.0
) -> Risks:
    """Expected risks of least squares, vectorized over every argument.

    For n > d + 1, with any Sigma,

        E L_S  = sigma^2 (1 - d/n),
        E L_mu = sigma^2 (n - 1) / (n - d - 1),
        gen    = sigma^2 (d/n) (2 + (d + 1) / (n - d - 1)).

    For n < d - 1 the minimum-norm solution interpolates (E L_S = 0) and, with Sigma = I,

        E L_mu = sigma^2 + (1 - n/d) |w*|^2 + sigma^2 n / (d - n - 1).

    For n in {d - 1, d, d + 1} the population risk has no finite expectation and is reported as inf. Derivations
    ``expected-empirical-risk``, ``expected-population-risk`` and ``minimum-norm-risk``.

    Parameters
    ----------
    samples, features : array_like of int
        n and d.
    noise_variance : array_like, default 1
        sigma^2.
    weight_energy : array_like, default 0
        |w*|^2 (its mean, for random weights); only n < d depends on it.

    Returns
    -------
    Risks
        Arrays of the broadcast shape.

    References
    ----------
    Breiman and Freedman 1983 (random design, n > d + 1); Hastie, Montanari, Rosset and Tibshirani 2022 (minimum norm).

    Examples
    --------
    >>> risks = least_squares_risks(80, 50)
    >>> round(float(risks.empirical_risk), 4), round(float(risks.population_risk), 4)
    (0.375, 2.7241)

    Double descent: the risk explodes at n = d and falls again below it.

    >>> least_squares_risks([30, 50, 200], 50).population_risk.round(3).tolist()
    [2.579, inf, 1.336]
    """
    n = valid.counts("samples", samples)
    d = valid.counts("features", features)
    s2 = valid.positive("noise_variance", noise_variance)
    energy = valid.nonnegative("weight_energy", weight_energy)
    valid.together(samples=n, features=d, noise_variance=s2, weight_energy=energy)
    return _closed_form(n, d, s2, energy)


def _closed_form(n: FloatArray, d: FloatArray, s2: FloatArray, energy: FloatArray) -> Risks:
    """Evaluate `least_squares_risks` for arguments that are checked already."""
    spare = np.abs(n - d) - 1
    gap = np.where(spare > 0, spare, 1.0)
    over = n >= d
    fitted = s2 * ((n - d) / n)
    with np.errstate(over="ignore"):
        excess = np.where(over, s2 * d / gap, (d - n) / d * energy + s2 * n / gap)
        population = np.where(over, s2 * (n - 1) / gap, s2 + excess)
        gap_to_training = np.where(over, s2 * (d / n) * (2 + (d + 1) / gap), population)
    infinite = spare <= 0
    return Risks(
        empirical_risk=np.where(over, fitted, np.zeros_like(excess))[()],
        population_risk=np.where(infinite, np.inf, population)[()],
        generalization_error=np.where(infinite, np.inf, gap_to_training)[()],
        excess_risk=np.where(infinite, np.inf, excess)[()],
    )


@takes(model=LinearModel)
def expected_risks(model: LinearModel) -> Risks:
    """Expected risks of least squares on `model`; see `least_squares_risks` for the formulas.

    Examples
    --------
    >>> round(float(expected_risks(LinearModel(samples=80, features=50)).generalization_error), 4)
    2.3491
    """
    if model.samples < model.features and not model.has_identity_covariance:
        raise UnsupportedModelError(
            "the minimum-norm risk (samples < features) has a closed form only for the identity covariance."
        )
    return _closed_form(*np.array([model.samples, model.features, model.noise_variance, model.weight_energy]))


@takes(model=LinearModel)
def empirical_risk_law(model: LinearModel) -> Law:
    """Law of the empirical risk of least squares: ``n L_S / sigma^2 ~ chi^2_{n-d}``, any Sigma.

    Derivation ``residual-chi-square-law``.

    Returns
    -------
    Law
        For n <= d the risk is exactly zero. Independent of the population risk.

    Examples
    --------
    >>> round(float(empirical_risk_law(LinearModel(samples=80, features=50)).mean()), 6)
    0.375
    """
    from scipy import stats

    from linreg_compress.quadratic_laws import PointMass

    if model.samples <= model.features:
        return PointMass(0.0)
    scale = model.noise_variance / model.samples
    return cast("Law", stats.chi2(model.samples - model.features, scale=scale))


@takes(model=LinearModel)
def population_risk_law(model: LinearModel) -> Law:
    """Law of the population risk of least squares over the draw of the training data.

    For n >= d, any Sigma: ``(L_mu - sigma^2) / sigma^2 ~ (d / nu) F_{d, nu}`` with nu = n - d + 1 (derivation
    ``excess-risk-f-law``). For n < d, Sigma = I and the true weights drawn from N(0, tau^2 I): the excess is
    ``tau^2 chi^2_{d-n} + sigma^2 chi^2_n / chi^2_{d-n+1}`` (what the null space hides, plus the noise that the row space
    amplifies).

    Raises
    ------
    UnsupportedModelError
        For n < d with Sigma other than I or with nonzero mean weights.

    Examples
    --------
    Half of all training sets give a population risk below:

    >>> round(float(population_risk_law(LinearModel(samples=80, features=50)).ppf(0.5)), 4)
    2.6263
    """
    from scipy import stats

    from linreg_compress.quadratic_laws import DEEP, ChiSquareMixture, beta_nodes, chi_square_nodes, pruned

    n, d, s2 = model.samples, model.features, model.noise_variance
    if n >= d:
        nu = model.degrees_of_freedom
        return cast("Law", stats.f(d, nu, loc=s2, scale=s2 * d / nu))
    if not model.has_identity_covariance or model.mean_weights.any():
        raise UnsupportedModelError(
            "the law of the minimum-norm risk (samples < features) is known for the identity covariance and true "
            "weights that are N(0, signal_variance); set weights to zero."
        )
    expectation = float(expected_risks(model).population_risk)
    width = np.sqrt(2 / d)
    q, q_weights = chi_square_nodes(d - n + 1, width, tail=DEEP)  # a heavy tail comes from tiny q
    with np.errstate(over="ignore"):
        inflated = s2 / q
    if model.signal_variance == 0:
        return ChiSquareMixture(n, np.full_like(q, s2), inflated, q_weights, expectation)
    seen, hidden, b_weights = beta_nodes(n / 2, (d - n) / 2, width)
    with np.errstate(over="ignore"):
        scales = model.signal_variance * hidden[:, None] + seen[:, None] * inflated
    spread, weights = pruned(scales.ravel(), (b_weights[:, None] * q_weights).ravel())
    return ChiSquareMixture(d, np.full(weights.size, s2), spread, weights, expectation)
