"""``bounds`` as a person and as a script would use it."""

import json
import math
import re
from typing import Any

import pytest

from linreg_compress.bounds.individual_sample import individual_sample_bound
from linreg_compress.bounds.information import design_information
from linreg_compress.cli.main import main
from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks, blind_channel_risks

MODEL = ["--samples", "80", "--features", "50"]
NATS = 50 * math.log(2)


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["bounds", *arguments, "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def by_name(record: Any) -> dict[str, Any]:
    return {bound["name"]: bound for bound in record["bounds"]}


CODES = {
    "blind": ["--bits-per-weight", "1"],
    "aware": ["--bits-per-weight", "1", "--codec", "aware"],
    "lloyd-max": ["--quantizer", "lloyd-max", "--levels", "4"],
    "uniform": ["--quantizer", "uniform", "--step", "0.3"],
}
SIGNALS = {"oracle": [], "prior": ["--signal-variance", "0.02"], "fixed": ["--weights", ",".join(["0.1", "-0.2"] * 25)]}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("scale", [[], ["--loss-scale", "60"]])
def test_keys_names_and_order(capsys: pytest.CaptureFixture[str], code: str, signal: str, scale: list[str]) -> None:
    record = run_json(capsys, *MODEL, *CODES[code], *SIGNALS[signal], *scale)
    errors = {"population_risk", "generalization_error", "same_inputs_generalization_error"}
    assert set(record) >= {"information_nats", "bounds", *errors}
    names = {"sub-gaussian", "chi-square", "individual-sample" if code == "aware" else "donsker-varadhan"}
    assert set(by_name(record)) >= names
    for bound in record["bounds"]:
        assert set(bound) == {"name", "kind", "of", "value", "assumptions", "reference"}
        assert bound["of"] in ("generalization_error", "same_inputs_generalization_error", "population_risk")
        assert bound["kind"] == ("lower" if bound["of"] == "population_risk" else "upper")
        assert bound["assumptions"]
        value, truth = float(bound["value"]), record[bound["of"]]
        assert value <= truth if bound["kind"] == "lower" else value >= truth
    assert ("minimum-excess-risk" in by_name(record)) is (signal == "prior")
    assert ("wasserstein" in by_name(record)) is (code == "aware")
    if scale and (code != "aware" or signal == "oracle"):
        found = by_name(record)
        assert float(found["chi-square"]["value"]) <= min(60.0, float(found["sub-gaussian"]["value"]))
        used = record.get("random_design_information_nats", record["information_nats"])
        assert found["sub-gaussian"]["value"] == pytest.approx(120 * math.sqrt(used / 80), rel=1e-14)


def test_a_blind_code_at_full_precision(capsys: pytest.CaptureFixture[str]) -> None:
    record = run_json(capsys, *MODEL, *CODES["blind"])
    exact = blind_channel_risks(80, 50, 1.0, NATS)
    assert record["information_nats"] == pytest.approx(NATS, rel=1e-15)
    assert record["generalization_error"] == pytest.approx(float(exact.generalization_error), rel=1e-15)
    assert record["same_inputs_generalization_error"] == pytest.approx(2 * 0.75 * 50 / 80, rel=1e-15)
    found = by_name(record)
    assert found["sub-gaussian"]["value"] > found["chi-square"]["value"] > record["generalization_error"]
    assert "outside with probability 1e-06" in found["chi-square"]["assumptions"][-1]
    assert 1.25 < found["donsker-varadhan"]["value"] / record["generalization_error"] < 1.27


def test_an_aware_code_uses_its_rate_for_the_same_inputs_alone(capsys: pytest.CaptureFixture[str]) -> None:
    record = run_json(capsys, "--samples", "66", "--features", "60", "--rate-nats", "1", "--codec", "aware")
    assert record["information_nats"] == 1
    assert record["random_design_information_nats"] == pytest.approx(1 + design_information(66, 60), rel=1e-15)
    truth = float(aware_channel_risks(66, 60, 1.0, 1.0).generalization_error)
    assert record["generalization_error"] == pytest.approx(truth, rel=1e-15)
    found = by_name(record)
    assert found["individual-sample"]["of"] == "same_inputs_generalization_error"
    assert found["individual-sample"]["value"] == individual_sample_bound(66, 60, 1.0, 1.0).value
    assert found["donsker-varadhan-random-design"]["value"] > truth


def test_lloyd_max_knows_its_supremum(capsys: pytest.CaptureFixture[str]) -> None:
    record = run_json(capsys, *MODEL, *CODES["lloyd-max"])
    found = by_name(record)
    order = [found[name]["value"] for name in ("donsker-varadhan-centred", "chi-square", "sub-gaussian")]
    assert order == sorted(order)
    assert record["information_nats"] < 50 * math.log(4)


def test_a_supremum_copied_from_the_message_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["bounds", *MODEL, *CODES["lloyd-max"], "--loss-scale"]
    assert main([*command, "1.1"]) == 2
    printed = capsys.readouterr().err.split("supremum over this codebook, ")[1].split(";")[0]
    assert main([*command, printed]) == 0


def test_a_distance_and_a_floor(capsys: pytest.CaptureFixture[str]) -> None:
    found = by_name(run_json(capsys, *MODEL, *CODES["aware"]))
    truth = 2 * 0.75 * 50 / 80
    assert truth <= found["wasserstein"]["value"] <= 1.0442 * truth < found["individual-sample"]["value"]
    assert main(["bounds", *MODEL, *CODES["blind"], *SIGNALS["prior"]]) == 0
    text = capsys.readouterr().out
    assert "    minimum-excess-risk (lower)             1.4319           0.56306" in text
    assert "Upper bounds but where it says lower" in text
    assert text.count("codebook clipped at") == 1
    assert max(map(len, text.splitlines())) <= 80


def test_fixed_weights_leave_less_information_than_the_rate(capsys: pytest.CaptureFixture[str]) -> None:
    record = run_json(capsys, *MODEL, *CODES["blind"], *SIGNALS["fixed"])
    assert 0 < record["information_nats"] < NATS
    prior = run_json(capsys, *MODEL, *CODES["blind"], *SIGNALS["prior"])
    assert prior["information_nats"] == pytest.approx(NATS, rel=1e-15)
    assert 0 < prior["information_given_weights_nats"] < NATS


def test_text_is_for_reading(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bounds", *MODEL, *CODES["aware"], "--loss-scale", "3"]) == 0
    text = capsys.readouterr().out
    assert "    individual-sample                        1.0995            1.1728" in text
    assert "R + I(X; What) = 49.128" in " ".join(text.split())
    assert text.split("\n\n")[-1].startswith("This is an oracle: without --signal-variance the codebook is centred")
    assert main(["bounds", *MODEL, *CODES["aware"], "--signal-variance", "0.02"]) == 0
    assert "oracle" not in capsys.readouterr().out
    assert max(len(line) for line in text.splitlines()) <= 80


def test_what_is_a_rate_is_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    for code, said in (("aware", "gaussian-aware, rate 34.657 nats"), ("blind", "gaussian-blind, information 34.657 nats")):
        assert main(["bounds", *MODEL, *CODES[code], *SIGNALS["prior"]]) == 0
        assert f"Code    {said} = 1 bit per weight\n" in capsys.readouterr().out
    assert main(["bounds", *MODEL, *CODES["lloyd-max"]]) == 0
    assert re.search(r"nats = 1\.\d+ bits per weight\n", capsys.readouterr().out)


def test_averages_are_called_so_and_agree_with_risk(capsys: pytest.CaptureFixture[str]) -> None:
    options = [*MODEL, *CODES["aware"], *SIGNALS["prior"]]
    record = run_json(capsys, *options)
    assert main(["risk", *options, "--format", "json"]) == 0
    of_risk = json.loads(capsys.readouterr().out)
    for name in ("population_risk", "generalization_error"):
        assert record[name] == of_risk["compressed"][name]
        assert record["averaging"]["standard_errors"][name] == of_risk["averaging"]["standard_errors"][name]
    assert record["averaging"]["spectra"] == of_risk["averaging"]["spectra"]
    assert 0 < record["averaging"]["standard_errors"]["same_inputs_generalization_error"] < 1e-4
    assert main(["bounds", *options]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "exact" not in text
    for name in ("generalization error", "same inputs generalization error", "population risk"):
        assert f"{name}, averaged" in text
    assert "Averaged over 4096 simulated spectra; standard errors: generalization error " in text
    assert "averaging" not in run_json(capsys, *MODEL, *CODES["aware"])


def test_an_infinite_mean_has_no_loss_scale(capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--samples", "51", "--features", "50", *CODES["aware"]]
    for bound in ("sub-gaussian", "chi-square"):
        reason = by_name(run_json(capsys, *few))[bound]["assumptions"][0]
        assert reason == "needs samples >= features + 2: s(What) has an infinite mean, so no largest value"
    assert main(["bounds", *few, "--loss-scale", "100"]) == 2
    said = capsys.readouterr().err
    assert "--loss-scale must be left out with samples below features + 2 = 52" in said
    assert "Leave it out, or use more samples." in said
    assert main(["bounds", "--samples", "52", *few[2:], "--loss-scale", "100"]) == 0
    silent = [*few[:4], "--rate-nats", "0", "--codec", "aware"]
    capsys.readouterr()
    found = by_name(run_json(capsys, *silent))  # of a finite mean: nothing is sent
    assert "E |W - w*|^2 is infinite" in found["donsker-varadhan-random-design"]["assumptions"][0]
    reason = found["chi-square"]["assumptions"][0]
    assert reason.endswith("got 51 samples and 50 features: give --loss-scale")
    assert main(["bounds", *silent, "--loss-scale", "2"]) == 0


BAD = [
    ([*MODEL], "bounds requires --rate-nats R, --bits-per-weight B or --quantizer NAME."),
    (["--samples", "30", "--features", "50", "--rate-nats", "1"], "--samples at least --features"),
    (["--samples", "51", "--features", "50", "--rate-nats", "1"], "samples >= features + 2"),
    (["--samples", "30", "--features", "50", "--quantizer", "uniform", "--step", "1"], "--samples at least --features"),
    ([*MODEL, "--rate-nats", "1", "--loss-scale", "0"], "--loss-scale must be positive; got 0.0"),
    ([*MODEL, "--rate-nats", "1", "--loss-scale", "big"], "--loss-scale must be a number; got 'big'"),
    ([*MODEL, "--rate-nats", "1", "--loss-scale", "nan"], "--loss-scale must be finite; got nan"),
    ([*MODEL, "--rate-nats", "9", "--loss-scale", "1"], "--loss-scale must be at least the mean of s(What)"),
    ([*MODEL, *CODES["lloyd-max"], "--loss-scale", "2"], "--loss-scale must be at least the supremum over this codebook"),
    ([*MODEL, "--rate-nats", "-1"], "--rate-nats must be zero or positive; got -1.0"),
    ([*MODEL, "--codec", "aware"], "--codec requires --rate-nats R or --bits-per-weight B."),
    ([*MODEL, "--step", "1"], "--step requires --quantizer uniform."),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_one_short_message(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bounds", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert "Traceback" not in captured.err
    assert len(captured.err.splitlines()) <= 3
