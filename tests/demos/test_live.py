"""The page's own simulation: its generator is sound, and what it draws agrees with the library's closed forms."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import linreg_compress as lc
from linreg_compress.demos.document import own
from linreg_compress.demos.live import MEASURES, Live
from linreg_compress.demos.page import lesson_page
from linreg_compress.demos.page_data import default_place, page_data
from linreg_compress.demos.registry import LESSONS, find_lesson
from linreg_compress.demos.static_page import static_page
from linreg_compress.errors import InvalidInputError
from tests.demos.conftest import opened

SEED = 20
TRIALS = 600
FALSE_ALARM = 1e-7  # of one comparison
LIVE = [lesson for lesson in LESSONS.values() if lesson.live is not None]
SMALL = {"overfitting": {"features": 10.0}, "rate-distortion": {"features": 20.0}, "oracle-codebook": {"features": 20.0}}


def test_every_number_of_an_experiment_is_one_of_the_table() -> None:
    compared = 0
    for lesson in LIVE:
        live = lesson.live(lesson.defaults) if lesson.live else None
        assert live is not None
        experiment = live.experiment()
        names = {number.name for number in lesson.numbers(lesson.defaults)}
        for code in experiment["codes"]:
            assert set(code["shows"]) <= names
            assert set(code["shows"].values()) <= set(MEASURES)
            compared += len(code["shows"])
    assert compared > 10


MODEL = lc.LinearModel(80, 50, signal_variance=0.02)
SHOWN = lc.LinearModel(80, 50, weights=np.ones(50))
GRID = lc.lloyd_max(lc.source_for(MODEL), 4)


@pytest.mark.parametrize(
    ("model", "channel", "told"),
    [
        (SHOWN, None, "model must have features of covariance I, and true weights around zero"),
        (MODEL, lc.DitheredUniform.for_model(MODEL, bits_per_weight=1.0), "None or among .*RidgeShrinkage.*got Dithered"),
        (MODEL, lc.BlindGaussianChannel.for_model(SHOWN, bits_per_weight=1.0), "centre at zero"),
        (MODEL, lc.AwareGaussianChannel.for_model(MODEL, bits_per_weight=1.0), "a signal variance of 0"),
        (MODEL, lc.SuccessiveQuantizer(GRID, order="activation"), "natural order"),
        (MODEL, lc.SuccessiveQuantizer(lc.UniformQuantizer(0.1)), "a grid that is a CellQuantizer"),
        (MODEL, lc.compression.KMeansQuantizer(4, hessian_weighted=True), "without importances"),
        (MODEL, lc.compression.DiameterKMeansQuantizer(4, samples=80), "without importances and without a penalty"),
    ],
)
def test_what_the_page_cannot_draw_is_refused_when_a_lesson_is_made(model: Any, channel: Any, told: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"{told}.*Leave `live` out"):
        Live(model, ((channel, {"risk": "population_risk"}),))


def test_what_the_page_does_not_measure_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"channels must be .*empirical_risk.*got 'risk'"):
        Live(MODEL, ((None, {"risk": "risk"}),))


@pytest.mark.browser
def test_clusters_of_the_page_are_those_of_the_library(browser: Any) -> None:
    page = browser.new_page()
    page.add_script_tag(content=own("clusters.js"))
    rng = np.random.default_rng(7)
    cases = [(rng.standard_normal(50), levels) for levels in (1, 2, 5, 8, 16)]
    cases += [(np.array([0.0, 0.0, 1.0, 1.0]), 3), (np.array([2.0]), 4)]
    costs = "([values, levels]) => [bestClusters(values, levels), searchFrom(values, equallySpaced(values, levels))]"
    for values, levels in cases:
        for found, wanted in zip(
            page.evaluate(costs, [values.tolist(), levels]),
            (lc.kmeans(values, levels), lc.compression.local_search(values, levels)),
            strict=True,
        ):
            assert found["cost"] == pytest.approx(wanted.objective, rel=1e-12, abs=1e-12)
            np.testing.assert_allclose(found["sent"], wanted.centers[wanted.assignments], atol=1e-12)
    page.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_setting_that_the_page_cannot_draw_is_told(browser: Any, tmp_path: Path) -> None:
    lesson = find_lesson("clustering")
    everywhere = list(lesson.positions())
    both = {default_place(lesson), everywhere.index({"levels": 8.0, "penalty": 3.0})}
    path = tmp_path / "page.html"
    data = page_data(lesson, trials=4, only=both)
    path.write_text(lesson_page(lesson, data, trials=4), encoding="utf-8")
    seen = opened(browser)
    page = seen.page
    page.goto(path.as_uri() + "#levels=8&penalty=3")
    page.locator("#watch").click()
    assert "cannot draw data at this setting" in page.locator("#watched").inner_text()
    page.evaluate("goTo('levels=8&penalty=0'); moved()")
    page.locator("#watch").click()
    page.locator("#watched", has_text="data sets drawn").wait_for()
    assert seen.errors == []
    page.close()


@pytest.fixture(scope="module")
def page_of(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Give a lesson's page in a browser."""
    folder: Path = tmp_path_factory.mktemp("live")

    def page(name: str) -> Any:
        path = folder / f"{name}.html"
        path.write_text(static_page(find_lesson(name), trials=2), encoding="utf-8")
        seen = opened(browser)
        seen.page.goto(path.as_uri())
        return seen

    return page


@pytest.mark.browser
def test_what_is_watched_agrees_with_the_closed_form(page_of: Callable[[str], Any]) -> None:
    lesson = find_lesson("oracle-codebook")
    seen = page_of(lesson.name)
    page = seen.page
    drawn = np.array(page.evaluate("(() => { const g = generator(7); return Array.from({length: 20000}, g.normal); })()"))
    assert stats.kstest(drawn, "norm").pvalue > FALSE_ALARM
    assert stats.kstest(drawn[:-1] * drawn[1:], _product_cdf).pvalue > FALSE_ALARM  # neighbours: independent
    assert page.evaluate("generator(7).normal() === generator(7).normal()")
    assert page.evaluate("generator(7).normal() !== generator(8).normal()")

    page.evaluate("location.hash = 'features=20&bits=1'; goTo('features=20&bits=1'); reveal()")
    page.locator("#seed").fill("3")
    page.locator("#watch").click()
    page.locator("#watched", has_text="400 data sets").wait_for()
    assert page.locator("circle.drawn").count() > 20
    assert page.locator("circle.simulated").count() >= 2
    verdicts = page.locator("td[data-simulated] + td").all_inner_texts()
    assert len(verdicts) == 4
    assert all(verdict.startswith("agrees, ") for verdict in verdicts)
    assert page.locator("#seed").input_value() == "4"
    assert seen.errors == []
    page.close()


def _product_cdf(x: Any) -> Any:
    """Law of the product of two independent standard normals, from its density K_0(|x|) / pi."""
    from scipy import special

    size = np.abs(x)
    # the integral of K_0 from 0 to |x|
    half = special.iti0k0(size)[1] / math.pi
    return 0.5 + np.sign(x) * half


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("lesson", LIVE, ids=lambda lesson: lesson.name)
def test_every_code_of_the_page_does_what_the_library_says(lesson: Any, page_of: Callable[[str], Any]) -> None:
    seen = page_of(lesson.name)
    settings = {**lesson.defaults, **SMALL.get(lesson.name, {})}
    address = "&".join(f"{key}={value:g}" for key, value in settings.items())
    call = f"goTo({address!r}), simulateLive(data.positions[placeNow()].live, {SEED}, {TRIALS})"
    tallies = seen.page.evaluate(f"(() => ({call}))()")
    numbers = {number.name: number for number in lesson.numbers(settings)}
    library = lesson.simulate(settings, 1, TRIALS)
    limit = stats.norm.isf(FALSE_ALARM / 2)
    compared = 0
    for name, tally in tallies.items():
        error = math.sqrt(tally["squares"] / (tally["count"] - 1) / tally["count"])
        assert tally["count"] == TRIALS
        both = math.hypot(error, library[name].standard_error)
        assert abs(tally["mean"] - library[name].mean) < limit * both
        number = numbers[name]
        if number.theory is not None and number.kind == "equal":
            assert abs(tally["mean"] - number.theory) < limit * error
            compared += 1
    assert compared >= 1 or lesson.name == "clustering"  # where theory has bounds alone
    assert seen.errors == []
    seen.page.close()
