"""The experiment that a page repeats by itself, in plain JavaScript (web/live.js), on raw data that it draws.

Nothing here or there knows an expected risk: a page draws data, fits, compresses and measures, and the reader compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, Literal

import numpy as np

import linreg_compress as lc
from linreg_compress import _validation as valid
from linreg_compress.errors import InvalidInputError
from linreg_compress.monte_carlo.estimate import Estimate

_LEAVE = "Leave `live` out of the lesson, or teach web/live.js."
MEASURES = (
    "empirical_risk",
    "population_risk",
    "generalization_error",
    "distortion",
    "population_risk_change",
    "cost",  # of clusters: squared distance of the weights from what is sent
    "excess_percent",  # of this over the least possible one
    "over_one_percent",  # 1 if that is more than a percent
)


@dataclass(frozen=True)
class Search:
    """Local searches for clusters of the weights, of which the best is sent; with one level each a number is."""

    levels: int
    """Most centres."""
    start: Literal["linear", "k-means++"]
    """Of each search, as in `local_search`."""
    starts: int = 1
    """How many searches."""


@dataclass(frozen=True, eq=False)
class Live:
    """One trial: draw data of a model, fit by least squares, send the weights through channels, measure.

    Raises
    ------
    InvalidInputError
        If web/live.js does not know a channel or a measure, or cannot draw the model's data.
    """

    model: lc.LinearModel
    """With features of covariance I, and true weights around zero."""
    channels: tuple[tuple[lc.Channel | Search | None, Mapping[str, str]], ...]
    """Each channel, None for none, with its measures: from the name of a number of the table to one of `MEASURES`."""

    def __post_init__(self) -> None:
        if not self.model.has_identity_covariance or np.any(self.model.mean_weights):
            rule = "must have features of covariance I, and true weights around zero"
            raise InvalidInputError("model", rule, "another model", _LEAVE)
        for channel, shows in self.channels:
            _code(channel)
            for measure in shows.values():
                valid.choice("channels", measure, MEASURES)

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
        channels = [channel for channel, _ in named if not isinstance(channel, Search)]
        if len(channels) < len(named):
            raise InvalidInputError("channels", "must be channels, to be simulated", "a Search", "Simulate in the lesson.")
        found = lc.simulate(self.model, channels, trials, seed=seed)
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
    known = ", ".join(kind.__name__ for kind in _code.registry if kind is not object)
    raise InvalidInputError("channels", f"must be None or among {known}", type(channel).__name__, _LEAVE)


def _refuse_unless(known: bool, channel: object, rule: str) -> None:
    if not known:
        raise InvalidInputError("channels", rule, f"another {type(channel).__name__}", _LEAVE)


@_code.register
def _(channel: lc.BlindGaussianChannel) -> dict[str, Any]:
    plain = channel.precision_factor is None and not np.any(channel.center)
    _refuse_unless(plain, channel, "must have their centre at zero, and know of no correlation")
    spread = channel.normalized_distortion * channel.kept * channel.source_variance
    return {"kind": "blind", "kept": _rounded(channel.kept), "spread": _rounded(np.sqrt(spread))}


@_code.register
def _(channel: lc.AwareGaussianChannel) -> dict[str, Any]:
    plain = not channel.signal_variance and not np.any(channel.center)
    _refuse_unless(plain, channel, "must have their centre at zero, and fill no water, so a signal variance of 0")
    spread = channel.normalized_distortion * channel.kept * channel.noise_variance
    return {"kind": "aware", "kept": _rounded(channel.kept), "spread": _rounded(np.sqrt(spread))}


@_code.register
def _(channel: lc.RidgeShrinkage) -> dict[str, Any]:
    return {"kind": "ridge", "penalty": _rounded(channel.penalty)}


@_code.register
def _(channel: lc.CellQuantizer) -> dict[str, Any]:
    return {"kind": "cells", "levels": [*map(_rounded, channel.levels)], "thresholds": [*map(_rounded, channel.thresholds)]}


@_code.register
def _(channel: lc.compression.KMeansQuantizer) -> dict[str, Any]:
    plain = type(channel) is lc.compression.KMeansQuantizer and not channel.hessian_weighted
    _refuse_unless(plain, channel, "must cluster without importances and without a penalty")
    return {"kind": "clusters", "levels": channel.levels, "start": "optimum", "starts": 1}


@_code.register
def _(search: Search) -> dict[str, Any]:
    return {"kind": "clusters", "levels": search.levels, "start": search.start, "starts": search.starts}


@_code.register
def _(channel: lc.SuccessiveQuantizer) -> dict[str, Any]:
    plain = channel.order == "natural" and isinstance(channel.grid, lc.CellQuantizer)
    _refuse_unless(plain, channel, "must round in their natural order, on a grid that is a CellQuantizer")
    return {**_code(channel.grid), "kind": "successive"}
