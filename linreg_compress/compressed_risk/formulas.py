"""Which exact risks are known: a formula registers itself for its channel, in its own file.

The generic function `exact_risks` dispatches on the class of the channel. What the package knows is loaded by `risks`.
"""

from functools import singledispatch

from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compression.channel import Channel
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel


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


def refuse_other_size(model: LinearModel, weights: int) -> None:
    """Refuse a channel for another number of weights than the model has."""
    if weights != model.features:
        raise UnsupportedModelError(
            f"the channel was built for {weights} weights, the model has {model.features}; use for_model."
        )
