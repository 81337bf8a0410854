"""Linear regression in the axes of the paper: risks and bound against the rate, population risk before and after."""

from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.bounds.information import blind_channel_information
from linreg_compress.gallery import meanings
from linreg_compress.gallery.figure import Figure, Row, Table, agrees, columns, estimate_columns
from linreg_compress.gallery.meanings import (
    BOUND,
    EMPIRICAL,
    GENERALIZATION,
    GREY,
    HELPS,
    HURTS,
    POPULATION,
    SIMULATED,
    STRENGTHS,
)
from linreg_compress.gallery.models import blind_code
from linreg_compress.gallery.setting import OWN, Setting
from linreg_compress.gallery.style import label, note, panels, points, small_text

QUANTITIES = ("empirical_risk", "population_risk", "generalization_error")
SIGNALS = ("v / 4", "4 v")
SHOWN = "v / 4"  # whose risks and bound are shown
_BITS = np.linspace(0.0, 4.0, 81)
_SIMULATED_BITS = (0.25, 0.5, 1.0, 2.0, 3.0)


def compute(quick: bool, seed: int, setting: Setting = OWN) -> list[Row]:
    """Return a row for each signal, rate and witness."""
    trials = 2_000 if quick else 5_000
    rows: list[Row] = []
    for cell, signal in enumerate(SIGNALS):
        model = setting.model(STRENGTHS[signal])
        before = lc.expected_risks(model)
        base = {f"least_squares_{name}": float(getattr(before, name)) for name in QUANTITIES}
        for bits in _BITS.tolist():
            code = blind_code(model, bits)
            exact = lc.risks(model, code)
            row: dict[str, float | str] = {"signal": signal, "witness": "exact", "bits_per_weight": bits} | base
            row |= {name: float(getattr(exact, name)) for name in QUANTITIES}
            # given w* the code has less information than its rate: the rest of it is spent on the prior
            bound = lc.bounds.clipped_sub_gaussian_bound(model, code, blind_channel_information(model, code))
            rows.append(row | {"bound": bound.value, "trials": 0.0})
        channels = [blind_code(model, bits) for bits in _SIMULATED_BITS]
        found = lc.simulate(model, channels, trials, seed=seed, cell=cell)
        for bits, risks in zip(_SIMULATED_BITS, found.compressed, strict=True):
            row = {"signal": signal, "witness": "monte_carlo", "bits_per_weight": bits, "trials": float(trials)}
            for name in QUANTITIES:
                row |= estimate_columns(name, getattr(risks, name))
            rows.append(row)
    return rows


def _exact(rows: list[Row], signal: str) -> Table:
    return columns(rows, signal=signal, witness="exact")


def empirical_risk_rises(rows: list[Row]) -> bool:
    """A lower rate raises the empirical risk."""
    return all(bool(np.all(np.diff(_exact(rows, signal)["empirical_risk"]) < 0)) for signal in SIGNALS)


def error_and_bound_fall(rows: list[Row]) -> bool:
    """It lowers the generalization error and the paper's bound, which is above it at every rate."""
    verdicts = []
    for signal in SIGNALS:
        table = _exact(rows, signal)
        verdicts += [np.all(np.diff(table[name]) > 0) for name in ("generalization_error", "bound")]
        verdicts.append(np.all(table["bound"] >= table["generalization_error"]))
    return bool(np.all(verdicts))


def population_risk_falls(rows: list[Row]) -> bool:
    """Both errors add up to a population risk lower than before, at every rate where the signal is v / 4."""
    table = _exact(rows, "v / 4")
    sums = table["empirical_risk"] + table["generalization_error"]
    return bool(
        np.all(table["population_risk"] < table["least_squares_population_risk"])
        and np.allclose(sums, table["population_risk"], rtol=1e-12)
    )


def population_risk_rises(rows: list[Row]) -> bool:
    """The population risk is higher than before at every rate where the signal is 4 v."""
    table = _exact(rows, "4 v")
    return bool(np.all(table["population_risk"] > table["least_squares_population_risk"]))


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation from raw data agrees with the closed forms."""
    verdicts = []
    for signal in SIGNALS:
        exact, found = _exact(rows, signal), columns(rows, signal=signal, witness="monte_carlo")
        at = np.isin(exact["bits_per_weight"], found["bits_per_weight"])
        verdicts += [agrees(found, name, exact[name][at]) for name in QUANTITIES]
    return all(verdicts)


def draw(rows: list[Row], size: str, setting: Setting = OWN) -> Any:
    """Draw the risks and the bound against the rate, and the population risk before and after."""
    canvas, axes = panels(size, 1, 2, heights=(3.75, 6.0))
    draw_risks(axes[0, 0], rows)
    draw_before_and_after(axes[0, 1], rows)
    note(
        canvas,
        f"{setting.text_with_v}; circles: {SIMULATED}; dotted: least squares before compression",
    )
    return canvas


def draw_risks(ax: Any, rows: list[Row]) -> None:
    """Draw both risks, the generalization error and the paper's bound on given axes."""
    exact, found = _exact(rows, SHOWN), columns(rows, signal=SHOWN, witness="monte_carlo")
    bits = exact["bits_per_weight"]
    sent = exact["generalization_error"] > 0
    looks = {"population_risk": POPULATION, "empirical_risk": EMPIRICAL, "generalization_error": GENERALIZATION}
    for name, (color, style) in looks.items():
        ax.plot(bits[sent], exact[name][sent], ls=style, color=color, lw=1.6, label=name.replace("_", " "))
        points(ax, found["bits_per_weight"], found, name, color, ms=3)
    ax.plot(bits[sent], exact["bound"][sent], ls=BOUND[1], color=BOUND[0], lw=1.6, label="the paper's bound")
    top = float(exact["bound"].max())
    low = float(exact["generalization_error"][sent].min())
    ax.set(yscale="log", xlim=(0, 4), xticks=range(5), ylim=(low / 6, 2 * top), xlabel="bits per weight")
    ax.set_title(f"risks and bound, τ² = {SHOWN}")
    ax.set_ylabel("risk or error\n(units of y, squared)")
    ax.legend(loc="lower right", fontsize=small_text())


def draw_before_and_after(ax: Any, rows: list[Row]) -> None:
    """Draw the population risk before and after compression on given axes."""
    for signal in SIGNALS:
        color, style = meanings.SIGNALS[signal]
        exact, found = _exact(rows, signal), columns(rows, signal=signal, witness="monte_carlo")
        bits, after, before = (
            exact[name] for name in ("bits_per_weight", "population_risk", "least_squares_population_risk")
        )
        ax.fill_between(bits, after, before, where=after < before, color=HELPS, alpha=0.25, lw=0)
        ax.fill_between(bits, after, before, where=after > before, color=HURTS, alpha=0.2, lw=0)
        ax.plot(bits, after, ls=style, color=color, lw=1.6, label=f"after, τ² = {signal}")
        points(ax, found["bits_per_weight"], found, "population_risk", color, ms=3)
        ax.plot(bits, before, ":", color=GREY, lw=1)
        place = 4 if signal == "v / 4" else 12
        offset = (0.6, -0.9) if signal == "v / 4" else (0.6, 0.6)
        label(ax, f"after, τ² = {signal}", (float(bits[place]), float(after[place])), offset, color)
    level = float(_exact(rows, SHOWN)["least_squares_population_risk"][0])
    label(ax, "before", (3.9, level), (0, -1.0), GREY, ha="right")
    top = float(max(_exact(rows, signal)["population_risk"].max() for signal in SIGNALS))
    ax.set(xlim=(0, 4), xticks=range(5), ylim=(0, 1.1 * top), xlabel="bits per weight")
    ax.set_title("weak and strong signal")
    ax.set_ylabel("population risk\n(units of y, squared)")


FIGURE = Figure(
    name="linear-regression",
    title="Risks and bound against the rate; population risk before and after.",
    alt=(
        "Population risk, empirical risk, generalization error and the paper's bound against bits per weight; and the "
        "population risk before and after compression for a weak and a strong signal."
    ),
    claim=(
        "Compressing the linear model raises the empirical risk and lowers the generalization error and the paper's "
        "bound on it; so the population risk after is lower than before at every rate when the signal in a weight is "
        "a quarter of its estimation noise v, and higher at every rate when it is 4 v."
    ),
    reading=(
        "The first panel has the axes of the paper's evaluation: what happens to the risks, to their difference and "
        "to the bound as the rate falls, to the left. The bound is sub-Gaussian, for the codebook clipped at one draw"
        " in a million. The second panel is the population risk before and after, for a weak and for a strong signal."
        " The paper's own parameters are not known to us: draw it with yours."
    ),
    formula=(
        r"\mathrm{gen}(\hat W) \leq 2\, s_{\max} \sqrt{\frac{I(S; \hat W)}{n}} \leq 2\, s_{\max} \sqrt{\frac{R}{n}}, "
        r"\qquad s_{\max} = \sup_{w} L_\mu(w)"
    ),
    derivations=("clipped-sub-gaussian-bound", "blind-channel-risk", "generalization-error-shrinks"),
    parameters={
        **OWN.parameters(),
        "signal_variance_over_v": {signal: STRENGTHS[signal] for signal in SIGNALS},
        "codec": "blind",
        "probability_outside_the_bounds_codebook": 1e-6,
    },
    compute=compute,
    checks=(empirical_risk_rises, error_and_bound_fall, population_risk_falls, population_risk_rises, simulation_agrees),
    draw=draw,
    own_numbers=True,
)
