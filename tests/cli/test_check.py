"""``check --sampler``: what is checked, what is left out and why, and one message for what cannot be."""

import json

import pytest

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
