"""Linear diameter penalty: the two ends decouple, each centre moves by beta / (2 H)."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
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

    proof = Proof("linear-diameter-penalty", "A linear diameter penalty splits into two ends")
    proof.states(r"""With the penalty $\beta (c_K - c_1)$ the first cluster of a fixed partition costs
        $Q - \beta m - \beta^2/(4H)$ and the last $Q + \beta m - \beta^2/(4H)$: sums over clusters, which an interval
        dynamic program minimizes exactly. The published step $\beta/(4H)$ is optimal for half the penalty.""")
    proof.assumes(r"""A fixed partition into $K \geq 2$ clusters; $H$, $m$ and $Q$ are the total importance, weighted
        mean and weighted sum of squares of the end cluster at hand, $c$ its centre.""")
    proof.assumes(r"""The cost is the weighted squared error plus $\beta (c_K - c_1)$; the moved end centres do not
        pass their neighbours.""")

    proof.step("slope").because(r"""The penalty is a sum of $-\beta c_1$ and $\beta c_K$, so each end has its own
        problem. The cost of the first cluster, $Q + H (c - m)^2 - \beta c$, has this slope in $c$.""")
    proof.shows(sp.Derivative(low, c), low_slope)

    proof.step("first-centre", uses="slope").because(r"""It is zero at $c_1 = m_1 + \beta/(2 H_1)$: the centre moves
        inwards.""")
    proof.shows(sp.Subs(low_slope, c, m + step), 0)

    proof.step("second-slope", uses="slope").because("The second slope, $2H$, is positive: this is the minimum.")
    proof.shows(sp.Derivative(low_slope, c), 0, relation=">")

    proof.step("first-cost", uses="first-centre, second-slope").because("""The cost of the first cluster at its
        centre, a minimum by (@second-slope).""")
    proof.shows(sp.Subs(low, c, m + step), low_cost, quantity="cost_1")
    proof.concludes()

    proof.step("last-slope").because(r"The last cluster has $+\beta c$.")
    proof.shows(sp.Derivative(high, c), high_slope)

    proof.step("last-centre", uses="last-slope").because(r"""Its centre moves the other way, to
        $c_K = m_K - \beta/(2 H_K)$.""")
    proof.shows(sp.Subs(high_slope, c, m - step), 0)

    proof.step("last-cost", uses="last-centre").because("Its cost at (@last-centre).")
    proof.shows(sp.Subs(high, c, m - step), high_cost, quantity="cost_K")

    proof.step("published-code", uses="slope").because(r"""The published code moves the end centres by $\beta/(4H)$.
        For which penalty, $\alpha \beta$, is that optimal? The slope at this step is proportional to $1 - 2 \alpha$,
        so $\alpha = 1/2$.""")
    proof.shows(sp.Subs(low_slope, (beta, c), (scale * beta, m + published)), beta * (1 - 2 * scale) / 2)

    proof.check(r"For its own penalty $\beta$ that step costs this much too much at each end.").shows(
        sp.Subs(low, c, m + published) - low_cost, beta**2 / (16 * H)
    )
    proof.check("Without penalty the ends cost their sums of squares.").shows(sp.Limit(low_cost, beta, 0), SS)

    return proof.derivation()
