"""The verb `simulate`: its table and its refusals."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from linreg_compress.cli.main import main
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.information.rate_distortion import rate_nats_from_bits
from linreg_compress.least_squares.risk import least_squares_risks
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Estimate
from tests import seeds
from tests.compare import assert_close, assert_mean
from tests.tolerances import FLOAT

COLUMNS = [
    "samples", "features", "noise_variance", "signal_variance", "compression", "bits_per_weight", "trials",
    "empirical_risk", "empirical_risk_se", "population_risk", "population_risk_se", "distortion", "distortion_se",
    "population_risk_change", "population_risk_change_se",
]  # fmt: skip
MODEL = ["--samples", "80", "--features", "50"]
GRID = ["--samples", "60,80", "--features", "20,40", "--noise-variance", "0.5,2", "--bits-per-weight", "0.5,1"]
FAST = ["--sampler", "weights", "--trials", "3000"]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def simulate(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["simulate", *arguments, "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    found: list[dict[str, Any]] = json.loads(captured.out)["rows"]
    return found


@pytest.mark.monte_carlo
def test_the_table_crosses_the_lists_and_agrees_with_the_closed_forms(tmp_path: Path) -> None:
    out = tmp_path / "run.csv"
    options = [*GRID, "--codec", "aware,blind", *FAST, "--seed", str(seeds.number(3))]
    assert main(["simulate", *options, "--out", str(out)]) == 0
    rows = rows_of(out)
    assert set(COLUMNS) <= set(rows[0])
    crossed = [
        (n, d, noise, codec, bits)
        for n in ("60", "80")
        for d in ("20", "40")
        for noise in ("0.5", "2.0")
        for codec in ("gaussian-aware", "gaussian-blind")
        for bits in ("0.5", "1.0")
    ]
    names = ("samples", "features", "noise_variance", "compression", "bits_per_weight")
    assert [tuple(row[name] for name in names) for row in rows] == crossed
    for row in rows:
        model = LinearModel(int(row["samples"]), int(row["features"]), float(row["noise_variance"]))
        rate = float(rate_nats_from_bits(float(row["bits_per_weight"]), model.features))
        made = AwareGaussianChannel if row["compression"] == "gaussian-aware" else BlindGaussianChannel
        exact = risks(model, made.for_model(model, rate))
        for name in ("empirical_risk", "population_risk", "distortion", "population_risk_change"):
            found = Estimate(float(row[name]), float(row[f"{name}_se"]), int(row["trials"]))
            assert_mean(found, float(getattr(exact, name)))


def test_json_has_the_rows_of_the_csv_in_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run.csv"
    rows = simulate(capsys, *GRID, *FAST, "--out", str(out))
    for row, written in zip(rows, rows_of(out), strict=True):
        assert list(row) == list(written)
        for name, value in row.items():
            assert written[name] == ("" if value is None else value if isinstance(value, str) else repr(value))


@pytest.mark.monte_carlo
def test_the_rate_of_a_quantizer_is_what_risk_says(capsys: pytest.CaptureFixture[str]) -> None:
    quantizers = ["--quantizer", "lloyd-max,uniform", "--step", "0.1,0.3", "--levels", "2,5"]
    rows = simulate(
        capsys,
        *MODEL,
        "--signal-variance",
        "0,0.1",
        *quantizers,
        "--rate-nats",
        "20",
        *FAST,
        "--seed",
        str(seeds.number(0)),
    )
    named = [(row["compression"], row["step"], row["levels"]) for row in rows]
    assert named == 2 * [
        ("gaussian-blind", None, None), ("uniform", 0.1, None), ("uniform", 0.3, None),
        ("lloyd-max", None, 2), ("lloyd-max", None, 5),
    ]  # fmt: skip
    for row in rows:
        made = ["--rate-nats", "20"]
        if row["step"] or row["levels"]:
            name = "step" if row["step"] else "levels"
            made = ["--quantizer", row["compression"], f"--{name}", str(row[name])]
        assert main(["risk", *MODEL, "--signal-variance", str(row["signal_variance"]), *made, "--format", "json"]) == 0
        exact = json.loads(capsys.readouterr().out)
        assert_close(row["bits_per_weight"], exact["compression"]["bits_per_weight"], FLOAT)
        change = Estimate(row["population_risk_change"], row["population_risk_change_se"], row["trials"])
        assert_mean(change, exact["population_risk_change"])


@pytest.mark.monte_carlo
def test_without_compression_least_squares_alone(capsys: pytest.CaptureFixture[str]) -> None:
    row = simulate(capsys, "--samples", "40", "--features", "8", "--trials", "2000", "--seed", str(seeds.number(1)))[0]
    assert (row["compression"], row["bits_per_weight"], row["distortion"], row["population_risk_change_se"]) == (
        "none", "inf", 0.0, 0.0,
    )  # fmt: skip
    exact = least_squares_risks(40, 8, 1.0)
    for name in ("empirical_risk", "population_risk"):
        assert_mean(Estimate(row[name], row[f"{name}_se"], 2000), float(getattr(exact, name)))


def test_fixed_weights_are_one_vector(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--samples", "30,40", "--features", "2", "--weights", "-0.3,0.1", "--rate-nats", "1,2"]
    rows = simulate(capsys, *options, *FAST)
    assert [(row["samples"], row["rate_nats"]) for row in rows] == [(30, 1.0), (30, 2.0), (40, 1.0), (40, 2.0)]
    assert_close([row["weight_energy"] for row in rows], 4 * [0.1], FLOAT)


def test_a_standard_error_is_reached_by_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    rows = simulate(capsys, *GRID, "--sampler", "weights", "--standard-error", "0.003")
    assert max(row["population_risk_change_se"] for row in rows) <= 0.003
    assert len({row["trials"] for row in rows}) > 1
    assert math.isfinite(sum(row["population_risk"] for row in rows))


@pytest.mark.parametrize("sampler", ["data", "sufficient", "weights"])
def test_workers_and_stores_change_no_byte(sampler: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["simulate", "--samples", "100,200", "--features", "30", "--bits-per-weight", "1", "--codec", "blind,aware"]
    options += ["--sampler", sampler, "--trials", "3000", "--seed", "2"]
    runs = [["--workers", "1"], ["--workers", "2"], ["--workers", "8", "--store", str(tmp_path / "run.sqlite")], []]
    for place, run in enumerate(runs):
        assert main([*options, *run, "--out", str(tmp_path / f"{place}.csv")]) == 0
    again = [*options, "--store", str(tmp_path / "run.sqlite"), "--resume", "--out", str(tmp_path / "again.csv")]
    assert main(again) == 0
    tables = {path.read_bytes() for path in tmp_path.glob("*.csv")}
    assert len(tables) == 1
    assert capsys.readouterr().out.splitlines()[0].endswith("0.csv: 4 rows from 6000 trials")


def test_text_is_for_reading(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", *MODEL, "--quantizer", "uniform", "--step", "0.1", "--bits-per-weight", "1", *FAST]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "n = 80, d = 50, noise variance 1, codebook centred at the true weights (an"
    assert lines.pop(1) == "oracle), 3000 trials"
    assert " ".join(lines[2].split()) == "compression bits empirical risk population risk change"
    assert lines[3].split()[:2] == ["gaussian-blind", "1"]
    assert lines[4].split()[:2] == ["uniform", "0.1"]
    assert lines[3].split()[-3].startswith("-0.4")


def test_what_differs_between_cells_is_a_column_or_a_table_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    many = ["simulate", "--samples", "9,20", "--features", "3", "--trials", "5"]
    assert main(many) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "d = 3, noise variance 1, 5 trials"
    assert [line.split()[:2] for line in lines[2:5]] == [["n", "compression"], ["9", "none"], ["20", "none"]]
    wide = ["--noise-variance", "1.5,2.5", "--quantizer", "diameter-kmeans", "--levels", "3"]
    wide += ["--diameter-penalty", "0.123,0.234"]
    assert main([*many, *wide]) == 0
    text = capsys.readouterr().out
    assert text.count("\ncompression ") == 4
    head = "n = 20, d = 3, noise variance 2.5, codebook centred at the true weights (an\noracle), 5 trials\n\ncompression "
    assert head in text
    assert text.count("diameter-kmeans 3 beta") == 8


def test_risks_without_variance_come_with_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--samples", "23,40", "--features", "20", "--trials", "50"]) == 0
    assert "1 of 2 cells has n within 3 of d" in capsys.readouterr().err


def test_true_weights_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    run = ["simulate", "--samples", "80", "--features", "2", "--bits-per-weight", "1", "--trials", "20"]
    heads = {
        ("--weights", "1,2"): "fixed weights, |w*|^2 = 5, codebook centred at 0",
        ("--signal-variance", "0.5"): "weights N(0, 0.5)",
        (): "codebook centred at the true weights (an oracle)",
    }
    for given, head in heads.items():
        assert main([*run, *given]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert text.startswith(f"n = 80, d = 2, noise variance 1, {head}, 20 trials compression"), text
    assert main([*run, "--weights", "1,2", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["weights"] == [1.0, 2.0]


def test_one_is_singular(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, out = str(tmp_path / "one.sqlite"), tmp_path / "one.csv"
    run = ["simulate", "--samples", "6", "--features", "4", "--trials", "50", "--store", store, "--out", str(out)]
    assert main(run) == 0
    said = capsys.readouterr()
    assert said.out == f"{out}: 1 row from 50 trials\n"
    assert "1 of 1 cell has n within 3 of d" in said.err
    assert main(run) == 2
    assert "with 1 finished chunk. Add" in capsys.readouterr().err


BAD = [
    (
        ["--samples", "51,80", "--features", "50", "--bits-per-weight", "1"],
        "(Cell: samples 51, features 50, noise variance 1",
    ),
    (
        ["--samples", "40,80", "--features", "50", "--bits-per-weight", "1", "--codec", "aware"],
        "(Cell: samples 40, features 50",
    ),
    (["--samples", "51,80", "--features", "50", "--quantizer", "uniform", "--step", "1"], "(Cell: samples 51, features 50"),
    (["--samples", "53", "--features", "50", "--standard-error", "0.1"], "(Cell: samples 53, features 50"),
    (["--samples", "80,80.0", "--features", "50"], "--samples must list no value twice"),
    (["--samples", "80,", "--features", "50"], "--samples must be a number; got ''"),
    (["--samples", "80", "--features", "50,nan"], "--features must be finite; got nan"),
    ([*MODEL, "--noise-variance", "1,-1"], "--noise-variance must be positive; got -1.0"),
    ([*MODEL, "--rate-nats", "1", "--bits-per-weight", "1"], "use either --rate-nats or --bits-per-weight, not both."),
    ([*MODEL, "--rate-nats", "1,1"], "--rate-nats must list no value twice"),
    ([*MODEL, "--rate-nats", "-1"], "--rate-nats must be zero or positive; got -1.0"),
    ([*MODEL, "--rate-nats", "1", "--codec", "blind,deaf"], "--codec must be blind or aware; got 'deaf'"),
    ([*MODEL, "--codec", "aware"], "--codec requires --rate-nats R or --bits-per-weight B."),
    ([*MODEL, "--step", "1"], "--step requires --quantizer uniform."),
    ([*MODEL, "--quantizer", "uniform"], "--quantizer uniform requires --step H."),
    ([*MODEL, "--quantizer", "uniform", "--step", "0"], "--step must be positive"),
    ([*MODEL, "--quantizer", "lloyd-max", "--levels", "2.5"], "--levels must be a whole number"),
    ([*MODEL, "--quantizer", "round", "--levels", "2"], "hessian-kmeans or diameter-kmeans; got 'round'"),
    (["--samples", "9", "--features", "2,3", "--weights", "1,2"], "--weights must hold one number a feature, 3 in all"),
    ([*MODEL, "--weights", "1", "--signal-variance", "1"], "use either --weights or --signal-variance, not both."),
    ([*MODEL, "--trials", "1"], "--trials must be a whole number of at least 2; got 1"),
    ([*MODEL, "--trials", "10", "--standard-error", "1"], "use either --trials or --standard-error, not both."),
    ([*MODEL, "--standard-error", "0"], "--standard-error must be positive"),
    ([*MODEL, "--seed", "-1"], "--seed must be a whole number of at least 0"),
    ([*MODEL, "--workers", "0"], "--workers must be a whole number of at least 1"),
    ([*MODEL, "--resume"], "--resume requires --store FILE.sqlite."),
    ([*MODEL, "--executor", "cloud"], "--executor must be one of threads, processes; got 'cloud'"),
    ([*MODEL, "--sampler", "guess"], "--sampler must be one of data, sufficient, weights; got 'guess'"),
    ([*MODEL, "--out", "/proc/nowhere/run.csv"], "--out must"),
    ([*MODEL, "--out", "/"], "--out must be a file; got /. It is a folder"),
    ([*MODEL, "--store", "/proc/nowhere/run.sqlite"], "--store must lie in a folder that can be written"),
    ([*MODEL, "--store", "same", "--out", "same"], "--out must be another file than --store; got same."),
]


def refused(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["simulate", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert "Traceback" not in captured.err
    assert len(captured.err.splitlines()) <= 3


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_refused_before_any_work(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("linreg_compress.monte_carlo.engine.run_chunk", None)
    refused(arguments, message, capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_continued_only_when_asked_and_only_for_the_same_sweep(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = [*GRID, *FAST, "--store", str(tmp_path / "run.sqlite")]
    assert main(["simulate", *run]) == 0
    refused(run, "with 8 finished chunks. Add --resume (resume=True) to continue it, or choose another file", capsys)
    other = [*run[:1], "60,90", *run[2:], "--resume"]
    refused(other, "samples [60, 80] there, [60, 90] now", capsys)
    refused([*run, "--seed", "4", "--resume"], "seed 0 there, 4 now", capsys)
    assert main(["simulate", *run, "--resume"]) == 0


def test_a_damaged_store_and_other_files_are_refused_untouched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "run.sqlite"
    run = [*GRID, *FAST, "--store", str(store), "--out", str(tmp_path / "run.csv"), "--resume"]
    assert main(["simulate", *run]) == 0
    whole = store.read_bytes()
    (tmp_path / "run.csv").unlink()
    for content in (whole[: len(whole) // 2], whole[:100], b"", b"samples,features\n" * 100):
        store.write_bytes(content)
        refused(run, "--store must be", capsys)
        assert store.read_bytes() == content
        assert list(tmp_path.iterdir()) == [store]
