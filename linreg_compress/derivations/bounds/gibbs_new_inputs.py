"""The Gibbs algorithm at new inputs: its noise raises the generalization error."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, m, n, sigma

c = sp.Symbol("c", positive=True)


def gibbs_new_inputs() -> Derivation:
    """gen(W) + c d (d + 1)/(n (n - d - 1)), c = n/(2 alpha)."""
    inverse = 1 / (n - d - 1)
    base = sigma**2 * d / n * (2 + (d + 1) / (n - d - 1))
    rise = c * d * (d + 1) / (n * (n - d - 1))
    total = d / n * (2 * sigma**2 + (d + 1) * (sigma**2 + c) / (n - d - 1))
    apart = {n: d + 1 + m}

    proof = Proof("gibbs-new-inputs", "The Gibbs algorithm at new inputs")
    proof.states(r"""With a flat prior the Gibbs algorithm of inverse temperature $\alpha$ has on new data the
        generalization error of least squares plus $c d (d+1)/(n (n-d-1))$, $c = n/(2\alpha)$: noise alone raises it,
        while at the training inputs it changes nothing.""")
    proof.assumes(r"""$X$ has independent rows $N(0, \Sigma)$, $n > d + 1$; given $X$ and $y$ the algorithm is
        $\hat{W} = W + \sqrt{c} G^{-1/2} z$, $z \sim N(0, I_d)$ independent (see gibbs-algorithm).""")
    proof.requires(n > d + 1)

    proof.step("base").because("The generalization error of least squares:")
    proof.lemma("generalization-error-of-least-squares", right=base, where=apart, quantity=r"\mathrm{gen}(W)")

    proof.step("inverse").because(r"""The noise has the covariance $c\, G^{-1}$ given $X$. On new data it adds the mean of
        $c\, \mathrm{tr}\, \Sigma G^{-1}$: $d$ times $c$ times the mean of a diagonal entry of $G^{-1}$ in coordinates
        with $\Sigma = I$,""")
    proof.lemma("wishart-inverse-mean", {"lambda": 1}, right=inverse, where=apart, quantity=r"\mathbb{E}[(G^{-1})_{jj}]")

    proof.step("rise", uses="inverse").because(r"""On the training data it adds $c\, z^T z/n$, of mean $c d/n$, as
        $G^{-1/2} G G^{-1/2}$ is the identity. With (@inverse) the generalization error rises by""")
    proof.shows(c * d * inverse - c * d / n, rise, where=apart, quantity=r"\mathrm{gen}(\hat{W}) - \mathrm{gen}(W)")

    proof.step("sum", uses="base, rise").because("Add (@rise) to (@base).")
    proof.shows(base + rise, total, where=apart, quantity=r"\mathrm{gen}(\hat{W})")
    proof.concludes()

    proof.check("A cold algorithm is least squares.").shows(sp.Limit(total, c, 0), base)
    proof.check("A hot one has an error without limit, though it knows nothing.").shows(
        sp.Limit(1 / total.subs(n, d + 1 + m), c, sp.oo), 0
    )
    proof.check("The error rises with the noise.").shows(sp.Derivative(total.subs(n, d + 1 + m), c), 0, relation=">")

    return proof.derivation()
