"""The table behind the lesson on networks: means over twenty of them at every position of its sliders.

Training takes minutes, so it is a file of the package; ``python -m linreg_compress.demos.network_table`` writes it anew.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from linreg_compress.files import read_rows, write_table
from linreg_compress.networks import ReluNetwork, compress_network, load_digits, training_epochs

LAYERS = (64, 512, 10)
SAMPLES = (50.0, 100.0, 200.0, 400.0, 800.0)
EPOCHS = (5.0, 10.0, 20.0, 50.0, 100.0)
LEVELS = (3.0, 4.0, 6.0, 8.0, 16.0)
SEEDS = 20
_PATH = Path(__file__).with_suffix(".csv")
_MEASURES = ("training_loss", "loss", "errors")
NAMES = (*(f"{name}_{when}" for name in _MEASURES for when in ("before", "after")), "change", "errors_change")


def cells(samples: int, longest: int, epochs: tuple[float, ...], levels: tuple[float, ...], rng: Any) -> list[list[float]]:
    """Train one network on some images, compress it after some epochs, and return rows of epochs, levels and `NAMES`."""
    inputs, labels = load_digits()
    order = rng.permutation(len(inputs))
    known, new = order[:samples], order[samples:]

    def measured(network: ReluNetwork) -> list[float]:
        loss, errors = network.cross_entropy(inputs[new], labels[new]), network.error_rate(inputs[new], labels[new])
        return [network.cross_entropy(inputs[known], labels[known]), loss, 100 * errors]

    rows = []
    for epoch, network in enumerate(
        training_epochs(LAYERS, inputs[known], labels[known], epochs=longest, rng=rng), start=1
    ):
        if epoch not in epochs:
            continue
        before = measured(network)
        for size in levels:
            after = measured(compress_network(network, int(size)).network)
            both = [value for pair in zip(before, after, strict=True) for value in pair]
            rows.append([epoch, size, *both, after[1] - before[1], after[2] - before[2]])
    return rows


@lru_cache(maxsize=1)
def table() -> dict[tuple[float, float, float], dict[str, float]]:
    """Return the means, and standard errors as ``NAME_se``, by samples, epochs and levels."""
    rows: list[dict[str, Any]] = [dict(row) for row in read_rows(_PATH)]
    return {(row["samples"], row["epochs"], row["levels"]): row for row in rows}


def one_seed(seed: int, number: int) -> list[list[list[float]]]:
    """Compute the cells of one network for each number of samples."""
    streams = (np.random.default_rng([seed, number, int(samples)]) for samples in SAMPLES)
    return [
        cells(int(samples), int(EPOCHS[-1]), EPOCHS, LEVELS, rng) for samples, rng in zip(SAMPLES, streams, strict=True)
    ]


def write() -> Path:
    """Compute the table and write it."""
    from linreg_compress.gallery.by_seed import by_seed
    from linreg_compress.gallery.rounding import rounded

    found = np.array(by_seed("network_table", one_seed, 0, SEEDS))  # seeds, samples, epochs and levels, names
    means, errors = found.mean(axis=0), found.std(axis=0, ddof=1) / SEEDS**0.5
    rows: list[dict[str, Any]] = []
    for samples, mean, error in zip(SAMPLES, means, errors, strict=True):
        for at, spread in zip(mean, error, strict=True):
            row = {"samples": samples, "epochs": at[0], "levels": at[1], "networks": SEEDS}
            for name, value, uncertainty in zip(NAMES, at[2:], spread[2:], strict=True):
                row |= {name: float(value), f"{name}_se": float(uncertainty)}
            rows.append(row)
    return write_table(_PATH, rounded(rows))


if __name__ == "__main__":
    print(write())
