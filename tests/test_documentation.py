"""Say it once: where the docstrings tell the meaning of a field, a theorem, a module."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "linreg_compress"
FILES = {
    path.relative_to(PACKAGE).with_suffix("").as_posix(): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.relative_to(PACKAGE).parts[0] != "demos"  # fields there whose name says all stay bare
}
LONGEST = 12  # lines of a module's docstring
OF_PROTOCOLS = {"name", "needs_gram", "mean", "variance"}  # Channel and Source say what they are
WITHOUT = """
@dataclass(frozen=True)
class Record:
    value: float
    'In units of y.'
    error: float
"""


def records(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """Classes whose fields are their constructor's parameters: data classes and named tuples."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            made = [ast.unparse(one) for one in (*node.decorator_list, *node.bases)]
            if any(one.startswith("dataclass") or one == "NamedTuple" for one in made):
                yield node


def without_meaning(record: ast.ClassDef) -> list[str]:
    """Public fields of a public record that no string follows."""
    if record.name.startswith("_"):
        return []
    following = zip(record.body, [*record.body[1:], None], strict=True)
    bare = [one for one, after in following if isinstance(one, ast.AnnAssign) and not is_text(after)]
    names = [one.target.id for one in bare if isinstance(one.target, ast.Name)]
    return [name for name in names if not name.startswith("_") and name not in OF_PROTOCOLS]


def is_text(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def read(name: str) -> ast.Module:
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_the_meaning_of_a_field_stands_below_the_field(name: str) -> None:
    for record in records(read(name)):
        assert not without_meaning(record), f"{record.name}: give each of these a string below it"
        told = ast.get_docstring(record) or ""
        assert not re.search(r"^(Attributes|Parameters)\n-", told, re.MULTILINE), f"{record.name} says its fields twice"


def test_a_field_without_a_meaning_is_found() -> None:
    (record,) = records(ast.parse(WITHOUT))
    assert without_meaning(record) == ["error"]


@pytest.mark.parametrize("name", [name for name in FILES if name != "__init__"])  # the package's own shows an example
def test_a_module_says_what_it_is_about_in_a_few_lines(name: str) -> None:
    first = read(name).body[0]
    assert is_text(first)
    assert (first.end_lineno or 0) - first.lineno < LONGEST


def test_the_derivations_that_docstrings_name_exist() -> None:
    known = {path.stem.replace("_", "-") for path in (PACKAGE / "derivations").rglob("*.py")}
    named = {
        theorem
        for path in FILES.values()
        for said in re.findall(r"[Dd]erivations?((?:[\s,]|and|``[a-z-]+``)+)", path.read_text(encoding="utf-8"))
        for theorem in re.findall(r"``([a-z-]+)``", said)
    }
    assert len(named) >= 30  # the pattern still finds them
    assert named <= known
