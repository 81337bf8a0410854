"""All figures, by name. A new figure is one file with a `FIGURE` and one row here."""

from importlib import import_module

from linreg_compress.gallery.figure import Figure
from linreg_compress.names import find

_NAMES = (  # in the order of the gallery page
    "headline",
    "linear-regression",
    "tradeoff",
    "distortion-rate",
    "bounds",
    "phase",
    "compressors",
    "correlated-features",
    "water-filling",
    "law",
    "double-descent",
    "diameter",
    "individual-sample",
    "noise-or-shrinkage",
    "samplers",
    "network",
)


def _load(name: str) -> Figure:
    found: Figure = import_module(f"linreg_compress.gallery.{name.replace('-', '_')}").FIGURE
    return found


FIGURES: dict[str, Figure] = {name: _load(name) for name in _NAMES}


def find_figures(names: list[str]) -> list[Figure]:
    """Return the figures called `names`, or all of them if there are no names."""
    return [find("figure", FIGURES, name) for name in names or FIGURES]
