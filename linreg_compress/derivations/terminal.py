"""A proof as text for a terminal, its formulas drawn with Unicode characters."""

import re
import textwrap
from typing import Any

import sympy as sp
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.pretty_symbology import pretty_use_unicode

from linreg_compress.derivations.formulas import PositiveFirst, reason, verdict_of, verdict_text
from linreg_compress.derivations.ledger import Step, Verified

_MARGIN = " " * 6  # of formulas


class _Pretty(PositiveFirst, PrettyPrinter):  # type: ignore[misc]  # sympy has no types
    """Unicode drawings for the terminal."""


def as_text(verified: Verified, width: int = 80) -> str:
    """Return text for a terminal, formulas drawn with Unicode characters; no line is longer than `width`."""
    derivation = verified.derivation
    verdict = f"[{derivation.name}: {verdict_text(verified)}]"
    lines = [f"{derivation.title}   {verdict}"]
    if len(lines[0]) > width:
        lines = [*_wrapped(derivation.title, width, ""), *_wrapped(verdict, width, "  ", "   ")]
    lines.append("")
    lines += _wrapped(derivation.statement, width, "  ")
    lines += ["", "  Setting"]
    for sentence in derivation.assumptions:
        lines += _wrapped(sentence, width, "  - ", "    ")
    if derivation.conditions:
        conditions = ", ".join(str(condition) for condition in derivation.conditions)
        lines += _wrapped(f"valid for {conditions}", width, "  - ", "    ")
    lines.append("")
    for number, (step, outcome) in enumerate(zip(derivation.steps, verified.outcomes, strict=True), start=1):
        lines += _wrapped(reason(step, outcome), width, f"  ({number}) ", "      ")
        lines += ["", _drawn(step, width), ""]
    if derivation.checks:
        lines += ["  Checks", ""]
    for check, outcome in zip(derivation.checks, verified.checked, strict=True):
        text = f"{check.justification} [{verdict_of(check, outcome, derivation.concluding_number)}]"
        lines += [*_wrapped(text, width, "  - ", "    "), "", _drawn(check, width), ""]
    return "\n".join(lines)


def _drawn(step: Step, width: int) -> str:
    sign = {"<=": "≤", ">=": "≥"}.get(step.relation, step.relation)
    head = _plain(step.quantity)
    room = width - len(_MARGIN)
    drawn: list[str] = []
    if len(head) > room // 2:  # too long to stand before a formula
        drawn += textwrap.wrap(head, room, subsequent_indent="  ")
        head = ""
    for prefix, side in ((f"{head} = " if head else "= " * bool(drawn), step.left), (f"{sign} ", step.right)):
        lines, middle = _block(side, room - len(prefix))
        drawn += [(prefix if row == middle else " " * len(prefix)) + line for row, line in enumerate(lines)]
    return "\n".join((_MARGIN + line).rstrip() for line in drawn)


def _block(expression: Any, width: int) -> tuple[list[str], int]:
    """Draw an expression; return its lines and the line on which its equals sign belongs."""
    expression = sp.sympify(expression).replace(sp.polygamma, _named_polygamma)
    before = pretty_use_unicode(True)  # sympy asks the encoding of stdout; what stdout lacks is the command line's matter
    try:
        form = _Pretty({"use_unicode": True, "wrap_line": False})._print(expression)
    finally:
        pretty_use_unicode(before)
    if form.width() <= width:
        return str(form).splitlines(), form.baseline
    lines = str(sp.pretty(expression, use_unicode=True, num_columns=width)).splitlines()
    return lines, (len(lines) - 1) // 2


def _named_polygamma(order: Any, argument: Any) -> Any:
    return sp.Function("ψ")(argument) if order == 0 else sp.polygamma(order, argument, evaluate=False)


def _wrapped(text: str, width: int, first: str, rest: str | None = None) -> list[str]:
    later = first if rest is None else rest
    return textwrap.wrap(_plain(text), width, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)


_GREEK = (
    "alpha|beta|gamma|delta|varepsilon|epsilon|eta|theta|kappa|lambda|mu|nu|pi|rho|sigma|tau|phi|chi|psi|omega|Pi|Gamma"
)
_WORDS = f"ln|exp|log|lim|inf|sup|max|min|det|Sigma|Phi|sum|int|top|ell|{_GREEK}"
_END = r"(?![A-Za-z])"  # of a command: an underscore may follow it
_BRACED = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"  # with two levels of braces inside
_PLAIN: list[tuple[str, Any]] = [
    (r"\\hat\{?W\}?|\\widehat\{?W\}?", "What"),
    (r"\\(mathbb|mathrm|operatorname|text|mathcal)\{([^{}]*)\}", r"\2"),
    (r"\\(ln|exp)\{([^{}]*)\}", r"\\\1 \2"),
    (rf"\\sqrt{_BRACED}", r"sqrt(\1)"),
    (rf"\\frac{_BRACED}{_BRACED}", r"(\1)/(\2)"),
    (r"\\frac([0-9a-z])([0-9a-z])", r"\1/\2"),
    (r"\^\\top", "^T"),
    (rf"\\leq?{_END}", "<="),
    (rf"\\geq?{_END}", ">="),
    (rf"\\neq?{_END}", "!="),
    (rf"\\sim{_END}", "~"),
    (rf"\\to{_END}", "->"),
    (rf"\\infty{_END}", "inf"),
    (rf"\\in{_END}", "in"),
    (rf"\\times{_END}", "x"),
    (rf"\\cdot{_END}", "*"),
    (rf"\\ldots{_END}", "..."),
    (rf"\\pm{_END}", "+-"),
    (rf"\\mid{_END}", "|"),
    (rf"\\partial{_END}", "d"),
    (rf"\\(left|right|big|Big|quad|qquad){_END}", " "),
    (r"\\[,;!: ]", " "),
    (rf"\\({_WORDS}){_END}", r"\1"),
    (r"[_^]\{([^{}\s])\}", lambda match: match.group(0)[0] + match.group(1)),
    (r"\\([{}|])", r"\1"),
    (r"\$", ""),
]


def _plain(text: str) -> str:
    """Turn the small LaTeX of sentences into plain text."""
    for pattern, replacement in _PLAIN:
        while (changed := re.sub(pattern, replacement, text)) != text:  # a fraction may hold another
            text = changed
    return re.sub(r"[ ]{2,}", " ", text)
