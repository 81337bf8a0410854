"""The squared diameter penalty is the upper envelope of linear ones, and the gap certifies a codebook."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import beta

slope = sp.Symbol("s", positive=True)
D = sp.Symbol("D", positive=True)  # diameter of a codebook
A = sp.Symbol("A", positive=True)  # weighted squared error of a codebook
Q = sp.Symbol("Q", positive=True)  # sum of squares of a partition around its means
gap0 = sp.Symbol("D_0", positive=True)  # m_K - m_1
first, last = sp.symbols("H_1 H_K", positive=True)


def squared_penalty_as_family_of_linear() -> Derivation:
    """Beta D^2 = max_s (s D - s^2 / (4 beta)), the dual bound and its gap."""
    line = slope * D - slope**2 / (4 * beta)
    line_slope = D - slope / (2 * beta)
    best = 2 * beta * D
    squared = beta * D**2
    certificate = beta * (D - slope / (2 * beta)) ** 2
    dual = Q + slope * gap0 - slope**2 / (4 * first) - slope**2 / (4 * last) - slope**2 / (4 * beta)
    compliance = 1 / beta + 1 / first + 1 / last
    dual_slope = gap0 - slope * compliance / 2
    return Derivation(
        name="squared-penalty-as-family-of-linear",
        title="The squared penalty as a family of linear ones",
        statement=(
            "$\\beta D^2$ is the largest value over $s > 0$ of $s D - s^2/(4 \\beta)$. So for every $s$ the optimum for the linear penalty "
            "$s D$ less $s^2/(4 \\beta)$ is a lower bound on the optimum for $\\beta D^2$, and a codebook of diameter $D$ that is optimal for "
            "$s$ is at most $\\beta (D - s/(2 \\beta))^2$ above it."
        ),
        quantity=r"\max (s D - s^2/(4 \beta))",
        assumptions=(
            "A codebook has weighted squared error $A$ and diameter $D = c_K - c_1 > 0$; the cost is $A + \\beta D^2$.",
            "For the last steps a fixed partition: $Q$ its sum of squares, $D_0 = m_K - m_1$, and $H_1$, $H_K$ the total importances of its end "
            "clusters.",
        ),
        conclusion=4,
        steps=(
            Step("The slope in $s$ of the family.", sp.Derivative(line, slope), line_slope),
            Step(
                "It is zero at $s = 2 \\beta D$.",
                sp.Subs(line_slope, slope, best),
                sp.Integer(0),
                depends_on=(1,),
            ),
            Step(
                "The second slope is negative: this is the maximum.",
                sp.Derivative(line_slope, slope),
                sp.Integer(0),
                relation="<",
                depends_on=(2,),
            ),
            Step(
                "Its value is the squared penalty.",
                sp.Subs(line, slope, best),
                squared,
                quantity=r"\max (s D - s^2/(4 \beta))",
                depends_on=(2, 3),
            ),
            Step(
                "At any other $s$ the line is below the parabola by a square.",
                (A + squared) - (A + line),
                certificate,
                depends_on=(4,),
            ),
            Step(
                "So $A + s D - s^2/(4 \\beta)$ is a lower bound on the cost of every codebook, and its minimum over codebooks, a problem with "
                "linear penalty, is a lower bound on the optimum. The square in (5), at the minimizer, is the duality gap: it certifies "
                "how far that codebook is from the optimum.",
                A + line,
                A + line + certificate,
                relation="<=",
                depends_on=(5,),
            ),
            Step(
                "The gap is zero when the minimizer has diameter $D = s/(2 \\beta)$.",
                sp.Subs(certificate, D, slope / (2 * beta)),
                sp.Integer(0),
                depends_on=(5,),
            ),
            Step(
                "For a fixed partition there is no gap. The linear problem costs $Q + s D_0 - s^2/(4 H_1) - s^2/(4 H_K)$ (see "
                "linear-diameter-penalty); less $s^2/(4 \\beta)$, it has this slope in $s$.",
                sp.Derivative(dual, slope),
                dual_slope,
                depends_on=(1,),
            ),
            Step(
                "It is zero at $s = 2 D_0/(1/\\beta + 1/H_1 + 1/H_K)$.",
                sp.Subs(dual_slope, slope, 2 * gap0 / compliance),
                sp.Integer(0),
                depends_on=(8,),
            ),
            Step(
                "There the value is the cost of springs in series, that of the squared penalty (see springs-in-series).",
                sp.Subs(dual, slope, 2 * gap0 / compliance),
                Q + gap0**2 / compliance,
                depends_on=(8, 9),
            ),
        ),
    )
