"""The Gram matrix given the weights: a Wishart posterior with one more degree of freedom."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, n, sigma

r = sp.Symbol("r", positive=True)  # |u|^2
a = sp.Symbol("a", positive=True)  # |e|^2
c = sp.Symbol("c", real=True)  # u.e
p = sp.Symbol("p", positive=True)  # eigenvalue of P
t = sp.Symbol("t", positive=True)
k = sp.Symbol("k", positive=True)  # (n + 1) / 2
x = sp.Symbol("x", positive=True)
N = sp.Symbol("N", positive=True, integer=True)  # degrees of freedom of the posterior
D, T, G11 = sp.symbols("D T G_11", positive=True)  # det G, tr G, first entry of G


def _gram_and_likelihood(power: int) -> sp.Expr:
    """D = 1: x^power times the density of G ~ chi^2_n and that of u given G, constants left out."""
    prior = x ** (n / 2 - 1) * sp.exp(-x / 2)
    return sp.Integral(x**power * prior * sp.sqrt(x) * sp.exp(-x * r / (2 * sigma**2)), (x, 0, sp.oo))


def conditional_gram() -> Derivation:
    """E[G | W], and the law of e^T G e given W."""
    precision, power = 1 + r / sigma**2, (n - d) / 2
    first, second = c**2 / r, a - c**2 / r  # squared components of e along u and across it
    bracket = a - c**2 / (sigma**2 + r)
    mean = (n + 1) * bracket
    share = d / (n + 1)

    proof = Proof("conditional-gram", "The Gram matrix given the least-squares weights")
    proof.states(r"""Given $W$, with $u = W - w^*$, the Gram matrix has mean $(n+1)(I - u u^T/(\sigma^2 + |u|^2))$.
        For every vector $e$ that depends on $W$ alone, $e^T G e$ is $|e|^2 - (u \cdot e)^2/(\sigma^2 + |u|^2)$ times
        a chi-square with $n + 1$ degrees of freedom.""")
    proof.assumes(r"""The $n$ rows of $X$ are $N(0, I_d)$, so $G = X^T X$ has the Wishart density, proportional to
        $\det(G)^{(n-d-1)/2} e^{-tr(G)/2}$.""")
    proof.assumes(r"""$W$ is least squares, so $u = W - w^*$ given $G$ is $N(0, \sigma^2 G^{-1})$, with density
        proportional to $\det(G)^{1/2} e^{-u^T G u/(2 \sigma^2)}$.""")
    proof.assumes(r"""Short names: $r = |u|^2$, $a = |e|^2$, $c = u \cdot e$, $D = \det G$, $T = tr(G)$. The first
        axis lies along $u$, so $u^T G u = r G_{11}$; both densities keep their form when the axes are turned.""")
    proof.requires(n >= d, c**2 <= a * r)

    proof.step("bayes").because(r"""Bayes: multiply the two densities as functions of $G$; here is the logarithm. The
        product has the form $\det(G)^{(N-d-1)/2} e^{-tr(PG)/2}$ of a Wishart density. The matrix
        $P = I + u u^T/\sigma^2$ is diagonal: $1 + r/\sigma^2$ along $u$, and 1 across.""")
    proof.shows(
        (n - d - 1) / 2 * sp.log(D) - T / 2 + sp.log(D) / 2 - r * G11 / (2 * sigma**2),
        power * sp.log(D) - (precision * G11 + (T - G11)) / 2,
        quantity=r"\ln p(G \mid u) + const",
    )

    proof.step("degrees", uses="bayes").because("""Its degrees of freedom are $N = n + 1$, which makes the power of
        the determinant $(N - d - 1)/2$ that of (@bayes).""")
    proof.shows(sp.Subs((N - d - 1) / 2, N, n + 1), power)

    proof.step("normalizer").because(r"""The integral $Z(P)$ of such a density over $G$: let $p$ be the first
        eigenvalue of $P$ and substitute $G_{11} = H_{11}/p$, $G_{1j} = H_{1j}/\sqrt{p}$ for the $d - 1$ other entries
        of the first row. Then $\det G = \det(H)/p$, and all powers of $p$ leave the integral. Every eigenvalue of $P$
        does the same, so $Z(P) = Z(I) \det(P)^{-N/2}$.""")
    proof.shows((1 / p) ** ((N - d - 1) / 2) * (1 / p) * (1 / sp.sqrt(p)) ** (d - 1), p ** (-N / 2), quantity="Z(P)/Z(I)")

    proof.step("determinant", uses="bayes").because("""A factor $e^{-t e^T G e/2}$ adds $t e e^T$ to $P$. In the
        plane of $u$ and $e$ the squared components of $e$ are $c^2/r$ along $u$ and $a - c^2/r$ across, and the
        determinant is that of a two by two matrix.""")
    proof.shows(
        ((precision + t * first) * (1 + t * second) - t**2 * first * second) / precision,
        1 + t * bracket,
        quantity=r"\det(P + t e e^T)/\det P",
    )

    proof.step("transform", uses="normalizer, determinant").because("""So by (@normalizer) the Laplace transform of
        $e^T G e$ is the power $-N/2$ of this ratio. A multiple $a$ of a chi-square with $N$ degrees of freedom has
        the same transform with $a$ for the bracket in (@determinant), so the two have one law.""")
    proof.lemma("chi-square-moments", {"k": N, "t": t * a / 2}, line="transform", quantity=r"\mathbb{E} e^{-t a q/2}")

    proof.step("mean", uses="transform").because("The mean of that multiple (@transform).")
    proof.lemma("chi-square-moments", {"k": N}, line="mean", times=a, quantity=r"\mathbb{E}[a q]")

    proof.step("posterior-mean", uses="degrees, determinant, mean").because("""
        Put the bracket of (@determinant) and the degrees of freedom of (@degrees) into (@mean). As this holds for
        every $e$, the matrix in the statement is read off.""")
    proof.shows(sp.Subs(N * a, (N, a), (n + 1, bracket)), mean, quantity=r"\mathbb{E}[e^T G e \mid W]")
    proof.concludes()

    proof.step("one-weight", uses="posterior-mean").because("""Check at $d = 1$, where $G$ is one chi-square with $n$
        degrees of freedom: the posterior mean by two integrals is (@posterior-mean) with $e = 1$, so $a = 1$ and
        $c = u$.""")
    proof.shows(
        _gram_and_likelihood(1) / _gram_and_likelihood(0),
        mean.subs({a: 1, c: sp.sqrt(r)}),
        quantity=r"\mathbb{E}[G \mid W]",
        where={r: sigma**2 * (p - 1), n: 2 * k - 1},
    )

    proof.step("average").because(r"""Check by averaging over $W$. As $u = \sigma z/\sqrt{q}$ with $z$ normal and $q$
        a chi-square with $n - d + 1$ degrees of freedom, $|u|^2/(\sigma^2 + |u|^2) = |z|^2/(|z|^2 + q)$ has the law
        of a leverage in $n + 1$ samples.""")
    proof.lemma("leverage-beta-law", {"n": n + 1}, line="mean", quantity=r"\mathbb{E}[|u|^2/(\sigma^2 + |u|^2)]")

    proof.step(uses="posterior-mean, average").because(r"""A unit vector $e$ sees one $d$-th of it, as no direction is
        special: $c^2/(\sigma^2 + r)$ has mean $1/(n + 1)$, and the average of (@posterior-mean) is
        $\mathbb{E}[e^T G e] = n$, as it must be.""")
    proof.shows(mean.subs(c, sp.sqrt((sigma**2 + r) * share / d)).subs(a, 1), n, quantity=r"\mathbb{E}[e^T G e]")

    return proof.derivation()
