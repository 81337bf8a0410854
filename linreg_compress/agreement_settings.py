"""The models and channels on which `check` compares every closed form with a simulation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import require, require_each, takes
from linreg_compress._validation import FloatArray
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.linear_channel import LinearChannel
from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel
from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import InvalidInputError
from linreg_compress.model import LinearModel


@dataclass(frozen=True)
class Setting:
    """A model and the channels to check on it."""

    label: str
    """The setting's name in the report."""
    model: LinearModel
    """What the data are drawn from."""
    channels: Mapping[str, Channel]
    """By their names in the report."""

    def __post_init__(self) -> None:
        require("model", self.model, LinearModel)
        given: object = self.channels
        if not isinstance(given, Mapping):
            rule = "must be a mapping from names to channels"
            raise InvalidInputError("channels", rule, valid.shown(given), 'Write channels={"name": channel}.')
        require_each("channels", given, Channel)


class LinearPart(LinearChannel):
    """A linear channel around 0 whose noise is not Gaussian (plus or minus one size): its risks do not tell."""

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        """Shrink and add noise."""
        del gram
        size = float(np.sqrt(self.added_noise))
        return self.kept * weights + size * rng.choice([-1.0, 1.0], weights.shape)


def default_settings() -> list[Setting]:
    """Return settings that together exercise every closed form: both codecs, prior or not, any Sigma, n = d, n < d."""
    toeplitz = 0.6 ** np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
    oracle = LinearModel(samples=30, features=12, noise_variance=1.0)
    weak = LinearModel(samples=30, features=12, noise_variance=2.0, signal_variance=0.03)
    strong = LinearModel(samples=30, features=12, noise_variance=0.5, signal_variance=0.2)
    fixed = LinearModel(samples=24, features=6, weights=[0.4, -0.3, 0.2, 0.1, 0.0, -0.1])
    prior = LinearModel(samples=20, features=4, noise_variance=2.0, signal_variance=0.1)
    inflated = {
        f"variance inflation {kappa:g}": LinearModel(
            samples=20, features=4, signal_variance=0.03, covariance=_equicorrelated(4, kappa)
        )
        for kappa in (1.0, 2.0, 5.0)
    }
    correlated = LinearModel(samples=26, features=8, covariance=toeplitz, weights=np.linspace(-1, 1, 8))
    square = LinearModel(samples=6, features=6)
    wide = LinearModel(samples=9, features=24, noise_variance=0.7, signal_variance=0.05)
    # with many features one trial says more: here an error of 2 % stands out at the default number of trials
    many = LinearModel(samples=120, features=40)
    single = LinearModel(samples=12, features=1, noise_variance=3.0, signal_variance=0.1)
    return [
        Setting("oracle centre", oracle, {**_both(oracle, (0.25, 1.0, 3.0)), **_quantizers(oracle)}),
        Setting(
            "weak prior", weak, {**_both(weak, (0.5, 2.0)), **_quantizers(weak), "ridge": RidgeShrinkage.for_model(weak)}
        ),
        Setting("strong prior", strong, {**_both(strong, (0.5, 2.0)), "ridge": RidgeShrinkage.for_model(strong)}),
        Setting("fixed weights", fixed, {**_both(fixed, (1.0,), center=np.zeros(6)), **_quantizers(fixed)}),
        Setting("correlated features", correlated, _both(correlated, (1.0,))),
        Setting("as many samples as features", square, {"aware 1 bit": _aware(square, 1.0)}),
        Setting("fewer samples than features", wide, {}),
        Setting("many features", many, _both(many, (0.25, 1.0))),
        Setting("one feature", single, _both(single, (1.0,))),
        Setting("linear channels", prior, _linear(prior)),
        *(Setting(label, shown, _per_weight(shown, (0.5, 2.0))) for label, shown in inflated.items()),
    ]


@takes(model=LinearModel, channels=[Channel])
def settings_for(model: LinearModel, channels: Mapping[str, Channel] | None = None) -> list[Setting]:
    """Return the one setting of a user's own model; by default with every channel that it admits."""
    if channels is None:
        channels = {}
        if model.samples >= model.features + 2:
            channels = _both(model, (0.5, 1.0, 2.0))
        elif model.samples >= model.features:
            channels = {"aware 1 bit": _aware(model, 1.0)}
    return [Setting(f"n={model.samples} d={model.features}", model, channels)]


def _aware(model: LinearModel, bits: float, center: FloatArray | None = None) -> AwareGaussianChannel:
    return AwareGaussianChannel.for_model(model, center=center, bits_per_weight=bits)


def _both(model: LinearModel, bits: Iterable[float], center: FloatArray | None = None) -> dict[str, Channel]:
    channels: dict[str, Channel] = {}
    for rate in bits:
        name = _in_bits(rate)
        channels[f"blind {name}"] = BlindGaussianChannel.for_model(model, center=center, bits_per_weight=rate)
        channels[f"aware {name}"] = _aware(model, rate, center)
    return channels


def _in_bits(rate: float) -> str:
    return f"{rate:g} bit" if rate <= 1 else f"{rate:g} bits"


def _quantizers(model: LinearModel) -> dict[str, Channel]:
    """Return one quantizer with the centroid property and one without, both centred at 0."""
    source = source_for(model)
    return {"lloyd-max 4": lloyd_max(source, 4), "uniform": UniformQuantizer(float(np.sqrt(source.variance)))}


def _linear(model: LinearModel) -> dict[str, Channel]:
    """Return noise alone, shrinking alone, both in a share that no code has, and dither with Wiener scaling."""
    noise = model.weight_variance / 2
    return {
        "noise alone": LinearPart(1.0, noise),
        "shrinking alone": LinearPart(0.8, 0.0),
        "shrinking and noise": LinearPart(0.5, noise),
        "dithered 1 bit": DitheredUniform.for_model(model, bits_per_weight=1.0),
    }


def _per_weight(model: LinearModel, bits: Iterable[float]) -> dict[str, Channel]:
    return {
        f"one weight at a time, {_in_bits(rate)}": PerWeightGaussianChannel.for_model(model, bits_per_weight=rate)
        for rate in bits
    }


def _equicorrelated(features: int, inflation: float) -> FloatArray:
    """Return the covariance of unit variances and one correlation rho that has this mean variance-inflation factor.

    ``kappa (1 - rho)(1 + (d - 1) rho) = 1 + (d - 2) rho`` is a quadratic equation in rho.
    """
    linear = (features - 2) * (inflation - 1)
    rho = (linear + np.sqrt(linear**2 + 4 * inflation * (inflation - 1) * (features - 1))) / (
        2 * inflation * (features - 1)
    )
    return np.asarray(rho + (1 - rho) * np.eye(features))
