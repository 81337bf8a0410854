"""Print a page with the browser of this machine: a Chromium, Chrome or Edge, which opens no window for it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from linreg_compress.errors import LinregCompressError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
_PLACES = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    "win32": (
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ),
}
_SECONDS = 120
_DATE = re.compile(rb"(/(?:Creation|Mod)Date \(D:)[0-9]{14}")


def find_browser() -> str | None:
    """Return a browser that can print, None if there is none."""
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    return found or next((path for path in _PLACES.get(sys.platform, ()) if Path(path).exists()), None)


def need_browser() -> str:
    """Return a browser that can print, or say what to do without one.

    Raises
    ------
    LinregCompressError
        If there is none.
    """
    found = find_browser()
    if found is None:
        raise LinregCompressError(
            "a PDF is printed by a Chromium, Chrome or Edge, and none was found. Write FILE.md, which needs none; or write "
            "the page with --static and print it from your browser."
        )
    return found


def printed(page: Path, browser: str) -> bytes:
    """Return a lesson's page as PDF, which its script fits on one sheet; the same each time.

    Raises
    ------
    LinregCompressError
        If the browser fails.
    """
    return _DATE.sub(rb"\g<1>20200101000000", _printed(f"{page.absolute().as_uri()}#paper", browser))


def _printed(address: str, browser: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "page.pdf"
        command = [browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder}/profile"]
        command += ["--no-pdf-header-footer", "--hide-scrollbars", "--window-size=1000,1400", f"--print-to-pdf={target}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses its sandbox to root; the page is ours and asks for nothing
        try:
            done = subprocess.run([*command, address], capture_output=True, check=False, timeout=_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LinregCompressError(f"{browser} could not print: {error}") from error
        if not target.exists():
            told = done.stderr.decode(errors="replace").strip().splitlines()
            raise LinregCompressError(f"{browser} could not print: {told[-1] if told else 'it said nothing'}")
        return target.read_bytes()
