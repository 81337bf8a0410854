"""The cells of a sweep: models crossed from lists, each with the channels that share its draws."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import __version__
from linreg_compress import _validation as valid
from linreg_compress._kinds import require, require_each
from linreg_compress.compression.channel import Channel
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.quantities import QUANTITIES

T = TypeVar("T")

_SHORT_ARRAY = 8  # numbers that a description spells out; of longer arrays it holds a hash


@dataclasses.dataclass(frozen=True, eq=False)
class SweepCell:
    """A model and the channels that are simulated on the same draws.

    Examples
    --------
    >>> SweepCell(LinearModel(samples=80, features=50)).label
    'samples 80, features 50, noise variance 1, signal variance 0'
    """

    model: LinearModel
    """What the data are drawn from."""
    channels: tuple[Channel, ...] = ()
    """None for least squares alone."""

    def __post_init__(self) -> None:
        require("model", self.model, LinearModel)
        object.__setattr__(self, "channels", tuple(require_each("channels", self.channels, Channel)))

    @property
    def label(self) -> str:
        """The model in words, for messages."""
        model = self.model
        return (
            f"samples {model.samples}, features {model.features}, noise variance {model.noise_variance:g}, "
            f"signal variance {model.signal_variance:g}"
        )

    @contextlib.contextmanager
    def named_in_errors(self) -> Iterator[None]:
        """Add the model in words to an error that says that something cannot be done for it."""
        try:
            yield
        except UnsupportedModelError as error:
            raise UnsupportedModelError(f"{error} (Cell: {self.label}.)") from error


def sweep_grid(
    samples: Sequence[int],
    features: Sequence[int],
    noise_variance: Sequence[float] = (1.0,),
    signal_variance: Sequence[float] = (0.0,),
    *,
    weights: ArrayLike | None = None,
    channels: Callable[[LinearModel], Sequence[Channel]] | None = None,
) -> list[SweepCell]:
    """Cross lists of a model's parameters.

    Parameters
    ----------
    samples, features, noise_variance, signal_variance : sequence
        Values of the parameters of `LinearModel`, none twice. The last varies fastest.
    weights : array_like, shape (d,), optional
        True weights, or their prior mean, of every model.
    channels : function, optional
        Returns the channels for a model. They see the same draws: that is cheaper than a cell for each, and their
        differences have smaller errors. None for least squares alone.

    Raises
    ------
    InvalidInputError
        If a list is empty or holds a value twice, or a value is illegal.
    UnsupportedModelError
        If a channel does not exist for a model; the message names the cell.

    Examples
    --------
    >>> from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
    >>> cells = sweep_grid([80, 100], [20, 50], channels=lambda model: [BlindGaussianChannel.for_model(model, 30.0)])
    >>> [(cell.model.samples, cell.model.features) for cell in cells]
    [(80, 20), (80, 50), (100, 20), (100, 50)]
    """
    crossed = product(
        _listed("samples", samples, valid.count),
        _listed("features", features, valid.count),
        _listed("noise_variance", noise_variance, valid.positive_number),
        _listed("signal_variance", signal_variance, valid.nonnegative_number),
    )
    given: object = channels
    if given is not None and not callable(given):
        rule = "must be a function of the model that returns its channels"
        raise InvalidInputError("channels", rule, valid.shown(given), "Write channels=lambda model: [...].")
    cells = []
    for n, d, noise, signal in crossed:
        cell = SweepCell(LinearModel(n, d, noise, signal, weights))
        with cell.named_in_errors():
            made = () if channels is None else tuple(channels(cell.model))
        cells.append(SweepCell(cell.model, made))
    return cells


def _listed(name: str, values: Sequence[T], check: Callable[[str, T], T]) -> list[T]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidInputError(name, "must be a list", valid.shown(values), "Put one into a list.")
    checked = [check(name, value) for value in values]
    if not checked:
        raise InvalidInputError(name, "must list at least one value", "none")
    if len(set(checked)) < len(checked):
        raise InvalidInputError(name, "must list no value twice", ", ".join(map(str, checked)))
    return checked


def settings(cells: Sequence[SweepCell], **options: Any) -> dict[str, Any]:
    """Return all that the chunks of a sweep depend on, as JSON values; lists that people can compare come first.

    NumPy's version is among them: its random streams and sums may change between versions.

    Examples
    --------
    >>> settings([SweepCell(LinearModel(samples=80, features=50))], seed=1)["samples"]
    [80]
    """
    names = ("samples", "features", "noise_variance", "signal_variance")
    lists = {name: list(dict.fromkeys(getattr(cell.model, name) for cell in cells)) for name in names}
    channels = list(dict.fromkeys(channel.name for cell in cells for channel in cell.channels))
    whole = json.dumps([description(cell) for cell in cells])
    return {
        **lists,
        "compression": channels,
        **options,
        "statistics": [*QUANTITIES],
        "package": __version__,
        "numpy": np.__version__,
        "cells": f"{len(cells)}, sha256 {hashlib.sha256(whole.encode()).hexdigest()[:16]}",
    }


def description(value: Any) -> Any:
    """Return what a model or a channel is made of as JSON values, the same for equal ones only.

    Raises
    ------
    InvalidInputError
        If there is something in it that has no such description.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [description(item) for item in value]
    if isinstance(value, dict):
        return [[description(key), description(item)] for key, item in value.items()]
    if isinstance(value, np.generic | np.ndarray):
        array = np.asarray(value)
        if array.dtype.kind in "biuf" and array.size <= _SHORT_ARRAY:
            return array.tolist()
        if array.dtype.kind in "biufc":
            content = np.ascontiguousarray(array)
            return f"{content.dtype.str}{list(content.shape)} sha256 {hashlib.sha256(content.tobytes()).hexdigest()}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        fields = {field.name: description(getattr(value, field.name)) for field in dataclasses.fields(value)}
        # a folder within a chapter is left out: a store written before the files moved into it is known again
        package, *chapter, file = kind.__module__.split(".")
        return {"kind": ".".join([package, *chapter[:1], file, kind.__qualname__]), **fields}
    raise InvalidInputError(
        "store",
        "needs models and channels that are dataclasses of numbers, texts and arrays, which a resumed sweep can recognize",
        f"a {type(value).__name__}",
        "Make the channel a dataclass, or sweep without a store.",
    )
