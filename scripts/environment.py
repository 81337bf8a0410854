"""The project's own virtual environment, .venv: made once from pinned packages, then found ready at once.

The commands beside this file call `prepare()` and then `run()`. Only the standard library is used, on Linux and macOS,
and only syntax of Python 3.6, so that an old interpreter reaches the message about its age.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "scripts" / "requirements.txt"
PYPROJECT = ROOT / "pyproject.toml"

OLDEST_PYTHON = (3, 11)
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
# Settings of the caller's shell that would lead Python or pip away from .venv.
FOREIGN = "PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_CONSTRAINT PIP_PREFIX PIP_ROOT PIP_TARGET PIP_USER".split()  # noqa: SIM905
GRACE_SECONDS = 5.0


def say(message: str) -> None:
    """Tell the person something; standard output is left to the command that runs."""
    print(message, file=sys.stderr, flush=True)


def prepare() -> None:
    """Make .venv ready, doing only what is still missing; end the program with a message if that cannot be done."""
    _check_interpreter()
    if _dependencies.done() and _package.done():
        return
    started = time.monotonic()
    try:
        with _only_one() as lock:
            _make(lock)
    except KeyboardInterrupt:
        say("Interrupted. The next run takes up the environment again.")
        sys.exit(130)
    say(f"Environment ready after {time.monotonic() - started:.1f} s.")


def run(*arguments: str) -> int:
    """Run the environment's Python from the project root and return its exit code, 128 + n for signal n."""
    child = subprocess.Popen([str(PYTHON), *arguments], cwd=str(ROOT), env=_environment())
    try:
        code = child.wait()
    except KeyboardInterrupt:  # a terminal has told the child too: let it end in its own way
        try:
            code = child.wait(timeout=GRACE_SECONDS)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            child.terminate()
            code = child.wait()
    return code if code >= 0 else 128 - code


class _Stamp:
    """A note inside .venv that one step was finished, and from what."""

    def __init__(self, name: str, *sources: Path) -> None:
        self.file = VENV / (name + ".stamp")
        self.sources = sources

    def digest(self) -> str:
        """Hash what the step depends on: its files, the place of the project and the kind of Python."""
        # Every path inside an environment is absolute, and compiled packages fit one version of Python.
        parts = [str(ROOT).encode(), str(sysconfig.get_config_var("SOABI")).encode()]
        parts += [source.read_bytes() for source in self.sources]
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def done(self) -> bool:
        """Say whether the step was finished from the present sources and its Python still starts."""
        try:
            return self.file.read_text() == self.digest() and os.access(str(PYTHON), os.X_OK)
        except FileNotFoundError:
            return False

    def set(self) -> None:
        self.file.write_text(self.digest())

    def clear(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.file.unlink()


_dependencies = _Stamp("dependencies", REQUIREMENTS)
_package = _Stamp("package", REQUIREMENTS, PYPROJECT)


def _make(lock: int) -> None:
    """Carry out the steps that are not done; a step without its stamp is done again from its beginning."""
    pip = (str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq")
    if not _dependencies.done():
        _package.clear()
        _dependencies.clear()
        version = "{}.{}.{}".format(*sys.version_info[:3])
        say("Making the environment {} with Python {}.".format(VENV, version))
        python = getattr(sys, "_base_executable", None) or sys.executable  # not that of an active environment
        _step(lock, "making it failed; see above", python, "-I", "-m", "venv", "--clear", str(VENV))
        say("Installing the packages pinned in scripts/requirements.txt, by their sha256 (about a minute).")
        _step(
            lock,
            "installing the packages failed; see above. Is a package registry within reach of pip?\n"
            f"If a package has no wheel for Python {version} here, name another Python: python3.12 {sys.argv[0]}",
            *pip,
            *("install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(REQUIREMENTS)),
        )
        _dependencies.set()
    if not _package.done():
        say("Installing linreg_compress itself, editable.")
        here = ("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))
        _step(lock, "installing the package failed; see above", *pip, *here)
        _step(lock, "scripts/requirements.txt does not fit pyproject.toml; see above", *pip, "check")
        _package.set()


def _step(lock: int, failure: str, *command: str) -> None:
    # The child holds the lock as well: should this program be killed, nobody else starts before the child has ended.
    code = subprocess.call(command, cwd=str(ROOT), env=_environment(), pass_fds=(lock,))
    if code != 0:
        _stop(f"Stopped: {failure}\n(command: {' '.join(command)}; exit {code})")


@contextlib.contextmanager
def _only_one() -> "Iterator[int]":
    """Hold the lock that lets one program at a time work on .venv; the system frees it however the program ends."""
    with REQUIREMENTS.open("rb+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is preparing .venv: waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _environment() -> "dict[str, str]":
    """Return the caller's environment without what points elsewhere; one BLAS thread unless the caller chose."""
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    for name in THREADS:
        environment.setdefault(name, "1")
    return environment


def _check_interpreter() -> None:
    if sys.version_info < OLDEST_PYTHON:
        _stop(
            "This project needs Python {}.{} or newer, and {} is Python {}.{}.{}.\n"
            "Install a newer one, or name one that you have: python3.12 {}".format(
                *OLDEST_PYTHON, sys.executable, *sys.version_info[:3], sys.argv[0]
            )
        )
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        _stop(
            f"{sys.executable} comes without {' and '.join(missing)}, needed to make the project's environment.\n"
            "Debian and Ubuntu: apt install python3-venv. Elsewhere: install the complete python3. Then run this again."
        )


def _stop(message: str) -> NoReturn:
    sys.exit(message)
