"""Where the chunks of a sweep run: threads, processes, or any executor of the caller's, such as a Dask cluster's.

None of this can change a result: a chunk is a pure function of its own description.
"""

import atexit
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import connection, get_context, parent_process
from typing import ParamSpec, TypeVar

from linreg_compress import _validation as valid

P = ParamSpec("P")
T = TypeVar("T")

KINDS = ("threads", "processes")
_BLAS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@contextlib.contextmanager
def opened(executor: str | Executor, workers: int) -> Iterator[Executor]:
    """Yield an executor; at the end what has not begun is cancelled, and no thread or process of ours is left.

    Parameters
    ----------
    executor : {"threads", "processes"} or concurrent.futures.Executor
        Threads do well where NumPy releases the interpreter lock, in all heavy steps of a chunk. An executor that is given
        is not shut down, and `workers` says nothing to it.
    workers : int
        Threads or processes.

    Examples
    --------
    >>> with opened("threads", 2) as pool:
    ...     pool.submit(pow, 2, 10).result()
    1024
    """
    if isinstance(executor, Executor):
        yield executor
        return
    kind = valid.choice("executor", executor, KINDS)
    pool = ThreadPoolExecutor(workers) if kind == "threads" else _Processes(workers)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class CallingThread(Executor):
    """Run each task at once in the thread that submits it, so that what is set for that thread holds, as by np.errstate."""

    def submit(self, function: Callable[P, T], /, *arguments: P.args, **options: P.kwargs) -> Future[T]:
        """Return a future that is done; an error of the task is raised here."""
        future: Future[T] = Future()
        future.set_result(function(*arguments, **options))
        return future


class _Processes(Executor):
    """Fresh processes with one BLAS thread each, which ignore Ctrl-C (the parent ends them) and exit with the parent.

    Spawned, not forked: a fork copies locks that the parent's other threads hold.
    """

    def __init__(self, workers: int) -> None:
        self._pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin)

    def submit(self, function: Callable[P, T], /, *arguments: P.args, **options: P.kwargs) -> Future[T]:
        with _settings_of_children():  # the pool starts its processes here, as they are needed
            return self._pool.submit(function, *arguments, **options)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)


@contextlib.contextmanager
def _settings_of_children() -> Iterator[None]:
    """Set what a child inherits: BLAS reads its variables when NumPy is loaded, perhaps by the caller's own main module."""
    before = {name: os.environ.get(name) for name in _BLAS}
    os.environ.update(dict.fromkeys(_BLAS, "1"))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _begin() -> None:
    """Watch the parent from a new process: killed, it could not tell, and the child would wait for work for ever.

    At its end the process frees no object one by one: after a ledger of formulas that takes a second.
    """
    atexit.register(os._exit, 0)  # registered first, run last
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
