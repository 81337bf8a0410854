"""Set a lesson's handout on A4 pages: words that are broken into lines, formulas, a table and the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal

from linreg_compress.demos.panel import Simulated, draw_panel
from linreg_compress.demos.picture import Picture
from linreg_compress.gallery.style import house_style

_FIXED: dict[Any, Any] = {"figure.constrained_layout.use": False}  # labels are placed for the size that axes have now
_PAGE = (8.27, 11.69)  # inches, A4
_MARGIN = 0.65
_PNG = (4.2, 2.9)  # inches a panel
_POINT = 1 / 72
_LEADING = 1.38  # of a line, in sizes of its letters
_SIZES = {"title": 18.0, "heading": 12.5, "text": 9.5, "choice": 9.5, "formula": 11.5, "table": 8.5}
_ABOVE = {"title": 0.0, "heading": 0.16, "text": 0.06, "choice": 0.05, "formula": 0.1, "table": 0.05}  # inches
_COLUMNS = (0.0, 3.3, 4.2, 5.45)  # of the table, inches
_PANELS = 2  # in a row
_PANEL_HEIGHT, _TITLES, _BELOW = 1.9, 0.45, 0.4  # inches
_BOLD = ("title", "heading")


@dataclass(frozen=True)
class Block:
    """One part of a handout: words, a formula in LaTeX, the picture, or the rows of the table."""

    kind: Literal["title", "heading", "text", "choice", "formula", "picture", "table", "break"]
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def handout_pdf(
    blocks: Sequence[Block], heads: Sequence[str], picture: Picture, simulated: Mapping[str, Simulated]
) -> bytes:
    """Return the PDF; `heads` are those of the table, `simulated` is known by the slider that a panel shows."""
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import PdfPages

    target = BytesIO()
    with (
        house_style(),
        mpl.rc_context(_FIXED),
        PdfPages(target, metadata={"CreationDate": None, "Producer": None, "Creator": None}) as pages,
    ):
        paper = _Paper(pages, [tuple(heads)], picture, simulated)
        for group in _groups(blocks):
            paper.need(sum(paper.height(block) for block in group))
            for block in group:
                paper.add(block)
        paper.turn()
    return target.getvalue()


def picture_png(picture: Picture, simulated: Mapping[str, Simulated]) -> bytes:
    """Return the picture alone, its panels side by side."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    target = BytesIO()
    with house_style(), mpl.rc_context(_FIXED):
        count = len(picture.panels)
        figure = Figure(figsize=(_PNG[0] * count, _PNG[1]))
        figure.subplots_adjust(left=0.11 / count, right=1 - 0.03 / count, bottom=0.15, top=0.85, wspace=0.18)
        for ax, panel in zip(figure.subplots(1, count, squeeze=False)[0], picture.panels, strict=True):
            draw_panel(ax, panel, simulated.get(panel.x.slider, ()))
        figure.savefig(target, format="png", dpi=200, metadata={"Software": None})
    return target.getvalue()


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Break `text` into lines of at most `width` inches in letters of `size` points.

    Examples
    --------
    >>> wrapped("one two three", 0.6, 9.5)
    ['one two', 'three']
    """
    lines: list[str] = []
    used = width
    for word in text.split():
        needed = _width(word, size, bold)
        used += _width("a a", size, bold) - 2 * _width("a", size, bold) + needed
        if lines and used <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
            used = needed
    return lines


@lru_cache(maxsize=8192)
def _width(text: str, size: float, bold: bool) -> float:
    return _extent(text, size, "bold" if bold else "normal", formula=False)[0]


def _extent(text: str, size: float, weight: str, *, formula: bool) -> tuple[float, float]:
    """Return the width and height of a text in inches."""
    from matplotlib.font_manager import FontProperties

    font = FontProperties(size=size, weight=weight)
    width, height, _ = _renderer().get_text_width_height_descent(text, font, ismath=formula)
    return float(width) * _POINT, float(height) * _POINT


@lru_cache(maxsize=1)
def _renderer() -> Any:
    from matplotlib.backends import backend_agg

    agg: Any = backend_agg.RendererAgg  # Matplotlib has no types for it
    return agg(10, 10, 72)


def _groups(blocks: Sequence[Block]) -> list[list[Block]]:
    """Blocks that stay on one page: a heading and what follows, a question and its choices, the picture and its words."""
    groups: list[list[Block]] = [[]]
    for place, block in enumerate(blocks):
        groups[-1].append(block)
        following = blocks[place + 1].kind if place + 1 < len(blocks) else "break"
        if block.kind != "heading" and following not in ("choice", "picture"):
            groups.append([])
    return groups


class _Paper:
    """The page that is being filled, from the top down; lengths in inches."""

    def __init__(
        self, pages: Any, heads: list[tuple[str, ...]], picture: Picture, simulated: Mapping[str, Simulated]
    ) -> None:
        self.pages, self.heads, self.picture, self.simulated = pages, heads, picture, simulated
        self.begin()

    def begin(self) -> None:
        from matplotlib.figure import Figure

        self.page = Figure(figsize=_PAGE)
        self.left = _PAGE[1] - 2 * _MARGIN  # of the height

    def turn(self) -> None:
        if self.page.texts or self.page.axes:
            self.pages.savefig(self.page)
        self.begin()

    def need(self, height: float) -> None:
        if height > self.left:
            self.turn()

    def height(self, block: Block) -> float:
        """Height of a block; that of a table is the page's business, row by row."""
        if block.kind in ("break", "table"):
            return 0.0
        if block.kind == "formula":
            return _ABOVE["formula"] + _formula(block.text)[1]
        if block.kind == "picture":
            return (_TITLES + _PANEL_HEIGHT + _BELOW) * -(-len(self.picture.panels) // _PANELS)
        return _ABOVE[block.kind] + len(_lines(block)) * _line(block.kind)

    def add(self, block: Block) -> None:
        if block.kind == "break":
            self.turn()
        elif block.kind == "table":
            self.add_table([*self.heads, *block.rows])
        elif block.kind == "picture":
            self.add_picture()
        elif block.kind == "formula":
            text, height = _formula(block.text)
            self.left -= _ABOVE["formula"]
            self.put(text, 0.3, _SIZES["formula"])
            self.left -= height
        else:
            self.add_words(block)

    def put(self, text: str, across: float, size: float, bold: bool = False) -> None:
        x, y = (_MARGIN + across) / _PAGE[0], (_MARGIN + self.left) / _PAGE[1]
        weight = "bold" if bold else "normal"
        self.page.text(x, y, text, size=size, weight=weight, va="top", parse_math=text.startswith("$"))

    def add_words(self, block: Block) -> None:
        size, height = _SIZES[block.kind], _line(block.kind)
        self.left -= _ABOVE[block.kind]
        for number, line in enumerate(_lines(block)):
            self.need(height)
            if block.kind == "choice" and not number:
                self.put("☐", 0.03, size)
            self.put(line, _indent(block.kind), size, block.kind in _BOLD)
            self.left -= height

    def add_table(self, rows: Sequence[Sequence[str]]) -> None:
        size, height = _SIZES["table"], _line("table")
        ends = (*_COLUMNS[1:], _PAGE[0] - 2 * _MARGIN)
        for place, row in enumerate(rows):
            cells = [
                wrapped(cell, end - start - 0.1, size, not place)
                for cell, start, end in zip(row, _COLUMNS, ends, strict=True)
            ]
            self.left -= _ABOVE["table"]
            tall = height * max(map(len, cells))
            self.need(tall)
            top = self.left
            for lines, start in zip(cells, _COLUMNS, strict=True):
                for number, line in enumerate(lines):
                    self.left = top - number * height
                    self.put(line, start, size, bold=not place)
            self.left = top - tall

    def add_picture(self) -> None:
        whole = (_PAGE[0] - 2 * _MARGIN) / _PANELS
        panels = self.picture.panels
        for first in range(0, len(panels), _PANELS):
            self.left -= _TITLES
            bottom = _MARGIN + self.left - _PANEL_HEIGHT
            for number, panel in enumerate(panels[first : first + _PANELS]):
                left = _MARGIN + number * whole + 0.3
                place = (left / _PAGE[0], bottom / _PAGE[1], (whole - 0.45) / _PAGE[0], _PANEL_HEIGHT / _PAGE[1])
                draw_panel(self.page.add_axes(place), panel, self.simulated.get(panel.x.slider, ()))
            self.left -= _PANEL_HEIGHT + _BELOW


def _line(kind: str) -> float:
    return _SIZES[kind] * _LEADING * _POINT


def _indent(kind: str) -> float:
    return 0.25 if kind == "choice" else 0.0


def _lines(block: Block) -> list[str]:
    return wrapped(block.text, _PAGE[0] - 2 * _MARGIN - _indent(block.kind), _SIZES[block.kind], block.kind in _BOLD)


def _formula(latex: str) -> tuple[str, float]:
    """Return a formula as Matplotlib reads it, and its height."""
    text = "$" + latex.replace(r"\frac", r"\dfrac") + "$"
    return text, _extent(text, _SIZES["formula"], "normal", formula=True)[1] + 0.05
