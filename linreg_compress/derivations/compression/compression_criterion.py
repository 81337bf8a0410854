"""The criterion: the Gaussian code lowers the population risk exactly when tau^2 < v."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, n, sigma, tau, v

x = sp.Symbol("x", positive=True)


def compression_criterion() -> Derivation:
    """The sign of the change of the population risk and its boundary in tau^2 and in n."""
    change = d * delta * (tau**2 - v)
    variance = sigma**2 / (n - d - 1)
    boundary = d + 1 + sigma**2 / tau**2
    at_samples = d * delta * tau**2 * (n - boundary) / (n - d - 1)

    proof = Proof("compression-criterion", "When compression lowers the population risk")
    proof.states(r"""The Gaussian code, like any linear code with its noise, lowers the population risk exactly when
        $\tau^2 < v = \sigma^2/(n-d-1)$, that is when $n < d + 1 + \sigma^2/\tau^2$, and then at every rate; so does a
        centroid quantizer in the limit $n - d \to \infty$.""")
    proof.assumes(r"""$\delta$ is the normalized distortion, $\tau^2$ the variance of a true weight and $v$ that of
        its estimate by least squares.""")
    proof.assumes(r"""The excess risk is exactly that of step 1, for every $n > d + 1$, after a linear code with noise
        $\delta (1 - \delta)(\tau^2 + v)$ in each weight: the Gaussian channel and subtractive dither with Wiener
        scaling (linear-channel-risk). After a quantizer that decodes to centroids it is so in the limit
        $n - d \to \infty$ (interpolation-theorem); with few samples to spare such a quantizer may gain at
        $\tau^2 > v$ too.""")
    proof.assumes("$x$ is any positive number.")
    proof.requires(n > d + 1, delta < 1)

    proof.step("excess").because("The excess risk after the Gaussian channel:")
    proof.lemma("blind-channel-risk", line="excess", quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2")

    proof.step("change", uses="excess").because(r"""Compare (@excess) with least squares, $\delta = 0$: the change is
        proportional to $\delta$.""")
    proof.lemma("blind-channel-risk", line="change", quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]")

    proof.step("boundary", uses="change").because(r"On the boundary $\tau^2 = v$ nothing happens.")
    proof.shows(sp.Subs(change, tau, sp.sqrt(v)), 0)

    proof.step("variance").because("The variance of one weight of least squares:")
    proof.lemma("weight-t-law", line="variance", quantity="v")

    proof.step("in-the-model", uses="change, variance").because(r"""Insert (@variance) in (@change) and collect. With
        fewer than $d + 1 + \sigma^2/\tau^2$ samples the change is negative: compression helps. With more it hurts.""")
    proof.shows(change.subs(v, variance), at_samples, quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]")
    proof.concludes()

    proof.step(uses="change").because(r"""A weak signal, $v = \tau^2 + x$ in (@change): the population risk falls, at
        every $\delta$.""")
    proof.shows(change.subs(v, tau**2 + x), 0, relation="<")

    proof.step(uses="change").because(r"A strong one, $\tau^2 = v + x$ in (@change): it rises, at every $\delta$.")
    proof.shows(change.subs(tau, sp.sqrt(v + x)), 0, relation=">")

    proof.step(uses="change").because(r"""The slope in $\delta$ does not depend on $\delta$: what gains at one rate
        gains at every rate, and the more the coarser the code. These codes differ only in the $\delta$ they reach
        with a given rate.""")
    proof.shows(sp.Derivative(change, delta), d * (tau**2 - v))

    proof.check(
        r"At $n = d + 1 + \sigma^2/\tau^2$ there is no change by (@boundary): the variance of the estimate is that of the signal,",
        uses="boundary, in-the-model",
    ).shows(sp.Subs(variance, n, boundary), tau**2, quantity="v")
    proof.check("Limit of very many samples: what is lost is signal alone.").shows(
        sp.Limit(at_samples, n, sp.oo), d * delta * tau**2
    )
    proof.check(
        r"Limit of no rate, $\delta \to 1$: dropping all weights trades the excess $d v$ for the energy $d \tau^2$.",
        uses="change",
    ).shows(sp.Limit(change, delta, 1, "-"), d * tau**2 - d * v)
    proof.check("Limit of infinite rate: no change.", uses="change").shows(sp.Limit(change, delta, 0, "+"), 0)

    return proof.derivation()
