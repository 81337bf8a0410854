"""Random models and codes out to the ends of what the package takes, and every bound next to the truth."""

from collections.abc import Iterator

import numpy as np

from linreg_compress.bounds.chi_square import chi_square_bound
from linreg_compress.bounds.donsker_varadhan import (
    centred_donsker_varadhan_bound,
    donsker_varadhan_bound,
    random_design_bound,
)
from linreg_compress.bounds.individual_sample import individual_sample_bound
from linreg_compress.bounds.information import aware_channel_information, blind_channel_information
from linreg_compress.bounds.same_inputs import same_inputs_generalization_error
from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel

Pair = tuple[str, float, float]  # the bound's name, the truth and the bound


def ten_to(rng: np.random.Generator, low: float, high: float) -> float:
    return float(10.0 ** rng.uniform(low, high))


def draw_model(rng: np.random.Generator, signal: bool, strongest: float = 4.0) -> LinearModel:
    """n from d + 2 to 1e9, d to 120, tau^2 / v from 1e-4 to 1e4, any unit."""
    d = int(np.exp(rng.uniform(0, np.log(121))))
    spare = int(ten_to(rng, 0, 9 if rng.random() < 0.3 else 2.5)) - 1
    noise = ten_to(rng, -3, 3) if rng.random() < 0.8 else ten_to(rng, -200, 100)
    n = d + 2 + spare
    return LinearModel(n, d, noise, signal_variance=noise / (n - d - 1) * ten_to(rng, -4, strongest) if signal else 0.0)


def gaussian_pairs(rng: np.random.Generator) -> Iterator[Pair]:
    """Gaussian channels: rates from 1e-6 to 10 nats a weight."""
    model = draw_model(rng, rng.random() < 0.2)
    n, d, s2 = model.samples, model.features, model.noise_variance
    rate = ten_to(rng, -6, 1) * d
    channel = BlindGaussianChannel.for_model(model, rate)
    truth = float(risks(model, channel).generalization_error)
    yield "blind", truth, donsker_varadhan_bound(model, channel, rate).value
    information = blind_channel_information(model, channel)
    yield "blind-tighter", truth, donsker_varadhan_bound(model, channel, information).value
    if model.signal_variance == 0:
        aware = AwareGaussianChannel.for_model(model, rate)
        truth = float(risks(model, aware).generalization_error)
        yield "random-design", truth, random_design_bound(model, aware, aware_channel_information(model, aware)).value
        same = same_inputs_generalization_error(model, aware)
        yield "individual-sample", same, individual_sample_bound(n, d, s2, rate).value


def draw_code(rng: np.random.Generator, model: LinearModel) -> CellQuantizer | UniformQuantizer:
    """Steps from 1e-12 to 1e10 deviations, or up to five random levels and thresholds, spreads 0.1 to 100."""
    deviation = float(np.sqrt(model.weight_variance + model.signal_variance))
    if rng.random() < 0.5:
        low, high = (-12, 10) if rng.random() < 0.5 else (-1.5, 1.5)
        step = deviation * ten_to(rng, low, high)
        return UniformQuantizer(step, center=step * rng.uniform(-0.5, 0.5) if rng.random() < 0.5 else 0.0)
    size = int(rng.integers(1, 6))
    spread = deviation * ten_to(rng, -1, 2)
    levels = np.sort(rng.standard_normal(size)) * spread
    return CellQuantizer(levels, np.sort(rng.standard_normal(size - 1)) * spread)


def quantizer_pairs(rng: np.random.Generator) -> Iterator[Pair]:
    """Scalar quantizers, around the truth, off centre, or under a prior; finite ones with n in {d, d + 1} as well."""
    kind = rng.random()
    model = draw_model(rng, kind < 0.2, 4.0 if kind < 0.02 else 1.5)  # a wide prior takes seconds
    code = draw_code(rng, model)
    n, d, s2 = model.samples, model.features, model.noise_variance
    if kind > 0.7:  # one common offset keeps the number of kinds of weights small
        away = np.sqrt(model.weight_variance) * ten_to(rng, -2, 2)
        model = LinearModel(n, d, s2, weights=np.full(d, away))
    if isinstance(code, CellQuantizer) and rng.random() < 0.1:
        model = LinearModel(d + int(rng.integers(0, 2)), d, s2, model.signal_variance, model.mean_weights)
    information = scalar_quantizer_entropy(model, code)
    truth = float(scalar_quantizer_risks(model, code).generalization_error)
    yield "quantizer", truth, donsker_varadhan_bound(model, code, information).value
    if isinstance(code, CellQuantizer) and (
        model.signal_variance == 0 or (n > d + 8 and kind < 0.1)
    ):  # else it takes seconds
        centred = centred_donsker_varadhan_bound(model, code, information).value
        yield "centred", truth, centred
        if model.signal_variance == 0:
            largest = s2 + float(((code.levels[:, None] - model.mean_weights) ** 2).max(axis=0).sum())
            yield "chi-square", truth, chi_square_bound(model.samples, information, largest).value
            yield "sub-gaussian", truth, sub_gaussian_bound(model.samples, information, largest).value


def smallest_ratio(seed: int, gaussian: int, quantizers: int) -> float:
    """Assert that no bound is below the truth, and return the smallest of bound over truth."""
    least, refused = np.inf, 0
    for index in range(gaussian + quantizers):
        pairs = gaussian_pairs if index < gaussian else quantizer_pairs
        try:
            found = list(pairs(np.random.default_rng([seed, index])))
        except UnsupportedModelError as refusal:  # a prior very much wider than the noise of a weight
            if "nodes a weight" not in str(refusal):
                raise
            refused += 1
            continue
        for name, truth, bound in found:
            assert truth <= bound, (name, seed, index, truth, bound)
            if truth > 0:
                least = min(least, bound / truth)
    assert refused <= 0.02 * (gaussian + quantizers)
    return float(least)
