"""One door to the exact risks after a channel: the same arguments as the Monte Carlo."""

import numpy as np

from linreg_compress._kinds import takes
from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks, blind_channel_risks
from linreg_compress.compressed_risk.linear_channel import linear_channel_risks
from linreg_compress.compressed_risk.matching import require_match
from linreg_compress.compressed_risk.per_weight_channel import per_weight_channel_risks
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_risks
from linreg_compress.compressed_risk.water_filling import expected_water_filled_risks
from linreg_compress.compression.cells import CellQuantizer
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.gaussian_channel import (
    AwareGaussianChannel,
    BlindGaussianChannel,
    mean_signal_variance,
)
from linreg_compress.compression.identity import Identity
from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel
from linreg_compress.compression.uniform import UniformQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.risk import expected_risks


@takes(model=LinearModel, channel=Channel)
def expected_compressed_risks(model: LinearModel, channel: Channel) -> CompressedRisks:
    """Exact expected risks of the weights that `channel` makes of the least-squares weights of `model`.

    Parameters
    ----------
    channel : Channel
        `Identity`, `BlindGaussianChannel` or `AwareGaussianChannel` built for this model, `PerWeightGaussianChannel`,
        `DitheredUniform`, `CellQuantizer` or `UniformQuantizer`.

    Returns
    -------
    CompressedRisks
        A design-aware channel with a prior is averaged over simulated spectra; its error is that of
        `expected_water_filled_risks`.

    Raises
    ------
    UnsupportedModelError
        If no exact result is known for the pair, or the channel was built for another model.

    Examples
    --------
    >>> model = LinearModel(samples=80, features=50, signal_variance=0.02)
    >>> channel = BlindGaussianChannel.for_model(model, rate_nats=50 * np.log(2.0))
    >>> bool(expected_compressed_risks(model, channel).compression_helps)
    True
    """
    n, d, s2 = model.samples, model.features, model.noise_variance
    if isinstance(channel, Identity):
        base = expected_risks(model)
        zero = np.zeros(())
        return CompressedRisks(
            base.empirical_risk, base.population_risk, base.generalization_error, base.excess_risk, zero, zero, zero
        )
    if isinstance(channel, BlindGaussianChannel):
        signal = require_match(model, channel)
        return blind_channel_risks(n, d, s2, channel.rate_nats, signal_variance=signal)
    if isinstance(channel, AwareGaussianChannel):
        signal = require_match(model, channel)
        if signal == 0:
            return aware_channel_risks(n, d, s2, channel.rate_nats)
        if not model.has_identity_covariance:
            raise UnsupportedModelError(
                "design-aware compression under a prior is known for the identity covariance; give the spectrum of "
                "your design to water_filled_risks instead."
            )
        return expected_water_filled_risks(n, d, s2, signal, channel.rate_nats).risks
    if isinstance(channel, PerWeightGaussianChannel):
        return per_weight_channel_risks(model, channel)
    if isinstance(channel, DitheredUniform):
        return _dithered_risks(model, channel)
    if isinstance(channel, CellQuantizer | UniformQuantizer):
        return scalar_quantizer_risks(model, channel)
    raise UnsupportedModelError(f"no exact risk is known for {channel.name}; simulate it.")


def _dithered_risks(model: LinearModel, channel: DitheredUniform) -> CompressedRisks:
    """Subtractive dither is a linear channel, whatever law it was made for: a its Wiener factor, s^2 = a^2 H^2 / 12."""
    if channel.center.size != model.features:
        raise UnsupportedModelError(
            f"the channel was built for {channel.center.size} weights, the model has {model.features}; use for_model."
        )
    if not model.has_identity_covariance:
        raise UnsupportedModelError("dithered quantization is known for the identity covariance; simulate it.")
    kept = channel.kept_fraction
    added = kept * channel.normalized_distortion * channel.source.variance  # finite for an infinite step too
    signal = mean_signal_variance(model, channel.center)
    return linear_channel_risks(model.samples, model.features, model.noise_variance, kept, added, signal)
