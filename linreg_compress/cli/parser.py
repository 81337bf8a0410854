"""A parser whose errors are one message that names the right option, and whose help ends in examples."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from linreg_compress.cli.output import fill
from linreg_compress.errors import InvalidInputError, LinregCompressError
from linreg_compress.names import did_you_mean, near

_REQUIRED = "the following arguments are required: "
_OF_ONE_ARGUMENT = re.compile(r"argument ([^:]+): (.*)", re.DOTALL)
_EXCLUDED = "not allowed with argument "
_UNWANTED = "ignored explicit argument "


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the examples, and breaks the text of an option between words only."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return fill(" ".join(text.split()), width=width).splitlines()


class Parser(argparse.ArgumentParser):
    """A parser without abbreviations, whose errors are one message without a usage dump."""

    def __init__(self, description: str, examples: str = "", **options: Any) -> None:
        super().__init__(
            description=fill(description),
            epilog=f"examples:\n{examples}" if examples else None,
            formatter_class=_Formatter,
            allow_abbrev=False,
            **options,
        )

    def note(self, text: str) -> None:
        """Put a sentence above the examples of the help."""
        self.epilog = "\n\n".join(filter(None, (fill(text), self.epilog)))

    def format_help(self) -> str:
        """Return the help; its first line shows what is required, and the options stand below it."""
        if self._verb:
            required = [
                self._with_value(action.option_strings[0]) if action.option_strings else str(action.metavar)
                for action in self._actions
                if action.required
            ]
            self.usage = " ".join([self.prog, *required, "[options]"])
        return super().format_help()

    @property
    def _verb(self) -> str:
        return self.prog.partition(" ")[2]

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse unknown options first: what is missing may be misspelled."""
        self._refuse_unknown_options(args or [])
        found, left = super().parse_known_args(args, namespace)
        if left:
            self.error(f"there is no place for {left[0]!r}")
        return found, left

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found, in our words."""
        said = self._in_our_words(message).rstrip(".")
        raise LinregCompressError(f"{said}{'' if said.endswith('?') else '.'} See {self.prog} --help.")

    def _in_our_words(self, message: str) -> str:
        if message.startswith(_REQUIRED):
            missing = message.removeprefix(_REQUIRED).split(", ")
            return f"{self._verb or 'the program'} requires {' and '.join(map(self._with_value, missing))}"
        found = _OF_ONE_ARGUMENT.fullmatch(message)
        if found is None:
            return message
        option, complaint = found[1].split("/")[-1], found[2]
        if complaint.startswith(_EXCLUDED):
            return f"use either {complaint.removeprefix(_EXCLUDED)} or {option}, not both"
        if complaint.startswith("expected"):
            return f"{option} requires a value: {self._with_value(option)}"
        if complaint.startswith(_UNWANTED):
            return f"{option} takes no value; got {complaint.removeprefix(_UNWANTED)}"
        return f"{option} {complaint}"

    def _with_value(self, option: str) -> str:
        """Write an option with the letter of its value."""
        action = self._option_string_actions.get(option)
        return option if action is None or action.metavar is None else f"{option} {action.metavar}"

    def _refuse_unknown_options(self, arguments: Sequence[str]) -> None:
        known = self._option_string_actions
        for argument in arguments:
            option = argument.split("=")[0]
            if argument == "--" or (self._subparsers is not None and not argument.startswith("-")):
                return  # what follows is no option, or another parser's
            if len(option) > 1 and option.startswith("-") and option not in known:
                hint = self._meant(option, arguments)
                self.error(f"{self._verb or 'the program'} has no option {option}. {hint}".strip())

    def _meant(self, option: str, arguments: Sequence[str]) -> str:
        """Ask for the nearest option of this parser, or of the verb that is named, or else of any verb."""
        own = [*self._option_string_actions][1:]  # the first is -h, which is near to every other letter
        if self._subparsers is None:
            return did_you_mean(option, own)
        verbs = next(one for one in self._actions if isinstance(one, argparse._SubParsersAction)).choices
        named = next((verbs[word] for word in arguments if word in verbs), None)
        of_verbs = {name for verb in verbs.values() if named in (None, verb) for name in verb._option_string_actions}
        later = sorted(name for name in of_verbs - {*own} if name.startswith("--"))
        found = near(option, [*own, *later])
        if not found or found[0] in own:
            return did_you_mean(option, own)
        meant = did_you_mean(option, later)
        return f"{meant[:-1]}, after {f'the verb {named._verb}' if named else 'a verb'}?"

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse what is none of the choices, with the nearest of them."""
        choices = action.choices
        if choices is None or value in choices:
            return
        listed, meant = ", ".join(map(str, choices)), did_you_mean(str(value), map(str, choices))
        if isinstance(action, argparse._SubParsersAction):
            raise LinregCompressError(
                f"there is no verb {value!r}. {meant or f'There are {listed}.'} See {self.prog} --help."
            )
        error = InvalidInputError("", f"must be one of {listed}", repr(value), meant)
        raise LinregCompressError(error.describe("/".join(action.option_strings) or str(action.metavar)))

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print without hiding, as argparse does, that it cannot be done."""
        (file or sys.stdout).write(message)
