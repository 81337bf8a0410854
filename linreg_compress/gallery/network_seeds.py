"""What the figure of networks averages: networks trained and compressed seed by seed, and the means over the seeds."""

from typing import Any

import numpy as np

from linreg_compress.gallery.figure import Row
from linreg_compress.gallery.models import stream
from linreg_compress.networks import ReluNetwork, compress_network, load_digits, training_epochs
from linreg_compress.networks.relu import cross_entropy

LAYERS = (64, 512, 10)
SAMPLES, EPOCHS, LEVELS = 100, 400, 6
SEEDS, QUICK_SEEDS = 24, 3
METHODS = ("kmeans", "hessian-kmeans", "diameter-kmeans")
ALL_LEVELS = (3, 4, 6, 8, 16)
_SAMPLES = (25, 50, 100, 200, 400, 800)
FEW_EPOCHS = 20
_EPOCHS = (3, 5, 8, 12, 20, 50, 100, 200, 400)
_TEMPERATURES = (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 4.0)
_SETTING = ("panel", "method", "levels", "samples", "epochs", "temperature")
PANELS = ("levels", "split", "samples", "epochs")
YARDSTICKS = ("temperature", "early-stopping")
CHANGE = "test_loss_change"


def one_seed(seed: int, number: int) -> list[dict[str, Any]]:
    """Train and compress the networks of one seed; return a cell for each setting, with its losses."""
    inputs, labels = load_digits()
    order = stream(seed, number).permutation(len(inputs))
    cells: list[dict[str, Any]] = []
    for samples in _SAMPLES:
        known, new = order[:samples], order[samples:]
        data = (inputs[known], labels[known], inputs[new], labels[new])
        longest = EPOCHS if samples == SAMPLES else FEW_EPOCHS
        path = training_epochs(LAYERS, *data[:2], epochs=longest, rng=stream(seed, number, samples))
        for epoch, network in enumerate(path, start=1):
            shown = {"epochs": samples == SAMPLES and epoch in _EPOCHS, "samples": epoch == FEW_EPOCHS}
            if not any(shown.values()):
                continue
            cell: dict[str, Any] = {"samples": samples, "epochs": epoch}
            before, after = _losses(network, data), _losses(compress_network(network, LEVELS).network, data)
            for panel in (panel for panel in shown if shown[panel]):
                cells.append(cell | {"panel": panel, "method": "uncompressed"} | before)
                cells.append(cell | {"panel": panel, "method": "kmeans", "levels": LEVELS} | after)
            if shown["epochs"]:
                cells.append(cell | {"panel": "levels", "method": "early-stopping"} | before)
            if epoch == EPOCHS:
                cells += _codes(network, data, before, stream(seed, number, 0))
    return cells


def _codes(
    network: ReluNetwork, data: tuple[Any, ...], before: dict[str, float], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Cells of the three methods at every number of levels, of the parts of a code, and of the temperatures."""
    cell: dict[str, Any] = {"samples": SAMPLES, "epochs": EPOCHS}
    cells = [cell | {"panel": panel, "method": "uncompressed"} | before for panel in ("levels", "split")]
    for temperature in _TEMPERATURES:
        where = {"panel": "levels", "method": "temperature", "temperature": temperature}
        cells.append(cell | where | _losses(network, data, temperature))
    importance = network.hessian_diagonal(*data[:2])
    for levels in ALL_LEVELS:
        for method in METHODS:
            code = compress_network(network, levels, method, importance=importance)
            where = {"panel": "levels", "method": method, "levels": levels, "kept_share": code.kept_share}
            where["bits_per_weight"] = code.huffman_bits_per_weight
            cells.append(cell | where | _losses(code.network, data))
        code = compress_network(network, levels, codebooks="layer")
        parts = {"both": code.network, "shrink": code.shrunk(network), "noise": code.noisy(network, rng=rng)}
        for part, changed in parts.items():
            where = {"panel": "split", "method": part, "levels": levels, "kept_share": code.kept_share}
            cells.append(cell | where | _losses(changed, data))
    return cells


def _losses(network: ReluNetwork, data: tuple[Any, ...], temperature: float = 1.0) -> dict[str, float]:
    """Losses on the training images and on the new ones, and the share of errors, from one pass over each."""
    known, new = (network.logits(inputs) / temperature for inputs in data[::2])
    errors = float(np.mean(new.argmax(axis=1) != data[3]))
    return {"train_loss": cross_entropy(known, data[1]), "test_loss": cross_entropy(new, data[3]), "error_rate": errors}


def averaged(seeds: list[list[dict[str, Any]]]) -> list[Row]:
    """Average over seeds; changes are paired, each network with itself before its compression.

    Of the temperatures, and of the epochs at which training could stop, the one with the least mean test loss is kept.
    """
    found = {_place(cell): [cells[number] for cells in seeds] for number, cell in enumerate(seeds[0])}
    for method in YARDSTICKS:
        tried = [place for place in found if place[1] == method]
        best = min(tried, key=lambda place: float(_numbers(found[place], "test_loss").mean()))
        found = {place: cells for place, cells in found.items() if place[1] != method or place == best}
    rows = [_row(cells, found) for cells in found.values()]
    return [row for panel in PANELS for row in rows if row["panel"] == panel]


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
            values[over(name)] = values["test_loss"] - _numbers(rivals, "test_loss")
    row: dict[str, float | str] = {name: cell[name] for name in _SETTING if name in cell} | {"seeds": len(cells)}
    for name, numbers in values.items():
        row |= {name: float(numbers.mean()), f"{name}_se": float(numbers.std(ddof=1) / len(cells) ** 0.5)}
    return row


def over(method: str) -> str:
    """Column of the loss on new images less that of another method, network by network."""
    return f"test_loss_over_{method.replace('-', '_')}"


def _numbers(cells: list[dict[str, Any]], name: str) -> Any:
    return np.array([cell[name] for cell in cells])
