"""The Wasserstein bound on the same-inputs error of one sample: within 4.42 % of the truth at every leverage."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import sigma

s = sp.Symbol("s", positive=True)  # root of 1 - a
x = sp.Symbol("x", positive=True)
epsilon, p, fresh = sp.symbols("epsilon p p'", real=True)
A, B = sp.symbols("A B", positive=True)  # roots of two mean squares
c = sp.Symbol("c", real=True)  # mean product


def wasserstein_bound() -> Derivation:
    """2 a sigma^2 sqrt(1 + s^2 (1 - s)/(1 + s)), s^2 = 1 - a."""
    a = 1 - s**2
    truth = 2 * a * sigma**2
    moved = 2 * sigma**2 * a * (1 - s)
    spread = 2 * sigma**2 * (1 + s + s**2 - s**3)
    excess = s**2 * (1 - s) / (1 + s)
    slope = 2 * s * (1 - s - s**2) / (1 + s) ** 2
    golden = (sp.sqrt(5) - 1) / 2

    proof = Proof("wasserstein-bound", "The Wasserstein bound on the same-inputs error")
    proof.states(r"""With $a = (1 - \delta) h$ and $s = \sqrt{1 - a}$ the generalization error at one training input is
        at most $2 a \sigma^2 \sqrt{1 + s^2 (1 - s)/(1 + s)}$. That is never more than $\sqrt{1 + \phi^{-5}} < 1.0442$
        times the truth $2 a \sigma^2$, $\phi$ the golden ratio, and exact at both ends.""")
    proof.assumes(r"""Given the design $X$ the error of the prediction, $p = x_i^T (\hat{W} - w^*)$, is $N(0, a \sigma^2)$
        and has the covariance $a \sigma^2$ with the training noise $\epsilon \sim N(0, \sigma^2)$, all jointly Gaussian
        (see individual-sample-information). At a fresh label $p'$ has the law of $p$ and is independent of the noise.""")
    proof.assumes(r"""$z \sim N(0, 1)$ is independent of $\epsilon$. Given $\epsilon$ both $p$ and $p'$ are written as
        increasing functions of the same $z$: of all couplings of two normal laws this one moves the least (the
        $W_2$ distance). The bound holds for any coupling.""")
    proof.requires(s < 1)

    proof.step("conditional").because(r"""Given $\epsilon$ the training prediction is normal with mean $a \epsilon$; what
        its variance $a \sigma^2$ loses is the variance of that mean. So
        $p = a \epsilon + s \sqrt{a} \sigma z$ and $p' = \sqrt{a} \sigma z$.""")
    proof.shows(a * sigma**2 - a**2 * sigma**2, s**2 * a * sigma**2, quantity=r"Var(p \mid \epsilon)")

    proof.step("moved", uses="conditional").because(r"""Their mean squared distance is the sum of the squared factors of
        $\epsilon$ and of $z$, times the variances. That is the mean over $\epsilon$ of the squared Wasserstein
        distance.""")
    proof.shows(a**2 * sigma**2 + a * (1 - s) ** 2 * sigma**2, moved, quantity=r"\mathbb{E}(p - p')^2 = \mathbb{E} W_2^2")

    proof.step("spread", uses="conditional").because(r"""The same for the sum of the two losses' slopes,
        $2 \epsilon - p - p' = (2 - a) \epsilon - (1 + s) \sqrt{a} \sigma z$.""")
    proof.shows(
        (2 - a) ** 2 * sigma**2 + a * (1 + s) ** 2 * sigma**2, spread, quantity=r"\mathbb{E}(2 \epsilon - p - p')^2"
    )

    proof.step("difference").because("The fresh loss less the training loss is a product.")
    proof.shows((epsilon - fresh) ** 2 - (epsilon - p) ** 2, (p - fresh) * (2 * epsilon - p - fresh))

    proof.step("schwarz").because(r"""The mean $c$ of a product of two variables $P$ and $Q$ with mean squares $A^2$ and
        $B^2$ is at most $A B$, since this is not negative:""")
    proof.shows(A**2 / A**2 - 2 * c / (A * B) + 1, 2 * (A * B - c) / (A * B), quantity=r"\mathbb{E}(P/A - Q/B)^2")

    proof.step("bound", uses="moved, spread, difference, schwarz").because(r"""So by (@difference) and (@schwarz) the
        squared generalization error at this input is at most (@moved) times (@spread).""")
    proof.shows(
        moved * spread, truth**2 * (1 + excess), quantity=r"\mathbb{E}(p - p')^2\, \mathbb{E}(2 \epsilon - p - p')^2"
    )
    proof.concludes("\\max gen_i^2")

    proof.step("slope").because(r"How far from the truth $2 a \sigma^2$? The excess under the root has the slope")
    proof.shows(sp.Derivative(excess, s), slope)

    proof.step("worst").because(r"""It is positive up to $s = 1/\phi$, where $s^2 = 1 - s$, and
        negative beyond. There the excess is""")
    proof.shows(excess.subs(s, golden), golden**5, quantity=r"\phi^{-5}")

    proof.check("By (@worst) the bound is at most 4.42 per cent above the truth.", uses="worst").shows(
        (1 + excess).subs(s, golden), sp.Rational(10442, 10000) ** 2, relation="<"
    )
    proof.check("It is never below the truth, as the excess is not negative.").shows(
        excess, 0, relation=">", where={s: 1 / (1 + x)}
    )
    proof.check("At $a = 1$, a fit that repeats the label, it is exact.").shows(sp.Limit(1 + excess, s, 0), 1)
    proof.check("So it is where $a$ is small, where a bound by information is loose without limit.").shows(
        sp.Limit(1 + excess, s, 1, "-"), 1
    )

    return proof.derivation()
