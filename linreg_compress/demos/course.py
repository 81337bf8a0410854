"""The pages around the lessons: the list of them, and what helps a teacher."""

from html import escape

from linreg_compress.demos.document import document
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.markup import table
from linreg_compress.demos.page import Course

NAME = "Compressing what least squares has learned"


def index_page(course: Course) -> str:
    """Return the list of lessons, with the time that each takes and what it promises."""
    items = "".join(_item(lesson, course) for lesson in course.lessons)
    minutes = sum(lesson.minutes for lesson in course.lessons)
    body = f"""<header><p class="about">{len(course.lessons)} lessons of linreg_compress, about {minutes} minutes in all</p>
<h1>{NAME}</h1></header>
<main><section aria-labelledby="lessons"><h2 id="lessons">The lessons, in their order</h2>
<p>Each one asks a question, takes your guess, and shows a picture that you can move. Everything in it is computed exactly,
or simulated from raw data beside it.</p>
<ol class="course">{items}</ol></section>
<section aria-labelledby="teaching"><h2 id="teaching">For teachers</h2>
<p><a href="{course.addresses["teacher"]}">Notes for teachers</a>: order, time, common wrong guesses, what to ask.</p>
<p><a href="{course.addresses["slides"]}">Slides</a> with the same pictures, for a projector or a printer.</p>
</section></main>"""
    return document(f"{NAME} – lessons of linreg_compress", body)


def _item(lesson: Lesson, course: Course) -> str:
    paper = course.papers.get(lesson.name)
    sheet = f' · <a href="{paper}">one sheet to print (PDF)</a>' if paper else ""
    return (
        f'<li><a href="{course.addresses[lesson.name]}">{escape(lesson.title)}</a>'
        f'<p>{escape(lesson.summary)} <span class="small">{lesson.minutes} minutes{sheet}</span></p></li>'
    )


def teacher_page(course: Course) -> str:
    """Return the notes for teachers."""
    rows = [
        (
            str(number),
            f'<a href="#{lesson.name}">{escape(lesson.title)}</a>',
            f"{lesson.minutes}&nbsp;min",
            escape(lesson.summary),
        )
        for number, lesson in enumerate(course.lessons, start=1)
    ]
    notes = "".join(_notes(number, lesson, course) for number, lesson in enumerate(course.lessons, start=1))
    body = f"""<header><nav aria-label="Course"><a href="{course.addresses["index"]}">All lessons</a>
<a href="{course.addresses["slides"]}">Slides</a></nav><h1>Notes for teachers</h1></header>
<main><section aria-labelledby="order"><h2 id="order">Order and time</h2>
<p>A lesson takes the minutes given here when students work alone, and about as long again when they discuss their guesses
first. Lessons 1 to 4 belong together and fill a double hour; each later one stands by itself after them.</p>
<div class="wide">{table(("", "lesson", "time", "what students can say afterwards"), rows)}</div>
<p>In class: let everybody guess by a show of hands, commit to the most common guess, and move the sliders only after
someone has said what will happen. A lesson opens with every part visible when its address ends in <code>#picture</code>,
and at any position of its sliders by the button below its picture.</p></section>{notes}</main>"""
    return document("Notes for teachers – lessons of linreg_compress", body)


def _notes(number: int, lesson: Lesson, course: Course) -> str:
    prediction = lesson.prediction
    right = escape(prediction.choices[prediction.right()])
    parts = [f"<p><strong>Asked:</strong> {escape(prediction.question)} … <strong>Answer:</strong> {right}.</p>"]
    if lesson.teaching is not None:
        wrong = "".join(f"<dt>“{escape(said)}”</dt><dd>{escape(why)}</dd>" for said, why in lesson.teaching.mistakes)
        asked = "".join(f"<li>{escape(each)}</li>" for each in lesson.teaching.ask)
        parts.append(f"<h3>Common wrong guesses, and why</h3><dl>{wrong}</dl><h3>What to ask</h3><ul>{asked}</ul>")
        figure = lesson.teaching.figure
        command = f"<code>linreg-compress figures {figure}</code>"
        parts.append(f"<p><strong>A figure to show afterwards:</strong> {figure}, {command}</p>")
    answers = "".join(f"<li>{escape(each.answer_text())}</li>" for each in lesson.exercises)
    parts.append(f"<h3>Answers to the exercises</h3><ol>{answers}</ol>")
    link = f'<a href="{course.addresses[lesson.name]}#picture">open it with every part visible</a>'
    return (
        f'<section id="{lesson.name}" aria-labelledby="title-{lesson.name}"><h2 id="title-{lesson.name}">'
        f'{number}. {escape(lesson.title)}</h2><p class="small">{lesson.minutes} minutes, {link}</p>'
        f"{''.join(parts)}</section>"
    )
