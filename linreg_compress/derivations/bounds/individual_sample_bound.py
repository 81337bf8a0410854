"""The individual-sample bound on the same-inputs error, and its distance from the truth."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import lam, sigma

a = sp.Symbol("a", positive=True)  # (1 - delta) h_i
omega = sp.Symbol("omega", positive=True)
t = sp.Symbol("t", positive=True)
y = sp.Symbol("y", positive=True)  # 1 - a
eta = sp.Symbol("eta", nonnegative=True)  # slack of the Donsker-Varadhan inequality
J = sp.Symbol("J", nonnegative=True)
joint = sp.Symbol("L", positive=True)  # mean loss at the training label
cumulant = sp.Symbol("K", real=True)
info = sp.Symbol("I", positive=True)

W0 = sp.LambertW(-(1 - a) / sp.E)


def individual_sample_bound() -> Derivation:
    """sigma^2 (1 + a) (1 + W_0(-(1 - a)/e)) and its order against 2 a sigma^2."""
    scale = sigma**2 * (1 + a)
    logarithm = -sp.log(1 + 2 * lam * scale) / 2
    nats = -sp.log(1 - a) / 2
    varadhan = info + cumulant
    objective = (info + lam * scale + logarithm) / lam
    solved = 1 - omega * sp.exp(1 - omega)  # a at which omega is optimal
    value = scale * (1 + W0)
    truth = 2 * a * sigma**2
    factor = (1 + omega) * sp.exp(1 - omega)
    margin = sigma**2 * omega * (factor - 2)

    proof = Proof("individual-sample-bound", "The individual-sample bound on the same-inputs error")
    proof.states(r"""With $a = (1 - \delta) h$ the bound on the generalization error at one training input is
        $\sigma^2 (1 + a)(1 + W_0(-(1 - a)/e))$. It is never below the truth, $2 a \sigma^2$, and it is exact at
        $a = 1$.""")
    proof.assumes(r"""Given the design $X$: training label $y_i$ with variance $\sigma^2$, prediction $x_i^T \hat{W}$
        with variance and covariance with $y_i$ both $a \sigma^2$, information $I = -\ln(1 - a)/2$ (see
        individual-sample-information).""")
    proof.assumes(r"""The bound compares the pair $(\hat{W}, y_i)$ with $(\hat{W}, y_i')$, where $y_i'$ is a fresh
        label at the same input.""")
    proof.requires(a < 1, omega < 1)

    proof.step("fresh-label").because(r"""For a fresh label the error $y_i' - x_i^T \hat{W}$ is normal, and its
        variance is the sum of two: the loss is $s$ times a chi-square with one degree of freedom.""")
    proof.shows(sigma**2 + a * sigma**2, scale, quantity="s")

    proof.step("transform", uses="fresh-label").because("The Laplace transform of that loss, with $s$ of (@fresh-label).")
    proof.lemma("chi-square-loss-cumulant", {"s": scale, "q": t}, line="transform", quantity=r"\mathbb{E} e^{-\lambda l}")

    proof.step("logarithm", uses="transform").because("Its logarithm, called $K$.")
    proof.shows(sp.log((1 + 2 * lam * scale) ** -sp.Rational(1, 2)), logarithm, quantity="K")

    proof.step(
        "change-of-measure", cites="Donsker and Varadhan 1983, theorem 2.1; individual samples: Bu, Zou and Veeravalli 2020"
    ).because(r"""
        Change of measure from the fresh label to the training label: for every function $F$ its mean under the pair
        is at most $I + \ln \mathbb{E} e^F$ under the product. Take $F = -\lambda l$; $L$ is the mean loss at the
        training label.""")
    proof.shows(-lam * joint, varadhan, relation="<=")

    proof.step("solved", uses="logarithm, change-of-measure").because(r"""Let $\eta \geq 0$ be the right side minus
        the left side of (@change-of-measure), and solve for $L$. The mean loss at a fresh label is $s$, so this is
        the generalization error.""")
    proof.shows(sp.Subs(scale - (varadhan - eta) / (-lam), cumulant, logarithm), objective - eta / lam, quantity="s - L")

    proof.step("bound", uses="solved").because(r"""It is at most the value at $\eta = 0$, called $B(\lambda)$, for
        every $\lambda > 0$.""")
    proof.shows(objective - eta / lam, objective, relation="<=", quantity="s - L")

    proof.step("least-of-all", uses="bound").because(r"The least value of $B(\lambda)$ in (@bound), in $I$.")
    proof.lemma("lambert-inverse", {"n": 1, "s": scale}, quantity=r"\min B(\lambda)")

    proof.step("least", uses="least-of-all").because(r"Put $I = -\ln(1 - a)/2$ into (@least-of-all).")
    proof.shows(sp.Subs(scale * (1 + sp.LambertW(-sp.exp(-1 - 2 * info))), info, nats), value, quantity=r"\min B(\lambda)")
    proof.concludes("gen_i")

    proof.step("distance", uses="least").because(r"""The distance of (@least) from the truth $2 a \sigma^2$, with
        $\omega = -W_0$ as the variable: $1 - a = \omega e^{1 - \omega}$.""")
    proof.shows(value.subs(W0, -omega).subs(a, solved) - truth.subs(a, solved), margin)

    proof.step("falls", uses="distance").because(r"""The factor $(1 + \omega) e^{1 - \omega}$ falls to 2 at
        $\omega = 1$ with slope $-\omega e^{1 - \omega}$; so it is 2 plus an integral $J$ of a positive function.""")
    proof.shows(factor, 2 + sp.Integral(t * sp.exp(1 - t), (t, omega, 1)))

    proof.step(uses="least, distance").because(r"""For small $a$ it falls as $\sqrt{2a}$ only: the square of the bound
        (@least) over $\sigma^2$, divided by $2a$, goes to one. The truth falls as $a$, so the bound is loose there by
        the factor $1/\sqrt{2a}$.""")
    proof.shows(sp.Limit((value.subs(W0, -omega) ** 2 / sigma**4 / (2 * a)).subs(a, solved), omega, 1, "-"), 1)

    proof.check("So (@distance) with (@falls): the bound is never below the truth.", uses="distance, falls").shows(
        margin.subs(factor, 2 + J), 0, relation=">="
    )
    proof.check("It is exact at $a = 1$, where the fit repeats the label.").shows(sp.Limit(value - truth, a, 1, "-"), 0)

    return proof.derivation()
