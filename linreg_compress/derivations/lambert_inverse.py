"""The chi-square bound in closed form: Legendre inverse of the cumulant by Lambert's W."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import information, lam, n, s

omega = sp.Symbol("omega", positive=True)

W0 = sp.LambertW(-sp.exp(-1 - 2 * information / n))


def lambert_inverse() -> Derivation:
    """Infimum over lambda of (I/n + psi(lambda)) / lambda."""
    psi = lam * s - sp.log(1 + 2 * lam * s) / 2
    objective = (information / n + psi) / lam
    numerator = sp.log(1 + 2 * lam * s) / 2 - lam * s / (1 + 2 * lam * s) - information / n
    slope = s - s / (1 + 2 * lam * s)  # of psi
    rise = 2 * lam * s**2 / (1 + 2 * lam * s) ** 2
    optimum = (1 / omega - 1) / (2 * s)
    condition = -sp.log(omega) / 2 - (1 - omega) / 2 - information / n
    budget = -sp.log(omega) / 2 - (1 - omega) / 2  # I/n that omega solves
    value = s * (1 + W0)
    return Derivation(
        name="lambert-inverse",
        title="The chi-square bound in closed form",
        statement=(
            "The least value over $\\lambda > 0$ of $B(\\lambda) = (I/n + \\psi(\\lambda))/\\lambda$, which bounds the generalization error when "
            "$s(w)$ is at most $s$ on the codebook, is $s (1 + W_0(-e^{-1 - 2I/n}))$ with the main branch of Lambert's function."
        ),
        quantity=r"\min B(\lambda)",
        assumptions=(
            "$\\psi(\\lambda) = \\lambda s - \\ln(1 + 2 \\lambda s)/2$, the cumulant of the squared loss (see "
            "chi-square-loss-cumulant).",
            "$I > 0$ is the mutual information between data and weights, in nats.",
            "$W_0(z)$, for $z$ from $-1/e$ to 0, is the solution of $W e^W = z$ between $-1$ and 0.",
        ),
        conditions=(omega < 1,),
        conclusion=8,
        steps=(
            Step(
                "The slope of the objective. Its sign is that of the bracket, called $b(\\lambda)$ below.",
                sp.Derivative(objective, lam),
                numerator / lam**2,
            ),
            Step(
                "The bracket starts at $-I/n < 0$.",
                sp.Limit(numerator, lam, 0),
                -information / n,
                quantity="b(0)",
                depends_on=(1,),
            ),
            Step("It has this slope.", sp.Derivative(numerator, lam), rise, quantity=r"b'(\lambda)", depends_on=(1,)),
            Step(
                "Which is positive, and $b$ grows without end as the logarithm does. So $b$ is zero at one $\\lambda$ alone: the "
                "objective falls before it and rises after it.",
                rise,
                sp.Integer(0),
                relation=">",
                depends_on=(2, 3),
            ),
            Step(
                "Name the unknown $\\omega = 1/(1 + 2 \\lambda s)$, between 0 and 1; that is, "
                "$\\lambda = (1/\\omega - 1)/(2 s)$.",
                numerator.subs(lam, optimum),
                condition,
                quantity="b",
                depends_on=(1,),
            ),
            Step(
                "So $b = 0$ says that $-\\omega e^{-\\omega} = -e^{-1 - 2I/n}$, which is what defines "
                "$-\\omega = W_0(-e^{-1 - 2I/n})$: the bracket is zero there.",
                condition.subs(omega, -W0),
                sp.Integer(0),
                quantity="b",
                depends_on=(5,),
            ),
            Step(
                "The objective, written with the slope of $\\psi$ and the bracket.",
                objective,
                slope - numerator / lam,
                depends_on=(1,),
            ),
            Step(
                "Where the bracket is zero the slope of $\\psi$ is left. At $\\lambda = (1/\\omega - 1)/(2 s)$ it is "
                "$s (1 - \\omega)$, with $\\omega = -W_0(-e^{-1 - 2I/n})$.",
                sp.Subs(slope, lam, optimum.subs(omega, -W0)),
                value,
                quantity=r"\min B(\lambda)",
                depends_on=(4, 5, 6, 7),
            ),
            Step(
                "No information, no error: the argument of $W_0$ goes to $-1/e$, where $W_0 = -1$.",
                value.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, 0))),
                sp.Integer(0),
                depends_on=(8,),
            ),
            Step(
                "For much information the argument of $W_0$ goes to zero.",
                sp.Limit(W0.args[0], information, sp.oo),
                sp.Integer(0),
                depends_on=(8,),
            ),
            Step(
                "There $W_0$ is zero: the bound stops at $s$, while a square-root bound grows without end.",
                value.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, sp.oo))),
                s,
                depends_on=(8, 10),
            ),
            Step(
                "For little information, $\\omega$ near 1, the bound $s(1 - \\omega)$ meets the sub-Gaussian one, $2 s \\sqrt{I/n}$: "
                "the ratio of the squares goes to one.",
                sp.Limit(value.subs(W0, -omega) ** 2 / (4 * s**2 * budget), omega, 1, "-"),
                sp.Integer(1),
                depends_on=(5, 8),
            ),
        ),
    )
