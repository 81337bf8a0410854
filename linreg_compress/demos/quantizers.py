"""Lesson 6: real quantizers, from one bit to GPTQ, against the limit that no code passes."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.demos.lesson import Exercise, Formula, Lesson, Number, Prediction, Settings, Slider, Teaching
from linreg_compress.demos.live import Live
from linreg_compress.demos.picture import Axis, Circles, Guess, Over, Panel, Picture, one_by_one
from linreg_compress.demos.stored import Stored, estimates, numbers
from linreg_compress.demos.words import SQUARED, counted, shown

SAMPLES, FEATURES = 80, 50
_RATIOS = (0.25, 0.5, 1.0, 2.0, 4.0)
_BITS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
TRIALS = 300  # behind each simulated value
_SPECTRA = 512  # designs that the limit of codes that know X is averaged over


def _model(ratio: float) -> lc.LinearModel:
    """Return the model whose signal is so many times the noise of a weight."""
    noise = lc.LinearModel(SAMPLES, FEATURES).weight_variance
    return lc.LinearModel(SAMPLES, FEATURES, signal_variance=ratio * noise)


def _grid(ratio: float, bits: float) -> lc.CellQuantizer:
    return lc.lloyd_max(lc.source_for(_model(ratio)), round(2**bits))


def _computed(ratio: float, bits: float) -> Mapping[str, float]:
    """Return the limit, and but for no bits at all both ways of rounding: one by one exactly, and simulated."""
    model, rate = _model(ratio), float(lc.rate_nats_from_bits(bits, FEATURES))
    limit = lc.compressed_risk.expected_water_filled_risks(
        SAMPLES, FEATURES, 1.0, model.signal_variance, rate, spectra=_SPECTRA, rng=np.random.default_rng(0)
    )
    found = {"limit": float(limit.distortion)}
    if not bits:
        return found
    rounded = lc.risks(model, _grid(ratio, bits))
    found |= {"distortion": float(rounded.distortion), "change": float(rounded.population_risk_change)}
    return found | numbers(_live({"ratio": ratio, "bits": bits}).simulate(0, TRIALS))


_STORED = Stored(
    "quantizers",
    ("ratio", "bits"),
    lambda: ((ratio, bits) for ratio in _RATIOS for bits in (0.0, *_BITS)),
    _computed,
)


def _distortion(ratio: float, bits: float) -> float:
    """What rounding each weight by itself on the Lloyd-Max grid adds to the training error, exactly."""
    return _STORED.at(ratio, bits)["distortion"]


def _change(ratio: float, bits: float) -> float:
    """What it changes on new data, exactly."""
    return _STORED.at(ratio, bits)["change"]


def _limit(ratio: float, bits: float) -> float:
    """Least that a code of this rate which knows X can add to the training error."""
    return _STORED.at(ratio, bits)["limit"]


def _successive(ratio: float, bits: float) -> Mapping[str, lc.Estimate]:
    """Both ways of rounding, from raw data; GPTQ has no closed form."""
    return estimates(_STORED.at(ratio, bits))


@lru_cache(maxsize=64)
def _relative(name: str, bits: float) -> float:
    """Squared error over the variance of a normal weight, of a quantizer or of the limit, at a whole rate."""
    return lc.expected_distortion(lc.NormalSource(0.0, 1.0), name, bits).relative


def _curves(settings: Settings) -> Picture:
    ratio, bits = settings["ratio"], settings["bits"]
    over, over_whole = Over(np.array(_BITS), bits), Over(np.arange(7.0), bits)  # the limit starts at no bits
    across = Axis("bits per weight", (0.0, 6.0), slider="bits")

    def relative(name: str) -> Callable[[Any], FloatArray]:
        return one_by_one(lambda b: _relative(name, b))

    def gptq(name: str) -> Callable[[Any], FloatArray]:
        return one_by_one(lambda b: _successive(ratio, b)[name].mean)

    error = Panel(
        title="In a weight",
        x=across,
        y=Axis("squared error over variance (log scale)", (1e-4, 2.0), log=True),
        curves=(
            over.curve("uniform", relative("uniform"), "orange", "dashed"),
            over.curve("Lloyd-Max", relative("lloyd-max"), "vermillion"),
            over.curve("entropy coded", relative("entropy-constrained"), "purple", "dash-dotted", label_above=False),
            over_whole.curve("limit", relative("rate-distortion"), "grey", "dotted", label_at=0.0, label_above=False),
        ),
    )
    least = one_by_one(lambda b: _limit(ratio, b))
    distortion = one_by_one(lambda b: _distortion(ratio, b))
    training = Panel(
        title="On the training data",
        x=across,
        y=Axis("added squared error (log scale)", (1e-4, 20.0), log=True),
        curves=(
            over.curve("rounded one by one", distortion, "vermillion"),
            over.curve("GPTQ, simulated", gptq("gptq_distortion"), "blue", "dashed", label_at=0.6, label_above=False),
            over_whole.curve("limit", least, "grey", "dotted", label_at=0.0, label_above=False),
        ),
        circles=(Circles("rounded_distortion", "vermillion"), Circles("gptq_distortion", "blue")),
    )
    change = one_by_one(lambda b: _change(ratio, b))
    new = Panel(
        title="On new data",
        x=across,
        y=Axis("change of the squared error", (-1.0, 1.0) if ratio <= 1 else (-1.0, 3.0)),
        curves=(
            Over(np.array(across.ends), bits).level("no change", 0.0, "grey", label_above=False),
            over.curve("rounded one by one", change, "vermillion", label_above=False),
            over.curve("GPTQ, simulated", gptq("gptq_change"), "blue", "dashed"),
        ),
        circles=(Circles("rounded_change", "vermillion"), Circles("gptq_change", "blue")),
    )
    found = _successive(ratio, bits)
    percent, least_percent = (100 * _relative(name, bits) for name in ("lloyd-max", "rate-distortion"))
    description = (
        f"At {counted(bits, 'bits per weight')} a Lloyd-Max quantizer leaves {shown(percent, 3)} percent of the variance "
        f"of a weight, and no code less than {shown(least_percent, 3)} percent. Rounding each weight by itself adds "
        f"{shown(_distortion(ratio, bits))} to the training error, where a code that knows the inputs could add as little "
        f"as {shown(_limit(ratio, bits))}, and changes the error on new data by {shown(_change(ratio, bits))}. GPTQ, "
        f"simulated, adds {shown(found['gptq_distortion'].mean, 3)} and changes the error on new data by "
        f"{shown(found['gptq_change'].mean, 3)}."
    )
    return Picture((error, training, new), description)


def _numbers(settings: Settings) -> tuple[Number, ...]:
    ratio, bits = settings["ratio"], settings["bits"]
    return (
        Number("rounded_distortion", "added to the training error, rounding one by one", SQUARED, _distortion(ratio, bits)),
        Number("rounded_change", "change on new data, rounding one by one", SQUARED, _change(ratio, bits)),
        Number(
            "gptq_limit",
            "bound, not GPTQ itself: what no code adds less than to the training error",
            SQUARED,
            _limit(ratio, bits),
            "lower",
        ),
        Number("gptq_distortion", "added to the training error, GPTQ", SQUARED, None),
        Number("gptq_change", "change on new data, GPTQ", SQUARED, None),
        Number("signal", "signal variance τ² of a weight", SQUARED, _model(ratio).signal_variance),
    )


def _live(settings: Settings) -> Live:
    grid = _grid(settings["ratio"], settings["bits"])
    return Live(
        _model(settings["ratio"]),
        (
            (grid, {"rounded_distortion": "distortion", "rounded_change": "population_risk_change"}),
            (
                lc.SuccessiveQuantizer(grid),
                {
                    "gptq_distortion": "distortion",
                    "gptq_limit": "distortion",
                    "gptq_change": "population_risk_change",
                },
            ),
        ),
    )


def _simulate(settings: Settings, seed: int, trials: int) -> Mapping[str, lc.Estimate]:
    if (seed, trials) == (0, TRIALS):
        return _successive(settings["ratio"], settings["bits"])
    return _live(settings).simulate(seed, trials)


def _two_bits() -> Mapping[str, lc.Estimate]:
    return _successive(4.0, 2.0)


def _right() -> int:
    """Index of what GPTQ does against plain rounding: training error lower or not, error on new data lower or not."""
    found = _two_bits()
    training = found["gptq_distortion"].mean < found["rounded_distortion"].mean
    new = found["gptq_change"].mean < found["rounded_change"].mean
    return {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[training, new]


def _guesses() -> tuple[tuple[Guess, ...], ...]:
    training, new = _distortion(4.0, 2.0), _change(4.0, 2.0)
    less, more = (Guess(1, (2.0, training), (2.0, training * share), "") for share in (0.15, 4.0))
    lower, higher = (Guess(2, (2.0, new), (2.0, new + step), "your guess: GPTQ") for step in (-1.0, 1.2))
    return (less, lower), (less, higher), (more, lower), (more, higher)


def _turns_out() -> str:
    found = _two_bits()
    return (
        f"On the training data it adds {shown(found['gptq_distortion'].mean, 2)} where plain rounding adds "
        f"{shown(found['rounded_distortion'].mean, 2)}. On new data the error rises by "
        f"{shown(found['gptq_change'].mean, 2)}, where plain rounding lets it rise by only "
        f"{shown(found['rounded_change'].mean, 2)}. GPTQ trades errors between the weights so that they cancel on the "
        "training inputs. On other inputs they do not cancel, and the weights themselves are farther off."
    )


def _above_limit() -> float:
    """Bits that four Lloyd-Max levels are above the rate-distortion function at the same squared error."""
    found = lc.expected_distortion(lc.NormalSource(0.0, 1.0), "lloyd-max", 2)
    needed = lc.bits_per_weight_from_nats(lc.rate_distortion(1.0, found.relative), 1)
    return found.bits_per_weight - float(needed)


def _loss_at_high_rate() -> float:
    """Index of what entropy-coded scalar quantization loses at six bits: nothing, a quarter of a bit, a bit."""
    found = lc.expected_distortion(lc.NormalSource(0.0, 1.0), "entropy-constrained", 6)
    needed = float(lc.bits_per_weight_from_nats(lc.rate_distortion(1.0, found.relative), 1))
    return float(np.abs(np.array([0.0, 0.25, 1.0]) - (6 - needed)).argmin())


LESSON = Lesson(
    name="quantizers",
    title="Real quantizers, from one bit to GPTQ",
    minutes=15,
    question=(
        "The best codes of the last lessons work on endless vectors and nobody builds them. What people use rounds one "
        "weight at a time: to equally spaced levels (uniform), or to levels that fit the law of the weights (Lloyd-Max). "
        "With one bit only the sign is left. An entropy code spends fewer bits on frequent levels, so that more levels "
        "fit into the same rate.",
        "Today's language models are quantized by GPTQ. It rounds one weight after another too, but each time it moves the "
        "weights that are still free so as to make up for the error just made, as far as the training inputs can tell.",
        "How near do they come to the limit, and what do they do to new data? (n = 80, d = 50; true weights with variance "
        "τ² around zero.)",
    ),
    prediction=Prediction(
        question=(
            "Strong signal, τ² = 4v, and the same four levels (2 bits) for both. Compared with rounding each weight by "
            "itself, GPTQ has"
        ),
        choices=(
            "the lower error on the training data and on new data",
            "the lower error on the training data, the higher one on new data",
            "the higher error on the training data, the lower one on new data",
            "the higher error on both",
        ),
        right=_right,
        turns_out=_turns_out,
        guesses=_guesses,
    ),
    formulas=(
        Formula(
            r"D(R) = V\, e^{-2R} = V\, 4^{-b}",
            "The limit: no code with b bits for a normal weight of variance V leaves less squared error.",
            "gaussian-rate-distortion",
        ),
        Formula(
            r"\mathbb{E}\,\Delta L_S = \frac{1}{n} \left[ (n+1)\, A - \frac{n-d+1}{\sigma^2}\, B \right]",
            "What any quantizer of the weights adds to the training error, exactly: A is its mean squared error, B the "
            "mean squared product of its error with the noise in the weights.",
            "scalar-quantizer-empirical-increase",
            where=(
                ("A", "mean squared error of the quantizer, summed over the weights"),
                ("B", "mean squared product of its error with the noise in the weights, as with two more rows to spare"),
            ),
        ),
        Formula(
            r"\mathbb{E}\,(\hat{W}_j - w^*_j)^2 = (1-\delta)\, v + \delta\, \tau^2",
            "If true and estimated weights are jointly normal, any quantizer whose levels are the centroids of their "
            "cells, "
            "as those of Lloyd-Max are, is governed on new data by lesson 4 through its lost fraction δ alone. Weights of "
            "least squares are jointly normal only as n − d grows. With few rows to spare even the sign can be otherwise, "
            "so the curves here do not use this formula.",
            "interpolation-theorem",
        ),
    ),
    sliders=(
        Slider("ratio", "signal over noise, τ²/v", "", _RATIOS, 4.0),
        Slider("bits", "rate b (2ᵇ levels)", "bits per weight", _BITS, 2.0),
    ),
    try_this=(
        "In the first picture, how far to the right of the limit is Lloyd-Max at 1 bit and at 6? Where does entropy coding "
        "win most?",
        "In the second panel compare GPTQ with plain rounding. Read off, along the horizontal axis, how many bits the gain "
        "is worth.",
        "Set τ²/v to 0.25, then to 4, and watch the third picture. When does GPTQ lower the error on new data more than "
        "plain rounding, and when does it raise it more?",
    ),
    curves=_curves,
    numbers=_numbers,
    simulate=_simulate,
    trials=TRIALS,
    simulated_at={"ratio": (0.25, 1.0, 4.0), "bits": _BITS},
    how_simulated=(
        "Each trial draws true weights and 80 rows, fits by least squares, rounds the weights in both ways on the same "
        "grid, and measures the errors. GPTQ has no closed form, so its curve is simulated too; theory gives the limit "
        "below "
        "which its training error cannot fall, which is a bound and no prediction."
    ),
    takeaway=(
        "The best levels for a single weight stay within three quarters of a bit of the limit, and with an entropy code "
        "within about a quarter.",
        "GPTQ keeps the training error below that of plain rounding here, but whether new data gain or lose is decided by "
        "signal against noise, as in lesson 4.",
    ),
    exercises=(
        Exercise(
            question=(
                "Four Lloyd-Max levels (2 bits) leave 0.1175 of the variance of a normal weight. By how many bits is that "
                "above the rate at which the best code leaves as much?"
            ),
            answer=_above_limit,
            right="Right: {answer}.",
            wrong="Solve 4 to the power −b = 0.1175 for b, the rate of the best code, and subtract it from 2.",
            unit="bits",
            tolerance=0.02,
        ),
        Exercise(
            question="Rounding weight by weight with an entropy code, at many bits: how far above the limit does it stay?",
            answer=_loss_at_high_rate,
            right="Right: {answer}. It is 0.2546 bit, the price of cubes instead of balls in space.",
            wrong="In the first picture read off the horizontal distance of that curve from the limit at the right end.",
            choices=("it reaches the limit at high rates", "by about a quarter of a bit", "by about one bit"),
        ),
    ),
    promise="After it you can say how near real quantizers come to the limit, and when GPTQ is worth its trouble.",
    teaching=Teaching(
        mistakes=(
            (
                "the lower error on the training data and on new data",
                "GPTQ is known to work, on large models with much more data than here. It minimizes the error on the "
                "inputs "
                "that it sees; with 30 rows to spare these say too little about others.",
            ),
            (
                "the higher error on both",
                "They see that the weights themselves are farther off. On the training inputs the errors cancel.",
            ),
        ),
        ask=(
            "In the second panel, how many bits is GPTQ worth at a training error of 0.1?",
            "Move τ²/v to 0.25. Why is GPTQ now the better one on new data too, at one bit?",
            "Real layers have thousands of rows for each weight. On which side of lesson 4 are they?",
        ),
        figure="compressors",
    ),
    live=_live,
    stored=(_STORED,),
)
