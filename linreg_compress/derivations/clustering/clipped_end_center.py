"""An end centre that would pass its neighbour is stopped at the neighbour's first point."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import beta

c = sp.Symbol("c", real=True)
m = sp.Symbol("m", real=True)
p = sp.Symbol("p", real=True)  # first point of the next cluster
H = sp.Symbol("H", positive=True)
Q = sp.Symbol("Q", positive=True)
z = sp.Symbol("z", positive=True)  # overshoot m + beta/(2H) - p
t = sp.Symbol("t", positive=True)  # distance of c below p
f, g = sp.symbols("f g", positive=True)  # c_1 - p and c_2 - c_1


def clipped_end_center() -> Derivation:
    """Cost of the first cluster when its centre may not pass the first point of the next cluster."""
    cost = Q + H * (c - m) ** 2 - beta * c
    step = beta / (2 * H)
    slope = 2 * H * (c - m) - beta
    free = Q - beta * m - beta**2 / (4 * H)
    mirror = Q + H * (c - m) ** 2 + beta * c
    mirror_free = Q + beta * m - beta**2 / (4 * H)

    proof = Proof("clipped-end-center", "Clipping an end centre")
    proof.states(r"""With the linear penalty the first centre of an optimal codebook never passes the first point $p$
        of the next cluster. If its free place $m + \beta/(2H)$ is beyond $p$, the least cost of the cluster is that
        of $c = p$, which is $H (m + \beta/(2H) - p)^2$ above the free one.""")
    proof.assumes(r"""Sorted weights; the first cluster has total importance $H$, weighted mean $m$ and weighted sum
        of squares $Q$, and its centre $c$ costs $Q + H (c - m)^2 - \beta c$ . The last cluster is its mirror image.""")
    proof.assumes("The next cluster starts at the point $p > m$ and has its centre $c_2$ above $c_1$.")
    proof.assumes(r"$z = m + \beta/(2H) - p > 0$ is the overshoot.")

    proof.step("moved-point").because("""Why stop at $p$: were the first centre beyond it, at $c_1 = p + f$, with
        $c_2 = p + f + g$, the point $p$ would be nearer to $c_1$ than to its own centre, by this difference of
        squares.""")
    proof.shows((f + g) ** 2 - f**2, g * (2 * f + g), quantity="(c_2 - p)^2 - (c_1 - p)^2")

    proof.step("positive", uses="moved-point").because(r"""That is positive: $p$ would move to the first cluster at a
        gain, so the partition was not optimal. Hence $c_1 \leq p$.""")
    proof.shows(g * (2 * f + g), 0, relation=">")

    proof.step("slope").because("The slope of the cluster's cost.")
    proof.lemma("linear-diameter-penalty", line="slope")

    proof.step("below", uses="slope").because(r"""At $c = p - t$, a distance $t$ below $p$, with
        $m = p + z - \beta/(2H)$ it is this.""")
    proof.shows(sp.Subs(slope, (c, m), (p - t, p + z - step)), -2 * H * (z + t))

    proof.step("negative", uses="positive, below").because(r"""By (@positive) no centre is beyond $p$, and it is
        negative at every $c \leq p$: the cost falls all the way up to $p$, so that is the least allowed.""")
    proof.shows(-2 * H * (z + t), 0, relation="<")

    proof.step("free").because("Without the bound $p$ the cluster costs this at its free place.")
    proof.lemma("linear-diameter-penalty", line="first-cost")

    proof.step("cost", uses="negative, free").because("""The cost at $p$, the least by (@negative), is that of
        (@free) plus $H$ times the square of the overshoot.""")
    proof.shows(sp.Subs(cost, c, p), free + H * (m + step - p) ** 2, quantity="cost_1")
    proof.concludes()

    proof.check("So the free formula is a lower bound, even where it does not hold.").shows(
        free + sp.Subs(H * (m + step - p) ** 2, p, m + step - z), free, relation=">=", quantity="cost_1"
    )
    proof.check(
        r"As in (@cost), the last cluster, with $+\beta c$, is stopped at the last point $p < m$ of the one before when $m - \beta/(2H) < p$.",
        label="last-cost",
        uses="cost",
    ).shows(sp.Subs(mirror, c, p), mirror_free + H * (p - m + step) ** 2, quantity="cost_K")
    proof.check(r"With no overshoot, $p = m + \beta/(2H)$, the clipped cost is the free one.").shows(
        sp.Subs(free + H * (m + step - p) ** 2, p, m + step), free, quantity="cost_1"
    )
    proof.check(
        r"For a strong penalty the free formula falls as $-\beta^2/(4H)$, below every real codebook; the clipped cost falls as $-\beta p$ only."
    ).shows(sp.Limit((free + H * (m + step - p) ** 2) / beta, beta, sp.oo), -p)

    return proof.derivation()
