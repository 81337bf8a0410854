"""Every bound divided by the truth, against bits per weight: the table figures/bounds-table.csv."""

from itertools import product
from pathlib import Path

import linreg_compress as lc
from linreg_compress.files import write_table
from linreg_compress.gallery.figure import Row
from linreg_compress.gallery.models import OUTSIDE, aware_code, blind_code
from linreg_compress.gallery.rounding import rounded

SETTINGS = ((80, 50), (1000, 100))
BITS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
LEVELS = (2, 4, 8, 16, 64)


def bounds_table() -> list[Row]:
    """Return a row for each model, code, rate and bound; codebooks are centred at the true weights.

    The bounds that need a largest s(w) are given, for the Gaussian code, the ball that it leaves once in a million; for a
    Lloyd-Max code the supremum is exact. ``trivial`` is the population risk, as no loss is below zero.
    """
    rows: list[Row] = []
    for (n, d), bits in product(SETTINGS, BITS):
        rows += gaussian_rows(lc.LinearModel(n, d), bits)
    for (n, d), levels in product(SETTINGS, LEVELS):
        rows += quantizer_rows(lc.LinearModel(n, d), levels)
    return rows


def gaussian_rows(model: lc.LinearModel, bits: float) -> list[Row]:
    """Return the rows of the blind and of the aware Gaussian code at one rate, in bits a weight."""
    blind, aware = blind_code(model, bits), aware_code(model, bits)
    scale = model.noise_variance + float(lc.compressed_risk.codebook_radius_law(model, blind).ppf(1 - OUTSIDE))
    rows = _rows(model, "gaussian-blind", bits, lc.bounds_of(model, blind, scale))
    return rows + _rows(model, "gaussian-aware", bits, lc.bounds_of(model, aware))


def quantizer_rows(model: lc.LinearModel, levels: int) -> list[Row]:
    """Return the rows of the Lloyd-Max quantizer with this many levels."""
    found = lc.bounds_of(model, lc.lloyd_max(lc.source_for(model), levels))
    bits = float(lc.bits_per_weight_from_nats(found.information_nats, model.features))
    return _rows(model, f"lloyd-max-{levels}", bits, found)


def _rows(model: lc.LinearModel, code: str, bits: float, found: lc.bounds.CodeBounds) -> list[Row]:
    """Return a row for each bound: those of the error on new data, the trivial one, those of the other errors."""
    of_new_data = [bound for bound in found.bounds if bound.of == found.trivial.of]
    others = [bound for bound in found.bounds if bound.of != found.trivial.of]
    return [
        {
            "samples": float(model.samples),
            "features": float(model.features),
            "code": code,
            "bits_per_weight": bits,
            "bound": bound.name,
            "of": bound.of,
            "value": bound.value,
            "truth": found.truth(bound.of),
            "ratio": bound.value / found.truth(bound.of),
        }
        for bound in (*of_new_data, found.trivial, *others)
    ]


def write_bounds(folder: Path) -> Path:
    """Write the table to bounds-table.csv in `folder`, whole or not at all, full precision."""
    return write_table(folder / "bounds-table.csv", rounded(bounds_table()))
