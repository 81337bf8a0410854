"""Pictures of a reader's own model: what they draw, where they draw it, and what they leave alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import linreg_compress as lc

MODEL = lc.LinearModel(60, 20, signal_variance=0.01)
PLOTS: dict[str, Callable[[Any], Any]] = {
    "risks": lambda ax: lc.plot_risks(MODEL, ax),
    "phase": lambda ax: lc.plot_phase(60, 20, ax),
    "law": lambda ax: lc.plot_law(MODEL, ax=ax),
}


def axes() -> Any:
    from matplotlib.figure import Figure

    return Figure().subplots()


@pytest.mark.parametrize("name", PLOTS)
def test_it_returns_the_axes_that_it_was_given_with_labels(name: str) -> None:
    ax = axes()
    assert PLOTS[name](ax) is ax
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert name == "risks" or "n = 60, d = 20" in ax.get_title()


@pytest.mark.parametrize("name", PLOTS)
def test_settings_of_the_reader_are_used_and_left_alone(name: str) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"axes.labelsize": 19.0, "axes.prop_cycle": mpl.cycler(color=["#123456", "#654321"])}):  # type: ignore[attr-defined]
        before = dict(mpl.rcParams)
        ax = PLOTS[name](axes())
        assert dict(mpl.rcParams) == before
        assert ax.xaxis.label.get_size() == 19.0
        if name == "law":
            assert ax.lines[0].get_color() == "#123456"


@pytest.mark.parametrize("name", PLOTS)
def test_without_axes_it_makes_a_figure(name: str) -> None:
    import matplotlib.pyplot as plt

    with plt.rc_context({"backend": "agg"}):
        ax = PLOTS[name](None)
        assert ax.figure.axes == [ax]
        plt.close(ax.figure)


def test_the_map_is_green_below_the_boundary_and_amber_above_and_pale_beside_it() -> None:
    ax = PLOTS["phase"](axes())
    filled = ax.collections[-1]
    assert float(filled.get_array().min()) < 0 < float(filled.get_array().max())
    assert ax.lines[0].get_ydata()[0] == 1.0
    gain, loss, less, more = (filled.cmap(filled.norm(value)) for value in (-15.0, 15.0, -0.5, 0.5))
    assert gain[1] > gain[0]
    assert loss[0] > loss[1] > loss[2]
    assert min(*less[:3], *more[:3]) > 0.8  # as pale on both sides: no change is white


def test_the_densities_have_the_means_of_the_exact_risks() -> None:
    ax = lc.plot_law(MODEL, ax=axes())
    x, density = (np.asarray(values) for values in ax.lines[1].get_data())
    exact = lc.risks(MODEL, lc.BlindGaussianChannel.for_model(MODEL, bits_per_weight=1.0))
    assert np.trapezoid(x * density, x) == pytest.approx(float(exact.population_risk), rel=0.01)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: lc.plot_phase(20, 20, axes()), "samples >= features"),
        (lambda: lc.plot_law(MODEL, 1.0, axes()), "channel"),  # type: ignore[arg-type]
    ],
)
def test_bad_arguments_are_named(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(lc.LinregCompressError, match=said):
        call()


@pytest.mark.parametrize(("n", "d"), [(80, 50), (1000, 100), (12, 10)])
def test_the_map_says_what_its_lines_and_halves_are(n: int, d: int) -> None:
    ax = lc.plot_phase(n, d, axes())
    words = [text.get_text() for text in ax.texts]
    assert {"helps", "hurts", "-5 %", "+1 %"} <= {*words}
    assert words.count("helps") == words.count("hurts") == 1
    for text in ax.texts:
        if text.get_text().endswith("%"):
            x, y = ax.transAxes.inverted().transform(ax.transData.transform(text.get_position()))
            assert 0.05 < x < 0.95
            assert 0.05 < y < 0.95
            assert bool(y < 0.5) is text.get_text().startswith("-")
