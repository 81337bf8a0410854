"""Reading a person's table: what is accepted, and the message for what is not."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from linreg_compress.cli import table as module
from linreg_compress.cli.table import read_table
from linreg_compress.errors import LinregCompressError

ACCEPTED = {
    "plain": b"a,b,y\n1,2,3\n4,5,6\n",
    "quoted": b'"a","b",y\r\n"1",2,"3"\r\n4,5,6\r\n',
    "byte order mark": b"\xef\xbb\xbfa,b,y\n1,2,3\n4,5,6\n",
    "blank lines and spaces": b"\n a , b ,y\n\n 1, 2 ,3\n   \n4,5,6\n\n",
    "target first": b"y,a,b\n3,1,2\n6,4,5\n",
    "no last line end": b"a,b,y\n1,2,3\n4e0,5.0,+6",
    "gzip": gzip.compress(b"a,b,y\n1,2,3\n4,5,6\n"),
}


@pytest.mark.parametrize("case", ACCEPTED)
@pytest.mark.parametrize("slow", [False, True])
def test_accepted(tmp_path: Path, case: str, slow: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if slow:
        monkeypatch.setattr(module, "_fast", lambda *_: None)
    (tmp_path / "t.csv").write_bytes(ACCEPTED[case])
    table = read_table(tmp_path / "t.csv", "y")
    assert table.names == ("a", "b")
    assert table.target_name == "y"
    np.testing.assert_array_equal(table.features, [[1, 2], [4, 5]])
    np.testing.assert_array_equal(table.targets, [3, 6])


def test_names_may_hold_commas_and_quotes(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('"a, m","b ""x""",y\n1,2,3\n')
    assert read_table(tmp_path / "t.csv", "y").names == ("a, m", 'b "x"')


def test_numbers_keep_every_digit(tmp_path: Path) -> None:
    values = np.random.default_rng(0).standard_normal((50, 3)) * 10.0 ** np.arange(-9, 18, 9)
    (tmp_path / "t.csv").write_text("a,b,y\n" + "\n".join(",".join(map(repr, row)) for row in values.tolist()))
    table = read_table(tmp_path / "t.csv", "y")
    np.testing.assert_array_equal(np.column_stack([table.features, table.targets]), values)


REFUSED = {
    "missing": (b"a,y\n1,2\n\n,4\n", "t.csv line 4, column 'a' is missing, ''. Fill it in or drop the row."),
    "NA": (b"a,y\n1,2\n3,NA\n", "t.csv line 3, column 'y' is missing, 'NA'."),
    "nan": (b"a,y\n1,2\n3,nan\n", "t.csv line 3, column 'y' is missing, 'nan'."),
    "text": (b"a,sex,y\n1,M,2\n", "t.csv line 2, column 'sex' must be a number; got 'M'. Drop the column, or code it as"),
    "decimal comma": (b'a,y\n"1,5",2\n', "line 2, column 'a' must be a number; got '1,5'. Write decimals with a point."),
    "underscore": (b"a,y\n1_000,2\n", "line 2, column 'a' must be a number; got '1_000'."),
    "infinite": (b"a,y\n1,2\n-inf,2\n", "line 3, column 'a' must be finite; got '-inf'."),
    "huge": (b"a,y\n1,2\n3,1e300\n", "line 3, column 'y' must be at most 1e+50 in size; got 1e300. Change the unit"),
    "overflow": (b"a,y\n1,2\n\n1e400,2\n", "line 4, column 'a' must be at most 1e+50 in size; got 1e400."),
    "short row": (b"a,b,y\n1,2,3\n1,2\n", "t.csv line 3 has 2 cells, the header 3. Add or remove commas"),
    "long row": (b"a,y\n1,2\n1,2,3\n", "t.csv line 3 has 3 cells, the header 2."),
    "long rows": (b"a,y\n1,2,3\n4,5,6\n", "t.csv line 2 has 3 cells, the header 2."),
    "empty": (b"", "t.csv is empty. It needs a header of column names and rows of numbers."),
    "blank": (b"\n \n", "t.csv is empty."),
    "header alone": (b"a,y\n", "t.csv has a header but no rows."),
    "no header": (b"1,2\n3,4\n", "t.csv line 1 must name the columns; got numbers, 1, 2... Add a header line."),
    "no name": (b",a,y\n0,1,2\n", "t.csv line 1, column 1 has no name."),
    "twice": (b"a,y,a\n0,1,2\n", "t.csv line 1 has the name 'a' twice, columns 1 and 3. Rename one."),
    "semicolons": (b"a;y\n1;2\n", "t.csv line 1 has semicolons between its cells. Save the table with commas."),
    "only the target": (b"y\n1\n", "t.csv has no column beside the target 'y'."),
    "near name": (b"a,Y1\n1,2\n", "t.csv has no column 'y'. Did you mean 'Y1'?"),
    "unknown": (b"alpha,beta\n1,2\n", "t.csv has no column 'y'. Its columns are 'alpha', 'beta'."),
    "bytes": (b"a,y\n1,2\n\xff,3\n", "t.csv must be text in UTF-8; got other bytes."),
    "spreadsheet": (b"PK\x03\x04\x14\x00", "t.csv must be csv text; got 'PK"),
    "open quote": (b'a,y\n"1,2\n', "t.csv is not csv: unexpected end of data. Check quotes"),
    "broken gzip": (gzip.compress(b"a,y\n" + b"1,2\n" * 50)[:-9], "t.csv is a broken gzip file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(tmp_path: Path, case: str) -> None:
    content, message = REFUSED[case]
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(LinregCompressError) as caught:
        read_table(tmp_path / "t.csv", "y")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_device_that_never_ends_is_refused() -> None:
    with pytest.raises(LinregCompressError, match=r"/dev/zero must be a file; got a device"):
        read_table("/dev/zero", "y")


def test_no_such_file_and_a_folder(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.csv", "No such file"), (tmp_path, "directory")):
        with pytest.raises(LinregCompressError, match=reason):
            read_table(path, "y")


def test_many_columns_are_not_all_listed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(",".join(f"c{k}" for k in range(40)) + "\n" + ",".join("1" * 40))
    with pytest.raises(LinregCompressError, match="'c7' and 32 more"):
        read_table(tmp_path / "t.csv", "zzzz")


GROUPED = b'firm,a,y\nAcme,1,2\n"Bolt, Ltd",3,4\nAcme,5,7\n'


@pytest.mark.parametrize("slow", [False, True])
def test_groups_are_labels_of_any_text(tmp_path: Path, slow: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if slow:
        monkeypatch.setattr(module, "_fast", lambda *_: None)
    (tmp_path / "t.csv").write_bytes(GROUPED)
    table = read_table(tmp_path / "t.csv", "y", "firm")
    assert (table.names, table.groups_name) == (("a",), "firm")
    assert table.groups is not None
    assert table.groups.tolist() == [0, 1, 0]
    np.testing.assert_array_equal(table.features, [[1], [3], [5]])
    (tmp_path / "t.csv").write_bytes(GROUPED + b",8,9\n")
    with pytest.raises(LinregCompressError, match=r"line 5, column 'firm' is missing"):
        read_table(tmp_path / "t.csv", "y", "firm")
    (tmp_path / "t.csv").write_bytes(b"firm,y\nAcme,2\n")
    with pytest.raises(LinregCompressError, match=r"has no column beside the target 'y'"):
        read_table(tmp_path / "t.csv", "y", "firm")
