"""The Gaussian rate-distortion function, from its variational problem."""

import sympy as sp

from linreg_compress.derivations.densities import gaussian
from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import R

V, D, M, a, s, t, u = sp.symbols("V D M a s t u", positive=True)
x = sp.Symbol("x", real=True)

DENSITY = gaussian(x, V)


def gaussian_rate_distortion() -> Derivation:
    """D(R) = V exp(-2R): a lower bound from entropy and the channel that meets it."""
    minus_log = x**2 / (2 * V) + sp.log(2 * sp.pi * V) / 2
    entropy = sp.log(2 * sp.pi * sp.E * V) / 2
    cross = M / (2 * D) + sp.log(2 * sp.pi * D) / 2
    largest = sp.log(2 * sp.pi * sp.E * D) / 2
    bound = sp.log(V / D) / 2
    information = sp.log(1 + a**2 * V / s) / 2
    error = (1 - a) ** 2 * V + s
    slope = -(a**2) * V / (2 * s * (s + a**2 * V))
    multiplier = a**2 * V / (2 * s * (s + a**2 * V))
    noise = a * (1 - a) * V
    distortion = V * sp.exp(-2 * R)
    return Derivation(
        name="gaussian-rate-distortion",
        title="Rate-distortion function of a Gaussian weight",
        statement="A code of rate $R$ nats leaves of a Gaussian weight of variance $V$ at least the mean square error "
        "$V e^{-2R}$, and a Gaussian channel reaches it.",
        quantity=r"D(R)",
        assumptions=(
            "$W \\sim N(0, V)$. A code is any law of $\\hat{W}$ given $W$ with $E(W - \\hat{W})^2 = D$.",
            "Its rate is the mutual information $I = h(W) - h(W | \\hat{W})$, $h$ the differential entropy in nats; $D(R)$ is "
            "the least $D$ among codes with $I \\leq R$. Only $D < V$ needs any rate: $\\hat{W} = 0$ has $D = V$.",
        ),
        steps=(
            Step(
                "Take minus the logarithm of the normal density: it is quadratic.",
                -sp.log(DENSITY),
                minus_log,
                quantity=r"-\ln p(x)",
            ),
            Step(
                "Its mean is the entropy of $W$.",
                sp.Integral(DENSITY * minus_log, (x, -sp.oo, sp.oo)),
                entropy,
                quantity="h(W)",
                depends_on=(1,),
            ),
            Step(
                "No law has more entropy than its cross entropy: $(u-1)/u$ has the sign of $u - 1$, so this integral is never "
                "negative and $\\ln t \\leq t - 1$. With $t = g(e)/f(e)$, $\\int f \\ln(g/f) \\leq \\int g - \\int f = 0$, that "
                "is $h(f) \\leq -\\int f \\ln g$ for all densities $f$ and $g$.",
                sp.Integral((u - 1) / u, (u, 1, t)),
                t - 1 - sp.log(t),
                quantity=r"t - 1 - \ln t",
            ),
            Step(
                "Let $f$ be the density of an error of mean square $M$ and $g$ that of $N(0, D)$. By step 1, "
                "$-\\int f \\ln g = M/(2D) + \\ln(2 \\pi D)/2$. Its derivative in $D$ says that the sharpest $g$ has $D = M$.",
                sp.Derivative(cross, D),
                (D - M) / (2 * D**2),
                depends_on=(1, 3),
            ),
            Step(
                "There it is an upper bound on the entropy of any error of mean square $D$: the entropy of $N(0, D)$.",
                sp.Limit(cross, M, D),
                largest,
                quantity=r"\max h(W - \hat{W})",
                depends_on=(4,),
            ),
            Step(
                "Every code obeys $h(W | \\hat{W}) = h(W - \\hat{W} | \\hat{W}) \\leq h(W - \\hat{W})$, because conditioning "
                "never raises entropy. So $I$ is at least",
                entropy - largest,
                bound,
                quantity=r"\min I",
                depends_on=(2, 5),
            ),
            Step(
                "Is there a code that meets this? Try $\\hat{W} = a W + Z$ with $Z \\sim N(0, s)$: its information is the entropy "
                "of $N(0, a^2 V + s)$ minus that of $Z$.",
                entropy.subs(V, a**2 * V + s) - entropy.subs(V, s),
                information,
                quantity="I",
                depends_on=(2,),
            ),
            Step(
                "Minimize $I$ over $a$ and $s$ subject to $E(W - \\hat{W})^2 = (1-a)^2 V + s = D$. The derivative of $I$ in $s$:",
                sp.Derivative(information, s),
                slope,
                depends_on=(7,),
            ),
            Step(
                "Stationarity in $s$ gives the multiplier of the constraint. It is positive, so the constraint is tight.",
                -slope / sp.Derivative(error, s),
                multiplier,
                quantity=r"\lambda",
                depends_on=(8,),
            ),
            Step(
                "Stationarity in $a$ asks that this vanish, so $s = a (1-a) V$.",
                sp.Derivative(information, a) + multiplier * sp.Derivative(error, a),
                a * V * (s - noise) / (s * (s + a**2 * V)),
                depends_on=(7, 9),
            ),
            Step(
                "With that noise the error is a multiple of $V$; setting it to $D$ gives $a = 1 - D/V$.",
                error.subs(s, noise),
                (1 - a) * V,
                quantity="D",
                depends_on=(10,),
            ),
            Step(
                "Its information equals the lower bound of step 6, so no code does better.",
                information.subs(s, noise).subs(a, 1 - D / V),
                bound,
                quantity="I",
                depends_on=(6, 7, 10, 11),
            ),
            Step(
                "The multiplier is $-dI/dD$ there: one more nat lowers the error at the rate $2D$.",
                multiplier.subs(s, noise).subs(a, 1 - D / V) + sp.Derivative(bound, D),
                sp.Integer(0),
                depends_on=(9, 12),
            ),
            Step(
                "Solve $R = (1/2) \\ln(V/D)$ for the distortion: $D = V e^{-2R}$ spends exactly $R$ nats.",
                sp.log(V) / 2 - sp.log(distortion) / 2,
                R,
                quantity="R",
                depends_on=(12,),
            ),
            Step(
                "So the least distortion is that of the channel with $a = 1 - D/V = 1 - e^{-2R}$.",
                error.subs(s, noise).subs(a, 1 - distortion / V),
                distortion,
                quantity="D(R)",
                depends_on=(11, 14),
            ),
            Step("Without any rate the whole variance is lost.", sp.Limit(distortion, R, 0), V, depends_on=(15,)),
            Step(
                "With enough rate nothing is.",
                sp.Limit(distortion, R, sp.oo),
                sp.Integer(0),
                quantity=r"D(\infty)",
                depends_on=(15,),
            ),
        ),
        conclusion=15,
    )
