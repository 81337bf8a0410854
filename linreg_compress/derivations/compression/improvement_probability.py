"""How likely it is that design-blind compression lowers the population risk of the very weights it compresses."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, n, sigma, tau, v

k, q, r, s, x = sp.symbols("k q r s x", positive=True)
B, rho = sp.symbols("B rho", positive=True)
w, t, u, Z = sp.symbols("w t u Z", real=True)  # one coordinate each of w_0, w* - w_0, W - w* and the channel's noise
y, z, a, psi, phi, T = sp.symbols("y z a psi phi T", real=True)

LOST = delta * (2 - delta)  # 1 - keep^2


def improvement_probability() -> Derivation:
    """Show that given q the risk falls with probability P(F_{d,d} < r), and what follows from that."""
    keep = 1 - delta
    pulled = delta * (tau**2 + keep * v)
    trace = k - LOST * s
    form = k * y**2 + 2 * keep * sp.sqrt(k * s) * y * z - LOST * s * z**2
    gain, loss = sp.sqrt(k * s) * sp.exp(-phi), sp.sqrt(k * s) * sp.exp(phi)
    constant = sp.gamma(d) / sp.gamma(d / 2) ** 2
    ratio = constant * rho ** (d / 2 - 1) / (1 + rho) ** d
    beta = constant * x ** (d / 2 - 1) * (1 - x) ** (d / 2 - 1)
    argument = trace / (2 * sp.sqrt(k * s))
    logarithm = -2 * sp.asinh(argument)
    root = sp.sqrt(T**2 + 4 * k * s)
    threshold = sp.Rational(1, 2) - T / (2 * root)
    variance = sigma**2 / (n - d - 1)
    change = delta * (tau**2 + keep * v - (2 - delta) * s)
    border = (2 - delta) * sigma**2 / (tau**2 + keep * v)
    # delta < 1 built into a symbol: its sign is then an assumption
    below_one = {delta: 1 / (1 + x)}

    proof = Proof("improvement-probability", "How often design-blind compression helps a given fit")
    proof.states(r"""Given $q \sim \chi^2_{n-d+1}$, the channel lowers the population risk of the weights it
        compresses with the probability that an $F_{d,d}$ variable is below $r$, with $s = \sigma^2/q$,
        $k = \delta (\tau^2 + (1-\delta) v)$ and $r$ below. The probability itself is the mean of this over $q$. It
        falls with $\tau$, tends to one half with the rate, and to 1 at no rate without a signal.""")
    proof.assumes(r"""$X$ has $n$ rows $N(0, I_d)$, $y = X w^* + \epsilon$, $\epsilon \sim N(0, \sigma^2 I)$,
        $W = G^{-1} X^T y$, $G = X^T X$; $w^* = w_0 + t$ with $t \sim N(0, \tau^2 I)$. The population risk of weights
        $w$ is $\sigma^2 + |w - w^*|^2$.""")
    proof.assumes(r"""$u = W - w^*$ is $\sigma z/\sqrt{q}$ with $z \sim N(0, I_d)$ and one $q \sim \chi^2_{n-d+1}$ for
        all coordinates, independent (the multivariate t law of weight-t-law). Write $s = \sigma^2/q$; its mean
        $v = \sigma^2/(n-d-1)$ is the variance of one weight.""")
    proof.assumes(r"""$\hat{W} = w_0 + (1-\delta)(W - w_0) + Z$ with $Z \sim N(0, \delta(1-\delta)(\tau^2 + v) I)$.
        $X$, $\epsilon$, $t$ and $Z$ are independent.""")
    proof.assumes("""A symmetric matrix is diagonal in the orthogonal axes of its eigenvectors, with its eigenvalues
        on the diagonal.""")
    proof.assumes("$x$ is any positive number, below one where it is a share.")
    proof.requires(n > d + 1, delta < 1)

    proof.step("error").because("""The compressed weights miss the true ones by a mix of $u$, the signal and fresh
        noise. In one coordinate, where $W$ is $w + t + u$:""")
    proof.shows((w + keep * (t + u) + Z) - (w + t), keep * u + (Z - delta * t), quantity=r"\hat{W}_j - w^*_j")

    proof.step("pulled", uses="error").because(r"""$h = Z - \delta t$ does not depend on $X$ and $\epsilon$, so not on
        $z$ and $q$; its entries are $N(0, k)$.""")
    proof.lemma("blind-channel-empirical-law", line="pulled", quantity="k")

    proof.step("form", uses="error, pulled").because(r"""Given $q$, one coordinate has $u_j = \sqrt{s} z$ and
        $h_j = \sqrt{k} y$ with two independent standard normals. The risk changes by the sum over the coordinates of
        a quadratic form in them:""")
    proof.shows(
        (keep * sp.sqrt(s) * z + sp.sqrt(k) * y) ** 2 - (sp.sqrt(s) * z) ** 2,
        form,
        quantity=r"(\hat{W}_j - w^*_j)^2 - (W_j - w^*_j)^2",
    )

    proof.step("determinant", uses="form").because("""Its matrix has a negative determinant: one eigenvalue is
        positive and one negative, and their product is""")
    proof.shows(k * (-LOST * s) - (keep * sp.sqrt(k * s)) ** 2, -k * s)

    proof.step("trace", uses="pulled, form").because(r"""Their sum is the trace $T = k - \delta (2-\delta) s$, the
        mean change in one coordinate given $q$.""")
    proof.shows(trace.subs(k, pulled), change, quantity="T")

    proof.step("eigenvalues", uses="determinant, trace").because(r"""Define $\phi$ by
        $T = 2 \sqrt{k s} \, \mathrm{sinh}(\phi)$. By (@determinant) and (@trace) the left side is the characteristic
        polynomial at $a$. So the eigenvalues are $\sqrt{k s}$ times $e^\phi$ and times $-e^{-\phi}$.""")
    proof.shows(a**2 - sp.sqrt(k * s) * (sp.exp(phi) - sp.exp(-phi)) * a - k * s, (a - loss) * (a + gain))

    proof.step("rotation").because(r"""Turn the axes of every coordinate to those of the matrix, by an angle $\psi$.
        The density of two independent standard normals depends on the sum of their squares alone, which does not
        change: what was $y$ and $z$ is again such a pair.""")
    proof.lemma("projection-chi-square-law", {"e_1": z, "e_2": y, "phi": psi}, line="rotation")

    proof.step("ratio", uses="eigenvalues, rotation").because(r"""So by (@eigenvalues) and (@rotation), given $q$, the
        change of the risk is $\sqrt{k s} (e^\phi A - e^{-\phi} B)$ with two independent chi-squares of $d$ degrees of
        freedom. It is negative when $\rho = A/B$ is below the ratio $r$ of the eigenvalues' sizes.""")
    proof.shows(sp.log(gain) - sp.log(loss), -2 * phi, quantity=r"\ln r = \ln(e^{-\phi}/e^\phi)")

    proof.step("f-density", uses="ratio").because("""The ratio of the two chi-squares of (@ratio) has a density, that
        of $F_{d,d}$.""")
    proof.lemma("excess-risk-f-law", {"nu": d, "q": B}, line="density", right=ratio, quantity=r"f(\rho)")

    proof.step("log-ratio", uses="trace, eigenvalues, ratio").because(r"""Insert
        $\phi = \mathrm{arsinh}(T/(2 \sqrt{k s}))$, its definition in (@eigenvalues).""")
    proof.shows(sp.Subs(-2 * phi, phi, sp.asinh(T / (2 * sp.sqrt(k * s)))).subs(T, trace), logarithm, quantity=r"\ln r")
    proof.concludes()

    proof.step("beta", uses="f-density").because(r"""For computing, put $x = \rho/(1 + \rho) = A/(A + B)$: it has a
        Beta density with both parameters $d/2$, since this times $dx/d\rho$ is the density in (@f-density).""")
    proof.shows(sp.Derivative(rho / (1 + rho), rho) * beta.subs(x, rho / (1 + rho)), ratio, quantity=r"f(\rho)")

    proof.step("threshold", uses="determinant, trace, ratio, beta").because(r"""
        By (@ratio) the risk falls when the $x$ of (@beta) is below $r/(1 + r)$. By (@determinant) and (@trace) the
        eigenvalues are $(T \pm \sqrt{T^2 + 4 k s})/2$, and this is the share of the negative one in their sizes.""")
    proof.shows(sp.Subs(r / (1 + r), r, (root - T) / (root + T)), threshold, quantity="r/(1 + r)")

    proof.step("mirror", uses="f-density, threshold").because("""An $F_{d,d}$ variable and its inverse have the same
        law, so it is below 1 with probability one half. Given $q$ a gain is more likely than not when $r > 1$, so by
        (@threshold) when the mean change $T$ is negative.""")
    proof.shows(sp.Derivative(-1 / rho, rho) * ratio.subs(rho, 1 / rho), ratio, quantity=r"f(\rho)")

    proof.step("border", uses="trace, mirror").because(r"""As $s = \sigma^2/q$, the condition of (@mirror) holds where
        $q$ is small: below the value that makes the last factor vanish.""")
    proof.shows(change.subs(s, sigma**2 / q), delta * (tau**2 + keep * v) / q * (q - border), quantity="T")

    proof.step("mean-of-s").because("The mean of $s$ is $v$.")
    proof.lemma("weight-t-law", {"x": q}, line="variance", quantity=r"\mathrm{E}[s]")

    proof.step(uses="trace, mirror, mean-of-s").because(r"""There $T$ is the change that compression-criterion gives
        to the mean risk, per weight: at $s = v$, the mean by (@mean-of-s), a gain is by (@mirror) more likely than
        not exactly when $\tau^2 < v$.""")
    proof.lemma(
        "compression-criterion",
        line="change",
        times=1 / d,
        left=change.subs(s, v),
        right=delta * (tau**2 - v),
        quantity=r"\mathrm{E}[T]",
    )

    proof.step("grows-with-signal", uses="pulled").because(r"A stronger signal: $k$ grows with $\tau$,")
    proof.shows(sp.Derivative(pulled, tau), 0, relation=">")

    proof.step(uses="determinant, ratio, threshold").because(r"""Limit of an overwhelming signal, $k \to \infty$: by
        (@ratio) and (@threshold) no fit gains. For $T > 0$ the positive eigenvalue is above $T$, so by (@determinant)
        $r$, which is $k s$ over its square, is below""")
    proof.shows(sp.Limit(k * s / trace**2, k, sp.oo), 0, quantity=r"\lim_{k \to \infty} k s/T^2")

    proof.step("infinite-rate", uses="pulled, log-ratio, mirror").because(r"""Limit of infinite rate:
        $\mathrm{sinh}(\phi)$ vanishes at every $q$, and $\ln r = -2 \phi$ with it: the probability tends to one half,
        that of (@mirror). Its mean over $q$ does too, as a probability is bounded.""")
    proof.shows(sp.Limit(argument.subs(k, pulled), delta, 0, "+"), 0, quantity=r"\mathrm{sinh}(\phi)")

    proof.step("no-rate", uses="pulled, form").because(r"""No rate, $\delta = 1$: the weights become $w_0$. The form
        has no mixed term, and its eigenvalues are $k = \tau^2$ and $-s$: a fit gains when $|w^* - w_0|^2 < |u|^2$.""")
    proof.shows(sp.Subs(form.subs(k, pulled), delta, 1), tau**2 * y**2 - s * z**2)

    proof.step(uses="f-density").because(r"""One weight: the form is negative in a share
        $(2/\pi) \mathrm{arctan}(\sqrt{r})$ of the directions of the plane. It vanishes at $r = 0$, and its slope at
        $r = \rho$ is the density of $F_{1,1}$.""")
    proof.shows(sp.Derivative(2 * sp.atan(sp.sqrt(rho)) / sp.pi, rho), ratio.subs(d, 1), quantity=r"f(\rho)")

    proof.check(
        r"As (@grows-with-signal) says that $k$ grows, $\mathrm{sinh}(\phi)$ does, so $\phi$ too, and $\ln r = -2 \phi$ falls, at every $q$. So the probability falls with $\tau$ at every rate.",
        uses="log-ratio, grows-with-signal",
    ).shows(sp.Derivative(argument, k), 0, relation=">", where=below_one)
    proof.check(
        r"A fit with a larger error gains more often: $\mathrm{sinh}(\phi)$ falls with $s$, and $\ln r$ rises."
    ).shows(sp.Derivative(argument, s), 0, relation="<", where=below_one)
    proof.check(
        r"$\ln r$ does so as the square root of $\delta$, from the side that $s$ decides; near zero $\phi$ and $\mathrm{sinh}(\phi)$ agree.",
        label="near-infinite-rate",
        uses="infinite-rate",
    ).shows(
        sp.Limit(-2 * argument.subs(k, pulled) / sp.sqrt(delta), delta, 0, "+"),
        (2 * s - tau**2 - v) / sp.sqrt(s * (tau**2 + v)),
        quantity=r"\lim_{\delta \to 0} \ln r/\sqrt{\delta}",
    )
    proof.check(
        r"By (@no-rate) then $r = s/\tau^2$. With the centre at the truth, $\tau \to 0$, every fit gains.",
        uses="threshold, no-rate",
    ).shows(sp.Limit(sp.Subs(r / (1 + r), r, s / tau**2).doit(), tau, 0, "+"), 1, quantity="r/(1 + r)")
    proof.check(
        "Centre at the truth at any other rate: by (@border) a gain is more likely than not for $q$ below",
        label="centre-at-truth",
        uses="border, mean-of-s",
    ).shows(sp.Limit(border.subs(v, variance), tau, 0, "+"), (n - d - 1) * (1 + 1 / keep), quantity="q")
    proof.check("Two weights: $r/(1 + r)$ is itself the probability.", uses="f-density, threshold").shows(
        sp.Integral(ratio.subs(d, 2), (rho, 0, r)), r / (1 + r), quantity=r"\mathrm{P}(F_{2,2} < r)"
    )

    return proof.derivation()
