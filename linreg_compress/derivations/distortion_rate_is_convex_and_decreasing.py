"""The distortion-rate function is decreasing and convex, for one component and for any number."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import R, d

V, U, mean, x = sp.symbols("V U V_g x", positive=True)
k = sp.Symbol("k", positive=True, integer=True)


def distortion_rate_is_convex_and_decreasing() -> Derivation:
    """Slopes of V exp(-2R), of the water-filled sum, and across the rate where a component wakes up."""
    one = V * sp.exp(-2 * R)
    slope, curvature = -2 * one, 4 * one
    exponent = -2 * R / k
    level = mean * sp.exp(exponent)
    active_slope = -2 * level
    active_curvature = 4 * level / k
    wake = k * (sp.log(mean) - sp.log(U)) / 2
    wider = (mean**k * U) ** (1 / (k + 1))
    next_level = wider * sp.exp(-2 * R / (k + 1))
    uneven = V * sp.exp(-2 * (R / 2 + x)) + V * sp.exp(-2 * (R / 2 - x))
    loss = V * sp.exp(-R) * (sp.exp(x) - sp.exp(-x)) ** 2
    per_weight = V * sp.exp(-2 * R / d)
    return Derivation(
        name="distortion-rate-is-convex-and-decreasing",
        title="The distortion-rate function is convex and decreasing",
        statement="Each nat lowers the distortion, and by less than the nat before. So $d$ equal components share the rate "
        "equally, and each is left with $V e^{-2R/d}$.",
        quantity="D(R)/d",
        assumptions=(
            "One Gaussian component of variance $V$ has $D(R) = V e^{-2R}$ (derived in gaussian-rate-distortion).",
            "Several share a rate by reverse water-filling: $k$ active components of geometric mean variance $V_g$ have the "
            "level $\\theta = V_g e^{-2R/k}$, and every dropped one keeps its variance. $U$ is the largest variance dropped.",
        ),
        conditions=(mean > U,),
        steps=(
            Step("One component. The slope:", sp.Derivative(one, R), slope, quantity="D'(R)"),
            Step("is negative: decreasing.", slope, sp.Integer(0), relation="<", depends_on=(1,)),
            Step("The slope of the slope:", sp.Derivative(slope, R), curvature, quantity="D''(R)", depends_on=(1,)),
            Step("is positive: convex.", curvature, sp.Integer(0), relation=">", depends_on=(3,)),
            Step(
                "Several components. While the same $k$ are active, the total is $k \\theta$ plus a constant $B$, the variances "
                "of those dropped. Its slope is $-2\\theta$, negative.",
                sp.Derivative(k * level + sp.Symbol("B"), R),
                active_slope,
                quantity="D'(R)",
            ),
            Step(
                "and the slope rises with the rate: convex.",
                sp.Derivative(active_slope, R),
                active_curvature,
                quantity="D''(R)",
                depends_on=(5,),
            ),
            Step("as the sign says.", active_curvature, sp.Integer(0), relation=">", depends_on=(6,)),
            Step(
                "The component of variance $U$ wakes up when the level has fallen to it, at the rate $(k/2) \\ln(V_g/U)$:",
                mean * sp.exp(exponent.subs(R, wake), evaluate=False),
                U,
                quantity=r"\theta",
                depends_on=(5,),
            ),
            Step(
                "From there on $k + 1$ are active, of geometric mean $(V_g^k U)^{1/(k+1)}$, and their level starts from the "
                "same $U$. So the slope $-2\\theta$ does not jump, and the whole curve is convex and decreasing.",
                sp.log(next_level.subs(R, wake)),
                sp.log(U),
                quantity=r"\ln \theta",
                depends_on=(8,),
            ),
            Step(
                "Consequence: equal components share equally. Moving $x$ nats from one of two to the other, at a total of $R$, "
                "costs",
                uneven - uneven.subs(x, 0),
                loss,
                depends_on=(1,),
            ),
            Step("which is never negative.", loss, sp.Integer(0), relation=">=", depends_on=(10,)),
            Step(
                "So with $d$ components of variance $V$ each gets $R/d$, and the level is $V_g = V$, $k = d$ above: the slope in "
                "the rate of each is",
                sp.Derivative(per_weight, R),
                -2 * per_weight / d,
                quantity="(D/d)'(R)",
                depends_on=(5, 10),
            ),
            Step(
                "From $V$ at $R = 0$ this slope integrates to the distortion of one weight.",
                V + sp.Integral(-2 * per_weight / d, (R, 0, R)),
                per_weight,
                quantity="D(R)/d",
                depends_on=(12,),
            ),
            Step("Limit of no rate: all of it.", sp.Limit(per_weight, R, 0), V, depends_on=(13,)),
            Step("Limit of infinite rate: none.", sp.Limit(per_weight, R, sp.oo), sp.Integer(0), depends_on=(13,)),
        ),
        conclusion=13,
    )
