"""The reader of parts refuses what the parser refuses as a whole."""

import pytest
from matplotlib.mathtext import MathTextParser

from tests.derivations import strict_tex

GOOD = (
    r"\frac{a + b}{\sqrt{c}} = \left(x - 1\right)^{2} \operatorname{Var} y",
    r"\left. \frac{d}{2} \right|_{\substack{ a=b\\ c=d }}",
    r"\ln{\left(\frac{x}{y} \right)} \leq \int_{0}^{\infty} e^{- t}\, dt",
    r"\left\{x : x > 0\right\}",
)
BAD = (
    r"a + \frac{b}",
    r"\frac{a + \nosuch}{b}",
    r"\frac{a}{b + \sqrt{c}",
    r"x^{2}^{3}",
    r"x^{2} ^{3}",
    r"e^{x_{1} _{2}}",
    r"\left(a + b",
    r"a + b\right)",
    r"\left(a + \left(b \right)",
    r"\ln{\left(\fraq{x}{y} \right)}",
    r"a + b}",
    r"a + \operatorname{",
    r"\sqrt{\mathrm{a} + \mathnone{b}}",
)


@pytest.mark.parametrize("formula", GOOD)
def test_good_tex_is_read(formula: str) -> None:
    MathTextParser("path").parse(f"${formula}$")
    strict_tex.read(formula)


@pytest.mark.parametrize("formula", BAD)
def test_bad_tex_is_refused_in_parts_as_in_whole(formula: str) -> None:
    for read in (lambda whole: MathTextParser("path").parse(f"${whole}$"), strict_tex.read):
        with pytest.raises(ValueError, match=r"\S"):
            read(formula)


def test_parts_are_frames_and_what_is_inside() -> None:
    assert list(strict_tex.parts(r"\frac{a + b}{2} \left(c\right)^{2} \mathrm{d e}")) == [
        *("a", "+", "b", "2", r"\frac{x}{x}", "c", "2", r"\left(x\right)^{x}", r"\mathrm{d e}")
    ]
