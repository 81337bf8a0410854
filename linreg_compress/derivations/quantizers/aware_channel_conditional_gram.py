"""The Gram matrix given the weights and the noise of the design-aware channel: one more Wishart posterior."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, n, nu, sigma

r, a, s = sp.symbols("r a s", positive=True)  # |u|^2, |e|^2, |g|^2
c, x, y = sp.symbols("c x y", real=True)  # u.e, u.g, g.e
k = sp.Symbol("k", positive=True)  # w^T M^{-1} w of an update M + w w^T; g^T A^{-1} g for A + g g^T
f = sp.Symbol("f", positive=True)  # v^T M^{-1} v
h = sp.Symbol("h", real=True)  # v^T M^{-1} w
p = sp.Symbol("p", positive=True)  # eigenvalue of P; det A
q, t, B, G = sp.symbols("q t B G", positive=True)  # B: multiple of a chi-square; G at d = 1
j = sp.Symbol("j", positive=True, integer=True)
N = sp.Symbol("N", positive=True, integer=True)  # degrees of freedom of the posterior
D, T, U, V = sp.symbols("D T U V", positive=True)  # det G, tr G, u^T G u, g^T G g

FIRST = 1 + r / sigma**2  # det A
KNOWN = s - x**2 / (sigma**2 + r)  # g^T A^{-1} g
BRACKET = a - c**2 / (sigma**2 + r) - (y - x * c / (sigma**2 + r)) ** 2 / (1 + s - x**2 / (sigma**2 + r))


def _posterior(power: int) -> sp.Expr:
    """One weight: G^power times the density of G ~ chi^2_n and those of u and g given G, constants left out."""
    return sp.Integral(G ** (n / 2 + power) * sp.exp(-p * G / 2), (G, 0, sp.oo))


def aware_channel_conditional_gram() -> Derivation:
    """Law of g = G^{-1/2} N given W, and of e^T G e given W and g."""
    student = sp.gamma((nu + 1 + d) / 2) / (sp.pi ** (d / 2) * sp.gamma((nu + 1) / 2) * sp.sqrt(p))
    shape = (1 + k) ** (-(nu + 1 + d) / 2)
    plane = FIRST * (1 + s) - x**2 / sigma**2
    form = f - h**2 / (1 + k)
    one = {d: 1, nu: n, k: s / p}
    prior = G ** ((n - 1) / 2) * sp.exp(-p * G / 2)
    noise = sp.sqrt(G / (2 * sp.pi)) * sp.exp(-s * G / 2)
    share, before = 1 / (n + 2), d / (n + 1)

    proof = Proof("aware-channel-conditional-gram", "The Gram matrix given the weights and the design-aware noise")
    proof.states(r"""The design-aware channel of equal rates adds to $(1-\delta) (W - w^*)$ a multiple of
        $g = G^{-1/2} N(0, I)$. Given $u = W - w^*$, with $A = I + u u^T/\sigma^2$, the noise $g$ is
        $A^{1/2} z/\sqrt{q}$ with $z \sim N(0, I)$ and an independent chi-square $q$ with $n - d + 2$ degrees of
        freedom: a multivariate $t$. For every vector $e$ that depends on $u$ and $g$ alone, $e^T G e$ given both is
        $e^T (A + g g^T)^{-1} e$ times a chi-square with $n + 2$ degrees of freedom, with the closed form below;
        $n + 2$ times it is the mean.""")
    proof.assumes(r"""The $n$ rows of $X$ are $N(0, I_d)$, so $G = X^T X$ has the Wishart density, proportional to
        $\det(G)^{(n-d-1)/2} e^{-tr(G)/2}$.""")
    proof.assumes(r"""$W$ is least squares, so $u = W - w^*$ given $G$ is $N(0, \sigma^2 G^{-1})$, with density
        proportional to $\det(G)^{1/2} e^{-u^T G u/(2 \sigma^2)}$.""")
    proof.assumes(r"""The channel's $N(0, I)$ is independent of $X$ and $y$, so $g$ given $G$ and $u$ is
        $N(0, G^{-1})$, with density proportional to $\det(G)^{1/2} e^{-g^T G g/2}$, whichever square root of $G$ is
        taken.""")
    proof.assumes(r"""Short names: $A = I + u u^T/\sigma^2$ and $P = A + g g^T$; $r = |u|^2$, $s = |g|^2$,
        $a = |e|^2$, $x = u \cdot g$, $c = u \cdot e$, $y = g \cdot e$; $D = \det G$, $T = tr(G)$, $U = u^T G u$,
        $V = g^T G g$.""")
    proof.requires(
        n >= d,
        delta < 1,
        x**2 <= r * s,
        c**2 <= a * r,
        y**2 <= a * s,
        a * r * s + 2 * c * x * y - a * x**2 - s * c**2 - r * y**2 >= 0,
    )

    proof.step("bayes").because(r"""Bayes: multiply the three densities as functions of $G$; here is the logarithm. As
        $tr(P G) = T + U/\sigma^2 + V$, the product has the form $\det(G)^{(N-d-1)/2} e^{-tr(PG)/2}$ of a Wishart
        density.""")
    proof.shows(
        (n - d - 1) / 2 * sp.log(D) - T / 2 + sp.log(D) / 2 - U / (2 * sigma**2) + sp.log(D) / 2 - V / 2,
        (n - d + 1) / 2 * sp.log(D) - (T + U / sigma**2 + V) / 2,
        quantity=r"\ln p(G \mid u, g) + const",
    )

    proof.step("degrees", uses="bayes").because("""Its degrees of freedom are $N = n + 2$, which makes the power of
        the determinant $(N - d - 1)/2$ that of (@bayes): one more than $n + 1$ given $u$ alone, whose $P$ is $A$ (see
        conditional-gram).""")
    proof.shows(sp.Subs((N - d - 1) / 2, N, n + 2), (n - d + 1) / 2)

    proof.step("normalizer").because(r"""Let $p$ be the first eigenvalue of $P$. It enters the integral $Z_N(P)$ of
        such a density over $G$ as this power, and every eigenvalue does the same, so
        $Z_N(P) = Z_N(I) \det(P)^{-N/2}$.""")
    proof.lemma("conditional-gram", line="normalizer", quantity="Z_N(P)/Z_N(I)")

    proof.step("rank-one").because("""A rank-one update of an inverse (Sherman and Morrison): with
        $k = w^T M^{-1} w$, multiply $M + w w^T$ by $M^{-1} - M^{-1} w w^T M^{-1}/(1 + k)$. Beside the identity only
        multiples of $w w^T M^{-1}$ appear, and their sum is zero. So $v^T (M + w w^T)^{-1} v = f - h^2/(1 + k)$ with
        $f = v^T M^{-1} v$ and $h = v^T M^{-1} w$.""")
    proof.shows(1 - 1 / (1 + k) - k / (1 + k), 0)

    proof.step("first-update", uses="rank-one").because(r"""First update (@rank-one), $M = I$ and $w = u/\sigma$,
        where $k = r/\sigma^2$. With $e$ for $g$, or $g$ for $e$, it also says $e^T A^{-1} e = a - c^2/(\sigma^2 + r)$
        and $g^T A^{-1} g = s - x^2/(\sigma^2 + r)$.""")
    proof.shows(y - (x / sigma) * (c / sigma) / FIRST, y - x * c / (sigma**2 + r), quantity="g^T A^{-1} e")

    proof.step("determinant", uses="first-update").because(r"""With the columns $Y = (u/\sigma, g)$, $P = I + Y Y^T$,
        and $\det(I + Y Y^T) = \det(I + Y^T Y)$, since $Y Y^T$ and $Y^T Y$ have the same eigenvalues other than zero:
        a two by two determinant. With $u$ alone $\det A = 1 + r/\sigma^2$. The ratio is $1 + k$ with
        $k = g^T A^{-1} g$, by (@first-update).""")
    proof.shows(plane / FIRST, 1 + KNOWN, quantity=r"\det P/\det A")

    proof.step("student", uses="determinant").because(r"""The density of $A^{1/2} z/\sqrt{q}$ for a chi-square $q$
        with $\nu + 1$ degrees of freedom: given $q$ it is $N(0, A/q)$, a function of $p = \det A$ and of $k$, as in
        (@determinant). It is that of $N(0, I/q)$ at a vector of squared length $k$, over $\sqrt{p}$.""")
    proof.lemma(
        "weight-t-law",
        {"sigma": 1, "nu": nu + 1, "r": k},
        line="vector",
        times=1 / sp.sqrt(p),
        right=student * shape,
        quantity="t(g)",
    )

    proof.step("law-of-noise", uses="bayes, degrees, normalizer, determinant, student").because(r"""
        Integrate $G$ out of the product in (@bayes): by (@degrees), (@normalizer) and (@determinant), as a function
        of $g$ the density of $g$ given $u$ is $\det(P)^{-N/2}$, so $(1 + k)^{-(n+2)/2}$ up to a factor. With
        $\nu = n - d + 1$ that of (@student) is too, and both have integral one: they are the same.""")
    proof.shows(sp.Subs(shape, nu, n - d + 1), (1 + k) ** (-(n + 2) / 2), quantity=r"p(g \mid u)/p(0 \mid u)")

    proof.step("plane", uses="rank-one, determinant").because(r"""A factor $e^{-t e^T G e/2}$ adds $t e e^T$ to $P$.
        Multiplied by $A^{-1/2}$ from both sides, $P + t e e^T$ is $I$ and the squares of two columns, $A^{-1/2} g$
        and $\sqrt{t} A^{-1/2} e$: as in (@determinant), a two by two determinant, in $k = g^T A^{-1} g$,
        $f = e^T A^{-1} e$ and $h = g^T A^{-1} e$. By (@rank-one) the ratio is $1 + t e^T P^{-1} e$.""")
    proof.shows(((1 + k) * (1 + t * f) - t * h**2) / (1 + k), 1 + t * form, quantity=r"\det(P + t e e^T)/\det P")

    proof.step("transform", uses="normalizer, plane").because("""So by (@normalizer) the Laplace transform of
        $e^T G e$ is the power $-N/2$ of the ratio (@plane). A multiple $B$ of a chi-square with $N$ degrees of
        freedom has the same transform with $B$ for $e^T P^{-1} e$, so the two have one law.""")
    proof.lemma(
        "chi-square-moments",
        {"k": N, "t": t * B / 2, "x": q},
        line="transform",
        quantity=r"\mathbb{E} e^{-t B q/2}",
    )

    proof.step("mean", uses="degrees, transform").because("""The mean of that multiple (@transform): with (@degrees),
        $n + 2$ times $e^T P^{-1} e$.""")
    proof.lemma("chi-square-moments", {"k": N, "x": q}, line="mean", times=B, quantity=r"\mathbb{E}[B q]")

    proof.step("second-update", uses="rank-one, first-update, plane").because("""
        Second update, $M = A$ and $w = g$: put the forms of (@first-update) for $f$, $h$ and $k$ into (@rank-one).""")
    proof.shows(
        sp.Subs(form, (f, h, k), (a - c**2 / (sigma**2 + r), y - x * c / (sigma**2 + r), KNOWN)),
        BRACKET,
        quantity="e^T P^{-1} e",
    )
    proof.concludes("e^T (A + g g^T)^{-1} e")

    proof.step("noise-of-one-weight", uses="student, law-of-noise").because(r"""
        Check (@student) and (@law-of-noise) at $d = 1$, with the constant. $G$ is one chi-square with $n$ degrees of
        freedom, whose density given $u$ is the lower integrand, up to a factor, with $p = 1 + r/\sigma^2$ for $A$.
        Given $G$ too, $g$ is $N(0, 1/G)$, and $k = s/p$.""")
    proof.shows(
        sp.Integral(prior * noise, (G, 0, sp.oo)) / sp.Integral(prior, (G, 0, sp.oo)),
        (student * shape).subs(one),
        quantity=r"p(g \mid u)",
    )

    proof.step("one-weight", uses="second-update").because("""One weight, $d = 1$: all products of the vectors are
        those of their lengths, and (@second-update) is $e^2/P$.""")
    proof.shows(
        BRACKET.subs({c: sp.sqrt(a * r), x: sp.sqrt(r * s), y: sp.sqrt(a * s)}),
        a / (1 + r / sigma**2 + s),
        quantity="e^T P^{-1} e",
    )

    proof.step("average", uses="first-update, law-of-noise, plane, mean").because(r"""
        Check by averaging (@mean) over $g$, with the law (@law-of-noise), for an $e$ made of $u$ alone. As
        $A^{-1/2} g = z/\sqrt{q}$, by (@plane) the part $h^2/[f (1 + k)]$ that the second update takes off is
        $z_1^2/(q + |z|^2)$: of $n - d + 2 + d$ equal unit squares one is in the numerator, so its mean is
        $1/(n + 2)$. What is left is the mean given $u$ alone.""")
    proof.lemma(
        "conditional-gram",
        left=sp.Subs((n + 2) * (f - f * share), f, a - c**2 / (sigma**2 + r)),
        quantity=r"\mathbb{E}[e^T G e \mid u]",
    )

    proof.step("noise-itself", uses="rank-one, plane").because("""The noise itself, $e = g$: then $f = h = k$, and
        $e^T P^{-1} e$ is always below one.""")
    proof.shows(sp.Subs(form, (f, h), (k, k)), k / (1 + k), quantity="g^T P^{-1} g")

    proof.step("mean-of-noise", uses="law-of-noise, mean, noise-itself").because("""
        Check (@mean) with (@noise-itself): by (@law-of-noise) $k/(1 + k) = |z|^2/(q + |z|^2)$ has $d$ of the $n + 2$
        squares in the numerator, and $g^T G g$ is the squared length of the channel's $N(0, I)$, whose mean is $d$.""")
    proof.shows((n + 2) * sp.Sum(share, (j, 1, d)), d, quantity=r"\mathbb{E}[g^T G g]")

    proof.step("share-of-weights").because("Averaged over the weights, the part that the first update takes off is this.")
    proof.lemma("conditional-gram", line="average", quantity=r"\mathbb{E}[r/(\sigma^2 + r)]")

    proof.step(uses="share-of-weights, mean-of-noise").because(r"""Check with the channel,
        $e = -\delta u + \sqrt{\delta (1-\delta)} \sigma g$. The same law with $-g$ for $g$ takes the mixed term to
        zero; $u^T G u$ has mean $(n+1) \sigma^2$ times (@share-of-weights), and $g^T G g$ has mean (@mean-of-noise).
        The sum is $n$ times the distortion of aware-channel-risk.""")
    proof.shows(
        delta**2 * sigma**2 * (n + 1) * before + delta * (1 - delta) * sigma**2 * (n + 2) * sp.Sum(share, (j, 1, d)),
        delta * sigma**2 * d,
        quantity=r"\mathbb{E}[e^T G e]",
    )

    proof.step(uses="second-update").because("""At $g = 0$ the second update vanishes, and (@second-update) is the
        factor of conditional-gram. The degrees of freedom stay $n + 2$: to see $g = 0$ is not to leave $g$ unseen, as
        a large $G$ makes a small $g$ likelier.""")
    proof.shows(
        sp.Limit(BRACKET.subs({s: t**2 * s, x: t * x, y: t * y}, simultaneous=True), t, 0),
        a - c**2 / (sigma**2 + r),
        quantity=r"\lim_{t \to 0} e^T (A + t^2 g g^T)^{-1} e",
    )

    proof.check(
        r"Check (@mean) at $d = 1$ with $e = 1$ in (@one-weight): the posterior mean by two integrals, with $p = 1 + r/\sigma^2 + s$ for $P$.",
        uses="mean, one-weight",
    ).shows(_posterior(1) / _posterior(0), (n + 2) / p, quantity=r"\mathbb{E}[G \mid u, g]")
    proof.check(
        r"Limit of much noise in the labels, at a given $u$: $u/\sigma$ vanishes, and the first update with it."
    ).shows(sp.Limit(BRACKET, sigma, sp.oo), a - y**2 / (1 + s), quantity=r"\lim_{\sigma \to \infty} e^T P^{-1} e")

    return proof.derivation()
