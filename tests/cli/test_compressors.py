"""The quantizers that the command line reaches by name, and a new one: one file and one row."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_compress.cli.main import main
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks
from linreg_compress.compression import quantizers
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.quantizers import QUANTIZERS, NamedQuantizer
from linreg_compress.compression.scalar.empirical_source import EmpiricalSource
from linreg_compress.compression.scalar.entropy_constrained import entropy_constrained
from linreg_compress.compression.scalar.sign import sign_quantizer
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Estimate
from tests import seeds
from tests.cli.equal_shares import equal_shares
from tests.compare import assert_close, assert_mean
from tests.tolerances import FLOAT

MODEL = ["--samples", "30", "--features", "10", "--signal-variance", "0.05"]
EXACT = LinearModel(30, 10, signal_variance=0.05)
FAST = ["--sampler", "weights", "--trials", "3000"]
RISKS = ("empirical_risk", "population_risk", "generalization_error", "distortion")


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    found: dict[str, Any] = json.loads(captured.out)
    return found


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    return captured.err


CELLS = {
    "sign": ([], sign_quantizer(source_for(EXACT))),
    "entropy-constrained": (["--bits-per-weight", "1.5"], entropy_constrained(source_for(EXACT), 1.5)),
}


@pytest.mark.parametrize("name", CELLS)
def test_risk_of_cells_is_the_exact_one(capsys: pytest.CaptureFixture[str], name: str) -> None:
    options, cells = CELLS[name]
    record = run_json(capsys, "risk", *MODEL, "--quantizer", name, *options)
    exact = scalar_quantizer_risks(EXACT, cells)
    for key in RISKS:
        assert_close(record["compressed"][key], float(getattr(exact, key)), FLOAT)
    assert record["compression"]["name"] == name
    assert_close(record["compression"]["rate_nats"], scalar_quantizer_entropy(EXACT, cells), FLOAT)
    assert record["compression"]["quadrature_error"] < 1e-9
    bounds = run_json(capsys, "bounds", *MODEL, "--quantizer", name, *options, "--loss-scale", "60")
    assert_close(bounds["generalization_error"], record["compressed"]["generalization_error"], FLOAT)
    for bound in bounds["bounds"]:
        sides = bound["value"], bounds[bound["of"]]
        assert max(sides) == sides[bound["kind"] == "lower"], bound


@pytest.mark.parametrize("weights", [None, [0.1] * 10])
def test_risk_of_dither_is_the_exact_one(capsys: pytest.CaptureFixture[str], weights: list[float] | None) -> None:
    model, options = EXACT, MODEL
    if weights is not None:
        model = LinearModel(30, 10, weights=weights)
        options = [*MODEL[:4], "--weights", ",".join(map(str, weights))]
    record = run_json(capsys, "risk", *options, "--quantizer", "dithered", "--bits-per-weight", "1.5")
    channel = DitheredUniform.for_model(model, bits_per_weight=1.5, center=np.zeros(10))
    exact = risks(model, channel)
    for key in RISKS:
        assert_close(record["compressed"][key], float(getattr(exact, key)), FLOAT)
    assert_close(record["compression"]["bits_per_weight"], 1.5, 1e-9)
    assert record["compression"]["name"] == "dithered"


@pytest.mark.parametrize("verb", ["risk", "bounds", "check"])
@pytest.mark.parametrize("name", ["gptq", "kmeans", "hessian-kmeans", "diameter-kmeans"])
def test_what_has_no_exact_risk_is_to_be_simulated(capsys: pytest.CaptureFixture[str], verb: str, name: str) -> None:
    assert "simulate it" in refusal(capsys, verb, *MODEL, "--quantizer", name, "--levels", "4")


@pytest.mark.monte_carlo
def test_simulations_agree_with_the_exact_risks(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["sign", "entropy-constrained", "dithered"]
    options = ["--quantizer", ",".join(names), "--bits-per-weight", "1.5", "--seed", str(seeds.number(2))]
    rows = run_json(capsys, "simulate", *MODEL, *options, *FAST)["rows"]
    assert [row["compression"] for row in rows] == names
    for row in rows:
        needs = ["--bits-per-weight", "1.5"] if row["compression"] != "sign" else []
        exact = run_json(capsys, "risk", *MODEL, "--quantizer", row["compression"], *needs)
        assert_close(row["bits_per_weight"], exact["compression"]["bits_per_weight"], FLOAT)
        for key in ("empirical_risk", "population_risk", "distortion"):
            assert_mean(Estimate(row[key], row[f"{key}_se"], row["trials"]), exact["compressed"][key])


GIVEN = {"step": "0.3", "levels": "3", "bits_per_weight": "1"}


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in QUANTIZERS])
def test_every_row_is_simulated_by_its_name(capsys: pytest.CaptureFixture[str], row: NamedQuantizer) -> None:
    needs = [f"--{row.needs.replace('_', '-')}", GIVEN[row.needs]] if row.needs else []
    run = ["simulate", *MODEL, "--quantizer", row.name, *needs, "--sampler", "sufficient", "--trials", "20"]
    found = run_json(capsys, *run)["rows"][0]
    assert found["compression"] == row.name
    for name in ("step", "levels"):
        assert found[name] == (float(GIVEN[name]) if row.needs == name else None)
    assert 0 < found["bits_per_weight"] < 3
    assert main(run) == 0
    of_index = f"Bits of {row.name}: an index of fixed length, without the codebook."
    assert (of_index in capsys.readouterr().out) == (row.fitted or row.feeds_forward)
    if needs:
        assert f"--quantizer {row.name} requires {needs[0]} " in refusal(
            capsys, "simulate", *MODEL, "--quantizer", row.name
        )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--quantizer", "sign"], "is above its estimation noise sigma^2 / (n - d - 1) = 0.0526. The change is exact for"),
        (
            ["--quantizer", "entropy-constrained", "--bits-per-weight", "1"],
            "0.0526. The change is exact for",
        ),
        (
            ["--quantizer", "dithered", "--bits-per-weight", "1"],
            "its estimation noise sigma^2 / (n - d - 1) = 0.0526.",
        ),
    ],
)
def test_the_reason_is_that_of_centroids_or_of_a_linear_channel(
    capsys: pytest.CaptureFixture[str], options: list[str], reason: str
) -> None:
    assert main(["risk", *MODEL[:4], "--signal-variance", "0.2", *options]) == 0
    text = capsys.readouterr().out
    assert f"Code    {options[1]}, " in text
    assert "raises the population risk by " in text
    assert reason in " ".join(text.split("\n\n")[-1].split())


def test_the_compressor_of_the_paper_is_simulated_with_every_penalty(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--quantizer", "gptq,hessian-kmeans,diameter-kmeans", "--levels", "2,4", "--diameter-penalty", "0.1,10"]
    rows = run_json(
        capsys, "simulate", *MODEL, *options, "--penalty", "linear,squared", "--sampler", "sufficient", "--trials", "60"
    )["rows"]
    named = [(row["compression"], row["levels"], row["diameter_penalty"], row["penalty"]) for row in rows]
    plain = [(name, levels, None, None) for name in ("gptq", "hessian-kmeans") for levels in (2, 4)]
    penalized = [
        ("diameter-kmeans", levels, beta, kind) for levels in (2, 4) for beta in (0.1, 10) for kind in ("linear", "squared")
    ]
    assert named == plain + penalized
    assert [row["bits_per_weight"] for row in rows] == pytest.approx([1, 2, 1, 2, 1, 1, 1, 1, 2, 2, 2, 2])
    distortion = {row: one["distortion"] for row, one in zip(named, rows, strict=True)}
    for levels in (2, 4):
        for kind in ("linear", "squared"):
            weak, strong = (distortion["diameter-kmeans", levels, beta, kind] for beta in (0.1, 10))
            assert weak < strong


def test_a_penalty_belongs_to_k_means_where_no_penalized_quantizer_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--quantizer", "kmeans", "--levels", "2", "--sampler", "weights", "--trials", "40"]
    free = run_json(capsys, "simulate", *MODEL, *options)["rows"][0]
    pulled = run_json(capsys, "simulate", *MODEL, *options, "--diameter-penalty", "3")["rows"][0]
    assert "diameter_penalty" not in free
    assert (pulled["diameter_penalty"], pulled["penalty"]) == (3, "squared")
    assert pulled["distortion"] > free["distortion"]
    own = run_json(capsys, "simulate", *MODEL, *options[:1], "diameter-kmeans", *options[2:4], "--trials", "20")["rows"][0]
    assert (own["diameter_penalty"], own["penalty"]) == (1, "squared")


def test_a_gaussian_channel_stands_beside_dither_where_a_codec_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--quantizer", "dithered", "--bits-per-weight", "1", *FAST[:2], "--trials", "40"]
    alone = run_json(capsys, "simulate", *MODEL, *options)["rows"]
    both = run_json(capsys, "simulate", *MODEL, *options, "--codec", "blind")["rows"]
    assert [row["compression"] for row in alone] == ["dithered"]
    assert [row["compression"] for row in both] == ["gaussian-blind", "dithered"]


BAD = [
    (["--quantizer", "lloyd-max"], "--quantizer lloyd-max requires --levels K."),
    (["--quantizer", "dithered"], "--quantizer dithered requires --bits-per-weight B."),
    (["--quantizer", "entropy-constrained", "--rate-nats", "3"], "requires --bits-per-weight B."),
    (["--quantizer", "sign", "--bits-per-weight", "1"], "use either --bits-per-weight or --quantizer, not both."),
    (
        ["--quantizer", "dithered", "--bits-per-weight", "1", "--codec", "blind"],
        "use either --codec or --quantizer, not both.",
    ),
    (["--quantizer", "sign", "--levels", "2"], "--levels requires --quantizer lloyd-max, gptq, "),
    (["--quantizer", "lloyd-max", "--levels", "2,4"], "--levels must be a number; got '2,4'."),
    (["--quantizer", "dithered", "--bits-per-weight", "31"], "--bits-per-weight must be at most 30"),
    (["--quantizer", "round"], "--quantizer must be uniform, lloyd-max, "),
    (["--bits-per-weight", "1", "--rate-nats", "3"], "use either --rate-nats or --bits-per-weight, not both."),
]


@pytest.mark.parametrize("verb", ["risk", "bounds", "check"])
@pytest.mark.parametrize(("options", "message"), BAD)
def test_what_one_compressor_cannot_be_is_refused(
    capsys: pytest.CaptureFixture[str], verb: str, options: list[str], message: str
) -> None:
    assert message in refusal(capsys, verb, *MODEL, *options)


SWEPT = [
    (["--quantizer", "gptq", "--levels", "2", "--sampler", "weights"], "Use the sufficient sampler."),
    (
        ["--quantizer", "sign", "--diameter-penalty", "1"],
        "--diameter-penalty requires --quantizer kmeans, hessian-kmeans or ",
    ),
    (["--quantizer", "kmeans", "--levels", "2", "--penalty", "linear"], "--penalty requires --diameter-penalty BETA or "),
    (["--quantizer", "kmeans", "--levels", "2", "--diameter-penalty", "-1"], "--diameter-penalty must be zero or positive"),
    (
        ["--quantizer", "diameter-kmeans", "--levels", "2", "--penalty", "cubic"],
        "--penalty must be squared or linear",
    ),
    (["--quantizer", "sign,sign"], "--quantizer must list no value twice"),
]


@pytest.mark.parametrize(("options", "message"), SWEPT)
def test_what_a_sweep_cannot_cross_is_refused(capsys: pytest.CaptureFixture[str], options: list[str], message: str) -> None:
    assert message in refusal(capsys, "simulate", *MODEL, *options)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> NamedQuantizer:
    """A new quantizer: its file is `tests/cli/equal_shares.py`, its row is this."""
    row = NamedQuantizer("equal-shares", "levels", design=equal_shares)
    monkeypatch.setattr(quantizers, "QUANTIZERS", [*QUANTIZERS, row])
    return row


@pytest.mark.monte_carlo
def test_one_file_and_one_row_make_a_quantizer_known_to_every_verb(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, toy: NamedQuantizer
) -> None:
    options = [*MODEL, "--quantizer", toy.name, "--levels", "5"]
    cells = equal_shares(source_for(EXACT), 5)
    risk = run_json(capsys, "risk", *options)
    assert_close(risk["compressed"]["population_risk"], float(scalar_quantizer_risks(EXACT, cells).population_risk), FLOAT)
    assert main(["risk", *options]) == 0
    assert "Code    equal-shares, " in capsys.readouterr().out
    assert run_json(capsys, "bounds", *options)["information_nats"] == pytest.approx(risk["compression"]["rate_nats"])

    row = run_json(capsys, "simulate", *options, *FAST, "--seed", str(seeds.number(4)))["rows"][0]
    assert (row["compression"], row["levels"]) == ("equal-shares", 5)
    found = Estimate(row["population_risk_change"], row["population_risk_change_se"], row["trials"])
    assert_mean(found, risk["population_risk_change"])

    weights = np.sin(np.arange(60.0) ** 2)
    np.save(tmp_path / "w.npy", weights)
    record = run_json(capsys, "quantize", str(tmp_path / "w.npy"), "--levels", "5", "--method", toy.name)
    assert record["centers"] == equal_shares(EmpiricalSource(weights), 5).levels.tolist()
    error = float(np.sum((weights - np.array(record["centers"])[record["assignments"]]) ** 2))
    assert record["lower_bound"] < record["objective"] == pytest.approx(error)

    assert main(["risk", "--help"]) == 0
    assert "equal-shares" in capsys.readouterr().out
