"""Exact risks after the Gaussian channel of one weight at a time, for features of any covariance."""

from linreg_compress._kinds import takes
from linreg_compress.compressed_risk.formulas import exact_risks
from linreg_compress.compressed_risk.linear_channel import risks_from_covariance
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.channel import refuse_other_size
from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel
from linreg_compress.model import LinearModel


@takes(model=LinearModel, channel=PerWeightGaussianChannel)
def per_weight_channel_risks(model: LinearModel, channel: PerWeightGaussianChannel) -> CompressedRisks:
    """Expected risks after `channel`, from the covariance itself.

    It is a linear channel that keeps ``keep = 1 - delta`` of every weight and adds the variance ``delta keep V_j``. With
    ``q = E (w* - c)^T Sigma (w* - c)`` and ``r = sum_j Sigma_jj V_j``,

        distortion = delta^2 (d sigma^2 / n + q) + delta keep r
        excess     = keep^2 d v + delta^2 q + delta keep r.

    For features of unit variance and a prior around c this is ``blind_channel_risks(..., variance_inflation=kappa)``: the
    derivation ``correlated-features-risk``.

    Parameters
    ----------
    model : LinearModel
        Any Sigma, n >= d + 2.
    channel : PerWeightGaussianChannel
        Built for any model of as many features.

    Raises
    ------
    UnsupportedModelError
        If n < d + 2, or the channel has another number of weights.

    Examples
    --------
    Correlated features: the code of one weight at a time hurts although the signal is below the noise v = 1/21.

    >>> import numpy as np
    >>> sigma = 0.6 ** np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
    >>> model = LinearModel(30, 8, signal_variance=0.03, covariance=sigma)
    >>> channel = PerWeightGaussianChannel.for_model(model, rate_nats=16.0)
    >>> round(float(per_weight_channel_risks(model, channel).population_risk_change), 5)
    0.00416
    """
    refuse_other_size(channel, model.features)
    delta, keep = channel.normalized_distortion, channel.kept
    return risks_from_covariance(model, channel.center, keep, delta, delta * keep * channel.source_variances)


@exact_risks.register
def per_weight_risks(channel: PerWeightGaussianChannel, model: LinearModel, spectra: int = 0) -> CompressedRisks:
    """Return `per_weight_channel_risks`: the channel need not be built for the very model."""
    return per_weight_channel_risks(model, channel)
