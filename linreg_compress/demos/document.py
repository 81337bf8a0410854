"""A page as one file: scripts and styles inside, and a policy that lets the browser run and ask for nothing else."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any


def document(
    title: str, body: str, *, scripts: Sequence[str] = (), data: Mapping[str, Any] | None = None, asks: bool = False
) -> str:
    """Return a page.

    Parameters
    ----------
    scripts
        Names of files in web/ that run one after another.
    data
        What they read from the element "data".
    asks
        Whether the page may ask the server that it came from; a page on disk may ask nobody.
    """
    script, style = _script(scripts), own("page.css")
    held = ""
    if data is not None:
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
        held = f'<script type="application/json" id="data">{text}</script>\n'
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy(scripts, asks=asks)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
{body}
{held}{f"<script>{script}</script>" if scripts else ""}
</body>
</html>
"""


def policy(scripts: Sequence[str] = (), *, asks: bool = False) -> str:
    """Return what a browser may do for a page: run its own scripts, and ask the page's own server if it `asks` at all."""
    connect = " connect-src 'self';" if asks else ""
    return (
        f"default-src 'none'; script-src {_hash(_script(scripts))}; style-src {_hash(own('page.css'))};{connect} "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _script(scripts: Sequence[str]) -> str:
    return "\n".join(map(own, scripts))


@cache
def own(name: str) -> str:
    """Return the text of a file in web/."""
    return files("linreg_compress.demos").joinpath("web", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
