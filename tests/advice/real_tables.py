"""The study behind the verdict: real populations, tables drawn from them, and the truth from many training sets.

A population is a table that ships with scikit-learn; its rows are all there is, so that the error on new rows is known. A
table is drawn from it with replacement. The truth of a code is the mean change of the error on the population over 1200
training sets of the table's size.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets  # type: ignore[import-untyped]

import linreg_compress as lc
from linreg_compress.advice.design import prepare
from linreg_compress.compression.batches import quantize_all
from linreg_compress.least_squares.moments import fit_parts

Numbers = NDArray[np.float64]
TRAINING_SETS, TABLES = 1200, 60
BITS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Population:
    """All rows of a shipped table, and how many a table has."""

    name: str
    features: Numbers
    targets: Numbers
    rows: int


def _dummies(classes: Numbers) -> Numbers:
    return (classes[:, None] == np.unique(classes)[None, 1:]).astype(float)


def populations() -> Iterator[Population]:
    """Yield them: with dummies, collinear, heavy-tailed, with a 0/1 target, of pixels, of a few rows."""
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


def truth(one: Population) -> dict[int, float]:
    """Mean change of the error on the population for Lloyd-Max of each number of bits, over that error."""
    names = [str(place) for place in range(one.features.shape[1])]
    design = prepare(one.features, one.targets, names, "y")
    everything = design.moments() / design.rows
    levels = [2**b for b in BITS]
    changes: dict[int, list[Any]] = {k: [] for k in levels}
    errors: list[Any] = []
    rng = np.random.default_rng([1, one.rows])
    for _ in range(TRAINING_SETS // 100):
        parts = np.stack([design.moments(rng.integers(0, design.rows, one.rows)) for _ in range(100)])
        fitted, kept, _ = fit_parts(parts, np.full(100, one.rows), design)
        del kept
        before = fitted.coefficients(fitted.weights)
        errors.append(np.einsum("fi,ij,fj->f", before, everything, before))
        for (_, k), weights in quantize_all(["lloyd-max"], fitted.weights, levels, fitted.gram).items():
            after = fitted.coefficients(weights)
            changes[k].append(np.einsum("fi,ij,fj->f", after - before, everything, after + before))
    error = float(np.mean(np.concatenate(errors)))
    return {k.bit_length() - 1: float(np.mean(np.concatenate(found))) / error for k, found in changes.items()}


@dataclass
class Score:
    """How the verdicts on the tables of a population fared."""

    decided: int = 0
    right: int = 0
    clear: int = 0
    clear_but_open: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))


def score(one: Population, tables: int = TABLES, advise: Callable[..., lc.Advice] = lc.advise) -> Score:
    """Ask for advice on tables that are drawn from a population, and hold the verdicts against the truth."""
    known, found = truth(one), Score()
    for table in range(tables):
        rows = np.random.default_rng([2, table]).integers(0, len(one.targets), one.rows)
        advice = advise(one.features[rows], one.targets[rows], quantizers=["lloyd-max"], bits=BITS)
        change = known[advice.verdict_code.bits_per_weight]
        found.clear += abs(change) > 0.05
        found.clear_but_open += abs(change) > 0.05 and advice.verdict == "open"
        if advice.verdict != "open":
            found.decided += 1
            found.right += (advice.verdict == "raises") == (change > 0)
    return found
