"""The Gibbs algorithm: generalization error = symmetrized information / inverse temperature."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, g, n, sigma

alpha = sp.Symbol("alpha", positive=True)
c = sp.Symbol("c", positive=True)
x = sp.Symbol("x", real=True)
rho = sp.Symbol("rho", positive=True)  # correlation of a pair
A, B = sp.symbols("A B", real=True)  # mean square and mean product of a pair
E = sp.Symbol("E", real=True)  # mean of |w - W|^2 in the metric G


def gibbs_algorithm() -> Derivation:
    """Same-inputs generalization error of What = W + sqrt(c) G^{-1/2} z, and I_SKL."""
    noise = n / (2 * alpha)
    fresh = sigma**2 + (sigma**2 + c)
    training = c
    gap = 2 * sigma**2 * d / n
    product = d * (2 * sigma**2 + c)
    joint = d * c
    log_density = -E / (2 * c)
    skl = d * sigma**2 / c
    correlation = sigma**2 / (sigma**2 + c)
    log_ratio = -sp.log(1 - rho**2) / 2 - (2 * A - 2 * rho * B) / (2 * (1 - rho**2)) + A
    forward = -sp.log(1 - rho**2) / 2
    backward = sp.log(1 - rho**2) / 2 + rho**2 / (1 - rho**2)

    proof = Proof("gibbs-algorithm", "The Gibbs algorithm")
    proof.states(r"""Drawing the weights with density proportional to $e^{-\alpha L_S(w)}$ adds noise $c G^{-1}$ to
        least squares, $c = n/(2 \alpha)$. Its same-inputs generalization error $2 \sigma^2 d/n$ is its symmetrized
        information over $\alpha$.""")
    proof.assumes(r"""$X$ is given, $G = X^T X$ is invertible, $y = X w^* + \epsilon$ with
        $\epsilon \sim N(0, \sigma^2 I_n)$; $W$ is least squares, $N(w^*, \sigma^2 G^{-1})$.""")
    proof.assumes("""$L_S(w) = L_S(W) + (w - W)^T G (w - W)/n$; the same-inputs generalization error is the mean loss
        at fresh labels of the same inputs minus the mean training loss.""")
    proof.assumes(r"""$I_{SKL}$ is the divergence of the joint law of $(y, \hat{W})$ from the product of its marginals
        plus the divergence in the other direction. In the axes of $G$ the $d$ coordinates are independent.""")
    proof.requires(rho < 1, n >= d)

    proof.step("exponent").because(r"""Along an axis of $G$ with eigenvalue $g$, at distance $x$ from $W$, the
        exponent is that of a normal variable with variance $c/g$ and $c = n/(2 \alpha)$.""")
    proof.shows(sp.Subs(-g * x**2 / (2 * c), c, noise), -alpha * g * x**2 / n)

    proof.step("gap", uses="exponent").because(r"""So by (@exponent) $\hat{W} = W + $ noise, in units of the metric
        $G$: noise of the fit $\sigma^2$ and of the algorithm $c$ in each of $d$ coordinates. At fresh labels, with
        noise of their own, all variances add. At the training labels the fit's noise is in the label and in $W$ and
        cancels, and only $c$ is left. Outside the span of $X$ both losses are equal.""")
    proof.shows(d / n * sp.Add(fresh, -training, evaluate=False), gap, quantity="gen")

    proof.step("mean-square", uses="exponent").because(r"""For the information, $\ln p(\hat{W} \mid y)$ is
        $-|\hat{W} - W|^2/(2c)$ in the metric $G$ plus a constant. Under the product law $p$ $\hat{W}$ and $W$ are
        independent, around the same $w^*$: by (@exponent) the mean square is this.""")
    proof.shows(d * (sigma**2 + c) + d * sigma**2, product, quantity=r"\mathbb{E}_{p}|\hat{W} - W|^2")

    proof.step("information", uses="mean-square").because(r"""The marginals are the same in both laws, so $I_{SKL}$ is
        the mean of $\ln p(\hat{W} \mid y)$ under the joint law, where the mean square is $d c$, minus that under the
        product law.""")
    proof.shows(sp.Subs(log_density, E, joint) - sp.Subs(log_density, E, product), skl, quantity="I_{SKL}")

    proof.step("identity", uses="exponent, gap, information").because(r"Divide by $\alpha$ with $c$ from (@exponent).")
    proof.shows(sp.Subs(skl / alpha, c, noise), gap, quantity=r"I_{SKL}/\alpha")
    proof.concludes()

    proof.step("one-way").because(r"""Check by the two divergences of a pair of standard normal variables with
        correlation $\rho$. One way, the mean of the logarithm of the density ratio under the joint law, with mean
        squares 1 and mean product $\rho$.""")
    proof.lemma("gaussian-data-processing", line="information", right=forward, quantity="I")

    proof.step("other-way").because("The other way, minus its mean under the product law, with mean product zero.")
    proof.shows(-sp.Subs(log_ratio, (A, B), (1, 0)), backward)

    proof.check(
        r"In each of $d$ coordinates $W$ and $\hat{W}$ have squared correlation $\sigma^2/(\sigma^2 + c)$; the sum is that of (@information).",
        uses="information, one-way, other-way",
    ).shows(d * sp.Subs(forward + backward, rho, sp.sqrt(correlation)), skl, quantity="I_{SKL}")
    proof.check(
        r"A hot algorithm, $\alpha$ near zero in (@exponent), knows nothing of the labels: $I_{SKL}$ goes to zero, and its ratio to $\alpha$ is the same at every $\alpha$.",
        uses="exponent, information",
    ).shows(sp.Limit(skl.subs(c, noise), alpha, 0), 0, quantity="I_{SKL}")
    proof.check(
        "A cold one, $c$ near zero in (@exponent), is least squares, and $1/I_{SKL}$ goes to zero: infinite information.",
        uses="exponent, information",
    ).shows(sp.Limit(1 / skl.subs(c, noise), alpha, sp.oo), 0, quantity="1/I_{SKL}")

    return proof.derivation()
