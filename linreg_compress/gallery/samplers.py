"""What the samplers save: trials and random numbers until the change of the population risk is known to three digits."""

from collections.abc import Mapping
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.gallery.figure import Figure, Row, columns
from linreg_compress.gallery.meanings import BLACK, BLUE, ORANGE, PURPLE
from linreg_compress.gallery.models import blind_code
from linreg_compress.gallery.style import is_column, note, panels
from linreg_compress.monte_carlo.estimate import FEWEST_TRIALS_FOR_CONTROLS
from linreg_compress.monte_carlo.samplers import find_sampler

SIZES = ((80, 50), (200, 20), (400, 100), (1000, 100))
BITS = 1.0
TARGET = 1e-3  # standard error over the change itself
METHODS = {
    "fresh": "raw data, fresh after compression",
    "data": "raw data, the same for both",
    "sufficient": "sufficient statistics",
    "weights": "weights alone",
}
_LOOKS = ((BLACK, ""), (BLUE, "///"), (PURPLE, ""), (ORANGE, "..."))  # colour and hatch of each method
_PILOT, _FEWEST = 4_000_000, 300  # numbers of raw data, and trials, from which a trial's deviation is estimated


class _Counting(np.random.Generator):
    """A generator that counts the random numbers it is asked for."""

    drawn = 0

    def standard_normal(self, *arguments: Any, **options: Any) -> Any:
        return self._counted(super().standard_normal(*arguments, **options))

    def standard_gamma(self, *arguments: Any, **options: Any) -> Any:
        return self._counted(super().standard_gamma(*arguments, **options))

    def _counted(self, numbers: Any) -> Any:
        self.drawn += np.size(numbers)
        return numbers


def compute(quick: bool, seed: int) -> list[Row]:
    """Count at every size what every method draws; `quick` changes nothing."""
    rows: list[Row] = []
    for n, d in SIZES:
        model = lc.LinearModel(n, d)
        channel = blind_code(model, BITS)
        change = float(lc.risks(model, channel).population_risk_change)
        deviations, numbers = _deviations(model, channel, seed), _numbers(model, channel)
        for method in METHODS:
            needed = (deviations[method] / (TARGET * change)) ** 2
            if method != "fresh":
                needed = max(needed, float(FEWEST_TRIALS_FOR_CONTROLS))  # with fewer its control variates are not used
            row: dict[str, float | str] = {"samples": float(n), "features": float(d), "method": method}
            row |= {"population_risk_change": change, "deviation_of_a_trial": deviations[method]}
            row |= {"trials_needed": needed, "numbers_per_trial": numbers[method]}
            rows.append(row | {"numbers_needed": needed * numbers[method]})
    return rows


def _deviations(model: lc.LinearModel, channel: lc.Channel, seed: int) -> dict[str, float]:
    """Standard deviation of the change in one trial of each method, control variates used where there are any."""
    plain = max(_FEWEST, _PILOT // (model.samples * model.features))
    found = {}
    for method in list(METHODS)[1:]:
        trials = plain if method == "data" else 2 * FEWEST_TRIALS_FOR_CONTROLS
        run = lc.simulate(model, [channel], trials, sampler=method, seed=seed, means_only=method != "data")
        after = run.compressed[0]
        found[method] = after.population_risk_change.standard_error * run.trials**0.5
        if method == "data":
            apart = np.hypot(after.population_risk.standard_error, run.population_risk.standard_error)
            found["fresh"] = float(apart) * run.trials**0.5
    return found


def _numbers(model: lc.LinearModel, channel: lc.Channel) -> dict[str, float]:
    """Random numbers that one trial of each method draws."""
    found = {}
    for method in list(METHODS)[1:]:
        rng = _Counting(np.random.SFC64(0))
        find_sampler(method).draw(model, [channel], 10, rng=rng, means_only=True)
        found[method] = rng.drawn / 10
    data = model.samples * (model.features + 1)
    return {"fresh": found["data"] + data} | found


def _table(rows: list[Row], method: str, name: str) -> Any:
    values = columns(rows, method=method)[name]
    if values.shape != (len(SIZES),):
        raise LookupError(f"not every size has a {name} of {method}")
    return values


def sharing_data_saves_trials(rows: list[Row]) -> bool:
    """The same data before and after compression take less than half the trials of fresh data."""
    return bool(np.all(_table(rows, "data", "trials_needed") < _table(rows, "fresh", "trials_needed") / 2))


def every_step_saves_numbers(rows: list[Row]) -> bool:
    """Each method draws fewer random numbers than the one before it, at every size."""
    numbers = np.array([_table(rows, method, "numbers_needed") for method in METHODS])
    return bool(np.all(np.diff(numbers, axis=0) < 0))


def weights_save_most(rows: list[Row]) -> bool:
    """Drawing weights alone takes less than a thousandth of the random numbers of fresh data."""
    return bool(np.all(_table(rows, "weights", "numbers_needed") < _table(rows, "fresh", "numbers_needed") / 1000))


def draw(rows: list[Row], size: str) -> Any:
    """Draw the counts of each method as bars, in a group for each size of the problem."""
    canvas, axes = panels(size, columns=2, heights=(3.6, 6.4))
    panels_of: Mapping[str, str] = {"trials_needed": "trials (count)", "numbers_needed": "random numbers (count)"}
    places = np.arange(len(SIZES))
    width = 0.8 / len(METHODS)
    for ax, (name, said) in zip(axes.flat, panels_of.items(), strict=True):
        for place, ((method, text), (color, hatch)) in enumerate(zip(METHODS.items(), _LOOKS, strict=True)):
            middle = places + (place - (len(METHODS) - 1) / 2) * width
            ax.bar(middle, _table(rows, method, name), width, color=color, hatch=hatch, edgecolor="white", label=text)
        ax.set(yscale="log", xticks=places, xticklabels=[f"n = {n}\nd = {d}" for n, d in SIZES], ylabel=said)
        ax.set_xlabel("samples and features (counts)")
        ax.minorticks_off()
    handles, labels = axes.flat[0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside upper center", ncols=1 if is_column(axes.flat[0]) else 2)
    note(
        canvas,
        "until the standard error is a thousandth of the change; 1 bit per weight, σ² = 1, codebook at the truth (τ² = 0)",
    )
    return canvas


FIGURE = Figure(
    name="samplers",
    title="Drawing weights alone saves nearly all random numbers.",
    alt=(
        "Bars, in groups for four sizes of the problem: trials and random numbers that four ways of simulating "
        "need for the same accuracy. Each way needs fewer numbers than the one before it."
    ),
    claim=(
        "To know the change of the population risk to three digits, using the same data before and after compression "
        "takes less than half the trials of fresh data, each of the three exact samplers draws fewer random numbers than "
        "the one before it and than fresh data, and the last one, which draws weights alone, draws less than a thousandth "
        "of those of fresh data."
    ),
    reading=(
        "A bar is what is needed until the standard error is a thousandth of the change: trials on the left, random "
        "numbers on the right. The first method draws other data sets before and after compression, as one might write it; "
        "the three others are the samplers of this package, all exact in law. With the codebook at the true weights, as "
        "here, the weights sampler's control variates explain nearly all of the change; elsewhere it gains less. Times "
        "depend on the machine: `scripts/benchmark samplers` measures them."
    ),
    formula=(
        r"\text{trials} = \left(\frac{\text{standard deviation of a trial}}{0.001\, "
        r"\left|\mathbb{E}\, \Delta L_\mu\right|}\right)^2, \qquad W - w^* = \frac{\sigma z}{\sqrt{\chi^2_{n-d+1}}}"
    ),
    derivations=("weight-t-law", "conditional-gram"),
    parameters={
        "sizes": [list(size) for size in SIZES],
        "noise_variance": 1.0,
        "bits_per_weight": BITS,
        "codec": "blind",
        "standard_error_over_change": TARGET,
    },
    compute=compute,
    checks=(
        sharing_data_saves_trials,
        every_step_saves_numbers,
        weights_save_most,
    ),
    draw=draw,
)
