"""Follow the links of built pages: each leads to a file and a place in it, and no page loads anything from outside."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("object", "data")}
FOLLOWED = LOADED | {("a", "href")}


class Page(HTMLParser):
    """What a page refers to, and the places that it offers."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.targets: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (name == "id" or (tag == "a" and name == "name")):
                self.places.add(value)
            if value and (tag, name) in FOLLOWED:
                self.targets.append(value)
            if value and (tag, name) in LOADED:
                self.loads.append(value)


def faults(folder: Path) -> list[str]:
    """Return one sentence for each link that leads nowhere, and for each thing that would come from outside."""
    served = (path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts)  # the theme's templates
    pages = {path: Page(path) for path in served}
    return [f"{path.relative_to(folder)}: {fault}" for path, page in pages.items() for fault in _of(path, page, pages)]


def _of(path: Path, page: Page, pages: dict[Path, Page]) -> Iterator[str]:
    for target in dict.fromkeys(page.targets):
        parts = urlsplit(target)
        if parts.scheme == "data" or target == "#":
            continue
        if parts.scheme or parts.netloc:
            if target in page.loads:
                yield f"loads {target} from outside"
            continue
        file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not file.is_file():
            yield f"{target} leads to no file"
        elif parts.fragment and file in pages and unquote(parts.fragment) not in pages[file].places:
            yield f"{target} leads to no place in that page"
