"""What a lesson draws: panels of curves, as data that every renderer shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from linreg_compress._validation import FloatArray

Color = Literal["blue", "vermillion", "green", "purple", "orange", "grey"]  # names of the house style
Style = Literal["solid", "dashed", "dotted", "dash-dotted", "points"]  # "points": a dot at every (x, y), no line


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve of a panel, or its dots."""

    label: str
    """Written beside the curve."""
    x: FloatArray
    """Ascending, of the shape (k,)."""
    y: FloatArray
    """Of the shape of `x`; where it is not finite, the curve is interrupted."""
    color: Color = "blue"
    """Told apart from other curves by its style too."""
    style: Style = "solid"
    """"points" draws dots and no line."""
    here: tuple[float, float] | None = None
    """The point of the present settings."""
    label_at: float = 1.0
    """Where along the curve the label stands, 0 at its left end and 1 at its right end."""
    label_above: bool = True
    """Or below it."""


@dataclass(frozen=True, eq=False)
class Over:
    """The values of a slider that a panel's curves run over, and the one at which the slider stands."""

    x: FloatArray
    at: float

    def curve(
        self,
        label: str,
        function: Callable[[Any], Any],
        color: Color,
        style: Style = "solid",
        *,
        label_at: float = 1.0,
        label_above: bool = True,
    ) -> Curve:
        """Return the curve of a function, which takes an array or one number, with the point of the present settings."""
        y, here = np.broadcast_to(function(self.x), self.x.shape), (self.at, float(function(self.at)))
        return Curve(label, self.x, y, color, style, here, label_at, label_above)

    def level(
        self, label: str, height: float | FloatArray, color: Color, style: Style = "dotted", *, label_above: bool = True
    ) -> Curve:
        """Return a horizontal line for comparison, with its label at the left end."""
        y = np.full(self.x.shape, float(height))
        return Curve(label, self.x, y, color, style, label_at=0.0, label_above=label_above)


def one_by_one(function: Callable[[float], float]) -> Callable[[Any], FloatArray]:
    """Return the function of arrays that calls a function of one number for each element."""
    return np.vectorize(function, otypes=[float])


@dataclass(frozen=True)
class Mark:
    """A vertical line at a place that matters."""

    x: float
    label: str
    color: Color = "grey"
    style: Style = "dotted"


@dataclass(frozen=True)
class Guess:
    """A guess of the student in the picture: a place, or an arrow from one place to another."""

    panel: int
    """Counted from 0."""
    at: tuple[float, float]
    """In the units of the axes."""
    to: tuple[float, float] | None = None
    """Where the arrow ends."""
    label: str = "your guess"
    """Written beside it."""


@dataclass(frozen=True)
class Circles:
    """Simulated values that belong into a panel: circles with 95 % intervals, at the settings' value of its slider."""

    name: str
    """Of the number."""
    color: Color
    label: str = ""
    """Written beside the circles; empty where they lie on a curve."""


@dataclass(frozen=True)
class Axis:
    """One axis of a panel."""

    label: str
    """Names the unit; an empty one stands for an axis without meaning, drawn without ticks."""
    ends: tuple[float, float]
    """What the axis shows, from its lower end to its upper one."""
    log: bool = False
    """Whether its scale is logarithmic."""
    slider: str = ""
    """The slider that a horizontal axis shows; empty if it shows something else."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One pair of axes."""

    title: str
    x: Axis
    y: Axis
    curves: tuple[Curve, ...]
    marks: tuple[Mark, ...] = ()
    circles: tuple[Circles, ...] = ()
    """Only where the horizontal axis shows a slider."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What is drawn at some settings."""

    panels: tuple[Panel, ...]
    """One to three."""
    description: str
    """What it shows, for who does not see it."""
