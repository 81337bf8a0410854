"""The parts of a lesson as marimo shows them; the notebook notebooks/lesson.py calls one function a cell.

Nothing here computes: numbers come from the lesson, and the lesson has them from the library. Texts are escaped, because a
lesson's texts are plain. Whoever runs the notebook without a browser may give a plain value in place of an element.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import marimo as mo

from linreg_compress.demos.lesson import Exercise, Lesson, Number, Prediction, Settings, Slider
from linreg_compress.demos.markup import paragraphs, table_head, tasks
from linreg_compress.demos.panel import panel_svg
from linreg_compress.demos.registry import LESSONS, find_lesson
from linreg_compress.demos.symbols import meanings
from linreg_compress.demos.table import simulated_text, theory_text, verdict_text
from linreg_compress.errors import InvalidInputError
from linreg_compress.monte_carlo.estimate import Estimate


def asked_for() -> str:
    """Return the lesson that the page's address names by ``?lesson=NAME``; without one, the first."""
    named = mo.query_params().get("lesson")
    if named is None:
        return next(iter(LESSONS))
    try:
        return find_lesson(str(named)).name
    except InvalidInputError as error:
        mo.stop(True, _html(f'<p role="status">{escape(str(error))}</p>'))
        raise


def value(element: Any) -> Any:
    """Return what an element holds."""
    return getattr(element, "value", element)


def opening(lesson: Lesson) -> mo.Html:
    """Return the title and the question; while the student reads, begin to compute what will be shown."""
    if mo.running_in_notebook():
        threading.Thread(target=_warm, args=(lesson,), daemon=True).start()
    return _html(f"<p>{lesson.about}</p><h1>{escape(lesson.title)}</h1><h2>Question</h2>{paragraphs(lesson.question)}")


def _warm(lesson: Lesson) -> None:
    """Compute the picture at every step of one slider at a time: lessons remember what is slow."""
    for slider in lesson.sliders:
        for value in slider.values:
            lesson.curves({**lesson.defaults, slider.name: value})


def guess(prediction: Prediction) -> Any:
    """Return the form in which the student commits to a guess; its value is the index of the choice, None before."""
    choices = {choice: index for index, choice in enumerate(prediction.choices)}
    return mo.ui.radio(choices, label=_label(prediction.question)).form(submit_button_label="Commit to this guess")


def prediction(form: Any) -> mo.Html:
    """Return the section around the form of the guess."""
    return mo.vstack([_heading("Prediction", "Make up your mind before you go on; the rest opens then."), form])


def committed(lesson: Lesson, form: Any) -> Lesson:
    """Return the lesson once the student has committed to a guess; until then the cells that need it stand still."""
    mo.stop(value(form) is None)
    return lesson


def turned_out(prediction: Prediction, form: Any) -> mo.Html:
    """Return what the library says about the guess."""
    chosen, right = value(form), prediction.right()
    if chosen == right:
        return _verdict(True, f"You predicted it. {prediction.turns_out()}")
    yours, answer = prediction.choices[chosen], prediction.choices[right]
    return _verdict(False, f"It is otherwise. You chose: {yours}. The answer: {answer}. {prediction.turns_out()}")


def formulas(lesson: Lesson) -> mo.Html:
    """Return the formulas, each with its reading, its symbols and its proof, which is computed when it is opened."""
    parts: list[object] = [_heading("Why")]
    for number, formula in enumerate(lesson.formulas, start=1):
        box = f'<div class="lesson-formula" tabindex="0" role="group" aria-label="formula {number}">'
        proof = mo.accordion({f"Proof, step by step: {formula.derivation}": mo.lazy(_Proof(formula.derivation))})
        drawn = mo.md("$$\n" + formula.latex + "\n$$")
        symbols = mo.md("; ".join(f"${symbol}$ {meaning}" for symbol, meaning in meanings(formula)[0]) + ".")
        parts += [_html(f"<p>{escape(formula.words)}</p>{box}{drawn.text}</div>{symbols.text}"), proof]
    return mo.vstack(parts)


class _Proof:
    """A derivation that is verified and printed when it is asked for."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self) -> mo.Html:
        from linreg_compress.derivations.ledger import verify
        from linreg_compress.derivations.printing import with_dollars
        from linreg_compress.derivations.registry import find_derivations

        (derivation,) = find_derivations([self.name])
        _, body = with_dollars(verify(derivation)).split("\n", maxsplit=1)  # its title is the accordion's
        return mo.md(f"**{derivation.title}**\n{body}\n\nIn a terminal: `linreg-compress derive {self.name}`")


def sliders(lesson: Lesson) -> Any:
    """Return the sliders by their names, at their defaults; their values are the settings."""
    return mo.ui.dictionary({each.name: _slider(each) for each in lesson.sliders})


def _slider(wanted: Slider) -> Any:
    return mo.ui.slider(
        steps=list(wanted.values), value=wanted.default, label=_label(_with_unit(wanted)), show_value=True, full_width=True
    )


def sliders_section(lesson: Lesson, elements: Any) -> mo.Html:
    """Return the section with the sliders, which stay in sight, and what to do with them."""
    rows = []
    for each in lesson.sliders:
        texts = escape(json.dumps([each.text(value) for value in each.values]))  # what a screen reader says at each step
        data = f'data-slider="{each.name}" data-texts="{texts}"'
        rows.append(mo.Html(f'<div class="lesson-slider" {data}>{elements[each.name]}</div>'))
    return mo.vstack([_heading("Picture", "Try this:"), _html(tasks(lesson)), *rows])


def settings(lesson: Lesson, elements: Any) -> dict[str, float]:
    """Return the settings at which the sliders stand; one that is left out stands at its default."""
    return lesson.checked(value(elements))


class Runs:
    """The simulations of a session, by their settings."""

    def __init__(self) -> None:
        self._count = 0
        self._found: dict[tuple[tuple[str, float], ...], Mapping[str, Estimate]] = {}

    def simulate(self, lesson: Lesson, settings: Settings) -> "Runs":
        """Simulate at some settings, each time with new random numbers, and return all runs."""
        self._count += 1
        self._found[tuple(settings.items())] = lesson.simulate(settings, self._count, lesson.trials)
        return self

    def at(self, settings: Settings) -> Mapping[str, Estimate]:
        """Return what was found at some settings, empty if they were not simulated."""
        return self._found.get(tuple(settings.items()), {})

    def along(self, slider: str, settings: Settings) -> list[tuple[float, Mapping[str, Estimate]]]:
        """Return what was found where only this slider differs from the settings, by its value."""
        runs = [(dict(key), found) for key, found in self._found.items()]
        return [(run[slider], found) for run, found in runs if slider and run == {**settings, slider: run[slider]}]


def picture(lesson: Lesson, settings: Settings, runs: Runs) -> mo.Html:
    """Return the picture at some settings, with what was simulated along its axes, and its description."""
    drawn = lesson.curves(settings)
    panels = [
        f'<div class="lesson-panel" role="img" aria-label="{escape(panel.title)}; described below">'
        f"{panel_svg(panel, runs.along(panel.x.slider, settings))}</div>"
        for panel in drawn.panels
    ]
    return _html(f'<div class="lesson-picture">{"".join(panels)}</div><p role="status">{escape(drawn.description)}</p>')


def simulation(lesson: Lesson, button: Any) -> mo.Html:
    """Return the section with the button that starts a simulation."""
    hint = "Simulate at as many settings as you like: what was found stays in the picture."
    return mo.vstack([_heading("Simulation", lesson.how_simulated, hint), button])


def table(numbers: Sequence[Number], found: Mapping[str, Estimate]) -> mo.Html:
    """Return the table of theory against simulation."""
    rows = "".join(_row(number, found.get(number.name)) for number in numbers)
    said = "Not simulated yet at this setting: press the button."
    if found:
        said = f"{next(iter(found.values())).trials} trials at this setting. Simulated mean ± standard error."
    return _html(
        "<h2>Theory against simulation</h2>"
        f'<p role="status">{said}</p><table class="lesson-table" aria-label="Theory against simulation">'
        f"{table_head()}<tbody>{rows}</tbody></table>"
    )


def _row(number: Number, found: Estimate | None) -> str:
    unit = f"<br><small>{escape(number.unit)}</small>" if number.unit else ""
    simulated = "<td></td><td></td>"
    if found is not None:
        simulated = (
            f'<td data-simulated="{number.name}" data-value="{found.mean!r}">{simulated_text(found)}</td>'
            f"<td>{verdict_text(number, found)}</td>"
        )
    return (
        f'<tr><th scope="row">{escape(number.label)}{unit}</th>'
        f'<td data-theory="{number.name}" data-value="{number.theory!r}">{theory_text(number)}</td>{simulated}</tr>'
    )


def takeaway(lesson: Lesson) -> mo.Html:
    """Return the takeaway."""
    return _html(f"<h2>Takeaway</h2>{paragraphs(lesson.takeaway)}")


def exercise(asked: Exercise, name: str) -> Any:
    """Return the element in which the student answers an exercise; its value is an index, what was typed, or None."""
    if asked.choices:
        choices = {choice: index for index, choice in enumerate(asked.choices)}
        return mo.ui.radio(choices, label=f"Answer to {name.lower()}").form(submit_button_label="Check the answer")
    # not marimo's field for numbers, which reads 2.5 as 25 where a comma is usual
    unit = f", {_label(asked.unit)}" if asked.unit else ""
    return mo.ui.text(label=f"Answer to {name.lower()}{unit}", placeholder="a number, then Enter")


def asked(exercise: Exercise, name: str, form: Any) -> mo.Html:
    """Return an exercise: its question above its form."""
    return mo.vstack([_html(f"<h2>{escape(name)}</h2>{paragraphs([exercise.question])}"), form])


def marked(asked: Exercise, form: Any) -> mo.Html:
    """Return what is said to an answer."""
    answer = value(form)
    if answer in (None, ""):
        return _html('<p role="status"></p>')
    try:
        given = float(str(answer).strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return _verdict(False, "Not a number. Write it with digits, as in 1.25.")
    right = asked.is_right(given)
    return _verdict(right, asked.confirmation() if right else asked.wrong)


def further(lesson: Lesson) -> mo.Html:
    """Return the exercises after the first two, each with its answer below it."""
    return _html(
        "".join(
            f"<h2>Exercise {number}</h2>{paragraphs([each.question])}<details><summary>Answer</summary>"
            f"{paragraphs([each.confirmation()])}</details>"
            for number, each in enumerate(lesson.exercises[2:], start=3)
        )
    )


def following(lesson: Lesson) -> mo.Html:
    """Return where to go on."""
    names = list(LESSONS)
    after = names[names.index(lesson.name) + 1 :]
    if not after:
        return _html("<p>This was the last lesson.</p>")
    title = escape(LESSONS[after[0]].title)
    return _html(f'<p>The next lesson: <a href="?lesson={after[0]}">{title}</a></p>')


def _verdict(right: bool, text: str) -> mo.Html:
    return _html(f'<p role="status" class="lesson-verdict {"right" if right else "wrong"}">{escape(text)}</p>')


def _html(inner: str) -> mo.Html:
    """Return HTML in the look that marimo gives to its Markdown."""
    return mo.Html(f'<div class="markdown prose dark:prose-invert">{inner}</div>')


def _heading(title: str, *below: str) -> mo.Html:
    return _html(f"<h2>{escape(title)}</h2>{paragraphs(below)}")


def _with_unit(slider: Slider) -> str:
    return slider.label if not slider.unit or slider.unit in slider.label else f"{slider.label}, {slider.unit}"


def _label(text: str) -> str:
    """Return plain text for a label that marimo reads as Markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_$<>" else letter for letter in text)
