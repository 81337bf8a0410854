"""What a figure is: data, a claim, a check of each of its clauses, and a way to draw it; and how to read its table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from linreg_compress import files
from linreg_compress.errors import InvalidInputError
from linreg_compress.gallery.setting import Setting

Row = files.Row
Table = dict[str, Any]  # columns by name
Check = Callable[[list[Row]], bool]

Z_95 = 1.959963984540054  # standard errors a side of a 95 % interval
_FALSE_ALARM_Z = 5.0  # standard errors that a right figure stays within at each of a few hundred points


class _Estimate(Protocol):
    @property
    def mean(self) -> float: ...

    def interval(self) -> tuple[float, float]: ...


@dataclass(frozen=True)
class Figure:
    """One figure of the gallery: its data, what it claims, the checks of the claim, and how it is drawn."""

    name: str
    """Stem of its files."""
    claim: str
    """What a reader should see, in one sentence."""
    reading: str
    """How to read the picture, in two to four plain sentences."""
    formula: str
    """LaTeX of the formula that the figure rests on."""
    derivations: tuple[str, ...]
    """Names, in the ledger, of the derivations that prove it; the first is the formula's own."""
    parameters: Mapping[str, Any]
    """What the data were computed from, for the JSON beside the picture."""
    compute: Callable[..., list[Row]]
    """``compute(quick, seed) -> rows``, a flat table.

    The rows are the same quick or not: quick means fewer simulated trials, and nothing else. The columns of an estimate are
    ``NAME``, ``NAME_low`` and ``NAME_high``, its 95 % interval, or ``NAME`` and ``NAME_se``; every other number is exact,
    and the column ``trials`` or ``seeds`` says how many data sets were drawn.
    """
    checks: tuple[Check, ...]
    """The claim, clause by clause: ``check(rows) -> bool``, which must be able to say no. Its docstring is the clause."""
    draw: Callable[..., Any]
    """``draw(rows, size) -> matplotlib Figure`` for a name in ``style.SIZES``; imports matplotlib when called."""
    title: str = ""
    """What a reader should see, in at most twelve words."""
    alt: str = ""
    """What the picture shows, for a reader who cannot see it."""
    needs: str = ""
    """A module that its data take and that an optional extra of the package brings."""
    own_numbers: bool = False
    """Whether ``compute`` and ``draw`` take the reader's own numbers as `setting`; a figure of several models does not."""
    pieces: Callable[[bool, int], list[tuple[Callable[..., Any], tuple[Any, ...]]]] | None = None
    """``pieces(quick, seed) -> [(function, arguments)]``: what `compute` can find done, if all cores do it before."""
    setting: Setting | None = None
    """The reader's own numbers, where the figure is drawn for them."""

    def at(self, setting: Setting) -> "Figure":
        """Return the same figure for the reader's own numbers; its claim, made for the gallery's, may then not hold.

        Raises
        ------
        InvalidInputError
            If the figure compares several models.
        """
        if not self.own_numbers:
            raise InvalidInputError(
                "samples", "is for a figure of one model", f"the figure {self.name}", "Draw it without numbers of your own."
            )
        return replace(
            self,
            parameters={**self.parameters, **setting.parameters()},
            compute=partial(self.compute, setting=setting),
            draw=partial(self.draw, setting=setting),
            setting=setting,
        )

    def lacks(self) -> str:
        """Say what its data need that is not installed; empty if nothing."""
        if not self.needs or find_spec(self.needs) is not None:
            return ""
        package = {"sklearn": "scikit-learn"}.get(self.needs, self.needs)
        return f"the figure {self.name} needs {package}: pip install {package}"

    def verdicts(self, rows: list[Row]) -> dict[str, bool]:
        """Check each clause of the claim; a table that lacks what a clause needs does not support it."""
        return {clause(check): _holds(check, rows) for check in self.checks}

    def supports(self, rows: list[Row]) -> bool:
        """Whether a table supports the claim, every clause of it."""
        return all(self.verdicts(rows).values())


def clause(check: Check) -> str:
    """Return what a check says: the first line of its docstring, as a part of a longer sentence.

    A first word with a second capital is a name and keeps the first.

    Examples
    --------
    >>> def positive(rows):
    ...     '''Every number is above zero.'''
    >>> clause(positive)
    'every number is above zero'
    >>> def quantizers_help(rows):
    ...     '''Lloyd-Max quantizers help.'''
    >>> clause(quantizers_help)
    'Lloyd-Max quantizers help'
    """
    said = check.__doc__ or check.__name__.replace("_", " ")  # python -OO strips docstrings
    sentence = said.splitlines()[0].removesuffix(".")
    first = sentence.split(maxsplit=1)[0]
    return sentence if first[1:] != first[1:].lower() else sentence[0].lower() + sentence[1:]


def _holds(check: Check, rows: list[Row]) -> bool:
    try:
        return bool(check(rows))
    except LookupError:  # no such row or column
        return False


def columns(rows: Sequence[Row], **where: float | str) -> Table:
    """Return the rows whose entries equal those in `where`, as arrays by column.

    Columns are those of the first such row.

    Raises
    ------
    LookupError
        If there is no such row, or one of them lacks a column.

    Examples
    --------
    >>> rows = [{"panel": "weak", "x": 1.0}, {"panel": "strong", "x": 2.0}, {"panel": "weak", "x": 3.0}]
    >>> columns(rows, panel="weak")["x"].tolist()
    [1.0, 3.0]
    """
    chosen = [row for row in rows if all(row.get(name) == value for name, value in where.items())]
    if not chosen:
        raise LookupError(f"no row has {where}")
    return {name: np.array([row[name] for row in chosen]) for name in chosen[0]}


def estimate_columns(name: str, estimate: _Estimate) -> dict[str, float]:
    """Return the three columns of a simulated mean: itself and its 95 % interval."""
    low, high = estimate.interval()
    return {name: estimate.mean, f"{name}_low": low, f"{name}_high": high}


def standard_error(table: Mapping[str, Any], name: str) -> Any:
    """Standard errors of a column of estimates, from their 95 % intervals."""
    return (table[f"{name}_high"] - table[f"{name}_low"]) / (2 * Z_95)


def agrees(table: Mapping[str, Any], name: str, exact: Any) -> bool:
    """Whether all estimates in a column are within 5 standard errors of the exact values, as many as there are of them."""
    if np.shape(table[name]) != np.shape(exact):
        return False
    return bool(np.all(np.abs(table[name] - exact) <= _FALSE_ALARM_Z * standard_error(table, name)))
