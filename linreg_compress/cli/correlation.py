"""The option ``--variance-inflation``: correlated features, coded one weight at a time."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from linreg_compress.cli import options as shared
from linreg_compress.errors import InvalidInputError, LinregCompressError

if TYPE_CHECKING:
    from linreg_compress.model import LinearModel

_NAME = "variance_inflation"


def add_variance_inflation(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    group = parser.add_argument_group("correlated features")
    group.add_argument(
        "--variance-inflation",
        metavar="KAPPA",
        type=shared.typed(shared.number),
        help="mean variance-inflation factor of correlated features of unit variance (default 1: uncorrelated); the blind "
        "codec then codes one weight at a time, and needs --signal-variance",
    )


def variance_inflation_from(options: argparse.Namespace, model: LinearModel) -> float:
    """Read kappa, 1 by default, and refuse what it says nothing about.

    Raises
    ------
    LinregCompressError
        If kappa is below 1, or comes with a quantizer, the aware codec, fixed weights, no prior, or n < d.
    """
    from linreg_compress.compressed_risk.variance_inflation import checked_variance_inflation

    if options.variance_inflation is None:
        return 1.0
    kappa = float(checked_variance_inflation(options.variance_inflation))
    if kappa == 1:
        return kappa
    excluded = (
        (
            options.quantizer is not None,
            "--quantizer",
            "the exact risks of a quantizer are known for uncorrelated features",
        ),
        (options.codec == ["aware"], "--codec aware", "a code that knows X does not code one weight at a time"),
        (options.weights is not None, "--weights", "the risk then depends on w* and on the whole covariance"),
    )
    for given, other, reason in excluded:
        if given:
            raise LinregCompressError(f"use either {shared.flag(_NAME)} or {other}, not both: {reason}.")
    if model.signal_variance == 0:
        raise LinregCompressError(
            f"{shared.flag(_NAME)} requires --signal-variance T2 above 0: around the true weights the blind code shapes "
            "its noise like the covariance's inverse."
        )
    if model.samples < model.features:
        raise InvalidInputError(
            _NAME,
            "requires --samples at least --features: the minimum-norm solution depends on the whole covariance",
            f"{model.samples} and {model.features}",
            "Use more samples, or leave the option out.",
        )
    return kappa
