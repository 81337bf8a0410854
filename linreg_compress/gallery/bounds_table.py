"""Every bound divided by the truth, against bits per weight: the table figures/bounds-table.csv."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from linreg_compress.bounds.bound import Bound
from linreg_compress.bounds.chi_square import chi_square_bound
from linreg_compress.bounds.donsker_varadhan import (
    centred_donsker_varadhan_bound,
    donsker_varadhan_bound,
    random_design_bound,
)
from linreg_compress.bounds.individual_sample import individual_sample_bound
from linreg_compress.bounds.information import aware_channel_information
from linreg_compress.bounds.same_inputs import same_inputs_generalization_error
from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from linreg_compress.compressed_risk.expected import expected_compressed_risks
from linreg_compress.compressed_risk.laws import codebook_radius_law
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.lloyd_max import lloyd_max
from linreg_compress.compression.sources import source_for
from linreg_compress.gallery.figure import Row
from linreg_compress.gallery.files import write_table
from linreg_compress.information.rate_distortion import bits_per_weight_from_nats, rate_nats_from_bits
from linreg_compress.model import LinearModel

SETTINGS = ((80, 50), (1000, 100))
BITS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
LEVELS = (2, 4, 8, 16, 64)
_SHOWN = (0.25, 1.0, 4.0)  # bits, in README
OUTSIDE = 1e-6  # probability that the Gaussian code leaves the ball to which its codebook is clipped


def bounds_table() -> list[Row]:
    """Return a row for each model, code, rate and bound; codebooks are centred at the true weights.

    The bounds that need a largest s(w) are given, for the Gaussian code, the ball that it leaves once in a million; for a
    Lloyd-Max code the supremum is exact. ``trivial`` is the population risk, as no loss is below zero.
    """
    rows: list[Row] = []
    for (n, d), bits in product(SETTINGS, BITS):
        rows += gaussian_rows(LinearModel(n, d), bits)
    for (n, d), levels in product(SETTINGS, LEVELS):
        rows += quantizer_rows(LinearModel(n, d), levels)
    return rows


def gaussian_rows(model: LinearModel, bits: float) -> list[Row]:
    """Return the rows of the blind and of the aware Gaussian code at one rate, in bits a weight."""
    rate = float(rate_nats_from_bits(bits, model.features))
    return _rows(model, "gaussian-blind", bits, _blind(model, rate)) + _rows(
        model, "gaussian-aware", bits, _aware(model, rate)
    )


def quantizer_rows(model: LinearModel, levels: int) -> list[Row]:
    """Return the rows of the Lloyd-Max quantizer with this many levels."""
    n, d = model.samples, model.features
    quantizer = lloyd_max(source_for(model), levels)
    information = scalar_quantizer_entropy(model, quantizer)
    risks = scalar_quantizer_risks(model, quantizer)
    largest = model.noise_variance + float(d * np.max(quantizer.levels**2))
    truth = float(risks.generalization_error)
    bounds = [bound(n, information, largest) for bound in (sub_gaussian_bound, chi_square_bound)]
    bounds.append(donsker_varadhan_bound(model, quantizer, information))
    bounds.append(centred_donsker_varadhan_bound(model, quantizer, information))
    bits = float(bits_per_weight_from_nats(information, d))
    pairs = [(bound, truth) for bound in bounds] + [(_trivial(float(risks.population_risk)), truth)]
    return _rows(model, f"lloyd-max-{levels}", bits, iter(pairs))


def _blind(model: LinearModel, rate: float) -> Iterator[tuple[Bound, float]]:
    n = model.samples
    channel = BlindGaussianChannel.for_model(model, rate)
    risks = expected_compressed_risks(model, channel)
    truth = float(risks.generalization_error)
    scale = model.noise_variance + float(codebook_radius_law(model, channel).ppf(1 - OUTSIDE))
    simple: tuple[Callable[[int, float, float], Bound], ...] = (sub_gaussian_bound, chi_square_bound)
    for bound in simple:
        yield bound(n, rate, scale), truth
    yield donsker_varadhan_bound(model, channel, rate), truth
    yield _trivial(float(risks.population_risk)), truth


def _aware(model: LinearModel, rate: float) -> Iterator[tuple[Bound, float]]:
    channel = AwareGaussianChannel.for_model(model, rate)
    risks = expected_compressed_risks(model, channel)
    truth = float(risks.generalization_error)
    yield random_design_bound(model, channel, aware_channel_information(model, channel)), truth
    yield _trivial(float(risks.population_risk)), truth
    bound = individual_sample_bound(model.samples, model.features, model.noise_variance, rate)
    yield bound, same_inputs_generalization_error(model, channel)


def _trivial(population_risk: float) -> Bound:
    return Bound("trivial", population_risk, "generalization_error", "upper", ("no loss is below zero",), "")


def _rows(model: LinearModel, code: str, bits: float, pairs: Iterator[tuple[Bound, float]]) -> list[Row]:
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


def bounds_markdown(rows: Sequence[Mapping[str, float | str]]) -> str:
    """Return the rows of the Gaussian codes at three rates as a Markdown table of bound over truth."""
    head = ["bound over truth", "code", *(f"n = {n}, d = {d}: {bits:g} bit" for n, d in SETTINGS for bits in _SHOWN)]
    lines = ["| " + " | ".join(head) + " |", "|---|---" + "|---:" * (len(head) - 2) + "|"]
    gaussian = [row for row in rows if str(row["code"]).startswith("gaussian")]
    for name, code in dict.fromkeys((str(row["bound"]), str(row["code"])) for row in gaussian):
        ratios = [
            float(row["ratio"])
            for (n, d), bits in product(SETTINGS, _SHOWN)
            for row in gaussian
            if (row["bound"], row["code"]) == (name, code)
            and (float(row["samples"]), float(row["features"]), float(row["bits_per_weight"])) == (n, d, bits)
        ]
        lines.append(
            "| " + " | ".join([name, code.removeprefix("gaussian-"), *(f"{ratio:.2f}" for ratio in ratios)]) + " |"
        )
    return "\n".join(lines) + "\n"


def write_bounds(folder: Path) -> Path:
    """Write the table to bounds-table.csv in `folder`, whole or not at all, full precision."""
    return write_table(folder / "bounds-table.csv", bounds_table())
