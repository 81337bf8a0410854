"""Who imports whom within the package, read from its files.

An import counts wherever it stands: at the top of a file, inside a function, under `TYPE_CHECKING`, as ``lc.name`` after
``import linreg_compress as lc``, or as the name that `import_module` is given. A file is called by its path with dots for
slashes; an ``__init__`` by its folder, the package's own by ''.
"""

import ast
from functools import cache
from pathlib import Path

PACKAGE = "linreg_compress"
ROOT = Path(__file__).parents[1] / PACKAGE


def texts() -> dict[str, str]:
    """Read every file of the package."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


@cache
def imported(text: str) -> list[tuple[str, bool]]:
    """Return the full name of all that a text imports, and whether a function does it."""
    nodes = list(ast.walk(ast.parse(text)))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
    inside = {id(inner) for function in functions for inner in ast.walk(function)}
    aliases = [alias for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    called = {PACKAGE} | {alias.asname for alias in aliases if alias.name == PACKAGE}
    found: list[tuple[str, bool]] = []
    for node in nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name != PACKAGE]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute):
            first, _, rest = dotted(node).partition(".")
            names = [f"{PACKAGE}.{rest}"] if first in called else []
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("import_module"):
            names = [ast.unparse(node.args[0]).lstrip("f").strip("'\"").split("{")[0]]
        found += [(name, id(node) in inside) for name in names]
    return found


def dotted(node: ast.expr) -> str:
    """Return a name such as ``lc.bounds.chi_square_bound`` as it is written; '' for what is no such name."""
    if isinstance(node, ast.Name):
        return node.id
    inner = dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{inner}.{node.attr}" if inner and isinstance(node, ast.Attribute) else ""


def file_of(name: str, files: dict[str, str]) -> str | None:
    """Return the file of the package that holds what has this full name; None outside of the package."""
    top, _, name = name.partition(".")
    if top != PACKAGE:
        return None
    if name == "__version__":
        return name
    rest = ""
    while name not in files:  # never ends in vain: '' is the package itself
        name, _, last = name.rpartition(".")
        rest = last or rest
    return public_names(name).get(rest, name)


@cache
def public_names(folder: str) -> dict[str, str]:
    """Return the file of each public name that the stub of a folder lists."""
    stub = ROOT.joinpath(*folder.split("."), "__init__.pyi")
    homes: dict[str, str] = {}
    for line in ast.parse(stub.read_text(encoding="utf-8")).body if stub.exists() else ():
        if isinstance(line, ast.ImportFrom) and line.module:
            home = f"{folder}.{line.module}".lstrip(".")
            for alias in line.names:
                homes[alias.name] = public_names(home).get(alias.name, home)  # a chapter's stub names the file
    return homes
