"""Proofs as JSON, Markdown and LaTeX, and the page of the whole ledger."""

import re
from collections.abc import Mapping
from typing import Any

from linreg_compress.derivations.formulas import (
    MARK,
    latex,
    quotation,
    reason,
    statement_latex,
    step_latex,
    verdict_of,
    verdict_text,
)
from linreg_compress.derivations.graph import graph
from linreg_compress.derivations.ledger import Outcome, Step, Verdict, Verified
from linreg_compress.derivations.markdown import for_github
from linreg_compress.derivations.registry import DERIVATIONS

__all__ = [
    "anchor",
    "as_latex",
    "as_markdown",
    "as_record",
    "latex",
    "latex_document",
    "linked",
    "ledger_markdown",
    "statement_latex",
    "step_latex",
    "summary",
    "verdict_text",
    "with_dollars",
]


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
    return for_github(with_dollars(verified))


def with_dollars(verified: Verified) -> str:
    """Return the same section with its formulas between dollar signs, for renderers that look for those first."""
    derivation = verified.derivation
    lines = [f"## {derivation.title}", "", f"`{derivation.name}` · {verdict_text(verified)}", ""]
    lines += [f"**Statement.** {derivation.statement}", "", _display(statement_latex(verified)), "", "**Setting.**", ""]
    lines += [f"- {sentence}" for sentence in derivation.assumptions]
    if derivation.conditions:
        lines.append("- Valid for " + ", ".join(f"${latex(c)}$" for c in derivation.conditions) + ".")
    lines += ["", "**Derivation.**", ""]
    for number, (step, outcome) in enumerate(zip(derivation.steps, verified.outcomes, strict=True), start=1):
        lines += [f"{number}. {reason(step, outcome)}", "", _display(step_latex(step), indent="    "), ""]
    if derivation.checks:
        lines += ["**Checks.**", "", "| case | line | verdict |", "|---|---|---|"]
        for check, outcome in zip(derivation.checks, verified.checked, strict=True):
            cells = (
                check.justification,
                f"${step_latex(check)}$",
                verdict_of(check, outcome, derivation.concluding_number),
            )
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
        lines += [f"\\item {_tex(reason(step, outcome))}", f"\\[ {step_latex(step)} \\]"]
    lines.append("\\end{enumerate}")
    if derivation.checks:
        lines += ["", "\\textbf{Checks.}", "\\begin{itemize}"]
        for check, outcome in zip(derivation.checks, verified.checked, strict=True):
            verdict = verdict_of(check, outcome, derivation.concluding_number)
            lines += [f"\\item {_tex(check.justification)} \\( {step_latex(check)} \\) [{_tex(verdict)}]"]
        lines.append("\\end{itemize}")
    return "\n".join([*lines, ""])


def latex_document(sections: list[str]) -> str:
    """Wrap sections in a document that compiles with any LaTeX."""
    head = "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\usepackage[margin=2.5cm]{geometry}\n"
    title = "\\title{linreg\\_compress: the derivation ledger}\\date{}\n"
    return head + title + "\\begin{document}\n\\maketitle\n" + "\n".join(sections) + "\\end{document}\n"


def _cell(text: str) -> str:
    r"""Write the bars of a formula so that they do not end the cell of a table."""
    return re.sub(r"\\?\|", lambda bar: r"\Vert " if bar[0] == r"\|" else r"\vert ", text)


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
    given = {**MARK, Verdict.ASSUMED: "given a cited theorem"}
    noun = "derivation" if len(whole) == 1 else "derivations"
    return f"{len(whole)} {noun}: {_counted(whole, given)}; {len(steps)} steps: {_counted(steps, MARK)}{_also(checks)}."


def _also(checks: list[Verdict]) -> str:
    return f"; {len(checks)} {'check' if len(checks) == 1 else 'checks'}: {_counted(checks, MARK)}" if checks else ""


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
    titles = {each.derivation.name: each.derivation.title for each in verified}
    return "\n".join([*lines, "", *(linked(as_markdown(each), titles) for each in verified)])


def _roots(verified: list[Verified]) -> list[str]:
    """Return the derivations whose graph is shown: those that are printed, or of the whole ledger all that no other quotes."""
    return [each.derivation.name for each in verified] if len(verified) < len(DERIVATIONS) else []


def linked(section: str, titles: Mapping[str, str]) -> str:
    """Turn the names of derivations in a Markdown section into links to their own sections."""
    names = "|".join(sorted(titles, key=len, reverse=True))
    return re.sub(rf"(?<![\w`-])({names})(?![\w`-])", lambda name: f"[{name[1]}](#{anchor(titles[name[1]])})", section)


def anchor(title: str) -> str:
    """Return the anchor of a section in a rendered Markdown page."""
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
