"""Risks after the design-aware Gaussian channel with the codebook centred at the true weights."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, m, n, sigma

j = sp.Symbol("j", positive=True, integer=True)

SPARE = {n: d + 1 + m}


def aware_channel_risk() -> Derivation:
    """Excess (1 - delta) sigma^2 d/(n - d - 1), distortion, change and limits."""
    keep = 1 - delta
    scale = keep * sigma**2
    inverse = 1 / (n - d - 1)
    excess = keep * sigma**2 * d / (n - d - 1)
    change = -delta * sigma**2 * d / (n - d - 1)
    distortion = sigma**2 * (d / n) * delta
    empirical = sigma**2 * (1 - keep * d / n)
    gap = keep * sigma**2 * (d / n) * (2 + (d + 1) / (n - d - 1))

    proof = Proof("aware-channel-risk", "Risks after design-aware compression")
    proof.states(r"""Compressed around the true weights, least squares has the excess risk
        $(1-\delta) \sigma^2 d/(n-d-1)$: the population risk falls by $\delta \sigma^2 d/(n-d-1)$.""")
    proof.assumes(r"""$X$ has $n$ rows $N(0, \Sigma)$, $y = X w^* + \epsilon$, $\epsilon \sim N(0, \sigma^2 I)$,
        $G = X^T X$, $W = G^{-1} X^T y$.""")
    proof.assumes(r"""$\hat{W} = w^* + (1-\delta)(W - w^*) + \sqrt{\delta(1-\delta)} \sigma G^{-1/2} N(0, I)$,
        $\delta = e^{-2R/d}$.""")
    proof.assumes(r"$X = X_0 \Sigma^{1/2}$ turns $\Sigma$ into $I$ and leaves every risk as it is, so let $\Sigma = I$.")
    proof.requires(n > d + 1, delta < 1)

    proof.step("direction").because(r"""Given $X$, $W - w^*$ has the covariance $\sigma^2 G^{-1}$. In an eigenvector
        of $G$ of eigenvalue $g$ the coordinate of $\sqrt{g} (W - w^*)$ has the variance $\sigma^2$, and passes the
        Gaussian test channel.""")
    proof.lemma("gaussian-test-channel", {"V": sigma**2}, line="variance", quantity=r"g \mathrm{Var}(\hat{W} - w^*)")

    proof.step("trace").because(r"""So the covariance of $\hat{W} - w^*$ is $(1-\delta) \sigma^2 G^{-1}$, and the
        excess risk is its trace. Each diagonal entry of $G^{-1}$ has the mean""")
    proof.lemma("inverse-gram-diagonal", line="mean", quantity=r"\mathrm{E} (G^{-1})_{jj}")

    proof.step("risk", uses="direction, trace").because("Sum the $d$ entries.")
    proof.shows(sp.Sum(scale * inverse, (j, 1, d)), excess, quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2")
    proof.concludes()

    proof.step("change", uses="risk").because(r"Against least squares itself, $\delta = 0$, the population risk falls.")
    proof.shows(excess - excess.subs(delta, 0), change, quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]")

    proof.step("distortion").because(r"""Meanwhile the empirical risk rises by the distortion at the rate
        $R = (d/2) \mathrm{ln}(1/\delta)$.""")
    proof.lemma(
        "distortion-rate-of-linear-model", {"R": -d * sp.log(delta) / 2}, quantity=r"\mathrm{E}[L_S(\hat{W}) - L_S(W)]"
    )

    proof.step("fitted").because("Least squares itself has the empirical risk")
    proof.lemma("expected-empirical-risk", quantity=r"\mathrm{E} L_S(W)")

    proof.step("training", uses="distortion, fitted").because("Add (@distortion) to (@fitted).")
    proof.shows(sigma**2 * (1 - d / n) + distortion, empirical, quantity=r"\mathrm{E} L_S(\hat{W})")

    proof.check("By its sign, at every rate.", uses="change").shows(change, 0, relation="<", where=SPARE)
    proof.check(
        r"The generalization error is population risk minus empirical risk: $1 - \delta$ times that of least squares.",
        label="gap",
        uses="risk, training",
    ).lemma(
        "generalization-error-shrinks", left=sigma**2 + excess - empirical, right=gap, quantity=r"\mathrm{gen}(\hat{W})"
    )
    proof.check(r"Limit of no rate, $\delta \to 1$: the true weights, no excess.").shows(sp.Limit(excess, delta, 1, "-"), 0)
    proof.check(r"Limit of infinite rate, $\delta \to 0$: least squares.").lemma(
        "expected-population-risk", left=sp.Limit(sigma**2 + excess, delta, 0, "+"), quantity=r"\mathrm{E} L_\mu(W)"
    )
    proof.check(r"Limit of many samples: the excess is $(1-\delta) \sigma^2 d/n$.").shows(
        sp.Limit(n * excess, n, sp.oo), scale * d
    )
    proof.check(r"One weight, $d = 1$, and one sample to spare, $n = 3$, in (@risk): all of $(1-\delta) \sigma^2$.").shows(
        sp.Subs(excess, (d, n), (1, 3)), scale
    )

    return proof.derivation()
