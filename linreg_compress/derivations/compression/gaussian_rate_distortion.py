"""The Gaussian rate-distortion function, from its variational problem."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import R

V, D, M, a, s, t, u = sp.symbols("V D M a s t u", positive=True)
x = sp.Symbol("x", real=True)


def gaussian_rate_distortion() -> Derivation:
    """D(R) = V exp(-2R): a lower bound from entropy and the channel that meets it."""
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

    proof = Proof("gaussian-rate-distortion", "Rate-distortion function of a Gaussian weight")
    proof.states("""A code of rate $R$ nats leaves of a Gaussian weight of variance $V$ at least the mean square
        error $V e^{-2R}$, and a Gaussian channel reaches it.""")
    proof.assumes(r"$W \sim N(0, V)$. A code is any law of $\hat{W}$ given $W$ with $E(W - \hat{W})^2 = D$.")
    proof.assumes(r"""Its rate is the mutual information $I = h(W) - h(W | \hat{W})$, $h$ the differential entropy in
        nats; $D(R)$ is the least $D$ among codes with $I \leq R$. Only $D < V$ needs any rate: $\hat{W} = 0$ has
        $D = V$.""")

    proof.step("log-density").because("Take minus the logarithm of the normal density: it is quadratic.")
    proof.lemma("gaussian-moments", {"e": x}, line="log-density", quantity=r"-\ln p(x)")

    proof.step("entropy", uses="log-density").because("Its mean is the entropy of $W$.")
    proof.lemma("gaussian-moments", {"e": x}, line="entropy", right=entropy, quantity="h(W)")

    proof.step("cross-entropy").because(r"""No law has more entropy than its cross entropy: $(u-1)/u$ has the sign of
        $u - 1$, so this integral is never negative and $\ln t \leq t - 1$. With $t = g(e)/f(e)$,
        $\int f \ln(g/f) \leq \int g - \int f = 0$, that is $h(f) \leq -\int f \ln g$ for all densities $f$ and $g$.""")
    proof.shows(sp.Integral((u - 1) / u, (u, 1, t)), t - 1 - sp.log(t), quantity=r"t - 1 - \ln t")

    proof.step("gaussian-code-length", uses="log-density, cross-entropy").because(r"""
        Let $f$ be the density of an error of mean square $M$ and $g$ that of $N(0, D)$. By step @log-density,
        $-\int f \ln g = M/(2D) + \ln(2 \pi D)/2$. By (@cross-entropy) that bounds the entropy. Its derivative in $D$
        says that the sharpest $g$ has $D = M$.""")
    proof.shows(sp.Derivative(cross, D), (D - M) / (2 * D**2))

    proof.step("most-entropy", uses="gaussian-code-length").because("""There it is an upper bound on the entropy of
        any error of mean square $D$: the entropy of $N(0, D)$.""")
    proof.shows(sp.Subs(cross, M, D), largest, quantity=r"\max h(W - \hat{W})")

    proof.step("lower-bound", uses="entropy, most-entropy").because(r"""Every code obeys
        $h(W | \hat{W}) = h(W - \hat{W} | \hat{W}) \leq h(W - \hat{W})$, because conditioning never raises entropy. So
        $I$ is at least""")
    proof.shows(entropy - largest, bound, quantity=r"\min I")

    proof.step("test-channel", uses="entropy").because(r"""Is there a code that meets this? Try $\hat{W} = a W + Z$
        with $Z \sim N(0, s)$: its information is by (@entropy) the entropy of $N(0, a^2 V + s)$ minus that of $Z$.""")
    proof.shows(entropy.subs(V, a**2 * V + s) - entropy.subs(V, s), information, quantity="I")

    proof.step("lagrangian", uses="test-channel").because(r"""Minimize $I$ over $a$ and $s$ subject to
        $E(W - \hat{W})^2 = (1-a)^2 V + s = D$. The derivative of $I$ in $s$:""")
    proof.shows(sp.Derivative(information, s), slope)

    proof.step("multiplier", uses="lagrangian").because("""Stationarity in $s$ gives the multiplier of the
        constraint. It is positive, so the constraint is tight.""")
    proof.shows(-slope / sp.Derivative(error, s), multiplier, quantity=r"\lambda")

    proof.step("noise", uses="test-channel, multiplier").because("""Stationarity in $a$ asks that this vanish, so
        $s = a (1-a) V$.""")
    proof.shows(
        sp.Derivative(information, a) + multiplier * sp.Derivative(error, a), a * V * (s - noise) / (s * (s + a**2 * V))
    )

    proof.step("shrinkage", uses="noise").because("""With the noise of (@noise) the error is a multiple of $V$;
        setting it to $D$ gives $a = 1 - D/V$.""")
    proof.shows(error.subs(s, noise), (1 - a) * V, quantity="D")

    proof.step("attained", uses="lower-bound, test-channel, noise, shrinkage").because("""
        With the noise of (@noise) and the factor of (@shrinkage) its information equals the lower bound
        (@lower-bound), so no code does better.""")
    proof.shows(information.subs(s, noise).subs(a, 1 - D / V), bound, quantity="I")

    proof.step("inverted", uses="attained").because(r"""Solve $R = (1/2) \ln(V/D)$, which is (@attained), for the
        distortion: $D = V e^{-2R}$ spends exactly $R$ nats.""")
    proof.shows(sp.log(V) / 2 - sp.log(distortion) / 2, R, quantity="R")

    proof.step("least-distortion", uses="shrinkage, inverted").because("""So the least distortion is that of the
        channel with $a = 1 - D/V = 1 - e^{-2R}$.""")
    proof.shows(error.subs(s, noise).subs(a, 1 - distortion / V), distortion, quantity="D(R)")
    proof.concludes()

    proof.step(uses="multiplier, attained").because("""The multiplier (@multiplier) is $-dI/dD$ there: one more nat
        lowers the error at the rate $2D$.""")
    proof.shows(multiplier.subs(s, noise).subs(a, 1 - D / V) + sp.Derivative(bound, D), 0)

    proof.check("Without any rate the whole variance is lost.").shows(sp.Limit(distortion, R, 0), V)
    proof.check("With enough rate nothing is.").shows(sp.Limit(distortion, R, sp.oo), 0, quantity=r"D(\infty)")

    return proof.derivation()
