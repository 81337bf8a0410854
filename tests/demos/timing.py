"""Measure how long a student waits: for the first words, for the picture after the guess, for each move of a slider.

python -m tests.demos.timing [NAME ...]

Every lesson is opened several times, from disk and each time from a server of its own, and the least time of each step
counts, because other work of the machine only adds to it. A student reads the question before the guess, for longer than
the READING given here. Of a served page a move is one to a position that nobody has asked for before, unless the server has
computed it ahead.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.registry import LESSONS, find_lesson
from linreg_compress.demos.static_page import write_static
from tests.demos.conftest import find_chromium
from tests.demos.offline import address_of, ended, start

TIMES = 3
READING = 2000  # milliseconds
MOVES = 40  # at most, of each opening
PICTURE = """async () => { // milliseconds from the guess to the picture on the screen
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  document.querySelector("input[name=guess]").click();
  const began = performance.now();
  document.querySelector("#commit").click();
  while (!document.querySelector("#picture svg path.curve")) await new Promise((done) => setTimeout(done, 1));
  await painted();
  return performance.now() - began;
}"""
MOVE = """async (wanted) => { // milliseconds from a move of the sliders to the new picture on the screen
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  await painted();
  const text = document.querySelector("#description").textContent, began = performance.now();
  wanted.forEach((value, i) => { inputs[i].value = value; });
  inputs[0].dispatchEvent(new Event("input"));
  while (!data.positions[placeNow()] || asking) await new Promise((done) => setTimeout(done, 1));
  await painted();
  return performance.now() - began;
}"""


def moves(lesson: Lesson) -> list[tuple[int, ...]]:
    """Return positions of the sliders all over their grid, as numbers of steps, in an order without neighbours."""
    everywhere = [tuple(s.values.index(each[s.name]) for s in lesson.sliders) for each in lesson.positions()]
    step = max(1, len(everywhere) // MOVES)
    return everywhere[::step][::2] + everywhere[::step][1::2]


def opened_once(browser: Any, address: str, lesson: Lesson) -> Iterator[tuple[str, float]]:
    """Yield the names of the steps and their milliseconds."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("h1").wait_for()
    yield "words", 1000 * (time.perf_counter() - began)
    page.wait_for_load_state()
    page.wait_for_timeout(READING)
    yield "picture", page.evaluate(PICTURE)
    for wanted in moves(lesson):
        yield f"move to {wanted}", page.evaluate(MOVE, list(wanted))
    page.close()


def from_disk(browser: Any, lesson: Lesson, folder: Path) -> list[dict[str, float]]:
    """Open a page from disk several times."""
    path = write_static(lesson, folder / f"{lesson.name}.html", trials=2)
    return [dict(opened_once(browser, path.as_uri(), lesson)) for _ in range(TIMES)]


def served(browser: Any, lesson: Lesson) -> list[dict[str, float]]:
    """Open a page from several servers, each of which has just started; "start" is until it prints its address."""
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        process = start(lesson.name, "--port", "0")
        try:
            address = address_of(process)
            listening = 1000 * (time.perf_counter() - began)
            found.append({"start": listening, **dict(opened_once(browser, address, lesson))})
            ended(process)
        finally:
            process.kill()
    return found


def least(found: list[dict[str, float]]) -> dict[str, float]:
    """Return the least time of each step."""
    return {step: min(each[step] for each in found) for step in found[0]}


def told(name: str, where: str, found: list[dict[str, float]]) -> str:
    """Return one line for a lesson."""
    times = least(found)
    slow = max((step for step in times if step.startswith("move")), key=lambda step: times[step])
    words = times.get("start", 0.0) + times["words"]
    moved = f"slowest {slow} {times[slow]:4.0f} ms"
    return f"{name:<16} {where:<6} words {words:5.0f} ms, picture {times['picture']:4.0f} ms after the guess, {moved}"


def main(names: list[str]) -> None:
    """Print a line for each lesson, from disk and served."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium())
        for lesson in map(find_lesson, names or LESSONS):
            print(told(lesson.name, "disk", from_disk(browser, lesson, Path(folder))), flush=True)
            print(told(lesson.name, "served", served(browser, lesson)), flush=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
