"""Lesson 8: the same effect in a small neural network, and where its sign changes."""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.demos.lesson import Exercise, Formula, Lesson, Number, Prediction, Settings, Slider, Teaching
from linreg_compress.demos.network_table import EPOCHS, LEVELS, NAMES, SAMPLES, SEEDS, cells, table
from linreg_compress.demos.picture import Axis, Circles, Guess, Over, Panel, Picture, one_by_one
from linreg_compress.demos.stored import Stored
from linreg_compress.demos.words import shown
from linreg_compress.monte_carlo.estimate import Moments

_NATS = "nats"


def _at(settings: Settings, **moved: float) -> Mapping[str, float]:
    """Return the row of the table at some settings."""
    at = {**settings, **moved}
    return table()[at["samples"], at["epochs"], at["levels"]]


def _change(settings: Settings, name: str) -> Callable[[Any], Any]:
    return one_by_one(lambda value: _at(settings, **{name: value})["change"])


def _top(settings: Settings) -> float:
    """Upper end of the axis: the largest change with so many levels."""
    return 1.1 * max(abs(row["change"]) for (_, _, levels), row in table().items() if levels == settings["levels"])


def _panel(settings: Settings, name: str, title: str, values: tuple[float, ...]) -> Panel:
    over = Over(np.array(values), settings[name])
    return Panel(
        title=title,
        x=Axis(
            "training images" if name == "samples" else "epochs of training",
            (0.8 * values[0], 1.25 * values[-1]),
            log=True,
            slider=name,
        ),
        y=Axis("change of the loss on new images (nats)", (-_top(settings), _top(settings))),
        curves=(
            over.level("no change", 0.0, "grey"),
            over.curve("after compression", _change(settings, name), "vermillion"),
        ),
        circles=(Circles("change", "vermillion"),),
    )


def _curves(settings: Settings) -> Picture:
    now = _at(settings)
    panels = (
        _panel(settings, "samples", f"{settings['epochs']:g} epochs, {settings['levels']:g} levels", SAMPLES),
        _panel(settings, "epochs", f"{settings['samples']:g} images, {settings['levels']:g} levels", EPOCHS),
    )
    turn = "falls" if now["change"] < 0 else "rises"
    description = (
        f"With {settings['samples']:g} training images, {settings['epochs']:g} epochs and {settings['levels']:g} levels "
        f"the loss on new images {turn} from {shown(now['loss_before'])} to {shown(now['loss_after'])} nats. Few images "
        "and long training make compression help; many images or a short training make it hurt."
    )
    return Picture(panels, description)


def _numbers(settings: Settings) -> tuple[Number, ...]:
    now = _at(settings)
    labels = {
        "change": ("what compression changes in the loss on new images", _NATS),
        "errors_change": ("what it changes in the errors on new images, in percentage points", ""),
        "loss_before": ("loss on new images, before", _NATS),
        "loss_after": ("loss on new images, after", _NATS),
        "training_loss_before": ("loss on the training images, before", _NATS),
        "training_loss_after": ("loss on the training images, after", _NATS),
    }
    return tuple(Number(name, label, unit, now[name]) for name, (label, unit) in labels.items())


def _trial(samples: float, epochs: float, levels: float, trial: float, seed: int = 0) -> Mapping[str, float]:
    """Train one network and measure it, before and after compression."""
    rng = np.random.default_rng([seed, int(trial)])
    ((_, _, *found),) = cells(int(samples), int(epochs), (epochs,), (levels,), rng)
    return dict(zip(NAMES, found, strict=True))


TRIALS = 16
_SIMULATED_AT = {"samples": (50.0, 100.0), "epochs": (5.0, 100.0), "levels": (6.0,)}
_STORED = Stored(
    "networks",
    ("samples", "epochs", "levels", "trial"),
    lambda: product(*_SIMULATED_AT.values(), map(float, range(TRIALS))),
    _trial,
)


def _simulate(settings: Settings, seed: int, trials: int) -> Mapping[str, lc.Estimate]:
    names = [number.name for number in _numbers(settings)]
    place = settings["samples"], settings["epochs"], settings["levels"]
    found = [_trial(*place, trial, seed) if seed else _STORED.at(*place, trial) for trial in range(trials)]
    rows = np.array([[row[name] for name in names] for row in found])
    return dict(zip(names, Moments.of(rows).estimates(), strict=True))


_DEFAULTS = {"samples": 100.0, "epochs": 100.0, "levels": 6.0}


def _right() -> int:
    """Index of what happens to the loss and to the share of errors."""
    now = _at(_DEFAULTS)
    return {(True, False): 1, (True, True): 2}.get((now["change"] < 0, now["errors_change"] < 0), 0)


def _guesses() -> tuple[tuple[Guess, ...], ...]:
    up, down = (Guess(0, (100.0, 0.0), (100.0, to)) for to in (0.1, -0.1))
    return (up,), (down,), (down,), ()


def _turns_out() -> str:
    now = _at(_DEFAULTS)
    return (
        f"The loss falls from {now['loss_before']:.3f} to {now['loss_after']:.3f} nats. The share of errors goes from "
        f"{now['errors_before']:.1f} to {now['errors_after']:.1f} percent. The network was too sure of wrong answers. "
        "A code of few levels shrinks its weights, and so its confidence; it does not make it wiser."
    )


def _turn() -> float:
    """Index of what 6 levels do to the loss on new images after 5 epochs on 100 images."""
    return float(np.sign(_at(_DEFAULTS, epochs=5.0)["change"]) + 1)


LESSON = Lesson(
    name="networks",
    title="From lines to networks",
    minutes=12,
    question=(
        "A network of 64 inputs, 512 hidden units and 10 classes learns handwritten digits from 100 images, in 100 passes "
        "over them (epochs), until it knows them by heart. Then every one of its 37,888 weights is moved to one of six "
        "levels, found by k-means.",
        "The loss is the cross entropy: minus the logarithm of the probability that the network gave to the true digit, in "
        "nats. Images that it has never seen are the new data.",
        "What do six levels do to the loss on new images, and what to the share of digits that are read wrongly?",
    ),
    prediction=Prediction(
        question="After compression to six levels, on new images",
        choices=(
            "the loss and the share of errors both rise",
            "the loss falls, the share of errors does not",
            "the loss and the share of errors both fall",
            "the loss and the share of errors both stay as they are",
        ),
        right=_right,
        turns_out=_turns_out,
        guesses=_guesses,
    ),
    formulas=(
        Formula(
            r"L(\hat{W}) - L(W) \approx \frac{1}{2} \sum_j h_j (\hat{W}_j - W_j)^2",
            "Near its minimum the training loss rises with the square of what each weight moves, times its importance; "
            "for a linear model that is exact along each weight.",
            "quadratic-loss-expansion",
            where=(
                (r"L(\hat{W})", "training loss of the compressed network"),
                (r"L(W)", "training loss of the network"),
                ("h_j", "importance of weight j, the second derivative of the training loss"),
                ("W_j", "weight j before compression"),
                (r"\sum_j", "sum over the weights"),
            ),
        ),
        Formula(
            r"h = \sum_c p_c (a_c - m)^2",
            "The importance of a weight is the variance of the slopes of the outputs, each class as likely as the network "
            "says; of several images it is the mean.",
            "relu-network-hessian-diagonal",
            where=(
                ("h", "importance of one weight for one image"),
                (r"\sum_c", "sum over the classes"),
                ("p_c", "probability that the network gives to class c"),
                ("a_c", "slope of the output of class c in the weight"),
                ("m", "mean of these slopes under the probabilities"),
            ),
        ),
    ),
    sliders=(
        Slider("samples", "training images n", "images", SAMPLES, 100.0),
        Slider("epochs", "epochs of training", "epochs", EPOCHS, 100.0),
        Slider("levels", "levels K", "levels", LEVELS, 6.0),
    ),
    try_this=(
        "Move the number of images from 50 to 800. Where does compression stop helping, and which condition of the linear "
        "lessons does that remind you of?",
        "With 100 images, shorten the training from 100 epochs to 5. Why is there nothing to gain from a network that has "
        "not yet over-fitted?",
        "Compare 3 levels with 16. Which of the two changes the loss more, and is it always in the good direction?",
    ),
    curves=_curves,
    numbers=_numbers,
    simulate=_simulate,
    trials=TRIALS,
    simulated_at=_SIMULATED_AT,
    how_simulated=(
        "Each trial draws training images, trains a network on them from new random weights, compresses it and measures on "
        "all other images. That takes too long for this page to do it while one watches. There is no closed form: theory "
        f"stands for the mean over {SEEDS} networks trained before."
    ),
    takeaway=(
        "In a network as on a line, compression shrinks what over-fitting has blown up, so it helps after long training on "
        "few images and hurts with many or after short training.",
        "The loss on new images falls and the share of errors does not, and lower confidence alone does as well.",
    ),
    exercises=(
        Exercise(
            question=(
                "The link with the line: n = 80 rows, and the squares of feature j add up to 72. What is the importance "
                "h of its weight, the second derivative of the mean squared error on the training data?"
            ),
            answer=lambda: float(lc.hessian_importance([[72.0]], 80)[0]),
            right="Right: h = {answer}, twice the sum over n.",
            wrong="Differentiate the mean of (y − w x)² twice in w: what is left of each row?",
            tolerance=0.05,
        ),
        Exercise(
            question="A network has seen 100 images for only 5 epochs, and goes to six levels. The loss on new images",
            answer=_turn,
            right="Right: it {answer}. Nothing was over-fitted yet, so the code only costs.",
            wrong="Set the slider of the epochs to 5 and read the second picture.",
            choices=("falls", "stays the same", "rises"),
        ),
    ),
    promise="After it you can say when a compressed network does better on new data, and what it cannot improve.",
    teaching=Teaching(
        mistakes=(
            (
                "the loss and the share of errors both rise",
                "Six levels sound like a great loss. Compare with the noise that the training itself put into the weights.",
            ),
            (
                "the loss and the share of errors both fall",
                "A lower loss sounds like a better classifier. The loss also punishes confidence in wrong answers.",
            ),
        ),
        ask=(
            "Dividing all outputs by 1.75 lowers the loss more than any code. What does that say about why codes help?",
            "Why does the training loss rise at every setting?",
        ),
        figure="network",
    ),
    stored=(_STORED,),
)
