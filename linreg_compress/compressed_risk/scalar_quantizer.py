"""Exact risks of ANY scalar quantizer on the random Gaussian design (Sigma = I or diagonal), without sampling.

Given ``q ~ chi^2_nu`` the errors ``u_j = W_j - w*_j = sigma z_j / sqrt(q)`` of the weights are independent Gaussians. With
e = What - W and ``E[G | W] = (n + 1)(I - u u^T / (sigma^2 + |u|^2))``,

    excess   = E_nu |u + e|^2,
    increase = (1/n) [(n + 1) E_nu |e|^2 - (nu / sigma^2) E_{nu+2} (u . e)^2],      nu = n - d + 1,

where E_{nu+2} has q ~ chi^2_{nu+2}. Inside both are Gaussian cell moments, outside one integral over q: the trapezoid
rule in ln q, which converges exponentially. It is run with two steps, and their difference is reported as the error.

With a prior w* ~ N(c, tau^2) the pair (w*_j, W_j) is Gaussian given q, and u is regressed on W: ``u = rho (W - c) + r``
with ``rho = s^2 / (s^2 + tau^2)`` and r of variance ``s^2 tau^2 / (s^2 + tau^2)``, ``s = sigma / sqrt(q)``.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.gaussian_moments import ErrorMoments, error_moments
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.cells import CellQuantizer
from linreg_compress.compression.uniform import UniformQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.laws import chi_square_nodes
from linreg_compress.model import LinearModel
from linreg_compress.risk import least_squares_risks

_SMOOTH = 0.25  # width in ln q of the sharpest feature of a Gaussian cell moment, with room for the rule of twice the step
_SPREADS = 30.0  # standard deviations that a uniform quantizer's cells are summed over one by one
_MOST_CELLS = 20_000  # a side
_FAR_DECADES = 8.0  # range of the integral over the cells beyond


@dataclass(frozen=True, eq=False)
class QuantizedRisks(CompressedRisks):
    """Exact risks of a scalar quantizer.

    Attributes
    ----------
    weight_mse : float
        ``E |What - W|^2 / d``.
    quadrature_error : float
        Largest relative difference of the integrals between two step widths.
    """

    weight_mse: FloatArray
    quadrature_error: float


@takes(model=LinearModel, quantizer=(CellQuantizer, UniformQuantizer))
def scalar_quantizer_risks(model: LinearModel, quantizer: CellQuantizer | UniformQuantizer) -> QuantizedRisks:
    """Exact expected risks after quantizing every least-squares weight by itself.

    Parameters
    ----------
    model : LinearModel
        n >= d + 2 (for n = d + 1 and below a fixed codebook meets weights of infinite variance); Sigma diagonal. With a
        prior the quantizer is applied to weights with mean ``model.weights``.
    quantizer : CellQuantizer or UniformQuantizer

    Returns
    -------
    QuantizedRisks

    Raises
    ------
    UnsupportedModelError
        If n < d + 2, or Sigma is not diagonal, or a prior comes with a covariance other than I.

    Examples
    --------
    One bit: the sign of each weight, scaled. Centred at the true weights it lowers the population risk.

    >>> model = LinearModel(samples=80, features=50)
    >>> scale = np.sqrt(2 / np.pi) * np.sqrt(model.weight_variance)
    >>> sign = CellQuantizer(np.array([-scale, scale]), np.array([0.0]), "sign")
    >>> risks = scalar_quantizer_risks(model, sign)
    >>> round(float(risks.population_risk_change), 4), risks.quadrature_error < 1e-9
    (-0.6265, True)
    """
    n, d, s2 = model.samples, model.features, model.noise_variance
    coordinates = _coordinates(model, quantizer)
    coarse, fine = _integrals(model, coordinates)
    change, increase, squared_error = fine
    v = model.weight_variance
    # against the sizes of the terms: the excess of a constant at the true weights is 0, and change = -d v
    error = float(max(abs(coarse[0] - change) / (d * v + abs(change)), abs(coarse[1] - increase) / max(increase, 1e-300)))
    scales = coordinates.scales
    spread = coordinates.share @ (v / scales) / d + model.signal_variance
    if model.signal_variance == 0:  # fixed weights: the source varies around the middle of the codebook
        spread += coordinates.share @ coordinates.means**2 / d
    base = least_squares_risks(n, d, s2)
    excess = d * v + change
    values = {
        "empirical_risk": base.empirical_risk + increase,
        "population_risk": s2 + excess,
        "generalization_error": base.generalization_error + change - increase,
        "excess_risk": excess,
        "distortion": increase,
        "population_risk_change": change,
        "normalized_distortion": squared_error / (d * spread),
        "weight_mse": squared_error / d,
    }
    return QuantizedRisks(**{name: np.asarray(value)[()] for name, value in values.items()}, quadrature_error=error)


@dataclass(frozen=True, eq=False)
class _Coordinates:
    """The coordinates up to repetition: what Q sees of each, and how many are alike.

    Attributes
    ----------
    quantizer : CellQuantizer or UniformQuantizer
        With its centre moved to 0 if it is uniform.
    means : ndarray
        Mean of the true weight, in the quantizer's coordinates.
    scales : ndarray
        ``Sigma_jj``.
    share : ndarray
        How many coordinates are of this kind.
    """

    quantizer: CellQuantizer | UniformQuantizer
    means: FloatArray
    scales: FloatArray
    share: FloatArray


def _coordinates(model: LinearModel, quantizer: CellQuantizer | UniformQuantizer) -> _Coordinates:
    n, d = model.samples, model.features
    if n < d + 2:
        raise UnsupportedModelError(
            f"a fixed codebook needs weights of finite variance, samples >= features + 2; got {n} and {d}."
        )
    scales = np.ones(d)
    if not model.has_identity_covariance:
        covariance = np.asarray(model.covariance)
        scales = np.diag(covariance)
        if np.count_nonzero(covariance - np.diag(scales)):
            raise UnsupportedModelError("the exact risk of a scalar quantizer is known for a diagonal covariance.")
    means = model.mean_weights
    if isinstance(quantizer, UniformQuantizer):
        means = means - quantizer.offset
        quantizer = UniformQuantizer(quantizer.step)
    kinds, share = np.unique(np.stack([means, scales]), axis=1, return_counts=True)
    return _Coordinates(quantizer, kinds[0], kinds[1], share.astype(float))


def _integrals(model: LinearModel, coordinates: _Coordinates) -> tuple[FloatArray, FloatArray]:
    """Return the change of the population risk, the increase of the empirical risk and E |e|^2, by two rules.

    Every other node of the trapezoid rule is itself a trapezoid rule of twice the step: the check costs nothing.
    """
    nu = model.degrees_of_freedom
    # the rule of twice the step, from which the error is estimated, must resolve the chi-square itself
    q, weights = chi_square_nodes(nu, min(_SMOOTH, 1.5 * np.sqrt(2 / nu)), 1)
    share, scales = coordinates.share, coordinates.scales
    given = _given(q, model, coordinates)
    cross = given.cross * scales
    # (u . e)^2 with coordinates that are independent given q
    squared = (given.squared_cross * scales**2 - cross**2) @ share + (cross @ share) ** 2
    rows = np.stack([given.squared_error @ (share * scales), cross @ share, given.squared_error @ share, squared])

    def combine(step: int) -> FloatArray:
        chosen = weights[::step] / weights[::step].sum()
        e_e, u_e, plain, _ = rows[:, ::step] @ chosen
        tilted = (rows[3, ::step] * q[::step] / nu) @ chosen  # chi^2_{nu+2} has the density of chi^2_nu times q / nu
        increase = ((model.samples + 1) * e_e - nu / model.noise_variance * tilted) / model.samples
        return np.array([2 * u_e + e_e, increase, plain])

    return combine(2), combine(1)


def _given(q: FloatArray, model: LinearModel, coordinates: _Coordinates) -> ErrorMoments:
    """Return E e^2, E u e and E u^2 e^2 of each kind of coordinate given q, shape (nodes, kinds)."""
    noise = model.noise_variance / (q[:, None] * coordinates.scales)
    signal = model.signal_variance
    total = noise + signal
    moments = error_moments(coordinates.quantizer, coordinates.means, np.sqrt(total))
    slope, rest = noise / total, noise * (signal / total)
    return ErrorMoments(
        moments.squared_error,
        slope * moments.cross,
        slope**2 * moments.squared_cross + rest * moments.squared_error,
    )


@takes(model=LinearModel, quantizer=(CellQuantizer, UniformQuantizer))
def scalar_quantizer_entropy(model: LinearModel, quantizer: CellQuantizer | UniformQuantizer) -> float:
    """Sum of the entropies of the quantized weights, ``sum_j H(What_j) >= H(What) = I(S; What)``, nats.

    The law of a weight is a scale mixture of Gaussians, so the probability of a cell is a one-dimensional integral; a
    uniform quantizer is summed over all cells that matter, and its far tail is integrated.

    Examples
    --------
    A sign is one bit:

    >>> model = LinearModel(samples=80, features=50)
    >>> sign = CellQuantizer(np.array([-1.0, 1.0]), np.array([0.0]))
    >>> round(scalar_quantizer_entropy(model, sign) / 50 / np.log(2.0), 9)
    np.float64(1.0)
    """
    coordinates = _coordinates(model, quantizer)
    q, weights = chi_square_nodes(model.degrees_of_freedom, _SMOOTH)
    deviations = np.sqrt(model.noise_variance / (q[:, None] * coordinates.scales) + model.signal_variance)
    total = 0.0
    for kind, (mean, share) in enumerate(zip(coordinates.means, coordinates.share, strict=True)):
        total += share * _entropy_of_one(coordinates.quantizer, mean, deviations[:, kind], weights)
    return float(total)


def _entropy_of_one(
    quantizer: CellQuantizer | UniformQuantizer, mean: float, deviations: FloatArray, weights: FloatArray
) -> float:
    if isinstance(quantizer, CellQuantizer):
        if not quantizer.thresholds.size:  # one cell says nothing; quadrature would say 1e-16
            return 0.0
        edges = np.concatenate([[-np.inf], quantizer.thresholds, [np.inf]])
        return _plogp(_probabilities(edges, mean, deviations, weights))
    typical = float(np.sqrt(weights @ np.minimum(deviations, 1e3 * np.median(deviations)) ** 2))
    reach = int(np.clip(np.ceil(_SPREADS * typical / quantizer.step), 4, _MOST_CELLS))
    middle = np.rint(mean / quantizer.step)
    edges = quantizer.step * (middle + np.arange(-reach - 1, reach + 1) + 0.5)
    near = _plogp(_probabilities(edges, mean, deviations, weights))
    return near + sum(
        _far(side, edge, quantizer.step, mean, deviations, weights) for side, edge in ((-1.0, edges[0]), (1.0, edges[-1]))
    )


def _probabilities(edges: FloatArray, mean: float, deviations: FloatArray, weights: FloatArray) -> FloatArray:
    found = np.zeros(len(edges) - 1)
    for deviation, weight in zip(deviations, weights, strict=True):
        z = (edges - mean) / deviation
        right = z[:-1] > 0
        found += weight * (special.ndtr(np.where(right, -z[:-1], z[1:])) - special.ndtr(np.where(right, -z[1:], z[:-1])))
    return found


def _plogp(probabilities: FloatArray) -> float:
    return float(special.entr(np.maximum(probabilities, 0.0)).sum())


def _far(side: float, edge: float, step: float, mean: float, deviations: FloatArray, weights: FloatArray) -> float:
    """Entropy of the cells beyond an edge, ``- integral f ln(f step)``: there the density is flat across a cell."""
    start = side * (edge - mean)
    grid, width = np.polynomial.legendre.leggauss(200)
    stretch = _FAR_DECADES * np.log(10.0) / 2
    x = start * np.exp(stretch * (grid + 1))
    density = (np.exp(-((x / deviations[:, None]) ** 2) / 2) / deviations[:, None]).T @ weights / np.sqrt(2 * np.pi)
    with np.errstate(divide="ignore"):
        cost = np.where(density > 0, -np.log(np.maximum(density * step, np.finfo(float).tiny)), 0.0)
    return float((density * cost * x) @ width * stretch)
