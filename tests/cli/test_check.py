"""``check``: what is printed, what is left out and why, and one message for what cannot be."""

import json

import pytest

from linreg_compress.agreement import Check, Report
from linreg_compress.cli.check import as_text
from linreg_compress.cli.main import main

SMALL = ["check", "--samples", "20", "--features", "4", "--trials", "2000", "--seed", "3"]


@pytest.mark.parametrize("sampler", ["data", "sufficient", "weights"])
def test_the_record_names_the_sampler(sampler: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--sampler", sampler, "--format", "json"]) == 0
    captured = capsys.readouterr()
    record = json.loads(captured.out)
    assert captured.err == ""
    assert record["passed"] is True
    assert record["sampler"] == sampler
    assert record["skipped"] == []
    assert any("aware" in check["name"] for check in record["checks"])


def test_samplers_find_different_numbers_and_data_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for option in ([], ["--sampler", "data"], ["--sampler", "sufficient"], ["--sampler", "weights"]):
        assert main([*SMALL, *option]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert len(set(texts)) == 3
    assert "2000 raw data sets a model" in texts[0]
    assert "2000 trials of the sufficient sampler a model" in texts[2]
    assert "2000 trials of the weights sampler a model" in texts[3]


def test_what_is_left_out_is_listed_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [*SMALL, "--signal-variance", "0.1", "--sampler", "weights"]
    assert main([*arguments, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert len(record["skipped"]) == 3
    for line in record["skipped"]:
        assert "aware" in line
        assert "the weights sampler does not draw the eigenvalues of X^T X" in line
    assert not any("aware" in check["name"] for check in record["checks"])
    assert main(arguments) == 0
    assert "Left out, 3 in all:\n  n=20 d=4 / aware 0.5 bit: the weights sampler" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "--sampler", "raw"], "--sampler must be one of data, sufficient, weights; got 'raw'"),
        (
            ["check", "--samples", "4", "--features", "9", "--sampler", "sufficient"],
            "the sufficient sampler needs samples >= features",
        ),
    ],
)
def test_bad_samplers(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.count("\n") <= 3


def a_check(number: int, z: float, *, passed: bool = True) -> Check:
    return Check(f"check {number}", 1.0, 1.0 + z / 100, 0.01, z, 0.5, passed)


def test_the_text_is_the_summary_the_failures_and_the_ten_largest_z() -> None:
    checks = [a_check(k, (-1) ** k * k / 10) for k in range(40)]
    passed = as_text(Report(500, 1e-6, tuple(checks), skipped=("a mean",)))
    summary, head, table = passed.split("\n\n")
    assert summary.startswith("All 40 checks passed: 500 raw data sets a model")
    assert summary.endswith("1 mean was not tested, because the tails are too heavy; its distribution was.")
    assert head == "The 10 largest |z| (--all shows every check):"
    assert [line.split()[1] for line in table.splitlines()[1:]] == [str(k) for k in range(39, 29, -1)]
    checks[3] = a_check(3, 0.0, passed=False)
    parts = as_text(Report(500, 1e-6, tuple(checks))).split("\n\n")
    assert parts[0].startswith("1 of 40 checks FAILED")
    assert parts[1] == "Failed:"
    assert parts[2].splitlines()[1].split() == ["check", "3", "1", "1", "0.01", "+0.00", "FAILED"]
    assert len(parts[4].splitlines()) == 11


def test_all_checks_are_printed_on_demand_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--bits-per-weight", "1", "--format", "json"]) == 0
    names = [check["name"] for check in json.loads(capsys.readouterr().out)["checks"]]
    assert main([*SMALL, "--bits-per-weight", "1", "--all"]) == 0
    told = " ".join(line[:34].strip() for line in capsys.readouterr().out.splitlines())
    places = [told.index(name) for name in names]
    assert places == sorted(places)
    report = Report(500, 1e-6, tuple(a_check(k, 1.0) for k in range(40)))
    assert as_text(report, all_checks=True).count("ok") == 40
