"""The options that verbs share, and what they mean: the model and the compression."""

from __future__ import annotations

import argparse
import math
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

from linreg_compress.errors import InvalidInputError, UnsupportedModelError

if TYPE_CHECKING:  # the parser is built without NumPy
    from linreg_compress.compression.cells import CellQuantizer
    from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
    from linreg_compress.compression.uniform import UniformQuantizer
    from linreg_compress.model import LinearModel

CODECS = ("blind", "aware")
QUANTIZERS = ("uniform", "lloyd-max")


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add ``--format text|json``."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text to read (default) or JSON")


def add_model(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the options of the model."""
    group = parser.add_argument_group("model")
    group.add_argument("--samples", metavar="N", required=required, help="rows n of the training data")
    group.add_argument("--features", metavar="D", required=required, help="weights d; features are N(0, I)")
    group.add_argument("--noise-variance", metavar="S2", help="sigma^2 (default 1)")
    group.add_argument(
        "--signal-variance",
        metavar="T2",
        help="each true weight is N(0, T2) around the codebook's centre; 0 (default) puts the centre at the true weights",
    )
    group.add_argument("--weights", metavar="W1,W2,...", help="fixed true weights; the codebook is centred at 0")


def add_compression(parser: argparse.ArgumentParser, *, lists: bool = False) -> None:
    """Add the options of the compression; with `lists` each may name several values."""
    group = parser.add_argument_group("compression")
    group.add_argument("--rate-nats", metavar="R", help="rate of the whole weight vector, nats")
    group.add_argument("--bits-per-weight", metavar="B", help="the rate as bits per weight, R / (D ln 2)")
    text = "Gaussian channel: do encoder and decoder know X? (default blind)"
    _add_choice(group, "--codec", CODECS, lists, text)


def add_quantizer(parser: argparse.ArgumentParser, *, lists: bool = False) -> None:
    """Add the options of a scalar quantizer, in place of a rate; with `lists` each may name several values."""
    group = parser.add_argument_group("quantizer")
    text = "quantize each weight by itself" + (" (beside the rates, if both are given)" if lists else " instead")
    _add_choice(group, "--quantizer", QUANTIZERS, lists, text)
    group.add_argument("--step", metavar="H", help="uniform: levels at centre + k H for every integer k")
    group.add_argument("--levels", metavar="K", help="lloyd-max: number of levels, designed for the law of one weight")


def _add_choice(group: argparse._ArgumentGroup, option: str, choices: tuple[str, ...], lists: bool, text: str) -> None:
    if lists:  # the parts are checked when the list is cut
        group.add_argument(option, metavar=",".join(choices), help=text)
    else:
        group.add_argument(option, choices=choices, help=text)


def number(option: str, text: str) -> float:
    """Read one number; `option` is the name that an error will show."""
    try:
        return float(text)
    except ValueError:
        raise InvalidInputError(option, "must be a number", repr(text)) from None


def integer(option: str, text: str) -> int | float:
    """Read a whole number to its last digit; what is none, or too long to be read, comes back as the float it is."""
    try:
        return int(text)
    except ValueError:
        value = number(option, text)
    try:
        exact = Decimal(text.strip())
        return int(exact) if math.isfinite(value) and int(exact) == exact else value
    except ArithmeticError:
        return value


def numbers(option: str, text: str) -> list[float]:
    """Read a comma list of numbers."""
    return [number(option, part) for part in text.split(",")]


def whole(option: str, text: str, minimum: int = 1) -> int:
    """Read one whole number; how large it may be is known where it is used."""
    from linreg_compress import _validation as valid

    return valid.count(option, integer(option, text), minimum, sys.maxsize**80)


def seed(text: str) -> int:
    """Read ``--seed``, a whole number of any size."""
    from linreg_compress import _validation as valid

    return valid.seed("seed", integer("seed", text))


def weights_from(options: argparse.Namespace) -> list[float] | None:
    """Read the fixed true weights, or None without them."""
    if options.weights is None:
        return None
    if options.signal_variance is not None:
        raise InvalidInputError(
            "weights", "and --signal-variance exclude each other", "both", "Give fixed weights or a prior, not both."
        )
    return numbers("weights", options.weights)


def model_from(options: argparse.Namespace) -> LinearModel:
    """Build the model that the options describe."""
    from linreg_compress.model import LinearModel

    weights = weights_from(options)
    return LinearModel(
        samples=whole("samples", options.samples),
        features=whole("features", options.features),
        noise_variance=1.0 if options.noise_variance is None else number("noise_variance", options.noise_variance),
        signal_variance=0.0 if options.signal_variance is None else number("signal_variance", options.signal_variance),
        weights=weights,
    )


def channel_from(options: argparse.Namespace, model: LinearModel) -> BlindGaussianChannel | AwareGaussianChannel | None:
    """Build the channel that the options describe, or None without a compression option."""
    import numpy as np

    from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
    from linreg_compress.information.rate_distortion import rate_nats_from_bits

    if options.rate_nats is not None and options.bits_per_weight is not None:
        raise InvalidInputError("rate_nats", "and --bits-per-weight exclude each other", "both", "Give the rate once.")
    if options.rate_nats is not None:
        rate = number("rate_nats", options.rate_nats)
    elif options.bits_per_weight is not None:
        rate = float(rate_nats_from_bits(number("bits_per_weight", options.bits_per_weight), model.features))
    elif options.codec is not None:
        raise InvalidInputError("codec", "needs a rate", options.codec, "Add --rate-nats or --bits-per-weight.")
    else:
        return None
    if model.samples < model.features:
        raise UnsupportedModelError(
            f"compression needs --samples at least --features; got {model.samples} < {model.features}, where least squares "
            f"interpolates and no source law is known. Leave the compression options out for the risks alone."
        )
    center = np.zeros(model.features) if options.weights is not None else None
    cls = AwareGaussianChannel if options.codec == "aware" else BlindGaussianChannel
    return cls.for_model(model, rate, center)


def _too_few(quantizer: str, model: LinearModel) -> str:
    """Say why no quantizer of the command line fits so few samples."""
    reason = f"{quantizer} is designed for weights of finite variance"
    if quantizer == "uniform":
        reason = "levels without limit leave the population risk infinite"
    return (
        f"{reason}, which needs --samples at least --features + 2; got {model.samples} and {model.features}. A codebook of "
        "your own, CellQuantizer in Python, works for --samples at least --features."
    )


def quantizer_from(options: argparse.Namespace, model: LinearModel) -> CellQuantizer | UniformQuantizer | None:
    """Build the scalar quantizer that the options describe, or None without one; centred at 0 like the weights."""
    if options.quantizer is None:
        for name in ("step", "levels"):
            if getattr(options, name) is not None:
                raise InvalidInputError(name, "needs a quantizer", getattr(options, name), "Add --quantizer.")
        return None
    for name in ("rate_nats", "bits_per_weight", "codec"):
        if getattr(options, name) is not None:
            raise InvalidInputError(
                name, "and --quantizer exclude each other", "both", "A quantizer's rate is its entropy; leave the rate out."
            )
    wanted, other = ("step", "levels") if options.quantizer == "uniform" else ("levels", "step")
    if getattr(options, wanted) is None:
        raise InvalidInputError("quantizer", f"{options.quantizer} needs --{wanted}", "nothing")
    if getattr(options, other) is not None:
        raise InvalidInputError(other, f"does not belong to --quantizer {options.quantizer}", getattr(options, other))
    if model.samples < model.features + 2:
        raise UnsupportedModelError(_too_few(options.quantizer, model))
    if options.quantizer == "uniform":
        from linreg_compress.compression.uniform import UniformQuantizer

        return UniformQuantizer(number("step", options.step))
    from linreg_compress.compression.lloyd_max import lloyd_max
    from linreg_compress.compression.sources import source_for

    return lloyd_max(source_for(model), whole("levels", options.levels))
