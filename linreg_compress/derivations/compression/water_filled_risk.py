"""Risks after design-aware compression under a prior, given the spectrum of the design."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import delta, g, n, sigma, tau, theta

x = sp.Symbol("x", positive=True)


def water_filled_risk() -> Derivation:
    """One direction of eigenvalue g; the risks are sums over directions."""
    keep = 1 - delta
    weak, strong = {sigma: sp.sqrt(tau**2 * g + x)}, {tau: sp.sqrt((sigma**2 + x) / g)}
    source = tau**2 * g + sigma**2
    noise = delta * keep * source / g
    excess = (keep * sigma**2 + delta * tau**2 * g) / g
    distortion = delta * source
    gap = keep * sigma**2 / g + keep * sigma**2 / n + delta * tau**2 * (1 - g / n)
    change = delta * (tau**2 * g - sigma**2) / g
    slope = (tau**2 * g - sigma**2) / (g * source)

    proof = Proof("water-filled-risk", "Risks after water-filling over the spectrum of the design")
    proof.states(r"""A direction of eigenvalue $g$ adds $[(1-\delta) \sigma^2 + \delta \tau^2 g]/g$ to the excess
        risk. It gains from being dropped when $\tau^2 g < \sigma^2$, and those directions are dropped first.""")
    proof.assumes(r"""$w^* = c + t$ with $t \sim N(0, \tau^2 I)$, $y = X w^* + \epsilon$,
        $\epsilon \sim N(0, \sigma^2 I)$, $\Sigma = I$. $X$ is given; an index $g$ means the coordinate along the
        eigenvector of $G = X^T X$ with eigenvalue $g$.""")
    proof.assumes(r"""The empirical risk measures errors of $s = \sqrt{g} (W_g - c_g)$, so that is the source of the
        code. Reverse water-filling leaves $D = \min(\theta, \mathrm{Var}\, s)$ of it, $\delta = D/\mathrm{Var}\, s$,
        by the Gaussian test channel $\hat{W}_g = c_g + (1-\delta)(W_g - c_g) + Z$.""")
    proof.assumes(r"""A direction is weak if $\sigma^2 = \tau^2 g + x$ and strong if $\tau^2 = (\sigma^2 + x)/g$, $x$
        any positive number.""")
    proof.requires(delta < 1)

    proof.step("fit").because(r"""With $z \sim N(0, \sigma^2 g)$ the coordinate of $X^T \epsilon$, $W_g - w^*_g = z/g$
        has the variance""")
    proof.lemma("gaussian-moments", {"V": sigma**2 * g}, times=1 / g**2, quantity=r"\mathrm{Var}(W_g - w^*_g)")

    proof.step("source", uses="fit").because(r"""The source $\sqrt{g} (W_g - c_g)$ adds the signal $\sqrt{g} t_g$ to
        $\sqrt{g}$ times (@fit).""")
    proof.shows(g * (tau**2 + sigma**2 / g), source, quantity=r"\mathrm{Var}\, s")

    proof.step("grows", uses="source").because("""It grows with $g$. So the water level drops the smallest
        eigenvalues first.""")
    proof.shows(sp.Derivative(source, g), tau**2)

    proof.step("direction", uses="source").because(r"""$\hat{W}_g - w^*_g = (1-\delta) z/g - \delta t_g + Z$ with
        $\mathrm{Var}(Z) = \delta (1-\delta) \mathrm{Var}\, s/g$ has the three uncorrelated terms of a linear channel.
        The excess risk is the sum over all directions of""")
    proof.lemma(
        "linear-channel-risk",
        {"a": keep, "v": sigma**2 / g, "t": tau**2, "s": sp.sqrt(noise)},
        line="one-weight",
        left=keep**2 * sigma**2 / g + delta**2 * tau**2 + noise,
        right=excess,
        quantity=r"\mathrm{E}(\hat{W}_g - w^*_g)^2",
    )
    proof.concludes()

    proof.step("distortion", uses="source").because(r"""$\sqrt{g} (\hat{W}_g - W_g) = -\delta s + \sqrt{g} Z$. The
        increase of the empirical risk is $1/n$ times the sum of the distortions of the test channel""")
    proof.lemma("gaussian-test-channel", {"V": source}, line="distortion", quantity="D")

    proof.step("gap", uses="direction, distortion").because(r"""Least squares has
        $\mathrm{E} L_S = \sigma^2 (1 - d/n)$, so each direction adds $(D - \sigma^2)/n$ to the empirical risk. Its
        share of the generalization error:""")
    proof.shows(excess - (distortion - sigma**2) / n, gap)

    proof.step("change", uses="direction").because(r"Against $\delta = 0$, the direction changes the population risk by")
    proof.shows(excess - excess.subs(delta, 0), change)

    proof.step("active", uses="direction").because(r"""The water level. While a direction is active,
        $\delta = \theta/\mathrm{Var}(s)$, and its risk (@direction) has in $\theta$ the slope""")
    proof.shows(sp.Derivative(excess.subs(delta, theta / source), theta), slope)

    proof.step(uses="active").because(r"""a constant; once it is dropped, $\delta = 1$ and the slope is zero. So the
        population risk is piecewise linear in $\theta$ with breaks where $\theta$ meets the variance of a direction,
        and its minimum is at a break or at $\theta = 0$.""")
    proof.shows(sp.Derivative(slope, theta), 0)

    proof.check("By (@change) a weak direction gains,", uses="change").shows(change.subs(weak), 0, relation="<")
    proof.check("by (@change) a strong one loses.", uses="change").shows(change.subs(strong), 0, relation=">")
    proof.check(
        r"In (@change) the two meet at the eigenvalue $\sigma^2/\tau^2$, where the source has as much signal as noise.",
        uses="source, change",
    ).shows(sp.Subs(source, g, sigma**2 / tau**2), 2 * sigma**2, quantity=r"\mathrm{Var}\, s")
    proof.check(
        r"Raising $\theta$, weak directions leave first, and their slopes (@active) are negative: the total slope rises as they go.",
        uses="grows, active",
    ).shows(slope.subs(weak), 0, relation="<")
    proof.check(
        "When by (@grows) only strong ones are left, (@active) is positive. So it changes sign at most once, from minus to plus: there is one best level.",
        uses="grows, active",
    ).shows(slope.subs(strong), 0, relation=">")
    proof.check("Limit of no rate: the energy of the signal.").shows(sp.Limit(excess, delta, 1, "-"), tau**2)
    proof.check("Limit of infinite rate: the variance of least squares.").shows(
        sp.Limit(excess, delta, 0, "+"), sigma**2 / g
    )
    proof.check(r"Without a prior, $\tau = 0$: every direction gains.", uses="change").shows(
        sp.Limit(change, tau, 0), -delta * sigma**2 / g
    )

    return proof.derivation()
