"""The central trade-off: compression raises the empirical risk and lowers the generalization error, one by more."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.record import VALUES
from linreg_compress.gallery import meanings
from linreg_compress.gallery.figure import Figure, Row, Table, agrees, columns, estimate_columns
from linreg_compress.gallery.meanings import BLACK, GREY, HELPS, HELPS_WORDS, HURTS, HURTS_WORDS, SIMULATED, STRENGTHS
from linreg_compress.gallery.models import aware_code, blind_code
from linreg_compress.gallery.setting import OWN, Setting
from linreg_compress.gallery.style import label, note, panels
from linreg_compress.least_squares.spectrum import average_over_spectra

SIGNALS = ("v / 4", "v", "3 v / 2", "3 v")
CODES: Mapping[str, Callable[[lc.LinearModel, float], lc.Channel]] = {"blind": blind_code, "aware": aware_code}
TITLES = {"blind": "a blind code\n(it sees the weights alone)", "aware": "an aware code\n(both ends know the inputs)"}
SPECTRA = 1024
_EXACT_BITS = np.concatenate([np.arange(20) / 20, 1 + np.arange(21) / 4])
_SIMULATED_BITS = (0.25, 0.5, 1.0, 2.0)
_SURE = 5.0  # standard errors of an average over spectra
_WIDE, _HIGH = 6.0, 2.8  # of a panel, in units of y squared


def compute(quick: bool, seed: int, setting: Setting = OWN) -> list[Row]:
    """Return a row for each code, signal, rate and witness."""
    trials = 400 if quick else 2_500
    rows: list[Row] = []
    for cell, signal in enumerate(SIGNALS):
        model = setting.model(STRENGTHS[signal])
        base = float(lc.expected_risks(model).generalization_error)
        for code, (risks, errors) in {"blind": _blind(model), "aware": _aware(model)}.items():
            rows += [
                {
                    "code": code,
                    "signal_variance": signal,
                    "witness": "exact",
                    "bits_per_weight": float(bits),
                    "rise": float(risks.distortion[k]),
                    "fall": base - float(risks.generalization_error[k]),
                    "population_risk_change": float(risks.population_risk_change[k]),
                    "population_risk_change_se": float(errors[k]),
                }
                for k, bits in enumerate(_EXACT_BITS)
            ]
        rows += _simulated(model, signal, trials, seed, cell)
    return rows


def _blind(model: lc.LinearModel) -> tuple[lc.CompressedRisks, FloatArray]:
    n, d, s2 = model.samples, model.features, model.noise_variance
    risks = lc.compressed_risk.blind_channel_risks(
        n, d, s2, bits_per_weight=_EXACT_BITS, signal_variance=model.signal_variance
    )
    return risks, np.zeros_like(_EXACT_BITS)


def _aware(model: lc.LinearModel) -> tuple[lc.CompressedRisks, FloatArray]:
    """Average over spectra of X^T X, all rates at once; standard errors of the change."""
    n, d, s2 = model.samples, model.features, model.noise_variance
    names = list(VALUES)

    def of_spectra(g: FloatArray) -> FloatArray:
        every = np.broadcast_to(g[:, None, :], (len(g), len(_EXACT_BITS), d))
        bits = np.broadcast_to(_EXACT_BITS, every.shape[:2])
        risks = lc.compressed_risk.water_filled_risks(every, n, s2, model.signal_variance, bits_per_weight=bits)
        return np.concatenate([getattr(risks, name) for name in names], axis=1)

    means, errors = average_over_spectra(of_spectra, n, d, spectra=SPECTRA)
    values: dict[str, Any] = dict(zip(names, means.reshape(len(names), -1), strict=True))
    return lc.CompressedRisks(**values), errors.reshape(len(names), -1)[names.index("population_risk_change")]


def _simulated(model: lc.LinearModel, signal: str, trials: int, seed: int, cell: int) -> list[Row]:
    keys = [(code, bits) for code in CODES for bits in _SIMULATED_BITS]
    channels = [CODES[code](model, bits) for code, bits in keys]
    statistics = {f"fall {number}": _fall(number) for number in range(len(keys))}
    found = lc.simulate(model, channels, trials, seed=seed, cell=cell, statistics=statistics)
    rows: list[Row] = []
    for number, ((code, bits), risks) in enumerate(zip(keys, found.compressed, strict=True)):
        row: dict[str, float | str] = {"code": code, "signal_variance": signal, "witness": "monte_carlo"}
        row |= {"bits_per_weight": bits, "trials": trials} | estimate_columns("rise", risks.distortion)
        rows.append(row | estimate_columns("fall", found.statistics[f"fall {number}"]))
    return rows


def _fall(number: int) -> Callable[[lc.monte_carlo.Trials], FloatArray]:
    """Generalization error before less after a channel, on the same data."""

    def fall(trials: lc.monte_carlo.Trials) -> FloatArray:
        after = trials.compressed_population_risk[number] - trials.compressed_empirical_risk[number]
        return trials.population_risk - trials.empirical_risk - after

    return fall


def _curve(rows: list[Row], code: str, signal: str) -> Table:
    return columns(rows, code=code, signal_variance=signal, witness="exact")


def _simulated_points(rows: list[Row], code: str, signal: str) -> Table:
    return columns(rows, code=code, signal_variance=signal, witness="monte_carlo")


def _gain(rows: list[Row], code: str, signal: str) -> Any:
    """Fall less rise and twice its margin of error, at positive finite rates in their order."""
    table = _curve(rows, code, signal)
    # at rate 0 nothing is sent, whatever the code knows: blind and aware are then the same point
    sent = table["bits_per_weight"] > 0
    if not sent.any():
        raise LookupError("no positive rate")
    return (table["fall"] - table["rise"])[sent], _SURE * table["population_risk_change_se"][sent]


def blind_all_or_none(rows: list[Row]) -> bool:
    """A blind code gains at every rate where tau^2 < v and at none where tau^2 > v."""
    weak, strong = _gain(rows, "blind", "v / 4")[0], [_gain(rows, "blind", name)[0] for name in ("3 v / 2", "3 v")]
    return bool(np.all(weak > 0) and np.all(np.array(strong) < 0))


def blind_on_the_line(rows: list[Row]) -> bool:
    """At tau^2 = v a blind code gains nothing and loses nothing."""
    table = _curve(rows, "blind", "v")
    return bool(np.all(np.abs(table["fall"] - table["rise"]) <= 1e-9 * np.max(table["rise"])))


def aware_at_the_boundary(rows: list[Row]) -> bool:
    """At tau^2 = v a code that knows the inputs gains at every rate above 0."""
    gain, margin = _gain(rows, "aware", "v")
    return bool(np.all(gain > margin))


def aware_above_a_rate(rows: list[Row]) -> bool:
    """At 3 v / 2 it loses up to some rate and gains beyond."""
    gain, margin = _gain(rows, "aware", "3 v / 2")
    sure = np.sign(gain) * (np.abs(gain) > margin)
    return bool(sure[0] < 0 and sure[-1] > 0 and np.all(np.diff(np.sign(gain)) >= 0))


def aware_loses_on_strong_signals(rows: list[Row]) -> bool:
    """At 3 v it loses at every rate."""
    gain, margin = _gain(rows, "aware", "3 v")
    return bool(np.all(gain < -margin))


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation from raw data agrees with the closed forms."""
    verdicts = []
    for code in CODES:
        for signal in SIGNALS:
            exact, found = _curve(rows, code, signal), _simulated_points(rows, code, signal)
            at = np.isin(exact["bits_per_weight"], found["bits_per_weight"])
            verdicts += [agrees(found, name, exact[name][at]) for name in ("rise", "fall")]
    return all(verdicts)


def draw(rows: list[Row], size: str, setting: Setting = OWN) -> Any:
    """Draw the fall against the rise, a panel for each code."""
    canvas, axes = panels(size, 1, len(CODES), heights=(3.75, 5.2))
    wide, high = _room(rows)
    for ax, code in zip(axes[0], CODES, strict=True):
        ax.set(title=TITLES[code], xlim=(0, wide), ylim=(0, high))
        ax.fill_between([0, high], [0, high], high, color=HELPS, alpha=0.15, lw=0)
        ax.fill_between([0, high, wide], [0, high, high], 0, color=HURTS, alpha=0.1, lw=0)
        ax.plot([0, high], [0, high], color=BLACK, lw=0.8)
        label(ax, "helps", (1.45 / _HIGH * high, 0.94 * high), (0, 0), HELPS_WORDS)
        label(ax, "hurts", (0.97 * wide, 0.08 / _HIGH * high), (0, 0.6), HURTS_WORDS, ha="right")
        for signal in SIGNALS:
            color, style = meanings.SIGNALS[signal]
            curve = _curve(rows, code, signal)
            ax.plot(curve["rise"], curve["fall"], ls=style, color=color, label=f"τ² = {signal}")
            _crosses(ax, _simulated_points(rows, code, signal), color)
            end = float(curve["rise"][0]), float(curve["fall"][0])
            label(ax, signal, end, (0, 0.8), color, ha="center")
        ax.set_xlabel("rise of the empirical risk\n(units of y, squared)")
        _rates(ax, _simulated_points(rows, code, SIGNALS[-1]))
        if ax.get_subplotspec().colspan.start == 0:
            ax.set_ylabel("fall of the generalization error\n(units of y, squared)")
    note(
        canvas,
        f"{setting.text_with_v}; at the end of a curve: its signal τ²; circles at 1/4, 1/2, 1 and 2 bits "
        f"per weight: {SIMULATED}; on the black line rise and fall are equal",
    )
    return canvas


def _crosses(ax: Any, found: Table, color: str) -> None:
    """Draw simulated points with an interval in both directions."""
    x, y = found["rise"], found["fall"]
    ax.errorbar(
        x,
        y,
        xerr=[x - found["rise_low"], found["rise_high"] - x],
        yerr=[y - found["fall_low"], found["fall_high"] - y],
        fmt="o",
        ls="none",
        color=color,
        mfc="white",
        lw=0.8,
        zorder=3,
    )


def _rates(ax: Any, found: Table) -> None:
    """Write the rates beside the points of the lowest curve."""
    for bits, x, y in zip(found["bits_per_weight"], found["rise"], found["fall"], strict=True):
        label(ax, f"{bits:g} bit" + ("s" if bits > 1 else ""), (float(x), float(y)), (0.7, -0.4 if bits < 2 else 0), GREY)


def _room(rows: list[Row]) -> tuple[float, float]:
    """Largest rise and fall of a panel: the usual ones, or those that other numbers need."""
    exact = columns(rows, witness="exact")
    wide, high = 1.1 * float(exact["rise"].max()), 1.2 * float(exact["fall"].max())
    return (_WIDE, _HIGH) if 0.6 * _WIDE < wide < 1.1 * _WIDE and 0.6 * _HIGH < high < 1.15 * _HIGH else (wide, high)


FIGURE = Figure(
    name="tradeoff",
    title="The training error rises, the generalization error falls: the larger decides.",
    alt=(
        "Rise of the training error against fall of the generalization error, a curve for each strength of the "
        "signal, around the diagonal where both are equal."
    ),
    claim=(
        "Compression raises the empirical risk and lowers the generalization error, and helps on new data exactly where "
        "the fall is larger than the rise: for the blind Gaussian code at every rate if tau^2 < v and at none if tau^2 > "
        "v, for a code that knows the inputs also at tau^2 = v, at 3 v / 2 from some rate on, and at 3 v at no rate."
    ),
    reading=(
        "A curve is one strength of the signal, written at the curve; along it the rate falls from very high at the "
        "lower left corner, where nothing changes, to zero at the upper end. Above the black line the generalization "
        "error falls by more than the empirical risk rises, so the population risk falls. A blind code at tau^2 = v "
        "moves along the line itself: that is the boundary. A code that knows the inputs spends its bits on the "
        "directions that the data determine well, so its curves lie further up."
    ),
    formula=(
        r"\mathbb{E}\left[L_\mu(\hat W) - L_\mu(W)\right] = "
        r"\underbrace{\mathbb{E}\left[L_S(\hat W) - L_S(W)\right]}_{\text{rise}} - "
        r"\underbrace{\left(\mathrm{gen}(W) - \mathrm{gen}(\hat W)\right)}_{\text{fall}}"
    ),
    derivations=("generalization-error-shrinks", "blind-channel-risk", "water-filled-risk", "compression-criterion"),
    parameters={
        **OWN.parameters(),
        "signal_variance_over_v": {signal: STRENGTHS[signal] for signal in SIGNALS},
        "codecs": list(CODES),
        "spectra_averaged_for_the_aware_code": SPECTRA,
    },
    compute=compute,
    checks=(
        blind_all_or_none,
        blind_on_the_line,
        aware_at_the_boundary,
        aware_above_a_rate,
        aware_loses_on_strong_signals,
        simulation_agrees,
    ),
    draw=draw,
    own_numbers=True,
)
