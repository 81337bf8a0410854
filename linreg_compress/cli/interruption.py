"""End a long run cleanly on Ctrl-C or SIGTERM: once asked, it stops at the next safe place; asked twice, at once."""

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self


class Interruption:
    """Context in which SIGINT and SIGTERM end the block, silently; afterwards `signal` says which came, if any.

    The first raises KeyboardInterrupt in the main thread, so that pools are shut down and files are closed. A second one
    ends the process there and then, for whoever cannot wait for the chunks that are running: what is on disk is whole at
    any moment.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self._before: dict[int, Any] = {}

    @property
    def status(self) -> int:
        """Exit status of a process that a signal ended: 130 after SIGINT, 143 after SIGTERM."""
        return 128 + (self.signal or 0)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # elsewhere Python sets no handlers
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if not isinstance(error, KeyboardInterrupt):
            self.signal = None  # it came too late to end the block
        return self.signal is not None

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.signal is not None:
            os._exit(128 + number)
        self.signal = number
        raise KeyboardInterrupt
