"""Lesson 7: clustering weights with a diameter penalty, local search against the certified optimum."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import product

import numpy as np

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.compression.clustering.record import Clustering
from linreg_compress.demos.lesson import Exercise, Formula, Lesson, Number, Prediction, Settings, Slider, Teaching
from linreg_compress.demos.live import Live, Search
from linreg_compress.demos.picture import Axis, Circles, Color, Curve, Guess, Over, Panel, Picture, one_by_one
from linreg_compress.demos.stored import Stored, estimates, numbers
from linreg_compress.demos.words import SQUARED, shown
from linreg_compress.monte_carlo.estimate import Moments

MODEL = lc.LinearModel(samples=80, features=50, signal_variance=0.1)
_LEVELS = (2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
TRIALS = 100  # weight vectors behind each simulated value
_TENTH = 4  # of them one in so many is searched from ten starts too
_GUESSES = (0.0, 4.0, 33.0)  # of the prediction, in percent
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


def _spread(weights: FloatArray, levels: float, penalty: float, starts: int) -> Clustering:
    """Return the best of so many local searches that start with k-means++, the default of today's libraries."""
    rng = np.random.default_rng(0)
    found = (
        lc.compression.local_search(
            weights, int(levels), penalty_weight=penalty, initialization="k-means++", rng=rng, iterations=50
        )
        for _ in range(starts)
    )
    return min(found, key=lambda each: each.objective)


@lru_cache(maxsize=256)
def _spread_here(levels: float, penalty: float) -> Clustering:
    return _spread(_example(), levels, penalty, 1)


def _above(found: Clustering, best: Clustering) -> float:
    """Percent that a clustering costs above what is proven to be necessary."""
    return 100 * (found.objective / best.lower_bound - 1)


def _curves(settings: Settings) -> Picture:
    levels, penalty = settings["levels"], settings["penalty"]
    best, local = _pair(levels, penalty)
    rows: tuple[tuple[str, FloatArray, Color, float], ...] = (
        ("50 weights", _example(), "grey", 1.0),
        ("centres of the optimum", best.centers, "blue", 2.0),
        ("centres of the paper's search", local.centers, "vermillion", 3.0),
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
    spread = one_by_one(lambda k: _above(_spread_here(k, penalty), _pair(k, penalty)[0]))
    search = Panel(
        title=f"What a local search costs, penalty {penalty:g}",
        x=Axis("centres K", (1.0, 17.0), slider="levels"),
        y=Axis("percent above the proven lower bound", (-0.05 * _top(penalty), _top(penalty))),
        curves=(
            over.curve("equally spaced start", excess, "vermillion", "dashed"),
            over.curve("k-means++ start", spread, "green", "dash-dotted", label_above=False),
            over.curve("optimum", proven, "blue", label_at=0.0, label_above=False),
        ),
        circles=(Circles("local_above", "vermillion", "mean of many fits"), Circles("spread_above", "green")),
    )
    description = (
        f"With at most {levels:g} centres and the penalty {penalty:g} the optimum for this fit costs "
        f"{shown(best.objective)} and uses {best.levels} centres from {shown(best.centers[0])} to "
        f"{shown(best.centers[-1])}. The paper's local search, from equally spaced centres, ends "
        f"{shown(_above(local, best), 3)} percent above it, one from a k-means++ start "
        f"{shown(_above(_spread_here(levels, penalty), best), 3)} percent."
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
        Number("this_local", "this fit: cost where the search from equally spaced centres ends", "", local.objective),
        Number("this_above", "this fit: percent above the proven bound", "", _above(local, best)),
        Number(
            "cost", "least possible cost; theory: of a codebook agreed in advance", "", _agreed(levels, penalty), "upper"
        ),
        Number("best_above", "optimum: percent above the proven bound (goal of the search)", "", 1e-8, "upper"),
        Number("local_above", "equally spaced start: percent above the proven bound", "", 0.0, "lower"),
        Number("spread_above", "k-means++, one start: percent above the proven bound", "", 0.0, "lower"),
        Number("ten_above", "k-means++, best of ten starts: percent above the proven bound", "", 0.0, "lower"),
        Number("missed", "share of fits in which the equally spaced start costs over 1 percent too much", "", None),
        Number("change", "what the optimum changes on new data", SQUARED, None),
    )


def _simulate(settings: Settings, seed: int, trials: int) -> Mapping[str, lc.Estimate]:
    place = settings["levels"], settings["penalty"]
    if (seed, trials) == (0, TRIALS) and place in _STORED.held():
        return estimates(_STORED.at(*place))
    return _simulated(*place, seed, trials)


def _simulated(levels: float, penalty: float, seed: int, trials: int) -> Mapping[str, lc.Estimate]:
    data = MODEL.draw(trials, rng=np.random.Generator(np.random.SFC64(seed)))
    weights = lc.fit(data.features, data.targets).weights
    before = lc.population_risk(MODEL, weights, data.true_weights)
    rows, tens = [], []
    for place, (vector, truth, risk) in enumerate(zip(weights, data.true_weights, before, strict=True)):
        best, local = _clustered(vector, levels, penalty)
        after = lc.population_risk(MODEL, best.centers[best.assignments], truth)
        spread, missed = _above(_spread(vector, levels, penalty, 1), best), float(_above(local, best) > 1)
        rows.append([best.objective, _above(best, best), _above(local, best), spread, missed, float(after - risk)])
        if place % _TENTH == 0 or trials < 2 * _TENTH:
            tens.append([_above(_spread(vector, levels, penalty, 10), best)])
    names = ("cost", "best_above", "local_above", "spread_above", "missed", "change")
    found = dict(zip(names, Moments.of(np.array(rows)).estimates(), strict=True))
    return found | dict(zip(("ten_above",), Moments.of(np.array(tens)).estimates(), strict=True))


def _live(settings: Settings) -> Live | None:
    """Return the searches without a penalty; the optimum with one is beyond what a page computes while one watches."""
    if settings["penalty"]:
        return None
    levels = int(settings["levels"])
    return Live(
        MODEL,
        (
            (lc.compression.KMeansQuantizer(levels), {"cost": "cost", "change": "population_risk_change"}),
            (Search(levels, "linear"), {"local_above": "excess_percent", "missed": "over_one_percent"}),
            (Search(levels, "k-means++"), {"spread_above": "excess_percent"}),
            (Search(levels, "k-means++", 10), {"ten_above": "excess_percent"}),
        ),
    )


_SIMULATED_AT = {"levels": (2.0, 4.0, 8.0, 16.0), "penalty": (0.0, 3.0)}
_STORED = Stored(
    "clustering",
    ("levels", "penalty"),
    lambda: product(*_SIMULATED_AT.values()),
    lambda levels, penalty: numbers(_simulated(levels, penalty, 0, TRIALS)),
)


def _eight_centres() -> Mapping[str, lc.Estimate]:
    return estimates(_STORED.at(8.0, 0.0))


def _right() -> int:
    """Index of how far above the optimum the local search ends on average: not at all, a few percent, a third."""
    return int(np.abs(np.array(_GUESSES) - _eight_centres()["local_above"].mean).argmin())


def _turns_out() -> str:
    found = _eight_centres()
    return (
        f"Over {TRIALS} fits it ends {shown(found['local_above'].mean, 2)} percent above the optimum on average. It stops "
        "where neither step helps any more, and where that is depends on its start: from one k-means++ start it ends "
        f"{shown(found['spread_above'].mean, 2)} percent above, the best of ten ends "
        f"{shown(found['ten_above'].mean, 2)} percent above. We know it, because on a line clusters are intervals, and a "
        "dynamic program finds the best intervals of all, with a lower bound that proves it."
    )


def _fewer() -> float:
    """Index of what a very strong penalty does to the number of centres in use: less, the same, more."""
    free, strong = (lc.diameter_kmeans(_example(), 16, penalty_weight=penalty).levels for penalty in (0.0, 300.0))
    return float(np.sign(strong - free) + 1)


def _two_clusters() -> float:
    return lc.diameter_kmeans([0.0, 1.0, 10.0, 11.0], 2, penalty_weight=1.0).objective


_WHERE = (
    (r"\mathrm{cost}_1", "cost of the first cluster"),
    (r"\mathrm{cost}", "sum of the squared distances to the centres, and the penalty"),
    (r"\beta", "weight of the penalty"),
    ("Q", "squared error within the clusters"),
    ("m_K", "mean of the last cluster"),
    ("m_1", "mean of the first cluster"),
    ("H_K", "number of weights in the last cluster"),
    ("H_1", "number of weights in the first cluster"),
    ("D", "distance between the outermost centres"),
    ("s", "slope of a linear penalty"),
    ("m", "mean of the cluster"),
    ("H", "number of weights in the cluster"),
)

LESSON = Lesson(
    name="clustering",
    title="Clustering with a diameter penalty",
    minutes=12,
    question=(
        "To store 50 weights cheaply, replace them by a few centres: each weight is sent as the number of its centre. Good "
        "centres have a small sum of squared distances. The paper behind this package adds a penalty β on the squared "
        "distance D² between the outermost centres: a small codebook has a small loss scale, and so, by lesson 5, a better "
        "bound on the generalization error. The paper calls it DRHW k-means, and HW where β is zero.",
        "The paper's method is a local search: start with equally spaced centres, give each weight to its nearest centre, "
        "move each centre to its best place, repeat until nothing changes.",
        "How good are the centres that it ends with?",
    ),
    prediction=Prediction(
        question="50 weights, 8 centres, no penalty. From equally spaced centres the search ends, on average, at a cost",
        choices=(
            "that is the least possible: it only stops when nothing can be improved",
            "a few percent above the least possible",
            "about a third above the least possible",
        ),
        right=_right,
        turns_out=_turns_out,
        guesses=lambda: tuple((Guess(1, (8.0, above)),) for above in _GUESSES),
    ),
    formulas=(
        Formula(
            r"\mathrm{cost} = Q + \frac{(m_K - m_1)^2}{1/\beta + 1/H_1 + 1/H_K}",
            "For given clusters (Q their inner squared error, m the mean and H the number of weights of the two end "
            "clusters) the penalty draws the end centres together like three springs in a row.",
            "springs-in-series",
            where=_WHERE,
        ),
        Formula(
            r"\beta\, D^2 = \max_{s > 0}\ \left( s D - \frac{s^2}{4\beta} \right)",
            "The squared penalty is the upper envelope of linear ones. For a linear penalty a dynamic program is exact, so "
            "every s gives a lower bound that no codebook can go below: the certificate.",
            "squared-penalty-as-family-of-linear",
            where=_WHERE,
        ),
        Formula(
            r"\mathrm{cost}_1 = Q - \beta\, m - \frac{\beta^2}{4 H}",
            "Under the linear penalty β D the two ends no longer know of each other: each cluster has a price of its own,"
            " and prices of intervals can be added up by dynamic programming.",
            "linear-diameter-penalty",
            where=_WHERE,
        ),
    ),
    sliders=(
        Slider("levels", "centres, at most K", "centres", _LEVELS, 8.0),
        Slider("penalty", "diameter penalty β", "", _PENALTIES, 0.0),
    ),
    try_this=(
        "With β = 0 go from 2 centres to 16. Up to how many would you trust one local search, and from which start?",
        "With K = 8 raise the penalty and watch the centres in the first picture. Which of them move, and where to?",
        "Why do both searches look better and better as the penalty grows? (What is the cost mostly made of then?)",
    ),
    curves=_curves,
    numbers=_numbers,
    simulate=_simulate,
    trials=TRIALS,
    simulated_at=_SIMULATED_AT,
    how_simulated=(
        "Each trial draws true weights (variance 0.1) and 80 rows, fits 50 weights by least squares, and clusters them "
        "exactly, from equally spaced centres, and from k-means++ starts, once and ten times. Each time the exact program "
        "also returns a lower bound, proven for that very weight vector. The "
        "circles are means over all trials, the bars their 95 % intervals."
    ),
    takeaway=(
        "A local search stops where it can no longer improve, and how far above the optimum that is depends on its start: "
        "about a third from equally spaced centres, about an eighth from one k-means++ start, about a hundredth from "
        "the best of ten.",
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
    promise="After it you can say why the start of a clustering matters, and how to know that yours is the best.",
    teaching=Teaching(
        mistakes=(
            (
                "that is the least possible: it only stops when nothing can be improved",
                "Nothing can be improved by one of the two steps alone. Ask for two neighbouring centres that should trade "
                "places with a gap elsewhere.",
            ),
            (
                "a few percent above the least possible",
                "Libraries start with k-means++ and often several times, so this is what students have met. The paper's "
                "search starts from equally spaced centres, where the outer ones hold few weights.",
            ),
        ),
        ask=(
            "Which centres of the paper's search stand where no optimum would put one?",
            "How would you know, without the dynamic program, that ten starts were enough?",
            "What does a strong penalty do to the codebook, and what would lesson 5 say about the bound?",
        ),
        figure="diameter",
    ),
    live=_live,
    stored=(_STORED,),
)
