"""The picture of `advise --plot`: a change can be read off its axes."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import linreg_compress as lc
from linreg_compress.gallery.advice_curve import draw_advice, round_changes


def drawn(bits: list[int], quantizers: list[str], signal: float) -> Any:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((300, 8))
    y = x @ (signal * rng.standard_normal(8)) + rng.standard_normal(300)
    data = {**lc.advise(x, y, bits=bits, quantizers=quantizers, repeats=1).record(), "source": "data.csv"}
    axes = Figure().subplots(1, 2, sharey=True)
    draw_advice(axes, data)
    return axes


def numbered(axis: Any) -> list[float]:
    low, high = axis.get_view_interval()
    return [tick for tick in axis.get_majorticklocs().tolist() if low <= tick <= high]


def test_bent_axes_have_ticks_beyond_one_and_say_that_they_are_bent() -> None:
    axes = drawn([1, 2, 3, 8], ["lloyd-max", "gptq"], 1.0)
    for axis in (axes[0].yaxis, axes[1].xaxis):
        assert {0, 1, 10} <= set(numbered(axis))
        assert {2, 5} <= set(numbered(axis)) or 3 in numbered(axis)
        assert "straight up to 1 %, logarithmic beyond" in axis.get_label_text()
        assert axis.get_scale() == "symlog"
        assert axis.get_major_formatter()(-20.0, 0) == "-20"
        assert axis.get_major_formatter()(1e7, 0) == "+1e7"


def test_small_changes_have_straight_axes() -> None:
    axes = drawn([7, 8], ["lloyd-max", "gptq"], 1.0)
    for axis in (axes[0].yaxis, axes[1].xaxis):
        assert axis.get_scale() == "linear"
        assert len(numbered(axis)) > 3
        assert "logarithmic" not in axis.get_label_text()


@pytest.mark.parametrize(
    ("low", "high", "room", "ticks"),
    [
        (-6.0, 2.5, 15, [-5, -2, -1, -0.5, 0, 0.5, 1, 2]),
        (-0.7, 40.0, 15, [-0.5, 0, 0.5, 1, 2, 5, 10, 20]),
        (-0.7, 40.0, 8, [-0.5, 0, 0.5, 1, 2, 5, 10, 20]),
        (-0.7, 40.0, 7, [-0.5, 0, 0.5, 1, 3, 10, 30]),
        (-0.7, 40.0, 6, [-0.5, 0, 0.5, 1, 10]),
        (-2.0, 1e6, 8, [-1, 0, 1, 100, 1e4, 1e6]),
        (-0.3, 0.6, 8, [0, 0.5]),
    ],
)
def test_ticks_are_as_close_as_there_is_room_for(low: float, high: float, room: int, ticks: list[float]) -> None:
    assert round_changes(low, high, room) == ticks


def test_the_letters_below_an_axis_fit() -> None:
    for high in (1.0, 30.0, 4e3, 7e6, 1e11, 1e30):
        for low in (-0.2, -4.0, -99.0):
            words = [
                f"{tick:+g}".replace("e+0", "e").replace("e+", "e") for tick in round_changes(low, high, 42, letters=True)
            ]
            assert sum(len(word) + 1 for word in words) <= 44, words  # 0 has no sign
