"""The distortion-rate function is decreasing and convex, for one component and for any number."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
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

    proof = Proof("distortion-rate-is-convex-and-decreasing", "The distortion-rate function is convex and decreasing")
    proof.states("""Each nat lowers the distortion, and by less than the nat before. So $d$ equal components share
        the rate equally, and each is left with $V e^{-2R/d}$.""")
    proof.assumes(r"""Several components share a rate by reverse water-filling: the $k$ active ones, of geometric mean
        variance $V_g$, are left with the level $\theta$ each, and every dropped one keeps its variance. $U$ is the
        largest variance dropped.""")
    proof.requires(mean > U)

    proof.step("one").because("One Gaussian component of variance $V$ has the distortion-rate function")
    proof.lemma("gaussian-rate-distortion", quantity="D(R)")

    proof.step("slope", uses="one").because("Its slope")
    proof.shows(sp.Derivative(one, R), slope, quantity="D'(R)")

    proof.step("falls", uses="slope").because("is negative: decreasing.")
    proof.shows(slope, 0, relation="<")

    proof.step("curvature", uses="slope").because("The slope of the slope:")
    proof.shows(sp.Derivative(slope, R), curvature, quantity="D''(R)")

    proof.step("bends", uses="curvature").because("is positive: convex.")
    proof.shows(curvature, 0, relation=">")

    proof.step("level").because("Several components. While $k$ of them are active, the level is")
    proof.lemma("reverse-water-filling", quantity=r"\theta")

    proof.step("total-slope", uses="level").because(r"""While the same $k$ are active, the total is $k \theta$ plus a
        constant $B$, the variances of those dropped. Its slope is $-2\theta$, negative.""")
    proof.shows(sp.Derivative(k * level + sp.Symbol("B"), R), active_slope, quantity="D'(R)")

    proof.step("total-curvature", uses="total-slope").because("and the slope rises with the rate: convex.")
    proof.shows(sp.Derivative(active_slope, R), active_curvature, quantity="D''(R)")

    proof.step("total-bends", uses="total-curvature").because("as the sign says.")
    proof.shows(active_curvature, 0, relation=">")

    proof.step("wake-up", uses="total-slope").because(r"""The component of variance $U$ wakes up when the level, which
        falls by (@total-slope), has come down to it, at the rate $(k/2) \ln(V_g/U)$:""")
    proof.shows(mean * sp.exp(exponent.subs(R, wake), evaluate=False), U, quantity=r"\theta")

    proof.step("no-jump", uses="wake-up").because(r"""From there on $k + 1$ are active, of geometric mean
        $(V_g^k U)^{1/(k+1)}$, and their level starts from the same $U$. So the slope $-2\theta$ does not jump, and
        the whole curve is convex and decreasing.""")
    proof.shows(sp.log(next_level.subs(R, wake)), sp.log(U), quantity=r"\ln \theta")

    proof.step("exchange", uses="slope").because("""Consequence of the slope (@slope): equal components share
        equally. Moving $x$ nats from one of two to the other, at a total of $R$, costs""")
    proof.shows(uneven - uneven.subs(x, 0), loss)

    proof.step("even-is-best", uses="exchange").because("which is never negative.")
    proof.shows(loss, 0, relation=">=")

    proof.step("equal-components", uses="total-slope, even-is-best").because("""
        So with $d$ components of variance $V$ each gets $R/d$ by (@even-is-best), and in (@total-slope) $V_g = V$ and
        $k = d$: the slope in the rate of each is""")
    proof.shows(sp.Derivative(per_weight, R), -2 * per_weight / d, quantity="(D/d)'(R)")

    proof.step("one-weight", uses="falls, bends, total-bends, no-jump, equal-components").because("""
        By (@falls) and (@bends) the curve of one component decreases and is convex, and by (@total-bends) and
        (@no-jump) that of several. From $V$ at $R = 0$ the slope (@equal-components) integrates to the distortion of
        one weight.""")
    proof.shows(V + sp.Integral(-2 * per_weight / d, (R, 0, R)), per_weight, quantity="D(R)/d")
    proof.concludes()

    proof.check("Limit of no rate: all of it.").shows(sp.Limit(per_weight, R, 0), V)
    proof.check("Limit of infinite rate: none.").shows(sp.Limit(per_weight, R, sp.oo), 0)

    return proof.derivation()
