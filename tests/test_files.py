"""Files are written whole or not at all, and what cannot be written is refused before the work."""

from pathlib import Path

import pytest

from linreg_compress.errors import InvalidInputError
from linreg_compress.files import (
    Row,
    make_folder,
    read_rows,
    whole,
    writable,
    write_table,
    write_text,
    write_whole,
)


def test_texts_and_tables_come_back_as_they_were(tmp_path: Path) -> None:
    rows: list[Row] = [{"a": 0.1 + 0.2, "b": "x"}, {"a": 1e-300, "c": 7}]
    path = write_table(tmp_path / "new" / "table.csv", rows)
    assert path.read_text() == "a,b,c\n0.30000000000000004,x,\n1e-300,,7\n"
    assert read_rows(path) == rows
    assert list(path.parent.iterdir()) == [write_text(path, "again\n")]
    assert path.read_text() == "again\n"


def write_half(paths: list[Path], error: Exception) -> None:
    with whole(paths, "save") as unfinished:
        assert [place.parent.parent for place in unfinished] == [path.parent for path in paths]
        unfinished[0].write_text("half")
        raise error


def test_files_that_belong_together_are_written_all_or_none(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "there" / "two"
    two.parent.mkdir()
    one.write_text("old")
    with pytest.raises(
        InvalidInputError, match=r"^save must have room .*two: No space left on device. No half-written file was left"
    ):
        write_half([one, two], OSError(28, "No space left on device"))
    assert one.read_text() == "old"
    assert sorted(tmp_path.rglob("*")) == [one, two.parent]
    write_whole({one: b"new", two: b"too"})
    assert (one.read_bytes(), two.read_bytes()) == (b"new", b"too")
    assert sorted(tmp_path.rglob("*")) == [one, two.parent, two]


def test_an_error_that_is_not_the_disks_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the pen broke"):
        write_half([tmp_path / "file"], RuntimeError("the pen broke"))
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_written_through(tmp_path: Path) -> None:
    target, link = tmp_path / "there" / "data.csv", tmp_path / "link.csv"
    target.parent.mkdir()
    target.write_text("old")
    link.symlink_to(target)
    write_text(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "must be a file; got .*It is a folder: name a file."),
        ("/dev/null", "must be a file; got /dev/null. It is a device: name a file."),
        ("file/below", "must be a file that can be written; got .*below. "),
        ("/proc/none/here", "must be a file that can be written; got /proc/none/here. "),
        ("x" * 300, "must be a file that can be written; got .*File name too long"),
    ],
)
def test_what_cannot_be_written_is_refused_by_the_options_name(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(InvalidInputError, match="^plot " + message):
        writable(tmp_path / name, "plot")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_folder_is_made_and_what_is_none_is_refused(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    assert writable(tmp_path / "c" / "d.txt") == tmp_path / "c" / "d.txt"
    assert (tmp_path / "a" / "b").is_dir()
    assert (tmp_path / "c").is_dir()
    (tmp_path / "file").write_text("kept")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InvalidInputError, match=r"^all must be a folder that can be made; got .*file"):
            make_folder(folder, "all")
