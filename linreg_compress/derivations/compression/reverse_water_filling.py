"""Reverse water-filling: the best split of a rate over independent Gaussian components."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import R, theta

D, V, U, t, u, mean, x = sp.symbols("D V U t u V_g x", positive=True)
k = sp.Symbol("k", positive=True, integer=True)


def reverse_water_filling() -> Derivation:
    """Any number of components: the Lagrangian separates, and each term has its own minimum."""
    rate = sp.log(V / D) / 2
    lagrangian = D + 2 * theta * rate
    slope = (D - theta) / D
    curvature = theta / D**2
    gap = t - 1 - sp.log(t)
    push = (theta - U) / U
    level = mean * sp.exp(-2 * R / k)
    dropped = {V: U}

    proof = Proof("reverse-water-filling", "Reverse water-filling")
    proof.states(r"""The best code of rate $R$ for independent Gaussian components leaves each the distortion
        $D_j = \min(\theta, V_j)$; with $k$ active components of geometric mean variance $V_g$ the water level is
        $\theta = V_g e^{-2R/k}$.""")
    proof.assumes(r"""Components $j = 1, 2, ...$, any number of them, are independent $N(0, V_j)$, each with a
        distortion $0 < D_j \leq V_j$ and a rate $r_j$.""")
    proof.assumes(r"""Minimize $\sum_j D_j$ subject to $\sum_j r_j \leq R$. $\theta$ is a positive number,
        $V > \theta$ stands for any active component and $U < \theta$ for any dropped one.""")

    proof.step("component").because("""At the distortion $D$ a component of variance $V$ needs at least, and can do
        with, the rate""")
    proof.lemma("gaussian-rate-distortion", line="lower-bound", quantity="r")

    proof.step("slope", uses="component").because(r"""With the multiplier $2 \theta$ for the rate, the Lagrangian is a
        sum with one term $D_j + 2 \theta r_j$ for each component, so each can be minimized on its own. Its derivative
        has the sign of $D - \theta$.""")
    proof.shows(sp.Derivative(lagrangian, D), slope, quantity=r"\frac{d}{dD} (D + 2 \theta r)")

    proof.step("convex", uses="slope").because("""Its second derivative is positive: each term, and so the problem,
        is convex.""")
    proof.shows(sp.Derivative(slope, D), curvature)

    proof.step("positive", uses="convex").because("So says its sign.")
    proof.shows(curvature, 0, relation=">")

    proof.step("active", uses="slope").because(r"""Active component, $V > \theta$: by (@slope) the minimum is at
        $D = \theta$. Any other $D = \theta t$ costs more by""")
    proof.shows(lagrangian.subs(D, theta * t) - lagrangian.subs(D, theta), theta * gap, conditions=(theta < V,))

    proof.step("active-best", uses="active").because("""which is never negative, because $(u-1)/u$ has the sign of
        $u - 1$.""")
    proof.lemma("gaussian-rate-distortion", line="cross-entropy", quantity=r"t - 1 - \ln t")

    proof.step("dropped", uses="slope").because(r"""Dropped component, $U < \theta$: on the whole range $D \leq U$ the
        derivative (@slope) is negative, so the best is $D = U$ with no rate at all. The multiplier of the constraint
        $D \leq U$ is minus the derivative there,""")
    proof.shows(-slope.subs(D, U), push, quantity=r"\mu", conditions=(theta > U,))

    proof.step("dropped-best", uses="dropped").because("and it is positive: the Karush-Kuhn-Tucker conditions hold.")
    proof.shows(push, 0, relation=">", where={theta: U + x}, conditions=(theta > U,))

    proof.step("active-change", uses="active").because(r"""Optimality over all components at once. For an active
        component the change of distortion is the change of the Lagrangian term minus $2 \theta$ times the change of
        rate.""")
    proof.shows(theta * gap.subs(t, D / theta) - 2 * theta * (rate - rate.subs(D, theta)), D - theta)

    proof.step("dropped-change", uses="slope, dropped").because("""For a dropped one (@dropped), whose rate was zero,
        the same holds with the term of (@slope). Summed over all components: no change of the Lagrangian is negative,
        and the rate cannot grow in total, so no other split has less distortion.""")
    proof.shows(
        sp.Add((lagrangian - lagrangian.subs(D, V)).subs(dropped), -2 * theta * rate.subs(dropped), evaluate=False), D - U
    )

    proof.step("rate", uses="active").because(r"""The level follows from the rate. With $k$ active components, each
        left with $\theta$ by (@active), of geometric mean $V_g$, the total rate is
        $\sum (1/2) \ln(V_j/\theta) = (k/2) \ln(V_g/\theta)$, and it is $R$ at $\theta = V_g e^{-2R/k}$.""")
    proof.shows(k * (sp.log(mean) - sp.log(level)) / 2, R, quantity="R")

    proof.step("level", uses="positive, active-best, dropped-best, active-change, dropped-change, rate").because(r"""
        By (@positive), (@active-best) and (@dropped-best) each component is at its best, and by (@active-change) and
        (@dropped-change) all of them are. The level of (@rate) follows too from $dR = -k \, d\theta/(2 \theta)$,
        starting from $\theta = V_g$ at $R = 0$:""")
    proof.shows(mean * sp.exp(sp.Integral(-2 / k, (u, 0, R))), level, quantity=r"\theta")
    proof.concludes()

    proof.check(
        r"The active components' distortion $k \theta$ falls by $2 \theta$ for each nat: the multiplier is the price of rate."
    ).shows(sp.Derivative(k * level, R), -2 * level)
    proof.check("Without rate the level is the variance of the components that are coded first.").shows(
        sp.Limit(level, R, 0), mean
    )
    proof.check("At a high rate the level falls below every variance: nothing is dropped.").shows(
        sp.Limit(level, R, sp.oo), 0
    )

    return proof.derivation()
