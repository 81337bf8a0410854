"""Design-aware compression of designs with a wide spectrum: which directions are dropped, and the best rate."""

from collections.abc import Mapping
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.gallery import meanings
from linreg_compress.gallery.figure import Figure, Row, Table, columns, estimate_columns, standard_error
from linreg_compress.gallery.meanings import GREY, HELPS, HELPS_WORDS, HURTS, HURTS_WORDS, SIMULATED, STRENGTHS
from linreg_compress.gallery.models import aware_code, stream
from linreg_compress.gallery.setting import OWN, Setting
from linreg_compress.gallery.style import label, note, panels, points
from linreg_compress.least_squares.spectrum import average_over_spectra

NAMES: Mapping[str, str] = {"weak": "v / 2", "equal": "v", "strong": "2 v"}
SIGNALS: Mapping[str, float] = {signal: STRENGTHS[name] for signal, name in NAMES.items()}
SHOWN = "equal"  # whose directions are shown
RISK = "population_risk"
_BITS = np.concatenate([np.arange(25) / 25, np.arange(10, 41) / 10])
_LIMIT_BITS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
_SIMULATED_BITS = (0.12, 0.4, 1.0, 2.0)  # of _BITS
_LN2 = float(np.log(2.0))
_ROUNDING = 1e-14
_LOOKS = {signal: meanings.SIGNALS[name] for signal, name in NAMES.items()}


def compute(quick: bool, seed: int, setting: Setting = OWN) -> list[Row]:
    """Return the risks by signal, witness and rate, their yardsticks, and the directions of one design."""
    rows: list[Row] = []
    n, d = setting.samples, setting.features
    for cell, signal in enumerate(SIGNALS):
        model = setting.model(SIGNALS[signal])
        rows += _averages(signal, model, 512 if quick else 4096, np.random.default_rng([seed, cell]))
        energy = d * model.signal_variance
        for bits in _LIMIT_BITS:
            risks = lc.compressed_risk.water_filled_risks_limit(d / n, model.noise_variance, energy, bits * _LN2)
            rows.append(_row("risk", signal, "limit") | {"bits_per_weight": bits, RISK: float(risks.population_risk)})
        ridge = model.noise_variance + lc.least_squares.ridge_excess_risk_limit(d / n, model.noise_variance, energy)
        rows.append(_row("ridge", signal, "limit") | {RISK: ridge})
        for bits in _BITS.tolist():
            floor = lc.bounds.minimum_excess_risk_bound(
                n, d, model.noise_variance, model.signal_variance, bits_per_weight=bits
            ).value
            rows.append(_row("floor", signal, "any learner") | {"bits_per_weight": bits, RISK: floor})
        bits = best_bits(signal, setting)
        if np.isfinite(bits):
            risks = lc.compressed_risk.water_filled_risks_limit(d / n, model.noise_variance, energy, bits * _LN2)
            rows.append(_row("best", signal, "limit") | {"bits_per_weight": bits, RISK: float(risks.population_risk)})
        trials = 300 if quick else 2_000
        channels = [aware_code(model, bits) for bits in _SIMULATED_BITS]
        found = lc.simulate(model, channels, trials, seed=seed, cell=cell)
        for bits, after in zip(_SIMULATED_BITS, found.compressed, strict=True):
            row = _row("risk", signal, "monte_carlo", trials) | {"bits_per_weight": bits}
            rows.append(row | estimate_columns(RISK, after.population_risk))
    return rows + _directions(setting, seed)


def _row(panel: str, signal: str, witness: str, trials: int = 0) -> dict[str, float | str]:
    return {"panel": panel, "signal": signal, "witness": witness, "trials": float(trials)}


def _averages(signal: str, model: lc.LinearModel, spectra: int, rng: np.random.Generator) -> list[Row]:
    """Risks at each rate and of the best ridge, averaged over random designs."""
    n, d, s2, t2 = model.samples, model.features, model.noise_variance, model.signal_variance

    def of_spectra(g: FloatArray) -> FloatArray:
        every = np.broadcast_to(_BITS, (len(g), _BITS.size))
        coded = lc.compressed_risk.water_filled_risks(g[:, None, :], n, s2, t2, bits_per_weight=every).population_risk
        return np.column_stack([coded, s2 + lc.least_squares.ridge_excess_risk(g, s2, t2)])

    means, errors = average_over_spectra(of_spectra, n, d, spectra=spectra, rng=rng)
    errors = np.maximum(errors, _ROUNDING * means)  # at rate zero the control variates leave no error at all
    estimates = [lc.Estimate(mean, error, spectra) for mean, error in zip(means.tolist(), errors.tolist(), strict=True)]
    base = {"least_squares_population_risk": float(lc.expected_risks(model).population_risk)}
    rows: list[Row] = [
        _row("risk", signal, "average", spectra) | {"bits_per_weight": bits} | estimate_columns(RISK, estimate) | base
        for bits, estimate in zip(_BITS.tolist(), estimates[:-1], strict=True)
    ]
    return [*rows, _row("ridge", signal, "average", spectra) | estimate_columns(RISK, estimates[-1]) | base]


def _source(signal: str, setting: Setting) -> tuple[lc.MarchenkoPastur, float]:
    """Limit law of an eigenvalue s of ``G / n``, and rho: the variance of a direction is ``rho s + sigma^2``."""
    model = setting.model(SIGNALS[signal])
    return lc.MarchenkoPastur(model.features / model.samples), model.signal_variance * model.samples / model.noise_variance


def _bits_that_drop(signal: str, eigenvalue: float, setting: Setting) -> float:
    """Limit of the rate at which directions below `eigenvalue` are dropped and those above are coded."""
    law, rho = _source(signal, setting)
    s, weights = law.nodes([eigenvalue])
    spent = np.maximum(np.log((rho * s + 1) / (rho * eigenvalue + 1)), 0.0)
    return float(weights @ spent) / (2 * _LN2)


def best_bits(signal: str, setting: Setting = OWN) -> float:
    """Limit of the best rate in bits a weight, inf where every rate hurts: the risk's slope in the water level is zero."""
    from scipy.optimize import brentq

    law, rho = _source(signal, setting)
    low, high = law.support

    def slope(eigenvalue: float) -> float:
        s, weights = law.nodes([eigenvalue])
        return float((weights * (s > eigenvalue)) @ ((rho * s - 1) / (s * (rho * s + 1))))

    if slope(low) >= 0:
        return float("inf")
    least = brentq(slope, low, min(high * (1 - 1e-9), 1 / rho), xtol=1e-15, rtol=1e-14)
    return _bits_that_drop(signal, least, setting)


def _directions(setting: Setting, seed: int) -> list[Row]:
    """Rate at which each direction of one random design starts to be coded, and the limit of that."""
    model = setting.model(SIGNALS[SHOWN])
    n, d = model.samples, model.features
    g = lc.least_squares.draw_spectra(n, d, 1, rng=stream(seed, len(SIGNALS)))[0]
    logs = np.log(model.signal_variance * g + model.noise_variance)
    wakes = np.maximum(logs - logs[:, None], 0.0).sum(axis=1) / (2 * d * _LN2)
    rows = [_direction("one design", bits, value / n, setting) for bits, value in zip(wakes, g, strict=True)]
    low, high = _source(SHOWN, setting)[0].support
    limits = np.geomspace(low, high * (1 - 1e-12), 81)
    return rows + [_direction("limit", _bits_that_drop(SHOWN, value, setting), value, setting) for value in limits.tolist()]


def _direction(witness: str, bits: float, eigenvalue: float, setting: Setting) -> Row:
    """One direction: it gains from being dropped where its signal is weaker than its noise."""
    gains = _source(SHOWN, setting)[1] * eigenvalue < 1
    place = {"bits_per_weight": float(bits), "eigenvalue_over_samples": float(eigenvalue)}
    return _row("direction", SHOWN, witness) | place | {"gains_from_dropping": "yes" if gains else "no"}


def _risks(rows: list[Row], signal: str, witness: str = "average") -> Table:
    return columns(rows, panel="risk", signal=signal, witness=witness)


def _ridge(rows: list[Row], signal: str, witness: str = "average") -> Table:
    return columns(rows, panel="ridge", signal=signal, witness=witness)


def _drops(rows: list[Row], witness: str) -> Table:
    return columns(rows, panel="direction", witness=witness)


def weak_directions_go_first(rows: list[Row]) -> bool:
    """Directions are dropped from the weakest on, those that gain before those that lose."""
    verdicts = []
    for witness in ("one design", "limit"):
        table = _drops(rows, witness)
        order = np.argsort(table["eigenvalue_over_samples"])
        bits, gains = table["bits_per_weight"][order], table["gains_from_dropping"][order] == "yes"
        both = gains.any() and not gains.all()
        verdicts.append(bool(np.all(np.diff(bits) < 0) and both and bits[gains].min() > bits[~gains].max()))
    return all(verdicts)


def best_rate_is_interior(rows: list[Row]) -> bool:
    """Where tau^2 <= v the population risk is least at a rate of its own, below least squares."""
    verdicts = []
    for signal, ratio in SIGNALS.items():
        if ratio > 1:
            continue
        table = _risks(rows, signal)
        risk, bits = table[RISK], table["bits_per_weight"]
        place = int(np.argmin(risk))
        signs = np.repeat([-1, 1], [place, len(risk) - 1 - place])
        verdicts.append(0 < place < len(risk) - 1 and np.array_equal(np.sign(np.diff(risk)), signs))
        others = min(table[f"{RISK}_low"][0], table["least_squares_population_risk"][0])
        verdicts.append(bool(table[f"{RISK}_high"][place] < others))
        best = columns(rows, panel="best", signal=signal)["bits_per_weight"][0]
        verdicts.append(bool(bits[place - 1] <= best <= bits[place + 1]))
    return all(verdicts)


def strong_signal_is_hurt(rows: list[Row]) -> bool:
    """Where tau^2 = 2 v the population risk is above least squares at every rate, and falls with every bit."""
    tables = [_risks(rows, signal) for signal, ratio in SIGNALS.items() if ratio > 1]
    return all(
        np.all(table[f"{RISK}_low"] > table["least_squares_population_risk"]) and np.all(np.diff(table[RISK]) < 0)
        for table in tables
    )


def ridge_is_below(rows: list[Row]) -> bool:
    """The best ridge is below least squares, and below the code at every rate."""
    verdicts = []
    for signal in SIGNALS:
        ridge, table = _ridge(rows, signal), _risks(rows, signal)
        least = min(table[f"{RISK}_low"].min(), table["least_squares_population_risk"][0])
        verdicts.append(bool(ridge[f"{RISK}_high"][0] < least))
    return all(verdicts)


def nothing_is_below_the_floor(rows: list[Row]) -> bool:
    """Below the minimum excess risk at its rate is no code, and no ridge: there no learner with any code can go.

    At rate zero the code is on it.
    """
    verdicts = []
    for signal in SIGNALS:
        table, floor = _risks(rows, signal), columns(rows, panel="floor", signal=signal)
        verdicts += [np.array_equal(table["bits_per_weight"], floor["bits_per_weight"])]
        verdicts.append(bool(np.all(table[f"{RISK}_low"] >= floor[RISK] * (1 - 1e-9))))
        verdicts.append(bool(np.all(np.diff(floor[RISK]) <= 0)))
        verdicts += [_ridge(rows, signal)[f"{RISK}_low"][0] >= floor[RISK][-1]]
        verdicts += [abs(floor[RISK][0] / table[RISK][0] - 1) < 1e-9]
    return bool(np.all(verdicts))


def limit_is_near(rows: list[Row]) -> bool:
    """The limit is within 3 % of the averages over finite designs."""
    verdicts = []
    for signal in SIGNALS:
        table, limit = _risks(rows, signal), _risks(rows, signal, "limit")
        here = np.interp(limit["bits_per_weight"], table["bits_per_weight"], table[RISK])
        ratios = np.append(limit[RISK] / here, _ridge(rows, signal, "limit")[RISK] / _ridge(rows, signal)[RISK])
        verdicts.append(bool(np.all(np.abs(ratios - 1) <= 0.03)))
    return all(verdicts)


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation from raw data agrees."""
    verdicts = []
    for signal in SIGNALS:
        table, found = _risks(rows, signal), _risks(rows, signal, "monte_carlo")
        place = np.searchsorted(table["bits_per_weight"], found["bits_per_weight"] - 1e-9)
        verdicts.append(np.allclose(table["bits_per_weight"][place], found["bits_per_weight"]))
        error = np.hypot(standard_error(table, RISK)[place], standard_error(found, RISK))
        verdicts.append(bool(np.all(np.abs(table[RISK][place] - found[RISK]) <= 5 * error)))
    return all(verdicts)


def draw(rows: list[Row], size: str, setting: Setting = OWN) -> Any:
    """Draw the risks against the rate, and the rates at which directions are dropped."""
    canvas, axes = panels(size, 1, 2, heights=(3.75, 5.4))
    _draw_risks(axes[0, 0], rows, setting)
    _draw_directions(axes[0, 1], _drops(rows, "one design"), _drops(rows, "limit"), setting)
    note(
        canvas,
        f"{setting.text_with_v}; lines: averages over random designs; dots: their limit for large n and d, which is not "
        f"reached here; circles: {SIMULATED}; dotted: least squares, and in colour the floors; directions: of one design",
    )
    return canvas


def _draw_risks(ax: Any, rows: list[Row], setting: Setting) -> None:
    equal = _risks(rows, "equal")
    base = float(equal["least_squares_population_risk"][0])
    ax.axhline(base, ls=":", color=GREY, lw=1)
    ax.fill_between(equal["bits_per_weight"], equal[RISK], base, color=HELPS, alpha=0.25, lw=0)
    for signal, (color, style) in _LOOKS.items():
        average, limit, found = (_risks(rows, signal, witness) for witness in ("average", "limit", "monte_carlo"))
        ax.plot(average["bits_per_weight"], average[RISK], ls=style, color=color, label=f"τ² = {NAMES[signal]}")
        ax.plot(limit["bits_per_weight"], limit[RISK], ".", color=color, ms=3)
        points(ax, found["bits_per_weight"], found, RISK, color)
        floor = columns(rows, panel="floor", signal=signal)
        ax.plot(floor["bits_per_weight"], floor[RISK], ls=(0, (1, 1.5)), color=color, lw=1)
        if SIGNALS[signal] <= 1:
            best = columns(rows, panel="best", signal=signal)
            ax.plot(best["bits_per_weight"], best[RISK], "*", color=color, ms=8, mec="white", zorder=4)
        ridge = float(_ridge(rows, signal)[RISK][0])
        ax.plot([4.25], [ridge], "D", color=color, ms=4)
    label(ax, "best ridge", (4.42, float(_ridge(rows, "strong")[RISK][0])), (0, 1), GREY, ha="right")
    low, high = (1.3, 4.5) if setting == OWN else _room(rows)
    unit = (high - low) / (4.5 - 1.3)  # the places were found for the gallery's numbers
    label(ax, "floors", (1.35, low + 0.15 * unit), (0, 0), GREY, ha="center")
    label(ax, "τ² = 2 v", (0.4, _height(rows, "strong", 0.4)), (1, 0.3), _LOOKS["strong"][0])
    label(ax, "τ² = v", (0.68, base), (0, -0.9), _LOOKS["equal"][0], ha="center")
    label(ax, "τ² = v / 2", (0.75, _height(rows, "weak", 0.75)), (0.6, -0.7), _LOOKS["weak"][0])
    label(ax, "hurts", (4.42, base), (0, 1.2), HURTS_WORDS, ha="right")
    label(ax, "helps", (4.42, base), (0, -1.7), HELPS_WORDS, ha="right")
    ax.set(xlim=(0, 4.5), xticks=range(5), ylim=(low, high), xlabel="bits per weight", title="risk of the code")
    ax.set_ylabel("population risk\n(units of y, squared)")


def _height(rows: list[Row], signal: str, bits: float) -> float:
    table = _risks(rows, signal)
    return float(np.interp(bits, table["bits_per_weight"], table[RISK]))


def _room(rows: list[Row]) -> tuple[float, float]:
    low = float(columns(rows, panel="floor", signal="weak")[RISK].min())
    high = float(_risks(rows, "strong")[RISK].max())
    return low - 0.04 * (high - low), high + 0.02 * (high - low)


def _draw_directions(ax: Any, one: Table, limit: Table, setting: Setting) -> None:
    x, y = limit["bits_per_weight"], limit["eigenvalue_over_samples"]
    boundary, best = 1 / _source(SHOWN, setting)[1], best_bits(SHOWN, setting)
    ax.fill_betweenx(y, 0, x, where=y <= boundary, color=HELPS, alpha=0.25, lw=0)
    ax.fill_betweenx(y, 0, x, where=y >= boundary, color=HURTS, alpha=0.25, lw=0)
    color, style = _LOOKS[SHOWN]
    ax.plot(x, y, ls=style, color=color, label="limit")
    ax.axhline(boundary, ls="--", color=GREY, lw=1)
    ax.axvline(best, ls=":", color=GREY, lw=1)
    gains = one["gains_from_dropping"] == "yes"
    for which, marker in ((gains, "o"), (~gains, "D")):
        at = one["bits_per_weight"][which], one["eigenvalue_over_samples"][which]
        ax.plot(*at, marker, color=color, mfc="white", lw=0)
    wide, foot, top = (1.0, 0.03, 4.0) if setting == OWN else (1.2 * float(x.max()), float(y[0]) / 1.5, float(y[-1]) * 1.5)
    left, right, weak = 0.03 * wide, 0.98 * wide, 0.1 if setting == OWN else float(np.sqrt(y[0] * boundary))
    label(ax, "dropped:\nhelps", (left, weak), (0, 0), HELPS_WORDS)
    label(ax, "dropped:\nhurts", (left, boundary), (0, 1.4), HURTS_WORDS)
    label(ax, "coded", (right, weak), (0, 0), GREY, ha="right")
    label(ax, "coded", (right, 1), (0, 0), GREY, ha="right")
    label(ax, "signal equals noise", (right, boundary), (0, 0.8), GREY, ha="right")
    label(ax, "best rate", (best, 3.3 / 4 * top), (0.4, 0), GREY)
    ax.set(yscale="log", xlim=(0, wide), ylim=(foot, top), xlabel="bits per weight")
    ticks = [tick for tick in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0) if foot <= tick <= top]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_title(f"what it drops, τ² = {NAMES[SHOWN]}")
    ax.set_ylabel("strength of the direction\n(eigenvalue of $X^T X / n$)")


FIGURE = Figure(
    name="water-filling",
    title="A code that knows the data drops weak directions first.",
    alt=(
        "Error on new data against the rate for three strengths of the signal, with a least value at a rate of "
        "its own for the weaker two; and the share of the rate that each direction of the data is given."
    ),
    claim=(
        "A code that knows the design drops its weak directions first, where least squares is mostly noise; so its "
        "population risk is least at a rate of its own when the signal is as large as its estimation noise, or half as "
        "large, while it is above least squares at every rate when the signal is twice that noise, and it is never "
        "below the best ridge, nor below the minimum excess risk, the floor of every learner with any code."
    ),
    reading=(
        "The first panel shows the population risk against the rate for three strengths of the signal; the star is "
        "the best rate, the diamonds at the right are the best ridge regression, and at τ² = v a code that "
        "does not know the design would stay on the dotted line. In the second panel each mark is one direction of a "
        "design, at the rate where it starts to be coded. Left of the curve it is dropped, which helps below the "
        "dashed line and hurts above it. Thin lines of dots are the floors: below them no learner can go, whatever it"
        " makes of the data and however it codes it."
    ),
    formula=(
        r"\mathbb{E}\left[L_\mu(\hat W) - L_\mu(W)\right] = \sum_j \delta_j \left(\tau^2 - \frac{\sigma^2}{g_j}\right), "
        r"\qquad \delta_j = \min\!\left(1, \frac{\theta}{\tau^2 g_j + \sigma^2}\right), "
        r"\quad R = \sum_j \tfrac12 \ln \frac1{\delta_j}"
    ),
    derivations=(
        "water-filled-risk",
        "reverse-water-filling",
        "water-filled-limit",
        "ridge-risk",
        "minimum-excess-risk",
        "marchenko-pastur-limits",
    ),
    parameters={
        **OWN.parameters(),
        "signal_variance_over_v": dict(SIGNALS),
        "codec": "aware",
        "directions_of": SHOWN,
    },
    compute=compute,
    checks=(
        weak_directions_go_first,
        best_rate_is_interior,
        strong_signal_is_hurt,
        ridge_is_below,
        nothing_is_below_the_floor,
        limit_is_near,
        simulation_agrees,
    ),
    draw=draw,
    own_numbers=True,
)
