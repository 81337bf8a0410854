"""Compute what a figure needs seed by seed, in processes of one BLAS thread each, and take up a run that was interrupted.

What is done is kept in the user's cache folder until all seeds are, under a name made from the package's files and the
arguments: another version of the code finds nothing there.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import Future, as_completed
from pathlib import Path
from typing import Any

from tqdm import tqdm

from linreg_compress.errors import InvalidInputError
from linreg_compress.files import write_text
from linreg_compress.monte_carlo.executors import opened

_ROOT = Path(__file__).resolve().parents[1]


def by_seed(name: str, work: Callable[[int, int], Any], seed: int, seeds: int, workers: int = 2) -> list[Any]:
    """Return ``work(seed, number)`` for the numbers 0 to `seeds` - 1; `work` is a function of a module and returns JSON.

    An interruption loses the seeds under way and no others. Where the cache folder cannot be written nothing is kept.
    """
    folder = unfinished(name, seed)
    found = {number: kept for number in range(seeds) if (kept := _kept(folder / f"{number}.json")) is not None}
    if found:
        print(f"{name}: {len(found)} of {seeds} seeds were done before", file=sys.stderr, flush=True)
    with (
        opened("processes", workers) as pool,
        tqdm(total=seeds, initial=len(found), unit="seed", desc=name, disable=None, leave=False) as bar,
    ):
        todo = (number for number in range(seeds) if number not in found)
        futures: dict[Future[Any], int] = {
            pool.submit(_job, work, seed, number, folder / f"{number}.json"): number for number in todo
        }
        for future in as_completed(futures):
            found[futures[future]] = future.result()
            bar.update()
    shutil.rmtree(folder, ignore_errors=True)
    return [found[number] for number in range(seeds)]


def unfinished(name: str, seed: int) -> Path:
    """Folder of the seeds that are done, for this state of the package's files."""
    state = hashlib.sha256(f"{name} {seed}".encode())
    for path in sorted(_ROOT.rglob("*.py")):
        state.update(path.read_bytes())
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "linreg-compress" / f"{name}-{state.hexdigest()[:16]}"


def _kept(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _job(work: Callable[[int, int], Any], seed: int, number: int, path: Path) -> Any:
    """Compute one seed and keep it, in the process that computes: whatever happens to the others, it is done."""
    result = work(seed, number)
    with contextlib.suppress(InvalidInputError):  # no room, or no right to write there
        write_text(path, json.dumps(result))
    return result
