"""Law of the empirical risk of least squares, by Laplace transforms."""

from typing import Any

import sympy as sp

from linreg_compress.derivations.densities import chi_square
from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import d, n, sigma

i = sp.Symbol("i", positive=True, integer=True)
k = sp.Symbol("k", positive=True, integer=True)
t = sp.Symbol("t", positive=True)
x = sp.Symbol("x", positive=True)
risk = sp.Symbol("l", positive=True)
e = sp.Symbol("e", real=True)
first = sp.Symbol("e_1", real=True)
second = sp.Symbol("e_2", real=True)
angle = sp.Symbol("phi", real=True)


def _gaussian(value: Any) -> Any:
    return sp.exp(-(value**2) / (2 * sigma**2)) / sp.sqrt(2 * sp.pi * sigma**2)


def residual_chi_square_law() -> Derivation:
    """Law of the empirical risk: n L_S / sigma^2 ~ chi^2_{n-d}."""
    turned = (first * sp.cos(angle) - second * sp.sin(angle)) ** 2 + (first * sp.sin(angle) + second * sp.cos(angle)) ** 2
    degrees = n - d
    one = (1 + 2 * t) ** -sp.Rational(1, 2)
    together = (1 + 2 * t) ** (-(n - d) / 2)
    density = chi_square(x, k)
    transform = (1 + 2 * t * sigma**2 / n) ** (-(n - d) / 2)
    mean = sigma**2 * (1 - d / n)
    variance = 2 * sigma**4 * (n - d) / n**2
    result = (
        (n / (2 * sigma**2)) ** ((n - d) / 2) * risk ** ((n - d) / 2 - 1) * sp.exp(-n * risk / (2 * sigma**2))
    ) / sp.gamma((n - d) / 2)
    return Derivation(
        name="residual-chi-square-law",
        title="Law of the empirical risk of least squares",
        statement="For $n > d$, any $\\Sigma$ and any $w^*$, $n L_S(W)/\\sigma^2$ is $\\chi^2_{n-d}$. So $L_S(W)$ has the density "
        "below at $l > 0$.",
        quantity="f(l)",
        assumptions=(
            "$y = X w^* + \\epsilon$ with $\\epsilon \\sim N(0, \\sigma^2 I_n)$ independent of the $n \\times d$ matrix $X$, "
            "whose columns are independent.",
            "The residual is $y - X W = (I - H) \\epsilon$, with $H$ the projection on the column space of $X$ (derived in "
            "expected-empirical-risk), and $n L_S(W) = |y - X W|^2$.",
            "A law on the positive numbers is known once its Laplace transform $\\mathbb{E} e^{-t q}$ is known for all $t > 0$.",
        ),
        conditions=(n > d,),
        conclusion=6,
        steps=(
            Step(
                "A rotation of two coordinates of the noise keeps the sum of their squares, and with it their joint density, "
                "which is a function of that sum. Every rotation is a product of such ones. So in an orthonormal basis that "
                "starts with $d$ vectors of the column space, the coordinates of $\\epsilon$ are again independent "
                "$N(0, \\sigma^2)$.",
                turned,
                first**2 + second**2,
            ),
            Step(
                "The residual keeps all coordinates but the first $d$. Count them.",
                sp.Sum(1, (i, 1, n)) - sp.Sum(1, (i, 1, d)),
                degrees,
                quantity=r"\operatorname{tr}(I - H)",
            ),
            Step(
                "The square of one coordinate, over $\\sigma^2$, has this Laplace transform: complete the Gaussian integral.",
                sp.Integral(sp.exp(-t * e**2 / sigma**2) * _gaussian(e), (e, -sp.oo, sp.oo)),
                one,
                quantity=r"\mathbb{E}[e^{-t e_i^2/\sigma^2}]",
                depends_on=(1,),
            ),
            Step(
                "The transform of a sum of independent terms is the product of their transforms.",
                sp.Product(one, (i, 1, degrees)),
                together,
                quantity=r"\mathbb{E}[e^{-t n L_S/\sigma^2}]",
                depends_on=(2, 3),
            ),
            Step(
                "The density of $\\chi^2_k$ with $k = n - d$ has the same transform: substitute $u = (1 + 2 t) x/2$ in the "
                "integral that defines $\\Gamma(k/2)$. So $n L_S/\\sigma^2$ is $\\chi^2_{n-d}$.",
                sp.Integral(sp.exp(-t * x) * density, (x, 0, sp.oo)),
                together.subs(n, d + k),
                quantity=r"\mathbb{E}[e^{-t \chi^2_k}]",
                depends_on=(4,),
            ),
            Step(
                "Change the variable to $l = \\sigma^2 x/n$, with $dx/dl = n/\\sigma^2$.",
                sp.Derivative(n * risk / sigma**2, risk) * density.subs({x: n * risk / sigma**2, k: degrees}),
                result,
                quantity="f(l)",
                depends_on=(2, 5),
            ),
            Step(
                "The scale $\\sigma^2/n$ goes into $t$ of the transform (4).",
                sp.Subs(together, t, t * sigma**2 / n),
                transform,
                quantity=r"\mathbb{E}[e^{-t L_S}]",
                depends_on=(4,),
            ),
            Step(
                "Minus its slope at $t = 0$ is the mean, and agrees with expected-empirical-risk.",
                sp.Limit(-sp.Derivative(transform, t), t, 0),
                mean,
                quantity=r"\mathbb{E}[L_S(W)]",
                depends_on=(7,),
            ),
            Step(
                "Its second derivative at $t = 0$ is the mean square; take the square of the mean off.",
                sp.Limit(sp.Derivative(transform, (t, 2)), t, 0) - mean**2,
                variance,
                quantity=r"\operatorname{Var}[L_S(W)]",
                depends_on=(7, 8),
            ),
            Step(
                "With many samples the empirical risk settles: its variance falls in proportion to $1/n$, with this factor.",
                sp.Limit(n * variance, n, sp.oo),
                2 * sigma**4,
                quantity=r"\lim_{n \to \infty} n \operatorname{Var}[L_S(W)]",
                depends_on=(9,),
            ),
            Step(
                "With one sample more than weights a single squared Gaussian is left, $\\chi^2_1$, of mean square 3.",
                (variance + mean**2).subs(n, d + 1) * (d + 1) ** 2 / sigma**4,
                sp.Integer(3),
                quantity=r"\mathbb{E}[(n L_S(W)/\sigma^2)^2]",
                depends_on=(8, 9),
            ),
        ),
    )
