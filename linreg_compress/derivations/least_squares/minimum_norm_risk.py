"""Expected excess risk of the minimum-norm solution, with fewer samples than weights."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, g, gaussian, n, sigma

i = sp.Symbol("i", positive=True, integer=True)
j = sp.Symbol("j", positive=True, integer=True)
e = sp.Symbol("e", real=True)
w = sp.Symbol("w", real=True)
truth = sp.Symbol("w_0", real=True)
energy = sp.Symbol("omega", positive=True)


def minimum_norm_risk() -> Derivation:
    """E[L_mu] - sigma^2 = (1 - n/d) |w*|^2 + sigma^2 n / (d - n - 1)."""
    seen = truth + e / sp.sqrt(g)
    slope = 2 * w
    direction = sigma**2 / g
    share = n / d
    hidden = energy * (d - n) / d
    entry = 1 / (d - n - 1)
    amplified = sigma**2 * n / (d - n - 1)
    result = (1 - n / d) * energy + sigma**2 * n / (d - n - 1)

    proof = Proof("minimum-norm-risk", "Risk of the minimum-norm solution")
    proof.states(r"""For $n < d - 1$ and $\Sigma = I$ the minimum-norm least-squares solution has empirical risk zero
        and an excess population risk with two parts: the signal that $n$ samples cannot see, and the noise that they
        pass on.""")
    proof.assumes(r"""$X$ is $n \times d$ with independent $N(0, 1)$ entries, $n < d - 1$, and $y = X w^* + \epsilon$
        with $\epsilon \sim N(0, \sigma^2 I_n)$.""")
    proof.assumes(r"$W$ is the shortest vector that minimizes $|y - X w|^2$. Write $\omega = |w^*|^2$.")
    proof.assumes(r"With $\Sigma = I$ the excess population risk of weights $w$ is $|w - w^*|^2$.")
    proof.requires(d > n + 1)

    proof.step("fit").because(r"""Take coordinates along the singular vectors of $X$. In a direction of the row space,
        with singular value $\sqrt{g} > 0$, the data are $\sqrt{g} w_0 + e$, where $w_0$ and $e$ are the coordinates
        of $w^*$ and of the noise. The fit $\sqrt{g} w$ equals them, so $L_S(W) = 0$, at this weight.""")
    proof.shows((sp.sqrt(g) * truth + e) / sp.sqrt(g), seen, quantity="W_i")

    proof.step("shortest").because("""The other $d - n$ coordinates do not touch the fit, so the shortest solution
        minimizes $w^2$ in each. The slope vanishes at $w = 0$: there the error is the whole of $w_0$.""")
    proof.shows(sp.Derivative(w**2, w), slope)

    proof.step("noise", uses="fit").because("""In the row space the error is the noise over the singular value. Take
        its mean square.""")
    proof.lemma(
        "gaussian-moments",
        {"V": sigma**2},
        times=1 / g,
        left=sp.Integral((seen - truth) ** 2 * gaussian(e, sigma**2), (e, -sp.oo, sp.oo)),
        quantity=r"\mathbb{E}[(W_i - w_0)^2 \mid g]",
    )

    proof.step("projection").because(r"""The law of $X$ does not change when its rows are rotated, so the projection
        $\Pi$ on the row space has a mean that commutes with every rotation: $\mathbb{E}[\Pi] = c I$. Its trace is its
        rank $n$, which fixes $c = n/d$.""")
    proof.shows(sp.Sum(share, (j, 1, d)), n, quantity=r"\operatorname{tr} \mathbb{E}[\Pi]")

    proof.step("missed", uses="shortest, projection").because(r"""So of the squared length $\omega$ of $w^*$ the row
        space holds the share $n/d$ in the mean, and the rest is lost, as by (@shortest) the error there is the whole
        of $w^*$.""")
    proof.shows(energy - share * energy, hidden, quantity=r"\mathbb{E}|(I - \Pi) w^*|^2")

    proof.step("diagonal").because(r"""The $g_i$ are the eigenvalues of $X X^\top$, so $\sum_i 1/g_i$ is the trace of
        $(X X^\top)^{-1}$: the inverse of a Gram matrix of size $n$, made from $d$ samples.""")
    proof.lemma("inverse-gram-diagonal", {"n": d, "d": n}, line="mean", quantity=r"\mathbb{E}[((X X^\top)^{-1})_{ii}]")

    proof.step("row-space", uses="noise, diagonal").because("""Sum (@noise) by (@diagonal) over the $n$ directions of
        the row space.""")
    proof.shows(sp.Sum(direction.subs(g, 1 / entry), (i, 1, n)), amplified, quantity=r"\mathbb{E}|\Pi (W - w^*)|^2")

    proof.step("sum", uses="missed, row-space").because("The two errors are orthogonal, so their squares add.")
    proof.shows(hidden + amplified, result, quantity=r"\mathbb{E}[L_\mu(W)] - \sigma^2")
    proof.concludes()

    proof.step(uses="sum").because("""As $d$ falls to $n + 1$ the reciprocal of the excess risk falls to zero in
        proportion to $d - n - 1$, with this slope: the risk grows without bound, the peak of double descent.""")
    proof.shows(sp.Limit(sp.Derivative(1 / result, d), d, n + 1), 1 / (sigma**2 * n))

    proof.step(uses="sum").because(r"""Compare with no fit at all, $w = 0$, whose excess risk is $\omega$. The fit
        gains exactly when the signal in one weight, $\omega/d$, exceeds $\sigma^2/(d - n - 1)$.""")
    proof.shows(energy - result, n * (energy / d - sigma**2 / (d - n - 1)), quantity=r"L_\mu(0) - \mathbb{E}[L_\mu(W)]")

    proof.check(
        "With ever more weights the row space holds none of the signal and none of the noise: the risk is that of $w = 0$."
    ).shows(sp.Limit(result, d, sp.oo), energy, quantity=r"\lim_{d \to \infty} \mathbb{E}[L_\mu(W)] - \sigma^2")

    return proof.derivation()
