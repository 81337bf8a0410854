"""All that a page without Python must know, computed once: every position of the sliders, and simulations at some.

What repeats (curves that do not depend on a slider, labels) is stored once in a pool. Points of curves have seven digits;
numbers that a student reads are texts, made here, so that page and library cannot round differently.
"""

import json
from typing import Any

import numpy as np
from tqdm import tqdm

from linreg_compress._validation import FloatArray
from linreg_compress.demos.lesson import Lesson, Settings
from linreg_compress.demos.picture import Axis, Curve, Panel
from linreg_compress.demos.table import simulated_text, theory_text, verdict_text
from linreg_compress.monte_carlo.estimate import Estimate

_DIGITS = 7


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


def page_data(lesson: Lesson, *, trials: int | None = None, seed: int = 0) -> dict[str, Any]:
    """Compute a page's data, ready for JSON.

    It holds ``sliders``; ``positions`` in the order of `Lesson.positions`, each with a description, panels and numbers;
    ``simulated`` by position, with the lesson's own number of trials by default; and the ``pool``.
    """
    pool = _Pool()
    positions, simulated = [], {}
    wanted = list(lesson.simulated_positions())
    with tqdm(total=len(wanted), unit="simulation", disable=None, leave=False) as bar:
        for place, settings in enumerate(lesson.positions()):
            positions.append(_position(lesson, settings, pool))
            if settings in wanted:
                simulated[place] = _simulated(lesson, settings, seed, lesson.trials if trials is None else trials)
                bar.update()
    return {
        "sliders": [
            {
                "name": slider.name,
                "values": list(slider.values),
                "texts": [slider.text(value) for value in slider.values],
                "start": slider.values.index(slider.default),
                "simulated": [slider.values.index(value) for value in lesson.simulated_at[slider.name]],
            }
            for slider in lesson.sliders
        ],
        "positions": positions,
        "simulated": simulated,
        "pool": pool.values,
    }


def _position(lesson: Lesson, settings: Settings, pool: _Pool) -> dict[str, Any]:
    picture = lesson.curves(settings)
    numbers = [
        [pool.put([number.name, number.label, number.unit]), theory_text(number)] for number in lesson.numbers(settings)
    ]
    panels = [[pool.put(_axes(panel, lesson)), [_curve(curve, pool) for curve in panel.curves]] for panel in picture.panels]
    return {"text": picture.description, "panels": panels, "numbers": numbers}


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


def _simulated(lesson: Lesson, settings: Settings, seed: int, trials: int) -> dict[str, Any]:
    """Text, verdict, mean and 95 % interval of each simulated number."""
    found = lesson.simulate(settings, seed, trials)
    numbers = {number.name: number for number in lesson.numbers(settings)}
    return {name: _record(simulated_text(each), verdict_text(numbers[name], each), each) for name, each in found.items()}


def _record(text: str, verdict: str, found: Estimate) -> list[Any]:
    low, high = found.interval()
    return [text, verdict, _rounded(found.mean), _rounded(low), _rounded(high)]
