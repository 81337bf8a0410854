# /// script
# [tool.marimo.display]
# theme = "system"
# ///
"""The notebook of every lesson: it shows the lesson that its page's address names.

For those who want to change a lesson: `marimo edit lesson.py`, where `?lesson=NAME` at the end of the address names the
lesson. What students see is the page of `linreg-compress demo NAME`. Without a browser `app.run(defs={"name": NAME})` runs
it, and more entries of `defs` are what the student would do: `"guess": 1, "sliders": {"bits": 2.0}, "simulate": True`.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="A lesson of linreg_compress",
    css_file="lesson.css",
    html_head_file="lesson_head.html",
)

with app.setup:
    import marimo as mo

    from linreg_compress.demos import notebook as show
    from linreg_compress.demos.registry import find_lesson


@app.cell
def address():
    name = show.asked_for()  # or the name of a lesson
    return (name,)


@app.cell
def question(name):
    opened = find_lesson(name)
    past = show.Runs()
    show.opening(opened)
    return opened, past


@app.cell
def prediction(opened):
    guess = show.guess(opened.prediction)
    show.prediction(guess)
    return (guess,)


@app.cell
def commitment(guess, opened):
    lesson = show.committed(opened, guess)
    show.turned_out(lesson.prediction, guess)
    return (lesson,)


@app.cell
def controls(lesson):
    sliders = show.sliders(lesson)
    show.sliders_section(lesson, sliders)
    return (sliders,)


@app.cell
def setting(lesson, sliders):
    settings = show.settings(lesson, sliders)
    return (settings,)


@app.cell
def picture(lesson, runs, settings):
    show.picture(lesson, settings, runs)
    return


@app.cell
def formulas(lesson):
    show.formulas(lesson)
    return


@app.cell
def button(lesson):
    simulate = mo.ui.run_button(label="Simulate")
    show.simulation(lesson, simulate)
    return (simulate,)


@app.cell
def simulation(lesson, past, settings, simulate):
    runs = past.simulate(lesson, settings) if show.value(simulate) else past
    return (runs,)


@app.cell
def table(lesson, runs, settings):
    numbers = lesson.numbers(settings)
    show.table(numbers, runs.at(settings))
    return (numbers,)


@app.cell
def takeaway(lesson):
    show.takeaway(lesson)
    return


@app.cell
def first_exercise(lesson):
    first = show.exercise(lesson.exercises[0], "Exercise 1")
    show.asked(lesson.exercises[0], "Exercise 1", first)
    return (first,)


@app.cell
def first_answer(first, lesson):
    show.marked(lesson.exercises[0], first)
    return


@app.cell
def second_exercise(lesson):
    second = show.exercise(lesson.exercises[1], "Exercise 2")
    show.asked(lesson.exercises[1], "Exercise 2", second)
    return (second,)


@app.cell
def second_answer(lesson, second):
    show.marked(lesson.exercises[1], second)
    return


@app.cell
def further(lesson):
    show.further(lesson)
    return


@app.cell
def following(lesson):
    show.following(lesson)
    return


if __name__ == "__main__":
    app.run()
