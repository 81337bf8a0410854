"""Draw README's picture of a lesson: its page, opened from disk in Chromium, simulation shown.

python -m tests.demos.screenshot figures/lesson.png
"""

import sys
import tempfile
from pathlib import Path

from linreg_compress.demos.registry import find_lesson
from linreg_compress.demos.static_page import write_static
from tests.demos.conftest import find_chromium

LESSON = "when-it-helps"
WIDTH, MARGIN = 1000, 12


def draw(path: Path) -> None:
    """Write the picture with its sliders as PNG."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = write_static(find_lesson(LESSON), Path(folder) / "lesson.html")
        browser = playwright.chromium.launch(executable_path=find_chromium())
        page = browser.new_page(viewport={"width": WIDTH, "height": 800})
        page.goto(page_file.as_uri())
        page.locator("input[name=guess]").nth(find_lesson(LESSON).prediction.right()).check()
        page.locator("#commit").click()
        page.locator("#show-simulated").check()
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        top, bottom = page.locator("#outcome").bounding_box(), page.locator("figure").bounding_box()
        assert top is not None
        assert bottom is not None
        height = bottom["y"] + bottom["height"] - top["y"] + MARGIN
        clip = {"x": 0.0, "y": top["y"] - MARGIN, "width": float(WIDTH), "height": height}
        page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]  # its own kind of dictionary
        browser.close()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
