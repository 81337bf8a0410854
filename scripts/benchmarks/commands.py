"""What the package costs at its start, and a whole quick reproduction."""

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from timing import Row, ratio_row

HEAVY = ("sympy", "matplotlib", "scipy.stats")


def start(repeats: int) -> Iterator[Row]:
    """Cost of the import in fresh interpreters, and the heavy packages that quick commands load."""
    package = "import linreg_compress"
    closed = (
        "from linreg_compress import LinearModel, least_squares_risks; "
        "from linreg_compress.compressed_risk import blind_channel_risks"
    )
    simulation = "from linreg_compress import simulate"
    with tempfile.TemporaryDirectory() as cache:
        everything = ("import numpy", package, closed, simulation)
        for statement in everything:  # compiles to bytecode
            import_seconds(statement, cache)
        timed = [[import_seconds(statement, cache) for statement in everything] for _ in range(3 * repeats)]
    for place, name, target in (
        (1, package, 1.1),
        (2, "import and take the closed forms", None),
        (3, "import and take simulate", None),
    ):
        yield ratio_row(name, [one[place] / one[0] for one in timed], "import numpy", at_most=target)
    risk = ["risk", "--samples", "80", "--features", "50", "--bits-per-weight", "1"]
    prior = ["--signal-variance", "0.1"]
    for command in (["--help"], risk, [*risk, "--codec", "aware"], [*risk, *prior], [*risk, "--codec", "aware", *prior]):
        shown = " ".join(command).replace("--samples 80 --features 50 --bits-per-weight 1", "...")
        loaded = heavy_modules(command)
        yield Row(shown, len(loaded), "of " + ", ".join(HEAVY), at_most=0, unit="loaded", note=" ".join(loaded))


def import_seconds(statement: str, cache: str) -> float:
    """Time a statement in a fresh interpreter whose bytecode is kept in `cache`."""
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    code = f"import time; began = time.perf_counter(); {statement}; print(time.perf_counter() - began)"
    environment = {**settings, "PYTHONPYCACHEPREFIX": cache}
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment).stdout)


def heavy_modules(arguments: list[str]) -> list[str]:
    """Say which of the heavy packages a command loads."""
    command = [sys.executable, "-X", "importtime", "-m", "linreg_compress", *arguments]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    names = {line.rsplit("|", 1)[-1].strip() for line in report.splitlines() if line.startswith("import time:")}
    return [heavy for heavy in HEAVY if heavy in names]


def reproduction(_repeats: int) -> Iterator[Row]:
    """Wall time of one `reproduce --quick` into a temporary folder."""
    with tempfile.TemporaryDirectory() as out:
        began = time.perf_counter()
        command = [sys.executable, "-m", "linreg_compress", "reproduce", "--quick", "--out", out]
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
        seconds = time.perf_counter() - began
        files = sum(path.is_file() for path in Path(out).rglob("*"))
    note = f"{files} files" if ended.returncode == 0 else f"FAILED, exit {ended.returncode}: {ended.stderr[-200:]}"
    yield Row(
        "reproduce --quick", seconds if ended.returncode == 0 else math.inf, "once", at_most=60.0, unit="s", note=note
    )
