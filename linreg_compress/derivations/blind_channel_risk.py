"""Risks after the design-blind Gaussian channel, with a prior on the true weights."""

import sympy as sp

from linreg_compress.derivations.densities import chi_square, gaussian
from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import d, delta, m, n, sigma, tau, v

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
    return Derivation(
        name="blind-channel-risk",
        title="Risks after design-blind compression",
        statement="With a prior $w^* \\sim N(w_0, \\tau^2 I)$ and the codebook centred at $w_0$, the excess risk is "
        "$d [(1-\\delta) v + \\delta \\tau^2]$, and the generalization error does not depend on $\\tau^2$.",
        quantity=r"\mathrm{gen}(\hat{W})",
        assumptions=(
            "$X$ has $n$ rows $N(0, I_d)$, $y = X w^* + \\epsilon$, $\\epsilon \\sim N(0, \\sigma^2 I)$, $W = G^{-1} X^T y$, $G = X^T X$.",
            "$w^* = w_0 + t$ with $t \\sim N(0, \\tau^2 I)$ independent of $X$ and $\\epsilon$; $u = W - w^* = G^{-1} X^T \\epsilon$.",
            "One weight $u_j$ is $\\sigma z/\\sqrt{q}$ with $z$ standard normal and $q \\sim \\chi^2_{n-d+1}$ independent (the "
            "multivariate t law of least squares). Its variance is called $v$.",
            "$\\hat{W} = w_0 + (1-\\delta)(W - w_0) + Z$ with $Z \\sim N(0, \\delta(1-\\delta)(\\tau^2 + v) I)$ independent of all else.",
            "A codebook centred at the true weights is the case $\\tau = 0$.",
        ),
        conditions=(n > d + 1, delta < 1),
        steps=(
            Step(
                "The variance of one weight of least squares is $\\sigma^2$ times the mean of an inverse chi-square.",
                sp.Integral(sigma**2 * DENSITY / x, (x, 0, sp.oo)),
                variance,
                quantity="v",
                where={n: d + 1 + m},
            ),
            Step(
                "The compressed weights miss the true ones by $\\hat{W} - w^* = (1-\\delta) u - \\delta t + Z$. The three terms are "
                "uncorrelated, and one weight of it has the variance",
                keep**2 * v + delta**2 * tau**2 + noise,
                per_weight,
                quantity=r"\mathrm{E}(\hat{W}_j - w^*_j)^2",
                depends_on=(1,),
            ),
            Step(
                "The excess risk sums the $d$ weights.",
                sp.Sum(per_weight, (j, 1, d)),
                excess,
                quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2",
                depends_on=(2,),
            ),
            Step(
                "Against least squares, $\\delta = 0$, the population risk changes by",
                excess - excess.subs(delta, 0),
                change,
                quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]",
                depends_on=(3,),
            ),
            Step(
                "The empirical risk rises by $e^T G e / n$ with $e = \\hat{W} - W = -\\delta (t + u) + Z$. For $t$ and $Z$, which do "
                "not depend on $X$, that needs the mean of the trace of $G$: a sum of $n d$ squares of standard normals.",
                sp.Sum(sp.Sum(sp.Integral(z**2 * NORMAL, (z, -sp.oo, sp.oo)), (i, 1, n)), (j, 1, d)),
                trace,
                quantity=r"\mathrm{E} \mathrm{tr} G",
            ),
            Step(
                "For $u$ it needs $u^T G u = \\epsilon^T P \\epsilon$, $P$ the projection on the $d$ columns of $X$: $d$ squares of "
                "normals of variance $\\sigma^2$.",
                sp.Sum(sp.Integral((sigma * z) ** 2 * NORMAL, (z, -sp.oo, sp.oo)), (j, 1, d)),
                fit,
                quantity=r"\mathrm{E}[u^T G u]",
            ),
            Step(
                "The cross terms have mean zero. Together:",
                (delta**2 * fit + (delta**2 * tau**2 + noise) * trace) / n,
                distortion,
                quantity=r"\mathrm{E}[L_S(\hat{W}) - L_S(W)]",
                depends_on=(5, 6),
            ),
            Step(
                "Generalization error: population risk minus empirical risk, with $\\mathrm{E} L_S(W) = \\sigma^2 - "
                "\\mathrm{E}[u^T G u]/n$ since the residual is $(I - P) \\epsilon$.",
                (sigma**2 + excess) - (sigma**2 - fit / n + distortion),
                gap,
                quantity=r"\mathrm{gen}(\hat{W})",
                depends_on=(3, 6, 7),
            ),
            Step(
                "The prior has dropped out: what it adds to the population risk it adds to the empirical risk.",
                sp.Derivative(excess - distortion, tau),
                sp.Integer(0),
                depends_on=(3, 7, 8),
            ),
            Step(
                "Limit of no rate, $\\delta \\to 1$: $\\hat{W} = w_0$, and the excess is the energy of the signal.",
                sp.Limit(excess, delta, 1, "-"),
                d * tau**2,
                depends_on=(3,),
            ),
            Step(
                "The weights then do not know the data, and there is no generalization error.",
                sp.Limit(gap, delta, 1, "-"),
                sp.Integer(0),
                depends_on=(8,),
            ),
            Step(
                "Limit of infinite rate, $\\delta \\to 0$: no distortion,",
                sp.Limit(distortion, delta, 0, "+"),
                sp.Integer(0),
                depends_on=(7,),
            ),
            Step(
                "and the generalization error is that of least squares.",
                sp.Limit(gap.subs(v, variance), delta, 0, "+"),
                least_squares,
                quantity=r"\mathrm{gen}(W)",
                depends_on=(1, 8),
            ),
        ),
        conclusion=8,
    )
