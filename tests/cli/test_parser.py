"""The help: it answers when nothing is asked, fits the terminal, and ends in commands that can be run."""

import re
import shlex
import subprocess
import sys

import pytest

from linreg_compress.cli.examples import EXAMPLES
from linreg_compress.cli.main import VERBS, build_parser, main

COMMAND = re.compile(r"^  (linreg-compress (?:.*\\\n)*.*)", re.MULTILINE)
COMMANDS = [(verb, command) for verb, text in EXAMPLES.items() for command in COMMAND.findall(text)]


def help_of(capsys: pytest.CaptureFixture[str], *verb: str) -> str:
    assert main([*verb, "--help"]) == 0
    return capsys.readouterr().out


def test_without_arguments_the_help_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out == help_of(capsys)
    for verb in VERBS:
        assert re.search(rf"^  {verb} +\S", captured.out, re.MULTILINE), verb


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_ends_in_examples_and_fits_eighty_columns(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = help_of(capsys, *filter(None, [verb]))
    assert f"\nexamples:\n{EXAMPLES[verb]}\n" in text
    assert max(map(len, text.splitlines())) <= 80, text


@pytest.mark.parametrize("verb", VERBS)
def test_a_word_with_a_hyphen_is_not_broken(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert not re.search(r"[a-z]-$", help_of(capsys, verb), re.MULTILINE)


def test_every_verb_has_examples_of_itself() -> None:
    assert set(EXAMPLES) == {"", *VERBS}
    for verb in VERBS:
        assert {command.split()[1] for of, command in COMMANDS if of == verb} == {verb}


@pytest.mark.parametrize(("verb", "command"), COMMANDS)
def test_an_example_is_a_command_of_the_program(verb: str, command: str) -> None:
    words = shlex.split(command.replace("\\\n", " "))
    options = build_parser().parse_args(words[1:])
    assert options.verb == (verb or options.verb)


def test_a_shell_completes_verbs_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    assert main(["--completion", "bash"]) == 0
    script = capsys.readouterr().out

    def completed(*words: str) -> set[str]:
        asked = f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; _shtab_linreg_compress"
        ask = f'{script}\n{asked}; printf "%s\\n" "${{COMPREPLY[@]}}"'
        done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True, timeout=60)
        return set(done.stdout.split())

    assert completed("linreg-compress", "ri") == {"risk"}
    assert completed("linreg-compress", "risk", "--bits") == {"--bits-per-weight"}
    assert completed("linreg-compress", "risk", "--format", "j") == {"json"}


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["--formt", "json", "risk"], "Did you mean --format, after the verb risk?"),
        (["--formt=json", "risk"], "Did you mean --format, after the verb risk?"),
        (["--format", "json", "risk"], "Did you mean --format, after the verb risk?"),
        (["--smples", "80"], "Did you mean --samples, after a verb?"),
        (["--porrt", "3", "demo"], "Did you mean --port, after the verb demo?"),
        (["--versio"], "Did you mean --version?"),
        (["--complete", "bash"], "Did you mean --completion?"),
        (["risk", "--smples", "3"], "Did you mean --samples?"),
    ],
)
def test_a_mistyped_option_is_answered_with_the_nearest_one(
    arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert f" has no option {arguments[-2 if arguments[0] == 'risk' else 0].split('=')[0]}. {meant} See " in (
        capsys.readouterr().err
    )


def test_without_shtab_completion_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["--completion", "zsh"]) == 2
    assert capsys.readouterr().err == (
        "linreg-compress: --completion requires the package shtab: run python -m pip install shtab.\n"
    )
