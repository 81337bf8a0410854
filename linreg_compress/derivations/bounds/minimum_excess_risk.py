"""The least excess risk of any learner with any code: rate distortion of the true weights."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, g, sigma, tau

information = sp.Symbol("I", nonnegative=True)
D = sp.Symbol("D", positive=True)  # mean square error of one weight
M = sp.Symbol("M", positive=True)  # its mean over the weights
t, u = sp.symbols("t u", positive=True)


def minimum_excess_risk() -> Derivation:
    """The bound d tau^2 exp(-2 min(R, I)/d), and I(w*; S | X) from the spectrum."""
    one = sp.log(tau**2 / D) / 2
    even = sp.log(tau**2 / M) / 2
    direction = sp.log(1 + tau**2 * g / sigma**2) / 2
    bayes = sigma**2 * tau**2 / (tau**2 * g + sigma**2)
    least = tau**2 * sp.exp(-2 * information / d)

    proof = Proof("minimum-excess-risk", "The least excess risk of any learner with any code")
    proof.states(r"""Let the true weights have the prior $N(w_0, \tau^2 I)$ and the features the covariance $I$. Every
        learner that is followed by any code of $R$ nats has an excess risk of at least
        $d \tau^2 e^{-2 \min(R, I)/d}$ with $I = I(w^*; S \mid X)$, even where the decoder knows $X$.""")
    proof.assumes(r"""The excess risk of $\hat{W}$ is $\mathbb{E}|\hat{W} - w^*|^2 = d M$. $\hat{W}$ is made of the design
        $X$ and of a message of at most $R$ nats, which is made of the data $S = (X, y)$.""")
    proof.assumes(r"""$X$ is independent of $w^*$. So $I(w^*; \hat{W}) \leq I(w^*; \mathrm{message} \mid X)$, and that is
        at most $R$ and at most $I(w^*; S \mid X)$ (data processing).""")
    proof.assumes(r"""The weights are independent under the prior, so $I(w^*; \hat{W})$ is at least the sum of the
        $I(w^*_j; \hat{W})$.""")

    proof.step("one-weight").because(r"""Whoever reproduces one weight of variance $\tau^2$ with a mean square error $D$
        has at least this information about it.""")
    proof.lemma(
        "gaussian-rate-distortion",
        {"V": tau**2},
        line="lower-bound",
        right=one,
        quantity=r"\min I(w^*_j; \hat{W})",
    )

    proof.step("above").because("For every positive $t$ this integral is never negative.")
    proof.lemma("gaussian-rate-distortion", line="cross-entropy", quantity=r"t - 1 - \ln t")

    proof.step("tangent", uses="one-weight, above").because(r"""So (@one-weight) is never below its tangent at the mean
        error $M$ of all weights: with $D = t M$ the difference is half of (@above).""")
    proof.shows((one - (even - (D - M) / (2 * M))).subs(D, t * M), (t - 1 - sp.log(t)) / 2)

    proof.step("all-weights", uses="tangent").because(r"""In the sum of the tangents (@tangent)
        over the $d$ weights the terms $D - M$ cancel, and the information is at least $d$ times the value at $M$: for
        whoever has no more than $I$ nats, $M$ is at least the root of $I = (d/2) \ln(\tau^2/M)$.""")
    proof.shows(sp.Subs(d * even, M, least), information, quantity=r"I")

    proof.step("least", uses="all-weights").because("The excess risk is $d M$, with (@all-weights) for $M$.")
    proof.shows(sp.Subs(d * M, M, least), d * least, quantity=r"\min \mathbb{E}|\hat{W} - w^*|^2")
    proof.concludes()

    proof.step("direction").because(r"""What do the data say? Given $X$, least squares holds all that $y$ says of $w^*$,
        and along an axis of $G = X^T X$ with eigenvalue $g$ it is $w^*_g + N(0, \sigma^2/g)$. $I(w^*; S \mid X)$ is the
        sum over the axes, and the mean over designs, of""")
    proof.lemma(
        "gaussian-rate-distortion",
        {"a": 1, "V": tau**2, "s": sigma**2 / g},
        line="test-channel",
        right=direction,
        quantity=r"I(w^*_g; W_g \mid X)",
    )

    proof.check(
        r"Along one axis that information leaves the excess risk of the best ridge: the bound of all axes is their geometric mean, ridge's excess the arithmetic one.",
        uses="direction",
    ).shows(tau**2 * sp.exp(-2 * direction), bayes, quantity=r"\tau^2 e^{-2 I_g}")
    proof.check("Without information the prior mean is best.").shows(sp.Limit(d * least, information, 0), d * tau**2)
    proof.check(
        "With one weight and one axis it is the risk of the Bayes estimator itself.", uses="least, direction"
    ).shows(sp.Subs(d * least, (d, information), (1, direction)), bayes)

    return proof.derivation()
