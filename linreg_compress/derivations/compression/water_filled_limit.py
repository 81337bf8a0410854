"""Limit of the water-filled risk while every direction is active, and where design-aware compression starts to help."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import delta, gamma, lam, n, s, sigma, theta

energy, mean = sp.symbols("E m", positive=True)


def water_filled_limit() -> Derivation:
    """Excess, distortion and the boundary of the energy of the signal."""
    rho = energy / gamma
    source = rho * s + sigma**2
    fraction = theta / source
    ratio = sigma**2 / rho
    share = ((1 - delta) * sigma**2 + delta * rho * s) / s
    direction = (sigma**2 - theta) / s + 2 * theta / (s + ratio)
    inverse = 1 / (1 - gamma)
    excess = gamma * (sigma**2 * inverse + theta * (2 * mean - inverse))
    slope = gamma * (2 * mean - inverse)
    edge = 1 / (2 * (1 - gamma))
    quadratic = gamma * lam * mean**2 + (1 - gamma + lam) * mean - 1
    border = 2 * (1 - gamma) ** 2 / (2 - gamma)
    at_edge = (lam - border) * (2 - gamma) / (4 * (1 - gamma) ** 2)
    boundary = sigma**2 * gamma * (2 - gamma) / (2 * (1 - gamma) ** 2)
    blind = sigma**2 * gamma / (1 - gamma)

    proof = Proof("water-filled-limit", "Limit of the water-filled risk at high rate")
    proof.states(r"""As $n$ and $d$ grow with $d/n \to \gamma < 1$ and a signal of energy $E$, the excess risk at a
        water level below every direction is linear in the level. There design-aware compression helps when
        $E < \sigma^2 \gamma (2-\gamma)/(2 (1-\gamma)^2)$, a wider range than design-blind compression.""")
    proof.assumes(r"""The eigenvalues of the design are $g = n s$, and $s$ follows the Marchenko-Pastur law. The
        signal has $d \tau^2 \to E$, so $\tau^2 = E/(\gamma n)$.""")
    proof.assumes(r"Write $m = \mathrm{E}[1/(s + \lambda)]$ with $\lambda = \gamma \sigma^2/E$.")
    proof.assumes(r"""The level $\theta$ is at most $(E/\gamma) (1 - \sqrt{\gamma})^2 + \sigma^2$, so that every
        direction is active.""")
    proof.requires(gamma < 1)

    proof.step("coded").because("A direction adds to the excess risk, times $n$,")
    proof.lemma(
        "water-filled-risk",
        {"g": n * s, "tau": sp.sqrt(rho / n)},
        line="direction",
        times=n,
        right=share,
        quantity=r"n [(1-\delta) \sigma^2 + \delta \tau^2 g] / g",
        conditions=(delta < 1,),
    )

    proof.step("direction", uses="coded").because(r"""An active one has in (@coded) $\delta = \theta$ over the
        variance of its source:""")
    proof.shows(
        share.subs(delta, fraction),
        direction,
        quantity=r"n [(1-\delta) \sigma^2 + \delta \tau^2 g] / g",
    )

    proof.step("mean-inverse").because("The Marchenko-Pastur law has the mean")
    proof.lemma("marchenko-pastur-limits", line="mean-inverse", quantity=r"\mathrm{E}[1/s]")

    proof.step("risk", uses="direction, mean-inverse").because(r"""There are $d$ directions, $d/n \to \gamma$. Take
        the mean of (@direction) over $s$, with (@mean-inverse) and $m$.""")
    proof.shows(
        gamma * direction.subs({1 / s: inverse, 1 / (s + ratio): mean}),
        excess,
        quantity=r"\mathrm{lim}\, \mathrm{E} L_\mu(\hat{W}) - \sigma^2",
    )
    proof.concludes()

    proof.step("level", uses="risk").because("Raising the level, a lower rate, changes the risk in proportion to")
    proof.shows(sp.Derivative(excess, theta), slope)

    proof.step("stationary", uses="level").because(r"""which is zero at $m = 1/(2 (1-\gamma))$, and negative below:
        compression then helps.""")
    proof.shows(sp.Subs(slope, mean, edge), 0)

    proof.step("quadratic").because("This $m$ solves a quadratic equation:")
    proof.lemma("best-ridge-limit", line="quadratic", quantity=r"\gamma \lambda m^2 + (1 - \gamma + \lambda) m")

    proof.step("border", uses="stationary, quadratic").because(r"""Insert the $m$ of (@stationary) in (@quadratic);
        the sides are equal at $\lambda = 2 (1-\gamma)^2/(2-\gamma)$.""")
    proof.shows(quadratic.subs(mean, edge), at_edge, quantity=r"\gamma \lambda m^2 + (1 - \gamma + \lambda) m - 1")

    proof.step("criterion", uses="border").because(r"""$m = \mathrm{E}[1/(s + \lambda)]$ falls as $\lambda$ grows, so
        compression helps for $\lambda$ above this root. With $\lambda = \gamma \sigma^2/E$, it helps for $E$ below
        $\sigma^2 \gamma (2-\gamma)/(2 (1-\gamma)^2)$, where this is positive:""")
    proof.shows(at_edge.subs(lam, gamma * sigma**2 / energy), (boundary - energy) / (2 * energy))

    proof.step("blind", uses="criterion").because(r"""A design-blind code gains only for $E = d \tau^2$ below
        $d v \to \sigma^2 \gamma/(1-\gamma)$ (compression-criterion). The design-aware code has more room:""")
    proof.shows(boundary - blind, sigma**2 * gamma**2 / (2 * (1 - gamma) ** 2))

    proof.check(r"Beside the risk (@risk), the distortion is the level itself, $d/n$ times.").lemma(
        "water-filled-risk",
        {"g": n * s, "tau": sp.sqrt(rho / n), "delta": fraction},
        line="distortion",
        times=gamma,
        right=gamma * theta,
        quantity=r"\mathrm{lim}\, \mathrm{E}[L_S(\hat{W}) - L_S(W)]",
        conditions=(fraction < 1,),
    )
    proof.check("Limit of many samples: this boundary and (@blind) meet.", uses="blind").shows(
        sp.Limit(boundary / blind, gamma, 0), 1
    )
    proof.check("Limit of infinite rate: least squares.").shows(sp.Limit(excess, theta, 0), blind)

    return proof.derivation()
