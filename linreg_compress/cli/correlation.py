"""The option ``--variance-inflation``: correlated features, coded one weight at a time."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from linreg_compress.errors import InvalidInputError, LinregCompressError

if TYPE_CHECKING:
    from linreg_compress.model import LinearModel

_NAME, _FLAG = "variance_inflation", "--variance-inflation"


def given_variance_inflation(given: float, options: argparse.Namespace, model: LinearModel) -> float:
    """Return kappa, and refuse what it says nothing about.

    Raises
    ------
    LinregCompressError
        If kappa is below 1, or comes with a quantizer, the aware codec, fixed weights, no prior, or n < d.
    """
    from linreg_compress.compressed_risk.variance_inflation import checked_variance_inflation

    kappa = float(checked_variance_inflation(given))
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
    for excludes, other, reason in excluded:
        if excludes:
            raise LinregCompressError(f"use either {_FLAG} or {other}, not both: {reason}.")
    if model.signal_variance == 0:
        raise LinregCompressError(
            f"{_FLAG} requires --signal-variance T2 above 0: around the true weights the blind code shapes "
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
