"""The lessons as slides for a projector, one page that also prints: 16 to 9, with the pictures of the lessons."""

from collections.abc import Mapping
from html import escape
from typing import Any

from linreg_compress.demos.course import NAME
from linreg_compress.demos.document import document
from linreg_compress.demos.lesson import Formula, Lesson
from linreg_compress.demos.markup import paragraphs
from linreg_compress.demos.page import Course
from linreg_compress.demos.page_data import position
from linreg_compress.demos.proofs import formula_box

SCRIPTS = ("draw.js", "slides.js")


def slides_page(course: Course, held: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """Return the slides; `held` are default positions by the names of the lessons, where they are known already."""
    known = held or {}
    pictures = [known.get(lesson.name) or position(lesson, lesson.defaults) for lesson in course.lessons]
    cover = (
        f'<section class="slide cover"><h1>{NAME}</h1><p>{len(course.lessons)} lessons, each of 10 to 15 minutes</p>'
        f'<p class="small"><a href="{course.addresses["index"]}">All lessons</a></p></section>'
    )
    slides = "".join(
        _slides(number, lesson, picture, course)
        for number, (lesson, picture) in enumerate(zip(course.lessons, pictures, strict=True))
    )
    data = {"pool": [], "pictures": [picture["panels"] for picture in pictures]}
    return document(f"Slides – {NAME}", f'<main class="slides">{cover}{slides}</main>', scripts=SCRIPTS, data=data)


def _slides(number: int, lesson: Lesson, picture: Mapping[str, Any], course: Course) -> str:
    asked = lesson.prediction
    choices = "".join(f"<li>{escape(choice)}</li>" for choice in asked.choices)
    address = f"{course.addresses[lesson.name]}#picture"
    formulas = "".join(_formula(each, place) for place, each in enumerate(lesson.formulas, start=1))
    questions = "".join(f"<li>{escape(each)}</li>" for each in lesson.teaching.ask) if lesson.teaching else ""
    ask = f"<h3>Talk about it</h3><ul>{questions}</ul>" if questions else ""
    pages = (
        f'<h2>{number + 1}. {escape(lesson.title)}</h2><div class="lead">{paragraphs(lesson.question)}</div>',
        f'<h2>What is your guess?</h2><p class="lead">{escape(asked.question)}</p><ol class="choices">{choices}</ol>',
        f'<h2><a href="{address}">{escape(lesson.title)}</a></h2><div class="panels" data-picture="{number}"></div>'
        f"<p>{escape(picture['text'])}</p>",
        f"<h2>Why</h2>{formulas}",
        f'<h2>To take away</h2><div class="lead">{paragraphs(lesson.takeaway)}</div>{ask}',
    )
    return "".join(f'<section class="slide">{each}<p class="foot">{escape(lesson.title)}</p></section>' for each in pages)


def _formula(formula: Formula, number: int) -> str:
    first = formula.words.split(". ")[0].removesuffix(".")
    return f'<div class="pair">{formula_box(formula.latex, f"formula {number}")}<p>{escape(first)}.</p></div>'
