"""The project's own virtual environment, .venv: made once from pinned packages, then found ready at once.

A clone that its user may not write gets one in the user's cache instead. A clone that was moved keeps its packages. An
environment that is replaced is put aside until the new one is ready, and put back if that fails. Where another tool has
changed the packages in it (`uv sync`, pip), the pinned ones are put back.

The commands beside this file call `prepare()` and then `run()`. Only the standard library is used, on Linux and macOS,
and only syntax of Python 3.6, so that an old interpreter reaches the message about its age.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "scripts" / "requirements.txt"
SITE_REQUIREMENTS = ROOT / "scripts" / "requirements-site.txt"
PYPROJECT = ROOT / "pyproject.toml"

OLDEST_PYTHON = (3, 11)
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
# Settings of the caller's shell that would lead Python or pip away from .venv.
FOREIGN = "PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_CONSTRAINT PIP_PREFIX PIP_ROOT PIP_TARGET PIP_USER".split()  # noqa: SIM905
GRACE_SECONDS = 5.0


def say(message: str) -> None:
    """Tell the person something; standard output is left to the command that runs."""
    print(message, file=sys.stderr, flush=True)


def prepare(site: bool = False) -> None:
    """Make .venv ready, doing only what is still missing; end the program with a message if that cannot be done.

    With `site` it also holds what the documentation is built with.
    """
    _check_interpreter()
    if _dependencies.done() and _package.done() and (_site.done() or not site):
        return
    started = time.monotonic()
    try:
        with _only_one() as lock:
            _make(lock, site)
    except KeyboardInterrupt:
        say("Interrupted. The next run takes up the environment again.")
        sys.exit(130)
    except OSError as error:
        found = "{} cannot be written: {}".format(error.filename or VENV, error.strerror or error)
        _stop("Stopped: {}.\nName a folder for it that can be: XDG_CACHE_HOME=DIR {}".format(found, sys.argv[0]))
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
    """A note inside an environment that one step was finished, and from what."""

    def __init__(self, venv: Path, name: str, place: str, *sources: Path) -> None:
        self.venv = venv
        self.file = venv / (name + ".stamp")
        self.place = place
        self.sources = sources

    def digest(self) -> str:
        """Hash what the step depends on: its files, the place if that matters, and the kind of Python."""
        parts = [self.place.encode(), str(sysconfig.get_config_var("SOABI")).encode()]  # compiled packages fit one version
        parts += [source.read_bytes() for source in self.sources]
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def made(self) -> bool:
        """Say whether the step was finished from the present sources and its Python still starts."""
        return self._noted()[:1] == [self.digest()] and os.access(str(self.venv / "bin" / "python"), os.X_OK)

    def done(self) -> bool:
        """Say whether, besides, every package that was there when it finished still is, in the same version."""
        return self.made() and set(self._noted()[1:]) <= set(self._installed())

    def set(self) -> None:
        self.file.write_text("\n".join([self.digest(), *self._installed()]))

    def _noted(self) -> "list[str]":
        try:
            return self.file.read_text().split("\n")
        except OSError:
            return []

    def _installed(self) -> "list[str]":
        return sorted(path.name for path in self.venv.glob("lib/python*/site-packages/*.dist-info"))

    def clear(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.file.unlink()


def _stamps(venv: Path) -> "tuple[_Stamp, _Stamp, _Stamp]":
    """Return the notes about the packages, about the package itself, which alone may not move, and about the site."""
    return (
        _Stamp(venv, "packages", "", REQUIREMENTS),
        _Stamp(venv, "package", str(ROOT), REQUIREMENTS, PYPROJECT),
        _Stamp(venv, "site", "", REQUIREMENTS, SITE_REQUIREMENTS),
    )


def _place() -> Path:
    """Return where the environment is: in the clone, unless that cannot be written and has none that is ready."""
    own = ROOT / ".venv"
    if os.access(str(ROOT), os.W_OK) or all(stamp.done() for stamp in _stamps(own)[:2]):
        return own
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(cache) / "linreg_compress" / hashlib.sha256(str(ROOT).encode()).hexdigest()[:16] / ".venv"


VENV = _place()
PYTHON = VENV / "bin" / "python"
OLD = VENV.parent / ".venv.old"
LOCK = VENV.parent / ".venv.lock"
PLACE = VENV / "place.txt"
_dependencies, _package, _site = _stamps(VENV)


def _make(lock: int, site: bool) -> None:
    """Carry out the steps that are not done; a step without its stamp is done again from its beginning."""
    if not _dependencies.done():
        if _dependencies.made() and any(VENV.glob("lib/python*/site-packages/pip")):
            say("Something else has changed the packages in {}: putting the pinned ones back.".format(VENV))
            _install(lock, REQUIREMENTS)
            _dependencies.set()
        else:
            with _old_one_aside():
                _make_anew(lock)
    if _placed() != str(VENV):
        _package.clear()
        _move_scripts()
    if not _package.done():
        say("Installing linreg_compress itself, editable.")
        here = ("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))
        _step(lock, "installing the package failed; see above", *_pip(), *here)
        _step(lock, "scripts/requirements.txt does not fit pyproject.toml; see above", *_pip(), "check")
        _package.set()
    if site and not _site.done():
        say("Installing what the site is built with, as pinned in scripts/requirements-site.txt.")
        _install(lock, SITE_REQUIREMENTS)
        _step(lock, "scripts/requirements-site.txt does not fit requirements.txt; see above", *_pip(), "check")
        _site.set()


def _make_anew(lock: int) -> None:
    say("Making the environment {} with Python {}.".format(VENV, _version()))
    python = getattr(sys, "_base_executable", None) or sys.executable  # not that of an active environment
    _step(lock, "making it failed; see above", python, "-I", "-m", "venv", "--clear", str(VENV))
    say("Installing the packages pinned in scripts/requirements.txt, by their sha256 (about a minute).")
    _install(lock, REQUIREMENTS)
    PLACE.write_text(str(VENV))
    _dependencies.set()


def _install(lock: int, requirements: Path) -> None:
    _step(
        lock,
        "installing the packages failed; see above.\n"
        "If pip could not connect, run this again where a package registry is within reach.\n"
        f"If it did and a package has no wheel for Python {_version()}, name another Python: python3.12 {sys.argv[0]}",
        *_pip(),
        *("install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(requirements)),
    )


def _pip() -> "tuple[str, ...]":
    return str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq"


def _version() -> str:
    return "{}.{}.{}".format(*sys.version_info[:3])


@contextlib.contextmanager
def _old_one_aside() -> "Iterator[None]":
    """Keep an environment that is there until the new one is ready; a failure, or the run after a kill, puts it back."""
    if OLD.exists():
        shutil.rmtree(str(VENV), ignore_errors=True)
    elif VENV.exists():
        VENV.rename(OLD)
    try:
        yield
    except BaseException:
        shutil.rmtree(str(VENV), ignore_errors=True)
        if OLD.exists():
            OLD.rename(VENV)
            say("The environment of before is back in {}.".format(VENV))
        raise
    shutil.rmtree(str(OLD), ignore_errors=True)


def _placed() -> str:
    try:
        return PLACE.read_text()
    except OSError:
        return ""


def _move_scripts() -> None:
    """Point the commands of a moved environment to its Python: the packages themselves hold no path."""
    before, after = _placed(), str(VENV)
    say("The clone was at {}: its environment moves along.".format(Path(before).parent))
    head = "#!{}/bin/python\n".format(after)
    if " " in head or len(head) > 127:  # what a first line cannot hold; pip writes the same
        head = "#!/bin/sh\n'''exec' \"{}/bin/python\" \"$0\" \"$@\"\n' '''\n".format(after)
    for script in sorted((VENV / "bin").iterdir()):
        try:
            text = "" if script.is_symlink() else script.read_text()
        except (OSError, UnicodeDecodeError):  # a folder, a compiled program
            continue
        if before not in text:
            continue
        lines = text.splitlines(keepends=True)
        if text.startswith("#!" + before):
            text = head + "".join(lines[1:])
        elif text.startswith("#!/bin/sh\n'''exec'"):
            text = head + "".join(lines[3:])
        else:  # activate and its like
            text = text.replace(before, after)
        script.write_text(text)
    PLACE.write_text(after)


def _step(lock: int, failure: str, *command: str) -> None:
    # The child holds the lock as well: should this program be killed, nobody else starts before the child has ended.
    code = subprocess.call(command, cwd=str(ROOT), env=_environment(), pass_fds=(lock,))
    if code != 0:
        _stop(f"Stopped: {failure}\n(command: {' '.join(command)}; exit {code})")


@contextlib.contextmanager
def _only_one() -> "Iterator[int]":
    """Hold the lock that lets one program at a time work on .venv; the system frees it however the program ends."""
    VENV.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("ab") as file:
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
