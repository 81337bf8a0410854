"""How far a number travels from the command line to the answer: the files that it enters, and how often it is checked."""

import sys
from collections import Counter
from pathlib import Path
from types import FrameType

import pytest

import linreg_compress
from linreg_compress.cli.main import main

ROOT = f"{Path(linreg_compress.__file__).parent}/"
SIZE = ["risk", "--samples", "80", "--features", "50"]

# the program, its parser, the streams, one verb with its options, compressors, tables and reason (8); what checks (2);
# the model, the channel, what all channels share, and its rate (4); the door, its record and registry, and the two closed
# forms (5)
MOST_FILES = 19


def walk(*options: str) -> tuple[set[str], Counter[str]]:
    """Return the files of the package that a run of `risk` enters, and how often each argument is checked by its name."""
    main([*SIZE, *options])  # what is loaded for the first time is no part of the walk
    files: set[str] = set()
    checks: Counter[str] = Counter()

    def enter(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(ROOT):
            return
        files.add(code.co_filename.removeprefix(ROOT))
        caller = frame.f_back.f_code.co_filename if frame.f_back else ""
        takes_name = code.co_argcount > 0 and code.co_varnames[0] == "parameter"
        if takes_name and code.co_filename == f"{ROOT}_validation.py" != caller:  # not one check from another
            checks[frame.f_locals["parameter"]] += 1

    before = sys.getprofile()
    sys.setprofile(enter)
    try:
        assert main([*SIZE, *options]) == 0
    finally:
        sys.setprofile(before)
    return files, checks


@pytest.mark.parametrize("rate", [("--bits-per-weight", "1"), ("--rate-nats", "30")])
def test_the_risk_of_a_code_enters_few_files_and_checks_each_argument_once(
    rate: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    files, checks = walk(*rate)
    assert {"cli/main.py", "model.py", "compressed_risk/risks.py", "compressed_risk/linear_channel.py"} < files
    assert len(files) <= MOST_FILES, sorted(files)
    assert {"samples", "features", "noise_variance", "signal_variance", "rate_nats"} < set(checks)
    assert set(checks.values()) == {1}, checks
    assert "Compression LOWERS" in capsys.readouterr().out


def test_the_aware_code_checks_sizes_and_rate_once(capsys: pytest.CaptureFixture[str]) -> None:
    _, checks = walk("--bits-per-weight", "1", "--codec", "aware")
    assert [checks[name] for name in ("samples", "features", "bits_per_weight", "rate_nats")] == [1, 1, 1, 1]
    assert capsys.readouterr().out
