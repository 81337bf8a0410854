"""The chi-square bound is never above the sub-Gaussian bound, nor above the loss scale."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import lam, s

omega = sp.Symbol("omega", positive=True)
t = sp.Symbol("t", positive=True)
J = sp.Symbol("J", nonnegative=True)
root = sp.Symbol("rho", positive=True)  # sqrt(I/n)


def chi_square_below_sub_gaussian() -> Derivation:
    """S (1 + W_0) <= 2 s sqrt(I/n), and < s."""
    objective = root**2 / lam + lam * s**2
    slope = s**2 - root**2 / lam**2
    optimum = root / s
    sub_gaussian = 2 * s * root
    psi = lam * s - sp.log(1 + 2 * lam * s) / 2
    stationary = lam * sp.Derivative(psi, lam) - psi
    budget = -sp.log(omega) / 2 - (1 - omega) / 2
    chi_square = s * (1 - omega)
    gap = 4 * budget - (1 - omega) ** 2
    falling = 2 * (1 - omega) ** 2 / omega
    optimal = (1 / omega - 1) / (2 * s)

    proof = Proof("chi-square-below-sub-gaussian", "The chi-square bound is never above the sub-Gaussian bound")
    proof.states(r"""For every information $I > 0$ the chi-square bound $B = s (1 + W_0(-e^{-1-2I/n}))$ satisfies
        $B^2 \leq (2 s \sqrt{I/n})^2$, so $B \leq 2 s \sqrt{I/n}$, and $B < s$.""")
    proof.assumes(r"""$B$ is the least value over $\lambda > 0$ of $(I/n + \psi(\lambda))/\lambda$ with the cumulant
        $\psi(\lambda) = \lambda s - \ln(1 + 2 \lambda s)/2$ of the squared loss.""")
    proof.assumes(r"The sub-Gaussian bound puts $\lambda^2 s^2$ for $\psi$. Write $\rho = \sqrt{I/n}$.")
    proof.assumes(r"""$\omega$ between 0 and 1 stands for $1/(1 + 2 \lambda s)$ at the optimal $\lambda$, that is
        $-W_0(-e^{-1-2I/n})$ (see lambert-inverse).""")
    proof.requires(omega < 1)

    proof.step("slope").because(r"The sub-Gaussian objective has this slope in $\lambda$.")
    proof.shows(sp.Derivative(objective, lam), slope)

    proof.step("stationary", uses="slope").because(r"It is zero at $\lambda = \rho/s$.")
    proof.shows(sp.Subs(slope, lam, optimum), 0)

    proof.step("convex", uses="stationary").because("The second slope is positive, so (@stationary) is the minimum.")
    proof.shows(sp.Derivative(slope, lam), 0, relation=">")

    proof.step("sub-gaussian", uses="stationary, convex").because("""The value at the minimum, by (@convex), is the
        sub-Gaussian bound.""")
    proof.shows(sp.Subs(objective, lam, optimum), sub_gaussian, quantity=r"\min (I/n + \lambda^2 s^2)/\lambda")

    proof.step("chi-square-stationary").because(r"""For the chi-square bound the slope of $(I/n + \psi)/\lambda$ is
        zero where $I/n = \lambda \psi' - \psi$. With $\lambda = (1/\omega - 1)/(2 s)$ this is a function of $\omega$
        alone.""")
    proof.shows(sp.Subs(stationary, lam, optimal), budget, quantity="I/n")

    proof.step("chi-square-least", uses="chi-square-stationary").because(r"""The least value is then $\psi'$, as
        $I/n + \psi = \lambda \psi'$.""")
    proof.shows(sp.Subs(sp.Derivative(psi, lam), lam, optimal), chi_square, quantity="B")

    proof.step("fall", uses="sub-gaussian, chi-square-stationary, chi-square-least").because(r"""
        Compare squares, that of (@sub-gaussian) first: $(4 I/n) - (1 - \omega)^2$, the difference over $s^2$, falls
        in $\omega$ with this slope.""")
    proof.shows(sp.Derivative(gap, omega), -falling)

    proof.step("equal-at-one", uses="fall").because(r"""It is zero at $\omega = 1$, so it is the integral of its fall
        from $\omega$ to 1, called $J$ below.""")
    proof.shows(gap, sp.Integral(falling.subs(omega, t), (t, omega, 1)))

    proof.step("squares", uses="sub-gaussian, chi-square-least, equal-at-one").because(r"""
        In $J$ of (@equal-at-one) the square of (@sub-gaussian), with $4 \rho^2 = 4 I/n = (1 - \omega)^2 + J$, is that
        of the chi-square bound and a rest.""")
    proof.shows(
        sp.Subs(sub_gaussian**2, root, sp.sqrt(((1 - omega) ** 2 + J) / 4)),
        chi_square**2 + s**2 * J,
        quantity=r"(2 s \sqrt{I/n})^2",
    )

    proof.step("compared", uses="equal-at-one, squares").because("""The integrand of (@equal-at-one) is a square over
        a positive number, so $J$ is not negative, and the squares are in this order. As both bounds are positive, so
        are the bounds.""")
    proof.shows(chi_square**2, chi_square**2 + s**2 * J, relation="<=", quantity="B^2")
    proof.concludes()

    proof.check(r"The chi-square bound never passes $s$, as $\omega$ is positive.", uses="chi-square-least").shows(
        chi_square, s, relation="<", quantity="B"
    )
    proof.check("The sub-Gaussian bound does once $I/n$ is above $1/4$.", uses="sub-gaussian").shows(
        sp.Subs(sub_gaussian, root, sp.sqrt(sp.Rational(1, 4))), s
    )
    proof.check(
        r"For little information, $\omega$ near 1, (@sub-gaussian) and (@chi-square-least) agree: the ratio of the squares goes to one.",
        uses="sub-gaussian, chi-square-stationary, chi-square-least",
    ).shows(sp.Limit(chi_square**2 / (sub_gaussian**2).subs(root, sp.sqrt(budget)), omega, 1, "-"), 1)

    return proof.derivation()
