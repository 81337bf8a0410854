"""Parts of HTML that the served lesson and the page without Python share."""

from collections.abc import Sequence
from html import escape

from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.table import HEADS


def paragraphs(texts: Sequence[str]) -> str:
    """Return plain texts as paragraphs."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def tasks(lesson: Lesson) -> str:
    """Return what to do with the sliders."""
    return "<ol>" + "".join(f"<li>{escape(task)}</li>" for task in lesson.try_this) + "</ol>"


def table_head() -> str:
    """Return the head of the table of theory against simulation."""
    return "<thead><tr>" + "".join(f'<th scope="col">{head}</th>' for head in HEADS) + "</tr></thead>"
