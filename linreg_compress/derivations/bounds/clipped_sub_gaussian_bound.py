"""The paper's bound for the compressed linear model: the sub-Gaussian bound of a codebook that is clipped."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, n, sigma

p = sp.Symbol("p", positive=True)  # probability that a draw is clipped
q = sp.Symbol("q", positive=True)  # the scale at which it is
x, y = sp.symbols("x y", positive=True)
clipped = sp.Symbol("C", real=True)  # generalization error of the clipped code
A = sp.Symbol("A", nonnegative=True)  # mean of s(What) where it is clipped, zero elsewhere
B = sp.Symbol("B", nonnegative=True)  # the same of L_S(w*)
L = sp.Symbol("L", nonnegative=True)  # the same of L_S(What)
T = sp.Symbol("T", nonnegative=True)  # upper tail P(chi^2_{n+2} > x)
root = sp.Symbol("rho", positive=True)  # root of I/n
omega = sp.Symbol("omega", positive=True)


def clipped_sub_gaussian_bound() -> Derivation:
    """2 q sqrt(I/n) + E[s(What) - sigma^2; clipped] + sigma^2 (P(chi^2_{n+2} > x) - p)."""
    form = 2 * q * root
    hidden = A - p * sigma**2 + B
    result = form + A + sigma**2 * (T - p)

    proof = Proof("clipped-sub-gaussian-bound", "The sub-Gaussian bound of the compressed linear model")
    proof.states(r"""Let $q$ be the quantile that $s(\hat{W}) = L_\mu(\hat{W})$ exceeds with probability $p$. Then
        $\mathrm{gen}(\hat{W})$ is at most $2 q \sqrt{I/n}$ plus what clipping the codebook at $q$ can hide: the mean of
        $s(\hat{W}) - \sigma^2$ beyond $q$, and $\sigma^2 (P(\chi^2_{n+2} > x) - p)$ with $x$ the quantile of
        $\chi^2_n$ at $1 - p$.""")
    proof.assumes(r"""The channel sees $W$ alone, and $I$ is $I(S; \hat{W})$ or a number above it; under a prior
        $I(S; \hat{W} \mid w^*)$ is not more. The loss of a fixed $w$ is $s(w) \chi^2_1$.""")
    proof.assumes(r"""The clipped code puts $w^*$ for $\hat{W}$ wherever $s(\hat{W}) > q$. Given $w^*$ it is a function of
        $\hat{W}$, so it has no more information, and its $s$ is at most $q$. It exists in the proof alone.""")
    proof.assumes(r"""$C$ is its generalization error. $A$, $B$ and $L$ are the means of $s(\hat{W})$, of $L_S(w^*)$ and of
        $L_S(\hat{W})$ over the clipped draws, with zero for all others.""")

    proof.step("dropped").because(r"""What the clipping changes is what it changes on the clipped draws, where the clipped
        code has the population risk $s(w^*) = \sigma^2$ and the empirical risk $L_S(w^*)$. Their own empirical risk is
        not negative, and is dropped.""")
    proof.shows(clipped + (A - p * sigma**2) - (L - B), clipped + hidden, relation="<=", quantity=r"\mathrm{gen}(\hat{W})")

    proof.step("rearranged").because(r"""$n L_S(w^*)/\sigma^2$ is a chi-square with $n$ degrees of freedom. Its mean over an
        event of probability $p$ is largest where the event is its upper tail; there it is $n$ times
        $T = P(\chi^2_{n+2} > x)$, because of the densities:""")
    proof.shows(y * chi_square(y, n), n * chi_square(y, n + 2), quantity=r"y f_n(y)")

    proof.step("simple").because(r"""For the clipped code the sub-Gaussian form of the cumulant, with $s = q$ and
        $\rho = \sqrt{I/n}$, has the least value""")
    proof.lemma(
        "chi-square-below-sub-gaussian",
        {"s": q},
        line="sub-gaussian",
        right=form,
        conditions=(omega < 1,),
        quantity=r"\max C",
    )

    proof.step("sum", uses="dropped, simple").because(r"""Put (@simple) for $C$, and $\sigma^2 T$ for $B$, into
        (@dropped).""")
    proof.shows(
        sp.Subs(clipped + hidden, (clipped, B), (form, sigma**2 * T)), result, quantity=r"\max \mathrm{gen}(\hat{W})"
    )
    proof.concludes()

    proof.check(
        r"Two samples: beyond $x$ there is the probability $p = e^{-x/2}$, and by (@rearranged) $T$ is that and a rest.",
        uses="rearranged",
    ).shows(sp.Integral(y * chi_square(y, sp.Integer(2)) / 2, (y, x, sp.oo)), (1 + x / 2) * sp.exp(-x / 2), quantity="T")
    proof.check(r"So what the empirical risk of the clipped draws adds to (@sum) is not negative.", uses="sum").shows(
        result.subs({T: (1 + x / 2) * sp.exp(-x / 2), p: sp.exp(-x / 2)}) - form - A, 0, relation=">"
    )

    return proof.derivation()
