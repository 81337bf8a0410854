"""A ReLU network on images of digits: its loss on new images before and after its weights are compressed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from linreg_compress.gallery.by_seed import by_seed, missing
from linreg_compress.gallery.figure import Z_95, Figure, Row, Table, columns
from linreg_compress.gallery.meanings import CODES, GREY, PARTS
from linreg_compress.gallery.network_seeds import (
    ALL_LEVELS,
    CHANGE,
    EPOCHS,
    FEW_EPOCHS,
    LAYERS,
    LEVELS,
    METHODS,
    QUICK_SEEDS,
    SAMPLES,
    SEEDS,
    YARDSTICKS,
    averaged,
    one_seed,
    over,
)
from linreg_compress.gallery.style import is_column, note, panels

_FEW_SEEDS = 10  # below, standard errors say little: a claim is about signs alone
TITLES = {"kmeans": "k-means", "hessian-kmeans": "Hessian-weighted", "diameter-kmeans": "with penalty"}
_PARTS = {
    "both": ("whole code", PARTS["whole"]),
    "shrink": ("shrinking alone", PARTS["shrinking"]),
    "noise": ("noise alone", PARTS["noise"]),
}


def compute(quick: bool, seed: int) -> list[Row]:
    """Return a row for each panel, method and setting: means over the seeds, each with its standard error."""
    return averaged(by_seed("network", one_seed, seed, QUICK_SEEDS if quick else SEEDS))


def pieces(quick: bool, seed: int) -> list[tuple[Callable[..., Any], tuple[Any, ...]]]:
    """Return what remains to be done of the seeds."""
    return missing("network", one_seed, seed, QUICK_SEEDS if quick else SEEDS)


def _certain(table: Table, name: str, sign: int) -> bool:
    """Whether all entries of a column have a sign, by 3 standard errors; from a few seeds the sign alone."""
    errors = np.where(table["seeds"] < _FEW_SEEDS, 0.0, 3 * table[f"{name}_se"])
    return bool(np.all(sign * table[name] > errors))


def _denied(table: Table, name: str, sign: int) -> bool:
    """Whether no entry of a column has a sign by 3 standard errors."""
    return bool(np.all(sign * table[name] <= 3 * table[f"{name}_se"]))


def _codes_of(rows: list[Row], method: str, *levels: int) -> Table:
    """Rows of one method in the first panel, at these numbers of levels or at all of them."""
    table = columns(rows, panel="levels", method=method)
    wanted = levels or ALL_LEVELS
    if not set(wanted) <= set(table["levels"]):
        raise LookupError(f"not every number of levels has a row of {method}")
    chosen = np.isin(table["levels"], wanted)
    return {name: entries[chosen] for name, entries in table.items()}


def kmeans_lowers_the_loss(rows: list[Row]) -> bool:
    """K-means with 4, 6, 8 or 16 levels lowers the loss on new images."""
    return _certain(_codes_of(rows, "kmeans", 4, 6, 8, 16), CHANGE, -1)


def accuracy_stays(rows: list[Row]) -> bool:
    """No code lowers the share of new images that are classified wrongly."""
    return all(_denied(_codes_of(rows, method), "error_rate_change", -1) for method in METHODS)


def penalty_helps_hessian_weights(rows: list[Row]) -> bool:
    """From 6 levels on the penalty on the diameter lowers the loss of the Hessian-weighted code on new images."""
    return _certain(_codes_of(rows, "diameter-kmeans", 6, 8, 16), over("hessian-kmeans"), -1)


def hessian_weights_win_in_training_alone(rows: list[Row]) -> bool:
    """K-means loses less on training images if weighted by the Hessian, and with 4 to 16 levels more on new ones."""
    plain, weighted = _codes_of(rows, "kmeans"), _codes_of(rows, "hessian-kmeans")
    in_training = bool(np.all(weighted["train_loss"] < plain["train_loss"]))
    return in_training and _certain(_codes_of(rows, "kmeans", 4, 6, 8, 16), over("hessian-kmeans"), -1)


def shrinking_alone_helps(rows: list[Row]) -> bool:
    """With a codebook a layer the shrinking of the code lowers that loss by itself, and its noise at no level count."""
    shrink, noise = (columns(rows, panel="split", method=part) for part in ("shrink", "noise"))
    return _certain(shrink, CHANGE, -1) and _denied(noise, CHANGE, -1)


def few_samples_help(rows: list[Row]) -> bool:
    """After 20 epochs 6 levels lower the loss on new images with 25 samples and raise it with 800."""
    few, many = (columns(rows, panel="samples", method="kmeans", samples=samples) for samples in (25, 800))
    return _certain(few, CHANGE, -1) and _certain(many, CHANGE, 1)


def long_training_helps(rows: list[Row]) -> bool:
    """With 100 samples 6 levels raise the loss on new images after 5 epochs and lower it after 400."""
    short, long = (columns(rows, panel="epochs", method="kmeans", epochs=epochs) for epochs in (5, 400))
    return _certain(short, CHANGE, 1) and _certain(long, CHANGE, -1)


def yardsticks_do_better(rows: list[Row]) -> bool:
    """Stopping all trainings at one early epoch, or one temperature for all, does better on new images than every code."""
    tables = [_codes_of(rows, method) for method in METHODS]
    return all(_certain(table, over(yardstick), 1) for table in tables for yardstick in YARDSTICKS)


def draw(rows: list[Row], size: str) -> Any:
    """Draw losses against bits, the parts of a code, and the change at 6 levels against samples and epochs."""
    canvas, axes = panels(size, 2, 3, heights=(4.9, 9.0), column_grid=(6, 1))
    training, new, names, parts, samples, epochs = axes.flat
    for method, title in TITLES.items():
        look, table = CODES[method], _codes_of(rows, method)
        for ax, name in ((training, "train_loss"), (new, "test_loss")):
            _curve(ax, table["bits_per_weight"], table, name, look, title, CHANGE if ax is new else name)
    before = columns(rows, panel="levels", method="uncompressed")
    training.axhline(before["train_loss"][0], ls=":", color=GREY, lw=1)
    lines = {"uncompressed": before} | {name: columns(rows, panel="levels", method=name) for name in YARDSTICKS}
    for name, style in zip(lines, (":", (0, (5, 4)), (0, (1, 4))), strict=True):
        new.axhline(lines[name]["test_loss"][0], ls=style, color=GREY, lw=1, label=name.replace("-", " "))
    training.set(title="training images", yscale="log", xlabel="bits per weight", ylabel="loss (nats)")
    new.set(title="new images", xlabel="bits per weight", ylabel="loss (nats)")
    for part, (title, look) in _PARTS.items():
        table = columns(rows, panel="split", method=part)
        _curve(parts, table["levels"], table, CHANGE, look, title)
    parts.set(title="parts of a code", ylabel="change of loss on\nnew images (nats)", xlabel="levels a layer (count)")
    for ax, name, title in (
        (samples, "samples", f"{LEVELS} levels, {FEW_EPOCHS} epochs"),
        (epochs, "epochs", f"{LEVELS} levels, {SAMPLES} samples"),
    ):
        table = columns(rows, panel=name, method="kmeans")
        _curve(ax, table[name], table, CHANGE, CODES["kmeans"], "k-means")
        ax.set(title=title, xlabel=f"{name} (count)", ylabel="change (nats)")
    for ax, ticks in ((parts, (3, 4, 6, 8, 16)), (samples, (25, 50, 100, 200, 400, 800)), (epochs, (3, 8, 20, 50, 400))):
        ax.axhline(0, ls=":", color=GREY, lw=1)
        ax.set_xscale("log")
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.minorticks_off()
    handles = [*new.get_legend_handles_labels()[0], *parts.get_legend_handles_labels()[0]]
    names.legend(handles=handles, loc="center", ncols=2 if is_column(names) else 1)
    names.set_axis_off()
    seeds = int(before["seeds"][0])
    note(
        canvas,
        f"{'-'.join(map(str, LAYERS))} units; n = {SAMPLES} images and {EPOCHS} epochs where nothing else is said; means "
        f"over {seeds} networks; bars: 95 % intervals, on new images of the change of each network",
    )
    return canvas


def _curve(ax: Any, x: Any, table: Table, name: str, look: tuple[Any, ...], title: str, uncertain: str = CHANGE) -> None:
    color, style, marker = look
    ax.plot(x, table[name], ls=style, color=color, marker=marker, label=title)
    ax.errorbar(x, table[name], yerr=Z_95 * table[f"{uncertain}_se"], ls="none", color=color, capsize=1.5, lw=0.8)


FIGURE = Figure(
    name="network",
    title="A trained network gains too, but stopping in time does better.",
    alt=(
        "Loss on new images of digits after compression against the number of levels, for several codes, sample sizes and "
        "lengths of training, with the loss before compression dotted: with few images codes lie below it, with more "
        "images or shorter training above."
    ),
    claim=(
        "On images of digits, learned from 100 of them, k-means with 4 to 16 levels lowers the loss on new images and the "
        "errors do not become fewer; Hessian weights win on the training images alone, and the penalty on the diameter "
        "makes up for some of it; by itself the shrinking of a code helps and its noise does not; with 800 samples, or "
        "after a short training, 6 levels hurt; and stopping in time, or one temperature, does better than every code."
    ),
    reading=(
        "A network of 64 inputs, 512 hidden units and 10 classes is trained to a loss near zero. Its weights are put on a "
        "few levels: by k-means, by k-means weighted with the diagonal of the Hessian, and by that with a penalty on the "
        "distance of the end levels, the paper's code. Below the dotted line the loss is lower than before. The loss is "
        "the cross entropy, which punishes confidence in wrong answers; codes lower it as they shrink the logits, and a "
        "temperature does so without a code. Bits are those of a Huffman code of the levels; the levels come on top."
    ),
    formula=(
        r"L(\hat{w}) - L(w) \approx \frac{1}{2} \sum_j h_j (\hat{w}_j - w_j)^2, \qquad h_j = \frac{\partial^2 L}{\partial "
        r"w_j^2} = \frac{1}{n} \sum_i \sum_c p_{ic} \left(\frac{\partial z_{ic}}{\partial w_j} - \sum_k p_{ik} "
        r"\frac{\partial z_{ik}}{\partial w_j}\right)^2"
    ),
    derivations=("relu-network-hessian-diagonal", "quadratic-loss-expansion"),
    parameters={
        "layers": list(LAYERS),
        "samples": SAMPLES,
        "epochs": EPOCHS,
        "learning_rate": 0.05,
        "momentum": 0.9,
        "batch": 10,
        "penalty": "linear, 0.01 a weight",
        "data": "digits of scikit-learn",
    },
    compute=compute,
    checks=(
        kmeans_lowers_the_loss,
        accuracy_stays,
        penalty_helps_hessian_weights,
        hessian_weights_win_in_training_alone,
        shrinking_alone_helps,
        few_samples_help,
        long_training_helps,
        yardsticks_do_better,
    ),
    draw=draw,
    needs="sklearn",
    pieces=pieces,
)
