"""Lesson 4: when compression really lowers the error on new data, without an oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.demos.lesson import Exercise, Formula, Lesson, Number, Prediction, Settings, Slider, Teaching
from linreg_compress.demos.live import Live
from linreg_compress.demos.picture import Axis, Circles, Curve, Guess, Mark, Over, Panel, Picture, one_by_one
from linreg_compress.demos.stored import Stored
from linreg_compress.demos.words import SQUARED, counted, shown

FEATURES = 50
_SIGNALS = np.concatenate([[0.0005, 0.001, 0.002, 0.0035], np.linspace(0.005, 0.12, 24)])
_SAMPLES = np.unique(np.round(51 + np.geomspace(3, 149, 45)))
_COARSE = np.array([54, 57, 60, 65, 70, 80, 90, 100, 120, 140, 170, 200])  # for ridge, whose curve takes time
_ROWS = (65.0, 80.0, 100.0, 140.0, 200.0)
_VARIANCES = (0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.12)
_SPECTRA = 512  # designs that the ridge curve is averaged over
_RATES = (0.0, 1.0, 16.0)  # of the second exercise


@lru_cache(maxsize=64)
def _spectra(samples: int) -> FloatArray:
    return lc.least_squares.draw_spectra(samples, FEATURES, _SPECTRA, rng=np.random.default_rng(samples))


def _averaged(samples: float, signal: float) -> dict[str, float]:
    excess = lc.least_squares.ridge_excess_risk(_spectra(int(samples)), 1.0, signal)
    return {"population_risk": 1.0 + float(excess.mean())}


def _ridge_places() -> Iterator[tuple[float, float]]:
    """Yield what the two ridge curves go through, at every position of the sliders."""
    yield from product(_ROWS, (*_SIGNALS.tolist(), *_VARIANCES))
    yield from product(_COARSE.tolist(), _VARIANCES)


_STORED = Stored("ridge", ("samples", "signal"), _ridge_places, _averaged)


def _ridge(samples: float, signal: float) -> float:
    """Error of the best ridge regression on new data; no closed form is known at finite n and d."""
    return _STORED.at(samples, signal)["population_risk"]


@lru_cache(maxsize=8192)
def _compressed(samples: float, signal: float, bits: float) -> lc.CompressedRisks:
    model = lc.LinearModel(int(samples), FEATURES, signal_variance=signal)
    rate = float(lc.rate_nats_from_bits(bits, FEATURES))
    return lc.risks(model, lc.BlindGaussianChannel.for_model(model, rate))


def _shrinking(samples: ArrayLike, signal: ArrayLike, bits: float) -> FloatArray:
    """Error on new data when the decoder also shrinks by what it knows of the prior."""
    delta = lc.information.normalized_distortion(lc.rate_nats_from_bits(bits, FEATURES), FEATURES)
    return 1.0 + lc.compressed_risk.bayes_decoder_excess_risk(samples, FEATURES, 1.0, signal, delta)


def _four(over: Over, ridge: Over, at: Callable[[Any], tuple[Any, Any]], bits: float) -> tuple[Curve, ...]:
    """Four errors on new data; `at` returns samples and signal at a place of the axis."""
    return (
        over.curve("least squares", lambda x: lc.least_squares_risks(at(x)[0], FEATURES).population_risk, "grey", "dotted"),
        over.curve("compressed", one_by_one(lambda x: float(_compressed(*at(x), bits).population_risk)), "vermillion"),
        over.curve("decoder that shrinks", lambda x: _shrinking(*at(x), bits), "purple", "dashed"),
        ridge.curve("ridge", one_by_one(lambda x: _ridge(*at(x))), "green", "dash-dotted", label_above=False),
    )


def _curves(settings: Settings) -> Picture:
    n, signal, bits = int(settings["samples"]), settings["signal"], settings["bits"]
    criterion = lc.compression_criterion(n, FEATURES, 1.0, signal)
    errors = Axis(f"error on new data ({SQUARED})", (1.0, 5.0))
    circles = (Circles("population_risk", "vermillion"), Circles("ridge", "green"))
    over_signals, over_samples, over_few = Over(_SIGNALS, signal), Over(_SAMPLES, float(n)), Over(_COARSE, float(n))
    against_signal = Panel(
        title=f"Against the signal, n = {n}",
        x=Axis("signal variance of a weight, τ²", (0.0, 0.12), slider="signal"),
        y=errors,
        curves=_four(over_signals, over_signals, lambda x: (n, x), bits),
        marks=(Mark(float(criterion.boundary_signal_variance), "τ² = v"),),
        circles=circles,
    )
    against_samples = Panel(
        title=f"Against the number of rows, τ² = {signal:g}",
        x=Axis("rows n", (50.0, 200.0), slider="samples"),
        y=errors,
        curves=_four(over_samples, over_few, lambda x: (x, signal), bits),
        marks=(Mark(float(criterion.boundary_samples), "n = d + 1 + σ²/τ²"),),
        circles=circles,
    )
    now = _compressed(n, signal, bits)
    verb = "lowers" if now.compression_helps else "raises"
    before = float(now.population_risk - now.population_risk_change)
    description = (
        f"With n = {n} rows, signal variance {signal:g} and {counted(bits, 'bits per weight')}, compression {verb} the "
        f"error on new data from {shown(before)} to {shown(now.population_risk)}. The noise of one weight is v = "
        f"{shown(criterion.boundary_signal_variance)}: left of it the compressed curve runs below least squares, right of "
        f"it above. Ridge regression has {shown(_ridge(n, signal))}, the least of all."
    )
    return Picture((against_signal, against_samples), description)


def _numbers(settings: Settings) -> tuple[Number, ...]:
    n, signal, bits = int(settings["samples"]), settings["signal"], settings["bits"]
    now, v = _compressed(n, signal, bits), lc.LinearModel(n, FEATURES).weight_variance
    base = float(lc.least_squares_risks(n, FEATURES).population_risk)
    return (
        Number("least_squares", "error on new data, least squares", SQUARED, base),
        Number("population_risk", "error on new data, compressed", SQUARED, float(now.population_risk)),
        Number(
            "population_risk_change", "what compression changes on new data", SQUARED, float(now.population_risk_change)
        ),
        Number("ridge", f"error on new data, ridge (mean over {_SPECTRA} designs)", SQUARED, _ridge(n, signal)),
        Number("boundary", "v, the noise of one weight: compression helps while τ² is below it", SQUARED, v),
    )


def _live(settings: Settings) -> Live:
    signal = settings["signal"]
    model = lc.LinearModel(int(settings["samples"]), FEATURES, signal_variance=signal)
    rate = float(lc.rate_nats_from_bits(settings["bits"], FEATURES))
    compressed = {"population_risk": "population_risk", "population_risk_change": "population_risk_change"}
    return Live(
        model,
        (
            (None, {"least_squares": "population_risk"}),
            (lc.BlindGaussianChannel.for_model(model, rate), compressed),
            (lc.RidgeShrinkage(model.noise_variance / signal), {"ridge": "population_risk"}),
        ),
    )


def _simulate(settings: Settings, seed: int, trials: int) -> Mapping[str, lc.Estimate]:
    return _live(settings).simulate(seed, trials)


def _right() -> int:
    """Index of when compression helps: always, never, while the signal is below the noise, or as the rate decides."""
    signals, bits = np.array([0.25, 0.5, 0.9, 1.1, 2.0, 4.0]), (0.25, 1.0, 4.0)
    v = lc.LinearModel(80, FEATURES).weight_variance
    helps = np.array([[_compressed(80, ratio * v, b).compression_helps for ratio in signals] for b in bits])
    if helps.all() or not helps.any():
        return 0 if helps.all() else 1
    return 2 if np.array_equal(helps, np.broadcast_to(signals < 1, helps.shape)) else 3


def _guesses() -> tuple[tuple[Guess, ...], ...]:
    v, height, said = lc.LinearModel(80, FEATURES).weight_variance, 1.3, "your guess"
    return (Guess(0, (0.0, height), (0.12, height), said),), (), (Guess(0, (0.0, height), (v, height), said),), ()


def _turns_out() -> str:
    v = lc.LinearModel(80, FEATURES).weight_variance
    weak, strong = (_compressed(80, ratio * v, 1.0).population_risk for ratio in (0.25, 4.0))
    base = lc.least_squares_risks(80, FEATURES).population_risk
    return (
        "The Gaussian code of this lesson helps exactly while the signal in a weight is weaker than the noise of its "
        "estimate, and then at every rate. "
        f"With n = 80 and d = 50 that noise is v = {shown(v, 3)} and least squares has an error of {shown(base, 3)}. With "
        f"τ² = v/4 one bit a weight turns that into {shown(weak, 3)}, with τ² = 4v into {shown(strong, 3)}."
    )


def _most_rows() -> float:
    return float(lc.compression_criterion(80, FEATURES, 1.0, 0.02).boundary_samples)


def _correlated_boundary() -> float:
    return float(lc.compression_criterion(80, FEATURES, 1.0, 0.0, variance_inflation=1.5).boundary_signal_variance)


def _best_rate() -> float:
    """Index of the rate with the least error on new data at n = 80 and half as much signal as noise."""
    v = lc.LinearModel(80, FEATURES).weight_variance
    return float(np.argmin([_compressed(80, v / 2, bits).population_risk for bits in _RATES]))


LESSON = Lesson(
    name="when-it-helps",
    title="When compression really helps",
    minutes=15,
    question=(
        "In lesson 3 an oracle had put the centre of the codebook at the true weights. Now the true weights are "
        "random: each lies around the centre with variance τ², the signal. The code knows the centre, a zero for example, "
        "and nothing else.",
        "A code with b bits a weight loses the fraction δ of its variance, 4 to the power −b for the Gaussian code, and "
        "pulls every weight to the centre by as much. That removes noise that least squares has fitted, as before, but now "
        "it also removes signal.",
        "Does compression still lower the error on new data, and when?",
    ),
    prediction=Prediction(
        question=(
            "Write v = σ²/(n − d − 1) for the variance of the noise in one least-squares weight. Compression, here by the "
            "Gaussian code of lesson 3, helps"
        ),
        choices=(
            "always, because it shrinks, and shrinking takes out noise",
            "never, because now there is a signal, and a code loses some of it",
            "exactly while τ² < v, whatever the rate",
            "at low rates only while τ² < v, at high rates for every τ²",
        ),
        right=_right,
        turns_out=_turns_out,
        guesses=_guesses,
    ),
    formulas=(
        Formula(
            r"\mathbb{E}\,(\hat{W}_j - w^*_j)^2 = (1-\delta)\, v + \delta\, \tau^2",
            "The error of one compressed weight: a straight line from the noise v, when nothing is compressed, to the "
            "signal τ², when all of it is dropped. It is exact for the Gaussian code and for dither, which keep 1 − δ of "
            "each weight and add independent noise of variance δ(1 − δ)V. For a quantizer whose values are the centroids "
            "of their cells it is the limit of many rows to spare, n − d large.",
            "linear-channel-risk",
        ),
        Formula(
            r"\mathbb{E}\,[L_\mu(\hat{W}) - L_\mu(W)] = d\, \delta\, (\tau^2 - v)",
            "So such a code lowers the error on new data exactly when τ² < v = σ²/(n − d − 1), that is while "
            "n < d + 1 + σ²/τ². Real quantizers do up to a boundary a little above v.",
            "compression-criterion",
        ),
        Formula(
            r"\mathbb{E}\, L_\mu - \sigma^2 = d\, \tau^2\, \frac{\delta\, \tau^2 + v}{\tau^2 + v}",
            "If the decoder knows τ² and shrinks on its own, nothing is left to gain: every bit lowers the error.",
            "bayes-decoder-never-gains",
        ),
        Formula(
            r"\min_\lambda\, \mathbb{E}\,(\hat{W}_g - w^*_g)^2 = \frac{\sigma^2 \tau^2}{g\, \tau^2 + \sigma^2}",
            "Ridge regression with the penalty σ²/τ² shrinks each direction by what it deserves (g is an eigenvalue of "
            "X'X, the information of the data in that direction). No code does better.",
            "ridge-risk",
            where=((r"\lambda", "penalty of ridge regression"), ("g", "eigenvalue of X'X along the direction")),
        ),
    ),
    sliders=(
        Slider("samples", "rows n (d = 50)", "rows", _ROWS, 80.0),
        Slider("signal", "signal variance τ²", "", _VARIANCES, 0.01),
        Slider("bits", "rate b", "bits per weight", (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0), 1.0),
    ),
    try_this=(
        "Move the rate through all its values. Which point of the compressed curve never moves?",
        "Set τ² = 0.02 and collect more rows, n from 65 to 200. Where does compression turn from help to harm?",
        "Is there a place where compression alone beats the shrinking decoder, or ridge?",
    ),
    curves=_curves,
    numbers=_numbers,
    simulate=_simulate,
    trials=1000,
    simulated_at={"samples": (80.0, 140.0), "signal": (0.01, 0.02, 0.04, 0.08), "bits": (0.0, 1.0, 2.0)},
    how_simulated=(
        "Each trial draws true weights, then n rows of data, fits by least squares, compresses, fits the best ridge "
        "regression as well, and measures the errors on new data. No formula of this page is used. The circles are means "
        "over all trials, the bars their 95 % intervals."
    ),
    takeaway=(
        "The Gaussian code, and dither like it, lowers the error on new data exactly when the signal in a weight is weaker "
        "than the noise of its estimate, τ² < σ²/(n − d − 1), and a quantizer that decodes to centroids does so in the "
        "limit of many rows to spare.",
        "It then works as a crude regularizer, so whoever can use ridge regression, or a decoder that shrinks, should.",
    ),
    exercises=(
        Exercise(
            question="d = 50, σ² = 1, τ² = 0.02. Below how many rows n does compression help?",
            answer=_most_rows,
            right="Right: below n = {answer}. There the noise of a weight is exactly 0.02.",
            wrong="Set σ²/(n − d − 1) equal to τ² and solve for n.",
            unit="rows",
            tolerance=1.0,
        ),
        Exercise(
            question=(
                "n = 80, d = 50, and τ² = v/2. The decoder does not shrink on its own. Which rate gives the least error on "
                "new data?"
            ),
            answer=_best_rate,
            right="Right: {answer}. Where compression helps, more of it helps more, down to sending nothing.",
            wrong="Look at the second formula: for τ² < v, do you want δ, the fraction that is lost, small or large?",
            choices=(
                "0 bits a weight: send the centre alone",
                "1 bit a weight",
                "16 bits a weight: practically the whole of it",
            ),
        ),
        Exercise(
            question=(
                "Now the features are correlated: their mean variance-inflation factor is κ = 1.5, and each weight is "
                "coded "
                "by itself. At high rate, δ near 0, compression helps while τ² < (2 − κ) v. n = 80, d = 50, σ² = 1. Below "
                "which τ² does it help?"
            ),
            answer=_correlated_boundary,
            right="Right: {answer}, half of what independent features allow. With κ of 2 or more it never helps there.",
            wrong="v = σ²/(n − d − 1) = 1/29. Independent features have κ = 1; here a factor 2 − 1.5 is left of v.",
            tolerance=0.0005,
        ),
    ),
    promise="After it you can say, for numbers of your own, whether compression will help or hurt.",
    teaching=Teaching(
        mistakes=(
            (
                "always, because it shrinks",
                "Lesson 3 has convinced them. Its oracle knew the truth; a centre that is wrong by more than the noise "
                "hurts.",
            ),
            (
                "at low rates only while τ² < v, at high rates for every τ²",
                "They expect a trade-off with a best rate in between. For this code both costs are straight lines in δ, so "
                "their difference keeps one sign at every rate. (A code that knows X can have a best rate: figure "
                "water-filling.)",
            ),
        ),
        ask=(
            "You collect twice as many rows. On which side of the boundary does each of your models end?",
            "Ridge is below everything. Why would anyone still compress, and what for?",
            "Real features are correlated. Does that make it easier or harder for compression to help? See exercise 3.",
        ),
        figure="phase",
    ),
    live=_live,
    stored=(_STORED,),
)
