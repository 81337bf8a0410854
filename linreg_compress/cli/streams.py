"""Standard streams that are closed, full, or unable to show a character: they never end the program with a traceback."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast


@contextlib.contextmanager
def standard_streams() -> Iterator[None]:
    r"""Give the block a stdout and a stderr that can be written to, and leave nothing behind that Python would complain of.

    A closed stream is the null device, a character that a stream's encoding lacks becomes an escape such as ``\u2211``,
    and what stderr does not take is dropped, because nobody could be told. An error of stdout reaches the caller.
    """
    _occupy_closed_descriptors()
    before = sys.stdout, sys.stderr
    with contextlib.ExitStack() as stack:
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:  # closed when Python started
                setattr(sys, name, stack.enter_context(open(os.devnull, "w", encoding="utf-8")))  # noqa: PTH123
            reconfigure = getattr(getattr(sys, name), "reconfigure", None)
            if reconfigure is not None:
                with contextlib.suppress(OSError, ValueError):
                    reconfigure(errors="backslashreplace")
        sys.stdout, sys.stderr = cast(TextIO, _Output(sys.stdout)), cast(TextIO, _Messages(sys.stderr))
        try:
            yield
        finally:
            sys.stderr.flush()
            try:
                sys.stdout.flush()
            except (OSError, ValueError):
                discard(sys.stdout)
            sys.stdout, sys.stderr = before


def discard(stream: TextIO) -> None:
    """Send a stream to the null device, with what it still holds: Python flushes it once more when it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
        stream.flush()


class StandardOutputError(OSError):
    """Standard output could not be written."""


class _Output:
    """A stdout whose failures can be told from those of files."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with self._named():
            return self._stream.write(text)

    def flush(self) -> None:
        with self._named():
            self._stream.flush()

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise StandardOutputError(error.errno, error.strerror) from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Messages:
    """A stderr that drops what it cannot write."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (OSError, ValueError):
            discard(self._stream)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            discard(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _occupy_closed_descriptors() -> None:
    """Open the null device on each closed descriptor of 0, 1 and 2, so that no file of ours can take its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            os.set_inheritable(number, True)
