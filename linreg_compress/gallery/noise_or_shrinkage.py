"""Which part of the Gaussian code lowers the population risk: its noise, or its shrinking."""

from itertools import product
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.gallery import meanings
from linreg_compress.gallery.figure import Figure, Row, Table, agrees, columns, estimate_columns
from linreg_compress.gallery.meanings import GREY, HELPS, HELPS_WORDS, HURTS, HURTS_WORDS, REGIME_TITLES, REGIMES, SIMULATED
from linreg_compress.gallery.setting import OWN, Setting
from linreg_compress.gallery.style import is_column, label, note, panels, points

PARTS = ("noise", "shrinkage", "channel")
CHANGE = "population_risk_change"
_EXACT_BITS = np.linspace(0.0, 4.0, 161)
_SIMULATED_BITS = (0.05, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
_LOOKS = {part: meanings.PARTS[name] for part, name in zip(PARTS, ("noise", "shrinking", "whole"), strict=True)}


def compute(quick: bool, seed: int, setting: Setting = OWN) -> list[Row]:
    """Return a row for each signal, witness, part and rate."""
    trials = 2_000 if quick else 5_000
    rows: list[Row] = []
    for cell, (signal, ratio) in enumerate(REGIMES.items()):
        model = setting.model(ratio)
        for part, changes in _closed_forms(model).items():
            for bits, change in zip(_EXACT_BITS.tolist(), changes.tolist(), strict=True):
                rows.append(_row(signal, "exact", part, bits, 0) | {CHANGE: change})
        chosen = list(product(_SIMULATED_BITS, PARTS))
        found = lc.simulate(model, [_channel(model, *point) for point in chosen], trials, seed=seed, cell=cell)
        for (bits, part), risks in zip(chosen, found.compressed, strict=True):
            rows.append(
                _row(signal, "monte_carlo", part, bits, trials) | estimate_columns(CHANGE, risks.population_risk_change)
            )
    return rows


def _row(signal: str, witness: str, part: str, bits: float, trials: int) -> dict[str, float | str]:
    return {"signal": signal, "witness": witness, "part": part, "bits_per_weight": bits, "trials": float(trials)}


def _closed_forms(model: lc.LinearModel) -> dict[str, FloatArray]:
    """Change of the population risk by the channel's noise, by its shrinking and by both: they add up."""
    rates = lc.rate_nats_from_bits(_EXACT_BITS, model.features)
    n, d, s2, t2 = model.samples, model.features, model.noise_variance, model.signal_variance
    return {
        part: lc.compressed_risk.linear_channel_risks(
            n, d, s2, *_kept_and_added(model, rates, part), t2
        ).population_risk_change
        for part in PARTS
    }


def _kept_and_added(model: lc.LinearModel, rates: FloatArray, part: str) -> tuple[FloatArray, FloatArray]:
    """Return what a part of the code keeps of each weight, and the variance of the noise that it adds."""
    d = model.features
    delta, keep = lc.information.normalized_distortion(rates, d), lc.information.kept_fraction(rates, d)
    noise = delta * keep * (model.signal_variance + model.weight_variance)
    return np.ones_like(keep) if part == "noise" else keep, np.zeros_like(noise) if part == "shrinkage" else noise


def _channel(model: lc.LinearModel, bits: float, part: str) -> lc.Channel:
    """Return the code or a part of it alone, centred at zero: a part has no rate."""
    kept, noise = _kept_and_added(model, lc.rate_nats_from_bits(bits, model.features), part)
    return lc.LinearChannel(float(kept), float(noise))


def _tables(rows: list[Row], signal: str, witness: str = "exact") -> dict[str, Table]:
    return {part: columns(rows, signal=signal, part=part, witness=witness) for part in PARTS}


def _coded(rows: list[Row], signal: str) -> dict[str, Any]:
    """Rates above zero, and the changes by each part there."""
    tables = _tables(rows, signal)
    coded = tables["noise"]["bits_per_weight"] > 0
    if not coded.any():
        raise LookupError("no row has a rate above zero")
    found = {part: table[CHANGE][coded] for part, table in tables.items()}
    return found | {"bits": tables["noise"]["bits_per_weight"][coded]}


def noise_raises(rows: list[Row]) -> bool:
    """The noise raises the population risk at every rate."""
    return all(np.all(_coded(rows, signal)["noise"] > 0) for signal in REGIMES)


def shrinking_lowers(rows: list[Row]) -> bool:
    """Shrinking lowers it exactly where delta (tau^2 + v) < 2 v, so at every rate where tau^2 < v."""
    verdicts = []
    for signal, ratio in REGIMES.items():
        exact = _coded(rows, signal)
        should = 4.0 ** -exact["bits"] * (1 + ratio) < 2
        verdicts.append(np.array_equal(exact["shrinkage"] < 0, should) and (ratio > 1 or bool(should.all())))
    return all(verdicts)


def sum_decides(rows: list[Row]) -> bool:
    """Both together lower it at every rate where tau^2 < v and raise it at every rate where tau^2 > v."""
    return all(np.all((_coded(rows, signal)["channel"] < 0) == (ratio < 1)) for signal, ratio in REGIMES.items())


def parts_add_up(rows: list[Row]) -> bool:
    """The two changes add up to the change by the code."""
    tables = [_coded(rows, signal) for signal in REGIMES]
    return all(
        np.allclose(table["noise"] + table["shrinkage"], table["channel"], rtol=1e-9, atol=1e-12) for table in tables
    )


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation from raw data agrees."""
    verdicts = []
    for signal, part in product(REGIMES, PARTS):
        exact, found = (_tables(rows, signal, witness)[part] for witness in ("exact", "monte_carlo"))
        verdicts.append(agrees(found, CHANGE, np.interp(found["bits_per_weight"], exact["bits_per_weight"], exact[CHANGE])))
    return all(verdicts)


def draw(rows: list[Row], size: str, setting: Setting = OWN) -> Any:
    """Draw the changes by the two parts and by the code, a panel for each signal."""
    canvas, axes = panels(size, 1, len(REGIMES))
    for number, (ax, signal) in enumerate(zip(axes[0], REGIMES, strict=True)):
        _draw_panel(ax, _tables(rows, signal), _tables(rows, signal, "monte_carlo"))
        ax.set(title=REGIME_TITLES[signal], xlim=(0, 4), xticks=range(5), xlabel="bits per weight")
        if is_column(ax) or number == 0:
            ax.set_ylabel("change of population risk\n(units of y, squared)")
        ax.set_ylim(*_room(rows, number))
    note(
        canvas,
        f"{setting.text_with_v}; dotted: least squares before compression; markers: {SIMULATED}",
    )
    return canvas


def _draw_panel(ax: Any, exact: dict[str, Table], found: dict[str, Table]) -> None:
    bits, both = exact["channel"]["bits_per_weight"], exact["channel"][CHANGE]
    ax.axhline(0, ls=":", color=GREY, lw=1)
    ax.fill_between(bits, both, 0, where=both < 0, color=HELPS, alpha=0.25, lw=0)
    ax.fill_between(bits, both, 0, where=both > 0, color=HURTS, alpha=0.25, lw=0)
    for part, (color, style, marker) in _LOOKS.items():
        ax.plot(bits, exact[part][CHANGE], ls=style, color=color, label=part)
        points(ax, found[part]["bits_per_weight"], found[part], CHANGE, color, marker)
    _name_curves(ax, bits, {part: table[CHANGE] for part, table in exact.items()})


def _name_curves(ax: Any, bits: FloatArray, changes: dict[str, FloatArray]) -> None:
    def at(part: str, place: float) -> tuple[float, float]:
        return place, float(np.interp(place, bits, changes[part]))

    helps = bool(np.any(changes["channel"] < 0))
    label(ax, "noise", at("noise", 1.25), (0.4, 0.6), _LOOKS["noise"][0])
    label(ax, "shrinking", at("shrinkage", 1.2), (0.4, -0.9), _LOOKS["shrinkage"][0])
    if helps:
        label(ax, "code", at("channel", 0.8), (-0.5, 0.1), _LOOKS["channel"][0], ha="right")
        label(ax, "helps", (0.0, 0.0), (0.4, -0.8), HELPS_WORDS)
    else:
        label(ax, "code", at("channel", 0.3), (0.7, 0.4), _LOOKS["channel"][0])
        label(ax, "hurts at every rate", (4, float(changes["channel"].max())), (0, 0), HURTS_WORDS, ha="right")


def _room(rows: list[Row], number: int) -> tuple[float, float]:
    """Limits of a panel, one scale for the first two; those that other numbers need where the usual ones do not fit."""
    usual = (-1.9, 0.75) if number < 2 else (-1.2, 5.6)
    shown = list(REGIMES)[:2] if number < 2 else list(REGIMES)[2:]
    values = np.concatenate([columns(rows, signal=signal, witness="exact")[CHANGE] for signal in shown])
    low, high = float(values.min()), float(values.max())
    fits = usual[0] <= low and high <= usual[1] and high - low > (usual[1] - usual[0]) / 3
    return usual if fits else (low - 0.15 * (high - low), high + 0.2 * (high - low))


FIGURE = Figure(
    name="noise-or-shrinkage",
    title="Shrinking can help; the added noise never does.",
    alt=(
        "Change of the error on new data against bits per weight, by shrinking alone, by noise alone and by both, "
        "for no, a weak and a strong signal."
    ),
    claim=(
        "The Gaussian code adds noise, which raises the population risk at every rate, and shrinks the weights, the only "
        "part that can lower it; shrinking outweighs the noise at every rate when the signal is weaker than its "
        "estimation noise, and at no rate when it is stronger."
    ),
    reading=(
        "The code of b bits a weight keeps the fraction 1 - delta of each weight and adds noise. Each part is shown "
        "alone, at the strength that it has in the code, and the two changes add up to that of the code (solid, orange). "
        "Below the dotted line of least squares the population risk is lower, and where the code is there, shaded, "
        "compression helps. Neither part is a code by itself: shrunken weights without noise cannot be sent at a finite "
        "rate."
    ),
    formula=(
        r"\delta\, d \left(\tau^2 - v\right) = \underbrace{\delta (1-\delta)\, d \left(\tau^2 + v\right)}_{\text{noise}} + "
        r"\underbrace{\delta\, d \left(\delta (\tau^2 + v) - 2 v\right)}_{\text{shrinking}}, \qquad \delta = 4^{-b}"
    ),
    derivations=("noise-alone-never-helps", "blind-channel-risk", "gaussian-test-channel"),
    parameters={
        **OWN.parameters(),
        "signal_variance_over_v": dict(REGIMES),
        "codec": "blind",
    },
    compute=compute,
    checks=(
        noise_raises,
        shrinking_lowers,
        sum_decides,
        parts_add_up,
        simulation_agrees,
    ),
    draw=draw,
    own_numbers=True,
)
