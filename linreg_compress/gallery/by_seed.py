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
from linreg_compress.files import make_folder, write_text
from linreg_compress.monte_carlo.executors import opened

_ROOT = Path(__file__).resolve().parents[1]


def by_seed(name: str, work: Callable[[int, int], Any], seed: int, seeds: int, workers: int = 2) -> list[Any]:
    """Return ``work(seed, number)`` for the numbers 0 to `seeds` - 1; `work` is a function of a module and returns JSON.

    An interruption loses the seeds under way and no others. Where the cache folder cannot be written nothing is kept.
    """
    folder = unfinished(name, seed)
    found = _found(folder, seeds)
    if 0 < len(found) < seeds:
        _say(name, len(found), seeds)
    with (
        opened("processes", workers) as pool,
        tqdm(total=seeds, initial=len(found), unit="seed", desc=name, disable=None, leave=False) as bar,
    ):
        todo = {number: (work, seed, number, _file(folder, number)) for number in range(seeds) if number not in found}
        futures: dict[Future[Any], int] = {pool.submit(_job, *arguments): number for number, arguments in todo.items()}
        for future in as_completed(futures):
            found[futures[future]] = future.result()
            bar.update()
    shutil.rmtree(folder, ignore_errors=True)
    return [found[number] for number in range(seeds)]


def missing(
    name: str, work: Callable[[int, int], Any], seed: int, seeds: int
) -> list[tuple[Callable[..., Any], tuple[Any, ...]]]:
    """Return the function and arguments of each seed that `by_seed` would compute; done before it, it finds them kept."""
    folder = unfinished(name, seed)
    try:
        make_folder(folder)
    except InvalidInputError:  # nothing would be found
        return []
    found = _found(folder, seeds)
    if found:
        _say(name, len(found), seeds)
    return [(_job, (work, seed, number, _file(folder, number))) for number in range(seeds) if number not in found]


def unfinished(name: str, seed: int) -> Path:
    """Folder of the seeds that are done, for this state of the package's files."""
    state = hashlib.sha256(f"{name} {seed}".encode())
    for path in sorted(_ROOT.rglob("*.py")):
        state.update(path.read_bytes())
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "linreg-compress" / f"{name}-{state.hexdigest()[:16]}"


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number}.json"


def _found(folder: Path, seeds: int) -> dict[int, Any]:
    """What is kept, by number; a file that cannot be read is computed again."""
    found = {}
    for number in range(seeds):
        with contextlib.suppress(OSError, ValueError):
            found[number] = json.loads(_file(folder, number).read_text(encoding="utf-8"))
    return found


def _say(name: str, done: int, seeds: int) -> None:
    print(f"{name}: {done} of {seeds} seeds were done before", file=sys.stderr, flush=True)


def _job(work: Callable[[int, int], Any], seed: int, number: int, path: Path) -> Any:
    """Compute one seed and keep it, in the process that computes: whatever happens to the others, it is done."""
    result = work(seed, number)
    with contextlib.suppress(InvalidInputError):  # no room, or no right to write there
        write_text(path, json.dumps(result))
    return result
