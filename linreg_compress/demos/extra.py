"""Libraries that only the lessons need."""

from importlib import import_module
from typing import Any

from linreg_compress.errors import LinregCompressError

COMMAND = "pip install latex2mathml (or '.[demo]' in the project's folder)"


def need(module: str, purpose: str) -> Any:
    """Import an optional library, or say the one command that installs it.

    Raises
    ------
    LinregCompressError
        If it is not installed.

    Examples
    --------
    >>> need("no_such_library", "a static page")
    Traceback (most recent call last):
    linreg_compress.errors.LinregCompressError: a static page needs no_such_library: pip install latex2mathml (or ...
    """
    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise LinregCompressError(f"{purpose} needs {module}: {COMMAND}") from None
