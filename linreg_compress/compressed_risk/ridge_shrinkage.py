"""Exact risks of ridge regression seen as a map of the least-squares weights, ``What = (G + lambda I)^{-1} G W``.

In the eigenbasis of G the direction of eigenvalue g keeps ``k = g / (g + lambda)`` of its weight and loses ``l = 1 - k``:
derivation ``ridge-risk``.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.averaged import averaged_risks
from linreg_compress.compressed_risk.formulas import exact_risks
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.ridge import ridge_excess_risk
from linreg_compress.model import LinearModel


def ridge_shrinkage_risks(
    eigenvalues: ArrayLike, samples: int, noise_variance: float, signal_variance: float, penalty: float
) -> CompressedRisks:
    """Expected risks given the spectrum of ``G = X^T X``, over the noise and the prior N(0, t I) (Sigma = I).

        excess     = sum_j [k^2 sigma^2 / g + l^2 t]
        distortion = (1/n) sum_j l^2 [g t + sigma^2]
        change     = sum_j l [l t - (1 + k) sigma^2 / g]

    Parameters
    ----------
    eigenvalues : array_like, shape (..., d)
        g_j, positive.
    samples : int
        n.
    noise_variance, signal_variance : float
        sigma^2 and t.
    penalty : float
        lambda, positive.

    Returns
    -------
    CompressedRisks
        Arrays of shape (...).
    """
    g = valid.positive("eigenvalues", eigenvalues)
    n, d, s2, t = samples, g.shape[-1], noise_variance, signal_variance
    kept, lost = g / (g + penalty), penalty / (g + penalty)
    excess = ridge_excess_risk(g, s2, t, penalty)
    distortion = (lost * lost * (g * t + s2)).sum(axis=-1) / n
    gap = s2 * kept / (g + penalty) + lost * lost * t * (1 - g / n) + kept * (1 + lost) * s2 / n
    return CompressedRisks(
        empirical_risk=s2 * (n - d) / n + distortion,
        population_risk=s2 + excess,
        generalization_error=gap.sum(axis=-1),
        excess_risk=excess,
        distortion=distortion,
        population_risk_change=(lost * (lost * t - (1 + kept) * s2 / g)).sum(axis=-1),
        normalized_distortion=distortion * n / (g * t + s2).sum(axis=-1),
    )


@exact_risks.register
def ridge_risks(channel: RidgeShrinkage, model: LinearModel, spectra: int = 4096) -> CompressedRisks:
    """Average over simulated spectra; fixed true weights count by ``|w*|^2 / d``, because the design has no direction.

    Raises
    ------
    UnsupportedModelError
        If n < d, or Sigma is not I.
    """
    n, d = model.samples, model.features
    if n < d or not model.has_identity_covariance:
        raise UnsupportedModelError(
            f"the risks of ridge are known for samples >= features and the identity covariance; got {n} samples and {d} "
            "features. Give the spectrum of your design to ridge_excess_risk, or simulate it."
        )
    signal = model.weight_energy / d

    def given(g: FloatArray) -> CompressedRisks:
        return ridge_shrinkage_risks(g, n, model.noise_variance, signal, channel.penalty)

    return averaged_risks(given, n, d, spectra=spectra)
