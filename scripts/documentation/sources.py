"""The sources of the site: the pages of the repository with their links turned, and an API written from the stubs."""

import ast
import inspect
import re
import shutil
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path

import linreg_compress as lc
from linreg_compress.cli.main import main as command
from linreg_compress.demos.registry import LESSONS
from linreg_compress.derivations.printing import anchor
from linreg_compress.gallery.registry import FIGURES

PAGES = {  # files of the repository, and the page that each becomes
    "README.md": "index",
    "figures/README.md": "gallery",
    "figures/derivations.md": "derivations/index",
    "figures/paper.md": "paper",
    "linreg_compress/README.md": "guide/code",
    "CONTRIBUTING.md": "contributing",
    ".github/CODE_OF_CONDUCT.md": "conduct",
    "CHANGELOG.md": "changelog",
}
GROUND = "model"  # the page of the names that belong to no chapter
ORDER = (
    "least_squares",
    "information",
    "compression",
    "compressed_risk",
    "bounds",
    "derivations",
    "monte_carlo",
    "networks",
)
_API = """\
# API

The public names by chapter, in the order of the theory. `linreg_compress` itself has the sixty that are used most.
Every name is also found in its chapter, as `linreg_compress.bounds.chi_square_bound`.

"""
CONTENTS = ("gallery", "paper", "lessons", "guide/index", "derivations/index", "api/index", "changelog")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
FENCE = re.compile(r"^([ \t]*)```.*?^\1```", re.MULTILINE | re.DOTALL)


def write_sources(root: Path, sources: Path) -> None:
    """Write every page below `sources`; what stands beside them, lessons and pictures, too."""
    pages = PAGES | {
        path.relative_to(root).as_posix(): f"guide/{path.parent.name}"
        for path in sorted((root / "linreg_compress").glob("*/README.md"))
    }
    writer = _Writer(root, sources, pages)
    for path in pages:
        if (root / path).exists() and path != "figures/derivations.md":
            writer.write(pages[path], writer.turned(path, (root / path).read_text(encoding="utf-8")))
    _derivations(writer)
    _code_of_figures(writer)
    _lessons(writer, sources.parent / "extra")
    _interface(writer)
    guides = [name for name in sorted(pages.values()) if name.startswith("guide/") and (sources / f"{name}.md").exists()]
    first = [name for name in guides if name == "guide/code"]
    writer.write(
        "guide/index",
        "# Guides\n\n" + _toctree([*first, *(g for g in guides if g not in first), "contributing", "conduct"]),
    )
    writer.append("index", _toctree(CONTENTS, hidden=True))


class _Writer:
    """Where the pages go, and where a link of the repository leads among them."""

    def __init__(self, root: Path, sources: Path, pages: dict[str, str]) -> None:
        self.root, self.sources, self.pages = root, sources, pages
        self.derivations: dict[str, str] = {}  # pages of the derivations by the anchors of their titles
        ledger = (root / "figures" / "derivations.md").read_text(encoding="utf-8")
        for title, name in re.findall(r"^## (.*)\n\n`([a-z0-9-]+)` · ", ledger, re.MULTILINE):
            self.derivations[anchor(title)] = f"derivations/{name}"

    def write(self, page: str, text: str) -> None:
        path = self.sources / f"{page}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.rstrip() + "\n", encoding="utf-8")

    def append(self, page: str, text: str) -> None:
        path = self.sources / f"{page}.md"
        self.write(page, path.read_text(encoding="utf-8") + "\n" + text)

    def turned(self, origin: str, text: str, page: str | None = None) -> str:
        """Return a Markdown file of the repository with its formulas and links as the site has them."""
        here = page or self.pages[origin]
        fences: list[str] = []

        def put_aside(found: re.Match[str]) -> str:
            fences.append(found[0])
            return f"\0{len(fences) - 1}\0"

        def link(found: re.Match[str]) -> str:
            target, said = self.target(origin, here, found[3]), LINK.sub(link, found[2])  # a picture may be a link
            return f"{found[1]}[{said}]({target})" if target else said

        text = FENCE.sub(put_aside, text)
        text = re.sub(r"\$`(.+?)`\$", r"{math}`\1`", text)
        text = LINK.sub(link, text)
        return re.sub("\0(\\d+)\0", lambda found: fences[int(found[1])], text)

    def target(self, origin: str, here: str, link: str) -> str | None:
        """Return the place on the site of a link in a file of the repository; None for a folder, which has none."""
        if re.match(r"[a-z]+:", link):
            return link
        path, _, fragment = link.partition("#")
        place = (self.root / origin).parent.joinpath(path).resolve().relative_to(self.root).as_posix() if path else origin
        if (self.root / place).is_dir():
            place += "/README.md"
        if not (self.root / place).is_file():
            return None
        up = "../" * here.count("/")
        if place == "figures/derivations.md":
            return f"{up}{self.derivations.get(fragment, 'derivations/index')}.md"
        if place in self.pages:
            return f"{up}{self.pages[place]}.md" + (f"#{fragment}" if fragment else "") if path else f"#{fragment}"
        copy = self.sources / "files" / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.root / place, copy)
        return f"{up}files/{place}"


def _derivations(writer: _Writer) -> None:
    """Split the ledger: what it says of itself, and a page for each derivation."""
    origin = "figures/derivations.md"
    opening, *sections = re.split(r"^## ", (writer.root / origin).read_text(encoding="utf-8"), flags=re.MULTILINE)
    opening = re.sub(r"^- \[.*\]\(#.*\)\n", "", opening, flags=re.MULTILINE)  # the table of contents follows by itself
    graphs = []
    for section in sections:
        title, _, body = section.partition("\n")
        page = writer.derivations.get(anchor(title))
        if page is None:
            graphs.append(f"## {section}")
        else:
            writer.write(page, writer.turned(origin, f"# {title}\n{body}", page))
    writer.write(
        "derivations/index", writer.turned(origin, opening + _toctree(writer.derivations.values()) + "".join(graphs))
    )


def _code_of_figures(writer: _Writer) -> None:
    """Give each figure a page with its picture and the file that draws it, and link it from its section of the gallery."""
    gallery = (writer.sources / "gallery.md").read_text(encoding="utf-8")
    for name, figure in FIGURES.items():
        code = Path(inspect.getfile(inspect.unwrap(figure.draw)))
        copy = writer.sources / "files" / "figures" / code.name
        shutil.copyfile(code, copy)
        shutil.copyfile(writer.root / "figures" / f"{name}.png", writer.sources / "files" / "figures" / f"{name}.png")
        text = f"# The code of {name}\n\n![](../files/figures/{name}.png)\n\nBack to [the gallery](../gallery.md#{name}). "
        text += f"`linreg_compress/gallery/{code.name}` computes the data, checks the claim and draws the picture:\n\n"
        writer.write(
            f"gallery/{name}", text + f"```{{literalinclude}} ../files/figures/{code.name}\n:language: python\n```\n"
        )
        start = gallery.index(f"\n## {name}\n") + 1
        end = gallery.find("\n## ", start)
        end = len(gallery) if end < 0 else end
        gallery = f"{gallery[:end].rstrip()}\n\n[The code of this figure](gallery/{name}.md)\n{gallery[end:]}"
    writer.write("gallery", gallery)
    writer.append("gallery", _toctree([f"gallery/{name}" for name in FIGURES], hidden=True))


def _lessons(writer: _Writer, extra: Path) -> None:
    """Write the lessons themselves, each a page and a handout of its own, and a page of the site that leads to them."""
    folder = extra / "lessons"
    with redirect_stdout(StringIO()):  # the names of the files
        if command(["demo", "--all", str(folder)]) != 0:
            raise SystemExit("the lessons could not be written")
    lines = [
        "# Lessons",
        "",
        "Each takes 10 to 15 minutes: a question and a guess, a picture with sliders, formulas, a simulation, exercises.",
        'Start at <a href="lessons/index.html">the course</a>.',
        'There are <a href="lessons/teacher.html">notes for teachers</a> and <a href="lessons/slides.html">slides</a>.',
        "",
    ]
    for number, lesson in enumerate(LESSONS.values(), start=1):
        place = f"lessons/{lesson.name}"
        paper = f' (<a href="{place}.pdf">for printing</a>)' if (folder / f"{lesson.name}.pdf").exists() else ""
        lines += [f'{number}. <a href="{place}.html">{lesson.title}</a>{paper}']
    writer.write("lessons", "\n".join(lines))


def _interface(writer: _Writer) -> None:
    """Write a page for each chapter, with the names of its stub in their order there, and one for what the root adds."""
    package = Path(str(lc.__file__)).parent
    listed = _listed(package / "__init__.pyi")
    chapters = sorted(listed.pop(""), key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    names = {GROUND: [name for module, names in listed.items() if module not in chapters for name in names]}
    for chapter in chapters:
        stub = _listed(package / chapter / "__init__.pyi")
        names[chapter] = [name for module, names in stub.items() if module for name in names]
    for chapter, of in names.items():
        home = "linreg_compress" if chapter == GROUND else f"linreg_compress.{chapter}"
        said = "" if chapter == GROUND else inspect.cleandoc(import_module(home).__doc__ or "")
        lines = [chapter, "=" * len(chapter), "", said, "", f".. currentmodule:: {home}", ""]
        path = writer.sources / "api" / f"{chapter}.rst"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*lines, *(_entry(home, name) for name in of)]), encoding="utf-8")
    rows = [f"- [{chapter}]({chapter}.rst): " + ", ".join(f"`{name}`" for name in of) for chapter, of in names.items()]
    writer.write("api/index", _API + "\n".join(rows))
    writer.append("api/index", _toctree([f"api/{chapter}" for chapter in names], hidden=True))


def _listed(stub: Path) -> dict[str, list[str]]:
    """Return the names that a stub imports, by the module that they come from."""
    listed: dict[str, list[str]] = {}
    for line in ast.parse(stub.read_text(encoding="utf-8")).body:
        if isinstance(line, ast.ImportFrom):
            listed.setdefault(line.module or "", []).extend(alias.name for alias in line.names)
    return listed


def _entry(package: str, name: str) -> str:
    value = getattr(import_module(package), name)
    if inspect.isclass(value):
        return f".. auto{'exception' if issubclass(value, Exception) else 'class'}:: {name}\n"
    return f".. autofunction:: {name}\n" if callable(value) else f".. autodata:: {name}\n   :no-value:\n"


def _toctree(pages: "object", hidden: bool = False) -> str:
    lines = ["```{toctree}", ":maxdepth: 1", *([":hidden:"] if hidden else []), *(f"/{page}" for page in pages), "```"]
    return "\n".join(lines) + "\n\n"
