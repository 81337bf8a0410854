"""The Gaussian test channel: moments, rate, centroid and Markov property."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
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

    proof = Proof("gaussian-test-channel", "The Gaussian test channel")
    proof.states(r"""The channel that shrinks by $1 - \delta$ and adds noise of variance $\delta (1-\delta) V$ leaves
        the distortion $\delta V$ at the rate $(1/2) \ln(1/\delta)$, and its output is the centroid of its input.""")
    proof.assumes(r"""$W \sim N(c, V)$ is one weight, and $\hat{W} = c + (1 - \delta)(W - c) + Z$ with
        $Z \sim N(0, \delta (1-\delta) V)$.""")
    proof.assumes("""$Z$ is drawn independently of $W$ and of the data. $S$ is any number computed from the data,
        jointly Gaussian with $W$, of variance $V_S$ and covariance $r$ with $W$.""")
    proof.requires(delta < 1)

    proof.step("variance").because("Independent terms add their variances.")
    proof.shows(keep**2 * V + noise, output, quantity=r"\mathrm{Var}(\hat{W})")

    proof.step("distortion").because(r"The error is $\hat{W} - W = -\delta (W - c) + Z$: its variance is the distortion.")
    proof.lemma(
        "gaussian-rate-distortion",
        {"a": keep},
        line="shrinkage",
        left=delta**2 * V + noise,
        right=distortion,
        quantity=r"\mathrm{E}(\hat{W} - W)^2",
    )

    proof.step("covariance", uses="variance, distortion").because(r"""Since
        $\mathrm{Var}(W - \hat{W}) = \mathrm{Var}(W) + \mathrm{Var}(\hat{W}) - 2 \mathrm{Cov}(W, \hat{W})$:""")
    proof.shows((V + output - distortion) / 2, covariance, quantity=r"\mathrm{Cov}(W, \hat{W})")

    proof.step("left-over", uses="variance, covariance").because(r"""What is left of the variance of $W$ once
        $\hat{W}$ is known is the distortion: $\hat{W}$ is the best guess.""")
    proof.shows(V - _ratio(covariance**2, output), conditional, quantity=r"\mathrm{Var}(W | \hat{W})")

    proof.step("rate", uses="left-over").because(r"""The rate is the fall of the entropy $(1/2) \ln(2 \pi e V)$ when
        $\hat{W}$ becomes known.""")
    proof.lemma("gaussian-rate-distortion", {"D": conditional}, line="lower-bound", right=rate, quantity=r"I(W; \hat{W})")
    proof.concludes()

    proof.step(uses="variance, covariance").because(r"""Centroid: for Gaussians
        $\mathrm{E}[W | \hat{W}] = c + \mathrm{Cov}/\mathrm{Var} \cdot (\hat{W} - c)$, and the slope is one, so
        $\mathrm{E}[W | \hat{W}] = \hat{W}$.""")
    proof.shows(_ratio(covariance, output), 1, quantity=r"\mathrm{Cov}(W, \hat{W}) / \mathrm{Var}(\hat{W})")

    proof.step("signal", uses="variance").because(r"""The covariance of $S$ with $\hat{W}$ comes from the variance of
        $S + \hat{W} - c = [S + (1-\delta)(W - c)] + Z$, whose two terms are independent.""")
    proof.shows(((S + 2 * keep * r + keep**2 * V + noise) - S - output) / 2, crossed, quantity=r"\mathrm{Cov}(S, \hat{W})")

    proof.check(
        r"The other way round gives the same number: the entropy of $\hat{W}$ minus that of the noise $Z$.", uses="variance"
    ).shows(sp.log(2 * sp.pi * sp.E * output) / 2 - sp.log(2 * sp.pi * sp.E * noise) / 2, rate, quantity=r"I(W; \hat{W})")
    proof.check(r"Markov property. Given $W$, only the noise is left of $\hat{W}$:", uses="variance, covariance").shows(
        output - covariance**2 / V, spread, quantity=r"\mathrm{Var}(\hat{W} | W)"
    )
    proof.check(
        r"Given $W$ nothing is left of it: $S - W - \hat{W}$ is a Markov chain, and $\hat{W}$ knows of the data only what $W$ knows.",
        label="markov",
        uses="covariance, signal",
    ).shows(
        sp.Add(crossed, -sp.Mul(r, covariance, 1 / V, evaluate=False), evaluate=False),
        0,
        quantity=r"\mathrm{Cov}(S, \hat{W} | W)",
    )
    proof.check(r"Limit of all variance lost, $\delta \to 1$: no rate.").shows(sp.Limit(rate, delta, 1, "-"), 0)
    proof.check(r"Limit of no distortion, $\delta \to 0$: the rate grows without bound, its inverse vanishes.").shows(
        sp.Limit(1 / rate, delta, 0, "+"), 0
    )

    return proof.derivation()
