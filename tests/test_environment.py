"""The project's environment: where it lies, what a move changes, and that a failure puts the old one back."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def environment(tmp_path: Path) -> ModuleType:
    """The module of a clone of its own, which is not ready."""
    clone = tmp_path / "a clone"
    (clone / "scripts").mkdir(parents=True)
    for name in ("scripts/environment.py", "scripts/requirements.txt", "scripts/requirements-site.txt", "pyproject.toml"):
        (clone / name).write_bytes((ROOT / name).read_bytes())
    return load(clone)


def load(clone: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("environment_of_a_clone", clone / "scripts" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fake(module: Any) -> None:
    """Put an environment of two scripts and no packages where the module looks for one."""
    (module.VENV / "bin").mkdir(parents=True)
    module.PYTHON.symlink_to(sys.executable)
    (module.VENV / "bin" / "tool").write_text(f"#!{module.PYTHON}\nprint('runs')\n")
    (module.VENV / "bin" / "tool").chmod(0o755)
    (module.VENV / "bin" / "activate").write_text(f'VIRTUAL_ENV="{module.VENV}"\n')
    module.PLACE.write_text(str(module.VENV))
    for stamp in (module._dependencies, module._package):
        stamp.set()


def test_a_clone_that_can_be_written_holds_its_environment(environment: Any) -> None:
    assert environment.VENV == environment.ROOT / ".venv"
    with environment._only_one():
        assert (environment.ROOT / ".venv.lock").exists()


def test_a_clone_that_cannot_be_written_has_it_in_the_cache(
    environment: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = environment.ROOT
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("os.access", lambda path, mode: mode != 2)  # W_OK
    module: Any = load(ready)
    assert module.VENV.is_relative_to(tmp_path / "cache" / "linreg_compress")
    with module._only_one():
        assert module.LOCK.exists()
    assert sorted(path.name for path in ready.iterdir()) == ["pyproject.toml", "scripts"]
    fake(environment)
    assert ready / ".venv" == load(ready).VENV, "one that is ready is used as it is"


def test_a_moved_clone_keeps_its_packages_and_its_scripts_run(environment: Any, tmp_path: Path) -> None:
    fake(environment)
    assert environment._dependencies.done()
    moved = tmp_path / "moved"
    environment.ROOT.rename(moved)
    module: Any = load(moved)
    assert module._dependencies.done()
    assert not module._package.done(), "the editable install holds the place"
    module._move_scripts()
    assert module._placed() == str(moved / ".venv")
    assert (moved / ".venv" / "bin" / "activate").read_text() == f'VIRTUAL_ENV="{moved}/.venv"\n'
    assert subprocess.run([moved / ".venv" / "bin" / "tool"], capture_output=True, check=True).stdout == b"runs\n"
    moved.rename(tmp_path / "with a space")
    module = load(tmp_path / "with a space")
    module._move_scripts()
    tool = tmp_path / "with a space" / ".venv" / "bin" / "tool"
    assert subprocess.run([tool], capture_output=True, check=True).stdout == b"runs\n"


@pytest.mark.parametrize("failure", [SystemExit, KeyboardInterrupt, OSError])
def test_a_failure_puts_the_old_environment_back(environment: Any, failure: type[BaseException]) -> None:
    fake(environment)

    def fail() -> None:
        with environment._old_one_aside():
            assert not environment.VENV.exists()
            environment.VENV.mkdir()
            raise failure

    with pytest.raises(failure):
        fail()
    assert environment._dependencies.done()
    assert not environment.OLD.exists()


def test_an_environment_left_aside_by_a_kill_is_not_lost(environment: Any) -> None:
    fake(environment)
    environment.VENV.rename(environment.OLD)
    environment.VENV.mkdir()  # half a new one
    with pytest.raises(SystemExit), environment._old_one_aside():
        raise SystemExit
    assert environment._dependencies.done()


def test_a_place_that_cannot_be_written_is_one_message(environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr(environment, "_make", refuse)
    with pytest.raises(SystemExit, match=r"Stopped: /somewhere cannot be written: Permission denied"):
        environment.prepare()


def test_packages_that_another_tool_changed_are_put_back(environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(environment)
    packages = environment.VENV / "lib" / "python3.11" / "site-packages"
    (packages / "pip").mkdir(parents=True)
    (packages / "tool-1.0.dist-info").mkdir()
    for stamp in (environment._dependencies, environment._package):
        stamp.set()
    (packages / "a reader's own-3.0.dist-info").mkdir()
    assert environment._dependencies.done(), "more than the pinned ones is no fault"
    (packages / "tool-1.0.dist-info").rename(packages / "tool-2.0.dist-info")
    assert not environment._dependencies.done()
    installed = []

    def install(_: int, requirements: Path) -> None:
        installed.append(requirements.name)
        (packages / "tool-2.0.dist-info").rename(packages / "tool-1.0.dist-info")

    monkeypatch.setattr(environment, "_install", install)
    environment.prepare()
    assert installed == ["requirements.txt"]
    assert environment._dependencies.done()


def test_what_the_site_needs_is_added_to_the_same_environment(environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(environment)
    installed: list[str] = []
    monkeypatch.setattr(environment, "_install", lambda _, requirements: installed.append(requirements.name))
    monkeypatch.setattr(environment, "_step", lambda *_: None)
    environment.prepare()
    assert installed == []
    environment.prepare(site=True)
    environment.prepare(site=True)
    assert installed == ["requirements-site.txt"]
