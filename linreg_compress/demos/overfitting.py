"""Lesson 1: least squares over-fits, and by how much is known exactly."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import linreg_compress as lc
from linreg_compress.demos.lesson import Exercise, Formula, Lesson, Number, Prediction, Settings, Slider, Teaching
from linreg_compress.demos.live import Live
from linreg_compress.demos.picture import Axis, Circles, Color, Curve, Guess, Mark, Over, Panel, Picture
from linreg_compress.demos.words import SQUARED, shown

if TYPE_CHECKING:
    from linreg_compress.quadratic_laws import Law

_FEATURES = np.arange(1, 51)
_GUESSES = (0.375, 1.0, 1.625, 2.724)  # of the prediction
_MEANS = ("empirical_risk", "population_risk", "generalization_error")
_FAR = 0.9  # share of training sets that lie below the point shown in the table


def _model(settings: Settings) -> lc.LinearModel:
    return lc.LinearModel(int(settings["samples"]), int(settings["features"]))


def _curves(settings: Settings) -> Picture:
    model = _model(settings)
    over = Over(_FEATURES, float(model.features))
    means = Panel(
        title="Expected errors",
        x=Axis("number of weights d", (0.0, 50.0), slider="features"),
        y=Axis(f"expected squared error ({SQUARED})", (0.0, 4.0)),
        curves=(
            over.curve("new data", lambda d: lc.least_squares_risks(model.samples, d).population_risk, "vermillion"),
            over.curve(
                "training data",
                lambda d: lc.least_squares_risks(model.samples, d).empirical_risk,
                "blue",
                "dashed",
                label_above=False,
            ),
            over.level("noise σ²", 1.0, "grey"),
        ),
        circles=(Circles("population_risk", "vermillion"), Circles("empirical_risk", "blue")),
    )
    laws = Panel(
        title="Not every training set is the same",
        x=Axis(f"squared error of one fit ({SQUARED})", (0.0, 5.0)),
        y=Axis("probability density, scaled to its peak", (0.0, 1.25)),
        curves=(
            _density("training data", lc.least_squares.empirical_risk_law(model), "blue"),
            _density("new data", lc.least_squares.population_risk_law(model), "vermillion"),
        ),
        marks=(Mark(1.0, "noise σ²"),),
    )
    now = lc.risks(model)
    description = (
        f"With n = {model.samples} rows and d = {model.features} weights the expected error is "
        f"{shown(now.empirical_risk)} on the training data and {shown(now.population_risk)} on new data; the noise alone "
        "is 1. With more weights for the same rows the first falls along a straight line to zero and the second rises "
        "ever faster."
    )
    return Picture((means, laws), description)


def _density(label: str, law: "Law", color: Color) -> Curve:
    low, high = law.ppf([0.0005, 0.9995])
    x = np.linspace(low, high, 80)
    y = law.pdf(x)
    return Curve(label, x, y / y.max(), color, label_at=0.5)


def _numbers(settings: Settings) -> tuple[Number, ...]:
    model = _model(settings)
    now = lc.risks(model)
    far = shown(float(lc.least_squares.population_risk_law(model).ppf(_FAR)))
    return (
        Number("empirical_risk", "error on the training data", SQUARED, float(now.empirical_risk)),
        Number("population_risk", "error on new data", SQUARED, float(now.population_risk)),
        Number(
            "generalization_error", "generalization error (new minus training)", SQUARED, float(now.generalization_error)
        ),
        Number("share", f"share of training sets whose error on new data is below {far}", "", _FAR),
    )


def _simulate(settings: Settings, seed: int, trials: int) -> Mapping[str, lc.Estimate]:
    model = _model(settings)
    far = float(lc.least_squares.population_risk_law(model).ppf(_FAR))
    found = lc.simulate(
        model, [], trials, seed=seed, statistics={"share": lambda each: (each.population_risk <= far).astype(float)}
    )
    return {name: getattr(found, name) for name in _MEANS} | found.statistics


def _live(settings: Settings) -> Live:
    return Live(_model(settings), ((None, {name: name for name in _MEANS}),))


def _right() -> int:
    """Index of the guess that is nearest to the truth."""
    return int(np.abs(np.array(_GUESSES) - lc.least_squares_risks(80, 50).population_risk).argmin())


def _turns_out() -> str:
    model = lc.LinearModel(80, 50)
    now, uncompressed = lc.risks(model), lc.AwareGaussianChannel.for_model(model, rate_nats=1e6)
    same_inputs = now.empirical_risk + lc.bounds.same_inputs_generalization_error(model, uncompressed)
    return (
        f"It is {shown(now.population_risk, 3)}. On the same 80 inputs with fresh noise the error would be "
        f"{shown(same_inputs)}, as far above 1 as the training error is below. But new inputs also point in directions "
        "about which the 80 rows had almost nothing to say, and there least squares has followed the noise. That costs "
        f"another {shown(now.population_risk - same_inputs, 3)}."
    )


def _longer_weights() -> float:
    """Index of what ten times longer true weights do to the error on new data: falls, stays, rises."""
    short, long = (lc.expected_risks(lc.LinearModel(80, 50, weights=np.full(50, size))) for size in (0.1, 1.0))
    return float(np.sign(long.population_risk - short.population_risk) + 1)


def _colleague() -> float:
    """Error on new data behind a training error of 0.5 with n = 80 and d = 40."""
    unit = lc.least_squares_risks(80, 40)
    return float(lc.least_squares_risks(80, 40, 0.5 / unit.empirical_risk).population_risk)


LESSON = Lesson(
    name="overfitting",
    title="Least squares over-fits",
    minutes=12,
    question=(
        "You measure y in n rows and explain it by d features: y = w₁ x₁ + w₂ x₂ + … + noise. The noise has variance "
        "σ² = 1, so even someone who knew the true weights would have an expected squared error of 1 on every row, old or "
        "new.",
        "Least squares does not know them. It takes the weights with the smallest error on its own n rows, the training "
        "data, so there the error comes out too small. What matters is the error on new rows.",
        "How far below 1 does the training error fall, and how far above 1 does the error on new data rise?",
    ),
    prediction=Prediction(
        question=(
            "With n = 80 rows and d = 50 weights the error on the training data is 0.375 on average. The error on new "
            "data is"
        ),
        choices=(
            "about 0.375 too: the model fits well",
            "about 1: on new rows nothing is lost, it is only that nothing is gained",
            "about 1.6: as far above 1 as the training error is below",
            "about 2.7: farther above 1 than the training error is below",
        ),
        right=_right,
        turns_out=_turns_out,
        guesses=lambda: tuple((Guess(0, (50.0, error)),) for error in _GUESSES),
    ),
    formulas=(
        Formula(
            r"\mathbb{E}\, L_S(W) = \sigma^2 \left(1 - \frac{d}{n}\right)",
            "The expected error on the training data: every weight takes one n-th of the noise away with it.",
            "expected-empirical-risk",
        ),
        Formula(
            r"\mathbb{E}\, L_\mu(W) = \sigma^2\, \frac{n-1}{n-d-1}",
            "The expected error on new data: what counts is n − d − 1, the rows to spare. It does not depend on the true "
            "weights, nor on how the features are correlated.",
            "expected-population-risk",
        ),
        Formula(
            r"\frac{n\, L_S(W)}{\sigma^2} \sim \chi^2_{n-d}",
            "From one training set to the next the training error is distributed like a chi-square with n − d degrees of "
            "freedom.",
            "residual-chi-square-law",
        ),
        Formula(
            r"\frac{L_\mu(W) - \sigma^2}{\sigma^2} \sim \frac{d}{\nu}\, F_{d,\nu}, \qquad \nu = n-d+1",
            "The excess error on new data follows an F law with d and n − d + 1 degrees of freedom.",
            "excess-risk-f-law",
        ),
    ),
    sliders=(
        Slider("samples", "rows n", "rows", (70.0, 80.0, 100.0, 125.0, 160.0, 200.0, 300.0, 400.0), 80.0),
        Slider("features", "weights d", "weights", tuple(5.0 * k for k in range(1, 11)), 50.0),
    ),
    try_this=(
        "Keep n = 80 and move d from 5 to 50. One error falls along a straight line. How does the other one rise?",
        "Keep d = 50 and double the rows from 80 to 160. What happens to the distance between the two errors?",
        "In the second picture find settings where the two bells do not overlap: there every training set lies about its "
        "error.",
    ),
    curves=_curves,
    numbers=_numbers,
    simulate=_simulate,
    trials=2000,
    simulated_at={"samples": (80.0, 160.0), "features": (10.0, 20.0, 30.0, 40.0, 50.0)},
    how_simulated=(
        "Each trial draws a training set of n rows, fits it by least squares, and measures the error on the training data "
        "and on new data. No formula of this page is used. The circles are means over all trials, the bars their 95 % "
        "intervals."
    ),
    takeaway=(
        "The training error of least squares is too small by the factor 1 − d/n, and the error on new data too large by "
        "the factor (n − 1)/(n − d − 1).",
        "Both are known exactly, whatever the true weights are, so the size of over-fitting is no matter of opinion.",
    ),
    exercises=(
        Exercise(
            question=(
                "A colleague has fitted d = 40 weights to n = 80 rows and shows a training error of 0.5. What error "
                "on new data should she expect?"
            ),
            answer=_colleague,
            right="Right, {answer}: the training error is half the noise, so σ² = 1, and new data cost 79/39 of that.",
            wrong="First find σ² from the training error by the first formula, then put it into the second.",
            unit=SQUARED,
            tolerance=0.03,
        ),
        Exercise(
            question=(
                "n = 80, d = 50. The true weights become ten times larger, the noise stays the same. The expected error of "
                "least squares on new data"
            ),
            answer=_longer_weights,
            right="Right, it {answer}: least squares misses the true weights by the same amount wherever they are.",
            wrong="Look for the true weights in the second formula.",
            choices=("becomes smaller", "stays the same", "becomes larger"),
        ),
    ),
    promise="After it you can say how far a training error is too small, and what new data will cost instead.",
    teaching=Teaching(
        mistakes=(
            (
                "about 1.6: as far above 1 as the training error is below",
                "This is right for new noise on the same inputs, and students rarely notice that new inputs are something "
                "else. The answer below the picture splits the rise into its two parts.",
            ),
            (
                "about 1: on new rows nothing is lost",
                "They think that an unbiased estimate predicts without loss. Ask what the variance of the weights does to "
                "a "
                "prediction.",
            ),
        ),
        ask=(
            "At n = 80, what happens to the error on new data when d goes from 45 to 50, and what from 5 to 10? Why is it "
            "not the same?",
            "Somebody doubles the number of rows. Which of the two errors moves more?",
            "Could one training set be lucky and have a larger training error than error on new data? See the second "
            "panel.",
        ),
        figure="double-descent",
    ),
    live=_live,
)
