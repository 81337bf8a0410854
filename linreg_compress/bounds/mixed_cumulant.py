"""Averages over the codebook that the Donsker-Varadhan bounds need, by quadrature.

``(1 + 2 lambda s)^{-n/2} = E exp(-lambda T s)`` for ``T ~ chi^2_n``: with it the average over the codewords is a product
over the weights, which are independent given ``q ~ chi^2_nu``. With ``s = sigma^2 + r`` and T = t / (1 + 2 lambda sigma^2),

    E (1 + 2 lambda s)^{-n/2} = (1 + 2 lambda sigma^2)^{-n/2} E exp(-a r),   a = lambda t / (1 + 2 lambda sigma^2),

so that one set of nodes t ~ chi^2_n serves every lambda. Everything is summed in logarithms, and around the mean of s, so
that nothing is lost where lambda is tiny.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.linalg import eigh_tridiagonal

from linreg_compress._validation import FloatArray
from linreg_compress.compression.cells import CellQuantizer
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.compression.uniform import UniformQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.information.rate_distortion import kept_fraction
from linreg_compress.model import LinearModel

_TAIL = 1e-16  # probability cut off a chi-square, after the tilt that the bound gives it
_HEAVY_TAIL = 1e-12  # of E 1/q, cut off at small q
_STEPS_PER_WIDTH = 1.7
_MOST_NODES = 2**24
_WIDEST_STEP = 0.25
_PRIOR_NODES = 16
_DROPPED = 50.0  # in logarithms: what is smaller than the largest term by exp(-50) cannot matter
_NODES_PER_SHARPEST = 1.2  # the trapezoid rule of a Gaussian feature
_PRIOR_REACH = 8.5  # standard deviations of a true weight
_FEWEST_CELLS, _MOST_CELLS = 10, 500  # a side of a uniform quantizer; beyond them cells are grouped
_CELLS_SPAN = 10.0  # standard deviations
_GROWTH = 1.1
_FAR = 1e6
_FEWEST_PHASES = 4

LogAverage = Callable[[float], float]


@dataclass(frozen=True)
class MixedCumulant:
    """The average that a Donsker-Varadhan bound needs.

    Attributes
    ----------
    mean_scale : float
        ``E s(What)``, by the same nodes.
    cumulant : callable
        ``lambda -> n lambda E s + ln E (1 + 2 lambda s)^{-n/2}``, convex and 0 at 0; the centred one is
        ``lambda -> ln E exp(n (lambda s - (1/2) ln(1 + 2 lambda s)))``.
    """

    mean_scale: float
    cumulant: LogAverage


def channel_cumulant(model: LinearModel, channel: BlindGaussianChannel) -> MixedCumulant:
    """Mixed cumulant of the design-blind Gaussian channel (Sigma = I).

    Given q and w* the weights What - w* are Gaussian with variance ``A = keep^2 sigma^2 / q + delta keep V`` around
    ``-delta (w* - c)``, so that ``E exp(-a |What - w*|^2) = (1 + 2 a A)^{-d/2} exp(-a delta^2 |w* - c|^2 / (1 + 2 a A))``.
    Under a prior the bound holds for each w*, so its logarithm is averaged, not its argument: a smooth function of |w* -
    c|^2.
    """
    d, s2 = model.features, model.noise_variance
    keep, delta = float(kept_fraction(channel.rate_nats, d)), channel.normalized_distortion
    offset = model.mean_weights - channel.center
    distances, shares = np.array([float(offset @ offset)]), np.ones(1)
    if model.signal_variance > 0:
        if offset.any():
            raise UnsupportedModelError("a prior is averaged around the codebook's centre; leave the centre at its mean.")
        x, shares = _laguerre(d, _PRIOR_NODES)
        distances = model.signal_variance * x
    return _gaussian(model, keep**2 * s2, delta * keep * channel.source_variance, delta**2 * distances, shares)


def design_cumulant(model: LinearModel, kept: float) -> MixedCumulant:
    """Mixed cumulant of the design-aware channel centred at w*: ``What - w* = sqrt(kept) sigma z / sqrt(q)``."""
    return _gaussian(model, kept * model.noise_variance, 0.0, np.zeros(1), np.ones(1))


def _gaussian(
    model: LinearModel, spread_by_q: float, spread: float, pulls: FloatArray, shares: FloatArray
) -> MixedCumulant:
    """Mixed cumulant of What - w* Gaussian given q, of variance ``spread_by_q / q + spread`` and squared mean `pulls`."""
    n, d, s2 = model.samples, model.features, model.noise_variance
    q, log_q = _design_nodes(model)
    scale = spread_by_q / q + spread
    average = d * float(np.exp(log_q) @ scale)
    t, log_t = _sample_nodes(model, 3 * (average + float(pulls.max())) / s2)
    log_weights = log_q[:, None] + log_t
    count = float(np.exp(log_t) @ t)
    mean = s2 + average + float(shares @ pulls)

    def cumulant(lam: float) -> float:
        a = lam * t / (1 + 2 * lam * s2)
        widened = 2 * a * scale[:, None]
        shrink = -d / 2 * np.log1p(widened)
        pull = a / (1 + widened)
        # where the node sum of t is not n to the last digit, neither is the linear term
        known = lam * (n * s2 + count * (mean - s2)) - n / 2 * np.log1p(2 * lam * s2)
        base = log_weights + shrink
        total = 0.0
        for far, share in zip(pulls, shares, strict=True):
            total += share * _log_mean(log_weights, shrink - far * pull, base - far * pull)
        return float(known + total)

    return MixedCumulant(mean, cumulant)


def quantizer_cumulant(
    model: LinearModel, quantizer: CellQuantizer | UniformQuantizer, *, centred: bool = False
) -> MixedCumulant:
    """Mixed cumulant of a scalar quantizer (Sigma = I); under a prior over the joint law of w* and What.

    The far cells of a uniform quantizer are grouped, each group at its level nearest to the true weights: the average, and
    with it the bound, can only grow. Centred is for finitely many levels and fixed true weights.
    """
    n, s2 = model.samples, model.noise_variance
    means, counts = np.unique(_relative_means(model, quantizer), return_counts=True)
    kinds = [_Kind.of(model, quantizer, float(mean)) for mean in means]
    down = up = 0.0
    if centred and isinstance(quantizer, CellQuantizer):
        up = sum(times * kind.squares.max() for times, kind in zip(counts, kinds, strict=True))
        if quantizer.thresholds.size:
            down = model.features * max(np.abs(quantizer.thresholds - mean).max() ** 2 for mean in means) / s2
    q, log_q = _design_nodes(model, down)
    masses = [kind.masses(np.sqrt(s2 / q)) for kind in kinds]
    weights = np.exp(log_q)
    spread = sum(
        times * float(weights @ (mass @ kind.squares)) for times, kind, mass in zip(counts, kinds, masses, strict=True)
    )
    t, log_t = _sample_nodes(model, max(3 * spread, up) / s2)
    log_weights = log_q[:, None] + log_t
    count = float(np.exp(log_t) @ t)
    mean = s2 + spread

    def cumulant(lam: float) -> float:
        a = lam * t / (1 + 2 * lam * s2)
        if centred:
            a = a - n * lam
        exponent = np.zeros(log_weights.shape)
        for times, kind, mass in zip(counts, kinds, masses, strict=True):
            exponent += times * kind.log_average(mass, a)
        total = _log_mean(log_weights, exponent, log_weights + exponent)
        known = n * lam * s2 - n / 2 * np.log1p(2 * lam * s2)
        if not centred:
            known += count * lam * spread
        return float(known + total)

    return MixedCumulant(mean, cumulant)


@dataclass(frozen=True, eq=False)
class _Kind:
    """One kind of weight: its true values, the quantizer's cells around them, and the squared errors.

    Attributes
    ----------
    truths, shares : ndarray, shape (m,)
        The true weight, or nodes of its prior.
    edges : ndarray, shape (K + 1,)
    squares : ndarray, shape (m K,)
        ``(level - truth)^2``.
    """

    truths: FloatArray
    shares: FloatArray
    edges: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, model: LinearModel, quantizer: CellQuantizer | UniformQuantizer, mean: float) -> "_Kind":
        truths, shares = np.array([mean]), np.ones(1)
        deviation = np.sqrt(model.signal_variance)
        if deviation > 0:
            # the sharpest of: the prior, exp(-a x^2) with a <= n / (2 sigma^2) or so, and the law of W - w*
            sharpest = 1 / np.sqrt(1 / model.signal_variance + 2 * model.samples / model.noise_variance)
            width = max(sharpest / _NODES_PER_SHARPEST, deviation / 400)
            grid = np.arange(-_PRIOR_REACH * deviation, _PRIOR_REACH * deviation, width)
            shares = np.exp(-((grid / deviation) ** 2) / 2)
            truths = mean + grid
            if isinstance(quantizer, UniformQuantizer) and quantizer.step < 2 * _PRIOR_REACH * deviation:
                truths, shares = _phases(quantizer.step, mean, deviation, width)
            shares = shares / shares.sum()
        if isinstance(quantizer, CellQuantizer):
            edges = np.concatenate([[-np.inf], quantizer.thresholds, [np.inf]])
            levels = quantizer.levels[None, :]
        else:
            spread = np.sqrt(model.signal_variance + model.weight_variance)
            edges, levels = _grouped(quantizer.step, mean, truths, float(spread))
        return cls(truths, shares, edges, ((levels - truths[:, None]) ** 2).ravel())

    def masses(self, deviations: FloatArray) -> FloatArray:
        """Probability of each (truth, cell) given q, shape (nodes of q, m K)."""
        z = (self.edges - self.truths[:, None]) / deviations[:, None, None]
        mass = _mass(z[..., :-1], z[..., 1:]) * self.shares[:, None]
        return mass.reshape(len(deviations), -1)

    def log_average(self, mass: FloatArray, a: FloatArray) -> FloatArray:
        """``ln E exp(-a (What - w*)^2)`` given q, shape (nodes of q, nodes of a)."""
        exponents = -a[:, None] * self.squares
        top = exponents.max(axis=1)
        if np.abs(exponents).max() < 1e-3:  # sum the small differences from 1
            return np.log1p(mass @ np.expm1(exponents).T)
        with np.errstate(divide="ignore"):
            return np.log(mass @ np.exp(exponents - top[:, None]).T) + top


def _relative_means(model: LinearModel, quantizer: CellQuantizer | UniformQuantizer) -> FloatArray:
    """Means of the true weights in coordinates where a uniform quantizer has a level at 0."""
    return model.mean_weights - quantizer.offset if isinstance(quantizer, UniformQuantizer) else model.mean_weights


def _phases(step: float, mean: float, deviation: float, width: float) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of w* in its cell: the error of a uniform quantizer depends on nothing else of w*."""
    size = max(int(np.ceil(step / width)), _FEWEST_PHASES)
    phase = step * (np.arange(size) / size - 0.5)
    periods = np.arange(np.floor(-_PRIOR_REACH * deviation / step) - 1, np.ceil(_PRIOR_REACH * deviation / step) + 2)
    origin = step * np.rint(mean / step)
    away = phase[:, None] + origin + step * periods - mean
    return origin + phase, np.exp(-((away / deviation) ** 2) / 2).sum(axis=1)


def _grouped(step: float, mean: float, truths: FloatArray, spread: float) -> tuple[FloatArray, FloatArray]:
    """Edges and levels of a uniform quantizer around `mean`; far cells are grouped, each group at its nearest level."""
    middle = np.rint(mean / step)
    cells = float(np.clip(_CELLS_SPAN * spread / step, _FEWEST_CELLS, _MOST_CELLS))
    inner = int(np.ceil(max(float(np.abs(truths - mean).max()) / step, cells)))
    widths = np.ceil(inner * (_GROWTH - 1) * _GROWTH ** np.arange(int(np.log(_FAR) / np.log(_GROWTH))))
    starts = inner + np.concatenate([[0.0], np.cumsum(widths)])  # the cell that opens each group, counted from the middle
    outward = np.concatenate([np.arange(1, inner), starts])
    edges = middle + np.concatenate([-outward[::-1] + 0.5, outward - 0.5])
    levels = middle + np.concatenate([-outward[::-1], [0.0], outward])
    edges = np.concatenate([[-np.inf], edges * step, [np.inf]])
    return edges, (levels * step)[None, :]


def _design_nodes(model: LinearModel, down: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Nodes of q ~ chi^2_nu and logarithms of their weights; the bound tilts q up, to chi^2_{nu + d} at most."""
    nu, d = model.degrees_of_freedom, model.features
    low = np.log(2 * special.gammaincinv(nu / 2 - 1, _HEAVY_TAIL) / nu) - np.log1p(down)
    high = np.log(2 * special.gammainccinv((nu + d) / 2, _TAIL) / nu)
    return _nodes(nu, low, high, (nu + d) / 2)


def _sample_nodes(model: LinearModel, spread: float) -> tuple[FloatArray, FloatArray]:
    """Nodes of t ~ chi^2_n and logarithms of their weights; the bound tilts t down, by 1 + spread at most."""
    n, d = model.samples, model.features
    low = np.log(2 * special.gammaincinv(n / 2, _TAIL) / n) - np.log1p(spread)
    high = np.log(2 * special.gammainccinv(n / 2, _TAIL) / n)
    return _nodes(n, low, high, n + d / 4)


def _nodes(degrees: int, low: float, high: float, curvature: float) -> tuple[FloatArray, FloatArray]:
    step = min(_WIDEST_STEP, 1 / (_STEPS_PER_WIDTH * np.sqrt(curvature)))
    if not (high - low) / step < _MOST_NODES:  # inf or nan where the variances overflow
        raise UnsupportedModelError("the variances leave the range of doubles in this bound. Change the unit of y.")
    grid = np.arange(low, high + step, step)
    logs = degrees / 2 * (grid - np.expm1(grid))  # log density of ln(q / degrees), but for a constant
    return degrees * np.exp(grid), logs - special.logsumexp(logs)


def _laguerre(degrees: int, size: int) -> tuple[FloatArray, FloatArray]:
    """Gauss nodes and weights of a chi-square, from the eigenvectors of the Jacobi matrix (Golub and Welsch 1969)."""
    power, k = degrees / 2 - 1, np.arange(size)
    nodes, vectors = eigh_tridiagonal(2 * k + 1 + power, np.sqrt(k[1:] * (k[1:] + power)))
    return 2 * np.maximum(nodes, 0.0), vectors[0] ** 2


def _log_mean(log_weights: FloatArray, exponent: FloatArray, total: FloatArray) -> float:
    """``ln sum exp(log_weights + exponent)`` for weights that sum to 1, to relative accuracy where it is near 0."""
    top = float(total.max())
    if not np.isfinite(top):
        return top
    chosen = total[total > top - _DROPPED]
    value = top + float(np.log(np.exp(chosen - top).sum()))  # special.logsumexp takes four times as long
    if abs(value) > 0.1:
        return value
    return float(np.log1p(np.sum(np.exp(log_weights) * np.expm1(np.minimum(exponent, 700.0)))))


def _mass(low: FloatArray, high: FloatArray) -> FloatArray:
    """P(low < z <= high) of a standard normal, from the tail where it is small."""
    right = low > 0
    return special.ndtr(np.where(right, -low, high)) - special.ndtr(np.where(right, -high, low))
