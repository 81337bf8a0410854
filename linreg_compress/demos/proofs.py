"""Formulas as MathML, which every browser draws without a script or a font from outside; and their proofs."""

import re
from html import escape
from typing import Any

from linreg_compress.demos.extra import need
from linreg_compress.demos.lesson import Formula
from linreg_compress.demos.symbols import meanings
from linreg_compress.derivations.ledger import Derivation

_STEPS = '<div tabindex="0" role="group" aria-label="steps of the proof">'  # they scroll where the screen is too narrow
_INLINE = re.compile(r"\$([^$]+)\$")


def mathml(latex: str, *, display: bool = True) -> str:
    """Return a formula as MathML.

    Raises
    ------
    LinregCompressError
        If latex2mathml is not installed.
    """
    convert: Any = need("latex2mathml.converter", "a page with formulas").convert
    return str(convert(latex, display="block" if display else "inline"))


def symbol_list(*formulas: Formula) -> str:
    """Return what the symbols of formulas mean, each once."""
    found = dict.fromkeys(pair for formula in formulas for pair in meanings(formula)[0])
    rows = "".join(f"<dt>{mathml(symbol, display=False)}</dt><dd>{escape(meaning)}</dd>" for symbol, meaning in found)
    return f'<dl class="symbols">{rows}</dl>'


def proof(name: str, *, served: bool = False) -> str:
    """Return a proof as a part of a page that opens on demand; a served page asks for its steps then."""
    if served:
        ask = f'data-ask="proof?name={name}"'
        return f'<details class="proof" id="proof-{name}" {ask}><summary>Proof: {name}</summary>{_STEPS}</div></details>'
    from linreg_compress.derivations.registry import find_derivations

    (derivation,) = find_derivations([name])
    return (
        f'<details class="proof" id="proof-{name}"><summary>Proof: {escape(derivation.title)}</summary>'
        f"{_STEPS}{proof_steps(derivation)}</div></details>"
    )


def proof_steps(derivation: Derivation) -> str:
    """Return the statement, the setting and the steps of a proof."""
    from linreg_compress.derivations.printing import latex, step_latex

    setting = [_text(sentence) for sentence in derivation.assumptions]
    setting += [mathml(latex(condition), display=False) for condition in derivation.conditions]
    steps, checks = (
        "".join(
            f"<li><p>{_text(line.justification)}</p>{formula_box(step_latex(line), 'formula of this step')}</li>"
            for line in lines
        )
        for lines in (derivation.steps, derivation.checks)
    )
    cases = f"<p><strong>Checks.</strong></p><ul>{checks}</ul>" if checks else ""
    return (
        f"<p><strong>Statement.</strong> {_text(derivation.statement)}</p>"
        f"<p><strong>Setting.</strong></p><ul>{''.join(f'<li>{each}</li>' for each in setting)}</ul>"
        f"<p><strong>Proof.</strong></p><ol>{steps}</ol>{cases}"
        f"<p>A machine checks every step: <code>linreg-compress derive {derivation.name}</code></p>"
    )


def formula_box(latex: str, label: str) -> str:
    """Return a formula in a box of its own, which scrolls where the screen is too narrow."""
    return f'<div class="formula" tabindex="0" role="group" aria-label="{escape(label)}">{mathml(latex)}</div>'


def _text(sentence: str) -> str:
    """Return a sentence of the ledger, in which formulas stand between dollar signs."""
    parts = _INLINE.split(sentence)
    return "".join(mathml(part, display=False) if place % 2 else escape(part) for place, part in enumerate(parts))
