"""The design-aware channel shrinks the generalization error by 1 - delta."""

import sympy as sp

from linreg_compress.derivations.densities import chi_square, gaussian
from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import d, delta, g, m, n, sigma

x, rho, s, trace = sp.symbols("x rho s_z T", positive=True)
noise, fresh, shift, z = sp.symbols("epsilon eta p z", real=True)
j = sp.Symbol("j", positive=True, integer=True)

NU = n - d + 1
DENSITY = chi_square(x, NU)
NORMAL = gaussian(z)


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
    return Derivation(
        name="generalization-error-shrinks",
        title="Compression shrinks the generalization error",
        statement="After the design-aware channel $\\mathrm{gen}(\\hat{W}) = (1-\\delta) \\mathrm{gen}(W)$.",
        quantity=r"\mathrm{gen}(\hat{W})",
        assumptions=(
            "$X$ has $n$ rows $N(0, I_d)$, $y = X w^* + \\epsilon$, $\\epsilon \\sim N(0, \\sigma^2 I)$, $W = G^{-1} X^T y$, $G = X^T X$.",
            "Look at all weights $\\hat{W} = w^* + a$ with $a = \\rho (W - w^*) + N(0, s_z G^{-1})$. Least squares is $\\rho = 1$, "
            "$s_z = 0$; the design-aware channel is $\\rho = 1-\\delta$, $s_z = \\delta (1-\\delta) \\sigma^2$. $T$ is the mean trace of $G^{-1}$.",
            "Each diagonal entry of $G^{-1}$ is $1/q$ with $q \\sim \\chi^2_{n-d+1}$ (the Schur complement of a Wishart matrix).",
        ),
        conditions=(n > d + 1, delta < 1),
        steps=(
            Step(
                "One training sample of noise $\\epsilon$, at which $\\hat{W}$ predicts $p = x_i^T a$ too much. Averaged, the "
                "population risk is $\\sigma^2 + |a|^2$ and the empirical risk the mean of $(\\epsilon - p)^2$, so "
                "$\\mathrm{gen} = \\mathrm{E}|a|^2 - \\mathrm{E}|Xa|^2/n + 2 \\mathrm{E}[\\epsilon^T X a]/n$.",
                noise**2 - (noise - shift) ** 2,
                2 * noise * shift - shift**2,
            ),
            Step(
                "Given $X$, $W - w^*$ has the covariance $\\sigma^2 G^{-1}$. In an eigenvector of $G$ of eigenvalue $g$ the "
                "coordinate of $a$ has a variance $1/g$ times",
                g * (rho**2 * sigma**2 / g + s / g),
                scale,
                quantity=r"g \mathrm{Var}(a)",
            ),
            Step(
                "Hence $\\mathrm{E}|a|^2$ is this number times $T$, and $|X a|^2 = a^T G a$ sums it over $d$ directions.",
                sp.Sum(scale, (j, 1, d)),
                length,
                quantity=r"\mathrm{E}|X a|^2",
                depends_on=(2,),
            ),
            Step(
                "$X (W - w^*) = P \\epsilon$ is the projection of $\\epsilon$ on the $d$ columns of $X$, and the channel's noise is "
                "uncorrelated with $\\epsilon$: $\\epsilon^T X a$ has the mean of $\\rho \\epsilon^T P \\epsilon$, $d$ squares.",
                sp.Sum(rho * sp.Integral((sigma * z) ** 2 * NORMAL, (z, -sp.oo, sp.oo)), (j, 1, d)),
                overlap,
                quantity=r"\mathrm{E}[\epsilon^T X a]",
            ),
            Step(
                "Together:",
                scale * trace - length / n + 2 * overlap / n,
                general,
                quantity=r"\mathrm{gen}",
                depends_on=(1, 2, 3, 4),
            ),
            Step(
                "For the channel both parts shrink by the same factor, because $\\rho^2 \\sigma^2 + s_z = (1-\\delta) \\sigma^2$: what "
                "shrinking takes away too much, the noise puts back.",
                general.subs(channel),
                at_channel,
                quantity=r"\mathrm{gen}(\hat{W})",
                depends_on=(5,),
            ),
            Step(
                "The trace of $G^{-1}$ has $d$ entries, each with the mean of an inverse chi-square.",
                sp.Sum(sp.Integral(DENSITY / x, (x, 0, sp.oo)), (j, 1, d)),
                inverse,
                quantity="T",
                where={n: d + 1 + m},
            ),
            Step(
                "Least squares itself:",
                general.subs({rho: 1, s: 0}).subs(trace, inverse),
                plain,
                quantity=r"\mathrm{gen}(W)",
                depends_on=(5, 7),
            ),
            Step(
                "And after the channel:",
                at_channel.subs(trace, inverse),
                result,
                quantity=r"\mathrm{gen}(\hat{W})",
                depends_on=(6, 7, 8),
            ),
            Step(
                "It is the balance that does it: noise without shrinking adds to the generalization error of least squares.",
                general.subs(rho, 1) - general.subs({rho: 1, s: 0}),
                s * (trace - d / n),
                depends_on=(5,),
            ),
            Step(
                "With fresh noise $\\eta$ at the same inputs, the squares of $p$ cancel,",
                (fresh - shift) ** 2 - (noise - shift) ** 2,
                fresh**2 - noise**2 - 2 * fresh * shift + 2 * noise * shift,
                depends_on=(1,),
            ),
            Step(
                "so the gap is $2 \\mathrm{E}[\\epsilon^T X a]/n$. It shrinks by $1 - \\delta$ as well, from $2 \\sigma^2 d/n$.",
                2 * overlap.subs(channel) / n - 2 * overlap.subs(rho, 1) / n,
                -2 * delta * sigma**2 * d / n,
                depends_on=(4, 11),
            ),
            Step(
                "Limit of no rate: no generalization error.",
                sp.Limit(result, delta, 1, "-"),
                sp.Integer(0),
                depends_on=(9,),
            ),
            Step(
                "Limit of infinite rate: that of least squares.",
                sp.Limit(result, delta, 0, "+"),
                plain,
                depends_on=(9,),
            ),
            Step(
                "Limit of many samples: $2 (1-\\delta) \\sigma^2 d/n$, the same as at the same inputs.",
                sp.Limit(n * result, n, sp.oo),
                2 * overlap.subs(channel),
                depends_on=(4, 9),
            ),
        ),
        conclusion=9,
    )
