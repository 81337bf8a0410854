"""Trials from first principles: draw X and y, fit, compress, and score both weight vectors on the same data.

Sharing the data before and after compression is what makes a small change visible: the noise that both have in common
cancels in the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Channel
from linreg_compress.least_squares import fit_unchecked
from linreg_compress.loss import empirical_risk, population_risk
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
    """

    empirical_risk: FloatArray
    population_risk: FloatArray
    compressed_empirical_risk: FloatArray
    compressed_population_risk: FloatArray


def data_trials(model: LinearModel, channels: Sequence[Channel], size: int, *, rng: np.random.Generator) -> Trials:
    """Run `size` trials from raw data (X, y).

    Parameters
    ----------
    model : LinearModel
    channels : sequence of Channel
        All see the same fits.
    size : int
    rng : numpy.random.Generator

    Returns
    -------
    Trials

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
        outcomes.append(channel.compress(fitted.weights, rng=rng, gram=gram).weights)
    weights = np.stack(outcomes)
    fit_errors = empirical_risk(data.features, data.targets, np.moveaxis(weights, 0, -1)).T
    new_errors = population_risk(model, weights, data.true_weights)
    return Trials(fit_errors[0], new_errors[0], fit_errors[1:], new_errors[1:])
