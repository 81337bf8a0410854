"""The page of a lesson, the same whether it is opened from disk or served: its parts in the order of the lesson.

The picture follows the guess at once, with its sliders above it, which stay in sight; formulas wait folded below.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from linreg_compress.demos.document import document
from linreg_compress.demos.lesson import Exercise, Lesson, Slider
from linreg_compress.demos.markup import linked, paragraphs, radios, section, table_head, tasks
from linreg_compress.demos.proofs import formula_box, proof, symbol_list

SCRIPTS = ("draw.js", "clusters.js", "live.js", "page.js")


@dataclass(frozen=True)
class Course:
    """The lessons that stand beside a page, and where."""

    lessons: tuple[Lesson, ...] = ()
    """In the order of the subject."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Of each lesson, by its name, as a link on a lesson's page; "index", "teacher" and "slides" for those pages."""
    papers: Mapping[str, str] = field(default_factory=dict)
    """Addresses of lessons on paper, by their names."""

    def numbered(self) -> list[str]:
        """Return the addresses of the lessons in their order, for links from "lesson 4"."""
        return [self.addresses[lesson.name] for lesson in self.lessons]

    def beside(self, lesson: Lesson, step: int) -> Lesson | None:
        """Return the lesson so many places after this one, None where the course ends or is not here."""
        names = [each.name for each in self.lessons]
        place = names.index(lesson.name) + step if lesson.name in names else -1
        return self.lessons[place] if 0 <= place < len(names) else None


ALONE = Course()


def lesson_page(
    lesson: Lesson, data: Mapping[str, Any], *, trials: int, course: Course = ALONE, served: bool = False
) -> str:
    """Return the page; `data` is what its scripts read, and `trials` the number behind each simulated value."""
    others = course.numbered()
    parts = [
        _picture(lesson, served=served),
        _why(lesson, others, served=served),
        _simulation(lesson, trials, served=served),
        _table(),
        section("Takeaway", paragraphs(lesson.takeaway, others)),
        _exercises(lesson),
    ]
    body = f"""<header>
{navigation(lesson, course, "Course")}
<p class="about">{lesson.about}</p>
<h1>{escape(lesson.title)}</h1>
</header>
<main>
{section("Question", paragraphs(lesson.question, others))}
{_prediction(lesson)}
<div class="closed">
{"".join(parts)}
{_answers(data)}
</div>
</main>
<footer>
{navigation(lesson, course, "Next")}
<p class="small">All numbers come from the library, <code>linreg-compress demo {lesson.name}</code>. For lecturers: with
<code>#picture</code>, or a shared position, at the end of its address the page opens with every part visible.</p>
<noscript><p>This page draws its pictures with JavaScript, which is switched off.</p></noscript>
</footer>"""
    return document(f"{lesson.title} – linreg_compress", body, scripts=SCRIPTS, data=data, asks=served)


def navigation(lesson: Lesson, course: Course, label: str) -> str:
    """Return links to the lessons before and after this one, or the command that writes them."""
    if not course.addresses:
        return ""
    links = [f'<a href="{course.addresses["index"]}">All lessons</a>']
    for step, word, relation in ((-1, "Previous", "prev"), (1, "Next", "next")):
        other = course.beside(lesson, step)
        if other is not None:
            address, title = course.addresses[other.name], escape(other.title)
            links.append(f'<a rel="{relation}" href="{address}">{word}: {title}</a>')
    return f'<nav aria-label="{label}">{"".join(links)}</nav>'


def _prediction(lesson: Lesson) -> str:
    prediction = lesson.prediction
    return section(
        "Prediction",
        '<p class="screen">Make up your mind before you go on; the rest opens then.</p>'
        f"<fieldset><legend>{escape(prediction.question)}</legend>{radios('guess', prediction.choices)}</fieldset>"
        '<p class="screen"><button class="main" id="commit" type="button" disabled>Commit to this guess</button></p>'
        '<p id="trouble" role="alert" hidden>The lesson\'s server does not answer: it has ended, or it was started again '
        "at "
        "another address.</p>",
    )


def _slider(slider: Slider) -> str:
    start = slider.values.index(slider.default)
    return (
        f'<div class="slider"><label for="slider-{slider.name}">{escape(slider.label)}</label>'
        f'<output id="value-{slider.name}" for="slider-{slider.name}" aria-live="off">{escape(slider.text(slider.default))}'
        f'</output><input type="range" id="slider-{slider.name}" min="0" max="{len(slider.values) - 1}" step="1" '
        f'value="{start}" autocomplete="off" aria-valuetext="{escape(slider.text(slider.default))}"></div>'
    )


def _picture(lesson: Lesson, *, served: bool) -> str:
    known = "What was simulated here" if served else "The simulated values"
    return section(
        "Picture",
        '<div id="outcome" class="verdict" role="status" tabindex="-1"></div>'
        f'<div id="controls">{"".join(map(_slider, lesson.sliders))}</div>'
        '<figure><div class="panels"></div>'
        '<dl id="now" class="now"></dl><p id="live" class="unseen" role="status"></p>'
        '<figcaption id="description"></figcaption></figure>'
        '<div class="screen"><label class="choice"><input type="checkbox" id="show-simulated" autocomplete="off">'
        f"<span>{known} (circles, with 95 % intervals)</span></label>"
        '<p><button type="button" id="share">Copy a link to this position</button> <span id="shared" '
        'role="status"></span></p>'
        '</div><div id="turned-out" class="verdict"></div>'
        f'<div class="screen"><h3>Try this</h3>{tasks(lesson)}</div>',
    )


def _why(lesson: Lesson, others: list[str], *, served: bool) -> str:
    parts, proved = [], set[str]()
    for number, formula in enumerate(lesson.formulas, start=1):
        shown = f'<p class="screen"><a href="#proof-{formula.derivation}">The proof stands above.</a></p>'
        if formula.derivation not in proved:
            shown = proof(formula.derivation, served=served)
            proved.add(formula.derivation)
        parts.append(
            f'<div class="reason"><p>{linked(formula.words, others)}</p>'
            f'<details class="card"><summary>Formula {number}, its symbols and its proof</summary>'
            f"{formula_box(formula.latex, f'formula {number}')}{symbol_list(formula)}{shown}</details></div>"
        )
    return section("Why", f'{"".join(parts)}<div class="paper">{symbol_list(*lesson.formulas)}</div>')


def _simulation(lesson: Lesson, trials: int, *, served: bool) -> str:
    if served:
        held = f'<p><button type="button" id="simulate">Simulate {trials} trials at this setting</button></p>'
    else:
        where = "; ".join(
            f"{escape(slider.label)}: " + ", ".join(f"{value:g}" for value in lesson.simulated_at[slider.name])
            for slider in lesson.sliders
        )
        held = (
            f'<p class="screen">This page holds {trials} trials at each of these settings: {where}.</p>'
            f'<p class="paper">Here: {trials} trials.</p>'
            '<p class="screen"><button type="button" id="show-below">Show them in the picture</button></p>'
        )
    watch = ""
    if lesson.live is not None:
        start = "Watch data sets being drawn"
        missing = "The page cannot draw data at this setting. It can at the one with which the lesson opens."
        watch = (
            '<div class="screen"><p>Or let this page draw raw data itself, at the setting of the sliders: every dot is one '
            "data set, the circle their mean with its 95 % interval.</p>"
            f'<p><button type="button" id="watch" data-start="{start}" data-not="{missing}">{start}</button> '
            '<label for="seed">Seed of its random numbers</label> '
            '<input type="text" id="seed" inputmode="numeric" value="1" autocomplete="off"></p>'
            '<p id="watched" role="status"></p></div>'
        )
    return section("Simulation", f"<p>{escape(lesson.how_simulated)}</p>{held}{watch}")


def _table() -> str:
    return section(
        "Theory against simulation",
        '<div class="wide"><table><caption><span id="settings"></span>. Simulated mean ± its standard error (s.e.).'
        f'</caption>{table_head()}<tbody id="rows"></tbody></table></div>'
        '<div id="nowhere" class="screen"><p>This setting was not simulated. '
        '<button type="button" id="to-simulated">Go to the nearest one that was</button></p></div>',
    )


def _exercises(lesson: Lesson) -> str:
    return section("Exercises", "".join(_exercise(each, number) for number, each in enumerate(lesson.exercises)))


def _exercise(exercise: Exercise, number: int) -> str:
    question = escape(exercise.question)
    if exercise.choices:
        ask = f"<fieldset><legend>{question}</legend>{radios(f'answer-{number}', exercise.choices)}</fieldset>"
    else:
        unit = f" ({escape(exercise.unit)})" if exercise.unit else ""
        ask = (
            f'<p>{question}</p><p><label for="answer-{number}">Your answer{unit}</label> '
            f'<input type="text" id="answer-{number}" inputmode="decimal" autocomplete="off"></p>'
        )
    return (
        f'<h3>Exercise {number + 1}</h3><form class="exercise" id="exercise-{number}" novalidate>{ask}'
        '<p class="screen"><button type="submit">Check</button></p>'
        f'<div id="feedback-{number}" class="verdict" role="status"></div></form>'
    )


def _answers(data: Mapping[str, Any]) -> str:
    """Return the answers for paper; a served page asks for them when it is opened."""
    return f'<div class="paper" id="answers"><h2>Answers</h2>{paragraphs(data.get("answers", []))}</div>'
