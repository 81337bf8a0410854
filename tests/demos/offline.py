"""A lesson's server that runs while every attempt to leave this machine is refused and written to stderr.

python -m tests.demos.offline demo overfitting --port 0
"""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linreg_compress.cli.main import main

FORBIDDEN = "FORBIDDEN:"
ROOT = Path(__file__).parents[2]
_HOME = ("127.0.0.1", "::1", "localhost")
_SECONDS = 30


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what Python tells of sockets beyond the loopback, and every child process."""
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        place = arguments[1]
        if not isinstance(place, tuple) or place[0] in _HOME:  # not a tuple: a socket in the file system
            return
    elif event == "socket.getaddrinfo":
        if arguments[0] in (None, *_HOME):
            return
    elif event not in ("subprocess.Popen", "os.system", "os.posix_spawn"):
        return
    print(FORBIDDEN, event, arguments, file=sys.stderr, flush=True)
    raise PermissionError(f"{event} is forbidden here")


def start(*arguments: str, through: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Start ``linreg-compress demo`` under the guard, through another command if one is given."""
    command = [*through, sys.executable, "-m", "tests.demos.offline", "demo", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def address_of(process: subprocess.Popen[str]) -> str:
    """Return the address that a server prints once it listens."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ended(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C, see that the server ends well, and return what it has said to stderr."""
    process.send_signal(signal.SIGINT)
    rest, said = process.communicate(timeout=_SECONDS)
    assert process.returncode == 0, said
    assert rest == ""
    assert "Traceback" not in said
    return said


if __name__ == "__main__":
    sys.addaudithook(watch)
    sys.exit(main())
