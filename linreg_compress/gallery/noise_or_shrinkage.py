"""Which part of the Gaussian code lowers the population risk: its noise, or its shrinking."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compression.channel import Channel, Compressed
from linreg_compress.gallery.figure import Figure, Row, agrees, columns, estimate_columns
from linreg_compress.information.rate_distortion import kept_fraction, normalized_distortion, rate_nats_from_bits
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate

SAMPLES, FEATURES = 80, 50
SIGNALS: Mapping[str, tuple[str, float]] = {  # title and signal variance over estimation noise, tau^2 / v
    "oracle": ("no signal\n(codebook at the truth)", 0.0),
    "weak": ("weak signal\n(its variance is v / 4)", 0.25),
    "strong": ("strong signal\n(its variance is 4 v)", 4.0),
}
PARTS = ("noise", "shrinkage", "channel")
CHANGE = "population_risk_change"
_EXACT_BITS = np.linspace(0.0, 4.0, 161)
_SIMULATED_BITS = np.array([0.05, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0])


@dataclass(frozen=True)
class _Part:
    """Keep a fraction of the weights, centred at zero, and add noise: the channel, or one part of it alone."""

    kept: float
    noise_variance: float
    name: str = "part"
    needs_gram: bool = False

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> Compressed:
        """Shrink and add noise; a part alone has no rate."""
        del gram
        noise = np.sqrt(self.noise_variance) * rng.standard_normal(weights.shape)
        return Compressed(self.kept * weights + noise, float("nan"))


def compute(quick: bool, seed: int) -> list[Row]:
    """Return a row for each signal, witness, part and rate."""
    trials = 2_000 if quick else 20_000
    noise_of_a_weight = LinearModel(SAMPLES, FEATURES).weight_variance
    rows: list[Row] = []
    for cell, (signal, (_, ratio)) in enumerate(SIGNALS.items()):
        model = LinearModel(SAMPLES, FEATURES, signal_variance=ratio * noise_of_a_weight)
        for part, changes in _closed_forms(model).items():
            for bits, change in zip(_EXACT_BITS.tolist(), changes.tolist(), strict=True):
                rows.append(_row(signal, "exact", part, bits, 0) | {CHANGE: change})
        chosen = list(product(_SIMULATED_BITS.tolist(), PARTS))
        found = simulate(model, [_channel(model, *point) for point in chosen], trials, seed=seed, cell=cell)
        for (bits, part), risks in zip(chosen, found.compressed, strict=True):
            rows.append(
                _row(signal, "monte_carlo", part, bits, trials) | estimate_columns(CHANGE, risks.population_risk_change)
            )
    return rows


def _row(signal: str, witness: str, part: str, bits: float, trials: int) -> dict[str, float | str]:
    return {"signal": signal, "witness": witness, "part": part, "bits_per_weight": bits, "trials": float(trials)}


def _closed_forms(model: LinearModel) -> dict[str, FloatArray]:
    """Change of the population risk by the channel's noise, by its shrinking and by both: they add up."""
    rates = rate_nats_from_bits(_EXACT_BITS, FEATURES)
    delta, keep = normalized_distortion(rates, FEATURES), kept_fraction(rates, FEATURES)
    v, t2 = model.weight_variance, model.signal_variance
    both = blind_channel_risks(SAMPLES, FEATURES, model.noise_variance, rates, signal_variance=t2)
    return {
        "noise": FEATURES * delta * keep * (t2 + v),
        "shrinkage": FEATURES * delta * (delta * (t2 + v) - 2 * v),
        "channel": both.population_risk_change,
    }


def _channel(model: LinearModel, bits: float, part: str) -> Channel:
    rate = rate_nats_from_bits(bits, FEATURES)
    delta, keep = float(normalized_distortion(rate, FEATURES)), float(kept_fraction(rate, FEATURES))
    noise = delta * keep * (model.signal_variance + model.weight_variance)
    return _Part(1.0 if part == "noise" else keep, 0.0 if part == "shrinkage" else noise)


def _exact(rows: list[Row], signal: str) -> dict[str, Any]:
    """Rates above zero, and the changes by each part there."""
    tables = {part: columns(rows, signal=signal, witness="exact", part=part) for part in PARTS}
    coded = tables["noise"]["bits_per_weight"] > 0
    if not coded.any():
        raise LookupError("no row has a rate above zero")
    found = {part: table[CHANGE][coded] for part, table in tables.items()}
    return found | {"bits": tables["noise"]["bits_per_weight"][coded]}


def noise_raises(rows: list[Row]) -> bool:
    """The noise raises the population risk at every rate."""
    return all(np.all(_exact(rows, signal)["noise"] > 0) for signal in SIGNALS)


def shrinking_lowers(rows: list[Row]) -> bool:
    """Shrinking lowers it exactly where delta (tau^2 + v) < 2 v, so at every rate where tau^2 < v."""
    verdicts = []
    for signal, (_, ratio) in SIGNALS.items():
        exact = _exact(rows, signal)
        should = 4.0 ** -exact["bits"] * (1 + ratio) < 2
        verdicts.append(np.array_equal(exact["shrinkage"] < 0, should) and (ratio > 1 or bool(should.all())))
    return all(verdicts)


def sum_decides(rows: list[Row]) -> bool:
    """Both together lower it at every rate where tau^2 < v and raise it at every rate where tau^2 > v."""
    return all(np.all((_exact(rows, signal)["channel"] < 0) == (ratio < 1)) for signal, (_, ratio) in SIGNALS.items())


def parts_add_up(rows: list[Row]) -> bool:
    """The two changes add up to the change by the code."""
    tables = [_exact(rows, signal) for signal in SIGNALS]
    return all(
        np.allclose(table["noise"] + table["shrinkage"], table["channel"], rtol=1e-9, atol=1e-12) for table in tables
    )


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation from raw data agrees."""
    verdicts = []
    for signal, part in product(SIGNALS, PARTS):
        exact, found = (columns(rows, signal=signal, part=part, witness=which) for which in ("exact", "monte_carlo"))
        verdicts.append(agrees(found, CHANGE, np.interp(found["bits_per_weight"], exact["bits_per_weight"], exact[CHANGE])))
    return all(verdicts)


def draw(rows: list[Row], size: str) -> Any:
    """Draw the figure from its table."""
    from linreg_compress.gallery.style import panels
    from linreg_compress.plotting.noise_or_shrinkage import draw_noise_or_shrinkage

    canvas, axes = panels(size, 1, len(SIGNALS))
    draw_noise_or_shrinkage(
        axes[0],
        [
            {
                "title": title,
                "exact": {part: columns(rows, signal=signal, part=part, witness="exact") for part in PARTS},
                "monte_carlo": {part: columns(rows, signal=signal, part=part, witness="monte_carlo") for part in PARTS},
            }
            for signal, (title, _) in SIGNALS.items()
        ],
    )
    return canvas


NOISE_OR_SHRINKAGE = Figure(
    name="noise-or-shrinkage",
    claim=(
        "The Gaussian code adds noise, which raises the population risk at every rate, and shrinks the weights, the only "
        "part that can lower it; shrinking outweighs the noise at every rate when the signal is weaker than its "
        "estimation noise, and at no rate when it is stronger."
    ),
    reading=(
        "The code of b bits a weight keeps the fraction 1 - delta of each weight and adds noise. Each part is shown "
        "alone, at the strength that it has in the code, and the two changes add up to that of the code (solid red). "
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
        "samples": SAMPLES,
        "features": FEATURES,
        "noise_variance": 1.0,
        "signal_variance_over_v": {signal: ratio for signal, (_, ratio) in SIGNALS.items()},
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
)
