"""Design-aware compression of designs with a wide spectrum: which directions are dropped, and the best rate."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import optimize

from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.water_filling import water_filled_risks, water_filled_risks_limit
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel
from linreg_compress.gallery.figure import Figure, Row, columns, estimate_columns, standard_error
from linreg_compress.information.rate_distortion import rate_nats_from_bits
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Estimate
from linreg_compress.monte_carlo.simulate import simulate
from linreg_compress.ridge import ridge_excess_risk, ridge_excess_risk_limit
from linreg_compress.risk import expected_risks
from linreg_compress.spectrum import MarchenkoPastur, average_over_spectra, draw_spectra

SAMPLES, FEATURES = 80, 50
SIGNALS: Mapping[str, float] = {"weak": 0.5, "equal": 1.0, "strong": 2.0}  # signal variance over estimation noise
SHOWN = "equal"  # whose directions are shown
RISK = "population_risk"
_BITS = np.concatenate([np.arange(25) / 25, np.arange(10, 41) / 10])
_LIMIT_BITS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
_SIMULATED_BITS = (0.12, 0.4, 1.0, 2.0)  # of _BITS
_LN2 = float(np.log(2.0))
_ROUNDING = 1e-14


def compute(quick: bool, seed: int) -> list[Row]:
    """Return the risks by signal, witness and rate, their yardsticks, and the directions of one design."""
    rows: list[Row] = []
    for cell, signal in enumerate(SIGNALS):
        model = _model(signal)
        rows += _averages(signal, model, 512 if quick else 8192, np.random.default_rng([seed, cell]))
        energy = FEATURES * model.signal_variance
        for bits in _LIMIT_BITS:
            risks = water_filled_risks_limit(FEATURES / SAMPLES, model.noise_variance, energy, bits * _LN2)
            rows.append(_row("risk", signal, "limit") | {"bits_per_weight": bits, RISK: float(risks.population_risk)})
        ridge = model.noise_variance + ridge_excess_risk_limit(FEATURES / SAMPLES, model.noise_variance, energy)
        rows.append(_row("ridge", signal, "limit") | {RISK: ridge})
        bits = best_bits(signal)
        if np.isfinite(bits):
            risks = water_filled_risks_limit(FEATURES / SAMPLES, model.noise_variance, energy, bits * _LN2)
            rows.append(_row("best", signal, "limit") | {"bits_per_weight": bits, RISK: float(risks.population_risk)})
        trials = 300 if quick else 3_000
        rates = rate_nats_from_bits(_SIMULATED_BITS, FEATURES)
        channels = [AwareGaussianChannel.for_model(model, float(rate)) for rate in rates]
        found = simulate(model, channels, trials, seed=seed, cell=cell)
        for bits, after in zip(_SIMULATED_BITS, found.compressed, strict=True):
            row = _row("risk", signal, "monte_carlo", trials) | {"bits_per_weight": bits}
            rows.append(row | estimate_columns(RISK, after.population_risk))
    return rows + _directions(seed)


def _model(signal: str) -> LinearModel:
    noise_of_a_weight = LinearModel(SAMPLES, FEATURES).weight_variance
    return LinearModel(SAMPLES, FEATURES, signal_variance=SIGNALS[signal] * noise_of_a_weight)


def _row(panel: str, signal: str, witness: str, trials: int = 0) -> dict[str, float | str]:
    return {"panel": panel, "signal": signal, "witness": witness, "trials": float(trials)}


def _averages(signal: str, model: LinearModel, spectra: int, rng: np.random.Generator) -> list[Row]:
    """Risks at each rate and of the best ridge, averaged over random designs."""
    s2, t2 = model.noise_variance, model.signal_variance
    rates = rate_nats_from_bits(_BITS, FEATURES)

    def of_spectra(g: FloatArray) -> FloatArray:
        every = np.broadcast_to(rates, (len(g), rates.size))
        coded = water_filled_risks(g[:, None, :], SAMPLES, s2, t2, every).population_risk
        return np.column_stack([coded, s2 + ridge_excess_risk(g, s2, t2)])

    means, errors = average_over_spectra(of_spectra, SAMPLES, FEATURES, spectra=spectra, rng=rng)
    errors = np.maximum(errors, _ROUNDING * means)  # at rate zero the control variates leave no error at all
    estimates = [Estimate(mean, error, spectra) for mean, error in zip(means.tolist(), errors.tolist(), strict=True)]
    base = {"least_squares_population_risk": float(expected_risks(model).population_risk)}
    rows: list[Row] = [
        _row("risk", signal, "average", spectra) | {"bits_per_weight": bits} | estimate_columns(RISK, estimate) | base
        for bits, estimate in zip(_BITS.tolist(), estimates[:-1], strict=True)
    ]
    return [*rows, _row("ridge", signal, "average", spectra) | estimate_columns(RISK, estimates[-1]) | base]


def _source(signal: str) -> tuple[MarchenkoPastur, float]:
    """Limit law of an eigenvalue s of ``G / n``, and rho: the variance of a direction is ``rho s + sigma^2``."""
    model = _model(signal)
    return MarchenkoPastur(FEATURES / SAMPLES), model.signal_variance * SAMPLES / model.noise_variance


def _bits_that_drop(signal: str, eigenvalue: float) -> float:
    """Limit of the rate at which directions below `eigenvalue` are dropped and those above are coded."""
    law, rho = _source(signal)
    s, weights = law.nodes([eigenvalue])
    spent = np.maximum(np.log((rho * s + 1) / (rho * eigenvalue + 1)), 0.0)
    return float(weights @ spent) / (2 * _LN2)


def best_bits(signal: str) -> float:
    """Limit of the best rate in bits a weight, inf where every rate hurts: the risk's slope in the water level is zero."""
    law, rho = _source(signal)
    low, high = law.support

    def slope(eigenvalue: float) -> float:
        s, weights = law.nodes([eigenvalue])
        return float((weights * (s > eigenvalue)) @ ((rho * s - 1) / (s * (rho * s + 1))))

    if slope(low) >= 0:
        return float("inf")
    return _bits_that_drop(signal, optimize.brentq(slope, low, min(high * (1 - 1e-9), 1 / rho), xtol=1e-15, rtol=1e-14))


def _directions(seed: int) -> list[Row]:
    """Rate at which each direction of one random design starts to be coded, and the limit of that."""
    model = _model(SHOWN)
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(len(SIGNALS),))))
    g = draw_spectra(SAMPLES, FEATURES, 1, rng=rng)[0]
    logs = np.log(model.signal_variance * g + model.noise_variance)
    wakes = np.maximum(logs - logs[:, None], 0.0).sum(axis=1) / (2 * FEATURES * _LN2)
    rows = [_direction("one design", bits, value / SAMPLES) for bits, value in zip(wakes, g, strict=True)]
    low, high = _source(SHOWN)[0].support
    limits = np.geomspace(low, high * (1 - 1e-12), 81)
    return rows + [_direction("limit", _bits_that_drop(SHOWN, value), value) for value in limits.tolist()]


def _direction(witness: str, bits: float, eigenvalue: float) -> Row:
    """One direction: it gains from being dropped where its signal is weaker than its noise."""
    gains = _source(SHOWN)[1] * eigenvalue < 1
    place = {"bits_per_weight": float(bits), "eigenvalue_over_samples": float(eigenvalue)}
    return _row("direction", SHOWN, witness) | place | {"gains_from_dropping": "yes" if gains else "no"}


def _averaged(rows: list[Row], signal: str) -> dict[str, Any]:
    return columns(rows, panel="risk", signal=signal, witness="average")


def weak_directions_go_first(rows: list[Row]) -> bool:
    """Directions are dropped from the weakest on, those that gain before those that lose."""
    verdicts = []
    for witness in ("one design", "limit"):
        table = columns(rows, panel="direction", witness=witness)
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
        table = _averaged(rows, signal)
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
    tables = [_averaged(rows, signal) for signal, ratio in SIGNALS.items() if ratio > 1]
    return all(
        np.all(table[f"{RISK}_low"] > table["least_squares_population_risk"]) and np.all(np.diff(table[RISK]) < 0)
        for table in tables
    )


def ridge_is_below(rows: list[Row]) -> bool:
    """The best ridge is below least squares, and below the code at every rate."""
    verdicts = []
    for signal in SIGNALS:
        ridge, table = columns(rows, panel="ridge", signal=signal, witness="average"), _averaged(rows, signal)
        least = min(table[f"{RISK}_low"].min(), table["least_squares_population_risk"][0])
        verdicts.append(bool(ridge[f"{RISK}_high"][0] < least))
    return all(verdicts)


def limit_is_near(rows: list[Row]) -> bool:
    """The limit is within 3 % of the averages over finite designs."""
    verdicts = []
    for signal in SIGNALS:
        table = _averaged(rows, signal)
        limit = columns(rows, panel="risk", signal=signal, witness="limit")
        here = np.interp(limit["bits_per_weight"], table["bits_per_weight"], table[RISK])
        ridges = [columns(rows, panel="ridge", signal=signal, witness=witness)[RISK] for witness in ("limit", "average")]
        ratios = np.append(limit[RISK] / here, ridges[0] / ridges[1])
        verdicts.append(bool(np.all(np.abs(ratios - 1) <= 0.03)))
    return all(verdicts)


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation from raw data agrees."""
    verdicts = []
    for signal in SIGNALS:
        table, found = _averaged(rows, signal), columns(rows, panel="risk", signal=signal, witness="monte_carlo")
        place = np.searchsorted(table["bits_per_weight"], found["bits_per_weight"] - 1e-9)
        verdicts.append(np.allclose(table["bits_per_weight"][place], found["bits_per_weight"]))
        error = np.hypot(standard_error(table, RISK)[place], standard_error(found, RISK))
        verdicts.append(bool(np.all(np.abs(table[RISK][place] - found[RISK]) <= 5 * error)))
    return all(verdicts)


def draw(rows: list[Row], size: str) -> Any:
    """Draw the figure from its table."""
    from linreg_compress.gallery.style import panels
    from linreg_compress.plotting.water_filling import draw_water_filling

    canvas, axes = panels(size, 1, 2, heights=(3.75, 5.4))
    signals = {
        signal: {
            "average": _averaged(rows, signal),
            "limit": columns(rows, panel="risk", signal=signal, witness="limit"),
            "monte_carlo": columns(rows, panel="risk", signal=signal, witness="monte_carlo"),
            "ridge": columns(rows, panel="ridge", signal=signal, witness="average"),
            "best": columns(rows, panel="best", signal=signal) if ratio <= 1 else None,
            "ratio": ratio,
        }
        for signal, ratio in SIGNALS.items()
    }
    directions = {witness: columns(rows, panel="direction", witness=witness) for witness in ("one design", "limit")}
    draw_water_filling(
        axes[0], {"signals": signals, "directions": directions, "boundary": 1 / _source(SHOWN)[1], "best": best_bits(SHOWN)}
    )
    return canvas


WATER_FILLING = Figure(
    name="water-filling",
    claim=(
        "A code that knows the design drops its weak directions first, where least squares is mostly noise; so its "
        "population risk is least at a rate of its own when the signal is as large as its estimation noise, or half as "
        "large, while it is above least squares at every rate when the signal is twice that noise, and it is never "
        "below the best ridge."
    ),
    reading=(
        "The first panel shows the population risk against the rate for three strengths of the signal; the star is the "
        "best rate, the short lines at the right are the best ridge regression, and with signal v a code that does not "
        "know the design would stay on the dotted line. In the second panel each mark is one direction of a design, at "
        "the rate where it starts to be coded. Left of the curve it is dropped, which helps below the dashed line and "
        "hurts above it."
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
        "marchenko-pastur-limits",
    ),
    parameters={
        "samples": SAMPLES,
        "features": FEATURES,
        "noise_variance": 1.0,
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
        limit_is_near,
        simulation_agrees,
    ),
    draw=draw,
)
