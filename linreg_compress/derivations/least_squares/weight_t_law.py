"""Law of one least-squares weight: a Gaussian whose variance is random."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, d, gaussian, n, nu, sigma

i = sp.Symbol("i", positive=True, integer=True)
column = sp.Symbol("g", positive=True)
shadow = sp.Symbol("p", positive=True)
q = sp.Symbol("q", positive=True)
x = sp.Symbol("x", positive=True)
t = sp.Symbol("t", positive=True)
square = sp.Symbol("r", positive=True)


def weight_t_law() -> Derivation:
    """Law of one weight: W_j - w*_j = (sigma / sqrt(nu)) t_nu, nu = n - d + 1."""
    degrees = n - d + 1
    scale = chi_square(q, nu)
    spread = sigma**2 / q
    weight = sp.gamma((nu + 1) / 2) / (sp.sqrt(sp.pi) * sigma * sp.gamma(nu / 2)) * (1 + x**2 / sigma**2) ** (-(nu + 1) / 2)
    result = sp.gamma((nu + 1) / 2) / (sp.sqrt(sp.pi * nu) * sp.gamma(nu / 2)) * (1 + t**2 / nu) ** (-(nu + 1) / 2)
    vector = sp.gamma((d + nu) / 2) / (sp.sqrt(sp.pi) ** d * sigma**d * sp.gamma(nu / 2))
    vector = vector * (1 + square / sigma**2) ** (-(d + nu) / 2)

    proof = Proof("weight-t-law", "Law of one least-squares weight")
    proof.states(r"""For $n \geq d$ and $\Sigma = I$, each $W_j - w^*_j$ is $\sigma/\sqrt{\nu}$ times a Student $t$
        variable with $\nu = n - d + 1$ degrees of freedom, with variance $v = \sigma^2/(n - d - 1)$ for $n > d + 1$.
        Its density at $t = \sqrt{\nu} (W_j - w^*_j)/\sigma$ is shown.""")
    proof.assumes(r"""$X$ has independent $N(0, 1)$ entries, $y = X w^* + \epsilon$ with
        $\epsilon \sim N(0, \sigma^2 I_n)$ independent of $X$, and $W$ is the least-squares fit. Write $G = X^\top X$.""")
    proof.assumes(r"""$W - w^* = G^{-1} X^\top \epsilon$. So, given $X$, it is Gaussian with mean 0 and covariance
        $\sigma^2 G^{-1} X^\top X G^{-1} = \sigma^2 G^{-1}$.""")
    proof.assumes("Densities below are even; they are written for positive arguments.")
    proof.requires(n >= d)

    proof.step("law").because(r"""One weight has, given $X$, the variance $\sigma^2/q$ with $1/q = (G^{-1})_{jj}$.
        Here $q$ is $\chi^2_\nu$ with $\nu = n - d + 1$, so $n = d + \nu - 1$.""")
    proof.lemma("inverse-gram-diagonal", {"n": d + nu - 1, "x": q}, quantity=r"\mathbb{E}[e^{-t q}]")

    proof.step("density", uses="law").because(r"""Average the Gaussian density over $q$. The integrand is a power of
        $q$ times $e^{-q (1 + x^2/\sigma^2)/2}$: a gamma integral.""")
    proof.shows(sp.Integral(gaussian(x, spread) * scale, (q, 0, sp.oo)), weight, quantity="f(x)")

    proof.step("student", uses="density").because(r"""Put $x = \sigma t/\sqrt{\nu}$: this is Student's density with
        $\nu$ degrees of freedom.""")
    proof.shows(
        sp.Derivative(sigma * t / sp.sqrt(nu), t) * weight.subs(x, sigma * t / sp.sqrt(nu)), result, quantity="f(t)"
    )
    proof.concludes()

    proof.step("vector", uses="law").because(r"""All weights share one $q$: rotate the coordinates so that $z$ in
        $W - w^* = \sigma G^{-1/2} z$ lies along the first; then $|W - w^*|^2 = \sigma^2 |z|^2/q$, and the direction
        is uniform. So $W - w^* = \sigma z/\sqrt{q}$ in law, and with $r = |W - w^*|^2$ the density of the whole
        vector is a multivariate $t$.""")
    proof.shows(
        sp.Integral(gaussian(sp.sqrt(square), spread) * gaussian(0, spread) ** (d - 1) * scale, (q, 0, sp.oo)),
        vector,
        quantity="f(W - w^*)",
    )

    proof.step("variance", uses="law").because(r"""The variance is the mean of $\sigma^2/q$ in (@law), finite for
        $n > d + 1$.""")
    proof.lemma(
        "inverse-gram-diagonal", line="mean", times=sigma**2, quantity=r"\operatorname{Var}[W_j]", conditions=(n > d + 1,)
    )

    proof.check("With $d = 1$ it is the density of one weight.", uses="density, vector").shows(
        sp.Subs(vector, (d, square), (1, x**2)), weight, quantity="f(x)"
    )
    proof.check("With many samples the $t$ law becomes Gaussian. Shown is the ratio to the density at zero.").shows(
        sp.Limit(result / result.subs(t, 0), nu, sp.oo), sp.exp(-(t**2) / 2), quantity=r"\lim_{\nu \to \infty} f(t)/f(0)"
    )
    proof.check(
        r"With $n = d$ the matrix is square, $\nu = 1$, and the weight is Cauchy: it has no variance.", uses="student"
    ).shows(sp.Subs(result, nu, degrees.subs(n, d)), 1 / (sp.pi * (1 + t**2)), quantity="f(t)")

    return proof.derivation()
