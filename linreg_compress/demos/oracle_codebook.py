"""Lesson 3: compression lowers the error on new data, when an oracle has centred the codebook at the true weights."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.demos.lesson import Exercise, Formula, Lesson, Number, Prediction, Settings, Slider, Teaching
from linreg_compress.demos.live import Live
from linreg_compress.demos.picture import Axis, Circles, Guess, Over, Panel, Picture, one_by_one
from linreg_compress.demos.words import SQUARED, counted, shown

SAMPLES = 80
_BITS = np.linspace(0.0, 4.0, 81)


def _channel(bits: float, model: lc.LinearModel) -> lc.BlindGaussianChannel:
    return lc.BlindGaussianChannel.for_model(model, float(lc.rate_nats_from_bits(bits, model.features)))


@lru_cache(maxsize=1024)
def _risks(bits: float, features: int) -> lc.CompressedRisks:
    model = lc.LinearModel(SAMPLES, features)
    return lc.risks(model, _channel(bits, model))


def _curves(settings: Settings) -> Picture:
    bits, d = settings["bits"], int(settings["features"])
    over, across = Over(_BITS, bits), Axis("bits per weight", (0.0, 4.0), slider="bits")
    base, now = lc.risks(lc.LinearModel(SAMPLES, d)), _risks(bits, d)

    def after(name: str) -> Callable[[Any], FloatArray]:
        return one_by_one(lambda b: getattr(_risks(b, d), name))

    top = 1.12 * float(base.population_risk)
    risks = Panel(
        title="The two errors",
        x=across,
        y=Axis(f"expected squared error ({SQUARED})", (0.0, top)),
        curves=(
            over.level("new data, before compression", base.population_risk, "vermillion"),
            over.curve("new data, after", after("population_risk"), "vermillion", label_above=False),
            over.curve("training data, after", after("empirical_risk"), "blue", "dashed"),
            over.level("training data, before", base.empirical_risk, "blue", label_above=False),
        ),
        circles=(Circles("population_risk", "vermillion"), Circles("empirical_risk", "blue")),
    )
    gap = Panel(
        title="Their difference: the generalization error",
        x=across,
        y=Axis(f"new data minus training data ({SQUARED})", (0.0, top)),
        curves=(
            over.level("before compression", base.generalization_error, "purple"),
            over.curve("after", after("generalization_error"), "purple", label_above=False),
        ),
        circles=(Circles("generalization_error", "purple"),),
    )
    description = (
        f"At {counted(bits, 'bits per weight')} the error on new data is {shown(now.population_risk)}; least squares has "
        f"{shown(base.population_risk)}. The error on the training data rose from {shown(base.empirical_risk)} to "
        f"{shown(now.empirical_risk)}. With fewer bits the two errors come together."
    )
    return Picture((risks, gap), description)


def _numbers(settings: Settings) -> tuple[Number, ...]:
    now = _risks(settings["bits"], int(settings["features"]))
    labels = {
        "empirical_risk": "error on the training data",
        "population_risk": "error on new data",
        "generalization_error": "generalization error (the difference)",
        "population_risk_change": "what compression changes on new data",
    }
    return tuple(Number(name, label, SQUARED, float(getattr(now, name))) for name, label in labels.items())


def _live(settings: Settings) -> Live:
    features = int(settings["features"])
    model = lc.LinearModel(SAMPLES, features)
    return Live(model, ((_channel(settings["bits"], model), {number.name: number.name for number in _numbers(settings)}),))


def _simulate(settings: Settings, seed: int, trials: int) -> Mapping[str, lc.Estimate]:
    return _live(settings).simulate(seed, trials)


def _right() -> int:
    """Index of what happens at one bit a weight: training error up or down, error on new data up or down."""
    risks = _risks(1.0, 50)
    outcomes = {(True, True): 0, (True, False): 1, (False, False): 2, (False, True): 3}
    return outcomes[bool(risks.distortion > 0), bool(risks.population_risk_change > 0)]


def _guesses() -> tuple[tuple[Guess, ...], ...]:
    base = lc.risks(lc.LinearModel(SAMPLES, 50))
    new, training = float(base.population_risk), float(base.empirical_risk)
    up, down = Guess(0, (1.0, new), (1.0, new + 0.3), ""), Guess(0, (1.0, new), (1.0, new - 0.7), "")
    more, less = Guess(0, (1.0, training), (1.0, training + 0.6)), Guess(0, (1.0, training), (1.0, 0.02))
    return (more, up), (more, down), (less, down), (less, up)


def _turns_out() -> str:
    base, risks = lc.risks(lc.LinearModel(SAMPLES, 50)), _risks(1.0, 50)
    return (
        f"The error on the training data rises from {base.empirical_risk:.3g} to {risks.empirical_risk:.3g}, and the error "
        f"on new data falls from {base.population_risk:.3g} to {risks.population_risk:.3g}. Least squares had fitted the "
        "noise of its 80 rows along with the truth. A good code of low rate does not only lose digits: it pulls every "
        "weight towards the centre of its codebook, and that takes part of the fitted noise out again."
    )


def _rounding() -> float:
    """Index of what rounding to multiples of 0.2 does to the error on new data: falls, stays, rises."""
    model = lc.LinearModel(SAMPLES, 50)
    change = lc.risks(model, lc.UniformQuantizer(0.2)).population_risk_change
    return float(np.sign(change) + 1)


LESSON = Lesson(
    name="oracle-codebook",
    title="One bit a weight, and two errors",
    minutes=12,
    question=(
        "Least squares has fitted d = 50 weights to n = 80 rows of data. The weights must go through a narrow line: one "
        "bit for each of them, sent with the Gaussian code, the best for normal weights.",
        "To keep the first look simple, an oracle has centred the codebook at the true weights, so a code of rate zero "
        "would send exactly the truth. Nobody can do that in practice; lesson 4 takes the oracle away.",
        "What does one bit a weight do to the error on the training data, and what to the error on new data?",
    ),
    prediction=Prediction(
        question="After compression to one bit a weight,",
        choices=(
            "both errors rise: information was lost",
            "the training error rises, the error on new data falls",
            "both errors fall",
            "the training error falls, the error on new data rises",
        ),
        right=_right,
        turns_out=_turns_out,
        guesses=_guesses,
    ),
    formulas=(
        Formula(
            r"\delta = e^{-2R/d} = 4^{-b}",
            "b bits a weight leave the fraction δ of the variance as error: every bit divides it by four.",
            "gaussian-rate-distortion",
        ),
        Formula(
            r"\hat{W} = w^* + (1-\delta)\,(W - w^*) + N",
            "The Gaussian code keeps the fraction 1 − δ of each weight's deviation from the centre, so it shrinks, and "
            "adds a little noise N of variance δ (1 − δ) v, where v = σ² / (n − d − 1) is the variance of one weight.",
            "gaussian-test-channel",
            where=(("N", "independent normal noise of variance δ(1 − δ) v in each weight"),),
        ),
        Formula(
            r"\mathbb{E}\, L_\mu(\hat{W}) = \sigma^2 + (1-\delta)\, \frac{\sigma^2 d}{n-d-1}",
            "The error on new data is the noise that nobody can predict, plus what over-fitting added, and of the latter "
            "only the fraction 1 − δ is left.",
            "blind-channel-risk",
        ),
        Formula(
            r"\mathbb{E}\,[L_S(\hat{W}) - L_S(W)] = \sigma^2 d"
            r" \left[ \frac{\delta^2}{n} + \frac{\delta\,(1-\delta)}{n-d-1} \right]",
            "The error on the training data can only rise: least squares had made it as small as it can be.",
            "blind-channel-risk",
        ),
    ),
    sliders=(
        Slider("features", "weights d (n = 80)", "weights", (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0), 50.0),
        Slider("bits", "rate b", "bits per weight", tuple(i / 4 for i in range(17)), 1.0),
    ),
    try_this=(
        "Move the rate from 4 bits down to 0. The training error is above its old value at every rate; what does the error "
        "on new data do, and where does it end?",
        "Set d = 10, then d = 70. For which of the two has compression more to give back, and why?",
        "Find the rate at which half of the excess error on new data is gone. Does it depend on d?",
    ),
    curves=_curves,
    numbers=_numbers,
    simulate=_simulate,
    trials=2000,
    simulated_at={"features": (20.0, 50.0, 70.0), "bits": (0.25, 1.0, 2.0, 4.0)},
    how_simulated=(
        "Each trial draws 80 rows of features and targets, fits by least squares, sends the weights through the code, and "
        "measures both errors. No formula of this page is used."
    ),
    takeaway=(
        "A code of low rate shrinks the weights towards its centre, and shrinking takes out part of the noise that least "
        "squares has fitted.",
        "So the training error rises and the error on new data falls, at every rate, as long as the centre is the truth.",
    ),
    exercises=(
        Exercise(
            question="n = 80, d = 60, σ² = 1, and half a bit a weight. By how much does the error on new data fall?",
            answer=lambda: -float(_risks(0.5, 60).population_risk_change),
            right="Right: it falls by {answer}. The excess of least squares is d / (n − d − 1), and half of it goes.",
            wrong="Not quite. Compute δ = 4 to the power −b, then take that fraction of σ² d / (n − d − 1).",
            unit=SQUARED,
            tolerance=0.02,
        ),
        Exercise(
            question=(
                "Instead of using the Gaussian code, you round each of the 50 weights to the nearest multiple of 0.2, with "
                "a level at the true weight. Rounding adds an error, but it does not shrink. The error on new data"
            ),
            answer=_rounding,
            right="Right: it {answer}. Noise alone never helps; what helps is the shrinking that a good decoder adds.",
            wrong="Look at the second formula: which of its two parts lowers the error, the factor 1 − δ or the noise?",
            choices=("falls", "stays the same", "rises"),
        ),
    ),
    promise="After it you can say what one bit a weight does to the error on old and on new data, and why.",
    teaching=Teaching(
        mistakes=(
            (
                "both errors rise: information was lost",
                "Information about the training set was lost, and that includes its noise. Ask whose information it was.",
            ),
            (
                "both errors fall",
                "They have heard that compression regularizes. Least squares has the least training error of all weights, "
                "so any other weights can only raise it.",
            ),
        ),
        ask=(
            "At rate zero the code sends the centre. Why is the error on new data then exactly the noise, and would it be "
            "without the oracle?",
            "Which part of the code helps, the shrinking or the noise that it adds?",
            "The training error has a bump near zero bits. Where does it come from?",
        ),
        figure="headline",
    ),
    live=_live,
)
