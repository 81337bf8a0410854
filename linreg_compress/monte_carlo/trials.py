"""What every sampler returns, and what it must offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Channel
from linreg_compress.model import LinearModel


@dataclass(frozen=True, eq=False)
class Trials:
    """Risks of a batch of independent trials.

    Attributes
    ----------
    empirical_risk, population_risk : ndarray, shape (trials,)
        Of the least-squares weights.
    compressed_empirical_risk, compressed_population_risk : ndarray, shape (channels, trials)
        Of the weights that each channel makes of them.
    controls : ndarray, shape (controls, trials), optional
        Functions of what was drawn, less their known means. Each depends on one independent input alone, where every risk
        mixes several: no control is a risk, so no closed form of a risk enters through its mean.
    """

    empirical_risk: FloatArray
    population_risk: FloatArray
    compressed_empirical_risk: FloatArray
    compressed_population_risk: FloatArray
    controls: FloatArray | None = None


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
        self,
        model: LinearModel,
        channels: Sequence[Channel],
        size: int,
        *,
        rng: np.random.Generator,
        means_only: bool = False,
    ) -> Trials:
        """Draw `size` trials.

        Parameters
        ----------
        model : LinearModel
        channels : sequence of Channel
            All see the same trials.
        size : int
        rng : numpy.random.Generator
        means_only : bool, default False
            Whether means are all that is wanted. If so, a risk may be replaced by its conditional expectation given what
            was drawn (Rao-Blackwell), and controls may come along: both leave the means and lower the variance. If not,
            every number is the risk of one trial, exactly in law.

        Returns
        -------
        Trials
        """
        ...
