"""Moments of a standard normal variable over a cell: what every scalar quantizer is made of."""

import sympy as sp

from linreg_compress.derivations.densities import gaussian
from linreg_compress.derivations.ledger import Derivation, Step

a, b, z = sp.symbols("a b z", real=True)
c = sp.Symbol("c", real=True)  # reproduction value of the cell
previous = sp.Symbol("M", real=True)  # moment two orders lower
k = sp.Symbol("k", positive=True, integer=True)


def _density(at: sp.Expr) -> sp.Expr:
    return gaussian(at)


def _moment(order: int) -> sp.Expr:
    return sp.Integral(z**order * _density(z), (z, a, b))


def _whole_line(cell: sp.Expr) -> sp.Expr:
    return sp.Limit(sp.Subs(cell, a, -b), b, sp.oo)


def truncated_gaussian_moments() -> Derivation:
    """Probability and moments of N(0, 1) over a cell (a, b), and the cell's squared error."""
    zeroth = (sp.erf(b / sp.sqrt(2)) - sp.erf(a / sp.sqrt(2))) / 2
    first = _density(a) - _density(b)
    recursion = (k - 1) * previous + a ** (k - 1) * _density(a) - b ** (k - 1) * _density(b)
    second = zeroth + a * _density(a) - b * _density(b)
    third = (a**2 + 2) * _density(a) - (b**2 + 2) * _density(b)
    fourth = 3 * zeroth + (a**3 + 3 * a) * _density(a) - (b**3 + 3 * b) * _density(b)
    error = (1 + c**2) * zeroth + (a - 2 * c) * _density(a) - (b - 2 * c) * _density(b)
    return Derivation(
        name="truncated-gaussian-moments",
        title="Moments of a normal variable over a cell",
        statement=(
            "Over a cell $(a, b)$ every moment $M_k = \\mathbb{E}[z^k; a < z < b]$ of a standard normal $z$ is made of its density "
            "and its distribution function at the two ends, and so is the squared error of coding the cell by one value $c$."
        ),
        quantity=r"\mathbb{E}[(c - z)^2; a < z < b]",
        assumptions=(
            "$z \\sim N(0, 1)$ has density $e^{-z^2/2}/\\sqrt{2 \\pi}$, written $\\phi(z)$.",
            "erf is the usual antiderivative: the slope of $erf(z/\\sqrt{2})/2$ is $\\phi(z)$.",
        ),
        conditions=(a < b,),
        conclusion=7,
        steps=(
            Step(
                "The probability of the cell is the definition of erf, or of the normal distribution function.",
                _moment(0),
                zeroth,
                quantity="M_0",
            ),
            Step(
                "As $\\phi'(z) = -z \\phi(z)$, the function $-z^{k-1} \\phi(z)$ has this slope. Integrated over the cell it "
                "gives $M_k = (k-1) M_{k-2} + a^{k-1} \\phi(a) - b^{k-1} \\phi(b)$.",
                sp.Derivative(-(z ** (k - 1)) * _density(z), z),
                z**k * _density(z) - (k - 1) * z ** (k - 2) * _density(z),
            ),
            Step("The first moment: $k = 1$.", _moment(1), first, quantity="M_1", depends_on=(2,)),
            Step(
                "The second: $k = 2$.",
                sp.Subs(recursion, (k, previous), (2, zeroth)),
                second,
                quantity="M_2",
                depends_on=(1, 2),
            ),
            Step(
                "The third: $k = 3$.",
                sp.Subs(recursion, (k, previous), (3, first)),
                third,
                quantity="M_3",
                depends_on=(2, 3),
            ),
            Step(
                "The fourth: $k = 4$ in the recursion, with $M_2$ from (4). The error of a quantizer of the weights needs no "
                "higher one.",
                sp.Subs(recursion, (k, previous), (4, second)),
                fourth,
                quantity="M_4",
                depends_on=(2, 4),
            ),
            Step(
                "The squared error of a cell that is coded by $c$: multiply out $(c - z)^2$.",
                c**2 * zeroth - 2 * c * first + second,
                error,
                quantity=r"\mathbb{E}[(c - z)^2; a < z < b]",
                depends_on=(1, 3, 4),
            ),
            Step(
                "It is least where its slope in $c$ is zero, at the cell's centroid $c = M_1/M_0$ (the second slope, $2 M_0$, "
                "is positive).",
                sp.Subs(sp.Derivative(error, c), c, first / zeroth),
                sp.Integer(0),
                depends_on=(7,),
            ),
            Step(
                "On the whole line, $-a = b$ without end, the probability is one.",
                _whole_line(zeroth),
                sp.Integer(1),
                quantity="M_0",
                depends_on=(1,),
            ),
            Step("The mean is zero.", _whole_line(first), sp.Integer(0), quantity="M_1", depends_on=(3,)),
            Step("The variance is one.", _whole_line(second), sp.Integer(1), quantity="M_2", depends_on=(4,)),
            Step("The third moment is zero.", _whole_line(third), sp.Integer(0), quantity="M_3", depends_on=(5,)),
            Step("The fourth moment is three.", _whole_line(fourth), sp.Integer(3), quantity="M_4", depends_on=(6,)),
        ),
    )
