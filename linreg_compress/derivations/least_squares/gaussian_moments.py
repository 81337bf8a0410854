"""Mean square and entropy of a Gaussian variable."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import gaussian

a, e = sp.symbols("a e", real=True)
V = sp.Symbol("V", positive=True)


def mean(value: sp.Expr) -> sp.Expr:
    """Mean of a function of e as an unevaluated integral over the density."""
    return sp.Integral(value * gaussian(e, V), (e, -sp.oo, sp.oo))


def gaussian_moments() -> Derivation:
    """E e^2 = V, E (e - a)^2 = V + a^2 and the entropy of e ~ N(0, V)."""
    surprise = sp.log(2 * sp.pi * V) / 2 + e**2 / (2 * V)

    proof = Proof("gaussian-moments", "Mean square and entropy of a Gaussian variable")
    proof.states(r"For $e \sim N(0, V)$ the mean square is $V$, and the entropy is $\ln(2 \pi V)/2 + 1/2$ nats.")
    proof.assumes(r"$e \sim N(0, V)$ has density $e^{-e^2/(2 V)}/\sqrt{2 \pi V}$.")

    proof.step("mean").because("The density is even, so the mean is zero.")
    proof.shows(mean(e), 0, quantity=r"\mathbb{E}[e]")

    proof.step("mean-square").because("Integrate by parts: $e$ times the density is the slope of $-V$ times the density.")
    proof.shows(mean(e**2), V, quantity=r"\mathbb{E}[e^2]")
    proof.concludes()

    proof.step("square").because("For the mean square of the distance from a fixed $a$ multiply out.")
    proof.shows((e - a) ** 2, e**2 - 2 * a * e + a**2)

    proof.step("distance", uses="mean, mean-square, square").because("""Average (@square): by (@mean) the mixed term
        vanishes, and the first term is (@mean-square).""")
    proof.shows(mean((e - a) ** 2), V + a**2, quantity=r"\mathbb{E}[(e - a)^2]")

    proof.step("log-density").because("The entropy is the mean of minus the logarithm of the density.")
    proof.shows(-sp.log(gaussian(e, V)), surprise, quantity=r"-\ln f(e)")

    proof.step("entropy", uses="mean-square, log-density").because("In (@log-density) $e^2$ averages to (@mean-square).")
    proof.shows(mean(surprise), sp.log(2 * sp.pi * V) / 2 + sp.Rational(1, 2), quantity=r"\mathbb{E}[-\ln f(e)]")

    return proof.derivation()
