"""The second derivative of a ReLU network's cross entropy by one weight is that of Gauss and Newton."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof

t, a, m, z, u, e = sp.symbols("t a m z u e", real=True)
a1, a2, z1, z2 = sp.symbols("a_1 a_2 z_1 z_2", real=True)
p, q, P, S, active = sp.symbols("p q P S kappa", positive=True)


def relu_network_hessian_diagonal() -> Derivation:
    """d^2 L / dw^2 = sum_c p_c (a_c - m)^2 with a_c = dz_c/dw and m = sum_c p_c a_c."""
    moved = sp.log(S * (1 + m * t + q * t**2 / 2))
    spread = q - m**2
    one = 1 / (1 + sp.exp(z2 - z1))
    two_classes = sp.log(sp.exp(z1 + a1 * t) + sp.exp(z2 + a2 * t))

    proof = Proof("relu-network-hessian-diagonal", "The Hessian diagonal of a ReLU network is that of Gauss and Newton")
    proof.states(r"""For almost all weights the second derivative of the cross entropy by one weight $w$ is
        $\sum_c p_c (a_c - m)^2$, where $a_c = \partial z_c/\partial w$ and $m = \sum_c p_c a_c$: only first derivatives
        of the logits occur. Summed over the classes $c$, it takes a backward pass a class.""")
    proof.assumes(r"""The loss of one sample of class $y$ is $L = \ln \sum_c e^{z_c} - z_y$, with logits $z_c$ and
        $p_c = e^{z_c} / S$, $S = \sum_c e^{z_c}$. That of several samples is their mean.""")
    proof.assumes(r"""The network's layers are affine maps with $\max(\cdot, 0)$ between them, and no input of a hidden
        unit is exactly zero. It is zero on a set of weights of measure zero, or for all weights around, and then the unit
        passes on a constant.""")

    proof.step("unit").because(r"""Move $w$ by $t$. The weight enters the input of its own unit affinely. So does the
        input of every later unit: a unit with input $u + e t$, $u \neq 0$, passes on $\kappa (u + e t)$ for small $t$, with
        $\kappa = 1$ or $0$ as the sign of $u$ says, and a sum of such terms is affine again. None bends:""")
    proof.shows(sp.Derivative(active * (u + e * t), (t, 2)), 0)

    proof.step("exponential", uses="unit").because("""So every logit moves as $z + a t$, by (@unit). Its exponential
        has the slope $a$ times itself, and the second slope:""")
    proof.shows(sp.Derivative(sp.exp(z + a * t), (t, 2)), a**2 * sp.exp(z + a * t))

    proof.step("logarithm", uses="exponential").because(r"""Summed over the classes, (@exponential) gives
        $S (1 + m t + q t^2/2)$ up to terms of third order, with $m = \sum_c p_c a_c$ and $q = \sum_c p_c a_c^2$. The second
        slope of its logarithm at $t = 0$:""")
    proof.shows(sp.Subs(sp.Derivative(moved, (t, 2)), t, 0), spread)

    proof.step("square").because("One class adds to the variance of the slopes:")
    proof.shows(p * (a - m) ** 2, p * a**2 - 2 * m * p * a + m**2 * p)

    proof.step("variance", uses="square").because(r"""Summed over the classes, the right side of (@square) is
        $q - 2 m \cdot m + m^2 P$ with $P = \sum_c p_c = 1$:""")
    proof.shows(sp.Subs(q - 2 * m * m + m**2 * P, P, 1), spread, quantity=r"\sum_c p_c (a_c - m)^2")

    proof.step("loss", uses="logarithm, variance").because(r"""The other term of the loss, $-z_y$, moves as
        $-(z + a t)$ and does not bend. So (@logarithm), the variance of the slopes by (@variance), is all:""")
    proof.shows(sp.Subs(sp.Derivative(moved - z - a * t, (t, 2)), t, 0), spread, quantity=r"\partial^2 L/\partial w^2")
    proof.concludes()

    proof.check(
        r"Two classes, straight from the loss, with $p_1 = 1/(1 + e^{z_2 - z_1})$: (@loss) has $m = p_1 a_1 + p_2 a_2$.",
        uses="loss",
    ).shows(sp.Subs(sp.Derivative(two_classes, (t, 2)), t, 0), one * (1 - one) * (a1 - a2) ** 2)
    proof.check(
        "A weight that moves all logits alike has $q = m^2$ in (@variance) and does not bend the loss.", uses="variance"
    ).shows(sp.Subs(spread, q, m**2), 0)
    proof.check("Two equally likely classes, $p_1 = p_2$, as (@variance) of two slopes.", uses="variance").shows(
        spread.subs({q: (a1**2 + a2**2) / 2, m: (a1 + a2) / 2}), (a1 - a2) ** 2 / 4
    )

    return proof.derivation()
