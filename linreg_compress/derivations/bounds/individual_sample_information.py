"""What the compressed weights know of one training label, and how much they gain from it."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, h, n, sigma

x = sp.Symbol("x", real=True)
V = sp.Symbol("V", positive=True)


def individual_sample_information() -> Derivation:
    """I(What; y_i | X) and the per-sample generalization error of the design-aware codec."""
    spread = (1 - delta) * sigma**2  # Cov(What) = spread G^{-1}
    cross = (1 - delta) * sigma**2  # Cov(What, y_i) = cross G^{-1} x_i
    left_over = sigma**2 * (1 - (1 - delta) * h)
    entropy = sp.log(2 * sp.pi * sp.E * V) / 2
    info = -sp.log(1 - (1 - delta) * h) / 2
    full = -sp.log(1 - h) / 2
    per_sample = 2 * (1 - delta) * h * sigma**2

    proof = Proof("individual-sample-information", "Information about one training label")
    proof.states(r"""For the design-aware Gaussian codec and a training input with leverage $h = x_i^T G^{-1} x_i$ the
        compressed weights hold $-\ln(1 - (1 - \delta) h)/2$ nats about $y_i$.""")
    proof.assumes(r"""$X$ is given, $G = X^T X$ is invertible, $y = X w^* + \epsilon$ with
        $\epsilon \sim N(0, \sigma^2 I_n)$, and $W = w^* + G^{-1} X^T \epsilon$ is least squares, with covariance
        $\sigma^2 G^{-1}$.""")
    proof.assumes(r"""$\hat{W} = w^* + (1 - \delta)(W - w^*) + \sqrt{\delta (1 - \delta)} \sigma G^{-1/2} z$ with
        $z \sim N(0, I_d)$ independent: the optimal channel at normalized distortion $\delta$. All is jointly
        Gaussian.""")
    proof.requires(delta < 1, h < 1, n > d)

    proof.step("covariance").because(r"""The covariance of $\hat{W}$ is a multiple of $G^{-1}$: that of the shrunken
        $W$ and that of the noise.""")
    proof.shows((1 - delta) ** 2 * sigma**2 + delta * (1 - delta) * sigma**2, spread, quantity=r"Cov(\hat{W}) G")

    proof.step("left-over", uses="covariance").because(r"""The covariance of $W$ with $y_i$ is $G^{-1} x_i \sigma^2$,
        that of $\hat{W}$ is $(1 - \delta)$ times it. Regress $y_i$ on $\hat{W}$: its variance $\sigma^2$ falls by
        $k^T C^{-1} k$, with $k$ this covariance and $C$ that of (@covariance), and $x_i^T G^{-1} G G^{-1} x_i = h$.""")
    proof.shows(sigma**2 - cross**2 * h / spread, left_over, quantity=r"Var(y_i \mid \hat{W}, X)")

    proof.step("entropy").because("The entropy of a normal variable with variance $V$.")
    proof.lemma("gaussian-moments", {"e": x}, line="entropy", right=entropy, quantity="H(V)")

    proof.step("information", uses="left-over, entropy").because(r"""The information is the fall of the entropy
        (@entropy) of $y_i$, from variance $\sigma^2$ to that of (@left-over).""")
    proof.shows(
        entropy.subs(V, sigma**2) - entropy.subs(V, left_over),
        info,
        quantity=r"I(\hat{W}; y_i \mid X)",
        where={delta: 1 / (1 + V), h: 1 / (1 + x**2)},
    )
    proof.concludes()

    proof.step("gain", uses="covariance, left-over").because(r"""How much does the fit gain from $y_i$? The prediction
        $x_i^T \hat{W}$ has variance $k h$ by (@covariance) and, at the training label, covariance $k h$ with $y_i$ by
        (@left-over), with $k = (1 - \delta) \sigma^2$; a fresh label has covariance zero. The mean loss is the sum of
        the variances minus two covariances.""")
    proof.shows(
        sp.Add(sigma**2 + spread * h, -(sigma**2 + spread * h - 2 * cross * h), evaluate=False),
        per_sample,
        quantity="gen_i",
    )

    proof.step("least-squares", uses="information").because(r"""At infinite rate, $\delta = 0$, there is that of least
        squares.""")
    proof.shows(sp.Limit(info, delta, 0), full)

    proof.check(
        "Averaged over the sample the leverages are $d/n$, as the trace of $X G^{-1} X^T$ is $d$: the same-inputs generalization error.",
        uses="gain",
    ).shows(sp.Subs(per_sample, h, d / n), 2 * (1 - delta) * sigma**2 * d / n, quantity="gen")
    proof.check(r"At rate zero, $\delta = 1$, there is no information.").shows(sp.Limit(info, delta, 1, "-"), 0)
    proof.check("That is infinite at a leverage of one: there the fit repeats the label.", uses="least-squares").shows(
        sp.Limit(sp.exp(-2 * full), h, 1, "-"), 0, quantity="e^{-2 I}"
    )

    return proof.derivation()
