"""Lower tail of the squared loss of a fixed weight vector: its cumulant and a quadratic bound on it."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import lam, s

q = sp.Symbol("q", positive=True)
t = sp.Symbol("t", positive=True)
J = sp.Symbol("J", nonnegative=True)

DENSITY = q ** (sp.Rational(1, 2) - 1) * sp.exp(-q / 2) / sp.sqrt(2 * sp.pi)


def chi_square_loss_cumulant() -> Derivation:
    """Psi(lambda) = ln E exp(-lambda (l - E l)) for l = s chi^2_1."""
    transform = (1 + 2 * lam * s) ** sp.Rational(-1, 2)
    mean = s
    psi = lam * s - sp.log(1 + 2 * lam * s) / 2
    slope = 2 * lam * s**2 / (1 + 2 * lam * s)
    excess = 4 * lam**2 * s**3 / (1 + 2 * lam * s)
    quadratic = lam**2 * s**2
    below = quadratic - sp.Integral(excess.subs(lam, t), (t, 0, lam))
    return Derivation(
        name="chi-square-loss-cumulant",
        title="Cumulant of the squared loss",
        statement=(
            "The squared loss $l$ of a fixed $w$ has the lower cumulant $\\psi(\\lambda) = \\lambda s - "
            "\\ln(1 + 2 \\lambda s)/2$, which is at most $\\lambda^2 s^2$."
        ),
        quantity=r"\ln \mathbb{E} e^{-\lambda (l - \mathbb{E} l)}",
        assumptions=(
            "$y = x^T w^* + \\epsilon$ with $x \\sim N(0, \\Sigma)$ and $\\epsilon \\sim N(0, \\sigma^2)$ independent. So "
            "$y - x^T w$ is normal with variance $s = \\sigma^2 + (w - w^*)^T \\Sigma (w - w^*)$.",
            "The loss $l = (y - x^T w)^2$ is then $s q$ with $q$ a chi-square with one degree of freedom, of density "
            "$q^{-1/2} e^{-q/2}/\\sqrt{2 \\pi}$.",
            "$\\lambda > 0$.",
        ),
        conclusion=3,
        steps=(
            Step(
                "The Laplace transform of the loss: a gamma integral with exponent $q(1 + 2 \\lambda s)/2$.",
                sp.Integral(sp.exp(-lam * s * q) * DENSITY, (q, 0, sp.oo)),
                transform,
                quantity=r"\mathbb{E} e^{-\lambda l}",
            ),
            Step(
                "Its mean, $s$: minus the slope of the transform at $\\lambda = 0$.",
                -sp.Subs(sp.Derivative(transform, lam), lam, 0),
                mean,
                quantity=r"\mathbb{E} l",
                depends_on=(1,),
            ),
            Step(
                "Centre the loss and take logarithms.",
                sp.log(sp.exp(lam * mean) * transform),
                psi,
                quantity=r"\psi(\lambda)",
                depends_on=(1, 2),
            ),
            Step("Its slope.", sp.Derivative(psi, lam), slope, quantity=r"\psi'(\lambda)", depends_on=(3,)),
            Step(
                "The parabola $\\lambda^2 s^2$ rises faster, by this.",
                sp.Derivative(quadratic, lam) - slope,
                excess,
                depends_on=(4,),
            ),
            Step("Which is not negative.", excess, sp.Integer(0), relation=">=", depends_on=(5,)),
            Step(
                "Both start from zero at $\\lambda = 0$, so their difference is the integral $J$ of (5).",
                psi,
                below,
                quantity=r"\psi(\lambda)",
                depends_on=(3, 5),
            ),
            Step(
                "The integral $J$ of a function that is not negative is not negative.",
                below.replace(sp.Integral, lambda *_: J),
                quadratic,
                relation="<=",
                quantity=r"\psi(\lambda)",
                depends_on=(6, 7),
            ),
            Step(
                "The parabola is the best near $\\lambda = 0$: half the variance $2 s^2$ of the loss.",
                sp.Limit(psi / quadratic, lam, 0),
                sp.Integer(1),
                depends_on=(8,),
            ),
            Step(
                "For large $\\lambda$ the cumulant grows along a line only, as the loss cannot fall below zero: "
                "$l - \\mathbb{E} l$ is at least $-s$.",
                sp.Limit(psi / lam, lam, sp.oo),
                s,
                depends_on=(3,),
            ),
        ),
    )
