"""The comparison table: every compressor at 0.5 to 8 bits a weight, beside the limits, signal below and above the noise.

A row is one compressor at one nominal rate in one design; `comparison_design.COLUMNS` says what its columns mean.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import special

import linreg_compress as lc
from linreg_compress._validation import FloatArray
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

TRIALS, QUICK_TRIALS = (1000, 200), (100, 20)  # the second number for clusterings, which take up to 50 ms a vector
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
    """Rows that need no simulation."""
    model, source = design.model, lc.source_for(design.model)
    rows = []
    for bits in BITS:
        risks = lc.compressed_risk.expected_compressed_risks(model, blind_code(model, bits))
        found = (risks.distortion, risks.population_risk_change, risks.normalized_distortion)
        rows.append(_gaussian(design, "gaussian-blind", bits, "exact", np.array(found), np.zeros(3)))
        place = np.searchsorted(LIMIT_BITS, bits)
        rows.append(_gaussian(design, "gaussian-aware", bits, "exact average", *(part[place] for part in design.aware)))
        rows.append(_scalar(design, "round-to-nearest", bits, design.lattice(bits), ""))
        rows.append(_dithered(design, bits))
        optimal = lc.entropy_constrained(source, bits)
        rows.append(_scalar(design, "entropy-constrained", bits, optimal, float(np.ceil(np.log2(optimal.levels.size)))))
        levels = whole_levels(bits)
        if levels:
            rows.append(_scalar(design, "uniform", bits, lc.compression.optimal_uniform(source, levels), bits))
            rows.append(_scalar(design, "lloyd-max", bits, lc.lloyd_max(source, levels), bits))
        if levels == 2:
            rows.append(_scalar(design, "sign", bits, lc.sign_quantizer(source), bits))
    return rows


def _gaussian(design: Design, name: str, bits: float, source: str, means: FloatArray, errors: FloatArray) -> Row:
    columns = ("empirical_increase", "population_risk_change", "normalized_distortion")
    values: Values = {"fixed_rate_bits": bits, "entropy_bits": bits}
    for column, mean, error in zip(columns, means.tolist(), errors.tolist(), strict=True):
        values |= {column: mean, f"{column}_se": error}
    values["gap_to_rate_distortion_bits_se"] = float(errors[2] / (2 * LN2 * means[2]))
    return design.row(name, bits, source, values)


def _scalar(
    design: Design, name: str, bits: float, quantizer: lc.CellQuantizer | lc.UniformQuantizer, fixed: float | str
) -> Row:
    risks = lc.compressed_risk.scalar_quantizer_risks(design.model, quantizer)
    p = design.probabilities(quantizer)
    values: Values = {
        "fixed_rate_bits": fixed,
        "entropy_bits": float(lc.compressed_risk.scalar_quantizer_entropy(design.model, quantizer)) / (FEATURES * LN2),
        "huffman_bits": _huffman_bits(p),
        "normalized_distortion": float(risks.normalized_distortion),
        "empirical_increase": float(risks.distortion),
        "population_risk_change": float(risks.population_risk_change),
    }
    return design.row(name, bits, "exact", values)


def _huffman_bits(p: FloatArray) -> float:
    """Mean length of Huffman's code for probabilities p, which it takes as whole numbers of 2^-53."""
    return float(p @ np.array(lc.information.huffman_lengths(np.rint(p * 2.0**53))))


def _dithered(design: Design, bits: float) -> Row:
    """Exact row of ``What = a (W + N)``, N uniform over a step and independent of all else."""
    code = lc.DitheredUniform.for_model(design.model, bits=bits)
    n, v, t2 = SAMPLES, design.model.weight_variance, design.model.signal_variance
    keep, noise = code.kept_fraction, code.step**2 / 12
    shifts = code.step * np.arange(_SHIFTS) / _SHIFTS
    cells = [design.probabilities(lc.UniformQuantizer(code.step, center=shift)) for shift in shifts]
    values: Values = {
        "entropy_bits": float(np.mean([special.entr(p).sum() for p in cells])) / LN2,
        "huffman_bits": float(np.mean([_huffman_bits(p) for p in cells])),
        "normalized_distortion": float((1 - keep) ** 2 + keep**2 * noise / design.variance),
        "empirical_increase": FEATURES * float((1 - keep) ** 2 * (design.model.noise_variance / n + t2) + keep**2 * noise),
        "population_risk_change": FEATURES * float(keep**2 * (v + noise) + (1 - keep) ** 2 * t2 - v),
    }
    return design.row("dithered", bits, "exact", values)


def write_comparison(folder: Path, *, quick: bool = False, seed: int = 0) -> Path:
    """Write the table to comparison.csv in `folder`, whole or not at all, full precision."""
    return write_table(folder / "comparison.csv", comparison_rows(quick, seed))
