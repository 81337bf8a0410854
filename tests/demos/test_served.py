"""Each served lesson in a real Chromium, gone through by keyboard as a student would, where no other machine is in reach.

Server and browser stand in a network namespace that holds nothing but a loopback, where the system allows one. Everywhere
the server runs under a guard that refuses every other address, and the browser's requests are written down.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from linreg_compress.demos.lesson import Lesson, Slider
from linreg_compress.demos.panel import panel_svg
from linreg_compress.demos.registry import LESSONS
from tests.demos.conftest import PARTS, Seen, find_chromium, opened
from tests.demos.offline import FORBIDDEN, address_of, ended, start

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
ALONE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
SECONDS = 30


@dataclass(frozen=True)
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    address: str  # without the lesson's name
    alone: bool  # with a loopback and no other network


def can_stand_alone() -> bool:
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        return False
    return subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    find_chromium()
    alone = can_stand_alone()
    process = start("overfitting", "--port", "0", through=ALONE if alone else [])
    try:
        yield Server(process, address_of(process).removesuffix("/overfitting/"), alone)
        said = ended(process)
        assert FORBIDDEN not in said
        assert "Traceback" not in said
    finally:
        process.kill()


@pytest.fixture(scope="module")
def context(server: Server, launch: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give a browser that stands beside the server."""
    if not server.alone:
        return launch().new_context()
    wrapper = tmp_path_factory.mktemp("chromium") / "chromium"
    beside = ["nsenter", f"--net=/proc/{server.process.pid}/ns/net", find_chromium()]
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.join(beside)} "$@"\n')
    wrapper.chmod(0o755)
    return launch(str(wrapper)).new_context()


def commit(seen: Seen, lesson: Lesson) -> None:
    """Commit to the first choice by keyboard."""
    page = seen.page
    choices = page.get_by_role("radiogroup", name=lesson.prediction.question, exact=True)
    choices.get_by_role("radio", name=lesson.prediction.choices[0], exact=True).press("Space")
    page.get_by_role("button", name="Commit to this guess").press("Enter")
    page.locator(".lesson-panel svg").first.wait_for()


def moves(slider: Slider) -> tuple[str, float]:
    """Return a key and the value to which it moves a slider from its default."""
    place = slider.values.index(slider.default)
    return (
        ("ArrowRight", slider.values[place + 1])
        if place + 1 < len(slider.values)
        else ("ArrowLeft", slider.values[place - 1])
    )


def drawn(page: Any) -> list[str]:
    """Return the outlines of all that is drawn in the picture."""
    found = page.evaluate("[...document.querySelectorAll('.lesson-panel path')].map((path) => path.getAttribute('d'))")
    return [" ".join(outline.split()) for outline in found]


def outlines(lesson: Lesson, settings: dict[str, float]) -> list[str]:
    """Return what the picture should hold, from the library."""
    text = "".join(map(panel_svg, lesson.curves(settings).panels))
    return [" ".join(outline.split()) for outline in re.findall(r'<path[^>]*? d="(.*?)"', text, flags=re.DOTALL)]


def shows(page: Any, lesson: Lesson, settings: dict[str, float]) -> None:
    """Wait until the page shows what the library says at some settings: numbers, description and curves."""
    described = page.locator("[role=status]", has_text=lesson.curves(settings).description[:60])
    described.wait_for(timeout=1000 * SECONDS)
    for number in lesson.numbers(settings):
        cell = page.locator(f'td[data-theory="{number.name}"][data-value="{number.theory!r}"]')
        cell.wait_for(timeout=1000 * SECONDS)
    assert drawn(page) == outlines(lesson, settings)


# One notebook shows every lesson: two are gone through each time, the others where slow tests run. The static pages
# of all of them, and what the notebook computes for them, are tested each time.
OFTEN = {"when-it-helps", "clustering"}  # test_proof_and_answers opens the oracle codebook
WALKS = [pytest.param(name, marks=() if name in OFTEN else pytest.mark.slow) for name in LESSONS]


@pytest.mark.parametrize("name", WALKS)
def test_lesson(name: str, server: Server, context: Any) -> None:
    lesson = LESSONS[name]
    seen = opened(context)
    page = seen.page
    page.goto(f"{server.address}/{name}/")
    page.get_by_role("heading", name=lesson.title, level=1).wait_for()
    assert page.title() == lesson.title
    assert page.locator(".katex, .lesson-panel svg").count() == 0  # closed before the guess

    commit(seen, lesson)
    settings = lesson.defaults
    shows(page, lesson, settings)
    assert page.locator("h2").all_inner_texts() == [*PARTS[:-1], "Exercise 1", "Exercise 2"]
    formulas = [box.bounding_box() for box in page.locator(".lesson-formula .katex-html").all()]
    assert len(formulas) == len(lesson.formulas)
    assert all(box["width"] > 20 and box["height"] > 10 for box in formulas)

    before = drawn(page)
    for slider in lesson.sliders:
        key, value = moves(slider)
        thumb = page.locator(f'[data-slider="{slider.name}"]').get_by_role("slider")
        thumb.press(key)
        settings = {**settings, slider.name: value}
        shows(page, lesson, settings)
        assert thumb.get_attribute("aria-valuetext") == slider.text(value)
    assert drawn(page) != before

    page.get_by_role("button", name="Simulate").press("Enter")
    for key in lesson.simulate(settings, 1, 4):  # for the names; test_notebooks.py compares the values
        page.locator(f'td[data-simulated="{key}"]').wait_for(timeout=1000 * SECONDS)
    verdicts = page.locator("td[data-simulated] + td").all_inner_texts()
    assert not [verdict for verdict in verdicts if verdict.startswith(("differs", "broken"))]

    assert seen.violations() == []
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.getElementById('App').scrollWidth") <= 375
    assert seen.errors == []
    assert seen.outside(f"{server.address}/", f"ws{server.address.removeprefix('http')}/") == []
    page.close()


def test_proof_and_answers(server: Server, context: Any) -> None:
    lesson = LESSONS["oracle-codebook"]
    seen = opened(context)
    page = seen.page
    page.goto(f"{server.address}/{lesson.name}/")
    commit(seen, lesson)
    assert page.locator(".lesson-verdict.wrong").count() == 1

    page.get_by_role("button", name="Proof, step by step: gaussian-test-channel").press("Enter")
    page.get_by_text("linreg-compress derive gaussian-test-channel").wait_for(timeout=1000 * SECONDS)
    proof = page.locator("marimo-accordion", has_text="gaussian-test-channel")
    assert proof.locator(".katex-html").count() > 5

    first, second = lesson.exercises
    field = page.get_by_role("textbox", name=f"Answer to exercise 1, {first.unit}", exact=True)
    field.fill("a lot")
    field.press("Enter")
    page.locator(".lesson-verdict", has_text="Not a number.").wait_for()
    field.fill("0")
    field.press("Enter")
    page.locator(".lesson-verdict", has_text=first.wrong).wait_for()
    field.fill(f"{first.answer():.3f}")
    field.press("Enter")
    page.locator(".lesson-verdict", has_text=first.confirmation()).wait_for()
    choices = page.get_by_role("radiogroup", name="Answer to exercise 2", exact=True)
    choices.get_by_role("radio", name=second.choices[int(second.answer())], exact=True).press("Space")
    page.get_by_role("button", name="Check the answer").press("Enter")
    page.locator(".lesson-verdict", has_text=second.confirmation()).wait_for()
    assert seen.violations() == []

    following = page.get_by_role("link", name=LESSONS["when-it-helps"].title)
    assert following.evaluate("(link) => link.href") == f"{server.address}/when-it-helps/"
    assert seen.errors == []
    page.close()


def test_no_other_machine_is_in_reach(server: Server) -> None:
    if not server.alone:
        pytest.skip("this system allows no network namespace")
    links = subprocess.run(
        ["nsenter", f"--net=/proc/{server.process.pid}/ns/net", "ip", "-brief", "link"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split()[0] for line in links.stdout.splitlines()] == ["lo"]
