"""What a trial is, and what every sampler of trials offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from numpy.random import Generator

from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Channel
from linreg_compress.model import LinearModel
from linreg_compress.records import readable

FIXED_NUMBERS = 32  # tuning: what no feature pays for in a trial of known laws, its chi-squares and sums, in normal draws


@readable
@dataclass(frozen=True, eq=False)
class Trials:
    """Risks of a batch of independent trials."""

    empirical_risk: FloatArray
    """Of the least-squares weights, shape (trials,)."""
    population_risk: FloatArray
    """Of the least-squares weights, shape (trials,)."""
    compressed_empirical_risk: FloatArray
    """Of the weights that each channel makes of them, shape (channels, trials)."""
    compressed_population_risk: FloatArray
    """Of the weights that each channel makes of them, shape (channels, trials)."""
    controls: FloatArray | None = None
    """Functions of what was drawn, less their known means, shape (controls, trials).

    Each depends on one independent input alone, where every risk mixes several: no control is a risk, so no closed form of
    a risk enters through its mean.
    """


@runtime_checkable
class Sampler(Protocol):
    """A way to draw trials of which every risk has exactly the law that raw data give it."""

    @property
    def name(self) -> str:
        """Short name, as on the command line."""
        ...

    def refusal(self, model: LinearModel, channel: Channel | None = None) -> str | None:
        """Say why this sampler cannot do `channel` (None: least squares alone) on `model`; None if it can."""
        ...

    def numbers_per_trial(self, model: LinearModel) -> int:
        """Return the cost of one trial, in normal draws; it sets the size of a chunk."""
        ...

    def batch_size(self, model: LinearModel) -> int:
        """Return how many trials are best drawn at once."""
        ...

    def draw(
        self, model: LinearModel, channels: Sequence[Channel], size: int, *, rng: Generator, means_only: bool = False
    ) -> Trials:
        """Draw `size` trials; all channels see the same ones.

        Parameters
        ----------
        model, channels, size, rng
            What is drawn, how often, and from which stream.
        means_only : bool, default False
            Whether means are all that is wanted. If so, a risk may be replaced by its conditional expectation given what
            was drawn (Rao-Blackwell), and controls may come along: both leave the means and lower the variance. If not,
            every number is the risk of one trial, exactly in law.
        """
        ...


class LawSampler:
    """What the samplers share that draw from known laws in place of raw data; these laws need n >= d."""

    batch_trials: int
    """Trials drawn at once: enough that the fixed cost of a call does not matter."""
    law: str
    """What holds for n >= d only and the sampler rests on, for its refusal."""

    def refusal(self, model: LinearModel, channel: Channel | None = None) -> str | None:
        """Refuse n < d, and what `channel_refusal` refuses."""
        if model.samples < model.features:
            return (
                f"needs samples >= features, where {self.law}; got {model.samples} samples and {model.features} features. "
                "Use the data sampler."
            )
        return None if channel is None else self.channel_refusal(channel)

    def channel_refusal(self, channel: Channel) -> str | None:
        """Say why this sampler cannot do a channel; None, unless a sampler says otherwise."""
        del channel
        return None

    def batch_size(self, model: LinearModel) -> int:
        """Return how many trials are best drawn at once, for every model the same."""
        del model
        return self.batch_trials
