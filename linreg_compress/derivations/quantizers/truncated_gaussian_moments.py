"""Moments of a standard normal variable over a cell: what every scalar quantizer is made of."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import gaussian

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

    proof = Proof("truncated-gaussian-moments", "Moments of a normal variable over a cell")
    proof.states(r"""Over a cell $(a, b)$ every moment $M_k = \mathbb{E}[z^k; a < z < b]$ of a standard normal $z$ is
        made of its density and its distribution function at the two ends, and so is the squared error of coding the
        cell by one value $c$.""")
    proof.assumes(r"$z \sim N(0, 1)$ has density $e^{-z^2/2}/\sqrt{2 \pi}$, written $\phi(z)$.")
    proof.assumes(r"erf is the usual antiderivative: the slope of $erf(z/\sqrt{2})/2$ is $\phi(z)$.")
    proof.requires(a < b)

    proof.step("mass").because("""The probability of the cell is the definition of erf, or of the normal distribution
        function.""")
    proof.shows(_moment(0), zeroth, quantity="M_0")

    proof.step("recursion").because(r"""As $\phi'(z) = -z \phi(z)$, the function $-z^{k-1} \phi(z)$ has this slope.
        Integrated over the cell it gives $M_k = (k-1) M_{k-2} + a^{k-1} \phi(a) - b^{k-1} \phi(b)$.""")
    proof.shows(sp.Derivative(-(z ** (k - 1)) * _density(z), z), z**k * _density(z) - (k - 1) * z ** (k - 2) * _density(z))

    proof.step("first", uses="recursion").because("The first moment: $k = 1$ in (@recursion).")
    proof.shows(_moment(1), first, quantity="M_1")

    proof.step("second", uses="mass, recursion").because("The second: $k = 2$.")
    proof.shows(sp.Subs(recursion, (k, previous), (2, zeroth)), second, quantity="M_2")

    proof.step("third", uses="recursion, first").because("The third: $k = 3$.")
    proof.shows(sp.Subs(recursion, (k, previous), (3, first)), third, quantity="M_3")

    proof.step("fourth", uses="recursion, second").because("""The fourth: $k = 4$ in the recursion, with $M_2$ from
        (@second). The error of a quantizer of the weights needs no higher one.""")
    proof.shows(sp.Subs(recursion, (k, previous), (4, second)), fourth, quantity="M_4")

    proof.step("error", uses="mass, first, second").because("""The squared error of a cell that is coded by $c$:
        multiply out $(c - z)^2$.""")
    proof.shows(c**2 * zeroth - 2 * c * first + second, error, quantity=r"\mathbb{E}[(c - z)^2; a < z < b]")
    proof.concludes()

    proof.check(
        "It is least where its slope in $c$ is zero, at the cell's centroid $c = M_1/M_0$ (the second slope, $2 M_0$, is positive)."
    ).shows(sp.Subs(sp.Derivative(error, c), c, first / zeroth), 0)
    proof.check("On the whole line, $-a = b$ without end, the probability is one.", uses="mass").shows(
        _whole_line(zeroth), 1, quantity="M_0"
    )
    proof.check("The mean is zero.", uses="first").shows(_whole_line(first), 0, quantity="M_1")
    proof.check("The variance is one.", uses="second").shows(_whole_line(second), 1, quantity="M_2")
    proof.check("The third moment is zero.", uses="third").shows(_whole_line(third), 0, quantity="M_3")
    proof.check("The fourth moment is three.", uses="fourth").shows(_whole_line(fourth), 3, quantity="M_4")

    return proof.derivation()
