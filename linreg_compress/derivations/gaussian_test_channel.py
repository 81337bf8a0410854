"""The Gaussian test channel: moments, rate, centroid and Markov property."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import delta

V, S = sp.symbols("V V_S", positive=True)
r = sp.Symbol("r", real=True)


def _ratio(top: sp.Expr, bottom: sp.Expr) -> sp.Expr:
    """Return top / bottom as it stands, for the prover to cancel."""
    return sp.Mul(top, sp.Pow(bottom, -1, evaluate=False), evaluate=False)


def gaussian_test_channel() -> Derivation:
    """What = c + (1 - delta)(W - c) + N(0, delta (1 - delta) V)."""
    keep = 1 - delta
    noise = delta * keep * V
    output = keep * V
    distortion = delta * V
    covariance = keep * V
    conditional = delta * V
    rate = sp.log(1 / delta) / 2
    spread = delta * keep * V
    crossed = keep * r
    return Derivation(
        name="gaussian-test-channel",
        title="The Gaussian test channel",
        statement="The channel that shrinks by $1 - \\delta$ and adds noise of variance $\\delta (1-\\delta) V$ leaves the "
        "distortion $\\delta V$ at the rate $(1/2) \\ln(1/\\delta)$, and its output is the centroid of its input.",
        quantity=r"I(W; \hat{W})",
        assumptions=(
            "$W \\sim N(c, V)$ is one weight, and $\\hat{W} = c + (1 - \\delta)(W - c) + Z$ with $Z \\sim N(0, \\delta (1-\\delta) V)$.",
            "$Z$ is drawn independently of $W$ and of the data. $S$ is any number computed from the data, jointly Gaussian "
            "with $W$, of variance $V_S$ and covariance $r$ with $W$.",
        ),
        conditions=(delta < 1,),
        steps=(
            Step(
                "Independent terms add their variances.",
                keep**2 * V + noise,
                output,
                quantity=r"\mathrm{Var}(\hat{W})",
            ),
            Step(
                "The error is $\\hat{W} - W = -\\delta (W - c) + Z$: its variance is the distortion.",
                delta**2 * V + noise,
                distortion,
                quantity=r"\mathrm{E}(\hat{W} - W)^2",
            ),
            Step(
                "Since $\\mathrm{Var}(W - \\hat{W}) = \\mathrm{Var}(W) + \\mathrm{Var}(\\hat{W}) - 2 \\mathrm{Cov}(W, \\hat{W})$:",
                (V + output - distortion) / 2,
                covariance,
                quantity=r"\mathrm{Cov}(W, \hat{W})",
                depends_on=(1, 2),
            ),
            Step(
                "Centroid: for Gaussians $\\mathrm{E}[W | \\hat{W}] = c + \\mathrm{Cov}/\\mathrm{Var} \\cdot (\\hat{W} - c)$, "
                "and the slope is one, so $\\mathrm{E}[W | \\hat{W}] = \\hat{W}$.",
                _ratio(covariance, output),
                sp.Integer(1),
                quantity=r"\mathrm{Cov}(W, \hat{W}) / \mathrm{Var}(\hat{W})",
                depends_on=(1, 3),
            ),
            Step(
                "What is left of the variance of $W$ once $\\hat{W}$ is known is the distortion: $\\hat{W}$ is the best guess.",
                V - _ratio(covariance**2, output),
                conditional,
                quantity=r"\mathrm{Var}(W | \hat{W})",
                depends_on=(1, 3),
            ),
            Step(
                "The rate is the fall of the entropy $(1/2) \\ln(2 \\pi e V)$ when $\\hat{W}$ becomes known.",
                sp.log(2 * sp.pi * sp.E * V) / 2 - sp.log(2 * sp.pi * sp.E * conditional) / 2,
                rate,
                quantity=r"I(W; \hat{W})",
                depends_on=(5,),
            ),
            Step(
                "The other way round gives the same number: the entropy of $\\hat{W}$ minus that of the noise $Z$.",
                sp.log(2 * sp.pi * sp.E * output) / 2 - sp.log(2 * sp.pi * sp.E * noise) / 2,
                rate,
                quantity=r"I(W; \hat{W})",
                depends_on=(1,),
            ),
            Step(
                "Markov property. Given $W$, only the noise is left of $\\hat{W}$:",
                output - covariance**2 / V,
                spread,
                quantity=r"\mathrm{Var}(\hat{W} | W)",
                depends_on=(1, 3),
            ),
            Step(
                "The covariance of $S$ with $\\hat{W}$ comes from the variance of $S + \\hat{W} - c = [S + (1-\\delta)(W - c)] + Z$, "
                "whose two terms are independent.",
                ((S + 2 * keep * r + keep**2 * V + noise) - S - output) / 2,
                crossed,
                quantity=r"\mathrm{Cov}(S, \hat{W})",
                depends_on=(1,),
            ),
            Step(
                "Given $W$ nothing is left of it: $S - W - \\hat{W}$ is a Markov chain, and $\\hat{W}$ knows of the data only "
                "what $W$ knows.",
                sp.Add(crossed, -sp.Mul(r, covariance, 1 / V, evaluate=False), evaluate=False),
                sp.Integer(0),
                quantity=r"\mathrm{Cov}(S, \hat{W} | W)",
                depends_on=(3, 9),
            ),
            Step(
                "Limit of all variance lost, $\\delta \\to 1$: no rate.",
                sp.Limit(rate, delta, 1, "-"),
                sp.Integer(0),
                depends_on=(6,),
            ),
            Step(
                "Limit of no distortion, $\\delta \\to 0$: the rate grows without bound, its inverse vanishes.",
                sp.Limit(1 / rate, delta, 0, "+"),
                sp.Integer(0),
                depends_on=(6,),
            ),
        ),
        conclusion=6,
    )
