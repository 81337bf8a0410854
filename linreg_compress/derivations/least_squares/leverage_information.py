"""Mean information between one target and the least-squares weights, from the Beta law of a leverage."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, h, n, sigma

k = sp.Symbol("k", positive=True, integer=True)
c = sp.Symbol("c", real=True)
r = sp.Symbol("r", positive=True)
s2 = sp.Symbol("S", positive=True)


def leverage_information() -> Derivation:
    """E[-(1/2) ln(1 - h)] = (digamma(n/2) - digamma((n - d)/2)) / 2."""
    entropy = sp.log(2 * sp.pi * s2) / 2 + sp.Rational(1, 2)
    error = sigma**2 - 2 * c * (sigma**2 * h) + c**2 * (sigma**2 * h)
    slope = 2 * sigma**2 * h * (c - 1)
    left_over = sigma**2 * (1 - h)
    information = -sp.log(1 - h) / 2
    power = 2**r * sp.gamma(k / 2 + r) / sp.gamma(k / 2)
    moment = sp.gamma((n - d) / 2 + r) * sp.gamma(n / 2) / (sp.gamma((n - d) / 2) * sp.gamma(n / 2 + r))
    logarithm = sp.log(1 - h)
    result = (sp.digamma(n / 2) - sp.digamma((n - d) / 2)) / 2
    two = (n - 2) / (n - 2 + 2 * r)

    proof = Proof("leverage-information", "Information of one sample in the least-squares weights")
    proof.states(r"""For $n > d$ and any $\Sigma$, given the inputs, the weights $W$ hold $-\frac{1}{2} \ln(1 - h_i)$
        nats about the target $y_i$, $h_i$ being its leverage. The mean over a Gaussian design is a difference of
        digamma functions, $\psi = \Gamma'/\Gamma$.""")
    proof.assumes(r"""$y = X w^* + \epsilon$ with $\epsilon \sim N(0, \sigma^2 I_n)$ independent of $X$, whose rows
        are independent $N(0, \Sigma)$, and $W$ is the least-squares fit.""")
    proof.assumes(r"""The fit at input $i$ is off by $(H \epsilon)_i$, with $H$ the projection on the columns of $X$
        and $h = H_{ii}$. Given $X$, its covariance with $\epsilon_i$ is $\sigma^2 H_{ii} = \sigma^2 h$, and its
        variance $\sigma^2 (H^2)_{ii} = \sigma^2 h$.""")
    proof.requires(n > d, h < 1)

    proof.step("entropy").because("The differential entropy of a Gaussian of variance $S$.")
    proof.lemma("gaussian-moments", {"V": s2}, line="entropy", quantity=r"\mathbb{E}[-\ln f(e)]")

    proof.step("best-factor").because(r"""Predict $\epsilon_i$ by $c (H \epsilon)_i$. The mean squared error is
        $\sigma^2 - 2 c \sigma^2 h + c^2 \sigma^2 h$, and its slope in $c$ vanishes at $c = 1$. Then the error,
        $((I - H) \epsilon)_i$, is independent of all of $H \epsilon$, as $(I - H) H = 0$, and so of $W$.""")
    proof.shows(sp.Derivative(error, c), slope, quantity=r"\frac{d}{dc} \mathbb{E}(\epsilon_i - c (H \epsilon)_i)^2")

    proof.step("error", uses="best-factor").because(r"""Once $W$ and $X$ are known, so is the fit at input $i$, and
        $y_i$ is the fit plus the error of (@best-factor). So the variance of $y_i$ falls from $\sigma^2$ to the mean
        squared error at $c = 1$.""")
    proof.shows(error.subs(c, sp.solve(slope, c)[0]), left_over, quantity=r"\operatorname{Var}(y_i \mid W, X)")

    proof.step("information", uses="entropy, error").because("""The information is the entropy (@entropy) before
        minus that after.""")
    proof.shows(entropy.subs(s2, sigma**2) - entropy.subs(s2, left_over), information, quantity=r"I(W; y_i \mid X)")

    proof.step("joint").because(r"""For its mean over the design, $1 - h = B/q$ with $B \sim \chi^2_{n-d}$ and
        $q \sim \chi^2_n$, and $h$ is independent of $q$.""")
    proof.lemma("leverage-beta-law", line="joint", quantity="f(h, q)")

    proof.step("moments").because("The moments of a chi-square.")
    proof.lemma("chi-square-moments", {"k": k}, line="power", quantity=r"\mathbb{E}[(\chi^2_k)^r]")

    proof.step("moment-of-rest", uses="joint, moments").because(r"""$B = (1 - h) q$ with independent factors by
        (@joint), so $\mathbb{E}[(1 - h)^r] = \mathbb{E}[B^r]/\mathbb{E}[q^r]$: a ratio of two Beta functions,
        $B(d/2, (n-d)/2 + r)/B(d/2, (n-d)/2)$.""")
    proof.shows(sp.Subs(power, k, n - d) / sp.Subs(power, k, n), moment, quantity=r"\mathbb{E}[(1 - h)^r]")

    proof.step("log-slope").because("A logarithm is the slope of a power at zero.")
    proof.shows(sp.Limit(sp.Derivative((1 - h) ** r, r), r, 0), logarithm)

    proof.step("mean", uses="information, moment-of-rest, log-slope").because(r"""
        So $\mathbb{E}[\ln(1 - h)]$ is the slope of (@moment-of-rest) at $r = 0$. The moment is 1 there, so by
        (@log-slope) this is the slope of its logarithm, where $\frac{d}{dr} \ln \Gamma = \psi$. The factor
        $-\frac{1}{2}$ comes from (@information).""")
    proof.shows(
        (information / logarithm) * sp.Limit(sp.Derivative(sp.log(moment), r), r, 0),
        result,
        quantity=r"\mathbb{E}[-\frac{1}{2} \ln(1 - h)]",
    )
    proof.concludes(r"\mathbb{E}[I(W; y_i \mid X)]")

    proof.step("two-weights", uses="moment-of-rest").because(r"""For $d = 2$ the recursion
        $\Gamma(z + 1) = z \Gamma(z)$ makes the moment a fraction.""")
    proof.shows(moment.subs(d, 2), two, quantity=r"\mathbb{E}[(1 - h)^r]", where={n: k + 2}, conditions=(n > 2,))

    proof.check("With many samples each one tells little; all $n$ together tell $d/2$ nats.").shows(
        sp.Limit(n * result, n, sp.oo), d / 2, quantity=r"\lim_{n \to \infty} n\, \mathbb{E}[I(W; y_i \mid X)]"
    )
    proof.check(
        "Its slope at $r = 0$ gives, by (@log-slope), the information in closed form.",
        uses="information, log-slope, two-weights",
    ).shows(
        (information / logarithm) * sp.Limit(sp.Derivative(two, r), r, 0),
        1 / (n - 2),
        quantity=r"\mathbb{E}[I(W; y_i \mid X)]",
        conditions=(n > 2,),
    )

    return proof.derivation()
