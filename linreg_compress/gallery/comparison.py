"""The comparison table: every compressor at 0.5 to 8 bits a weight, beside the limits, signal below and above the noise.

A row is one compressor at one nominal rate in one design; `comparison_design.COLUMNS` says what its columns mean.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import special

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.compression.quantizers import BITS as BITS_PER_WEIGHT
from linreg_compress.compression.quantizers import QUANTIZERS, NamedQuantizer
from linreg_compress.files import write_table
from linreg_compress.gallery.comparison_design import (
    BITS,
    FEATURES,
    LIMIT_BITS,
    LN2,
    REGIMES,
    SAMPLES,
    Design,
    Values,
    whole_levels,
)
from linreg_compress.gallery.comparison_simulated import clusterings, successive_and_pruned
from linreg_compress.gallery.figure import Row
from linreg_compress.gallery.models import blind_code, model_with_signal
from linreg_compress.gallery.rounding import rounded

TRIALS, QUICK_TRIALS = (300, 60), (60, 12)  # the second number for clusterings, which take up to 50 ms a vector
_SHIFTS = 32  # dithers that the entropy of the cells is averaged over: it is periodic and smooth in the dither


@lru_cache(maxsize=2)  # the table and its figure share one run
def comparison_rows(quick: bool = False, seed: int = 0) -> list[Row]:
    """Return the table, one row a design, compressor and nominal rate; quick means `QUICK_TRIALS` trials, not `TRIALS`."""
    rows: list[Row] = []
    for cell, (name, ratio) in enumerate(REGIMES.items()):
        design = Design(name, model_with_signal(SAMPLES, FEATURES, ratio))
        rows += exact_rows(design)
        groups = (list(successive_and_pruned(design)), list(clusterings(design)))
        for runs, size in zip(groups, QUICK_TRIALS if quick else TRIALS, strict=True):
            found = lc.simulate(design.model, runs, size, seed=seed, cell=cell)
            changes = [risks.population_risk_change for risks in found.compressed]
            rows += [run.row(change.mean, change.standard_error) for run, change in zip(runs, changes, strict=True)]
    return rows


def exact_rows(design: Design) -> list[Row]:
    """Rows that need no simulation: the two Gaussian codes, the lattice, and every quantizer of the table that has them."""
    rows = []
    for bits in BITS:
        blind = lc.risks(design.model, blind_code(design.model, bits))
        found = (blind.distortion, blind.population_risk_change, blind.normalized_distortion)
        rows.append(_gaussian(design, "gaussian-blind", bits, "exact", np.array(found), np.zeros(3)))
        place = np.searchsorted(LIMIT_BITS, bits)
        rows.append(_gaussian(design, "gaussian-aware", bits, "exact average", *(part[place] for part in design.aware)))
        rows.append(_exact(design, "round-to-nearest", bits, design.lattices[bits]))
        for row in by_law():
            code = _designed(row, design.model, bits)
            if code is not None:
                rows.append(_exact(design, row.name, bits, code))
    return rows


def by_law() -> list[NamedQuantizer]:
    """Return the quantizers that are designed for the law of one weight, those made from a rate first."""
    rows = [row for row in QUANTIZERS if row.linear or (row.design is not None and not row.feeds_forward)]
    return sorted(rows, key=lambda row: (row.needs != BITS_PER_WEIGHT, not row.linear))


def _designed(row: NamedQuantizer, model: lc.LinearModel, bits: float) -> lc.Channel | None:
    """Return a quantizer at a rate, None where the rate is no number of levels."""
    if row.needs == BITS_PER_WEIGHT:
        return row.channel(model, bits)
    levels = whole_levels(bits)
    if not row.designs_by:
        code = row.cells(lc.source_for(model)) if levels else None
        return code if code is not None and code.levels.size == levels else None
    return row.cells(lc.source_for(model), levels) if levels else None


def _gaussian(design: Design, name: str, bits: float, source: str, means: FloatArray, errors: FloatArray) -> Row:
    columns = ("empirical_increase", "population_risk_change", "normalized_distortion")
    values: Values = {"fixed_rate_bits": bits, "entropy_bits": bits}
    for column, mean, error in zip(columns, means.tolist(), errors.tolist(), strict=True):
        values |= {column: mean, f"{column}_se": error}
    values["gap_to_rate_distortion_bits_se"] = float(errors[2] / (2 * LN2 * means[2]))
    return design.row(name, bits, source, values)


def _exact(design: Design, name: str, bits: float, code: lc.Channel) -> Row:
    found = lc.risks(design.model, code)
    values: Values = {
        **_coded_bits(design, code),
        "normalized_distortion": float(found.normalized_distortion),
        "empirical_increase": float(found.distortion),
        "population_risk_change": float(found.population_risk_change),
    }
    return design.row(name, bits, "exact", values)


def _coded_bits(design: Design, code: lc.Channel) -> Values:
    """Return what the index of a weight costs: at fixed length, where its levels have an end, entropy coded and Huffman."""
    values: Values = {}
    if isinstance(code, lc.DitheredUniform):  # coded given the dither
        shifts = code.step * np.arange(_SHIFTS // 2 + 1) / _SHIFTS  # s and step - s are mirror images
        weights = np.r_[1.0, np.full(_SHIFTS // 2 - 1, 2.0), 1.0] / _SHIFTS
        cells = [design.probabilities(lc.UniformQuantizer(code.step, center=shift)) for shift in shifts]
        entropy = float(weights @ [special.entr(p).sum() for p in cells]) / LN2
    else:
        assert isinstance(code, lc.CellQuantizer | lc.UniformQuantizer)
        weights, cells = np.ones(1), [design.probabilities(code)]
        entropy = float(lc.compressed_risk.scalar_quantizer_entropy(design.model, code)) / (FEATURES * LN2)
        if isinstance(code, lc.CellQuantizer):
            values["fixed_rate_bits"] = float(np.ceil(np.log2(code.levels.size)))
    return values | {"entropy_bits": entropy, "huffman_bits": float(weights @ [_huffman_bits(p) for p in cells])}


def _huffman_bits(p: FloatArray) -> float:
    """Mean length of Huffman's code for probabilities p, which it takes as whole numbers of 2^-53."""
    return float(p @ np.array(lc.information.huffman_lengths(np.rint(p * 2.0**53))))


def write_comparison(folder: Path, *, quick: bool = False, seed: int = 0) -> Path:
    """Write the table to comparison.csv in `folder`, whole or not at all, full precision."""
    return write_table(folder / "comparison.csv", rounded(comparison_rows(quick, seed)))
