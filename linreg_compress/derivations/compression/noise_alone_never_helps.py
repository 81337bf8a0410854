"""Noise without shrinking raises the population risk; shrinking alone lowers it."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, n, sigma, tau, v

a, rho = sp.symbols("a rho", positive=True)


def noise_alone_never_helps() -> Derivation:
    """The excess risk of rho W + (1 - rho) c + noise of variance a, and its slopes."""
    variance = sigma**2 / (n - d - 1)
    excess = d * (rho**2 * v + (1 - rho) ** 2 * tau**2 + a)
    noisy = d * (v + a)
    slope = 2 * d * (rho * (tau**2 + v) - tau**2)
    best = tau**2 / (tau**2 + v)
    shrunk = d * tau**2 * v / (tau**2 + v)
    keep = 1 - delta
    channel = {rho: keep, a: delta * keep * (tau**2 + v)}

    proof = Proof("noise-alone-never-helps", "Noise alone never helps")
    proof.states(r"""Weights $\hat{W} = W + $ noise of variance $a$ have a population risk higher by $a d$ at every
        $a > 0$. What lowers it is the shrinking.""")
    proof.assumes("""$X$ has $n$ rows $N(0, I_d)$; $u = W - w^*$ is the error of least squares. The variance of one
        weight of it is called $v$.""")
    proof.assumes(r"""$w^* = c + t$ with $t \sim N(0, \tau^2 I)$ independent of $u$; with $\tau = 0$ the centre $c$ is
        the truth.""")
    proof.assumes(r"""$\hat{W} = c + \rho (W - c) + Z$, $Z$ independent noise of variance $a$ in each weight.
        $\rho = 1$ is noise alone.""")
    proof.requires(n > d + 1, delta < 1)

    proof.step("weight-variance").because("The variance of one weight of least squares:")
    proof.lemma("weight-t-law", line="variance", quantity="v")

    proof.step("excess").because(r"""This is a linear channel: $\hat{W} - w^* = \rho u - (1-\rho) t + Z$ has three
        uncorrelated terms in each of the $d$ weights.""")
    proof.lemma(
        "linear-channel-risk",
        {"a": rho, "s": sp.sqrt(a), "t": tau**2},
        line="excess",
        quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2",
    )

    proof.step("noise-alone", uses="excess").because("Noise alone:")
    proof.shows(sp.Subs(excess, rho, 1), noisy)

    proof.step("change", uses="noise-alone").because("Against least squares, $a = 0$:")
    proof.shows(noisy - noisy.subs(a, 0), a * d, quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]")
    proof.concludes()

    proof.step("slope", uses="excess").because(r"""Now shrink. The slope of (@excess) in $\rho$ does not feel the
        noise. It is $d$ times that of the guess $\rho (W - c)$ of $w^* - c$:""")
    proof.lemma("interpolation-theorem", {"beta": rho}, line="slope", times=d, left=sp.Derivative(excess, rho), right=slope)

    proof.step("best-factor", uses="slope").because(r"""The best factor makes the slope zero; the excess is a convex
        parabola in $\rho$.""")
    proof.shows(sp.Subs(slope, rho, best), 0)

    proof.step("channel", uses="excess").because(r"""In (@excess) the rate-distortion channel shrinks by $1-\delta$
        and pays with noise of variance $\delta (1-\delta)(\tau^2 + v)$,""")
    proof.lemma("blind-channel-risk", line="excess", left=excess.subs(channel))

    proof.check("which is a rise at every noise level.").shows(a * d, 0, relation=">")
    proof.check(
        "So it is with noise of covariance $a G^{-1}$, shaped like the empirical risk: its trace has the mean"
    ).lemma("inverse-gram-diagonal", line="mean", times=a * d, right=a * d / (n - d - 1))
    proof.check(
        r"and at $\rho = 1$ it is positive: a little shrinking alone always lowers the population risk.", uses="slope"
    ).shows(sp.Subs(slope, rho, 1), 2 * d * v)
    proof.check(
        r"There, without noise, (@excess) is less than both $d v$ and $d \tau^2$:", uses="excess, best-factor"
    ).shows(excess.subs({rho: best, a: 0}), shrunk)
    proof.check(
        "which costs it in (@excess), compared with the same shrinking and no noise,", uses="excess, channel"
    ).shows(d * (keep * v + delta * tau**2) - excess.subs({rho: keep, a: 0}), d * delta * keep * (tau**2 + v))
    proof.check("Limit of vanishing noise in (@noise-alone): least squares.", uses="weight-variance, noise-alone").shows(
        sp.Limit(noisy.subs(v, variance), a, 0), sigma**2 * d / (n - d - 1)
    )

    return proof.derivation()
