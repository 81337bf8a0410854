"""Draw the panels of a lesson: on paper in the house colours, and as SVG that follows a page's light or dark colours."""

import io
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from linreg_compress.demos.picture import Circles, Curve, Mark, Panel, Picture
from linreg_compress.demos.words import power_of_ten
from linreg_compress.gallery import meanings, style
from linreg_compress.monte_carlo.estimate import Estimate

_PNG = (4.2, 2.9)  # inches a panel on paper
SIZE = (4.0, 3.0)  # inches a panel: its letters stay readable on a phone
_COLORS = {name: getattr(meanings, name.upper()) for name in ("blue", "vermillion", "green", "purple", "orange", "grey")}
_STYLES = {"solid": "-", "dashed": "--", "dotted": ":", "dash-dotted": "-.", "points": "none"}
# words in the colour of their curve, dark enough to be read on white (contrast at least 4.5 to 1)
_WORDS = {
    "blue": "#005B8E",
    "vermillion": "#A34700",
    "green": "#00664B",
    "purple": "#8C3A66",
    "orange": "#7A5200",
    "grey": "#4A4A4A",
}
_INK = "#1A1A1A"
_HALF_INTERVAL = 1.96  # standard errors, for 95 %
_LINE, _LETTER = 10.0, 4.6  # points: height and mean width of the labels' letters
_MARGINS = {"left": 0.11, "right": 0.97, "bottom": 0.15, "top": 0.85}
_SETTINGS: dict[Any, Any] = {  # of a page, on top of the house style
    "figure.constrained_layout.use": False,
    "svg.fonttype": "none",
    "font.size": 9.0,
    "axes.labelsize": 9.0,
    "axes.titlesize": 10.0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), _INK),
}
_one_at_a_time = threading.Lock()  # Matplotlib's settings belong to the whole process, and a server draws in threads


Simulated = Sequence[tuple[float, Mapping[str, Estimate]]]  # where along the axis, and the estimates by their names


def draw_panel(ax: Any, panel: Panel, simulated: Simulated = ()) -> None:
    """Draw one panel on matplotlib axes, and of what was simulated along it those values that its circles name."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    for which, axis, scale in ((panel.x, ax.xaxis, ax.set_xscale), (panel.y, ax.yaxis, ax.set_yscale)):
        if which.log:
            scale("log")
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(FuncFormatter(_power))
    ax.set(xlim=panel.x.ends, ylim=panel.y.ends, xlabel=panel.x.label)
    ax.set_title(panel.title, loc="left", y=1.0, pad=18)  # above the label of the vertical axis; a given y saves a search
    ax.annotate(panel.y.label, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", fontsize=8)
    for which, axis, spine in ((panel.x, ax.xaxis, "bottom"), (panel.y, ax.yaxis, "left")):
        if not which.label:  # an axis without meaning
            axis.set_visible(False)
            ax.spines[spine].set_visible(False)
    labels = [_draw_mark(ax, mark) for mark in panel.marks]
    labels += [label for curve in panel.curves if (label := _draw_curve(ax, curve, panel))]
    for circles in panel.circles:
        drawn = [(x, found[circles.name]) for x, found in simulated if circles.name in found]
        labels += _draw_circles(ax, circles, drawn)
    _write(ax, labels, [_path(ax, curve) for curve in panel.curves])


def panel_svg(panel: Panel, simulated: Simulated = ()) -> str:
    """Return a panel as an SVG element for a page.

    Its colours are CSS variables, ``--lesson-blue`` for a line and ``--lesson-blue-words`` for its label, with the house
    colours where a page does not define them; what is black on paper has the colour of the page's text.
    """
    from matplotlib.figure import Figure

    target = io.StringIO()
    with _drawing():
        figure = Figure(figsize=SIZE)
        draw_panel(figure.subplots(gridspec_kw=_MARGINS), panel, simulated)
        figure.savefig(target, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = target.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style type=.*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'width="[0-9.]+pt" height="[0-9.]+pt"', "", text, count=1)
    for suffix, colors in (("", _COLORS), ("-words", _WORDS)):
        for name, color in colors.items():
            text = re.sub(color, f"var(--lesson-{name}{suffix}, {color})", text, flags=re.IGNORECASE)
    return re.sub(_INK, "currentColor", text, flags=re.IGNORECASE)


def picture_png(picture: Picture, simulated: Mapping[str, Simulated]) -> bytes:
    """Return the picture alone, its panels side by side; `simulated` is known by the slider that a panel shows."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    target = io.BytesIO()
    with style.house_style(), mpl.rc_context({"figure.constrained_layout.use": False}):
        count = len(picture.panels)
        figure = Figure(figsize=(_PNG[0] * count, _PNG[1]))
        figure.subplots_adjust(left=0.11 / count, right=1 - 0.03 / count, bottom=0.15, top=0.85, wspace=0.18)
        for ax, panel in zip(figure.subplots(1, count, squeeze=False)[0], picture.panels, strict=True):
            draw_panel(ax, panel, simulated.get(panel.x.slider, ()))
        figure.savefig(target, format="png", dpi=200, metadata={"Software": None})
    return target.getvalue()


@contextmanager
def _drawing() -> Iterator[None]:
    import matplotlib as mpl

    with _one_at_a_time, style.house_style(), mpl.rc_context(_SETTINGS):
        yield


def _power(value: float, _: object = None) -> str:
    """Return the number at a tick of a logarithmic axis; Matplotlib's own are formulas, which take long to set."""
    if 1e-3 < value < 1e4:
        return f"{value:g}"
    return power_of_ten(round(np.log10(value)))


@dataclass(frozen=True)
class _Label:
    """Words beside something drawn, all lengths in points from the lower left corner of the axes."""

    text: str
    color: str
    x: float
    y: float
    side: str  # of the place: where the words end, or start, or have their middle
    order: float  # labels stand above each other in the order of what they name


def _draw_mark(ax: Any, mark: Mark) -> _Label:
    ax.axvline(mark.x, color=_COLORS[mark.color], linestyle=_STYLES[mark.style], linewidth=1)
    width, height = _size(ax)
    x, _ = _points(ax, mark.x, ax.get_ylim()[1])
    side, away = ("right", -3) if x > width / 2 else ("left", 3)
    return _Label(mark.label, mark.color, x + away, height - _LINE, side, height)


def _draw_curve(ax: Any, curve: Curve, panel: Panel) -> _Label | None:
    color = _COLORS[curve.color]
    xs, ys = np.asarray(curve.x), np.where(np.isfinite(curve.y), curve.y, np.nan)
    dots = curve.style == "points"
    ax.plot(xs, ys, color=color, linestyle=_STYLES[curve.style], marker="o" if dots else "", alpha=0.75 if dots else 1)
    if curve.here is not None:
        seen = _inside(ax, *curve.here)  # whole at an edge of the axes, and nowhere beyond
        ax.plot(*curve.here, "o", color=color, ms=7, mec=_INK, mew=0.8, zorder=5, clip_on=not seen)
    (left, right), (low, high) = panel.x.ends, panel.y.ends
    inside = (ys >= low) & (ys <= high) & (xs >= left) & (xs <= right)
    if not curve.label or not np.any(inside):
        return None
    place = round(curve.label_at * (np.count_nonzero(inside) - 1))
    x, y = _points(ax, float(xs[inside][place]), float(ys[inside][place]))
    share = x / _size(ax)[0]
    side = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    away = 6 if dots else 3
    return _Label(curve.label, curve.color, x, y + away if curve.label_above else y - away - _LINE, side, y)


def _draw_circles(ax: Any, circles: Circles, found: list[tuple[float, Estimate]]) -> list[_Label]:
    if not found:
        return []
    color = _COLORS[circles.color]
    places, means = [x for x, _ in found], [estimate.mean for _, estimate in found]
    errors = [_HALF_INTERVAL * estimate.standard_error for _, estimate in found]
    bars = ax.errorbar(places, means, errors, fmt="o", color=color, mfc="none", mew=1.4, ms=11, capsize=4, lw=1.4, zorder=4)
    if all(_inside(ax, x, mean) for x, mean in zip(places, means, strict=True)):
        for part in (bars[0], *bars[1], *bars[2]):
            part.set_clip_on(False)
    x, y = _points(ax, places[-1], means[-1])
    return [_Label(circles.label, circles.color, x, y + 9, "center", y + 9)] if circles.label else []


def _write(ax: Any, labels: list[_Label], paths: list[tuple[Any, Any]]) -> None:
    """Write the labels, each near its place but not on another one and, where that can be, not on a curve."""
    size = _size(ax)
    from_above = sorted(labels, key=lambda label: -label.order)
    ways = [_arranged(from_above, 1, size, paths), _arranged(from_above[::-1], -1, size, paths)]
    for label, start, y in min(ways, key=lambda way: way[0])[1]:
        length = _LETTER * len(label.text)
        anchor = {"left": start, "center": start + length / 2, "right": start + length}[label.side]
        ax.annotate(
            label.text,
            (0, 0),
            (anchor, y),
            xycoords="axes fraction",
            textcoords="offset points",
            ha=label.side,
            va="bottom",
            color=_WORDS[label.color],
            fontsize=8,
            zorder=6,
        )


def _arranged(
    labels: list[_Label], down: int, size: tuple[float, float], paths: list[tuple[Any, Any]]
) -> tuple[float, list[tuple[_Label, float, float]]]:
    """Place labels one after the other, from above (down is 1) or from below (-1); return what it costs, and the places."""
    width, height = size
    total, placed = 0.0, []
    taken: list[tuple[float, float, float]] = []
    for label in labels:
        length = _LETTER * len(label.text)
        start = label.x - {"left": 0.0, "center": length / 2, "right": length}[label.side]
        start = max(2.0, min(start, width - length))
        beside = np.array([y for left, right, y in taken if left < start + length + 3 and start < right + 3])
        across = np.linspace(start, start + length, 9)
        crossed = np.concatenate([np.interp(across, *path, left=np.nan, right=np.nan) for path in paths] or [np.empty(0)])
        heights = np.arange(2.0, height - _LINE + 0.5, 2.0)[:, None]
        on_labels = (np.abs(heights - beside) < _LINE).sum(axis=1)
        out_of_order = (down * (heights - beside) > 0).sum(axis=1)
        on_curves = ((crossed > heights) & (crossed < heights + 0.8 * _LINE)).sum(axis=1)
        cost = 1000.0 * on_labels + 30.0 * out_of_order + 2.0 * on_curves + np.abs(heights[:, 0] - label.y)
        best = int(np.argmin(cost))
        total += float(cost[best])
        taken.append((start, start + length, float(heights[best, 0])))
        placed.append((label, start, float(heights[best, 0])))
    return total, placed


def _path(ax: Any, curve: Curve) -> tuple[Any, Any]:
    """Return where a curve runs, in points from the lower left corner of the axes; its gaps are not numbers."""
    xs, ys = np.asarray(curve.x, dtype=float), np.where(np.isfinite(curve.y), curve.y, np.nan)
    if ax.get_yscale() == "log":
        ys = np.where(ys > 0, ys, np.nan)
    shares = ax.transLimits.transform(ax.transScale.transform(np.column_stack([xs, ys])))
    order = np.argsort(shares[:, 0], kind="stable")
    width, height = _size(ax)
    return shares[order, 0] * width, shares[order, 1] * height


def _inside(ax: Any, x: float, y: float) -> bool:
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    return bool(left <= x <= right and low <= y <= high)


def _points(ax: Any, x: float, y: float) -> tuple[float, float]:
    """Return a place of the data in points from the lower left corner of the axes."""
    share = ax.transLimits.transform(ax.transScale.transform((x, y)))
    return tuple(share * _size(ax))


def _size(ax: Any) -> tuple[float, float]:
    """Return the width and height of the axes in points."""
    box = ax.get_position()
    width, height = ax.figure.get_size_inches()
    return 72 * width * box.width, 72 * height * box.height
