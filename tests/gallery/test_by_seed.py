"""A figure computed seed by seed: what is done is kept, taken up, and cleared away when all is done."""

import operator
from pathlib import Path
from typing import Any

import pytest

from linreg_compress.gallery.by_seed import by_seed, missing, unfinished


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_an_interrupted_run_keeps_what_is_done_and_the_next_one_takes_it_up(capfd: pytest.CaptureFixture[str]) -> None:
    work: Any = operator.getitem
    broken: Any = [5, 6]  # as the seed: there is no third entry
    with pytest.raises(IndexError):
        by_seed("figure", work, broken, 3, workers=1)
    folder = unfinished("figure", broken)
    assert sorted(path.name for path in folder.iterdir()) == ["0.json", "1.json"]
    (folder / "1.json").write_text("77", encoding="utf-8")
    (folder / "0.json").write_text("half", encoding="utf-8")  # is computed again
    assert by_seed("figure", work, broken, 2, workers=1) == [5, 77]
    assert "figure: 1 of 2 seeds were done before" in capfd.readouterr().err
    assert not folder.exists()


def test_pieces_done_elsewhere_are_found(capfd: pytest.CaptureFixture[str]) -> None:
    pieces = missing("figure", operator.add, 3, 3)
    for work, arguments in pieces[1:]:
        work(*arguments)
    ((work, arguments),) = missing("figure", operator.add, 3, 3)
    assert "figure: 2 of 3 seeds were done before" in capfd.readouterr().err
    work(*arguments)
    broken: Any = operator.getitem  # nothing is computed: an int has no items
    assert by_seed("figure", broken, 3, 3, workers=1) == [3, 4, 5]
    assert capfd.readouterr().err == ""


def test_another_seed_or_figure_finds_nothing() -> None:
    assert len({unfinished("figure", 0), unfinished("figure", 1), unfinished("other", 0)}) == 3


def test_without_a_cache_the_work_is_done_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert missing("figure", operator.add, 4, 2) == []  # nothing would be found
    assert by_seed("figure", operator.add, 4, 2, workers=1) == [4, 5]
