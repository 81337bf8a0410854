"""What the compressed weights know of one training label, and how much they gain from it."""

import sympy as sp

from linreg_compress.derivations.densities import gaussian
from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import d, delta, h, n, sigma

x = sp.Symbol("x", real=True)
V = sp.Symbol("V", positive=True)

NORMAL = gaussian(x, V)


def individual_sample_information() -> Derivation:
    """I(What; y_i | X) and the per-sample generalization error of the design-aware codec."""
    spread = (1 - delta) * sigma**2  # Cov(What) = spread G^{-1}
    cross = (1 - delta) * sigma**2  # Cov(What, y_i) = cross G^{-1} x_i
    left_over = sigma**2 * (1 - (1 - delta) * h)
    entropy = sp.log(2 * sp.pi * sp.E * V) / 2
    info = -sp.log(1 - (1 - delta) * h) / 2
    full = -sp.log(1 - h) / 2
    per_sample = 2 * (1 - delta) * h * sigma**2
    return Derivation(
        name="individual-sample-information",
        title="Information about one training label",
        statement=(
            "For the design-aware Gaussian codec and a training input with leverage $h = x_i^T G^{-1} x_i$ the compressed "
            "weights hold $-\\ln(1 - (1 - \\delta) h)/2$ nats about $y_i$."
        ),
        quantity=r"I(\hat{W}; y_i \mid X)",
        assumptions=(
            "$X$ is given, $G = X^T X$ is invertible, $y = X w^* + \\epsilon$ with $\\epsilon \\sim N(0, \\sigma^2 I_n)$, and "
            "$W = w^* + G^{-1} X^T \\epsilon$ is least squares, with covariance $\\sigma^2 G^{-1}$.",
            "$\\hat{W} = w^* + (1 - \\delta)(W - w^*) + \\sqrt{\\delta (1 - \\delta)} \\sigma G^{-1/2} z$ with $z \\sim N(0, I_d)$ "
            "independent: the optimal channel at normalized distortion $\\delta$. All is jointly Gaussian.",
        ),
        conditions=(delta < 1, h < 1, n > d),
        conclusion=4,
        steps=(
            Step(
                "The covariance of $\\hat{W}$ is a multiple of $G^{-1}$: that of the shrunken $W$ and that of the noise.",
                (1 - delta) ** 2 * sigma**2 + delta * (1 - delta) * sigma**2,
                spread,
                quantity=r"Cov(\hat{W}) G",
            ),
            Step(
                "The covariance of $W$ with $y_i$ is $G^{-1} x_i \\sigma^2$, that of $\\hat{W}$ is $(1 - \\delta)$ times it. Regress $y_i$ on "
                "$\\hat{W}$: its variance $\\sigma^2$ falls by $k^T C^{-1} k$, with $k$ this covariance and $C$ that of (1), and "
                "$x_i^T G^{-1} G G^{-1} x_i = h$.",
                sigma**2 - cross**2 * h / spread,
                left_over,
                quantity=r"Var(y_i \mid \hat{W}, X)",
                depends_on=(1,),
            ),
            Step(
                "The entropy of a normal variable with variance $V$: the mean of minus the logarithm of its density.",
                sp.Integral((x**2 / (2 * V) + sp.log(2 * sp.pi * V) / 2) * NORMAL, (x, -sp.oo, sp.oo)),
                entropy,
                quantity="H(V)",
            ),
            Step(
                "The information is the fall of the entropy of $y_i$, from variance $\\sigma^2$ to that of (2).",
                entropy.subs(V, sigma**2) - entropy.subs(V, left_over),
                info,
                quantity=r"I(\hat{W}; y_i \mid X)",
                depends_on=(2, 3),
                where={delta: 1 / (1 + V), h: 1 / (1 + x**2)},
            ),
            Step(
                "How much does the fit gain from $y_i$? The prediction $x_i^T \\hat{W}$ has variance $k h$ by (1) and, at the training label, "
                "covariance $k h$ with $y_i$ by (2), with $k = (1 - \\delta) \\sigma^2$; a fresh label has covariance zero. The mean loss is the "
                "sum of the variances minus two covariances.",
                sp.Add(sigma**2 + spread * h, -(sigma**2 + spread * h - 2 * cross * h), evaluate=False),
                per_sample,
                quantity="gen_i",
                depends_on=(1, 2),
            ),
            Step(
                "Averaged over the sample the leverages are $d/n$, as the trace of $X G^{-1} X^T$ is $d$: the same-inputs "
                "generalization error.",
                sp.Subs(per_sample, h, d / n),
                2 * (1 - delta) * sigma**2 * d / n,
                quantity="gen",
                depends_on=(5,),
            ),
            Step(
                "At rate zero, $\\delta = 1$, there is no information.",
                sp.Limit(info, delta, 1, "-"),
                sp.Integer(0),
                depends_on=(4,),
            ),
            Step(
                "At infinite rate, $\\delta = 0$, there is that of least squares.",
                sp.Limit(info, delta, 0),
                full,
                depends_on=(4,),
            ),
            Step(
                "That is infinite at a leverage of one: there the fit repeats the label.",
                sp.Limit(sp.exp(-2 * full), h, 1, "-"),
                sp.Integer(0),
                quantity="e^{-2 I}",
                depends_on=(8,),
            ),
        ),
    )
