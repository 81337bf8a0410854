"""Formulas as MathML, which browsers draw themselves: the pages need neither a script nor a font from elsewhere."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from linreg_compress.demos.proofs import mathml


def _inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(mathml(node.astext(), display=False))
    raise nodes.SkipNode


def _display(writer: Any, node: nodes.math_block) -> None:
    writer.body.append(writer.starttag(node, "div", CLASS="math", tabindex="0") + mathml(node.astext()) + "</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Let `html_math_renderer = "mathml"` mean this."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
