"""Refuse an argument that is the wrong kind of object: a number for a channel, a class for an instance, one for a list."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from linreg_compress._validation import shown
from linreg_compress.errors import InvalidInputError

P = ParamSpec("P")
T = TypeVar("T")

Kind = type | tuple[type, ...]


def require(parameter: str, value: object, kind: Kind) -> None:
    """Refuse what is no instance of `kind`, a class, a runtime protocol or several of them; the message says what that is.

    Examples
    --------
    >>> require("model", 80, int)
    >>> require("model", "80", int)
    Traceback (most recent call last):
    ...
    linreg_compress.errors.InvalidInputError: model must be of type int; got '80'.
    """
    if isinstance(value, kind) and not isinstance(value, type):
        return
    kinds = kind if isinstance(kind, tuple) else (kind,)
    hint = "That is its class: make an instance." if isinstance(value, type) else ""
    names = " or ".join(one.__name__ for one in kinds)
    what = f"a {names}" if len(kinds) > 1 else _described(kinds[0])
    raise InvalidInputError(parameter, f"must be {what}", shown(value), hint)


def require_each(parameter: str, values: object, kind: Kind) -> Any:
    """Return a collection of such instances, an iterator as the list of what it gives; of a mapping the values count."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        name = getattr(kind, "__name__", "such")
        raise InvalidInputError(parameter, f"must be a list of {name} objects", shown(values), "Put one into a list.")
    kept = values if isinstance(values, Mapping | Sequence) else list(values)  # to look at an iterator is to use it up
    for value in kept.values() if isinstance(kept, Mapping) else kept:
        require(parameter, value, kind)
    return kept


def takes(**kinds: Kind | list[Kind]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Check arguments of a public function by name; ``[kind]`` stands for a list of them, and a default of None passes.

    Examples
    --------
    >>> @takes(values=[int])
    ... def total(values):
    ...     return sum(values)
    >>> total([1, 2])
    3
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        parameters = inspect.signature(function).parameters
        places = {name: place for place, name in enumerate(parameters)}
        optional = {name for name in kinds if parameters[name].default is None}

        @functools.wraps(function)
        def checked(*arguments: P.args, **options: P.kwargs) -> T:
            given, named = list(arguments), dict(options)
            for name, kind in kinds.items():
                place = places[name]
                if place < len(arguments):
                    value: object = arguments[place]
                elif name in options:
                    value = options[name]
                else:
                    continue  # missing: Python says so, or the default holds
                if value is None and name in optional:
                    continue
                if isinstance(kind, list):
                    value = require_each(name, value, kind[0])
                    if place < len(given):
                        given[place] = value
                    else:
                        named[name] = value
                else:
                    require(name, value, kind)
            return function(*given, **named)  # type: ignore[arg-type]

        return checked

    return decorate


def _described(kind: type) -> str:
    """Name a class and say what it is, in the first sentence of its docstring."""
    if kind.__module__ == "builtins" or not kind.__module__.startswith("linreg_compress"):
        return f"of type {kind.__name__}"
    sentence = (inspect.getdoc(kind) or "").split("\n\n")[0].rstrip(".")
    what = " ".join(sentence.split())
    what = what if what.startswith("Gaussian") else what[:1].lower() + what[1:]
    return f"a {kind.__name__}" + (f" ({what})" if what else "")
