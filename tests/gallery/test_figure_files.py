"""The five files of a figure, written whole or not at all, and read back as they were."""

import json
from pathlib import Path
from typing import Any

import pytest

from linreg_compress.errors import InvalidInputError
from linreg_compress.files import read_rows, read_table
from linreg_compress.gallery.figure import Figure, Row
from linreg_compress.gallery.figure_files import KINDS, read_record, write_figure
from linreg_compress.gallery.rounding import rounded


def plain(rows: list[Row], size: str) -> Any:
    from linreg_compress.gallery.style import panels

    canvas, axes = panels(size)
    axes[0, 0].plot([row["x"] for row in rows], [row["y"] for row in rows])
    return canvas


def parabola(quick: bool, seed: int) -> list[Row]:
    return [{"x": x / 10, "y": (x / 10) ** 2 + seed, "name": "odd" if x % 2 else "even"} for x in range(11)]


def not_negative(rows: list[Row]) -> bool:
    """A square is not negative."""
    return all(float(row["y"]) >= 0 for row in rows)


SMALL = Figure(
    name="small",
    claim="A square is not negative.",
    reading="Read it. It is short.",
    formula="x^2",
    derivations=("chi-square-moments",),
    parameters={"points": 11},
    compute=parabola,
    checks=(not_negative,),
    draw=plain,
)


def test_a_figure_is_five_files(tmp_path: Path) -> None:
    written = write_figure(SMALL, tmp_path / "made" / "here", seed=3)
    assert [path.name for path in written] == [f"small.{kind}" for kind in KINDS]
    assert sorted(written[0].parent.iterdir()) == sorted(written)
    assert written[0].read_text().startswith("<?xml")
    assert written[1].read_bytes().startswith(b"%PDF")
    assert written[2].read_bytes().startswith(b"\x89PNG")
    assert read_rows(written[3]) == rounded(parabola(False, 3))
    details = read_record(written[4])
    assert details["seed"] == 3
    assert details["check"] == {"passed": True, "clauses": {"a square is not negative": True}, "rows": 11}
    assert details["command"] == "linreg-compress figures small"
    assert set(details["versions"]) == {"python", "linreg-compress", "numpy", "scipy", "matplotlib"}


def test_the_command_in_the_record_has_the_options(tmp_path: Path) -> None:
    written = write_figure(SMALL, tmp_path, quick=True, size="column")
    assert json.loads(written[-1].read_text())["command"] == "linreg-compress figures small --quick --size column"


def test_a_claim_that_fails_is_recorded_as_failed(tmp_path: Path) -> None:
    written = write_figure(SMALL, tmp_path, seed=-5)
    assert read_record(written[-1])["check"]["passed"] is False


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_figure(SMALL, tmp_path / name, seed=1) for name in ("one", "two"))
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_the_style_is_ours_whatever_the_users_is(tmp_path: Path) -> None:
    import matplotlib as mpl

    (before,) = (path for path in write_figure(SMALL, tmp_path / "one") if path.suffix == ".svg")
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9}):
        (after,) = (path for path in write_figure(SMALL, tmp_path / "two") if path.suffix == ".svg")
        assert mpl.rcParams["font.size"] == 30
    assert before.read_bytes() == after.read_bytes()


def test_nothing_is_left_behind_when_drawing_fails(tmp_path: Path) -> None:
    def fail(rows: list[Row], size: str) -> Any:
        raise RuntimeError("the pen broke")

    broken = Figure(**{**vars(SMALL), "draw": fail})
    with pytest.raises(RuntimeError, match="pen broke"):
        write_figure(broken, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    for read, name in (
        (read_table, "no.csv"),
        (read_table, "binary.csv"),
        (read_record, "no.json"),
        (read_record, "list.json"),
    ):
        with pytest.raises(InvalidInputError, match="must hold the figure's"):
            read(tmp_path / name)
    with pytest.raises(InvalidInputError, match="must be a folder"):
        write_figure(SMALL, tmp_path / "list.json" / "inside")


def test_each_picture_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The places are found by the layout alone, and all three pictures have them."""
    from matplotlib.figure import Figure as Canvas

    places: list[tuple[float, ...]] = []
    draw = Canvas.draw

    def counting(canvas: Any, renderer: Any) -> None:
        places.append(canvas.axes[0].get_position().bounds)
        draw(canvas, renderer)

    monkeypatch.setattr(Canvas, "draw", counting)
    write_figure(SMALL, tmp_path)
    assert len(places) == 3
    assert len(set(places)) == 1
