"""Expected empirical risk of least squares, from the trace of the projection on the columns of X."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, n, sigma

i = sp.Symbol("i", positive=True, integer=True)
e = sp.Symbol("e", real=True)
kappa = sp.Symbol("kappa", real=True)
mu = sp.Symbol("mu", real=True)


def expected_empirical_risk() -> Derivation:
    """E L_S = sigma^2 (1 - d/n)."""
    residual = (1 - kappa) * e + (kappa - kappa**2) * mu
    square = sigma**2 * (1 - 2 * kappa + kappa**2)
    rank = d
    total = sigma**2 * (n - d)
    result = sigma**2 * (1 - d / n)

    proof = Proof("expected-empirical-risk", "Expected empirical risk of least squares")
    proof.states(r"""For $n \geq d$ the training residual of least squares is smaller than the noise by the factor
        $1 - d/n$, for any $\Sigma$, and for any fixed $X$ with independent columns.""")
    proof.assumes(r"""$y = X w^* + \epsilon$ with $\epsilon \sim N(0, \sigma^2 I_n)$ independent of $X$, which is
        $n \times d$ with linearly independent columns (a Gaussian $X$ with $n \geq d$ has them with probability one).""")
    proof.assumes(r"""$L_S(w) = |y - X w|^2/n$ is least at $W = (X^\top X)^{-1} X^\top y$. So $X W = H y$ with
        $H = X (X^\top X)^{-1} X^\top$, which is symmetric with $H^2 = H$ and $H X = X$.""")
    proof.requires(n >= d)

    proof.step("residual").because(r"""Take coordinates along the eigenvectors of $H$. One of them, with eigenvalue
        $\kappa$, sees the noise as $e$ and the signal $X w^* = H X w^*$ as $\kappa \mu$. The residual is $I - H$
        applied to their sum. Since $H^2 = H$, $\kappa^2 = \kappa$ and the last term vanishes: the residual does not
        see the signal.""")
    proof.shows((1 - kappa) * (kappa * mu + e), residual, quantity="((I - H) y)_i")

    proof.step("square", uses="residual").because(r"""The coordinate $e$ is $N(0, \sigma^2)$, because a rotation of
        $\epsilon$ has the same law. Its residual by (@residual) is $(1 - \kappa) e$; take the mean square.""")
    proof.lemma(
        "gaussian-moments",
        {"V": sigma**2},
        times=(1 - kappa) ** 2,
        right=square,
        quantity=r"\mathbb{E}[((I - H) y)_i^2]",
    )

    proof.step("trace").because(r"""Every eigenvalue is 0 or 1, so their sum, the trace of $H$, counts the ones. A
        trace does not change when its factors are rotated:
        $\operatorname{tr} H = \operatorname{tr}[(X^\top X)^{-1} X^\top X]$, the trace of $I_d$.""")
    proof.shows(sp.Sum(1, (i, 1, d)), rank, quantity=r"\operatorname{tr} H")

    proof.step("sum", uses="square, trace").because(r"""The $d$ coordinates with $\kappa = 1$ are fitted exactly and
        add nothing. Each of the other $n - d$, with $\kappa = 0$ in (@square), adds $\sigma^2$.""")
    proof.shows(sp.Sum(square.subs(kappa, 0), (i, rank + 1, n)), total, quantity=r"\mathbb{E}|y - X W|^2")

    proof.step("risk", uses="sum").because("Divide by the number of samples.")
    proof.shows(total / n, result, quantity=r"\mathbb{E}[L_S(W)]")
    proof.concludes()

    proof.check("With many samples the fit cannot chase the noise, and the empirical risk is the noise variance.").shows(
        sp.Limit(result, n, sp.oo), sigma**2, quantity=r"\lim_{n \to \infty} \mathbb{E}[L_S(W)]"
    )
    proof.check("With as many weights as samples the fit passes through every point.").shows(
        sp.Subs(result, n, d), 0, quantity=r"\mathbb{E}[L_S(W)]"
    )
    proof.check(
        "For $d = 1$ one of the $n$ terms of the noise is lost, as in the variance of a sample around its mean."
    ).shows(n * result.subs(d, 1), sigma**2 * (n - 1), quantity=r"n\, \mathbb{E}[L_S(W)]")

    return proof.derivation()
