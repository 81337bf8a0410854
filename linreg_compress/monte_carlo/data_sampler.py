"""Trials from first principles: draw X and y, fit, compress, and score both weight vectors on the same data.

Sharing the data before and after compression is what makes a small change visible: the noise that both have in common
cancels in the difference.
"""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from linreg_compress.compression.channel import Channel
from linreg_compress.least_squares.fit import fit_unchecked
from linreg_compress.least_squares.loss import empirical_risk, population_risk
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.trials import Trials

# Numbers in the largest array of a batch, two megabytes: a batch's fixed cost in Python, where only one thread can be, is
# some 0.2 ms, and must be far below its 5 ms of arithmetic for two threads to gain; beyond, the cache is left.
_BATCH_NUMBERS = 1 << 18  # tuning: memory of a batch


class DataSampler:
    """Raw data (X, y) of every trial: it makes no assumptions, and supports every model and channel.

    Its means are plain averages, `means_only` or not: it is what the others are judged by.
    """

    name = "data"

    def refusal(self, model: LinearModel, channel: Channel | None = None) -> str | None:
        """Return None: every model and channel is supported."""
        del model, channel
        return None

    def numbers_per_trial(self, model: LinearModel) -> int:
        """Cost of one trial: the n d normals of X."""
        return model.samples * model.features

    def batch_size(self, model: LinearModel) -> int:
        """Trials a batch: X, or X^T X if that is larger, in two megabytes."""
        return max(1, _BATCH_NUMBERS // (max(model.samples, model.features) * model.features))  # tuning: memory of a batch

    def draw(
        self, model: LinearModel, channels: Sequence[Channel], size: int, *, rng: Generator, means_only: bool = False
    ) -> Trials:
        """Draw `size` trials; `Sampler.draw` has the parameters."""
        del means_only
        return data_trials(model, channels, size, rng=rng)


def data_trials(model: LinearModel, channels: Sequence[Channel], size: int, *, rng: Generator) -> Trials:
    """Run `size` trials from raw data (X, y); all channels see the same fits.

    Examples
    --------
    >>> from linreg_compress.compression.identity import Identity
    >>> trials = data_trials(LinearModel(samples=9, features=2), [Identity()], 5, rng=np.random.default_rng(0))
    >>> bool(np.array_equal(trials.empirical_risk, trials.compressed_empirical_risk[0]))
    True
    """
    data = model.draw(size, rng=rng)
    fitted = fit_unchecked(data.features, data.targets)
    outcomes = [fitted.weights]
    for channel in channels:
        gram = fitted.gram if channel.needs_gram else None
        outcomes.append(channel.compress(fitted.weights, rng=rng, gram=gram))
    weights = np.stack(outcomes)
    fit_errors = empirical_risk(data.features, data.targets, np.moveaxis(weights, 0, -1)).T
    new_errors = population_risk(model, weights, data.true_weights)
    return Trials(fit_errors[0], new_errors[0], fit_errors[1:], new_errors[1:])
