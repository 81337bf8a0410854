"""Several figures at once are the same files as one after the other, and come in their order."""

import os
from pathlib import Path

import pytest

from linreg_compress.errors import InvalidInputError
from linreg_compress.files import write_text
from linreg_compress.gallery.figure_files import KINDS
from linreg_compress.gallery.many import check_figures, write_figures
from linreg_compress.gallery.registry import FIGURES, find_figures

CHEAP = ["phase", "individual-sample"]


@pytest.mark.slow
def test_processes_write_the_same_bytes_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1}, raising=False)
    together = list(write_figures(find_figures(CHEAP), tmp_path / "together", quick=True))
    assert [written.name for written in together] == CHEAP
    assert [written.unsupported for written in together] == [[], []]

    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
    monkeypatch.setattr("linreg_compress.gallery.jobs.opened", None)  # one core needs no process
    (written,) = write_figures(find_figures(CHEAP[:1]), tmp_path / "alone", quick=True)
    assert written.paths == [tmp_path / "alone" / f"phase.{kind}" for kind in KINDS]
    for path in written.paths:
        assert path.read_bytes() == (tmp_path / "together" / path.name).read_bytes()

    record = written.paths[-1]
    write_text(record, record.read_text().replace('"features": 50', '"features": 51'))
    ((name, problems),) = check_figures(find_figures(CHEAP[:1]), tmp_path / "alone")
    assert name == "phase"
    assert len(problems) == 1


def test_an_error_in_a_process_is_ours_again(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="must hold the figure's csv"):
        list(check_figures(find_figures(CHEAP), tmp_path))


def test_unknown_names_are_refused_with_their_neighbours() -> None:
    with pytest.raises(InvalidInputError, match="Did you mean tradeoff"):
        find_figures(["trade-off"])
    with pytest.raises(InvalidInputError, match=r"got .xyz.\. There are headline, "):
        find_figures(["xyz"])
    assert find_figures([]) == list(FIGURES.values())
