"""No command line, stream, encoding or disk makes the program end with a traceback or an unknown status."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.cli.hostile import LEGAL_STATUS, hostile, prepare, run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")
PHASES = (Phase.explicit, Phase.generate)  # a failure is told as it is: to shrink it would take minutes
CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


def check(case: tuple[list[str], str, str, str, bool], folder: Path) -> None:
    arguments, out, err, encoding, small_disk = case
    ended = run(arguments, out, err, encoding, folder, small_disk)
    said = f"{arguments} {out=} {err=} {encoding=} {small_disk=}: status {ended.status}\n{ended.err[-3000:]}"
    assert ended.status in LEGAL_STATUS, said
    assert "Traceback" not in ended.err, said
    assert "Exception ignored" not in ended.err, said
    if ended.status == 2 and err == "pipe" and encoding in {"utf-8", "latin-1", "ascii", "cp1252"}:
        assert ended.err.count("linreg-compress: ") >= 1, said
    assert not list(folder.glob(".unfinished-*")), said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hostile")
    prepare(place)
    return place


@settings(max_examples=16, suppress_health_check=CHECKS, phases=PHASES)
@given(case=hostile())
def test_sixteen_hostile_command_lines(case: tuple[list[str], str, str, str, bool], folder: Path) -> None:
    check(case, folder)


@pytest.mark.slow
@settings(max_examples=2000, suppress_health_check=CHECKS, phases=PHASES)
@given(case=hostile())
def test_two_thousand_hostile_command_lines(case: tuple[list[str], str, str, str, bool], folder: Path) -> None:
    check(case, folder)
