"""A decoder that also shrinks never gains from compression."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step
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
    return Derivation(
        name="bayes-decoder-never-gains",
        title="A decoder that also shrinks never gains from compression",
        statement="If the decoder also shrinks by $\\tau^2/V$, the excess risk is $d \\tau^2 (\\delta \\tau^2 + v)/V$: below that of the "
        "plain decoder, and falling with every nat. It is the linear decoder of least mean square error, and Bayes for Gaussian weights.",
        quantity=r"\mathrm{E} L_\mu - \sigma^2",
        assumptions=(
            "As in the interpolation theorem, for each weight: $w^* \\sim N(c, \\tau^2)$, $W = w^* + u$ with $u \\sim N(0, v)$ "
            "independent, $V = \\tau^2 + v$; $\\mathrm{E}[W | \\hat{W}] = \\hat{W}$ and $\\mathrm{E}(W - \\hat{W})^2 = \\delta V$.",
            "The decoder outputs $c + \\beta (\\hat{W} - c)$. Write $w = w^* - c$ and $p = \\hat{W} - c$.",
            "After a linear code (the Gaussian channel, dither with Wiener scaling) steps 2 and 3 hold for $u$ of any law with variance "
            "$v$, so for least squares with every $n > d + 1$. There the decoder is the best linear one, not that of Bayes: the weights "
            "of least squares are a scaled t. After a quantizer that decodes to centroids, least squares has it in the limit "
            "$n - d \\to \\infty$.",
        ),
        conditions=(delta < 1,),
        steps=(
            Step(
                "The error of one weight, squared:",
                (w - b * p) ** 2,
                square,
                quantity=r"(w - \beta p)^2",
            ),
            Step(
                "Centroid property: $\\mathrm{E} (W - c) p = \\mathrm{E} p^2$, and $\\delta V = V - \\mathrm{E} p^2$, so",
                V - delta * V,
                energy,
                quantity=r"\mathrm{E} p^2",
            ),
            Step(
                "$\\mathrm{E}[w^* - c | W] = (\\tau^2/V)(W - c)$ for Gaussians, and $\\hat{W}$ is made from $W$, so",
                sp.Mul(best, energy, evaluate=False),
                shared,
                quantity=r"\mathrm{E} w p",
                depends_on=(2,),
            ),
            Step(
                "The mean of the square. Its slope in $\\beta$:",
                sp.Derivative(error, b),
                slope,
                depends_on=(1, 2, 3),
            ),
            Step(
                "So $\\beta = \\tau^2/V$ is best, at every rate; the error is a convex parabola in $\\beta$.",
                sp.Limit(slope, b, best),
                sp.Integer(0),
                depends_on=(4,),
            ),
            Step(
                "The error there:",
                error.subs(b, best),
                per_weight,
                depends_on=(4, 5),
            ),
            Step(
                "Sum over the $d$ weights.",
                sp.Sum(per_weight, (j, 1, d)),
                excess,
                quantity=r"\mathrm{E} L_\mu - \sigma^2",
                depends_on=(6,),
            ),
            Step(
                "It rises with the distortion,",
                sp.Derivative(excess, delta),
                rising,
                depends_on=(7,),
            ),
            Step(
                "always: this decoder pays for every nat that is saved.",
                rising,
                sp.Integer(0),
                relation=">",
                depends_on=(8,),
            ),
            Step(
                "In the rate, with $\\delta = e^{-2R/d}$, it falls:",
                sp.Derivative(excess.subs(delta, at_rate), R),
                -2 * tau**4 * at_rate / V,
                depends_on=(7,),
            ),
            Step(
                "The plain decoder ($\\beta = 1$, the interpolation theorem) is worse. Its error",
                sp.Limit(error, b, 1),
                plain,
                depends_on=(4,),
            ),
            Step(
                "is larger by what least squares over-fits, so far as the code lets it through.",
                plain - per_weight,
                (1 - delta) * v**2 / V,
                depends_on=(6, 11),
            ),
            Step(
                "Limit of infinite rate: the variance of $w^*$ given $W$, the Bayes risk.",
                sp.Limit(excess, delta, 0, "+"),
                d * tau**2 * v / V,
                depends_on=(7,),
            ),
            Step(
                "Limit of no rate: the energy of the signal.",
                sp.Limit(excess, delta, 1, "-"),
                d * tau**2,
                depends_on=(7,),
            ),
        ),
        conclusion=7,
    )
