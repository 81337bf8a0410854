"""Moments of a chi-square and of its inverse, and its Laplace transform, from the density."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square

k, r, t, x, z = sp.symbols("k r t x z", positive=True)

DENSITY = chi_square(x, k)


def moment(order: sp.Expr) -> sp.Expr:
    """E q^order as an unevaluated integral over the density."""
    return sp.Integral(x**order * DENSITY, (x, 0, sp.oo))


def chi_square_moments() -> Derivation:
    """E[1/q] and its companions for q ~ chi^2_k."""
    proof = Proof("chi-square-moments", "Moments of a chi-square and of its inverse")
    proof.states(r"For $q \sim \chi^2_k$ with $k > 2$ the inverse has mean $1/(k-2)$.")
    proof.assumes(r"$q \sim \chi^2_k$ has density $x^{k/2-1} e^{-x/2} / (2^{k/2} \Gamma(k/2))$ on $x > 0$.")

    proof.step("one").because(
        r"The density integrates to one: substitute $x = 2u$ in the integral that defines $\Gamma(k/2)$."
    )
    proof.shows(sp.Integral(DENSITY, (x, 0, sp.oo)), 1, quantity="1")

    proof.step("power").because("For the same reason a power $q^r$ only moves the argument of the gamma function.")
    proof.shows(moment(r), 2**r * sp.gamma(k / 2 + r) / sp.gamma(k / 2), quantity=r"\mathbb{E}[q^r]")

    proof.step("transform").because("The factor $e^{-t q}$ only changes the scale: substitute $u = (1 + 2 t) x/2$.")
    proof.shows(
        sp.Integral(sp.exp(-t * x) * DENSITY, (x, 0, sp.oo)), (1 + 2 * t) ** (-k / 2), quantity=r"\mathbb{E}[e^{-t q}]"
    )

    proof.step("mean").because(r"At $r = 1$ the recursion $\Gamma(z + 1) = z \Gamma(z)$ gives the mean.")
    proof.shows(moment(1), k, quantity=r"\mathbb{E}[q]")

    proof.step("mean-square").because("At $r = 2$ it gives the second moment.")
    proof.shows(moment(2), k * (k + 2), quantity=r"\mathbb{E}[q^2]")

    proof.step("inverse-square").because("At $r = -2$ the second moment of the inverse, finite for $k > 4$.")
    proof.shows(moment(-2), 1 / ((k - 2) * (k - 4)), quantity=r"\mathbb{E}[1/q^2]", where={k: 4 + z}, conditions=(k > 4,))

    proof.step("inverse").because("At $r = -1$ the mean of the inverse, finite for $k > 2$.")
    proof.shows(moment(-1), 1 / (k - 2), quantity=r"\mathbb{E}[1/q]", where={k: 2 + z}, conditions=(k > 2,))
    proof.concludes()

    return proof.derivation()
