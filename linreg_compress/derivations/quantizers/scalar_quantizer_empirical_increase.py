"""What a quantizer of the weights adds to the empirical risk, exactly, on a random design."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, n, nu, sigma

r = sp.Symbol("r", positive=True)  # |u|^2
a = sp.Symbol("a", positive=True)  # |e|^2
c = sp.Symbol("c", real=True)  # u.e
q = sp.Symbol("q", positive=True)
A, B = sp.symbols("A B", positive=True)  # E_nu |e|^2, E_{nu+2} (u.e)^2
A0, B0 = sp.symbols("A_0 B_0", positive=True)
rho, x = sp.symbols("rho x", real=True)  # residual and change of one prediction


def scalar_quantizer_empirical_increase() -> Derivation:
    """E[L_S(What) - L_S(W)] for What = Q(W)."""
    given = (n + 1) * (a - c**2 / (sigma**2 + r))
    factor = nu / sigma**2
    increase = ((n + 1) * A - (n - d + 1) / sigma**2 * B) / n
    square = sigma**2 * d / (nu - 2)
    fourth = sigma**4 * d * (d + 2) / (nu * (nu - 2))

    proof = Proof("scalar-quantizer-empirical-increase", "Empirical risk added by a quantizer of the weights")
    proof.states(r"""A quantizer of $W$ alone, with error $e = \hat{W} - W$, raises the empirical risk on average by
        $[(n+1) A - (n-d+1) B/\sigma^2]/n$, where $A$ is the mean of $|e|^2$ under $\nu = n - d + 1$ degrees of
        freedom of $W$ and $B$ is the mean of $(u \cdot e)^2$ under $\nu + 2$. For a scalar quantizer both are moments
        of a normal variable over cells, integrated over one chi-square.""")
    proof.assumes(r"""The rows of $X$ are $N(0, I_d)$, the noise is $N(0, \sigma^2 I_n)$, $W$ is least squares and
        $u = W - w^*$.""")
    proof.assumes(r"""$u = \sigma z/\sqrt{q}$ with $z \sim N(0, I_d)$ and an independent chi-square $q$ with
        $\nu = n - d + 1$ degrees of freedom; $t_\nu(u)$ is its density.""")
    proof.assumes(r"$\hat{W}$ depends on $W$ alone. Short names: $r = |u|^2$, $a = |e|^2$, $c = u \cdot e$.")
    proof.requires(n > d + 1, nu > 2, c**2 <= a * r)

    proof.step("one-sample").because(r"""At one sample, with residual $\rho$ of $W$ and change $x$ of its prediction,
        the squares differ by this. Summed over the sample the last term is the residuals times $X e$, which is zero:
        the residuals of least squares are orthogonal to $X$. So the increase is $e^T G e/n$ with $G = X^T X$.""")
    proof.shows((rho - x) ** 2 - rho**2, x**2 - 2 * rho * x)

    proof.step("given-weights").because("Given $W$ the mean of $e^T G e$ has the factor $n + 1$ and this bracket.")
    proof.lemma("conditional-gram", quantity=r"\mathbb{E}[e^T G e \mid W]")

    proof.step("change-of-measure").because(r"""The factor $(n+1)/(\sigma^2 + r)$, here with $n + 1 = \nu + d$, turns
        $\nu$ degrees of freedom into $\nu + 2$: the ratio of the two densities is free of $u$.""")
    proof.lemma(
        "change-of-measure",
        line="weight",
        times=(nu + d) / sigma**2,
        right=factor,
        quantity=r"(n + 1) t_\nu(u)/[(\sigma^2 + r) t_{\nu + 2}(u)]",
    )

    proof.step("increase", uses="one-sample, given-weights, change-of-measure").because(r"""
        Average (@given-weights) over $W$ and divide by $n$, as the increase is the mean over (@one-sample): $a$ has
        mean $A$, and $(n+1) c^2/(\sigma^2 + r)$ has mean $(\nu/\sigma^2) B$ by (@change-of-measure), with
        $\nu = n - d + 1$.""")
    proof.shows(
        (given.subs(c, sp.sqrt((sigma**2 + r) * factor * B / (n + 1))).subs({a: A, nu: n - d + 1})) / n,
        increase,
        quantity=r"\mathbb{E}[L_S(\hat{W}) - L_S(W)]",
    )
    proof.concludes()

    proof.step("first-mean").because(r"""Check with the constant quantizer $\hat{W} = w^*$, where $e = -u$. $A$ is the
        mean of $|u|^2 = \sigma^2 |z|^2/q$, and $|z|^2$ has mean $d$.""")
    proof.lemma("chi-square-moments", {"k": nu, "x": q}, line="inverse", times=sigma**2 * d, right=square, quantity="A")

    proof.step("fourth-power").because(r"The square of $|z|^2 \sim \chi^2_d$ has this mean.")
    proof.lemma("chi-square-moments", {"k": d}, line="mean-square", quantity=r"\mathbb{E}|z|^4")

    proof.step("second-mean", uses="fourth-power").because(r"""$B$ is the mean of $|u|^4 = \sigma^4 |z|^4/q^2$ under
        $\nu + 2$ degrees of freedom, with (@fourth-power).""")
    proof.lemma(
        "chi-square-moments",
        {"k": nu + 2, "x": q},
        line="inverse-square",
        times=sigma**4 * d * (d + 2),
        right=fourth,
        quantity="B",
    )

    proof.step(uses="increase").because(r"""With many samples and a fixed codebook $|e|^2$ settles at some $A_0$ and
        $(u \cdot e)^2$ falls as $B_0/n$: what is left is the squared error of the weights.""")
    proof.shows(sp.Limit(increase.subs({A: A0, B: B0 / n}), n, sp.oo), A0)

    proof.check(
        r"With $\nu = n - d + 1$ and the means (@first-mean) and (@second-mean) the increase (@increase) is $\sigma^2 d/n$, as it must be: coding nothing turns the empirical risk $\sigma^2 (1 - d/n)$ into $\sigma^2$.",
        label="constant-quantizer",
        uses="increase, first-mean, second-mean",
    ).shows(
        increase.subs({A: square, B: fourth}).subs(nu, n - d + 1),
        sigma**2 * d / n,
        quantity=r"\mathbb{E}[L_S(w^*) - L_S(W)]",
    )

    return proof.derivation()
