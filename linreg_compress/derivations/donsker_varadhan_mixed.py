"""A lower bound on the training loss from the information, with no supremum over the codebook."""

import sympy as sp

from linreg_compress.derivations.densities import chi_square
from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import information, lam, n, s, sigma

q = sp.Symbol("q", positive=True)
r = sp.Symbol("r", positive=True)  # |w - w*|^2
omega = sp.Symbol("omega", positive=True)
L = sp.Symbol("L", positive=True)  # E L_S(What)
mean = sp.Symbol("m", positive=True)  # E s(What)
K = sp.Symbol("K", real=True)  # ln E (1 + 2 lambda s)^(-n/2)
U = sp.Symbol("U", nonnegative=True)  # slack of the Donsker-Varadhan inequality
V = sp.Symbol("V", nonnegative=True)  # slack of s >= sigma^2

W0 = sp.LambertW(-sp.exp(-1 - 2 * information / n))
DENSITY = chi_square(q, n)


def donsker_varadhan_mixed() -> Derivation:
    """E L_S >= -(I + ln E (1 + 2 lambda s)^(-n/2)) / (n lambda), and its closed relaxation."""
    transform = (1 + 2 * lam * s) ** (-n / 2)
    varadhan = information + K
    bound = -varadhan / (n * lam)
    floor_log = n / 2 * sp.log(1 + 2 * lam * sigma**2)
    extra = n / 2 * sp.log(1 + 2 * lam * r / (1 + 2 * lam * sigma**2))
    floor = (sp.log(1 + 2 * lam * sigma**2) / 2 - information / n) / lam
    numerator = lam * sigma**2 / (1 + 2 * lam * sigma**2) - sp.log(1 + 2 * lam * sigma**2) / 2 + information / n
    fall = 2 * lam * sigma**4 / (1 + 2 * lam * sigma**2) ** 2
    optimum = (1 / omega - 1) / (2 * sigma**2)
    condition = (1 - omega) / 2 + sp.log(omega) / 2 + information / n
    slope = sigma**2 / (1 + 2 * lam * sigma**2)
    closed = -(sigma**2) * W0
    return Derivation(
        name="donsker-varadhan-mixed",
        title="A lower bound on the training loss, mixed over the codebook",
        statement=(
            "$\\mathbb{E} L_S(\\hat{W})$ is at least $-(I + \\ln \\mathbb{E}(1 + 2 \\lambda s(\\hat{W}))^{-n/2})/(n \\lambda)$ for every "
            "$\\lambda > 0$, and so at least $-\\sigma^2 W_0(-e^{-1 - 2I/n})$, whatever the code."
        ),
        quantity=r"\max B(\lambda)",
        assumptions=(
            "$S$ is $n$ independent samples, $I = I(S; \\hat{W})$ in nats, $L = \\mathbb{E} L_S(\\hat{W})$.",
            "A fixed $w$ has errors $y_i - x_i^T w$ that are $N(0, s(w))$ with $s(w) = \\sigma^2 + |w - w^*|^2_\\Sigma$, so "
            "$n L_S(w)$ is $s(w)$ times a chi-square $q$ with $n$ degrees of freedom.",
            "$K$ is $\\ln \\mathbb{E}(1 + 2 \\lambda s(\\hat{W}))^{-n/2}$, over the law of $\\hat{W}$ alone.",
            "$W_0(z)$, for $z$ from $-1/e$ to 0, is the solution of $W e^W = z$ between $-1$ and 0.",
        ),
        conditions=(omega < 1,),
        conclusion=16,
        steps=(
            Step(
                "Under the product law the data do not know $\\hat{W}$. Given $\\hat{W} = w$ the Laplace transform of the loss is that of a "
                "chi-square; averaged over $\\hat{W}$ its logarithm is $K$.",
                sp.Integral(sp.exp(-lam * s * q) * DENSITY, (q, 0, sp.oo)),
                transform,
                quantity=r"\mathbb{E} e^{-n \lambda L_S(w)}",
            ),
            Step(
                "Change of measure from the product law to the joint law: the mean of every function $F$ under the joint law is at most "
                "$I + \\ln \\mathbb{E} e^F$ under the product. Take $F = -n \\lambda L_S(\\hat{W})$.",
                -n * lam * L,
                varadhan,
                relation="<=",
                depends_on=(1,),
                cites="Donsker and Varadhan 1983, theorem 2.1",
            ),
            Step(
                "Let $U \\geq 0$ be the right side minus the left side of (2), and solve for $L$.",
                (varadhan - U) / (-n * lam),
                bound + U / (n * lam),
                quantity="L",
                depends_on=(2,),
            ),
            Step(
                "Drop $U$. As the mean population risk is $m = \\mathbb{E} s(\\hat{W})$, this bounds the generalization error, without "
                "a supremum.",
                mean - (bound + U / (n * lam)),
                mean - bound,
                relation="<=",
                quantity="m - L",
                depends_on=(3,),
            ),
            Step(
                "For a closed form use $s \\geq \\sigma^2$. With $s = \\sigma^2 + r$ minus the logarithm of (1) splits in two.",
                -sp.log(transform.subs(s, sigma**2 + r)),
                floor_log + extra,
                depends_on=(1,),
            ),
            Step(
                "The second part is the logarithm of a number above one. So the transform of every $w$ is below that of $s = \\sigma^2$, "
                "and so is their mean.",
                -(floor_log + extra),
                -floor_log,
                relation="<",
                quantity=r"\ln \mathbb{E} e^{-n \lambda L_S(w)}",
                depends_on=(5,),
            ),
            Step(
                "So $K = -(n/2) \\ln(1 + 2 \\lambda \\sigma^2) - V$ with $V \\geq 0$; put it into (3).",
                sp.Subs(bound + U / (n * lam), K, -floor_log - V),
                floor + (U + V) / (n * lam),
                quantity="L",
                depends_on=(3, 6),
            ),
            Step(
                "Drop both. The bound, called $B(\\lambda)$, holds for every $\\lambda > 0$.",
                floor + (U + V) / (n * lam),
                floor,
                relation=">=",
                quantity="L",
                depends_on=(7,),
            ),
            Step(
                "Now choose $\\lambda$. The sign of the slope is that of the bracket, called $b(\\lambda)$ below.",
                sp.Derivative(floor, lam),
                numerator / lam**2,
                depends_on=(8,),
            ),
            Step("It starts at $I/n > 0$.", sp.Limit(numerator, lam, 0), information / n, quantity="b(0)", depends_on=(9,)),
            Step("It has this slope.", sp.Derivative(numerator, lam), -fall, quantity=r"b'(\lambda)", depends_on=(9,)),
            Step(
                "Which is negative, and $b$ falls without end as minus the logarithm does: it is zero at one $\\lambda$ alone, where the "
                "bound is highest.",
                -fall,
                sp.Integer(0),
                relation="<",
                depends_on=(10, 11),
            ),
            Step(
                "Name the unknown $\\omega = 1/(1 + 2 \\lambda \\sigma^2)$, between 0 and 1.",
                numerator.subs(lam, optimum),
                condition,
                quantity="b",
                depends_on=(9,),
            ),
            Step(
                "So $b = 0$ says that $-\\omega e^{-\\omega} = -e^{-1 - 2I/n}$, that is $\\omega = -W_0(-e^{-1 - 2I/n})$.",
                condition.subs(omega, -W0),
                sp.Integer(0),
                quantity="b",
                depends_on=(13,),
            ),
            Step(
                "The bound, written with the slope of $\\ln(1 + 2 \\lambda \\sigma^2)/2$ and the bracket.",
                floor,
                slope - numerator / lam,
                depends_on=(8, 9),
            ),
            Step(
                "Where $b$ is zero that slope is left: $\\sigma^2 \\omega$.",
                sp.Subs(slope, lam, optimum.subs(omega, -W0)),
                closed,
                quantity=r"\max B(\lambda)",
                depends_on=(12, 14, 15),
            ),
            Step(
                "No information: the argument of $W_0$ is $-1/e$, where $W_0 = -1$, and the training loss is at least $\\sigma^2$ on average.",
                closed.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, 0))),
                sigma**2,
                depends_on=(16,),
            ),
            Step(
                "Much information: the argument goes to zero, and so does the bound. A code that repeats the labels has no training loss.",
                closed.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, sp.oo))),
                sp.Integer(0),
                depends_on=(16,),
            ),
        ),
    )
