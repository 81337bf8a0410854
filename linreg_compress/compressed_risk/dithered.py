"""Exact risks after uniform quantization with subtractive dither, for features of any covariance."""

from linreg_compress.compressed_risk.formulas import exact_risks
from linreg_compress.compressed_risk.linear_channel import risks_from_covariance
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.channel import refuse_other_size
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.model import LinearModel


@exact_risks.register
def dithered_risks(channel: DitheredUniform, model: LinearModel, spectra: int = 0) -> CompressedRisks:
    """Subtractive dither is a linear channel, whatever law it was made for: a its Wiener factor, s^2 = a^2 H^2 / 12."""
    refuse_other_size(channel, model.features)
    kept, lost = channel.kept_fraction, channel.normalized_distortion
    added = kept * lost * channel.source.variance  # finite for an infinite step too
    return risks_from_covariance(model, channel.center, kept, lost, added)
