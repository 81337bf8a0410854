"""Averages over the codebook that the Donsker-Varadhan bounds need, by quadrature.

``(1 + 2 lambda s)^{-n/2} = E exp(-lambda T s)`` for ``T ~ chi^2_n``: with it the average over the codewords is a product
over the weights, which are independent given ``q ~ chi^2_nu``. With ``s = sigma^2 + r`` and T = t / (1 + 2 lambda sigma^2),

    E (1 + 2 lambda s)^{-n/2} = (1 + 2 lambda sigma^2)^{-n/2} E exp(-a r),   a = lambda t / (1 + 2 lambda sigma^2),

so that one set of nodes t ~ chi^2_n serves every lambda. Everything is summed in logarithms, and around the mean of s, so
that nothing is lost where lambda is tiny.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.scalar_quantizer import Coordinates, coordinates_of
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.normal_mass import normal_mass
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.gamma_differences import log1p_minus
from linreg_compress.information.rate_distortion import kept_fraction
from linreg_compress.model import LinearModel

_TAIL = 1e-16  # tuning: probability cut off a chi-square, after the tilt that the bound gives it
_HEAVY_TAIL = 1e-12  # tuning: of E 1/q, cut off at small q
_STEPS_PER_WIDTH = 1.7  # tuning: of the trapezoid rule
_MOST_POINTS = 2**24  # tuning: of the chi-square: more come from variances that overflow
_WIDEST_STEP = 0.25  # tuning: of the trapezoid rule
_PRIOR_NODES = 16  # tuning: of Gauss's rule, for a smooth function
_DROPPED = 50.0  # tuning: in logarithms: what is smaller than the largest term by exp(-50) cannot matter
_NODES_PER_SHARPEST = 1.2  # tuning: the trapezoid rule of a Gaussian feature
_PRIOR_REACH = 8.5  # tuning: standard deviations of a true weight
_FEWEST_CELLS, _MOST_CELLS = 10, 500  # tuning: a side of a uniform quantizer; beyond them cells are grouped
_CELLS_SPAN = 10.0  # tuning: standard deviations
_OVERFLOW = 700.0  # tuning: exp of 709.8 and more leaves the range of doubles
_GROWTH = 1.1  # tuning: of the groups of far cells; any grouping gives a bound
_FAR = 1e6  # tuning: where the last group begins
_FEWEST_PHASES = 4  # tuning: of a cell
_UNIFORM = 4.0  # tuning: steps: a prior this wide
_MOST_NODES = 20_000  # tuning: of the prior
_PART = 1 - 1e-7  # tuning: of the largest lambda under a prior
_UNSEEN = 1e-60  # tuning: probability of a codeword that the uncentred average leaves out
_LOST = 1e-12  # relative: what the nodes may lose of the mean of s

LogAverage = Callable[[float], float]


@dataclass(frozen=True)
class MixedCumulant:
    """The average that a Donsker-Varadhan bound needs."""

    noise: float
    """sigma^2."""
    excess: float
    """``E s(What) - sigma^2``, by the same nodes."""
    cumulant: LogAverage
    """``lambda -> n lambda E s + ln E (1 + 2 lambda s)^{-n/2}``, convex and 0 at 0; the centred one is
    ``lambda -> ln E exp(n (lambda s - (1/2) ln(1 + 2 lambda s)))``. Rounded up by what quadrature may lose.
    """
    largest: float = float("inf")
    """The lambda beyond which it is not computed, or infinite."""

    @property
    def mean_scale(self) -> float:
        """``E s(What)``."""
        return self.noise + self.excess


def channel_cumulant(model: LinearModel, channel: BlindGaussianChannel) -> MixedCumulant:
    """Mixed cumulant of the design-blind Gaussian channel (Sigma = I).

    Given q and w* the weights What - w* are Gaussian with variance ``A = keep^2 sigma^2 / q + delta keep V`` around
    ``-delta (w* - c)``, so that ``E exp(-a |What - w*|^2) = (1 + 2 a A)^{-d/2} exp(-a delta^2 |w* - c|^2 / (1 + 2 a A))``.
    Under a prior the bound holds for each w*, so its logarithm is averaged, not its argument: a smooth function of
    |w* - c|^2.
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
    """Mixed cumulant of What - w* Gaussian given q, of variance ``spread_by_q / q + spread`` and squared mean `pulls`.

    Computed in units of sigma, in which no number grows with the variances.
    """
    n, d, s2 = model.samples, model.features, model.noise_variance
    q, log_q = _design_nodes(model)
    scale, pulls = spread_by_q / s2 / q + spread / s2, pulls / s2
    average = d * float(np.exp(log_q) @ scale)
    t, log_t = _sample_nodes(model, float(np.log1p(3 * (average + float(pulls.max())))))
    log_weights = log_q[:, None] + log_t
    count = float(np.exp(log_t) @ t)
    excess = average + float(shares @ pulls)

    def cumulant(lam: float) -> float:
        lam = lam * s2
        a = lam * t / (1 + 2 * lam)
        widened = 2 * a * scale[:, None]
        shrink = -d / 2 * np.log1p(widened)
        pull = a / (1 + widened)
        # where the node sum of t is not n to the last digit, neither is the linear term
        known = lam * count * excess * (1 + _LOST) - n / 2 * log1p_minus(2 * lam)
        base = log_weights + shrink
        total = 0.0
        for far, share in zip(pulls, shares, strict=True):
            total += share * _log_mean(log_weights, shrink - far * pull, base - far * pull)
        return float(known + total)

    return MixedCumulant(s2, excess * s2, cumulant)


def quantizer_cumulant(
    model: LinearModel, quantizer: CellQuantizer | UniformQuantizer, *, centred: bool = False
) -> MixedCumulant:
    """Mixed cumulant of a scalar quantizer (Sigma = I); under a prior over the joint law of w* and What.

    The far cells of a uniform quantizer are grouped, each group at its level nearest to the true weights: the average, and
    with it the bound, can only grow. Centred is for finitely many levels; under a prior it is finite for lambda below
    ``1 / (2 n tau^2)`` and computed up to `_PART` of that.
    """
    n, c = model.samples, coordinates_of(model, quantizer)
    s2, code, largest = c.noise, c.quantizer, np.inf
    if centred and c.signal > 0:
        largest = _PART / (2 * n * c.signal)
    kinds = [_Kind.of(model, c, float(mean), centred) for mean in c.means]
    down = up = 0.0
    if centred and isinstance(code, CellQuantizer):
        up = sum(times * kind.squares.max() for times, kind in zip(c.share, kinds, strict=True))
        if code.thresholds.size:
            down = model.features * max(np.abs(code.thresholds - mean).max() ** 2 for mean in c.means) / s2
    q, log_q = _design_nodes(model, down)
    masses = [kind.masses(np.sqrt(s2 / q)) for kind in kinds]
    if not centred:  # what is left out has a negative part in the average: the bound can only grow
        seen = [(mass * np.exp(kind.log_shares)).max(axis=0) > _UNSEEN for kind, mass in zip(kinds, masses, strict=True)]
        kinds = [kind.only(some) for kind, some in zip(kinds, seen, strict=True)]
        masses = [mass[:, some] for mass, some in zip(masses, seen, strict=True)]
    weights = np.exp(log_q)
    spread = sum(
        times * float(weights @ kind.mean_square(mass)) for times, kind, mass in zip(c.share, kinds, masses, strict=True)
    )
    tilt = float(np.log1p(max(3 * spread, up) / s2))
    if np.isfinite(largest) and n > model.features:  # the average over the prior grows like t^(-d/2) at most
        tilt = min(tilt, 2 * _DROPPED / (n - model.features))
    t, log_t = _sample_nodes(model, tilt)
    log_weights = log_q[:, None] + log_t
    count = float(np.exp(log_t) @ t)
    unit = c.unit**2

    def cumulant(lam: float) -> float:
        lam = lam * unit
        if lam > largest:
            return float("inf")
        a = lam * t / (1 + 2 * lam * s2)
        if centred:
            a = a - n * lam
        exponent = np.zeros(log_weights.shape)
        for times, kind, mass in zip(c.share, kinds, masses, strict=True):
            exponent += times * kind.log_average(mass, a)
        total = _log_mean(log_weights, exponent, log_weights + exponent)
        known = count * lam * spread * ((not centred) + _LOST) - n / 2 * log1p_minus(2 * lam * s2)
        return float(known + total)

    return MixedCumulant(s2 * unit, spread * unit, cumulant, largest / unit)


@dataclass(frozen=True, eq=False)
class _Kind:
    """One kind of weight: its true values, the quantizer's cells around them, and the squared errors."""

    truths: FloatArray
    """The true weight, or nodes of its prior; shape (m,)."""
    log_shares: FloatArray
    """Logarithms of the prior's weights, those of a truth for each of its cells, shape (m K,); they may be below -745."""
    edges: FloatArray
    """Shape (K + 1,)."""
    squares: FloatArray
    """``(level - truth)^2``, shape (m K,)."""

    @classmethod
    def of(cls, model: LinearModel, c: Coordinates, mean: float, centred: bool) -> "_Kind":
        truths, log_shares = np.array([mean]), np.zeros(1)
        deviation, quantizer = float(np.sqrt(c.signal)), c.quantizer
        if deviation > 0:
            # the sharpest of: the prior, exp(-a x^2) with a <= n / (2 sigma^2) or so, and the law of W - w*
            sharpest = 1 / np.sqrt(1 / c.signal + 2 * model.samples / c.noise)
            width = float(sharpest) / _NODES_PER_SHARPEST
            reach = _PRIOR_REACH * deviation / (np.sqrt(1 - _PART) if centred else 1.0)
            if isinstance(quantizer, CellQuantizer):
                # beyond levels and thresholds everything is smooth on the scale of x; exp(n lambda x^2) widens the prior
                places = np.concatenate([quantizer.levels, quantizer.thresholds]) - mean
                bend = 2 * float(np.abs(places).max()) + _PRIOR_REACH * width
                # tuning: range and step of the nodes
                end, pace = float(np.arcsinh(reach / bend)), min(width / bend, _WIDEST_STEP / 4)
                y = np.linspace(-end, end, _allowed(2 * end / pace))  # tuning: how many nodes
                grid = bend * np.sinh(y)
                log_shares = -((grid / deviation) ** 2) / 2 + np.log(np.cosh(y))
            elif quantizer.step < 2 * _PRIOR_REACH * deviation:
                truths, shares = _phases(quantizer.step, mean, deviation, width)
                grid, log_shares = truths - mean, np.log(shares)
            else:
                grid = np.linspace(-reach, reach, _allowed(2 * reach / width))  # tuning: how many nodes
                log_shares = -((grid / deviation) ** 2) / 2
            truths = mean + grid
            log_shares = log_shares - special.logsumexp(log_shares)
        if isinstance(quantizer, CellQuantizer):
            edges = np.concatenate([[-np.inf], quantizer.thresholds, [np.inf]])
            levels = quantizer.levels[None, :]
        else:
            nu = model.degrees_of_freedom
            edges, levels = _grouped(quantizer.step, mean, truths, float(np.sqrt(c.signal + c.noise / (nu - 2))))
        squares = (levels - truths[:, None]) ** 2
        return cls(truths, np.broadcast_to(log_shares[:, None], squares.shape).ravel(), edges, squares.ravel())

    def only(self, some: NDArray[np.bool_]) -> "_Kind":
        """The kind with some of its (truth, cell) pairs."""
        return replace(self, log_shares=self.log_shares[some], squares=self.squares[some])

    def mean_square(self, mass: FloatArray) -> FloatArray:
        """``E (What - w*)^2`` given q."""
        return mass @ (self.squares * np.exp(self.log_shares))

    def masses(self, deviations: FloatArray) -> FloatArray:
        """Probability of each cell given q and a truth, shape (nodes of q, m K)."""
        z = (self.edges - self.truths[:, None]) / deviations[:, None, None]
        return normal_mass(z).reshape(len(deviations), -1)

    def log_average(self, mass: FloatArray, a: FloatArray) -> FloatArray:
        """``ln E exp(-a (What - w*)^2)`` given q, shape (nodes of q, nodes of a)."""
        exponents = -a[:, None] * self.squares
        # the small differences from 1: the masses sum to 1 only up to rounding
        shares = np.exp(self.log_shares)
        if self.log_shares.min() > -_OVERFLOW:
            away = np.expm1(np.minimum(exponents, _OVERFLOW))
            away *= shares
        else:  # a share too small for doubles meets a factor too large for them
            away = np.exp(np.minimum(exponents + self.log_shares, _OVERFLOW)) - shares
            small = np.abs(exponents) < 1
            away[small] = (shares * np.expm1(np.where(small, exponents, 0.0)))[small]
        found = mass @ away.T
        direct = (found < -0.5) | (found > 1e10)
        columns = direct.any(axis=0)
        found = np.log1p(np.maximum(found, -0.5))
        if columns.any():
            shared = exponents[columns] + self.log_shares
            top = shared.max(axis=1)
            with np.errstate(divide="ignore"):
                logs = np.log(mass @ np.exp(shared - top[:, None]).T) + top
            found[:, columns] = np.where(direct[:, columns], logs, found[:, columns])
        return found


def _allowed(nodes: float) -> int:
    if nodes > _MOST_NODES:
        raise UnsupportedModelError(
            f"the average over this prior needs {nodes:.0f} nodes a weight, more than {_MOST_NODES}: the prior or the "
            "levels are too wide for the noise of a weight. Use the closed bounds."
        )
    return max(2, int(np.ceil(nodes)) + 1)  # tuning: one node more or less


def _phases(step: float, mean: float, deviation: float, width: float) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of w* in its cell: the error of a uniform quantizer depends on nothing else of w*."""
    size = max(_allowed(step / width), _FEWEST_PHASES)
    phase = step * (np.arange(size) / size - 0.5)
    if deviation > _UNIFORM * step:  # every phase alike, up to exp(-2 pi^2 16)
        return step * np.rint(mean / step) + phase, np.ones(size)
    periods = np.arange(np.floor(-_PRIOR_REACH * deviation / step) - 1, np.ceil(_PRIOR_REACH * deviation / step) + 2)
    origin = step * np.rint(mean / step)
    away = phase[:, None] + origin + step * periods - mean
    return origin + phase, np.exp(-((away / deviation) ** 2) / 2).sum(axis=1)


def _grouped(step: float, mean: float, truths: FloatArray, spread: float) -> tuple[FloatArray, FloatArray]:
    """Edges and levels of a uniform quantizer around `mean`; far cells are grouped, each group at its nearest level.

    Cells far finer than the law are grouped near the middle as well.
    """
    middle = np.rint(mean / step)
    together = max(1.0, np.floor(_CELLS_SPAN * spread / (step * _MOST_CELLS)))
    cells = float(np.clip(_CELLS_SPAN * spread / (step * together), _FEWEST_CELLS, _MOST_CELLS))
    inner = int(np.ceil(max(float(np.abs(truths - mean).max()) / (step * together), cells)))
    # tuning: any grouping gives a bound
    widths = np.ceil(inner * (_GROWTH - 1) * _GROWTH ** np.arange(int(np.log(_FAR) / np.log(_GROWTH))))
    starts = inner + np.concatenate([[0.0], np.cumsum(widths)])
    # the cell that opens each group, counted from the middle
    outward = 1 + together * (np.concatenate([np.arange(1, inner), starts]) - 1)
    edges = middle + np.concatenate([-outward[::-1] + 0.5, outward - 0.5])
    levels = middle + np.concatenate([-outward[::-1], [0.0], outward])
    edges = np.concatenate([[-np.inf], edges * step, [np.inf]])
    return edges, (levels * step)[None, :]


def _design_nodes(model: LinearModel, down: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Nodes of q ~ chi^2_nu and logarithms of their weights; the bound tilts q up, to chi^2_{nu + d} at most."""
    nu, d = model.degrees_of_freedom, model.features
    small = special.gammaincinv(nu / 2 - 1, _HEAVY_TAIL) if nu > 2 else special.gammaincinv(nu / 2, _HEAVY_TAIL**2)
    low = np.log(2 * small / nu) - np.log1p(down)
    high = np.log(2 * special.gammainccinv((nu + d) / 2, _TAIL) / nu)
    return _nodes(nu, low, high, (nu + d) / 2)


def _sample_nodes(model: LinearModel, tilt: float) -> tuple[FloatArray, FloatArray]:
    """Nodes of t ~ chi^2_n and logarithms of their weights; the bound tilts t down, by exp(tilt) at most."""
    n, d = model.samples, model.features
    low = np.log(2 * special.gammaincinv(n / 2, _TAIL) / n) - tilt
    high = np.log(2 * special.gammainccinv(n / 2, _TAIL) / n)
    return _nodes(n, low, high, n + d / 4)


def _nodes(degrees: int, low: float, high: float, curvature: float) -> tuple[FloatArray, FloatArray]:
    step = min(_WIDEST_STEP, 1 / (_STEPS_PER_WIDTH * np.sqrt(curvature)))
    if not (high - low) / step < _MOST_POINTS:  # inf or nan where the variances overflow
        raise UnsupportedModelError("the variances leave the range of doubles in this bound. Change the unit of y.")
    grid = np.arange(low, high + step, step)  # tuning: one node more or less where nothing is left
    logs = degrees / 2 * (grid - np.expm1(grid))  # log density of ln(q / degrees), up to a constant
    return degrees * np.exp(grid), logs - special.logsumexp(logs)


def _laguerre(degrees: int, size: int) -> tuple[FloatArray, FloatArray]:
    """Gauss nodes and weights of a chi-square, from the eigenvectors of the Jacobi matrix (Golub and Welsch 1969)."""
    from scipy.linalg import eigh_tridiagonal

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
    return float(np.log1p(np.sum(np.exp(log_weights) * np.expm1(np.minimum(exponent, _OVERFLOW)))))
