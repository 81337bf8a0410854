"""The central trade-off: compression raises the empirical risk and lowers the generalization error, one by more."""

from typing import Any

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compressed_risk.water_filling import water_filled_risks
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.gallery.figure import Figure, Row, agrees, columns, estimate_columns
from linreg_compress.information.rate_distortion import rate_nats_from_bits
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.quantities import Statistic
from linreg_compress.monte_carlo.simulate import simulate
from linreg_compress.risk import expected_risks
from linreg_compress.spectrum import average_over_spectra

SAMPLES, FEATURES = 80, 50
RATIOS = {"v / 4": 0.25, "v": 1.0, "3 v / 2": 1.5, "3 v": 3.0}  # signal variance of a weight, over v
CODES: dict[str, type[BlindGaussianChannel] | type[AwareGaussianChannel]] = {
    "blind": BlindGaussianChannel,
    "aware": AwareGaussianChannel,
}
SPECTRA = 1024
_EXACT_BITS = np.concatenate([np.arange(20) / 20, 1 + np.arange(21) / 4])
_SIMULATED_BITS = (0.25, 0.5, 1.0, 2.0)
_SURE = 5.0  # standard errors of an average over spectra


def _model(signal: str) -> LinearModel:
    return LinearModel(SAMPLES, FEATURES, signal_variance=RATIOS[signal] * LinearModel(SAMPLES, FEATURES).weight_variance)


def compute(quick: bool, seed: int) -> list[Row]:
    """Return a row for each code, signal, rate and witness."""
    trials = 400 if quick else 5_000
    rows: list[Row] = []
    for cell, signal in enumerate(RATIOS):
        model = _model(signal)
        base = float(expected_risks(model).generalization_error)
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


def _blind(model: LinearModel) -> tuple[CompressedRisks, FloatArray]:
    rates = rate_nats_from_bits(_EXACT_BITS, FEATURES)
    risks = blind_channel_risks(SAMPLES, FEATURES, 1.0, rates, signal_variance=model.signal_variance)
    return risks, np.zeros_like(rates)


def _aware(model: LinearModel) -> tuple[CompressedRisks, FloatArray]:
    """Average over spectra of X^T X, all rates at once; standard errors of the change."""
    rates = rate_nats_from_bits(_EXACT_BITS, FEATURES)
    names = list(CompressedRisks.__dataclass_fields__)

    def of_spectra(g: FloatArray) -> FloatArray:
        every = np.broadcast_to(g[:, None, :], (len(g), len(rates), FEATURES))
        nats = np.broadcast_to(rates, every.shape[:2])
        risks = water_filled_risks(every, SAMPLES, 1.0, model.signal_variance, nats)
        return np.concatenate([getattr(risks, name) for name in names], axis=1)

    means, errors = average_over_spectra(of_spectra, SAMPLES, FEATURES, spectra=SPECTRA)
    values = dict(zip(names, means.reshape(len(names), -1), strict=True))
    return CompressedRisks(**values), errors.reshape(len(names), -1)[names.index("population_risk_change")]


def _simulated(model: LinearModel, signal: str, trials: int, seed: int, cell: int) -> list[Row]:
    keys = [(code, bits) for code in CODES for bits in _SIMULATED_BITS]
    channels = [CODES[code].for_model(model, float(rate_nats_from_bits(bits, FEATURES))) for code, bits in keys]
    statistics = {f"fall {number}": _fall(number) for number in range(len(keys))}
    found = simulate(model, channels, trials, seed=seed, cell=cell, statistics=statistics)
    rows: list[Row] = []
    for number, ((code, bits), risks) in enumerate(zip(keys, found.compressed, strict=True)):
        row: dict[str, float | str] = {"code": code, "signal_variance": signal, "witness": "monte_carlo"}
        row |= {"bits_per_weight": bits, "trials": trials} | estimate_columns("rise", risks.distortion)
        rows.append(row | estimate_columns("fall", found.statistics[f"fall {number}"]))
    return rows


def _fall(number: int) -> Statistic:
    """Generalization error before less after a channel, on the same data."""

    def fall(trials: Any) -> FloatArray:
        after = trials.compressed_population_risk[number] - trials.compressed_empirical_risk[number]
        return trials.population_risk - trials.empirical_risk - after

    return fall


def _gain(rows: list[Row], code: str, signal: str) -> Any:
    """Fall less rise and twice its margin of error, at positive finite rates in their order."""
    table = columns(rows, code=code, signal_variance=signal, witness="exact")
    # at rate 0 nothing is sent, whatever the code knows: blind and aware are then the same point
    sent = table["bits_per_weight"] > 0
    if not sent.any():
        raise LookupError("no positive rate")
    return (table["fall"] - table["rise"])[sent], _SURE * table["population_risk_change_se"][sent]


def blind_all_or_none(rows: list[Row]) -> bool:
    """A blind code gains at every rate below v and at none above."""
    weak, strong = _gain(rows, "blind", "v / 4")[0], [_gain(rows, "blind", name)[0] for name in ("3 v / 2", "3 v")]
    return bool(np.all(weak > 0) and np.all(np.array(strong) < 0))


def blind_on_the_line(rows: list[Row]) -> bool:
    """At tau^2 = v rise and fall of a blind code are equal."""
    table = columns(rows, code="blind", signal_variance="v", witness="exact")
    return bool(np.all(np.abs(table["fall"] - table["rise"]) <= 1e-9 * np.max(table["rise"])))


def aware_at_the_boundary(rows: list[Row]) -> bool:
    """At tau^2 = v a code that knows the design gains at every rate above 0."""
    gain, margin = _gain(rows, "aware", "v")
    return bool(np.all(gain > margin))


def aware_above_a_rate(rows: list[Row]) -> bool:
    """At 3 v / 2 a code that knows the design loses up to some rate and gains beyond it."""
    gain, margin = _gain(rows, "aware", "3 v / 2")
    sure = np.sign(gain) * (np.abs(gain) > margin)
    return bool(sure[0] < 0 and sure[-1] > 0 and np.all(np.diff(np.sign(gain)) >= 0))


def aware_loses_on_strong_signals(rows: list[Row]) -> bool:
    """At 3 v it loses at every rate."""
    gain, margin = _gain(rows, "aware", "3 v")
    return bool(np.all(gain < -margin))


def simulation_agrees(rows: list[Row]) -> bool:
    """Rise and fall by simulation lie on the curves."""
    verdicts = []
    for code in CODES:
        for signal in RATIOS:
            exact = columns(rows, code=code, signal_variance=signal, witness="exact")
            found = columns(rows, code=code, signal_variance=signal, witness="monte_carlo")
            at = np.isin(exact["bits_per_weight"], found["bits_per_weight"])
            verdicts += [agrees(found, name, exact[name][at]) for name in ("rise", "fall")]
    return all(verdicts)


def draw(rows: list[Row], size: str) -> Any:
    """Draw the figure from its table."""
    from linreg_compress.plotting.style import panels
    from linreg_compress.plotting.tradeoff import draw_tradeoff

    canvas, axes = panels(size, 1, len(CODES), heights=(3.75, 5.2))
    titles = {"blind": "a blind code\n(it sees the weights alone)", "aware": "an aware code\n(both ends know the inputs)"}
    data = [
        {
            "title": titles[code],
            "curves": {
                signal: columns(rows, code=code, signal_variance=signal, witness="exact")
                | {"found": columns(rows, code=code, signal_variance=signal, witness="monte_carlo")}
                for signal in RATIOS
            },
        }
        for code in CODES
    ]
    draw_tradeoff(axes[0], {"panels": data})
    return canvas


TRADEOFF = Figure(
    name="tradeoff",
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
        "samples": SAMPLES,
        "features": FEATURES,
        "noise_variance": 1.0,
        "signal_variance_over_v": RATIOS,
        "codecs": list(CODES),
        "spectra_averaged_for_the_aware_code": SPECTRA,
    },
    compute=compute,
    clauses={
        "a blind code gains at every rate where tau^2 < v and at none where tau^2 > v": blind_all_or_none,
        "at tau^2 = v a blind code gains nothing and loses nothing": blind_on_the_line,
        "at tau^2 = v a code that knows the inputs gains at every rate": aware_at_the_boundary,
        "at 3 v / 2 it loses up to some rate and gains beyond": aware_above_a_rate,
        "at 3 v it loses at every rate": aware_loses_on_strong_signals,
        "simulation from raw data agrees with the closed forms": simulation_agrees,
    },
    draw=draw,
)
