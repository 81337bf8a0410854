"""The options that verbs share, and what they mean: the model and the compression."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from linreg_compress.compression import quantizers
from linreg_compress.errors import InvalidInputError, LinregCompressError

if TYPE_CHECKING:  # the parser is built without NumPy
    from linreg_compress.model import LinearModel

CODECS = ("blind", "aware")
METAVARS = {
    "rate_nats": "R",
    "bits_per_weight": "B",
    "step": "H",
    "levels": "K",
    "diameter_penalty": "BETA",
    "store": "FILE.sqlite",
}


def flag(name: str, *, value: bool = False) -> str:
    """Return how the command line writes an option, with the letter of its value if wanted.

    Examples
    --------
    >>> flag("bits_per_weight"), flag("levels", value=True)
    ('--bits-per-weight', '--levels K')
    """
    return f"--{name.replace('_', '-')}" + (f" {METAVARS[name]}" if value else "")


def not_both(one: str, other: str) -> LinregCompressError:
    """Refuse two options that exclude each other."""
    return LinregCompressError(f"use either {flag(one)} or {flag(other)}, not both.")


def requires(what: str, *alternatives: str) -> LinregCompressError:
    """Refuse an option that another one is missing for."""
    return LinregCompressError(f"{what} requires {any_of(alternatives)}.")


def any_of(words: Sequence[str]) -> str:
    """Join alternatives by commas and a last "or"."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


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
    """Add the options of a quantizer, in place of a rate; with `lists` each may name several values, and be simulated."""
    group = parser.add_argument_group("quantizer")
    names = tuple(row.name for row in quantizers.QUANTIZERS)
    beside = "beside the rates, if both are given" if lists else "instead"
    known = "" if lists else " One without an exact risk is refused: simulate it."
    _add_choice(
        group,
        "--quantizer",
        names,
        lists,
        f"quantize the weights {beside}: {any_of(names)}. --bits-per-weight is that of {takers(quantizers.BITS)}.{known}",
        "NAME,..." if lists else "NAME",
    )
    group.add_argument("--step", metavar="H", help=f"{takers(quantizers.STEP)}: levels at centre + k H for every integer k")
    text = "number of levels, designed for the law of one weight or fitted to the weights"
    group.add_argument("--levels", metavar="K", help=f"{takers(quantizers.LEVELS)}: {text}")
    if lists:
        text = (
            "penalize the distance D of the end levels: of diameter-kmeans (default 1), or of kmeans and hessian-kmeans "
            "where it is not named"
        )
        group.add_argument("--diameter-penalty", metavar="BETA", help=text)
        _add_choice(group, "--penalty", quantizers.PENALTIES, lists, "BETA D^2 (squared, the default) or BETA D (linear)")


def add_variance_inflation(parser: argparse.ArgumentParser) -> None:
    """Add ``--variance-inflation``; `correlation` reads it."""
    group = parser.add_argument_group("correlated features")
    group.add_argument(
        "--variance-inflation",
        metavar="KAPPA",
        help="mean variance-inflation factor of correlated features of unit variance (default 1: uncorrelated); the blind "
        "codec then codes one weight at a time, and needs --signal-variance",
    )


def variance_inflation_from(options: argparse.Namespace, model: LinearModel) -> float:
    """Read kappa, 1 by default."""
    if options.variance_inflation is None:
        return 1.0
    from linreg_compress.cli.correlation import given_variance_inflation

    return given_variance_inflation(number("variance_inflation", options.variance_inflation), options, model)


def takers(needed: str) -> str:
    """Name the quantizers that are made from an option."""
    return any_of([row.name for row in quantizers.QUANTIZERS if row.needs == needed])


def _add_choice(
    group: argparse._ArgumentGroup,
    option: str,
    choices: tuple[str, ...],
    lists: bool,
    text: str,
    metavar: str | None = None,
) -> None:
    """Add an option that is one of `choices`, or several; a `metavar` stands for choices that are too many for a line."""
    if lists:  # the parts are checked when the list is cut
        group.add_argument(option, metavar=metavar or ",".join(choices), help=text)
    else:
        group.add_argument(option, choices=choices, metavar=metavar, help=text)


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
        raise not_both("weights", "signal_variance")
    return numbers("weights", options.weights)


def model_from(options: argparse.Namespace) -> LinearModel:
    """Build the model that the options describe."""
    from linreg_compress.model import LinearModel

    weights = weights_from(options)
    return LinearModel(
        samples=integer("samples", options.samples),  # type: ignore[arg-type]  # the model checks it
        features=integer("features", options.features),  # type: ignore[arg-type]
        noise_variance=1.0 if options.noise_variance is None else number("noise_variance", options.noise_variance),
        signal_variance=0.0 if options.signal_variance is None else number("signal_variance", options.signal_variance),
        weights=weights,
    )
