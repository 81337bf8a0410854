"""Real populations: tables that ship with scikit-learn and statsmodels.

On those of `tuned` the rule of the verdict was chosen; those of `held_out` were written down and tried after it stood. The
rows of a table are all there is of its population, so that the error on new rows is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Population:
    """All rows of a shipped table, and how many a table drawn from it has."""

    name: str
    features: Numbers
    targets: Numbers
    rows: int


def populations() -> Iterator[Population]:
    """Yield all of them."""
    yield from tuned()
    yield from held_out()


def _dummies(classes: Numbers) -> Numbers:
    return (classes[:, None] == np.unique(classes)[None, 1:]).astype(float)


def tuned() -> Iterator[Population]:
    """Yield those on which the rule was chosen."""
    yield from of_scikit_learn()
    yield from of_statsmodels()


def of_scikit_learn() -> Iterator[Population]:
    """Yield tuned ones: with dummies, collinear, heavy-tailed, with a 0/1 target, of pixels, of a few rows."""
    from sklearn import datasets  # type: ignore[import-untyped]

    diabetes, wine, cancer, iris, digits = (
        getattr(datasets, f"load_{name}")(**more)
        for name, more in (
            ("diabetes", {"scaled": False}),
            ("wine", {}),
            ("breast_cancer", {}),
            ("iris", {}),
            ("digits", {}),
        )
    )
    x = diabetes.data
    yield Population("diabetes", x, diabetes.target, 60)
    yield Population("diabetes, body mass", np.delete(x, 2, axis=1), x[:, 2], 50)
    yield Population("diabetes, three columns", x[:, [0, 1, 8]], diabetes.target, 40)
    classes = _dummies(wine.target)
    yield Population("wine, alcohol, with dummies", np.hstack([wine.data[:, 1:], classes]), wine.data[:, 0], 60)
    yield Population("wine, ash", np.delete(wine.data, 2, axis=1), wine.data[:, 2], 50)
    yield Population(
        "wine, malic acid, with dummies", np.hstack([wine.data[:, [0, 2, 3, 4]], classes]), wine.data[:, 1], 40
    )
    yield Population("wine, 0/1 target", wine.data, (wine.target == 0) * 1.0, 60)
    yield Population("cancer, collinear, 0/1 target", cancer.data, cancer.target * 1.0, 150)
    yield Population("cancer, heavy-tailed target", cancer.data[:, :10], cancer.data[:, 13], 80)
    yield Population("cancer, symmetry", np.delete(cancer.data[:, :10], 8, axis=1), cancer.data[:, 8], 40)
    yield Population(
        "iris, petal width, with dummies", np.hstack([iris.data[:, :3], _dummies(iris.target)]), iris.data[:, 3], 40
    )
    yield Population("iris, sepal width", iris.data[:, [0, 2, 3]], iris.data[:, 1], 30)
    lit = digits.data[:, (digits.data > 0).mean(axis=0) > 0.15]
    yield Population("digits, is it an eight", lit, (digits.target == 8) * 1.0, 140)
    yield Population("digits, is it an eight, few rows", lit, (digits.target == 8) * 1.0, 75)
    yield Population("digits, one pixel", np.delete(lit, 20, axis=1)[:, ::3], lit[:, 20], 60)


def of_statsmodels() -> Iterator[Population]:
    """Yield tuned ones: surveys, travel, schools, the economy, firms, households, nations, counties."""
    fair, health, vote, travel, schools, economy, firms, engel, births, counties = (
        _frame(name)
        for name in (
            "fair",
            "randhie",
            "anes96",
            "modechoice",
            "star98",
            "macrodata",
            "grunfeld",
            "engel",
            "fertility",
            "cancer",
        )
    )
    yield _of("fair, heavy-tailed target", fair, "affairs", 80)
    yield _of("fair, with dummies, 0/1 target", _split(fair, "occupation").assign(affairs=fair.affairs > 0), "affairs", 100)
    yield _of("fair, rate of the marriage", fair.drop(columns="affairs"), "rate_marriage", 60)
    yield _of("visits to a doctor, heavy-tailed target", health, "mdvis", 100)
    yield _of("diseases", health.drop(columns="mdvis"), "disea", 140)
    yield _of("vote, 0/1 target", vote, "vote", 120)
    yield _of("party, with dummies", _split(vote.drop(columns=["vote", "popul"]), "educ"), "PID", 80)
    yield _of("travel, with dummies, 0/1 target", _split(travel.drop(columns="individual"), "mode"), "choice", 60)
    yield _of("travel, time in a vehicle", travel.drop(columns=["individual", "mode", "choice"]), "invt", 40)
    share = schools.NABOVE / (schools.NABOVE + schools.NBELOW)
    yield _of("schools, collinear", schools.drop(columns=["NABOVE", "NBELOW"]).assign(share=share), "share", 100)
    yield _of("schools, heavy-tailed target", schools.iloc[:, [0, *range(2, 14)]], "NABOVE", 60)
    yield _of("economy, collinear, inflation", economy.drop(columns=["year", "quarter"]), "infl", 80)
    yield _of("economy, unemployment", economy[["unemp", "tbilrate", "infl", "m1", "realgdp"]], "unemp", 50)
    yield _of("firms, with dummies", _split(firms, "firm"), "invest", 120)
    yield _of("firms, two columns", firms[["invest", "value", "capital"]], "invest", 40)
    powers = {"root": engel.income**0.5, "square": engel.income**2, "logarithm": np.log(engel.income)}
    yield _of("food, collinear powers of the income", engel.assign(**powers), "foodexp", 40)
    years = births[[str(year) for year in range(1960, 2011, 5)]].dropna()
    yield _of("births, collinear", years, "2010", 60)
    powers = {"root": counties.population**0.5, "logarithm": np.log(counties.population)}
    yield _of("cancer in counties, collinear, heavy-tailed target", counties.assign(**powers), "cancer", 50)


def held_out() -> Iterator[Population]:
    """Yield other targets and columns of statsmodels: weak and strong, series with their past, some of each kind above."""
    fair, health, vote, travel, schools, economy, firms, counties, spots, equipment = map(
        _frame,
        ("fair", "randhie", "anes96", "modechoice", "star98", "macrodata", "grunfeld", "cancer", "sunspots", "elec_equip"),
    )
    yield _of("religion, weak", fair.drop(columns=["affairs", "occupation_husb"]), "religious", 80)
    yield _of("years of marriage", fair[["yrs_married", "age", "children", "educ", "affairs"]], "yrs_married", 50)
    yield _of("physical limits, 0/1 target", health.drop(columns=["hlthp", "hlthf"]).round({"physlm": 0}), "physlm", 120)
    yield _of("insurance", health[["lpi", "lncoins", "idp", "fmde", "disea"]], "lpi", 60)
    yield _of("income, with dummies", _split(vote.drop(columns="popul"), "PID"), "income", 90)
    yield _of("news on television, weak", vote.drop(columns="logpopul"), "TVnews", 100)
    yield _of("political side", vote[["selfLR", "ClinLR", "DoleLR", "PID", "age", "educ"]], "selfLR", 40)
    yield _of("time at a terminal, with dummies", _split(travel.drop(columns=["individual", "choice"]), "mode"), "ttme", 60)
    yield _of("income of a traveller, weak", travel.drop(columns=["individual", "choice"]), "hinc", 80)
    main = schools.iloc[:, 2:14]
    yield _of("charter schools, heavy-tailed target", main, "PCTCHRT", 100)
    yield _of("poor pupils", main, "LOWINC", 50)
    levels = economy[["realcons", "realgdp", "realinv", "realgovt", "realdpi", "cpi", "m1", "pop"]]
    yield _of("growth of consumption", np.log(levels).diff().dropna(), "realcons", 70)
    yield _of("real interest, strong", economy[["realint", "tbilrate", "infl", "unemp", "m1"]], "realint", 60)
    yield _of("capital of firms", firms[["capital", "invest", "value", "year"]], "capital", 60)
    size = counties.population
    rates = counties.assign(rate=counties.cancer / size, root=size**0.5, logarithm=np.log(size)).drop(columns="cancer")
    yield _of("rate of cancer, collinear, weak", rates, "rate", 60)
    weak = fair[["religious", "age", "yrs_married", "children", "educ", "occupation", "occupation_husb"]]
    yield _of("religion, with products of columns, weak", _with_products(weak, "religious"), "religious", 70)
    news = vote.drop(columns=["popul", "age"])
    yield _of("news on television, with products, weak", _with_products(news, "TVnews"), "TVnews", 90)
    insured = health[["disea", "lncoins", "idp", "lpi", "fmde", "physlm"]]
    yield _of("diseases, with products, weak", _with_products(insured, "disea"), "disea", 60)
    side = vote[["DoleLR", "ClinLR", "age", "educ", "income", "TVnews", "logpopul"]]
    yield _of("side of a candidate, with products, weak", _with_products(side, "DoleLR"), "DoleLR", 70)
    yield _of("sunspots, ten years of past", _past(spots["SUNACTIVITY"], 10), "now", 80)
    yield _of("equipment, a year of past, collinear", _past(equipment.iloc[:, 0], 12), "now", 60)


def _past(series: Any, steps: int) -> Any:
    """Return a series beside its last values."""
    columns = {"now": series} | {f"{k} before": series.shift(k) for k in range(1, steps + 1)}
    return series.to_frame().assign(**columns)[list(columns)].dropna()


def _frame(name: str) -> Any:
    from importlib import import_module

    return import_module(f"statsmodels.datasets.{name}").load_pandas().data


def _split(frame: Any, column: str) -> Any:
    """Return the table with dummies for the classes of a column, but the first."""
    dummies = {f"{column} {one}": frame[column] == one for one in sorted(frame[column].unique())[1:]}
    return frame.drop(columns=column).assign(**dummies)


def _with_products(frame: Any, target: str) -> Any:
    """Return the table with the products of all pairs of standardized columns."""
    columns = frame.drop(columns=target)
    columns = (columns - columns.mean()) / columns.std()
    products = {f"{a} x {b}": columns[a] * columns[b] for a, b in combinations(columns, 2)}
    return columns.assign(**products, **{target: frame[target]})


def _of(name: str, frame: Any, target: str, rows: int) -> Population:
    features = frame.drop(columns=target).to_numpy(dtype=np.float64)
    return Population(name, features, frame[target].to_numpy(dtype=np.float64), rows)
