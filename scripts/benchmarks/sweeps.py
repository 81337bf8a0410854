"""A whole sweep from the command line: its wall time, what the store costs, and what a kill changes."""

import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from timing import Row, ratio_row

GRID = {
    "samples": "60,80,100,150,200,300,500,1000,2000",
    "features": "5,10,15,20,30,40,50",
    "noise-variance": "0.5,1",
    "signal-variance": "0,0.01,0.02,0.05",
}
CELLS = math.prod(len(values.split(",")) for values in GRID.values())
ERROR = "1e-3"
KILLS = 5


def sweep(_repeats: int) -> Iterator[Row]:
    """Sweep 504 cells to a standard error of 1e-3 on two workers; kill and resume it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        plain = seconds_of(place / "plain.csv")
        yield Row(f"{CELLS} cells to {ERROR}, weights sampler, two threads", plain, "once", at_most=120.0, unit="s")
        stored = seconds_of(place / "stored.csv", "--store", str(place / "stored.sqlite"))
        yield ratio_row("the same with a store", [stored / plain], "without one")
        own = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        yield Row("peak memory", own / (1024 if sys.platform == "linux" else 1024**2), "of one process", unit="MB")
        expected = (place / "plain.csv").read_bytes()
        same = [(place / "stored.csv").read_bytes() == expected]
        lost = []
        for kill in range(KILLS):
            store = ("--store", str(place / f"{kill}.sqlite"), "--resume")
            part = (kill + 1) / (KILLS + 1) * stored
            with subprocess.Popen(command(place / f"{kill}.csv", *store)) as killed:
                time.sleep(part)
                killed.kill()
            rest = seconds_of(place / f"{kill}.csv", *store)
            lost.append(part + rest - stored)
            same.append((place / f"{kill}.csv").read_bytes() == expected)
        yield Row(
            "same bytes: with a store; killed, resumed", sum(same), f"of {len(same)}", at_least=len(same), unit="runs"
        )
        yield Row("seconds that a kill costs", statistics.median(lost), "start and the chunks in flight", unit="s")


def command(out: Path, *more: str) -> list[str]:
    """Return the command of the sweep."""
    grid = [part for name, values in GRID.items() for part in (f"--{name}", values)]
    run = ["--bits-per-weight", "1", "--sampler", "weights", "--standard-error", ERROR, "--workers", "2"]
    return [sys.executable, "-m", "linreg_compress", "simulate", *grid, *run, "--out", str(out), *more]


def seconds_of(out: Path, *more: str) -> float:
    """Run the sweep and return its wall time."""
    began = time.perf_counter()
    subprocess.run(command(out, *more), check=True, capture_output=True)
    return time.perf_counter() - began
