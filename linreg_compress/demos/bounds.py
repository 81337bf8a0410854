"""Lesson 5: what mutual information promises about the generalization error, over the truth."""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.demos.lesson import Exercise, Formula, Lesson, Number, Prediction, Settings, Slider, Teaching
from linreg_compress.demos.live import Live
from linreg_compress.demos.picture import Axis, Circles, Color, Curve, Guess, Over, Panel, Picture, Style, one_by_one
from linreg_compress.demos.stored import Stored
from linreg_compress.demos.words import SQUARED, counted, shown

FEATURES = 50
OUTSIDE = 1e-6  # probability of the ball's outside, to which the Gaussian codebook is clipped for the first two bounds
_SAMPLES = (80.0, 160.0, 320.0, 640.0, 1280.0)
_RATES = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_LOOKS: dict[str, tuple[str, Color, Style]] = {
    "donsker-varadhan": ("Donsker-Varadhan", "vermillion", "solid"),
    "chi-square": ("chi-square", "purple", "dash-dotted"),
    "sub-gaussian": ("sub-Gaussian", "orange", "dashed"),
    "trivial": ("error on new data", "grey", "dotted"),
}


_SAME_INPUTS: dict[str, tuple[str, Color, Style]] = {  # over a truth of their own
    "individual-sample": ("individual-sample", "green", "dash-dotted"),
    "wasserstein": ("Wasserstein", "green", "dashed"),
}


def _computed(samples: float, bits: float) -> dict[str, float]:
    """Return truth and bounds of the blind Gaussian code, centred at the true weights.

    Two more bounds are of the code that knows the inputs, over its truth, the error at the training inputs with fresh
    noise.
    """
    model = lc.LinearModel(int(samples), FEATURES)
    channel = lc.BlindGaussianChannel.for_model(model, float(lc.rate_nats_from_bits(bits, FEATURES)))
    # s(w) = sigma^2 + |w - w*|^2 on the ball
    largest = model.noise_variance + float(lc.compressed_risk.codebook_radius_law(model, channel).ppf(1 - OUTSIDE))
    found = lc.bounds_of(model, channel, largest)
    values = {bound.name: bound.value for bound in (*found.bounds, found.trivial) if bound.name in _LOOKS}
    aware = lc.bounds_of(model, lc.AwareGaussianChannel.for_model(model, bits_per_weight=bits))
    truth = aware.same_inputs_generalization_error
    ratios = {bound.name: bound.value / truth for bound in aware.bounds if bound.name in _SAME_INPUTS}
    return {"truth": found.generalization_error} | values | ratios


_STORED = Stored("bounds", ("samples", "bits"), lambda: product(_SAMPLES, _RATES), _computed)


def _values(samples: float, bits: float) -> Mapping[str, float]:
    return _STORED.at(samples, bits)


def _curves(settings: Settings) -> Picture:
    n, bits = int(settings["samples"]), settings["bits"]
    now, over = _values(n, bits), Over(np.array(_RATES), bits)

    def value(name: str) -> Callable[[Any], FloatArray]:
        return one_by_one(lambda b: _values(n, b)[name])

    def ratio(name: str) -> Callable[[Any], FloatArray]:
        return one_by_one(lambda b: _values(n, b)[name] / _values(n, b)["truth"])

    def at_inputs(name: str) -> Callable[[Any], FloatArray]:
        return one_by_one(lambda b: _values(n, b)[name])

    across = Axis("bits per weight (log scale)", (0.05, 6.0), log=True, slider="bits")
    values = Panel(
        title="The promises and the truth",
        x=across,
        y=Axis("generalization error (squared units of y, log scale)", (0.01, 100.0), log=True),
        curves=(
            *(over.curve(label, value(name), color, style) for name, (label, color, style) in _LOOKS.items()),
            over.curve("truth", value("truth"), "blue", label_above=False),
        ),
        circles=(Circles("truth", "blue"),),
    )
    ratios = Panel(
        title="Promise over truth",
        x=across,
        y=Axis("bound divided by truth (log scale)", (0.7, 100.0), log=True),
        curves=(
            *(over.curve(label, ratio(name), color, style) for name, (label, color, style) in _LOOKS.items()),
            *(
                over.curve(label, at_inputs(name), color, style, label_at=0.0)
                for name, (label, color, style) in _SAME_INPUTS.items()
            ),
            Curve("truth", over.x, np.ones_like(over.x), "blue", label_above=False),
        ),
    )
    description = (
        f"With n = {n} rows and {counted(bits, 'bits per weight')} the true generalization error is {shown(now['truth'])}. "
        f"The sub-Gaussian bound promises {shown(now['sub-gaussian'])}, the chi-square bound {shown(now['chi-square'])}, "
        f"Donsker-Varadhan {shown(now['donsker-varadhan'])}; the error on new data itself, {shown(now['trivial'])}, is a "
        "bound too. All curves fall with the rate, and none as fast as the truth at low rates."
    )
    return Picture((values, ratios), description)


def _numbers(settings: Settings) -> tuple[Number, ...]:
    n, bits = int(settings["samples"]), settings["bits"]
    now = _values(n, bits)
    bounds = (Number(name, f"bound, {label}", SQUARED, now[name], "upper") for name, (label, _, _) in _LOOKS.items())
    return (
        Number("truth", "generalization error", SQUARED, now["truth"]),
        *bounds,
        Number("information", "information I, at most", "nats", float(lc.rate_nats_from_bits(bits, FEATURES))),
    )


def _live(settings: Settings) -> Live:
    model = lc.LinearModel(int(settings["samples"]), FEATURES)
    channel = lc.BlindGaussianChannel.for_model(model, float(lc.rate_nats_from_bits(settings["bits"], FEATURES)))
    return Live(model, ((channel, dict.fromkeys(("truth", *_LOOKS), "generalization_error")),))


def _simulate(settings: Settings, seed: int, trials: int) -> Mapping[str, lc.Estimate]:
    return _live(settings).simulate(seed, trials)


def _right() -> int:
    """Index of how far the sub-Gaussian bound is above the truth at one bit: a tenth, half, some five times, below."""
    now = _values(80, 1.0)
    ratio = now["sub-gaussian"] / now["truth"]
    return 3 if ratio < 1 else int(np.abs(np.log(np.array([1.1, 1.5, 5.0]) / ratio)).argmin())


def _guesses() -> tuple[tuple[Guess, ...], ...]:
    truth = _values(80, 1.0)["truth"]
    return tuple((Guess(0, (1.0, truth * factor)),) for factor in (1.1, 1.5, 5.0, 0.6))


def _turns_out() -> str:
    now = _values(80, 1.0)
    return (
        f"The truth is {shown(now['truth'], 3)} and the bound {shown(now['sub-gaussian'], 3)}: true, but "
        f"{shown(now['sub-gaussian'] / now['truth'], 2)} times as much. It plans for the worst weights of the codebook and "
        "for losses with Gaussian tails. Bounds that know the law of the loss do better: Donsker-Varadhan comes to "
        f"{shown(now['donsker-varadhan'], 3)}."
    )


def _halved() -> float:
    """Index of what is left of the sub-Gaussian bound at half the information: a half, 71 percent, a quarter."""
    whole, half = (lc.bounds.sub_gaussian_bound(80, information, 1.0).value for information in (2.0, 1.0))
    return float(np.abs(np.array([0.5, 0.71, 0.25]) - half / whole).argmin())


LESSON = Lesson(
    name="bounds",
    title="What mutual information promises",
    minutes=12,
    question=(
        "Weights that were squeezed through R nats cannot hold more than R nats of information about the training data. "
        "And weights that know little about their training data cannot have fitted much of its noise. So the rate limits "
        "the generalization error, the error on new data minus the error on the training data, for every code that sees "
        "the weights alone.",
        "That is a theorem, and here, where the truth is known exactly, one can see what its promise is worth. The code is "
        "the best one of its rate, centred at the true weights, d = 50.",
        "How near to the truth is the bound?",
    ),
    prediction=Prediction(
        question="n = 80 rows, one bit a weight. The classic bound of this kind, 2 s √(I/n), is",
        choices=(
            "within a tenth of the truth",
            "about one and a half times the truth",
            "about five times the truth",
            "below the truth: it needs assumptions that do not hold",
        ),
        right=_right,
        turns_out=_turns_out,
        guesses=_guesses,
    ),
    formulas=(
        Formula(
            r"I(S; \hat{W}) \leq I(W; \hat{W}) \leq R",
            "Compressed weights know about the data at most what they know about the weights before, and that is at most "
            "the rate. (It holds for codes that do not look at the data themselves.)",
            "gaussian-data-processing",
        ),
        Formula(
            r"\mathrm{gen} \leq s \left(1 + W_0\!\left(-e^{-1-2I/n}\right)\right) \leq 2\, s\, \sqrt{I/n}",
            "On the right the sub-Gaussian bound; s is the largest loss scale, σ² plus the squared distance from the "
            "truth, in the codebook. In the middle what one gets from the exact law of a squared loss, the chi-square "
            "bound, with Lambert's function.",
            "chi-square-below-sub-gaussian",
            where=(("s", "largest loss scale in the codebook: σ² plus the squared distance from the true weights"),),
        ),
        Formula(
            r"\mathbb{E}\, L_S(\hat{W}) \geq -\frac{1}{n \lambda}"
            r"\left( I + \ln \mathbb{E}\,\left(1 + 2 \lambda s(\hat{W})\right)^{-n/2} \right)",
            "The Donsker-Varadhan bound, for every λ > 0: the average over the codebook takes the place of its worst "
            "weights.",
            "donsker-varadhan-mixed",
            where=((r"s(\hat{W})", "loss scale of the compressed weights: σ² plus their squared distance from the truth"),),
        ),
        Formula(
            r"\mathrm{gen} = 2 a \sigma^2 \leq 2 a \sigma^2 "
            r"\sqrt{1 + (1 - a) \frac{1 - \sqrt{1 - a}}{1 + \sqrt{1 - a}}} \leq 1.0442 \cdot 2 a \sigma^2",
            "The Wasserstein bound of one row, green and dashed in the second picture, for a code that knows the inputs "
            "and the error at the training inputs; the individual-sample bound beside it asks what the weights know of one "
            "row at a time. Information counts how surely the target of a row can be told from the "
            "weights, and grows like the square root of what is at stake. A distance counts how far that target moves the "
            "prediction, so it shrinks together with the error itself.",
            "wasserstein-bound",
            where=(("a", "what the code keeps of the leverage of the row: its target's weight in its own prediction"),),
        ),
    ),
    sliders=(
        Slider("samples", "rows n (d = 50)", "rows", _SAMPLES, 80.0),
        Slider("bits", "rate b", "bits per weight", _RATES, 1.0),
    ),
    try_this=(
        "At n = 80 go from 6 bits down to 0.05. Which bound stays nearest to the truth, and where is even the error "
        "on new data, which bounds it trivially, as good?",
        "At n = 1280, what does more data do to the ratio of each bound to the truth?",
        "On the two logarithmic scales a straight line is a power of the rate. Compare the slopes of truth and bounds at "
        "the left end.",
    ),
    curves=_curves,
    numbers=_numbers,
    simulate=_simulate,
    trials=1000,
    simulated_at={"samples": (80.0, 320.0), "bits": (0.1, 0.25, 1.0, 2.0, 6.0)},
    how_simulated=(
        "Each trial draws n rows, fits by least squares, sends the weights through the code, and subtracts the error on "
        "the training data from that on new data. No formula of this page is used. A bound is confirmed when the "
        "simulated error stays below it."
    ),
    takeaway=(
        "The information that weights hold about their training data bounds how much they can over-fit, at every rate.",
        "But a bound is a promise and no estimate: it is several times too large where the worst case counts, and it falls "
        "more slowly than the truth at low rates.",
    ),
    exercises=(
        Exercise(
            question="n = 200 rows, I = 20 nats, largest loss scale s = 1.5. What does the sub-Gaussian bound promise?",
            answer=lambda: lc.bounds.sub_gaussian_bound(200, 20.0, 1.5).value,
            right="Right: {answer}.",
            wrong="Put the numbers into the last form of the second formula; I/n is 0.1.",
            unit=SQUARED,
            tolerance=0.01,
        ),
        Exercise(
            question=(
                "At very low rates the true generalization error is proportional to the rate. If you halve the "
                "information, the truth is halved too. What is left of the sub-Gaussian bound?"
            ),
            answer=_halved,
            right="Right: {answer}. The square root falls more slowly, so the bound looks worse and worse at low rates.",
            wrong="The bound is proportional to the square root of I.",
            choices=("one half", "71 percent", "one quarter"),
        ),
    ),
    promise="After it you can say what an information bound promises, and how much of it is worst case.",
    teaching=Teaching(
        mistakes=(
            (
                "within a tenth of the truth",
                "A theorem in a paper is taken for an estimate. Ask over which weights and losses it has to hold.",
            ),
            (
                "below the truth: it needs assumptions that do not hold",
                "They have learned to distrust. Its assumption, a loss with a Gaussian lower tail, does hold here; the "
                "bound is safe and loose.",
            ),
        ),
        ask=(
            "Halve the rate. By what factor does the truth fall at low rates, and by what factor the square root in the "
            "bound?",
            "Which of the three bounds would you report for a code that you want to sell?",
            "When is the error on new data itself the better bound, and what does that say?",
        ),
        figure="bounds",
    ),
    live=_live,
    stored=(_STORED,),
)
