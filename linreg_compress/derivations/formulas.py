"""The LaTeX of formulas, and verdicts in words: what every form of a printed proof shares."""

from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from linreg_compress.derivations.ledger import Outcome, Step, Verdict, Verified
from linreg_compress.derivations.lemmas import name_of

_RELATION_TEX = {"=": "=", "<=": r"\leq", ">=": r"\geq", "<": "<", ">": ">"}
MARK = {
    Verdict.PROVED: "proved",
    Verdict.LEMMA: "lemma",
    Verdict.CHECKED: "checked numerically",
    Verdict.ASSUMED: "assumed",
    Verdict.REFUTED: "REFUTED",
}


class PositiveFirst:
    """Print ``n - d - 1``, not ``- d + n - 1``."""

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        terms: list[Any] = super()._as_ordered_terms(expr, order)  # type: ignore[misc]  # of sympy's Printer
        return sorted(terms, key=lambda term: bool(term.could_extract_minus_sign()))


class _Printer(PositiveFirst, LatexPrinter):  # type: ignore[misc]
    """LaTeX that any renderer reads: KaTeX, MathJax, matplotlib's and TeX itself."""

    def _print_Integral(self, expr: Any) -> str:  # noqa: N802 (sympy finds the method by the class's name)
        return str(super()._print_Integral(expr)).replace(r"\limits", "")

    def _print_Subs(self, expr: Any) -> str:  # noqa: N802
        put = (f"{self._print(old)} = {self._print(new)}" for old, new in zip(expr.variables, expr.point, strict=True))
        body = self._print(expr.expr)
        if expr.expr.is_Add:  # of a sum the bar would seem to take the last term alone
            body = rf"\left({body}\right)"
        return rf"\left. {body} \right|_{{{', '.join(put)}}}"


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
        return MARK[verified.verdict]
    cited = "; ".join(verified.assumed)
    return f"assumed: {cited}" if verified.rest is Verdict.ASSUMED else f"{MARK[verified.rest]}, given: {cited}"


def reason(step: Step, outcome: Outcome) -> str:
    """Return the sentence of a step with what the machine says of it."""
    return f"{step.justification} [{verdict_of(step, outcome)}]"


def verdict_of(step: Step, outcome: Outcome, result: int = 0) -> str:
    """Say under which conditions, from which steps and how a line holds; that a check uses the `result` is not said."""
    where = f"for {', '.join(f'${latex(c)}$' for c in step.conditions)}; " if step.conditions else ""
    used = f"from ({'), ('.join(map(str, step.depends_on))}); " if step.depends_on not in ((), (result,)) else ""
    verdict = MARK[outcome.verdict]
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
