"""The headline figure: compressing least-squares weights can lower the population risk, and when."""

from itertools import product
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.gallery.figure import Figure, Row, Table, agrees, columns, estimate_columns
from linreg_compress.gallery.meanings import (
    BOUND,
    EMPIRICAL,
    GENERALIZATION,
    HELPS,
    HELPS_WORDS,
    HURTS,
    HURTS_WORDS,
    POPULATION,
    REGIME_TITLES,
    REGIMES,
    SIMULATED,
)
from linreg_compress.gallery.models import OUTSIDE, blind_code
from linreg_compress.gallery.setting import OWN, Setting
from linreg_compress.gallery.style import is_column, label, note, panels, points

QUANTITIES = ("empirical_risk", "population_risk", "generalization_error")
_ROOM = (0.02, 400.0)
_EXACT_BITS = np.linspace(0.0, 4.0, 161)
_SIMULATED_BITS = (0.05, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)


def simple_bound(model: lc.LinearModel, channel: lc.BlindGaussianChannel) -> float:
    """Sub-Gaussian bound for the Gaussian code clipped to a ball around its centre that it leaves once in a million.

    The ball of radius r gives ``s(w) <= sigma^2 + (r + |w* - c|)^2``, averaged over the prior of w* by Jensen.
    """
    radius = float(lc.compressed_risk.codebook_radius_law(model, channel).ppf(1 - OUTSIDE))
    signal = model.features * model.signal_variance
    scale = model.noise_variance + (np.sqrt(radius) + np.sqrt(signal)) ** 2
    return lc.bounds.sub_gaussian_bound(model.samples, channel.rate_nats, float(scale)).value


def compute(quick: bool, seed: int, setting: Setting = OWN) -> list[Row]:
    """Return a row for each panel, rate and witness."""
    trials = 2_000 if quick else 5_000
    rows: list[Row] = []
    for cell, (panel, ratio) in enumerate(REGIMES.items()):
        model = setting.model(ratio)
        base = lc.expected_risks(model)
        for bits in _EXACT_BITS.tolist():
            channel = blind_code(model, bits)
            exact = lc.risks(model, channel)
            row: dict[str, float | str] = {"panel": panel, "witness": "exact", "bits_per_weight": bits}
            row |= {name: float(getattr(exact, name)) for name in QUANTITIES}
            row |= {f"least_squares_{name}": float(getattr(base, name)) for name in QUANTITIES}
            rows.append(row | {"sub_gaussian_bound": simple_bound(model, channel), "trials": 0})
        channels = [blind_code(model, bits) for bits in _SIMULATED_BITS]
        found = lc.simulate(model, channels, trials, seed=seed, cell=cell)
        for bits, risks in zip(_SIMULATED_BITS, found.compressed, strict=True):
            row = {"panel": panel, "witness": "monte_carlo", "bits_per_weight": bits, "trials": trials}
            for name in QUANTITIES:
                row |= estimate_columns(name, getattr(risks, name))
            rows.append(row)
    return rows


def _exact(rows: list[Row], panel: str) -> Table:
    return columns(rows, panel=panel, witness="exact")


def _simulated(rows: list[Row], panel: str) -> Table:
    return columns(rows, panel=panel, witness="monte_carlo")


def helps_below(rows: list[Row]) -> bool:
    """Compression lowers the population risk at every rate where tau^2 < v."""
    return all(np.all(_change(rows, panel) < 0) for panel, ratio in REGIMES.items() if ratio < 1)


def hurts_above(rows: list[Row]) -> bool:
    """It raises the population risk at every rate where tau^2 > v."""
    return all(np.all(_change(rows, panel) > 0) for panel, ratio in REGIMES.items() if ratio > 1)


def error_and_bound_fall(rows: list[Row]) -> bool:
    """The generalization error and its mutual-information bound fall as the rate falls, and the bound holds."""
    verdicts = []
    for panel in REGIMES:
        table = _exact(rows, panel)
        error, bound = table["generalization_error"], table["sub_gaussian_bound"]
        verdicts += [np.all(np.diff(error) > 0), np.all(np.diff(bound) > 0), np.all(bound >= error)]
    return bool(np.all(verdicts))


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation from raw data agrees with the closed forms."""
    verdicts = []
    for panel, name in product(REGIMES, QUANTITIES):
        exact, found = _exact(rows, panel), _simulated(rows, panel)
        curve = np.interp(found["bits_per_weight"], exact["bits_per_weight"], exact[name])
        verdicts.append(agrees(found, name, curve))
    return all(verdicts)


def _change(rows: list[Row], panel: str) -> Any:
    exact = _exact(rows, panel)
    return exact["population_risk"] - exact["least_squares_population_risk"]


def draw(rows: list[Row], size: str, setting: Setting = OWN) -> Any:
    """Draw a column a panel: risks above, generalization error and bound below."""
    canvas, axes = panels(size, 2, len(REGIMES), heights=(4.4, 6.0))
    narrow = is_column(axes[0, 0])
    heights = [float(np.max(_exact(rows, panel)["population_risk"])) for panel in REGIMES]
    for column, panel in enumerate(REGIMES):
        upper, lower = axes[:, column]
        exact, found = _exact(rows, panel), _simulated(rows, panel)
        top = max(*heights[:2], heights[column])  # one scale where it can be
        upper.set(title=REGIME_TITLES[panel], xlim=(0, 4), ylim=(0, 1.25 * top), xticks=range(5))
        lower.set(yscale="log", xlim=(0, 4), xticks=range(5), ylim=_room(rows))
        if lower.get_ylim() == _ROOM:
            lower.set_yticks([0.1, 1, 10, 100])
        lower.minorticks_off()
        _draw_risks(upper, exact, found, top)
        _draw_errors(lower, exact, found)
        lower.set_xlabel("bits per weight")
        if narrow or column == 0:
            upper.set_ylabel("risk\n(units of y, squared)")
            lower.set_ylabel("generalization error\n(units of y, squared)")
        if narrow:
            upper.set_xlabel("bits per weight")
    note(
        canvas,
        f"{setting.text_with_v}; dotted: least squares before compression; circles: {SIMULATED}",
    )
    return canvas


def _room(rows: list[Row]) -> tuple[float, float]:
    """Limits of the errors' axes: the usual ones, or those that other numbers need."""
    exact = columns(rows, witness="exact")
    low = float(exact["generalization_error"][exact["generalization_error"] > 0].min()) / 1.5
    high = float(exact["sub_gaussian_bound"].max()) * 3
    return _ROOM if low >= _ROOM[0] / 1.5 and high <= 2 * _ROOM[1] and high > _ROOM[1] / 10 else (low, high)


def _draw_risks(ax: Any, exact: Table, found: Table, top: float) -> None:
    bits = exact["bits_per_weight"]
    level = exact["least_squares_population_risk"]
    for gains, color in ((exact["population_risk"] < level, HELPS), (exact["population_risk"] > level, HURTS)):
        ax.fill_between(bits, exact["population_risk"], level, where=gains, color=color, alpha=0.2, lw=0)
    for name, color, style in (("population_risk", *POPULATION), ("empirical_risk", *EMPIRICAL)):
        ax.plot(bits, exact[name], ls=style, color=color, label=name)
        ax.plot(bits, exact[f"least_squares_{name}"], ":", color=color, lw=1)
        points(ax, found["bits_per_weight"], found, name, color)
    after = float(exact["population_risk"][-1])
    if np.any(exact["population_risk"] < level):
        label(ax, "compression helps", (0.1, float(level[0])), (0, 0.9), HELPS_WORDS)
        label(ax, "population risk", (4, after), (0, -1.9 if is_column(ax) else -1.2), POPULATION[0], ha="right")
    else:
        label(ax, "compression hurts", (4, 1.15 * top), (0, 0), HURTS_WORDS, ha="right")
        label(ax, "population risk", (4, after), (0, 2.2 if is_column(ax) else 1.1), POPULATION[0], ha="right")
    label(
        ax,
        "empirical risk",
        (4, float(exact["empirical_risk"][-1])),
        (0, 1.5 if is_column(ax) else 1.0),
        EMPIRICAL[0],
        ha="right",
    )


def _draw_errors(ax: Any, exact: Table, found: Table) -> None:
    bits = exact["bits_per_weight"]
    positive = exact["generalization_error"] > 0
    ax.plot(bits[positive], exact["sub_gaussian_bound"][positive], ls=BOUND[1], color=BOUND[0], label="bound")
    color, style = GENERALIZATION
    ax.plot(bits[positive], exact["generalization_error"][positive], ls=style, color=color, label="exact")
    ax.plot(bits, exact["least_squares_generalization_error"], ":", color=color, lw=1)
    points(ax, found["bits_per_weight"], found, "generalization_error", color)
    label(ax, "information bound", (4, exact["sub_gaussian_bound"][-1]), (0, 0.9), BOUND[0], ha="right")
    label(ax, "its exact value", (4, exact["generalization_error"][-1]), (0, -1.2), color, ha="right")


FIGURE = Figure(
    name="headline",
    title="Weak signals: compression helps at every rate. Strong ones: it hurts.",
    alt=(
        "Six panels in two rows, for no, a weak and a strong signal, against bits per weight. Above, the training "
        "error falls to that of least squares; the error on new data rises to its own in the first two columns "
        "and falls to it in the third. Below, the generalization error and its bound grow with the bits in all "
        "three."
    ),
    claim=(
        "Compressing least-squares weights by the Gaussian code lowers the population risk at every rate when the signal "
        "in a weight is smaller than its estimation noise v = sigma^2 / (n - d - 1), and raises it at every rate when "
        "the signal is larger, while the generalization error and the bound that mutual information sets on it fall in "
        "both cases."
    ),
    reading=(
        "Each column is one strength of the signal; the rate grows to the right. Above, the orange line is the "
        "error on new data and the blue dashed one the error on the training data; dotted lines are the fit "
        "before compression, and the green gap is what compression saves, the amber one what it costs. Below is "
        "the difference of the two errors, which falls as the rate falls, and the paper's bound on it. Lines are "
        "closed forms, circles are simulations from raw data."
    ),
    formula=(
        r"\mathbb{E}\, L_\mu(\hat W) - \mathbb{E}\, L_\mu(W) = \delta\, d \left(\tau^2 - v\right), \qquad "
        r"\delta = e^{-2R/d}, \quad v = \frac{\sigma^2}{n - d - 1}"
    ),
    derivations=("compression-criterion", "blind-channel-risk", "linear-channel-risk"),
    parameters={
        **OWN.parameters(),
        "signal_variance_over_v": dict(REGIMES),
        "codec": "blind",
        "probability_outside_the_bounds_codebook": OUTSIDE,
    },
    compute=compute,
    checks=(
        helps_below,
        hurts_above,
        error_and_bound_fall,
        simulation_agrees,
    ),
    draw=draw,
    own_numbers=True,
)
