"""The options that verbs share, and what they mean: the model and the compression."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from linreg_compress.compression import quantizers
from linreg_compress.errors import InvalidInputError, LinregCompressError
from linreg_compress.names import did_you_mean

if TYPE_CHECKING:  # the parser is built without NumPy
    from linreg_compress.model import LinearModel

T = TypeVar("T")

CODECS = ("blind", "aware")
METAVARS = {
    "samples": "N",
    "features": "D",
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


def add_model(parser: argparse.ArgumentParser, *, required: bool, lists: bool = False) -> None:
    """Add the options of the model; with `lists` each may name several values, but for the weights."""
    group = parser.add_argument_group("model")
    count: Callable[[str], Any] = each(integer) if lists else typed(integer)  # the model checks it
    value: Callable[[str], Any] = each(number) if lists else typed(number)
    group.add_argument("--samples", metavar="N", type=count, required=required, help="rows n of the training data")
    group.add_argument("--features", metavar="D", type=count, required=required, help="weights d; features are N(0, I)")
    group.add_argument("--noise-variance", metavar="S2", type=value, help="sigma^2 (default 1)")
    group.add_argument(
        "--signal-variance",
        metavar="T2",
        type=value,
        help="each true weight is N(0, T2) around the codebook's centre; 0 (default) puts the centre at the true weights, "
        "which nobody knows: an oracle",
    )
    text = "fixed true weights; the codebook is centred at 0"
    group.add_argument("--weights", metavar="W1,W2,...", type=typed(numbers), help=text)


def add_compression(parser: argparse.ArgumentParser, *, lists: bool = False) -> None:
    """Add the options of the compression; with `lists` each may name several values, else the list has one."""
    group = parser.add_argument_group("compression")
    some = each if lists else one
    group.add_argument("--rate-nats", metavar="R", type=some(number), help="rate of the whole weight vector, nats")
    text = "the rate as bits per weight, R / (D ln 2)"
    group.add_argument("--bits-per-weight", metavar="B", type=some(number), help=text)
    group.add_argument(
        "--codec",
        metavar="|".join(CODECS),
        type=some(choice, choices=CODECS),
        help="Gaussian channel: do encoder and decoder know X (aware), or the weights alone (blind, the default)?",
    )


def add_quantizer(parser: argparse.ArgumentParser, *, lists: bool = False) -> None:
    """Add the options of a quantizer, in place of a rate; with `lists` each may name several values, and be simulated."""
    group = parser.add_argument_group("quantizer")
    some = each if lists else one
    names = tuple(row.name for row in quantizers.QUANTIZERS)
    beside = "beside the rates, if both are given" if lists else "instead"
    known = "" if lists else " One without an exact risk is refused: simulate it."
    group.add_argument(
        "--quantizer",
        metavar="NAME,..." if lists else "NAME",
        type=some(choice, choices=names),
        help=f"quantize the weights {beside}: {any_of(names)}. --bits-per-weight is that of "
        f"{takers(quantizers.BITS)}.{known}",
    )
    text = f"{takers(quantizers.STEP)}: levels at centre + k H for every integer k"
    group.add_argument("--step", metavar="H", type=some(number), help=text)
    text = "number of levels, designed for the law of one weight or fitted to the weights"
    group.add_argument("--levels", metavar="K", type=some(whole), help=f"{takers(quantizers.LEVELS)}: {text}")
    if lists:
        group.add_argument(
            "--diameter-penalty",
            metavar="BETA",
            type=some(number),
            help="penalize the distance D of the end levels: of diameter-kmeans (default 1), or of kmeans and "
            "hessian-kmeans where it is not named",
        )
        text = "BETA D^2 (squared, the default) or BETA D (linear)"
        metavar = "|".join(quantizers.PENALTIES)
        group.add_argument("--penalty", metavar=metavar, type=some(choice, choices=quantizers.PENALTIES), help=text)


def add_variance_inflation(parser: argparse.ArgumentParser) -> None:
    """Add ``--variance-inflation``; `correlation` reads it."""
    group = parser.add_argument_group("correlated features")
    group.add_argument(
        "--variance-inflation",
        metavar="KAPPA",
        type=typed(number),
        help="mean variance-inflation factor of correlated features of unit variance (default 1: uncorrelated); the blind "
        "codec then codes one weight at a time, and needs --signal-variance",
    )


def variance_inflation_from(options: argparse.Namespace, model: LinearModel) -> float:
    """Read kappa, 1 by default."""
    if options.variance_inflation is None:
        return 1.0
    from linreg_compress.cli.correlation import given_variance_inflation

    return given_variance_inflation(options.variance_inflation, options, model)


def takers(needed: str) -> str:
    """Name the quantizers that are made from an option."""
    return any_of([row.name for row in quantizers.QUANTIZERS if row.needs == needed])


def typed(read: Callable[..., T], **settings: Any) -> Callable[[str], T]:
    """Return a type for the parser, which puts the option's name before the message: it reads ``read(option, text)``."""

    def convert(text: str) -> T:
        try:
            return read("", text, **settings)
        except InvalidInputError as error:
            raise argparse.ArgumentTypeError(error.describe("").strip()) from None

    return convert


def one(read: Callable[..., T], **settings: Any) -> Callable[[str], list[T]]:
    """Return a type that reads a list of one value."""
    return typed(lambda option, text: [read(option, text, **settings)])


def each(read: Callable[..., T], **settings: Any) -> Callable[[str], list[T]]:
    """Return a type that reads a comma list, which may name no value twice."""

    def read_all(option: str, text: str) -> list[T]:
        values = [read(option, part.strip(), **settings) for part in text.split(",")]
        if len(set(values)) < len(values):
            raise InvalidInputError(option, "must list no value twice", text)
        return values

    return typed(read_all)


def choice(option: str, text: str, choices: Sequence[str]) -> str:
    """Read one of some words."""
    if text not in choices:
        raise InvalidInputError(option, f"must be {any_of(choices)}", repr(text), did_you_mean(text, choices))
    return text


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


def seed(text: str, option: str = "seed") -> int:
    """Read ``--seed``, a whole number of any size."""
    from linreg_compress import _validation as valid

    return valid.seed(option, integer(option, text))


def add_seed(group: argparse._ArgumentGroup) -> None:
    """Add ``--seed``."""
    read = typed(lambda option, text: seed(text, option))
    group.add_argument("--seed", metavar="S", type=read, default=0, help="seed of the random streams (default 0)")


def weights_from(options: argparse.Namespace) -> list[float] | None:
    """Return the fixed true weights, or None without them."""
    weights: list[float] | None = options.weights
    if weights is not None and options.signal_variance is not None:
        raise not_both("weights", "signal_variance")
    return weights


def model_from(options: argparse.Namespace) -> LinearModel:
    """Build the model that the options describe."""
    from linreg_compress.model import LinearModel

    return LinearModel(
        samples=options.samples,
        features=options.features,
        noise_variance=1.0 if options.noise_variance is None else options.noise_variance,
        signal_variance=0.0 if options.signal_variance is None else options.signal_variance,
        weights=weights_from(options),
    )
