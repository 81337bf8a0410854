"""A lesson as one file that opens from disk in any browser: no Python, no server, no network.

Scripts and styles are inside the page; its content security policy names them by their hashes and forbids all else, so a
browser could not send a request even if the page asked for one.
"""

import base64
import hashlib
import json
from html import escape
from importlib.resources import files
from pathlib import Path

from linreg_compress.demos.extra import need
from linreg_compress.demos.lesson import Exercise, Lesson, Slider
from linreg_compress.demos.markup import paragraphs, table_head, tasks
from linreg_compress.demos.page_data import page_data
from linreg_compress.demos.proofs import formula_box, proofs_html
from linreg_compress.files import writable, write_whole


def write_static(lesson: Lesson, path: Path, *, trials: int | None = None, option: str = "path") -> Path:
    """Write a lesson as one self-contained HTML page, whole or not at all.

    Parameters
    ----------
    path
        Checked before anything is computed.
    trials
        Of each simulation; the lesson's own number by default.
    option
        What errors call the path.

    Raises
    ------
    InvalidInputError
        If the file cannot be written.
    LinregCompressError
        If latex2mathml is not installed; the message says the one command that installs it.
    """
    target = writable(Path(path), option)
    need("latex2mathml.converter", "a static page")
    write_whole({target: static_page(lesson, trials=trials).encode()}, option)
    return target


def static_page(lesson: Lesson, *, trials: int | None = None) -> str:
    """Return the page."""
    data = page_data(lesson, trials=trials)
    for slider, record in zip(lesson.sliders, data["sliders"], strict=True):
        record["label"] = slider.label
    prediction = lesson.prediction
    data["prediction"] = {
        "right": prediction.right(),
        "choices": list(prediction.choices),
        "turnsOut": prediction.turns_out(),
    }
    data["exercises"] = [_exercise_data(exercise) for exercise in lesson.exercises]
    panels = len(lesson.curves(lesson.defaults).panels)
    script, style = _own("page.js"), _own("page.css")
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; base-uri 'none'"
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(lesson.title)} – linreg_compress</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<header>
<p class="about">{lesson.about}</p>
<h1>{escape(lesson.title)}</h1>
</header>
<main>
{_section("Question", paragraphs(lesson.question))}
{_prediction(lesson)}
<div class="closed">
{_formulas(lesson)}
{_picture(lesson, panels)}
{_simulation(lesson, lesson.trials if trials is None else trials)}
{_table()}
{_section("Takeaway", paragraphs(lesson.takeaway))}
{_exercises(lesson)}
{_section("Proofs", proofs_html(lesson.formulas))}
</div>
</main>
<footer>
<p class="small">Made by <code>linreg-compress demo {lesson.name} --static FILE.html</code>. All numbers come from the
library. For lecturers: with <code>#picture</code> at the end of its address the page opens with every part visible.</p>
<noscript><p>This page draws its pictures with JavaScript, which is switched off.</p></noscript>
</footer>
<script type="application/json" id="data">{text}</script>
<script>{script}</script>
</body>
</html>
"""


def _own(name: str) -> str:
    return files("linreg_compress.demos").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def _section(title: str, content: str) -> str:
    name = title.lower().replace(" ", "-")
    return f'<section id="{name}" aria-labelledby="title-{name}"><h2 id="title-{name}">{title}</h2>\n{content}</section>'


def _radios(name: str, choices: tuple[str, ...]) -> str:
    return "".join(
        f'<label class="choice"><input type="radio" name="{name}" value="{place}"><span>{escape(choice)}</span></label>'
        for place, choice in enumerate(choices)
    )


def _prediction(lesson: Lesson) -> str:
    prediction = lesson.prediction
    return _section(
        "Prediction",
        "<p>Make up your mind before you go on; the rest opens then.</p>"
        f"<fieldset><legend>{escape(prediction.question)}</legend>{_radios('guess', prediction.choices)}</fieldset>"
        '<p><button class="main" id="commit" type="button" disabled>Commit to this guess</button></p>'
        '<div id="turned-out" class="verdict" role="status" tabindex="-1"></div>',
    )


def _formulas(lesson: Lesson) -> str:
    parts = [
        formula_box(formula.latex, f"formula {number}") + f'<p class="reading">{escape(formula.words)}</p>'
        f'<p class="where"><a href="#proof-{formula.derivation}">Proof, step by step: {formula.derivation}</a></p>'
        for number, formula in enumerate(lesson.formulas, start=1)
    ]
    return _section("Formulas", "".join(parts))


def _slider(slider: Slider) -> str:
    start = slider.values.index(slider.default)
    return (
        f'<div class="slider"><output id="value-{slider.name}" for="slider-{slider.name}" aria-live="off"></output>'
        f'<label for="slider-{slider.name}">{escape(slider.label)}</label>'
        f'<input type="range" id="slider-{slider.name}" min="0" max="{len(slider.values) - 1}" step="1" value="{start}" '
        f'autocomplete="off" aria-valuetext="{escape(slider.text(slider.default))}"></div>'
    )


def _picture(lesson: Lesson, panels: int) -> str:
    axes = "".join(
        f'<div class="panel"><h3 id="panel-{number}"></h3><p class="ylabel"></p>'
        f'<svg role="img" aria-labelledby="panel-{number}" aria-describedby="description"></svg>'
        '<p class="xlabel"></p></div>'
        for number in range(panels)
    )
    return _section(
        "Picture",
        f'<p>Try this:</p>{tasks(lesson)}<div id="rates">{"".join(map(_slider, lesson.sliders))}</div>'
        '<dl id="now" class="now"></dl><p id="live" class="unseen" role="status"></p>'
        '<label class="choice"><input type="checkbox" id="show-simulated" autocomplete="off">'
        "<span>Show the simulated values (circles, with 95 % intervals)</span></label>"
        f'<figure><div class="panels{" three" if panels == 3 else ""}">{axes}</div>'
        '<figcaption id="description"></figcaption></figure>',
    )


def _simulation(lesson: Lesson, trials: int) -> str:
    where = "; ".join(
        f"{escape(slider.label)}: " + ", ".join(f"{value:g}" for value in lesson.simulated_at[slider.name])
        for slider in lesson.sliders
    )
    return _section(
        "Simulation",
        f"<p>{escape(lesson.how_simulated)}</p><p>This page holds {trials} trials at each of these settings: {where}.</p>"
        '<p><button type="button" id="show-below">Show them in the picture</button></p>',
    )


def _table() -> str:
    return _section(
        "Theory against simulation",
        '<table><caption><span id="settings"></span>. Simulated mean ± its standard error (s.e.).</caption>'
        f'{table_head()}<tbody id="rows"></tbody></table>'
        '<div id="nowhere"><p>This setting was not simulated. '
        '<button type="button" id="to-simulated">Go to the nearest one that was</button></p></div>',
    )


def _exercises(lesson: Lesson) -> str:
    return _section("Exercises", "".join(_exercise(each, number) for number, each in enumerate(lesson.exercises)))


def _exercise(exercise: Exercise, number: int) -> str:
    question = escape(exercise.question)
    if exercise.choices:
        ask = f"<fieldset><legend>{question}</legend>{_radios(f'answer-{number}', exercise.choices)}</fieldset>"
    else:
        unit = f" ({escape(exercise.unit)})" if exercise.unit else ""
        ask = (
            f'<p>{question}</p><p><label for="answer-{number}">Your answer{unit}</label><br>'
            f'<input type="text" id="answer-{number}" inputmode="decimal" autocomplete="off"></p>'
        )
    return (
        f'<h3>Exercise {number + 1}</h3><form id="exercise-{number}" novalidate>{ask}'
        '<p><button type="submit">Check</button></p>'
        f'<div id="feedback-{number}" class="verdict" role="status"></div></form>'
    )


def _exercise_data(exercise: Exercise) -> dict[str, object]:
    return {
        "answer": exercise.answer(),
        "choices": list(exercise.choices),
        "tolerance": exercise.tolerance,
        "right": exercise.confirmation(),
        "wrong": exercise.wrong,
    }
