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

    proof.step("inverse", uses="one").because(r"""Over $x$ the density is $1/(k-2)$ times that of $\chi^2_{k-2}$, as
        $\Gamma(z + 1) = z \Gamma(z)$, and for $k > 2$ that one integrates to one too, by (@one).""")
    proof.shows(moment(-1), 1 / (k - 2), quantity=r"\mathbb{E}[1/q]", where={k: 2 + z}, conditions=(k > 2,))
    proof.concludes()

    proof.step("inverse-square", uses="inverse").because("Twice the step (@inverse), finite for $k > 4$.")
    proof.shows(moment(-2), 1 / ((k - 2) * (k - 4)), quantity=r"\mathbb{E}[1/q^2]", where={k: 4 + z}, conditions=(k > 4,))

    proof.step("power", uses="one").because("As in (@one), a power $q^r$ only moves the argument of the gamma function.")
    proof.shows(moment(r), 2**r * sp.gamma(k / 2 + r) / sp.gamma(k / 2), quantity=r"\mathbb{E}[q^r]")

    proof.step("mean", uses="power").because(r"At $r = 1$ in (@power), by $\Gamma(z + 1) = z \Gamma(z)$, the mean.")
    proof.shows(moment(1), k, quantity=r"\mathbb{E}[q]")

    proof.step("mean-square", uses="power").because("At $r = 2$ in (@power) the second moment.")
    proof.shows(moment(2), k * (k + 2), quantity=r"\mathbb{E}[q^2]")

    proof.step("transform", uses="one").because("""The factor $e^{-t q}$ only changes the scale in (@one): substitute
        $u = (1 + 2 t) x/2$.""")
    proof.shows(
        sp.Integral(sp.exp(-t * x) * DENSITY, (x, 0, sp.oo)), (1 + 2 * t) ** (-k / 2), quantity=r"\mathbb{E}[e^{-t q}]"
    )

    return proof.derivation()
