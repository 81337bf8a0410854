"""What holds for every figure of the gallery: one quick run of each serves all of these tests."""

import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.files import read_rows, read_table, write_table
from linreg_compress.gallery import samplers
from linreg_compress.gallery.figure import Figure, Row, clause
from linreg_compress.gallery.figure_files import KINDS, read_record, record, write_figure
from linreg_compress.gallery.page import page
from linreg_compress.gallery.recompute import check_figure, differences
from linreg_compress.gallery.registry import FIGURES
from linreg_compress.gallery.rounding import rounded
from linreg_compress.gallery.style import SIZES, house_style
from tests.gallery.pictures import axis_labels, drawn, indistinct_curves, overlaps, shown_texts, unlabelled, wrong_colours
from tests.gallery.spoilers import SPOILERS
from tests.tolerances import Z_LIMIT

COMMITTED = Path(__file__).parents[2] / "figures"
# Numbers without standard errors are those of the committed seed. The other one is that of test_comparison.py, whose
# table is then made once for both.
SEEDS = {"compressors": 1}
UNIT = re.compile(r"\(.+\)|bits? per weight|probability|τ² / v|κ$|β$", re.DOTALL)  # or a number without one, by its name


@dataclass(frozen=True)
class Made:
    """A figure and its quick table."""

    figure: Figure
    rows: list[Row]


@pytest.fixture(scope="module", params=list(FIGURES))
def made(request: pytest.FixtureRequest) -> Made:
    figure = FIGURES[request.param]
    committed = COMMITTED / f"{figure.name}.csv"
    # the suite trains no networks, and draws few large designs: what is on file is taken as it is
    on_file = (figure.needs or figure.name == "samplers") and committed.is_file()
    return Made(figure, read_rows(committed) if on_file else rounded(figure.compute(True, SEEDS.get(figure.name, 0))))


def svg(figure: Figure, rows: list[Row]) -> bytes:
    picture = io.BytesIO()
    with house_style("lecture"):
        figure.draw(rows, "lecture").savefig(picture, format="svg", metadata={"Date": None})
    return picture.getvalue()


def test_the_data_support_every_clause_of_the_claim(made: Made) -> None:
    assert len(made.figure.checks) >= 2
    assert all(made.figure.verdicts(made.rows).values()), made.figure.verdicts(made.rows)


def test_wrong_data_do_not_support_the_claim(made: Made) -> None:
    spoilers = SPOILERS[made.figure.name]
    assert list(spoilers) == [check.__name__ for check in made.figure.checks]
    for check in made.figure.checks:
        ways = spoilers[check.__name__]
        assert len(ways) >= 2, check.__name__
        for number, spoil in enumerate(ways):
            wrong = spoil(made.rows)
            assert made.figure.verdicts(wrong)[clause(check)] is False, (check.__name__, number)
            assert not made.figure.supports(wrong)


def test_no_clause_holds_for_numbers_that_are_not_there(made: Made) -> None:
    blank: list[Row] = [
        {name: value if isinstance(value, str) else float("nan") for name, value in row.items()} for row in made.rows
    ]
    assert set(made.figure.verdicts(blank).values()) == {False}
    assert set(made.figure.verdicts([]).values()) == {False}


def test_the_csv_holds_every_plotted_number(made: Made, tmp_path: Path) -> None:
    """A picture drawn from the csv shows what one drawn from the computed numbers shows."""
    table = read_rows(write_table(tmp_path / "table.csv", made.rows))
    with house_style("lecture"):
        (read, looks), (computed, wanted) = (drawn(made.figure.draw(rows, "lecture")) for rows in (table, made.rows))
    assert looks == wanted
    assert len(read) > 20
    for one, other in zip(read, computed, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9 * np.abs(other[np.isfinite(other)]).max(initial=0))


@pytest.mark.slow
def test_a_picture_drawn_from_the_csv_has_the_same_bytes(made: Made, tmp_path: Path) -> None:
    table = read_rows(write_table(tmp_path / "table.csv", made.rows))
    assert svg(made.figure, table) == svg(made.figure, made.rows)


@pytest.mark.parametrize("size", ["column", pytest.param("lecture", marks=pytest.mark.slow)])  # the narrow one is harder
def test_a_reader_can_read_it(made: Made, size: str) -> None:
    with house_style(size):
        canvas = made.figure.draw(made.rows, size)
        texts = shown_texts(canvas)
        assert overlaps(canvas, texts) == []
        assert unlabelled(canvas) == []
        assert [name for name in axis_labels(canvas) if not UNIT.search(name)] == []
        assert indistinct_curves(canvas) == []
        assert wrong_colours(canvas) == []
        assert not any("no unit" in text for text, _, _ in texts)
        assert min(points for _, _, points in texts) >= 7
        assert canvas.get_figwidth() == SIZES[size].width
        assert canvas.get_figheight() <= (9 if size == "column" else 5)  # a page, a slide


def test_the_committed_figure_is_current(made: Made) -> None:
    """Every exact number to 1e-9, every simulated one within the standard errors of both runs."""
    name = made.figure.name
    assert [kind for kind in KINDS if not (COMMITTED / f"{name}.{kind}").is_file()] == []
    old = read_table(COMMITTED / f"{name}.csv")
    assert differences(old, made.rows, standard_errors=Z_LIMIT) == []
    kept = read_record(COMMITTED / f"{name}.json")
    today = record(made.figure, made.rows, quick=False, seed=0, size="lecture")
    assert set(kept.pop("versions")) == set(today.pop("versions"))  # they are of the day on which it was drawn
    assert kept == json.loads(json.dumps(today))


def test_the_committed_figure_of_the_samplers_is_current_at_its_smaller_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samplers, "SIZES", samplers.SIZES[:2])
    new = rounded(samplers.compute(True, 0))  # its deviations have no standard errors, and its seed decides them
    assert len(new) == 2 * len(samplers.METHODS)
    assert differences(read_table(COMMITTED / "samplers.csv")[: len(new)], new, standard_errors=Z_LIMIT) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_the_committed_figure_is_recomputed_in_full(name: str) -> None:
    assert check_figure(FIGURES[name], COMMITTED) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_two_runs_give_the_same_bytes(name: str, tmp_path: Path) -> None:
    first, second = (write_figure(FIGURES[name], tmp_path / run, quick=True) for run in ("one", "two"))
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_matplotlib_waits_until_something_is_drawn() -> None:
    """Reading a figure's claim or computing its data loads none of it."""
    code = "import sys; from linreg_compress.gallery import many, page; page.page(); sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_figure_says_what_it_rests_on() -> None:
    for name, figure in FIGURES.items():
        assert name == figure.name
        assert figure.claim.endswith(".")
        assert len(re.findall(r"\.(?= |$)", figure.claim)) == 1, "the claim is one sentence"
        assert 2 <= len(re.findall(r"[.:;](?= |$)", figure.reading)) <= 8
        assert figure.derivations
        assert set(figure.derivations) <= set(DERIVATIONS)
        said = [check.__doc__ for check in figure.checks]
        assert len(figure.verdicts([])) == len(said), "no clause is said twice"
        assert all(doc and doc.splitlines()[0].endswith(".") for doc in said)
        assert figure.formula.count("{") == figure.formula.count("}")


def test_the_committed_page_is_current() -> None:
    text = (COMMITTED / "README.md").read_text(encoding="utf-8")
    assert text == page()
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (COMMITTED / link).is_file(), link
