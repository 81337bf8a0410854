"""Diameter-penalized clustering of a fixed partition: the two end centres are springs in series."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import beta

w, c = sp.symbols("w c", real=True)
A1, A2 = sp.symbols("A_1 A_2", real=True)  # weighted sums of w and of w^2 in a cluster
H = sp.Symbol("H", positive=True)
first, last = sp.symbols("H_1 H_K", positive=True)
x, y = sp.symbols("x y", real=True)  # how far the end centres move inwards
D = sp.Symbol("D", positive=True)  # m_K - m_1
SS = sp.Symbol("Q", positive=True)  # sum of the clusters' sums of squares


def springs_in_series() -> Derivation:
    """Minimized cost of a fixed partition with penalty beta (c_K - c_1)^2."""
    mean = A1 / H
    within = A2 - H * mean**2
    split = within + H * (c - mean) ** 2
    cost = SS + first * x**2 + last * y**2 + beta * (D - x - y) ** 2
    force = D / (1 / beta + 1 / first + 1 / last)
    inner = (force / first, force / last)
    slope_x = 2 * first * x - 2 * beta * (D - x - y)
    slope_y = 2 * last * y - 2 * beta * (D - x - y)
    minimum = SS + D**2 / (1 / beta + 1 / first + 1 / last)

    proof = Proof("springs-in-series", "The end centres are springs in series")
    proof.states(r"""For a fixed partition the squared diameter penalty adds $(m_K - m_1)^2/(1/\beta + 1/H_1 + 1/H_K)$
        to the cost of clustering: as two springs $H_1$ and $H_K$ held by a third, $\beta$, in series.""")
    proof.assumes(r"""Weights $w_j$ with importances $h_j > 0$ in $K \geq 2$ clusters; the cost is the sum of
        $h_j (w_j - c)^2$ over the weights of every cluster with centre $c$, plus $\beta (c_K - c_1)^2$.""")
    proof.assumes("""A cluster has total importance $H$, weighted mean $m$, and $A_1$, $A_2$ are its sums of
        $h_j w_j$ and $h_j w_j^2$. $Q$ is the sum over all clusters of the weighted squares around their means, and
        $D = m_K - m_1 > 0$.""")
    proof.assumes("""$c_1$ and $c_K$ are the least and the largest centre: the moved end centres do not pass their
        neighbours.""")

    proof.step("one-cluster").because("""The cost of one cluster is its sum of squares around the mean $m = A_1/H$,
        the first two terms, plus $H (c - m)^2$.""")
    proof.shows(A2 - 2 * c * A1 + c**2 * H, split, quantity=r"\sum h_j (w_j - c)^2")

    proof.step("slope", uses="one-cluster").because(r"""So by (@one-cluster) inner centres stay at their means. Let
        the end centres move inwards, $c_1 = m_1 + x$ and $c_K = m_K - y$; the cost is
        $Q + H_1 x^2 + H_K y^2 + \beta (D - x - y)^2$. Its slope in $x$:""")
    proof.shows(sp.Derivative(cost, x), slope_x)

    proof.step("other-slope", uses="slope").because("The slope of the cost of (@slope) in $y$:")
    proof.shows(sp.Derivative(cost, y), slope_y)

    proof.step("stationary", uses="slope").because(r"""Both slopes are zero when the three springs bear one force,
        $H_1 x = H_K y = \beta (D - x - y) = F$ with $F = D/(1/\beta + 1/H_1 + 1/H_K)$. The first slope:""")
    proof.shows(sp.Subs(slope_x, (x, y), inner), 0)

    proof.step("second-slope", uses="other-slope").because("The second slope:")
    proof.shows(sp.Subs(slope_y, (x, y), inner), 0)

    proof.step("determinant", uses="slope, other-slope").because(r"""This is the minimum: the determinant of the
        second slopes is positive, and so is the second slope in $x$, $2 H_1 + 2 \beta$.""")
    proof.shows(
        sp.Derivative(slope_x, x) * sp.Derivative(slope_y, y) - sp.Derivative(slope_x, y) * sp.Derivative(slope_y, x),
        0,
        relation=">",
    )

    proof.step("cost", uses="stationary, second-slope, determinant").because("""
        The cost there, a minimum by (@second-slope) and (@determinant): each spring holds $F^2$ over its constant.""")
    proof.shows(sp.Subs(cost, (x, y), inner), minimum, quantity="cost")
    proof.concludes()

    proof.step("merged", uses="cost").because("""A penalty without end puts both end clusters on one centre, their
        common mean: the cost of merging them.""")
    proof.shows(sp.Limit(minimum, beta, sp.oo), SS + first * last / (first + last) * D**2, quantity="cost")

    proof.check(
        "What is left of the diameter at the minimum (@stationary), (@second-slope).", uses="stationary, second-slope"
    ).shows(sp.Subs(D - x - y, (x, y), inner), D / (1 + beta / first + beta / last), quantity="c_K - c_1")
    proof.check("Without penalty this is k-means of the partition.").shows(sp.Limit(minimum, beta, 0), SS, quantity="cost")
    proof.check(
        "Check: two points $0$ and $D$ of importance $H_1$ and $H_K$ cost this by (@one-cluster) around their common mean.",
        uses="one-cluster, merged",
    ).shows(last * D**2 - (last * D) ** 2 / (first + last), first * last / (first + last) * D**2)

    return proof.derivation()
