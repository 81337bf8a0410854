"""What a reader would see in a drawn figure: its texts with their boxes, its curves with their styles."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.collections import Collection
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from linreg_compress.gallery import meanings

_TOUCH = 0.5  # points: boxes may share an edge
Shown = tuple[str, Any, float]  # a text, its box, its size


def drawn(canvas: Any) -> tuple[list[Any], list[str]]:
    """Return the numbers of all that is drawn, in the coordinates of its axes, and its looks; nothing is rendered."""
    numbers: list[Any] = [limits for ax in canvas.axes for limits in (ax.get_xlim(), ax.get_ylim())]
    looks = [f"{ax.get_xscale()} {ax.get_yscale()}" for ax in canvas.axes]
    for artist in canvas.findobj():
        looks.append(f"{type(artist).__name__} {artist.get_visible()} {artist.get_alpha()} {artist.get_zorder()}")
        if isinstance(artist, Line2D):
            numbers.append(artist.get_xydata())
            looks.append(f"{artist.get_color()} {artist.get_linewidth()} {_style(artist)}")
        elif isinstance(artist, Patch):
            numbers += [artist.get_path().vertices, artist.get_facecolor(), artist.get_edgecolor()]
        elif isinstance(artist, Collection):
            numbers += [path.vertices for path in artist.get_paths()]
            numbers += [artist.get_offsets(), artist.get_facecolor(), artist.get_edgecolor()]
        elif isinstance(artist, Text):
            looks.append(artist.get_text())
        shades = artist.get_array() if isinstance(artist, Collection | AxesImage) else None
        if shades is not None:
            numbers += [np.ma.filled(shades, np.nan), artist.get_clim()]
    return [np.asarray(part, dtype=float) for part in numbers], looks


def shown_texts(canvas: Any) -> list[Shown]:
    """Every text that is drawn, with its box in pixels and its size in points."""
    canvas.draw_without_rendering()
    hidden = set(_hidden(canvas))
    texts = [text for text in canvas.findobj(Text) if id(text) not in hidden and text.get_visible()]
    return [(text.get_text(), text.get_window_extent(), text.get_fontsize()) for text in texts if text.get_text().strip()]


def _hidden(canvas: Any) -> Iterator[int]:
    """Yield the identities of texts that are not drawn: labels of ticks outside the axes, all of an invisible axis."""
    for ax in canvas.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = 1e-9 * (high - low)
            drawn = ax.get_visible() and axis.get_visible() and ax.axison
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not drawn or not low - slack <= tick.get_loc() <= high + slack:
                    yield from (id(tick.label1), id(tick.label2))
            if not drawn:
                yield from (id(axis.label), id(axis.offsetText))


def overlaps(canvas: Any, texts: list[Shown]) -> list[str]:
    """Pairs of shown texts that overlap, and texts that leave the canvas."""
    pixel = canvas.dpi / 72
    found = [
        f"{one!r} overlaps {other!r}"
        for (one, first, _), (other, second, _) in combinations(texts, 2)
        if min(first.x1, second.x1) - max(first.x0, second.x0) > _TOUCH * pixel
        and min(first.y1, second.y1) - max(first.y0, second.y0) > _TOUCH * pixel
    ]
    page = canvas.bbox
    return found + [
        f"{text!r} leaves the canvas"
        for text, box, _ in texts
        if min(box.x0 - page.x0, box.y0 - page.y0, page.x1 - box.x1, page.y1 - box.y1) < -_TOUCH * pixel
    ]


def unlabelled(canvas: Any) -> list[str]:
    """Axes without a label that no neighbour has for them: left in the same row, or below in the same column."""
    found = []
    axes = [ax for ax in canvas.axes if ax.get_visible() and ax.axison]
    for number, ax in enumerate(axes):
        if ax.get_label() == "<colorbar>":
            if not (ax.get_xlabel() or ax.get_ylabel()):
                found.append(f"axes {number}: the colour bar has no label")
            continue
        place = ax.get_subplotspec()
        peers = [other for other in axes if place is not None and _in_one_grid(other.get_subplotspec(), place)]
        same_column = [ax, *(other for other in peers if list(other.get_subplotspec().colspan) == list(place.colspan))]
        same_row = [ax, *(other for other in peers if list(other.get_subplotspec().rowspan) == list(place.rowspan))]
        if not any(other.get_xlabel() for other in same_column):
            found.append(f"axes {number}: no x label")
        if not any(other.get_ylabel() for other in same_row):
            found.append(f"axes {number}: no y label")
    return found


def _in_one_grid(place: Any, other: Any) -> bool:
    return place is not None and place.get_gridspec() is other.get_gridspec()


def axis_labels(canvas: Any) -> list[str]:
    """All labels of axes."""
    return [name for ax in canvas.axes for name in (ax.get_xlabel(), ax.get_ylabel()) if name]


def indistinct_curves(canvas: Any) -> list[str]:
    """Curves of an axes that a grey-scale print would not tell apart, or that carry no name.

    Curves are the lines thicker than a hairline of 1 point; where an axes has several colours of them each needs a name,
    and two names may not share line style and marker.
    """
    found = []
    for number, ax in enumerate(canvas.axes):
        curves = [line for line in ax.get_lines() if line.get_linestyle() != "None" and line.get_linewidth() > 1.01]
        named = [line for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
        if len({line.get_color() for line in curves}) > 1:
            found += [f"axes {number}: a {line.get_color()} curve has no name" for line in curves if line not in named]
        styles: dict[Any, str] = {}
        for line in named:
            name = str(line.get_label())
            if styles.setdefault(_style(line), name) != name:
                found.append(f"axes {number}: {name!r} looks like {styles[_style(line)]!r} in grey")
    return found


def wrong_colours(canvas: Any) -> list[str]:
    """Curves named by a signal, a rate or a quantity that are not in its colour of the table of meanings."""
    quantities = {
        "population risk": meanings.POPULATION,
        "empirical risk": meanings.EMPIRICAL,
        "generalization error": meanings.GENERALIZATION,
        "the paper's bound": meanings.BOUND,
        "least squares": meanings.LEAST_SQUARES,
    }
    named = {f"τ² = {name}": look for name, look in meanings.SIGNALS.items()} | quantities
    named |= {f"{bits:g} bit": look for bits, look in meanings.RATES.items()}
    lines = [(str(line.get_label()), line.get_color()) for ax in canvas.axes for line in ax.get_lines()]
    return [
        f"{text!r} is {color}" for text, color in lines for name, look in named.items() if _ends(text, name, color, look[0])
    ]


def _ends(text: str, name: str, color: str, wanted: str) -> bool:
    return (text == name or text.endswith(f", {name}")) and color != wanted


def _style(line: Line2D) -> Any:
    solid = line.get_linestyle() == "None"
    offset, dashes = line._unscaled_dash_pattern  # type: ignore[attr-defined]  # get_linestyle() says '--' for all of them
    return ("none" if solid else (offset, tuple(dashes or ())), str(line.get_marker()))
