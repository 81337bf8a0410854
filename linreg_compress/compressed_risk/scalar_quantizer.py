"""Exact risks of ANY scalar quantizer on the random Gaussian design (Sigma = I or diagonal), without sampling.

Given ``q ~ chi^2_nu`` the errors ``u_j = W_j - w*_j = sigma z_j / sqrt(q)`` of the weights are independent Gaussians. With
e = What - W and ``E[G | W] = (n + 1)(I - u u^T / (sigma^2 + |u|^2))``,

    excess   = E_nu |u + e|^2,
    increase = (1/n) [(n + 1) E_nu |e|^2 - (nu / sigma^2) E_{nu+2} (u . e)^2],      nu = n - d + 1,

where E_{nu+2} has q ~ chi^2_{nu+2}: derivations ``conditional-gram`` and ``scalar-quantizer-empirical-increase``. Inside
are Gaussian cell moments, outside one integral over q, by the trapezoid rule in ln q, which converges exponentially.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.cell_entropy import (
    ScaleMixture,
    entropy_of_cells,
    entropy_of_steps,
    farthest_of_steps,
)
from linreg_compress.compressed_risk.formulas import exact_risks
from linreg_compress.compressed_risk.gaussian_moments import error_moments, jump_moments
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.channel import refuse_other_size
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.risk import least_squares_risks
from linreg_compress.model import LinearModel
from linreg_compress.quadratic_laws import chi_square_nodes
from linreg_compress.records import readable

_SMOOTH = 0.25  # tuning: width in ln q of the sharpest feature of a Gaussian cell moment, with room for twice the step
_NEGLIGIBLE = 80.0  # tuning: twice the logarithm of the smallest part of a tail that still counts
_WIDEST = 1e50  # of sigma: fourth powers of the deviations behind such lengths are still doubles
_WIDEST_CELLS = 1e100  # where squares are enough
_FINEST = 1e-300
_SMALLEST = float(np.finfo(float).tiny)


@readable
@dataclass(frozen=True, eq=False)
class QuantizedRisks(CompressedRisks):
    """Exact risks of a scalar quantizer."""

    weight_mse: FloatArray
    """``E |What - W|^2 / d``; inf where a weight has no finite variance (n in {d, d + 1})."""
    quadrature_error: float
    """Largest relative difference of the integrals between two step widths."""


@takes(model=LinearModel, quantizer=(CellQuantizer, UniformQuantizer))
def scalar_quantizer_risks(model: LinearModel, quantizer: CellQuantizer | UniformQuantizer) -> QuantizedRisks:
    """Exact expected risks after quantizing every least-squares weight by itself.

    Parameters
    ----------
    model : LinearModel
        n >= d, Sigma diagonal. With a prior the quantizer is applied to weights with mean ``model.weights``.
    quantizer : CellQuantizer or UniformQuantizer
        For n in {d, d + 1} with finitely many levels: they make an infinite population risk finite, a change of -inf.

    Returns
    -------
    QuantizedRisks
        The change of the population risk is exact for this quantizer, and its sign may differ from that of tau^2 - v:
        `compression_criterion` is exact for the Gaussian code and for dither; for centroid quantizers it is the limit of
        large n - d. For n in {d, d + 1} `normalized_distortion` is 1: the tails hold all of an infinite variance, and no
        level follows.

    Raises
    ------
    UnsupportedModelError
        If n < d, or n < d + 2 with levels without limit, or Sigma is not diagonal, or lengths are too far from sigma for
        doubles.

    Examples
    --------
    One bit: the sign of each weight, scaled. Centred at the true weights it lowers the population risk.

    >>> model = LinearModel(samples=80, features=50)
    >>> scale = np.sqrt(2 / np.pi) * np.sqrt(model.weight_variance)
    >>> sign = CellQuantizer(np.array([-scale, scale]), np.array([0.0]), "sign")
    >>> risks = scalar_quantizer_risks(model, sign)
    >>> round(float(risks.population_risk_change), 4), risks.quadrature_error < 1e-9
    (-0.6265, True)

    As many samples as weights: the population risk of least squares is infinite, that of the code is not.

    >>> risks = scalar_quantizer_risks(LinearModel(samples=2, features=2), CellQuantizer([-0.5, 0.5], [0.0]))
    >>> round(float(risks.population_risk), 6), round(float(risks.empirical_risk), 6), float(risks.population_risk_change)
    (1.5, 0.704225, -inf)
    """
    n, d = model.samples, model.features
    if isinstance(quantizer, UniformQuantizer) and d <= n < d + 2:
        valid.require_finite_weights("a quantizer of levels without limit", n, d, instead="finitely many levels")
    coordinates = coordinates_of(model, quantizer)
    s2 = coordinates.noise
    coarse, fine = _integrals(model, coordinates)
    base = least_squares_risks(n, d, s2)
    v = s2 / (n - d - 1) if n > d + 1 else np.inf
    excess, generalization = fine.excess, fine.generalization_error
    if n > d + 1:
        change, increase, squared_error = fine.change, fine.increase, fine.squared_error
        # against the sizes of the terms: the excess of a constant at the true weights is 0, and change = -d v
        error = max(
            abs(coarse.change - change) / (d * v + abs(change)),
            abs(coarse.increase - increase) / max(increase, _SMALLEST),
        )
        spread = coordinates.share @ (v / coordinates.scales) / d + coordinates.signal
        if model.signal_variance == 0:  # fixed weights: the source varies around the middle of the codebook
            spread += coordinates.share @ coordinates.offsets**2 / d
        normalized = float(squared_error / (d * spread))
        empirical = float(base.empirical_risk) + increase
    else:
        change, squared_error, normalized = float("-inf"), float("inf"), 1.0
        empirical = s2 + excess - generalization
        increase = empirical - float(base.empirical_risk)
        error = max(abs(getattr(coarse, name) - getattr(fine, name)) for name in ("excess", "generalization_error"))
        error /= max(excess, _SMALLEST)
    unit = coordinates.unit**2
    values = {
        "empirical_risk": empirical * unit,
        "population_risk": (s2 + excess) * unit,
        "generalization_error": generalization * unit,
        "excess_risk": excess * unit,
        "distortion": increase * unit,
        "population_risk_change": change * unit,
        "normalized_distortion": normalized,
        "weight_mse": squared_error / d * unit,
    }
    plain: dict[str, Any] = {name: np.asarray(value, dtype=float)[()] for name, value in values.items()}
    return QuantizedRisks(**plain, quadrature_error=float(error))


@exact_risks.register
def quantizer_risks(channel: CellQuantizer | UniformQuantizer, model: LinearModel, spectra: int = 0) -> QuantizedRisks:
    """Return `scalar_quantizer_risks`."""
    return scalar_quantizer_risks(model, channel)


@dataclass(frozen=True, eq=False)
class Coordinates:
    """The coordinates up to repetition: what Q sees of each, and how many are alike.

    All lengths but `unit` are in units of it, so that no square leaves the range of doubles.
    """

    unit: float
    """A power of two near sigma."""
    noise: float
    """sigma^2."""
    signal: float
    """tau^2."""
    quantizer: CellQuantizer | UniformQuantizer
    """A uniform one is moved so that it has a level at 0."""
    means: FloatArray
    """Mean of the true weight; for a uniform quantizer from a level of it, up to whole steps."""
    offsets: FloatArray
    """Mean of the true weight from the centre of a uniform quantizer, from the middle of another codebook."""
    scales: FloatArray
    """``Sigma_jj``."""
    share: FloatArray
    """How many coordinates are of this kind."""

    def nearest_edge(self) -> float:
        """Distance of the farthest cell's edge that decides how often a level differs from the mean's own."""
        if isinstance(self.quantizer, UniformQuantizer):
            return 1.5 * self.quantizer.step
        edges = self.quantizer.thresholds
        return float(np.abs(edges[:, None] - self.means).max()) if edges.size else 0.0


def coordinates_of(model: LinearModel, quantizer: CellQuantizer | UniformQuantizer, widest: float = _WIDEST) -> Coordinates:
    """Group the weights that are alike, and measure every length in units of sigma.

    Raises
    ------
    UnsupportedModelError
        If n < d, Sigma is not diagonal, a length is too far from sigma for doubles, or there is a centre for each of other
        weights.
    """
    n, d = model.samples, model.features
    refuse_other_size(quantizer, d)
    if n < d:
        raise UnsupportedModelError(f"the law of least-squares weights is known for samples >= features; got {n} and {d}.")
    scales = np.ones(d)
    if not model.has_identity_covariance:
        covariance = np.asarray(model.covariance)
        scales = np.diag(covariance)
        if np.count_nonzero(covariance - np.diag(scales)):
            raise UnsupportedModelError("the exact risk of a scalar quantizer is known for a diagonal covariance.")
    sigma = float(np.sqrt(model.noise_variance))
    unit = float(2.0 ** np.rint(np.log2(sigma)))
    lengths = [model.mean_weights, np.sqrt(model.signal_variance)]
    if isinstance(quantizer, UniformQuantizer):
        lengths += [quantizer.step, quantizer.offset]
    else:
        lengths += [quantizer.levels, quantizer.thresholds]
    longest = max(float(np.abs(length).max(initial=0.0)) for length in map(np.asarray, lengths))
    if longest / sigma > widest:
        raise UnsupportedModelError(
            f"lengths may be at most {widest:g} times sigma = {sigma:.3g} (weights, levels, step), or their powers leave "
            f"the range of doubles; got {longest:.3g}."
        )
    if isinstance(quantizer, UniformQuantizer) and quantizer.step / sigma < _FINEST:
        raise UnsupportedModelError(
            f"the step must be at least {_FINEST:g} times sigma = {sigma:.3g}, or it leaves the range of doubles; got "
            f"{quantizer.step:.3g}."
        )
    means = model.mean_weights / unit
    if isinstance(quantizer, UniformQuantizer):
        step, offset = quantizer.step / unit, np.asarray(quantizer.offset) / unit
        offsets = means - np.asarray(quantizer.center) / unit
        # a quantizer with a level at 0; the remainders are exact however many steps away the mean is
        means = np.remainder(means, step) - np.remainder(offset, step)
        quantizer = UniformQuantizer(step)
    else:
        offsets = means - (quantizer.levels[0] / unit + quantizer.levels[-1] / unit) / 2
        quantizer = CellQuantizer(quantizer.levels / unit, quantizer.thresholds / unit)
    kinds, share = np.unique(np.stack(np.broadcast_arrays(means, offsets, scales)), axis=1, return_counts=True)
    noise, signal = (variance / unit**2 for variance in (model.noise_variance, model.signal_variance))
    return Coordinates(unit, noise, signal, quantizer, kinds[0], kinds[1], kinds[2], share.astype(float))


@dataclass(frozen=True)
class _Integrals:
    """Change of the population risk, increase of the empirical risk, E |e|^2, excess risk, generalization error.

    Where the code is nearly constant, or least squares has an infinite risk (n in {d, d + 1}), the two terms of the
    increase cancel. With c = What - w* in place of e there is nothing to cancel: ``excess = E |c|^2`` and

        gen = -(1/n) E_nu |c|^2 + (2/n) nu E_{nu+2} u . c + (nu / (n sigma^2)) E_{nu+2} (u . c)^2.

    A constant b in c leaves this sum, as ``nu E_{nu+2} (u . b)^2 = sigma^2 |b|^2``; so c = j - b, where j is the jump from
    the level of the mean's own cell, and what is quadratic in b is left out on paper.
    """

    change: float
    increase: float
    squared_error: float
    excess: float
    generalization_error: float


def _integrals(model: LinearModel, coordinates: Coordinates) -> tuple[_Integrals, _Integrals]:
    """Integrate over q by two rules, whose difference is reported as the error.

    Every other node of the trapezoid rule is itself a trapezoid rule of twice the step: the check costs nothing.
    """
    n, nu, s2 = model.samples, model.degrees_of_freedom, coordinates.noise
    lowest = np.inf
    if (edge := coordinates.nearest_edge()) > 0:
        lowest = np.log(s2) - 2 * np.log(edge) - _NEGLIGIBLE / (nu - 2 if nu > 2 else nu)  # E 1/q, where it is finite
    # the rule of twice the step, from which the error is estimated, must resolve the chi-square itself
    width = min(_SMOOTH, 1.5 * np.sqrt(2 / nu))  # tuning: step of the trapezoid rule
    q, weights = chi_square_nodes(nu, width, 1 if nu > 2 else 0, lowest=lowest)
    rows, constant = _given(q, coordinates)

    def combine(step: int) -> _Integrals:
        chosen = weights[::step] / weights[::step].sum()
        e_e, u_e, plain, jumps, _, _, _ = rows[:, ::step] @ chosen
        # chi^2_{nu+2} has the density of chi^2_nu times q / nu
        _, _, _, _, squared, u_j, form = (rows[:, ::step] * (q[::step] / nu)) @ chosen
        return _Integrals(
            change=2 * u_e + e_e,
            increase=((n + 1) * e_e - nu / s2 * squared) / n,
            squared_error=plain,
            excess=jumps + constant,
            generalization_error=(-jumps + 2 * nu * u_j + nu / s2 * form) / n,
        )

    return combine(2), combine(1)


def _given(q: FloatArray, coordinates: Coordinates) -> tuple[FloatArray, float]:
    """Moments given q, weighted by Sigma and summed over the coordinates, shape (7, nodes); and the constant ``E |b|^2``.

    The rows are ``|e|^2, u.e, unweighted |e|^2, |j|^2 - 2 j.b, (u.e)^2, u.j`` and ``(u.j)^2 - 2 (u.j)(u.b)``. With a prior
    w* ~ N(c, tau^2) the pair (w*_j, W_j) is Gaussian given q, and u is regressed on W: ``u = rho (W - c) + r`` with
    ``rho = s^2 / (s^2 + tau^2)`` and r of variance ``s^2 tau^2 / (s^2 + tau^2)``, ``s = sigma / sqrt(q)``.
    """
    c = coordinates
    noise = c.noise / (q[:, None] * c.scales)
    total = noise + c.signal
    slope, rest = noise / total, noise * (c.signal / total)  # u = slope (W - mean) + r, r of variance `rest`
    deviation = np.sqrt(total)
    e = error_moments(c.quantizer, c.means, deviation)
    reference, j = jump_moments(c.quantizer, c.means, deviation)
    weighted = c.share * c.scales

    def form(own: FloatArray, cross: FloatArray) -> FloatArray:
        """Sum over pairs of coordinates, which are independent given q: `own` for equal ones, products of `cross` else."""
        cross = cross * c.scales
        return (own * c.scales**2 - cross**2) @ c.share + (cross @ c.share) ** 2

    # w* - mean = (1 - slope) (W - mean) - r, and b = w* - mean - reference
    j_b = (1 - slope) * j.cross - reference * j.mean
    uu_j_b = slope**2 * (1 - slope) * j.third_cross + rest * (1 - 3 * slope) * j.cross
    uu_j_b = uu_j_b - reference * (slope**2 * j.second_cross + rest * j.mean)
    uu_jj = slope**2 * j.squared_cross + rest * j.squared
    rows = [
        e.squared_error @ weighted,
        (slope * e.cross) @ weighted,
        e.squared_error @ c.share,
        (j.squared - 2 * j_b) @ weighted,
        form(slope**2 * e.squared_cross + rest * e.squared_error, slope * e.cross),
        (slope * j.cross) @ weighted,
        form(uu_jj, slope * j.cross) - 2 * (uu_j_b * c.scales**2) @ c.share,
    ]
    return np.stack(rows), float((reference**2 + c.signal) @ weighted)


@takes(model=LinearModel, quantizer=(CellQuantizer, UniformQuantizer))
def scalar_quantizer_entropy(model: LinearModel, quantizer: CellQuantizer | UniformQuantizer) -> float:
    """Sum of the entropies of the quantized weights, ``sum_j H(What_j) >= H(What) = I(S; What)``, nats.

    The law of a weight is a scale mixture of Gaussians, so the probability of a cell is a one-dimensional integral. It
    depends on lengths over sigma alone.

    Returns
    -------
    float
        A positive entropy that is below the range of doubles is rounded up to its smallest normal number.

    Examples
    --------
    A sign is one bit, and a step of 16 standard deviations says next to nothing:

    >>> model = LinearModel(samples=80, features=50)
    >>> sign = CellQuantizer(np.array([-1.0, 1.0]), np.array([0.0]))
    >>> round(float(scalar_quantizer_entropy(model, sign)) / 50 / float(np.log(2.0)), 9)
    1.0
    >>> f"{scalar_quantizer_entropy(model, UniformQuantizer(3.0)):.3e}"
    '2.133e-06'
    """
    coordinates = coordinates_of(model, quantizer, _WIDEST_CELLS)
    code, nu = coordinates.quantizer, model.degrees_of_freedom
    total, known = 0.0, {}
    for mean, scale, share in zip(coordinates.means, coordinates.scales, coordinates.share, strict=True):
        noise = coordinates.noise / scale
        if isinstance(code, CellQuantizer):
            thresholds = code.thresholds - mean
            law = ScaleMixture.of_weight(nu, noise, coordinates.signal, float(np.abs(thresholds).max(initial=0.0)))
            entropy = entropy_of_cells(law, thresholds)
        else:
            phase = float(np.remainder(mean + code.step / 2, code.step) - code.step / 2)
            if (phase, scale) not in known:
                typical = float(np.sqrt(noise / nu + coordinates.signal))
                law = ScaleMixture.of_weight(nu, noise, coordinates.signal, farthest_of_steps(nu, code.step, typical))
                known[phase, scale] = entropy_of_steps(law, code.step, phase)
            entropy = known[phase, scale]
        total += share * entropy
    several = isinstance(code, UniformQuantizer) or code.thresholds.size > 0
    return max(float(total), _SMALLEST) if several else 0.0
