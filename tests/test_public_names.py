"""The public names: each is listed once, loads on demand, and is the same from the package and from its chapter."""

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import linreg_compress as lc
from tests.slowly import left_out

ROOT = Path(lc.__file__).parent
STUBS = sorted(ROOT.rglob("__init__.pyi"))
CHAPTERS = [name for name in dir(lc) if inspect.ismodule(getattr(lc, name))]


def fresh(code: str) -> None:
    """Run a program in an interpreter that has loaded nothing yet."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_loads_no_library() -> None:
    fresh("import sys, linreg_compress; assert not {'numpy', 'scipy', 'tqdm', 'sympy', 'matplotlib'} & set(sys.modules)")


def test_everything_can_be_loaded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch of SPEC 1, which a user may have set for another package."""
    monkeypatch.setenv("EAGER_IMPORT", "1")
    fresh("import sys, linreg_compress as lc; assert 'linreg_compress.demos.registry' in sys.modules; assert lc.kmeans")


def test_every_public_name_loads() -> None:
    assert 60 < len(dir(lc)) < 90  # the names used most; all others stand in their chapter
    for name in dir(lc):
        assert getattr(lc, name) is not None
    with pytest.raises(AttributeError, match="No linreg_compress attribute nothing"):
        _ = lc.nothing  # type: ignore[attr-defined]


def test_help_shows_short_signatures() -> None:
    """An alias such as ArrayLike, or a default that is a whole table, would fill a screen."""
    homes = [lc, *(getattr(lc, chapter) for chapter in CHAPTERS)]
    functions = {name: getattr(home, name) for home in homes for name in home.__all__ if not name.startswith("plot_")}
    written = {name: str(inspect.signature(one)) for name, one in functions.items() if inspect.isfunction(one)}
    assert len(written) > 60
    assert {name: text for name, text in written.items() if "numpy.ndarray[" in text or len(text) > 600} == {}


def test_a_mistyped_name_is_answered_with_the_nearest() -> None:
    code = "import linreg_compress as lc; lc.kmean"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert "Did you mean: 'kmeans'?" in done.stderr


def test_a_name_that_left_the_root_is_found_there_with_a_warning_that_says_where_it_is() -> None:
    with pytest.warns(DeprecationWarning, match=r"now linreg_compress\.compression\.local_search; the old"):
        assert lc.local_search is lc.compression.local_search  # type: ignore[attr-defined]
    assert "local_search" not in dir(lc)


@pytest.mark.parametrize("stub", STUBS, ids=lambda path: path.parent.name)
def test_a_name_is_listed_once(stub: Path) -> None:
    lines = [line for line in ast.parse(stub.read_text(encoding="utf-8")).body if isinstance(line, ast.ImportFrom)]
    names = [alias.name for line in lines for alias in line.names if alias.name != "*"]
    assert all(alias.asname in (alias.name, None) for line in lines for alias in line.names)
    assert len(names) == len(set(names))
    package: Any = import_module(".".join(stub.parent.relative_to(ROOT.parent).parts))
    assert set(names) <= set(package.__all__)


def test_the_package_shows_its_public_names_and_nothing_else() -> None:
    fresh(
        "import linreg_compress as lc\n"
        "before = dir(lc)\n"
        "for name in dir(lc):\n"
        "    getattr(lc, name)\n"
        "assert dir(lc) == before == lc.__all__\n"
        "assert not [name for name in dir(lc) if name.startswith('_')]"
    )


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_there_without_an_import_of_its_own_and_says_what_it_is(chapter: str) -> None:
    fresh(
        f"import linreg_compress as lc; assert dir(lc.{chapter}) == lc.{chapter}.__all__ != []; assert lc.{chapter}.__doc__"
    )


def test_every_folder_but_the_command_line_is_a_chapter() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders - set(CHAPTERS) == {"cli"}


@pytest.mark.parametrize("chapter", left_out(set(CHAPTERS) - {"compression", "monte_carlo", "demos"}, CHAPTERS))
def test_a_name_means_the_same_in_its_chapter_whatever_was_imported_before(chapter: str) -> None:
    """A function may be called like its file: importing the file must not put the file in the function's place."""
    files = sorted(path.stem for path in (ROOT / chapter).glob("*.py") if path.stem != "__init__")
    imports = "; ".join(f"import linreg_compress.{chapter}.{name}" for name in files)
    fresh(
        f"{imports}\n"
        "import inspect, linreg_compress as lc\n"
        f"chapter = lc.{chapter}\n"
        "for name in dir(chapter):\n"
        "    assert not inspect.ismodule(getattr(chapter, name)), name\n"
        "    assert name not in dir(lc) or getattr(lc, name) is getattr(chapter, name), name"
    )


def test_a_function_is_a_function_and_no_module_is_called() -> None:
    assert inspect.isfunction(lc.advise)
    for name in dir(lc):
        getattr(lc, name)
    loaded = [module for name, module in sys.modules.items() if name.split(".")[0] == "linreg_compress"]
    assert not [module for module in loaded if callable(module)]
