"""The verb ``advise``."""

import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_compress.cli.main import main

X = np.random.default_rng(11).standard_normal((90, 12)) * np.linspace(1, 5, 12) + np.arange(12)
WEAK = X @ np.full(12, 0.002) + np.random.default_rng(14).standard_normal(90) + 3
STRONG = X @ (np.random.default_rng(13).standard_normal(12) / X.std(axis=0)) + np.random.default_rng(12).standard_normal(90)
QUICK = ["--repeats", "1", "--bits", "1,2,3,4", "--quantizers", "lloyd-max,kmeans,gptq"]


def write(path: Path, targets: Any) -> Path:
    header = ",".join([*(f"x{k}" for k in range(12)), "y"])
    np.savetxt(path, np.column_stack([X, targets]), delimiter=",", header=header, comments="", fmt="%.17g")
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write(tmp_path / "data.csv", STRONG)


def run_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert main(["advise", *map(str, arguments), "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["advise", *map(str, arguments)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    return captured.err


@pytest.mark.parametrize(("targets", "verdict", "helps"), [(WEAK, "lowers", True), (STRONG, "raises", False)])
def test_the_record(capsys: pytest.CaptureFixture[str], tmp_path: Path, targets: Any, verdict: str, helps: bool) -> None:
    record = run_json(capsys, write(tmp_path / "d.csv", targets), "--target", "y", *QUICK)
    assert (record["verdict"], record["compression_helps"]) == (verdict, helps)
    assert len(record["curve"]) == 12
    for point in record["curve"]:
        low, high = point["measured_interval"]
        assert low <= point["measured_change"] <= high
        assert point["predicted_change"] >= -1
    assert record["noise_variance"] == pytest.approx(1.0, abs=5 * np.sqrt(2 / 77))
    assert (record["columns"], record["rows"], record["repeated_rows"]) == (12, 90, 0)
    assert len(record["assumptions"]) == 7
    assert record["recommended_bits_per_weight"] in ({1} if helps else {None, 3, 4})


def test_an_open_verdict_is_null(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    np.savetxt(path, np.column_stack([X, STRONG])[:30], delimiter=",", header=",".join([*"abcdefghijkl", "y"]), comments="")
    record = run_json(capsys, path, "--target", "y", *QUICK)
    assert (record["verdict"], record["compression_helps"]) == ("open", None)


def test_the_same_seed_gives_the_same_answer(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    one, two, other = (
        run_json(capsys, table, "--target", "y", *QUICK, "--seed", seed, "--workers", workers)
        for seed, workers in ((3, 1), (3, 2), (4, 1))
    )
    assert one == two
    assert one["curve"][0]["measured_change"] != other["curve"][0]["measured_change"]
    assert one["noise_variance"] == other["noise_variance"]


def test_the_text_says_what_to_do_in_lines_that_fit(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    assert main(["advise", str(table), "--target", "y", *QUICK, "--tolerance", "1"]) == 0
    text = capsys.readouterr().out
    assert "Compression RAISES the error on new rows" in text
    command = text[text.index("  linreg-compress advise") : text.index("Error on new rows")]
    assert shlex.split(command.replace("\\\n", "")) == [
        "linreg-compress", "advise", str(table), "--target", "y", "--tolerance", "1",
        "--quantizers", "lloyd-max,kmeans,gptq",
        "--bits", "1,2,3,4", "--repeats", "1", "--save", "weights.npz",
    ]  # fmt: skip
    assert [line for line in text.splitlines() if len(line) > 80 and str(table) not in line] == []
    assert command.count("\\\n    ") == command.count("\n") - 1 > 0  # a shell reads it as one line
    assert len(text.splitlines()) <= 30


def test_groups_may_be_text_and_are_no_column(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    firms = [f"firm {k // 3}" for k in range(90)]
    rows = [
        ",".join([firm, *map(repr, row)]) for firm, row in zip(firms, np.column_stack([X, STRONG]).tolist(), strict=True)
    ]
    path.write_text("\n".join([",".join(["firm", *(f"x{k}" for k in range(12)), "y"]), *rows]))
    record = run_json(capsys, path, "--target", "y", "--groups", "firm", *QUICK)
    assert (record["groups"], record["columns"]) == (30, 12)
    assert "30 groups of 'firm' are never split" in record["assumptions"][0]["effect"]
    assert main(["advise", str(path), "--target", "y", "--groups", "firm", *QUICK, "--tolerance", "1"]) == 0
    assert "--groups firm" in capsys.readouterr().out
    assert "has no column 'form'. Did you mean 'firm'?" in refused(capsys, path, "--target", "y", "--groups", "form")
    assert "must be another column than the target" in refused(capsys, path, "--target", "y", "--groups", "y")
    assert "line 2, column 'firm' must be a number; got 'firm 0'" in refused(capsys, path, "--target", "y")


@pytest.mark.parametrize("flags", [[], ["--no-standardize"], ["--no-intercept"]])
def test_saved_weights_predict_new_rows(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, table: Path, flags: list[str]
) -> None:
    path = tmp_path / "w.npz"
    record = run_json(capsys, table, "--target", "y", *QUICK, "--save", path, "--tolerance", "1", *flags)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data.csv", "w.h", "w.npz"]
    with np.load(path, allow_pickle=False) as saved:
        assert saved["columns"].tolist() == [f"x{k}" for k in range(12)]
        assert str(saved["target"]) == "y"
        two = saved["intercept"] + X @ saved["slopes"]
        plain = saved["unquantized_intercept"] + X @ saved["unquantized_slopes"]
        assert int(saved["bits_per_weight"]) == record["recommended_bits_per_weight"]
        assert str(saved["quantizer"]) == record["recommended"]["quantizer"]
        assert len(saved["codebook"]) <= 2 ** int(saved["bits_per_weight"])
    columns = X if "--no-intercept" in flags else np.column_stack([X, np.ones(90)])
    best = columns @ np.linalg.lstsq(columns, STRONG, rcond=None)[0]
    np.testing.assert_allclose(plain, best, rtol=1e-8)
    assert np.sum((STRONG - two) ** 2) > np.sum((STRONG - plain) ** 2)


def test_a_header_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path, table: Path) -> None:
    assert main(["advise", str(table), "--target", "y", *QUICK, "--save", str(tmp_path / "model.h")]) == 0
    out = capsys.readouterr().out
    assert f"Written: {tmp_path / 'model.h'} (the weights at " in out
    assert "--save" not in out
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data.csv", "model.h"]
    assert "static inline float weights_predict" in (tmp_path / "model.h").read_text()


def test_folders_are_made_as_simulate_makes_them(capsys: pytest.CaptureFixture[str], tmp_path: Path, table: Path) -> None:
    plot, saved = tmp_path / "no" / "such" / "p.png", tmp_path / "nor" / "this" / "w.npz"
    run_json(capsys, table, "--target", "y", *QUICK, "--plot", plot, "--save", saved)
    assert [path.exists() for path in (plot, saved, saved.with_suffix(".h"))] == [True] * 3
    error = refused(capsys, table, "--target", "y", *QUICK, "--save", table / "below" / "w.npz")
    assert "--save must be a file that can be written" in error


def test_plots_are_the_same_bytes_every_time(tmp_path: Path) -> None:
    from linreg_compress.advice.answer import advise
    from linreg_compress.gallery.advice_curve import save_curve

    data = {**advise(X, WEAK, bits=[1, 2, 3], repeats=1).record(), "source": "data.csv"}
    for suffix, start in ((".svg", b"<?xm"), (".png", b"\x89PNG"), (".pdf", b"%PDF")):
        first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
        for path in (first, second):
            save_curve(data, path)
        assert first.read_bytes() == second.read_bytes()
        assert first.read_bytes()[:4] == start


def test_a_plot_on_request(capsys: pytest.CaptureFixture[str], tmp_path: Path, table: Path) -> None:
    run_json(capsys, table, "--target", "y", *QUICK, "--plot", tmp_path / "curve.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curve.png", "data.csv"]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--tolerance", "0"], "--tolerance must be positive; got 0"),
        (["--tolerance", "x"], "--tolerance must be a number; got 'x'"),
        (["--bits", "1,0"], "--bits must be a whole number of at least 1; got 0"),
        (["--bits", "40"], "--bits must be whole numbers from 1 to 12; got 40"),
        (
            ["--quantizers", "kmean"],
            "--quantizers must be uniform, lloyd-max, gptq, kmeans, hessian-kmeans or diameter-kmeans",
        ),
        (["--quantizers", "uniform,kmeans,uniform"], "--quantizers must list no value twice; got uniform,kmeans,uniform"),
        (["--bits", "1,1"], "--bits must list no value twice; got 1,1"),
        (["--tolerance", "5"], "--tolerance must be a share of at most 1; got 5.0. Write 5 % as 0.05."),
        (["--repeats", "0"], "--repeats must be a whole number of at least 1; got 0"),
        (["--seed", "-1"], "--seed must be a whole number of at least 0; got -1"),
        (["--plot", "x.jpg"], "--plot must end in .svg or .png or .pdf; got 'x.jpg'"),
        (["--save", "x.csv"], "--save must end in .npz or .h; got 'x.csv'"),
    ],
)
def test_bad_options(capsys: pytest.CaptureFixture[str], table: Path, extra: list[str], message: str) -> None:
    assert message in refused(capsys, table, "--target", "y", *extra)


BAD_TABLES = {
    "constant": ([*X.T, np.full(90, 2.0)], "data.csv: column 'x12' is constant"),
    "duplicate": ([*X.T, X[:, 3]], "data.csv: columns 'x3' and 'x12' carry the same numbers"),
    "target": ([*X.T, 1 - STRONG], "data.csv: column 'x12' is the target 'y' itself"),
    "short": ([column[:10] for column in X.T], "data.csv: 10 rows are too few for 12 columns"),
    "text": (None, "line 2, column 'x1' must be a number; got 'red'"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_bad_tables_leave_nothing_behind(capsys: pytest.CaptureFixture[str], tmp_path: Path, case: str) -> None:
    columns, message = BAD_TABLES[case]
    path, plot, save = (tmp_path / name for name in ("data.csv", "p.png", "w.npz"))
    if columns is None:
        path.write_text("x0,x1,y\n1,red,2\n")
    else:
        rows = np.column_stack([*columns, STRONG[: len(columns[0])]])
        header = ",".join([*(f"x{k}" for k in range(len(columns))), "y"])
        np.savetxt(path, rows, delimiter=",", header=header, comments="", fmt="%.17g")
    error = refused(capsys, path, "--target", "y", "--plot", plot, "--save", save)
    assert message in error
    assert [entry.name for entry in tmp_path.iterdir()] == ["data.csv"]


def test_outputs_are_checked_before_the_table_is_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "--plot must end in" in refused(capsys, tmp_path / "none.csv", "--target", "y", "--plot", tmp_path / "x.gif")
    (tmp_path / "folder.npz").mkdir()
    assert "must be a file" in refused(capsys, tmp_path / "none.csv", "--target", "y", "--save", tmp_path / "folder.npz")
    (tmp_path / "t.svg").write_text("a,y\n1,2\n")
    assert "must not be the table itself" in refused(
        capsys, tmp_path / "t.svg", "--target", "y", "--plot", tmp_path / "t.svg"
    )


def test_all_files_or_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("linreg_compress.cli.weights_files.save_weights", broken)
    error = refused(capsys, table, "--target", "y", *QUICK, "--plot", tmp_path / "p.png", "--save", tmp_path / "w.npz")
    assert "No space left on device" in error
    assert [entry.name for entry in tmp_path.iterdir()] == ["data.csv"]


def test_missing_usage(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    assert "--target" in refused(capsys, table)
