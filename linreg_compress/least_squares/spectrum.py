"""The eigenvalues of ``G = X^T X``: exact draws for finite n and d, and their Marchenko-Pastur limit.

A design-aware code works in the eigenbasis of G, so its risk depends on the design through these numbers alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from tqdm import tqdm

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError

_BATCH = 256  # tuning: spectra a batch: bounds the memory
_MOST_NUMBERS = 2**27  # of all spectra that are drawn at once: a gigabyte
_MOST_WORK = 2**36  # spectra times d^2, to which the time is proportional: about twenty minutes
_PATIENCE = 2.0  # tuning: seconds before a bar appears
_PANEL = 24  # tuning: Gauss-Legendre nodes a panel


@takes(rng=np.random.Generator)
def draw_spectra(samples: int, features: int, size: int, *, rng: np.random.Generator) -> FloatArray:
    """Draw the eigenvalues of G for iid N(0, I) rows without drawing X.

    Householder reflections turn a Gaussian matrix into a bidiagonal one with independent chi entries (Silverstein 1985;
    Dumitriu and Edelman 2002): 2 d numbers and a tridiagonal eigenproblem in place of n d numbers and a full one.

    Parameters
    ----------
    samples, features : int
        n and d, n >= d.
    size : int
        Number of independent spectra.

    Returns
    -------
    ndarray, shape (size, d)
        Ascending along the last axis.

    Examples
    --------
    >>> spectra = draw_spectra(9, 3, 4, rng=np.random.default_rng(0))
    >>> spectra.shape
    (4, 3)
    """
    n = valid.count("samples", samples)
    d = valid.count("features", features)
    if n < d:
        raise InvalidInputError("samples", f"must be at least the number of features {d}", n)
    trials = valid.count("size", size)
    if trials * d > _MOST_NUMBERS:
        raise InvalidInputError("features", f"must be at most {_MOST_NUMBERS // trials} for {trials} spectra", d)
    diagonal = rng.chisquare(n - np.arange(d), (trials, d))
    below = rng.chisquare(np.arange(d - 1, 0, -1), (trials, d - 1))
    main = diagonal.copy()
    main[:, 1:] += below
    off = np.sqrt(diagonal[:, :-1] * below)
    spectra = _tridiagonal_eigenvalues(main, off) if d > 1 else main
    # G is positive definite; rounding may push a nearly singular eigenvalue through zero
    return np.maximum(spectra, np.finfo(float).eps * spectra[:, -1:])


def _tridiagonal_eigenvalues(main: FloatArray, off: FloatArray) -> FloatArray:
    """Eigenvalues of each matrix, by LAPACK itself: SciPy's checks take longer than these small problems."""
    from scipy.linalg.lapack import dstevd

    found = [dstevd(diagonal, beside, compute_v=0) for diagonal, beside in zip(main, off, strict=True)]
    if any(info for _, _, info in found):
        raise np.linalg.LinAlgError("the eigenvalues of X^T X did not converge")
    return np.array([values for values, _, _ in found])


@takes(rng=np.random.Generator)
def average_over_spectra(
    function: Callable[[FloatArray], FloatArray],
    samples: int,
    features: int,
    *,
    spectra: int = 4096,
    rng: np.random.Generator | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Average functions of the spectrum of G over Gaussian designs, with standard errors.

    Two control variates of known mean, ``E sum 1/g_j = d / (n - d - 1)`` (where finite) and ``E sum g_j = n d``, take most
    of the noise away. Their coefficients come from the same draws, which leaves a bias of order ``1 / spectra``: for
    ln det G (n = 12, d = 5) a quarter of the standard error at 64 spectra, and a thirtieth at 4096.

    Parameters
    ----------
    function : callable
        Maps spectra of shape (k, d) to values of shape (k, q).
    samples, features : int
        n and d, n >= d.
    spectra : int, default 4096
        How many are drawn, at least 16.
    rng : numpy.random.Generator, optional
        A fixed stream by default, so that the same question has the same answer.

    Returns
    -------
    means, standard_errors : ndarray, shape (q,)

    Raises
    ------
    InvalidInputError
        If ``spectra * features^2`` is above 2^36, which is more than twenty minutes of work.

    Examples
    --------
    A control variate is averaged without any error:

    >>> means, errors = average_over_spectra(lambda g: (1 / g).sum(axis=-1)[:, None], 9, 3, spectra=64)
    >>> round(float(means[0]), 9), bool(errors[0] < 1e-9)
    (0.6, True)
    """
    n, d = valid.count("samples", samples), valid.count("features", features)
    size = valid.count("spectra", spectra, minimum=16)
    most = math.isqrt(_MOST_WORK // size)
    if d > most:
        hint = "Use fewer features. In Python functions of the Marchenko-Pastur limit (water_filled_risks_limit) take any."
        raise InvalidInputError("features", f"must be at most {most} for an average over {size} spectra", d, hint)
    generator = np.random.default_rng(0) if rng is None else rng
    rows, controls = [], []
    # tuning: the bar on a terminal, where the work lasts
    for start in tqdm(range(0, size, _BATCH), desc="spectra", unit="batch", disable=None, delay=_PATIENCE, leave=False):
        g = draw_spectra(n, d, min(_BATCH, size - start), rng=generator)
        rows.append(function(g))
        known = [g.sum(axis=-1) / (n * d) - 1]
        if n > d + 1:
            known.append((1 / g).sum(axis=-1) * (n - d - 1) / d - 1)
        controls.append(np.stack(known, axis=-1))
    values = np.concatenate(rows)
    unit = np.abs(values).max(axis=0)  # squares of extreme units leave the range of doubles
    unit = np.where(unit > 0, unit, 1.0)
    values = values / unit
    design = np.column_stack([np.ones(size), np.concatenate(controls)])
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    residuals = values - design @ coefficients
    variance = (residuals**2).sum(axis=0) / (size - design.shape[1])
    return unit * coefficients[0], unit * np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0])


@dataclass(frozen=True)
class MarchenkoPastur:
    """Limit law of the eigenvalues of ``G / n`` as n, d grow with ``d / n -> ratio`` (Marchenko and Pastur 1967).

    Examples
    --------
    >>> law = MarchenkoPastur(0.5)
    >>> round(law.expectation(lambda s: s), 12), round(law.expectation(lambda s: 1 / s), 12)
    (1.0, 2.0)
    """

    ratio: float
    """gamma = d / n, above 0 and below 1."""

    def __post_init__(self) -> None:
        value = valid.positive_number("ratio", self.ratio)
        if value >= 1:
            raise InvalidInputError("ratio", "must be below 1, more samples than features", value)
        object.__setattr__(self, "ratio", value)

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest eigenvalue of G / n in the limit: ``(1 -+ sqrt(ratio))^2``."""
        root = np.sqrt(self.ratio)
        return ((1 - self.ratio) / (1 + root)) ** 2, (1 + root) ** 2  # 1 - root has no digits left near a ratio of 1

    def pdf(self, eigenvalue: FloatArray) -> FloatArray:
        """Density at `eigenvalue`, zero outside the support."""
        low, high = self.support
        s = valid.doubles("eigenvalue", eigenvalue)
        inside = (s > low) & (s < high)
        root = np.sqrt(np.where(inside, (s - low) * (high - s), 0.0))
        return np.where(inside, root / (2 * np.pi * self.ratio * np.where(inside, s, 1.0)), 0.0)[()]

    def nodes(self, breaks: Sequence[float] = ()) -> tuple[FloatArray, FloatArray]:
        """Quadrature nodes and weights of the law; `breaks` are points where the integrand has a kink.

        The substitution ``s = 1 + gamma - 2 sqrt(gamma) cos(phi)`` removes both square-root ends. The factor 1/s brings a
        pole at a distance of about ``(1 - gamma) / 2`` from phi = 0: Gauss-Legendre panels halve in length towards it.
        """
        root = np.sqrt(self.ratio)
        low, high = self.support
        panels = int(np.ceil(np.log2(2 * np.pi * (1 + root) / (1 - self.ratio)))) + 1
        # s = low + 4 sqrt(gamma) sin(phi / 2)^2; rounding may put a break at the end of the support beyond it
        shares = [min((s - low) / (4 * root), 1.0) for s in breaks if low < s < high]
        kinks = [2 * float(np.arcsin(np.sqrt(share))) for share in shares]
        edges = sorted([0.0, *kinks, *(np.pi * 2.0 ** -np.arange(panels)).tolist()])
        x, w = np.polynomial.legendre.leggauss(_PANEL)
        phi = np.concatenate([(b - a) / 2 * x + (a + b) / 2 for a, b in pairwise(edges)])
        width = np.concatenate([(b - a) / 2 * w for a, b in pairwise(edges)])
        s = low + 4 * root * np.sin(phi / 2) ** 2
        return s, width * 2 / np.pi * np.sin(phi) ** 2 / s

    def expectation(self, function: Callable[[FloatArray], FloatArray], breaks: Sequence[float] = ()) -> float:
        """Mean of `function` of one eigenvalue of G / n."""
        nodes, weights = self.nodes(breaks)
        return float(weights @ function(nodes))
