"""Entropy of a quantized scale mixture of centred Gaussians, to relative accuracy from the finest to the widest cells.

- A cell that holds nearly everything: its probability p is 1 to the last digit, so that ``-p ln p`` is taken from the tails
  around it, ``-(1 - t) ln(1 - t)`` with t their sum.
- Cells without limit: the probability of a cell is a smooth function of its place, so beyond the first few the sum over
  cells is an integral, with the Euler-Maclaurin terms of its lower end.
- Steps far finer than the law: a cell's probability over the step is the density of W plus an independent uniform variable,
  and the sum over cells is the integral of ``-p ln p`` over the places of a cell, up to a term like
  exp(-2 pi (distance of the density's poles) / step).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special

from linreg_compress._validation import FloatArray
from linreg_compress.compression.scalar.normal_mass import normal_mass
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.quadratic_laws import chi_square_nodes

_SMOOTH = 0.25  # tuning: width in ln q of the sharpest feature of a Gaussian cell probability
_NEGLIGIBLE = 80.0  # tuning: twice the logarithm of the smallest part of a tail that still counts
_FINE = 1 / 16  # tuning: of a typical deviation: finer steps are integrated over, wider ones summed over
_SPREADS = 30.0  # tuning: typical deviations that the cells are summed over one by one
_FEWEST_CELLS = 64  # tuning: a side
_DIGITS = 18.0  # tuning: decades of the integrals' far ends
_FAR_NODES = 200  # tuning: of a smooth integrand
_TABLE = 200_000  # tuning: numbers held at once
_STEP = 0.05  # tuning: of the trapezoid rule in asinh
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(5)


@dataclass(frozen=True, eq=False)
class ScaleMixture:
    """Law of ``s z``, z ~ N(0, 1), with a random deviation s."""

    deviations: FloatArray
    """Nodes of s, shape (m,)."""
    weights: FloatArray
    """Probabilities of the nodes, shape (m,)."""
    typical: float
    """A deviation of the bulk."""
    degrees: float
    """The tail falls like ``x^-degrees`` at the slowest."""

    @classmethod
    def of_weight(cls, degrees: int, noise: float, signal: float, farthest: float) -> "ScaleMixture":
        """Law of a weight around its mean, ``s^2 = noise / q + signal`` with ``q ~ chi^2_degrees``.

        Tails are right out to `farthest`: the deviations that reach so far are among the nodes.
        """
        typical = float(np.sqrt(noise / degrees + signal))
        reach = np.log(noise) - 2 * np.log(max(farthest, typical)) - _NEGLIGIBLE / degrees
        q, weights = chi_square_nodes(degrees, _SMOOTH, lowest=reach)
        return cls(np.sqrt(noise / q + signal), weights, typical, float(degrees))

    @classmethod
    def normal(cls, deviation: float) -> "ScaleMixture":
        """N(0, deviation^2)."""
        return cls(np.array([deviation]), np.ones(1), deviation, np.inf)

    def masses(self, edges: FloatArray) -> FloatArray:
        """Probabilities of the cells between neighbouring `edges`, each from the tail on its side."""
        found = np.zeros(len(edges) - 1)
        with np.errstate(over="ignore", invalid="ignore"):
            for s, weights in self._pieces(found.size):
                found += weights @ normal_mass(edges / s, np.diff(edges) / s)
        return found

    def outside(self, low: float, high: float) -> float:
        """Probability of a value outside (low, high], low <= 0 <= high."""
        return float(self.weights @ (special.ndtr(low / self.deviations) + special.ndtr(-high / self.deviations)))

    def flat_masses(self, centers: FloatArray, step: float) -> FloatArray:
        """Probabilities of cells over which the density is nearly a polynomial: its mean over the cell, times `step`."""
        points = np.abs(centers)[:, None] + step / 2 * _POINTS
        return self.density(points.ravel()).reshape(points.shape) @ _WEIGHTS * (step / 2)

    def density(self, x: FloatArray) -> FloatArray:
        """Probability density at a vector of points."""
        found = np.zeros(x.size)
        with np.errstate(under="ignore", over="ignore"):
            for s, weights in self._pieces(x.size):
                found += (weights / s[:, 0]) @ np.exp(-((x / s) ** 2) / 2)
        return found / np.sqrt(2 * np.pi)

    def _pieces(self, size: int) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Deviations, as a column, and weights, a few nodes at a time: tables with `size` columns stay small."""
        rows = max(1, _TABLE // size)  # tuning: bounds the memory
        for start in range(0, self.weights.size, rows):
            yield self.deviations[start : start + rows, None], self.weights[start : start + rows]


def entropy_of_masses(masses: FloatArray, outside_largest: float | None = None) -> float:
    """Entropy of cells, nats; where one holds nearly all, from the probability outside it.

    Examples
    --------
    >>> round(entropy_of_masses(np.array([1.0, 1e-30])) * 1e30, 9)
    70.07755279
    """
    largest = int(np.argmax(masses))
    p = np.maximum(masses, 0.0)
    if p[largest] <= 0.5:
        return float(special.entr(p).sum())
    others = np.delete(p, largest)
    rest = float(others.sum()) if outside_largest is None else outside_largest
    return float(special.entr(others).sum() - (1 - rest) * np.log1p(-rest))


def entropy_of_cells(law: ScaleMixture, thresholds: FloatArray) -> float:
    """Entropy of a mixture cut at finitely many thresholds, nats."""
    if not thresholds.size:  # one cell says nothing; quadrature would say 1e-16
        return 0.0
    return entropy_of_masses(law.masses(np.concatenate([[-np.inf], thresholds, [np.inf]])))


def farthest_of_steps(degrees: float, step: float, typical: float) -> float:
    """How far out `entropy_of_steps` looks, for `ScaleMixture.of_weight`."""
    return (_SPREADS * typical + _FEWEST_CELLS * step) * 10 ** _decades(degrees)


def entropy_of_steps(law: ScaleMixture, step: float, phase: float) -> float:
    """Entropy of a mixture rounded to the nearest of ``k step - phase``, nats; ``|phase| <= step / 2``."""
    if step < _FINE * law.typical:
        return _fine(law, step)
    size = int(max(_FEWEST_CELLS, np.ceil(_SPREADS * law.typical / step)))
    # the last cells of this cut reach to infinity: they are left to the sum over the far ones
    edges = UniformQuantizer(step, -phase).cells(-phase, (size + 1) * step).thresholds
    masses = law.masses(edges)
    largest = int(np.argmax(masses))
    around = law.outside(float(edges[largest]), float(edges[largest + 1])) if masses[largest] > 0.5 else None
    total = entropy_of_masses(masses, around)
    return total + sum(_far(law, step, side * phase, size) for side in (-1.0, 1.0))


def _far(law: ScaleMixture, step: float, shift: float, last: int) -> float:
    """Entropy of the cells ``k > last`` of one side, the k-th around ``k step + shift``."""

    def cost(k: FloatArray) -> FloatArray:
        return special.entr(law.flat_masses(k * step + shift, step))

    first = cost(last + np.arange(-1.0, 3.0))
    if not first[1] > 0:
        return 0.0
    stretch = _decades(law.degrees) * np.log(10.0) / 2  # tuning: how far out
    grid, width = np.polynomial.legendre.leggauss(_FAR_NODES)
    k = (last + 0.5) * np.exp(stretch * (grid + 1))
    integral = float((cost(k) * k) @ width * stretch)
    # the first and third derivative at the lower end, by differences around it
    slope, bend = first[2] - first[1], first[3] - 3 * first[2] + 3 * first[1] - first[0]
    return integral + float(slope / 24 - 17 / 5760 * bend)


def _fine(law: ScaleMixture, step: float) -> float:
    end = np.arcsinh(10 ** (_decades(law.degrees) + 1.3))
    t = np.arange(0.0, end + _STEP, _STEP)  # tuning: one node more or less where nothing is left
    x = law.typical * np.sinh(t)
    # the step's logarithm apart: its product with a density may leave the range of doubles
    density = law.flat_masses(x, step) / step if step > 1e-6 * law.typical else law.density(x)
    mass = density * law.typical * np.cosh(t) * 2 * _STEP
    mass[0] /= 2
    with np.errstate(divide="ignore"):
        logs = np.where(density > 0, np.log(np.maximum(density, np.finfo(float).tiny)), 0.0)
    return float(-(mass @ logs) - mass.sum() * np.log(step))


def _decades(degrees: float) -> float:
    return 1 + _DIGITS / degrees  # tuning: how far out
