"""Limits of the risks as n and d grow with d/n -> gamma, before and after compression."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, delta, gamma, n, s, sigma

phi = sp.Symbol("phi", positive=True)


def marchenko_pastur_limits() -> Derivation:
    """E 1/s = 1/(1 - gamma) under the Marchenko-Pastur law, and what follows for the risks."""
    root = sp.sqrt(gamma)
    under = (s - (1 - root) ** 2) * ((1 + root) ** 2 - s)
    density = sp.sqrt(under) / (2 * sp.pi * gamma * s)
    at = 1 + gamma - 2 * root * sp.cos(phi)
    height = 2 * root * sp.sin(phi)
    weight = 2 * sp.sin(phi) ** 2 / (sp.pi * at)
    kernel = (phi + 2 * sp.atan(root * sp.sin(phi) / (1 - root * sp.cos(phi)))) / (1 - gamma)
    full = sp.pi / (1 - gamma)
    pole, rest = -((1 - gamma) ** 2) / (4 * gamma), (1 + gamma) / (2 * gamma) - at / (4 * gamma)
    slope = sp.cos(phi) / at - 2 * root * sp.sin(phi) ** 2 / at**2
    turned = (1 + gamma) / (2 * root * at) - 1 / (2 * root)
    inverse = 1 / (1 - gamma)
    excess = (1 - delta) * sigma**2 * d / (n - d - 1)
    population = sigma**2 * (1 - delta * gamma) / (1 - gamma)
    training = sigma**2 * (1 - (1 - delta) * d / n)
    empirical = sigma**2 * (1 - gamma + delta * gamma)

    proof = Proof("marchenko-pastur-limits", "Limits of the risks as n and d grow together")
    proof.states(r"""As $n$ and $d$ grow with $d/n \to \gamma < 1$, the population risk after the design-aware channel
        around the true weights tends to $\sigma^2 (1 - \delta \gamma)/(1-\gamma)$; without compression, $\delta = 0$,
        to $\sigma^2/(1-\gamma)$.""")
    proof.assumes(r"""$X$ has $n$ rows $N(0, I_d)$ and $G = X^T X$. Least squares has the excess risk
        $\sigma^2 \mathrm{E} \mathrm{tr} G^{-1} = \sigma^2 (d/n) \mathrm{E}[1/s]$, $s$ a random eigenvalue of $G/n$;
        the channel leaves the share $1 - \delta$ of it.""")
    proof.assumes(r"""In the limit $s$ stays away from zero (Bai and Yin 1993), so the mean of $1/s$ converges with
        the law of $s$. $\phi$ runs from $0$ to $\pi$.""")
    proof.requires(gamma < 1)

    proof.step("law", cites="Marchenko and Pastur 1967, theorem 1, for white Gaussian rows").because(r"""
        The eigenvalues of $G/n$ have a limit law on $(1-\sqrt{\gamma})^2 < s < (1+\sqrt{\gamma})^2$, of density""")
    proof.shows(sp.Function("f")(s), density, quantity="f_{G/n}(s)")

    proof.step("square", uses="law").because(r"""Substitute $s = 1 + \gamma - 2 \sqrt{\gamma} \mathrm{cos}\, \phi$.
        Under the root stands then a square,""")
    proof.shows(under.subs(s, at), height**2)

    proof.step("root", uses="square").because("and its root is also the slope:")
    proof.shows(sp.Derivative(at, phi), height, quantity=r"ds/d\phi")

    proof.step("angle", uses="law, square, root").because(r"So by (@law) $\phi$ has the density $f(s) \, ds/d\phi$.")
    proof.shows(density.subs(sp.sqrt(under), height).subs(s, at) * sp.Derivative(at, phi), weight, quantity=r"f_\phi(\phi)")

    proof.step("antiderivative").because("For the integral of $1/s$ this is an antiderivative (differentiate and see):")
    proof.shows(sp.Derivative(kernel, phi), 1 / at, quantity="1/s")

    proof.step("inverse", uses="antiderivative").because("so between the ends $1/s$ has the integral")
    proof.shows(sp.Limit(kernel, phi, sp.pi, "-") - sp.Limit(kernel, phi, 0), full, quantity=r"\int d\phi / s")

    proof.step("by-parts", uses="root").because(r"""For the mean of $1/s$ differentiate $\mathrm{sin}\, \phi/s$. It is
        zero at both ends, so the two terms on the right have the same integral.""")
    proof.shows(sp.Derivative(sp.sin(phi) / at, phi), slope, quantity=r"(\mathrm{sin}\, \phi / s)'")

    proof.step("first-term", uses="by-parts").because(r"""The first of them is, again with
        $\mathrm{cos}\, \phi = (1 + \gamma - s)/(2 \sqrt{\gamma})$,""")
    proof.shows(slope + 2 * root * sp.sin(phi) ** 2 / at**2, turned, quantity=r"\mathrm{cos}\, \phi / s")

    proof.step("mean-inverse", uses="angle, inverse, by-parts, first-term").because(r"""
        By (@by-parts) both terms have one integral, and that of (@first-term) needs $\int d\phi/s$ alone. Divide by
        $2 \sqrt{\gamma}$ and multiply by $2/\pi$ for the mean under (@angle).""")
    proof.shows(
        2 / sp.pi * ((1 + gamma) / (2 * root) * full - sp.pi / (2 * root)) / (2 * root),
        inverse,
        quantity=r"\mathrm{E}[1/s]",
    )

    proof.step("population", uses="mean-inverse").because(r"""The population risk is $\sigma^2$ plus
        $(1-\delta) \sigma^2 \gamma$ times this mean.""")
    proof.shows(
        sigma**2 + (1 - delta) * sigma**2 * gamma * inverse,
        population,
        quantity=r"\mathrm{lim}\, \mathrm{E} L_\mu(\hat{W})",
    )
    proof.concludes()

    proof.step("split").because(r"""The law has the total probability one. With
        $\mathrm{cos}\, \phi = (1 + \gamma - s)/(2 \sqrt{\gamma})$: in
        $\mathrm{sin}^2 \phi = 1 - \mathrm{cos}^2 \phi$,""")
    proof.shows(sp.sin(phi) ** 2 / at, pole / at + rest, quantity=r"\mathrm{sin}^2 \phi / s")

    proof.step(uses="angle, inverse, split").because("""Check by (@inverse) that the density (@angle) has the total
        probability one.""")
    proof.shows(2 / sp.pi * (pole * full + sp.Integral(rest, (phi, 0, sp.pi))), 1, quantity=r"\int f_\phi d\phi")

    proof.step("finite").because(r"The same at finite $n$: the exact risk is $\sigma^2$ plus")
    proof.lemma("aware-channel-risk", quantity=r"\mathrm{E} L_\mu(\hat{W}) - \sigma^2", conditions=(n > d + 1, delta < 1))

    proof.step("training").because("and the exact empirical risk is")
    proof.lemma(
        "aware-channel-risk", line="training", quantity=r"\mathrm{E} L_S(\hat{W})", conditions=(n > d + 1, delta < 1)
    )

    proof.step("empirical", uses="training").because(r"With $d = \gamma n$, (@training) tends to")
    proof.shows(
        sp.Limit(training.subs(d, gamma * n), n, sp.oo), empirical, quantity=r"\mathrm{lim}\, \mathrm{E} L_S(\hat{W})"
    )

    proof.check(r"(@finite) with $d = \gamma n$ has the same limit.", uses="finite, population").shows(
        sigma**2 + sp.Limit(excess.subs(d, gamma * n), n, sp.oo),
        population,
        quantity=r"\mathrm{lim}\, \mathrm{E} L_\mu(\hat{W})",
    )
    proof.check(
        r"Their difference is the generalization error, $1 - \delta$ times that of least squares in the limit too.",
        uses="population, empirical",
    ).shows(
        population - empirical,
        (1 - delta) * sigma**2 * gamma * (2 - gamma) / (1 - gamma),
        quantity=r"\mathrm{lim}\, \mathrm{gen}(\hat{W})",
    )
    proof.check("Limit of infinite rate: least squares.").shows(sp.Limit(population, delta, 0, "+"), sigma**2 / (1 - gamma))
    proof.check("No rate: the noise alone.").shows(sp.Subs(population, delta, 1), sigma**2)
    proof.check("Limit of very many samples: the noise alone.").shows(sp.Limit(population, gamma, 0), sigma**2)
    proof.check(
        r"As many weights as samples, $\gamma \to 1$: the risk is infinite at every $\delta < 1$, its inverse zero."
    ).shows(sp.Limit(1 / population, gamma, 1, "-"), 0)

    return proof.derivation()
