"""Parts of HTML that pages share."""

import re
from collections.abc import Mapping, Sequence
from html import escape

from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.table import HEADS

_LESSON = re.compile(r"\blesson (\d+)\b")


def paragraphs(texts: Sequence[str], addresses: Sequence[str] = ()) -> str:
    """Return plain texts as paragraphs; "lesson 4" in them is a link where `addresses` has that of the fourth lesson.

    Examples
    --------
    >>> paragraphs(["As in lesson 1."], ["a.html"])
    '<p>As in <a href="a.html">lesson 1</a>.</p>'
    """
    return "".join(f"<p>{linked(text, addresses)}</p>" for text in texts)


def linked(text: str, addresses: Sequence[str] = ()) -> str:
    """Return a plain text as HTML, with links to the lessons that it names by their number; no line ends beside a ``=``."""

    def link(found: re.Match[str]) -> str:
        place = int(found.group(1)) - 1
        return f'<a href="{addresses[place]}">{found.group()}</a>' if 0 <= place < len(addresses) else found.group()

    return _LESSON.sub(link, escape(text).replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"))


def tasks(lesson: Lesson) -> str:
    """Return what to do with the sliders."""
    return "<ol>" + "".join(f"<li>{escape(task)}</li>" for task in lesson.try_this) + "</ol>"


def table_head() -> str:
    """Return the head of the table of theory against simulation."""
    return "<thead><tr>" + "".join(f'<th scope="col">{head}</th>' for head in HEADS) + "</tr></thead>"


def section(title: str, content: str) -> str:
    """Return a part of a lesson; its id is the title in small letters."""
    name = title.lower().replace(" ", "-")
    return f'<section id="{name}" aria-labelledby="title-{name}"><h2 id="title-{name}">{title}</h2>\n{content}</section>'


def radios(name: str, choices: Sequence[str]) -> str:
    """Return choices of which one can be taken."""
    return "".join(
        f'<label class="choice"><input type="radio" name="{name}" value="{place}" autocomplete="off">'
        f"<span>{escape(choice)}</span></label>"
        for place, choice in enumerate(choices)
    )


def table(heads: Sequence[str], rows: Sequence[Mapping[str, str] | Sequence[str]], caption: str = "") -> str:
    """Return a table of texts that are HTML already; the first cell of a row is its head."""
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join(
        f'<tr><th scope="row">{cells[0]}</th>{"".join(f"<td>{cell}</td>" for cell in cells[1:])}</tr>'
        for cells in map(list, rows)
    )
    title = f"<caption>{caption}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
