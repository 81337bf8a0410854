"""Correlated features: the boundary tau^2 = v falls with the mean variance-inflation factor."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import R, d, delta, n, sigma, tau, v

g, h, kappa, x = sp.symbols("g h kappa x", positive=True)
j = sp.Symbol("j", positive=True, integer=True)


def correlated_features_risk() -> Derivation:
    """Excess, change, boundary, distortion and rate of a Gaussian code of one weight at a time."""
    keep = 1 - delta
    source = d * (tau**2 + kappa * v)
    excess = d * (keep * v * (1 + delta * (kappa - 1)) + delta * tau**2)
    change = d * delta * (tau**2 - v + keep * v * (kappa - 1))
    boundary = v * (2 - kappa + delta * (kappa - 1))
    channel = {"a": keep, "s": sp.sqrt(delta * keep * source / d), "t": tau**2}
    distortion = d * delta * (delta * sigma**2 / n + tau**2 + keep * kappa * v)
    gap = d * keep * ((1 + delta) * sigma**2 / n + keep * v)
    at_rate = sp.exp(-2 * R / d)

    proof = Proof("correlated-features-risk", "Correlated features, coded one weight at a time")
    proof.states(r"""With features of unit variance and mean variance-inflation factor $\kappa$, a Gaussian code of
        one weight at a time lowers the population risk exactly when $\tau^2 < v (2 - \kappa + \delta (\kappa - 1))$.""")
    proof.assumes(r"""$X$ has $n$ rows $N(0, \Sigma)$ with $\Sigma_{jj} = 1$; $y = X w^* + \epsilon$,
        $\epsilon \sim N(0, \sigma^2 I)$, $W = G^{-1} X^T y$, $G = X^T X$, $u = W - w^*$.""")
    proof.assumes(r"$w^* = c + t$ with $t$ of mean 0 and covariance $\tau^2 I$, independent of $X$ and $\epsilon$.")
    proof.assumes(r"""$\Sigma^{1/2} u$ is the error of least squares with features $N(0, I)$. The variance of one
        weight of it is called $v$, and $u$ has the covariance $v \Sigma^{-1}$.""")
    proof.assumes(r"""$\hat{W} = c + (1-\delta)(W - c) + N$. $N$ is independent noise, independent over $j$ too, of
        variance $\delta (1-\delta) V_j$, where $V_j = \tau^2 + v (\Sigma^{-1})_{jj}$ is the variance of $W_j$ around
        $c_j$.""")
    proof.assumes(r"$\kappa$ is the mean of $(\Sigma^{-1})_{jj}$ over $j$. $g$ and $h$ are two eigenvalues of $\Sigma$.")
    proof.requires(n > d + 1, delta < 1)

    proof.step("weight-variance").because(r"The variance of one weight of $\Sigma^{1/2} u$:")
    proof.lemma("weight-t-law", line="variance", quantity="v")

    proof.step("least-squares", uses="weight-variance").because("""Summed over the weights, (@weight-variance) is the
        excess risk of least squares,""")
    proof.shows(sp.Sum(v, (j, 1, d)), d * v, quantity=r"\mathrm{E}[u^T \Sigma u]")

    proof.step("pairs").because(r"""$\Sigma_{jj}(\Sigma^{-1})_{jj}$ is a mean of $g/h$ over pairs of eigenvalues, with
        weights that are symmetric and add up to 1. A pair and its mirror image give at least 2, so $\kappa$ is at
        least 1:""")
    proof.shows(g / h + h / g - 2, (g - h) ** 2 / (g * h))

    proof.step("pairs-not-negative", uses="pairs").because("where the right side is not negative.")
    proof.shows((g - h) ** 2 / (g * h), 0, relation=">=")

    proof.step("signal").because(r"""The signal costs $\mathrm{E}[t^T \Sigma t] = \tau^2 \mathrm{tr} \Sigma$, and each
        $\Sigma_{jj}$ is 1:""")
    proof.shows(sp.Sum(tau**2, (j, 1, d)), d * tau**2, quantity=r"\mathrm{E}[t^T \Sigma t]")

    proof.step("source").because(r"""The noise costs $\delta (1-\delta) \sum_j \Sigma_{jj} V_j$, as it is independent
        over $j$. The sum depends on $\Sigma$ by $\kappa$ alone:""")
    proof.shows(sp.Sum(tau**2 + v * kappa, (j, 1, d)), source, quantity=r"\sum_j V_j")

    proof.step("excess", uses="least-squares, signal, source").because(r"""The weights $\Sigma^{1/2} \hat{W}$ are
        those of a linear channel for features $N(0, I)$, with $a = 1 - \delta$, the mean square $t = \tau^2$ by
        (@signal) and noise of mean variance $s^2 = \delta (1-\delta) \sum_j V_j/d$.
        $\hat{W} - w^* = (1-\delta) u - \delta t + N$ has three uncorrelated terms.""")
    proof.lemma(
        "linear-channel-risk",
        channel,
        line="excess",
        left=keep**2 * d * v + delta**2 * d * tau**2 + delta * keep * source,
        right=excess,
        quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2",
    )

    proof.step("change", uses="least-squares, excess").because(r"""Against least squares, $\delta = 0$, the population
        risk changes by""")
    proof.shows(excess - d * v, change, quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]")
    proof.concludes()

    proof.step("boundary", uses="change").because(r"""That is $d \delta$ times the distance of $\tau^2$ from a
        boundary, $v (2 - \kappa + \delta (\kappa - 1))$.""")
    proof.shows(change, d * delta * (tau**2 - boundary))

    proof.step("distortion", uses="source").because("""The empirical risk rises as in that channel, with the noise of
        (@source):""")
    proof.lemma(
        "linear-channel-risk", channel, line="distortion", right=distortion, quantity=r"\mathrm{E}[L_S(\hat{W}) - L_S(W)]"
    )

    proof.step("rate-of-one").because(r"""The rate. Given $W$ the $\hat{W}_j$ are independent, so $I(W; \hat{W})$ is
        at most $\sum_j I(W_j; \hat{W}_j)$. $\hat{W}_j$ has the variance $(1-\delta) V_j$ and at most the entropy of a
        normal of it; given $W_j$ it has that of its noise. With $x = (1-\delta) V_j$ the difference is an upper bound
        of $I(W_j; \hat{W}_j)$, the rate of the Gaussian test channel:""")
    proof.lemma(
        "gaussian-test-channel", {"V": x}, line="rate", left=sp.log(x) / 2 - sp.log(delta * x) / 2, right=-sp.log(delta) / 2
    )

    proof.check(
        r"The boundary rises with the distortion, as by (@pairs-not-negative) $\kappa$ is at least 1,",
        uses="pairs-not-negative, boundary",
    ).shows(sp.Derivative(boundary, delta), v * (kappa - 1))
    proof.check("from its limit at high rate", label="high-rate", uses="boundary").shows(
        sp.Limit(boundary, delta, 0, "+"), v * (2 - kappa)
    )
    proof.check("to the noise $v$ at rate 0.", uses="boundary").shows(sp.Limit(boundary, delta, 1, "-"), v)
    proof.check(
        r"With $\kappa = 2 + x$ in (@change) the first bits that are saved hurt, however weak the signal: the slope at $\delta = 0$ is positive."
    ).shows(sp.Limit(sp.diff(change, delta).subs(kappa, 2 + x), delta, 0, "+"), d * (tau**2 + v * x))
    proof.check(r"With uncorrelated features, $\kappa = 1$, it is the criterion.").shows(
        sp.Subs(change, kappa, 1), d * delta * (tau**2 - v)
    )
    proof.check(
        "Generalization error: correlation and signal have dropped out.", label="gap", uses="excess, distortion"
    ).lemma(
        "linear-channel-risk",
        channel,
        line="gap",
        left=(sigma**2 + excess) - (sigma**2 * (1 - d / n) + distortion),
        right=gap,
        quantity=r"\mathrm{gen}(\hat{W})",
    )
    proof.check(r"With $\delta = e^{-2R/d}$ in (@rate-of-one) all weights together cost at most", uses="rate-of-one").shows(
        sp.Sum(sp.log(1 / at_rate) / 2, (j, 1, d)), R
    )

    return proof.derivation()
