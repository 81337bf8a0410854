"""Parse the command line, run a verb, and turn every error into one short message and an exit status."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module

from linreg_compress import __version__
from linreg_compress.cli.completion import add_completion
from linreg_compress.cli.examples import EXAMPLES
from linreg_compress.cli.output import tell
from linreg_compress.cli.parser import Parser
from linreg_compress.cli.streams import StandardOutputError, standard_streams
from linreg_compress.errors import InvalidInputError, LinregCompressError

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

VERBS = {
    "risk": "exact expected risks before and after compression",
    "bounds": "mutual-information bounds next to the exact generalization error",
    "check": "closed forms against Monte Carlo from raw data",
    "simulate": "Monte Carlo over a grid of models and compressors, resumable",
    "derive": "the formulas, derived step by step and checked by machine",
    "figures": "draw the figures, or check the data under them",
    "quantize": "quantize a weight vector from a file, with a certificate",
    "advise": "should you quantize your own regression? reads a csv",
    "demo": "eight lessons: in a browser, as pages without Python, or printed",
    "reproduce": "the main job: figures, check table and derivations",
}
_GROUPS = {
    "for a model that you describe": ("risk", "bounds", "simulate", "check"),
    "for your own weights and data": ("quantize", "advise"),
    "to learn, to teach and to verify": ("demo", "derive", "figures", "reproduce"),
}

_OF_THE_PROGRAM = ("-h", "--help", "--version")  # any other option before the verb belongs to the parsers of all verbs
_NEGATIVE = re.compile(r"-(\d|\.|inf|nan)", re.IGNORECASE)
_DESCRIPTION = "Exact laboratory for one fact: compressing a trained model can lower its error on new data."


def build_parser(only: str | None = None) -> Parser:
    """Return the parser of the whole program; each verb's module adds its own options, or that of `only`."""
    listed = "\n\n".join(
        f"{title}:\n" + "\n".join(f"  {verb:<10} {VERBS[verb]}" for verb in _GROUPS[title]) for title in _GROUPS
    )
    parser = Parser(_DESCRIPTION, EXAMPLES[""], prog="linreg-compress", usage="linreg-compress VERB [options]")
    parser.epilog = f"{listed}\n\n{parser.epilog}\n\nlinreg-compress VERB --help tells the options of a verb.\n"
    parser.add_argument("--version", action="version", version=f"linreg-compress {__version__}")
    if only not in VERBS:
        add_completion(parser)
    verbs = parser.add_subparsers(
        dest="verb", metavar="VERB", required=True, help=argparse.SUPPRESS, parser_class=Parser, prog=parser.prog
    )
    for name, summary in VERBS.items():
        verb = verbs.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", examples=EXAMPLES[name]
        )
        if only is None or name == only:
            import_module(f"linreg_compress.cli.{name}").add_options(verb)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0 done, 1 a check failed, 2 bad usage, input or output."""
    for library in ("OPENBLAS", "OMP", "MKL"):  # before NumPy is loaded: parallel work is done by our own threads
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    options = argparse.Namespace()
    with standard_streams():
        try:
            status = _run(sys.argv[1:] if arguments is None else arguments, options)
            sys.stdout.flush()
        except LinregCompressError as error:
            return _complain(_described(error, options))
        except BrokenPipeError:  # the reader of our output has gone, as in "| head"
            return DONE
        except OSError as error:
            return _complain(_unwritten(error))
        except UnicodeEncodeError as error:
            return _complain(f"{error.object[:60]!a} holds a character that UTF-8 lacks. Rename the file.")
        except MemoryError as error:  # each verb has its own limits: this is for what they let through
            return _complain(f"this takes more memory than there is ({error}). Make the sizes in the command smaller.")
        except KeyboardInterrupt:
            print("linreg-compress: interrupted; nothing half-written was left", file=sys.stderr)
            return INTERRUPTED
    return status


def _run(arguments: Sequence[str], options: argparse.Namespace) -> int:
    """Parse into `options` and run the verb that they name."""
    if any("\0" in argument for argument in arguments):
        raise LinregCompressError("an argument holds a NUL character, which no name of a file can. Leave it out.")
    asked_for_all = not arguments or (arguments[0].startswith("-") and arguments[0] not in _OF_THE_PROGRAM)
    named = next((argument for argument in arguments if not argument.startswith("-")), "")
    parser = build_parser(None if asked_for_all else named)
    if not arguments:
        parser.print_help()
        return DONE
    try:
        parser.parse_args(_with_negative_values(arguments), options)
    except SystemExit:  # --help, --version or --completion has answered
        return DONE
    status: int = import_module(f"linreg_compress.cli.{options.verb}").run(options)
    return status


def _described(error: LinregCompressError, options: argparse.Namespace) -> str:
    """Call what is wrong by the name that the command line has for it."""
    if not isinstance(error, InvalidInputError):
        return str(error)
    is_option = hasattr(options, error.parameter)  # names in capitals are those of positional arguments
    return error.describe("--" + error.parameter.replace("_", "-") if is_option else error.parameter)


def _unwritten(error: OSError) -> str:
    """Say which output failed."""
    reason = error.strerror or str(error)
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)} cannot be read or written: {reason}. Check the path and its permissions."
    if isinstance(error, StandardOutputError):
        return f"standard output cannot be written: {reason}. Send it elsewhere, or make room."
    return f"a file cannot be written: {reason}. Make room on its disk, or write elsewhere."


def _with_negative_values(arguments: Sequence[str]) -> list[str]:
    """Join ``--weights -1,2`` to ``--weights=-1,2``: argparse takes a value like -1,2 or -1e-3 for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and _NEGATIVE.match(argument) and joined[-1].startswith("--") and "=" not in joined[-1]:
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _complain(message: str) -> int:
    tell(" ".join(message.split()))
    return BAD_INPUT
