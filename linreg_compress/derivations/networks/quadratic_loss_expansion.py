"""For a linear model the second-order expansion of the training loss is exact, with H = 2 X^T X / n."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import n

r, x, t = sp.symbols("r x t", real=True)
rest, cross = sp.symbols("Q B", real=True)
A = sp.Symbol("A", positive=True)


def quadratic_loss_expansion() -> Derivation:
    """L_S(W + t u) - L_S(W) = t^2 u^T G u / n = t^2 H_u / 2, with H = 2 G / n."""
    loss = (rest - 2 * t * cross + t**2 * A) / n
    rise = t**2 * A / n
    curvature = 2 * A / n

    proof = Proof("quadratic-loss-expansion", "The quadratic expansion is exact for a linear model")
    proof.states(r"""A step $e$ away from least squares raises the empirical risk by exactly $\frac{1}{2} e^\top H e$ with
        $H = 2 X^\top X/n$. So the importances $H_{jj}$ of a network's weights are $2 G_{jj}/n$ for a linear model, and what
        the Hessian-weighted clusterings minimize of a network is the distortion of that model, off-diagonal terms left
        out.""")
    proof.assumes(r"""$L_S(w) = |y - X w|^2/n$ is least at $W$, so the residual $r = y - X W$ has $X^\top r = 0$;
        $G = X^\top X$.""")
    proof.assumes("""$e = t u$ for a direction $u$; sample $i$ has the residual $r$ there and moves by $x$, the product of its
        row with $u$. Summed over the samples, $Q$, $B$, $A$ are the sums of $r^2$, $r x$, $x^2$; $A = u^T G u$ is positive.""")

    proof.step("sample").because("One sample, moved:")
    proof.shows((r - t * x) ** 2, r**2 - 2 * t * (r * x) + t**2 * x**2)

    proof.step("curvature", uses="sample").because(r"""Summed over the samples and divided by $n$, (@sample) has the
        second slope in $t$:""")
    proof.shows(sp.Derivative(loss, (t, 2)), curvature, quantity=r"u^\top H u")

    proof.step("slope", uses="sample").because(r"""By (@sample) the first slope at least squares is zero, because $B = 0$
        there:""")
    proof.shows(sp.Subs(sp.Derivative(loss, t), (t, cross), (0, 0)), 0)

    proof.step("third", uses="sample").because("The squares of (@sample) leave no third slope, and none beyond it:")
    proof.shows(sp.Derivative(loss, (t, 3)), 0)

    proof.step("expansion", uses="curvature, slope, third").because(r"""So by (@slope) and (@third) the second-order term,
        half the curvature (@curvature) times $t^2$, is the whole rise:""")
    proof.shows(sp.Subs(loss - loss.subs(t, 0), cross, 0), t**2 * curvature / 2, quantity=r"L_S(W + t u) - L_S(W)")
    proof.concludes()

    proof.check(
        r"""Gauss and Newton, sample by sample: the squared loss of an output bends by $2/n$, and the output has the
        slope $x$. These are the terms of (@curvature).""",
        uses="curvature",
    ).shows(sp.Derivative((r - t * x) ** 2 / n, (t, 2)), 2 * x**2 / n)
    proof.check(
        "Away from least squares, $B > 0$ in (@slope), a step along the slope lowers the loss first.", uses="slope"
    ).shows(sp.Subs(sp.Derivative(loss, t), t, 0), -2 * cross / n)
    proof.check(
        r"""Of one weight alone, $u$ its unit vector and $A = G_{jj}$, the rise (@expansion) bends by its importance.""",
        uses="expansion",
    ).shows(sp.Derivative(rise, (t, 2)), curvature, quantity="h_j")

    return proof.derivation()
