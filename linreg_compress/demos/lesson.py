"""What a lesson is: the parts that a student meets, in their order. Every renderer shows the same record.

Order: question, prediction, formulas, picture with sliders, simulation from raw data, table of theory against simulation,
takeaway, exercises. Texts are plain (no markup). A lesson holds sliders and calls of the library, and no mathematics.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

from linreg_compress._validation import FloatArray
from linreg_compress.errors import InvalidInputError
from linreg_compress.monte_carlo.estimate import Estimate

Settings = Mapping[str, float]  # a value for each slider, by its name
Color = Literal["blue", "vermillion", "green", "purple", "orange", "grey"]  # names of plotting.style
SQUARED = "squared units of y"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
Style = Literal["solid", "dashed", "dotted", "dash-dotted", "points"]  # "points": a dot at every (x, y), no line


def shown(value: float | FloatArray, digits: int = 4) -> str:
    """Return a number as every renderer prints it, rounded to so many significant digits.

    Examples
    --------
    >>> shown(-0.43103), shown(1.25e-7), shown(12345.6)
    ('−0.431', '1.25 × 10⁻⁷', '12350')
    """
    text = f"{float(value):.{digits}g}"
    if "e" in text:
        head, power = text.split("e")
        exponent = int(power)
        if exponent >= 0:
            return f"{float(text):.0f}".replace("-", "−")
        text = f"{head} × 10" + str(exponent).translate(_RAISED)
    return text.replace("-", "−")


def counted(value: float, unit: str) -> str:
    """Return a number with its unit, as it is said.

    Examples
    --------
    >>> counted(1.0, "bits per weight"), counted(80.0, "rows"), counted(0.25, "")
    ('1 bit per weight', '80 rows', '0.25')
    """
    head, _, tail = unit.partition(" ")
    if value == 1 and head.endswith("s") and head != "squared":
        head = head.removesuffix("s")
    return f"{shown(value)} {head} {tail}".strip()


@dataclass(frozen=True)
class Prediction:
    """A guess that the student commits to before anything is revealed.

    Attributes
    ----------
    question : str
    choices : tuple of str
    right : callable
        Returns the index of the right choice, found by the library.
    turns_out : callable
        Returns what is said after the student has committed, with numbers from the library.
    """

    question: str
    choices: tuple[str, ...]
    right: Callable[[], int]
    turns_out: Callable[[], str]


@dataclass(frozen=True)
class Formula:
    """One formula, how to read it aloud, and where it is proved.

    Attributes
    ----------
    latex : str
    words : str
        The same in plain words.
    derivation : str
        Name in the derivation ledger: ``linreg-compress derive NAME``.
    """

    latex: str
    words: str
    derivation: str


@dataclass(frozen=True)
class Slider:
    """A quantity that the student moves.

    Attributes
    ----------
    name : str
        Its key in the settings.
    label, unit : str
        "samples n" and "rows"; the unit may be empty.
    values : tuple of float
        Ascending.
    default : float
        One of the values.
    """

    name: str
    label: str
    unit: str
    values: tuple[float, ...]
    default: float

    def text(self, value: float) -> str:
        """Return a value with its unit, as a screen reader should say it."""
        return counted(value, self.unit)


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve of a panel, or its dots.

    Attributes
    ----------
    label : str
        Written beside the curve.
    x, y : ndarray, shape (k,)
        Where y is not finite, the curve is interrupted.
    color, style : str
    here : tuple of float, optional
        The point of the present settings.
    label_at : float, default 1.0
        Where along the curve the label stands, 0 at its left end and 1 at its right end.
    label_above : bool, default True
    """

    label: str
    x: FloatArray
    y: FloatArray
    color: Color = "blue"
    style: Style = "solid"
    here: tuple[float, float] | None = None
    label_at: float = 1.0
    label_above: bool = True


@dataclass(frozen=True)
class Mark:
    """A vertical line at a place that matters."""

    x: float
    label: str
    color: Color = "grey"
    style: Style = "dotted"


@dataclass(frozen=True)
class Circles:
    """Simulated values that belong into a panel: circles with 95 % intervals, at the settings' value of its slider.

    Attributes
    ----------
    name : str
        Of the number.
    color : str
    label : str
        Written beside the circles; empty where they lie on a curve.
    """

    name: str
    color: Color
    label: str = ""


@dataclass(frozen=True, eq=False)
class Panel:
    """One pair of axes.

    Attributes
    ----------
    title, x_label, y_label : str
        Labels name the unit; an empty one stands for an axis without meaning, drawn without ticks.
    x_range, y_range : tuple of float
    curves : tuple of Curve
    marks : tuple of Mark
    x_log, y_log : bool
    along : str
        The slider that the horizontal axis shows; empty if it shows something else.
    circles : tuple of Circles
        Only where `along` is given.
    """

    title: str
    x_label: str
    y_label: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    curves: tuple[Curve, ...]
    marks: tuple[Mark, ...] = ()
    x_log: bool = False
    y_log: bool = False
    along: str = ""
    circles: tuple[Circles, ...] = ()


@dataclass(frozen=True, eq=False)
class Picture:
    """What is drawn at some settings.

    Attributes
    ----------
    panels : tuple of Panel
        One to three.
    description : str
        What it shows, for who does not see it.
    """

    panels: tuple[Panel, ...]
    description: str


@dataclass(frozen=True)
class Number:
    """One row of the table of theory against simulation.

    Attributes
    ----------
    name : str
        Key of its simulated value.
    label, unit : str
    theory : float or None
        None where there is no closed form.
    kind : {"equal", "upper", "lower"}
        What theory says of the simulated quantity: this is its expectation; it is never above this; it is never below this.
        A number without a simulated value is a setting,
        such as a rate.
    """

    name: str
    label: str
    unit: str
    theory: float | None
    kind: Literal["equal", "upper", "lower"] = "equal"

    def agrees(self, found: Estimate, errors: float = 5.0) -> bool:
        """Whether a simulated value is where theory says, up to so many standard errors."""
        if self.theory is None:
            return True
        slack = errors * found.standard_error + 1e-9 * abs(self.theory)  # the second: a simulation without noise
        above, below = found.mean <= self.theory + slack, found.mean >= self.theory - slack
        return {"equal": above and below, "upper": above, "lower": below}[self.kind]


@dataclass(frozen=True)
class Exercise:
    """A question with a checked answer.

    Attributes
    ----------
    question : str
    answer : callable
        Computed by the library: a number, or the index of the right choice.
    right, wrong : str
        What is said to the student; ``{answer}`` in `right` stands for the answer.
    choices : tuple of str
        Empty for a number.
    unit : str
    tolerance : float
        Absolute, of a number.
    """

    question: str
    answer: Callable[[], float]
    right: str
    wrong: str
    choices: tuple[str, ...] = ()
    unit: str = ""
    tolerance: float = 0.0

    def is_right(self, given: float) -> bool:
        """Check what a student gave: a number, or the index of a choice."""
        return abs(given - self.answer()) <= (0 if self.choices else self.tolerance)

    def answer_text(self) -> str:
        """Return the right answer as it is printed."""
        value = self.answer()
        return self.choices[int(value)] if self.choices else counted(value, self.unit)


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson of 10 to 15 minutes.

    Attributes
    ----------
    name, title : str
    minutes : int
    question : tuple of str
        Paragraphs; the last one asks.
    prediction : Prediction
    formulas : tuple of Formula
    sliders : tuple of Slider
    try_this : tuple of str
        What to do with the sliders, and what to see.
    curves : callable
        ``curves(settings) -> Picture``, closed forms from the library.
    numbers : callable
        ``numbers(settings) -> tuple of Number``.
    simulate : callable
        ``simulate(settings, seed, trials) -> {number's name: Estimate}``, from raw data.
    trials : int
        Enough for the table.
    simulated_at : mapping of str to tuple of float
        For each slider the values at which pages without Python hold a simulation; the default is one of them.
    how_simulated : str
    takeaway : tuple of str
        Two sentences.
    exercises : tuple of Exercise
        Two.
    """

    name: str
    title: str
    minutes: int
    question: tuple[str, ...]
    prediction: Prediction
    formulas: tuple[Formula, ...]
    sliders: tuple[Slider, ...]
    try_this: tuple[str, ...]
    curves: Callable[[Settings], Picture]
    numbers: Callable[[Settings], tuple[Number, ...]]
    simulate: Callable[[Settings, int, int], Mapping[str, Estimate]]
    trials: int
    simulated_at: Mapping[str, tuple[float, ...]]
    how_simulated: str
    takeaway: tuple[str, str]
    exercises: tuple[Exercise, Exercise]

    @property
    def defaults(self) -> dict[str, float]:
        """Settings at which the lesson opens."""
        return {slider.name: slider.default for slider in self.sliders}

    def positions(self) -> Iterator[dict[str, float]]:
        """Yield all settings, the last slider fastest."""
        names = [slider.name for slider in self.sliders]
        for values in product(*(slider.values for slider in self.sliders)):
            yield dict(zip(names, values, strict=True))

    def simulated_positions(self) -> Iterator[dict[str, float]]:
        """Yield the settings at which pages without Python hold a simulation."""
        for settings in self.positions():
            if all(value in self.simulated_at[name] for name, value in settings.items()):
                yield settings

    def checked(self, settings: Settings) -> dict[str, float]:
        """Return settings with a default for each slider that is left out; refuse what no slider has."""
        for name, value in settings.items():
            known = {slider.name: slider.values for slider in self.sliders}
            if name not in known:
                raise InvalidInputError(name, "must be a slider of this lesson", value, f"It has {', '.join(known)}.")
            if value not in known[name]:
                shown = ", ".join(f"{each:g}" for each in known[name])
                raise InvalidInputError(name, "must be a position of its slider", value, f"They are {shown}.")
        return self.defaults | dict(settings)
