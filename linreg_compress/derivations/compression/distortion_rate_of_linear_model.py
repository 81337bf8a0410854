"""The distortion-rate function of linear regression when encoder and decoder know the design."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import R, d, g, n, sigma

residual, shift, t, z = sp.symbols("r p t z", real=True)
j = sp.Symbol("j", positive=True, integer=True)


def distortion_rate_of_linear_model() -> Derivation:
    """D(R) = sigma^2 (d/n) exp(-2R/d) = E[L_S(What) - L_S(W)]."""
    along = residual**2 - 2 * t * residual * shift + t**2 * shift**2
    gradient = -2 * residual * shift + 2 * t * shift**2
    variance = sigma**2
    per_coordinate = variance * sp.exp(-2 * R / d)
    delta = sp.exp(-2 * R / d)
    result = sigma**2 * (d / n) * sp.exp(-2 * R / d)
    fitted = sigma**2 * (1 - d / n)

    proof = Proof("distortion-rate-of-linear-model", "Distortion-rate function of the linear model")
    proof.states(r"""At the rate $R$ the empirical risk of compressed least squares rises, at best and exactly, by
        $\sigma^2 (d/n) e^{-2R/d}$.""")
    proof.assumes(r"""$y = X w^* + \epsilon$ with $\epsilon \sim N(0, \sigma^2 I_n)$, $G = X^T X$ is regular, and
        $W = G^{-1} X^T y$ is the minimizer of the empirical risk $L_S(w) = |y - X w|^2 / n$.""")
    proof.assumes(r"""Encoder and decoder know $X$, so the rate is $I(\hat{W}; y | X)$, at most $R$ nats. The codebook
        is centred at $w^*$.""")

    proof.step("expansion").because("""Go from $W$ in a direction $e$: for one sample with residual
        $r = y_i - x_i^T W$ and change of the prediction $p = x_i^T e$, the squared residual at $W + t e$ is a
        parabola in $t$.""")
    proof.shows((residual - t * shift) ** 2, along, quantity="(y_i - x_i^T (W + t e))^2")

    proof.step("stationary", uses="expansion").because(r"""Its slope in $t$. At $t = 0$ the slopes of all samples sum
        to zero, because $W$ minimizes the sum: $\sum r_i p_i = 0$ (the normal equations).""")
    proof.shows(sp.Derivative(along, t), gradient)

    proof.step("increase", uses="expansion, stationary").because(r"""Summed over the samples, the term $-2 r p$ of
        (@expansion) drops out by (@stationary), and $L_S(W + e) - L_S(W) = \sum p_i^2 / n = e^T G e / n$: exactly a
        quadratic form. For one sample:""")
    proof.shows((residual - shift) ** 2 - gradient.subs(t, 0) - residual**2, shift**2, quantity="(r - p)^2 + 2 r p - r^2")

    proof.step("coordinate", uses="increase").because(r"""So the distortion is by (@increase)
        $|G^{1/2} \hat{W} - G^{1/2} W|^2 / n$. In an eigenvector of $G$ with eigenvalue $g$, the coordinate $z$ of
        $X^T \epsilon$ is $N(0, \sigma^2 g)$, that of $W - w^*$ is $z/g$, and that of $G^{1/2} (W - w^*)$ is
        $\sqrt{g} z/g$. Its variance does not depend on $g$:""")
    proof.lemma("gaussian-moments", {"V": sigma**2 * g, "e": z}, line="mean-square", times=1 / g, quantity="V")

    proof.step("rate", uses="coordinate").because(r"""So given $X$ the source is $d$ independent coordinates of the
        variance (@coordinate). Reverse water-filling leaves each the same $D_j = \sigma^2 e^{-2R/d}$, at which their
        rates add up to $R$.""")
    proof.lemma(
        "reverse-water-filling",
        {"V_g": variance, "k": d},
        line="rate",
        left=sp.Sum((sp.log(variance) - sp.log(per_coordinate)) / 2, (j, 1, d)),
        quantity="R",
    )

    proof.step("channel", uses="coordinate, rate").because(r"""The channel
        $\hat{W} = w^* + (1-\delta)(W - w^*) + \sqrt{\delta (1-\delta)} \sigma G^{-1/2} N(0, I)$ with
        $\delta = e^{-2R/d}$ attains (@rate): each coordinate (@coordinate) passes the Gaussian test channel.""")
    proof.lemma(
        "gaussian-test-channel",
        {"V": variance, "delta": delta},
        line="distortion",
        right=per_coordinate,
        quantity="D_j",
        conditions=(delta < 1,),
    )

    proof.step("total", uses="increase, channel").because("""The $d$ coordinates sum up to the increase (@increase)
        of the empirical risk.""")
    proof.shows(sp.Sum(per_coordinate / n, (j, 1, d)), result, quantity="D(R)")
    proof.concludes(r"D(R) = \mathrm{E}[L_S(\hat{W}) - L_S(W)]")

    proof.step(uses="total").because(r"""Limit of no rate: $\hat{W} = w^*$, and the increase makes up for all that
        least squares gained by fitting: the empirical risk $\sigma^2 (1 - d/n)$ of $W$ rises to $\sigma^2$.""")
    proof.shows(fitted + sp.Limit(result, R, 0), sigma**2, quantity=r"\mathrm{E} L_S(w^*)")

    proof.check("Limit of infinite rate: no increase.").shows(sp.Limit(result, R, sp.oo), 0, quantity=r"D(\infty)")
    proof.check("One weight, $d = 1$: the whole rate is its own.").shows(
        sp.Subs(n * result, d, 1), sigma**2 * sp.exp(-2 * R), quantity="n D(R)"
    )

    return proof.derivation()
