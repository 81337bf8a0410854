"""Law of one least-squares weight: a Gaussian whose variance is random."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, d, gaussian, m, n, nu, sigma

i = sp.Symbol("i", positive=True, integer=True)
column = sp.Symbol("g", positive=True)
shadow = sp.Symbol("p", positive=True)
q = sp.Symbol("q", positive=True)
x = sp.Symbol("x", positive=True)
t = sp.Symbol("t", positive=True)
square = sp.Symbol("r", positive=True)


def weight_t_law() -> Derivation:
    """Law of one weight: W_j - w*_j = (sigma / sqrt(nu)) t_nu, nu = n - d + 1."""
    entry = 1 / (column - shadow)
    degrees = n - d + 1
    scale = chi_square(q, degrees.subs(n, d + nu - 1))
    spread = sigma**2 / q
    weight = sp.gamma((nu + 1) / 2) / (sp.sqrt(sp.pi) * sigma * sp.gamma(nu / 2)) * (1 + x**2 / sigma**2) ** (-(nu + 1) / 2)
    result = sp.gamma((nu + 1) / 2) / (sp.sqrt(sp.pi * nu) * sp.gamma(nu / 2)) * (1 + t**2 / nu) ** (-(nu + 1) / 2)
    vector = sp.gamma((d + nu) / 2) / (sp.sqrt(sp.pi) ** d * sigma**d * sp.gamma(nu / 2))
    vector = vector * (1 + square / sigma**2) ** (-(d + nu) / 2)
    variance = sigma**2 * sp.gamma(m / 2) / (2 * sp.gamma(m / 2 + 1))

    proof = Proof("weight-t-law", "Law of one least-squares weight")
    proof.states(r"""For $n \geq d$ and $\Sigma = I$, each $W_j - w^*_j$ is $\sigma/\sqrt{\nu}$ times a Student $t$
        variable with $\nu = n - d + 1$ degrees of freedom, with variance $v = \sigma^2/(n - d - 1)$ for $n > d + 1$.
        Its density at $t = \sqrt{\nu} (W_j - w^*_j)/\sigma$ is shown.""")
    proof.assumes(r"""$X$ has independent $N(0, 1)$ entries, $y = X w^* + \epsilon$ with
        $\epsilon \sim N(0, \sigma^2 I_n)$ independent of $X$, and $W$ is the least-squares fit. Write $G = X^\top X$.""")
    proof.assumes(r"""$W - w^* = G^{-1} X^\top \epsilon$. So, given $X$, it is Gaussian with mean 0 and covariance
        $\sigma^2 G^{-1} X^\top X G^{-1} = \sigma^2 G^{-1}$.""")
    proof.assumes("""Densities below are even; they are written for positive arguments. $m = n - d - 1$ where a
        variance is taken.""")
    proof.requires(n >= d)

    proof.step("schur").because(r"""One weight has, given $X$, the variance $\sigma^2 a$ with $a = (G^{-1})_{jj}$;
        order the features so that $j = 1$. Write $g$ for the first entry of $G$, $r$ for the rest of its first
        column, $B$ for the other block and $p = r^\top B^{-1} r$. The first column of $G^{-1}$ is $(a, -a B^{-1} r)$,
        and $a = 1/(g - p)$ solves $a g - a p = 1$.""")
    proof.shows(entry * column - entry * shadow, 1, quantity="(G G^{-1})_{11}")

    proof.step("rank", uses="schur").because("""With $P$ the projection on the other $d - 1$ columns of $X$,
        $q = g - p = |(I - P) x_1|^2$ for the first column $x_1$. The rank of a projection is its trace.""")
    proof.shows(sp.Sum(1, (i, 1, n)) - sp.Sum(1, (i, 1, d - 1)), degrees, quantity=r"\operatorname{tr}(I - P)")

    proof.step("law", uses="rank", cites="Cochran 1934, Theorem II").because(r"""
        The column $x_1 \sim N(0, I_n)$ is independent of $P$, so $q \sim \chi^2_\nu$ with $\nu = n - d + 1$, with
        this density.""")
    proof.shows(sp.Function("f")(q), scale, quantity="f_{|(I - P) x_1|^2}(q)")

    proof.step("variance-given-q", uses="schur").because(r"So the variance of the weight is random, $\sigma^2/q$.")
    proof.shows(sp.Subs(sigma**2 * entry, shadow, column - q), spread, quantity=r"\sigma^2 a")

    proof.step("density", uses="law, variance-given-q").because(r"""Average the Gaussian density over $q$. The
        integrand is a power of $q$ times $e^{-q (1 + x^2/\sigma^2)/2}$: a gamma integral.""")
    proof.shows(sp.Integral(gaussian(x, spread) * scale, (q, 0, sp.oo)), weight, quantity="f(x)")

    proof.step("student", uses="density").because(r"""Put $x = \sigma t/\sqrt{\nu}$: this is Student's density with
        $\nu$ degrees of freedom.""")
    proof.shows(
        sp.Derivative(sigma * t / sp.sqrt(nu), t) * weight.subs(x, sigma * t / sp.sqrt(nu)), result, quantity="f(t)"
    )
    proof.concludes()

    proof.step("vector", uses="law, variance-given-q").because(r"""All weights share one $q$: rotate the coordinates
        so that $z$ in $W - w^* = \sigma G^{-1/2} z$ lies along the first; then $|W - w^*|^2 = \sigma^2 |z|^2/q$, and
        the direction is uniform. So $W - w^* = \sigma z/\sqrt{q}$ in law, and with $r = |W - w^*|^2$ the density of
        the whole vector is a multivariate $t$.""")
    proof.shows(
        sp.Integral(gaussian(sp.sqrt(square), spread) * gaussian(0, spread) ** (d - 1) * scale, (q, 0, sp.oo)),
        vector,
        quantity="f(W - w^*)",
    )

    proof.step("gamma-integral", uses="law, variance-given-q").because(r"""The variance is the mean of $\sigma^2/q$.
        With $\nu = m + 2$ it is a gamma integral, finite for $m > 0$.""")
    proof.shows(sp.Integral(spread * scale.subs(nu, m + 2), (q, 0, sp.oo)), variance, quantity=r"\operatorname{Var}[W_j]")

    proof.check("With $d = 1$ it is the density of one weight.", uses="density, vector").shows(
        sp.Subs(vector, (d, square), (1, x**2)), weight, quantity="f(x)"
    )
    proof.check(
        r"Put $m = n - d - 1$ back and use $\Gamma(z + 1) = z \Gamma(z)$.", label="variance", uses="gamma-integral"
    ).shows(
        variance.subs(m, n - d - 1), sigma**2 / (n - d - 1), quantity="v", where={n: d + 1 + m}, conditions=(n > d + 1,)
    )
    proof.check("With many samples the $t$ law becomes Gaussian. Shown is the ratio to the density at zero.").shows(
        sp.Limit(result / result.subs(t, 0), nu, sp.oo), sp.exp(-(t**2) / 2), quantity=r"\lim_{\nu \to \infty} f(t)/f(0)"
    )
    proof.check(
        r"With $n = d$ the matrix is square, $\nu = 1$, and the weight is Cauchy: it has no variance.", uses="rank, student"
    ).shows(sp.Subs(result, nu, degrees.subs(n, d)), 1 / (sp.pi * (1 + t**2)), quantity="f(t)")

    return proof.derivation()
