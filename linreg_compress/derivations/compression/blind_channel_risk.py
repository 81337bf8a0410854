"""Risks after the design-blind Gaussian channel, with a prior on the true weights."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, n, sigma, tau, v

j = sp.Symbol("j", positive=True, integer=True)


def blind_channel_risk() -> Derivation:
    """Distortion, excess, change and generalization error of a channel that knows W alone."""
    keep = 1 - delta
    variance = sigma**2 / (n - d - 1)
    noise = delta * keep * (tau**2 + v)
    per_weight = keep * v + delta * tau**2
    excess = d * per_weight
    distortion = d * delta * (delta * sigma**2 / n + tau**2 + keep * v)
    gap = d * keep * ((1 + delta) * sigma**2 / n + keep * v)
    channel = {"a": keep, "s": sp.sqrt(noise), "t": tau**2}

    proof = Proof("blind-channel-risk", "Risks after design-blind compression")
    proof.states(r"""With a prior $w^* \sim N(w_0, \tau^2 I)$ and the codebook centred at $w_0$, the excess risk is
        $d [(1-\delta) v + \delta \tau^2]$, and the generalization error does not depend on $\tau^2$.""")
    proof.assumes(r"""$X$ has $n$ rows $N(0, I_d)$, $y = X w^* + \epsilon$, $\epsilon \sim N(0, \sigma^2 I)$,
        $W = G^{-1} X^T y$, $G = X^T X$.""")
    proof.assumes(r"""$w^* = w_0 + t$ with $t \sim N(0, \tau^2 I)$ independent of $X$ and $\epsilon$;
        $u = W - w^* = G^{-1} X^T \epsilon$.""")
    proof.assumes("The variance of one weight of $u$ is called $v$.")
    proof.assumes(r"""$\hat{W} = w_0 + (1-\delta)(W - w_0) + Z$ with $Z \sim N(0, \delta(1-\delta)(\tau^2 + v) I)$
        independent of all else.""")
    proof.assumes(r"A codebook centred at the true weights is the case $\tau = 0$.")
    proof.requires(n > d + 1, delta < 1)

    proof.step("weight-variance").because("The variance of one weight of least squares:")
    proof.lemma("weight-t-law", line="variance", quantity="v")

    proof.step("one-weight").because(r"""This is the linear channel with $a = 1 - \delta$, $t = \tau^2$ and
        $s^2 = \delta (1-\delta)(\tau^2 + v)$: $\hat{W} - w^* = (1-\delta) u - \delta t + Z$ has three uncorrelated
        terms. One weight of it has the variance""")
    proof.lemma(
        "linear-channel-risk",
        channel,
        line="one-weight",
        left=keep**2 * v + delta**2 * tau**2 + noise,
        right=per_weight,
        quantity=r"\mathrm{E}(\hat{W}_j - w^*_j)^2",
    )

    proof.step("excess", uses="one-weight").because("The excess risk sums the $d$ weights.")
    proof.shows(sp.Sum(per_weight, (j, 1, d)), excess, quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2")

    proof.step("distortion").because("Meanwhile the empirical risk rises by")
    proof.lemma(
        "linear-channel-risk", channel, line="distortion", right=distortion, quantity=r"\mathrm{E}[L_S(\hat{W}) - L_S(W)]"
    )

    proof.step("gap").because("and the generalization error, population risk minus empirical risk, is")
    proof.lemma("linear-channel-risk", channel, line="gap", right=gap, quantity=r"\mathrm{gen}(\hat{W})")
    proof.concludes()

    proof.step("change", uses="excess").because(r"Against least squares, $\delta = 0$, the population risk changes by")
    proof.lemma(
        "linear-channel-risk",
        {"t": tau**2},
        line="channel",
        left=excess - excess.subs(delta, 0),
        quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]",
    )

    proof.check(
        "The prior has dropped out of (@gap): what it adds to the population risk it adds to the empirical risk.",
        uses="excess, distortion, gap",
    ).shows(sp.Derivative(excess - distortion, tau), 0)
    proof.check(
        r"Limit of no rate, $\delta \to 1$: $\hat{W} = w_0$, and the excess is the energy of the signal.", uses="excess"
    ).shows(sp.Limit(excess, delta, 1, "-"), d * tau**2)
    proof.check("The weights then do not know the data, and there is no generalization error.").shows(
        sp.Limit(gap, delta, 1, "-"), 0
    )
    proof.check(r"Limit of infinite rate, $\delta \to 0$: no distortion,", uses="distortion").shows(
        sp.Limit(distortion, delta, 0, "+"), 0
    )
    proof.check(
        "and with (@weight-variance) the generalization error is that of least squares.", uses="weight-variance, gap"
    ).lemma(
        "generalization-error-of-least-squares",
        left=sp.Limit(gap.subs(v, variance), delta, 0, "+"),
        quantity=r"\mathrm{gen}(W)",
    )

    return proof.derivation()
