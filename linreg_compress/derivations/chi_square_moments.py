"""Moments of a chi-square and of its inverse, from the density."""

import sympy as sp

from linreg_compress.derivations.densities import chi_square
from linreg_compress.derivations.ledger import Derivation, Step

k = sp.Symbol("k", positive=True)
x = sp.Symbol("x", positive=True)
r = sp.Symbol("r", positive=True)

DENSITY = chi_square(x, k)


def moment(order: int) -> sp.Expr:
    """E q^order as an unevaluated integral over the density."""
    return sp.Integral(x**order * DENSITY, (x, 0, sp.oo))


def chi_square_moments() -> Derivation:
    """E[1/q] and its companions for q ~ chi^2_k."""
    general = 2**r * sp.gamma(k / 2 + r) / sp.gamma(k / 2)
    return Derivation(
        name="chi-square-moments",
        title="Moments of a chi-square and of its inverse",
        statement="For $q \\sim \\chi^2_k$ with $k > 2$ the inverse has mean $1/(k-2)$.",
        quantity=r"\mathbb{E}[1/q]",
        assumptions=("$q \\sim \\chi^2_k$ has density $x^{k/2-1} e^{-x/2} / (2^{k/2} \\Gamma(k/2))$ on $x > 0$.",),
        conditions=(k > 4,),
        steps=(
            Step(
                "The density integrates to one: substitute $x = 2u$ in the integral that defines $\\Gamma(k/2)$.",
                sp.Integral(DENSITY, (x, 0, sp.oo)),
                sp.Integer(1),
                quantity="1",
            ),
            Step(
                "For the same reason a power $q^r$ only moves the argument of the gamma function.",
                sp.Integral(x**r * DENSITY, (x, 0, sp.oo)),
                general,
                quantity=r"\mathbb{E}[q^r]",
            ),
            Step(
                "At $r = 1$ the recursion $\\Gamma(z + 1) = z \\Gamma(z)$ gives the mean.",
                general.subs(r, 1),
                k,
                quantity=r"\mathbb{E}[q]",
                depends_on=(2,),
            ),
            Step(
                "At $r = 2$ it gives the second moment.",
                general.subs(r, 2),
                k * (k + 2),
                quantity=r"\mathbb{E}[q^2]",
                depends_on=(2,),
            ),
            Step(
                "At $r = -2$ the second moment of the inverse, finite for $k > 4$.",
                general.subs(r, -2),
                1 / ((k - 2) * (k - 4)),
                quantity=r"\mathbb{E}[1/q^2]",
                depends_on=(2,),
            ),
            Step(
                "At $r = -1$ the mean of the inverse, finite for $k > 2$.",
                general.subs(r, -1),
                1 / (k - 2),
                quantity=r"\mathbb{E}[1/q]",
                depends_on=(2,),
            ),
        ),
    )
