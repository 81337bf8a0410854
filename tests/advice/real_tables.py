"""The study behind the verdict: tables drawn from real populations, and the truth from many training sets.

A table is drawn with replacement. The truth of a code is the mean change of the error on the population over 1200 training
sets of the table's size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.advice.design import prepare
from linreg_compress.compression.batches import quantize_all
from linreg_compress.errors import DesignError
from linreg_compress.least_squares.moments import fit_parts
from tests.advice.populations import Population

TRAINING_SETS, TABLES = 1200, 60
BITS = (1, 2, 3, 4)


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
        advice = _advised(one, np.random.default_rng([2, table]), advise)
        change = known[advice.verdict_code.bits_per_weight]
        found.clear += abs(change) > 0.05
        found.clear_but_open += abs(change) > 0.05 and advice.verdict == "open"
        if advice.verdict != "open":
            found.decided += 1
            found.right += (advice.verdict == "raises") == (change > 0)
    return found


def _advised(one: Population, rng: np.random.Generator, advise: Callable[..., lc.Advice]) -> lc.Advice:
    """Draw tables until one is not refused; where a dummy is rare, some hold it nowhere."""
    while True:
        rows = rng.integers(0, len(one.targets), one.rows)
        try:
            return advise(one.features[rows], one.targets[rows], quantizers=["lloyd-max"], bits=BITS)
        except DesignError:
            continue
