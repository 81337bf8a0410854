"""The compressors that a command line names: one in `risk`, `bounds` and `check`, all that the lists cross in a sweep."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, Any

from linreg_compress.cli import options as shared
from linreg_compress.compression import quantizers
from linreg_compress.errors import InvalidInputError, UnsupportedModelError

if TYPE_CHECKING:
    from linreg_compress.compression.channel import Channel
    from linreg_compress.compression.quantizers import NamedQuantizer
    from linreg_compress.model import LinearModel

Variant = dict[str, Any]
"""What one compressor is made from: the values of its options, by their names."""

_RATES = ("rate_nats", "bits_per_weight")
_NUMBERS = (*_RATES, quantizers.STEP, quantizers.LEVELS, "diameter_penalty")
_NO_COMPRESSION = {"compression": "none", "bits_per_weight": math.inf, "rate_nats": math.inf, "step": None, "levels": None}


def compressor_from(options: argparse.Namespace, model: LinearModel) -> Channel | None:
    """Build the one compressor that the options describe, or None without a compression option.

    Raises
    ------
    LinregCompressError
        If an option that is needed is missing, or one comes with another that it excludes.
    UnsupportedModelError
        If the compressor does not exist for the model.
    """
    if options.quantizer is not None and options.codec is not None:
        raise shared.not_both("codec", "quantizer")
    found = _variants(options)
    if len(found) > 1:
        beside = next(name for name in _RATES if getattr(options, name) is not None)
        raise shared.not_both(beside, "quantizer")
    return _channel(model, found[0], centred=options.weights is not None) if found else None


class Compressors:
    """The compressors of a sweep, built for every model, and what the table says of each."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._centred = options.weights is not None
        self._variants = _variants(options)
        penalized = any("quantizer" in variant and _beta(variant) is not None for variant in self._variants)
        self._penalty_columns = ("diameter_penalty", "penalty") if penalized else ()
        self.columns: list[list[dict[str, Any]]] = []  # a list for each model, in the order of the models

    def channels(self, model: LinearModel) -> list[Channel]:
        """Build the channels for the next model."""
        made = [_channel(model, variant, centred=self._centred) for variant in self._variants]
        columns = [self._described(model, *pair) for pair in zip(made, self._variants, strict=True)]
        self.columns.append(columns or [_NO_COMPRESSION])
        return made

    def _described(self, model: LinearModel, channel: Channel, variant: Variant) -> dict[str, Any]:
        """Name a compressor by what it was made from, and its rate."""
        from linreg_compress.information.rate_distortion import bits_per_weight_from_nats

        name = variant.get("quantizer")
        rate = _rate_nats(model, channel, variant)
        bits = None if name else variant.get("bits_per_weight")
        described = {
            "compression": name or channel.name,
            "bits_per_weight": float(bits_per_weight_from_nats(rate, model.features)) if bits is None else bits,
            "rate_nats": rate,
            "step": variant.get(quantizers.STEP),
            "levels": variant.get(quantizers.LEVELS),
        }
        if self._penalty_columns:
            beta = None if name is None else _beta(variant)
            kind = None if beta is None else variant.get("penalty", quantizers.PENALTIES[0])
            described |= dict(zip(self._penalty_columns, (beta, kind), strict=True))
        return described


def _channel(model: LinearModel, variant: Variant, *, centred: bool) -> Channel:
    """Build a compressor; a Gaussian channel is centred at 0 if `centred`, a quantizer always."""
    from linreg_compress import _validation as valid

    if model.samples < model.features:
        raise UnsupportedModelError(
            f"compression needs --samples at least --features; got {model.samples} < {model.features}, where least squares "
            f"interpolates and no source law is known. Leave the compression options out for the risks alone."
        )
    if "quantizer" not in variant:
        return _gaussian(model, variant, centred=centred)
    row = quantizers.find(variant["quantizer"])
    if not row.fitted:
        own = "a codebook of your own (CellQuantizer in Python)"
        valid.require_finite_weights(f"--quantizer {row.name}", model.samples, model.features, instead=own)
    penalty = quantizers.Penalty(variant.get("diameter_penalty"), variant.get("penalty", quantizers.PENALTIES[0]))
    try:
        return row.channel(model, variant.get(row.needs), penalty)
    except InvalidInputError as error:
        names = {"bits": quantizers.BITS, "penalty_weight": "diameter_penalty"}  # what Python calls the options
        raise InvalidInputError(names.get(error.parameter, error.parameter), error.rule, error.value, error.hint) from error


def _gaussian(model: LinearModel, variant: Variant, *, centred: bool) -> Channel:
    import numpy as np

    from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel

    rate = {name: variant[name] for name in _RATES if name in variant}
    cls = AwareGaussianChannel if variant["codec"] == "aware" else BlindGaussianChannel
    return cls.for_model(model, **rate, center=np.zeros(model.features) if centred else None)


def _beta(variant: Variant) -> float | None:
    """Return the weight of the penalty that a compressor has, its own default included."""
    given: float | None = variant.get("diameter_penalty")
    return quantizers.find(variant["quantizer"]).penalty_weight if given is None else given


def _rate_nats(model: LinearModel, channel: Any, variant: Variant) -> float:
    """Return the rate of a random channel, the entropy of a quantizer's indices, or else their bits at fixed length."""
    from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy
    from linreg_compress.compression.scalar.cells import CellQuantizer
    from linreg_compress.compression.scalar.uniform import UniformQuantizer

    if isinstance(channel, CellQuantizer | UniformQuantizer):
        return float(scalar_quantizer_entropy(model, channel))
    if hasattr(channel, "rate_nats"):
        return float(channel.rate_nats)
    return model.features * math.log(variant[quantizers.LEVELS])


def _variants(options: argparse.Namespace) -> list[Variant]:
    """Cross the lists of the compression options into single compressors.

    Every rate with every codec, then every quantizer with every value of what it needs. What belongs to nothing is refused.
    """
    if options.rate_nats is not None and options.bits_per_weight is not None:
        raise shared.not_both("rate_nats", "bits_per_weight")
    given = {name: getattr(options, name, None) or [] for name in (*_NUMBERS, "penalty", "codec", "quantizer")}
    codecs = given["codec"]
    rows = [row for row in quantizers.QUANTIZERS if row.name in given["quantizer"]]
    needed = {row.needs for row in rows}
    rates = [{name: value} for name in _RATES for value in given[name]]
    if codecs and not rates:
        raise shared.requires("--codec", *(shared.flag(name, value=True) for name in _RATES))
    found: list[Variant] = []
    if codecs or not needed & set(_RATES):  # a rate that a quantizer needs makes a Gaussian channel where a codec is named
        found += [{"codec": codec, **rate} for codec in codecs or ["blind"] for rate in rates]
    for name in (quantizers.STEP, quantizers.LEVELS):
        if given[name] and name not in needed:
            raise shared.requires(shared.flag(name), f"--quantizer {shared.takers(name)}")
    for row in rows:
        if row.needs and not given[row.needs]:
            raise shared.requires(f"--quantizer {row.name}", shared.flag(row.needs, value=True))
        numbers = [{row.needs: value} for value in given[row.needs]] if row.needs else [{}]
        found += [{"quantizer": row.name, **number, **one} for number in numbers for one in _penalties(row, rows, given)]
    _refuse_penalty_without_quantizer(found, given)
    return found


def _penalties(row: NamedQuantizer, rows: list[NamedQuantizer], given: dict[str, list[Any]]) -> list[Variant]:
    """Return the penalties of a quantizer: they belong to the penalized ones, or to all fitted ones if none is named."""
    if not (row.penalized if any(one.penalized for one in rows) else row.fitted):
        return [{}]
    weights = [{"diameter_penalty": value} for value in given["diameter_penalty"]] or [{}]
    if weights == [{}] and not row.penalized:
        return [{}]
    kinds = [{"penalty": word} for word in given["penalty"]] or [{}]
    return [{**weight, **kind} for weight in weights for kind in kinds]


def _refuse_penalty_without_quantizer(found: list[Variant], given: dict[str, list[Any]]) -> None:
    rows = quantizers.QUANTIZERS
    if given["diameter_penalty"] and not any("diameter_penalty" in variant for variant in found):
        names = shared.any_of([row.name for row in rows if row.fitted])
        raise shared.requires("--diameter-penalty", f"--quantizer {names}")
    if given["penalty"] and not any("penalty" in variant for variant in found):
        names = shared.any_of([row.name for row in rows if row.penalized])
        raise shared.requires("--penalty", shared.flag("diameter_penalty", value=True), f"--quantizer {names}")
