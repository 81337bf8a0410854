"""Lesson 7: clustering weights with a diameter penalty, local search against the certified optimum."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.record import Clustering
from linreg_compress.demos.lesson import Exercise, Formula, Lesson, Number, Prediction, Settings, Slider
from linreg_compress.demos.picture import Axis, Circles, Color, Curve, Over, Panel, Picture, one_by_one
from linreg_compress.demos.words import SQUARED, shown
from linreg_compress.monte_carlo.estimate import Moments

MODEL = lc.LinearModel(samples=80, features=50, signal_variance=0.1)
_LEVELS = (2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
_PENALTIES = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


@lru_cache(maxsize=1)
def _example() -> FloatArray:
    """One vector of least-squares weights, from raw data."""
    data = MODEL.draw(1, rng=np.random.default_rng(1))
    return lc.fit(data.features[0], data.targets[0]).weights


@lru_cache(maxsize=256)
def _pair(levels: float, penalty: float) -> tuple[Clustering, Clustering]:
    """Return the certified optimum and what the local search finds, for the example."""
    return _clustered(_example(), levels, penalty)


def _clustered(weights: FloatArray, levels: float, penalty: float) -> tuple[Clustering, Clustering]:
    best = lc.diameter_kmeans(weights, int(levels), penalty_weight=penalty)
    return best, lc.compression.local_search(weights, int(levels), penalty_weight=penalty)


def _above(found: Clustering, best: Clustering) -> float:
    """Percent that a clustering costs above what is proven to be necessary."""
    return 100 * (found.objective / best.lower_bound - 1)


def _curves(settings: Settings) -> Picture:
    levels, penalty = settings["levels"], settings["penalty"]
    best, local = _pair(levels, penalty)
    rows: tuple[tuple[str, FloatArray, Color, float], ...] = (
        ("50 weights", _example(), "grey", 1.0),
        ("centres of the optimum", best.centers, "blue", 2.0),
        ("centres of the local search", local.centers, "vermillion", 3.0),
    )
    line = Panel(
        title=f"One fit: 50 weights, at most {levels:g} centres",
        x=Axis("value of a weight", (-1.1, 1.1)),
        y=Axis("", (0.5, 3.7)),
        curves=tuple(
            Curve(label, np.sort(values), np.full(len(values), height), color, "points", label_at=0.5)
            for label, values, color, height in rows
        ),
    )
    over, proven = Over(np.array(_LEVELS), levels), one_by_one(lambda k: _above(_pair(k, penalty)[0], _pair(k, penalty)[0]))
    excess = one_by_one(lambda k: _above(*reversed(_pair(k, penalty))))
    search = Panel(
        title=f"What the local search costs, penalty {penalty:g}",
        x=Axis("centres K", (1.0, 17.0), slider="levels"),
        y=Axis("percent above the proven lower bound", (-0.05 * _top(penalty), _top(penalty))),
        curves=(
            over.curve("local search, this fit", excess, "vermillion", "dashed"),
            over.curve("optimum", proven, "blue", label_at=0.0),
        ),
        circles=(Circles("local_above", "vermillion", "mean of many fits"),),
    )
    description = (
        f"With at most {levels:g} centres and the penalty {penalty:g} the optimum for this fit costs "
        f"{shown(best.objective)} and uses {best.levels} centres from {shown(best.centers[0])} to "
        f"{shown(best.centers[-1])}. The local search ends at {shown(local.objective)}, {shown(_above(local, best), 3)} "
        "percent above."
    )
    return Picture((line, search), description)


def _top(penalty: float) -> float:
    """Upper end of the axis: errors of the local search shrink as the penalty takes over."""
    return 200.0 if penalty == 0 else 40.0 if penalty < 0.3 else 16.0 if penalty < 1 else 6.0


@lru_cache(maxsize=256)
def _agreed(levels: float, penalty: float) -> float:
    """Cost of one codebook for all weight vectors, designed for the law of a weight: exact."""
    shares = (np.arange(400) + 0.5) / 400
    found = lc.diameter_kmeans(
        lc.source_for(MODEL).ppf(shares), int(levels), np.full(400, MODEL.features / 400), penalty_weight=penalty
    )
    centers = found.centers
    quantizer = lc.CellQuantizer(centers, (centers[1:] + centers[:-1]) / 2)
    error = MODEL.features * float(lc.compressed_risk.scalar_quantizer_risks(MODEL, quantizer).weight_mse)
    return error + penalty * float(np.ptp(centers)) ** 2


def _numbers(settings: Settings) -> tuple[Number, ...]:
    levels, penalty = settings["levels"], settings["penalty"]
    best, local = _pair(levels, penalty)
    return (
        Number("this_cost", "this fit: least possible cost", "", best.objective),
        Number("this_local", "this fit: cost where the local search ends", "", local.objective),
        Number("this_above", "this fit: percent above the proven bound", "", _above(local, best)),
        Number(
            "cost", "least possible cost; theory: of a codebook agreed in advance", "", _agreed(levels, penalty), "upper"
        ),
        Number("best_above", "optimum: percent above the proven bound (goal of the search)", "", 1e-8, "upper"),
        Number("local_above", "local search: percent above the proven bound", "", 0.0, "lower"),
        Number("missed", "share of fits in which the local search costs over 1 percent too much", "", None),
        Number("change", "what the optimum changes on new data", SQUARED, None),
    )


def _simulate(settings: Settings, seed: int, trials: int) -> Mapping[str, lc.Estimate]:
    data = MODEL.draw(trials, rng=np.random.Generator(np.random.SFC64(seed)))
    weights = lc.fit(data.features, data.targets).weights
    before = lc.population_risk(MODEL, weights, data.true_weights)
    rows = []
    for vector, truth, risk in zip(weights, data.true_weights, before, strict=True):
        best, local = _clustered(vector, settings["levels"], settings["penalty"])
        after = lc.population_risk(MODEL, best.centers[best.assignments], truth)
        missed = _above(local, best) > 1
        rows.append([best.objective, _above(best, best), _above(local, best), float(missed), float(after - risk)])
    names = ("cost", "best_above", "local_above", "missed", "change")
    return dict(zip(names, Moments.of(np.array(rows)).estimates(), strict=True))


@lru_cache(maxsize=1)
def _eight_centres() -> lc.Estimate:
    return _simulate({"levels": 8.0, "penalty": 0.0}, 0, 200)["local_above"]


def _right() -> int:
    """Index of how far above the optimum the local search ends on average: not at all, a few percent, a third."""
    return int(np.abs(np.array([0.0, 4.0, 33.0]) - _eight_centres().mean).argmin())


def _turns_out() -> str:
    found = _eight_centres()
    return (
        f"Over 200 fits it ends {shown(found.mean, 2)} percent above the optimum on average. It stops where neither step "
        "helps any more, and that can be far from the best. We know how far, because on a line clusters are intervals, and "
        "a dynamic program finds the best intervals of all, with a lower bound that proves it."
    )


def _fewer() -> float:
    """Index of what a very strong penalty does to the number of centres in use: less, the same, more."""
    free, strong = (lc.diameter_kmeans(_example(), 16, penalty_weight=penalty).levels for penalty in (0.0, 300.0))
    return float(np.sign(strong - free) + 1)


def _two_clusters() -> float:
    return lc.diameter_kmeans([0.0, 1.0, 10.0, 11.0], 2, penalty_weight=1.0).objective


LESSON = Lesson(
    name="clustering",
    title="Clustering with a diameter penalty",
    minutes=12,
    question=(
        "To store 50 weights cheaply, replace them by a few centres: each weight is sent as the number of its centre. Good "
        "centres have a small sum of squared distances. The paper behind this package adds a penalty β on the squared "
        "distance D² between the outermost centres: a small codebook has a small loss scale, and so, by lesson 5, a better "
        "bound on the generalization error.",
        "The usual method is a local search: give each weight to its nearest centre, move each centre to its best place, "
        "repeat until nothing changes.",
        "How good are the centres that it ends with?",
    ),
    prediction=Prediction(
        question="50 weights, 8 centres, no penalty. On average the cost where the local search ends is",
        choices=(
            "the least possible: it only stops when nothing can be improved",
            "a few percent above the least possible",
            "about a third above the least possible",
        ),
        right=_right,
        turns_out=_turns_out,
    ),
    formulas=(
        Formula(
            r"\mathrm{cost} = Q + \frac{(m_K - m_1)^2}{1/\beta + 1/H_1 + 1/H_K}",
            "For given clusters (Q their inner squared error, m the mean and H the number of weights of the two end "
            "clusters) the penalty draws the end centres together like three springs in a row.",
            "springs-in-series",
        ),
        Formula(
            r"\beta\, D^2 = \max_{s > 0}\ \left( s D - \frac{s^2}{4\beta} \right)",
            "The squared penalty is the upper envelope of linear ones. For a linear penalty a dynamic program is exact, so "
            "every s gives a lower bound that no codebook can go below: the certificate.",
            "squared-penalty-as-family-of-linear",
        ),
        Formula(
            r"\mathrm{cost}_1 = Q - \beta\, m - \frac{\beta^2}{4 H}",
            "Under the linear penalty β D the two ends no longer know of each other: each cluster has a price of its own,"
            " and prices of intervals can be added up by dynamic programming.",
            "linear-diameter-penalty",
        ),
    ),
    sliders=(
        Slider("levels", "centres, at most K", "centres", _LEVELS, 8.0),
        Slider("penalty", "diameter penalty β", "", _PENALTIES, 0.0),
    ),
    try_this=(
        "With β = 0 go from 2 centres to 16. Up to how many would you trust the local search?",
        "With K = 8 raise the penalty and watch the centres in the first picture. Which of them move, and where to?",
        "Why does the local search look better and better as the penalty grows? (What is the cost mostly made of then?)",
    ),
    curves=_curves,
    numbers=_numbers,
    simulate=_simulate,
    trials=60,
    simulated_at={"levels": (2.0, 4.0, 8.0, 16.0), "penalty": (0.0, 0.3, 3.0)},
    how_simulated=(
        "Each trial draws true weights (variance 0.1) and 80 rows, fits 50 weights by least squares, and clusters them "
        "both ways. Each time the exact program also returns a lower bound, proven for that very weight vector. The "
        "circles are means over all trials, the bars their 95 % intervals."
    ),
    takeaway=(
        "A local search stops where it can no longer improve, and with many centres that is often far above the optimum.",
        "On a line the optimum can be found and proven, penalty or not, so there is no reason to live with a guess.",
    ),
    exercises=(
        Exercise(
            question="Weights 0, 1, 10, 11, two centres, β = 1. What does the best codebook cost in all?",
            answer=_two_clusters,
            right="Right: {answer}. The clusters cost 0.5 each, and the springs add 10² / (1/1 + 1/2 + 1/2).",
            wrong="Take the clusters (0, 1) and (10, 11) and use the first formula with H = 2 for both.",
            tolerance=0.05,
        ),
        Exercise(
            question=(
                "At most 16 centres are allowed, and without a penalty the optimum uses them all. With a very strong "
                "penalty it uses"
            ),
            answer=_fewer,
            right="Right: {answer}. Where the ends must stay close together there is no room for centres between them.",
            wrong="Raise the penalty in the first picture and watch where the outer centres go. What is left between them?",
            choices=("fewer of them", "all 16 of them", "even more than 16"),
        ),
    ),
)
