"""Lesson 2: what a bit buys, the distortion-rate function of least-squares weights."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.demos.lesson import Exercise, Formula, Lesson, Number, Prediction, Settings, Slider, Teaching
from linreg_compress.demos.live import Live
from linreg_compress.demos.picture import Axis, Circles, Guess, Over, Panel, Picture, one_by_one
from linreg_compress.demos.words import SQUARED, counted, shown

SAMPLES = 80
_BITS = np.linspace(0.0, 6.0, 61)
_SPLITS = ((4, 0), (3, 1), (2, 2))  # of four bits over two weights


def _rate(bits: ArrayLike, features: int) -> FloatArray:
    return lc.rate_nats_from_bits(bits, features)


@lru_cache(maxsize=1024)
def _aware(bits: float, features: int) -> float:
    """What the best code that knows X adds to the training error."""
    model = lc.LinearModel(SAMPLES, features)
    return float(lc.risks(model, lc.AwareGaussianChannel.for_model(model, float(_rate(bits, features)))).distortion)


@lru_cache(maxsize=1024)
def _blind(bits: float, features: int) -> float:
    """What the Gaussian code that sees the weights alone adds to it."""
    model = lc.LinearModel(SAMPLES, features)
    return float(lc.risks(model, lc.BlindGaussianChannel.for_model(model, float(_rate(bits, features)))).distortion)


def _lost(bits: ArrayLike, features: int) -> FloatArray:
    return lc.information.normalized_distortion(_rate(bits, features), features)


def _curves(settings: Settings) -> Picture:
    bits, d = settings["bits"], int(settings["features"])
    over, across = Over(_BITS, bits), Axis("bits per weight", (0.0, 6.0), slider="bits")
    added = Panel(
        title="What is added to the training error",
        x=across,
        y=Axis(f"added squared error ({SQUARED}, log scale)", (1e-5, 3.0), log=True),
        curves=(
            over.curve("code that sees W alone", one_by_one(lambda b: _blind(b, d)), "orange", "dashed"),
            over.curve(
                "best code that knows X", one_by_one(lambda b: _aware(b, d)), "blue", label_above=False, label_at=0.45
            ),
        ),
        circles=(Circles("blind_distortion", "orange"), Circles("aware_distortion", "blue")),
    )
    fate = Panel(
        title="Where the variance of a weight goes",
        x=across,
        y=Axis("fraction of the variance of a weight", (0.0, 1.1)),
        curves=(
            over.curve("kept, 1 − δ", lambda b: lc.information.kept_fraction(_rate(b, d), d), "green", label_above=False),
            over.curve("lost, δ", lambda b: _lost(b, d), "vermillion", "dashed"),
        ),
    )
    description = (
        f"At {counted(bits, 'bits per weight')} the code loses {shown(100 * _lost(bits, d), 3)} percent of the variance of "
        f"a weight. A code that does not know the inputs adds {shown(_blind(bits, d))} to the training error, the best "
        f"code adds {shown(_aware(bits, d))}. On the logarithmic scale its curve is a straight line: every bit divides by "
        "four."
    )
    return Picture((added, fate), description)


def _numbers(settings: Settings) -> tuple[Number, ...]:
    bits, d = settings["bits"], int(settings["features"])
    return (
        Number("aware_distortion", "added to the training error, best code that knows X", SQUARED, _aware(bits, d)),
        Number("blind_distortion", "added to the training error, code that sees W alone", SQUARED, _blind(bits, d)),
        Number("delta", "fraction of a weight's variance that is lost, δ", "", float(_lost(bits, d))),
        Number("rate_nats", "rate R of the whole vector", "nats", float(_rate(bits, d))),
    )


def _live(settings: Settings) -> Live:
    model = lc.LinearModel(SAMPLES, int(settings["features"]))
    rate = float(_rate(settings["bits"], model.features))
    return Live(
        model,
        (
            (lc.AwareGaussianChannel.for_model(model, rate), {"aware_distortion": "distortion"}),
            (lc.BlindGaussianChannel.for_model(model, rate), {"blind_distortion": "distortion"}),
        ),
    )


def _simulate(settings: Settings, seed: int, trials: int) -> Mapping[str, lc.Estimate]:
    return _live(settings).simulate(seed, trials)


def _right() -> int:
    """Index of what the third bit does: halves, quarters, takes a third off, depends on d."""
    left = [float(lc.distortion_rate(1.0, _rate(3, d) - _rate(2, d), d)) for d in (10, 50)]
    if not np.isclose(left[0], left[1]):
        return 3
    return int(np.abs(np.array([1 / 2, 1 / 4, 2 / 3]) - left[0]).argmin())


def _guesses() -> tuple[tuple[Guess, ...], ...]:
    before = _aware(2.0, 50)
    return (*((Guess(0, (3.0, before * share)),) for share in (1 / 2, 1 / 4, 2 / 3)), ())


def _turns_out() -> str:
    return (
        f"It falls to a quarter: with n = 80 and d = 50 from {shown(_aware(2, 50), 3)} to {shown(_aware(3, 50), 3)}. A bit "
        "halves the typical size of an error, and the square of a half is a quarter. It is the same for every bit, for "
        "every number of weights, and no code, however clever, does better."
    )


def _bits_for_a_thousandth() -> float:
    """Bits a weight at which n = 80, d = 40 add 0.001 to the training error."""
    nothing = _aware(0.0, 40)
    return float(lc.bits_per_weight_from_nats(lc.rate_distortion(nothing, 0.001, 40), 40))


def _best_split() -> float:
    """Index of the split of four bits over two like weights that leaves the least error."""
    left = [sum(float(lc.distortion_rate(1.0, lc.rate_nats_from_bits(b, 1))) for b in split) for split in _SPLITS]
    return float(np.argmin(left))


LESSON = Lesson(
    name="rate-distortion",
    title="What a bit buys",
    minutes=10,
    question=(
        "Least squares has fitted d weights, and you store each of them with b bits. Fewer bits take less memory and make "
        "larger errors. How large is decided by you only in part: for every rate there is a least error that no code can "
        "go below, and a code that comes as near to it as one likes.",
        "We measure the error where least squares itself does: by how much the squared error on the training data rises.",
        "How much of that error does one more bit take away?",
    ),
    prediction=Prediction(
        question="You have 2 bits a weight and are given a third. What the best code adds to the training error",
        choices=(
            "is halved",
            "falls to a quarter",
            "falls by a third: from 2 bits to 3",
            "depends on how many weights there are",
        ),
        right=_right,
        turns_out=_turns_out,
        guesses=_guesses,
    ),
    formulas=(
        Formula(
            r"D(R) = V\, e^{-2R}",
            "A weight of variance V that gets R nats (R / ln 2 bits) is left with at least this squared error.",
            "gaussian-rate-distortion",
        ),
        Formula(
            r"D(R) = \sigma^2\, \frac{d}{n}\, e^{-2R/d}",
            "The same for d least-squares weights together, measured on the training data, when both ends of the line know "
            "the inputs X. With b bits a weight the last factor is one over 4 to the power b.",
            "distortion-rate-of-linear-model",
        ),
        Formula(
            r"I(W; \hat{W}) = \frac{1}{2} \ln \frac{1}{\delta}",
            "The channel that reaches the limit: keep the fraction 1 − δ of the weight, add noise of variance δ (1 − δ) V. "
            "It costs this many nats and leaves the error δ V.",
            "gaussian-test-channel",
        ),
    ),
    sliders=(
        Slider("features", "weights d (n = 80)", "weights", (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0), 50.0),
        Slider("bits", "rate b", "bits per weight", tuple(i / 4 for i in range(25)), 2.0),
    ),
    try_this=(
        "Move the rate one bit at a time (four steps of the slider) and watch the first number: what do you divide by?",
        "At which rate is half of a weight's variance kept, and half lost?",
        "Set d = 10, then d = 70. When does it pay that the code knows the inputs X, and at which rates?",
    ),
    curves=_curves,
    numbers=_numbers,
    simulate=_simulate,
    trials=1000,
    simulated_at={"features": (20.0, 50.0, 70.0), "bits": (0.0, 1.0, 2.0, 4.0, 6.0)},
    how_simulated=(
        "Each trial draws 80 rows, fits by least squares, sends the weights through both codes, and measures the error on "
        "the training data before and after. No formula of this page is used. The circles are means over all trials, the "
        "bars their 95 % intervals."
    ),
    takeaway=(
        "Every bit a weight divides the squared error of the best code by four, whatever it was before.",
        "So bits are worth most where there are few of them, and like weights should get equal shares.",
    ),
    exercises=(
        Exercise(
            question=(
                "n = 80, d = 40, σ² = 1. How many bits a weight does the best code need to add only 0.001 to the training "
                "error?"
            ),
            answer=_bits_for_a_thousandth,
            right="Right: {answer}. At rate zero the code adds d/n = 0.5, and 4 to the power 4.48 is 500.",
            wrong="Set the second formula equal to 0.001 and solve for b: by which factor must 0.5 be divided?",
            unit="bits per weight",
            tolerance=0.03,
        ),
        Exercise(
            question="Two weights have the same variance; you have four bits in all. Which split leaves the least error?",
            answer=_best_split,
            right="Right: {answer}. The curve is convex: the second bit of one buys more than the fourth of the other.",
            wrong="Add up the two errors of each split: a weight with k bits is left with one over 4 to the power k.",
            choices=tuple(f"{one} and {other}" for one, other in _SPLITS),
        ),
    ),
    promise="After it you can say what one more bit for each weight buys, and where its limit lies.",
    teaching=Teaching(
        mistakes=(
            ("is halved", "They think of the size of an error; what is measured is its square."),
            (
                "falls by a third: from 2 bits to 3",
                "They think of bits as of money that is spent evenly. Each bit doubles the number of levels, so the gain "
                "is a factor and not a share.",
            ),
        ),
        ask=(
            "On the logarithmic scale the best curve is a straight line. What is its slope, and what would a slope half as "
            "steep mean?",
            "Why does it help the code to know X when d is near n, and hardly when d is small?",
            "At how many bits would you stop, if the noise adds 1 to every error anyway?",
        ),
        figure="tradeoff",
    ),
    live=_live,
)
