"""A lower bound on the training loss from the information, with no supremum over the codebook."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import information, lam, n, s, sigma

q = sp.Symbol("q", positive=True)
r = sp.Symbol("r", positive=True)  # |w - w*|^2
L = sp.Symbol("L", positive=True)  # E L_S(What)
mean = sp.Symbol("m", positive=True)  # E s(What)
K = sp.Symbol("K", real=True)  # ln E (1 + 2 lambda s)^(-n/2)
U = sp.Symbol("U", nonnegative=True)  # slack of the Donsker-Varadhan inequality
V = sp.Symbol("V", nonnegative=True)  # slack of s >= sigma^2

W0 = sp.LambertW(-sp.exp(-1 - 2 * information / n))


def donsker_varadhan_mixed() -> Derivation:
    """E L_S >= -(I + ln E (1 + 2 lambda s)^(-n/2)) / (n lambda), and its closed relaxation."""
    transform = (1 + 2 * lam * s) ** (-n / 2)
    varadhan = information + K
    bound = -varadhan / (n * lam)
    floor_log = n / 2 * sp.log(1 + 2 * lam * sigma**2)
    extra = n / 2 * sp.log(1 + 2 * lam * r / (1 + 2 * lam * sigma**2))
    floor = (sp.log(1 + 2 * lam * sigma**2) / 2 - information / n) / lam
    objective = (information / n + lam * sigma**2 - sp.log(1 + 2 * lam * sigma**2) / 2) / lam
    closed = -(sigma**2) * W0

    proof = Proof("donsker-varadhan-mixed", "A lower bound on the training loss, mixed over the codebook")
    proof.states(r"""$\mathbb{E} L_S(\hat{W})$ is at least
        $-(I + \ln \mathbb{E}(1 + 2 \lambda s(\hat{W}))^{-n/2})/(n \lambda)$ for every $\lambda > 0$, and so at least
        $-\sigma^2 W_0(-e^{-1 - 2I/n})$, whatever the code.""")
    proof.assumes(r"$S$ is $n$ independent samples, $I = I(S; \hat{W})$ in nats, $L = \mathbb{E} L_S(\hat{W})$.")
    proof.assumes(r"""A fixed $w$ has errors $y_i - x_i^T w$ that are $N(0, s(w))$ with
        $s(w) = \sigma^2 + |w - w^*|^2_\Sigma$, so $n L_S(w)$ is $s(w)$ times a chi-square $q$ with $n$ degrees of
        freedom.""")
    proof.assumes(r"$K$ is $\ln \mathbb{E}(1 + 2 \lambda s(\hat{W}))^{-n/2}$, over the law of $\hat{W}$ alone.")
    proof.assumes("$W_0(z)$, for $z$ from $-1/e$ to 0, is the solution of $W e^W = z$ between $-1$ and 0.")

    proof.step("transform").because(r"""Under the product law the data do not know $\hat{W}$. Given $\hat{W} = w$ the
        Laplace transform of the loss is that of a chi-square; averaged over $\hat{W}$ its logarithm is $K$.""")
    proof.lemma(
        "chi-square-moments",
        {"k": n, "t": lam * s, "x": q},
        line="transform",
        quantity=r"\mathbb{E} e^{-n \lambda L_S(w)}",
    )

    proof.step("change-of-measure", uses="transform", cites="Donsker and Varadhan 1983, theorem 2.1").because(r"""
        Change of measure from the product law to the joint law: the mean of every function $F$ under the joint law is
        at most $I + \ln \mathbb{E} e^F$ under the product. Take $F = -n \lambda L_S(\hat{W})$ and the transform
        (@transform).""")
    proof.shows(-n * lam * L, varadhan, relation="<=")

    proof.step("solved", uses="change-of-measure").because(r"""Let $U \geq 0$ be the right side minus the left side of
        (@change-of-measure), and solve for $L$.""")
    proof.shows((varadhan - U) / (-n * lam), bound + U / (n * lam), quantity="L")

    proof.step("split", uses="transform").because(r"""For a closed form use $s \geq \sigma^2$. With $s = \sigma^2 + r$
        minus the logarithm of (@transform) splits in two.""")
    proof.shows(-sp.log(transform.subs(s, sigma**2 + r)), floor_log + extra)

    proof.step("second-part", uses="split").because(r"""The second part is the logarithm of a number above one. So the
        transform of every $w$ is below that of $s = \sigma^2$, and so is their mean.""")
    proof.shows(-(floor_log + extra), -floor_log, relation="<", quantity=r"\ln \mathbb{E} e^{-n \lambda L_S(w)}")

    proof.step("closed-form", uses="solved, second-part").because(r"""So $K = -(n/2) \ln(1 + 2 \lambda \sigma^2) - V$
        with $V \geq 0$; put it into (@solved).""")
    proof.shows(sp.Subs(bound + U / (n * lam), K, -floor_log - V), floor + (U + V) / (n * lam), quantity="L")

    proof.step("bound", uses="closed-form").because(r"""Drop both. The bound, called $B(\lambda)$, holds for every
        $\lambda > 0$.""")
    proof.shows(floor + (U + V) / (n * lam), floor, relation=">=", quantity="L")

    proof.step("least").because(
        r"Choose $\lambda$. The least value of $(I/n + \psi(\lambda))/\lambda$ is known, here at $s = \sigma^2$."
    )
    proof.lemma("lambert-inverse", {"s": sigma**2}, quantity=r"\min (I/n + \psi(\lambda))/\lambda")

    proof.step("mirrored", uses="bound").because(r"""With
        $\psi(\lambda) = \lambda \sigma^2 - \ln(1 + 2 \lambda \sigma^2)/2$ the bound is $\sigma^2$ minus that
        function.""")
    proof.shows(floor, sigma**2 - objective, quantity=r"B(\lambda)")

    proof.step("largest", uses="least, mirrored").because("So by (@mirrored) it is largest where (@least) is reached.")
    proof.shows(sigma**2 - sigma**2 * (1 + W0), closed, quantity=r"\max B(\lambda)")
    proof.concludes()

    proof.step(uses="solved").because(r"""Drop $U$. As the mean population risk is $m = \mathbb{E} s(\hat{W})$, this
        bounds the generalization error, without a supremum.""")
    proof.shows(mean - (bound + U / (n * lam)), mean - bound, relation="<=", quantity="m - L")

    proof.check(
        r"No information: the argument of $W_0$ in (@largest) is $-1/e$, where $W_0 = -1$, and the training loss is at least $\sigma^2$ on average."
    ).shows(closed.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, 0))), sigma**2)
    proof.check(
        "Much information: the argument in (@largest) goes to zero, and so does the bound. A code that repeats the labels has no training loss."
    ).shows(closed.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, sp.oo))), 0)

    return proof.derivation()
