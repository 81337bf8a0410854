"""What the samplers save: time until the change of the population risk is known to three digits, by five methods."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.gallery.figure import Figure, Row, columns
from linreg_compress.gallery.models import blind_code
from linreg_compress.gallery.style import STYLES, is_column, label, note, panels
from linreg_compress.monte_carlo.estimate import FEWEST_TRIALS_FOR_CONTROLS

SIZES = ((80, 50), (200, 20), (400, 100), (1000, 100))
BITS = 1.0
TARGET = 1e-3  # standard error over the change itself
METHODS = {
    "fresh": "a loop, fresh data",
    "shared": "a loop, shared data",
    "data": "raw data, in batches",
    "sufficient": "sufficient statistics",
    "weights": "weights alone",
}
_LOOPS = ("fresh", "shared")
_SAMPLERS = ("data", "sufficient", "weights")
_TIMES_FACTOR = 30.0  # machines, their loads and their libraries differ
_DEVIATION_FACTOR = 1.5
_APART = {"shared": 0.4, "data": -0.4}  # of the names beside the curves, in text heights
_MARKERS = "sDo^v"  # of the methods
_TIMES = {0.001: "1 ms", 0.03: "30 ms", 1.0: "1 s", 60.0: "1 min", 3600.0: "1 h", 86400.0: "1 day"}


def compute(quick: bool, seed: int) -> list[Row]:
    """Measure every method at every size; the times are those of this machine at this moment."""
    rounds, trials = (3, 2_000) if quick else (7, 20_000)
    rows: list[Row] = []
    for n, d in SIZES:
        model = lc.LinearModel(n, d)
        channel = blind_code(model, BITS)
        change = float(lc.compressed_risk.blind_channel_risks(n, d, 1.0, channel.rate_nats).population_risk_change)
        sizes = {method: max(2, 200_000 // (n * d)) for method in _LOOPS}
        sizes |= {method: 20_000 if method == "weights" else max(200, 2_000_000 // (n * d)) for method in _SAMPLERS}
        works: dict[str, Callable[[], Any]] = {
            method: partial(_loop, n, d, model.weight_variance, sizes[method], method == "fresh", seed) for method in _LOOPS
        }
        for method in _SAMPLERS:
            works[method] = partial(lc.simulate, model, [channel], sizes[method], sampler=method, seed=seed)
        seconds = _seconds(works, rounds)
        deviations = _loop_deviations(model, channel, max(200, trials * 4000 // (n * d)), seed)
        for method in METHODS:
            if method in _SAMPLERS:
                error = works[method]().compressed[0].population_risk_change.standard_error
                deviations[method] = float(error * sizes[method] ** 0.5)
            needed = (deviations[method] / (TARGET * change)) ** 2
            if method in _SAMPLERS:
                needed = max(needed, FEWEST_TRIALS_FOR_CONTROLS)  # with fewer its control variates are not used
            each = seconds[method] / sizes[method]
            row: dict[str, float | str] = {"samples": float(n), "features": float(d), "method": method}
            row |= {"population_risk_change": change, "deviation_of_a_trial": deviations[method]}
            rows.append(row | {"trials_needed": needed, "seconds_per_trial": each, "seconds": needed * each})
    return rows


def _loop_deviations(model: lc.LinearModel, channel: lc.BlindGaussianChannel, trials: int, seed: int) -> dict[str, float]:
    """Standard deviations of one trial of the loops, from raw data."""
    plain = lc.simulate(model, [channel], trials, seed=seed, means_only=False)
    after = plain.compressed[0]
    apart = np.hypot(after.population_risk.standard_error, plain.population_risk.standard_error)
    errors = {"fresh": float(apart), "shared": after.population_risk_change.standard_error}
    return {method: error * plain.trials**0.5 for method, error in errors.items()}


def _seconds(works: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Processor time of each: the least of some rounds in turn, as what disturbs a run only ever adds to it."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = time.process_time()
            work()
            found[name].append(time.process_time() - start)
    return {name: min(times) for name, times in found.items()}


def _loop(n: int, d: int, variance: float, trials: int, fresh: bool, seed: int) -> float:
    """Estimate the change as one would without this package, one bit a weight and true weights 0."""
    rng = np.random.default_rng(seed)
    delta = 0.25
    changes = []
    for _ in range(trials):
        X = rng.standard_normal((n, d))
        before = np.linalg.lstsq(X, rng.standard_normal(n), rcond=None)[0]
        fitted = before
        if fresh:
            X = rng.standard_normal((n, d))
            fitted = np.linalg.lstsq(X, rng.standard_normal(n), rcond=None)[0]
        after = (1 - delta) * fitted + np.sqrt(delta * (1 - delta) * variance) * rng.standard_normal(d)
        changes.append(after @ after - before @ before)
    return float(np.mean(changes))


def _table(rows: list[Row], method: str, name: str) -> Any:
    values = columns(rows, method=method)[name]
    if values.shape != (len(SIZES),):
        raise LookupError(f"not every size has a {name} of {method}")
    return values


def sharing_data_saves_trials(rows: list[Row]) -> bool:
    """The same data before and after compression take less than half the trials of fresh data."""
    return bool(np.all(_table(rows, "shared", "trials_needed") < _table(rows, "fresh", "trials_needed") / 2))


def every_step_saves_time(rows: list[Row]) -> bool:
    """Each method is faster than the one before it, at every size."""
    times = np.array([_table(rows, method, "seconds") for method in METHODS])
    return bool(np.all(np.diff(times, axis=0) < 0))


def weights_save_most(rows: list[Row]) -> bool:
    """Drawing weights alone takes less than a hundredth of the time of a plain loop."""
    return bool(np.all(_table(rows, "weights", "seconds") < _table(rows, "fresh", "seconds") / 100))


def draw(rows: list[Row], size: str) -> Any:
    """Draw the time of each method against the size of the problem."""
    canvas, axes = panels(size, heights=(3.75, 3.6))
    ax, places = axes[0, 0], list(range(len(SIZES)))
    for (method, text), (color, style), marker in zip(METHODS.items(), STYLES, _MARKERS, strict=False):
        seconds = _table(rows, method, "seconds")
        ax.plot(places, seconds, ls=style, color=color, marker=marker, label=text)
        if not is_column(ax):
            label(ax, text, (places[-1], float(seconds[-1])), (1, _APART.get(method, 0)), color)
    names = [f"n = {n}\nd = {d}" for n, d in SIZES]
    ax.set(yscale="log", xticks=places, xticklabels=names, xlim=(-0.3, places[-1] + 0.3))
    ax.set_yticks(list(_TIMES), list(_TIMES.values()))
    ax.minorticks_off()
    ax.set_xlabel("size of the problem (no unit)")
    ax.set_ylabel("processor time (as marked)")
    if is_column(ax):
        canvas.legend(loc="outside lower center")
    else:
        note(
            canvas,
            "processor time until the standard error of the change of the population risk is a thousandth of it, 1 bit "
            "per weight",
        )
    return canvas


FIGURE = Figure(
    name="samplers",
    claim=(
        "To know the change of the population risk to three digits, using the same data before and after compression "
        "takes less than half the trials of fresh data, each of the three exact samplers is faster than the one before "
        "it and than the loop, and the last one, which draws weights alone, takes less than a hundredth of the time of a "
        "plain loop."
    ),
    reading=(
        "A marker is the processor time, on the machine that drew the figure, until the standard error is a thousandth "
        "of the change. The two upper methods are loops over np.linalg.lstsq as one would write them, with other data "
        "sets or with the same before and after compression; the three lower ones are the samplers of this package, all "
        "exact in law. With the codebook at the true weights, as here, the weights sampler's control variates explain "
        "nearly all of the change; elsewhere it gains less. The times were measured, so another run has others: --check "
        "allows a factor of 30 for a trial's "
        "time and 1.5 for its deviation, and the claim is about order alone."
    ),
    formula=(
        r"\text{seconds} = \text{seconds per trial} \times \left(\frac{\text{standard deviation of a trial}}{0.001\, "
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
        every_step_saves_time,
        weights_save_most,
    ),
    draw=draw,
    measured={
        "deviation_of_a_trial": _DEVIATION_FACTOR,
        "trials_needed": _DEVIATION_FACTOR**2,
        "seconds_per_trial": _TIMES_FACTOR,
        "seconds": _DEVIATION_FACTOR**2 * _TIMES_FACTOR,
    },
)
