"""The headline's claim is checked by a check that can say no, and its files do not change between runs."""

from pathlib import Path
from typing import Any

import pytest

from linreg_compress.gallery.figure import Row
from linreg_compress.gallery.files import check_figure, write_figure
from linreg_compress.gallery.headline import HEADLINE

COMMITTED = Path(__file__).parents[2] / "figures"


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return HEADLINE.compute(True, 0)


def test_the_data_support_the_claim(rows: list[Row]) -> None:
    assert HEADLINE.supports(rows)


def changed(rows: list[Row], change: dict[str, Any], **where: Any) -> list[Row]:
    """Return the table with every matching row's columns multiplied."""
    return [
        {**row, **{name: factor * float(row[name]) for name, factor in change.items() if name in row}}
        if all(row[name] == value for name, value in where.items())
        else row
        for row in rows
    ]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"population_risk": 1.3}, {"panel": "weak", "witness": "exact"}),
        ({"population_risk": 0.3}, {"panel": "strong", "witness": "exact"}),
        ({"sub_gaussian_bound": 0.05}, {"panel": "oracle"}),
        ({"empirical_risk": 1.2}, {"witness": "monte_carlo"}),
        ({"generalization_error": 0.8}, {"witness": "exact"}),
    ],
)
def test_wrong_data_do_not_support_the_claim(rows: list[Row], change: dict[str, float], where: dict[str, str]) -> None:
    assert not HEADLINE.supports(changed(rows, change, **where))


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_figure(HEADLINE, tmp_path / "one", quick=True)
    second = write_figure(HEADLINE, tmp_path / "two", quick=True)
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_the_committed_figure_is_current() -> None:
    assert check_figure(HEADLINE, COMMITTED) == []


def test_nothing_is_left_behind_when_drawing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from linreg_compress.plotting import headline as drawing

    def fail(axes: Any, data: Any) -> None:
        raise RuntimeError("the pen broke")

    monkeypatch.setattr(drawing, "draw_headline", fail)
    with pytest.raises(RuntimeError, match="pen broke"):
        write_figure(HEADLINE, tmp_path, quick=True)
    assert list(tmp_path.iterdir()) == []
