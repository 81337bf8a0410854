"""Every bound divided by the truth, against bits per weight: the table figures/bounds-table.csv."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

import linreg_compress as lc
from linreg_compress.gallery.figure import Row
from linreg_compress.gallery.files import write_table
from linreg_compress.gallery.models import OUTSIDE, aware_code, blind_code

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
    blind, aware = _blind(model, blind_code(model, bits)), _aware(model, aware_code(model, bits))
    return _rows(model, "gaussian-blind", bits, blind) + _rows(model, "gaussian-aware", bits, aware)


def quantizer_rows(model: lc.LinearModel, levels: int) -> list[Row]:
    """Return the rows of the Lloyd-Max quantizer with this many levels."""
    n, d = model.samples, model.features
    quantizer = lc.lloyd_max(lc.source_for(model), levels)
    information = lc.scalar_quantizer_entropy(model, quantizer)
    risks = lc.scalar_quantizer_risks(model, quantizer)
    largest = model.noise_variance + float(d * np.max(quantizer.levels**2))
    truth = float(risks.generalization_error)
    bounds = [bound(n, information, largest) for bound in (lc.sub_gaussian_bound, lc.chi_square_bound)]
    bounds.append(lc.donsker_varadhan_bound(model, quantizer, information))
    bounds.append(lc.centred_donsker_varadhan_bound(model, quantizer, information))
    bits = float(lc.bits_per_weight_from_nats(information, d))
    pairs = [(bound, truth) for bound in bounds] + [(_trivial(float(risks.population_risk)), truth)]
    return _rows(model, f"lloyd-max-{levels}", bits, iter(pairs))


def _blind(model: lc.LinearModel, channel: lc.BlindGaussianChannel) -> Iterator[tuple[lc.Bound, float]]:
    n, rate = model.samples, channel.rate_nats
    risks = lc.expected_compressed_risks(model, channel)
    truth = float(risks.generalization_error)
    scale = model.noise_variance + float(lc.codebook_radius_law(model, channel).ppf(1 - OUTSIDE))
    yield lc.sub_gaussian_bound(n, rate, scale), truth
    yield lc.chi_square_bound(n, rate, scale), truth
    yield lc.donsker_varadhan_bound(model, channel, rate), truth
    yield _trivial(float(risks.population_risk)), truth


def _aware(model: lc.LinearModel, channel: lc.AwareGaussianChannel) -> Iterator[tuple[lc.Bound, float]]:
    risks = lc.expected_compressed_risks(model, channel)
    truth = float(risks.generalization_error)
    yield lc.random_design_bound(model, channel, lc.aware_channel_information(model, channel)), truth
    yield _trivial(float(risks.population_risk)), truth
    bound = lc.individual_sample_bound(model.samples, model.features, model.noise_variance, channel.rate_nats)
    yield bound, lc.same_inputs_generalization_error(model, channel)


def _trivial(population_risk: float) -> lc.Bound:
    return lc.Bound("trivial", population_risk, "generalization_error", "upper", ("no loss is below zero",), "")


def _rows(model: lc.LinearModel, code: str, bits: float, pairs: Iterator[tuple[lc.Bound, float]]) -> list[Row]:
    return [
        {
            "samples": float(model.samples),
            "features": float(model.features),
            "code": code,
            "bits_per_weight": bits,
            "bound": bound.name,
            "of": bound.of,
            "value": bound.value,
            "truth": truth,
            "ratio": bound.value / truth,
        }
        for bound, truth in pairs
    ]


def write_bounds(folder: Path) -> Path:
    """Write the table to bounds-table.csv in `folder`, whole or not at all, full precision."""
    return write_table(folder / "bounds-table.csv", bounds_table())
