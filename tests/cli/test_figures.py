"""``figures`` as a person would use it: own numbers, folders of their own, and the paper by its name."""

import json
from pathlib import Path

import pytest

from linreg_compress.cli.figures import _setting
from linreg_compress.cli.main import build_parser, main
from linreg_compress.gallery import many
from linreg_compress.gallery.figure import Figure
from linreg_compress.gallery.paper import figures_of_the_paper
from linreg_compress.gallery.setting import Setting

CHEAP = "noise-or-shrinkage"
OWN = ["--samples", "14", "--features", "4", "--noise-variance", "3"]


def test_own_numbers_go_to_a_folder_of_their_own_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["figures", CHEAP, *OWN, "--quick"]) == 0
    assert "  figures-n14-d4-s3-quick/noise-or-shrinkage.svg" in capsys.readouterr().out
    record = json.loads((tmp_path / "figures-n14-d4-s3-quick" / f"{CHEAP}.json").read_text())
    assert (record["parameters"]["features"], record["parameters"]["noise_variance"]) == (4, 3.0)
    assert record["command"] == f"linreg-compress figures {CHEAP} {' '.join(OWN)} --quick"
    assert main(["figures", CHEAP, *OWN, "--quick", "--check"]) == 0
    assert capsys.readouterr().out == f"{CHEAP}: agrees\n"
    assert main(["figures", CHEAP, *OWN[:2], "--features", "5", "--out", "figures-n14-d4-s3-quick", "--check"]) == 1


def test_what_is_not_given_is_the_gallery_s() -> None:
    options = build_parser().parse_args(["figures", CHEAP, "--noise-variance", "2"])
    assert _setting(options) == Setting(80, 50, 2.0)
    assert _setting(build_parser().parse_args(["figures", CHEAP])) is None


def test_a_claim_that_fails_at_own_numbers_is_told_and_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def written(*arguments: object, **options: object) -> list[many.Written]:
        return [many.Written(CHEAP, [tmp_path / "noise.svg"], ["the noise raises it"])]

    monkeypatch.setattr(many, "write_figures", written)
    assert main(["figures", CHEAP, *OWN, "--out", str(tmp_path)]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "claim not supported by the data at these numbers: the noise raises it" in said
    assert main(["figures", CHEAP, "--out", str(tmp_path)]) == 1


def test_paper_is_the_name_of_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def written(figures: list[Figure], *arguments: object, **options: object) -> list[many.Written]:
        asked.extend(figure.name for figure in figures)
        return []

    monkeypatch.setattr(many, "write_figures", written)
    assert main(["figures", "paper", "--out", str(tmp_path)]) == 0
    assert asked == figures_of_the_paper()
    assert (tmp_path / "paper.md").is_file()
    assert str(tmp_path / "paper.md") in capsys.readouterr().out


BAD = [
    (["double-descent", *OWN], "must be a figure of one model; got double-descent, of several. Those are headline,"),
    (["phase", *OWN], "got phase, of several. For your model, from Python: linreg_compress.plot_phase(samples, features)."),
    (["bounds", *OWN], "got bounds, of several. For your model: linreg-compress bounds."),
    (OWN, "NAME is needed beside --samples, --features or --noise-variance"),
    ([CHEAP, "--samples", "5"], "--samples must be at least features + 2 = 52; got 5"),
    ([CHEAP, "--samples", "many"], "--samples must be a number; got 'many'"),
    ([CHEAP, "--noise-variance", "-1"], "--noise-variance must be positive; got -1.0"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_one_message(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", *arguments]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert len(captured.err.splitlines()) <= 3
    assert captured.out == ""


def test_a_full_record_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    committed = Path(__file__).parents[2] / "figures" / f"{CHEAP}.json"
    kept = tmp_path / committed.name
    kept.write_bytes(committed.read_bytes())
    assert main(["figures", CHEAP, "--quick", "--out", str(tmp_path)]) == 2
    assert "Leave --out away to write to figures-quick." in capsys.readouterr().err
    assert kept.read_bytes() == committed.read_bytes()
