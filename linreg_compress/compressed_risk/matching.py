"""A channel is built for one model; an exact risk of it on another would be silently wrong."""

import numpy as np

from linreg_compress.compressed_risk.formulas import refuse_other_size
from linreg_compress.compression.gaussian_channel import (
    AwareGaussianChannel,
    BlindGaussianChannel,
    mean_signal_variance,
)
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel


def require_match(model: LinearModel, channel: BlindGaussianChannel | AwareGaussianChannel) -> float:
    """Check that a Gaussian channel was built for `model`, and return a weight's mean squared distance from the centre.

    Raises
    ------
    UnsupportedModelError
        If the number of weights, the covariance, the noise variance or the source variance is another.
    """
    refuse_other_size(model, channel.center.size)
    signal = mean_signal_variance(model, channel.center)
    if isinstance(channel, BlindGaussianChannel):
        built_for, needed = channel.source_variance, signal + model.weight_variance
        if (channel.precision_factor is None) != model.has_identity_covariance:
            raise UnsupportedModelError(
                "the channel was built for another covariance; build it with for_model from this model."
            )
    else:
        built_for, needed = channel.signal_variance, signal
        if channel.noise_variance != model.noise_variance:
            raise UnsupportedModelError(
                f"the channel was built for another source, noise variance {channel.noise_variance}, not "
                f"{model.noise_variance}; "
                "use for_model."
            )
    if not np.isclose(built_for, needed, rtol=1e-12, atol=0.0):
        raise UnsupportedModelError(
            f"the channel was built for another source variance, {built_for}; the model's is {needed}; use for_model."
        )
    return signal
