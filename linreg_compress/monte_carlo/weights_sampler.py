"""Trials without X: the weights alone, and the laws of the rest given them; O(d) numbers a trial, for n >= d.

With ``u = W - w*`` and ``e = What - W``, in coordinates where Sigma = I:

1. ``u = sigma z / sqrt(q)``, z ~ N(0, I), q ~ chi^2_{n-d+1}: a multivariate t (derivation ``weight-t-law``).
2. Of a channel of W alone ``e^T G e`` given u and e is ``e^T A^{-1} e chi^2_{n+1}``, ``A = I + u u^T / sigma^2``
   (derivation ``conditional-gram``). The design-aware channel adds a multiple of g, with
   ``g | u = A^{1/2} z' / sqrt(chi^2_{n-d+2})``; given u and g it is ``e^T (A + g g^T)^{-1} e chi^2_{n+2}``
   (derivation ``aware-channel-conditional-gram``).
3. ``n L_S(W) ~ sigma^2 chi^2_{n-d}``, independent of all these (derivation ``residual-chi-square-law``).
"""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.trials import FIXED_NUMBERS, LawSampler, Trials

_BLOCK_NUMBERS = 1 << 14  # tuning: of the weights that are worked on at once: a few such arrays stay in the cache
_LIGHT_TAIL = 9  # degrees of freedom from which on 1 / q has a fourth moment, and a regression on it can be trusted


class WeightsSampler(LawSampler):
    """Weights from their multivariate t law, empirical risks from their law given the weights.

    The increase of the empirical risk is ``e^T G e / n``; where only means are wanted, the chi-square in it is replaced by
    its mean. The four risks of one channel have their joint law. Two channels of one trial share u and that chi-square, but
    not one G: their joint law is not that of raw data.
    """

    name = "weights"
    batch_trials = 1 << 13
    law = "the weights are a multivariate t"

    def channel_refusal(self, channel: Channel) -> str | None:
        """Refuse channels that need X^T X; but not the aware Gaussian channel of equal rates."""
        if not channel.needs_gram:
            return None
        if not isinstance(channel, AwareGaussianChannel):
            return f"does not draw the design's X^T X, which {channel.name} needs. Use the sufficient sampler."
        if channel.signal_variance > 0:
            return (
                f"does not draw the eigenvalues of X^T X, by which {channel.name} splits its rate unless it is centred at "
                "the true weights. Use the sufficient sampler."
            )
        return None

    def numbers_per_trial(self, model: LinearModel) -> int:
        """Cost of one trial: the normals of W and of one channel, and what no feature pays for."""
        return 2 * model.features + FIXED_NUMBERS  # tuning: only balances work

    def draw(
        self, model: LinearModel, channels: Sequence[Channel], size: int, *, rng: Generator, means_only: bool = False
    ) -> Trials:
        """Draw `size` trials; `Sampler.draw` has the parameters.

        Examples
        --------
        >>> from linreg_compress.compression.identity import Identity
        >>> model = LinearModel(samples=9, features=2)
        >>> trials = WeightsSampler().draw(model, [Identity()], 5, rng=np.random.default_rng(0))
        >>> bool(np.array_equal(trials.empirical_risk, trials.compressed_empirical_risk[0]))
        True
        """
        n, d, noise = model.samples, model.features, model.noise_variance
        q = _chi_square(model.degrees_of_freedom, size, rng)
        before = noise / n * _chi_square(n - d, size, rng)
        ratio = noise / q
        scale = np.sqrt(ratio)
        length = np.empty(size)  # |z|^2, then |u|^2
        signal = np.empty(size) if model.signal_variance > 0 else None  # |w* - mean|^2
        products = np.empty((len(channels), 5, size))
        averages = [_averaged_noise(model, channel) if means_only else 0.0 for channel in channels]
        space = _Space(model, min(size, max(1, _BLOCK_NUMBERS // d)))
        for start in range(0, size, space.rows):
            part = slice(start, start + space.rows)
            error = rng.standard_normal(out=space.error[: len(scale[part])])
            np.einsum("td,td->t", error, error, out=length[part])
            error *= scale[part, None]  # u
            weights = space.weights(error, None if signal is None else signal[part], rng)
            for channel, rows, averaged in zip(channels, products, averages, strict=True):
                if averaged > 0:
                    space.multiply_mean(channel, weights, error, rows[:, part])
                else:
                    space.multiply(channel, weights, error, rows[:, part], rng)
        controls = _controls(model, length, q, signal) if means_only else None
        length *= ratio
        risks = np.empty((2, len(channels), size))
        shared = float(n + 1) if means_only else _chi_square(n + 1, size, rng)
        for row, (channel, averaged) in enumerate(zip(channels, averages, strict=True)):
            aware = isinstance(channel, AwareGaussianChannel)
            factor = shared if not aware else float(n + 2) if means_only else _chi_square(n + 2, size, rng)
            products[row, 1] += d * averaged
            form = _form(products[row], noise, length, aware)
            if averaged > 0:
                form -= averaged * length / (noise + length)
            risks[0, row] = before + form * factor / n
            risks[1, row] = noise + (length + 2 * products[row, 0] + products[row, 1])
        return Trials(before, noise + length, risks[0], risks[1], controls)


class _Space:
    """Scratch arrays reused by the blocks of a draw, and what the blocks share."""

    def __init__(self, model: LinearModel, rows: int) -> None:
        self.model, self.rows = model, rows
        self.error, self.change = np.empty((2, rows, model.features))
        self.factor = model.covariance_factor
        self.inverse = None if self.factor is None else np.linalg.inv(self.factor)

    def weights(self, error: FloatArray, signal: FloatArray | None, rng: Generator) -> FloatArray:
        """Return W in the model's own coordinates; write the squared length of a prior's draw to `signal`."""
        own = error if self.inverse is None else error @ self.inverse
        truth = self.model.mean_weights
        if signal is not None:
            shift = rng.standard_normal(error.shape)
            shift *= np.sqrt(self.model.signal_variance)
            np.einsum("td,td->t", shift, shift, out=signal)
            truth = truth + shift if truth.any() else shift
        if truth.any():
            return own + truth
        shown = own.view()  # no channel may write into u
        shown.flags.writeable = False
        return shown

    def multiply(
        self,
        channel: Channel,
        weights: FloatArray,
        error: FloatArray,
        products: FloatArray,
        rng: Generator,
    ) -> None:
        """Compress a block and write ``u.e, |e|^2`` and, for the aware channel, ``u.g, e.g, |g|^2``."""
        g: FloatArray | None = None
        change = self.change[: len(error)]
        if isinstance(channel, AwareGaussianChannel):
            g = self._aware_noise(error, rng)
            delta, kept = channel.normalized_distortion, channel.kept
            np.subtract(channel.center, weights, out=change)
            change *= delta
            change += np.sqrt(delta * kept * channel.noise_variance) * (g if self.inverse is None else g @ self.inverse)
        else:
            np.subtract(channel.compress(weights, rng=rng), weights, out=change)
        white = change if self.factor is None else change @ self.factor
        pairs = [(error, white), (white, white)]
        if g is not None:
            pairs += [(error, g), (white, g), (g, g)]
        for row, (first, second) in enumerate(pairs):
            np.einsum("td,td->t", first, second, out=products[row])

    def multiply_mean(self, channel: Channel, weights: FloatArray, error: FloatArray, products: FloatArray) -> None:
        """Write ``u.e, |e|^2`` for e without its noise, as a blind Gaussian channel has it on average."""
        assert isinstance(channel, BlindGaussianChannel)
        change = np.subtract(channel.center, weights, out=self.change[: len(error)])
        change *= channel.normalized_distortion
        np.einsum("td,td->t", error, change, out=products[0])
        np.einsum("td,td->t", change, change, out=products[1])

    def _aware_noise(self, error: FloatArray, rng: Generator) -> FloatArray:
        """Draw g given u, white: ``A^{1/2} z'`` has the law of ``z' + zeta u / sigma``, zeta one more normal."""
        rows = len(error)
        g = rng.standard_normal(error.shape)
        g += error * (rng.standard_normal(rows) / np.sqrt(self.model.noise_variance))[:, None]
        g /= np.sqrt(_chi_square(self.model.degrees_of_freedom + 1, rows, rng))[:, None]
        return g


def _averaged_noise(model: LinearModel, channel: Channel) -> float:
    """Variance of one coordinate of a channel's noise if means can be taken over it given W, else 0: draw the noise.

    With ``e = m + s N``, m a function of W: ``E |e|^2 = |m|^2 + d s^2`` and ``E (u.e)^2 = (u.m)^2 + s^2 |u|^2`` given W.
    """
    white = model.covariance_factor is None
    if type(channel) is not BlindGaussianChannel or channel.precision_factor is not None or not white:
        return 0.0
    return channel.normalized_distortion * channel.kept * channel.source_variance


def _chi_square(freedom: int, size: int, rng: Generator) -> FloatArray:
    draws = rng.standard_gamma(freedom / 2, size)
    draws *= 2
    return draws


def _controls(model: LinearModel, length: FloatArray, q: FloatArray, signal: FloatArray | None) -> FloatArray:
    """Return |z|^2, 1/q (q where 1/q has too heavy a tail) and |w* - mean|^2, less their means."""
    freedom = model.degrees_of_freedom
    controls = [length - model.features, 1 / q - 1 / (freedom - 2) if freedom >= _LIGHT_TAIL else q - freedom]
    if signal is not None:
        controls.append(signal - model.features * model.signal_variance)
    return np.stack(controls)


def _form(products: FloatArray, noise: float, length: FloatArray, aware: bool) -> FloatArray:
    """Return ``e^T A^{-1} e``, or ``e^T (A + g g^T)^{-1} e`` by the formula of Sherman and Morrison."""
    along, square, across, mixed, own = products
    spread = noise + length
    form = square - along**2 / spread
    if aware:
        form -= (mixed - along * across / spread) ** 2 / (1 + own - across**2 / spread)
    return form
