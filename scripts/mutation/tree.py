"""Copies of the project's files in which code is changed and tests run, and the name of a state of the files."""

import ast
import hashlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IGNORED = (
    ".git",
    ".venv",
    ".mutation",
    "__pycache__",
    ".hypothesis",
    ".*_cache",
    "*.sqlite*",
    "*.tmp",
    "*.egg-info",
    "dist",
)
# What decides the outcome of a test.
HASHED = ("linreg_compress", "tests", "README.md", "pyproject.toml", "scripts/requirements.txt")


PACKAGE = "linreg_compress"
# The formula modules are what lies outside these: proofs, pictures, lessons, the command line, and the list of cases
# that `check` compares.
NOT_FORMULAS = (
    *("derivations", "gallery", "plotting", "demos", "cli", "__init__.py", "__main__.py"),
    "agreement_settings.py",
)
# They start threads or a browser's driver, which a process that forks must not have.
NOT_WARM = ("distributed", "dask", "marimo", "playwright", "axe_playwright_python")


def copy(root: Path, target: Path) -> Path:
    """Copy the project without what it ignores to `target`, which must not exist; return it resolved."""
    shutil.copytree(root, target, symlinks=True, ignore=shutil.ignore_patterns(*IGNORED))
    return target.resolve()


def modules(root: Path, names: Sequence[str]) -> list[str]:
    """Return the files meant by names of modules and folders of the package; without names, the formula modules.

    A name is a path (compressed_risk/laws.py, with or without linreg_compress/) or dotted (compressed_risk.laws).
    """
    package = root / PACKAGE
    if not names:
        tops = sorted(path for path in package.iterdir() if path.name not in NOT_FORMULAS)
        return [file for top in tops for file in _files(root, top)]
    found: list[str] = []
    for name in names:
        plain = name.strip("/").removesuffix(".py").replace(".", "/").removeprefix(f"{PACKAGE}/")
        places = [package / plain, package / f"{plain}.py"]
        meant = [file for place in places if place.exists() for file in _files(root, place)]
        if not meant:
            sys.exit(
                f"scripts/mutate: {PACKAGE} has no module {name!r}. Name one as in compressed_risk/laws.py, or a folder."
            )
        found += meant
    return list(dict.fromkeys(found))


def _files(root: Path, top: Path) -> list[str]:
    files = sorted(top.rglob("*.py")) if top.is_dir() else [top] if top.suffix == ".py" else []
    return [file.relative_to(root).as_posix() for file in files]


def imports(root: Path) -> list[str]:
    """List the modules of other packages that the package and its tests import, those of the lessons left out."""
    names: dict[str, None] = {}
    for top in (PACKAGE, "tests"):
        for file in sorted((root / top).rglob("*.py")):
            if "demos" not in file.parts:
                for node in ast.walk(ast.parse(file.read_bytes())):
                    if isinstance(node, ast.Import):
                        names.update(dict.fromkeys(alias.name for alias in node.names))
                    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                        names[node.module] = None
                        names.update(dict.fromkeys(f"{node.module}.{alias.name}" for alias in node.names))
    own = (PACKAGE, "tests", "scripts", *NOT_WARM)
    return [name for name in names if name.partition(".")[0] not in own]


def digests(root: Path) -> dict[str, str]:
    """Return what decides the outcome of a test: the files of the package, its tests and its requirements, each hashed."""
    files = [file for top in HASHED for file in (sorted((root / top).rglob("*")) or [root / top])]
    read = [file for file in files if file.is_file() and "__pycache__" not in file.parts]
    return {file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in read}


def digest(root: Path, tests: Sequence[str] = ()) -> str:
    """Name the state of these files, and which tests are asked."""
    return hashlib.sha256(repr((digests(root), sorted(tests))).encode()).hexdigest()[:16]


def under(file: str, tests: Sequence[str]) -> bool:
    """Whether a file is among those tests, or in a folder of them; without names, all are."""
    return not tests or any(Path(file).is_relative_to(name) for name in tests)


def other_tests(before: Path, root: Path) -> set[str] | None:
    """Return the test files in which two states differ; None if they differ in anything that other tests see as well."""
    old, new = digests(before), digests(root)
    changed = {file for file in old.keys() | new.keys() if old.get(file) != new.get(file)}
    alone = all(file.startswith("tests/") and Path(file).name.startswith("test_") for file in changed)
    return changed if alone else None
