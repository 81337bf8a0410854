"""Expected population risk of least squares on a random design, for any covariance of the features."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, d, g, gaussian, m, n, sigma

j = sp.Symbol("j", positive=True, integer=True)
e = sp.Symbol("e", real=True)
t = sp.Symbol("t", real=True)
a = sp.Symbol("a", real=True)
r = sp.Symbol("r", positive=True)
q = sp.Symbol("q", positive=True)


def expected_population_risk() -> Derivation:
    """E L_mu = sigma^2 (n - 1) / (n - d - 1)."""
    prediction = sigma**2 + a**2
    risk = sigma**2 + r
    slope = 2 * sp.sqrt(g) * (sp.sqrt(g) * t - e)
    direction = sigma**2 / g
    entry = 1 / (n - d - 1)
    excess = sigma**2 * d / (n - d - 1)
    result = sigma**2 * (n - 1) / (n - d - 1)

    proof = Proof("expected-population-risk", "Expected population risk of least squares")
    proof.states(r"""For $n > d + 1$ the expected population risk of least squares is the same for every covariance
        $\Sigma$ of the features and for every $w^*$.""")
    proof.assumes(r"""The rows of $X$ are independent $N(0, \Sigma)$, and $y = X w^* + \epsilon$ with
        $\epsilon \sim N(0, \sigma^2 I_n)$ independent of $X$.""")
    proof.assumes(r"""$L_\mu(w) = \mathbb{E}(y_0 - x_0^\top w)^2$ for a new sample of the same kind; $W$ is the
        least-squares fit to $(X, y)$. Write $u = W - w^*$.""")
    proof.assumes(r"$Z = X \Sigma^{-1/2}$ has independent $N(0, 1)$ entries.")
    proof.requires(n > d + 1)

    proof.step("noise").because(r"""Fix the weights. A new sample has $y_0 - x_0^\top w = e - a$ with fresh noise
        $e \sim N(0, \sigma^2)$ and the error of prediction $a = x_0^\top u$. Average the square over the noise.""")
    proof.lemma(
        "gaussian-moments",
        {"V": sigma**2},
        line="distance",
        right=prediction,
        quantity=r"\mathbb{E}[(y_0 - x_0^\top w)^2 \mid x_0]",
    )

    proof.step("inputs").because(r"Over new inputs $a = x_0^\top u$ is $N(0, r)$ with $r = u^\top \Sigma u$.")
    proof.lemma("gaussian-moments", {"V": r, "e": a}, quantity=r"\mathbb{E}[(x_0^\top u)^2]")

    proof.step("risk", uses="noise, inputs").because("Put (@inputs) for $a^2$ in (@noise): $r$ is the excess risk.")
    proof.shows(sp.Subs(prediction, a, sp.sqrt(r)), risk, quantity=r"L_\mu(w)")

    proof.step("whitened").because(r"""Least squares minimizes $|X u - \epsilon|^2 = |Z t - \epsilon|^2$ over the
        whitened error $t = \Sigma^{1/2} u$, so $\Sigma$ drops out. In a singular direction of $Z$, with singular
        value $\sqrt{g}$, the noise has the coordinate $e$ and the cost is $(\sqrt{g} t - e)^2$. Its slope is zero at
        $t = e/\sqrt{g}$.""")
    proof.shows(sp.Derivative((sp.sqrt(g) * t - e) ** 2, t), slope)

    proof.step("direction", uses="risk, whitened").because(r"""The excess risk in (@risk) is
        $r = |\Sigma^{1/2} u|^2 = |t|^2$. Here is what one direction adds by (@whitened), in the mean over the noise.""")
    proof.lemma(
        "gaussian-moments",
        {"V": sigma**2},
        times=1 / g,
        left=sp.Integral(sp.solve(slope, t)[0] ** 2 * gaussian(e, sigma**2), (e, -sp.oo, sp.oo)),
        quantity=r"\mathbb{E}[t^2 \mid g]",
    )

    proof.step("diagonal").because(r"""The $g_j$ are the eigenvalues of $Z^\top Z$, so $\sum_j 1/g_j$ is the trace of
        $(Z^\top Z)^{-1}$. Each of its diagonal entries has this mean.""")
    proof.lemma("inverse-gram-diagonal", line="mean", quantity=r"\mathbb{E}[((Z^\top Z)^{-1})_{jj}]")

    proof.step("excess", uses="direction, diagonal").because("""Sum (@direction) over the directions, that is
        (@diagonal) over the $d$ diagonal entries.""")
    proof.shows(sp.Sum(direction.subs(g, 1 / entry), (j, 1, d)), excess, quantity=r"\mathbb{E}|t|^2")

    proof.step("total", uses="risk, excess").because("By (@risk) the noise of the new sample comes on top.")
    proof.shows(risk.subs(r, excess), result, quantity=r"\mathbb{E}[L_\mu(W)]")
    proof.concludes()

    proof.step(uses="total").because(r"""As $n$ falls to $d + 1$ the reciprocal of the risk falls to zero in
        proportion to $n - d - 1$, with this slope: the risk grows without bound, like $\sigma^2 d/(n - d - 1)$.""")
    proof.shows(sp.Limit(sp.Derivative(1 / result, n), n, d + 1), 1 / (sigma**2 * d))

    proof.check("With many samples only the noise is left.").shows(
        sp.Limit(result, n, sp.oo), sigma**2, quantity=r"\lim_{n \to \infty} \mathbb{E}[L_\mu(W)]"
    )
    proof.check(
        r"For $d = 1$ and $\Sigma = 1$ the matrix $Z^\top Z$ is one number $q \sim \chi^2_n$, with $n = m + 2$; the integral of (@risk) with (@direction) gives (@total).",
        uses="risk, direction, total",
    ).shows(
        sp.Integral(risk.subs(r, direction.subs(g, q)) * chi_square(q, m + 2), (q, 0, sp.oo)),
        result.subs({d: 1, n: m + 2}),
        quantity=r"\mathbb{E}[\sigma^2 + \sigma^2/q]",
    )

    return proof.derivation()
