"""Advice: on a person's large table, read from the command line and from memory, and on real tables with known truth."""

import os
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
    """`advise` on 1e5 rows by 200 columns, from a csv and from arrays: seconds and peak memory of the process; 442 x 10."""
    name = f"{ROWS:.0e} x {COLUMNS}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        _write(path)
        size = f"{path.stat().st_size / 1e6:.0f} MB of text, {os.cpu_count()} cores"
        command = ["-m", "linreg_compress", "advise", str(path), "--target", "y"]
        yield from _measured(f"advise, {name}, csv", command, min(repeats, 3), 20.0, size)
    arrays = (
        "import numpy as np, linreg_compress as lc; rng = np.random.default_rng(0); "
        f"x = rng.standard_normal(({ROWS}, {COLUMNS})); y = x @ np.full({COLUMNS}, 0.01) + rng.standard_normal({ROWS}); "
        "lc.advise(x, y)"
    )
    yield from _measured(f"advise, {name}, arrays", ["-c", arrays], min(repeats, 3), 20.0, "")
    small = (
        arrays.replace(f"({ROWS}, {COLUMNS})", "(442, 10)").replace(f"({COLUMNS},", "(10,").replace(f"({ROWS})", "(442)")
    )
    yield from list(_measured("advise, 442 x 10, with the start of Python", ["-c", small], min(repeats, 3), 1.5, ""))[:1]


def _measured(name: str, arguments: list[str], repeats: int, seconds: float, note: str) -> Iterator[Row]:
    found, peaks = [], []
    for _ in range(repeats):
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise RuntimeError(f"{name} failed")
        found.append(time.perf_counter() - began)
        peaks.append(usage.ru_maxrss / 1e6)
    yield Row(name, float(np.median(found)), "once", min(found), max(found), at_most=seconds, unit="s", note=note)
    yield Row(f"{name}, peak memory", max(peaks), "the process", at_most=1.0, unit="GB")


def real_tables(_: int) -> Iterator[Row]:
    """Verdicts of `advise` on 60 tables from each of 54 real populations: right where told, and how often open."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.advice.populations import held_out, populations
    from tests.advice.real_tables import Score, score

    scores = {one.name: score(one) for one in populations()}
    total, unseen = sum(scores.values(), Score()), sum((scores[one.name] for one in held_out()), Score())
    for name, one in (("all", total), ("held out from the choice of the rule", unseen)):
        note = f"{one.right} of {one.decided}, {name}"
        yield Row(
            "verdicts told that are right", 100 * one.right / one.decided, "all told", at_least=97.0, unit="%", note=note
        )
    many = [name for name, one in scores.items() if one.decided >= 10]
    worst = min(many, key=lambda name: scores[name].right / scores[name].decided)
    share = 100 * scores[worst].right / scores[worst].decided
    yield Row("the same, worst population of ten told", share, "told there", at_least=90.0, unit="%", note=worst)
    for name, one, limit in (("all", total, 60.0), ("held out", unseen, None)):
        share = 100 * one.clear_but_open / one.clear
        yield Row("open where the effect exceeds 5 %", share, "these tables", at_most=limit, unit="%", note=name)


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
