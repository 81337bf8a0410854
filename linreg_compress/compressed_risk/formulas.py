"""Which exact risks are known: a formula registers itself for its channel, in its own file.

The generic function `exact_risks` dispatches on the class of the channel. What the package knows is loaded by `risks`.
A channel is built for one model; its exact risk on another would be silently wrong, so a formula refuses it.
"""

from functools import singledispatch

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.channel import Channel, refuse_other_size
from linreg_compress.compression.gaussian_channel import (
    AwareGaussianChannel,
    BlindGaussianChannel,
    mean_signal_variance,
)
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel

_ROUNDING = 1e-6  # what inverting an ill-conditioned factor may lose


@singledispatch
def exact_risks(channel: Channel, model: LinearModel, spectra: int) -> CompressedRisks:
    """Exact expected risks of the weights that `channel` makes of the least-squares weights of `model`.

    This is the answer for a channel without a formula. A formula takes the same arguments, and its annotation of `channel`
    says for which class it is: ``@exact_risks.register``.

    Parameters
    ----------
    spectra : int
        Number of designs over which a formula averages that is known given the design; any other ignores it.

    Raises
    ------
    UnsupportedModelError
        If no exact risk is known.
    """
    raise UnsupportedModelError(f"no exact risk is known for {channel.name}; simulate it.")


def require_match(model: LinearModel, channel: BlindGaussianChannel | AwareGaussianChannel) -> float:
    """Check that a Gaussian channel was built for `model`, and return a weight's mean squared distance from the centre.

    Raises
    ------
    UnsupportedModelError
        If the number of weights, the covariance, the noise variance or the source variance is another.
    """
    refuse_other_size(channel, model.features)
    signal = mean_signal_variance(model, channel.center)
    if isinstance(channel, BlindGaussianChannel):
        built_for, needed = channel.source_variance, signal + model.weight_variance
        if not _same_covariance(model, channel.precision_factor):
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


def _same_covariance(model: LinearModel, factor: FloatArray | None) -> bool:
    """Whether ``A A^T = Sigma^{-1}`` for the model's ``Sigma = L L^T``: then ``L^T A`` is orthogonal."""
    if factor is None or model.covariance_factor is None:
        return factor is None and model.covariance_factor is None
    turned = model.covariance_factor.T @ factor
    return bool(np.abs(turned @ turned.T - np.eye(model.features)).max() < _ROUNDING)
