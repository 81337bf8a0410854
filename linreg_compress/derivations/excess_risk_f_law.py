"""Law of the excess population risk of least squares: a ratio of two chi-squares."""

import sympy as sp

from linreg_compress.derivations.densities import chi_square
from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import d, m, n, nu, sigma

i = sp.Symbol("i", positive=True, integer=True)
column = sp.Symbol("g", positive=True)
shadow = sp.Symbol("p", positive=True)
length = sp.Symbol("A", positive=True)
q = sp.Symbol("q", positive=True)
rho = sp.Symbol("rho", positive=True)
x = sp.Symbol("x", positive=True)
risk = sp.Symbol("r", positive=True)


def excess_risk_f_law() -> Derivation:
    """Law of the excess risk: (L_mu - sigma^2) / sigma^2 ~ (d/nu) F_{d, nu}, nu = n - d + 1."""
    entry = 1 / (column - shadow)
    degrees = n - d + 1
    scale = chi_square(q, degrees.subs(n, d + nu - 1))
    quadratic = length / q
    ratio = (
        rho ** (d / 2 - 1) * (1 + rho) ** (-(d + nu) / 2) * sp.gamma((d + nu) / 2) / (sp.gamma(d / 2) * sp.gamma(nu / 2))
    )
    textbook = (d / nu) ** (d / 2) * x ** (d / 2 - 1) * (1 + d * x / nu) ** (-(d + nu) / 2) * sp.gamma((d + nu) / 2)
    textbook = textbook / (sp.gamma(d / 2) * sp.gamma(nu / 2))
    result = sigma ** (n - d + 1) * risk ** (d / 2 - 1) * (sigma**2 + risk) ** (-(n + 1) / 2) * sp.gamma((n + 1) / 2)
    result = result / (sp.gamma(d / 2) * sp.gamma((n - d + 1) / 2))
    over = 2 * sp.gamma(d / 2 + 1) / sp.gamma(d / 2)
    under = sp.gamma(m / 2) / (2 * sp.gamma(m / 2 + 1))
    mean = sigma**2 * d / (n - d - 1)
    return Derivation(
        name="excess-risk-f-law",
        title="Law of the excess risk of least squares",
        statement="For $n \\geq d$ and any $\\Sigma$, $(L_\\mu(W) - \\sigma^2)/\\sigma^2$ is $d/\\nu$ times an $F_{d,\\nu}$ variable "
        "with $\\nu = n - d + 1$. So the excess risk has the density below at $r > 0$.",
        quantity="f(r)",
        assumptions=(
            "The rows of $X$ are independent $N(0, \\Sigma)$, $y = X w^* + \\epsilon$ with "
            "$\\epsilon \\sim N(0, \\sigma^2 I_n)$ independent of $X$, and $W$ is the least-squares fit.",
            "With the whitened design $Z = X \\Sigma^{-1/2}$ and $G_0 = Z^\\top Z$, the excess risk is $|t|^2$ for "
            "$t = \\Sigma^{1/2} (W - w^*) = G_0^{-1} Z^\\top \\epsilon$ (derived in expected-population-risk).",
            "Given $Z$, $t$ is Gaussian with covariance $\\sigma^2 G_0^{-1} Z^\\top Z G_0^{-1} = \\sigma^2 G_0^{-1}$. So "
            "$t = \\sigma G_0^{-1/2} z$ with $z \\sim N(0, I_d)$ independent of $Z$, and $|t|^2 = \\sigma^2 z^\\top G_0^{-1} z$.",
            "$m = n - d - 1$ where a mean is taken.",
        ),
        conditions=(n >= d,),
        conclusion=7,
        steps=(
            Step(
                "Rotate the coordinates so that $z$ points along the first one; the law of $G_0$ does not change, and does not "
                "depend on $z$. Now $z^\\top G_0^{-1} z = |z|^2 a$ with $a = (G_0^{-1})_{11}$. Write $g$ for the first entry "
                "of $G_0$, $r$ for the rest of its first column, $B$ for the other block and $p = r^\\top B^{-1} r$. The first "
                "column of $G_0^{-1}$ is $(a, -a B^{-1} r)$, and $a = 1/(g - p)$ solves $a g - a p = 1$.",
                entry * column - entry * shadow,
                sp.Integer(1),
                quantity=r"(G_0 G_0^{-1})_{11}",
            ),
            Step(
                "With $P$ the projection on the other $d - 1$ columns of $Z$, $q = g - p = |(I - P) z_1|^2$ for the first column "
                "$z_1$. The rank of a projection is its trace.",
                sp.Sum(1, (i, 1, n)) - sp.Sum(1, (i, 1, d - 1)),
                degrees,
                quantity=r"\operatorname{tr}(I - P)",
                depends_on=(1,),
            ),
            Step(
                "The column $z_1 \\sim N(0, I_n)$ is independent of $P$, so $q \\sim \\chi^2_\\nu$ with $\\nu = n - d + 1$, with this "
                "density.",
                sp.Function("f")(q),
                scale,
                quantity="f_{|(I - P) z_1|^2}(q)",
                depends_on=(2,),
                cites="Cochran 1934, Theorem II",
            ),
            Step(
                "So the excess risk is $\\sigma^2 A/q$, with $A = |z|^2 \\sim \\chi^2_d$ independent of $q$.",
                sp.Subs(length * entry, shadow, column - q),
                quadratic,
                quantity=r"|t|^2/\sigma^2",
                depends_on=(1,),
            ),
            Step(
                "Given $q$, $A = \\rho q$ is where the ratio is $\\rho$, and $dA/d\\rho = q$. Average the density over $q$: the "
                "integrand is a power of $q$ times $e^{-q (1 + \\rho)/2}$, again a gamma integral.",
                sp.Integral(q * chi_square(sp.solve(quadratic - rho, length)[0], d) * scale, (q, 0, sp.oo)),
                ratio,
                quantity=r"f(\rho)",
                depends_on=(3, 4),
            ),
            Step(
                "Put $\\rho = d x/\\nu$: this is the density of $F_{d,\\nu}$ as textbooks print it.",
                sp.Derivative(d * x / nu, x) * ratio.subs(rho, d * x / nu),
                textbook,
                quantity="f(x)",
                depends_on=(5,),
            ),
            Step(
                "Put $\\rho = r/\\sigma^2$ and $\\nu = n - d + 1$: the density of the excess risk $r = \\sigma^2 \\rho$.",
                sp.Derivative(risk / sigma**2, risk) * ratio.subs({rho: risk / sigma**2, nu: degrees}),
                result,
                quantity="f(r)",
                depends_on=(2, 5),
            ),
            Step(
                "For the mean, take the two chi-squares apart. Above, a gamma integral.",
                sp.Integral(x * chi_square(x, d), (x, 0, sp.oo)),
                over,
                quantity=r"\mathbb{E}[A]",
                depends_on=(4,),
            ),
            Step(
                "Below, another, with $\\nu = m + 2$; it is finite for $m > 0$, so for $n > d + 1$.",
                sp.Integral(scale.subs(nu, m + 2) / q, (q, 0, sp.oo)),
                under,
                quantity=r"\mathbb{E}[1/q]",
                depends_on=(3,),
            ),
            Step(
                "They are independent, so the mean of the ratio is the product. With $\\Gamma(z + 1) = z \\Gamma(z)$ it agrees with "
                "expected-population-risk.",
                sigma**2 * quadratic.subs({length: over, q: 1 / under.subs(m, n - d - 1)}),
                mean,
                quantity=r"\mathbb{E}[r]",
                depends_on=(4, 8, 9),
                where={n: d + 1 + m},
                conditions=(n > d + 1,),
            ),
            Step(
                "For $d = 1$ and many samples: the density of $n r$, in which $x = n r$, tends to that of $\\sigma^2 \\chi^2_1$. Shown "
                "is its ratio to its value at $x = \\sigma^2$.",
                sp.Limit((result.subs(risk, x / n) / result.subs(risk, sigma**2 / n)).subs(d, 1), n, sp.oo),
                sp.sqrt(sigma**2 / x) * sp.exp((1 - x / sigma**2) / 2),
                quantity=r"\lim_{n \to \infty} f(x/n)/f(\sigma^2/n)",
                depends_on=(7,),
            ),
            Step(
                "For any $d$, $n$ times the mean tends to that of $\\sigma^2 \\chi^2_d$.",
                sp.Limit(n * mean, n, sp.oo),
                sigma**2 * d,
                quantity=r"\lim_{n \to \infty} n\, \mathbb{E}[r]",
                depends_on=(10,),
            ),
        ),
    )
