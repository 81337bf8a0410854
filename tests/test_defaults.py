"""A default that a docstring names is the one of the signature."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import linreg_compress

NAMED = re.compile(r"^ *(\w+) : .*\bdefault (.+)$", re.MULTILINE)
LEFT_OUT = ("demos", "gallery", "derivations", "cli", "__main__")


def documented() -> Iterator[tuple[str, str, Any]]:
    """Name, default as written, and default as it is."""
    for module in pkgutil.walk_packages(linreg_compress.__path__, "linreg_compress."):
        if module.name.split(".")[1] in LEFT_OUT:
            continue
        loaded = importlib.import_module(module.name)
        owners = [loaded, *(one for one in vars(loaded).values() if inspect.isclass(one))]
        for owner in owners:
            for name, function in inspect.getmembers(owner, callable):
                if getattr(function, "__module__", None) != module.name or inspect.isclass(function):
                    continue
                parameters = inspect.signature(function).parameters
                for parameter, text in NAMED.findall(inspect.getdoc(function) or ""):
                    if parameter in parameters:
                        yield f"{module.name}.{name}({parameter})", text.rstrip("."), parameters[parameter].default


CASES = sorted(set(documented()), key=str)


def test_many_defaults_are_named() -> None:
    assert len(CASES) > 30


@pytest.mark.parametrize(("name", "text", "default"), CASES)
def test_a_named_default_is_that_of_the_signature(name: str, text: str, default: Any) -> None:
    written = text.strip("`")
    if isinstance(default, float):
        assert float(written) == default, name
    else:
        assert written in (str(default), f'"{default}"'), name
