"""The panels of the lessons: curves where the library says, words that can be read, colours that a page may change."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.panel import SIZE, draw_panel, panel_svg
from linreg_compress.demos.picture import Panel
from linreg_compress.demos.registry import LESSONS
from linreg_compress.gallery.style import house_style
from linreg_compress.monte_carlo.estimate import Estimate


def positions(lesson: Lesson) -> Iterator[dict[str, float]]:
    """Yield the default settings, and each slider at both its ends."""
    yield lesson.defaults
    for slider in lesson.sliders:
        for value in (slider.values[0], slider.values[-1]):
            yield {**lesson.defaults, slider.name: value}


def panels(lesson: Lesson) -> list[Panel]:
    return [panel for settings in positions(lesson) for panel in lesson.curves(settings).panels]


@pytest.mark.parametrize("name", LESSONS)
def test_curves_are_where_the_lesson_says(name: str) -> None:
    for panel in LESSONS[name].curves(LESSONS[name].defaults).panels:
        ax = Figure().subplots()
        draw_panel(ax, panel)
        drawn = [np.asarray(line.get_xydata()) for line in ax.lines]
        for curve in panel.curves:
            wanted = np.column_stack([curve.x, np.where(np.isfinite(curve.y), curve.y, np.nan)])
            assert any(np.array_equal(points, wanted, equal_nan=True) for points in drawn), curve.label
            if curve.here is not None:
                assert any(points.shape == (1, 2) and tuple(points[0]) == curve.here for points in drawn), curve.label
        assert ax.get_xlim() == panel.x.ends
        assert ax.get_ylim() == panel.y.ends


@pytest.mark.parametrize("name", LESSONS)
def test_words_do_not_lie_on_each_other(name: str) -> None:
    labels = 0
    for panel in panels(LESSONS[name]):
        with house_style():
            figure = Figure(figsize=SIZE)
            ax = figure.subplots()
            draw_panel(ax, panel)
            canvas: Any = FigureCanvasAgg(figure)
            renderer = canvas.get_renderer()
            texts = [text for text in ax.texts if isinstance(text, Annotation) and text.get_text() != panel.y.label]
            boxes = [text.get_window_extent(renderer) for text in texts]
        assert len(boxes) <= len(panel.curves) + len(panel.marks)
        for place, box in enumerate(boxes):
            labels += 1
            for other in boxes[place + 1 :]:
                overlap = (min(box.x1, other.x1) - max(box.x0, other.x0), min(box.y1, other.y1) - max(box.y0, other.y0))
                assert min(overlap) < 3, [text.get_text() for text in texts]
    assert labels > 0


def test_simulated_values_are_circles_with_intervals() -> None:
    lesson = LESSONS["oracle-codebook"]
    panel = lesson.curves(lesson.defaults).panels[0]
    ax = Figure().subplots()
    draw_panel(ax, panel, [(2.0, {"population_risk": Estimate(2.5, 0.1, 100)})])
    (bars,) = ax.containers
    assert np.asarray(bars[0].get_xydata()).tolist() == [[2.0, 2.5]]
    ((low, high),) = bars[2][0].get_segments()
    assert [low[1], high[1]] == pytest.approx([2.5 - 0.196, 2.5 + 0.196])


@pytest.mark.parametrize("name", LESSONS)
def test_a_page_can_change_every_colour(name: str) -> None:
    before = dict(mpl.rcParams)
    for panel in LESSONS[name].curves(LESSONS[name].defaults).panels:
        text = panel_svg(panel)
        root = ElementTree.fromstring(text)
        assert root.tag.endswith("svg")
        assert not [each for each in root.iter() if each.tag.endswith(("style", "script", "metadata"))]
        assert panel.title in text
        plain = re.sub(r"var\(--lesson-[a-z-]+, #[0-9A-F]{6}\)", "", text)
        assert not re.search(r"#[0-9A-Fa-f]{6}\b", plain)
    assert dict(mpl.rcParams) == before
