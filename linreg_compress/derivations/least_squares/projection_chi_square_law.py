"""Law of the squared length of a projection of a Gaussian vector."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import gaussian, sigma

i = sp.Symbol("i", positive=True, integer=True)
k = sp.Symbol("k", positive=True, integer=True)
t = sp.Symbol("t", positive=True)
e, first, second, angle = sp.symbols("e e_1 e_2 phi", real=True)


def projection_chi_square_law() -> Derivation:
    """Law of |P e|^2 / sigma^2 for a projection P of rank k: chi^2_k."""
    turned = (first * sp.cos(angle) - second * sp.sin(angle)) ** 2 + (first * sp.sin(angle) + second * sp.cos(angle)) ** 2
    one = (1 + 2 * t) ** -sp.Rational(1, 2)

    proof = Proof("projection-chi-square-law", "Law of the squared length of a projection")
    proof.states(r"""For $e \sim N(0, \sigma^2 I_n)$ and a projection $P$ of rank $k$ that does not depend on $e$,
        $|P e|^2/\sigma^2$ is $\chi^2_k$. It has the Laplace transform below.""")
    proof.assumes(r"$e \sim N(0, \sigma^2 I_n)$ is independent of the orthogonal projection $P$, of rank $k$.")
    proof.assumes(r"""A law on the positive numbers is known once its Laplace transform $\mathbb{E} e^{-t q}$ is known
        for all $t > 0$.""")

    proof.step("rotation").because(r"""A rotation of two coordinates keeps the sum of their squares, and with it their
        joint density, which is a function of that sum. Every rotation is a product of such ones. So in an orthonormal
        basis that starts with $k$ vectors of the range of $P$, the coordinates of $e$ are again independent
        $N(0, \sigma^2)$.""")
    proof.shows(turned, first**2 + second**2)

    proof.step("coordinate", uses="rotation").because(r"""By (@rotation) the coordinates are alike. The square of one,
        over $\sigma^2$, has this Laplace transform: complete the Gaussian integral.""")
    proof.shows(
        sp.Integral(sp.exp(-t * e**2 / sigma**2) * gaussian(e, sigma**2), (e, -sp.oo, sp.oo)),
        one,
        quantity=r"\mathbb{E}[e^{-t e_i^2/\sigma^2}]",
    )

    proof.step("product", uses="coordinate").because("""The projection keeps $k$ coordinates. The transform of a sum
        of independent terms is the product of their transforms.""")
    proof.shows(sp.Product(one, (i, 1, k)), (1 + 2 * t) ** (-k / 2), quantity=r"\mathbb{E}[e^{-t |P e|^2/\sigma^2}]")

    proof.step("law", uses="product").because(
        r"The density of $\chi^2_k$ has the same transform. So the law is $\chi^2_k$."
    )
    proof.lemma("chi-square-moments", line="transform", quantity=r"\mathbb{E}[e^{-t |P e|^2/\sigma^2}]")
    proof.concludes()

    return proof.derivation()
