"""Exact risks after the Gaussian channel of one weight at a time, for features of any covariance."""

import numpy as np

from linreg_compress._kinds import takes
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.risk import expected_risks


@takes(model=LinearModel, channel=PerWeightGaussianChannel)
def per_weight_channel_risks(model: LinearModel, channel: PerWeightGaussianChannel) -> CompressedRisks:
    """Expected risks after `channel`, from the covariance itself.

    With ``keep = 1 - delta``, ``q = E (w* - c)^T Sigma (w* - c)`` and ``r = sum_j Sigma_jj V_j``,

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

    >>> sigma = 0.6 ** np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
    >>> model = LinearModel(30, 8, signal_variance=0.03, covariance=sigma)
    >>> channel = PerWeightGaussianChannel.for_model(model, rate_nats=16.0)
    >>> round(float(per_weight_channel_risks(model, channel).population_risk_change), 5)
    0.00416
    """
    n, d, noise = model.samples, model.features, model.noise_variance
    if channel.center.size != d:
        raise UnsupportedModelError(f"the channel was built for {channel.center.size} weights, the model has {d}.")
    if n < d + 2:
        raise UnsupportedModelError(
            f"a code of one weight at a time needs samples >= features + 2; got {n} samples and {d} features."
        )
    sigma = np.eye(d) if model.has_identity_covariance else np.asarray(model.covariance)
    offset = model.mean_weights - channel.center
    signal = float(offset @ sigma @ offset) + model.signal_variance * float(np.trace(sigma))
    delta, keep, v = channel.normalized_distortion, channel.kept, model.weight_variance
    added = delta * keep * float(np.diag(sigma) @ channel.source_variances)
    distortion = delta**2 * (d * noise / n + signal) + added
    base = expected_risks(model)
    change = delta**2 * signal + added - delta * (1 + keep) * d * v
    weight_variances = float(np.trace(np.linalg.inv(sigma))) * v + float(offset @ offset) + d * model.signal_variance
    weight_mse = delta**2 * weight_variances + delta * keep * float(channel.source_variances.sum())
    excess = keep**2 * d * v + delta**2 * signal + added
    return CompressedRisks(
        empirical_risk=base.empirical_risk + distortion,
        population_risk=np.asarray(noise + excess)[()],
        generalization_error=np.asarray(d * keep * (keep * v + (1 + delta) * noise / n))[()],
        excess_risk=np.asarray(excess)[()],
        distortion=np.asarray(distortion)[()],
        population_risk_change=np.asarray(change)[()],
        normalized_distortion=np.asarray(weight_mse / weight_variances)[()],
    )
