"""The command line as a person and as a script would use it, in a process of its own where that matters."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from linreg_compress.cli.main import main
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.model import LinearModel

MODEL = ["--samples", "80", "--features", "50"]


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def fresh(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=120)


def test_risk_has_the_fixed_keys_at_full_precision(capsys: pytest.CaptureFixture[str]) -> None:
    record = run_json(capsys, "risk", *MODEL, "--bits-per-weight", "1")
    assert set(record) >= {
        "model", "erm", "compression", "compressed", "population_risk_change", "compression_helps",
    }  # fmt: skip
    assert set(record["erm"]) == {"empirical_risk", "population_risk", "generalization_error"}
    assert set(record["compressed"]) == {"empirical_risk", "population_risk", "generalization_error", "distortion"}
    assert set(record["compression"]) == {"name", "rate_nats", "bits_per_weight", "normalized_distortion"}
    assert record["erm"]["population_risk"] == pytest.approx(79 / 29, rel=1e-15)
    assert record["population_risk_change"] == pytest.approx(-0.25 * 50 / 29, rel=1e-14)
    assert record["compression"]["rate_nats"] == pytest.approx(50 * math.log(2), rel=1e-15)
    assert record["compression_helps"] is True


def test_rate_in_nats_and_in_bits_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    bits = run_json(capsys, "risk", *MODEL, "--bits-per-weight", "1.5", "--codec", "aware")
    nats = run_json(capsys, "risk", *MODEL, "--rate-nats", repr(75 * math.log(2)), "--codec", "aware")
    assert bits["compressed"] == pytest.approx(nats["compressed"], rel=1e-14)


def test_fixed_weights_put_the_centre_at_zero(capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--samples", "20", "--features", "2", "--noise-variance", "0.5", "--rate-nats", "1"]
    fixed = run_json(capsys, "risk", *common, "--weights", "-0.3,0.1")
    prior = run_json(capsys, "risk", *common, "--signal-variance", "0.05")
    assert fixed["compressed"] == pytest.approx(prior["compressed"], rel=1e-14)
    assert fixed["model"]["weights"] == [-0.3, 0.1]


def test_infinite_expectations_are_the_string_inf(capsys: pytest.CaptureFixture[str]) -> None:
    record = run_json(capsys, "risk", "--samples", "51", "--features", "50", "--rate-nats", "3", "--codec", "aware")
    assert record["erm"]["population_risk"] == "inf"
    assert record["compressed"]["population_risk"] == "inf"
    assert record["population_risk_change"] == "-inf"
    assert record["compressed"]["distortion"] == pytest.approx(50 / 51 * math.exp(-6 / 50), rel=1e-14)


def test_fewer_samples_than_features_reports_the_erm_block_alone(capsys: pytest.CaptureFixture[str]) -> None:
    record = run_json(capsys, "risk", "--samples", "30", "--features", "50", "--signal-variance", "0.02")
    assert set(record) == {"model", "erm"}
    assert record["erm"]["population_risk"] == pytest.approx(1 + 0.4 * 1 + 30 / 19, rel=1e-14)


def test_an_aware_code_with_a_prior_says_how_it_was_averaged(capsys: pytest.CaptureFixture[str]) -> None:
    record = run_json(capsys, "risk", *MODEL, "--rate-nats", "30", "--codec", "aware", "--signal-variance", "0.02")
    assert record["averaging"]["spectra"] >= 1000
    assert 0 < record["averaging"]["standard_errors"]["population_risk_change"] < 1e-3


def test_text_is_for_reading(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["risk", *MODEL, "--bits-per-weight", "1"]) == 0
    text = capsys.readouterr().out
    assert "Compression LOWERS the population risk by 15.8 %:" in text
    assert "population risk               2.7241       2.2931   -0.43103" in text


BAD = [
    (["risk", "--samples", "nan", "--features", "5"], "--samples must be finite; got nan"),
    (["risk", "--samples", "inf", "--features", "5"], "--samples must be finite; got inf"),
    (["risk", "--samples", "0", "--features", "5"], "--samples must be a whole number of at least 1; got 0"),
    (["risk", "--samples", "-3", "--features", "5"], "--samples must be a whole number of at least 1; got -3"),
    (["risk", "--samples", "9.5", "--features", "5"], "--samples must be a whole number of at least 1; got 9.5"),
    (["risk", "--samples", "9", "--features", "0"], "--features must be a whole number of at least 1; got 0"),
    (["risk", "--samples", "ten", "--features", "5"], "--samples must be a number; got 'ten'"),
    (["risk", *MODEL, "--noise-variance", "-1"], "--noise-variance must be positive; got -1.0"),
    (["risk", *MODEL, "--noise-variance", "0"], "--noise-variance must be positive; got 0.0"),
    (["risk", *MODEL, "--signal-variance", "-1e-3"], "--signal-variance must be zero or positive; got -0.001"),
    (["risk", *MODEL, "--rate-nats", "-2"], "--rate-nats must be zero or positive; got -2.0"),
    (["risk", *MODEL, "--rate-nats", "inf"], "--rate-nats must be finite; got inf"),
    (["risk", *MODEL, "--bits-per-weight", "-inf"], "--bits-per-weight must be finite; got -inf"),
    (
        ["risk", *MODEL, "--rate-nats", "1", "--bits-per-weight", "1"],
        "use either --rate-nats or --bits-per-weight",
    ),
    (["risk", *MODEL, "--weights", "1,2"], "--weights must hold one number a feature, 50 in all; got 2 of them"),
    (["risk", *MODEL, "--weights", "1,x"], "--weights must be a number; got 'x'"),
    (["risk", *MODEL, "--codec", "aware"], "--codec requires --rate-nats R or --bits-per-weight B."),
    (["risk", *MODEL, "--codec", "both", "--rate-nats", "1"], "--codec must be blind or aware; got 'both'"),
    (["risk", "--samples", "30", "--features", "50", "--rate-nats", "1"], "compression needs --samples at least"),
    (["risk", "--samples", "51", "--features", "50", "--rate-nats", "1"], "samples >= features + 2"),
    (["risk", "--samples", "9"], "risk requires --features D. See linreg-compress risk --help."),
    (["check", "--trials", "5"], "--trials must be a whole number of at least 100; got 5"),
    (["check", "--noise-variance", "2"], "--noise-variance requires a model: --samples N and --features D."),
    (["check", "--levels", "4"], "--levels requires a model: --samples N and --features D."),
    (["check", "--step", "3"], "--step requires a model: --samples N and --features D."),
    (["check", "--samples", "9"], "--samples requires --features D"),
    (["figures", "headlin"], "Did you mean headline?"),
    (["figures", "--size", "poster"], "--size must be one of lecture, column; got 'poster'."),
    (["figures", "headline", "--check", "--out", "/nowhere"], "--out must hold the figure's csv"),
    (["frobnicate"], "there is no verb 'frobnicate'. There are risk, bounds, check, "),
    (["simulat"], "there is no verb 'simulat'. Did you mean simulate? See linreg-compress --help."),
    (["--versoin"], "the program has no option --versoin. Did you mean --version? See linreg-compress --help."),
    (["risk", "--sample", "80", "--features", "50"], "risk has no option --sample. Did you mean --samples? See linreg-"),
    (["bounds", *MODEL, "--bits=1"], "bounds has no option --bits. Did you mean --bits-per-weight? See linreg-compress bo"),
    (["risk", *MODEL, "-x", "1"], "risk has no option -x. See linreg-compress risk --help."),
    (["risk", *MODEL, "--xyz"], "risk has no option --xyz. See linreg-compress risk --help."),
    (["risk", *MODEL, "1"], "there is no place for '1'. See linreg-compress risk --help."),
    (["risk", *MODEL, "--codec", "awear"], "--codec must be blind or aware; got 'awear'. Did you mean aware? See"),
    (["risk", *MODEL, "--step"], "--step requires a value: --step H. See linreg-compress risk --help."),
    (["risk", *MODEL, "--format", "jsn"], "--format must be one of text, json; got 'jsn'. Did you mean json?"),
    (["simulate", *MODEL, "--resume=yes"], "--resume takes no value; got 'yes'."),
    (["derive", "--list", "--graph"], "use either --list or --graph, not both."),
    (["quantize"], "quantize requires WEIGHTS and --levels K."),
    (["risk", *MODEL, "--quantiser", "sign"], "risk has no option --quantiser. Did you mean --quantizer?"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_one_short_message(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert "Traceback" not in captured.err
    assert "usage" not in captured.err
    assert len(captured.err.splitlines()) <= 3


def test_check_answers_in_json_and_by_its_exit_status(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = ["check", "--samples", "20", "--features", "4", "--trials", "3000", "--seed", "3"]
    record = run_json(capsys, *small)
    assert record["passed"] is True
    assert record["trials"] == 3000
    assert record["false_alarm"] == 1e-6
    assert set(record["checks"][0]) >= {"name", "expected", "estimate", "standard_error", "z", "passed"}

    def planted(model: LinearModel, *channel: Any, **options: Any) -> Any:
        return risks(model if channel else with_less_noise(model), *channel, **options)

    monkeypatch.setattr("linreg_compress.agreement.risks", planted)
    assert main(small) == 1
    assert "FAILED" in capsys.readouterr().out


def with_less_noise(model: LinearModel) -> LinearModel:
    """Plant an error: the closed form for 0.9 of the noise variance."""
    return LinearModel(model.samples, model.features, 0.9 * model.noise_variance)


def test_figures_writes_five_files_and_checks_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "made" / "here"
    assert main(["figures", "headline", "--quick", "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("headline: ")
    assert [line for line in text.splitlines() if len(line) > 80 and str(out) not in line] == []
    kinds = ("csv", "json", "pdf", "png", "svg")
    assert sorted(path.name for path in out.iterdir()) == [f"headline.{kind}" for kind in kinds]
    assert main(["figures", "headline", "--check", "--out", str(out)]) == 0
    table = out / "headline.csv"
    lines = table.read_text().splitlines()
    assert lines[1].startswith("oracle,exact,0.0,1.0,1.0,")
    table.write_text("\n".join([lines[0], lines[1].replace(",1.0,", ",1.01,", 1), *lines[2:]]) + "\n")
    capsys.readouterr()
    assert main(["figures", "headline", "--check", "--out", str(out)]) == 1
    assert "headline.csv line 2: empirical_risk is 1.01, recomputed 1.0" in capsys.readouterr().err


def test_an_unwritable_folder_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert main(["figures", "--quick", "--out", str(blocked)]) == 2
    assert "--out must be a folder" in capsys.readouterr().err
    assert blocked.read_text() == "not a folder"


HEAVY = {"sympy", "matplotlib", "scipy.stats"}
AWARE = ["--codec", "aware", "--signal-variance", "0.1"]


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (["--help"], HEAVY | {"numpy"}),
        (["risk", *MODEL, "--bits-per-weight", "1"], HEAVY),
        (["risk", *MODEL, "--bits-per-weight", "1", *AWARE, "--format", "json"], HEAVY),
    ],
)
def test_quick_answers_load_no_heavy_library(arguments: list[str], unneeded: set[str]) -> None:
    code = (
        "import sys\nfrom linreg_compress.cli.main import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"heavy = {unneeded!r} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = fresh("-c", code)
    assert done.returncode == 0, done.stderr


def test_the_module_runs_as_a_program_and_its_output_can_be_cut() -> None:
    done = fresh("-m", "linreg_compress", "--version")
    assert done.stdout.startswith("linreg-compress 0.")
    command = f"{sys.executable} -m linreg_compress risk --samples 80 --features 50 | head -n 1"
    cut = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert cut.stderr == ""
