"""Mean of the inverse of a Wishart matrix."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, lam, m, n

sign = sp.Symbol("s", integer=True)
column = sp.Symbol("g", positive=True)
shadow = sp.Symbol("p", positive=True)
rest = sp.Symbol("p_0", positive=True)
r = sp.Symbol("r", real=True)
c = sp.Symbol("c", positive=True)


def wishart_inverse_mean() -> Derivation:
    """E[G^{-1}] = Sigma^{-1} / (n - d - 1)."""
    entry = 1 / (column - shadow)
    split = entry.subs(shadow, rest + r**2 / c)
    neighbour = -(r / c) * split
    scaled = entry / lam
    result = 1 / (lam * (n - d - 1))

    proof = Proof("wishart-inverse-mean", "Mean of the inverse of a Wishart matrix")
    proof.states(r"""For $G = X^\top X$ with $n > d + 1$ rows $N(0, \Sigma)$,
        $\mathbb{E}[G^{-1}] = \Sigma^{-1}/(n-d-1)$: in the basis of eigenvectors of $\Sigma$ it is diagonal, with the
        entries below.""")
    proof.assumes(r"The rows of the $n \times d$ matrix $X$ are independent $N(0, \Sigma)$, and $G = X^\top X$.")
    proof.assumes(r"""Coordinates are taken along the eigenvectors of $\Sigma$, whose eigenvalues are $\lambda_j$:
        column $j$ of $X$ is $\sqrt{\lambda_j}$ times column $j$ of a matrix $Z$ of independent $N(0, 1)$ entries. Let
        $G_0 = Z^\top Z$.""")
    proof.requires(n > d + 1)

    proof.step("schur").because(r"""Split $G_0$ into its first entry $g$, the rest $r$ of its first column, and the
        remaining block $B$, with $p = r^\top B^{-1} r$. The first column of $G_0^{-1}$ is $(a, u)$ with
        $u = -a B^{-1} r$ and $a = 1/(g - p)$.""")
    proof.lemma("inverse-gram-diagonal", line="schur", quantity="(G_0 G_0^{-1})_{11}")

    proof.step("off-diagonal", uses="schur").because("""The other entries are $u = -a B^{-1} r$. Take a basis in
        which $B$ is diagonal, and single out a coordinate $i$, with $c = B_{ii}$: there $u_i = -a r_i/c$, and
        $p = p_0 + r_i^2/c$ with $p_0$ from the other coordinates. Again the first row is $a g - a p_0 + r_i u_i = 1$.""")
    proof.shows(split * column - split * rest + r * neighbour, 1, quantity="(G_0 G_0^{-1})_{11}")

    proof.step("symmetry", uses="off-diagonal").because("""The columns $z_1$ and $-z_1$ are equally likely. The
        change of sign turns $r_i$ into $-r_i$ and keeps $g$, $c$ and $p_0$. The two values of $u_i$ cancel, so its
        mean is zero.""")
    proof.shows(sp.Sum(neighbour.subs(r, (-1) ** sign * r), (sign, 0, 1)), 0, quantity="u_i(r_i) + u_i(-r_i)")

    proof.step("scaled", uses="schur").because(r"""For general $\Sigma$, the first column of $X$ is $\sqrt{\lambda}$
        times that of $Z$, and the other columns span the same space as before. So $g$ and $p$ both grow by the factor
        $\lambda = \lambda_j$; the same holds for every $j$, and the argument of signs does not change.""")
    proof.shows(
        entry.subs({column: lam * column, shadow: lam * shadow}, simultaneous=True), scaled, quantity="(G^{-1})_{jj}"
    )

    proof.step("mean", uses="symmetry, scaled").because(r"""So the mean of a diagonal entry is that for $G_0$ over
        $\lambda$, by (@scaled), and by (@symmetry) the other entries have none. A matrix with these diagonal entries
        and zeros elsewhere is $\Sigma^{-1}/(n-d-1)$, in any basis.""")
    proof.lemma("inverse-gram-diagonal", line="mean", times=1 / lam, right=result, quantity=r"\mathbb{E}[(G^{-1})_{jj}]")
    proof.concludes()

    proof.check(r"With many samples $G/n$ tends to $\Sigma$, and $n G^{-1}$ to $\Sigma^{-1}$, as it must.").shows(
        sp.Limit(n * result, n, sp.oo), 1 / lam, quantity=r"\lim n\, \mathbb{E}[(G^{-1})_{jj}]"
    )
    proof.check(
        r"For $d = 1$ and $\Sigma = 1$ the matrix is one number, $G \sim \chi^2_n$ with $n = m + 2$ here, and (@mean) is the mean of its inverse."
    ).lemma(
        "chi-square-moments",
        {"k": m + 2},
        line="inverse",
        right=result.subs({lam: 1, d: 1, n: m + 2}),
        quantity=r"\mathbb{E}[1/\chi^2_{m+2}]",
    )
    proof.check(
        "As $n$ falls to $d + 1$ the reciprocal of (@mean) falls to zero in proportion to $n - d - 1$, with this slope: the mean grows without bound."
    ).shows(sp.Derivative(1 / result, n), lam)

    return proof.derivation()
