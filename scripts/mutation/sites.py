"""The places of a source file that can be changed, and what each change writes there.

One change replaces one stretch of one file: an operator, a comparison, a number, a named function, a condition. Text
that no test should have to pin is left alone: docstrings and other strings, annotations, imports, decorators, and the
messages of errors. A change that only crashes is kept: it is a change that any test of the line notices.

A statement with the comment `# tuning: REASON` at its end, or on the line before, decides about time, memory or digits
beyond the promised ones; on the head of a function the comment is about all of it.
"""

import ast
import bisect
import hashlib
import io
import itertools
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scripts.mutation.replacements import AUGMENTED, BINARY, BUILTINS, COMPARED, METHODS

SCALE = 1.02
_TUNING = re.compile(r"# tuning: \S")


@dataclass(frozen=True)
class Change:
    """Replace the characters `start` to `stop` of a file by `new`.

    line, last: the first and last line of the statement (or of the head of a compound one) around the place; a test
        that executes none of them cannot notice the change. Both are 0 where the code runs once, at import: then every
        test of the file counts.
    text, column: the line of the place, and where in it the place begins.
    tuning: whether the statement is marked as tuning.
    """

    file: str
    kind: str
    row: int
    start: int
    stop: int
    old: str
    new: str
    line: int
    last: int
    text: str = ""
    column: int = 0
    tuning: bool = False

    @property
    def name(self) -> str:
        """A name that is unique within one state of the files."""
        return f"{self.file}:{self.start}-{self.stop}:{self.kind}:{self.new}"

    @property
    def place(self) -> str:
        """What stays the same while the line itself does, wherever it moves in its file."""
        return f"{self.file}:{self.text}:{self.column}-{self.stop - self.start}:{self.kind}:{self.new}"

    def apply(self, source: str) -> str:
        """Return the changed file."""
        if source[self.start : self.stop] != self.old:
            raise ValueError(f"{self.file}:{self.row} does not read {self.old!r} any more")
        return source[: self.start] + self.new + source[self.stop :]


def changes(file: str, source: str, scale: bool = False) -> list[Change]:
    """List every change of a file in its order, tuning too; with `scale`, also assigned and returned values times 1.02."""
    walk = _Walk(file, source, scale)
    walk.visit(ast.parse(source))
    return sorted(set(walk.found), key=lambda change: (change.start, change.stop, change.kind, change.new))


def drawn(every: Sequence[Change], size: int, seed: int) -> list[Change]:
    """Draw a sample in which a change has its place by itself: other lines of the files may change, and it stays drawn."""
    return sorted(every, key=lambda one: hashlib.sha256(f"{seed}:{one.place}".encode()).digest())[:size]


class _Walk(ast.NodeVisitor):
    """Collects the changes; `_region` is the stretch of lines whose execution a test needs to notice one."""

    def __init__(self, file: str, source: str, scale: bool) -> None:
        self.found: list[Change] = []
        self._file = file
        self._source = source
        self._scale = scale
        self._region = (0, 0)
        self._inside = False  # a function: code that runs at each call
        self._tuning = self._all_tuning = False  # this statement is marked, the whole function is
        encoded = [line.encode() for line in source.splitlines(keepends=True)]
        self._bytes = encoded
        self._begins = [0]
        for line in encoded:
            self._begins.append(self._begins[-1] + len(line.decode()))
        kinds = (tokenize.OP, tokenize.NAME)
        read = list(tokenize.generate_tokens(io.StringIO(source).readline))
        marks = [token for token in read if token.type == tokenize.COMMENT and _TUNING.match(token.string)]
        self._marked = {token.start[0] + (not token.line[: token.start[1]].strip()) for token in marks}
        self._tokens = [
            (self._begins[token.start[0] - 1] + token.start[1], token.string) for token in read if token.type in kinds
        ]

    def _at(self, row: int, column: int) -> int:
        # Columns of ast count bytes of UTF-8; the sources hold Greek letters.
        return self._begins[row - 1] + len(self._bytes[row - 1][:column].decode())

    def _start(self, node: ast.expr) -> int:
        return self._at(node.lineno, node.col_offset)

    def _stop(self, node: ast.expr) -> int:
        return self._at(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def _add(self, kind: str, node: ast.AST, start: int, stop: int, new: str) -> None:
        row = self._source.count("\n", 0, start) + 1
        line = self._bytes[row - 1].decode()
        column = start - self._begins[row - 1] - (len(line) - len(line.lstrip()))
        place = (row, start, stop, self._source[start:stop], new, *self._region)
        self.found.append(Change(self._file, kind, *place, line.strip(), column, self._tuning))

    def _between(self, left: int, right: int, wanted: Mapping[str, object]) -> tuple[int, int, str] | None:
        """Find an operator between two operands: where it starts and stops, and how it reads."""
        inside = slice(bisect.bisect_left(self._tokens, (left, "")), bisect.bisect_left(self._tokens, (right, "")))
        words = [(at, text) for at, text in self._tokens[inside] if text not in "()"]
        text = " ".join(word for _, word in words)
        if text not in wanted:
            return None
        return words[0][0], words[-1][0] + len(words[-1][1]), text

    # statements

    def visit(self, node: ast.AST) -> None:
        if not isinstance(node, ast.stmt):
            super().visit(node)
            return
        before, was_tuning = self._region, self._tuning
        if self._inside:
            self._region = (node.lineno, _head(node))
        if not isinstance(node, ast.FunctionDef):  # what a mark in its head is about depends on the line
            self._tuning = self._all_tuning or not self._marked.isdisjoint(range(node.lineno, _head(node) + 1))
        super().visit(node)
        self._region, self._tuning = before, was_tuning

    def _leave_alone(self, node: ast.AST) -> None:
        """Strings, annotations and messages are not formulas."""

    visit_Import = visit_ImportFrom = visit_Raise = visit_JoinedStr = visit_Assert = _leave_alone  # noqa: N815

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        before = self._region, self._inside, self._all_tuning
        self._region = (node.body[0].lineno, node.end_lineno or node.lineno)  # a default shows when the body runs
        self._all_tuning = self._all_tuning or node.lineno in self._marked
        for default in [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]:
            self._tuning = self._all_tuning or default.lineno in self._marked
            self.visit(default)
        self._inside = True
        for statement in node.body:
            self.visit(statement)
        self._region, self._inside, self._all_tuning = before

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._scaled(node.value)
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not all(isinstance(target, ast.Name) and target.id.startswith("__") for target in node.targets):
            self._scaled(node.value)
            self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._scaled(node.value)
            self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        place = self._between(self._stop(node.target), self._start(node.value), AUGMENTED)
        if place:
            self._add("operator", node, place[0], place[1], AUGMENTED[place[2]])
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self._negated(node.test)
            self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._negated(node.test)
        self.generic_visit(node)

    # expressions

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negated(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._negated(test)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        left, right = self._stop(node.left), self._start(node.right)
        place = self._between(left, right, BINARY)
        if place and not isinstance(node.left, ast.JoinedStr):
            self._add("operator", node, place[0], place[1], BINARY[place[2]])
        power = self._between(left, right, {"**": ""})
        if power:
            self._add("power", node, power[0], self._stop(node), "")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        sign = self._source[self._start(node)]
        if isinstance(node.op, ast.USub | ast.Invert) and sign in "-~":
            self._add("sign", node, self._start(node), self._start(node) + 1, "")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        words = {"and": "or", "or": "and"}
        # Turning all of a chain keeps its meaning plain: "a and b or c" would bind in another way.
        places = [
            self._between(self._stop(a), self._start(b), words) for a, b in zip(node.values, node.values[1:], strict=False)
        ]
        if all(places):
            start, stop = self._start(node), self._stop(node)
            text, shift = self._source[start:stop], start
            for place in reversed([place for place in places if place]):
                text = text[: place[0] - shift] + words[place[2]] + text[place[1] - shift :]
            self._add("and/or", node, start, stop, f"({text})")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for a, b in itertools.pairwise(operands):
            place = self._between(self._stop(a), self._start(b), COMPARED)
            if place:
                for new in COMPARED[place[2]]:
                    self._add("comparison", node, place[0], place[1], new)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        method = isinstance(node.func, ast.Attribute)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        others, stop = METHODS if method else BUILTINS, self._stop(node.func)
        if name in others:
            self._add("function", node, stop - len(name), stop, others[name])
        elif name == "sqrt":
            self._add("function", node, self._start(node.func), stop, "")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value, start, stop = node.value, self._start(node), self._stop(node)
        if isinstance(value, bool):
            self._add("boolean", node, start, stop, str(not value))
        elif isinstance(value, int | float):
            other = 2 * value if value not in (0, 1) else 1 - value
            for new in dict.fromkeys((value + 1, other)):
                if new != value:  # 1e300 + 1 is 1e300
                    self._add("number", node, start, stop, repr(new))

    def _negated(self, test: ast.expr) -> None:
        single = isinstance(test, ast.Compare) and len(test.ops) == 1
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            start, stop = self._start(test), self._stop(test)
            self._add("condition", test, start, stop, f"bool({self._source[start + 3 : stop].strip()})")
        elif not single:  # of a single comparison, the reversal is the negation
            start, stop = self._start(test), self._stop(test)
            self._add("condition", test, start, stop, f"(not ({self._source[start:stop]}))")

    def _scaled(self, value: ast.expr) -> None:
        if self._scale and isinstance(value, ast.BinOp | ast.Call | ast.Name | ast.Attribute | ast.Subscript):
            start, stop = self._start(value), self._stop(value)
            self._add("scale", value, start, stop, f"(({self._source[start:stop]}) * {SCALE})")


def _head(node: ast.stmt) -> int:
    """Return the last line of a simple statement, or of what a compound one evaluates before its body."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        return max(node.lineno, body[0].lineno - 1)
    return node.end_lineno or node.lineno
