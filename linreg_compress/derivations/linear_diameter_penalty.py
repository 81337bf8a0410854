"""Linear diameter penalty: the two ends decouple, each centre moves by beta / (2 H)."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import beta

c = sp.Symbol("c", real=True)
m = sp.Symbol("m", real=True)  # weighted mean of the end cluster
H = sp.Symbol("H", positive=True)
SS = sp.Symbol("Q", positive=True)  # sum of squares of the end cluster
scale = sp.Symbol("alpha", real=True)  # fraction of beta


def linear_diameter_penalty() -> Derivation:
    """Costs of the first and the last cluster with penalty beta (c_K - c_1)."""
    low = SS + H * (c - m) ** 2 - beta * c
    high = SS + H * (c - m) ** 2 + beta * c
    low_slope = 2 * H * (c - m) - beta
    high_slope = 2 * H * (c - m) + beta
    step = beta / (2 * H)
    published = beta / (4 * H)
    low_cost = SS - beta * m - beta**2 / (4 * H)
    high_cost = SS + beta * m - beta**2 / (4 * H)
    return Derivation(
        name="linear-diameter-penalty",
        title="A linear diameter penalty splits into two ends",
        statement=(
            "With the penalty $\\beta (c_K - c_1)$ the first cluster of a fixed partition costs $Q - \\beta m - \\beta^2/(4H)$ and the last "
            "$Q + \\beta m - \\beta^2/(4H)$: sums over clusters, which an interval dynamic program minimizes exactly. The published step "
            "$\\beta/(4H)$ is optimal for half the penalty."
        ),
        quantity="cost_1",
        assumptions=(
            "A fixed partition into $K \\geq 2$ clusters; $H$, $m$ and $Q$ are the total importance, weighted mean and weighted sum of squares "
            "of the end cluster at hand, $c$ its centre.",
            "The cost is the weighted squared error plus $\\beta (c_K - c_1)$; the moved end centres do not pass their neighbours.",
        ),
        conclusion=4,
        steps=(
            Step(
                "The penalty is a sum of $-\\beta c_1$ and $\\beta c_K$, so each end has its own problem. The cost of the first cluster, "
                "$Q + H (c - m)^2 - \\beta c$, has this slope in $c$.",
                sp.Derivative(low, c),
                low_slope,
            ),
            Step(
                "It is zero at $c_1 = m_1 + \\beta/(2 H_1)$: the centre moves inwards.",
                sp.Subs(low_slope, c, m + step),
                sp.Integer(0),
                depends_on=(1,),
            ),
            Step("The second slope, $2H$, is positive: this is the minimum.", sp.Derivative(low_slope, c), 0, relation=">"),
            Step(
                "The cost of the first cluster there.",
                sp.Subs(low, c, m + step),
                low_cost,
                quantity="cost_1",
                depends_on=(2, 3),
            ),
            Step("The last cluster has $+\\beta c$.", sp.Derivative(high, c), high_slope),
            Step(
                "Its centre moves the other way, to $c_K = m_K - \\beta/(2 H_K)$.",
                sp.Subs(high_slope, c, m - step),
                sp.Integer(0),
                depends_on=(5,),
            ),
            Step(
                "The cost of the last cluster there.",
                sp.Subs(high, c, m - step),
                high_cost,
                quantity="cost_K",
                depends_on=(6,),
            ),
            Step(
                "The published code moves the end centres by $\\beta/(4H)$. For which penalty, $\\alpha \\beta$, is that optimal? The slope at "
                "this step is proportional to $1 - 2 \\alpha$, so $\\alpha = 1/2$.",
                sp.Subs(low_slope, (beta, c), (scale * beta, m + published)),
                beta * (1 - 2 * scale) / 2,
                depends_on=(1,),
            ),
            Step(
                "For its own penalty $\\beta$ that step costs this much too much at each end.",
                sp.Subs(low, c, m + published) - low_cost,
                beta**2 / (16 * H),
                depends_on=(4,),
            ),
            Step("Without penalty the ends cost their sums of squares.", sp.Limit(low_cost, beta, 0), SS, depends_on=(4,)),
        ),
    )
