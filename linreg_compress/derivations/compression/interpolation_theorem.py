"""The interpolation theorem: for Gaussian weights the excess risk of every centroid quantizer is a straight line."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, n, sigma, tau, v

C, M = sp.symbols("C M", positive=True)
b, p, q = sp.symbols("beta p q", real=True)
j = sp.Symbol("j", positive=True, integer=True)


def interpolation_theorem() -> Derivation:
    """(1 - delta) v + delta tau^2, from the centroid property and joint Gaussianity alone; for least squares a limit."""
    nu = n - d + 1
    V = tau**2 + v
    guess = tau**2 - 2 * b * tau**2 + b**2 * V
    slope = 2 * (b * V - tau**2)
    best = tau**2 / V
    rest = tau**2 * v / V
    energy = (1 - delta) * V
    square = p**2 - 2 * b * p * q + b**2 * q**2
    per_weight = (1 - delta) * v + delta * tau**2
    excess = d * per_weight

    proof = Proof("interpolation-theorem", "The interpolation theorem")
    proof.states(r"""If $(w^*, W)$ is jointly Gaussian, a quantizer with $\mathrm{E}[W | \hat{W}] = \hat{W}$ and
        normalized distortion $\delta$ has the excess risk $(1-\delta) v + \delta \tau^2$ in each weight, however it
        quantizes. For the weights of least squares this is the limit $n - d \to \infty$.""")
    proof.assumes(r"""One weight: $w^* \sim N(c, \tau^2)$ and $W = w^* + u$ with $u \sim N(0, v)$ independent of
        $w^*$, so that $(w^*, W)$ is jointly Gaussian; $V = \tau^2 + v$ is the variance of $W$.""")
    proof.assumes(r"""Least squares with $\Sigma = I$ has $v = \sigma^2/(n-d-1)$, but its weights are jointly Gaussian
        only given one chi-square: $u = \sigma z/\sqrt{x}$ with $z$ standard normal and $x \sim \chi^2_{n-d+1}$, the
        same for all weights. So for least squares the theorem holds in the limit where the relative variance of $x$,
        the last step, goes to zero; a linear code with independent noise needs no limit (linear-channel-risk).""")
    proof.assumes(r"""$\hat{W}$ is made from $W$, perhaps with randomness of its own, such that
        $\mathrm{E}[W | \hat{W}] = \hat{W}$ (Lloyd-Max, k-means and the Gaussian channel obey this).""")
    proof.assumes(r"""$\mathrm{E}(W - \hat{W})^2 = \delta V$. Write $M = \mathrm{E}(\hat{W} - c)^2$ and
        $C = \mathrm{E}(W - c)(\hat{W} - c)$.""")
    proof.requires(delta < 1)

    proof.step("slope").because(r"""Guess $w^* - c$ by $\beta (W - c)$. The mean square error is
        $\tau^2 - 2 \beta \tau^2 + \beta^2 V$, since $\mathrm{Cov}(w^*, W) = \tau^2$. Its slope:""")
    proof.shows(sp.Derivative(guess, b), slope)

    proof.step("best-guess", uses="slope").because(r"""It is zero at $\beta = \tau^2/V$. Then
        $w^* - c - \beta (W - c)$ is uncorrelated with $W$, and being jointly Gaussian independent of $W$, hence of
        $\hat{W}$.""")
    proof.shows(sp.Subs(slope, b, best), 0)

    proof.step("left-over", uses="slope, best-guess").because("What it leaves is the variance of $w^*$ given $W$.")
    proof.shows(guess.subs(b, best), rest, quantity=r"\mathrm{Var}(w^* | W)")

    proof.step("centroid").because(r"""Centroid property: $\mathrm{E}[(W - \hat{W})(\hat{W} - c)] = 0$, so $C = M$,
        and the distortion is""")
    proof.shows(sp.Subs(V - 2 * C + M, C, M), V - M, quantity=r"\mathrm{E}(W - \hat{W})^2")

    proof.step("energy", uses="centroid").because(r"""The distortion (@centroid) is also $\delta V$. So the codebook's
        energy is""")
    proof.shows(V - delta * V, energy, quantity="M")

    proof.step("square", uses="best-guess").because(r"""Write $p = \hat{W} - c$ and $q = W - c$. Then
        $\hat{W} - w^* = (p - \beta q) - [w^* - c - \beta q]$, the bracket is independent of the rest by step
        @best-guess, and the square of the rest is""")
    proof.shows((p - b * q) ** 2, square, quantity=r"(p - \beta q)^2")

    proof.step("error", uses="left-over, energy, square").because(r"""Take the mean of (@square) with
        $\mathrm{E} p^2 = \mathrm{E} p q = M = (1-\delta) V$, $\mathrm{E} q^2 = V$ and $\beta = \tau^2/V$, and add the
        variance of the bracket (step @left-over): a straight line from $v$ to $\tau^2$.""")
    proof.shows(
        square.subs({p * q: energy, p**2: energy, q**2: V}).subs(b, best) + rest,
        per_weight,
        quantity=r"\mathrm{E}(\hat{W} - w^*)^2",
    )
    proof.concludes()

    proof.step("mean-square").because("Least squares: the chi-square that its weights share has the mean square")
    proof.lemma("chi-square-moments", {"k": nu}, line="mean-square", quantity=r"\mathrm{E}[x^2]", conditions=(n > d + 1,))

    proof.step("chi-square", uses="mean-square").because(r"""and the mean $\nu = n - d + 1$. So its variance is, in
        units of its squared mean,""")
    proof.shows(nu * (nu + 2) / nu**2 - 1, 2 / nu, quantity=r"\mathrm{Var}(x) / (\mathrm{E} x)^2", conditions=(n > d + 1,))

    proof.check(r"With all $d$ weights, and against least squares ($\delta = 0$), the population risk changes by").shows(
        sp.Sum(per_weight - per_weight.subs(delta, 0), (j, 1, d)),
        d * delta * (tau**2 - v),
        quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]",
    )
    proof.check("Limit of no distortion: the noise $v$ of the estimate.").shows(
        sp.Limit(excess.subs(v, sigma**2 / (n - d - 1)), delta, 0, "+"),
        sigma**2 * d / (n - d - 1),
        conditions=(n > d + 1,),
    )
    proof.check("Limit of no rate: the energy of the signal.").shows(sp.Limit(excess, delta, 1, "-"), d * tau**2)
    proof.check(r"With the centre at the truth, $\tau = 0$, the excess is $1 - \delta$ times that of least squares.").shows(
        sp.Limit(per_weight, tau, 0), (1 - delta) * v
    )
    proof.check(r"Every quantizer of one distortion is alike, and the slope in $\delta$ is constant.").shows(
        sp.Derivative(per_weight, delta), tau**2 - v
    )
    proof.check(
        "which goes to zero: with many samples to spare the weights are Gaussian and the theorem is theirs. With few it is not.",
        uses="chi-square",
    ).shows(sp.Limit(2 / nu, n, sp.oo), 0)

    return proof.derivation()
