"""``--completion SHELL``: print a script that lets a shell complete verbs and options; shtab writes it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from linreg_compress.errors import LinregCompressError

_SHELLS = ("bash", "zsh", "tcsh")


def add_completion(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    text = "print what the shell sources to complete verbs and options, and stop; needs shtab"
    parser.add_argument(
        "--completion", action=_Print, choices=_SHELLS, metavar="SHELL", help=f"{', '.join(_SHELLS)}: {text}"
    )


class _Print(argparse.Action):
    """Print the script of a parser and stop."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        del namespace, option_string
        try:
            shtab = import_module("shtab")
        except ModuleNotFoundError:
            raise LinregCompressError("--completion requires the package shtab: run python -m pip install shtab.") from None
        _name_files(parser, shtab)
        sys.stdout.write(shtab.complete(parser, shell=values))
        parser.exit()


def _name_files(parser: argparse.ArgumentParser, shtab: Any) -> None:
    """Say which values are files or folders, by their metavars."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            action.help = "what to do"  # a help that is left out makes shtab leave the verbs out
            for verb in action.choices.values():
                _name_files(verb, shtab)
        elif action.metavar == "DIR":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif str(action.metavar).partition(".")[0] in ("FILE", "DATA", "WEIGHTS"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
