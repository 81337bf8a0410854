"""What a quantizer of the weights adds to the empirical risk, exactly, on a random design."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, d, n, nu, sigma

r = sp.Symbol("r", positive=True)  # |u|^2
a = sp.Symbol("a", positive=True)  # |e|^2
c = sp.Symbol("c", real=True)  # u.e
t, q, k = sp.symbols("t q k", positive=True)
j = sp.Symbol("j", positive=True)
A, B = sp.symbols("A B", positive=True)  # E_nu |e|^2, E_{nu+2} (u.e)^2
A0, B0 = sp.symbols("A_0 B_0", positive=True)
rho, x = sp.symbols("rho x", real=True)  # residual and change of one prediction

NORMAL = (q / (2 * sp.pi * sigma**2)) ** (d / 2) * sp.exp(-q * r / (2 * sigma**2))


def _chi_square(degrees: sp.Expr) -> sp.Expr:
    return chi_square(q, degrees)


def scalar_quantizer_empirical_increase() -> Derivation:
    """E[L_S(What) - L_S(W)] for What = Q(W)."""
    precision = 1 + r / sigma**2
    first, second = c**2 / r, a - c**2 / r
    determinant = ((precision + t * first) * (1 + t * second) - t**2 * first * second) / precision
    given = (n + 1) * (a - c**2 / (sigma**2 + r))
    density = (
        sp.gamma((nu + d) / 2) / (sp.gamma(nu / 2) * (sp.pi * sigma**2) ** (d / 2)) * (1 + r / sigma**2) ** (-(nu + d) / 2)
    )
    factor = nu / sigma**2
    increase = ((n + 1) * A - (n - d + 1) / sigma**2 * B) / n
    power = 2**j * sp.gamma(k / 2 + j) / sp.gamma(k / 2)
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

    proof.step("given-weights").because(r"""Given $W$ the law of $G$ is Wishart with $n + 1$ degrees of freedom and
        precision $P = I + u u^T/\sigma^2$ (see conditional-gram), so the Laplace transform of $e^T G e$ is the power
        $-(n+1)/2$ of $\det(P + t e e^T)/\det P$. Its slope at $t = 0$ is the mean.""")
    proof.shows(
        -2 * sp.Subs(sp.Derivative(determinant ** (-(n + 1) / 2), t), t, 0), given, quantity=r"\mathbb{E}[e^T G e \mid W]"
    )

    proof.step("density").because(r"The density of $u$: given $q$ it is $N(0, (\sigma^2/q) I_d)$; integrate over $q$.")
    proof.shows(sp.Integral(_chi_square(nu) * NORMAL, (q, 0, sp.oo)), density, quantity=r"t_\nu(u)")

    proof.step("change-of-measure", uses="density").because(r"""The factor $(n+1)/(\sigma^2 + r)$, here with
        $n + 1 = \nu + d$, turns $\nu$ degrees of freedom into $\nu + 2$: the ratio of the two densities is free of
        $u$ (see change-of-measure).""")
    proof.shows(
        (nu + d) / (sigma**2 + r) * density / density.subs(nu, nu + 2),
        factor,
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

    proof.step("moments").because(r"""Check with the constant quantizer $\hat{W} = w^*$, where $e = -u$. It needs
        moments of $1/q$: the powers of a chi-square with $k$ degrees of freedom.""")
    proof.shows(sp.Integral(q**j * _chi_square(k), (q, 0, sp.oo)), power, quantity=r"\mathbb{E}[q^j]")

    proof.step("first-mean", uses="moments").because(r"""$A$ is the mean of $|u|^2 = \sigma^2 |z|^2/q$ at $k = \nu$,
        with $j = -1$ in (@moments).""")
    proof.shows(sp.Subs(sigma**2 * d * power, (j, k), (-1, nu)), square, quantity="A")

    proof.step("second-mean", uses="moments").because(r"""$B$ is the mean of $|u|^4 = \sigma^4 |z|^4/q^2$ at
        $k = \nu + 2$, with $j = -2$ in (@moments). In $|z|^4$ there are $d$ fourth moments of a normal variable, 3
        each, and $d(d-1)$ products.""")
    proof.shows(sp.Subs(sigma**4 * (3 * d + d * (d - 1)) * power, (j, k), (-2, nu + 2)), fourth, quantity="B")

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
