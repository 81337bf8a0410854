"""How much signal and how much noise: estimates from one fit, with exact intervals.

Setting: given X, ``W ~ N(w*, sigma^2 G^{-1})`` and ``|y - X W|^2 ~ sigma^2 chi^2_{n-d}``, independent; the theory's prior
is ``w* ~ N(0, tau^2 I)``. In the eigenbasis of G with eigenvalues g_j the coordinates V_j of W are then independent,
``V_j ~ N(0, tau^2 + sigma^2 / g_j)``. The noise variance is estimated by ``|y - X W|^2 / (n - d)``, unbiased.
"""

from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.advice.fitting import Fitted

_HALVINGS = 80
_REACH = 60.0  # log range of r / (mean of 1 / g) that is searched


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A fit in the eigenbasis of G; leading axes are a batch."""

    samples: int
    """n, less one with an intercept."""
    eigenvalues: FloatArray
    """g_j, ascending, shape (..., d)."""
    vectors: FloatArray
    """Their eigenvectors as columns, shape (..., d, d)."""
    coordinates: FloatArray
    """V_j, shape (..., d)."""
    residual_sum: FloatArray
    """|y - X W|^2, shape (...)."""

    @classmethod
    def of(cls, fitted: Fitted) -> "Spectrum":
        """Diagonalize G."""
        values, vectors = np.linalg.eigh(fitted.gram)
        coordinates = np.einsum("...ij,...i->...j", vectors, fitted.weights)
        return cls(fitted.samples, values, vectors, coordinates, fitted.residual_sum)

    @property
    def noise_variance(self) -> FloatArray:
        """s^2."""
        return self.residual_sum / (self.samples - self.eigenvalues.shape[-1])

    def signal_variance(self) -> FloatArray:
        """Unbiased estimate of tau^2 by moments; may be negative.

        Every ``V_j^2 - s^2 / g_j`` is an unbiased estimate of tau^2 with a variance proportional to ``(tau^2 + sigma^2 /
        g_j)^2``. They are averaged with weights that are best at the boundary, where tau^2 is the noise of a weight, ``d
        tau^2 = sigma^2 sum_j 1 / g_j``; those depend on X alone, so the average is unbiased too, given X, whatever tau^2
        is.

        Examples
        --------
        >>> import numpy as np
        >>> one = Spectrum(12, np.array([4.0, 4.0]), np.eye(2), np.array([1.0, 2.0]), np.array(10.0))
        >>> float(one.signal_variance())
        2.25
        """
        noise = 1 / self.eigenvalues
        weights = (noise + noise.mean(axis=-1, keepdims=True)) ** -2.0
        terms = self.coordinates**2 - self.noise_variance[..., None] * noise
        return np.sum(weights * terms, axis=-1) / np.sum(weights, axis=-1)

    def ratio(self, shares: FloatArray) -> FloatArray:
        """Return confidence bounds from below for ``r = tau^2 / sigma^2`` at these levels, shape (J,) for one fit.

        The pivot ``sum_j V_j^2 / (r + 1 / g_j) / d`` over ``|y - X W|^2 / (n - d)`` follows F(d, n - d) at the true r and
        falls with r (Wald 1940), so solving it for quantiles of F gives exact bounds; solved for uniform quantiles it gives
        a confidence distribution of r, with an atom at 0. For a batch `shares` must broadcast against its shape.
        """
        from scipy.special import fdtri

        d = self.eigenvalues.shape[-1]
        shares = np.asarray(shares, dtype=float)
        wanted = fdtri(d, self.samples - d, 1 - shares) * d * self.noise_variance
        noise, squares = 1 / self.eigenvalues, self.coordinates**2
        scale = noise.mean(axis=-1)
        low, high = np.full(wanted.shape, -_REACH), np.full(wanted.shape, _REACH)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            r = scale * np.exp(middle)
            above = np.sum(squares / (r[..., None] + noise), axis=-1) > wanted
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        positive = np.sum(squares * self.eigenvalues, axis=-1) > wanted
        return np.where(positive, scale * np.exp((low + high) / 2), 0.0)


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of what the data leave open, given X and y."""

    noise_variances: FloatArray
    """sigma^2, shape (J,)."""
    ratios: FloatArray
    """tau^2 / sigma^2, shape (J,)."""
    true_weights: FloatArray
    """w*, shape (J, d)."""

    @property
    def signal_variances(self) -> FloatArray:
        """tau^2."""
        return self.ratios * self.noise_variances


def draw(spectrum: Spectrum, size: int, rng: np.random.Generator) -> Draws:
    """Draw sigma^2, tau^2 / sigma^2 and w*, the second stratified; every interval of `advise` is made of such draws.

    Given r, the sum of the two quadratic forms of the pivot is ``sigma^2 chi^2_n``, independent of their ratio, which gives
    sigma^2; given both, w* has its normal posterior.
    """
    d = spectrum.eigenvalues.shape[-1]
    ratios = spectrum.ratio((rng.permutation(size) + rng.random(size)) / size)
    noise = 1 / spectrum.eigenvalues
    total = np.sum(spectrum.coordinates**2 / (ratios[:, None] + noise), axis=1) + spectrum.residual_sum
    variances = total / rng.chisquare(spectrum.samples, size)
    kept = ratios[:, None] / (ratios[:, None] + noise)
    spread = np.sqrt(kept * noise * variances[:, None])
    coordinates = kept * spectrum.coordinates + spread * rng.standard_normal((size, d))
    return Draws(variances, ratios, coordinates @ spectrum.vectors.T)


def signal_interval(
    spectrum: Spectrum, confidence: float, rng: np.random.Generator, size: int = 4000
) -> tuple[float, float]:
    """Return an interval for tau^2: quantiles of draws of r sigma^2, r from its exact confidence distribution."""
    low, high = np.quantile(draw(spectrum, size, rng).signal_variances, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
