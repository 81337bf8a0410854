"""The design-aware channel shrinks the generalization error by 1 - delta."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, g, n, sigma

rho, s, trace = sp.symbols("rho s_z T", positive=True)
noise, fresh, shift = sp.symbols("epsilon eta p", real=True)
j = sp.Symbol("j", positive=True, integer=True)


def generalization_error_shrinks() -> Derivation:
    """gen(What) = (1 - delta) gen(W), for all mixtures of shrinking and noise and then for the channel."""
    keep = 1 - delta
    scale = rho**2 * sigma**2 + s
    length = d * scale
    overlap = rho * sigma**2 * d
    general = scale * (trace - d / n) + 2 * rho * sigma**2 * d / n
    channel = {rho: keep, s: delta * keep * sigma**2}
    at_channel = keep * sigma**2 * (trace + d / n)
    inverse = d / (n - d - 1)
    plain = sigma**2 * (d / n) * (2 + (d + 1) / (n - d - 1))
    result = keep * plain

    proof = Proof("generalization-error-shrinks", "Compression shrinks the generalization error")
    proof.states(r"After the design-aware channel $\mathrm{gen}(\hat{W}) = (1-\delta) \mathrm{gen}(W)$.")
    proof.assumes(r"""$X$ has $n$ rows $N(0, I_d)$, $y = X w^* + \epsilon$, $\epsilon \sim N(0, \sigma^2 I)$,
        $W = G^{-1} X^T y$, $G = X^T X$.""")
    proof.assumes(r"""Look at all weights $\hat{W} = w^* + a$ with $a = \rho (W - w^*) + N(0, s_z G^{-1})$. Least
        squares is $\rho = 1$, $s_z = 0$; the design-aware channel is $\rho = 1-\delta$,
        $s_z = \delta (1-\delta) \sigma^2$. $T$ is the mean trace of $G^{-1}$.""")
    proof.requires(n > d + 1, delta < 1)

    proof.step("one-sample").because(r"""One training sample of noise $\epsilon$, at which $\hat{W}$ predicts
        $p = x_i^T a$ too much. Averaged, the population risk is $\sigma^2 + |a|^2$ and the empirical risk the mean of
        $(\epsilon - p)^2$, so $\mathrm{gen} = \mathrm{E}|a|^2 - \mathrm{E}|Xa|^2/n + 2 \mathrm{E}[\epsilon^T X a]/n$.""")
    proof.shows(noise**2 - (noise - shift) ** 2, 2 * noise * shift - shift**2)

    proof.step("direction").because(r"""Given $X$, $W - w^*$ has the covariance $\sigma^2 G^{-1}$. In an eigenvector
        of $G$ of eigenvalue $g$ the coordinate of $a$ has a variance $1/g$ times""")
    proof.shows(g * (rho**2 * sigma**2 / g + s / g), scale, quantity=r"g \mathrm{Var}(a)")

    proof.step("sum", uses="direction").because(r"""Hence $\mathrm{E}|a|^2$ is this number times $T$, and
        $|X a|^2 = a^T G a$ sums it over $d$ directions.""")
    proof.shows(sp.Sum(scale, (j, 1, d)), length, quantity=r"\mathrm{E}|X a|^2")

    proof.step("covariance").because(r"""$X (W - w^*) = P \epsilon$ is the projection of $\epsilon$ on the $d$ columns
        of $X$, and the channel's noise is uncorrelated with $\epsilon$: $\epsilon^T X a$ has the mean of
        $\rho \epsilon^T P \epsilon$.""")
    proof.lemma("linear-channel-risk", line="fit", times=rho, quantity=r"\mathrm{E}[\epsilon^T X a]")

    proof.step("general", uses="one-sample, direction, sum, covariance").because("""
        The mean of (@one-sample) over the samples:""")
    proof.shows(scale * trace - length / n + 2 * overlap / n, general, quantity=r"\mathrm{gen}")

    proof.step("shrinks", uses="general").because(r"""For the channel both parts shrink by the same factor, because
        $\rho^2 \sigma^2 + s_z = (1-\delta) \sigma^2$: what shrinking takes away too much, the noise puts back.""")
    proof.shows(general.subs(channel), at_channel, quantity=r"\mathrm{gen}(\hat{W})")

    proof.step("trace").because("The trace of $G^{-1}$ has $d$ entries of one mean.")
    proof.lemma("inverse-gram-diagonal", line="mean", times=d, quantity="T")

    proof.step("least-squares", uses="general, trace").because("Least squares itself:")
    proof.lemma(
        "generalization-error-of-least-squares",
        left=general.subs({rho: 1, s: 0}).subs(trace, inverse),
        quantity=r"\mathrm{gen}(W)",
    )

    proof.step("channel", uses="shrinks, trace, least-squares").because("And after the channel:")
    proof.shows(at_channel.subs(trace, inverse), result, quantity=r"\mathrm{gen}(\hat{W})")
    proof.concludes()

    proof.step("same-inputs", uses="one-sample").because(r"""With fresh noise $\eta$ at the same inputs, the squares
        of $p$ cancel,""")
    proof.shows((fresh - shift) ** 2 - (noise - shift) ** 2, fresh**2 - noise**2 - 2 * fresh * shift + 2 * noise * shift)

    proof.check(
        "It is the balance that does it: noise without shrinking adds to the generalization error of least squares.",
        uses="general",
    ).shows(general.subs(rho, 1) - general.subs({rho: 1, s: 0}), s * (trace - d / n))
    proof.check(
        r"so by (@same-inputs) the gap is $2 \mathrm{E}[\epsilon^T X a]/n$. It shrinks by $1 - \delta$ as well, from $2 \sigma^2 d/n$.",
        uses="covariance, same-inputs",
    ).shows(2 * overlap.subs(channel) / n - 2 * overlap.subs(rho, 1) / n, -2 * delta * sigma**2 * d / n)
    proof.check("Limit of no rate: no generalization error.").shows(sp.Limit(result, delta, 1, "-"), 0)
    proof.check("Limit of infinite rate: that of least squares.").shows(sp.Limit(result, delta, 0, "+"), plain)
    proof.check(
        r"Limit of many samples: (@channel) is twice (@covariance), $2 (1-\delta) \sigma^2 d/n$, the same as at the same inputs.",
        uses="covariance, channel",
    ).shows(sp.Limit(n * result, n, sp.oo), 2 * overlap.subs(channel))

    return proof.derivation()
