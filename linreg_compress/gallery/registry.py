"""All figures, by name. A new figure is one module with a `Figure` and one line here."""

import difflib

from linreg_compress.errors import InvalidInputError
from linreg_compress.gallery.figure import Figure
from linreg_compress.gallery.headline import HEADLINE

FIGURES: dict[str, Figure] = {figure.name: figure for figure in (HEADLINE,)}


def find_figures(names: list[str]) -> list[Figure]:
    """Return the figures called `names`, or all of them if there are no names."""
    for name in names:
        if name not in FIGURES:
            near = difflib.get_close_matches(name, FIGURES) or list(FIGURES)
            raise InvalidInputError("NAME", "must be a known figure", repr(name), f"Near it: {', '.join(near)}.")
    return [FIGURES[name] for name in names] or list(FIGURES.values())
