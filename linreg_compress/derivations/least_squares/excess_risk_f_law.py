"""Law of the excess population risk of least squares: a ratio of two chi-squares."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, d, n, nu, sigma

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
    scale = chi_square(q, nu)
    quadratic = length / q
    ratio = (
        rho ** (d / 2 - 1) * (1 + rho) ** (-(d + nu) / 2) * sp.gamma((d + nu) / 2) / (sp.gamma(d / 2) * sp.gamma(nu / 2))
    )
    textbook = (d / nu) ** (d / 2) * x ** (d / 2 - 1) * (1 + d * x / nu) ** (-(d + nu) / 2) * sp.gamma((d + nu) / 2)
    textbook = textbook / (sp.gamma(d / 2) * sp.gamma(nu / 2))
    result = sigma ** (n - d + 1) * risk ** (d / 2 - 1) * (sigma**2 + risk) ** (-(n + 1) / 2) * sp.gamma((n + 1) / 2)
    result = result / (sp.gamma(d / 2) * sp.gamma((n - d + 1) / 2))
    mean = sigma**2 * d / (n - d - 1)

    proof = Proof("excess-risk-f-law", "Law of the excess risk of least squares")
    proof.states(r"""For $n \geq d$ and any $\Sigma$, $(L_\mu(W) - \sigma^2)/\sigma^2$ is $d/\nu$ times an $F_{d,\nu}$
        variable with $\nu = n - d + 1$. So the excess risk has the density below at $r > 0$.""")
    proof.assumes(r"""The rows of $X$ are independent $N(0, \Sigma)$, $y = X w^* + \epsilon$ with
        $\epsilon \sim N(0, \sigma^2 I_n)$ independent of $X$, and $W$ is the least-squares fit.""")
    proof.assumes(r"""With the whitened design $Z = X \Sigma^{-1/2}$ and $G_0 = Z^\top Z$, the excess risk is $|t|^2$
        for $t = \Sigma^{1/2} (W - w^*) = G_0^{-1} Z^\top \epsilon$.""")
    proof.assumes(r"""Given $Z$, $t$ is Gaussian with covariance
        $\sigma^2 G_0^{-1} Z^\top Z G_0^{-1} = \sigma^2 G_0^{-1}$. So $t = \sigma G_0^{-1/2} z$ with
        $z \sim N(0, I_d)$ independent of $Z$, and $|t|^2 = \sigma^2 z^\top G_0^{-1} z$.""")
    proof.requires(n >= d)

    proof.step("schur").because(r"""Rotate the coordinates so that $z$ points along the first one; the law of $G_0$
        does not change, and does not depend on $z$. Now $z^\top G_0^{-1} z = |z|^2 a$ with $a = (G_0^{-1})_{11}$.
        Write $g$ for the first entry of $G_0$, $r$ for the rest of its first column, $B$ for the other block and
        $p = r^\top B^{-1} r$. Then $a = 1/(g - p)$.""")
    proof.lemma("inverse-gram-diagonal", line="schur", quantity="(G_0 G_0^{-1})_{11}")

    proof.step("law", uses="schur").because(r"""The $q = g - p = 1/a$ of (@schur) is $\chi^2_\nu$ with
        $\nu = n - d + 1$, so $n = d + \nu - 1$.""")
    proof.lemma("inverse-gram-diagonal", {"n": d + nu - 1, "x": q}, quantity=r"\mathbb{E}[e^{-t q}]")

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

    proof.step("law-of-risk", uses="density").because(r"""Put $\rho = r/\sigma^2$ and $\nu = n - d + 1$: the density
        of the excess risk $r = \sigma^2 \rho$.""")
    proof.shows(
        sp.Derivative(risk / sigma**2, risk) * ratio.subs({rho: risk / sigma**2, nu: degrees}), result, quantity="f(r)"
    )
    proof.concludes()

    proof.step(uses="density").because(r"Put $\rho = d x/\nu$: this is the density of $F_{d,\nu}$ as textbooks print it.")
    proof.shows(sp.Derivative(d * x / nu, x) * ratio.subs(rho, d * x / nu), textbook, quantity="f(x)")

    proof.step("mean").because("The excess risk $|t|^2$ has this mean.")
    proof.lemma("expected-population-risk", line="excess", quantity=r"\mathbb{E}[r]", conditions=(n > d + 1,))

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
