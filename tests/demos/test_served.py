"""A served lesson in a real Chromium, where no other machine is in reach. Its page is that of test_static_page.py.

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

from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.registry import LESSONS
from linreg_compress.demos.table import theory_text
from tests.demos.conftest import find_chromium, opened
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
        return launch()
    wrapper = tmp_path_factory.mktemp("chromium") / "chromium"
    beside = ["nsenter", f"--net=/proc/{server.process.pid}/ns/net", find_chromium()]
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.join(beside)} "$@"\n')
    wrapper.chmod(0o755)
    return launch(str(wrapper))


# One page shows every lesson: one is gone through each time, the others where slow tests run.
OFTEN = {"oracle-codebook"}
WALKS = [pytest.param(name, marks=() if name in OFTEN else pytest.mark.slow) for name in LESSONS]


def shows(page: Any, lesson: Lesson, settings: dict[str, float]) -> None:
    """Wait until the page shows what the library says at some settings."""
    page.locator("#description", has_text=lesson.curves(settings).description).wait_for(timeout=1000 * SECONDS)
    for number in lesson.numbers(settings):
        assert page.locator(f'td[data-theory="{number.name}"]').inner_text() == theory_text(number)


@pytest.mark.parametrize("name", WALKS)
def test_lesson(name: str, server: Server, context: Any) -> None:
    lesson = LESSONS[name]
    seen = opened(context, viewport={"width": 1280, "height": 800}, color_scheme="dark")
    page = seen.page
    page.goto(f"{server.address}/{name}/")
    assert page.title().startswith(lesson.title)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"
    assert not page.locator("#picture").is_visible()
    page.locator("input[name=guess]").first.press("Space")
    page.locator("#commit").press("Enter")
    page.locator("#picture svg").last.wait_for(timeout=1000 * SECONDS)
    settings = lesson.defaults
    shows(page, lesson, settings)
    assert page.locator("#answers p").all_text_contents()[-1].endswith(lesson.exercises[-1].confirmation())
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf())) == 2  # the answers on the back
    for slider in lesson.sliders:
        place = slider.values.index(slider.default)
        step = 1 if place + 1 < len(slider.values) else -1
        page.locator(f"#slider-{slider.name}").press("ArrowRight" if step == 1 else "ArrowLeft")
        settings = {**settings, slider.name: slider.values[place + step]}
        shows(page, lesson, settings)

    page.locator("#simulate").press("Enter")
    page.locator("td[data-simulated]", has_text="±").first.wait_for(timeout=1000 * SECONDS)
    verdicts = page.locator("td[data-simulated] + td").all_inner_texts()
    assert not [verdict for verdict in verdicts if verdict.startswith(("differs", "broken"))]
    page.locator("#why summary").first.press("Enter")
    page.locator("#why .proof summary").first.press("Enter")
    page.locator("#why .proof li math").first.wait_for(timeout=1000 * SECONDS)
    assert seen.violations() == []
    assert seen.errors == []
    assert seen.outside(f"{server.address}/") == []
    page.close()


def test_the_course_leads_from_page_to_page_and_tells_when_it_has_ended(server: Server, context: Any) -> None:
    names = list(LESSONS)
    seen = opened(context)
    page = seen.page
    page.goto(f"{server.address}/")
    page.get_by_role("link", name=LESSONS[names[0]].title, exact=True).click()
    page.get_by_role("link", name=f"Next: {LESSONS[names[1]].title}").first.click()
    assert page.url == f"{server.address}/{names[1]}/"
    assert page.locator('nav a[rel="prev"]').first.get_attribute("href") == f"../{names[0]}/"
    assert seen.errors == []
    page.route("**/at?*", lambda route: route.abort())
    page.goto(f"{server.address}/{names[1]}/#picture")
    page.locator("#picture svg").first.wait_for(timeout=1000 * SECONDS)
    page.locator("#controls input").last.press("End")
    page.locator("#trouble", has_text="does not answer").wait_for(state="attached")
    page.unroute("**/at?*")
    page.locator("#controls input").last.press("Home")
    page.locator("#trouble").wait_for(state="hidden")
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
