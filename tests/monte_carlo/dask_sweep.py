"""A sweep on a Dask cluster that loses a worker half-way, printed as JSON.

A program of its own, run by test_executors, so as to keep Dask's threads out of the process of the tests.
"""

import json
import os
import signal
from concurrent.futures import Executor, Future
from importlib import import_module
from typing import Any

from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.monte_carlo import chunk
from linreg_compress.monte_carlo.grid import sweep_grid
from linreg_compress.monte_carlo.sweep import sweep
from tests.monte_carlo.bits import bits_of

CELLS = sweep_grid([300, 400], [40], channels=lambda model: [BlindGaussianChannel.for_model(model, 30.0)])
ASKED: dict[str, Any] = {"trials": 600, "seed": 3}
CHUNK_NUMBERS = 1 << 18  # some twenty trials a chunk
KILLED_AT = 20  # the chunk before which a worker dies


class Murderous(Executor):
    """Pass chunks on to an executor, and kill a process on the way."""

    def __init__(self, inner: Any, victim: int) -> None:
        self.inner, self.victim, self.chunks = inner, victim, 0

    def submit(self, function: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        self.chunks += 1
        if self.chunks == KILLED_AT:
            os.kill(self.victim, signal.SIGKILL)
        return self.inner.submit(function, *arguments, **options)


def main() -> None:
    distributed: Any = import_module("distributed")  # in part without type information

    chunk._CHUNK_NUMBERS = CHUNK_NUMBERS
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        workers = client.run(os.getpid)
        executor = Murderous(client.get_executor(), min(workers.values()))
        found = sweep(CELLS, **ASKED, workers=2, executor=executor)
    print(json.dumps({
        "bits": [bits_of(one) for one in found],
        "workers": list(workers),
        "chunks": executor.chunks,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
