"""A ReLU network on images of digits: its loss on new images before and after its weights are compressed."""

from typing import Any

import numpy as np

from linreg_compress.gallery.by_seed import by_seed
from linreg_compress.gallery.figure import Z_95, Figure, Row, Table, columns
from linreg_compress.gallery.models import stream
from linreg_compress.gallery.style import BLACK, BLUE, GREEN, GREY, PURPLE, SKY, VERMILLION, is_column, note, panels
from linreg_compress.networks import ReluNetwork, compress_network, load_digits, training_epochs

LAYERS = (64, 512, 10)
SAMPLES, EPOCHS, LEVELS, SEEDS = 100, 400, 6, 40
METHODS = ("kmeans", "hessian-kmeans", "diameter-kmeans")
_LEVELS = (3, 4, 6, 8, 16, 32)
_SAMPLES = (50, 100, 200, 400, 800)
_FEW_EPOCHS = 20
_EPOCHS = (3, 5, 8, 12, 20, 50, 100, 200, 400)
_TEMPERATURES = (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 4.0)
_FEW_SEEDS = 10  # below, standard errors say little: a claim is about signs alone
TITLES = {"kmeans": "k-means", "hessian-kmeans": "Hessian-weighted", "diameter-kmeans": "with penalty"}
_LOOKS = {"kmeans": (VERMILLION, "-", "o"), "hessian-kmeans": (BLUE, "--", "s"), "diameter-kmeans": (GREEN, "-.", "^")}
_PARTS = {
    "both": ("whole code", (BLACK, "-", "D")),
    "shrink": ("shrinking alone", (SKY, "--", "v")),
    "noise": ("noise alone", (PURPLE, "-.", "s")),
}
_SETTING = ("panel", "method", "levels", "samples", "epochs", "temperature")
YARDSTICKS = ("temperature", "early-stopping")
CHANGE, OVER_HW = "test_loss_change", "test_loss_over_hessian_kmeans"


def one_seed(seed: int, number: int) -> list[dict[str, Any]]:
    """Train and compress the networks of one seed; return a cell for each setting, with its losses."""
    inputs, labels = load_digits()
    order = stream(seed, number).permutation(len(inputs))
    cells: list[dict[str, Any]] = []
    for samples in _SAMPLES:
        known, new = order[:samples], order[samples:]
        data = (inputs[known], labels[known], inputs[new], labels[new])
        longest = EPOCHS if samples == SAMPLES else _FEW_EPOCHS
        path = training_epochs(LAYERS, *data[:2], epochs=longest, rng=stream(seed, number, samples))
        for epoch, network in enumerate(path, start=1):
            cell = {"samples": samples, "epochs": epoch}
            for panel, shown in (("epochs", samples == SAMPLES and epoch in _EPOCHS), ("samples", epoch == _FEW_EPOCHS)):
                if shown:
                    cells.append(_measured(network, data, cell | {"panel": panel, "method": "uncompressed"}))
                    code = compress_network(network, LEVELS).network
                    cells.append(_measured(code, data, cell | {"panel": panel, "method": "kmeans", "levels": LEVELS}))
            if samples == SAMPLES and epoch in _EPOCHS:
                cells.append(_measured(network, data, cell | {"panel": "levels", "method": "early-stopping"}))
            if epoch == EPOCHS:
                cells += _codes(network, data, stream(seed, number, 0))
    return cells


def _codes(network: ReluNetwork, data: tuple[Any, ...], rng: np.random.Generator) -> list[dict[str, Any]]:
    """Cells of the three methods at every number of levels, of the parts of a code, and of the temperatures."""
    cell = {"samples": SAMPLES, "epochs": EPOCHS}
    cells = [_measured(network, data, cell | {"panel": panel, "method": "uncompressed"}) for panel in ("levels", "split")]
    for temperature in _TEMPERATURES:
        cooled = ReluNetwork(
            (*network.weights[:-1], network.weights[-1] / temperature),
            (*network.biases[:-1], network.biases[-1] / temperature),
        )
        where = {"panel": "levels", "method": "temperature", "temperature": temperature}
        cells.append(_measured(cooled, data, cell | where))
    importance = network.hessian_diagonal(*data[:2])
    for levels in _LEVELS:
        for method in METHODS:
            code = compress_network(network, levels, method, importance=importance)
            where = {"panel": "levels", "method": method, "levels": levels, "kept_share": code.kept_share}
            where["bits_per_weight"] = code.huffman_bits_per_weight
            cells.append(_measured(code.network, data, cell | where))
        code = compress_network(network, levels, codebooks="layer")
        parts = {"both": code.network, "shrink": code.shrunk(network), "noise": code.noisy(network, rng=rng)}
        for part, changed in parts.items():
            where = {"panel": "split", "method": part, "levels": levels, "kept_share": code.kept_share}
            cells.append(_measured(changed, data, cell | where))
    return cells


def _measured(network: ReluNetwork, data: tuple[Any, ...], cell: dict[str, Any]) -> dict[str, Any]:
    losses = {"train_loss": network.cross_entropy(*data[:2]), "test_loss": network.cross_entropy(*data[2:])}
    return cell | losses | {"error_rate": network.error_rate(*data[2:])}


def compute(quick: bool, seed: int) -> list[Row]:
    """Return a row for each panel, method and setting: means over the seeds, each with its standard error."""
    return averaged(by_seed("network", one_seed, seed, 4 if quick else SEEDS))


def averaged(seeds: list[list[dict[str, Any]]]) -> list[Row]:
    """Average over seeds; changes are paired, each network with itself before its compression.

    Of the temperatures, and of the epochs at which training could stop, the one with the least mean test loss is kept.
    """
    found = {_place(cell): [cells[number] for cells in seeds] for number, cell in enumerate(seeds[0])}
    for method in YARDSTICKS:
        tried = [place for place in found if place[1] == method]
        best = min(tried, key=lambda place: float(_numbers(found[place], "test_loss").mean()))
        found = {place: cells for place, cells in found.items() if place[1] != method or place == best}
    return [_row(cells, found) for cells in found.values()]


def _place(cell: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(cell.get(name) for name in _SETTING)


def _row(cells: list[dict[str, Any]], found: dict[tuple[Any, ...], list[dict[str, Any]]]) -> dict[str, float | str]:
    cell = cells[0]
    own = {**cell, "temperature": None, "epochs": EPOCHS if cell["method"] in YARDSTICKS else cell["epochs"]}
    start = found[_place({**own, "method": "uncompressed", "levels": None})]
    names = ("bits_per_weight", "kept_share", "train_loss", "test_loss", "error_rate")
    values = {name: _numbers(cells, name) for name in names if name in cell}
    values[CHANGE] = values["test_loss"] - _numbers(start, "test_loss")
    values["error_rate_change"] = values["error_rate"] - _numbers(start, "error_rate")
    if cell["panel"] == "levels" and cell["method"] in METHODS:
        others = {"hessian-kmeans": found[_place({**cell, "method": "hessian-kmeans"})]}
        others |= {place[1]: rivals for place, rivals in found.items() if place[1] in YARDSTICKS}
        for name, rivals in others.items():
            values[f"over_{name}"] = values["test_loss"] - _numbers(rivals, "test_loss")
    row: dict[str, float | str] = {name: cell[name] for name in _SETTING if name in cell} | {"seeds": len(cells)}
    for name, numbers in values.items():
        row |= {name: float(numbers.mean()), f"{name}_se": float(numbers.std(ddof=1) / len(cells) ** 0.5)}
    return row


def _numbers(cells: list[dict[str, Any]], name: str) -> Any:
    return np.array([cell[name] for cell in cells])


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
    wanted = levels or _LEVELS
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
    """With the penalty on the diameter the loss of the Hessian-weighted code is lower than without from 6 levels on."""
    return _certain(_codes_of(rows, "diameter-kmeans", 6, 8, 16, 32), f"over_{METHODS[1]}", -1)


def hessian_weights_win_in_training_alone(rows: list[Row]) -> bool:
    """Hessian weights lose less than plain k-means on the training images, and beat it at no level count on new ones."""
    plain, weighted = _codes_of(rows, "kmeans"), _codes_of(rows, "hessian-kmeans")
    return bool(np.all(weighted["train_loss"] < plain["train_loss"])) and _denied(plain, f"over_{METHODS[1]}", 1)


def shrinking_alone_helps(rows: list[Row]) -> bool:
    """With a codebook a layer the shrinking of the code lowers the loss by itself, and its noise at no level count."""
    shrink, noise = (columns(rows, panel="split", method=part) for part in ("shrink", "noise"))
    return _certain(shrink, CHANGE, -1) and _denied(noise, CHANGE, -1)


def few_samples_help(rows: list[Row]) -> bool:
    """After 20 epochs 6 levels lower the loss with 50 samples and raise it with 200 and 800."""
    few, more, many = (columns(rows, panel="samples", method="kmeans", samples=n) for n in (50, 200, 800))
    return _certain(few, CHANGE, -1) and _certain(more, CHANGE, 1) and _certain(many, CHANGE, 1)


def long_training_helps(rows: list[Row]) -> bool:
    """With 100 samples they raise it after 5 epochs and lower it after 400."""
    short, long = (columns(rows, panel="epochs", method="kmeans", epochs=epochs) for epochs in (5, 400))
    return _certain(short, CHANGE, 1) and _certain(long, CHANGE, -1)


def yardsticks_do_better(rows: list[Row]) -> bool:
    """Stopping in time, or one temperature for all networks, does better than every code."""
    tables = [_codes_of(rows, method) for method in METHODS]
    return all(_certain(table, f"over_{yardstick}", 1) for table in tables for yardstick in YARDSTICKS)


def draw(rows: list[Row], size: str) -> Any:
    """Draw losses against bits, the parts of a code, and the change at 6 levels against samples and epochs."""
    canvas, axes = panels(size, 2, 3, heights=(4.9, 9.0), column_grid=(6, 1))
    training, new, names, parts, samples, epochs = axes.flat
    for method, look in _LOOKS.items():
        table = _codes_of(rows, method)
        for ax, name in ((training, "train_loss"), (new, "test_loss")):
            _curve(ax, table["bits_per_weight"], table, name, look, TITLES[method], CHANGE if ax is new else name)
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
    for ax, name, title in ((samples, "samples", "6 levels, 20 epochs"), (epochs, "epochs", "6 levels, 100 samples")):
        table = columns(rows, panel=name, method="kmeans")
        _curve(ax, table[name], table, CHANGE, _LOOKS["kmeans"], "k-means")
        ax.set(title=title, xlabel=f"{name} (count)", ylabel="change (nats)")
    for ax, ticks in ((parts, (3, 6, 16, 32)), (samples, (50, 100, 200, 400, 800)), (epochs, (3, 8, 20, 50, 400))):
        ax.axhline(0, ls=":", color=GREY, lw=1)
        ax.set_xscale("log")
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.minorticks_off()
    handles = [*new.get_legend_handles_labels()[0], *parts.get_legend_handles_labels()[0]]
    names.legend(handles=handles, loc="center", ncols=2 if is_column(names) else 1)
    names.set_axis_off()
    note(
        canvas,
        f"means over {int(before['seeds'][0])} networks; bars: 95 % intervals, of a change paired; a nat is 1.44 bits",
    )
    return canvas


def _curve(ax: Any, x: Any, table: Table, name: str, look: tuple[Any, ...], title: str, uncertain: str = CHANGE) -> None:
    color, style, marker = look
    ax.plot(x, table[name], ls=style, color=color, marker=marker, label=title)
    ax.errorbar(x, table[name], yerr=Z_95 * table[f"{uncertain}_se"], ls="none", color=color, capsize=1.5, lw=0.8)


FIGURE = Figure(
    name="network",
    claim=(
        "On images of digits, learned from 100 of them, k-means with 4 to 16 levels lowers the loss on new images and the "
        "errors do not become fewer; Hessian weights win on the training images alone, and the penalty on the diameter "
        "makes up for it; by itself the shrinking of a code helps and its noise does not; with more samples or shorter "
        "training 6 levels hurt; and stopping in time, or one temperature, does better than every code."
    ),
    reading=(
        "A network of 64 inputs, 512 hidden units and 10 classes is trained to a loss near zero, and its weights are put "
        "on a few levels: by k-means, by k-means weighted with the diagonal of the Hessian, and by that with a penalty on "
        "the distance of the end levels, the paper's code. Below the dotted line the loss is lower than before. "
        "The loss is "
        "the cross entropy, which punishes confidence in wrong answers; codes lower it as they shrink the logits, and a "
        "temperature does so without a code. Bits are those of a Huffman code of the levels, "
        "without the levels themselves."
    ),
    formula=(
        r"\frac{\partial^2 L}{\partial w_j^2} = \frac1n \sum_{i} \sum_{c} p_{ic} "
        r"\left(\frac{\partial z_{ic}}{\partial w_j} - \sum_k p_{ik} \frac{\partial z_{ik}}{\partial w_j}\right)^2, "
        r"\qquad L(\hat{w}) - L(w) \approx \frac12 \sum_j "
        r"\frac{\partial^2 L}{\partial w_j^2} (\hat{w}_j - w_j)^2"
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
)
