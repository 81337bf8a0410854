"""Print a verified derivation: as text for a terminal, as Markdown, as LaTeX, and as a record for JSON."""

import re
import textwrap
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.pretty_symbology import pretty_use_unicode

from linreg_compress.derivations.graph import graph
from linreg_compress.derivations.ledger import Outcome, Step, Verdict, Verified
from linreg_compress.derivations.lemmas import name_of
from linreg_compress.derivations.registry import DERIVATIONS

_RELATION_TEX = {"=": "=", "<=": r"\leq", ">=": r"\geq", "<": "<", ">": ">"}
_MARK = {
    Verdict.PROVED: "proved",
    Verdict.LEMMA: "lemma",
    Verdict.CHECKED: "checked numerically",
    Verdict.ASSUMED: "assumed",
    Verdict.REFUTED: "REFUTED",
}


class _PositiveFirst:
    """Print ``n - d - 1``, not ``- d + n - 1``."""

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        terms: list[Any] = super()._as_ordered_terms(expr, order)  # type: ignore[misc]  # of sympy's Printer
        return sorted(terms, key=lambda term: bool(term.could_extract_minus_sign()))


class _Pretty(_PositiveFirst, PrettyPrinter):  # type: ignore[misc]  # sympy has no types
    """Unicode drawings for the terminal."""


class _Printer(_PositiveFirst, LatexPrinter):  # type: ignore[misc]
    """LaTeX that any renderer reads: KaTeX, MathJax, matplotlib's and TeX itself."""

    def _print_Integral(self, expr: Any) -> str:  # noqa: N802 (sympy finds the method by the class's name)
        return str(super()._print_Integral(expr)).replace(r"\limits", "")

    def _print_Subs(self, expr: Any) -> str:  # noqa: N802
        put = (f"{self._print(old)} = {self._print(new)}" for old, new in zip(expr.variables, expr.point, strict=True))
        return rf"\left. {self._print(expr.expr)} \right|_{{{', '.join(put)}}}"


@lru_cache(maxsize=4096, typed=True)  # a page, its sections and a step print the same sides
def latex(expression: Any) -> str:
    """LaTeX of a sympy expression."""
    settings = {"fold_short_frac": False, "ln_notation": True, "mul_symbol": None}
    text = str(_Printer(settings).doprint(sp.sympify(expression)))
    return text.replace(r"\limits", "").replace(r"\log", r"\ln")


def statement_latex(verified: Verified) -> str:
    """Return the conclusion as one formula."""
    derivation = verified.derivation
    step = derivation.concluding_step
    left = derivation.quantity or step.quantity or latex(step.left)
    return f"{left} {_RELATION_TEX[step.relation]} {latex(step.right)}"


def step_latex(step: Step) -> str:
    """Return a step as one formula: quantity = left relation right."""
    left = latex(step.left)
    named = f"{step.quantity} = " if step.quantity and step.quantity != left else ""
    return f"{named}{left} {_RELATION_TEX[step.relation]} {latex(step.right)}"


def verdict_text(verified: Verified) -> str:
    """Return the verdict of a derivation in words, with the theorems that it is given."""
    if verified.verdict is not Verdict.ASSUMED:
        return _MARK[verified.verdict]
    cited = "; ".join(verified.assumed)
    return f"assumed: {cited}" if verified.rest is Verdict.ASSUMED else f"{_MARK[verified.rest]}, given: {cited}"


def as_record(verified: Verified) -> dict[str, Any]:
    """Return the JSON form."""
    derivation = verified.derivation
    return {
        "name": derivation.name,
        "title": derivation.title,
        "statement": derivation.statement,
        "statement_latex": statement_latex(verified),
        "assumptions": [*derivation.assumptions, *(f"${latex(c)}$" for c in derivation.conditions)],
        "steps": [_line_record(*line) for line in zip(derivation.steps, verified.outcomes, strict=True)],
        "checks": [_line_record(*line) for line in zip(derivation.checks, verified.checked, strict=True)],
        "assumed": list(verified.assumed),
        "verdict": verified.verdict.value,
    }


def _line_record(step: Step, outcome: Outcome) -> dict[str, Any]:
    return {
        "label": step.label,
        "justification": step.justification,
        "latex": step_latex(step),
        "conditions": [f"${latex(c)}$" for c in step.conditions],
        "depends_on": list(step.depends_on),
        "lemma": None if step.lemma is None else quotation(step),
        "verdict": outcome.verdict.value,
        "route": outcome.route,
        "points": outcome.points,
        "residual": None if outcome.residual is None else str(outcome.residual),
    }


def as_markdown(verified: Verified) -> str:
    """Return a section that GitHub renders."""
    derivation = verified.derivation
    lines = [f"## {derivation.title}", "", f"`{derivation.name}` · {verdict_text(verified)}", ""]
    lines += [f"**Statement.** {derivation.statement}", "", _display(statement_latex(verified)), "", "**Setting.**", ""]
    lines += [f"- {sentence}" for sentence in derivation.assumptions]
    if derivation.conditions:
        lines.append("- Valid for " + ", ".join(f"${latex(c)}$" for c in derivation.conditions) + ".")
    lines += ["", "**Derivation.**", ""]
    for number, (step, outcome) in enumerate(zip(derivation.steps, verified.outcomes, strict=True), start=1):
        lines += [f"{number}. {_reason(step, outcome)}", "", _display(step_latex(step), indent="    "), ""]
    if derivation.checks:
        lines += ["**Checks.**", "", "| case | line | verdict |", "|---|---|---|"]
        for check, outcome in zip(derivation.checks, verified.checked, strict=True):
            cells = (check.justification, f"${step_latex(check)}$", _verdict(check, outcome, derivation.concluding_number))
            lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def as_latex(verified: Verified) -> str:
    """Return a section of a LaTeX document."""
    derivation = verified.derivation
    lines = [f"\\section{{{_tex(derivation.title)}}}", "", f"\\textbf{{Statement.}} {_tex(derivation.statement)}", ""]
    lines += [f"\\[ {statement_latex(verified)} \\]", "", f"\\textbf{{Verdict.}} {_tex(verdict_text(verified))}", ""]
    lines += ["\\textbf{Setting.}", "\\begin{itemize}"]
    lines += [f"\\item {_tex(sentence)}" for sentence in derivation.assumptions]
    lines += [f"\\item ${latex(condition)}$" for condition in derivation.conditions]
    lines += ["\\end{itemize}", "", "\\textbf{Derivation.}", "\\begin{enumerate}"]
    for step, outcome in zip(derivation.steps, verified.outcomes, strict=True):
        lines += [f"\\item {_tex(_reason(step, outcome))}", f"\\[ {step_latex(step)} \\]"]
    lines.append("\\end{enumerate}")
    if derivation.checks:
        lines += ["", "\\textbf{Checks.}", "\\begin{itemize}"]
        for check, outcome in zip(derivation.checks, verified.checked, strict=True):
            verdict = _verdict(check, outcome, derivation.concluding_number)
            lines += [f"\\item {_tex(check.justification)} \\( {step_latex(check)} \\) [{_tex(verdict)}]"]
        lines.append("\\end{itemize}")
    return "\n".join([*lines, ""])


def latex_document(sections: list[str]) -> str:
    """Wrap sections in a document that compiles with any LaTeX."""
    head = "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\usepackage[margin=2.5cm]{geometry}\n"
    title = "\\title{linreg\\_compress: the derivation ledger}\\date{}\n"
    return head + title + "\\begin{document}\n\\maketitle\n" + "\n".join(sections) + "\\end{document}\n"


def as_text(verified: Verified, width: int = 100) -> str:
    """Return text for a terminal, formulas drawn with Unicode characters."""
    derivation = verified.derivation
    lines = [f"{derivation.title}   [{derivation.name}: {verdict_text(verified)}]", ""]
    lines += _wrapped(derivation.statement, width, "  ")
    lines += ["", "  Setting"]
    for sentence in derivation.assumptions:
        lines += _wrapped(sentence, width, "  - ", "    ")
    if derivation.conditions:
        lines.append("  - valid for " + ", ".join(str(condition) for condition in derivation.conditions))
    lines.append("")
    for number, (step, outcome) in enumerate(zip(derivation.steps, verified.outcomes, strict=True), start=1):
        lines += _wrapped(_reason(step, outcome), width, f"  ({number}) ", "      ")
        lines += ["", _drawn(step, width), ""]
    if derivation.checks:
        lines += ["  Checks", ""]
    for check, outcome in zip(derivation.checks, verified.checked, strict=True):
        text = f"{check.justification} [{_verdict(check, outcome, derivation.concluding_number)}]"
        lines += [*_wrapped(text, width, "  - ", "    "), "", _drawn(check, width), ""]
    return "\n".join(lines)


def _reason(step: Step, outcome: Outcome) -> str:
    return f"{step.justification} [{_verdict(step, outcome)}]"


def _verdict(step: Step, outcome: Outcome, result: int = 0) -> str:
    """Say under which conditions, from which steps and how a line holds; that a check uses the `result` is not said."""
    where = f"for {', '.join(f'${latex(c)}$' for c in step.conditions)}; " if step.conditions else ""
    used = f"from ({'), ('.join(map(str, step.depends_on))}); " if step.depends_on not in ((), (result,)) else ""
    verdict = _MARK[outcome.verdict]
    if outcome.verdict is Verdict.ASSUMED:
        verdict = f"assumed: {step.cites}"
    if outcome.verdict is Verdict.LEMMA:
        verdict = f"by {quotation(step)}"
    if outcome.verdict is Verdict.REFUTED:
        verdict = f"REFUTED: {outcome.route}"
        if outcome.residual is not None:
            verdict = f"REFUTED, left minus right is {outcome.residual}; it {outcome.route}"
    return f"{where}{used}{verdict}"


def quotation(step: Step) -> str:
    """Return what a step quotes and with which substitution, in words."""
    lemma = step.lemma
    if lemma is None:
        return ""
    put = ", ".join(f"${_name(key)} \\to {latex(value)}$" for key, value in lemma.substitution.items())
    return f"{name_of(lemma)}{f' with {put}' if put else ''}"


def _name(key: Any) -> str:
    return latex(sp.Symbol(key) if isinstance(key, str) else key)


def _cell(text: str) -> str:
    r"""Write the bars of a formula so that they do not end the cell of a table."""
    return re.sub(r"\\?\|", lambda bar: r"\Vert " if bar[0] == r"\|" else r"\vert ", text)


def _drawn(step: Step, width: int) -> str:
    sign = {"<=": "≤", ">=": "≥"}.get(step.relation, step.relation)
    head = _plain(step.quantity)
    drawn = []
    for prefix, side in ((f"{head} = " if head else "", step.left), (f"{sign} ", step.right)):
        lines, middle = _block(side, width - 12)
        drawn += ["      " + (prefix if row == middle else " " * len(prefix)) + line for row, line in enumerate(lines)]
    return "\n".join(line.rstrip() for line in drawn)


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
    return textwrap.wrap(_plain(text), width, initial_indent=first, subsequent_indent=later)


_GREEK = (
    "alpha|beta|gamma|delta|varepsilon|epsilon|eta|theta|kappa|lambda|mu|nu|pi|rho|sigma|tau|phi|chi|psi|omega|Pi|Gamma"
)
_WORDS = f"ln|exp|log|lim|inf|sup|max|min|det|Sigma|Phi|sum|int|top|ell|{_GREEK}"
_END = r"(?![A-Za-z])"  # of a command: an underscore may follow it
_PLAIN: list[tuple[str, Any]] = [
    (r"\\hat\{?W\}?|\\widehat\{?W\}?", "What"),
    (r"\\(mathbb|mathrm|operatorname|text|mathcal)\{([^{}]*)\}", r"\2"),
    (r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)"),
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)"),
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
        text = re.sub(pattern, replacement, text)
    return re.sub(r"[ ]{2,}", " ", text)


def _display(formula: str, indent: str = "") -> str:
    return f"{indent}$$\n{indent}{formula}\n{indent}$$"


def _tex(text: str) -> str:
    """Escape what TeX would trip over outside mathematics."""
    parts = text.split("$")
    escaped = [
        part if index % 2 else re.sub(r"([%&#_])", r"\\\1", part).replace("^", r"\^{}") for index, part in enumerate(parts)
    ]
    return "$".join(escaped)


def summary(verified: list[Verified]) -> str:
    """Return one sentence that counts derivations and steps by their verdicts."""
    whole = [each.verdict for each in verified]
    steps = [outcome.verdict for each in verified for outcome in each.outcomes]
    checks = [outcome.verdict for each in verified for outcome in each.checked]
    given = {**_MARK, Verdict.ASSUMED: "given a cited theorem"}
    noun = "derivation" if len(whole) == 1 else "derivations"
    return f"{len(whole)} {noun}: {_counted(whole, given)}; {len(steps)} steps: {_counted(steps, _MARK)}{_also(checks)}."


def _also(checks: list[Verdict]) -> str:
    return f"; {len(checks)} {'check' if len(checks) == 1 else 'checks'}: {_counted(checks, _MARK)}" if checks else ""


def _counted(verdicts: list[Verdict], names: dict[Verdict, str]) -> str:
    return ", ".join(f"{verdicts.count(verdict)} {names[verdict]}" for verdict in Verdict if verdict in verdicts)


def ledger_markdown(verified: list[Verified]) -> str:
    """Return the whole ledger as one Markdown page with a table of contents."""
    lines = ["# The derivation ledger", "", f"{summary(verified)} Every step was checked by machine:", ""]
    lines += [
        "- *proved*: the two sides differ by exactly zero, or the sign is certain, by an exact symbolic route. The numbers of both "
        "sides agree with that at every point where they were tried, with each integral, sum and limit taken as it stands;",
        "- *by* a name: it is a line of that derivation, after the substitution shown; the machine compares both sides with that line "
        "and sees that its conditions hold;",
        "- *checked numerically*: no exact route is known, and they agree to 50 digits at those points;",
        "- *assumed*: a cited theorem from outside. A derivation whose conclusion needs one is *proved, given* that theorem.",
        "",
        "The machine checks each equation. It does not check that the equations model the sentences around them.",
        "",
        "This page is made by `linreg-compress derive --format markdown`.",
        "",
    ]
    lines += [f"- [{each.derivation.title}](#{anchor(each.derivation.title)})" for each in verified]
    lines += [
        "",
        "## Which result rests on which",
        "",
        "Below a name stand the derivations that it quotes, with the line quoted, and",
    ]
    lines += [
        "the theorems from outside that it cites.",
        "",
        "```text",
        graph(_roots(verified), width=100).rstrip("\n"),
        "```",
    ]
    return "\n".join([*lines, "", *(as_markdown(each) for each in verified)])


def _roots(verified: list[Verified]) -> list[str]:
    """Return the derivations whose graph is shown: those that are printed, or of the whole ledger all that no other quotes."""
    return [each.derivation.name for each in verified] if len(verified) < len(DERIVATIONS) else []


def anchor(title: str) -> str:
    """Return the anchor of a section in a rendered Markdown page."""
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
