"""The law of the empirical risk after the design-blind Gaussian channel."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, gaussian, lam, n, nu, sigma, tau, v

c, k, q, s = sp.symbols("c k q s", positive=True)
a, e, f, h, p, r, z = sp.symbols("a e f h p r z", real=True)
j = sp.Symbol("j", positive=True, integer=True)


def blind_channel_empirical_law() -> Derivation:
    """Show n L_S ~ sigma^2 chi^2_{n-d} + (delta^2 sigma^2 + k chi^2_n) chi^2_d."""
    keep = 1 - delta
    noise = delta * keep * (tau**2 + v)
    pulled = delta * (tau**2 + keep * v)
    curvature = (1 + 2 * lam * c) / (2 * c)
    middle = 2 * lam * c * a / (1 + 2 * lam * c)
    left_over = lam * a**2 / (1 + 2 * lam * c)
    flat = 1 / sp.sqrt(1 + 2 * lam * c)
    averaged = 1 / sp.sqrt(1 + 2 * lam * k * q / (1 + 2 * lam * c))
    joint = 1 / sp.sqrt(1 + 2 * lam * (c + k * q))
    chi_square = (1 + 2 * lam * s) ** (-nu / 2)
    fit, rest = chi_square.subs({s: c + k * q, nu: d}), chi_square.subs({s: sigma**2, nu: n - d})
    first = (n - d) * sigma**2 + d * (c + k * q)
    full = {c: delta**2 * sigma**2, k: pulled}
    mean = first.subs(full).subs(q, n) / n

    proof = Proof("blind-channel-empirical-law", "Law of the empirical risk after design-blind compression")
    proof.states(r"""$n L_S(\hat{W})$ has the law of
        $\sigma^2 \chi^2_{n-d} + (\delta^2 \sigma^2 + k \chi^2_n) \chi^2_d$ with three independent chi-squares and
        $k = \delta (\tau^2 + (1-\delta) v)$.""")
    proof.assumes(r"""$X$ has $n$ rows $N(0, I_d)$, $y = X w^* + \epsilon$, $\epsilon \sim N(0, \sigma^2 I)$,
        $W = G^{-1} X^T y$; $w^* = w_0 + t$, $t \sim N(0, \tau^2 I)$; $v$ is the variance of one weight of $W - w^*$.""")
    proof.assumes(r"""$\hat{W} = w_0 + (1-\delta)(W - w_0) + Z$ with $Z \sim N(0, \delta(1-\delta)(\tau^2 + v) I)$.
        $\epsilon, t, Z, X$ are independent.""")
    proof.assumes(r"""$P$ projects on the column space of $X$, of dimension $d$, and $X (W - w^*) = P \epsilon$. In
        the column space and orthogonal to it, $\epsilon$ has independent coordinates $N(0, \sigma^2)$, $d$ and
        $n - d$ of them.""")
    proof.assumes(r"""Write $c = \delta^2 \sigma^2$. Two laws on the positive numbers with the same
        $\mathrm{E} e^{-\lambda Y}$ for all $\lambda > 0$ are equal.""")
    proof.requires(delta < 1)

    proof.step("residual").because(r"""The residual at one sample: with $e, f, p, r$ the entries of
        $\epsilon, P\epsilon, X t, X Z$ it is a part orthogonal to the columns of $X$, plus $\delta P \epsilon - X h$
        in their space, where $h = Z - \delta t$.""")
    proof.shows(e - (keep * f - delta * p + r), (e - f) + delta * f - (r - delta * p), quantity=r"y_i - x_i^T \hat{W}")

    proof.step("pulled", uses="residual").because(r"""$h$ does not depend on $X$ and $\epsilon$, and its entries are
        $N(0, k)$.""")
    proof.shows(noise + delta**2 * tau**2, pulled, quantity="k")

    proof.step("coordinate", uses="residual").because(r"""Given $X$ and $h$, a coordinate of $\delta P \epsilon - X h$
        in the column space in (@residual) is $z + a$ with $z \sim N(0, c)$ and $a$ one of $-X h$. For the mean of
        $e^{-\lambda (z+a)^2}$ complete the square in the exponent.""")
    proof.shows(lam * (z + a) ** 2 + z**2 / (2 * c), curvature * (z + middle) ** 2 + left_over)

    proof.step("shift", uses="coordinate").because("""The square integrates to a factor without $a$ (shift $z$ by a
        constant).""")
    proof.lemma(
        "projection-chi-square-law",
        {"sigma": sp.sqrt(c), "t": lam * c, "e": z},
        line="coordinate",
        left=sp.Integral(sp.exp(-curvature * z**2) / sp.sqrt(2 * sp.pi * c), (z, -sp.oo, sp.oo)),
        right=flat,
    )

    proof.step("average", uses="pulled, coordinate").because(r"""The $d$ coordinates multiply, so $X h$ enters through
        $\sum a^2 = |X h|^2$ alone. Given $h$, the $n$ entries of $X h$ are $N(0, |h|^2)$, so $|X h|^2 = q |h|^2$ with
        $q \sim \chi^2_n$ independent of $h$: each entry of $h$, with the variance (@pulled), adds what
        $a^2 = q h_j^2$ would. Its mean:""")
    proof.lemma(
        "projection-chi-square-law",
        {"sigma": sp.sqrt(k), "t": lam * k * q / (1 + 2 * lam * c), "e": h},
        line="coordinate",
        left=sp.Integral(sp.exp(-left_over.subs(a, sp.sqrt(q) * h)) * gaussian(h, k), (h, -sp.oo, sp.oo)),
        right=averaged,
        quantity=r"\mathrm{E}[e^{-\lambda q h_j^2/(1 + 2 \lambda c)} | q]",
    )

    proof.step("product", uses="shift, average").because("One factor of each kind, $d$ times:")
    proof.shows(flat * averaged, joint)

    proof.step("chi-square").because(r"A chi-square with $\nu$ degrees of freedom, times $s$, has")
    proof.lemma(
        "chi-square-moments", {"k": nu, "t": lam * s}, line="transform", quantity=r"\mathrm{E}[e^{-\lambda s \chi^2_\nu}]"
    )

    proof.step("law", uses="product, chi-square").because(r"""So given $q$ the part in the column space has by
        (@chi-square) the law of $(c + k q) \chi^2_d$, and the orthogonal part, independent of it, that of
        $\sigma^2 \chi^2_{n-d}$ (the case $s = \sigma^2$, $\nu = 1$ for each coordinate).""")
    proof.shows(
        sp.Product(chi_square.subs({s: sigma**2, nu: 1}), (j, 1, n - d)) * sp.Product(joint, (j, 1, d)),
        rest * fit,
        quantity=r"\mathrm{E}[e^{-\lambda n L_S(\hat{W})} | q]",
    )
    proof.concludes()

    proof.step("mean", uses="law").because(r"Check the mean: minus the slope at $\lambda = 0$.")
    proof.shows(-sp.Limit(sp.Derivative(rest * fit, lam), lam, 0), first, quantity=r"\mathrm{E}[n L_S(\hat{W}) | q]")

    proof.step("mean-of-q").because("With the mean of $q$, a chi-square with $n$ degrees of freedom,")
    proof.lemma("chi-square-moments", {"k": n}, line="mean", quantity=r"\mathrm{E} q")

    proof.check(
        "with (@mean-of-q) the empirical risk rises above that of least squares as in blind-channel-risk.",
        uses="pulled, mean, mean-of-q",
    ).lemma(
        "blind-channel-risk",
        line="distortion",
        left=mean - sigma**2 * (1 - d / n),
        right=d * delta * (delta * sigma**2 / n + tau**2 + keep * v),
        quantity=r"\mathrm{E}[L_S(\hat{W}) - L_S(W)]",
        conditions=(n > d + 1,),
    )
    proof.check(r"Limit of infinite rate: $\sigma^2 \chi^2_{n-d}$, the law of least squares.").shows(
        sp.Limit((rest * fit).subs(full), delta, 0), rest
    )
    proof.check(
        r"Limit of no rate with the centre at the truth: by (@chi-square) $\sigma^2 \chi^2_n$, the law of the noise.",
        uses="chi-square, law",
    ).shows(sp.Limit((rest * fit).subs(full).subs(delta, 1), tau, 0), chi_square.subs({s: sigma**2, nu: n}))

    return proof.derivation()
