"""Law of the excess population risk of least squares: a ratio of two chi-squares."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, d, m, n, nu, sigma

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

    proof = Proof("excess-risk-f-law", "Law of the excess risk of least squares")
    proof.states(r"""For $n \geq d$ and any $\Sigma$, $(L_\mu(W) - \sigma^2)/\sigma^2$ is $d/\nu$ times an $F_{d,\nu}$
        variable with $\nu = n - d + 1$. So the excess risk has the density below at $r > 0$.""")
    proof.assumes(r"""The rows of $X$ are independent $N(0, \Sigma)$, $y = X w^* + \epsilon$ with
        $\epsilon \sim N(0, \sigma^2 I_n)$ independent of $X$, and $W$ is the least-squares fit.""")
    proof.assumes(r"""With the whitened design $Z = X \Sigma^{-1/2}$ and $G_0 = Z^\top Z$, the excess risk is $|t|^2$
        for $t = \Sigma^{1/2} (W - w^*) = G_0^{-1} Z^\top \epsilon$ (derived in expected-population-risk).""")
    proof.assumes(r"""Given $Z$, $t$ is Gaussian with covariance
        $\sigma^2 G_0^{-1} Z^\top Z G_0^{-1} = \sigma^2 G_0^{-1}$. So $t = \sigma G_0^{-1/2} z$ with
        $z \sim N(0, I_d)$ independent of $Z$, and $|t|^2 = \sigma^2 z^\top G_0^{-1} z$.""")
    proof.assumes("$m = n - d - 1$ where a mean is taken.")
    proof.requires(n >= d)

    proof.step("schur").because(r"""Rotate the coordinates so that $z$ points along the first one; the law of $G_0$
        does not change, and does not depend on $z$. Now $z^\top G_0^{-1} z = |z|^2 a$ with $a = (G_0^{-1})_{11}$.
        Write $g$ for the first entry of $G_0$, $r$ for the rest of its first column, $B$ for the other block and
        $p = r^\top B^{-1} r$. The first column of $G_0^{-1}$ is $(a, -a B^{-1} r)$, and $a = 1/(g - p)$ solves
        $a g - a p = 1$.""")
    proof.shows(entry * column - entry * shadow, 1, quantity="(G_0 G_0^{-1})_{11}")

    proof.step("rank", uses="schur").because("""With $P$ the projection on the other $d - 1$ columns of $Z$, the
        $q = g - p$ of (@schur) is $|(I - P) z_1|^2$ for the first column $z_1$. The rank of a projection is its
        trace.""")
    proof.shows(sp.Sum(1, (i, 1, n)) - sp.Sum(1, (i, 1, d - 1)), degrees, quantity=r"\operatorname{tr}(I - P)")

    proof.step("law", uses="rank", cites="Cochran 1934, Theorem II").because(r"""
        The column $z_1 \sim N(0, I_n)$ is independent of $P$, so by (@rank) $q \sim \chi^2_\nu$ with
        $\nu = n - d + 1$, with this density.""")
    proof.shows(sp.Function("f")(q), scale, quantity="f_{|(I - P) z_1|^2}(q)")

    proof.step("ratio", uses="schur").because(r"""So the excess risk is $\sigma^2 A/q$, with $A = |z|^2 \sim \chi^2_d$
        independent of $q$.""")
    proof.shows(sp.Subs(length * entry, shadow, column - q), quadratic, quantity=r"|t|^2/\sigma^2")

    proof.step("density", uses="law, ratio").because(r"""Given $q$, $A = \rho q$ is where the ratio (@ratio) is
        $\rho$, and $dA/d\rho = q$. Average the density over $q$: the integrand is a power of $q$ times
        $e^{-q (1 + \rho)/2}$, again a gamma integral.""")
    proof.shows(
        sp.Integral(q * chi_square(sp.solve(quadratic - rho, length)[0], d) * scale, (q, 0, sp.oo)),
        ratio,
        quantity=r"f(\rho)",
    )

    proof.step(uses="density").because(r"Put $\rho = d x/\nu$: this is the density of $F_{d,\nu}$ as textbooks print it.")
    proof.shows(sp.Derivative(d * x / nu, x) * ratio.subs(rho, d * x / nu), textbook, quantity="f(x)")

    proof.step("law-of-risk", uses="rank, density").because(r"""Put $\rho = r/\sigma^2$ and $\nu = n - d + 1$: the
        density of the excess risk $r = \sigma^2 \rho$.""")
    proof.shows(
        sp.Derivative(risk / sigma**2, risk) * ratio.subs({rho: risk / sigma**2, nu: degrees}), result, quantity="f(r)"
    )
    proof.concludes()

    proof.step("above", uses="ratio").because("""For the mean, take the two chi-squares of (@ratio) apart. Above, a
        gamma integral.""")
    proof.shows(sp.Integral(x * chi_square(x, d), (x, 0, sp.oo)), over, quantity=r"\mathbb{E}[A]")

    proof.step("below", uses="law").because(r"""Below, another, with $\nu = m + 2$; it is finite for $m > 0$, so for
        $n > d + 1$.""")
    proof.shows(sp.Integral(scale.subs(nu, m + 2) / q, (q, 0, sp.oo)), under, quantity=r"\mathbb{E}[1/q]")

    proof.step("mean", uses="ratio, above, below").because(r"""They are independent, so the mean of (@ratio) is the
        product of (@above) and (@below). With $\Gamma(z + 1) = z \Gamma(z)$ it agrees with expected-population-risk.""")
    proof.shows(
        sigma**2 * quadratic.subs({length: over, q: 1 / under.subs(m, n - d - 1)}),
        mean,
        quantity=r"\mathbb{E}[r]",
        where={n: d + 1 + m},
        conditions=(n > d + 1,),
    )

    proof.step(uses="law-of-risk").because(r"""For $d = 1$ and many samples: the density of $n r$, in which $x = n r$,
        tends to that of $\sigma^2 \chi^2_1$. Shown is its ratio to its value at $x = \sigma^2$.""")
    proof.shows(
        sp.Limit((result.subs(risk, x / n) / result.subs(risk, sigma**2 / n)).subs(d, 1), n, sp.oo),
        sp.sqrt(sigma**2 / x) * sp.exp((1 - x / sigma**2) / 2),
        quantity=r"\lim_{n \to \infty} f(x/n)/f(\sigma^2/n)",
    )

    proof.check(r"For any $d$, $n$ times the mean tends to that of $\sigma^2 \chi^2_d$.", uses="mean").shows(
        sp.Limit(n * mean, n, sp.oo), sigma**2 * d, quantity=r"\lim_{n \to \infty} n\, \mathbb{E}[r]"
    )

    return proof.derivation()
