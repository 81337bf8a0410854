"""The experiment that a page repeats by itself, in plain JavaScript (web/live.js), on raw data that it draws.

Nothing here or there knows an expected risk: a page draws data, fits, compresses and measures, and the reader compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.monte_carlo.estimate import Estimate

MEASURES = ("empirical_risk", "population_risk", "generalization_error", "distortion", "population_risk_change")


@dataclass(frozen=True, eq=False)
class Live:
    """One trial: draw data of a model, fit by least squares, send the weights through channels, measure."""

    model: lc.LinearModel
    """With features of covariance I, and true weights around zero."""
    channels: tuple[tuple[lc.Channel | None, Mapping[str, str]], ...]
    """Each channel, None for none, with its measures: from the name of a number of the table to one of `MEASURES`."""

    def experiment(self) -> dict[str, Any]:
        """Return what a page must know of it, ready for JSON."""
        model = self.model
        return {
            "samples": model.samples,
            "features": model.features,
            "noise": _rounded(np.sqrt(model.noise_variance)),
            "signal": _rounded(np.sqrt(model.signal_variance)),
            "codes": [{**_code(channel), "shows": dict(shows)} for channel, shows in self.channels],
        }

    def simulate(self, seed: int, trials: int) -> dict[str, Estimate]:
        """Return what the library's own simulation of the same experiment finds, by the names of the numbers."""
        named = [(channel, shows) for channel, shows in self.channels if channel is not None]
        found = lc.simulate(self.model, [channel for channel, _ in named], trials, seed=seed)
        measured: list[tuple[Any, Mapping[str, str]]] = [
            (found, shows) for channel, shows in self.channels if channel is None
        ]
        measured += [(risks, shows) for risks, (_, shows) in zip(found.compressed, named, strict=True)]
        return {name: getattr(risks, measure) for risks, shows in measured for name, measure in shows.items()}


def _rounded(value: float) -> float:
    """Ten digits are far below what any number of trials can tell apart."""
    return float(f"{value:.10g}")


@singledispatch
def _code(channel: object) -> dict[str, Any]:
    """Return a channel as web/live.js knows it."""
    if channel is None:
        return {"kind": "none"}
    raise NotImplementedError(f"web/live.js has no {type(channel).__name__}")


@_code.register
def _(channel: lc.BlindGaussianChannel) -> dict[str, Any]:
    spread = channel.normalized_distortion * channel.kept * channel.source_variance
    return {"kind": "blind", "kept": _rounded(channel.kept), "spread": _rounded(np.sqrt(spread))}


@_code.register
def _(channel: lc.AwareGaussianChannel) -> dict[str, Any]:
    if channel.signal_variance:
        raise NotImplementedError("web/live.js has no water-filling")
    spread = channel.normalized_distortion * channel.kept * channel.noise_variance
    return {"kind": "aware", "kept": _rounded(channel.kept), "spread": _rounded(np.sqrt(spread))}


@_code.register
def _(channel: lc.RidgeShrinkage) -> dict[str, Any]:
    return {"kind": "ridge", "penalty": _rounded(channel.penalty)}


@_code.register
def _(channel: lc.CellQuantizer) -> dict[str, Any]:
    return {"kind": "cells", "levels": [*map(_rounded, channel.levels)], "thresholds": [*map(_rounded, channel.thresholds)]}


@_code.register
def _(channel: lc.SuccessiveQuantizer) -> dict[str, Any]:
    return {**_code(channel.grid), "kind": "successive"}
