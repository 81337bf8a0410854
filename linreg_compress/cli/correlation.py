"""The option ``--variance-inflation``: correlated features, coded one weight at a time."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from linreg_compress.errors import InvalidInputError

if TYPE_CHECKING:
    from linreg_compress.model import LinearModel

_NAME = "variance_inflation"


def given_variance_inflation(given: float, options: argparse.Namespace, model: LinearModel) -> float:
    """Return kappa, and refuse what it says nothing about.

    Raises
    ------
    InvalidInputError
        If kappa is below 1, or comes with a quantizer, the aware codec, fixed weights, no prior, or n < d.
    """
    from linreg_compress.compressed_risk.variance_inflation import checked_variance_inflation

    kappa = float(checked_variance_inflation(given))
    if kappa == 1:
        return kappa
    refusals = (
        (
            options.quantizer is not None,
            "and --quantizer exclude each other: the exact risks of a quantizer are known for uncorrelated features",
            "Give --rate-nats or --bits-per-weight instead of the quantizer, or leave --variance-inflation out.",
        ),
        (
            options.codec == "aware",
            "and --codec aware exclude each other: a code that knows X does not code one weight at a time",
            "Use --codec blind, or leave --variance-inflation out.",
        ),
        (
            options.weights is not None,
            "and --weights exclude each other: the risk then depends on w* and on the whole covariance",
            "Give a prior, --signal-variance, instead of the weights.",
        ),
        (
            model.signal_variance == 0,
            "needs a prior on the true weights: around them the blind code shapes its noise like the covariance's inverse",
            "Give a --signal-variance above 0, or leave --variance-inflation out.",
        ),
        (
            model.samples < model.features,
            "needs --samples at least --features: the minimum-norm solution depends on the whole covariance",
            "Use more samples, or leave --variance-inflation out.",
        ),
    )
    for refused, rule, hint in refusals:
        if refused:
            raise InvalidInputError(_NAME, rule, f"{kappa:g}", hint)
    return kappa
