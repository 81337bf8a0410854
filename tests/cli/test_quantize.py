"""The verb ``quantize``, and ``risk`` with a quantizer."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_compress.cli.main import main
from tests.tolerances import FLOAT

WEIGHTS = np.random.default_rng(5).standard_normal(60)
IMPORTANCE = np.random.default_rng(6).gamma(0.5, size=60)


@pytest.fixture
def vector(tmp_path: Path) -> Path:
    path = tmp_path / "weights.npy"
    np.save(path, WEIGHTS)
    return path


@pytest.fixture
def importance(tmp_path: Path) -> Path:
    path = tmp_path / "importance.txt"
    path.write_text("\n".join(map(repr, IMPORTANCE.tolist())) + "\n\n")
    return path


def run_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert main([*map(str, arguments), "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def error_of(record: Any, importance: np.ndarray[Any, Any]) -> float:
    centers, assignments = np.array(record["centers"]), np.array(record["assignments"])
    return float(importance @ (WEIGHTS - centers[assignments]) ** 2)


@pytest.mark.parametrize("method", ["uniform", "lloyd-max", "kmeans", "hessian-kmeans"])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_record_is_what_it_says(
    capsys: pytest.CaptureFixture[str], vector: Path, importance: Path, method: str, weighted: bool
) -> None:
    extra = ["--importance", importance] if weighted else []
    record = run_json(capsys, "quantize", vector, "--method", method, "--levels", 5, *extra)
    masses = IMPORTANCE if weighted else np.ones(60)
    assert record["objective"] == pytest.approx(error_of(record, masses), rel=FLOAT)
    assert record["lower_bound"] <= record["objective"]
    assert len(record["centers"]) == 5
    counts = np.bincount(record["assignments"], minlength=5) / 60
    entropy = -sum(p * math.log2(p) for p in counts if p)
    assert record["entropy_bits_per_weight"] == pytest.approx(entropy, rel=FLOAT)
    assert entropy <= record["huffman_bits_per_weight"] <= entropy + 1


def test_no_method_beats_k_means(capsys: pytest.CaptureFixture[str], vector: Path) -> None:
    best = run_json(capsys, "quantize", vector, "--method", "kmeans", "--levels", 4)
    uniform = run_json(capsys, "quantize", vector, "--method", "uniform", "--levels", 4)
    assert best["objective"] < uniform["objective"]
    assert best["gap"] < 1e-6
    assert uniform["lower_bound"] <= best["objective"]


@pytest.mark.parametrize("penalty", ["squared", "linear"])
def test_the_diameter_penalty_is_part_of_the_objective(
    capsys: pytest.CaptureFixture[str], vector: Path, penalty: str
) -> None:
    extra = ["--diameter-penalty", 3, "--penalty", penalty]
    record = run_json(capsys, "quantize", vector, "--method", "hessian-kmeans", "--levels", 4, *extra)
    diameter = max(record["centers"]) - min(record["centers"])
    cost = error_of(record, np.ones(60)) + 3 * (diameter**2 if penalty == "squared" else diameter)
    assert record["objective"] == pytest.approx(cost, rel=1e-10)
    assert record["gap"] < 1e-6


def test_fewer_distinct_weights_than_levels_are_said_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "w.txt"
    path.write_text("1\n1\n2\n")
    assert main(["quantize", str(path), "--levels", "5", "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["centers"] == [1.0, 2.0]
    assert "2 distinct weights" in captured.err


def test_a_code_of_one_level_says_why_huffman_spends_a_bit(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "w.txt"
    for content, levels in (("1\n1\n", "3"), ("1\n2\n4\n", "1")):
        path.write_text(content)
        assert main(["quantize", str(path), "--levels", levels]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert f"kmeans: {content.count(chr(10))} weights, 1 level " in text
        huffman = "1 bit a weight in a Huffman code (which spends a bit even on the only level)"
        assert f"Indices: 0 bits a weight at fixed length, {huffman}, 0 bits a weight by entropy." in text
    path.write_text("7\n8\n")
    assert main(["quantize", str(path), "--levels", "2"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Indices: 1 bit a weight at fixed length, 1 bit a weight in a Huffman code, 1 bit a weight by entropy." in text
    path.write_text("7\n")
    assert main(["quantize", str(path), "--levels", "1"]) == 0
    assert "kmeans: 1 weight, 1 level\n" in capsys.readouterr().out


def test_text_names_the_certificate(capsys: pytest.CaptureFixture[str], vector: Path) -> None:
    assert main(["quantize", str(vector), "--levels", "3"]) == 0
    assert "no codebook does better than" in capsys.readouterr().out


BAD_FILES = {
    "words.txt": (b"1.0\nabc\n", "words.txt line 2 must hold one number; got 'abc'"),
    "row.txt": (b"1,2\n", "row.txt line 1 must hold one number; got '1,2'"),
    "nan.txt": (b"1\nnan\n", "nan.txt line 2 must be finite; got nan"),
    "empty.txt": (b"\n", "empty.txt must hold at least one number"),
    "bytes.txt": (b"\xff\xfe\x00", "bytes.txt must be text or .npy"),
    "broken.npy": (b"not numpy", "broken.npy must be a readable file"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_unreadable_files(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    content, message = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    assert main(["quantize", str(tmp_path / name), "--levels", "2"]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1


def test_a_matrix_is_not_a_vector(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", np.ones((2, 2)))
    assert main(["quantize", str(tmp_path / "m.npy"), "--levels", "2"]) == 2
    assert "must hold one vector of real numbers; got shape (2, 2)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--levels", "0"], "--levels must be a whole number of at least 1; got 0"),
        (["--levels", "2.5"], "--levels must be a whole number of at least 1; got 2.5"),
        (["--levels", "2", "--diameter-penalty", "-1"], "--diameter-penalty must be zero or positive; got -1.0"),
        (["--levels", "2", "--penalty", "linear"], "--penalty requires --diameter-penalty BETA."),
        (
            ["--levels", "2", "--method", "uniform", "--diameter-penalty", "1"],
            "--diameter-penalty requires --method kmeans, hessian-kmeans or diameter-kmeans.",
        ),
        (["--levels", "2", "--importance", "no-such-file"], "no-such-file must be a readable file"),
    ],
)
def test_bad_options(capsys: pytest.CaptureFixture[str], vector: Path, extra: list[str], message: str) -> None:
    assert main(["quantize", str(vector), *extra]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0] * 59, "--importance must hold one number a weight, 60 in all"),
        ([-1.0] * 60, "--importance must be zero or positive"),
        ([0.0] * 60, "--importance must not be zero everywhere"),
    ],
)
def test_bad_importances(
    capsys: pytest.CaptureFixture[str], vector: Path, tmp_path: Path, values: list[float], message: str
) -> None:
    path = tmp_path / "h.txt"
    path.write_text("\n".join(map(str, values)))
    assert main(["quantize", str(vector), "--levels", "2", "--importance", str(path)]) == 2
    assert message in capsys.readouterr().err


def test_risk_of_a_quantizer(capsys: pytest.CaptureFixture[str]) -> None:
    common = ["risk", "--samples", "80", "--features", "50", "--signal-variance", "0.01", "--quantizer"]
    fine = run_json(capsys, *common, "uniform", "--step", "0.001")
    assert fine["compressed"]["population_risk"] == pytest.approx(fine["erm"]["population_risk"], rel=1e-5)
    lloyd = run_json(capsys, *common, "lloyd-max", "--levels", "2")
    assert lloyd["compression"]["bits_per_weight"] == pytest.approx(1.0, abs=1e-9)
    assert lloyd["compression_helps"] is True
    single = run_json(capsys, *common, "lloyd-max", "--levels", "1")
    assert single["compression"]["rate_nats"] == 0
    assert single["compressed"]["population_risk"] == pytest.approx(1 + 50 * 0.01, rel=1e-9)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--quantizer", "uniform"], "--quantizer uniform requires --step H."),
        (["--quantizer", "lloyd-max"], "--quantizer lloyd-max requires --levels K."),
        (["--quantizer", "uniform", "--step", "0"], "--step must be positive; got 0.0"),
        (["--quantizer", "lloyd-max", "--step", "1"], "--step requires --quantizer uniform."),
        (["--quantizer", "uniform", "--step", "1", "--levels", "2"], "--levels requires --quantizer lloyd-max, gptq, "),
        (["--quantizer", "lloyd-max", "--levels", "0"], "--levels must be a whole number of at least 1; got 0"),
        (["--step", "1"], "--step requires --quantizer uniform."),
        (["--quantizer", "uniform", "--step", "1", "--rate-nats", "1"], "use either --rate-nats or --quantizer, not both."),
    ],
)
def test_bad_quantizer_options(capsys: pytest.CaptureFixture[str], extra: list[str], message: str) -> None:
    assert main(["risk", "--samples", "80", "--features", "50", *extra]) == 2
    assert message in capsys.readouterr().err


def test_a_quantizer_needs_weights_of_finite_variance(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["risk", "--samples", "51", "--features", "50", "--quantizer", "uniform", "--step", "1"]) == 2
    assert (
        "--quantizer uniform needs weights of finite variance, samples >= features + 2; got 51 samples"
        in capsys.readouterr().err
    )
