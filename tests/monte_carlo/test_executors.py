"""Threads, processes and a real Dask cluster give the same bits, and leave nothing behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from linreg_compress._validation import FloatArray
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.errors import LinregCompressError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.executors import opened
from linreg_compress.monte_carlo.grid import SweepCell, settings, sweep_grid
from linreg_compress.monte_carlo.store import SweepStore
from linreg_compress.monte_carlo.sweep import sweep
from tests.compare import assert_refused
from tests.monte_carlo import dask_sweep
from tests.monte_carlo.bits import bits_of

ROOT = Path(__file__).parents[2]

CELLS = sweep_grid([30, 40], [5], channels=lambda model: [BlindGaussianChannel.for_model(model, 3.0)])


def bits(cells: list[SweepCell] = CELLS, **options: Any) -> list[tuple[Any, ...]]:
    return [bits_of(one) for one in sweep(cells, **{"trials": 20_000, "seed": 3, **options})]


def state(_: int) -> dict[str, Any]:
    """What a worker process finds around it."""
    return {
        "pid": os.getpid(),
        "blas": [os.environ.get(f"{name}_NUM_THREADS") for name in ("OPENBLAS", "OMP", "MKL")],
        "deaf": signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []),
    }


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(condition: Any, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


def test_threads_processes_and_a_given_executor_give_the_same_bits() -> None:
    expected = bits()
    assert bits(workers=3) == expected
    assert bits(workers=2, executor="processes") == expected
    with ThreadPoolExecutor(2) as pool:
        assert bits(workers=2, executor=pool) == expected
        assert pool.submit(pow, 2, 3).result() == 8  # left open


def test_processes_have_one_blas_thread_hear_no_ctrl_c_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with opened("processes", 2) as pool:
        found = [pool.submit(state, place).result() for place in range(4)]
    assert all(one["blas"] == ["1", "1", "1"] and one["deaf"] for one in found)
    assert os.environ["OPENBLAS_NUM_THREADS"] == "7"  # ours is as it was
    assert "MKL_NUM_THREADS" not in os.environ
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert not any(alive(one["pid"]) for one in found)


def test_threads_end_with_the_sweep() -> None:
    before = set(threading.enumerate())
    bits(workers=4)
    assert not set(threading.enumerate()) - before  # a thread of an earlier test may have ended meanwhile


@dataclass(frozen=True)
class Deadly:
    """A channel that kills the process it runs in, as the system does when memory is short."""

    name: str = "deadly"
    needs_gram: bool = False

    def compress(self, weights: Any, *, rng: Any, gram: Any = None) -> FloatArray:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def test_a_worker_that_dies_is_told_of_and_what_was_done_is_kept(tmp_path: Path) -> None:
    cells = [CELLS[0], SweepCell(LinearModel(30, 5), (Deadly(),))]
    path = tmp_path / "run.sqlite"
    with pytest.raises(LinregCompressError, match="a worker process of the sweep died"):
        sweep(cells, 200, workers=1, executor="processes", store=path)
    SweepStore(path, settings(cells, trials=200, standard_error=None, sampler="data", seed=0), resume=True).close()


def test_processes_end_when_their_parent_is_killed() -> None:
    code = (
        "import time\nfrom linreg_compress.monte_carlo.executors import opened\n"
        "from tests.monte_carlo.test_executors import state\n"
        "with opened('processes', 2) as pool:\n"
        "    print(*(one['pid'] for one in pool.map(state, range(6))), flush=True)\n    time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        children = {int(pid) for pid in parent.stdout.readline().split()}
        assert children
        assert all(alive(pid) for pid in children)
        parent.kill()
    assert wait_until(lambda: not any(alive(pid) for pid in children))


def test_an_unknown_executor_is_refused() -> None:
    assert_refused(lambda: opened("cloud", 1).__enter__(), "executor must be one of threads, processes; got 'cloud'")


@pytest.mark.slow
def test_a_dask_cluster_that_loses_a_worker_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two worker processes that talk TCP over the loopback; one is killed half-way."""
    pytest.importorskip("distributed")
    monkeypatch.setattr("linreg_compress.monte_carlo.chunk._CHUNK_NUMBERS", dask_sweep.CHUNK_NUMBERS)
    expected = sweep(dask_sweep.CELLS, **dask_sweep.ASKED)
    program = [sys.executable, "-m", "tests.monte_carlo.dask_sweep"]
    ended = subprocess.run(program, capture_output=True, text=True, check=False, timeout=300, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["bits"] == json.loads(json.dumps([bits_of(one) for one in expected]))
    assert found["chunks"] >= 2 * dask_sweep.KILLED_AT
    assert len(found["workers"]) == 2
    assert all(address.startswith("tcp://127.0.0.1:") for address in found["workers"])
