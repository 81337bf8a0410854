"""The Gibbs algorithm with a Gaussian prior: its generalization error counts degrees of freedom."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import g, lam, n, sigma

alpha = sp.Symbol("alpha", positive=True)
c = sp.Symbol("c", positive=True)
k = sp.Symbol("k", positive=True)
x = sp.Symbol("x", real=True)
m = sp.Symbol("m", real=True)  # mean of the algorithm
V = sp.Symbol("V", positive=True)  # variance of the mean over the noise of y
E = sp.Symbol("E", real=True)


def gibbs_with_a_prior() -> Derivation:
    """Same-inputs error 2 sigma^2 df(k)/n = I_SKL/alpha, in one direction of eigenvalue g."""
    noise, penalty = n / (2 * alpha), n * lam / (2 * alpha)
    exponent = -alpha * g * (x - m) ** 2 / n - lam * x**2 / 2
    center = g * m / (g + k)
    spread = c / (g + k)
    freedom = g / (g + k)
    moved = g * sigma**2 / (g + k) ** 2
    gap = 2 * sigma**2 * freedom / n
    skl = sigma**2 * freedom / c

    proof = Proof("gibbs-with-a-prior", "The Gibbs algorithm with a prior")
    proof.states(r"""Draw the weights with density proportional to $e^{-\alpha L_S(w) - \lambda |w|^2/2}$. Then the
        same-inputs generalization error is $2 \sigma^2 df(k)/n$, with the degrees of freedom
        $df(k) = \mathrm{tr}\, G (G + k I)^{-1}$ of ridge with the penalty $k = n \lambda/(2 \alpha)$, and it is the
        symmetrized information over $\alpha$: information counts degrees of freedom.""")
    proof.assumes(r"""$X$ is given, $G = X^T X$, $y = X w^* + \epsilon$ with $\epsilon \sim N(0, \sigma^2 I_n)$. In the axes
        of $G$ the coordinates are independent: along one with eigenvalue $g$ least squares is $m \sim N(w^*, \sigma^2/g)$,
        and $n L_S(w)$ is a constant plus $g (w - m)^2$.""")
    proof.assumes(r"""$I_{SKL}$ is the divergence of the joint law of $(y, \hat{W})$ from the product of its marginals
        plus the divergence in the other direction. All formulas are for one axis; those of $G$ add up.""")

    proof.step("exponent").because(r"""With $c = n/(2 \alpha)$ and $k = n \lambda/(2 \alpha)$ the exponent is that of a
        normal variable with mean $g m/(g + k)$ and variance $c/(g + k)$: ridge plus noise.""")
    proof.shows(
        sp.Derivative(exponent, x),
        sp.Subs(-(x - center) / spread, (c, k), (noise, penalty)),
        quantity=r"\frac{d}{dx} \ln p(x \mid y)",
    )

    proof.step("gap", uses="exponent").because(r"""At fresh labels $m$ is replaced by an independent copy of it, and the
        variance of its difference from the mean $g m/(g + k)$ of (@exponent) is a sum; at the training labels both move
        together. The algorithm's own noise, and the bias, are the same in both and cancel.""")
    proof.shows(g / n * (sigma**2 / g * (1 + freedom**2) - sigma**2 / g * (1 - freedom) ** 2), gap, quantity="gen_g")

    proof.step("information", uses="exponent").because(r"""For the information, $\ln p(\hat{W} \mid y)$ is by
        (@exponent) $-(\hat{W} - g m/(g + k))^2$ over twice the variance $c/(g + k)$, plus a constant. Under the joint law the mean
        square is that variance. Under the product law $\hat{W}$ comes from other labels, and twice the
        variance $V$ over the noise of $y$ of the mean $g m/(g + k)$ is added to it, $V = g \sigma^2/(g + k)^2$. The
        marginals are the same in both laws, so $I_{SKL}$ is the difference of the means.""")
    proof.shows(sp.Subs((spread + 2 * V) / (2 * spread) - spread / (2 * spread), V, moved), skl, quantity="I_{SKL}")

    proof.step("identity", uses="exponent, gap, information").because(
        r"Divide (@information) by $\alpha$: that is (@gap), with $c = n/(2 \alpha)$ from (@exponent)."
    )
    proof.shows(sp.Subs(skl / alpha, c, noise), gap, quantity=r"I_{SKL}/\alpha")
    proof.concludes()

    proof.check(
        "Without a prior every direction counts as one degree of freedom: the Gibbs algorithm of a flat prior."
    ).shows(sp.Limit(gap, k, 0), 2 * sigma**2 / n)
    proof.check("A sharp prior leaves none.").shows(sp.Limit(gap, k, sp.oo), 0)
    proof.check("More prior, less error and less information.").shows(sp.Derivative(gap, k), 0, relation="<")

    return proof.derivation()
