"""All figures, by name. A new figure is one module with a `Figure` and one line here."""

import difflib

from linreg_compress.errors import InvalidInputError
from linreg_compress.gallery.bounds import BOUNDS
from linreg_compress.gallery.compressors import COMPRESSORS
from linreg_compress.gallery.diameter import DIAMETER
from linreg_compress.gallery.double_descent import DOUBLE_DESCENT
from linreg_compress.gallery.figure import Figure
from linreg_compress.gallery.headline import HEADLINE
from linreg_compress.gallery.individual_sample import INDIVIDUAL_SAMPLE
from linreg_compress.gallery.law import LAW
from linreg_compress.gallery.noise_or_shrinkage import NOISE_OR_SHRINKAGE
from linreg_compress.gallery.phase import PHASE
from linreg_compress.gallery.samplers import SAMPLERS
from linreg_compress.gallery.tradeoff import TRADEOFF
from linreg_compress.gallery.water_filling import WATER_FILLING

_ALL = (
    HEADLINE,
    TRADEOFF,
    BOUNDS,
    PHASE,
    COMPRESSORS,
    WATER_FILLING,
    LAW,
    DOUBLE_DESCENT,
    DIAMETER,
    INDIVIDUAL_SAMPLE,
    NOISE_OR_SHRINKAGE,
    SAMPLERS,
)

FIGURES: dict[str, Figure] = {figure.name: figure for figure in _ALL}


def find_figures(names: list[str]) -> list[Figure]:
    """Return the figures called `names`, or all of them if there are no names."""
    for name in names:
        if name not in FIGURES:
            near = difflib.get_close_matches(name, FIGURES, cutoff=0.4) or list(FIGURES)
            raise InvalidInputError("NAME", "must be a known figure", repr(name), f"Near it: {', '.join(near)}.")
    return [FIGURES[name] for name in names] or list(FIGURES.values())
