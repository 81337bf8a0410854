"""Any linear channel: what keeping a share of the weights and adding noise does to both risks."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, d, delta, gaussian, m, n, s, sigma, v

a, p, q, r, z = sp.symbols("a p q r z", real=True)
t, x = sp.symbols("t x", positive=True)
i, j = sp.symbols("i j", positive=True, integer=True)

DENSITY = chi_square(x, n - d + 1)


def linear_channel_risk() -> Derivation:
    """Change of the population risk, distortion and generalization error of c + a (W - c) + N."""
    lost = 1 - a
    square = sp.expand((a * p - lost * q + r) ** 2)
    per_weight = a**2 * v + lost**2 * t + s**2
    excess = d * per_weight
    change = d * (a**2 * v + lost**2 * t + s**2 - v)
    fit = d * sigma**2
    distortion = d * (lost**2 * (sigma**2 / n + t) + s**2)
    gap = d * a * (a * v + (2 - a) * sigma**2 / n)
    channel = {a: 1 - delta, s: sp.sqrt(delta * (1 - delta) * (t + v))}

    proof = Proof("linear-channel-risk", "Risks after any linear channel")
    proof.states(r"""Weights $\hat{W} = c + a (W - c) + N$ change the population risk by
        $d [a^2 v + (1-a)^2 t + s^2 - v]$, whatever the laws of the noise $N$, of the signal and of the error of least
        squares: their variances alone count.""")
    proof.assumes(r"""$X$ has $n$ rows $N(0, I_d)$, $y = X w^* + \epsilon$, $\epsilon \sim N(0, \sigma^2 I)$,
        $W = G^{-1} X^T y$, $G = X^T X$; $u = W - w^* = G^{-1} X^T \epsilon$. One weight of it is $\sigma z/\sqrt{x}$
        with $z$ standard normal and $x \sim \chi^2_{n-d+1}$ independent: its mean is 0, its variance is called $v$.""")
    proof.assumes(r"""$w^*$ is fixed, or random and independent of $X$ and $\epsilon$. The mean square of $w^* - c$,
        over its $d$ weights, is $t$.""")
    proof.assumes("""$N$ is independent of all else, with mean 0 and variance $s^2$ in each weight (or on average
        over the weights). It need not be Gaussian.""")
    proof.assumes("In one weight write $p = u$, $q = w^* - c$ and $r = N$.")
    proof.requires(n > d + 1, delta < 1)

    proof.step("weight-variance").because(r"""The variance of one weight of least squares is $\sigma^2$ times the mean
        of an inverse chi-square.""")
    proof.shows(
        sp.Integral(sigma**2 * DENSITY / x, (x, 0, sp.oo)),
        v_of_least_squares := sigma**2 / (n - d - 1),
        quantity="v",
        where={n: d + 1 + m},
    )

    proof.step("square").because(r"""The compressed weight misses the true one by
        $\hat{W} - w^* = a u - (1-a)(w^* - c) + N$. Its square:""")
    proof.shows((a * p - lost * q + r) ** 2, square, quantity="(a p - (1-a) q + r)^2")

    proof.step("one-weight", uses="square").because(r"""Take the mean. The products $p q$, $p r$ and $q r$ have mean
        zero, as $u$ and $N$ have mean zero and are uncorrelated with each other and with $w^*$; $\mathrm{E} p^2 = v$,
        $\mathrm{E} q^2 = t$ and $\mathrm{E} r^2 = s^2$.""")
    proof.shows(
        square.subs({p * q: 0, p * r: 0, q * r: 0}).subs({p**2: v, q**2: t, r**2: s**2}),
        per_weight,
        quantity=r"\mathrm{E}(\hat{W}_j - w^*_j)^2",
    )

    proof.step("excess", uses="one-weight").because("The excess risk sums the $d$ weights.")
    proof.shows(sp.Sum(per_weight, (j, 1, d)), excess, quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2")

    proof.step("change", uses="excess").because("""Against least squares, $a = 1$ and $s = 0$, the population risk
        changes by""")
    proof.shows(excess - excess.subs({a: 1, s: 0}), change, quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]")
    proof.concludes()

    proof.step("fixed-vector").because(r"""The empirical risk rises by $e^T G e/n$ with
        $e = \hat{W} - W = -(1-a)(u + w^* - c) + N$. A vector that does not depend on $X$ and has the mean square $t$
        in each weight gives $n$ rows the mean $\mathrm{E}(x_i^T (w^* - c))^2 = d t$:""")
    proof.shows(
        sp.Sum(sp.Sum(sp.Integral(t * z**2 * gaussian(z), (z, -sp.oo, sp.oo)), (j, 1, d)), (i, 1, n)),
        n * d * t,
        quantity=r"\mathrm{E}[(w^* - c)^T G (w^* - c)]",
    )

    proof.step("fit").because(r"""For $u$ it is $u^T G u = \epsilon^T P \epsilon$, $P$ the projection on the $d$
        columns of $X$: $d$ squares of normals of variance $\sigma^2$.""")
    proof.shows(
        sp.Sum(sp.Integral((sigma * z) ** 2 * gaussian(z), (z, -sp.oo, sp.oo)), (j, 1, d)),
        fit,
        quantity=r"\mathrm{E}[u^T G u]",
    )

    proof.step("distortion", uses="fixed-vector, fit").because(r"""The cross terms have mean zero, as
        $G u = X^T \epsilon$ has given $X$. Together, $N$ like $w^* - c$ with $s^2$ for $t$:""")
    proof.shows((lost**2 * (fit + n * d * t) + n * d * s**2) / n, distortion, quantity=r"\mathrm{E}[L_S(\hat{W}) - L_S(W)]")

    proof.step("gap", uses="excess, fit, distortion").because(r"""Generalization error: population risk minus
        empirical risk, with $\mathrm{E} L_S(W) = \sigma^2 - \mathrm{E}[u^T G u]/n$. Signal and noise have dropped
        out.""")
    proof.shows((sigma**2 + excess) - (sigma**2 - fit / n + distortion), gap, quantity=r"\mathrm{gen}(\hat{W})")

    proof.step(uses="change").because(r"""A code that keeps $a = 1-\delta$ and adds $s^2 = \delta (1-\delta)(t + v)$
        (the Gaussian channel, subtractive dither with Wiener scaling) lowers (@change) below zero exactly when
        $t < v$, for every $n > d + 1$.""")
    proof.shows(change.subs(channel), d * delta * (t - v))

    proof.check("The identity, $a = 1$ and $s = 0$ in (@change), changes nothing.").shows(
        sp.Subs(change, (a, s), (1, 0)), 0
    )
    proof.check("Noise alone, $a = 1$, raises the population risk by its own variance.").shows(
        sp.Subs(change, a, 1), d * s**2
    )
    proof.check("Shrinking alone, $s = 0$ in (@change), lowers it where $(1-a) t < (1+a) v$.").shows(
        change.subs(s, 0), d * lost * (lost * t - (1 + a) * v)
    )
    proof.check("Its distortion is that of the blind Gaussian channel.", uses="distortion").shows(
        distortion.subs(channel), d * delta * (delta * sigma**2 / n + t + (1 - delta) * v)
    )
    proof.check(
        "Limit of no rate in (@change), $a = 0$ and $s = 0$: what least squares over-fits is traded for the signal.",
        uses="weight-variance, change",
    ).shows(sp.Subs(change.subs(v, v_of_least_squares), (a, s), (0, 0)), d * (t - sigma**2 / (n - d - 1)))

    return proof.derivation()
