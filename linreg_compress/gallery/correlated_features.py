"""Correlated features: how large a signal may be for compression to help, against the variance inflation."""

from itertools import pairwise
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.gallery import meanings
from linreg_compress.gallery.figure import Figure, Row, Table, agrees, columns, estimate_columns
from linreg_compress.gallery.meanings import GREY, HELPS_WORDS, HURTS_WORDS
from linreg_compress.gallery.setting import Setting
from linreg_compress.gallery.style import label, note, panels, points

OWN = Setting(30, 8)
INFLATIONS = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5)  # of the simulated designs, one correlation between all features
RATIO = 0.5  # tau^2 / v of the second panel
RATES = {bits: meanings.RATES[bits] for bits in (0.25, 0.5, 1.0)}  # bits per weight and their looks
_NEAR = (0.6, 1.4)  # signals beside the boundary, over it, that are simulated
_KAPPAS = np.linspace(1.0, 3.0, 81)


def boundary(kappa: Any, bits: float) -> Any:
    """Largest ``tau^2 / v`` at which a code of so many bits a weight helps: ``2 - kappa + delta (kappa - 1)``."""
    return 2 - kappa + 4.0**-bits * (kappa - 1)


def correlation_of(kappa: float, features: int) -> float:
    """Return the correlation of all features that inflates the variances by `kappa`, by bisection."""
    low, high = 0.0, 1 - 1e-9
    for _ in range(80):
        middle = (low + high) / 2
        inflation = (1 + (features - 2) * middle) / ((1 - middle) * (1 + (features - 1) * middle))
        low, high = (middle, high) if inflation < kappa else (low, middle)
    return low


def compute(quick: bool, seed: int, setting: Setting = OWN) -> list[Row]:
    """Return the boundaries, the changes of the population risk, and simulated points of both."""
    trials = 4_000 if quick else 10_000
    rows: list[Row] = []
    for bits in RATES:
        for kappa in _KAPPAS.tolist():
            rows.append(_row("boundary", bits, kappa, float(boundary(kappa, bits))))
            rows.append(_row("change", bits, kappa, RATIO) | {"change": _change(setting, bits, kappa, RATIO)})
    for cell, kappa in enumerate(INFLATIONS):
        ratios = {RATIO: list(RATES)}
        for bits in RATES:
            edge = float(boundary(kappa, bits))
            for factor in _NEAR if edge > 0 else ():
                ratios.setdefault(factor * edge, []).append(bits)
        for number, (ratio, rates) in enumerate(ratios.items()):
            rows += _simulated(setting, kappa, ratio, rates, trials, seed, 100 * cell + number)
    return rows


def _row(panel: str, bits: float, kappa: float, ratio: float) -> dict[str, float | str]:
    place = {"bits_per_weight": bits, "variance_inflation": kappa, "signal_variance_over_v": ratio}
    return {"panel": panel, **place, "trials": 0.0}


def _change(setting: Setting, bits: float, kappa: float, ratio: float) -> float:
    """Change of the population risk over d v, in closed form."""
    model = setting.model(ratio)
    risks = lc.compressed_risk.blind_channel_risks(
        model.samples,
        model.features,
        model.noise_variance,
        bits_per_weight=bits,
        signal_variance=model.signal_variance,
        variance_inflation=kappa,
    )
    return float(risks.population_risk_change) / (model.features * model.weight_variance)


def _simulated(
    setting: Setting, kappa: float, ratio: float, rates: list[float], trials: int, seed: int, cell: int
) -> list[Row]:
    """Simulate the change from raw data with correlated features, all rates on the same data."""
    plain, rho = setting.model(ratio), correlation_of(kappa, setting.features)
    d = setting.features
    covariance = np.full((d, d), rho) + (1 - rho) * np.eye(d)
    model = lc.LinearModel(
        plain.samples, d, plain.noise_variance, signal_variance=plain.signal_variance, covariance=covariance
    )
    channels = [lc.PerWeightGaussianChannel.for_model(model, bits_per_weight=bits) for bits in rates]
    found = lc.simulate(model, channels, trials, seed=seed, cell=cell, sampler="data")
    scale = d * plain.weight_variance
    rows: list[Row] = []
    for bits, after in zip(rates, found.compressed, strict=True):
        estimate = estimate_columns("change", after.population_risk_change)
        row = _row("simulated", bits, kappa, ratio) | {"trials": float(trials)}
        row |= {"exact_change": _change(setting, bits, kappa, ratio)}
        rows.append(row | {name: value / scale for name, value in estimate.items()})
    return rows


def _curve(rows: list[Row], panel: str, bits: float) -> Table:
    return columns(rows, panel=panel, bits_per_weight=bits)


def criterion_is_for_uncorrelated_features(rows: list[Row]) -> bool:
    """Only for uncorrelated features does compression help exactly where tau^2 < v, at every rate."""
    tables = [_curve(rows, "boundary", bits) for bits in RATES]
    edges = [table["signal_variance_over_v"] for table in tables]
    return all(
        edge[0] == 1 and table["variance_inflation"][0] == 1 and np.all(np.diff(edge) < 0)
        for table, edge in zip(tables, edges, strict=True)
    )


def boundary_falls_faster_at_high_rates(rows: list[Row]) -> bool:
    """The boundary falls with the inflation, the faster the higher the rate."""
    edges = [_curve(rows, "boundary", bits)["signal_variance_over_v"] for bits in sorted(RATES)]
    return all(bool(np.all(low[1:] > high[1:])) for low, high in pairwise(edges))


def change_follows_the_boundary(rows: list[Row]) -> bool:
    """The population risk falls below the boundary and rises above it."""
    verdicts = []
    for bits in RATES:
        edge, table = _curve(rows, "boundary", bits), _curve(rows, "change", bits)
        helps = table["signal_variance_over_v"] < edge["signal_variance_over_v"] - 1e-9
        hurts = table["signal_variance_over_v"] > edge["signal_variance_over_v"] + 1e-9
        verdicts += [helps.any(), hurts.any(), np.all(table["change"][helps] < 0), np.all(table["change"][hurts] > 0)]
    return bool(np.all(verdicts))


def simulated_signs_agree(rows: list[Row]) -> bool:
    """Raw data with correlated features agree, in sign on both sides of the boundary and in size."""
    table = columns(rows, panel="simulated")
    below = table["signal_variance_over_v"] < boundary(table["variance_inflation"], table["bits_per_weight"])
    sure = np.sign(table["change_low"]) == np.sign(table["change_high"])
    signs = np.all((table["change"] < 0)[sure] == below[sure])
    both = np.sum(sure & below) >= 3 and np.sum(sure & ~below) >= 3
    return bool(signs and both and agrees(table, "change", table["exact_change"]))


def draw(rows: list[Row], size: str, setting: Setting = OWN) -> Any:
    """Draw the boundary, and the change of the population risk at one signal."""
    canvas, axes = panels(size, 1, 2, heights=(3.75, 5.4))
    draw_boundary(axes[0, 0], rows)
    _draw_change(axes[0, 1], rows)
    note(
        canvas,
        f"{setting.text_with_v} without correlation; marks: simulation from raw data, filled where the risk falls; "
        "95 % intervals where wider than a mark; features of unit variance with one correlation between all",
    )
    return canvas


def draw_boundary(ax: Any, rows: list[Row]) -> None:
    """Draw the boundaries and the simulated signs on given axes."""
    for bits, (color, style, marker) in RATES.items():
        table = _curve(rows, "boundary", bits)
        kappa, edge = table["variance_inflation"], table["signal_variance_over_v"]
        ax.plot(kappa, edge, ls=style, color=color, lw=1.6, label=_name(bits))
        found = columns(rows, panel="simulated", bits_per_weight=bits)
        near = found["signal_variance_over_v"] != RATIO
        for helps in (True, False):
            chosen = near & ((found["change"] < 0) == helps)
            x, y = found["variance_inflation"][chosen], found["signal_variance_over_v"][chosen]
            ax.plot(x, y, marker, color=color, mfc=color if helps else "white", ms=4, lw=0)
    label(ax, "helps", (1.05, 0.08), (0, 0.4), HELPS_WORDS)
    label(ax, "hurts", (2.9, 1.45), (0, 0), HURTS_WORDS, ha="right")
    ax.axvline(1, color=GREY, lw=0.8)
    ax.set(xlim=(0.97, 3), ylim=(0, 1.6), xlabel="variance inflation, κ", title="up to where a rate helps")
    ax.set_ylabel("signal over noise,\nτ² / v")
    ax.legend(loc="upper center")


def _draw_change(ax: Any, rows: list[Row]) -> None:
    ax.axhline(0, color=GREY, lw=0.8)
    for bits, (color, style, marker) in RATES.items():
        table, found = _curve(rows, "change", bits), columns(rows, panel="simulated", bits_per_weight=bits)
        ax.plot(table["variance_inflation"], table["change"], ls=style, color=color, label=_name(bits))
        shown = {name: values[found["signal_variance_over_v"] == RATIO] for name, values in found.items()}
        points(ax, shown["variance_inflation"], shown, "change", color, marker, ms=4)
    lowest, highest = (_curve(rows, "change", bits)["change"] for bits in (min(RATES), max(RATES)))
    top = max(float(lowest.max()), float(highest.max()))
    ax.set(xlim=(0.97, 3), ylim=(float(lowest.min()) * 1.15, 1.25 * top))
    ax.set(title="change at τ² = v / 2", xlabel="variance inflation, κ")
    ax.set_ylabel("change of the population risk\n(in units of d v)")
    label(ax, "hurts", (1.05, 1.1 * top), (0, 0), HURTS_WORDS)
    label(ax, "helps", (2.9, float(lowest.min())), (0, 0.2), HELPS_WORDS, ha="right")


def _name(bits: float) -> str:
    return f"{bits:g} bit"


FIGURE = Figure(
    name="correlated-features",
    title="Correlated features lower the signal up to which compression helps.",
    alt=(
        "Largest signal at which compression helps against the variance inflation of the features, a falling line for each "
        "rate with simulated marks; and the change of the error on new data at one signal, rising with the inflation."
    ),
    claim=(
        "Compression helps exactly where tau^2 < v only if the features are uncorrelated: with the mean variance "
        "inflation kappa of correlated ones a code of one weight at a time helps where tau^2 < v (2 - kappa + delta "
        "(kappa - 1)), which falls as kappa grows, and with kappa of 2 or more allows hardly any signal at a high "
        "rate."
    ),
    reading=(
        "The inflation to the right says how much correlation widens the noise of a weight, 1 for none; below a line,"
        " which is one rate, compression helps. Each mark is a simulation with correlated features, filled if the "
        "error on new data fell. The second panel follows one signal, half of v: the same code that helps without "
        "correlation hurts with it, and the higher rates turn first."
    ),
    formula=(
        r"\mathbb{E}\left[L_\mu(\hat W) - L_\mu(W)\right] = d\, \delta \left[\tau^2 - v + (1 - \delta)\, v\, "
        r"(\kappa - 1)\right], \qquad \kappa = \frac1d \sum_j \Sigma_{jj} (\Sigma^{-1})_{jj}"
    ),
    derivations=("correlated-features-risk", "compression-criterion"),
    parameters={
        **OWN.parameters(),
        "simulated_variance_inflations": list(INFLATIONS),
        "signal_variance_over_v_of_the_second_panel": RATIO,
        "codec": "blind, one weight at a time",
    },
    compute=compute,
    checks=(
        criterion_is_for_uncorrelated_features,
        boundary_falls_faster_at_high_rates,
        change_follows_the_boundary,
        simulated_signs_agree,
    ),
    draw=draw,
    own_numbers=True,
)
