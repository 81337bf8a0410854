"""Risks after the design-aware Gaussian channel with the codebook centred at the true weights."""

import sympy as sp

from linreg_compress.derivations.densities import chi_square
from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import d, delta, g, m, n, sigma

x = sp.Symbol("x", positive=True)
j = sp.Symbol("j", positive=True, integer=True)

NU = n - d + 1
DENSITY = chi_square(x, NU)
SPARE = {n: d + 1 + m}


def aware_channel_risk() -> Derivation:
    """Excess (1 - delta) sigma^2 d/(n - d - 1), distortion, change and limits."""
    keep = 1 - delta
    scale = keep * sigma**2
    stretched = delta * sigma**2
    inverse = 1 / (n - d - 1)
    excess = keep * sigma**2 * d / (n - d - 1)
    change = -delta * sigma**2 * d / (n - d - 1)
    distortion = sigma**2 * (d / n) * delta
    empirical = sigma**2 * (1 - keep * d / n)
    gap = keep * sigma**2 * (d / n) * (2 + (d + 1) / (n - d - 1))
    return Derivation(
        name="aware-channel-risk",
        title="Risks after design-aware compression",
        statement="Compressed around the true weights, least squares has the excess risk $(1-\\delta) \\sigma^2 d/(n-d-1)$: the "
        "population risk falls by $\\delta \\sigma^2 d/(n-d-1)$.",
        quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2",
        assumptions=(
            "$X$ has $n$ rows $N(0, \\Sigma)$, $y = X w^* + \\epsilon$, $\\epsilon \\sim N(0, \\sigma^2 I)$, $G = X^T X$, $W = G^{-1} X^T y$.",
            "$\\hat{W} = w^* + (1-\\delta)(W - w^*) + \\sqrt{\\delta(1-\\delta)} \\sigma G^{-1/2} N(0, I)$, $\\delta = e^{-2R/d}$.",
            "$X = X_0 \\Sigma^{1/2}$ turns $\\Sigma$ into $I$ and leaves every risk as it is, so let $\\Sigma = I$. Then each diagonal "
            "entry of $G^{-1}$ is $1/q$ with $q \\sim \\chi^2_{n-d+1}$ (the Schur complement of a Wishart matrix).",
        ),
        conditions=(n > d + 1, delta < 1),
        steps=(
            Step(
                "Given $X$, $W - w^*$ has the covariance $\\sigma^2 G^{-1}$. In an eigenvector of $G$ of eigenvalue $g$ the "
                "variance of $\\hat{W} - w^*$ is that of the shrunken deviation plus that of the channel's noise.",
                g * (keep**2 * sigma**2 / g + delta * keep * sigma**2 / g),
                scale,
                quantity=r"g \mathrm{Var}(\hat{W} - w^*)",
            ),
            Step(
                "So the covariance of $\\hat{W} - w^*$ is $(1-\\delta) \\sigma^2 G^{-1}$, and the excess risk is its trace. Each "
                "diagonal entry of $G^{-1}$ has the mean of an inverse chi-square:",
                sp.Integral(DENSITY / x, (x, 0, sp.oo)),
                inverse,
                quantity=r"\mathrm{E} (G^{-1})_{jj}",
                where=SPARE,
            ),
            Step(
                "Sum the $d$ entries.",
                sp.Sum(scale * inverse, (j, 1, d)),
                excess,
                quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2",
                depends_on=(1, 2),
            ),
            Step(
                "Against least squares itself, $\\delta = 0$, the population risk falls.",
                excess - excess.subs(delta, 0),
                change,
                quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]",
                depends_on=(3,),
            ),
            Step("By its sign, at every rate.", change, sp.Integer(0), relation="<", depends_on=(4,), where=SPARE),
            Step(
                "Meanwhile the empirical risk rises. The error $\\hat{W} - W = -\\delta (W - w^*) + $ noise costs $g$ times its "
                "variance in each direction,",
                g * (delta**2 * sigma**2 / g + delta * keep * sigma**2 / g),
                stretched,
                quantity=r"g \mathrm{Var}(\hat{W} - W)",
            ),
            Step(
                "and $L_S(\\hat{W}) - L_S(W) = (\\hat{W} - W)^T G (\\hat{W} - W)/n$ sums the $d$ directions.",
                sp.Sum(stretched / n, (j, 1, d)),
                distortion,
                quantity=r"\mathrm{E}[L_S(\hat{W}) - L_S(W)]",
                depends_on=(6,),
            ),
            Step(
                "Added to $\\mathrm{E} L_S(W) = \\sigma^2 (1 - d/n)$ (residuals have $n - d$ degrees of freedom):",
                sigma**2 * (1 - d / n) + distortion,
                empirical,
                quantity=r"\mathrm{E} L_S(\hat{W})",
                depends_on=(7,),
            ),
            Step(
                "The generalization error is population risk minus empirical risk: $1 - \\delta$ times that of least squares.",
                sigma**2 + excess - empirical,
                gap,
                quantity=r"\mathrm{gen}(\hat{W})",
                depends_on=(3, 8),
            ),
            Step(
                "Limit of no rate, $\\delta \\to 1$: the true weights, no excess.",
                sp.Limit(excess, delta, 1, "-"),
                sp.Integer(0),
                depends_on=(3,),
            ),
            Step(
                "Limit of infinite rate, $\\delta \\to 0$: least squares.",
                sp.Limit(sigma**2 + excess, delta, 0, "+"),
                sigma**2 * (n - 1) / (n - d - 1),
                quantity=r"\mathrm{E} L_\mu(W)",
                depends_on=(3,),
            ),
            Step(
                "Limit of many samples: the excess is $(1-\\delta) \\sigma^2 d/n$.",
                sp.Limit(n * excess, n, sp.oo),
                scale * d,
                depends_on=(3,),
            ),
            Step(
                "One weight, $d = 1$, and one sample to spare, $n = 3$: all of $(1-\\delta) \\sigma^2$.",
                sp.Limit(excess.subs(d, 1), n, 3),
                scale,
                depends_on=(3,),
            ),
        ),
        conclusion=3,
    )
