"""Law of the empirical risk of least squares, by Laplace transforms."""

from typing import Any

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, d, n, sigma

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

    proof = Proof("residual-chi-square-law", "Law of the empirical risk of least squares")
    proof.states(r"""For $n > d$, any $\Sigma$ and any $w^*$, $n L_S(W)/\sigma^2$ is $\chi^2_{n-d}$. So $L_S(W)$ has
        the density below at $l > 0$.""")
    proof.assumes(r"""$y = X w^* + \epsilon$ with $\epsilon \sim N(0, \sigma^2 I_n)$ independent of the $n \times d$
        matrix $X$, whose columns are independent.""")
    proof.assumes(r"""The residual is $y - X W = (I - H) \epsilon$, with $H$ the projection on the column space of $X$
        (derived in expected-empirical-risk), and $n L_S(W) = |y - X W|^2$.""")
    proof.assumes(r"""A law on the positive numbers is known once its Laplace transform $\mathbb{E} e^{-t q}$ is known
        for all $t > 0$.""")
    proof.requires(n > d)

    proof.step("rotation").because(r"""A rotation of two coordinates of the noise keeps the sum of their squares, and
        with it their joint density, which is a function of that sum. Every rotation is a product of such ones. So in
        an orthonormal basis that starts with $d$ vectors of the column space, the coordinates of $\epsilon$ are again
        independent $N(0, \sigma^2)$.""")
    proof.shows(turned, first**2 + second**2)

    proof.step("rank").because("The residual keeps all coordinates but the first $d$. Count them.")
    proof.shows(sp.Sum(1, (i, 1, n)) - sp.Sum(1, (i, 1, d)), degrees, quantity=r"\operatorname{tr}(I - H)")

    proof.step("coordinate", uses="rotation").because(r"""By (@rotation) the coordinates are alike. The square of one,
        over $\sigma^2$, has this Laplace transform: complete the Gaussian integral.""")
    proof.shows(
        sp.Integral(sp.exp(-t * e**2 / sigma**2) * _gaussian(e), (e, -sp.oo, sp.oo)),
        one,
        quantity=r"\mathbb{E}[e^{-t e_i^2/\sigma^2}]",
    )

    proof.step("transform", uses="rank, coordinate").because("""The transform of a sum of independent terms is the
        product of their transforms.""")
    proof.shows(sp.Product(one, (i, 1, degrees)), together, quantity=r"\mathbb{E}[e^{-t n L_S/\sigma^2}]")

    proof.step("chi-square", uses="transform").because(r"""The density of $\chi^2_k$ with $k = n - d$ has the
        transform (@transform): substitute $u = (1 + 2 t) x/2$ in the integral that defines $\Gamma(k/2)$. So
        $n L_S/\sigma^2$ is $\chi^2_{n-d}$.""")
    proof.shows(
        sp.Integral(sp.exp(-t * x) * density, (x, 0, sp.oo)),
        together.subs(n, d + k),
        quantity=r"\mathbb{E}[e^{-t \chi^2_k}]",
    )

    proof.step("density", uses="rank, chi-square").because(r"""Change the variable to $l = \sigma^2 x/n$, with
        $dx/dl = n/\sigma^2$.""")
    proof.shows(
        sp.Derivative(n * risk / sigma**2, risk) * density.subs({x: n * risk / sigma**2, k: degrees}),
        result,
        quantity="f(l)",
    )
    proof.concludes()

    proof.step("scaled", uses="transform").because(r"The scale $\sigma^2/n$ goes into $t$ of the transform (@transform).")
    proof.shows(sp.Subs(together, t, t * sigma**2 / n), transform, quantity=r"\mathbb{E}[e^{-t L_S}]")

    proof.step("mean", uses="scaled").because("""Minus its slope at $t = 0$ is the mean, and agrees with
        expected-empirical-risk.""")
    proof.shows(sp.Limit(-sp.Derivative(transform, t), t, 0), mean, quantity=r"\mathbb{E}[L_S(W)]")

    proof.step("variance", uses="scaled, mean").because("""Its second derivative at $t = 0$ is the mean square; take
        the square of the mean off.""")
    proof.shows(
        sp.Limit(sp.Derivative(transform, (t, 2)), t, 0) - mean**2, variance, quantity=r"\operatorname{Var}[L_S(W)]"
    )

    proof.check(
        "With many samples the empirical risk settles: its variance falls in proportion to $1/n$, with this factor.",
        uses="variance",
    ).shows(sp.Limit(n * variance, n, sp.oo), 2 * sigma**4, quantity=r"\lim_{n \to \infty} n \operatorname{Var}[L_S(W)]")
    proof.check(
        r"With one sample more than weights a single squared Gaussian is left, $\chi^2_1$, of mean square 3: (@variance) and (@mean).",
        uses="mean, variance",
    ).shows((variance + mean**2).subs(n, d + 1) * (d + 1) ** 2 / sigma**4, 3, quantity=r"\mathbb{E}[(n L_S(W)/\sigma^2)^2]")

    return proof.derivation()
