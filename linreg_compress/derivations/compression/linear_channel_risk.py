"""Any linear channel: what keeping a share of the weights and adding noise does to both risks."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, lam, n, sigma, v

a, p, q, r = sp.symbols("a p q r", real=True)
s, t = sp.symbols("s t", nonnegative=True)
j = sp.Symbol("j", positive=True, integer=True)


def linear_channel_risk() -> Derivation:
    """Change of the population risk, distortion and generalization error of c + a (W - c) + N."""
    lost = 1 - a
    square = sp.expand((a * p - lost * q + r) ** 2)
    per_weight = a**2 * v + lost**2 * t + s**2
    excess = d * per_weight
    change = d * (a**2 * v + lost**2 * t + s**2 - v)
    fit = d * sigma**2
    of_least_squares = sigma**2 / (n - d - 1)
    training = sigma**2 * (1 - d / n)
    distortion = d * (lost**2 * (sigma**2 / n + t) + s**2)
    gap = d * a * (a * v + (2 - a) * sigma**2 / n)
    channel = {a: 1 - delta, s: sp.sqrt(delta * (1 - delta) * (t + v))}

    proof = Proof("linear-channel-risk", "Risks after any linear channel")
    proof.states(r"""Weights $\hat{W} = c + a (W - c) + N$ change the population risk by
        $d [a^2 v + (1-a)^2 t + s^2 - v]$, whatever the laws of the noise $N$, of the signal and of the error of least
        squares: their variances alone count.""")
    proof.assumes(r"""$X$ has $n$ rows $N(0, I_d)$, $y = X w^* + \epsilon$, $\epsilon \sim N(0, \sigma^2 I)$,
        $W = G^{-1} X^T y$, $G = X^T X$; $u = W - w^* = G^{-1} X^T \epsilon$. One weight of it has the mean 0, and its
        variance is called $v$.""")
    proof.assumes(r"""$w^*$ is fixed, or random and independent of $X$ and $\epsilon$. The mean square of $w^* - c$,
        over its $d$ weights, is $t$.""")
    proof.assumes("""$N$ is independent of all else, with mean 0 and variance $s^2$ in each weight (or on average
        over the weights). It need not be Gaussian.""")
    proof.assumes("In one weight write $p = u$, $q = w^* - c$ and $r = N$.")

    proof.step("weight-variance").because("The variance of one weight of least squares:")
    proof.lemma("weight-t-law", line="variance", quantity="v", conditions=(n > d + 1,))

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
        $e = \hat{W} - W = -(1-a)(u + w^* - c) + N$. A vector $h$ that does not depend on $X$ gives $n$ rows
        $x_i^T h \sim N(0, |h|^2)$, so $h^T G h = |h|^2 \chi^2_n$. With $h = w^* - c$ the mean of $|h|^2$ is $d t$.""")
    proof.lemma("chi-square-moments", {"k": n}, line="mean", times=d * t, quantity=r"\mathrm{E}[(w^* - c)^T G (w^* - c)]")

    proof.step("projection").because(r"""For $u$ it is $u^T G u = \epsilon^T P \epsilon$, $P$ the projection on the
        $d$ columns of $X$. Over $\sigma^2$ this is a $\chi^2_d$.""")
    proof.lemma("projection-chi-square-law", {"k": d, "t": lam}, quantity=r"\mathrm{E}[e^{-\lambda u^T G u/\sigma^2}]")

    proof.step("fit", uses="projection").because("So by (@projection) it has this mean.")
    proof.lemma("chi-square-moments", {"k": d}, line="mean", times=sigma**2, quantity=r"\mathrm{E}[u^T G u]")

    proof.step("distortion", uses="fixed-vector, fit").because(r"""The cross terms have mean zero, as
        $G u = X^T \epsilon$ has given $X$. Together, $N$ like $w^* - c$ with $s^2$ for $t$:""")
    proof.shows((lost**2 * (fit + n * d * t) + n * d * s**2) / n, distortion, quantity=r"\mathrm{E}[L_S(\hat{W}) - L_S(W)]")

    proof.step("training").because("Least squares itself has the empirical risk")
    proof.lemma("expected-empirical-risk", quantity=r"\mathrm{E} L_S(W)", conditions=(n >= d,))

    proof.step("gap", uses="excess, distortion, training").because("""Generalization error: population risk minus
        empirical risk. Signal and noise have dropped out.""")
    proof.shows((sigma**2 + excess) - (training + distortion), gap, quantity=r"\mathrm{gen}(\hat{W})")

    proof.step("channel", uses="change").because(r"""A code that keeps $a = 1-\delta$ and adds
        $s^2 = \delta (1-\delta)(t + v)$ (the Gaussian channel, subtractive dither with Wiener scaling) lowers
        (@change) below zero exactly when $t < v$, for every $n > d + 1$.""")
    proof.shows(
        change.subs(channel),
        d * delta * (t - v),
        quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]",
        conditions=(delta < 1,),
    )

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
        distortion.subs(channel), d * delta * (delta * sigma**2 / n + t + (1 - delta) * v), conditions=(delta < 1,)
    )
    proof.check(
        "Limit of no rate in (@change), $a = 0$ and $s = 0$: what least squares over-fits is traded for the signal.",
        uses="weight-variance, change",
    ).shows(sp.Subs(change.subs(v, of_least_squares), (a, s), (0, 0)), d * (t - of_least_squares), conditions=(n > d + 1,))

    return proof.derivation()
