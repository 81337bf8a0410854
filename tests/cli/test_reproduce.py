"""``reproduce``: a line for each figure while it works, and one summary."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from linreg_compress.agreement import Check, Report
from linreg_compress.cli.main import main
from linreg_compress.cli.reproduce import EARLY, jobs
from linreg_compress.gallery.figure_files import KINDS
from linreg_compress.gallery.many import Written
from linreg_compress.gallery.registry import FIGURES

COMMITTED = Path(__file__).parents[2] / "figures"
CHECKED = Report(5_000, 1e-6, (Check("a check", 1.0, 1.0, 0.1, 0.0, 1.0, True),))


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Replace what takes time; the namespace says which clauses fail and holds the folders that were written to."""
    said = SimpleNamespace(unsupported={}, folders=set(), report=CHECKED)

    def drawn(name: str, folder: Path, *_: Any) -> Written:
        said.folders.add(str(folder))
        return Written(name, [folder / f"{name}.svg"], said.unsupported.get(name, []))

    monkeypatch.setattr("linreg_compress.gallery.jobs.cores", lambda: 1)  # in this process
    monkeypatch.setattr("linreg_compress.gallery.many.write_one", drawn)
    monkeypatch.setattr("linreg_compress.gallery.network.missing", lambda *_: [])
    for module, name in (("page", "page"), ("paper", "paper"), ("comparison", "comparison"), ("bounds_table", "bounds")):
        monkeypatch.setattr(f"linreg_compress.gallery.{module}.write_{name}", lambda folder, **_: folder / "file")
    monkeypatch.setattr("linreg_compress.agreement.check_agreement", lambda *_, **__: said.report)
    monkeypatch.setattr("linreg_compress.derivations.registry.find_derivations", lambda _: [])
    return said


def test_the_jobs_make_every_committed_file(no_work: SimpleNamespace, tmp_path: Path) -> None:
    """Every figure and every stage is a job, and of those begun first each is one."""
    todo = jobs(tmp_path, quick=True)
    assert set(FIGURES) < set(todo)
    assert set(EARLY) < set(todo)
    made = {f"{name}.{kind}" for name in FIGURES for kind in KINDS} | {"README.md", "paper.md", "lesson.png"}
    made |= {"comparison.csv", "bounds-table.csv", "check.txt", "check.json", "derivations.md"}
    assert {path.name for path in COMMITTED.iterdir()} == made
    assert len(todo) == len(FIGURES) + len(("bounds table", "checks", "derivations"))


def test_there_is_a_line_a_figure_and_one_summary(
    no_work: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["reproduce", "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80 + len(str(tmp_path))
    drawn = [line.split() for line in lines[: len(FIGURES)]]
    assert [words[0] for words in drawn] == [f"{k}/{len(FIGURES)}" for k in range(1, len(FIGURES) + 1)]
    assert {words[1] for words in drawn} == set(FIGURES)
    assert {words[1]: words[2:] for words in drawn}["headline"] == [f"{len(FIGURES['headline'].checks)}", "claims", "hold"]
    assert [line.split()[0] for line in lines[len(FIGURES) + 1 :] if line[0] != " "] == [
        "figures", "checks", "derivations", "files",
    ]  # fmt: skip
    assert lines[len(FIGURES) + 1] == "figures      The data support every claim."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["check.json", "check.txt", "derivations.md"]


def test_a_claim_without_support_is_named_and_the_status_is_1(
    no_work: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    no_work.unsupported["tradeoff"] = ["the bound falls with every bit that is taken away from a weight, at any signal"]
    assert main(["reproduce", "--out", str(tmp_path)]) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "tradeoff claim NOT supported by the data the bound falls with every bit" in text
    assert "figures The data do not support a claim of tradeoff." in text


def test_a_failed_check_is_status_1(no_work: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    no_work.report = Report(5_000, 1e-6, (Check("a check", 1.0, 9.0, 0.1, 80.0, 0.0, False),))
    assert main(["reproduce", "--out", str(tmp_path)]) == 1
    assert "checks       1 of 1 checks FAILED" in capsys.readouterr().out


def test_quick_data_have_a_folder_of_their_own(
    no_work: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["reproduce", "--quick"]) == 0
    assert no_work.folders == {"figures-quick"}
    assert "in figures-quick/ after" in capsys.readouterr().out
    assert main(["reproduce", "--quick", "--out", str(COMMITTED)]) == 2
    assert "must be a folder without a full record" in capsys.readouterr().err
