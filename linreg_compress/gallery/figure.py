"""What a figure is: data, a claim, a check that the data support the claim, and a way to draw it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, float | str]


@dataclass(frozen=True)
class Figure:
    """One figure of the gallery.

    Attributes
    ----------
    name : str
        Stem of its files.
    claim : str
        What a reader should see, in one sentence.
    parameters : dict
        What the data were computed from, for the JSON beside the picture.
    compute : callable
        ``compute(quick, seed) -> rows``, a flat table.
    supports : callable
        Whether a table supports the claim; it must be able to say no.
    draw : callable
        ``draw(rows) -> matplotlib Figure``; imports matplotlib when called.
    """

    name: str
    claim: str
    parameters: Mapping[str, Any]
    compute: Callable[[bool, int], list[Row]]
    supports: Callable[[list[Row]], bool]
    draw: Callable[[list[Row]], Any]
