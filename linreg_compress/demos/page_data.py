"""What a page must know: positions of the sliders, simulations at some of them, the prediction and the exercises.

A page on disk holds every position; what repeats (curves that do not depend on a slider, labels) is stored once in a pool.
A served page asks for one position at a time. Points of curves have six digits; numbers that a student reads are texts,
made here, so that page and library cannot round differently.
"""

import json
from collections.abc import Container
from typing import Any

import numpy as np
from tqdm import tqdm

from linreg_compress._validation import FloatArray
from linreg_compress.demos.lesson import Exercise, Lesson, Settings
from linreg_compress.demos.live import Live
from linreg_compress.demos.picture import Axis, Curve, Guess, Panel
from linreg_compress.demos.table import simulated_text, theory_text, verdict_text
from linreg_compress.monte_carlo.estimate import Estimate

_DIGITS = 6
_EXACT = 10  # digits of what a page computes with


class _Pool:
    """Values that are referred to by their place."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.places: dict[str, int] = {}
        self.arrays: dict[bytes, int] = {}

    def put(self, value: Any) -> int:
        key = json.dumps(value)
        if key not in self.places:
            self.places[key] = len(self.values)
            self.values.append(value)
        return self.places[key]

    def put_array(self, values: FloatArray) -> int:
        key = values.tobytes()  # most curves are met at many positions, and to write their numbers takes time
        if key not in self.arrays:
            self.arrays[key] = self.put([_rounded(value) if np.isfinite(value) else None for value in values.tolist()])
        return self.arrays[key]


class _Inline(_Pool):
    """No pool: what is put in stands where it is used."""

    def put(self, value: Any) -> Any:
        return value

    def put_array(self, values: FloatArray) -> Any:
        return [_rounded(value) if np.isfinite(value) else None for value in values.tolist()]


def page_data(
    lesson: Lesson, *, trials: int | None = None, seed: int = 0, only: Container[int] | None = None
) -> dict[str, Any]:
    """Compute all that a page on disk must know, ready for JSON.

    It holds ``positions`` in the order of `Lesson.positions`, each with a description, panels and numbers; ``simulated`` by
    position, with the lesson's own number of trials by default; the ``pool``; and what `opening` and `frame` return.

    Parameters
    ----------
    only
        Places of the positions to hold, for pages that do not move; all by default.
    """
    pool = _Pool()
    positions: list[Any] = []
    simulated = {}
    wanted = list(lesson.simulated_positions())
    with tqdm(total=len(wanted), unit="simulation", disable=None, leave=False) as bar:
        for place, settings in enumerate(lesson.positions()):
            if only is not None and place not in only:
                positions.append(None)
                continue
            positions.append(_position(lesson, settings, pool))
            if settings in wanted:
                simulated[place] = simulation(lesson, settings, seed, lesson.trials if trials is None else trials)
                bar.update()
    return frame(lesson) | opening(lesson) | {"positions": positions, "simulated": simulated, "pool": pool.values}


def frame(lesson: Lesson) -> dict[str, Any]:
    """Return what a page knows before anything is computed: its sliders."""
    return {
        "sliders": [
            {
                "name": slider.name,
                "label": slider.label,
                "values": list(slider.values),
                "texts": [slider.text(value) for value in slider.values],
                "start": slider.values.index(slider.default),
                "simulated": [slider.values.index(value) for value in lesson.simulated_at[slider.name]],
            }
            for slider in lesson.sliders
        ],
        "positions": {},
        "simulated": {},
        "pool": [],
    }


def opening(lesson: Lesson) -> dict[str, Any]:
    """Return what a page needs once the student has guessed, apart from the position."""
    prediction = lesson.prediction
    told = [f"Prediction: {prediction.choices[prediction.right()]}. {prediction.turns_out()}"]
    told += [f"Exercise {number}: {each.confirmation()}" for number, each in enumerate(lesson.exercises, start=1)]
    return {
        "prediction": {
            "right": prediction.right(),
            "choices": list(prediction.choices),
            "turnsOut": prediction.turns_out(),
            "guesses": [[_guess(each) for each in marks] for marks in prediction.places()],
        },
        "exercises": [_exercise(exercise) for exercise in lesson.exercises],
        "answers": told,
    }


def position(lesson: Lesson, settings: Settings) -> dict[str, Any]:
    """Return one position, without a pool."""
    return _position(lesson, settings, _Inline())


def default_place(lesson: Lesson) -> int:
    """Return where the default settings stand among the positions."""
    return list(lesson.positions()).index(lesson.defaults)


def _guess(guess: Guess) -> dict[str, Any]:
    return {"panel": guess.panel, "at": guess.at, "to": guess.to, "label": guess.label}


def _exercise(exercise: Exercise) -> dict[str, Any]:
    return {
        "answer": exercise.answer(),
        "choices": list(exercise.choices),
        "tolerance": exercise.tolerance,
        "right": exercise.confirmation(),
        "wrong": exercise.wrong,
    }


def _position(lesson: Lesson, settings: Settings, pool: _Pool) -> dict[str, Any]:
    picture = lesson.curves(settings)
    numbers = [
        [pool.put([number.name, number.label, number.unit, number.kind]), theory_text(number), _finite(number.theory)]
        for number in lesson.numbers(settings)
    ]
    panels = [[pool.put(_axes(panel, lesson)), [_curve(curve, pool) for curve in panel.curves]] for panel in picture.panels]
    live = None if lesson.live is None else lesson.live(settings)
    return {"text": picture.description, "panels": panels, "numbers": numbers, "live": live and _experiment(live, pool)}


def _experiment(live: Live, pool: _Pool) -> dict[str, Any]:
    """Return an experiment whose codes, and what they show, stand in the pool: most are met at many positions."""
    whole = live.experiment()
    return {**whole, "codes": [pool.put({**code, "shows": pool.put(code["shows"])}) for code in whole["codes"]]}


def _finite(value: float | None) -> float | None:
    return float(f"{value:.{_EXACT}g}") if value is not None and np.isfinite(value) else None


def _axes(panel: Panel, lesson: Lesson) -> dict[str, Any]:
    names = [slider.name for slider in lesson.sliders]
    return {
        "title": panel.title,
        "x": _axis(panel.x),
        "y": _axis(panel.y),
        "along": names.index(panel.x.slider) if panel.x.slider else None,
        "marks": [
            {"x": _rounded(mark.x), "label": mark.label, "color": mark.color, "style": mark.style} for mark in panel.marks
        ],
        "circles": [{"name": each.name, "color": each.color, "label": each.label} for each in panel.circles],
    }


def _axis(axis: Axis) -> dict[str, Any]:
    return {"label": axis.label, "range": list(axis.ends), "log": axis.log}


def _curve(curve: Curve, pool: _Pool) -> list[Any]:
    """Place of the curve in the pool, then the point of the present settings if there is one."""
    shape = {
        "label": curve.label,
        "x": pool.put_array(np.asarray(curve.x, dtype=np.float64)),
        "y": pool.put_array(np.asarray(curve.y, dtype=np.float64)),
        "color": curve.color,
        "style": curve.style,
        "at": curve.label_at,
        "above": curve.label_above,
    }
    return [pool.put(shape), *(_rounded(value) for value in curve.here or ())]


def _rounded(value: float) -> float:
    rounded = float(f"{value:.{_DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e9 else rounded


def simulation(lesson: Lesson, settings: Settings, seed: int, trials: int) -> dict[str, Any]:
    """Simulate at some settings and return text, verdict, mean and 95 % interval of each number."""
    found = lesson.simulate(settings, seed, trials)
    numbers = {number.name: number for number in lesson.numbers(settings)}
    return {name: _record(simulated_text(each), verdict_text(numbers[name], each), each) for name, each in found.items()}


def _record(text: str, verdict: str, found: Estimate) -> list[Any]:
    low, high = found.interval()
    return [text, verdict, _rounded(found.mean), _rounded(low), _rounded(high)]
