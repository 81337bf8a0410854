"""Find a thing by its name, say which name was probably meant, and put a name after a number."""

import difflib
from collections.abc import Iterable, Mapping
from typing import TypeVar

from linreg_compress.errors import InvalidInputError

T = TypeVar("T")

_ALIKE = 0.5  # share of letters in common, in order
_AS_GOOD = 0.1  # below the best share: then nobody knows which was meant
_LISTED = 110  # letters of names that a message shows where none is near: it has three lines


def near(name: str, names: Iterable[str], most: int = 3) -> list[str]:
    """Return the names that `name` may stand for, best first: those it is a part of, or else those spelled most alike.

    Examples
    --------
    >>> near("bits", ["rate-nats", "bits-per-weight"]), near("ris", ["bounds", "risk"]), near("xyz", ["risk"])
    (['bits-per-weight'], ['risk'], [])
    """
    known = {one.casefold().lstrip("-"): one for one in names}  # the dashes of options are no likeness
    asked = name.casefold().lstrip("-")
    found = [one for one in known if len(asked) > 2 and asked in one]
    if not found:
        alike = {one: difflib.SequenceMatcher(None, one, asked).ratio() for one in known}
        least = max([_ALIKE, *(ratio - _AS_GOOD for ratio in alike.values())])
        found = sorted((one for one in known if alike[one] >= least), key=alike.__getitem__, reverse=True)
    return [known[one] for one in found[:most]]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return the question, or nothing if no name is near."""
    found = near(name, names)
    listed = " or ".join(filter(None, (", ".join(found[:-1]), found[-1] if found else "")))
    return f"Did you mean {listed}?" if found else ""


def find(kind: str, table: Mapping[str, T], name: str, parameter: str = "NAME") -> T:
    """Return what a table holds under a name.

    Raises
    ------
    InvalidInputError
        If it has no such name; the message says which are near, or what names there are.

    Examples
    --------
    >>> find("lesson", {"bounds": 1, "clustering": 2}, "bound")
    Traceback (most recent call last):
    ...
    linreg_compress.errors.InvalidInputError: NAME must be a known lesson; got 'bound'. Did you mean bounds?
    """
    if name in table:
        return table[name]
    hint = did_you_mean(name, table) or f"There are {_listed(list(table))}."
    raise InvalidInputError(parameter, f"must be a known {kind}", repr(name), hint)


def _listed(names: list[str]) -> str:
    shown = [name for place, name in enumerate(names) if len(", ".join(names[: place + 1])) <= _LISTED]
    left = len(names) - len(shown)
    return ", ".join(shown) + f" and {left} more" * (left > 0)
