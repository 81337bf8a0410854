"""The chi-square bound is never above the sub-Gaussian bound, nor above the loss scale."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step
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
    return Derivation(
        name="chi-square-below-sub-gaussian",
        title="The chi-square bound is never above the sub-Gaussian bound",
        statement=(
            "For every information $I > 0$ the chi-square bound $B = s (1 + W_0(-e^{-1-2I/n}))$ satisfies "
            "$B^2 \\leq (2 s \\sqrt{I/n})^2$, so $B \\leq 2 s \\sqrt{I/n}$, and $B < s$."
        ),
        quantity="B^2",
        assumptions=(
            "$B$ is the least value over $\\lambda > 0$ of $(I/n + \\psi(\\lambda))/\\lambda$ with the cumulant "
            "$\\psi(\\lambda) = \\lambda s - \\ln(1 + 2 \\lambda s)/2$ of the squared loss.",
            "The sub-Gaussian bound puts $\\lambda^2 s^2$ for $\\psi$. Write $\\rho = \\sqrt{I/n}$.",
            "$\\omega$ between 0 and 1 stands for $1/(1 + 2 \\lambda s)$ at the optimal $\\lambda$, that is "
            "$-W_0(-e^{-1-2I/n})$ (see lambert-inverse).",
        ),
        conditions=(omega < 1,),
        conclusion=10,
        steps=(
            Step("The sub-Gaussian objective has this slope in $\\lambda$.", sp.Derivative(objective, lam), slope),
            Step("It is zero at $\\lambda = \\rho/s$.", sp.Subs(slope, lam, optimum), sp.Integer(0), depends_on=(1,)),
            Step(
                "The second slope is positive, so this is the minimum.",
                sp.Derivative(slope, lam),
                sp.Integer(0),
                relation=">",
                depends_on=(2,),
            ),
            Step(
                "Its value is the sub-Gaussian bound.",
                sp.Subs(objective, lam, optimum),
                sub_gaussian,
                quantity=r"\min (I/n + \lambda^2 s^2)/\lambda",
                depends_on=(2, 3),
            ),
            Step(
                "For the chi-square bound the slope of $(I/n + \\psi)/\\lambda$ is zero where $I/n = \\lambda \\psi' - \\psi$. With "
                "$\\lambda = (1/\\omega - 1)/(2 s)$ this is a function of $\\omega$ alone.",
                sp.Subs(stationary, lam, optimal),
                budget,
                quantity="I/n",
            ),
            Step(
                "The least value is then $\\psi'$, as $I/n + \\psi = \\lambda \\psi'$.",
                sp.Subs(sp.Derivative(psi, lam), lam, optimal),
                chi_square,
                quantity="B",
                depends_on=(5,),
            ),
            Step(
                "Compare squares: $(4 I/n) - (1 - \\omega)^2$, the difference over $s^2$, falls in $\\omega$ with this slope.",
                sp.Derivative(gap, omega),
                -falling,
                depends_on=(4, 5, 6),
            ),
            Step(
                "It is zero at $\\omega = 1$, so it is the integral of its fall from $\\omega$ to 1, called $J$ below.",
                gap,
                sp.Integral(falling.subs(omega, t), (t, omega, 1)),
                depends_on=(7,),
            ),
            Step(
                "In $J$ the square of the sub-Gaussian bound, with $4 \\rho^2 = 4 I/n = (1 - \\omega)^2 + J$, is that of the chi-square "
                "bound and a rest.",
                sp.Subs(sub_gaussian**2, root, sp.sqrt(((1 - omega) ** 2 + J) / 4)),
                chi_square**2 + s**2 * J,
                quantity=r"(2 s \sqrt{I/n})^2",
                depends_on=(4, 6, 8),
            ),
            Step(
                "The integrand of (8) is a square over a positive number, so $J$ is not negative, and the squares are in this order. As "
                "both bounds are positive, so are the bounds.",
                chi_square**2,
                chi_square**2 + s**2 * J,
                relation="<=",
                quantity="B^2",
                depends_on=(9,),
            ),
            Step(
                "The chi-square bound never passes $s$, as $\\omega$ is positive.",
                chi_square,
                s,
                relation="<",
                quantity="B",
                depends_on=(6,),
            ),
            Step(
                "The sub-Gaussian bound does once $I/n$ is above $1/4$.",
                sp.Subs(sub_gaussian, root, sp.sqrt(sp.Rational(1, 4))),
                s,
                depends_on=(4,),
            ),
            Step(
                "For little information, $\\omega$ near 1, the two agree: the ratio of the squares goes to one.",
                sp.Limit(chi_square**2 / (sub_gaussian**2).subs(root, sp.sqrt(budget)), omega, 1, "-"),
                sp.Integer(1),
                depends_on=(4, 5, 6),
            ),
        ),
    )
