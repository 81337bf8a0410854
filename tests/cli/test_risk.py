"""`risk` says why a code lowers or raises the population risk, and takes correlated features; so does `bounds`."""

import json
import math
import re
from typing import Any

import pytest

from linreg_compress.cli.main import main
from linreg_compress.compressed_risk.criterion import compression_criterion
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks

MODEL = ["--samples", "80", "--features", "50"]
WEAK = [*MODEL, "--signal-variance", "0.02"]
BIT = ["--bits-per-weight", "1"]
NATS = 50 * math.log(2)


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def last_line(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["risk", *arguments]) == 0
    paragraphs = capsys.readouterr().out.split("\n\n")
    (told,) = (" ".join(one.split()) for one in paragraphs if one.startswith("Compression "))
    return told.partition(" Averaged over ")[0]


LLOYD_MAX = ["--quantizer", "lloyd-max", "--levels"]
BEYOND = [(80, 50, 4, 1.05), (12, 8, 8, 1.5), (12, 8, 4, 1.5), (5, 2, 4, 1.5), (4, 1, 2, 1.25)]


@pytest.mark.parametrize(("n", "d", "levels", "ratio"), BEYOND)
def test_a_quantizer_that_gains_beyond_the_boundary_says_so(
    capsys: pytest.CaptureFixture[str], n: int, d: int, levels: int, ratio: float
) -> None:
    options = ["--samples", str(n), "--features", str(d), "--signal-variance", repr(ratio / (n - d - 1))]
    line = last_line(capsys, *options, *LLOYD_MAX, str(levels))
    assert line.startswith("Compression LOWERS the population risk by ")
    assert ", although the signal in a weight, " in line
    assert " is above its estimation noise sigma^2 / (n - d - 1) = " in line
    assert line.endswith(
        "The change is exact for this quantizer; the comparison decides the sign for the Gaussian code and, as n - d "
        "grows, for quantizers whose levels are the means of their cells."
    )


ORACLES = [BIT, [*BIT, "--codec", "aware"], [*LLOYD_MAX, "4"], ["--quantizer", "uniform", "--step", "0.3"]]
ORACLES += [["--quantizer", name, *BIT] for name in ("dithered", "entropy-constrained")] + [["--quantizer", "sign"]]


@pytest.mark.parametrize("code", ORACLES)
def test_a_code_that_knows_the_true_weights_is_called_an_oracle(
    capsys: pytest.CaptureFixture[str], code: list[str]
) -> None:
    for arguments, oracle in (
        (MODEL, True),
        (WEAK, False),
        (["--samples", "9", "--features", "2", "--weights", "0,0"], False),
    ):
        assert main(["risk", *arguments, *code]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert ("codebook centred at the true weights (an oracle)" in text) is oracle
        last = (
            "This is an oracle: without --signal-variance the codebook is centred at the true weights, which nobody knows."
        )
        assert text.endswith(f"{last} Give --signal-variance T2 for true weights that the code does not know.") is oracle
    assert main(["risk", *MODEL]) == 0
    assert "oracle" not in capsys.readouterr().out


def test_an_oracle_loses_no_signal(capsys: pytest.CaptureFixture[str]) -> None:
    reason = "around the true weights there is no signal to lose, only the estimation noise of a weight"
    assert f": {reason}, sigma^2 / (n - d - 1) = 0.0345" in last_line(capsys, *MODEL, *BIT)


def test_the_distortion_is_a_share_of_the_source_variance(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["risk", *WEAK, *BIT]) == 0
    assert (
        "1 bit per weight, 34.657 nats in all\n        distortion: 25 % of the source variance\n" in capsys.readouterr().out
    )


CODES = {
    "weak blind": ([*WEAK, *BIT], "LOWERS", ": the signal in a weight, 0.02, is below its estimation noise sigma^2"),
    "strong blind": (
        [*MODEL, "--signal-variance", "0.2", *BIT],
        "raises",
        ": the signal in a weight, 0.2, is above its estimation noise sigma^2",
    ),
    "fixed blind": (
        ["--samples", "20", "--features", "2", "--weights", "3,1", *BIT],
        "raises",
        ": the signal in a weight, 5, is above its estimation noise sigma^2 / (n - d - 1) = 0.0588.",
    ),
    "oracle aware": (
        [*MODEL, *BIT, "--codec", "aware"],
        "LOWERS",
        ": the codebook is centred at the true weights, so there is no signal to lose.",
    ),
    "weak aware": (
        [*WEAK, *BIT, "--codec", "aware"],
        "LOWERS",
        "badly (where 0.02 g < sigma^2, g an eigenvalue of X^T X) outweighs what it loses in the others.",
    ),
    "strong aware": (
        [*MODEL, "--signal-variance", "0.2", *BIT, "--codec", "aware"],
        "raises",
        "badly (where 0.2 g < sigma^2, g an eigenvalue of X^T X) does not outweigh what it loses in the others.",
    ),
    "weak lloyd-max": (
        [*WEAK, *LLOYD_MAX, "4"],
        "LOWERS",
        ": the signal in a weight, 0.02, is below its estimation noise sigma^2 / (n - d - 1) = 0.0345. The change is exact "
        "for this quantizer.",
    ),
    "fixed lloyd-max": (
        ["--samples", "20", "--features", "2", "--weights", "0.5,0.1", *LLOYD_MAX, "4"],
        "LOWERS",
        "not for these weights, so no comparison of signal and noise decides the sign.",
    ),
    "weak uniform": (
        [*WEAK, "--quantizer", "uniform", "--step", "0.3"],
        "raises",
        "so whether the signal in a weight is below its estimation noise does not decide the sign.",
    ),
}


@pytest.mark.parametrize("name", CODES)
def test_every_code_explains_its_change(capsys: pytest.CaptureFixture[str], name: str) -> None:
    arguments, word, reason = CODES[name]
    line = last_line(capsys, *arguments)
    assert line.startswith(f"Compression {word} the population risk by ")
    assert reason in line
    assert line.endswith(".")


def test_a_code_that_changes_nothing_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--samples", "13", "--features", "8", "--signal-variance"]
    assert last_line(capsys, *small, "0.25", *BIT) == (
        "Compression leaves the population risk as it is: the signal in a weight, 0.25, equals its estimation noise "
        "sigma^2 / (n - d - 1), so the code loses as much of the one as it gains of the other."
    )
    too_fine = last_line(capsys, *small, "0.2", "--rate-nats", "1e5")
    assert too_fine.endswith("as it is: what the code changes is too small for double precision.")


def test_a_tiny_change_has_digits(capsys: pytest.CaptureFixture[str]) -> None:
    for signal, word in (("0.02", "LOWERS"), ("0.1", "raises")):
        line = last_line(capsys, *MODEL, "--signal-variance", signal, "--quantizer", "dithered", "--bits-per-weight", "20")
        share = re.match(rf"Compression {word} the population risk by (\S+) %: ", line)
        assert share is not None, line
        assert 0 < float(share[1]) < 1e-8


@pytest.mark.parametrize("verb", ["risk", "bounds"])
def test_both_verbs_describe_a_model_alike(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    small = ["--samples", "30", "--features", "2"]
    heads = {
        (): "codebook centred at the true weights (an oracle)",
        ("--signal-variance", "0.02"): "weights N(0, 0.02)",
        ("--signal-variance", "0.02", "--variance-inflation", "2"): "weights N(0, 0.02), variance inflation 2",
        ("--weights", "1,2"): "fixed weights, |w*|^2 = 5, codebook centred at 0",
    }
    for given, head in heads.items():
        assert main([verb, *small, *BIT, *given]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert text.startswith(f"Model n = 30, d = 2, noise variance 1, {head} Code gaussian-blind, "), text
    assert run_json(capsys, verb, *small, *BIT, "--weights", "1,2")["model"]["weights"] == [1.0, 2.0]


@pytest.mark.parametrize("signal", [[], ["--signal-variance", "0.1"]])
@pytest.mark.parametrize("samples", ["50", "51"])
def test_an_infinite_risk_is_called_so_and_has_no_standard_error(
    capsys: pytest.CaptureFixture[str], samples: str, signal: list[str]
) -> None:
    arguments = ["risk", "--samples", samples, "--features", "50", *signal, "--codec", "aware"]
    assert main([*arguments, *BIT]) == 0
    text = " ".join(capsys.readouterr().out.split())
    size = "n = d" if samples == "50" else "n = d + 1"
    assert f"With {size} the population risk is infinite before and after, so these means compare nothing" in text
    assert "standard error" not in text
    record = run_json(capsys, *arguments, *BIT)
    infinite = {key for key, value in record["compressed"].items() if value == "inf"} | {"population_risk_change"}
    assert infinite == {"population_risk", "generalization_error", "population_risk_change"}
    assert not infinite & set(record.get("averaging", {}).get("standard_errors", {}))
    assert main([*arguments, "--rate-nats", "0"]) == 0
    finite = 1 + 50 * 0.1 * bool(signal)
    told = f"With {size} the population risk of least squares is infinite; that of the code is {finite:g}."
    assert told in " ".join(capsys.readouterr().out.split())


def test_too_few_samples_for_a_blind_code_are_refused_with_advice_that_works(capsys: pytest.CaptureFixture[str]) -> None:
    for signal in ([], ["--signal-variance", "0.1"]):
        assert main(["risk", "--samples", "51", "--features", "50", *BIT, *signal]) == 2
        assert capsys.readouterr().err.endswith("Use more samples, or fewer features.\n")
        for mended in (["--samples", "52", "--features", "50"], ["--samples", "51", "--features", "49"]):
            assert math.isfinite(run_json(capsys, "risk", *mended, *BIT, *signal)["compressed"]["population_risk"])


@pytest.mark.parametrize("verb", ["risk", "bounds"])
def test_an_average_that_takes_hours_is_refused(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    options = ["--samples", "200000", "--features", "100000", "--signal-variance", "0.01", *BIT, "--codec", "aware"]
    assert main([verb, *options]) == 2
    said = capsys.readouterr().err
    assert "--features must be at most 4096 for an average over 4096 spectra; got 100000. Use fewer features." in said


@pytest.mark.parametrize("signal", [[], ["--signal-variance", "0.1"]])
@pytest.mark.parametrize("verb", ["risk", "simulate"])
def test_a_rate_beyond_a_quantizer_is_refused_with_the_rate_that_works(
    capsys: pytest.CaptureFixture[str], verb: str, signal: list[str]
) -> None:
    options = [verb, *MODEL, *signal, "--quantizer", "entropy-constrained", "--bits-per-weight"]
    run = ["--trials", "3"] if verb == "simulate" else []
    for bits in ("14", "20"):
        assert main([*options, bits, *run]) == 2
        said = capsys.readouterr().err
        found = re.search(r"--bits-per-weight must be at most about (\S+) for ", said)
        assert found is not None, said
        assert f"; got {float(bits)}. Give fewer bits, or use a dithered " in said
        assert main([*options, found[1], *run]) == 0
        capsys.readouterr()


@pytest.mark.parametrize(("kappa", "bits", "word"), [(1.3, 1.0, "LOWERS"), (3.0, 0.1, "LOWERS"), (1.8, 1.0, "raises")])
def test_correlated_features_have_a_boundary_of_their_own(
    capsys: pytest.CaptureFixture[str], kappa: float, bits: float, word: str
) -> None:
    options = [*WEAK, "--variance-inflation", str(kappa), "--bits-per-weight", str(bits)]
    line = last_line(capsys, *options)
    delta = 4**-bits
    boundary = (2 - kappa + delta * (kappa - 1)) / 29
    relation = "below" if word == "LOWERS" else "above"
    assert line.startswith(f"Compression {word} ")
    assert f"0.02, is {relation} v (2 - kappa + delta (kappa - 1)) = {boundary:.3g}, the boundary at this rate" in line
    record = run_json(capsys, "risk", *options)
    exact = blind_channel_risks(80, 50, 1.0, NATS * bits, signal_variance=0.02, variance_inflation=kappa)
    change = compression_criterion(80, 50, 1.0, 0.02, variance_inflation=kappa).population_risk_change(delta)
    assert record["population_risk_change"] == pytest.approx(float(change), rel=1e-11)
    for name in ("empirical_risk", "population_risk", "generalization_error", "distortion"):
        assert record["compressed"][name] == pytest.approx(float(getattr(exact, name)), rel=1e-14)
    assert record["model"]["variance_inflation"] == kappa
    assert record["compression_helps"] is (word == "LOWERS")


def test_strong_correlation_leaves_no_signal_weak_enough(capsys: pytest.CaptureFixture[str]) -> None:
    options = [*WEAK, "--variance-inflation", "3", *BIT]
    line = last_line(capsys, *options)
    assert "raises" in line
    assert ": at this rate no signal is weak enough, v (2 - kappa + delta (kappa - 1)) = -0.0172 is not positive" in line
    assert main(["risk", *options]) == 0
    assert "weights N(0, 0.02), variance inflation 3 Code" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("kappa", "share"), [("1e9", " by 1.19e+08 times its size"), ("1e308", " by 1.19e+307 times its size")]
)
def test_a_huge_change_is_said_in_few_digits(capsys: pytest.CaptureFixture[str], kappa: str, share: str) -> None:
    line = last_line(capsys, *WEAK, "--variance-inflation", kappa, *BIT)
    assert line.startswith(f"Compression raises the population risk{share}: at this rate no signal is weak enough")


def test_least_squares_does_not_feel_the_correlation(capsys: pytest.CaptureFixture[str]) -> None:
    plain = run_json(capsys, "risk", *WEAK)
    assert plain["model"]["variance_inflation"] == 1.0
    correlated = run_json(capsys, "risk", *WEAK, "--variance-inflation", "5")
    assert correlated["erm"] == plain["erm"]
    assert "compression" not in correlated


@pytest.mark.parametrize("code", [BIT, [*LLOYD_MAX, "4"], [*BIT, "--codec", "aware"]])
@pytest.mark.parametrize("verb", ["risk", "bounds"])
def test_no_inflation_is_the_default(capsys: pytest.CaptureFixture[str], verb: str, code: list[str]) -> None:
    plain = run_json(capsys, verb, *MODEL, *code)
    assert run_json(capsys, verb, *MODEL, *code, "--variance-inflation", "1") == plain


def test_bounds_of_correlated_features(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["bounds", *WEAK, "--variance-inflation", "2.5", *BIT]
    record = run_json(capsys, *options)
    exact = blind_channel_risks(80, 50, 1.0, NATS, signal_variance=0.02, variance_inflation=2.5)
    assert record["model"]["variance_inflation"] == 2.5
    assert record["information_nats"] == pytest.approx(NATS, rel=1e-15)
    assert record["generalization_error"] == pytest.approx(float(exact.generalization_error), rel=1e-15)
    assert record["same_inputs_generalization_error"] == pytest.approx(2 * 0.75 * 50 / 80, rel=1e-15)
    assert {bound["value"] for bound in record["bounds"]} == {"inf"}
    assert record["least"] == {}
    reasons = {bound["name"]: bound["assumptions"][0] for bound in record["bounds"]}
    assert "--loss-scale" in reasons["chi-square"]
    assert "not on the mean variance-inflation factor alone" in reasons["donsker-varadhan"]
    scaled = run_json(capsys, *options, "--loss-scale", "9")
    values = {bound["name"]: bound["value"] for bound in scaled["bounds"]}
    assert values["sub-gaussian"] == pytest.approx(18 * math.sqrt(NATS / 80), rel=1e-14)
    assert scaled["least"] == {}  # of a codebook that stops at 9, which this one does not
    assert values["chi-square"] > scaled["generalization_error"]
    # the supremum of s(w) is at least its mean, which the correlation raises
    between = repr(float(exact.population_risk) * 0.99)
    assert main([*options, "--loss-scale", between]) == 2
    assert "must be at least the mean of s(What)" in capsys.readouterr().err
    assert main(["bounds", *WEAK, *BIT, "--loss-scale", between]) == 0


@pytest.mark.parametrize("code", [BIT, [*LLOYD_MAX, "4"], [*BIT, "--codec", "aware"]])
def test_bounds_name_the_least(capsys: pytest.CaptureFixture[str], code: list[str]) -> None:
    arguments = ["bounds", *MODEL, *code, "--loss-scale", "60"]
    record = run_json(capsys, *arguments)
    for of, least in record["least"].items():
        values = {bound["name"]: bound["value"] for bound in record["bounds"] if bound["of"] == of}
        assert least == {"name": least["name"], "value": min(values.values())}
        assert values[least["name"]] == least["value"] >= record[of]
    assert "generalization_error" in record["least"]
    assert main(arguments) == 0
    text = capsys.readouterr().out
    least = record["least"]["generalization_error"]["name"]
    assert f" Least of these for the generalization error: {least}, " in " ".join(text.split())


KAPPA = "--variance-inflation"
BAD = [
    ([*WEAK, KAPPA, "0.5"], "must be at least 1, as Sigma_jj (Sigma^-1)_jj is for every covariance Sigma; got 0.5"),
    ([*WEAK, KAPPA, "-2"], "must be at least 1"),
    ([*WEAK, KAPPA, "nan"], "must be finite; got nan"),
    ([*WEAK, KAPPA, "inf"], "must be finite; got inf"),
    ([*WEAK, KAPPA, "two"], "must be a number; got 'two'"),
    ([*MODEL, KAPPA, "2", *BIT], "--variance-inflation requires --signal-variance T2 above 0"),
    ([*MODEL, "--signal-variance", "0", KAPPA, "2", *BIT], "--variance-inflation requires --signal-variance T2 above 0"),
    (
        ["--samples", "9", "--features", "2", "--weights", "1,2", KAPPA, "2", *BIT],
        "use either --variance-inflation or --weights, not both",
    ),
    ([*WEAK, KAPPA, "2", *BIT, "--codec", "aware"], "use either --variance-inflation or --codec aware, not both"),
    ([*WEAK, KAPPA, "2", *LLOYD_MAX, "4"], "use either --variance-inflation or --quantizer, not both"),
    (
        [*WEAK, KAPPA, "2", "--quantizer", "uniform", "--step", "1"],
        "use either --variance-inflation or --quantizer, not both",
    ),
    (
        ["--samples", "9", "--features", "20", "--signal-variance", "1", KAPPA, "2"],
        "requires --samples at least --features",
    ),
]


@pytest.mark.parametrize("verb", ["risk", "bounds"])
@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_what_kappa_says_nothing_about_is_refused(
    capsys: pytest.CaptureFixture[str], verb: str, arguments: list[str], message: str
) -> None:
    assert main([verb, *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "--variance-inflation" in captured.err
    assert message in captured.err
    assert len(captured.err.splitlines()) <= 3
    assert len(captured.err) < 300
