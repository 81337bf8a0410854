"""The older name of the door to the exact risks after a channel."""

from linreg_compress._kinds import takes
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.channel import Channel
from linreg_compress.model import LinearModel


@takes(model=LinearModel, channel=Channel)
def expected_compressed_risks(model: LinearModel, channel: Channel) -> CompressedRisks:
    """Exact expected risks of the weights that `channel` makes: `risks`, which also takes no channel.

    Examples
    --------
    >>> from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
    >>> model = LinearModel(samples=80, features=50, signal_variance=0.02)
    >>> channel = BlindGaussianChannel.for_model(model, rate_nats=34.66)
    >>> bool(expected_compressed_risks(model, channel).compression_helps)
    True
    """
    return risks(model, channel)
