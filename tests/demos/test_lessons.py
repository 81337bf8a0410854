"""The lessons: every part is there, every number is the library's, and the answers of the exercises are right."""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.demos import registry
from linreg_compress.demos.lesson import Formula, Lesson, Number
from linreg_compress.demos.registry import LESSONS, find_lesson
from linreg_compress.demos.symbols import EVERYWHERE, meanings
from linreg_compress.demos.table import simulated_text, theory_text, verdict_text
from linreg_compress.demos.words import counted, shown
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.errors import InvalidInputError
from linreg_compress.gallery.registry import FIGURES
from linreg_compress.monte_carlo.estimate import Estimate

ALL = pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
TRIALS = {"clustering": 6, "networks": 8}
RIGHT_GUESSES = {  # found by the library; here to see that it found what the subject is about
    "overfitting": "about 2.7",
    "rate-distortion": "falls to a quarter",
    "oracle-codebook": "the training error rises, the error on new data falls",
    "when-it-helps": "exactly while τ² < v",
    "bounds": "about five times",
    "quantizers": "the lower error on the training data, the higher one on new data",
    "clustering": "about a third above",
    "networks": "the loss falls, the share of errors does not",
}
ANSWERS = {  # by hand
    "overfitting": (79 / 39, "stays the same"),
    "rate-distortion": (math.log2(0.5 / 0.001) / 2, "2 and 2"),
    "oracle-codebook": (0.5 * 60 / 19, "rises"),
    "when-it-helps": (51 + 1 / 0.02, "0 bits a weight: send the centre alone", 0.5 / 29),
    "bounds": (2 * 1.5 * math.sqrt(0.1), "71 percent"),
    "quantizers": (2 - math.log2(1 / 0.117482) / 2, "by about a quarter of a bit"),
    "clustering": (1 + 100 / 2, "fewer of them"),
    "networks": (1.8, "rises"),
}


def positions(lesson: Lesson) -> list[dict[str, float]]:
    """The default and the ends of all sliders."""
    ends = itertools.product(*((slider.values[0], slider.values[-1]) for slider in lesson.sliders))
    names = [slider.name for slider in lesson.sliders]
    return [lesson.defaults, *(dict(zip(names, each, strict=True)) for each in ends)]


def test_there_are_eight_in_the_order_of_the_subject() -> None:
    assert list(LESSONS) == list(RIGHT_GUESSES)
    assert [lesson.name for lesson in LESSONS.values()] == list(LESSONS)


def test_every_file_with_a_lesson_is_in_the_registry() -> None:
    files = {path.stem for path in Path(registry.__file__).parent.glob("*.py") if "\nLESSON = " in path.read_text("utf-8")}
    assert files == {name.replace("-", "_") for name in LESSONS}


@pytest.mark.parametrize(("wrong", "near"), [("overfiting", "overfitting"), ("oracle", "oracle-codebook"), ("?", "bounds")])
def test_an_unknown_name_lists_the_near_ones(wrong: str, near: str) -> None:
    with pytest.raises(InvalidInputError, match=near):
        find_lesson(wrong)


@ALL
def test_every_part_is_there(lesson: Lesson) -> None:
    assert 10 <= lesson.minutes <= 15
    assert lesson.question[-1].endswith(("?", "?)", ".)"))
    assert len(lesson.prediction.choices) >= 3
    assert lesson.formulas
    assert {formula.derivation for formula in lesson.formulas} <= set(DERIVATIONS)
    assert all(formula.words.endswith((".", ".)")) for formula in lesson.formulas)
    assert len(lesson.try_this) == 3
    assert len(lesson.takeaway) == 2
    assert all(re.fullmatch(r"[^.]+(\.\d[^.]*)*\.", sentence) for sentence in lesson.takeaway)  # one sentence each
    assert [bool(exercise.choices) for exercise in lesson.exercises[:2]] == [False, True]
    assert lesson.summary.endswith(".")


@ALL
def test_sliders_are_finite_and_simulations_include_the_default(lesson: Lesson) -> None:
    for slider in lesson.sliders:
        assert list(slider.values) == sorted(set(slider.values))
        assert slider.default in slider.values
        assert set(lesson.simulated_at[slider.name]) <= set(slider.values)
    assert set(lesson.simulated_at) == {slider.name for slider in lesson.sliders}
    assert lesson.defaults in list(lesson.simulated_positions())
    assert len(list(lesson.positions())) == math.prod(len(slider.values) for slider in lesson.sliders)


@ALL
def test_the_library_finds_the_right_guess(lesson: Lesson) -> None:
    assert RIGHT_GUESSES[lesson.name] in lesson.prediction.choices[lesson.prediction.right()]
    assert re.search(r"\d", lesson.prediction.turns_out())


@ALL
def test_answers_are_right(lesson: Lesson) -> None:
    for exercise, known in zip(lesson.exercises, ANSWERS[lesson.name], strict=True):
        assert "{" not in exercise.confirmation()
        if exercise.choices:
            assert exercise.answer_text() == known
            assert [exercise.is_right(place) for place in range(len(exercise.choices))].count(True) == 1
            continue
        value = float(known)
        assert exercise.answer() == pytest.approx(value, rel=1e-4)
        assert exercise.is_right(value)
        assert not exercise.is_right(value + 2 * exercise.tolerance)
        assert 0 < exercise.tolerance < 0.1 * abs(value)


@ALL
def test_no_choice_gives_itself_away_by_its_length(lesson: Lesson) -> None:
    asked = [(lesson.prediction.choices, lesson.prediction.right())]
    asked += [(each.choices, int(each.answer())) for each in lesson.exercises if each.choices]
    for choices, right in asked:
        assert len(choices[right]) <= max(len(choice) for place, choice in enumerate(choices) if place != right), choices


@ALL
def test_every_symbol_of_a_formula_is_explained(lesson: Lesson) -> None:
    for formula in lesson.formulas:
        found, left = meanings(formula)
        assert found
        assert left == "", formula.latex


def test_a_symbol_without_a_meaning_is_noticed() -> None:
    found, left = meanings(Formula(r"\frac{x\, \beta}{\sigma^2 d} \leq e^{-Q}", "", "", (("x", "a number"),)))
    assert found == [
        ("x", "a number"),
        (r"\sigma^2", dict(EVERYWHERE)[r"\sigma^2"]),
        ("d", "number of weights"),
        ("e", dict(EVERYWHERE)["e"]),
    ]
    assert left == r"\betaQ"


@ALL
def test_guesses_are_marked_within_the_default_picture(lesson: Lesson) -> None:
    places = lesson.prediction.places()
    assert len(places) == len(lesson.prediction.choices)
    panels = lesson.curves(lesson.defaults).panels
    for guess in (each for marks in places for each in marks):
        panel = panels[guess.panel]
        for x, y in (guess.at, guess.to or guess.at):
            assert panel.x.ends[0] <= x <= panel.x.ends[1]
            assert panel.y.ends[0] <= y <= panel.y.ends[1]


def test_the_right_guess_lies_on_its_curve() -> None:
    """Those that are numbers: over-fitting, a third bit and the sub-Gaussian bound."""
    for name, x, y, near in (
        ("overfitting", 50.0, float(lc.least_squares_risks(80, 50).population_risk), 1e-3),
        ("rate-distortion", 3.0, 50 / 80 / 4**3, 1e-9),
        ("bounds", 1.0, 8.7137, 0.2),
    ):
        prediction = find_lesson(name).prediction
        (guess,) = prediction.places()[prediction.right()]
        assert guess.at == pytest.approx((x, y), rel=near)


@ALL
def test_a_teacher_finds_a_figure_and_questions(lesson: Lesson) -> None:
    if lesson.teaching is None:
        return
    assert lesson.teaching.figure in FIGURES
    assert len(lesson.teaching.mistakes) >= 2
    assert all(question.endswith((".", "?")) for question in lesson.teaching.ask)
    wrong = [choice for place, choice in enumerate(lesson.prediction.choices) if place != lesson.prediction.right()]
    assert all(any(choice.startswith(said) for choice in wrong) for said, _ in lesson.teaching.mistakes)


@ALL
def test_pictures_show_the_present_settings(lesson: Lesson) -> None:
    compared = 0
    for settings in positions(lesson):
        picture = lesson.curves(settings)
        assert 1 <= len(picture.panels) <= 3
        assert picture.description.endswith(".")
        for panel in picture.panels:
            assert panel.x.slider in ("", *settings)
            assert {circles.name for circles in panel.circles} <= {number.name for number in lesson.numbers(settings)}
            for curve in panel.curves:
                assert np.isfinite(curve.y).all()
                if curve.here is None:
                    continue
                x, y = curve.here
                assert x == settings[panel.x.slider]
                near = np.argmin(np.abs(np.asarray(curve.x) - x))
                if curve.x[near] == x:  # the point lies on its curve
                    assert y == pytest.approx(curve.y[near], rel=1e-12)
                    compared += 1
    assert compared > 5


@ALL
def test_the_default_picture_is_within_its_axes(lesson: Lesson) -> None:
    for panel in lesson.curves(lesson.defaults).panels:
        for curve in panel.curves:
            x, y = np.asarray(curve.x), np.asarray(curve.y)
            (left, right), (low, high) = panel.x.ends, panel.y.ends
            inside = (x >= left) & (x <= right) & (y >= low) & (y <= high)
            assert inside.mean() > 0.5
            if curve.here is not None:
                assert panel.y.ends[0] <= curve.here[1] <= panel.y.ends[1]


@ALL
def test_simulation_from_raw_data_agrees_with_theory(lesson: Lesson) -> None:
    compared = 0
    for settings in list(lesson.simulated_positions())[::5]:
        found = lesson.simulate(settings, 1, TRIALS.get(lesson.name, 150))
        numbers = {number.name: number for number in lesson.numbers(settings)}
        assert set(found) <= set(numbers)
        for name, estimate in found.items():
            assert math.isfinite(estimate.mean)
            assert numbers[name].agrees(estimate), (settings, numbers[name], estimate)
            compared += numbers[name].theory is not None
    assert compared >= 6


def test_numbers_are_those_of_the_library() -> None:
    settings = {"features": 30.0, "bits": 0.5}
    numbers = {number.name: number.theory for number in find_lesson("oracle-codebook").numbers(settings)}
    exact = lc.compressed_risk.blind_channel_risks(80, 30, 1.0, 15 * np.log(2.0))
    assert numbers == {name: pytest.approx(float(getattr(exact, name)), rel=1e-14) for name in numbers}


def test_settings_are_checked() -> None:
    lesson = find_lesson("bounds")
    assert lesson.checked({"bits": 2.0}) == {"samples": 80.0, "bits": 2.0}
    with pytest.raises(InvalidInputError, match="position of its slider"):
        lesson.checked({"bits": 2.01})
    with pytest.raises(InvalidInputError, match="must be a slider"):
        lesson.checked({"bit": 2.0})


@pytest.mark.parametrize(
    ("kind", "theory", "mean", "agrees"),
    [
        ("equal", 1.0, 1.04, True),
        ("equal", 1.0, 1.06, False),
        ("equal", 1.0, 0.94, False),
        ("upper", 1.0, 0.1, True),
        ("upper", 1.0, 1.06, False),
        ("lower", 1.0, 9.0, True),
        ("lower", 1.0, 0.94, False),
        ("equal", 1.0, math.nan, False),
    ],
)
def test_what_agrees(kind: str, theory: float, mean: float, agrees: bool) -> None:
    number = Number("x", "x", "", theory, kind)  # type: ignore[arg-type]
    assert number.agrees(Estimate(mean, 0.01, 100)) is agrees


def test_words_of_the_table() -> None:
    found = Estimate(1.23456, 0.01234, 100)
    assert theory_text(Number("x", "", "", -0.5, "lower")) == "≥ −0.5"
    assert theory_text(Number("x", "", "", None)) == "no closed form"
    assert simulated_text(found) == "1.235 ± 0.012"
    assert simulated_text(Estimate(-250.0, 31.0, 100)) == "−250 ± 31"
    assert simulated_text(Estimate(1.5, 0.0, 100)) == "1.5"
    assert simulated_text(Estimate(2e-9, 1e-11, 100)) == "2 × 10⁻⁹ ± 1 × 10⁻¹¹"
    assert verdict_text(Number("x", "", "", 1.0), found) == "differs, +19.0 s.e."
    assert verdict_text(Number("x", "", "", 1.0, "upper"), found) == "broken"
    assert verdict_text(Number("x", "", "", None), found) == ""
    assert shown(float("inf")) == "inf"
    assert counted(1.0, "squared units of y") == "1 squared units of y"
