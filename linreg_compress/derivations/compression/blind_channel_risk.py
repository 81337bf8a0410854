"""Risks after the design-blind Gaussian channel, with a prior on the true weights."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, d, delta, gaussian, m, n, sigma, tau, v

x = sp.Symbol("x", positive=True)
z = sp.Symbol("z", real=True)
i, j = sp.symbols("i j", positive=True, integer=True)

NU = n - d + 1
DENSITY = chi_square(x, NU)
NORMAL = gaussian(z)


def blind_channel_risk() -> Derivation:
    """Distortion, excess, change and generalization error of a channel that knows W alone."""
    keep = 1 - delta
    variance = sigma**2 / (n - d - 1)
    noise = delta * keep * (tau**2 + v)
    per_weight = keep * v + delta * tau**2
    excess = d * per_weight
    change = d * delta * (tau**2 - v)
    trace = n * d
    fit = d * sigma**2
    distortion = d * delta * (delta * sigma**2 / n + tau**2 + keep * v)
    gap = d * keep * ((1 + delta) * sigma**2 / n + keep * v)
    least_squares = sigma**2 * (d / n) * (2 + (d + 1) / (n - d - 1))

    proof = Proof("blind-channel-risk", "Risks after design-blind compression")
    proof.states(r"""With a prior $w^* \sim N(w_0, \tau^2 I)$ and the codebook centred at $w_0$, the excess risk is
        $d [(1-\delta) v + \delta \tau^2]$, and the generalization error does not depend on $\tau^2$.""")
    proof.assumes(r"""$X$ has $n$ rows $N(0, I_d)$, $y = X w^* + \epsilon$, $\epsilon \sim N(0, \sigma^2 I)$,
        $W = G^{-1} X^T y$, $G = X^T X$.""")
    proof.assumes(r"""$w^* = w_0 + t$ with $t \sim N(0, \tau^2 I)$ independent of $X$ and $\epsilon$;
        $u = W - w^* = G^{-1} X^T \epsilon$.""")
    proof.assumes(r"""One weight $u_j$ is $\sigma z/\sqrt{q}$ with $z$ standard normal and $q \sim \chi^2_{n-d+1}$
        independent (the multivariate t law of least squares). Its variance is called $v$.""")
    proof.assumes(r"""$\hat{W} = w_0 + (1-\delta)(W - w_0) + Z$ with $Z \sim N(0, \delta(1-\delta)(\tau^2 + v) I)$
        independent of all else.""")
    proof.assumes(r"A codebook centred at the true weights is the case $\tau = 0$.")
    proof.requires(n > d + 1, delta < 1)

    proof.step("weight-variance").because(r"""The variance of one weight of least squares is $\sigma^2$ times the mean
        of an inverse chi-square.""")
    proof.shows(sp.Integral(sigma**2 * DENSITY / x, (x, 0, sp.oo)), variance, quantity="v", where={n: d + 1 + m})

    proof.step("one-weight", uses="weight-variance").because(r"""The compressed weights miss the true ones by
        $\hat{W} - w^* = (1-\delta) u - \delta t + Z$. The three terms are uncorrelated, and one weight of it has the
        variance""")
    proof.shows(keep**2 * v + delta**2 * tau**2 + noise, per_weight, quantity=r"\mathrm{E}(\hat{W}_j - w^*_j)^2")

    proof.step("excess", uses="one-weight").because("The excess risk sums the $d$ weights.")
    proof.shows(sp.Sum(per_weight, (j, 1, d)), excess, quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2")

    proof.step(uses="excess").because(r"Against least squares, $\delta = 0$, the population risk changes by")
    proof.shows(excess - excess.subs(delta, 0), change, quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]")

    proof.step("trace").because(r"""The empirical risk rises by $e^T G e / n$ with
        $e = \hat{W} - W = -\delta (t + u) + Z$. For $t$ and $Z$, which do not depend on $X$, that needs the mean of
        the trace of $G$: a sum of $n d$ squares of standard normals.""")
    proof.shows(
        sp.Sum(sp.Sum(sp.Integral(z**2 * NORMAL, (z, -sp.oo, sp.oo)), (i, 1, n)), (j, 1, d)),
        trace,
        quantity=r"\mathrm{E} \mathrm{tr} G",
    )

    proof.step("fit").because(r"""For $u$ it needs $u^T G u = \epsilon^T P \epsilon$, $P$ the projection on the $d$
        columns of $X$: $d$ squares of normals of variance $\sigma^2$.""")
    proof.shows(
        sp.Sum(sp.Integral((sigma * z) ** 2 * NORMAL, (z, -sp.oo, sp.oo)), (j, 1, d)), fit, quantity=r"\mathrm{E}[u^T G u]"
    )

    proof.step("distortion", uses="trace, fit").because("The cross terms have mean zero. Together:")
    proof.shows(
        (delta**2 * fit + (delta**2 * tau**2 + noise) * trace) / n,
        distortion,
        quantity=r"\mathrm{E}[L_S(\hat{W}) - L_S(W)]",
    )

    proof.step("gap", uses="excess, fit, distortion").because(r"""Generalization error: population risk minus
        empirical risk, with $\mathrm{E} L_S(W) = \sigma^2 - \mathrm{E}[u^T G u]/n$ since the residual is
        $(I - P) \epsilon$.""")
    proof.shows((sigma**2 + excess) - (sigma**2 - fit / n + distortion), gap, quantity=r"\mathrm{gen}(\hat{W})")
    proof.concludes()

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
    proof.check("and the generalization error is that of least squares.", uses="weight-variance, gap").shows(
        sp.Limit(gap.subs(v, variance), delta, 0, "+"), least_squares, quantity=r"\mathrm{gen}(W)"
    )

    return proof.derivation()
