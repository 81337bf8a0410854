"""A decoder that also shrinks never gains from compression."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import R, d, delta, tau, v

b, p, w = sp.symbols("beta p w", real=True)
j = sp.Symbol("j", positive=True, integer=True)


def bayes_decoder_never_gains() -> Derivation:
    """Excess d tau^2 (delta tau^2 + v)/V falls with every nat."""
    V = tau**2 + v
    square = w**2 - 2 * b * w * p + b**2 * p**2
    energy = (1 - delta) * V
    shared = (1 - delta) * tau**2
    error = square.subs({w * p: shared, w**2: tau**2, p**2: energy})
    slope = 2 * (1 - delta) * (b * V - tau**2)
    best = tau**2 / V
    per_weight = tau**2 * (delta * tau**2 + v) / V
    excess = d * per_weight
    plain = (1 - delta) * v + delta * tau**2
    rising = d * tau**4 / V
    at_rate = sp.exp(-2 * R / d)

    proof = Proof("bayes-decoder-never-gains", "A decoder that also shrinks never gains from compression")
    proof.states(r"""If the decoder also shrinks by $\tau^2/V$, the excess risk is $d \tau^2 (\delta \tau^2 + v)/V$:
        below that of the plain decoder, and falling with every nat. It is the linear decoder of least mean square
        error, and Bayes for Gaussian weights.""")
    proof.assumes(r"""As in the interpolation theorem, for each weight: $w^* \sim N(c, \tau^2)$, $W = w^* + u$ with
        $u \sim N(0, v)$ independent, $V = \tau^2 + v$; $\mathrm{E}[W | \hat{W}] = \hat{W}$ and
        $\mathrm{E}(W - \hat{W})^2 = \delta V$.""")
    proof.assumes(r"The decoder outputs $c + \beta (\hat{W} - c)$. Write $w = w^* - c$ and $p = \hat{W} - c$.")
    proof.assumes(r"""After a linear code (the Gaussian channel, dither with Wiener scaling) steps 2 and 3 hold for
        $u$ of any law with variance $v$, so for least squares with every $n > d + 1$. There the decoder is the best
        linear one, not that of Bayes: the weights of least squares are a scaled t. After a quantizer that decodes to
        centroids, least squares has it in the limit $n - d \to \infty$.""")
    proof.requires(delta < 1)

    proof.step("square").because("The error of one weight, squared:")
    proof.shows((w - b * p) ** 2, square, quantity=r"(w - \beta p)^2")

    proof.step("centroid").because(r"""Centroid property: $\mathrm{E} (W - c) p = \mathrm{E} p^2$, and
        $\delta V = V - \mathrm{E} p^2$, so""")
    proof.lemma("interpolation-theorem", line="energy", quantity=r"\mathrm{E} p^2")

    proof.step("signal", uses="centroid").because(r"""$\mathrm{E}[w^* - c | W] = (\tau^2/V)(W - c)$ for Gaussians, and
        $\hat{W}$ is made from $W$, so""")
    proof.shows(sp.Mul(best, energy, evaluate=False), shared, quantity=r"\mathrm{E} w p")

    proof.step("slope", uses="square, centroid, signal").because(r"""The mean of (@square). Its slope in $\beta$ is
        $1 - \delta$ times that of the guess $\beta (W - c)$ of $w$:""")
    proof.lemma("interpolation-theorem", line="slope", times=1 - delta, left=sp.Derivative(error, b), right=slope)

    proof.step("best", uses="slope").because(r"""So $\beta = \tau^2/V$ is best, at every rate; the error is a convex
        parabola in $\beta$.""")
    proof.shows(sp.Subs(slope, b, best), 0)

    proof.step("least-error", uses="slope, best").because(r"""The mean of the square, whose slope is (@slope), at the
        $\beta$ of (@best):""")
    proof.shows(error.subs(b, best), per_weight)

    proof.step("sum", uses="least-error").because("Sum over the $d$ weights.")
    proof.shows(sp.Sum(per_weight, (j, 1, d)), excess, quantity=r"\mathrm{E} L_\mu - \sigma^2")
    proof.concludes()

    proof.step("rises", uses="sum").because("It rises with the distortion,")
    proof.shows(sp.Derivative(excess, delta), rising)

    proof.step("plain", uses="slope").because(r"The plain decoder, $\beta = 1$, is worse. Its error")
    proof.lemma("interpolation-theorem", left=sp.Subs(error, b, 1), right=plain)

    proof.check("always: this decoder pays for every nat that is saved.", uses="rises").shows(rising, 0, relation=">")
    proof.check(r"In the rate, with $\delta = e^{-2R/d}$ in (@sum), it falls:").shows(
        sp.Derivative(excess.subs(delta, at_rate), R), -2 * tau**4 * at_rate / V
    )
    proof.check(
        "is larger by what least squares over-fits, so far as the code lets it through.", uses="least-error, plain"
    ).shows(plain - per_weight, (1 - delta) * v**2 / V)
    proof.check(
        r"After a linear code this output is a linear channel again, which keeps $\beta (1-\delta)$ of $W - c$ and adds "
        r"$\beta^2 \delta (1-\delta) V$. With the $\beta$ of (@best) it has the excess risk (@sum).",
        uses="best, sum",
    ).lemma(
        "linear-channel-risk",
        {"a": best * (1 - delta), "s": best * sp.sqrt(delta * (1 - delta) * V), "t": tau**2},
        line="excess",
        right=excess,
    )
    proof.check("Limit of infinite rate: the variance of $w^*$ given $W$, the Bayes risk.").shows(
        sp.Limit(excess, delta, 0, "+"), d * tau**2 * v / V
    )
    proof.check("Limit of no rate: the energy of the signal.").shows(sp.Limit(excess, delta, 1, "-"), d * tau**2)

    return proof.derivation()
