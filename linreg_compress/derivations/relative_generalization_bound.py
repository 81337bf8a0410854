"""A bound on the relative generalization error that needs no supremum over the codebook."""

import sympy as sp

from linreg_compress.derivations.densities import chi_square
from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import information, lam, n

q = sp.Symbol("q", positive=True)
omega = sp.Symbol("omega", positive=True)
ratio = sp.Symbol("rho", positive=True)  # E L_S(What) / L_mu(What)
eta = sp.Symbol("eta", nonnegative=True)  # slack of the Donsker-Varadhan inequality

W0 = sp.LambertW(-sp.exp(-1 - 2 * information / n))
DENSITY = chi_square(q, n)


def relative_generalization_bound() -> Derivation:
    """E[1 - L_S(What) / L_mu(What)] <= 1 + W_0(-exp(-1 - 2 I/n))."""
    transform = (1 + 2 * lam) ** (-n / 2)
    logarithm = -n / 2 * sp.log(1 + 2 * lam)
    varadhan = information + logarithm
    objective = (information / n + lam - sp.log(1 + 2 * lam) / 2) / lam
    numerator = sp.log(1 + 2 * lam) / 2 - lam / (1 + 2 * lam) - information / n
    rise = 2 * lam / (1 + 2 * lam) ** 2
    optimum = (1 / omega - 1) / 2
    condition = -sp.log(omega) / 2 - (1 - omega) / 2 - information / n
    slope = 1 - 1 / (1 + 2 * lam)
    value = 1 + W0
    return Derivation(
        name="relative-generalization-bound",
        title="A bound on the relative generalization error",
        statement=(
            "For every code, with $I = I(S; \\hat{W})$, the mean of $1 - L_S(\\hat{W})/L_\\mu(\\hat{W})$ is at most "
            "$1 + W_0(-e^{-1 - 2I/n})$. The codebook may be unbounded: no supremum of the loss enters."
        ),
        quantity=r"\min B(\lambda)",
        assumptions=(
            "$S$ is $n$ independent samples; $L_\\mu(w) = s(w) = \\sigma^2 + |w - w^*|^2_\\Sigma$ is the population risk.",
            "A fixed $w$ has errors $y_i - x_i^T w$ that are $N(0, s(w))$, so $n L_S(w)/s(w)$ is a chi-square $q$ with $n$ degrees "
            "of freedom, whatever $w$.",
            "$W_0(z)$, for $z$ from $-1/e$ to 0, is the solution of $W e^W = z$ between $-1$ and 0.",
        ),
        conditions=(omega < 1,),
        conclusion=13,
        steps=(
            Step(
                "Under the product law the data do not know $\\hat{W}$. Given $\\hat{W} = w$ the Laplace transform of the relative loss is "
                "that of a chi-square. It is free of $w$, so the mean over $\\hat{W}$ changes nothing.",
                sp.Integral(sp.exp(-lam * q) * DENSITY, (q, 0, sp.oo)),
                transform,
                quantity=r"\mathbb{E} e^{-n \lambda L_S/L_\mu}",
            ),
            Step("Its logarithm.", sp.log(transform), logarithm, depends_on=(1,)),
            Step(
                "Change of measure from the product law to the joint law: the mean of every function $F$ under the joint law is at most "
                "$I + \\ln \\mathbb{E} e^F$ under the product. Take $F = -n \\lambda L_S(\\hat{W})/L_\\mu(\\hat{W})$, and let $\\rho$ be the mean "
                "of that ratio of risks.",
                -n * lam * ratio,
                varadhan,
                relation="<=",
                depends_on=(2,),
                cites="Donsker and Varadhan 1983, theorem 2.1",
            ),
            Step(
                "Let $\\eta \\geq 0$ be the right side minus the left side of (3), and solve for $1 - \\rho$.",
                1 - (varadhan - eta) / (-n * lam),
                objective - eta / (n * lam),
                quantity=r"1 - \rho",
                depends_on=(3,),
            ),
            Step(
                "Drop $\\eta$. The bound, called $B(\\lambda)$, holds for every $\\lambda > 0$.",
                objective - eta / (n * lam),
                objective,
                relation="<=",
                quantity=r"1 - \rho",
                depends_on=(4,),
            ),
            Step(
                "Choose $\\lambda$. The sign of the slope is that of the bracket, called $b(\\lambda)$ below.",
                sp.Derivative(objective, lam),
                numerator / lam**2,
                depends_on=(5,),
            ),
            Step(
                "It starts at $-I/n < 0$.", sp.Limit(numerator, lam, 0), -information / n, quantity="b(0)", depends_on=(6,)
            ),
            Step("It has this slope.", sp.Derivative(numerator, lam), rise, quantity=r"b'(\lambda)", depends_on=(6,)),
            Step(
                "Which is positive, and $b$ grows without end as the logarithm does: it is zero at one $\\lambda$ alone, where the bound is "
                "lowest.",
                rise,
                sp.Integer(0),
                relation=">",
                depends_on=(7, 8),
            ),
            Step(
                "Name the unknown $\\omega = 1/(1 + 2 \\lambda)$, between 0 and 1.",
                numerator.subs(lam, optimum),
                condition,
                quantity="b",
                depends_on=(6,),
            ),
            Step(
                "So $b = 0$ says that $-\\omega e^{-\\omega} = -e^{-1 - 2I/n}$, that is $\\omega = -W_0(-e^{-1 - 2I/n})$.",
                condition.subs(omega, -W0),
                sp.Integer(0),
                quantity="b",
                depends_on=(10,),
            ),
            Step(
                "The bound, written with the slope of $\\lambda - \\ln(1 + 2 \\lambda)/2$ and the bracket.",
                objective,
                slope - numerator / lam,
                depends_on=(5, 6),
            ),
            Step(
                "Where $b$ is zero that slope is left: $1 - \\omega$.",
                sp.Subs(slope, lam, optimum.subs(omega, -W0)),
                value,
                quantity=r"\min B(\lambda)",
                depends_on=(9, 11, 12),
            ),
            Step(
                "No information, no error: the argument of $W_0$ is $-1/e$, where $W_0 = -1$.",
                value.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, 0))),
                sp.Integer(0),
                depends_on=(13,),
            ),
            Step(
                "Much information: the argument goes to zero and the bound to one, which is what a training loss of zero means.",
                value.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, sp.oo))),
                sp.Integer(1),
                depends_on=(13,),
            ),
            Step(
                "Many samples at a fixed information: the argument goes back to $-1/e$ and the bound to zero.",
                value.subs(W0, sp.LambertW(sp.Limit(W0.args[0], n, sp.oo))),
                sp.Integer(0),
                depends_on=(13,),
            ),
        ),
    )
