"""A bound on the relative generalization error that needs no supremum over the codebook."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import information, lam, n

q = sp.Symbol("q", positive=True)
ratio = sp.Symbol("rho", positive=True)  # E L_S(What) / L_mu(What)
eta = sp.Symbol("eta", nonnegative=True)  # slack of the Donsker-Varadhan inequality

W0 = sp.LambertW(-sp.exp(-1 - 2 * information / n))


def relative_generalization_bound() -> Derivation:
    """E[1 - L_S(What) / L_mu(What)] <= 1 + W_0(-exp(-1 - 2 I/n))."""
    transform = (1 + 2 * lam) ** (-n / 2)
    logarithm = -n / 2 * sp.log(1 + 2 * lam)
    varadhan = information + logarithm
    objective = (information / n + lam - sp.log(1 + 2 * lam) / 2) / lam
    value = 1 + W0

    proof = Proof("relative-generalization-bound", "A bound on the relative generalization error")
    proof.states(r"""For every code, with $I = I(S; \hat{W})$, the mean of $1 - L_S(\hat{W})/L_\mu(\hat{W})$ is at
        most $1 + W_0(-e^{-1 - 2I/n})$. The codebook may be unbounded: no supremum of the loss enters.""")
    proof.assumes(r"""$S$ is $n$ independent samples; $L_\mu(w) = s(w) = \sigma^2 + |w - w^*|^2_\Sigma$ is the
        population risk.""")
    proof.assumes("""A fixed $w$ has errors $y_i - x_i^T w$ that are $N(0, s(w))$, so $n L_S(w)/s(w)$ is a chi-square
        $q$ with $n$ degrees of freedom, whatever $w$.""")
    proof.assumes("$W_0(z)$, for $z$ from $-1/e$ to 0, is the solution of $W e^W = z$ between $-1$ and 0.")

    proof.step("transform").because(r"""Under the product law the data do not know $\hat{W}$. Given $\hat{W} = w$ the
        Laplace transform of the relative loss is that of a chi-square. It is free of $w$, so the mean over $\hat{W}$
        changes nothing.""")
    proof.lemma(
        "chi-square-moments",
        {"k": n, "t": lam, "x": q},
        line="transform",
        quantity=r"\mathbb{E} e^{-n \lambda L_S/L_\mu}",
    )

    proof.step("logarithm", uses="transform").because("Its logarithm.")
    proof.shows(sp.log(transform), logarithm)

    proof.step("change-of-measure", uses="logarithm", cites="Donsker and Varadhan 1983, theorem 2.1").because(r"""
        Change of measure from the product law to the joint law: the mean of every function $F$ under the joint law is
        at most $I + \ln \mathbb{E} e^F$ under the product. Take $F = -n \lambda L_S(\hat{W})/L_\mu(\hat{W})$, and let
        $\rho$ be the mean of that ratio of risks.""")
    proof.shows(-n * lam * ratio, varadhan, relation="<=")

    proof.step("solved", uses="change-of-measure").because(r"""Let $\eta \geq 0$ be the right side minus the left side
        of (@change-of-measure), and solve for $1 - \rho$.""")
    proof.shows(1 - (varadhan - eta) / (-n * lam), objective - eta / (n * lam), quantity=r"1 - \rho")

    proof.step("bound", uses="solved").because(r"""Drop $\eta$. The bound, called $B(\lambda)$, holds for every
        $\lambda > 0$.""")
    proof.shows(objective - eta / (n * lam), objective, relation="<=", quantity=r"1 - \rho")

    proof.step("least", uses="bound").because(
        r"Choose the $\lambda$ where $B(\lambda)$ of (@bound) is least; it is that of a loss of scale $s = 1$."
    )
    proof.lemma("lambert-inverse", {"s": 1}, quantity=r"\min B(\lambda)")
    proof.concludes()

    proof.check("No information, no error in (@least): the argument of $W_0$ is $-1/e$, where $W_0 = -1$.").shows(
        value.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, 0))), 0
    )
    proof.check(
        "Much information: the argument in (@least) goes to zero and the bound to one, which is what a training loss of zero means."
    ).shows(value.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, sp.oo))), 1)
    proof.check(
        "Many samples at a fixed information: the argument in (@least) goes back to $-1/e$ and the bound to zero."
    ).shows(value.subs(W0, sp.LambertW(sp.Limit(W0.args[0], n, sp.oo))), 0)

    return proof.derivation()
