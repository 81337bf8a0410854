"""Law of the empirical risk of least squares: a chi-square."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import chi_square, d, n, sigma

i = sp.Symbol("i", positive=True, integer=True)
t = sp.Symbol("t", positive=True)
risk = sp.Symbol("l", positive=True)


def residual_chi_square_law() -> Derivation:
    """Law of the empirical risk: n L_S / sigma^2 ~ chi^2_{n-d}."""
    degrees = n - d
    together = (1 + 2 * t) ** (-(n - d) / 2)
    transform = (1 + 2 * t * sigma**2 / n) ** (-(n - d) / 2)
    mean = sigma**2 * (1 - d / n)
    square = sigma**4 * (n - d) * (n - d + 2) / n**2
    variance = 2 * sigma**4 * (n - d) / n**2
    result = (
        (n / (2 * sigma**2)) ** ((n - d) / 2) * risk ** ((n - d) / 2 - 1) * sp.exp(-n * risk / (2 * sigma**2))
    ) / sp.gamma((n - d) / 2)

    proof = Proof("residual-chi-square-law", "Law of the empirical risk of least squares")
    proof.states(r"""For $n > d$, any $\Sigma$ and any $w^*$, $n L_S(W)/\sigma^2$ is $\chi^2_{n-d}$. So $L_S(W)$ has
        the density below at $l > 0$.""")
    proof.assumes(r"""$y = X w^* + \epsilon$ with $\epsilon \sim N(0, \sigma^2 I_n)$ independent of the $n \times d$
        matrix $X$, whose columns are independent.""")
    proof.assumes(r"""The residual is $y - X W = (I - H) \epsilon$, with $H$ the projection on the column space of
        $X$, and $n L_S(W) = |y - X W|^2$.""")
    proof.requires(n > d)

    proof.step("rank").because("The residual keeps all coordinates but the first $d$. Count them.")
    proof.shows(sp.Sum(1, (i, 1, n)) - sp.Sum(1, (i, 1, d)), degrees, quantity=r"\operatorname{tr}(I - H)")

    proof.step(
        "transform", uses="rank"
    ).because(r"""The projection $I - H$ depends on $X$ alone, and its rank is (@rank). So
        $n L_S/\sigma^2$ is $\chi^2_{n-d}$.""")
    proof.lemma("projection-chi-square-law", {"k": degrees}, right=together, quantity=r"\mathbb{E}[e^{-t n L_S/\sigma^2}]")

    proof.step("density", uses="transform").because(r"""Put $x = n l/\sigma^2$, with $dx/dl = n/\sigma^2$, into the
        density of the chi-square of (@transform).""")
    proof.shows(
        sp.Derivative(n * risk / sigma**2, risk) * chi_square(n * risk / sigma**2, degrees),
        result,
        quantity="f(l)",
    )
    proof.concludes()

    proof.step("scaled", uses="transform").because(r"The scale $\sigma^2/n$ goes into $t$ of the transform (@transform).")
    proof.shows(sp.Subs(together, t, t * sigma**2 / n), transform, quantity=r"\mathbb{E}[e^{-t L_S}]")

    proof.step("mean", uses="transform").because(
        r"The mean of $L_S$ is $\sigma^2/n$ times that of the chi-square of (@transform)."
    )
    proof.lemma(
        "chi-square-moments",
        {"k": degrees},
        line="mean",
        times=sigma**2 / n,
        right=mean,
        quantity=r"\mathbb{E}[L_S(W)]",
    )

    proof.step("mean-square", uses="transform").because(
        r"The mean square of $L_S$ is $\sigma^4/n^2$ times that of the chi-square of (@transform)."
    )
    proof.lemma(
        "chi-square-moments",
        {"k": degrees},
        line="mean-square",
        times=(sigma**2 / n) ** 2,
        right=square,
        quantity=r"\mathbb{E}[L_S(W)^2]",
    )

    proof.step("variance", uses="mean, mean-square").because("Take the square of (@mean) off (@mean-square).")
    proof.shows(square - mean**2, variance, quantity=r"\operatorname{Var}[L_S(W)]")

    proof.check(
        "With many samples the empirical risk settles: its variance falls in proportion to $1/n$, with this factor.",
        uses="variance",
    ).shows(sp.Limit(n * variance, n, sp.oo), 2 * sigma**4, quantity=r"\lim_{n \to \infty} n \operatorname{Var}[L_S(W)]")
    proof.check(
        r"With one sample more than weights a single squared Gaussian is left, $\chi^2_1$, of mean square 3: (@variance) and (@mean).",
        uses="mean, variance",
    ).shows((variance + mean**2).subs(n, d + 1) * (d + 1) ** 2 / sigma**4, 3, quantity=r"\mathbb{E}[(n L_S(W)/\sigma^2)^2]")

    return proof.derivation()
