"""Beyond the mean: the law of the population risk before and after compression, and how often a given fit gains."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.gallery import meanings
from linreg_compress.gallery.figure import Figure, Row, Table, agrees, columns
from linreg_compress.gallery.meanings import BLACK, GREY, POPULATION, SIMULATED, STRENGTHS
from linreg_compress.gallery.models import blind_code
from linreg_compress.gallery.setting import OWN, Setting
from linreg_compress.gallery.style import is_column, label, note, panels, points
from linreg_compress.quadratic_laws import Law

BITS = 1.0  # of the laws
SIGNALS = ("v / 4", "v", "4 v")
SHOWN = {"v / 4": (1.4, 5.0), "4 v": (1.4, 7.4)}  # population risks of the two laws, at the gallery's numbers
RATES = {  # bits per weight of the last panel; tau^2 / v of their names, and how far these are from their curves
    0.5: (0.3, (0.2, 0.7)),
    1.0: (0.135, (0, -1.25)),
    2.0: (2.3, (0.3, 0.3)),
    4.0: (1.9, (0, 1.5)),
}
_BINS = 18
_CURVE = 7 * _BINS + 1  # every edge of a bin is a point of the curve
_EXACT_BITS = np.concatenate([np.arange(1, 10) / 40, np.arange(2, 33) / 8])
_SIMULATED_BITS = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0)
_RATIOS = 2.0 ** np.linspace(-3.0, 3.0, 49)  # tau^2 / v of the last panel
_LOOKS = {"before": (BLACK, "--"), "after": POPULATION}
_OTHER = {"before": "after", "after": "before"}
_SIGNAL_PLACES = {"v / 4": (1.1, 0.9), "v": (0.3, 0.36), "4 v": (2.4, 0.07)}  # where the curves are named


def _laws(setting: Setting, signal: str) -> dict[str, Law]:
    model = setting.model(STRENGTHS[signal])
    return {
        "before": lc.least_squares.population_risk_law(model),
        "after": lc.compressed_risk.compressed_population_risk_law(model, blind_code(model, BITS)),
    }


def _ends(setting: Setting, signal: str) -> tuple[float, float]:
    """Least and largest population risk of the pictures of two laws."""
    if setting == OWN:
        return SHOWN[signal]
    laws = _laws(setting, signal).values()
    return min(float(law.ppf(1e-5)) for law in laws), max(float(law.ppf(0.995)) for law in laws)


def compute(quick: bool, seed: int, setting: Setting = OWN) -> list[Row]:
    """Return the exact laws, the histograms, and the probabilities of a gain with their simulated shares."""
    trials = 2_000 if quick else 10_000
    rows: list[Row] = []
    for signal in SHOWN:
        x = np.linspace(*_ends(setting, signal), _CURVE)
        for when, law in _laws(setting, signal).items():
            key: dict[str, float | str] = {"panel": "law", "signal_variance": signal, "when": when}
            curve = zip(x, law.pdf(x), law.cdf(x), strict=True)
            rows += [key | {"risk": float(r), "density": float(f), "cdf": float(c)} for r, f, c in curve]
    for signal in SIGNALS:
        rows += [_share(setting, "probability", signal, bits, STRENGTHS[signal]) for bits in _EXACT_BITS.tolist()]
    for bits in RATES:
        rows += [_share(setting, "boundary", ratio, bits, ratio) for ratio in _RATIOS.tolist()]
    for cell, signal in enumerate(SIGNALS):
        rows += _simulated(setting, signal, trials, seed, cell)
    return rows


def _share(setting: Setting, panel: str, signal: float | str, bits: float, ratio: float) -> Row:
    where: dict[str, float | str] = {"panel": panel, "signal_variance": signal, "bits_per_weight": bits}
    model = setting.model(ratio)
    return where | {"improved": lc.improvement_probability(model, blind_code(model, bits))}


def _simulated(setting: Setting, signal: str, trials: int, seed: int, cell: int) -> list[Row]:
    model = setting.model(STRENGTHS[signal])
    channels = [blind_code(model, bits) for bits in _SIMULATED_BITS]
    edges = np.linspace(*_ends(setting, signal), _BINS + 1) if signal in SHOWN else np.empty(0)
    statistics: dict[str, Callable[[lc.monte_carlo.Trials], FloatArray]] = {
        f"improved {k}": _improved(k) for k in range(len(channels))
    }
    for when, channel in (("before", None), ("after", _SIMULATED_BITS.index(BITS))):
        statistics |= {f"{when} {k}": _below(channel, float(edge)) for k, edge in enumerate(edges)}
    found = lc.simulate(model, channels, trials, seed=seed, cell=cell, statistics=statistics)
    counts = {name: round(estimate.mean * trials) for name, estimate in found.statistics.items()}
    rows: list[Row] = []
    for k, bits in enumerate(_SIMULATED_BITS):
        share = _proportion("improved", counts[f"improved {k}"], trials)
        row: dict[str, float | str] = {"panel": "simulated probability", "signal_variance": signal}
        rows.append(row | {"bits_per_weight": bits, "trials": trials} | share)
    for when in ("before", "after"):
        for k in range(1, len(edges)):
            inside = counts[f"{when} {k}"] - counts[f"{when} {k - 1}"]
            row = {"panel": "histogram", "signal_variance": signal, "when": when, "trials": trials}
            row |= {"left": float(edges[k - 1]), "right": float(edges[k])}
            row |= _proportion("density", inside, trials, float(edges[k] - edges[k - 1]))
            rows.append(row | _proportion("cdf", counts[f"{when} {k}"], trials))
    return rows


def _improved(channel: int) -> Callable[[lc.monte_carlo.Trials], FloatArray]:
    def improved(trials: lc.monte_carlo.Trials) -> FloatArray:
        return (trials.compressed_population_risk[channel] < trials.population_risk).astype(np.float64)

    return improved


def _below(channel: int | None, edge: float) -> Callable[[lc.monte_carlo.Trials], FloatArray]:
    def below(trials: lc.monte_carlo.Trials) -> FloatArray:
        risk = trials.population_risk if channel is None else trials.compressed_population_risk[channel]
        return (risk <= edge).astype(np.float64)

    return below


def _proportion(name: str, count: int, trials: int, width: float = 1.0) -> dict[str, float]:
    """Share of trials, per width, with its exact 95 % interval (Clopper and Pearson 1934): not empty at a count of 0."""
    low = float(special.betaincinv(count, trials - count + 1, 0.025)) if count > 0 else 0.0
    high = float(special.betaincinv(count + 1, trials - count, 0.975)) if count < trials else 1.0
    return {name: count / trials / width, f"{name}_low": low / width, f"{name}_high": high / width}


def _law(rows: list[Row], signal: str, when: str) -> Table:
    return columns(rows, panel="law", signal_variance=signal, when=when)


def _histogram(rows: list[Row], signal: str, when: str) -> Table:
    return columns(rows, panel="histogram", signal_variance=signal, when=when)


def _shares(rows: list[Row], signal: str) -> Table:
    return columns(rows, panel="probability", signal_variance=signal)


def _simulated_shares(rows: list[Row], signal: str) -> Table:
    return columns(rows, panel="simulated probability", signal_variance=signal)


def _cdfs(rows: list[Row], signal: str) -> tuple[FloatArray, FloatArray]:
    return _law(rows, signal, "before")["cdf"], _law(rows, signal, "after")["cdf"]


def whole_law_falls(rows: list[Row]) -> bool:
    """At v / 4 one bit lowers every quantile of the risk from the lowest thousandth on.

    Below it the laws cross.
    """
    before, after = _cdfs(rows, "v / 4")
    above = (np.maximum(before, after) >= 1e-3) & (np.minimum(before, after) < 1 - 1e-9)
    return bool(np.sum(above) > 100 and np.all(after[above] > before[above]))


def whole_law_rises(rows: list[Row]) -> bool:
    """At 4 v it raises every quantile."""
    before, after = _cdfs(rows, "4 v")
    return bool(np.all(after < before))


def most_fits_gain_below_and_lose_above(rows: list[Row]) -> bool:
    """At one bit 85 % of all fits gain at v / 4, and 2 % at 4 v."""

    def at_one_bit(signal: str) -> float:
        return float(columns(rows, panel="probability", signal_variance=signal, bits_per_weight=BITS)["improved"][0])

    return bool(0.85 <= at_one_bit("v / 4") < 0.86 and 0.015 < at_one_bit("4 v") < 0.025)


def nearly_a_coin_at_the_boundary(rows: list[Row]) -> bool:
    """At tau^2 = v between 45 and 50 % of them gain, at every rate."""
    share = _shares(rows, "v")["improved"]
    return bool(np.all((share > 0.45) & (share < 0.5)))


def a_coin_at_high_rates(rows: list[Row]) -> bool:
    """With every bit every chance comes nearer to one half, from its own side."""
    verdicts = []
    for signal, side in (("v / 4", 1), ("v", -1), ("4 v", -1)):
        away = side * (_shares(rows, signal)["improved"] - 0.5)
        verdicts += [np.all(away > 0), np.all(np.diff(away) < 0)]
    return bool(np.all(verdicts))


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation from raw data agrees with the exact laws.

    That is histograms, distribution functions, and shares of fits that gain.
    """
    verdicts = []
    for signal in SIGNALS:
        exact, found = _shares(rows, signal), _simulated_shares(rows, signal)
        verdicts.append(agrees(found, "improved", exact["improved"][np.isin(exact["bits_per_weight"], _SIMULATED_BITS)]))
    for signal in SHOWN:
        for when in ("before", "after"):
            curve, found = _law(rows, signal, when), _histogram(rows, signal, when)
            inside = np.diff(np.interp([*found["left"], found["right"][-1]], curve["risk"], curve["cdf"]))
            verdicts.append(agrees(found, "density", inside / (found["right"] - found["left"])))
            verdicts.append(agrees(found, "cdf", np.interp(found["right"], curve["risk"], curve["cdf"])))
    return all(verdicts)


def draw(rows: list[Row], size: str, setting: Setting = OWN) -> Any:
    """Draw two laws, density above and distribution function below, and the probabilities of a gain."""
    canvas, axes = panels(size, 2, 3, heights=(4.6, 6.6))
    for column, signal in enumerate(SHOWN):
        laws = {when: _law(rows, signal, when) for when in _LOOKS}
        found = {when: _histogram(rows, signal, when) for when in _LOOKS}
        axes[0, column].set_title(f"{'weak' if STRENGTHS[signal] < 1 else 'strong'} signal, τ² = {signal}")
        _draw_density(axes[0, column], laws, found)
        _draw_cdf(axes[1, column], laws, found)
    _draw_shares(axes[0, 2], rows)
    _draw_boundary(axes[1, 2], rows)
    for ax in axes[:, :2].ravel():
        ax.set_xlabel("population risk\n(units of y, squared)")
    if not is_column(axes[0, 0]):
        for ax in axes[:, 1]:
            ax.set_ylabel("")
        for ax in axes[0, :2]:
            ax.set_xlabel("")
    note(
        canvas,
        f"{setting.text_with_v}; laws before and after 1 bit per weight; steps and circles: {SIMULATED}",
    )
    return canvas


def _draw_density(ax: Any, laws: dict[str, Table], simulated: dict[str, Table]) -> None:
    ax.set(ylabel="density\n(per unit of risk)")
    peaks = {when: int(np.argmax(law["density"])) for when, law in laws.items()}
    for when, (color, style) in _LOOKS.items():
        curve, found = laws[when], simulated[when]
        ax.stairs(found["density"], [*found["left"], found["right"][-1]], fill=True, color=color, alpha=0.2, lw=0)
        points(ax, (found["left"] + found["right"]) / 2, found, "density", color, marker="", capsize=0)
        ax.plot(curve["risk"], curve["density"], ls=style, color=color, label=when)
        if peaks[when] < peaks[_OTHER[when]]:
            at, side = peaks[when], {"ha": "center"}
        else:
            at, side = int(np.searchsorted(curve["cdf"], 0.8)), {"ha": "left"}
        label(ax, when, (float(curve["risk"][at]), float(curve["density"][at])), (0.4, 0.7), color, **side)
    ax.set_xlim(float(curve["risk"][0]), float(curve["risk"][-1]))
    ax.set_ylim(0, 1.2 * max(float(np.max(each["density"])) for each in laws.values()))


def _draw_cdf(ax: Any, laws: dict[str, Table], simulated: dict[str, Table]) -> None:
    ax.set(ylabel="probability of\na smaller risk", ylim=(0, 1.05))
    for when, (color, style) in _LOOKS.items():
        curve, found = laws[when], simulated[when]
        points(ax, found["right"][::2], {name: values[::2] for name, values in found.items()}, "cdf", color)
        ax.plot(curve["risk"], curve["cdf"], ls=style, color=color, label=when)
    ax.set_xlim(float(curve["risk"][0]), float(curve["risk"][-1]))


def _draw_shares(ax: Any, rows: list[Row]) -> None:
    ax.set(title="by rate, at three τ²", xlabel="bits per weight", ylabel="probability\nthat a fit gains")
    ax.set(xlim=(0, 4.1), ylim=(0, 1.05), xticks=range(5))
    ax.axhline(0.5, color=GREY, lw=0.8)
    for signal in SIGNALS:
        color, style = meanings.SIGNALS[signal]
        exact, found = _shares(rows, signal), _simulated_shares(rows, signal)
        ax.plot(exact["bits_per_weight"], exact["improved"], ls=style, color=color, label=f"τ² = {signal}")
        points(ax, found["bits_per_weight"], found, "improved", color)
        label(ax, signal, _SIGNAL_PLACES[signal], (0, 0), color)


def _draw_boundary(ax: Any, rows: list[Row]) -> None:
    ax.set(xscale="log", xlim=(1 / 8, 8), ylim=(0, 1.05), xlabel="signal, τ² / v")
    ax.set(
        title="by τ², at four rates",
        ylabel="probability\nthat a fit gains",
        xticks=[0.125, 1, 8],
        xticklabels=["1/8", "1", "8"],
    )
    ax.minorticks_off()
    ax.axhline(0.5, color=GREY, lw=0.8)
    ax.axvline(1, color=GREY, lw=0.8)
    for bits, (place, offset) in RATES.items():
        color, style, _ = meanings.RATES[bits]
        curve = columns(rows, panel="boundary", bits_per_weight=bits)
        ax.plot(curve["signal_variance"], curve["improved"], ls=style, color=color, label=f"{bits:g} bit")
        end = (place, float(np.interp(place, curve["signal_variance"], curve["improved"])))
        label(ax, f"{bits:g} bit" + "s" * (bits > 1), end, offset, color)


FIGURE = Figure(
    name="law",
    title="Compression moves the whole law of the risk, not its mean alone.",
    alt=(
        "Distribution of the error on new data before and after one bit per weight, for a weak and a strong signal, "
        "and the share of fits that gain, against the rate and against the signal."
    ),
    claim=(
        "Compression moves the whole law of the population risk and not its mean alone: one bit a weight of the Gaussian "
        "code lowers every quantile from the lowest thousandth on where tau^2 = v / 4, and 85 % of all fits gain, and it "
        "raises every quantile where tau^2 = 4 v, and 2 % gain; at tau^2 = v between 45 and 50 % of them gain, and "
        "the higher the rate, the nearer is every chance to that of a coin."
    ),
    reading=(
        "The first two columns show the population risk over data sets, before compression (black, dashed) and after one "
        "bit a weight (orange): its density above, its distribution function below; bars and circles are simulations. On "
        "the right is the probability that the risk of a given fit falls when its own weights are compressed, along the "
        "rate for three signals, and along the signal for four rates."
    ),
    formula=(
        r"\Pr\left(L_\mu(\hat W) < L_\mu(W)\right) = \mathbb{E}_q \Pr\left(F_{d,d} < r_q\right), \qquad \ln r_q = -2\, "
        r"\mathrm{arsinh} \frac{k - (1 - (1 - \delta)^2)\, \sigma^2 / q}{2 \sqrt{k \sigma^2 / q}}, \qquad q \sim "
        r"\chi^2_{n-d+1}"
    ),
    derivations=("improvement-probability", "excess-risk-f-law", "weight-t-law", "blind-channel-risk"),
    parameters={
        **OWN.parameters(),
        "codec": "blind",
        "signal_variance_over_v": {signal: STRENGTHS[signal] for signal in SIGNALS},
        "bits_per_weight_of_the_laws": BITS,
    },
    compute=compute,
    checks=(
        whole_law_falls,
        whole_law_rises,
        most_fits_gain_below_and_lose_above,
        nearly_a_coin_at_the_boundary,
        a_coin_at_high_rates,
        simulation_agrees,
    ),
    draw=draw,
    own_numbers=True,
)
