"""The samplers by name."""

from collections.abc import Iterable
from typing import Any

from linreg_compress import _validation as valid
from linreg_compress.compression.channel import Channel, refuse_other_size
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.data_sampler import DataSampler
from linreg_compress.monte_carlo.sufficient_sampler import SufficientSampler
from linreg_compress.monte_carlo.trials import Sampler
from linreg_compress.monte_carlo.weights_sampler import WeightsSampler

SAMPLERS: dict[str, Sampler] = {sampler.name: sampler for sampler in (DataSampler(), SufficientSampler(), WeightsSampler())}


def find_sampler(name: Any) -> Sampler:
    """Return the sampler of a name: "data", "sufficient" or "weights".

    Raises
    ------
    InvalidInputError
        If there is no such sampler.

    Examples
    --------
    >>> find_sampler("weights").name
    'weights'
    """
    return SAMPLERS[valid.choice("sampler", name, tuple(SAMPLERS))]


_MOST_NUMBERS = 2**27  # of one trial: a gigabyte


def size_refusal(sampler: Sampler, model: LinearModel) -> str | None:
    """Say why one trial of a model does not fit into memory, or None if it does."""
    square = 0 if sampler.name == "weights" else model.features**2
    numbers = max(sampler.numbers_per_trial(model), square)
    if numbers <= _MOST_NUMBERS:
        return None
    return (
        f"would hold {numbers:.3g} numbers a trial, and at most {_MOST_NUMBERS} are held. Use a smaller model or a sampler "
        "that holds less: sufficient (features^2 numbers) or weights (2 features)"
    )


def refuse_unsupported(sampler: Sampler, model: LinearModel, channels: Iterable[Channel]) -> None:
    """Raise an UnsupportedModelError that says what the sampler cannot do, or that a channel is for other weights."""
    for channel in (None, *channels):
        reason = size_refusal(sampler, model) or sampler.refusal(model, channel)
        if reason is not None:
            raise UnsupportedModelError(f"the {sampler.name} sampler {reason}")
        if channel is not None:
            refuse_other_size(channel, model.features)
