"""What a lesson is: the parts that a student meets, in their order. Every renderer shows the same record.

Order: question, guess, picture with sliders, why (formulas), simulation from raw data, table of theory against simulation,
takeaway, exercises. Texts are plain (no markup). A lesson holds sliders and calls of the library, and no mathematics.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

from linreg_compress.demos.live import Live
from linreg_compress.demos.picture import Guess, Picture
from linreg_compress.demos.stored import Stored
from linreg_compress.demos.words import counted
from linreg_compress.errors import InvalidInputError
from linreg_compress.monte_carlo.estimate import Estimate

Settings = Mapping[str, float]  # a value for each slider, by its name


@dataclass(frozen=True)
class Prediction:
    """A guess that the student commits to before anything is revealed."""

    question: str
    choices: tuple[str, ...]
    right: Callable[[], int]
    """Returns the index of the right choice, found by the library."""
    turns_out: Callable[[], str]
    """Returns what is said after the student has committed, with numbers from the library."""
    guesses: Callable[[], tuple[tuple[Guess, ...], ...]] | None = None
    """Returns for each choice the marks that show it in the picture at the defaults; a choice without a place has none."""

    def places(self) -> tuple[tuple[Guess, ...], ...]:
        """Return the marks of each choice."""
        return ((),) * len(self.choices) if self.guesses is None else self.guesses()


@dataclass(frozen=True)
class Formula:
    """One formula, how to read it aloud, and where it is proved."""

    latex: str
    """Without dollar signs."""
    words: str
    """The same in plain words."""
    derivation: str
    """Name in the derivation ledger: ``linreg-compress derive NAME``."""
    where: tuple[tuple[str, str], ...] = ()
    """Symbols, in LaTeX, that mean here something else than everywhere (`symbols.EVERYWHERE`), each with its meaning."""


@dataclass(frozen=True)
class Slider:
    """A quantity that the student moves."""

    name: str
    """Its key in the settings."""
    label: str
    """As in "samples n"."""
    unit: str
    """As in "rows"; it may be empty."""
    values: tuple[float, ...]
    """Ascending."""
    default: float
    """One of the values."""

    def text(self, value: float) -> str:
        """Return a value with its unit, as a screen reader should say it."""
        return counted(value, self.unit)


@dataclass(frozen=True)
class Number:
    """One row of the table of theory against simulation; without a simulated value it is a setting, such as a rate."""

    name: str
    """Key of its simulated value."""
    label: str
    """As in "error on new data"."""
    unit: str
    """As in "squared units of y"; it may be empty."""
    theory: float | None
    """None where there is no closed form."""
    kind: Literal["equal", "upper", "lower"] = "equal"
    """What theory says of the simulated quantity: this is its expectation; it is never above this; never below this."""

    def agrees(self, found: Estimate, errors: float = 5.0) -> bool:
        """Whether a simulated value is where theory says, up to so many standard errors."""
        if self.theory is None:
            return True
        slack = errors * found.standard_error + 1e-9 * abs(self.theory)  # the second: a simulation without noise
        above, below = found.mean <= self.theory + slack, found.mean >= self.theory - slack
        return {"equal": above and below, "upper": above, "lower": below}[self.kind]


@dataclass(frozen=True)
class Exercise:
    """A question with a checked answer."""

    question: str
    answer: Callable[[], float]
    """Computed by the library: a number, or the index of the right choice."""
    right: str
    """What is said to a right answer; ``{answer}`` stands for it."""
    wrong: str
    """What is said to a wrong answer: where to look."""
    choices: tuple[str, ...] = ()
    """Empty for a number."""
    unit: str = ""
    tolerance: float = 0.0
    """Absolute, of a number."""

    def is_right(self, given: float) -> bool:
        """Check what a student gave: a number, or the index of a choice."""
        return abs(given - self.answer()) <= (0 if self.choices else self.tolerance)

    def answer_text(self) -> str:
        """Return the right answer as it is printed."""
        value = self.answer()
        return self.choices[int(value)] if self.choices else counted(value, self.unit)

    def confirmation(self) -> str:
        """Return what is said to a right answer, with the answer in it."""
        return self.right.format(answer=self.answer_text())


@dataclass(frozen=True)
class Teaching:
    """What helps who gives the lesson to others."""

    mistakes: tuple[tuple[str, str], ...]
    """Common wrong guesses, as a student would say them, and why students make them."""
    ask: tuple[str, ...]
    """What to ask while the picture is on the wall."""
    figure: str
    """The figure of the gallery to show: ``linreg-compress figures NAME``."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson of 10 to 15 minutes."""

    name: str
    """In addresses and on the command line."""
    title: str
    """A few words."""
    minutes: int
    """That a student needs."""
    question: tuple[str, ...]
    """Paragraphs; the last one asks."""
    prediction: Prediction
    """The guess that opens the rest."""
    formulas: tuple[Formula, ...]
    """Why the picture is as it is."""
    sliders: tuple[Slider, ...]
    """What the student moves; the settings are in this order."""
    try_this: tuple[str, ...]
    """What to do with the sliders, and what to see."""
    curves: Callable[[Settings], Picture]
    """The picture at some settings: closed forms from the library."""
    numbers: Callable[[Settings], tuple[Number, ...]]
    """The table at some settings; its first three stand beside the picture."""
    simulate: Callable[[Settings, int, int], Mapping[str, Estimate]]
    """``simulate(settings, seed, trials)`` returns the simulated values by the names of their numbers, from raw data."""
    trials: int
    """Enough for the table."""
    simulated_at: Mapping[str, tuple[float, ...]]
    """For each slider the values at which pages without Python hold a simulation; the default is one of them."""
    how_simulated: str
    """What one trial does, and what the circles are."""
    takeaway: tuple[str, str]
    """Two sentences."""
    exercises: tuple[Exercise, ...]
    """A number and a choice, and further ones."""
    promise: str = ""
    """What a student can say after it, in one line of the list of lessons; by default the first sentence to take away."""
    teaching: Teaching | None = None
    """For the teacher's page."""
    live: Callable[[Settings], Live | None] | None = None
    """The experiment of one trial, for pages that draw raw data themselves while one watches; None at settings for which a
    page cannot. It can at the defaults.
    """
    stored: tuple[Stored, ...] = ()
    """Tables of what takes long to compute."""

    @property
    def about(self) -> str:
        """What stands above or below the title."""
        return f"A lesson of linreg_compress, about {self.minutes} minutes"

    @property
    def summary(self) -> str:
        """What the list of lessons says of it."""
        return self.promise or self.takeaway[0]

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
        known = {slider.name: slider.values for slider in self.sliders}
        for name, value in settings.items():
            if name not in known:
                raise InvalidInputError(name, "must be a slider of this lesson", value, f"It has {', '.join(known)}.")
            if value not in known[name]:
                positions = ", ".join(f"{each:g}" for each in known[name])
                raise InvalidInputError(name, "must be a position of its slider", value, f"They are {positions}.")
        return self.defaults | dict(settings)
