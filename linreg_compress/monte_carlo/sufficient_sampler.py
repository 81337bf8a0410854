"""Trials from the sufficient statistics: X^T X, the weights given it, and the residual; O(d^2) numbers a trial, for n >= d.

In coordinates where Sigma = I:

1. ``G = X^T X = T^T T`` with Bartlett's T (`bartlett`).
2. Given X the weights are ``W = w* + sigma T^{-1} z``, z ~ N(0, I): normal with covariance ``sigma^2 G^{-1}``.
3. ``n L_S(W) ~ sigma^2 chi^2_{n-d}``, independent of both.

A channel raises the empirical risk by ``e^T G e / n = |T e|^2 / n``, e = What - W, exactly. All risks of one trial, of all
channels, have their joint law.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Channel
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.bartlett import BartlettFactors
from linreg_compress.monte_carlo.trials import FIXED_NUMBERS, LawSampler, Trials

_BLOCK_NUMBERS = 1 << 19  # tuning: of the factors that are worked on at once, four megabytes
# tuning: factors a block: each costs two calls a row, and a vector of each row must stay in the cache
_FEWEST, _MOST = 40, 1024


class SufficientSampler(LawSampler):
    """Bartlett's factor of X^T X, the weights given it, and a chi-square for the residual: every channel, for n >= d."""

    name = "sufficient"
    batch_trials = 1 << 12
    law = "X^T X is regular"

    def numbers_per_trial(self, model: LinearModel) -> int:
        """Cost of one trial: the normals of T and z, d chi-squares, and those of one channel."""
        d = model.features
        return d * (d + 1) // 2 + 4 * d + FIXED_NUMBERS  # tuning: only balances work

    def draw(
        self, model: LinearModel, channels: Sequence[Channel], size: int, *, rng: Generator, means_only: bool = False
    ) -> Trials:
        """Draw `size` trials; `Sampler.draw` has the parameters.

        Examples
        --------
        >>> from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
        >>> model = LinearModel(samples=9, features=2)
        >>> trials = SufficientSampler().draw(model, [RidgeShrinkage(2.0)], 5, rng=np.random.default_rng(0))
        >>> bool((trials.compressed_empirical_risk > trials.empirical_risk).all())
        True
        """
        d = model.features
        most = min(size, _MOST, max(_FEWEST, _BLOCK_NUMBERS // (d * (d + 1) // 2)))  # tuning: memory of a block
        factors = BartlettFactors(model.samples, d, most)
        blocks = -(-size // most)
        edges = [size * block // blocks for block in range(blocks + 1)]
        parts = [_block(model, channels, stop - start, factors, rng) for start, stop in pairwise(edges)]
        before, length, signal, increase, after = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
        controls = None
        if means_only:
            controls = length[None] - d
            if model.signal_variance > 0:
                controls = np.stack([controls[0], signal - d * model.signal_variance])
        return Trials(before[0], before[1], before[0] + increase, after, controls)


def _block(
    model: LinearModel, channels: Sequence[Channel], size: int, factors: BartlettFactors, rng: Generator
) -> tuple[FloatArray, ...]:
    """Return the two risks of least squares, |z|^2, |w* - mean|^2, and each channel's increase and population risk."""
    n, d, noise = model.samples, model.features, model.noise_variance
    normals = factors.draw(size, rng=rng)
    residual = (2 * noise / n) * rng.standard_gamma((n - d) / 2, size)
    error = np.ascontiguousarray((np.sqrt(noise) * factors.solve(normals)).T)  # W - w*
    root = model.covariance_factor
    own = error if root is None else np.linalg.solve(root.T, error.T).T
    truth, signal = model.mean_weights, np.zeros(size)
    if model.signal_variance > 0:
        shift = np.sqrt(model.signal_variance) * rng.standard_normal((size, d))
        truth, signal = truth + shift, np.einsum("td,td->t", shift, shift)
    weights = own + truth
    gram: FloatArray | None = None
    increase, after = np.empty((2, len(channels), size))
    for row, channel in enumerate(channels):
        if channel.needs_gram and gram is None:
            upper = factors.matrices()
            design = upper if root is None else upper @ root.T
            gram = design.swapaxes(-1, -2) @ design
        found = channel.compress(weights, rng=rng, gram=gram if channel.needs_gram else None)
        change = found - weights
        if root is not None:
            change = change @ root
        image = factors.times(np.ascontiguousarray(change.T))
        np.einsum("dt,dt->t", image, image, out=increase[row])
        change += error
        np.einsum("td,td->t", change, change, out=after[row])
    before = np.stack([residual, noise + np.einsum("td,td->t", error, error)])
    return before, np.einsum("dt,dt->t", normals, normals), signal, increase / n, noise + after
