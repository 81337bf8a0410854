"""Figures for the reader's own numbers: what they mean, where they go, and that they never replace a full record."""

from inspect import signature
from pathlib import Path

import pytest

from linreg_compress.errors import InvalidInputError
from linreg_compress.files import write_text
from linreg_compress.gallery.destination import destination, refuse_full_records
from linreg_compress.gallery.figure import Row, columns
from linreg_compress.gallery.noise_or_shrinkage import CHANGE
from linreg_compress.gallery.registry import FIGURES
from linreg_compress.gallery.setting import OWN, Setting
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT

CHEAP = FIGURES["noise-or-shrinkage"]
SMALL = Setting(14, 4, 3.0)


def changes(rows: list[Row]) -> list[float]:
    return [float(value) for value in columns(rows, witness="exact")[CHANGE]]


@pytest.fixture(scope="module")
def small() -> list[Row]:
    return CHEAP.at(SMALL).compute(True, 0)


def test_risks_grow_with_the_noise_and_nothing_else_does(small: list[Row]) -> None:
    one = CHEAP.at(Setting(14, 4)).compute(True, 0)
    # zero where the rate is zero; elsewhere three times as large
    assert_close(changes(small), [3 * change for change in changes(one)], FLOAT)


def test_the_gallery_s_own_numbers_are_the_default() -> None:
    assert (OWN.samples, OWN.features, OWN.noise_variance) == (80, 50, 1.0)
    figure = CHEAP.at(OWN)
    assert dict(figure.parameters) == dict(CHEAP.parameters)
    assert signature(CHEAP.compute).parameters["setting"].default == OWN


def test_a_figure_of_several_models_takes_none() -> None:
    assert_refused(lambda: FIGURES["phase"].at(SMALL), "samples is for a figure of one model; got the figure phase")
    assert_refused(lambda: Setting(5, 4), "samples must be at least features + 2 = 6; got 5")
    assert_refused(lambda: Setting(9, 4, 0.0), "noise_variance must be positive; got 0.0")
    assert_refused(lambda: Setting(9.5, 4), "samples must be a whole number")  # type: ignore[arg-type]


def test_levels_need_more_weights() -> None:
    rule = "features must be above 8, the levels of this figure; got 8"
    assert_refused(lambda: FIGURES["diameter"].at(Setting(20, 8)).compute(True, 0), rule)


@pytest.mark.parametrize(
    ("out", "quick", "size", "setting", "expected"),
    [
        (None, False, "lecture", None, "figures"),
        (None, True, "lecture", None, "figures-quick"),
        (None, False, "column", None, "figures-column"),
        (None, True, "column", SMALL, "figures-n14-d4-s3-quick-column"),
        ("else", True, "column", SMALL, "else"),
    ],
)
def test_each_kind_of_run_has_its_folder(
    out: str | None, quick: bool, size: str, setting: Setting | None, expected: str
) -> None:
    assert destination(out, quick=quick, size=size, setting=setting) == Path(expected)


def test_a_full_record_is_never_overwritten_by_less(tmp_path: Path) -> None:
    full = {"quick": False, "size": "lecture", "setting": None}
    path = tmp_path / "noise-or-shrinkage.json"
    refuse_full_records([CHEAP], tmp_path, quick=True, size="lecture", setting=None)  # nothing is there
    write_text(
        path, '{"quick": false, "size": "lecture", "parameters": {"samples": 80, "features": 50, "noise_variance": 1.0}}'
    )
    refuse_full_records([CHEAP], tmp_path, **full)  # type: ignore[arg-type]
    for less in ({"quick": True}, {"size": "column"}, {"setting": SMALL}):
        with pytest.raises(InvalidInputError, match="must be a folder without a full record of the figure"):
            refuse_full_records([CHEAP], tmp_path, **(full | less))  # type: ignore[arg-type]
    for small in ('{"quick": true, "size": "lecture"}', '{"quick": false, "size": "column"}', "no json"):
        write_text(path, small)
        refuse_full_records([CHEAP], tmp_path, quick=True, size="lecture", setting=None)
    own = '{"quick": false, "size": "lecture", "parameters": {"samples": 14, "features": 4, "noise_variance": 3.0}}'
    write_text(path, own)
    refuse_full_records([CHEAP], tmp_path, quick=True, size="lecture", setting=None)
