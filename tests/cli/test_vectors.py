"""Files of vectors: read in any numeric type and byte order, or refused by name, place, value and remedy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_compress.cli.main import main
from linreg_compress.cli.vectors import read_vector
from linreg_compress.errors import LinregCompressError

ARRAYS: dict[str, tuple[Any, str]] = {
    "nan": ([1.0, 2.0, np.nan], "entry 2 (from 0) must be finite; got nan. Remove or replace it."),
    "large": ([1e120, 1.0], "entry 0 (from 0) must not exceed 1e+100 in size; got 1e+120. Scale all numbers"),
    "bool": ([True, False], "must hold real numbers; got type bool. Save it as array.astype(float)."),
    "complex": ([1j], "got type complex128. Save its real part."),
    "text": (["a"], "got type <U1. Save it as"),
    "time": (np.array(["2020-01-01"], dtype="M8[D]"), "got type datetime64[D]"),
    "record": (np.zeros(2, dtype=[("a", "f8")]), "must hold real numbers"),
    "objects": (np.array([1.0, None], dtype=object), "must hold plain numbers; got Python objects. Save it as np.save"),
    "matrix": (np.ones((2, 3)), "must hold one vector of real numbers; got shape (2, 3). Save array.ravel()."),
    "scalar": (3.0, "got shape (). Save array.ravel()."),
    "empty": ([], "must hold at least one number; got none."),
}
TEXTS = {
    "two": ("0.1\n1,050\n", "line 2 must hold one number; got '1,050'. Write 1050 if the comma separates thousands"),
    "decimal": ("0,5\n", "line 1 must hold one number; got '0,5'. Write decimals with a point. Here 0.5"),
    "row": ("1 2 3\n", "Put each of its 3 numbers on a line of its own, without spaces."),
    "commas": ("1,2,3\n", "Put each of its 3 numbers on a line of its own, without commas."),
    "header": ("weight\n1\n", "line 1 must hold one number; got 'weight'. Remove the header line."),
    "word": ("1\nfoo\n", "line 2 must hold one number; got 'foo'. Remove the line, or write it as a number."),
    "late mark": ("1\n\ufeff2\n", "line 2 must hold one number"),
    "underscore": ("1_000\n", "Write 1000, without marks between its digits"),
    "infinite": ("1\n\ninf\n", "line 3 must be finite; got inf."),
    "large": ("1\n\n-1e120\n", "line 3 must not exceed 1e+100 in size; got -1e+120."),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_that_are_no_vector(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values, message = ARRAYS[name]
    path = tmp_path / f"{name}.npy"
    np.save(path, values)
    assert main(["quantize", str(path), "--levels", "2"]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.startswith(f"linreg-compress: {path} ")


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_are_no_vector(name: str, tmp_path: Path) -> None:
    text, message = TEXTS[name]
    path = tmp_path / f"{name}.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LinregCompressError) as caught:
        read_vector(str(path))
    assert message in str(caught.value)


@pytest.mark.parametrize("kind", [">f8", "<f4", "f2", "g", ">i4", "u1", "i8"])
def test_every_numeric_type_is_read(kind: str, tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.arange(4).astype(kind)[::2])
    assert read_vector(str(tmp_path / "w.npy")).tolist() == [0.0, 2.0]


def test_damaged_files(tmp_path: Path) -> None:
    path = tmp_path / "w.npy"
    np.save(path, np.arange(100.0))
    whole = path.read_bytes()
    damaged = {
        "expected 800 bytes": whole[:200],
        "more than fit into memory": whole.replace(b"(100,)", b"(9999999999999999,)"),
        "in NumPy's format": b"PK\x03\x04",
        "got another": b"",
    }
    for message, content in damaged.items():
        path.write_bytes(content)
        with pytest.raises(LinregCompressError, match=message):
            read_vector(str(path))
    np.savez(tmp_path / "a.npz", np.ones(2))
    (tmp_path / "a.npz").rename(path)
    with pytest.raises(LinregCompressError, match="got an archive"):
        read_vector(str(path))


def test_the_importance_file_is_the_culprit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "w.txt").write_text("1\n2\n")
    (tmp_path / "h.txt").write_text("1\n\n-1\n")
    assert main(["quantize", str(tmp_path / "w.txt"), "--levels", "1", "--importance", str(tmp_path / "h.txt")]) == 2
    assert f"--importance must be zero or positive; got -1.0 in {tmp_path / 'h.txt'} line 3." in capsys.readouterr().err


def test_a_device_that_never_ends_is_refused() -> None:
    with pytest.raises(LinregCompressError, match=r"/dev/zero must be a readable file; got a device"):
        read_vector("/dev/zero")


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    for path, reason in (
        (tmp_path / "none.txt", "No such file"),
        (tmp_path, "directory"),
        (tmp_path / ("x" * 300), "too long"),
    ):
        with pytest.raises(LinregCompressError, match=f"must be a readable file; got: .*{reason}"):
            read_vector(str(path))
