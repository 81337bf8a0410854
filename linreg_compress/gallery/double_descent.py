"""Risks against n / d through the interpolation threshold, before and after compression."""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.gallery import meanings
from linreg_compress.gallery.figure import Figure, Row, Table, agrees, columns, estimate_columns
from linreg_compress.gallery.meanings import GREY, HELPS, HELPS_WORDS, HURTS, HURTS_WORDS, LEAST_SQUARES, SIMULATED
from linreg_compress.gallery.models import blind_code
from linreg_compress.gallery.style import label, note, panels, points

FEATURES = 50
SIGNAL_VARIANCE = 0.025  # the boundary, d + 1 + sigma^2 / tau^2, is at 91 samples
RATES: Mapping[str, float] = {"1 bit": 1.0, "0.5 bit": 0.5, "0.2 bit": 0.2}  # bits per weight
FITS = ("least squares", *RATES)
RISKS = ("empirical_risk", "population_risk")
_SAMPLES = np.arange(5, 201)
_SIMULATED = (6, 15, 25, 35, 40, 43, 57, 60, 66, 75, 91, 110, 135, 160, 185)  # where a population risk has a variance
_STYLES = (LEAST_SQUARES, *(meanings.RATES[bits] for bits in RATES.values()))  # of the fits
_ROUNDING = 1e-20  # an interpolating fit leaves a residual of rounding alone


def compute(quick: bool, seed: int) -> list[Row]:
    """Return a row for each fit, witness and number of samples; no code of weights for fewer samples than features."""
    rows: list[Row] = []
    for fit, exact in _closed_forms().items():
        for samples, *values in zip(*exact, strict=True):
            rows.append(_row(fit, "exact", int(samples), 0) | dict(zip(RISKS, map(float, values), strict=True)))
    trials = 1_000 if quick else 3_000
    for cell, samples in enumerate(_SIMULATED):
        model = lc.LinearModel(samples, FEATURES, signal_variance=SIGNAL_VARIANCE)
        names = FITS if samples > FEATURES else FITS[:1]
        channels = [blind_code(model, RATES[name]) for name in names[1:]]
        found = lc.simulate(model, channels, trials, seed=seed, cell=cell)
        for fit, risks in zip(names, (found, *found.compressed), strict=True):
            row = _row(fit, "monte_carlo", samples, trials)
            for name in RISKS:
                estimate = getattr(risks, name)
                zero = estimate.mean < _ROUNDING
                row |= estimate_columns(name, lc.Estimate(0.0, 0.0, trials) if zero else estimate)
            rows.append(row)
    return rows


def _row(fit: str, witness: str, samples: int, trials: int) -> dict[str, float | str]:
    place = {"samples": float(samples), "samples_per_feature": samples / FEATURES, "trials": float(trials)}
    return {"fit": fit, "witness": witness} | place


def _closed_forms() -> dict[str, tuple[Any, Any, Any]]:
    """Numbers of samples where the risks are finite, empirical and population risk of each fit there."""
    energy = FEATURES * SIGNAL_VARIANCE
    plain = lc.least_squares_risks(_SAMPLES, FEATURES, weight_energy=energy)
    finite = np.isfinite(plain.population_risk)
    found = {"least squares": (_SAMPLES[finite], plain.empirical_risk[finite], plain.population_risk[finite])}
    coded = _SAMPLES[_SAMPLES >= FEATURES + 2]
    for fit, bits in RATES.items():
        risks = lc.compressed_risk.blind_channel_risks(
            coded, FEATURES, 1.0, bits_per_weight=bits, signal_variance=SIGNAL_VARIANCE
        )
        found[fit] = (coded, risks.empirical_risk, risks.population_risk)
    return found


def boundary_samples() -> float:
    """Number of samples up to which compression helps."""
    return float(lc.compression_criterion(FEATURES + 2, FEATURES, 1.0, SIGNAL_VARIANCE).boundary_samples)


def _tables(rows: list[Row], witness: str = "exact") -> dict[str, Table]:
    return {fit: columns(rows, fit=fit, witness=witness) for fit in FITS}


def peaks_at_the_threshold(rows: list[Row]) -> bool:
    """Towards n = d the population risk of least squares rises from either side, to over ten times that at n = 5."""
    table = _tables(rows)["least squares"]
    samples, risk = table["samples"], table["population_risk"]
    before, after = risk[samples < FEATURES], risk[samples > FEATURES]
    return bool(
        np.all(np.diff(before) > 0)
        and np.all(np.diff(after) < 0)
        and min(before[-1], after[0]) > 10 * before[0]
        and 1 < after[-1] < before[0]
    )


def helps_below(rows: list[Row]) -> bool:
    """From n = d + 2 to the boundary a code lowers it, fewer bits more."""
    return _ordered(rows, lambda samples: samples < boundary_samples(), sign=-1)


def hurts_above(rows: list[Row]) -> bool:
    """Beyond the boundary a code raises it, fewer bits more."""
    return _ordered(rows, lambda samples: samples > boundary_samples(), sign=1)


def _ordered(rows: list[Row], where: Callable[[Any], Any], sign: int) -> bool:
    """Whether the change from each fit to the next, of lower rate, has this sign at all n >= d + 2 that are chosen."""
    samples, risks = _where_coded(rows, "population_risk")
    chosen = where(samples)
    return bool(chosen.sum() > 10 and np.all(sign * np.diff(risks[:, chosen], axis=0) > 0))


def _where_coded(rows: list[Row], name: str) -> tuple[Any, Any]:
    """Numbers of samples from d + 2 on, and a risk of each fit there."""
    tables = [
        {key: table[key][table["samples"] > FEATURES] for key in ("samples", name)} for table in _tables(rows).values()
    ]
    return tables[0]["samples"], np.stack([table[name] for table in tables])


def codes_raise_the_empirical_risk(rows: list[Row]) -> bool:
    """A code raises the empirical risk at every n from d + 2 on, while least squares has none where n < d.

    Fewer bits do not always raise it more: close to n = d the noise of half a bit costs more than dropping nearly all.
    """
    plain = _tables(rows)["least squares"]
    samples, risks = _where_coded(rows, "empirical_risk")
    interpolates = plain["empirical_risk"][plain["samples"] < FEATURES] == 0
    return bool(interpolates.any() and interpolates.all() and samples.size > 10 and np.all(risks[1:] > risks[0]))


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation from raw data agrees."""
    verdicts = []
    for fit, name in product(FITS, RISKS):
        exact, found = _tables(rows)[fit], columns(rows, fit=fit, witness="monte_carlo")
        place = np.searchsorted(exact["samples"], found["samples"])
        same = np.array_equal(exact["samples"][place], found["samples"])
        verdicts.append(same and agrees(found, name, exact[name][place]))
    return all(verdicts)


def draw(rows: list[Row], size: str) -> Any:
    """Draw the population risk and the empirical risk, a panel each."""
    canvas, axes = panels(size, 1, 2, heights=(3.75, 5.2))
    exact, simulated = _tables(rows), _tables(rows, "monte_carlo")
    for ax, name in zip(axes[0], RISKS[::-1], strict=True):
        ax.axvspan(0, 1, color=GREY, alpha=0.1, lw=0)
        for (fit, table), (color, style, marker) in zip(exact.items(), _STYLES, strict=True):
            _draw_curve(ax, table, name, ls=style, color=color, label=fit)
            found = simulated[fit]
            points(ax, found["samples_per_feature"], found, name, color, marker)
        ax.set(xlim=(0, 4), xticks=range(5), xlabel="samples per feature (n / d)")
        ax.set_ylabel(name.replace("_", " ") + "\n(units of y, squared)")
    upper, lower = axes[0]
    upper.set(yscale="log", ylim=(1, 24))
    upper.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
    upper.minorticks_off()
    lower.set(ylim=(-0.1, 4), yticks=range(5))
    boundary = boundary_samples() / FEATURES
    upper.axvspan(1.04, boundary, color=HELPS, alpha=0.2, lw=0)
    upper.axvspan(boundary, 4, color=HURTS, alpha=0.12, lw=0)
    label(upper, "codes\nhelp", (boundary, 20), (-0.3, 0), HELPS_WORDS, ha="right", va="top")
    label(upper, "codes hurt", (boundary, 20), (0.5, 0), HURTS_WORDS, va="top")
    label(upper, "n < d:\nleast\nnorm,\nno code", (0.06, 20), (0, 0), GREY, va="top")
    label(lower, "n < d:\nexact fit,\nno code", (0.06, 3.6), (0, 0), GREY, va="top")
    # the curves end close to each other: their names are set a little wider
    for (fit, table), (color, _, _), spread in zip(exact.items(), _STYLES, (-0.75, -0.1, 0.15, 0.4), strict=True):
        for ax, name in ((upper, "population_risk"), (lower, "empirical_risk")):
            text = fit.replace(" ", "\n") if fit == "least squares" else fit
            end = (float(table["samples_per_feature"][-1]), float(table[name][-1]))
            label(ax, text, end, (0.3, spread - 0.3 * ("\n" in text)), color)
    note(canvas, f"d = {FEATURES}, σ² = 1, τ² = {SIGNAL_VARIANCE}; markers: {SIMULATED}")
    return canvas


def _draw_curve(ax: Any, table: Table, name: str, **options: Any) -> None:
    """Draw both branches of a curve; at n = d and next to it the population risk is infinite."""
    x, y = table["samples_per_feature"], table[name]
    for branch in (x < 1, x > 1):
        if branch.any():
            ax.plot(x[branch], y[branch], **options)


FIGURE = Figure(
    name="double-descent",
    title="Near n = d compression gains most; with many samples it hurts.",
    alt=(
        "Error on new data against samples per feature: least squares has a peak at one, codes of few bits lie "
        "far below it there and a little above it further right."
    ),
    claim=(
        "The population risk of least squares grows without bound as the number of samples comes near n = d from either "
        "side; from n = d + 2 to n = d + 1 + sigma^2 / tau^2 samples the Gaussian code lowers it, the more the fewer "
        "bits it has, and with more samples raises it, while it raises the empirical risk at every n."
    ),
    reading=(
        "The number of samples for each weight grows to the right; one panel shows the error on new data, the other "
        "that on the training data. The solid line is least squares, of minimum norm where n < d; no code is shown "
        "there, as X^T X is singular and the weights have no law that a code could be built for. All curves cross where "
        "the signal equals its estimation noise, the boundary between help and harm."
    ),
    formula=(
        r"\mathbb{E}\, L_\mu(\hat W) = \sigma^2 + d \left[(1 - \delta) \frac{\sigma^2}{n - d - 1} + \delta\, \tau^2\right] "
        r"\;(n \ge d + 2), "
        r"\qquad \mathbb{E}\, L_\mu(W) = \sigma^2 + (d - n)\, \tau^2 + \frac{n\, \sigma^2}{d - n - 1} \;(n \le d - 2)"
    ),
    derivations=("minimum-norm-risk", "blind-channel-risk", "compression-criterion"),
    parameters={
        "features": FEATURES,
        "noise_variance": 1.0,
        "signal_variance": SIGNAL_VARIANCE,
        "bits_per_weight": dict(RATES),
        "codec": "blind",
        "boundary_samples": boundary_samples(),
    },
    compute=compute,
    checks=(
        peaks_at_the_threshold,
        helps_below,
        hurts_above,
        codes_raise_the_empirical_risk,
        simulation_agrees,
    ),
    draw=draw,
)
