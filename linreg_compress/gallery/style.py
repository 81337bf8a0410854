"""One look for every figure: sizes, panels, labels, notes; and bytes that do not change. `meanings` has what colours say.

A figure is drawn at one of two sizes: ``lecture`` for a slide (or both columns of a page), panels side by side, text of
16 to 18 points where it fills a 13.3 inch slide; and ``column``, 3.25 inches wide, panels one above the other, text of 7
points. matplotlib is imported by the functions that draw, so that reading a figure's data or claim does not load it.
"""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Size:
    """How large a picture is, its text and its lines."""

    width: float
    """Width of the canvas in inches."""
    height: float
    """Height of the canvas in inches; of one row of panels where panels are stacked."""
    text: float
    """Points of titles and of labels of axes."""
    small: float
    """Points of ticks, legends, notes and labels of curves."""
    line: float
    """Points of a curve's width."""
    stacked: bool
    """Whether panels stand one above the other."""


SIZES = {
    "lecture": Size(6.67, 3.75, 9.0, 8.0, 1.6, stacked=False),
    "column": Size(3.25, 2.1, 7.5, 7.0, 1.2, stacked=True),
}

_SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "linreg-compress",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.handlelength": 2.8,  # long enough to tell the line styles apart
}


@contextmanager
def house_style(size: str = "lecture") -> Iterator[None]:
    """Use the house style inside a with block, whatever the user's own settings are."""
    import matplotlib as mpl

    at = SIZES[size]
    sizes: dict[Any, Any] = {"font.size": at.text, "lines.linewidth": at.line, "lines.markersize": 2.4 * at.line}
    sizes |= dict.fromkeys(("axes.titlesize", "axes.labelsize"), at.text)
    sizes |= dict.fromkeys(("legend.fontsize", "xtick.labelsize", "ytick.labelsize"), at.small)
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        mpl.rcParams.update(sizes)
        yield


def panels(
    size: str,
    rows: int = 1,
    columns: int = 1,
    *,
    heights: tuple[float, float] | None = None,
    column_grid: tuple[int, int] | None = None,
) -> tuple[Any, Any]:
    """Return a canvas and its axes.

    Parameters
    ----------
    size : str
        A name in `SIZES`.
    rows, columns : int
        Of the panels at lecture size; at column size the grid is turned, rows for columns.
    heights : tuple of float, optional
        Inches of the canvas at lecture and at column size, where the usual ones do not fit.
    column_grid : tuple of int, optional
        Rows and columns of the panels at column size, in reading order, in place of the turned grid.

    Returns
    -------
    canvas : matplotlib Figure
    axes : ndarray of Axes, shape (rows, columns)
        The same at both sizes.
    """
    from matplotlib.figure import Figure as Canvas

    at = SIZES[size]
    given = None if heights is None else heights[at.stacked]
    if at.stacked:
        grid = column_grid or (columns, rows)
        canvas = Canvas(figsize=(at.width, at.height * grid[0] if given is None else given))
        axes = canvas.subplots(*grid, squeeze=False)
        return canvas, axes.T if column_grid is None else axes.reshape(rows, columns)
    canvas = Canvas(figsize=(at.width, at.height if given is None else given))
    return canvas, canvas.subplots(rows, columns, squeeze=False)


def is_column(axes: Any) -> bool:
    """Whether the canvas of these axes is of column size: a draw function may then say less, or place it elsewhere."""
    return bool(axes.figure.get_figwidth() < SIZES["lecture"].width)


def small_text() -> float:
    """Points of the small text at the current size."""
    import matplotlib as mpl
    from matplotlib.font_manager import FontProperties

    # the reader's own setting may be a word, as "medium"
    return float(FontProperties(size=mpl.rcParams["xtick.labelsize"]).get_size_in_points())


def label(ax: Any, text: str, point: tuple[float, float], offset: tuple[float, float], color: str, **options: Any) -> None:
    """Write small text, with a white rim, at a point of the data, moved by `offset` in units of the text's height."""
    from matplotlib.patheffects import withStroke

    settings = {"ha": "left", "va": "center", "fontsize": small_text(), "color": color} | options
    settings.setdefault("path_effects", [withStroke(linewidth=2, foreground="white")])
    ax.annotate(text, point, offset, textcoords="offset fontsize", **settings)


def note(canvas: Any, text: str) -> None:
    """Write a note below all panels, in as many lines as the width needs."""
    letters = int(canvas.get_figwidth() * 72 / (0.56 * small_text()))
    canvas.supxlabel("\n".join(wrapped(text, letters)), fontsize=small_text())


def wrapped(text: str, letters: int) -> list[str]:
    """Return the lines of a text; a number stays with its unit and with what it is the value of."""
    kept = text.replace(" = ", "\0=\0").replace(" %", "\0%")
    return [line.replace("\0", " ") for line in textwrap.wrap(kept, letters)]


def points(ax: Any, x: Any, table: Any, name: str, color: str, marker: str = "o", **options: Any) -> None:
    """Draw simulated means as open markers with their intervals, the columns NAME, NAME_low and NAME_high of a table."""
    middle = table[name]
    sides = [middle - table[f"{name}_low"], table[f"{name}_high"] - middle]
    settings = {"mfc": "white", "capsize": 1.5, "lw": 0.8, "zorder": 3} | options
    ax.errorbar(x, middle, yerr=sides, fmt=marker, ls="none", color=color, **settings)
