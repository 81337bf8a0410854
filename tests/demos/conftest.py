"""A real Chromium that writes down what a page asks for and what it complains about, and axe-core to judge the page.

A machine without a Chromium skips these tests, unless LINREG_COMPRESS_BROWSER=required, as in .ci/run: then they fail.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SERIOUS = ("serious", "critical")
PARTS = (  # of every lesson, in the order in which a student meets them
    "Question",
    "Prediction",
    "Picture",
    "Why",
    "Simulation",
    "Theory against simulation",
    "Takeaway",
    "Exercises",
)


def find_chromium() -> str:
    """Return the system's Chromium, or end the test as the environment wants it."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        missing = f"none of {', '.join(NAMES)} is on the path"
        if os.environ.get("LINREG_COMPRESS_BROWSER") == "required":
            pytest.fail(f"{missing}, and LINREG_COMPRESS_BROWSER=required")
        pytest.skip(missing)
    return found


@dataclass
class Seen:
    """A page and all that it did."""

    page: Any
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def outside(self, *allowed: str) -> list[str]:
        """Return the requests that went elsewhere; data: and blob: stay inside the page."""
        return [url for url in self.requests if not url.startswith((*allowed, "data:", "blob:"))]

    def violations(self) -> list[str]:
        """Return what axe-core rates serious or critical, with nothing excluded."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        return [
            f"{rule['id']} ({rule['impact']}): {node['html'][:200]}"
            for rule in found
            if rule["impact"] in SERIOUS
            for node in rule["nodes"]
        ]


def opened(browser: Any, **options: Any) -> Seen:
    """Return a new page of a browser that records from its first request."""
    page = browser.new_page(**options)
    seen = Seen(page)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("websocket", lambda channel: seen.requests.append(channel.url))
    page.on("requestfailed", lambda request: seen.errors.append(f"failed: {request.url}"))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
    return seen


@pytest.fixture(scope="module")
def launch() -> Iterator[Callable[..., Any]]:
    """Give a function that starts a browser; all end with the module, so that no event loop stays behind."""
    executable = find_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:

        def start(wrapper: str = executable) -> Any:
            return playwright.chromium.launch(executable_path=wrapper)

        yield start


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Any]) -> Any:
    """Give one browser for the module."""
    return launch()
