"""The page without Python: what it holds, and a real browser that goes through it as a student would."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_compress.demos import page_data as page_data_module
from linreg_compress.demos import static_page as module
from linreg_compress.demos.document import policy
from linreg_compress.demos.extra import COMMAND
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.page import SCRIPTS
from linreg_compress.demos.picture import Axis, Curve, Panel
from linreg_compress.demos.registry import LESSONS, find_lesson
from linreg_compress.demos.static_page import static_page, write_static
from linreg_compress.demos.table import simulated_text, theory_text
from linreg_compress.errors import InvalidInputError, LinregCompressError
from tests.demos.conftest import PARTS, opened
from tests.slowly import left_out

ALL = pytest.mark.parametrize("name", LESSONS)
FAST = pytest.mark.parametrize("name", left_out({"quantizers", "clustering", "networks"}, LESSONS))
TRIALS = {"clustering": 4, "networks": 2}  # of each simulation; these take milliseconds and more
FEW = 20
LARGEST_BYTES = 600_000


@pytest.fixture(scope="session")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the file of a lesson's page, made once for all processes of a test run."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if base.name.startswith("popen-") else base) / "lessons"

    def page(name: str) -> Path:
        path = shared / f"{name}.html"
        return path if path.exists() else write_static(find_lesson(name), path, trials=TRIALS.get(name, FEW))

    return page


def data_of(path: Path) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL
    )
    assert found
    return json.loads(found.group(1))


@FAST
def test_a_page_is_one_small_file_that_asks_for_nothing(name: str, page_of: Callable[[str], Path]) -> None:
    text = page_of(name).read_text(encoding="utf-8")
    assert len(text.encode()) < LARGEST_BYTES
    places = set(re.findall(r"https?://[^\s\"'<>]+", text))
    assert places <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"}  # names, not places
    assert not re.search(r"<(link|img|iframe|object|embed|audio|video)\b(?! rel=\"icon\" href=\"data:,\")", text)
    assert not re.search(r"\bsrc=|@import|url\((?!#)", text.replace('"url(#"', ""))
    (allowed,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert allowed == policy(SCRIPTS)
    assert allowed.startswith("default-src 'none';")
    assert "unsafe" not in allowed
    assert "connect" not in allowed
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in allowed


@ALL
def test_the_parts_come_in_their_order(name: str, page_of: Callable[[str], Path]) -> None:
    text = page_of(name).read_text(encoding="utf-8")
    assert tuple(re.findall(r"<h2[^>]*>(.*?)</h2>", text)) == (*PARTS, "Answers")
    for derivation in {formula.derivation for formula in find_lesson(name).formulas}:
        assert text.count(f'<details class="proof" id="proof-{derivation}">') == 1
    lesson = find_lesson(name)
    assert text.count('<dl class="symbols">') == len(lesson.formulas) + 1  # and once for paper
    assert (lesson.live is not None) is ('id="watch"' in text)


@ALL
def test_the_grid_holds_what_the_library_says(name: str, page_of: Callable[[str], Path]) -> None:
    lesson, data = find_lesson(name), data_of(page_of(name))
    pool, compared = data["pool"], 0
    everywhere = list(lesson.positions())
    assert len(data["positions"]) == len(everywhere)
    for place in np.random.default_rng(0).choice(len(everywhere), 6, replace=False):
        settings, held = everywhere[place], data["positions"][place]
        picture = lesson.curves(settings)
        assert held["text"] == picture.description
        numbers = [(pool[key][0], theory) for key, theory, _ in held["numbers"]]
        assert numbers == [(number.name, theory_text(number)) for number in lesson.numbers(settings)]
        for panel, (_, curves) in zip(picture.panels, held["panels"], strict=True):
            for curve, (key, *here) in zip(panel.curves, curves, strict=True):
                shape = pool[key]
                np.testing.assert_allclose(pool[shape["x"]], curve.x, rtol=5e-6, atol=1e-12)
                np.testing.assert_allclose(pool[shape["y"]], curve.y, rtol=5e-6, atol=1e-12)
                np.testing.assert_allclose(here, curve.here or [], rtol=5e-6, atol=1e-12)
                compared += np.size(curve.y)
    assert compared > 100


@ALL
def test_simulated_values_are_held_where_the_lesson_says(name: str, page_of: Callable[[str], Path]) -> None:
    lesson, data = find_lesson(name), data_of(page_of(name))
    everywhere = list(lesson.positions())
    assert [everywhere[int(place)] for place in data["simulated"]] == list(lesson.simulated_positions())
    place = everywhere.index(lesson.defaults)
    found = lesson.simulate(lesson.defaults, 0, TRIALS.get(name, FEW))
    held = data["simulated"][str(place)]
    assert {key: record[0] for key, record in held.items()} == {key: simulated_text(each) for key, each in found.items()}


def test_nothing_is_computed_for_a_file_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(module, "page_data", never)
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "page.html"):
        with pytest.raises(InvalidInputError, match=r"^--static must be a file"):
            write_static(find_lesson("bounds"), path, option="--static")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_failure_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(page_data_module, "theory_text", fail)
    with pytest.raises(KeyboardInterrupt):
        write_static(find_lesson("oracle-codebook"), tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_extra_says_the_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "latex2mathml.converter", None)
    with pytest.raises(LinregCompressError, match=re.escape(COMMAND)):
        write_static(find_lesson("oracle-codebook"), tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_two_runs_give_the_same_page() -> None:
    lesson = find_lesson("oracle-codebook")
    assert static_page(lesson, trials=2) == static_page(lesson, trials=2)


# --- in a browser ---


STATE = """() => {
  const text = (selector) => [...document.querySelectorAll(selector)].map((each) => each.innerText);
  const keyed = (selector, key) => Object.fromEntries(
    [...document.querySelectorAll(selector)].map((each) => [each.dataset[key], each.innerText]));
  return {
    description: text("#description")[0],
    now: keyed("dd[data-number]", "number"),
    theory: keyed("td[data-theory]", "theory"),
    sliders: [...document.querySelectorAll("#controls input")].map((each) => each.getAttribute("aria-valuetext")),
    outputs: text("#controls output"),
    panels: [...document.querySelectorAll(".panel")].map((panel) => ({
      frame: panel.querySelector("path.frame").getAttribute("d"),
      curves: [...panel.querySelectorAll("path.curve")].map((path) => path.getAttribute("d")),
      dots: [...panel.querySelectorAll("circle.dot")].map((dot) => [dot.getAttribute("cx"), dot.getAttribute("cy")]),
    })),
  };
}"""  # all in one question: the way to the browser takes longer than the answer


def places(frame: str, panel: Panel) -> Callable[[float, float], tuple[float, float]]:
    """Where a panel of the page puts a value: worked out from the frame that it has drawn."""
    left, *rest = (float(each) for each in re.findall(r"-?[0-9.]+", frame))
    top, bottom, right = rest if len(rest) == 3 else (10.0, *rest)

    def share(value: float, axis: Axis) -> float:
        value, low, high = np.log([value, *axis.ends]) if axis.log else (value, *axis.ends)
        return float((value - low) / (high - low))

    def place(x: float, y: float) -> tuple[float, float]:
        return left + share(x, panel.x) * (right - left), bottom - share(y, panel.y) * (bottom - top)

    return place


def check_panel(drawn: dict[str, Any], panel: Panel) -> int:
    """Compare the curves and the dots of a panel with the library; return how many points were compared."""
    place, compared = places(drawn["frame"], panel), 0
    lines = [curve for curve in panel.curves if curve.style != "points"]
    for curve, path in zip(lines, drawn["curves"], strict=True):
        points = np.array(re.findall(r"(-?[0-9.]+) (-?[0-9.]+)", path), dtype=float)
        wanted = np.array([place(float(x), float(y)) for x, y in zip(curve.x, curve.y, strict=True)])
        near = np.abs(wanted[:, 1]) < 1e4
        np.testing.assert_allclose(points[near], wanted[near], atol=0.1)
        compared += int(near.sum())
    dots = [place(*curve.here) for curve in panel.curves if curve.here is not None and within(curve, panel)]
    np.testing.assert_allclose(np.array(drawn["dots"], dtype=float).reshape(-1, 2), np.reshape(dots, (-1, 2)), atol=0.1)
    return compared


def within(curve: Curve, panel: Panel) -> bool:
    assert curve.here is not None
    return panel.y.ends[0] <= curve.here[1] <= panel.y.ends[1]


def check_settings(page: Any, lesson: Lesson, settings: dict[str, float]) -> None:
    """Compare everything that depends on the sliders with the library."""
    picture, numbers, state = lesson.curves(settings), lesson.numbers(settings), page.evaluate(STATE)
    assert state["description"] == picture.description
    assert state["now"] == {number.name: theory_text(number) for number in numbers[:3]}
    assert state["theory"] == {number.name: theory_text(number) for number in numbers}
    texts = [slider.text(settings[slider.name]) for slider in lesson.sliders]
    assert state["sliders"] == state["outputs"] == texts
    assert sum(map(check_panel, state["panels"], picture.panels)) > 5


# One script draws every lesson: two are gone through each time, the others where slow tests run.
OFTEN = {"oracle-codebook"}
WALKS = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.slow) for name in LESSONS]
)
SEEN = """() => {
  const seen = (element) => { const box = element.getBoundingClientRect(); return [box.top, box.bottom, box.height]; };
  return [...document.querySelectorAll("#controls, #picture svg")].map(seen);
}"""


def assert_all_in_sight(page: Any, height: int) -> None:
    """Sliders and every panel are within the window, without scrolling."""
    boxes = page.evaluate(SEEN)
    assert len(boxes) >= 2
    assert all(top >= -1 and bottom <= height + 1 and tall > 30 for top, bottom, tall in boxes), boxes


@pytest.mark.browser
@WALKS
def test_a_student_goes_through(name: str, page_of: Callable[[str], Path], browser: Any) -> None:
    lesson = find_lesson(name)
    seen = opened(browser, viewport={"width": 1280, "height": 800})
    page = seen.page
    page.goto(page_of(name).as_uri())
    assert page.title().startswith(lesson.title)
    assert not page.locator("#picture").is_visible()
    assert page.locator("#commit").is_disabled()

    page.locator("input[name=guess]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # commits
    assert_all_in_sight(page, 800)
    first_is_right = lesson.prediction.right() == 0
    for told in ("#outcome", "#turned-out"):
        assert ("You predicted it." in page.locator(told).inner_text()) is first_is_right
    assert page.locator("#outcome").inner_text().endswith(f"Your guess: {lesson.prediction.choices[0]}.")
    assert page.locator("#turned-out").inner_text().endswith(lesson.prediction.turns_out())
    assert page.locator(".guess").count() == len(lesson.prediction.places()[0])

    page.locator("#why summary").first.click()
    box = page.locator("#why .formula > math").first.bounding_box()
    assert box["width"] > 20
    assert box["height"] > 8
    page.locator("#why .proof summary").first.click()
    assert page.locator("#why .proof li math").first.bounding_box()["height"] > 8

    settings = lesson.defaults
    check_settings(page, lesson, settings)
    for slider in lesson.sliders:
        place = slider.values.index(slider.default)
        step = 1 if place + 1 < len(slider.values) else -1
        page.locator(f"#slider-{slider.name}").focus()
        page.keyboard.press("ArrowRight" if step == 1 else "ArrowLeft")
        settings = settings | {slider.name: slider.values[place + step]}
        check_settings(page, lesson, settings)
    first = lesson.numbers(settings)[0]
    page.locator("#live", has_text=f"{first.label}: {theory_text(first)}").wait_for()  # announced once the slider rests
    assert page.url.endswith("#" + "&".join(f"{key}={value:g}" for key, value in settings.items()))

    page.locator("#show-below").click()
    assert page.locator("#nowhere").is_hidden()
    assert page.locator("circle.simulated").count() > 0
    texts = [cell.inner_text() for cell in page.locator("td[data-simulated]").all()]
    assert any("±" in text for text in texts)

    number, choice = lesson.exercises[:2]
    page.locator("#answer-0").fill("many")
    page.keyboard.press("Enter")
    assert page.locator("#feedback-0").inner_text().startswith("Not a number.")
    page.locator("#answer-0").fill(str(number.answer() + 3 * number.tolerance))
    page.keyboard.press("Enter")
    assert page.locator("#feedback-0").inner_text() == f"Not yet. {number.wrong}"
    page.locator("#answer-0").fill(f"{number.answer():.4f}".replace(".", ","))
    page.keyboard.press("Enter")
    assert page.locator("#feedback-0").inner_text().endswith(number.confirmation())
    for place in range(len(choice.choices)):
        page.locator("input[name=answer-1]").nth(place).check()
        page.locator("#exercise-1 button").click()
        assert ("✓" in page.locator("#feedback-1").inner_text()) is choice.is_right(place)

    assert seen.violations() == []
    assert seen.outside("file://") == []
    assert seen.errors == []
    page.close()


@pytest.mark.browser
@WALKS
def test_it_is_readable_on_a_phone_in_the_dark(name: str, page_of: Callable[[str], Path], browser: Any) -> None:
    seen = opened(browser, viewport={"width": 375, "height": 700}, color_scheme="dark")
    page = seen.page
    page.goto(page_of(name).as_uri())
    page.locator("input[name=guess]").last.check()
    page.locator("#commit").click()
    assert_all_in_sight(page, 700)
    page.locator("#show-simulated").check()
    page.locator("#description").scroll_into_view_if_needed()
    assert page.locator("#controls").bounding_box()["y"] == pytest.approx(0, abs=1)  # the sliders stay in sight
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    labels = "[...document.querySelectorAll('svg text.label')].map((text) => text.getBoundingClientRect())"
    ends = page.evaluate(f"{labels}.map((box) => [box.left, box.right])")
    assert ends
    assert all(left >= 0 and right <= 376 for left, right in ends)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 375  # also with every proof open
    assert seen.violations() == []
    assert seen.outside("file://") == []
    assert seen.errors == []
    page.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_shared_position_opens_where_it_was(page_of: Callable[[str], Path], browser: Any) -> None:
    lesson = find_lesson("oracle-codebook")
    seen = opened(browser)
    page = seen.page
    page.goto(page_of(lesson.name).as_uri() + "#features=20&bits=2.5")
    check_settings(page, lesson, {"features": 20.0, "bits": 2.5})
    page.goto("about:blank")
    page.goto(page_of(lesson.name).as_uri() + "#features=nan&bits=1e9&other=1")  # the nearest, or where it was
    check_settings(page, lesson, {"features": 50.0, "bits": 4.0})
    assert seen.errors == []
    page.close()
