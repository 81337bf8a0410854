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
# The formula modules are what lies outside these: proofs, pictures, lessons and the command line. advice/ is asked for
# by name.
NOT_FORMULAS = ("derivations", "gallery", "plotting", "demos", "cli", "__init__.py", "__main__.py", "advice")
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


def digest(root: Path) -> str:
    """Name the state of the package, its tests and its requirements."""
    total = hashlib.sha256()
    for top in HASHED:
        start = root / top
        files = sorted(start.rglob("*")) if start.is_dir() else [start]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(f"{file.relative_to(root).as_posix()}\0".encode())
                total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:16]
