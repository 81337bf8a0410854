"""Law of a diagonal entry of the inverse Gram matrix, from its Schur complement."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, n

i = sp.Symbol("i", positive=True, integer=True)
column, shadow = sp.symbols("g p", positive=True)


def inverse_gram_diagonal() -> Derivation:
    """1 / (G^{-1})_{jj} ~ chi^2_{n-d+1} for G = Z^T Z, and the mean of its inverse."""
    entry = 1 / (column - shadow)
    degrees = n - d + 1

    proof = Proof("inverse-gram-diagonal", "Law of a diagonal entry of the inverse Gram matrix")
    proof.states(r"""For $G = Z^\top Z$ with $n \geq d$ rows $N(0, I_d)$, $1/(G^{-1})_{jj}$ is $\chi^2_\nu$ with
        $\nu = n - d + 1$ degrees of freedom. It has the Laplace transform below.""")
    proof.assumes(r"The $n \times d$ matrix $Z$ has independent $N(0, 1)$ entries, $n \geq d$, and $G = Z^\top Z$.")
    proof.requires(n >= d)

    proof.step("schur").because(r"""Order the features so that $j = 1$. Write $g$ for the first entry of $G$, $r$ for
        the rest of its first column, $B$ for the other block and $p = r^\top B^{-1} r$. The first column of $G^{-1}$
        is $(a, -a B^{-1} r)$, and $a = 1/(g - p)$ solves $a g - a p = 1$.""")
    proof.shows(entry * column - entry * shadow, 1, quantity="(G G^{-1})_{11}")

    proof.step("rank", uses="schur").because("""With $P$ the projection on the other $d - 1$ columns of $Z$, the
        number $1/a = g - p$ of (@schur) is $|(I - P) z_1|^2$ for the first column $z_1$. The rank of a projection is
        its trace.""")
    proof.shows(sp.Sum(1, (i, 1, n)) - sp.Sum(1, (i, 1, d - 1)), degrees, quantity=r"\operatorname{tr}(I - P)")

    proof.step("law", uses="rank").because(r"""The column $z_1 \sim N(0, I_n)$ is independent of $P$, so $1/a$ is
        $\chi^2_\nu$ with $\nu = n - d + 1$.""")
    proof.lemma("projection-chi-square-law", {"k": degrees}, quantity=r"\mathbb{E}[e^{-t/(G^{-1})_{jj}}]")
    proof.concludes()

    proof.step("mean", uses="law").because("The entry itself is the inverse of that chi-square.")
    proof.lemma(
        "chi-square-moments",
        {"k": degrees},
        line="inverse",
        quantity=r"\mathbb{E}[(G^{-1})_{jj}]",
        right=1 / (n - d - 1),
        conditions=(n > d + 1,),
    )

    return proof.derivation()
