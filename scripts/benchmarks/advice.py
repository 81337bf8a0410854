"""A person's large table: read, answered and checked, from the command line."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from timing import Row

ROWS, COLUMNS = 100_000, 200


def advice(repeats: int) -> Iterator[Row]:
    """`advise` on a csv of 1e5 rows by 200 columns: seconds, and peak memory of the process; at most three runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        _write(path)
        seconds = []
        for _ in range(min(repeats, 3)):
            began = time.perf_counter()
            command = [sys.executable, "-m", "linreg_compress", "advise", str(path), "--target", "y", "--workers", "2"]
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - began)
        size = f"{path.stat().st_size / 1e6:.0f} MB of text, {os.cpu_count()} cores"
    name = f"advise, {ROWS:.0e} rows x {COLUMNS} columns"
    yield Row(name, float(np.median(seconds)), "once", min(seconds), max(seconds), at_most=30.0, unit="s", note=size)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    yield Row(f"{name}, peak memory", peak, "the process", at_most=1.5, unit="GB")


def _write(path: Path) -> None:
    """Write normal features with all their digits."""
    rng = np.random.default_rng(0)
    weights = 0.01 * rng.standard_normal(COLUMNS)
    with path.open("w", encoding="utf-8") as stream:
        stream.write(",".join([*(f"x{k}" for k in range(COLUMNS)), "y"]) + "\n")
        for _ in range(0, ROWS, 1000):
            features = rng.standard_normal((1000, COLUMNS))
            table = np.column_stack([features, features @ weights + rng.standard_normal(1000)])
            stream.writelines(",".join(map(repr, row)) + "\n" for row in table.tolist())
