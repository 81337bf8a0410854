"""The models, codes and random streams of the figures: signals in units of their noise, rates in bits a weight."""

import numpy as np

from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.model import LinearModel

OUTSIDE = 1e-6  # probability that the Gaussian code leaves the ball to which the codebook of a bound is clipped


def model_with_signal(samples: int, features: int, ratio: float) -> LinearModel:
    """Return a model of noise variance 1 whose weights have a signal of `ratio` times v, the noise of their estimates."""
    return LinearModel(samples, features, signal_variance=ratio * LinearModel(samples, features).weight_variance)


def blind_code(model: LinearModel, bits: float) -> BlindGaussianChannel:
    """Return the Gaussian code that sees the weights alone, at so many bits a weight."""
    return BlindGaussianChannel.for_model(model, bits_per_weight=bits)


def aware_code(model: LinearModel, bits: float) -> AwareGaussianChannel:
    """Return the Gaussian code both of whose ends know the inputs, at so many bits a weight."""
    return AwareGaussianChannel.for_model(model, bits_per_weight=bits)


def stream(seed: int, *key: int) -> np.random.Generator:
    """Return the random numbers of one cell of a figure's table, apart from those of every other cell."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))
