"""Lesson 1: Least squares over-fits.

Shown by `linreg-compress demo overfitting`; opened for changes by `marimo edit overfitting.py`.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Least squares over-fits",
    css_file="lesson.css",
    html_head_file="lesson_head.html",
)

with app.setup:
    import marimo as mo

    from linreg_compress.demos import notebook as show
    from linreg_compress.demos.registry import find_lesson

    LESSON = find_lesson("overfitting")
    RUNS = show.Runs()


@app.cell
def question():
    show.opening(LESSON)
    return


@app.cell
def prediction():
    guess = show.guess(LESSON.prediction)
    show.prediction(guess)
    return (guess,)


@app.cell
def commitment(guess):
    lesson = show.committed(LESSON, guess)
    show.turned_out(lesson.prediction, guess.value)
    return (lesson,)


@app.cell
def formulas(lesson):
    show.formulas(lesson)
    return


@app.cell
def sliders(lesson):
    samples = show.slider(lesson, "samples")
    features = show.slider(lesson, "features")
    show.sliders(lesson, [samples, features])
    return features, samples


@app.cell
def setting(features, samples):
    settings = {"samples": samples.value, "features": features.value}
    return (settings,)


@app.cell
def picture(lesson, runs, settings):
    show.picture(lesson, settings, runs)
    return


@app.cell
def button(lesson):
    simulate = mo.ui.run_button(label="Simulate")
    show.simulation(lesson, simulate)
    return (simulate,)


@app.cell
def simulation(lesson, settings, simulate):
    runs = RUNS.simulate(lesson, settings) if simulate.value else RUNS
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
def following(lesson):
    show.following(lesson)
    return


if __name__ == "__main__":
    app.run()
