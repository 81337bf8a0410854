"""The compressors of a sweep: comma lists cut into single ones, built for every model, and named in the table."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, Any

from linreg_compress.cli import options as shared
from linreg_compress.errors import InvalidInputError

if TYPE_CHECKING:
    from linreg_compress.compression.channel import Channel
    from linreg_compress.model import LinearModel

_NO_COMPRESSION = {"compression": "none", "bits_per_weight": math.inf, "rate_nats": math.inf, "step": None, "levels": None}


class Compressors:
    """The compressors that the options name, built for every model, and what the table says of each."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._variants = _variants(options)
        self.columns: list[list[dict[str, Any]]] = []  # a list for each model, in the order of the models

    def channels(self, model: LinearModel) -> list[Channel]:
        """Build the channels for the next model."""
        made: list[Channel] = []
        columns = []
        none = dict.fromkeys(("rate_nats", "bits_per_weight", "codec", "quantizer", "step", "levels"))
        for variant in self._variants:
            single = argparse.Namespace(**{**vars(self._options), **none, **variant})
            channel = shared.quantizer_from(single, model) or shared.channel_from(single, model)
            assert channel is not None
            made.append(channel)
            columns.append(_columns(model, channel, variant))
        self.columns.append(columns or [_NO_COMPRESSION])
        return made


def _columns(model: LinearModel, channel: Any, variant: dict[str, str]) -> dict[str, Any]:
    """Name a compressor by what it was made from, and its rate: of a quantizer the entropy of its indices, as in `risk`."""
    from linreg_compress.information.rate_distortion import bits_per_weight_from_nats

    quantizer = variant.get("quantizer")
    if quantizer is None:
        rate = channel.rate_nats
    else:
        from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy

        rate = float(scalar_quantizer_entropy(model, channel))
    bits = variant.get("bits_per_weight")
    return {
        "compression": quantizer or channel.name,
        "bits_per_weight": float(bits_per_weight_from_nats(rate, model.features)) if bits is None else float(bits),
        "rate_nats": rate,
        "step": channel.step if quantizer == "uniform" else None,
        "levels": len(channel.levels) if quantizer == "lloyd-max" else None,
    }


def _variants(options: argparse.Namespace) -> list[dict[str, str]]:
    """Cut the lists of the compression options into single compressors: the options that each is made from.

    Every rate with every codec, then every step and every number of levels. What belongs to nothing is refused.
    """
    if options.rate_nats is not None and options.bits_per_weight is not None:
        raise InvalidInputError("rate_nats", "and --bits-per-weight exclude each other", "both", "Give the rates once.")
    cut = {name: _parts(name, getattr(options, name)) for name in ("rate_nats", "bits_per_weight", "step", "levels")}
    codecs = _parts("codec", options.codec, shared.CODECS)
    quantizers = _parts("quantizer", options.quantizer, shared.QUANTIZERS)
    rates = [{name: text} for name in ("rate_nats", "bits_per_weight") for text in cut[name]]
    if codecs and not rates:
        raise InvalidInputError("codec", "needs a rate", options.codec, "Add --rate-nats or --bits-per-weight.")
    found = [{"codec": codec, **rate} for codec in codecs or ["blind"] for rate in rates]
    for kind, name in zip(shared.QUANTIZERS, ("step", "levels"), strict=True):
        if cut[name] and kind not in quantizers:
            raise InvalidInputError(name, "needs its quantizer", getattr(options, name), f"Add --quantizer {kind}.")
        if kind in quantizers and not cut[name]:
            raise InvalidInputError("quantizer", f"{kind} needs --{name}", "nothing")
        found += [{"quantizer": kind, name: text} for text in cut[name]]
    return found


def _parts(option: str, text: str | None, choices: tuple[str, ...] = ()) -> list[str]:
    """Cut a comma list; every part must be one of `choices`, or a number without them, and none may come twice."""
    if text is None:
        return []
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        if choices and part not in choices:
            raise InvalidInputError(option, "must be made of " + ", ".join(choices), repr(part))
    values = set(parts) if choices else {shared.number(option, part) for part in parts}
    if len(values) < len(parts):
        raise InvalidInputError(option, "must list no value twice", text)
    return parts
