"""Limits of the risks as n and d grow with d/n -> gamma, before and after compression."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step
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
    finite = sigma**2 + (1 - delta) * sigma**2 * d / (n - d - 1)
    population = sigma**2 * (1 - delta * gamma) / (1 - gamma)
    empirical = sigma**2 * (1 - gamma + delta * gamma)
    return Derivation(
        name="marchenko-pastur-limits",
        title="Limits of the risks as n and d grow together",
        statement="As $n$ and $d$ grow with $d/n \\to \\gamma < 1$, the population risk after the design-aware channel around the true "
        "weights tends to $\\sigma^2 (1 - \\delta \\gamma)/(1-\\gamma)$; without compression, $\\delta = 0$, to $\\sigma^2/(1-\\gamma)$.",
        quantity=r"\mathrm{lim}\, \mathrm{E} L_\mu(\hat{W})",
        assumptions=(
            "$X$ has $n$ rows $N(0, I_d)$ and $G = X^T X$. Least squares has the excess risk $\\sigma^2 \\mathrm{E} \\mathrm{tr} G^{-1} = "
            "\\sigma^2 (d/n) \\mathrm{E}[1/s]$, $s$ a random eigenvalue of $G/n$; the channel leaves the share $1 - \\delta$ of it.",
            "In the limit $s$ stays away from zero (Bai and Yin 1993), so the mean of $1/s$ converges with the law of $s$. "
            "$\\phi$ runs from $0$ to $\\pi$.",
        ),
        conditions=(gamma < 1,),
        steps=(
            Step(
                "The eigenvalues of $G/n$ have a limit law on $(1-\\sqrt{\\gamma})^2 < s < (1+\\sqrt{\\gamma})^2$, of density",
                sp.Function("f")(s),
                density,
                quantity="f_{G/n}(s)",
                cites="Marchenko and Pastur 1967, theorem 1, for white Gaussian rows",
            ),
            Step(
                "Substitute $s = 1 + \\gamma - 2 \\sqrt{\\gamma} \\mathrm{cos}\\, \\phi$. Under the root stands then a square,",
                under.subs(s, at),
                height**2,
                depends_on=(1,),
            ),
            Step("and its root is also the slope:", sp.Derivative(at, phi), height, quantity=r"ds/d\phi", depends_on=(2,)),
            Step(
                "So the law of $\\phi$ has the density $f(s) \\, ds/d\\phi$.",
                density.subs(sp.sqrt(under), height).subs(s, at) * sp.Derivative(at, phi),
                weight,
                quantity=r"f_\phi(\phi)",
                depends_on=(1, 2, 3),
            ),
            Step(
                "Two integrals are needed. For $1/s$ this is an antiderivative (differentiate and see):",
                sp.Derivative(kernel, phi),
                1 / at,
                quantity="1/s",
            ),
            Step(
                "so between the ends $1/s$ has the integral",
                sp.Limit(kernel, phi, sp.pi, "-") - sp.Limit(kernel, phi, 0),
                full,
                quantity=r"\int d\phi / s",
                depends_on=(5,),
            ),
            Step(
                "The other comes from $\\mathrm{cos}\\, \\phi = (1 + \\gamma - s)/(2 \\sqrt{\\gamma})$: in $\\mathrm{sin}^2 \\phi = 1 - \\mathrm{cos}^2 \\phi$,",
                sp.sin(phi) ** 2 / at,
                pole / at + rest,
                quantity=r"\mathrm{sin}^2 \phi / s",
            ),
            Step(
                "Check: the total probability is one.",
                2 / sp.pi * (pole * full + sp.Integral(rest, (phi, 0, sp.pi))),
                sp.Integer(1),
                quantity=r"\int f_\phi d\phi",
                depends_on=(4, 6, 7),
            ),
            Step(
                "For the mean of $1/s$ differentiate $\\mathrm{sin}\\, \\phi/s$. It is zero at both ends, so the two terms on the right have "
                "the same integral.",
                sp.Derivative(sp.sin(phi) / at, phi),
                slope,
                quantity=r"(\mathrm{sin}\, \phi / s)'",
                depends_on=(3,),
            ),
            Step(
                "The first of them is, again with $\\mathrm{cos}\\, \\phi = (1 + \\gamma - s)/(2 \\sqrt{\\gamma})$,",
                slope + 2 * root * sp.sin(phi) ** 2 / at**2,
                turned,
                quantity=r"\mathrm{cos}\, \phi / s",
                depends_on=(9,),
            ),
            Step(
                "and its integral needs $\\int d\\phi/s$ alone. Divide by $2 \\sqrt{\\gamma}$ and multiply by $2/\\pi$ for the mean.",
                2 / sp.pi * ((1 + gamma) / (2 * root) * full - sp.pi / (2 * root)) / (2 * root),
                inverse,
                quantity=r"\mathrm{E}[1/s]",
                depends_on=(4, 6, 9, 10),
            ),
            Step(
                "The population risk is $\\sigma^2$ plus $(1-\\delta) \\sigma^2 \\gamma$ times this mean.",
                sigma**2 + (1 - delta) * sigma**2 * gamma * inverse,
                population,
                quantity=r"\mathrm{lim}\, \mathrm{E} L_\mu(\hat{W})",
                depends_on=(11,),
            ),
            Step(
                "The same comes from the exact risk at finite $n$ with $d = \\gamma n$ (derived in aware-channel-risk).",
                sp.Limit(finite.subs(d, gamma * n), n, sp.oo),
                population,
                quantity=r"\mathrm{lim}\, \mathrm{E} L_\mu(\hat{W})",
                depends_on=(12,),
            ),
            Step(
                "The empirical risk: $\\sigma^2 (1 - d/n)$ plus the distortion $\\delta \\sigma^2 d/n$.",
                sp.Limit((sigma**2 * (1 - d / n) + delta * sigma**2 * d / n).subs(d, gamma * n), n, sp.oo),
                empirical,
                quantity=r"\mathrm{lim}\, \mathrm{E} L_S(\hat{W})",
            ),
            Step(
                "Their difference is the generalization error, $1 - \\delta$ times that of least squares in the limit too.",
                population - empirical,
                (1 - delta) * sigma**2 * gamma * (2 - gamma) / (1 - gamma),
                quantity=r"\mathrm{lim}\, \mathrm{gen}(\hat{W})",
                depends_on=(12, 14),
            ),
            Step(
                "Limit of infinite rate: least squares.",
                sp.Limit(population, delta, 0, "+"),
                sigma**2 / (1 - gamma),
                depends_on=(12,),
            ),
            Step("Limit of no rate: the noise alone.", sp.Limit(population, delta, 1, "-"), sigma**2, depends_on=(12,)),
            Step(
                "Limit of very many samples: the noise alone.", sp.Limit(population, gamma, 0), sigma**2, depends_on=(12,)
            ),
            Step(
                "As many weights as samples, $\\gamma \\to 1$: the risk is infinite at every $\\delta < 1$, its inverse zero.",
                sp.Limit(1 / population, gamma, 1, "-"),
                sp.Integer(0),
                depends_on=(12,),
            ),
        ),
        conclusion=12,
    )
