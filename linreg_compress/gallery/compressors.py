"""Every compressor of the comparison table: its rate against its distortion and against its population risk."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.gallery.comparison import QUICK_TRIALS, TRIALS, comparison_rows
from linreg_compress.gallery.comparison_design import FEATURES, REGIMES, SAMPLES, SPECTRA, rate_bits
from linreg_compress.gallery.comparison_simulated import DIAMETER_PENALTY
from linreg_compress.gallery.figure import Z_95, Figure, Row, Table, columns, standard_error
from linreg_compress.gallery.meanings import CODES, GREY, HELPS_WORDS, HURTS_WORDS
from linreg_compress.gallery.style import is_column, label, panels, small_text, wrapped

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "limits": ("gaussian-blind", "gaussian-aware"),
    "lattices, entropy coded": ("round-to-nearest", "dithered", "entropy-constrained"),
    "levels agreed before": ("uniform", "lloyd-max", "sign"),
    "one weight after another": ("gptq", "gptq-activation", "gptq on lloyd-max"),
    "levels made from the weights": ("kmeans", "hessian-kmeans", "diameter-kmeans"),
    "pruning": ("magnitude-pruning", "optimal-brain-surgeon"),
}
# linear codes, and those that decode to the mean of a cell of their source
CENTROID = ("gaussian-blind", "dithered", "entropy-constrained", "lloyd-max", "sign")
LATTICE_GAP = math.log2(2 * math.pi * math.e / 12) / 2  # 0.2546 bit: a cube against a ball
MOST_BITS = 6.0  # of the nominal rates that are shown
_LIMIT_BITS = np.linspace(0.0, 6.5, 27)
_SHOWN = {  # one of each family, with its name; the csv holds all
    "gaussian-blind": "Gaussian code, D(R)",
    "round-to-nearest": "round to nearest",
    "dithered": "dithered lattice",
    "lloyd-max": "Lloyd-Max",
    "gptq": "gptq",
    "kmeans": "k-means",
}


def compute(quick: bool, seed: int) -> list[Row]:
    """Return a row for each design, compressor and nominal rate, and the two limits of the distortion."""
    rows: list[Row] = [
        {"panel": "limit", "rate_bits": rate, "distortion_rate": 4.0**-rate, "lattice_line": 4.0 ** (LATTICE_GAP - rate)}
        for rate in _LIMIT_BITS.tolist()
    ]
    base = float(lc.expected_risks(lc.LinearModel(SAMPLES, FEATURES)).population_risk)
    for found in comparison_rows(quick, seed):
        if float(found["bits"]) <= MOST_BITS:
            sizes = QUICK_TRIALS if quick else TRIALS
            trials = {"exact": 0, "exact average": SPECTRA}.get(
                str(found["source"]), sizes[float(found["codebook_bits"]) > 0]
            )
            rows.append(_shown(found, base, trials))
    return rows


def _shown(found: Row, base: float, trials: int) -> Row:
    """Return what is drawn of a row of the table; its standard errors become 95 % intervals."""
    row: dict[str, float | str] = {"panel": "compressor", "design": found["design"], "compressor": found["compressor"]}
    row |= {
        "bits": float(found["bits"]),
        "source": found["source"],
        "trials": float(trials),
        "least_squares_population_risk": base,
    }
    row["rate_bits"] = rate_bits(found)
    row |= {name: float(found[name]) for name in ("normalized_distortion", "gap_to_rate_distortion_bits")}
    row["population_risk"] = base + float(found["population_risk_change"])
    if found["source"] != "exact":
        errors = {name: float(found[f"{name}_se"]) for name in ("normalized_distortion", "gap_to_rate_distortion_bits")}
        errors |= {"population_risk": float(found["population_risk_change_se"])}
        errors |= {"rate_bits": float(found["entropy_bits_se"])}
        for name, error in errors.items():
            middle = float(row[name])
            row |= {f"{name}_low": middle - Z_95 * error, f"{name}_high": middle + Z_95 * error}
    return row


def _of(rows: list[Row], compressor: str, design: str) -> Table:
    return columns(rows, panel="compressor", compressor=compressor, design=design)


def none_is_below_the_limit(rows: list[Row]) -> bool:
    """No compressor is below the Gaussian formula D(R).

    Every gap is the rate less R(D); a simulated one may be below zero by 5 standard errors.
    """
    verdicts = []
    for family in FAMILIES.values():
        for compressor in family:
            for design in REGIMES:
                table = _of(rows, compressor, design)
                gap, distortion = table["gap_to_rate_distortion_bits"], table["normalized_distortion"]
                needed = np.maximum(-np.log2(distortion) / 2, 0.0)
                slack = 1e-9
                if "gap_to_rate_distortion_bits_low" in table:
                    slack = 5 * standard_error(table, "gap_to_rate_distortion_bits") + 1e-9
                verdicts.append(
                    np.allclose(gap, table["rate_bits"] - needed, rtol=0, atol=1e-9) and bool(np.all(gap >= -slack))
                )
    return all(verdicts)


def lattices_are_near(rows: list[Row]) -> bool:
    """Dithered and entropy-constrained lattices are within 0.2546 bit of the Gaussian formula, most at the highest rate."""
    gaps = [
        _of(rows, compressor, design)["gap_to_rate_distortion_bits"]
        for compressor in ("dithered", "entropy-constrained")
        for design in REGIMES
    ]
    return all(np.all(gap < LATTICE_GAP + 1e-4) and gap[-1] > LATTICE_GAP - 1e-3 for gap in gaps)


def centroids_follow_the_criterion(rows: list[Row]) -> bool:
    """Linear codes, and those that decode to the mean, lower the population risk at v / 4 and raise it at 4 v."""
    verdicts = []
    for design, ratio in REGIMES.items():
        for compressor in CENTROID:
            table = _of(rows, compressor, design)
            verdicts.append(
                bool(np.all((table["population_risk"] < table["least_squares_population_risk"]) == (ratio < 1)))
            )
    return all(verdicts)


def rounding_hurts(rows: list[Row]) -> bool:
    """Plain rounding raises the population risk in both cases."""
    tables = [_of(rows, "round-to-nearest", design) for design in REGIMES]
    return all(np.all(table["population_risk"] > table["least_squares_population_risk"]) for table in tables)


def draw(rows: list[Row], size: str) -> Any:
    """Draw the gap to D(R), and the population risk for the weak and for the strong signal, for one code of each family."""
    canvas, axes = panels(size, 1, 3, heights=(3.6, 7.6))
    gap, weak, strong = axes.ravel()
    gap.axhline(LATTICE_GAP, ls=":", color=GREY, lw=1)
    handles = _draw_all(gap, rows, "weak", "gap_to_rate_distortion_bits")
    for design, ax in (("weak", weak), ("strong", strong)):
        base = float(_of(rows, "gaussian-blind", design)["least_squares_population_risk"][0])
        ax.axhline(base, ls=":", color=GREY, lw=1)
        _draw_all(ax, rows, design, "population_risk")
        ax.set_ylabel("population risk\n(units of y, squared)")
        label(ax, "hurts", (6.3, base), (0, 1), HURTS_WORDS, ha="right")
        label(ax, "helps", (6.3, base), (0, -0.9), HELPS_WORDS, ha="right")
    gap.set(ylim=(-0.08, 2.1), ylabel="rate above R(D)\n(bits per weight)", title="cost, τ² = v / 4")
    label(gap, "0.2546 bit", (6.3, LATTICE_GAP), (0, -0.8), GREY, ha="right")
    weak.set(ylim=(1.7, 4.2), title="weak signal, τ² = v / 4")
    strong.set(ylim=(1.8, 9), title="strong signal, τ² = 4 v")
    for ax in axes.ravel():
        ax.set(xlim=(0, 6.4), xticks=range(7), xlabel="rate (bits per weight)")
    narrow = is_column(gap)
    words = "n = 80, d = 50, σ² = 1, v = σ² / (n - d - 1); dotted: least squares; bars: 95 % intervals of what is simulated"
    canvas.legend(
        handles=handles,
        title="\n".join(wrapped(words, 54 if narrow else 118)),
        title_fontsize=small_text(),
        loc="outside lower center",
        ncols=2 if narrow else 6,
        handlelength=2.2,
        columnspacing=1.0,
        handletextpad=0.5,
    )
    return canvas


def _draw_all(ax: Any, rows: list[Row], design: str, name: str) -> list[Any]:
    """Draw a column of the compressors that are shown against their rate; return the lines for the legend."""
    handles = []
    for compressor, text in _SHOWN.items():
        color, style, marker = CODES[compressor]
        table = _of(rows, compressor, design)
        order = np.argsort(table["rate_bits"])
        x, y = table["rate_bits"][order], table[name][order]
        handles += ax.plot(x, y, marker=marker, ls=style, color=color, mfc="white", ms=3.5, lw=1.2, mew=0.8, label=text)
        if f"{name}_low" in table:
            sides = [y - table[f"{name}_low"][order], table[f"{name}_high"][order] - y]
            ax.errorbar(x, y, yerr=sides, fmt="none", color=color, lw=0.8, capsize=1.5)
    return handles


FIGURE = Figure(
    name="compressors",
    title="Quantizers that decode to the mean can help; plain rounding hurts.",
    alt=(
        "Distortion and error on new data against bits per weight for families of compressors, beside the "
        "Gaussian formula: none lies below it, and plain rounding lies above least squares for weak and strong "
        "signals."
    ),
    claim=(
        "No compressor here codes below the Gaussian formula D(R), and the best entropy-coded lattices are within 0.2546 "
        "bit a weight of it at every rate; quantizers that decode to the mean of a cell lower the population risk at "
        "every rate when the signal is a quarter of its estimation noise and raise it when it is four times that noise, "
        "while plain rounding raises it in both cases."
    ),
    reading=(
        "Each curve is one compressor, one of each family. The first panel shows how many bits more than D(R) it "
        "spends for the same loss; the dotted line is the price of a cube against a ball. D(R) is the limit for "
        "Gaussian weights; those of least squares are a scaled t, whose own limit is lower, so with fewer samples to "
        "spare a mark may be below. The other two panels show the population risk, which is below the dotted line of "
        "least squares where compression helps. The rate is the entropy of the indices, plus the codebook where it is "
        "made from the weights themselves. The csv holds all fifteen compressors."
    ),
    formula=(
        r"D(R) = V e^{-2R/d}, \qquad R - R(D) \;\le\; \tfrac d2 \log_2 \tfrac{2 \pi e}{12} \approx 0.2546\, d "
        r"\ \text{bits for a dithered lattice, against the Gaussian formula}"
    ),
    derivations=("gaussian-rate-distortion", "linear-channel-risk", "interpolation-theorem", "compression-criterion"),
    parameters={
        "samples": SAMPLES,
        "features": FEATURES,
        "noise_variance": 1.0,
        "signal_variance_over_v": dict(REGIMES),
        "most_bits": MOST_BITS,
        "diameter_penalty": DIAMETER_PENALTY,
    },
    compute=compute,
    checks=(
        none_is_below_the_limit,
        lattices_are_near,
        centroids_follow_the_criterion,
        rounding_hurts,
    ),
    draw=draw,
)
